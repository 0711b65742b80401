//! The second half of an upload: an entry is written down whose video has arrived.
use super::arrived::{Arrived, another_came_after, find_arrived, missing};
use super::local_time;
use super::pending::forget;
use crate::domain::class::Class;
use crate::domain::name;
use crate::ports::extractor::Container;
use crate::ports::object_store::ObjectKey;
use crate::ports::record_store::{Condition, TransactError};
use crate::records::Stored;
use crate::records::function_entries::{self, FunctionEntry, PendingObject};
use crate::usecases::classes::refuse_archived;
use crate::usecases::classes::submit_video::{look_at, too_long};
use crate::usecases::{Fields, Product, UseCaseError};
use futures::TryStreamExt;

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
/// `Invalid`; `Conflict` (`no_such_object` when nothing was uploaded under this name, `ambiguous_object` when it cannot
/// be told whose of several it would be, `entry_exists`, `class_archived`); `Content` (`video_too_large`,
/// `video_too_long`, `video_damaged`, `not_a_video` for what is neither MP4 nor MOV), after which the video is removed.
pub async fn write(product: &Product, class: &Class, command: WriteEntry) -> Result<(), UseCaseError> {
    refuse_archived(class)?;
    let command = checked(&command)?;
    let before = product
        .records
        .function_entry(class.id, &command.timestamp, command.submission_id)
        .await?;
    if let Some(before) = &before {
        return repeated(product, class, &before.value, &command).await;
    }
    let arrived = find_arrived(product, class, &command).await?;
    let Arrived { pending, info, .. } = &arrived;
    if info.size > class.limits.max_bytes {
        let detail = format!(
            "a video of this class has at most {} bytes",
            class.limits.max_bytes
        );
        return give_up(product, pending, "video_too_large", detail).await;
    }
    let (_, found) = look_at(product, &pending.value.object).await?;
    let video = match found {
        Ok(video) => video,
        Err((code @ "not_a_video", _)) => {
            let detail = why_no_video(product, &pending.value.object).await?;
            return give_up(product, pending, code, detail.to_owned()).await;
        }
        Err((code, detail)) => return give_up(product, pending, code, detail).await,
    };
    // What was signed for is a film of this family, as which phones send MOV too; other containers are not passed off
    // as one.
    if !matches!(video.container, Container::Mp4 | Container::QuickTime) {
        return give_up(product, pending, "not_a_video", NO_FILM.to_owned()).await;
    }
    if let Some(detail) = too_long(class, &video) {
        return give_up(product, pending, "video_too_long", detail).await;
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
    let mut writes = arrived.take(product);
    writes.push(function_entries::put_entry(class.id, &entry, Condition::Absent));
    // Nothing is written through a URL that is taken back in this moment.
    let url = class.function_url.as_ref();
    writes.extend(url.map(|url| function_entries::check_url(&url.digest)));
    match product.records.store().transact(writes).await {
        Ok(()) => Ok(()),
        Err(TransactError::Condition(_) | TransactError::Conflict) => {
            let now = product
                .records
                .function_entry(class.id, &entry.timestamp, entry.submission_id)
                .await?;
            let now = now.ok_or_else(missing)?;
            repeated(product, class, &now.value, &command).await
        }
        Err(TransactError::Store(error)) => Err(error.into()),
    }
}

const NO_FILM: &str = "only MP4 and MOV are taken through this URL; this is something else";

/// What is wrong with a file that is no video.
async fn why_no_video(product: &Product, object: &ObjectKey) -> Result<&'static str, UseCaseError> {
    let Some(mut head) = product.objects.get(object, Some(0..12)).await? else {
        return Ok(NO_FILM);
    };
    let mut bytes = Vec::new();
    while let Some(part) = head.try_next().await? {
        bytes.extend_from_slice(&part);
    }
    // ISO/IEC 14496-12: the first box of such a file says so.
    Ok(match bytes.get(4..8) {
        Some(b"ftyp" | b"moov" | b"mdat") => "this file holds no moving picture; it may be sound alone",
        _ => NO_FILM,
    })
}

/// Saying the same again is no fault; saying something else, or with another video, would be lost.
async fn repeated(
    product: &Product,
    class: &Class,
    before: &FunctionEntry,
    command: &WriteEntry,
) -> Result<(), UseCaseError> {
    let is_same = before.user_id == command.user_id
        && before.object_name == command.object_name
        && before.title == command.title
        && before.description == command.description;
    if is_same && !another_came_after(product, class, before).await? {
        return Ok(());
    }
    Err(UseCaseError::conflict(
        "entry_exists",
        "there is an entry of this number and time already, and it is another; change or delete that one",
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

async fn give_up(
    product: &Product,
    pending: &Stored<PendingObject>,
    code: &'static str,
    detail: String,
) -> Result<(), UseCaseError> {
    forget(product, pending).await?;
    Err(UseCaseError::Content { code, detail })
}
