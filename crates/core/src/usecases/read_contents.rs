//! What a material holds, without its text: its pages by name, size and time, and its table of
//! contents. It is kept as one object beside the pages, so that a reader opens a long document with
//! one small answer.
use super::ingest_version::contents_key;
use super::read_material::read_material;
use super::read_page::{fetch, read_pages};
use super::{Product, UseCaseError};
use crate::domain::ids::MaterialId;
use crate::domain::material::{Material, Processing, Version};
use crate::domain::policy::Actor;
use crate::ports::extractor::{ExtractedPage, Media, Notice, OutlineEntry};
use crate::ports::object_store::ObjectKey;
use bytes::Bytes;
use serde::{Deserialize, Serialize};

/// What a material's shown version holds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Contents {
    /// In order, from page 1, without gaps.
    pub pages: Vec<PageSummary>,
    /// At most 2,000 lines; every page that it names is among `pages`.
    pub outline: Vec<OutlineEntry>,
    /// For films, recordings and pictures.
    pub media: Option<Media>,
    /// What is missing, if anything.
    pub notice: Option<Notice>,
}

/// A page without its text.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PageSummary {
    /// What people call it where that is not its number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// In points; 0 where the format has no page geometry.
    pub width: f32,
    /// In points.
    pub height: f32,
    /// Where in a film or recording it begins, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub starts_at_ms: Option<u64>,
}

impl From<&ExtractedPage> for PageSummary {
    fn from(page: &ExtractedPage) -> Self {
        Self {
            label: page.label.clone(),
            width: page.width,
            height: page.height,
            starts_at_ms: page.starts_at_ms,
        }
    }
}

/// What is stored: pages and outline. What is short and may change stands in the version's record.
#[derive(Serialize, Deserialize)]
struct StoredContents {
    v: u8,
    pages: Vec<PageSummary>,
    outline: Vec<OutlineEntry>,
}

/// The pages and the table of contents of a material's current version; both are empty while it is
/// being read and after that failed.
///
/// # Errors
/// `NotFound` when the material is not there for this actor.
pub async fn read_contents(
    product: &Product,
    actor: &Actor,
    id: MaterialId,
) -> Result<Contents, UseCaseError> {
    let material = read_material(product, actor, id).await?.material;
    let version = &material.current;
    let stored = match version.processing {
        Processing::Ready { pages } if pages > 0 => stored_contents(product, &material).await?,
        _ => StoredContents::of(&[], Vec::new()),
    };
    Ok(Contents {
        pages: stored.pages,
        outline: stored.outline,
        media: version.media,
        notice: version.notice,
    })
}

impl StoredContents {
    fn of(pages: &[ExtractedPage], outline: Vec<OutlineEntry>) -> Self {
        Self {
            v: 1,
            pages: pages.iter().map(PageSummary::from).collect(),
            outline,
        }
    }
}

/// What was read before contents were kept has pages only, which say of themselves what they are.
async fn stored_contents(product: &Product, material: &Material) -> Result<StoredContents, UseCaseError> {
    let version = &material.current;
    let added = version.captions.as_ref().map(|added| added.revision);
    let revision = added.unwrap_or(version.reading.revision);
    let key = contents_key(material.id, version.number, revision);
    match fetch(product, &key, None).await {
        Ok(content) => parse(&content),
        Err(UseCaseError::NotFound) => {
            let pages = read_pages(product, material).await?;
            Ok(StoredContents::of(&pages, Vec::new()))
        }
        Err(error) => Err(error),
    }
}

/// The table of contents that a version's file itself gave, whatever was added to it; none where it was
/// read before contents were kept.
pub(crate) async fn own_outline(
    product: &Product,
    version: &Version,
) -> Result<Vec<OutlineEntry>, UseCaseError> {
    match fetch(product, &own_contents_key(version), None).await {
        Ok(content) => Ok(parse(&content)?.outline),
        Err(UseCaseError::NotFound) => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

fn parse(content: &[u8]) -> Result<StoredContents, UseCaseError> {
    serde_json::from_slice(content)
        .map_err(|error| UseCaseError::Internal(format!("damaged contents: {error}")))
}

/// Keeps the contents of a version whose pages were measured anew.
pub(crate) async fn resize_contents(
    product: &Product,
    version: &Version,
    pages: &[ExtractedPage],
) -> Result<(), UseCaseError> {
    let content = fetch(product, &own_contents_key(version), None).await?;
    let stored = parse(&content)?;
    store_contents(product, version, pages, &stored.outline).await
}

/// Keeps the contents of a version; putting them again changes nothing.
pub(crate) async fn store_contents(
    product: &Product,
    version: &Version,
    pages: &[ExtractedPage],
    outline: &[OutlineEntry],
) -> Result<(), UseCaseError> {
    put_contents(product, &own_contents_key(version), pages, outline).await
}

/// Where the contents are that a version's file itself gave.
pub(super) fn own_contents_key(version: &Version) -> ObjectKey {
    contents_key(version.material, version.number, version.reading.revision)
}

/// Keeps contents under a key of their own.
pub(super) async fn put_contents(
    product: &Product,
    key: &ObjectKey,
    pages: &[ExtractedPage],
    outline: &[OutlineEntry],
) -> Result<(), UseCaseError> {
    let stored = StoredContents::of(pages, outline.to_vec());
    let content = serde_json::to_vec(&stored).map_err(|error| UseCaseError::Internal(error.to_string()))?;
    Ok(product
        .objects
        .put(key, "application/json", Bytes::from(content))
        .await?)
}
