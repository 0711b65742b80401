//! Keeping the search index in step with the records, and rebuilding it when it is lost.
use super::read_page::read_pages;
use super::{Product, UseCaseError};
use crate::domain::ids::MaterialId;
use crate::domain::material::{Material, Processing, Reading, Visibility};
use crate::domain::subject::{Subject, SubjectSlug};
use crate::domain::user::Grade;
use crate::ports::extractor::ExtractedPage;
use crate::ports::search_index::{Audience, Change, IndexedMaterial, IndexedPage};
use crate::records::events::{Event, Happening};
use std::collections::HashSet;

/// Makes the index say of one material what the records say now; removes it when it is gone or
/// not readable. Running it again changes nothing.
///
/// # Errors
/// When records, storage or index do not answer.
pub async fn index_material(product: &Product, id: MaterialId) -> Result<(), UseCaseError> {
    product.search.apply(changes_of(product, &[id]).await?).await?;
    Ok(())
}

/// What the index must be told so that it says of these materials what the records say now. One
/// whose pages cannot be read is left as it is, with a line in the log.
pub(crate) async fn changes_of(product: &Product, ids: &[MaterialId]) -> Result<Vec<Change>, UseCaseError> {
    let mut changes = Vec::with_capacity(ids.len());
    for id in ids {
        let Some(stored) = product.records.material(*id).await? else {
            changes.push(Change::Remove(*id));
            continue;
        };
        changes.extend(readable(*id, entry(product, &stored.value).await)?);
    }
    Ok(changes)
}

