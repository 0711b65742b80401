//! Reading a version: verify its bytes, extract pages, draw the cover, index, publish.
//!
//! Every step may be run again: objects are put under fixed keys, the index entry is replaced, and
//! the last transaction names the versions of the records that it read.
use super::read_contents::store_contents;
use super::recognize_text::Plan;
use super::{Product, UseCaseError, index_material, lay_out, recognize_text};
use crate::domain::ids::MaterialId;
use crate::domain::kind::Kind;
use crate::domain::language::Language;
use crate::domain::material::{Material, Processing, Reading, Recognition, Version};
use crate::domain::name;
use crate::jobs::{Job, Payload};
use crate::ports::extractor::{
    COVER_WIDTH, ExtractError, ExtractedPage, Extraction, Media, Notice, Picture, Progress, READING_FORMAT,
    Rejection,
};
use crate::ports::object_store::ObjectKey;
use crate::ports::packed_page;
use crate::ports::record_store::{Condition, TransactError};
use crate::ports::scanner::{ScanUnavailable, Verdict};
use crate::ports::scratch::{ScratchError, ScratchFile};
use crate::ports::search_index::IndexedPage;
use crate::records::pages::PageMap;
use crate::records::{materials, pages};
use bytes::Bytes;
use std::sync::Mutex;
use std::time::Duration;

/// Below this prefix is everything that was made from one version.
pub fn derived_prefix(material: MaterialId, version: u32) -> String {
    format!("derived/{material}/{version}/")
}

/// Where the text and words of a version's pages are, as the page map of this revision says.
pub fn pack_key(material: MaterialId, version: u32, revision: u32) -> ObjectKey {
    let prefix = derived_prefix(material, version);
    ObjectKey(match revision {
        0 => format!("{prefix}pages"),
        revision => format!("{prefix}pages-{revision}"),
    })
}

/// Where the picture of a version's first page is.
pub fn cover_key(material: MaterialId, version: u32) -> ObjectKey {
    ObjectKey(format!("{}cover", derived_prefix(material, version)))
}

/// Where the PDF is that a version's document was laid out as.
pub fn layout_key(material: MaterialId, version: u32) -> ObjectKey {
    ObjectKey(format!("{}layout", derived_prefix(material, version)))
}

/// Where the names, sizes and times of a version's pages and its table of contents are: those that its file gave
/// by the revision of its [`Reading`], those of added captions by theirs.
pub fn contents_key(material: MaterialId, version: u32, revision: u32) -> ObjectKey {
    let prefix = derived_prefix(material, version);
    ObjectKey(match revision {
        0 => format!("{prefix}contents"),
        revision => format!("{prefix}contents-{revision}"),
    })
}

/// What reading a version gave, and by which format.
struct Findings {
    format: u32,
    kind: Kind,
    title: Option<String>,
    language: Option<Language>,
    pages: u32,
    texts: Vec<IndexedPage>,
    has_cover: bool,
    processing: Processing,
    media: Option<Media>,
    notice: Option<Notice>,
    recognition: Option<Recognition>,
}

/// Whether a version was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ingested {
    /// Nothing is left to do.
    Done,
    /// The scanner was away; nothing was read.
    NotYet,
}

/// How long to wait for a scanner that is away.
pub const SCAN_AGAIN_AFTER: jiff::SignedDuration = jiff::SignedDuration::from_secs(20);

/// Reads one version and publishes what was found. Nothing is left to do if it is not running.
///
/// # Errors
/// When something that is needed does not answer; the version stays `Running` and the job is
/// tried again.
pub async fn ingest_version(
    product: &Product,
    id: MaterialId,
    number: u32,
) -> Result<Ingested, UseCaseError> {
    let Some(version) = running_version(product, id, number).await? else {
        return Ok(Ingested::Done);
    };
    let reading = match read(product, &version).await {
        Ok(reading) => reading,
        Err(ReadError::Rejected(reason, kind)) => failed(reason, kind),
        Err(ReadError::NotScanned(error)) => {
            tracing::warn!(%error, material.id = %id, "a file waits for the scanner");
            return Ok(Ingested::NotYet);
        }
        Err(ReadError::UseCase(error)) => return Err(error),
    };
    if reading.processing == Processing::Failed(Rejection::ChecksumMismatch) {
        product
            .objects
            .delete(std::slice::from_ref(&version.object))
            .await?;
    }
    publish(product, id, number, &reading).await?;
    Ok(Ingested::Done)
}

