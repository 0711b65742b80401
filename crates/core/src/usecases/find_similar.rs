//! Material that is like another.
use super::classmates::{viewer, visible};
use super::read_material::{MaterialView, read_material, with_uploaders};
use super::{Product, UseCaseError};
use crate::domain::ids::MaterialId;
use crate::domain::policy::Actor;

/// The most materials.
pub const MAX_SIMILAR: u32 = 20;

/// Materials like this one that the actor may see, best first, without it.
///
/// # Errors
/// `NotFound` for a material that is not there or that they may not see; `Invalid` for a limit
/// outside 1 to 20; `Unavailable`.
pub async fn find_similar(
    product: &Product,
    actor: &Actor,
    id: MaterialId,
    limit: u32,
) -> Result<Vec<MaterialView>, UseCaseError> {
    if !(1..=MAX_SIMILAR).contains(&limit) {
        let message = format!("must be from 1 to {MAX_SIMILAR}");
        return Err(UseCaseError::field("limit", message));
    }
    read_material(product, actor, id).await?;
    let viewer = viewer(product, actor).await?;
    let ids = product.search.similar(id, &viewer, limit).await?;
    let found = product.records.materials(&ids).await?;
    let found = visible(product, actor, found.into_iter().flatten().collect()).await?;
    with_uploaders(product, found).await
}
