//! Deleting a material with all its versions.
use super::classmates::classmates_for;
use super::index_material::{changed, take_up_now};
use super::{Product, UseCaseError, authorize, require_user};
use crate::domain::ids::MaterialId;
use crate::domain::material::Material;
use crate::domain::policy::{Action, Actor};
use crate::jobs::{Job, Payload};
use crate::ports::record_store::{TransactError, Write};
use crate::records::{Stored, materials, pages, uploads, usage};

/// Deletes a material: it is gone from pages, search and downloads when this returns; its bytes
/// follow by a job. Nobody else's bytes are touched: each upload has its own object.
///
/// # Errors
/// `NotFound`, `Forbidden`.
pub async fn delete_material(product: &Product, actor: &Actor, id: MaterialId) -> Result<(), UseCaseError> {
    require_user(actor)?;
    for _ in 0..super::CONFLICT_RETRIES {
        let stored = product
            .records
            .material(id)
            .await?
            .ok_or(UseCaseError::NotFound)?;
        let classmates = classmates_for(product, actor, [&stored.value]).await?;
        authorize(actor, Action::DeleteMaterial(&stored.value, &classmates))?;
        if remove(product, &stored).await? {
            return Ok(());
        }
    }
    Err(TransactError::Conflict.into())
}

/// Removes a material; `Ok(false)` when it changed meanwhile.
pub(crate) async fn remove(product: &Product, stored: &Stored<Material>) -> Result<bool, UseCaseError> {
    let id = stored.value.id;
    let versions = product.records.versions(id).await?;
    let bytes = versions.iter().map(|version| version.size).sum();
    let objects = versions.iter().map(|version| version.object.clone()).collect();
    let prefixes = vec![format!("derived/{id}/")];
    let delete = Job::new(
        Payload::DeleteObjects {
            keys: objects,
            prefixes,
        },
        &*product.clock,
        &*product.ids,
    );
    let event = changed(product, id);
    let mut writes: Vec<Write> = vec![
        materials::delete(stored),
        usage::release(stored.value.owner, bytes),
        delete.enqueue(),
        event.append(),
    ];
    for version in &versions {
        writes.push(materials::delete_version(id, version.number));
        writes.push(pages::delete(id, version.number));
        writes.push(uploads::delete(version.upload));
    }
    match product.records.store().transact(writes).await {
        Ok(()) => {
            take_up_now(product, &event, id).await;
            product.job_signal.notify_one();
            Ok(true)
        }
        Err(TransactError::Condition(_) | TransactError::Conflict) => Ok(false),
        Err(TransactError::Store(error)) => Err(error.into()),
    }
}
