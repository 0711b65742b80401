//! Reading the text of pages that are pictures, after their version was published with what text
//! there is.
//!
//! A scanned book takes minutes, so the work is done in parts of some seconds: after each the pages
//! read so far can be found, and other work has its turn. A part that is cut off is begun again.
use super::ingest_version::{pack_key, store_pack};
use super::read_page::version_pages;
use super::{Product, UseCaseError, index_material};
use crate::domain::ids::MaterialId;
use crate::domain::kind::Kind;
use crate::domain::language::Language;
use crate::domain::material::{Processing, Recognition, Version};
use crate::ports::extractor::{ExtractError, ExtractedPage, Notice, Passage, PassageKind};
use crate::ports::record_store::{Condition, TransactError, Write};
use crate::ports::scratch::ScratchFile;
use crate::records::{materials, pages};
use jiff::SignedDuration;
use std::collections::BTreeMap;

/// How long one part takes, about.
const PART: SignedDuration = SignedDuration::from_secs(15);
/// How long to wait while another file is being recognised.
pub const RECOGNIZE_AGAIN_AFTER: SignedDuration = SignedDuration::from_secs(3);

/// What is left to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Nothing.
    Last,
    /// The next part.
    MoreToCome,
    /// This part: another file is being recognised.
    NotYet,
}

/// What a reading leaves to recognition.
pub(super) struct Plan {
    pub(super) recognition: Option<Recognition>,
    pub(super) notice: Option<Notice>,
}

/// Whether pages of a file that was just read are to be recognised, and what to say until then.
pub(super) fn plan(product: &Product, kind: Kind, pages: &[ExtractedPage]) -> Plan {
    let pictures = match kind {
        Kind::Pdf | Kind::Image => pages.iter().filter(|page| page.is_picture()).count(),
        _ => 0,
    };
    let possible = product.extractor.recognizes_text() && product.settings.recognition_pages > 0;
    let total = u32::try_from(pictures).unwrap_or(u32::MAX);
    let recognition = (possible && total > 0).then(|| Recognition {
        next: 1,
        done: 0,
        total: total.min(product.settings.recognition_pages),
    });
    // A file of which most pages have no text is a scan.
    let is_scan = pictures * 2 > pages.len();
    let notice = is_scan.then_some(match recognition {
        Some(_) => Notice::Incomplete,
        None => Notice::NoTextRecognition,
    });
    Plan { recognition, notice }
}

/// Recognises the next pages of a version, and publishes them.
///
/// # Errors
/// When something that is needed does not answer; the part is begun again.
pub async fn recognize_text(product: &Product, id: MaterialId, number: u32) -> Result<Part, UseCaseError> {
    let Some(version) = unfinished(product, id, number).await? else {
        return Ok(Part::Last);
    };
    let Some(mut recognition) = version.recognition else {
        return Ok(Part::Last);
    };
    let Ok(_turn) = product.recognition_turn.try_lock() else {
        return Ok(Part::NotYet);
    };
    let (mut pages, revision) = version_pages(product, id, number).await?;
    let file = spool(product, &version).await?;
    let started = product.clock.now();
    while let Some(place) = next(&pages, &recognition) {
        if let Some(read) = recognize(product, &file, &pages[place]).await? {
            take(&mut pages[place], read);
        }
        recognition.done += 1;
        recognition.next = pages[place].number + 1;
        if product.clock.now().duration_since(started) >= PART {
            break;
        }
    }
    publish(product, &version, &pages, revision, recognition).await?;
    Ok(match next(&pages, &recognition) {
        Some(_) => Part::MoreToCome,
        None => Part::Last,
    })
}

/// Ends the recognition of a version that cannot be brought to an end.
pub(crate) async fn give_up(product: &Product, id: MaterialId, number: u32) -> Result<(), UseCaseError> {
    let change = |version: &mut Version| {
        version.recognition = None;
        version.notice = Some(Notice::Incomplete);
    };
    settle(product, id, number, Vec::new(), &change, None).await
}

