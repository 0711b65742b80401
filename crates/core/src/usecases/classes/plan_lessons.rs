//! Planning lessons: one, or a weekly series that keeps its time of day when the clocks change.
use super::{seat, taught_now};
use crate::domain::class::Class;
use crate::domain::ids::{ClassId, LessonId, UserId};
use crate::domain::lesson::{Lesson, LessonTime, MAX_LESSONS_A_YEAR, MAX_SERIES, Repeat, Times, overlapping};
use crate::domain::name;
use crate::domain::policy::Actor;
use crate::ports::record_store::{Condition, MAX_BODY_BYTES, TransactError, Write};
use crate::records::lessons::{Place, Timetable};
use crate::records::{Stored, classes, lessons};
use crate::usecases::idempotency::IdempotencyKey;
use crate::usecases::{CONFLICT_RETRIES, Fields, Product, UseCaseError, applied, require_user};
use jiff::ToSpan;
use jiff::civil::Date;
use std::collections::BTreeMap;

/// What keys of requests for lessons are remembered under.
const SCOPE: &str = "lessons";

/// A lesson, or the first of a series, as it was asked for.
#[derive(Clone, Debug)]
pub struct PlanLessons {
    /// The day in the class's time zone, `YYYY-MM-DD`; that of `opens_at` where this is an instant.
    pub date: Option<String>,
    /// See [`LessonTime`].
    pub opens_at: String,
    /// When it closes, unless said.
    pub late_after: Option<String>,
    /// See [`LessonTime`].
    pub closes_at: String,
    /// At most 100 characters.
    pub title: Option<String>,
    /// How it repeats, if it does; until the end of the term unless said.
    pub repeat: Option<Repeat>,
}

/// Plans a lesson or a series: all of it or nothing. Repeating a request with its idempotency key gives its
/// lessons again.
///
/// # Errors
/// `NotFound`, `Forbidden`, `Invalid`; `Conflict` (`class_archived`, `lesson_overlaps`, `too_many_lessons`,
/// `idempotency_key_reused`).
pub async fn plan_lessons(
    product: &Product,
    actor: &Actor,
    id: ClassId,
    command: PlanLessons,
    key: Option<IdempotencyKey>,
) -> Result<(Class, Vec<Lesson>), UseCaseError> {
    let user = require_user(actor)?;
    for _ in 0..CONFLICT_RETRIES {
        let seat = taught_now(product, actor, id).await?;
        let class = seat.class.value;
        if let Some(made) = made_before(product, user, &class, key.as_ref()).await? {
            return Ok((class, made));
        }
        let planned = plan(product, &class, &command)?;
        let mut years = load_years(product, &class, &planned).await?;
        for lesson in &planned {
            add(&mut years, lesson)?;
        }
        let mut writes = vec![Write::Check(
            classes::key(id),
            Condition::Version(seat.class.version),
        )];
        writes.extend(changed_years(id, &years, &planned));
        writes.extend(key.as_ref().map(|key| remember(product, user, key, &planned)));
        write_places(product, id, &planned).await?;
        if applied(product, writes).await? {
            return Ok((class, planned));
        }
    }
    Err(TransactError::Conflict.into())
}

fn remember(product: &Product, user: UserId, key: &IdempotencyKey, planned: &[Lesson]) -> Write {
    let made: Vec<String> = planned
        .iter()
        .map(|lesson| format!("{}@{}", lesson.id, lesson.date.year()))
        .collect();
    key.remember(user, SCOPE, &made.join(" "), product.clock.now())
}

async fn made_before(
    product: &Product,
    user: UserId,
    class: &Class,
    key: Option<&IdempotencyKey>,
) -> Result<Option<Vec<Lesson>>, UseCaseError> {
    let Some(key) = key else { return Ok(None) };
    let Some(made) = key.made(product, user, SCOPE).await? else {
        return Ok(None);
    };
    let places = made.split(' ').filter_map(|place| {
        let (id, year) = place.split_once('@')?;
        Some((id.parse::<LessonId>().ok()?, year.parse::<i16>().ok()?))
    });
    let places: Vec<(LessonId, i16)> = places.collect();
    let mut years: Vec<i16> = places.iter().map(|(_, year)| *year).collect();
    years.dedup();
    let found = product.records.timetables(class.id, &years).await?;
    let lesson = |id: &LessonId| found.iter().find_map(|year| year.value.lesson(*id).cloned());
    Ok(Some(places.iter().filter_map(|(id, _)| lesson(id)).collect()))
}

