//! The first half of an upload: a URL for one PUT, and a note of what is on its way.
use super::pending::{after, remove_object};
use crate::domain::class::Class;
use crate::domain::name;
use crate::ports::object_store::{Audience, ObjectKey, PutGrant};
use crate::records::function_entries::{self, PendingObject};
use crate::usecases::classes::refuse_archived;
use crate::usecases::{Fields, Product, UseCaseError, secret_text};
use jiff::SignedDuration;
use std::time::Duration;

/// The type that an upload must have.
const CONTENT_TYPE: &str = "video/mp4";
/// How long an upload URL holds unless said, in seconds.
pub const DEFAULT_EXPIRATION: i64 = 30;
/// The longest that an upload URL holds, in seconds.
const MAX_EXPIRATION: i64 = 3_600;
/// How long a video waits to be written down.
const PENDING_FOR: SignedDuration = SignedDuration::from_hours(24);

/// A signed URL for one PUT of a video.
///
/// # Errors
/// `Invalid`; `Conflict` (`class_archived`).
pub async fn begin(
    product: &Product,
    class: &Class,
    object_name: &str,
    expiration: i64,
    audience: &Audience,
) -> Result<String, UseCaseError> {
    refuse_archived(class)?;
    let mut fields = Fields::default();
    let object_name = fields.take("object_name", name::line(object_name, 500));
    let seconds = u64::try_from(expiration)
        .ok()
        .filter(|seconds| (1..=MAX_EXPIRATION.unsigned_abs()).contains(seconds));
    if seconds.is_none() {
        fields.refuse(
            "expiration",
            format!("must be from 1 to {MAX_EXPIRATION} seconds"),
        );
    }
    fields.finish()?;
    let object_name = object_name.unwrap_or_default();
    let valid_for = Duration::from_secs(seconds.unwrap_or_default());
    let now = product.clock.now();
    let pending = PendingObject {
        class: class.id,
        object: ObjectKey(format!(
            "functions/{}/{}",
            class.id,
            secret_text(product.ids.secret())
        )),
        object_name,
        writable_until: after(now, valid_for),
        expires_at: now.checked_add(PENDING_FOR).unwrap_or(now),
    };
    // What was asked for before under this name and never written down makes room.
    let before = product
        .records
        .pending_object(class.id, &pending.object_name)
        .await?;
    let mut writes = vec![function_entries::put_pending(&pending)];
    if let Some(before) = before {
        let PendingObject {
            object,
            writable_until,
            ..
        } = before.value;
        writes.extend(remove_object(product, &object, writable_until));
    }
    product.records.store().transact(writes).await?;
    let grant = PutGrant {
        key: &pending.object,
        size: None,
        content_type: Some(CONTENT_TYPE),
        sha256: None,
        valid_for,
    };
    Ok(product.objects.presign_put(&grant, audience).url)
}
