//! The first half of an upload: a URL for one PUT, and a note of what is on its way.
use super::pending::{after, forget, nothing_will_come};
use crate::domain::class::Class;
use crate::domain::name;
use crate::ports::object_store::{Audience, ObjectKey, PutGrant};
use crate::ports::record_store::TransactError;
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
/// How long a video waits to be written down once its URL has ended. It is short where nobody knows whose it is: until
/// then others of the same name may be kept waiting.
const WAITS: SignedDuration = SignedDuration::from_hours(1);
/// How long where somebody does.
const OWN_WAITS: SignedDuration = SignedDuration::from_hours(24);
/// The most that wait under one name.
pub(super) const MAX_WAITING: u32 = 100;

/// What is to be uploaded.
#[derive(Clone, Debug)]
pub struct BeginObject {
    /// At most 500 characters. Others may give theirs the same name: what has arrived stays.
    pub object_name: String,
    /// For whom, at most 200 characters; a client that says so may use one name for everybody.
    pub user_id: Option<String>,
    /// For how many seconds the URL holds.
    pub expiration: i64,
}

/// A signed URL for one PUT of a video.
///
/// # Errors
/// `Invalid`; `NotFound` when the function URL was taken back meanwhile; `Conflict` (`class_archived`,
/// `too_many_waiting` when 100 of this name were uploaded and not written down).
pub async fn begin(
    product: &Product,
    class: &Class,
    command: BeginObject,
    audience: &Audience,
) -> Result<String, UseCaseError> {
    refuse_archived(class)?;
    let mut fields = Fields::default();
    let object_name = fields.take("object_name", name::line(&command.object_name, 500));
    let user_id = command.user_id.map(|user| name::line(&user, 200));
    let user_id = user_id.and_then(|user| fields.take("user_id", user));
    let seconds = u64::try_from(command.expiration)
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
    let writable_until = after(now, valid_for);
    let waits = if user_id.is_some() { OWN_WAITS } else { WAITS };
    let pending = PendingObject {
        class: class.id,
        object: ObjectKey(format!(
            "functions/{}/{}",
            class.id,
            secret_text(product.ids.secret())
        )),
        object_name,
        user_id,
        through: class.function_url.as_ref().map(|url| url.digest.clone()),
        begun_at: Some(now),
        writable_until,
        expires_at: writable_until.checked_add(waits).unwrap_or(writable_until),
    };
    make_room(product, &pending).await?;
    let mut writes = vec![function_entries::put_pending(&pending)];
    // Nothing begins through a URL that is taken back in this moment.
    writes.extend(pending.through.as_deref().map(function_entries::check_url));
    match product.records.store().transact(writes).await {
        Ok(()) => {}
        Err(TransactError::Condition(_)) => return Err(UseCaseError::NotFound),
        Err(error) => return Err(error.into()),
    }
    let grant = PutGrant {
        key: &pending.object,
        size: None,
        content_type: Some(CONTENT_TYPE),
        sha256: None,
        valid_for,
        through: pending.through.as_deref(),
    };
    Ok(product.objects.presign_put(&grant, audience).url)
}

/// Forgets, of very many that wait under one name, those that can arrive no more.
async fn make_room(product: &Product, new: &PendingObject) -> Result<(), UseCaseError> {
    let waiting = product
        .records
        .pending_objects(new.class, &new.object_name, MAX_WAITING)
        .await?;
    let mut left = waiting.len();
    if left < MAX_WAITING as usize {
        return Ok(());
    }
    for pending in waiting {
        if nothing_will_come(product, &pending.value).await? && forget(product, &pending).await? {
            left -= 1;
        }
    }
    if left < MAX_WAITING as usize {
        return Ok(());
    }
    let detail = format!("{MAX_WAITING} videos of this name wait to be written down; use another name");
    Err(UseCaseError::conflict("too_many_waiting", detail))
}
