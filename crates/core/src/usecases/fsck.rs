//! Whether everything that the records refer to is there.
use super::{Product, UseCaseError};
use crate::domain::material::Processing;
use crate::ports::extractor::Rejection;
use crate::records::materials::SHARDS;

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
    for shard in 0..SHARDS {
        let mut cursor = None;
        loop {
            let listing = product.records.materials_of_shard(shard, 100, cursor).await?;
            for material in &listing.items {
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
            cursor = listing.next;
            if cursor.is_none() {
                break;
            }
        }
    }
    Ok(found)
}
