//! What clients that only know actions do through a class's function URL (PRODUCT.md, the action endpoint).
//!
//! Whoever has the URL acts for the class; there is no other caller. Entries are found by their key: time and
//! number, never by looking through others'.
use super::submit_video::{look_at, too_long};
use super::watch_submission::LONGEST_LINK;
use super::{refuse_archived, taught_lesson};
use crate::domain::class::Class;
use crate::domain::ids::LessonId;
use crate::domain::name;
use crate::domain::policy::Actor;
use crate::jobs::{Job, Payload};
use crate::ports::extractor::Container;
use crate::ports::object_store::{Audience, GetGrant, ObjectKey, PutGrant};
use crate::ports::record_store::{Condition, TransactError, Write};
use crate::records::function_entries::{self, FunctionEntry, PendingObject};
use crate::records::{Listing, Stored};
use crate::usecases::{
    CONFLICT_RETRIES, Fields, Product, UseCaseError, applied, digest, same_digest, secret_text,
};
use jiff::civil::DateTime;
use jiff::{SignedDuration, Timestamp};
use std::time::Duration;

/// The type that an upload must have.
pub const CONTENT_TYPE: &str = "video/mp4";
/// How long an upload URL holds unless said, in seconds.
pub const DEFAULT_EXPIRATION: i64 = 30;
/// The longest that an upload URL holds, in seconds.
pub const MAX_EXPIRATION: i64 = 3_600;
/// How long a video waits to be written down.
const PENDING_FOR: SignedDuration = SignedDuration::from_hours(24);
/// The most entries that one call gives.
const MAX_ENTRIES: usize = 10_000;
/// The most entries that stand beside a board.
const MAX_BESIDE_BOARD: u32 = 100;

/// The class that a function URL's token leads to.
///
/// # Errors
/// `NotFound` for a token that leads nowhere.
pub async fn class_of_token(product: &Product, token: &str) -> Result<Class, UseCaseError> {
    // Found by its hash, so that how long it takes tells nothing of a token that is almost right.
    let digest = digest(token);
    let id = product.records.class_of_function_url(&digest).await?;
    let stored = product.records.class(id.ok_or(UseCaseError::NotFound)?).await?;
    stored
        .map(|stored| stored.value)
        .filter(|class| {
            let url = class.function_url.as_ref();
            url.is_some_and(|url| same_digest(&url.digest, &digest))
        })
        .ok_or(UseCaseError::NotFound)
}

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

/// An entry as it is to be written.
#[derive(Clone, Debug, Default)]
pub struct WriteEntry {
    /// At most 200 characters.
    pub user_id: String,
    /// 32 bits.
    pub submission_id: u32,
    /// As it was given to [`begin`].
    pub object_name: String,
    /// ISO 8601, local.
    pub timestamp: String,
    /// At most 200 characters.
    pub title: String,
    /// At most 2,000 characters.
    pub description: String,
}

