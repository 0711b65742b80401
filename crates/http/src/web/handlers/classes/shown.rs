//! Lessons as pages show them: in their class's time zone, with where they stand.
use crate::web::handlers::visitor::Visitor;
use crate::web::pages::classes::parts::{LessonLine, LessonTimes, Standing};
use homeroom_core::domain::attendance::AttendanceState;
use homeroom_core::domain::class::{Class, Zone};
use homeroom_core::domain::lesson::{Lesson, Phase};
use homeroom_core::usecases::UseCaseError;
use homeroom_core::usecases::classes::calendar::{CalendarEntry, read_calendar};
use homeroom_core::usecases::classes::plan_lessons::list_lessons;
use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use std::collections::BTreeMap;

/// Makes what pages show of lessons.
pub(in crate::web::handlers) struct Shown;

/// An instant as clocks in a zone show it.
pub(in crate::web::handlers) fn local(at: Timestamp, zone: &Zone) -> DateTime {
    at.to_zoned(zone.rules()).datetime()
}

/// When a lesson is, in its class's zone.
pub(in crate::web::handlers) fn times(lesson: &Lesson, class: &Class) -> LessonTimes {
    LessonTimes {
        opens: local(lesson.opens_at, &class.zone),
        late: local(lesson.late_after, &class.zone),
        closes: local(lesson.closes_at, &class.zone),
        zone: class.zone.name().to_owned(),
    }
}

/// Where a lesson stands.
pub(in crate::web::handlers) fn standing(lesson: &Lesson, class: &Class, now: Timestamp) -> Standing {
    if let Some(why) = &lesson.cancelled {
        return Standing::Cancelled(why.clone());
    }
    if let Some(holiday) = class.holiday(lesson.date) {
        return Standing::Holiday(holiday.name.clone());
    }
    match lesson.phase(now) {
        Phase::Before => Standing::Upcoming,
        Phase::OnTime => Standing::Open,
        Phase::Late => Standing::Late,
        Phase::Closed => Standing::Closed,
    }
}

/// The first letters of the first and the last word of a name.
pub(in crate::web::handlers) fn initials(name: &str) -> String {
    let mut words = name.split_whitespace().filter_map(|word| word.chars().next());
    let first = words.next();
    first.into_iter().chain(words.next_back()).collect()
}

fn counts(counts: Option<BTreeMap<AttendanceState, u32>>) -> Vec<(AttendanceState, u32)> {
    counts.unwrap_or_default().into_iter().collect()
}

impl Shown {
    /// The lessons of a class from one day to another, with what the visitor may know of attendance.
    pub async fn of_class(
        visitor: &Visitor,
        class: &Class,
        from: Date,
        to: Date,
    ) -> Result<Vec<LessonLine>, UseCaseError> {
        let (product, actor) = (&visitor.app.product, visitor.actor());
        let now = product.clock.now();
        if class.archived {
            let (_, lessons) = list_lessons(product, &actor, class.id, Some(from), Some(to)).await?;
            return Ok(lessons.iter().map(|lesson| line(lesson, class, now)).collect());
        }
        let calendar = read_calendar(product, &actor, from, to).await?;
        let of_class = calendar
            .entries
            .into_iter()
            .filter(|entry| entry.class.id == class.id);
        Ok(of_class.map(|entry| Self::of_entry(entry, now)).collect())
    }

    /// A lesson of a calendar.
    pub fn of_entry(entry: CalendarEntry, now: Timestamp) -> LessonLine {
        LessonLine {
            edit_url: entry
                .teaches
                .then(|| format!("/lessons/{}/edit", entry.lesson.id)),
            own: entry.own,
            counts: counts(entry.counts),
            ..line(&entry.lesson, &entry.class, now)
        }
    }
}

fn line(lesson: &Lesson, class: &Class, now: Timestamp) -> LessonLine {
    LessonLine {
        url: format!("/lessons/{}", lesson.id),
        edit_url: None,
        title: lesson.title.clone(),
        class: None,
        times: times(lesson, class),
        zone: None,
        standing: standing(lesson, class, now),
        own: None,
        counts: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_are_of_the_first_and_the_last_name() {
        assert_eq!(initials("Adam Cohen"), "AC");
        assert_eq!(initials("  Maria del Carmen Ruiz "), "MR");
        assert_eq!(initials("דנה מזרחי"), "דמ");
        assert_eq!(initials("Yael"), "Y");
        assert_eq!(initials(""), "");
    }
}
