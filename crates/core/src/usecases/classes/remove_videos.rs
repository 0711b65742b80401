//! Removing videos whose time is over: some days after a class's term. Receipts and attendance stay.
use super::function_actions::remove_object;
use super::submit_video::remove_bytes;
use crate::domain::class::Class;
use crate::domain::ids::ClassId;
use crate::domain::lesson::Lesson;
use crate::ports::record_store::Condition;
use crate::records::{Stored, classes, function_entries, submissions};
use crate::usecases::{Product, UseCaseError, applied};
use jiff::Timestamp;

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
            removed += remove_videos(product, &stored.value).await?;
            progress |= settle(product, stored).await?;
        }
        if !progress {
            return Ok(removed);
        }
    }
}

async fn settle(product: &Product, stored: Stored<Class>) -> Result<bool, UseCaseError> {
    let mut class = stored.value;
    class.removed_through = Some(class.term.ends);
    let write = classes::put(&class, Condition::Version(stored.version));
    applied(product, vec![write]).await
}

/// Removes all videos of lessons up to the end of the term.
async fn remove_videos(product: &Product, class: &Class) -> Result<u32, UseCaseError> {
    let mut removed = 0;
    let ends = class.term.ends;
    let first = class.removed_through.map_or(
        class.created_at.to_zoned(class.zone.rules()).date().year(),
        jiff::civil::Date::year,
    );
    let years: Vec<i16> = (first - 1..=ends.year()).collect();
    for timetable in product.records.timetables(class.id, &years).await? {
        let over = |lesson: &&Lesson| lesson.date <= ends;
        for lesson in timetable.value.lessons.iter().filter(over) {
            removed += remove_of_lesson(product, lesson).await?;
        }
    }
    Ok(removed + remove_of_functions(product, class.id, Some(&ends.to_string())).await?)
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

/// Removes the videos of what was written through a function URL, up to a day if one is given.
pub(super) async fn remove_of_functions(
    product: &Product,
    class: ClassId,
    until: Option<&str>,
) -> Result<u32, UseCaseError> {
    let mut removed = 0;
    let mut cursor = None;
    loop {
        let page = product.records.function_entries(class, "", 100, cursor).await?;
        for stored in page.items {
            let day = stored.value.timestamp.get(..10).unwrap_or_default();
            let Some(object) = stored
                .value
                .object
                .clone()
                .filter(|_| until.is_none_or(|until| day <= until))
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
