//! The function URL of a class: made by a teacher, seen once, taken back at once.
//!
//! With it goes what it gave: an embedded store serves nothing any more that was signed through it, and what was sent and
//! never written down is removed by a job that is queued in the same transaction.
use super::{taught, taught_now};
use crate::domain::class::FunctionUrl;
use crate::domain::ids::ClassId;
use crate::domain::policy::Actor;
use crate::jobs::{Job, Payload};
use crate::ports::record_store::{Condition, TransactError, Write};
use crate::records::{classes, function_entries};
use crate::usecases::{CONFLICT_RETRIES, Product, UseCaseError, applied_with_jobs, digest, secret_text};

/// Makes a function URL for a class and answers with its token; the one before leads nowhere from then on.
///
/// # Errors
/// `NotFound`, `Forbidden`, `Conflict` (`class_archived`).
pub async fn create_function_url(
    product: &Product,
    actor: &Actor,
    id: ClassId,
) -> Result<String, UseCaseError> {
    for _ in 0..CONFLICT_RETRIES {
        let seat = taught_now(product, actor, id).await?;
        let mut class = seat.class.value;
        let token = secret_text(product.ids.secret());
        let now = product.clock.now();
        let new = FunctionUrl {
            digest: digest(&token),
            created_at: now,
        };
        let mut writes = vec![function_entries::put_url(&new.digest, id)];
        let before = class.function_url.replace(new);
        writes.extend(before.into_iter().flat_map(|before| end(product, id, &before)));
        class.updated_at = now;
        writes.push(classes::put(&class, Condition::Version(seat.class.version)));
        if applied_with_jobs(product, writes).await? {
            return Ok(token);
        }
    }
    Err(TransactError::Conflict.into())
}

/// Takes a class's function URL back; nothing happens if there is none. What was written through it stays.
///
/// # Errors
/// `NotFound`, `Forbidden`.
pub async fn revoke_function_url(product: &Product, actor: &Actor, id: ClassId) -> Result<(), UseCaseError> {
    for _ in 0..CONFLICT_RETRIES {
        let seat = taught(product, actor, id).await?;
        let mut class = seat.class.value;
        let Some(before) = class.function_url.take() else {
            return Ok(());
        };
        class.updated_at = product.clock.now();
        let mut writes = vec![classes::put(&class, Condition::Version(seat.class.version))];
        writes.extend(end(product, id, &before));
        if applied_with_jobs(product, writes).await? {
            return Ok(());
        }
    }
    Err(TransactError::Conflict.into())
}

/// The writes that make a URL lead nowhere, and have removed what waits behind it.
fn end(product: &Product, class: ClassId, url: &FunctionUrl) -> [Write; 2] {
    let withdraw = Payload::WithdrawUploads { class };
    [
        function_entries::delete_url(&url.digest),
        Job::new(withdraw, &*product.clock, &*product.ids).enqueue(),
    ]
}