/// Marks a version as failed whose reading never came to an end.
pub(crate) async fn fail_version(product: &Product, id: MaterialId, number: u32) -> Result<(), UseCaseError> {
    if running_version(product, id, number).await?.is_none() {
        return Ok(());
    }
    publish(product, id, number, &failed(Rejection::Crashed, Kind::Other)).await
}

fn failed(reason: Rejection, kind: Kind) -> Findings {
    Findings {
        format: READING_FORMAT,
        kind,
        title: None,
        language: None,
        pages: 0,
        texts: Vec::new(),
        has_cover: false,
        processing: Processing::Failed(reason),
        media: None,
        notice: None,
        recognition: None,
    }
}

async fn running_version(
    product: &Product,
    id: MaterialId,
    number: u32,
) -> Result<Option<Version>, UseCaseError> {
    let versions = product.records.versions(id).await?;
    Ok(versions
        .into_iter()
        .find(|version| version.number == number)
        .filter(|version| matches!(version.processing, Processing::Running { .. })))
}

enum ReadError {
    /// With what the content is, as far as that was told.
    Rejected(Rejection, Kind),
    NotScanned(ScanUnavailable),
    UseCase(UseCaseError),
}

impl<E: Into<UseCaseError>> From<E> for ReadError {
    fn from(error: E) -> Self {
        Self::UseCase(error.into())
    }
}

impl From<ScratchError> for UseCaseError {
    fn from(error: ScratchError) -> Self {
        match error {
            ScratchError::Content(error) => error.into(),
            ScratchError::Unavailable(why) => Self::Unavailable(why),
        }
    }
}

async fn read(product: &Product, version: &Version) -> Result<Findings, ReadError> {
    let content = product.objects.get(&version.object, None).await?;
    let content = content.ok_or_else(|| UseCaseError::Internal("the version's object is gone".into()))?;
    let file = product.scratch.spool(content).await.map_err(UseCaseError::from)?;
    if version.sha256.is_some_and(|announced| announced != file.sha256) {
        return Err(ReadError::Rejected(Rejection::ChecksumMismatch, Kind::Other));
    }
    if let Some(scanner) = &product.scanner {
        match scanner.scan(file.path()).await {
            Ok(Verdict::Clean) => {}
            Ok(Verdict::Infected) => return Err(ReadError::Rejected(Rejection::Infected, Kind::Other)),
            Err(error) => return Err(ReadError::NotScanned(error)),
        }
    }
    let mut extraction = extract(product, version, &file).await?;
    // What was read is held in memory from here on, and the file is not needed any more.
    drop(file);
    let (has_cover, (), ()) = tokio::try_join!(
        store_cover(product, version, extraction.cover.take()),
        store_contents(product, version, &extraction.pages, &extraction.outline),
        store_pages(product, version, &extraction.pages),
    )?;
    let count = u32::try_from(extraction.pages.len()).unwrap_or(u32::MAX);
    let plan = recognize_text::plan(product, extraction.kind, &extraction.pages);
    let notice = extraction
        .notice
        .or(plan.notice)
        .or_else(|| missing(&extraction, &plan, version));
    Ok(Findings {
        format: product.extractor.reading_format(),
        kind: extraction.kind,
        title: extraction.title.and_then(|title| name::line(&title, 200).ok()),
        language: extraction.language.as_deref().and_then(Language::parse),
        pages: count,
        texts: extraction
            .pages
            .into_iter()
            .map(index_material::indexed_page)
            .collect(),
        has_cover,
        processing: Processing::Ready { pages: count },
        media: extraction.media,
        notice,
        recognition: plan.recognition,
    })
}

