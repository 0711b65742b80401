//! Reading a version again that an earlier reader has read, long after it was published.
//!
//! What is there stays until something better is: new pages and contents are written beside those that are being
//! read, and one transaction leads to them. A file that cannot be read now, or of which less is read than before,
//! stays as it is. What was recognised in pictures, and where the words of laid out slides stand, is taken along.
use super::captions::fresh_revision;
use super::ingest_version::{contents_key, derived_prefix, missing, pack_key, store_cover, store_pack};
use super::lay_out::{is_slides, take_places};
use super::read_contents::{own_contents_key, put_contents};
use super::read_page::{fetch, unpack, version_pages};
use super::{Product, UseCaseError, index_material, recognize_text};
use crate::domain::ids::MaterialId;
use crate::domain::kind::Kind;
use crate::domain::language::Language;
use crate::domain::material::{Material, Processing, Reading, Version};
use crate::jobs::{Job, Payload};
use crate::ports::extractor::{ExtractError, ExtractedPage, Extraction, Notice};
use crate::ports::object_store::ObjectKey;
use crate::ports::packed_page;
use crate::ports::record_store::{Condition, TransactError, Write};
use crate::records::pages::PageMap;
use crate::records::{materials, pages};
use jiff::SignedDuration;

/// How long to wait while something else changes what is to be read, or something that is needed is away.
pub const READ_AGAIN_AFTER: SignedDuration = SignedDuration::from_mins(1);
/// How long whoever began to read the pages before may go on with them.
const KEEP_OLD_PAGES: SignedDuration = SignedDuration::from_mins(1);

/// Whether a version was read again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadAgain {
    /// Nothing is left to do.
    Done,
    /// Something else changes it.
    NotYet,
}

/// Whether an earlier reader has read a version.
pub(super) fn is_outdated(product: &Product, version: &Version) -> bool {
    matches!(version.processing, Processing::Ready { .. })
        && version.reading.format < product.extractor.reading_format()
}

/// Reads a version again, if it is the one that is shown and an earlier reader has read it.
///
/// # Errors
/// When something that is needed does not answer; the version stays as it was.
pub async fn read_again(product: &Product, id: MaterialId, number: u32) -> Result<ReadAgain, UseCaseError> {
    let Some(stored) = product.records.material(id).await? else {
        return Ok(ReadAgain::Done);
    };
    let version = stored.value.current;
    if version.number != number || !is_outdated(product, &version) {
        return Ok(ReadAgain::Done);
    }
    if version.recognition.is_some() {
        return Ok(ReadAgain::NotYet);
    }
    let Some(extraction) = extract(product, &version).await? else {
        return Ok(ReadAgain::Done);
    };
    let before = own_pages(product, &version).await?;
    let Some(extraction) = improved(&version, &before, extraction) else {
        tracing::info!(material.id = %id, "less was read than before; it stays as it was");
        return Ok(ReadAgain::Done);
    };
    publish(product, &version, extraction).await
}

/// What the file gives now; `None` when that is nothing.
async fn extract(product: &Product, version: &Version) -> Result<Option<Extraction>, UseCaseError> {
    let content = product.objects.get(&version.object, None).await?;
    let content = content.ok_or_else(|| UseCaseError::Internal("the version's object is gone".into()))?;
    let file = product.scratch.spool(content).await?;
    if version.sha256.is_some_and(|known| known != file.sha256) {
        return Err(UseCaseError::Internal("the version's object is damaged".into()));
    }
    let filename = version.filename.as_str();
    match product.extractor.extract(file.path(), filename, &|_| {}).await {
        Ok(extraction) => Ok(Some(extraction)),
        Err(ExtractError::Rejected(reason)) => {
            tracing::info!(reason = reason.code(), material.id = %version.material, "file was not read again");
            Ok(None)
        }
        Err(ExtractError::Unavailable(why)) => Err(UseCaseError::Unavailable(why)),
    }
}

