//! All the text of a material at once: for finding inside it, and for formats that are read as one.
use super::ingest_version::pack_key;
use super::read_material::read_material;
use super::read_page::{fetch, unpack};
use super::{Product, UseCaseError};
use crate::domain::ids::MaterialId;
use crate::domain::policy::Actor;
use crate::ports::extractor::{CueTime, Passage};
use crate::ports::packed_page;

/// A page without the places of its words.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Deserialize)]
pub struct PageText {
    /// From 1.
    pub number: u32,
    /// What people call it, where that is not its number.
    #[serde(default)]
    pub label: Option<String>,
    /// In reading order, lines parted by `\n`.
    pub text: String,
    /// Its headings, as they stand in the text.
    #[serde(default)]
    pub headings: Vec<String>,
    /// Where in a film or recording it begins, in milliseconds.
    #[serde(default)]
    pub starts_at_ms: Option<u64>,
    /// When its lines are said, where that is known.
    #[serde(default)]
    pub cues: Vec<CueTime>,
    /// Lines of it that are no running text.
    #[serde(default)]
    pub passages: Vec<Passage>,
    /// Its own language (BCP 47 primary subtag), where that can be told.
    #[serde(default)]
    pub language: Option<String>,
}

/// The texts of all pages of the current version, in order. A version that is not read yet has none.
///
/// # Errors
/// `NotFound` when the material is not there for this actor.
pub async fn read_document(
    product: &Product,
    actor: &Actor,
    id: MaterialId,
) -> Result<Vec<PageText>, UseCaseError> {
    let material = read_material(product, actor, id).await?.material;
    let version = material.current.number;
    let Some(map) = product.records.page_map(id, version).await? else {
        return Ok(Vec::new());
    };
    let content = fetch(product, &pack_key(id, version, map.revision), None).await?;
    // A book of thousands of pages takes a while to decode.
    tokio::task::spawn_blocking(move || unpack(&map, &content, packed_page::read_head))
        .await
        .map_err(|error| UseCaseError::Internal(format!("pages of {id}, version {version}: {error}")))?
}