/// Writes an entry down whose video has arrived. Writing the same again changes nothing.
///
/// # Errors
/// `Invalid`; `Conflict` (`no_such_object` when nothing was uploaded under this name, `entry_exists`,
/// `class_archived`); `Content` (`video_too_large`, `video_too_long`, `video_damaged`, `not_a_video` for what is
/// neither MP4 nor MOV), after which the video is removed.
pub async fn write(product: &Product, class: &Class, command: WriteEntry) -> Result<(), UseCaseError> {
    refuse_archived(class)?;
    let command = checked(&command)?;
    let before = product
        .records
        .function_entry(class.id, &command.timestamp, command.submission_id)
        .await?;
    if let Some(before) = &before {
        return repeated(&before.value, &command);
    }
    let missing = || {
        let detail = "no video was uploaded under this name through this URL";
        UseCaseError::conflict("no_such_object", detail)
    };
    let pending = product
        .records
        .pending_object(class.id, &command.object_name)
        .await?;
    let pending = pending.ok_or_else(missing)?;
    let info = product
        .objects
        .head(&pending.value.object)
        .await?
        .ok_or_else(missing)?;
    if info.size > class.limits.max_bytes {
        let detail = format!(
            "a video of this class has at most {} bytes",
            class.limits.max_bytes
        );
        return give_up(product, &pending, "video_too_large", detail).await;
    }
    let (_, found) = look_at(product, &pending.value.object).await?;
    let video = match found {
        Ok(video) => video,
        Err((code, detail)) => return give_up(product, &pending, code, detail).await,
    };
    // What was signed for is a film of this family; other containers are not passed off as one.
    if !matches!(video.container, Container::Mp4 | Container::QuickTime) {
        let detail = "only MP4 and MOV are taken through this URL".to_owned();
        return give_up(product, &pending, "not_a_video", detail).await;
    }
    if let Some(detail) = too_long(class, &video) {
        return give_up(product, &pending, "video_too_long", detail).await;
    }
    let entry = FunctionEntry {
        user_id: command.user_id.clone(),
        submission_id: command.submission_id,
        timestamp: command.timestamp.clone(),
        object_name: command.object_name.clone(),
        title: command.title.clone(),
        description: command.description.clone(),
        object: Some(pending.value.object.clone()),
        content_type: video.container.media_type().to_owned(),
        size: info.size,
        written_at: product.clock.now(),
        writable_until: pending.value.writable_until,
    };
    let writes = vec![
        function_entries::put_entry(class.id, &entry, Condition::Absent),
        function_entries::delete_pending(&pending),
    ];
    match product.records.store().transact(writes).await {
        Ok(()) => Ok(()),
        Err(TransactError::Condition(_) | TransactError::Conflict) => {
            let now = product
                .records
                .function_entry(class.id, &entry.timestamp, entry.submission_id)
                .await?;
            now.map_or_else(|| Err(missing()), |now| repeated(&now.value, &command))
        }
        Err(TransactError::Store(error)) => Err(error.into()),
    }
}

fn repeated(before: &FunctionEntry, command: &WriteEntry) -> Result<(), UseCaseError> {
    if before.object_name == command.object_name && before.user_id == command.user_id {
        return Ok(());
    }
    Err(UseCaseError::conflict(
        "entry_exists",
        "there is an entry of this number and time already",
    ))
}

fn checked(command: &WriteEntry) -> Result<WriteEntry, UseCaseError> {
    let mut fields = Fields::default();
    let user_id = fields.take("user_id", name::line(&command.user_id, 200));
    let object_name = fields.take("object_name", name::line(&command.object_name, 500));
    let title = fields.take("title", name::line(&command.title, 200));
    let description = fields.take("description", name::paragraph(&command.description, 2_000));
    let timestamp = local_time(&command.timestamp);
    if timestamp.is_none() {
        fields.refuse("timestamp", "must be a local time such as 2026-09-01T08:05:00");
    }
    fields.finish()?;
    Ok(WriteEntry {
        user_id: user_id.unwrap_or_default(),
        submission_id: command.submission_id,
        object_name: object_name.unwrap_or_default(),
        timestamp: timestamp.unwrap_or_default(),
        title: title.unwrap_or_default(),
        description: description.unwrap_or_default(),
    })
}

/// A local time of ISO 8601 as it was written; it is the entry's key, so it is not rewritten.
fn local_time(text: &str) -> Option<String> {
    let text = text.trim();
    let fits = (10..=40).contains(&text.len()) && text.is_ascii() && text.as_bytes()[4] == b'-';
    let is_known = text.parse::<DateTime>().is_ok() || text.parse::<Timestamp>().is_ok();
    (fits && is_known && !text.contains('#')).then(|| text.to_owned())
}

async fn give_up(
    product: &Product,
    pending: &Stored<PendingObject>,
    code: &'static str,
    detail: String,
) -> Result<(), UseCaseError> {
    forget(product, pending).await?;
    Err(UseCaseError::Content { code, detail })
}

