//! Giving up an upload: by its owner, or by the sweep when nobody came back.
use super::begin_upload::own_upload;
use super::{Product, UseCaseError};
use crate::domain::ids::UploadId;
use crate::domain::policy::Actor;
use crate::domain::upload::{Upload, UploadState};
use crate::ports::record_store::{Condition, TransactError};
use crate::records::{Stored, uploads, usage};

/// Gives up an open upload: its space is free again and its bytes are removed. Giving it up again
/// changes nothing.
///
/// # Errors
/// `NotFound` for somebody else's; `Conflict` (`upload_completed`) once it has become a material.
pub async fn abort_upload(product: &Product, actor: &Actor, id: UploadId) -> Result<(), UseCaseError> {
    for _ in 0..super::CONFLICT_RETRIES {
        let stored = own_upload(product, actor, id).await?;
        match stored.value.state {
            UploadState::Completed { .. } | UploadState::Submitted { .. } => {
                return Err(UseCaseError::conflict(
                    "upload_completed",
                    "this upload has become a material or was handed in",
                ));
            }
            UploadState::Aborted => return Ok(()),
            UploadState::Open => {
                if abandon(product, stored).await? {
                    return Ok(());
                }
            }
        }
    }
    Err(TransactError::Conflict.into())
}

/// Marks an open upload as aborted and removes its bytes. `Ok(false)` when it changed meanwhile.
pub(crate) async fn abandon(product: &Product, stored: Stored<Upload>) -> Result<bool, UseCaseError> {
    let mut upload = stored.value;
    upload.state = UploadState::Aborted;
    let writes = vec![
        uploads::put(&upload, Condition::Version(stored.version)),
        usage::release(upload.owner, upload.size),
    ];
    match product.records.store().transact(writes).await {
        Ok(()) => {}
        Err(TransactError::Condition(_) | TransactError::Conflict) => return Ok(false),
        Err(TransactError::Store(error)) => return Err(error.into()),
    }
    if let Err(error) = remove_bytes(product, &upload).await {
        tracing::warn!(%error, upload.id = %upload.id, "bytes of an aborted upload are left to the sweep");
    }
    Ok(true)
}

/// Removes what has arrived of an upload.
pub(crate) async fn remove_bytes(product: &Product, upload: &Upload) -> Result<(), UseCaseError> {
    if let Some(multipart) = &upload.multipart {
        product.objects.abort_multipart(&upload.object, multipart).await?;
    }
    product
        .objects
        .delete(std::slice::from_ref(&upload.object))
        .await?;
    Ok(())
}
