//! Videos on their way: what was never written down, or is no longer, is removed.
use crate::domain::ids::ClassId;
use crate::jobs::{Job, Payload};
use crate::ports::object_store::ObjectKey;
use crate::ports::record_store::Write;
use crate::records::Stored;
use crate::records::function_entries::{self, PendingObject};
use crate::usecases::{Product, UseCaseError, applied_with_jobs};
use jiff::Timestamp;
use std::time::Duration;

/// What is on its way when a URL ends may still arrive for so long.
const STILL_ARRIVING: Duration = Duration::from_mins(10);

/// Whether a video has not arrived and its URL has ended.
pub(super) async fn nothing_will_come(
    product: &Product,
    pending: &PendingObject,
) -> Result<bool, UseCaseError> {
    let is_over = after(pending.writable_until, STILL_ARRIVING) < product.clock.now();
    Ok(is_over && product.objects.head(&pending.object).await?.is_none())
}

/// Removes a video that was never written down; `Ok(false)` when it was meanwhile.
pub(super) async fn forget(product: &Product, pending: &Stored<PendingObject>) -> Result<bool, UseCaseError> {
    let mut writes = vec![function_entries::delete_pending(pending)];
    writes.extend(remove_object(
        product,
        &pending.value.object,
        pending.value.writable_until,
    ));
    applied_with_jobs(product, writes).await
}

/// The writes that have an object removed: at once, and again when nobody can write it any more.
pub(in crate::usecases::classes) fn remove_object(
    product: &Product,
    object: &ObjectKey,
    writable_until: Timestamp,
) -> Vec<Write> {
    let job = || {
        let payload = Payload::DeleteObjects {
            keys: vec![object.clone()],
            prefixes: Vec::new(),
        };
        Job::new(payload, &*product.clock, &*product.ids)
    };
    let mut writes = vec![job().enqueue()];
    let settled = after(writable_until, STILL_ARRIVING);
    if settled > product.clock.now() {
        let mut again = job();
        again.due_at = settled;
        writes.push(again.enqueue());
    }
    writes
}

pub(super) fn after(at: Timestamp, time: Duration) -> Timestamp {
    at.checked_add(time).unwrap_or(at)
}

/// Removes what was uploaded and never written down in time.
///
/// # Errors
/// When the records do not answer.
pub(crate) async fn sweep_pending(product: &Product, now: Timestamp) -> Result<u32, UseCaseError> {
    let mut swept = 0;
    loop {
        let mut progress = false;
        for pending in product.records.due_pending_objects(now, 100).await? {
            if forget(product, &pending).await? {
                swept += 1;
                progress = true;
            }
        }
        if !progress {
            return Ok(swept);
        }
    }
}

/// Removes what was sent through function URLs that lead to a class no longer, and never written down. Nothing of it can
/// be written down meanwhile either.
///
/// # Errors
/// When the records do not answer; running it again goes on where it stopped.
pub(crate) async fn withdraw_uploads(product: &Product, class: ClassId) -> Result<(), UseCaseError> {
    let url = product.records.class(class).await?;
    let url = url.and_then(|class| class.value.function_url);
    let digest = url.as_ref().map(|url| url.digest.as_str());
    let mut cursor = None;
    loop {
        let page = product.records.pending_objects_of(class, 100, cursor).await?;
        for pending in page.items {
            let is_current = digest.is_some() && pending.value.through.as_deref() == digest;
            if !is_current {
                forget(product, &pending).await?;
            }
        }
        cursor = page.next;
        if cursor.is_none() {
            return Ok(());
        }
    }
}