/// The lessons that were asked for.
fn plan(product: &Product, class: &Class, command: &PlanLessons) -> Result<Vec<Lesson>, UseCaseError> {
    let mut fields = Fields::default();
    let date = command.date.clone().or_else(|| match command.opens_at.parse() {
        Ok(LessonTime::Instant(at)) => Some(class.zone.date(at).to_string()),
        _ => None,
    });
    let date = date.unwrap_or_default();
    let times = parse_times(
        &mut fields,
        &date,
        &command.opens_at,
        command.late_after.as_deref(),
        &command.closes_at,
    );
    let title = command.title.as_deref().filter(|title| !title.trim().is_empty());
    let title = fields.optional("title", title.map(|title| name::line(title, 100)));
    fields.finish()?;
    let times = times.ok_or_else(|| UseCaseError::Internal("a refused field was not reported".into()))?;
    let dates = dates_of(class, &times, command.repeat.as_ref())?;
    dates
        .into_iter()
        .map(|date| {
            let (opens_at, late_after, closes_at) = times
                .moved_to(date, &class.zone)
                .pinned_if_single(&times, command.repeat.is_none())
                .instants(&class.zone)
                .map_err(|(field, why)| match command.repeat {
                    Some(_) => UseCaseError::field(field, format!("{why} (on {date})")),
                    None => UseCaseError::field(field, why),
                })?;
            Ok(Lesson {
                id: LessonId::new(product.ids.uuid()),
                date,
                title: title.clone(),
                opens_at,
                late_after,
                closes_at,
                cancelled: None,
            })
        })
        .collect()
}

fn dates_of(class: &Class, times: &Times, repeat: Option<&Repeat>) -> Result<Vec<Date>, UseCaseError> {
    let Some(repeat) = repeat else {
        if let Some(holiday) = class.holiday(times.date) {
            let why = format!("is a holiday: {}", holiday.name);
            return Err(UseCaseError::field("date", why));
        }
        return Ok(vec![times.date]);
    };
    let until = repeat.until.unwrap_or(class.term.ends);
    if until < times.date {
        return Err(UseCaseError::field(
            "repeat.until",
            "must not be before the first lesson",
        ));
    }
    let dates = repeat.dates(times.date, until, &class.holidays);
    if dates.len() > MAX_SERIES {
        let why = format!("gives more than {MAX_SERIES} lessons");
        return Err(UseCaseError::field("repeat.until", why));
    }
    if dates.is_empty() {
        return Err(UseCaseError::field(
            "repeat",
            "gives no lesson: all days are holidays",
        ));
    }
    Ok(dates)
}

impl Times {
    /// A single lesson keeps the instants that were given for it.
    fn pinned_if_single(self, given: &Self, single: bool) -> Self {
        if single { given.clone() } else { self }
    }
}

pub(super) fn parse_times(
    fields: &mut Fields,
    date: &str,
    opens_at: &str,
    late_after: Option<&str>,
    closes_at: &str,
) -> Option<Times> {
    let date = date
        .parse::<Date>()
        .ok()
        .filter(|day| date.len() == 10 && (1970..=2200).contains(&day.year()));
    if date.is_none() {
        fields.refuse("date", "must be a day of the calendar such as 2026-09-01");
    }
    let opens_at = fields.take("opens_at", opens_at.parse::<LessonTime>());
    let late_after = late_after.map(|text| fields.take("late_after", text.parse::<LessonTime>()));
    let closes_at = fields.take("closes_at", closes_at.parse::<LessonTime>());
    Some(Times {
        date: date?,
        opens_at: opens_at?,
        late_after: match late_after {
            Some(given) => Some(given?),
            None => None,
        },
        closes_at: closes_at?,
    })
}

/// Timetables by year.
pub(super) type Years = BTreeMap<i16, Stored<Timetable>>;

/// The timetables that the lessons stand in, and those beside them into which they may reach.
pub(super) async fn load_years(
    product: &Product,
    class: &Class,
    planned: &[Lesson],
) -> Result<Years, UseCaseError> {
    let mut years: Vec<i16> = Vec::new();
    for lesson in planned {
        for days in [-8, 0, 8] {
            years.push(lesson.date.saturating_add(days.days()).year());
        }
    }
    years.sort_unstable();
    years.dedup();
    let found = product.records.timetables(class.id, &years).await?;
    Ok(years.into_iter().zip(found).collect())
}

