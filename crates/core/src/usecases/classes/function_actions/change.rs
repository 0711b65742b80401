//! Changing an entry's texts, and removing it with its video.
use super::find;
use super::pending::remove_object;
use crate::domain::class::Class;
use crate::domain::name;
use crate::ports::record_store::{Condition, TransactError};
use crate::records::function_entries;
use crate::usecases::classes::refuse_archived;
use crate::usecases::{CONFLICT_RETRIES, Fields, Product, UseCaseError, applied, applied_with_jobs};

/// Changes an entry's texts; a description that is not given stays as it is.
///
/// # Errors
/// `NotFound`, `Invalid`.
pub async fn update(
    product: &Product,
    class: &Class,
    submission_id: u32,
    timestamp: &str,
    title: &str,
    description: Option<&str>,
) -> Result<(), UseCaseError> {
    refuse_archived(class)?;
    let mut fields = Fields::default();
    let title = fields.take("title", name::line(title, 200));
    let description = description.map(|text| name::paragraph(text, 2_000));
    let description = description.and_then(|text| fields.take("description", text));
    fields.finish()?;
    for _ in 0..CONFLICT_RETRIES {
        let stored = find(product, class, submission_id, timestamp).await?;
        let mut entry = stored.value;
        entry.title = title.clone().unwrap_or_default();
        if let Some(description) = &description {
            entry.description.clone_from(description);
        }
        let write = function_entries::put_entry(class.id, &entry, Condition::Version(stored.version));
        if applied(product, vec![write]).await? {
            return Ok(());
        }
    }
    Err(TransactError::Conflict.into())
}

/// Removes an entry with its video.
///
/// # Errors
/// `NotFound`.
pub async fn delete(
    product: &Product,
    class: &Class,
    submission_id: u32,
    timestamp: &str,
) -> Result<(), UseCaseError> {
    refuse_archived(class)?;
    for _ in 0..CONFLICT_RETRIES {
        let stored = find(product, class, submission_id, timestamp).await?;
        let mut writes = vec![function_entries::delete_entry(class.id, &stored)];
        if let Some(object) = &stored.value.object {
            writes.extend(remove_object(product, object, stored.value.writable_until));
        }
        if applied_with_jobs(product, writes).await? {
            return Ok(());
        }
    }
    Err(TransactError::Conflict.into())
}
