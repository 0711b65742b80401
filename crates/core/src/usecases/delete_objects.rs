//! Removing bytes that no record refers to any more.
use super::{Product, UseCaseError};
use crate::ports::object_store::ObjectKey;

/// Deletes the keys and everything below the prefixes. Running it again changes nothing.
///
/// # Errors
/// When storage does not answer.
pub async fn delete_objects(
    product: &Product,
    keys: &[ObjectKey],
    prefixes: &[String],
) -> Result<(), UseCaseError> {
    for batch in keys.chunks(1_000) {
        product.objects.delete(batch).await?;
    }
    for prefix in prefixes {
        loop {
            let found: Vec<ObjectKey> = product
                .objects
                .list(prefix, None)
                .await?
                .into_iter()
                .map(|object| object.key)
                .collect();
            if found.is_empty() {
                break;
            }
            product.objects.delete(&found).await?;
        }
    }
    Ok(())
}
