//! Removing videos whose time is over: some days after the later of the term's end and the day of their lesson or,
//! for what came through a function URL, of their arrival. Receipts and attendance stay.
use super::function_actions::remove_object;
use super::submit_video::remove_bytes;
use crate::domain::class::Class;
use crate::domain::ids::ClassId;
use crate::domain::lesson::Lesson;
use crate::ports::record_store::Condition;
use crate::records::{Stored, classes, function_entries, submissions};
use crate::usecases::{Product, UseCaseError, applied};
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};

/// How many days before those that are due are looked at again: a lesson may have been open for a week.
const LOOK_BACK_DAYS: i64 = 9;

/// Removes the videos of all classes for which that is due.
///
/// # Errors
/// When the records do not answer; what was removed stays removed.
pub(crate) async fn remove_due_videos(product: &Product, now: Timestamp) -> Result<u32, UseCaseError> {
    let mut removed = 0;
    loop {
        let mut progress = false;
        for stored in product.records.classes_with_due_videos(now, 20).await? {
            // The index may lag behind a term that was made longer.
            if stored.value.videos_due().is_none_or(|due| due > now) {
                continue;
            }
            let Some(through) = stored.value.videos_over_through(now) else {
                continue;
            };
            removed += remove_videos(product, &stored.value, through).await?;
            progress |= settle(product, stored, through).await?;
        }
        if !progress {
            return Ok(removed);
        }
    }
}

async fn settle(product: &Product, stored: Stored<Class>, through: Date) -> Result<bool, UseCaseError> {
    let mut class = stored.value;
    class.removed_through = Some(through);
    let write = classes::put(&class, Condition::Version(stored.version));
    applied(product, vec![write]).await
}

/// Removes the videos of lessons up to a day.
async fn remove_videos(product: &Product, class: &Class, through: Date) -> Result<u32, UseCaseError> {
    let mut removed = 0;
    let begins = class
        .removed_through
        .unwrap_or_else(|| class.zone.date(class.created_at));
    let from = begins.saturating_sub(LOOK_BACK_DAYS.days());
    let years: Vec<i16> = (from.year()..=through.year()).collect();
    for timetable in product.records.timetables(class.id, &years).await? {
        let over = |lesson: &&Lesson| (from..=through).contains(&lesson.date);
        for lesson in timetable.value.lessons.iter().filter(over) {
            removed += remove_of_lesson(product, lesson).await?;
        }
    }
    if let Some(midnight) = class.zone.midnight_after(through) {
        removed += remove_of_functions(product, class.id, Some(midnight)).await?;
    }
    Ok(removed)
}

async fn remove_of_lesson(product: &Product, lesson: &Lesson) -> Result<u32, UseCaseError> {
    let mut removed = 0;
    for member in product
        .records
        .attendance(lesson.id)
        .await?
        .submissions
        .into_keys()
    {
        while let Some(stored) = product.records.submission_of(lesson.id, member).await? {
            if stored.value.object.is_none() {
                break;
            }
            let mut submission = stored.value.clone();
            submission.object = None;
            submission.has_poster = false;
            let mut writes = vec![submissions::put(&submission, Condition::Version(stored.version))];
            writes.extend(remove_bytes(product, &stored.value));
            if applied(product, writes).await? {
                removed += 1;
                break;
            }
        }
    }
    Ok(removed)
}

/// Removes the videos of what was written through a function URL, before an instant if one is given. The time that
/// a program says counts for nothing here: it may be any.
pub(super) async fn remove_of_functions(
    product: &Product,
    class: ClassId,
    arrived_before: Option<Timestamp>,
) -> Result<u32, UseCaseError> {
    let mut removed = 0;
    let mut cursor = None;
    loop {
        let page = product.records.function_entries(class, "", 100, cursor).await?;
        for stored in page.items {
            let written_at = stored.value.written_at;
            let Some(object) = stored
                .value
                .object
                .clone()
                .filter(|_| arrived_before.is_none_or(|before| written_at < before))
            else {
                continue;
            };
            let mut entry = stored.value;
            entry.object = None;
            let mut writes = vec![function_entries::put_entry(
                class,
                &entry,
                Condition::Version(stored.version),
            )];
            writes.extend(remove_object(product, &object, entry.writable_until));
            removed += u32::from(applied(product, writes).await?);
        }
        cursor = page.next;
        if cursor.is_none() {
            return Ok(removed);
        }
    }
}