/// Removes a video that was never written down; `Ok(false)` when it was meanwhile.
pub(super) async fn forget(product: &Product, pending: &Stored<PendingObject>) -> Result<bool, UseCaseError> {
    let mut writes = vec![function_entries::delete_pending(pending)];
    writes.extend(remove_object(
        product,
        &pending.value.object,
        pending.value.writable_until,
    ));
    match product.records.store().transact(writes).await {
        Ok(()) => {
            product.job_signal.notify_one();
            Ok(true)
        }
        Err(TransactError::Condition(_) | TransactError::Conflict) => Ok(false),
        Err(TransactError::Store(error)) => Err(error.into()),
    }
}

/// The writes that have an object removed: at once, and again when nobody can write it any more.
pub(super) fn remove_object(product: &Product, object: &ObjectKey, writable_until: Timestamp) -> Vec<Write> {
    let job = || {
        let payload = Payload::DeleteObjects {
            keys: vec![object.clone()],
            prefixes: Vec::new(),
        };
        Job::new(payload, &*product.clock, &*product.ids)
    };
    let mut writes = vec![job().enqueue()];
    // What is on its way when a URL ends may still arrive.
    let settled = after(writable_until, Duration::from_mins(10));
    if settled > product.clock.now() {
        let mut again = job();
        again.due_at = settled;
        writes.push(again.enqueue());
    }
    writes
}