/// Puts a lesson into its year.
pub(super) fn add(years: &mut Years, lesson: &Lesson) -> Result<(), UseCaseError> {
    let others = years.values().flat_map(|year| &year.value.lessons);
    if lesson.cancelled.is_none()
        && let Some(other) = overlapping(lesson, others)
    {
        let detail = format!(
            "the lesson on {} would be open at the same time as that of {} from {} to {}",
            lesson.date, other.date, other.opens_at, other.closes_at
        );
        return Err(UseCaseError::conflict("lesson_overlaps", detail));
    }
    let year = years
        .get_mut(&lesson.date.year())
        .ok_or_else(|| UseCaseError::Internal("a lesson's year was not loaded".into()))?;
    year.value.insert(lesson.clone());
    if year.value.lessons.len() > MAX_LESSONS_A_YEAR || size(&year.value) > MAX_BODY_BYTES {
        let detail = format!("a class has at most {MAX_LESSONS_A_YEAR} lessons in a year");
        return Err(UseCaseError::conflict("too_many_lessons", detail));
    }
    Ok(())
}

/// About how many bytes a timetable takes, rather more than fewer.
fn size(timetable: &Timetable) -> usize {
    let texts = |lesson: &Lesson| {
        let title = lesson.title.as_ref().map_or(0, String::len);
        let reason = lesson.cancelled.as_ref().map_or(0, String::len);
        240 + 2 * (title + reason)
    };
    timetable.lessons.iter().map(texts).sum()
}

/// The writes that store the years in which lessons stand.
pub(super) fn changed_years(class: ClassId, years: &Years, lessons: &[Lesson]) -> Vec<Write> {
    let mut changed: Vec<i16> = lessons.iter().map(|lesson| lesson.date.year()).collect();
    changed.sort_unstable();
    changed.dedup();
    changed
        .into_iter()
        .filter_map(|year| Some((year, years.get(&year)?)))
        .map(|(year, stored)| lessons::put(class, year, &stored.value, stored.unchanged()))
        .collect()
}

/// Writes down where lessons will be found by their ids, before there are any.
async fn write_places(product: &Product, class: ClassId, planned: &[Lesson]) -> Result<(), UseCaseError> {
    for some in planned.chunks(90) {
        let place = |lesson: &Lesson| {
            let place = Place {
                class,
                year: lesson.date.year(),
            };
            lessons::put_place(lesson.id, place)
        };
        let writes: Vec<Write> = some.iter().map(place).collect();
        product.records.store().transact(writes).await?;
    }
    Ok(())
}

/// The most days that are listed at once.
pub const MAX_DAYS: i64 = 400;

/// The lessons of a class from one day to another, both included; in the order in which they open. The whole
/// term unless said.
///
/// # Errors
/// `NotFound`; `Invalid` for more than [`MAX_DAYS`] days.
pub async fn list_lessons(
    product: &Product,
    actor: &Actor,
    id: ClassId,
    from: Option<Date>,
    to: Option<Date>,
) -> Result<(Class, Vec<Lesson>), UseCaseError> {
    let seat = seat(product, actor, id).await?;
    let class = seat.class.value;
    let (from, to) = (from.unwrap_or(class.term.starts), to.unwrap_or(class.term.ends));
    let found = lessons_between(product, &class, from, to).await?;
    Ok((class, found))
}

/// As [`list_lessons`], for whoever may.
pub(super) async fn lessons_between(
    product: &Product,
    class: &Class,
    from: Date,
    to: Date,
) -> Result<Vec<Lesson>, UseCaseError> {
    if to < from {
        return Err(UseCaseError::field("to", "must not be before from"));
    }
    if from.saturating_add(MAX_DAYS.days()) < to {
        let why = format!("must be at most {MAX_DAYS} days after from");
        return Err(UseCaseError::field("to", why));
    }
    let years: Vec<i16> = (from.year()..=to.year()).collect();
    let timetables = product.records.timetables(class.id, &years).await?;
    Ok(timetables
        .into_iter()
        .flat_map(|year| year.value.lessons)
        .filter(|lesson| (from..=to).contains(&lesson.date))
        .collect())
}
