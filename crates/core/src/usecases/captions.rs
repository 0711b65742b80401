//! Captions that the owner of a film or recording adds to it: they become its pages, in place of
//! those that the file itself holds, and come back out of the way when they are removed.
//!
//! They are a request's text like any other field, small and read in one pass, so no child process
//! is asked. A new version of the film begins without them: its times are others.
use super::classmates::classmates_for;
use super::ingest_version::{contents_key, derived_prefix, pack_key, store_pack};
use super::read_contents::{own_outline, put_contents};
use super::read_document::{PageText, read_document};
use super::read_material::read_material;
use super::read_page::{damaged, fetch};
use super::{Product, UseCaseError, authorize, index_material, require_user};
use crate::domain::captions::{self, Cue};
use crate::domain::ids::MaterialId;
use crate::domain::kind::Kind;
use crate::domain::language::Language;
use crate::domain::material::{AddedCaptions, Material, Processing};
use crate::domain::policy::{Action, Actor};
use crate::ports::extractor::{ExtractedPage, OutlineEntry};
use crate::ports::object_store::ObjectKey;
use crate::ports::packed_page;
use crate::ports::record_store::{Condition, TransactError};
use crate::records::pages::PageMap;
use crate::records::{Stored, materials, pages};
use bytes::Bytes;

/// The longest captions that are taken, in bytes: those of a film of four hours.
pub const MAX_CAPTION_BYTES: usize = 256 << 10;

/// Captions as players read them.
#[derive(Clone, Debug)]
pub struct CaptionTrack {
    /// WebVTT.
    pub content: Bytes,
    /// What its owner said that they are in; of a file's own, what they read like.
    pub language: Option<Language>,
    /// The version of the material whose captions these are.
    pub version: u32,
    /// Changes when they are replaced; 0 for the file's own.
    pub revision: u32,
}

/// Adds captions to a film or recording, or replaces those that were added: WebVTT or SubRip in
/// UTF-8. When this returns they can be found and played.
///
/// # Errors
/// `NotFound`, `Forbidden`; `Conflict` (`no_captions_here`) for what is no film or recording that
/// was read; `Content` (`malformed_captions`) for what holds no caption or is longer than
/// [`MAX_CAPTION_BYTES`]; `Invalid` for a language that is none.
pub async fn set_captions(
    product: &Product,
    actor: &Actor,
    id: MaterialId,
    content: &[u8],
    language: Option<&str>,
) -> Result<(), UseCaseError> {
    require_user(actor)?;
    editable(product, actor, id).await?;
    let language = language.map(parse_language).transpose()?;
    let cues = parse(content)?;
    let spoken = captions::pages(&cues);
    let vtt = Bytes::from(captions::to_webvtt(&cues));
    for _ in 0..super::CONFLICT_RETRIES {
        let stored = editable(product, actor, id).await?;
        let version = &stored.value.current;
        // Never used before, so that nobody reads the captions of one by the map of another.
        let revision = fresh_revision(product);
        let chapters = chapters(own_outline(product, version).await?, &spoken);
        let found = with_chapters(&spoken, &chapters, language.as_ref());
        let map = store_pack(product, version, &found, revision).await?;
        let contents = contents_key(id, version.number, revision);
        put_contents(product, &contents, &found, &chapters).await?;
        let key = track_key(&stored.value, revision);
        product.objects.put(&key, "text/vtt", vtt.clone()).await?;
        let added = AddedCaptions {
            revision,
            language: language.clone(),
        };
        if publish(product, stored, &map, Some(added)).await? {
            return Ok(());
        }
    }
    Err(TransactError::Conflict.into())
}

/// Removes captions that were added; those of the file itself are back. Nothing is done where there
/// are none.
///
/// # Errors
/// `NotFound`, `Forbidden`.
pub async fn remove_captions(product: &Product, actor: &Actor, id: MaterialId) -> Result<(), UseCaseError> {
    require_user(actor)?;
    for _ in 0..super::CONFLICT_RETRIES {
        let stored = owned(product, actor, id).await?;
        if stored.value.current.captions.is_none() {
            return Ok(());
        }
        let map = own_pages(product, &stored.value).await?;
        if publish(product, stored, &map, None).await? {
            return Ok(());
        }
    }
    Err(TransactError::Conflict.into())
}