/// Why there is nothing to read in a version, if there is not.
pub(super) fn missing(extraction: &Extraction, plan: &Plan, version: &Version) -> Option<Notice> {
    match extraction.kind {
        Kind::Other => Some(match Kind::promised_by(&version.filename.extension()) {
            Some(_) => Notice::NotItsType,
            None => Notice::UnknownType,
        }),
        Kind::Image | Kind::Video | Kind::Audio => None,
        _ => (plan.recognition.is_none() && extraction.pages.iter().all(ExtractedPage::is_blank))
            .then_some(Notice::NoText),
    }
}

/// Extracts pages while the records are told, now and then, how far it is.
async fn extract(product: &Product, version: &Version, file: &ScratchFile) -> Result<Extraction, ReadError> {
    let latest: Mutex<Option<Progress>> = Mutex::new(None);
    let kind = Mutex::new(Kind::Other);
    let note = |progress: Progress| {
        *kind.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = progress.kind;
        *latest.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = Some(progress);
    };
    let filename = version.filename.as_str();
    let work = product.extractor.extract(file.path(), filename, &note);
    tokio::pin!(work);
    let mut tick = tokio::time::interval(Duration::from_millis(400));
    tick.tick().await;
    loop {
        tokio::select! {
            result = &mut work => return result.map_err(|error| match error {
                ExtractError::Rejected(reason) => {
                    let kind = *kind.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                    ReadError::Rejected(reason, kind)
                }
                ExtractError::Unavailable(why) => ReadError::UseCase(UseCaseError::Unavailable(why)),
            }),
            _ = tick.tick() => {
                let progress = latest.lock().unwrap_or_else(std::sync::PoisonError::into_inner).take();
                if let Some(progress) = progress {
                    tell(product, version, progress).await;
                }
            }
        }
    }
}

/// Progress is a courtesy: when it cannot be written the reading goes on.
async fn tell(product: &Product, version: &Version, progress: Progress) {
    let told: Result<(), UseCaseError> = async {
        let Some(stored) = product.records.material(version.material).await? else {
            return Ok(());
        };
        let mut material = stored.value;
        if material.current.id == version.id {
            material.current.processing = Processing::Running {
                done: progress.done,
                total: progress.total,
            };
            let write = materials::put(&material, Condition::Version(stored.version));
            product.records.store().transact(vec![write]).await?;
        }
        Ok(())
    }
    .await;
    if let Err(error) = told {
        tracing::debug!(%error, "progress was not written");
    }
}

/// Draws the first page of a file and keeps it as the version's cover; false when it cannot be drawn.
pub(super) async fn draw_cover(
    product: &Product,
    version: &Version,
    file: &ScratchFile,
    kind: Kind,
) -> Result<bool, UseCaseError> {
    if !matches!(kind, Kind::Pdf | Kind::Image | Kind::Video | Kind::Audio) {
        return Ok(false);
    }
    let pictures = match product.extractor.render(file.path(), 1, 1, COVER_WIDTH).await {
        Ok(pictures) => pictures,
        Err(error) => {
            tracing::info!(%error, material.id = %version.material, "no cover could be drawn");
            return Ok(false);
        }
    };
    store_cover(product, version, pictures.into_iter().next()).await
}

pub(super) async fn store_cover(
    product: &Product,
    version: &Version,
    cover: Option<Picture>,
) -> Result<bool, UseCaseError> {
    let Some(picture) = cover else {
        return Ok(false);
    };
    let key = cover_key(version.material, version.number);
    product
        .objects
        .put(&key, picture.content_type, Bytes::from(picture.content))
        .await?;
    Ok(true)
}

/// Packs the pages into one object, so that any page is one ranged read away.
async fn store_pages(
    product: &Product,
    version: &Version,
    found: &[ExtractedPage],
) -> Result<(), UseCaseError> {
    let map = store_pack(product, version, found, 0).await?;
    product
        .records
        .store()
        .transact(vec![pages::put(version.material, version.number, &map)])
        .await?;
    Ok(())
}

