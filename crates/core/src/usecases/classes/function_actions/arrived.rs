//! Which of the videos that have arrived is meant: clients give names of their own making, and two people's videos
//! may have one name. Nobody's video is ever written down as somebody else's.
use super::begin::MAX_WAITING;
use super::pending::remove_object;
use super::write::WriteEntry;
use crate::domain::class::Class;
use crate::ports::object_store::ObjectInfo;
use crate::ports::record_store::Write;
use crate::records::Stored;
use crate::records::function_entries::{self, FunctionEntry, PendingObject};
use crate::usecases::{Product, UseCaseError};

/// The most earlier ones that one that is written down takes with it.
const MAX_SUPERSEDED: usize = 25;

/// A video that has arrived and waits to be written down.
pub(super) struct Arrived {
    pub(super) pending: Stored<PendingObject>,
    pub(super) info: ObjectInfo,
    /// What the same person uploaded before it under the same name.
    superseded: Vec<Stored<PendingObject>>,
}

impl Arrived {
    /// The writes that make it wait no more.
    pub(super) fn take(&self, product: &Product) -> Vec<Write> {
        let mut writes = vec![function_entries::delete_pending(&self.pending)];
        for earlier in &self.superseded {
            writes.push(function_entries::delete_pending(earlier));
            let PendingObject {
                object,
                writable_until,
                ..
            } = &earlier.value;
            writes.extend(remove_object(product, object, *writable_until));
        }
        writes
    }
}

/// What waits under a name that may be one person's, the one begun last first.
struct Waiting {
    /// Begun for them.
    own: Vec<(Stored<PendingObject>, ObjectInfo)>,
    /// Begun for nobody in particular.
    anybodys: Vec<(Stored<PendingObject>, ObjectInfo)>,
}

/// Only what came through the class's present URL counts.
async fn waiting_for(
    product: &Product,
    class: &Class,
    object_name: &str,
    user_id: &str,
) -> Result<Waiting, UseCaseError> {
    let url = class.function_url.as_ref().map(|url| url.digest.as_str());
    let now = product.clock.now();
    let (mut own, mut anybodys) = (Vec::new(), Vec::new());
    let all = product
        .records
        .pending_objects(class.id, object_name, MAX_WAITING)
        .await?;
    for pending in all {
        let value = &pending.value;
        let is_own = value.user_id.as_ref().map(|user| user == user_id);
        let is_through_this = value.through.is_none() || value.through.as_deref() == url;
        if is_own == Some(false) || !is_through_this || value.expires_at <= now {
            continue;
        }
        if let Some(info) = product.objects.head(&value.object).await? {
            let place = if is_own.is_some() { &mut own } else { &mut anybodys };
            place.push((pending, info));
        }
    }
    Ok(Waiting { own, anybodys })
}

/// The video that somebody writes down: of those begun for them the last, or else the one that was begun for nobody
/// in particular.
///
/// # Errors
/// `Conflict` (`no_such_object`; `ambiguous_object` when several different ones are as likely).
pub(super) async fn find_arrived(
    product: &Product,
    class: &Class,
    command: &WriteEntry,
) -> Result<Arrived, UseCaseError> {
    let waiting = waiting_for(product, class, &command.object_name, &command.user_id).await?;
    let mut own = waiting.own.into_iter();
    if let Some((pending, info)) = own.next() {
        let earlier = own.take(MAX_SUPERSEDED).map(|(pending, _)| pending);
        return Ok(Arrived {
            pending,
            info,
            superseded: earlier.collect(),
        });
    }
    let mut anybodys = waiting.anybodys.into_iter();
    let (pending, info) = anybodys.next().ok_or_else(missing)?;
    if anybodys.any(|(_, other)| !same_content(&info, &other)) {
        let detail = "several different videos wait under this name; use a name for each, or give user_id to upload too";
        return Err(UseCaseError::conflict("ambiguous_object", detail));
    }
    Ok(Arrived {
        pending,
        info,
        superseded: Vec::new(),
    })
}

/// Whether a video waits that came after an entry was written, under its name and for its user, and is another than
/// the entry's.
pub(super) async fn another_came_after(
    product: &Product,
    class: &Class,
    entry: &FunctionEntry,
) -> Result<bool, UseCaseError> {
    let Waiting { own, anybodys } = waiting_for(product, class, &entry.object_name, &entry.user_id).await?;
    let mut after = own
        .into_iter()
        .chain(anybodys)
        .filter(|(pending, _)| pending.value.begun_at.is_some_and(|at| at >= entry.written_at))
        .peekable();
    if after.peek().is_none() {
        return Ok(false);
    }
    let held = match &entry.object {
        Some(object) => product.objects.head(object).await?,
        None => None,
    };
    Ok(after.any(|(_, info)| held.as_ref().is_none_or(|held| !same_content(held, &info))))
}

/// Whether two objects hold the same bytes, as far as the store tells: someone has sent one video again.
fn same_content(one: &ObjectInfo, other: &ObjectInfo) -> bool {
    one.size == other.size && one.etag == other.etag
}

pub(super) fn missing() -> UseCaseError {
    let detail = "no video was uploaded under this name through this URL";
    UseCaseError::conflict("no_such_object", detail)
}