/// The captions of a film or recording: those that were added to it, or else those that its file holds.
///
/// # Errors
/// `NotFound` when the material is not there for this actor, or has none. What was read before pages kept
/// when their lines are said has none of its own.
pub async fn read_captions(
    product: &Product,
    actor: &Actor,
    id: MaterialId,
) -> Result<CaptionTrack, UseCaseError> {
    let material = read_material(product, actor, id).await?.material;
    let version = material.current.number;
    let Some(added) = material.current.captions.clone() else {
        let pages = read_document(product, actor, id).await?;
        return own_track(&material, &pages).ok_or(UseCaseError::NotFound);
    };
    let content = fetch(product, &track_key(&material, added.revision), None).await?;
    Ok(CaptionTrack {
        content,
        language: added.language,
        version,
        revision: added.revision,
    })
}

/// Whether pages say when their lines are said, so that they can be shown over a film.
pub fn have_captions(pages: &[PageText]) -> bool {
    pages.iter().any(|page| !page.cues.is_empty())
}

/// The language that most of these captions are in.
pub fn language_of_captions(pages: &[PageText]) -> Option<Language> {
    let spoken = pages.iter().filter(|page| !page.cues.is_empty());
    let mut counts: Vec<(&str, usize)> = Vec::new();
    for language in spoken.filter_map(|page| page.language.as_deref()) {
        match counts.iter_mut().find(|(known, _)| *known == language) {
            Some((_, count)) => *count += 1,
            None => counts.push((language, 1)),
        }
    }
    let (language, _) = counts.into_iter().max_by_key(|(_, count)| *count)?;
    Language::parse(language)
}

/// Captions that became pages, as captions again.
fn own_track(material: &Material, pages: &[PageText]) -> Option<CaptionTrack> {
    if !matches!(material.current.kind, Kind::Video | Kind::Audio) || !have_captions(pages) {
        return None;
    }
    let cues: Vec<Cue> = pages
        .iter()
        .flat_map(|page| captions::cues_of(&page.text, &page.cues))
        .collect();
    Some(CaptionTrack {
        content: Bytes::from(captions::to_webvtt(&cues)),
        language: language_of_captions(pages),
        version: material.current.number,
        revision: 0,
    })
}

fn track_key(material: &Material, revision: u32) -> ObjectKey {
    let prefix = derived_prefix(material.id, material.current.number);
    ObjectKey(format!("{prefix}captions-{revision}"))
}

async fn owned(product: &Product, actor: &Actor, id: MaterialId) -> Result<Stored<Material>, UseCaseError> {
    let stored = product
        .records
        .material(id)
        .await?
        .ok_or(UseCaseError::NotFound)?;
    let classmates = classmates_for(product, actor, [&stored.value]).await?;
    authorize(actor, Action::EditMaterial(&stored.value, &classmates))?;
    Ok(stored)
}

/// A material that can have captions.
async fn editable(
    product: &Product,
    actor: &Actor,
    id: MaterialId,
) -> Result<Stored<Material>, UseCaseError> {
    let stored = owned(product, actor, id).await?;
    let version = &stored.value.current;
    let plays = matches!(version.kind, Kind::Video | Kind::Audio);
    if plays && matches!(version.processing, Processing::Ready { .. }) {
        return Ok(stored);
    }
    Err(UseCaseError::Conflict {
        code: "no_captions_here",
        detail: "only films and recordings that are ready have captions".into(),
    })
}

fn parse_language(text: &str) -> Result<Language, UseCaseError> {
    Language::parse(text).ok_or_else(|| {
        UseCaseError::Invalid(vec![super::FieldError {
            field: "language",
            message: "must be a language such as en or he".into(),
        }])
    })
}

