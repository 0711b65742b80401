//! Pictures of documents of office programs, after they were published with their text: another
//! program lays them out as a PDF, and that is drawn as every PDF is.
//!
//! A slide is a page of that PDF, so slides get pictures and the places of their words. Pages of texts
//! and sheets are their headings' and sheets' own, which no printed page is: of those the first page
//! is drawn for the cover, and the reader shows their text.
use super::ingest_version::{draw_cover, layout_key, pack_key, store_pack};
use super::read_contents::resize_contents;
use super::read_page::version_pages;
use super::word_places::place_words;
use super::{Product, UseCaseError};
use crate::domain::ids::MaterialId;
use crate::domain::kind::Kind;
use crate::domain::material::{Processing, Version};
use crate::ports::extractor::{ExtractError, ExtractedPage, PassageKind};
use crate::ports::record_store::{Condition, TransactError, Write};
use crate::ports::scratch::ScratchFile;
use crate::records::marks::Ability;
use crate::records::{materials, pages};
use bytes::Bytes;
use futures::StreamExt;
use jiff::SignedDuration;

/// How long to wait while another document is laid out.
pub const LAY_OUT_AGAIN_AFTER: SignedDuration = SignedDuration::from_secs(3);
/// How long a process that cannot lay out leaves a document to those that can.
pub const LEAVE_LAYOUT_FOR: SignedDuration = SignedDuration::from_mins(1);

/// Whether a document was laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LaidOut {
    /// Nothing is left to do.
    Done,
    /// Another document is being laid out.
    NotYet,
    /// Another process can, this one cannot.
    NotHere,
}

/// Whether a version that was just read is to be laid out.
pub(super) fn is_wanted(product: &Product, version: &Version) -> bool {
    product.extractor.lays_out() && is_layable(version)
}

/// Whether a version was read, but not laid out.
pub(super) fn lacks_pictures(version: &Version) -> bool {
    let has_all = version.has_cover && (version.has_layout || !is_slides(version.kind));
    is_layable(version) && !has_all
}

fn is_layable(version: &Version) -> bool {
    matches!(version.processing, Processing::Ready { pages } if pages > 0) && is_office(version.kind)
}

fn is_office(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Docx | Kind::Odt | Kind::Doc | Kind::Rtf | Kind::Xlsx | Kind::Ods | Kind::Xls
    ) || is_slides(kind)
}

pub(super) const fn is_slides(kind: Kind) -> bool {
    matches!(kind, Kind::Pptx | Kind::Odp | Kind::Ppt)
}

/// Lays a version out and publishes its cover and, of slides, its pictures. What cannot be laid out
/// stays as it is: it has its text.
///
/// # Errors
/// When something that is needed does not answer; it is begun again.
pub async fn lay_out(product: &Product, id: MaterialId, number: u32) -> Result<LaidOut, UseCaseError> {
    if !product.extractor.lays_out() {
        // Left to a process that can; where none can any more, it is queued anew once one can again.
        let elsewhere = product.records.ability_noted(Ability::Layout).await? == Some(true);
        return Ok(if elsewhere {
            LaidOut::NotHere
        } else {
            LaidOut::Done
        });
    }
    let Some(version) = version_without_layout(product, id, number).await? else {
        return Ok(LaidOut::Done);
    };
    let Ok(_turn) = product.layout_turn.try_lock() else {
        return Ok(LaidOut::NotYet);
    };
    let Some((file, pdf)) = as_pdf(product, &version).await? else {
        return Ok(LaidOut::Done);
    };
    let has_cover = draw_cover(product, &version, &file, Kind::Pdf).await?;
    let pictured = if is_slides(version.kind) {
        picture_slides(product, &version, &file, pdf).await?
    } else {
        None
    };
    publish(product, &version, has_cover, pictured).await?;
    Ok(LaidOut::Done)
}

async fn version_without_layout(
    product: &Product,
    id: MaterialId,
    number: u32,
) -> Result<Option<Version>, UseCaseError> {
    let versions = product.records.versions(id).await?;
    Ok(versions
        .into_iter()
        .find(|version| version.number == number)
        .filter(lacks_pictures))
}

async fn as_pdf(product: &Product, version: &Version) -> Result<Option<(ScratchFile, Bytes)>, UseCaseError> {
    let content = product.objects.get(&version.object, None).await?;
    let content = content.ok_or_else(|| UseCaseError::Internal("the version's object is gone".into()))?;
    let document = product.scratch.spool(content).await?;
    let Some(pdf) = whatever_works(
        version,
        product.extractor.lay_out(document.path(), version.kind).await,
    )?
    .flatten() else {
        return Ok(None);
    };
    let pdf = Bytes::from(pdf);
    let content = futures::stream::iter([Ok(pdf.clone())]).boxed();
    Ok(Some((product.scratch.spool(content).await?, pdf)))
}

