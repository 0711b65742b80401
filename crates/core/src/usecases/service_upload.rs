//! Uploads for clients that know only a file's name: one signed URL, and no call to complete.
use super::begin_upload::{BeginUpload, parse, presign, transact_with_retries};
use super::complete_upload::{CompleteUpload, complete_stored};
use super::update_material::DetailsChange;
use super::{Product, UseCaseError, authorize, require_user};
use crate::domain::ids::UploadId;
use crate::domain::policy::{Action, Actor};
use crate::domain::upload::{Upload, UploadState};
use crate::jobs::{Job, Payload};
use crate::ports::object_store::{Audience, Presigned};
use crate::ports::record_store::{Condition, TransactError};
use crate::records::{uploads, usage};
use jiff::SignedDuration;

/// How often it is looked whether a file has arrived.
pub const SETTLE_EVERY: SignedDuration = SignedDuration::from_secs(20);

/// A signed URL for one PUT of a file of unsaid size and type. What arrives becomes a private
/// material of the caller.
///
/// # Errors
/// `Invalid` for a bad name; `QuotaExceeded` when the most that may arrive does not fit.
pub async fn service_upload(
    product: &Product,
    actor: &Actor,
    file_name: &str,
    audience: &Audience,
) -> Result<(Upload, Presigned), UseCaseError> {
    authorize(actor, Action::BeginUpload)?;
    let owner = require_user(actor)?;
    let command = BeginUpload {
        filename: file_name.to_owned(),
        ..BeginUpload::default()
    };
    let mut upload = parse(product, owner, &command).map_err(|error| rename_field(error, "file_name"))?;
    upload.size = product.settings.service_upload_bytes;
    upload.part_size = upload.size.max(1);
    upload.open_length = true;
    let mut job = Job::new(
        Payload::SettleServiceUpload { upload: upload.id },
        &*product.clock,
        &*product.ids,
    );
    job.due_at = job.due_at.checked_add(SETTLE_EVERY).unwrap_or(job.due_at);
    let writes = vec![
        usage::reserve(owner, upload.size, product.settings.quota_bytes),
        uploads::put(&upload, Condition::Absent),
        job.enqueue(),
    ];
    match transact_with_retries(product, writes).await {
        Ok(()) => {}
        Err(TransactError::Condition(failed)) if failed.contains(&0) => {
            return Err(UseCaseError::QuotaExceeded);
        }
        Err(error) => return Err(error.into()),
    }
    let signed = presign(product, &upload, 1, upload.size, audience);
    Ok((upload, signed))
}

fn rename_field(error: UseCaseError, name: &'static str) -> UseCaseError {
    match error {
        UseCaseError::Invalid(mut fields) => {
            for field in &mut fields {
                field.field = name;
            }
            UseCaseError::Invalid(fields)
        }
        other => other,
    }
}

/// Completes a service upload if its file has arrived. `Ok(false)` while it may still arrive.
///
/// # Errors
/// When records or storage do not answer.
pub async fn settle_service_upload(product: &Product, id: UploadId) -> Result<bool, UseCaseError> {
    let Some(stored) = product.records.upload(id).await? else {
        return Ok(true);
    };
    if stored.value.state != UploadState::Open {
        return Ok(true);
    }
    if product.objects.head(&stored.value.object).await?.is_none() {
        return Ok(false);
    }
    let details = DetailsChange {
        visibility: Some("private".into()),
        ..DetailsChange::default()
    };
    let command = CompleteUpload {
        details,
        sha256: None,
    };
    match complete_stored(product, stored, &command).await {
        Ok(completed) => Ok(completed.is_some()),
        // Too large: it was given up.
        Err(UseCaseError::Content { .. }) => Ok(true),
        Err(error) => Err(error),
    }
}
