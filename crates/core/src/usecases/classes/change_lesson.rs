//! Changing one lesson: moving, cancelling, naming, removing it.
use super::plan_lessons::{add, changed_years, load_years, parse_times};
use super::taught_lesson;
use crate::domain::class::Class;
use crate::domain::ids::LessonId;
use crate::domain::lesson::Lesson;
use crate::domain::name;
use crate::domain::policy::Actor;
use crate::ports::record_store::{TransactError, Write};
use crate::records::lessons::Place;
use crate::records::{classes, lessons};
use crate::usecases::{CONFLICT_RETRIES, Fields, Product, UseCaseError};

/// A change of a lesson: `None` keeps; `Some(None)` clears.
#[derive(Clone, Debug, Default)]
pub struct LessonChange {
    /// Another day.
    pub date: Option<String>,
    /// See [`LessonTime`](crate::domain::lesson::LessonTime).
    pub opens_at: Option<String>,
    /// As above.
    pub late_after: Option<String>,
    /// As above.
    pub closes_at: Option<String>,
    /// At most 100 characters.
    pub title: Option<Option<String>>,
    /// Why it does not take place: at most 200 characters, may be empty.
    pub cancelled: Option<Option<String>>,
}

/// Changes a lesson. What has arrived stays as it was judged: on time or late. When something has arrived,
/// the lesson cannot be moved so that it would not have been open.
///
/// # Errors
/// `NotFound`, `Forbidden`, `Invalid`; `Conflict` (`lesson_overlaps`, `lesson_has_submissions`).
pub async fn update_lesson(
    product: &Product,
    actor: &Actor,
    id: LessonId,
    change: LessonChange,
) -> Result<(Class, Lesson), UseCaseError> {
    for _ in 0..CONFLICT_RETRIES {
        let found = taught_lesson(product, actor, id).await?;
        let (class, before) = (found.seat.class.value, found.lesson);
        let lesson = changed(&class, &before, &change)?;
        if lesson.opens_at > before.opens_at || lesson.date != before.date {
            refuse_with_submissions(product, id).await?;
        }
        let mut years = load_years(product, &class, &[before.clone(), lesson.clone()]).await?;
        for year in years.values_mut() {
            year.value.remove(id);
        }
        add(&mut years, &lesson)?;
        let mut writes = changed_years(class.id, &years, &[before.clone(), lesson.clone()]);
        if lesson.date.year() != before.date.year() {
            let place = Place {
                class: class.id,
                year: lesson.date.year(),
            };
            writes.push(lessons::put_place(id, place));
        }
        match product.records.store().transact(writes).await {
            Ok(()) => {
                product.boards.changed(id);
                return Ok((class, lesson));
            }
            Err(TransactError::Condition(_) | TransactError::Conflict) => {}
            Err(TransactError::Store(error)) => return Err(error.into()),
        }
    }
    Err(TransactError::Conflict.into())
}

