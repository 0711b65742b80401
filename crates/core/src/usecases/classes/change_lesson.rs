//! Changing one lesson: moving, cancelling, naming, removing it.
use super::plan_lessons::{add, changed_years, load_years, parse_times};
use super::{taught_lesson, taught_lesson_now};
use crate::domain::class::Class;
use crate::domain::ids::LessonId;
use crate::domain::lesson::Lesson;
use crate::domain::name;
use crate::domain::policy::Actor;
use crate::ports::record_store::{TransactError, Write};
use crate::records::lessons::Place;
use crate::records::submissions::Attendance;
use crate::records::{classes, lessons};
use crate::usecases::{CONFLICT_RETRIES, Fields, Product, UseCaseError, applied};
use jiff::Timestamp;
use jiff::civil::Date;

/// A change of a lesson: `None` keeps; `Some(None)` clears.
#[derive(Clone, Debug, Default)]
pub struct LessonChange {
    /// Another day.
    pub date: Option<String>,
    /// See [`LessonTime`](crate::domain::lesson::LessonTime).
    pub opens_at: Option<String>,
    /// As above; unless it is given it moves along: see
    /// [`Lesson::late_after_moved`](crate::domain::lesson::Lesson::late_after_moved).
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
/// `NotFound`, `Forbidden`, `Invalid`; `Conflict` (`class_archived`, `lesson_overlaps`, `lesson_has_submissions`).
pub async fn update_lesson(
    product: &Product,
    actor: &Actor,
    id: LessonId,
    change: LessonChange,
) -> Result<(Class, Lesson), UseCaseError> {
    for _ in 0..CONFLICT_RETRIES {
        let found = taught_lesson_now(product, actor, id).await?;
        let (class, before) = (found.seat.class.value, found.lesson);
        let lesson = changed(&class, &before, &change)?;
        if lesson.opens_at > before.opens_at || lesson.date != before.date {
            refuse_with_submissions(&product.records.attendance(id).await?)?;
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
        if applied(product, writes).await? {
            product.boards.changed(id);
            return Ok((class, lesson));
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
    let given = [
        &change.date,
        &change.opens_at,
        &change.late_after,
        &change.closes_at,
    ];
    if given.iter().any(|given| given.is_some()) {
        move_to(class, &mut lesson, change, &mut fields);
    }
    fields.finish()?;
    Ok(lesson)
}

/// Puts a lesson where it was asked for.
fn move_to(class: &Class, lesson: &mut Lesson, change: &LessonChange, fields: &mut Fields) {
    let before = lesson.clone();
    let date = change.date.clone().unwrap_or_else(|| before.date.to_string());
    let kept = |given: &Option<String>, at| {
        given
            .clone()
            .unwrap_or_else(|| carried(class, &before, at, &date))
    };
    let opens_at = kept(&change.opens_at, before.opens_at);
    let closes_at = kept(&change.closes_at, before.closes_at);
    let late_after = change.late_after.as_deref();
    let Some(times) = parse_times(fields, &date, &opens_at, late_after, &closes_at) else {
        return;
    };
    match times.instants(&class.zone) {
        Ok((opens_at, given, closes_at)) => {
            lesson.date = times.date;
            (lesson.opens_at, lesson.closes_at) = (opens_at, closes_at);
            lesson.late_after =
                late_after.map_or_else(|| before.late_after_moved(opens_at, closes_at), |_| given);
        }
        Err((field, why)) => fields.refuse(field, why),
    }
    if lesson.date != before.date
        && let Some(holiday) = class.holiday(lesson.date)
    {
        fields.refuse("date", format!("is a holiday: {}", holiday.name));
    }
}

/// A time that is not given: the same time of day, as many days after the lesson's own as before.
fn carried(class: &Class, before: &Lesson, at: Timestamp, date: &str) -> String {
    let local = at.to_zoned(class.zone.rules()).datetime();
    let carried = date
        .parse::<Date>()
        .ok()
        .and_then(|date| date.checked_add(before.date.until(local.date()).ok()?).ok())
        .filter(|day| *day != local.date())
        .and_then(|day| day.to_datetime(local.time()).to_zoned(class.zone.rules()).ok());
    carried.map_or(at, |zoned| zoned.timestamp()).to_string()
}

fn refuse_with_submissions(attendance: &Attendance) -> Result<(), UseCaseError> {
    if attendance.submissions.is_empty() {
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
        refuse_with_submissions(&attendance)?;
        let mut years = load_years(product, &class, std::slice::from_ref(&lesson)).await?;
        for year in years.values_mut() {
            year.value.remove(id);
        }
        let mut writes = changed_years(class.id, &years, std::slice::from_ref(&lesson));
        // Whoever sends a video now writes the sheet: one of the two has to look again.
        writes.push(crate::records::submissions::delete_sheet(id, attendance.revision));
        if applied(product, writes).await? {
            remove_rest(product, id).await?;
            product.boards.changed(id);
            return Ok(());
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