/// Passes over a material that is damaged, so that it does not keep others out of the index.
fn readable(id: MaterialId, change: Result<Change, UseCaseError>) -> Result<Option<Change>, UseCaseError> {
    match change {
        Ok(change) => Ok(Some(change)),
        // Its pages were removed since its record was read; that change has its own event.
        Err(UseCaseError::NotFound) => Ok(Some(Change::Remove(id))),
        Err(UseCaseError::Internal(reason)) => {
            tracing::error!(reason, material.id = %id, "material cannot be indexed");
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

/// Brings the index up to date before the answer, so that what was made private is gone from
/// counts at once; if this fails, the log of events does it a moment later.
pub(crate) async fn take_up_now(product: &Product, event: &Event, id: MaterialId) {
    match index_material(product, id).await {
        Ok(()) => product.feed.took_up(event),
        Err(error) => {
            tracing::warn!(%error, material.id = %id, "search index will be brought up to date from the log of events");
        }
    }
}

/// The event that a material was changed in a way that the index shows.
pub(crate) fn changed(product: &Product, material: MaterialId) -> Event {
    Event::new(
        Happening::ChangedMaterial { material },
        &*product.clock,
        &*product.ids,
    )
}

/// What the index is to hold of a material.
pub(crate) async fn entry(product: &Product, material: &Material) -> Result<Change, UseCaseError> {
    if !material.is_published() {
        return Ok(Change::Remove(material.id));
    }
    let pages = match material.current.processing {
        Processing::Ready { pages } if pages > 0 => read_pages(product, material).await?,
        _ => Vec::new(),
    };
    let pages = pages.into_iter().map(indexed_page).collect();
    Ok(Change::Replace(Box::new(
        indexed(product, material, pages).await?,
    )))
}

/// A material with the given pages, as the index keeps it.
pub(crate) async fn indexed(
    product: &Product,
    material: &Material,
    pages: Vec<IndexedPage>,
) -> Result<IndexedMaterial, UseCaseError> {
    let uploader = product.records.user(material.owner).await?;
    let details = material.details.clone();
    // Read anew each time: what is remembered for searches may be from before it was renamed.
    let subject = match &details.subject {
        Some(slug) => product.records.subject(slug).await?,
        None => None,
    };
    let subject_name = subject.and_then(|subject| name_beside_slug(&subject.value).map(str::to_owned));
    let uploader_name = uploader
        .map(|user| user.value.display_name().to_owned())
        .unwrap_or_default();
    Ok(IndexedMaterial {
        fingerprint: fingerprint(material, &uploader_name, subject_name.as_deref()),
        id: material.id,
        owner: material.owner,
        audience: match details.visibility {
            Visibility::Private => Audience::Owner,
            Visibility::Class => Audience::Classmates,
            Visibility::School => Audience::School,
            Visibility::Public => Audience::Public,
        },
        title: details.title,
        description: details.description,
        uploader_name,
        subject: details.subject.map(|slug| slug.as_str().to_owned()),
        grade: details.grade.map(Grade::number),
        course: details.course,
        tags: details.tags,
        language: details.language.map(|language| language.as_str().to_owned()),
        kind: material.current.kind,
        created_at: material.created_at,
        rating: material.rating,
        pages: match subject_name {
            Some(name) => headed(pages, &name),
            None => pages,
        },
    })
}

/// What a subject is called, where its slug does not say that already: it was renamed, or given another slug.
pub(crate) fn name_beside_slug(subject: &Subject) -> Option<&str> {
    let said = SubjectSlug::from_name(&subject.name).is_ok_and(|slug| slug == subject.slug);
    (!said).then_some(subject.name.as_str())
}

/// Pages that are found by these words, too, which weigh as much as those of a subject's slug; what has no pages
/// is found as page 0.
fn headed(mut pages: Vec<IndexedPage>, words: &str) -> Vec<IndexedPage> {
    if pages.is_empty() {
        pages.push(IndexedPage::default());
    }
    for page in &mut pages {
        page.headings.push(words.to_owned());
    }
    pages
}

/// A digest of what the index shows of a material. The pages of a version change only as more of them
/// are recognized or captions are added, so its id, their number, how far that is and which captions
/// they are stand for them, and how it was read.
pub(crate) fn fingerprint(material: &Material, uploader_name: &str, subject_name: Option<&str>) -> u64 {
    let details = &material.details;
    let current = &material.current;
    let pages = match current.processing {
        Processing::Ready { pages } => pages,
        _ => 0,
    };
    let mut shown = serde_json::json!([
        details.title,
        details.description,
        details.subject,
        details.grade,
        details.course,
        details.tags,
        details.language,
        details.visibility,
        uploader_name,
        current.id,
        current.kind,
        pages,
        current.recognition,
        current.captions.as_ref().map(|added| added.revision),
        material.rating,
    ]);
    // Only where there is something to say, so that other materials are not taken for changed ones.
    if let (true, Some(shown)) = (current.reading != Reading::default(), shown.as_array_mut()) {
        shown.push(serde_json::json!(current.reading));
    }
    if let (Some(name), Some(shown)) = (subject_name, shown.as_array_mut()) {
        shown.push(serde_json::json!({ "subject": name }));
    }
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, shown.to_string().as_bytes());
    digest
        .as_ref()
        .iter()
        .take(8)
        .fold(0, |sum, byte| sum << 8 | u64::from(*byte))
}

/// What the index keeps of a page.
pub(crate) fn indexed_page(page: ExtractedPage) -> IndexedPage {
    IndexedPage {
        number: page.number,
        text: page.text,
        label: page.label,
        headings: page.headings,
        repeated: page.repeated,
        language: page.language,
    }
}

/// Feeds the whole index again from records and storage, and says how many materials it holds. A
/// sound index answers in full meanwhile; one that is missing or torn is emptied first, and says
/// that it is incomplete until the end.
///
/// # Errors
/// When records, storage or index do not answer; the index then still says that it needs a rebuild
/// if it did.
pub async fn rebuild_index(product: &Product) -> Result<u64, UseCaseError> {
    if product.search.needs_rebuild() {
        product.search.clear().await?;
    }
    let mut fed = HashSet::new();
    let mut walk = product.records.every_material(20);
    while let Some(materials) = walk.next().await? {
        let mut changes = Vec::with_capacity(materials.len());
        for material in &materials {
            match readable(material.id, entry(product, material).await)? {
                // What is being read meanwhile indexes itself when it is published.
                None | Some(Change::Remove(_)) => {}
                Some(change) => {
                    fed.insert(material.id);
                    changes.push(change);
                }
            }
        }
        if !changes.is_empty() {
            product.search.apply(changes).await?;
        }
    }
    let held = product.search.held().await?;
    let others: Vec<_> = held
        .into_iter()
        .map(|(id, _)| id)
        .filter(|id| !fed.contains(id))
        .collect();
    for batch in others.chunks(100) {
        product.search.apply(changes_of(product, batch).await?).await?;
    }
    product.search.rebuilt().await?;
    Ok(fed.len() as u64)
}