fn changed(class: &Class, before: &Lesson, change: &LessonChange) -> Result<Lesson, UseCaseError> {
    let mut lesson = before.clone();
    let mut fields = Fields::default();
    if let Some(title) = &change.title {
        lesson.title = fields.optional("title", title.as_deref().map(|title| name::line(title, 100)));
    }
    if let Some(why) = &change.cancelled {
        lesson.cancelled = fields.optional("cancelled", why.as_deref().map(|why| name::paragraph(why, 200)));
    }
    let moves = [
        &change.date,
        &change.opens_at,
        &change.late_after,
        &change.closes_at,
    ];
    if moves.iter().any(|moved| moved.is_some()) {
        let local = |at: jiff::Timestamp| at.to_zoned(class.zone.rules()).time().to_string();
        // Times that are not given stay the same time of day; closing may be on a later one.
        let kept = |at: jiff::Timestamp| {
            let same_day = class.zone.date(at) == before.date;
            if same_day || change.date.is_none() && !same_day {
                if same_day { local(at) } else { at.to_string() }
            } else {
                let days = before.date.until(class.zone.date(at)).unwrap_or_default();
                let moved = change
                    .date
                    .as_deref()
                    .and_then(|date| date.parse::<jiff::civil::Date>().ok());
                let on = moved.map(|date| {
                    date.saturating_add(days)
                        .to_datetime(at.to_zoned(class.zone.rules()).time())
                });
                on.and_then(|on| on.to_zoned(class.zone.rules()).ok())
                    .map_or_else(|| at.to_string(), |zoned| zoned.timestamp().to_string())
            }
        };
        let date = change.date.clone().unwrap_or_else(|| before.date.to_string());
        let opens_at = change.opens_at.clone().unwrap_or_else(|| local(before.opens_at));
        let late_after = change
            .late_after
            .clone()
            .unwrap_or_else(|| kept(before.late_after));
        let closes_at = change.closes_at.clone().unwrap_or_else(|| kept(before.closes_at));
        if let Some(times) = parse_times(&mut fields, &date, &opens_at, Some(&late_after), &closes_at) {
            match times.instants(&class.zone) {
                Ok((opens_at, late_after, closes_at)) => {
                    lesson.date = times.date;
                    (lesson.opens_at, lesson.late_after, lesson.closes_at) =
                        (opens_at, late_after, closes_at);
                }
                Err((field, why)) => fields.refuse(field, why),
            }
        }
        if lesson.date != before.date
            && let Some(holiday) = class.holiday(lesson.date)
        {
            fields.refuse("date", format!("is a holiday: {}", holiday.name));
        }
    }
    fields.finish()?;
    Ok(lesson)
}

async fn refuse_with_submissions(product: &Product, id: LessonId) -> Result<(), UseCaseError> {
    if product.records.attendance(id).await?.submissions.is_empty() {
        return Ok(());
    }
    Err(UseCaseError::conflict(
        "lesson_has_submissions",
        "videos have arrived for this lesson; cancel it instead, or delete them first",
    ))
}

/// Removes a lesson for which nothing has arrived.
///
/// # Errors
/// `NotFound`, `Forbidden`; `Conflict` (`lesson_has_submissions`).
pub async fn delete_lesson(product: &Product, actor: &Actor, id: LessonId) -> Result<(), UseCaseError> {
    for _ in 0..CONFLICT_RETRIES {
        let found = taught_lesson(product, actor, id).await?;
        let (class, lesson) = (found.seat.class.value, found.lesson);
        let attendance = product.records.attendance(id).await?;
        if !attendance.submissions.is_empty() {
            refuse_with_submissions(product, id).await?;
        }
        let mut years = load_years(product, &class, std::slice::from_ref(&lesson)).await?;
        for year in years.values_mut() {
            year.value.remove(id);
        }
        let mut writes = changed_years(class.id, &years, std::slice::from_ref(&lesson));
        // Whoever sends a video now writes the sheet: one of the two has to look again.
        writes.push(crate::records::submissions::delete_sheet(id, attendance.revision));
        match product.records.store().transact(writes).await {
            Ok(()) => {
                remove_rest(product, id).await?;
                product.boards.changed(id);
                return Ok(());
            }
            Err(TransactError::Condition(_) | TransactError::Conflict) => {}
            Err(TransactError::Store(error)) => return Err(error.into()),
        }
    }
    Err(TransactError::Conflict.into())
}

/// Removes what is left of a lesson that is in no timetable any more.
pub(super) async fn remove_rest(product: &Product, id: LessonId) -> Result<(), UseCaseError> {
    loop {
        let keys = product.records.keys_of_lesson(id, None).await?;
        if keys.items.is_empty() {
            return Ok(());
        }
        let writes: Vec<Write> = keys.items.into_iter().map(classes::delete_beside).collect();
        product.records.store().transact(writes).await?;
    }
}