/// A document that cannot be laid out is no error.
fn whatever_works<T>(version: &Version, result: Result<T, ExtractError>) -> Result<Option<T>, UseCaseError> {
    match result {
        Ok(found) => Ok(Some(found)),
        Err(ExtractError::Rejected(reason)) => {
            tracing::info!(reason = reason.code(), material.id = %version.material, "document was not laid out");
            Ok(None)
        }
        Err(ExtractError::Unavailable(why)) => Err(UseCaseError::Unavailable(why)),
    }
}

/// A new pack of pages, and which.
struct Pictured {
    map: Write,
    revision: u32,
}

/// Keeps the PDF and gives every slide its size and the places of its words; `None` when the PDF's
/// pages are not the slides.
async fn picture_slides(
    product: &Product,
    version: &Version,
    file: &ScratchFile,
    pdf: Bytes,
) -> Result<Option<Pictured>, UseCaseError> {
    let (id, number) = (version.material, version.number);
    let read = product
        .extractor
        .extract(file.path(), "layout.pdf", &|_| {})
        .await;
    let Some(layout) = whatever_works(version, read)? else {
        return Ok(None);
    };
    let (mut slides, revision) = version_pages(product, id, number).await?;
    if layout.pages.len() != slides.len() {
        tracing::info!(material.id = %id, slides = slides.len(), pages = layout.pages.len(), "slides were laid out as other pages");
        return Ok(None);
    }
    for (slide, page) in slides.iter_mut().zip(layout.pages) {
        take_places(slide, &page);
    }
    let key = layout_key(id, number);
    product.objects.put(&key, Kind::Pdf.media_type(), pdf).await?;
    resize_contents(product, version, &slides).await?;
    let map = store_pack(product, version, &slides, revision + 1).await?;
    Ok(Some(Pictured {
        map: pages::put(id, number, &map),
        revision: revision + 1,
    }))
}

/// The slide's text stays as it was read from the document itself; only where its words are comes
/// from the page.
pub(super) fn take_places(slide: &mut ExtractedPage, page: &ExtractedPage) {
    (slide.width, slide.height) = (page.width, page.height);
    slide.words = place_words(&text_on(slide), &page.words);
    slide.links.clone_from(&page.links);
}

/// What stands on the slide itself: its text without the notes.
fn text_on(slide: &ExtractedPage) -> String {
    let noted = |line: usize| {
        slide.passages.iter().any(|passage| {
            let first = usize::try_from(passage.line).unwrap_or(usize::MAX);
            let lines = usize::try_from(passage.lines).unwrap_or(usize::MAX);
            passage.kind == PassageKind::Notes && line >= first && line - first < lines
        })
    };
    let lines = slide.text.lines().enumerate();
    let shown: Vec<&str> = lines
        .filter(|(line, _)| !noted(*line))
        .map(|(_, line)| line)
        .collect();
    shown.join("\n")
}

async fn publish(
    product: &Product,
    laid_out: &Version,
    has_cover: bool,
    pictured: Option<Pictured>,
) -> Result<(), UseCaseError> {
    let (id, number) = (laid_out.material, laid_out.number);
    for _ in 0..super::CONFLICT_RETRIES {
        let (Some(stored), Some(mut version)) = (
            product.records.material(id).await?,
            version_without_layout(product, id, number).await?,
        ) else {
            return Ok(());
        };
        if version.reading != laid_out.reading {
            return Err(UseCaseError::Unavailable(
                "the document was read again meanwhile".into(),
            ));
        }
        version.has_cover |= has_cover;
        version.has_layout = pictured.is_some();
        let mut writes = vec![materials::put_version(&version, Condition::Present)];
        writes.extend(pictured.as_ref().map(|pictured| pictured.map.clone()));
        let mut material = stored.value;
        if material.current.number == number {
            material.current = version;
        }
        writes.push(materials::put(&material, Condition::Version(stored.version)));
        match product.records.store().transact(writes).await {
            Ok(()) => return forget_older_pack(product, laid_out, pictured).await,
            Err(TransactError::Condition(_) | TransactError::Conflict) => {}
            Err(TransactError::Store(error)) => return Err(error.into()),
        }
    }
    Err(UseCaseError::Unavailable(
        "the material is being changed too often".into(),
    ))
}

/// Whoever reads now may still read the pack before; nobody reads the one before that.
async fn forget_older_pack(
    product: &Product,
    version: &Version,
    pictured: Option<Pictured>,
) -> Result<(), UseCaseError> {
    if let Some(older) = pictured.and_then(|pictured| pictured.revision.checked_sub(2)) {
        let key = pack_key(version.material, version.number, older);
        product.objects.delete(&[key]).await?;
    }
    Ok(())
}
