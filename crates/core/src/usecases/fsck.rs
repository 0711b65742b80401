//! Whether everything that the records refer to is there.
use super::index_material::{fingerprint, name_beside_slug};
use super::read_material::with_uploaders;
use super::{Product, UseCaseError};
use crate::domain::ids::MaterialId;
use crate::domain::material::Processing;
use crate::ports::extractor::Rejection;
use crate::records::every;
use std::collections::HashMap;

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct References {
    /// Materials that were looked at.
    pub materials: u64,
    /// A line for each thing that is missing.
    pub findings: Vec<String>,
}

/// Looks at every material: its object must be there with its size, and a version that is ready
/// must have its pages.
///
/// # Errors
/// When records or storage do not answer.
pub async fn examine_references(product: &Product) -> Result<References, UseCaseError> {
    let mut found = References::default();
    let mut walk = product.records.every_material(100);
    while let Some(materials) = walk.next().await? {
        for material in &materials {
            found.materials += 1;
            for version in product.records.versions(material.id).await? {
                if version.processing == Processing::Failed(Rejection::ChecksumMismatch) {
                    continue;
                }
                let info = product.objects.head(&version.object).await?;
                if info.is_none_or(|info| info.size != version.size) {
                    found.findings.push(format!(
                        "{} version {}: content is missing",
                        material.id, version.number
                    ));
                }
                let pages = matches!(version.processing, Processing::Ready { pages } if pages > 0);
                if pages
                    && product
                        .records
                        .page_map(material.id, version.number)
                        .await?
                        .is_none()
                {
                    found.findings.push(format!(
                        "{} version {}: pages are missing",
                        material.id, version.number
                    ));
                }
            }
        }
    }
    Ok(found)
}

/// Compares the index with the records: a line for each material that it should hold and does not,
/// should not and does, or holds in an earlier state. Looks at no page: see
/// [`IndexedMaterial::fingerprint`](crate::ports::search_index::IndexedMaterial::fingerprint).
///
/// # Errors
/// When records or index do not answer.
pub async fn examine_index(product: &Product) -> Result<Vec<String>, UseCaseError> {
    let mut held: HashMap<MaterialId, u64> = product.search.held().await?.into_iter().collect();
    let mut findings = Vec::new();
    let subjects = every(|cursor| product.records.subjects(100, cursor)).await?;
    let names: HashMap<_, _> = subjects
        .iter()
        .map(|subject| (&subject.slug, name_beside_slug(subject)))
        .collect();
    let mut walk = product.records.every_material(100);
    while let Some(materials) = walk.next().await? {
        for view in with_uploaders(product, materials).await? {
            let material = &view.material;
            let kept = held.remove(&material.id);
            let slug = material.details.subject.as_ref();
            let subject_name = slug.and_then(|slug| names.get(slug).copied().flatten());
            let expected = material
                .is_published()
                .then(|| fingerprint(material, &view.uploader_name, subject_name));
            findings.extend(drift(kept, expected).map(|what| format!("{} {what}", material.id)));
        }
    }
    findings.extend(held.keys().map(|id| format!("{id} is found although it is gone")));
    Ok(findings)
}

fn drift(held: Option<u64>, expected: Option<u64>) -> Option<&'static str> {
    match (held, expected) {
        (None, Some(_)) => Some("is not found"),
        (Some(_), None) => Some("is found although it is not published"),
        (Some(held), Some(expected)) if held != expected => Some("is found in an earlier state"),
        _ => None,
    }
}
