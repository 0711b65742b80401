//! Sharing a small file in one step, for browsers without scripts.
use super::abort_upload::abort_upload;
use super::begin_upload::{BeginUpload, begin_upload};
use super::complete_upload::{CompleteUpload, complete_upload};
use super::update_material::DetailsChange;
use super::{Product, UseCaseError};
use crate::domain::material::Material;
use crate::domain::policy::Actor;
use crate::ports::object_store::Audience;
use bytes::Bytes;

/// The largest file that may be shared this way, in bytes: it passes through memory.
pub const MAX_SHARED_BYTES: usize = 12 << 20;

/// Stores a file and makes it a material, as if its uploader had sent it part by part.
///
/// # Errors
/// As [`begin_upload`] and [`complete_upload`].
pub async fn share_content(
    product: &Product,
    actor: &Actor,
    filename: &str,
    content: Bytes,
    details: DetailsChange,
) -> Result<Material, UseCaseError> {
    let command = BeginUpload {
        filename: filename.to_owned(),
        size: content.len() as u64,
        ..BeginUpload::default()
    };
    let nobody = Audience(String::new());
    let upload = begin_upload(product, actor, command, None, &nobody).await?.upload;
    let stored = product
        .objects
        .put(&upload.object, &upload.content_type, content)
        .await;
    let completed = match stored {
        Ok(()) => {
            complete_upload(
                product,
                actor,
                upload.id,
                CompleteUpload {
                    details,
                    sha256: None,
                },
            )
            .await
        }
        Err(error) => Err(error.into()),
    };
    if completed.is_err()
        && let Err(error) = abort_upload(product, actor, upload.id).await
    {
        tracing::warn!(%error, upload.id = %upload.id, "upload that could not be completed is left to the sweep");
    }
    completed
}