fn parse(content: &[u8]) -> Result<Vec<Cue>, UseCaseError> {
    let malformed = |detail: String| UseCaseError::Content {
        code: "malformed_captions",
        detail,
    };
    if content.len() > MAX_CAPTION_BYTES {
        return Err(malformed(format!("at most {MAX_CAPTION_BYTES} bytes")));
    }
    let text = std::str::from_utf8(content).map_err(|_| malformed("must be text in UTF-8".into()))?;
    let cues = captions::read(text);
    if cues.iter().all(|cue| cue.lines.is_empty()) {
        return Err(malformed("neither WebVTT nor SubRip, or without words".into()));
    }
    Ok(cues)
}

/// The film's own chapters, which lead to the pages of their times from now on.
fn chapters(own: Vec<OutlineEntry>, pages: &[ExtractedPage]) -> Vec<OutlineEntry> {
    let at_its_time = |entry: OutlineEntry| {
        Some(OutlineEntry {
            page: captions::page_at(pages, entry.starts_at_ms?),
            ..entry
        })
    };
    own.into_iter().filter_map(at_its_time).collect()
}

/// The pages as they are found.
fn with_chapters(
    spoken: &[ExtractedPage],
    chapters: &[OutlineEntry],
    language: Option<&Language>,
) -> Vec<ExtractedPage> {
    let mut pages = spoken.to_vec();
    for page in &mut pages {
        page.language = language.map(|code| code.as_str().to_owned());
    }
    let titles = chapters
        .iter()
        .filter_map(|entry| Some((entry.starts_at_ms?, entry.title.as_str())));
    captions::add_chapters(&mut pages, titles);
    pages
}

pub(super) fn fresh_revision(product: &Product) -> u32 {
    let [a, b, c, d, ..] = product.ids.secret();
    u32::from_be_bytes([a, b, c, d]).max(1)
}

/// Where the pages are that the file itself gave: their pack was left beside the added one.
async fn own_pages(product: &Product, material: &Material) -> Result<PageMap, UseCaseError> {
    let revision = material.current.reading.revision;
    let key = pack_key(material.id, material.current.number, revision);
    let content = match fetch(product, &key, None).await {
        Ok(content) => content,
        Err(UseCaseError::NotFound) => Bytes::new(),
        Err(error) => return Err(error),
    };
    let ends = packed_page::ends(&content).map_err(damaged)?;
    Ok(PageMap { ends, revision })
}

/// Makes these pages the material's; false when it has changed meanwhile.
async fn publish(
    product: &Product,
    stored: Stored<Material>,
    map: &PageMap,
    added: Option<AddedCaptions>,
) -> Result<bool, UseCaseError> {
    let mut material = stored.value;
    let (id, number) = (material.id, material.current.number);
    let before = std::mem::replace(&mut material.current.captions, added);
    material.current.processing = Processing::Ready {
        pages: u32::try_from(map.ends.len()).unwrap_or(u32::MAX),
    };
    material.updated_at = product.clock.now();
    let event = index_material::changed(product, id);
    let writes = vec![
        pages::put(id, number, map),
        materials::put_version(&material.current, Condition::Present),
        materials::put(&material, Condition::Version(stored.version)),
        event.append(),
    ];
    let outcome = product.records.store().transact(writes).await;
    let unused = match (&outcome, before) {
        (Ok(()), before) => before.map(|before| before.revision),
        // Those that were written for this try.
        (Err(TransactError::Condition(_)), _) => {
            material.current.captions.as_ref().map(|added| added.revision)
        }
        _ => None,
    };
    if let Some(revision) = unused {
        let keys = [
            pack_key(id, number, revision),
            contents_key(id, number, revision),
            track_key(&material, revision),
        ];
        product.objects.delete(&keys).await?;
    }
    match outcome {
        Ok(()) => {
            index_material::take_up_now(product, &event, id).await;
            Ok(true)
        }
        Err(TransactError::Condition(_) | TransactError::Conflict) => Ok(false),
        Err(TransactError::Store(error)) => Err(error.into()),
    }
}