/// Writes a pack; it is read once the map that is given back is stored.
pub(super) async fn store_pack(
    product: &Product,
    version: &Version,
    found: &[ExtractedPage],
    revision: u32,
) -> Result<PageMap, UseCaseError> {
    let mut pack = Vec::new();
    let mut map = PageMap {
        ends: Vec::with_capacity(found.len()),
        revision,
    };
    for page in found {
        packed_page::write(page, &mut pack).map_err(|error| UseCaseError::Internal(error.to_string()))?;
        map.ends.push(pack.len() as u64);
    }
    let key = pack_key(version.material, version.number, revision);
    product
        .objects
        .put(&key, "application/octet-stream", Bytes::from(pack))
        .await?;
    Ok(map)
}

/// Indexes what was read, then publishes it: whoever sees `ready` can already find it.
async fn publish(
    product: &Product,
    id: MaterialId,
    number: u32,
    reading: &Findings,
) -> Result<(), UseCaseError> {
    for _ in 0..super::CONFLICT_RETRIES {
        let Some(stored) = product.records.material(id).await? else {
            return Ok(());
        };
        let mut material: Material = stored.value;
        let Some(mut version) = running_version(product, id, number).await? else {
            return Ok(());
        };
        apply(&mut version, reading);
        let is_current = material.current.number == number;
        if is_current {
            material.current = version.clone();
            material.updated_at = product.clock.now();
            suggest(&mut material, reading);
            index(product, &material, reading).await?;
        }
        let event = index_material::changed(product, id);
        let mut writes = vec![materials::put_version(&version, Condition::Present)];
        if reading.recognition.is_some() {
            let payload = Payload::RecognizeText {
                material: id,
                version: number,
            };
            writes.push(Job::new(payload, &*product.clock, &*product.ids).enqueue());
        }
        if lay_out::is_wanted(product, &version) {
            let payload = Payload::LayOut {
                material: id,
                version: number,
            };
            writes.push(Job::new(payload, &*product.clock, &*product.ids).enqueue());
        }
        if is_current {
            writes.push(materials::put(&material, Condition::Version(stored.version)));
            writes.push(event.append());
        }
        match product.records.store().transact(writes).await {
            Ok(()) => {
                product.feed.took_up(&event);
                return Ok(());
            }
            Err(TransactError::Condition(_) | TransactError::Conflict) => {}
            Err(TransactError::Store(error)) => return Err(error.into()),
        }
    }
    Err(UseCaseError::Unavailable(
        "the material is being changed too often".into(),
    ))
}

fn apply(version: &mut Version, reading: &Findings) {
    version.kind = reading.kind;
    version.has_cover = reading.has_cover;
    version.processing = reading.processing.clone();
    version.reading = Reading {
        format: reading.format,
        revision: 0,
    };
    version.media = reading.media;
    version.notice = reading.notice;
    version.recognition = reading.recognition;
    version.verified = matches!(reading.processing, Processing::Ready { .. });
}

/// Fills in what the owner did not say from what the file says.
fn suggest(material: &mut Material, reading: &Findings) {
    if material.details.language.is_none() {
        material.details.language.clone_from(&reading.language);
    }
    let untouched = material.details.title == material.current.filename.suggested_title();
    if let (1, true, Some(title)) = (material.current.number, untouched, &reading.title) {
        material.details.title.clone_from(title);
    }
}

async fn index(product: &Product, material: &Material, reading: &Findings) -> Result<(), UseCaseError> {
    use crate::ports::search_index::Change;
    let change = if material.is_published() {
        let pages = if reading.pages > 0 {
            reading.texts.clone()
        } else {
            Vec::new()
        };
        Change::Replace(Box::new(index_material::indexed(product, material, pages).await?))
    } else {
        Change::Remove(material.id)
    };
    product.search.apply(vec![change]).await?;
    Ok(())
}