fn after(at: Timestamp, time: Duration) -> Timestamp {
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

/// An entry with a link to its video.
#[derive(Clone, Debug)]
pub struct EntryView {
    /// As it was written.
    pub entry: FunctionEntry,
    /// Holds for 15 minutes at most; `None` once the video was removed.
    pub video_link: Option<String>,
}

/// The entries of a day or another stretch of time: all whose `timestamp` begins with `date`.
///
/// # Errors
/// `Invalid` when it does not begin a date; `Conflict` (`too_many_entries`).
pub async fn calendar(
    product: &Product,
    class: &Class,
    date: &str,
    audience: &Audience,
) -> Result<Vec<EntryView>, UseCaseError> {
    if !is_date_prefix(date) {
        let why = "must be the beginning of a date, such as 2026, 2026-09 or 2026-09-01";
        return Err(UseCaseError::field("date", why));
    }
    let mut found = Vec::new();
    let mut cursor = None;
    loop {
        let page: Listing<Stored<FunctionEntry>> = product
            .records
            .function_entries(class.id, date, 1_000, cursor)
            .await?;
        let views = page
            .items
            .into_iter()
            .map(|stored| view(product, stored.value, audience));
        found.extend(views);
        cursor = page.next;
        if cursor.is_none() {
            return Ok(found);
        }
        if found.len() >= MAX_ENTRIES {
            let detail = format!("more than {MAX_ENTRIES} entries; ask for a shorter time");
            return Err(UseCaseError::conflict("too_many_entries", detail));
        }
    }
}

/// The first hundred entries of a lesson's day, for the class's teachers: what came by the function URL names members
/// by numbers of its own and belongs to no row of the board.
///
/// # Errors
/// `NotFound`, `Forbidden`.
pub async fn beside_board(
    product: &Product,
    actor: &Actor,
    id: LessonId,
    audience: &Audience,
) -> Result<Vec<EntryView>, UseCaseError> {
    let found = taught_lesson(product, actor, id).await?;
    let (class, day) = (found.seat.class.value.id, found.lesson.date.to_string());
    let page = product
        .records
        .function_entries(class, &day, MAX_BESIDE_BOARD, None)
        .await?;
    let entries = page.items.into_iter();
    Ok(entries
        .map(|stored| view(product, stored.value, audience))
        .collect())
}

/// Whether some date and time begins with a text.
fn is_date_prefix(text: &str) -> bool {
    const PATTERN: &str = "2000-01-01T00:00:00";
    let fits = (4..=PATTERN.len()).contains(&text.len()) && text.is_ascii();
    // The shortest day that fits every month is filled in, and then the rest.
    fits && format!("{text}{}", &PATTERN[text.len()..])
        .parse::<DateTime>()
        .is_ok()
}

fn view(product: &Product, entry: FunctionEntry, audience: &Audience) -> EntryView {
    let link = entry.object.as_ref().map(|object| {
        let grant = GetGrant {
            key: object,
            content_disposition: "inline",
            content_type: &entry.content_type,
            valid_for: product.settings.download_url_lifetime.min(LONGEST_LINK),
        };
        product.objects.presign_get(&grant, audience).url
    });
    EntryView {
        video_link: link,
        entry,
    }
}

/// One entry.
///
/// # Errors
/// `NotFound`.
pub async fn single(
    product: &Product,
    class: &Class,
    submission_id: u32,
    timestamp: &str,
    audience: &Audience,
) -> Result<EntryView, UseCaseError> {
    let stored = find(product, class, submission_id, timestamp).await?;
    Ok(view(product, stored.value, audience))
}

async fn find(
    product: &Product,
    class: &Class,
    submission_id: u32,
    timestamp: &str,
) -> Result<Stored<FunctionEntry>, UseCaseError> {
    let timestamp = local_time(timestamp).ok_or_else(|| {
        UseCaseError::field("timestamp", "must be a local time such as 2026-09-01T08:05:00")
    })?;
    let stored = product
        .records
        .function_entry(class.id, &timestamp, submission_id)
        .await?;
    stored.ok_or(UseCaseError::NotFound)
}

/// Changes an entry's texts.
///
/// # Errors
/// `NotFound`, `Invalid`.
pub async fn update(
    product: &Product,
    class: &Class,
    submission_id: u32,
    timestamp: &str,
    title: &str,
    description: &str,
) -> Result<(), UseCaseError> {
    refuse_archived(class)?;
    let mut fields = Fields::default();
    let title = fields.take("title", name::line(title, 200));
    let description = fields.take("description", name::paragraph(description, 2_000));
    fields.finish()?;
    for _ in 0..CONFLICT_RETRIES {
        let stored = find(product, class, submission_id, timestamp).await?;
        let mut entry = stored.value;
        entry.title = title.clone().unwrap_or_default();
        entry.description = description.clone().unwrap_or_default();
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
        match product.records.store().transact(writes).await {
            Ok(()) => {
                product.job_signal.notify_one();
                return Ok(());
            }
            Err(TransactError::Condition(_) | TransactError::Conflict) => {}
            Err(TransactError::Store(error)) => return Err(error.into()),
        }
    }
    Err(TransactError::Conflict.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_may_be_as_short_as_its_year() {
        for date in [
            "2026",
            "2026-0",
            "2026-02",
            "2026-02-2",
            "2026-02-28",
            "2026-02-28T08",
            "2026-02-28T08:05",
        ] {
            assert!(is_date_prefix(date), "{date}");
        }
        for date in [
            "",
            "26",
            "2025-13-40",
            "2026-02-30",
            "2026-13",
            "2026/02",
            "2026-02-28T25",
            "abcd",
            "2026-02-28T08:05:00Z",
        ] {
            assert!(!is_date_prefix(date), "{date}");
        }
    }

    #[test]
    fn local_times_are_kept_as_they_are_written() {
        for time in [
            "2026-02-28T08:05:00",
            "2026-02-28T08:05",
            "2026-02-28 08:05:00.123456",
            "2026-02-28T08:05:00Z",
        ] {
            assert_eq!(local_time(time).as_deref(), Some(time));
        }
        for time in [
            "",
            "2025-13-40",
            "2025-13-40T08:00:00",
            "2026-02-28T08:05#1",
            "yesterday",
            "08:05:00",
        ] {
            assert_eq!(local_time(time), None, "{time}");
        }
    }
}