/// The pages that the file itself gave before, whatever was added to it; none where they are lost, which reading
/// again mends.
async fn own_pages(product: &Product, version: &Version) -> Result<Vec<ExtractedPage>, UseCaseError> {
    let (id, number) = (version.material, version.number);
    let read = if version.captions.is_some() {
        let key = pack_key(id, number, version.reading.revision);
        match fetch(product, &key, None).await {
            Ok(content) => unpack_all(&content),
            Err(error) => Err(error),
        }
    } else {
        version_pages(product, id, number).await.map(|(pages, _)| pages)
    };
    match read {
        Ok(pages) => Ok(pages),
        Err(UseCaseError::NotFound) => Ok(Vec::new()),
        Err(UseCaseError::Internal(reason)) => {
            tracing::warn!(reason, material.id = %id, "pages of an earlier reading are damaged");
            Ok(Vec::new())
        }
        Err(error) => Err(error),
    }
}

fn unpack_all(content: &[u8]) -> Result<Vec<ExtractedPage>, UseCaseError> {
    let ends = packed_page::ends(content).map_err(super::read_page::damaged)?;
    unpack(&PageMap { ends, revision: 0 }, content, packed_page::read)
}

/// What was read now, with what is to be kept of before; `None` where that would lose something.
fn improved(version: &Version, before: &[ExtractedPage], mut extraction: Extraction) -> Option<Extraction> {
    let after = &mut extraction.pages;
    let same_kind = extraction.kind == version.kind;
    let has_text = |pages: &[ExtractedPage]| pages.iter().any(|page| !page.is_blank());
    let has_times = |pages: &[ExtractedPage]| pages.iter().any(|page| !page.cues.is_empty());
    let added_to = version.captions.is_some() || version.has_layout;
    if (!same_kind && added_to) || (has_times(before) && !has_times(after)) {
        return None;
    }
    let is_film = matches!(extraction.kind, Kind::Video | Kind::Audio);
    if is_film && !has_times(after) && after.len() < before.len() {
        // The program that tells chapters is not here.
        return None;
    }
    if version.has_layout && before.len() != after.len() {
        return None;
    }
    let may_be_scan = matches!(extraction.kind, Kind::Pdf | Kind::Image);
    let were_drawn = version.has_layout && is_slides(version.kind);
    for (page, old) in after.iter_mut().zip(before.iter()) {
        if were_drawn {
            take_places(page, old);
        }
        if may_be_scan && page.is_picture() && letters(old) > letters(page) {
            // It was recognised.
            *page = old.clone();
        }
    }
    let is_cut = |notice| notice == Some(Notice::Incomplete);
    let is_cut_now = is_cut(extraction.notice) && !is_cut(version.notice);
    let is_lost = has_text(before) && !has_text(after);
    let is_shorter = is_cut_now && after.len() < before.len();
    (!is_lost && !is_shorter).then_some(extraction)
}

fn letters(page: &ExtractedPage) -> usize {
    page.text.chars().filter(|c| c.is_alphanumeric()).count()
}

/// Writes what was read beside what is there, and leads to it.
async fn publish(
    product: &Product,
    before: &Version,
    mut extraction: Extraction,
) -> Result<ReadAgain, UseCaseError> {
    let (id, number) = (before.material, before.number);
    let revision = fresh_revision(product);
    let mut version = Version {
        kind: extraction.kind,
        media: extraction.media,
        reading: Reading {
            format: product.extractor.reading_format(),
            revision,
        },
        ..before.clone()
    };
    let plan = recognize_text::plan(product, extraction.kind, &extraction.pages);
    version.notice = extraction
        .notice
        .or(plan.notice)
        .or_else(|| missing(&extraction, &plan, before));
    version.recognition = plan.recognition;
    version.has_cover |= store_cover(product, before, extraction.cover.take()).await?;
    let pages = &extraction.pages;
    let map = store_pack(product, before, pages, revision).await?;
    put_contents(product, &own_contents_key(&version), pages, &extraction.outline).await?;
    let shows_own = before.captions.is_none();
    if shows_own {
        version.processing = Processing::Ready {
            pages: u32::try_from(pages.len()).unwrap_or(u32::MAX),
        };
    }
    let replaced = replaced(product, before).await?;
    let mut also = vec![deletion(product, before, replaced).enqueue()];
    if shows_own {
        also.push(pages::put(id, number, &map));
    }
    if version.recognition.is_some() {
        let payload = Payload::RecognizeText {
            material: id,
            version: number,
        };
        also.push(Job::new(payload, &*product.clock, &*product.ids).enqueue());
    }
    let language = extraction.language.as_deref().and_then(Language::parse);
    if lead_to(product, before, version, language, &also).await? {
        return Ok(ReadAgain::Done);
    }
    let unused = [pack_key(id, number, revision), contents_key(id, number, revision)];
    product.objects.delete(&unused).await?;
    Ok(ReadAgain::NotYet)
}

