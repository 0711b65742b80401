//! Looking at a material.
use super::classmates::classmates_for;
use super::{Product, UseCaseError, authorize};
use crate::domain::ids::MaterialId;
use crate::domain::material::{Material, Version};
use crate::domain::policy::{Action, Actor};

/// A material with its uploader's name.
#[derive(Clone, Debug)]
pub struct MaterialView {
    /// The material.
    pub material: Material,
    /// What the uploader is called; empty when the account is gone.
    pub uploader_name: String,
}

/// A material that the actor may see.
///
/// # Errors
/// `NotFound` for one that is not there or that they may not see.
pub async fn read_material(
    product: &Product,
    actor: &Actor,
    id: MaterialId,
) -> Result<MaterialView, UseCaseError> {
    let stored = product
        .records
        .material(id)
        .await?
        .ok_or(UseCaseError::NotFound)?;
    let classmates = classmates_for(product, actor, [&stored.value]).await?;
    authorize(actor, Action::ReadMaterial(&stored.value, &classmates))?;
    let mut views = with_uploaders(product, vec![stored.value]).await?;
    views.pop().ok_or(UseCaseError::NotFound)
}

/// Its versions, latest first. Only the owner and those who may edit see unpublished ones, which
/// follows from reading the material itself.
///
/// # Errors
/// As [`read_material`].
pub async fn list_versions(
    product: &Product,
    actor: &Actor,
    id: MaterialId,
) -> Result<Vec<Version>, UseCaseError> {
    read_material(product, actor, id).await?;
    Ok(product.records.versions(id).await?)
}

/// Adds the uploaders' names, read in one go.
pub(crate) async fn with_uploaders(
    product: &Product,
    materials: Vec<Material>,
) -> Result<Vec<MaterialView>, UseCaseError> {
    let mut owners: Vec<_> = materials.iter().map(|material| material.owner).collect();
    owners.sort_unstable();
    owners.dedup();
    let mut users = Vec::with_capacity(owners.len());
    for batch in owners.chunks(100) {
        users.extend(product.records.users(batch).await?);
    }
    let name = |owner| {
        let place = owners.binary_search(&owner).ok()?;
        users
            .get(place)?
            .as_ref()
            .map(|user| user.display_name().to_owned())
    };
    Ok(materials
        .into_iter()
        .map(|material| MaterialView {
            uploader_name: name(material.owner).unwrap_or_default(),
            material,
        })
        .collect())
}