async fn unfinished(product: &Product, id: MaterialId, number: u32) -> Result<Option<Version>, UseCaseError> {
    let versions = product.records.versions(id).await?;
    Ok(versions
        .into_iter()
        .find(|version| version.number == number)
        .filter(|version| {
            matches!(version.processing, Processing::Ready { .. }) && version.recognition.is_some()
        }))
}

async fn spool(product: &Product, version: &Version) -> Result<ScratchFile, UseCaseError> {
    let content = product.objects.get(&version.object, None).await?;
    let content = content.ok_or_else(|| UseCaseError::Internal("the version's object is gone".into()))?;
    Ok(product.scratch.spool(content).await?)
}

/// One page; what cannot be read stays without text.
async fn recognize(
    product: &Product,
    file: &ScratchFile,
    page: &ExtractedPage,
) -> Result<Option<ExtractedPage>, UseCaseError> {
    let size = (page.width, page.height);
    match product.extractor.recognize(file.path(), page.number, size).await {
        Ok(read) => Ok(read),
        Err(ExtractError::Rejected(reason)) => {
            tracing::info!(
                reason = reason.code(),
                page = page.number,
                "text of a page was not recognised"
            );
            Ok(None)
        }
        Err(ExtractError::Unavailable(why)) => Err(UseCaseError::Unavailable(why)),
    }
}

/// A page takes what was recognised, where that is more than it had. What people have added to it stays, and
/// headings that it does not say itself: those of the table of contents.
fn take(page: &mut ExtractedPage, read: ExtractedPage) {
    let (own, comments) = page.own_text_and_comments();
    if read.text.len() <= own.len() {
        return;
    }
    let comments = comments.to_owned();
    let last = page.words.iter().rev().zip(comments.split_whitespace().rev());
    let placed = last.take_while(|(word, said)| word.text == *said).count();
    let mut headings = std::mem::take(&mut page.headings);
    headings.retain(|heading| !page.own_text_and_comments().0.contains(heading.as_str()));
    let of_comments = page.words.split_off(page.words.len() - placed);
    page.headings = headings;
    page.text = read.text;
    page.words = read.words;
    page.language = read.language.or(page.language.take());
    page.repeated.clear();
    page.passages.clear();
    if !comments.is_empty() {
        let count = |text: &str| u32::try_from(text.lines().count()).unwrap_or(u32::MAX);
        page.text.truncate(page.text.trim_end().len());
        page.passages.push(Passage {
            line: count(&page.text),
            lines: count(&comments),
            kind: PassageKind::Comments,
        });
        page.text.push('\n');
        page.text.push_str(&comments);
        page.words.extend(of_comments);
    }
}

/// The first page from `recognition.next` on that is a picture, by its place.
fn next(pages: &[ExtractedPage], recognition: &Recognition) -> Option<usize> {
    if recognition.done >= recognition.total {
        return None;
    }
    pages
        .iter()
        .position(|page| page.number >= recognition.next && page.is_picture())
}

/// What was said of a version that is no scan, and had another reason than its pictures: more pages than are
/// read, or a part that is damaged.
fn lasting_notice(version: &Version, recognition: Recognition, pages: &[ExtractedPage]) -> Option<Notice> {
    let is_scan = usize::try_from(recognition.total).is_ok_and(|total| total * 2 > pages.len());
    version
        .notice
        .filter(|notice| *notice == Notice::Incomplete && !is_scan)
}

/// What there is to say of a version after the last part.
fn last_notice(kind: Kind, pages: &[ExtractedPage]) -> Option<Notice> {
    let pictures = pages.iter().filter(|page| page.is_picture()).count();
    match kind {
        Kind::Image if pictures == pages.len() => Some(Notice::NoText),
        _ if pages.iter().all(ExtractedPage::is_blank) => Some(Notice::NoText),
        _ if pictures * 2 > pages.len() => Some(Notice::Incomplete),
        _ => None,
    }
}