/// What nobody reads once the new pages are led to.
async fn replaced(product: &Product, before: &Version) -> Result<Vec<ObjectKey>, UseCaseError> {
    let (id, number) = (before.material, before.number);
    let mut keys = vec![
        own_contents_key(before),
        pack_key(id, number, before.reading.revision),
    ];
    if before.captions.is_none()
        && let Some(map) = product.records.page_map(id, number).await?
    {
        let shown = pack_key(id, number, map.revision);
        if !keys.contains(&shown) {
            keys.push(shown);
        }
    }
    Ok(keys)
}

/// Removes what was replaced, a little later; of notebooks also pictures, which may have other numbers now.
fn deletion(product: &Product, before: &Version, keys: Vec<ObjectKey>) -> Job {
    let prefix = derived_prefix(before.material, before.number);
    let drawn = (before.kind == Kind::Notebook).then(|| format!("{prefix}figure-"));
    let payload = Payload::DeleteObjects {
        keys,
        prefixes: drawn.into_iter().collect(),
    };
    let mut job = Job::new(payload, &*product.clock, &*product.ids);
    job.due_at = job.due_at.checked_add(KEEP_OLD_PAGES).unwrap_or(job.due_at);
    job
}

/// Makes a version that which is shown, if nothing else has changed it meanwhile.
async fn lead_to(
    product: &Product,
    before: &Version,
    version: Version,
    language: Option<Language>,
    also: &[Write],
) -> Result<bool, UseCaseError> {
    let id = before.material;
    for _ in 0..super::CONFLICT_RETRIES {
        let Some(stored) = product.records.material(id).await? else {
            return Ok(false);
        };
        let mut material: Material = stored.value;
        if material.current != *before {
            return Ok(false);
        }
        material.current = version.clone();
        material.details.language = material.details.language.or_else(|| language.clone());
        let event = index_material::changed(product, id);
        let mut writes = also.to_vec();
        writes.extend([
            materials::put_version(&version, Condition::Present),
            materials::put(&material, Condition::Version(stored.version)),
            event.append(),
        ]);
        match product.records.store().transact(writes).await {
            Ok(()) => {
                index_material::take_up_now(product, &event, id).await;
                return Ok(true);
            }
            Err(TransactError::Condition(_) | TransactError::Conflict) => {}
            Err(TransactError::Store(error)) => return Err(error.into()),
        }
    }
    Ok(false)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::{UploadId, VersionId};
    use crate::domain::material::AddedCaptions;
    use crate::domain::name::Filename;
    use crate::ports::extractor::{CueTime, Unread, Word};
    use uuid::Uuid;

    fn version(kind: Kind) -> Version {
        Version {
            id: VersionId::new(Uuid::nil()),
            material: MaterialId::new(Uuid::nil()),
            number: 1,
            upload: UploadId::new(Uuid::nil()),
            object: ObjectKey("uploads/a".into()),
            filename: Filename::parse("a.pdf").unwrap(),
            size: 1,
            sha256: None,
            verified: true,
            content_type: String::new(),
            kind,
            has_cover: false,
            has_layout: false,
            processing: Processing::Ready { pages: 1 },
            reading: Reading::default(),
            media: None,
            notice: None,
            recognition: None,
            captions: None,
            created_at: jiff::Timestamp::UNIX_EPOCH,
        }
    }

    fn page(text: &str) -> ExtractedPage {
        ExtractedPage {
            number: 1,
            text: text.into(),
            ..ExtractedPage::default()
        }
    }

    fn read(kind: Kind, pages: Vec<ExtractedPage>) -> Extraction {
        Extraction {
            kind,
            title: None,
            language: None,
            pages,
            outline: Vec::new(),
            media: None,
            notice: None,
            cover: None,
        }
    }

    fn texts(extraction: Option<Extraction>) -> Option<Vec<String>> {
        Some(extraction?.pages.into_iter().map(|page| page.text).collect())
    }

    #[test]
    fn another_text_takes_the_place_of_the_one_before() {
        let after = read(Kind::Markdown, vec![page("new")]);
        let found = improved(&version(Kind::Markdown), &[page("a longer old text")], after);
        assert_eq!(texts(found), Some(vec!["new".into()]));
        let after = read(Kind::Markdown, vec![page("read now")]);
        let found = improved(&version(Kind::Other), &[], after);
        assert_eq!(texts(found), Some(vec!["read now".into()]));
    }

    #[test]
    fn what_would_lose_something_is_not_taken() {
        let none = |version: &Version, before: ExtractedPage, after: Extraction| {
            assert_eq!(improved(version, &[before], after), None);
        };
        none(
            &version(Kind::Docx),
            page("text"),
            read(Kind::Docx, vec![page(" ")]),
        );
        none(&version(Kind::Pdf), page("text"), read(Kind::Pdf, vec![]));
        let mut cut = read(Kind::Pdf, vec![]);
        cut.notice = Some(Notice::Incomplete);
        none(&version(Kind::Pdf), page(""), cut);
        let cue = CueTime {
            line: 0,
            begin_ms: 0,
            end_ms: 9,
        };
        let said = ExtractedPage {
            cues: vec![cue],
            ..page("Good morning")
        };
        none(
            &version(Kind::Video),
            said,
            read(Kind::Video, vec![page("a film")]),
        );
        let chapters = vec![page("the cell"), page("the cycle")];
        let after = read(Kind::Video, vec![page("a film")]);
        assert_eq!(improved(&version(Kind::Video), &chapters, after), None);
        let mut captioned = version(Kind::Video);
        captioned.captions = Some(AddedCaptions {
            revision: 7,
            language: None,
        });
        none(&captioned, page(""), read(Kind::Audio, vec![page("a song")]));
        let mut slides = version(Kind::Pptx);
        slides.has_layout = true;
        none(
            &slides,
            page("one"),
            read(Kind::Pptx, vec![page("one"), page("two")]),
        );
    }

    #[test]
    fn what_was_recognised_and_drawn_is_taken_along() {
        let scanned = |text: &str| ExtractedPage {
            unread: Unread::Most,
            ..page(text)
        };
        let recognised = "a heap is a tree with an order";
        let after = read(Kind::Pdf, vec![scanned("7"), page("typed")]);
        let before = vec![scanned(recognised), page("typed")];
        assert_eq!(
            texts(improved(&version(Kind::Pdf), &before, after)),
            Some(vec![recognised.into(), "typed".into()])
        );
        let mut slides = version(Kind::Pptx);
        slides.has_layout = true;
        let word = Word {
            text: "heap".into(),
            x: 3.0,
            y: 4.0,
            w: 5.0,
            h: 6.0,
        };
        let drawn = ExtractedPage {
            width: 720.0,
            height: 540.0,
            words: vec![word.clone()],
            ..page("heap")
        };
        let found = improved(&slides, &[drawn], read(Kind::Pptx, vec![page("heap")])).unwrap();
        assert_eq!(
            (found.pages[0].width, &found.pages[0].words),
            (720.0, &vec![word])
        );
    }
}