/// Writes the pages beside those that are being read, and makes them the version's.
async fn publish(
    product: &Product,
    version: &Version,
    pages: &[ExtractedPage],
    revision: u32,
    recognition: Recognition,
) -> Result<(), UseCaseError> {
    let (id, number) = (version.material, version.number);
    let map = store_pack(product, version, pages, revision + 1).await?;
    let is_last = next(pages, &recognition).is_none();
    let change = |version: &mut Version| {
        version.recognition = (!is_last).then_some(recognition);
        if is_last {
            version.notice =
                lasting_notice(version, recognition, pages).or_else(|| last_notice(version.kind, pages));
        }
    };
    let language = is_last.then(|| language_of(pages)).flatten();
    let writes = vec![pages::put(id, number, &map)];
    settle(product, id, number, writes, &change, language).await?;
    // Whoever reads now may still read the pack before; nobody reads the one before that.
    if let Some(older) = revision.checked_sub(1) {
        product.objects.delete(&[pack_key(id, number, older)]).await?;
    }
    Ok(())
}

/// The language of most pages that have one.
fn language_of(pages: &[ExtractedPage]) -> Option<Language> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for language in pages.iter().filter_map(|page| page.language.as_deref()) {
        *counts.entry(language).or_default() += 1;
    }
    let (language, _) = counts.into_iter().max_by_key(|(_, count)| *count)?;
    Language::parse(language)
}

/// Changes a version, and its material where it is the one that is shown, together with `also`.
async fn settle(
    product: &Product,
    id: MaterialId,
    number: u32,
    also: Vec<Write>,
    change: &(dyn Fn(&mut Version) + Sync),
    language: Option<Language>,
) -> Result<(), UseCaseError> {
    for _ in 0..super::CONFLICT_RETRIES {
        let (Some(stored), Some(mut version)) = (
            product.records.material(id).await?,
            unfinished(product, id, number).await?,
        ) else {
            return Ok(());
        };
        change(&mut version);
        let mut writes = also.clone();
        writes.push(materials::put_version(&version, Condition::Present));
        let mut material = stored.value;
        let is_shown = material.current.number == number;
        if is_shown {
            material.current = version;
            material.details.language = material.details.language.or_else(|| language.clone());
        }
        writes.push(materials::put(&material, Condition::Version(stored.version)));
        let event = index_material::changed(product, id);
        writes.push(event.append());
        match product.records.store().transact(writes).await {
            Ok(()) => {
                index_material::take_up_now(product, &event, id).await;
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ports::extractor::Word;

    fn word(text: &str, x: f32) -> Word {
        Word {
            text: text.into(),
            x,
            y: 0.0,
            w: 5.0,
            h: 5.0,
        }
    }

    #[test]
    fn what_was_added_to_a_scan_stays_when_its_text_is_recognised() {
        let mut page = ExtractedPage {
            text: "7\nlook here, and at the next page too".into(),
            words: vec![word("7", 0.0), word("page", 8.0), word("too", 8.0)],
            headings: vec!["7".into(), "Heaps".into()],
            passages: vec![Passage {
                line: 1,
                lines: 1,
                kind: PassageKind::Comments,
            }],
            unread: crate::ports::extractor::Unread::Most,
            ..ExtractedPage::default()
        };
        assert!(page.is_picture());
        let read = ExtractedPage {
            text: "A heap is a tree\nwith an order\n".into(),
            words: vec![word("A", 1.0)],
            ..ExtractedPage::default()
        };
        take(&mut page, read);
        assert_eq!(
            page.own_text_and_comments(),
            (
                "A heap is a tree\nwith an order",
                "look here, and at the next page too"
            )
        );
        let words: Vec<&str> = page.words.iter().map(|word| word.text.as_str()).collect();
        assert_eq!(words, ["A", "page", "too"]);
        assert_eq!(page.headings, ["Heaps"]);
    }
}
