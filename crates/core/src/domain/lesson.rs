//! Lessons: when a class collects videos, in its own time zone, across changes of the clocks.
use super::attendance::{AttendanceState, SheetEntry};
use super::class::{Class, Holiday, Zone};
use super::ids::LessonId;
use super::name::TextError;
use super::roster::Member;
use jiff::civil::{Date, DateTime, Time, Weekday};
use jiff::tz::{AmbiguousOffset, Disambiguation};
use jiff::{SignedDuration, Timestamp, ToSpan};
use std::str::FromStr;

/// The most lessons of one series.
pub const MAX_SERIES: usize = 400;
/// The most lessons of a class in one calendar year.
pub const MAX_LESSONS_A_YEAR: usize = 1_200;
/// The longest time from opening to closing.
pub const LONGEST: SignedDuration = SignedDuration::from_hours(7 * 24);

/// One class on one date.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Lesson {
    /// Which.
    pub id: LessonId,
    /// In the class's time zone; the day on which it opens.
    pub date: Date,
    /// At most 100 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Nothing is taken before.
    pub opens_at: Timestamp,
    /// What arrives after this is late.
    pub late_after: Timestamp,
    /// Nothing is taken from here on.
    pub closes_at: Timestamp,
    /// Why it does not take place, if it does not; may be empty, at most 200 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cancelled: Option<String>,
}

/// Where a lesson stands at an instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Not open yet.
    Before,
    /// What arrives now is on time.
    OnTime,
    /// What arrives now is late.
    Late,
    /// Over.
    Closed,
}

impl Phase {
    /// The stable name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Before => "upcoming",
            Self::OnTime => "open",
            Self::Late => "late",
            Self::Closed => "closed",
        }
    }
}

impl Lesson {
    /// Where it stands.
    pub fn phase(&self, now: Timestamp) -> Phase {
        if now < self.opens_at {
            Phase::Before
        } else if now >= self.closes_at {
            Phase::Closed
        } else if now > self.late_after {
            Phase::Late
        } else {
            Phase::OnTime
        }
    }

    /// Whether it takes place: neither cancelled nor on a holiday.
    pub fn takes_place(&self, class: &Class) -> bool {
        self.cancelled.is_none() && class.holiday(self.date).is_none()
    }

    /// Whether attendance at it is counted at an instant: it took place and is over.
    pub fn counts(&self, class: &Class, now: Timestamp) -> bool {
        self.takes_place(class) && self.phase(now) == Phase::Closed
    }

    /// Whether it is any of a member's: it had not closed when they came, or something is noted of them all the same.
    pub fn concerns(&self, member: &Member, entry: SheetEntry) -> bool {
        self.closes_at > member.joined_at || entry.is_said()
    }

    /// What a member's attendance at it counts as at an instant. `None` where it does not count: it does not take
    /// place, was none of theirs, or is not over and nothing is noted of them yet.
    pub fn counted(
        &self,
        class: &Class,
        member: &Member,
        entry: SheetEntry,
        now: Timestamp,
    ) -> Option<AttendanceState> {
        let is_settled = self.counts(class, now) || self.takes_place(class) && entry.is_said();
        (is_settled && self.concerns(member, entry)).then(|| entry.state())
    }

    /// From when on what arrives is late, once opening and closing were changed and nobody has said: it moves along
    /// with a lesson that moves as a whole; else it stays where it is as long as that is inside, and is otherwise as
    /// long after the opening as before, closing at the latest.
    pub fn late_after_moved(&self, opens_at: Timestamp, closes_at: Timestamp) -> Timestamp {
        let by = opens_at.duration_since(self.opens_at);
        let is_whole = closes_at.duration_since(self.closes_at) == by;
        if !is_whole && (opens_at..=closes_at).contains(&self.late_after) {
            return self.late_after;
        }
        let along = self.late_after.checked_add(by).unwrap_or(closes_at);
        along.max(opens_at).min(closes_at.max(opens_at))
    }

    fn overlaps(&self, other: &Self) -> bool {
        self.opens_at < other.closes_at && other.opens_at < self.closes_at
    }
}

/// A time of a lesson as it is given: of the day in the class's zone, or an instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LessonTime {
    /// On the lesson's date.
    Local(Time),
    /// Whenever.
    Instant(Timestamp),
}

impl FromStr for LessonTime {
    type Err = TextError;

    /// `08:00` or `08:00:30` in the class's time zone, or RFC 3339 with an offset.
    fn from_str(text: &str) -> Result<Self, TextError> {
        const FORM: TextError =
            TextError::Form("must be a time of day such as 08:15, or an instant as in RFC 3339");
        if text.len() > 40 {
            return Err(FORM);
        }
        if text.contains(['T', 't', ' ']) {
            return text.parse().map(Self::Instant).map_err(|_| FORM);
        }
        let is_time = text.len() >= 5 && text.as_bytes()[2] == b':';
        is_time
            .then(|| text.parse().map(Self::Local).ok())
            .flatten()
            .ok_or(FORM)
    }
}

impl LessonTime {
    /// By how much a time on a date is moved on because the clocks skip it; zero for others.
    fn skipped(self, date: Date, zone: &Zone) -> SignedDuration {
        let Self::Local(time) = self else {
            return SignedDuration::ZERO;
        };
        match zone
            .rules()
            .to_ambiguous_timestamp(DateTime::from_parts(date, time))
            .offset()
        {
            AmbiguousOffset::Gap { before, after } => after.duration_since(before),
            _ => SignedDuration::ZERO,
        }
    }

    /// The instant on a date. A time that the clocks skip is moved on by as much as they skip; one
    /// that comes twice is the first (RFC 5545 §3.3.5).
    fn on(self, date: Date, zone: &Zone) -> Option<Timestamp> {
        match self {
            Self::Instant(at) => Some(at),
            Self::Local(time) => {
                let local = DateTime::from_parts(date, time);
                let zoned = zone
                    .rules()
                    .into_ambiguous_zoned(local)
                    .disambiguate(Disambiguation::Compatible);
                zoned.ok().map(|zoned| zoned.timestamp())
            }
        }
    }

    /// The same time of day, for another date.
    fn of_day(self, zone: &Zone) -> Self {
        match self {
            Self::Instant(at) => Self::Local(at.to_zoned(zone.rules()).time()),
            local @ Self::Local(_) => local,
        }
    }
}

/// When a lesson is to be.
#[derive(Clone, Debug)]
pub struct Times {
    /// In the class's time zone.
    pub date: Date,
    /// When it opens.
    pub opens_at: LessonTime,
    /// From when on it is late; when it closes, unless said.
    pub late_after: Option<LessonTime>,
    /// When it closes.
    pub closes_at: LessonTime,
}

/// What is wrong with the times of a lesson: the field, and why.
pub type TimesError = (&'static str, &'static str);

impl Times {
    /// The instants of opening, lateness and closing. Where the clocks skip the opening, the times of day after it move
    /// on with it, so that the lesson is as long as on any other day.
    ///
    /// # Errors
    /// Names the field that does not fit.
    pub fn instants(&self, zone: &Zone) -> Result<(Timestamp, Timestamp, Timestamp), TimesError> {
        let skipped = self.opens_at.skipped(self.date, zone);
        let instant = |time: LessonTime| time.on(self.date, zone).ok_or(("date", "is beyond the calendar"));
        let opens = instant(self.opens_at)?;
        let along = |time: LessonTime| {
            // What is skipped itself has been moved already.
            let by = match time {
                LessonTime::Local(_) => skipped - time.skipped(self.date, zone),
                LessonTime::Instant(_) => SignedDuration::ZERO,
            };
            let moved = instant(time)?.checked_add(by);
            moved.map_err(|_| ("date", "is beyond the calendar"))
        };
        let (late, closes) = (
            along(self.late_after.unwrap_or(self.closes_at))?,
            along(self.closes_at)?,
        );
        if zone.date(opens) != self.date {
            return Err(("opens_at", "is on another day than the lesson"));
        }
        if closes <= opens {
            return Err(("closes_at", "must be after it opens"));
        }
        if closes.duration_since(opens) > LONGEST {
            return Err(("closes_at", "must be at most seven days after it opens"));
        }
        if !(opens..=closes).contains(&late) {
            return Err(("late_after", "must be between opening and closing"));
        }
        Ok((opens, late, closes))
    }

    /// The same times of day on another date.
    #[must_use]
    pub fn moved_to(&self, date: Date, zone: &Zone) -> Self {
        Self {
            date,
            opens_at: self.opens_at.of_day(zone),
            late_after: self.late_after.map(|time| time.of_day(zone)),
            closes_at: self.closes_at.of_day(zone),
        }
    }
}

/// How a lesson repeats, week by week.
#[derive(Clone, Debug, Default)]
pub struct Repeat {
    /// On which days; that of the first lesson, unless said.
    pub weekdays: Vec<Weekday>,
    /// The last day on which there may be one.
    pub until: Option<Date>,
}

impl Repeat {
    /// The dates from `first` on, without holidays, at most [`MAX_SERIES`] and one more.
    pub fn dates(&self, first: Date, until: Date, holidays: &[Holiday]) -> Vec<Date> {
        let is_holiday = |date: &Date| {
            holidays
                .iter()
                .any(|holiday| (holiday.from..=holiday.to).contains(date))
        };
        let wanted = |date: &Date| {
            *date == first
                || self.weekdays.is_empty() && date.weekday() == first.weekday()
                || self.weekdays.contains(&date.weekday())
        };
        first
            .series(1.day())
            .take_while(|date| *date <= until)
            .filter(wanted)
            .filter(|date| !is_holiday(date))
            .take(MAX_SERIES + 1)
            .collect()
    }
}

/// The first lesson among `others` during which `lesson` would be open; what is cancelled is in nobody's way.
pub fn overlapping<'a>(lesson: &Lesson, others: impl IntoIterator<Item = &'a Lesson>) -> Option<&'a Lesson> {
    others
        .into_iter()
        .find(|other| other.id != lesson.id && other.cancelled.is_none() && other.overlaps(lesson))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::attendance::MarkState;
    use crate::domain::ids::{MemberId, UserId};
    use crate::domain::roster::{Noted, Source};
    use jiff::civil::date;

    fn times(day: Date, opens: &str, late: &str, closes: &str) -> Times {
        Times {
            date: day,
            opens_at: opens.parse().unwrap(),
            late_after: Some(late.parse().unwrap()),
            closes_at: closes.parse().unwrap(),
        }
    }

    #[test]
    fn lateness_moves_with_its_lesson_or_stays_inside_it() {
        let at = |minute: i64| Timestamp::from_second(minute * 60).unwrap();
        let lesson = Lesson {
            id: LessonId::new(uuid::Uuid::nil()),
            date: jiff::civil::date(1970, 1, 1),
            title: None,
            opens_at: at(480),
            late_after: at(485),
            closes_at: at(495),
            cancelled: None,
        };
        for (opens, closes, late, why) in [
            (540, 555, 545, "all of it an hour later"),
            (483, 498, 488, "all of it, although it would fit where it was"),
            (480, 510, 485, "open for longer"),
            (482, 495, 485, "opens later, before it"),
            (490, 510, 495, "opens after it"),
            (490, 493, 493, "opens after it, and not for long"),
            (480, 483, 483, "closes before it"),
            (300, 310, 305, "earlier and shorter"),
        ] {
            assert_eq!(lesson.late_after_moved(at(opens), at(closes)), at(late), "{why}");
        }
    }

    #[test]
    fn what_closed_before_a_member_came_counts_only_when_something_is_noted() {
        let at = |minute: i64| Timestamp::from_second(minute * 60).unwrap();
        let class = Class::sample(UserId::new(uuid::Uuid::nil()));
        let lesson = Lesson {
            id: LessonId::new(uuid::Uuid::nil()),
            date: date(1970, 1, 1),
            title: None,
            opens_at: at(480),
            late_after: at(485),
            closes_at: at(495),
            cancelled: None,
        };
        let member = |minute| Member {
            id: MemberId::new(uuid::Uuid::nil()),
            name: "Ada".into(),
            login: None,
            student_number: None,
            user: None,
            source: Source::Joined,
            joined_at: at(minute),
            left_at: None,
            noted: Noted::Nothing,
        };
        let nothing = SheetEntry::default();
        let excused = SheetEntry {
            mark: Some(MarkState::Excused),
            ..nothing
        };
        let cancelled = Lesson {
            cancelled: Some(String::new()),
            ..lesson.clone()
        };
        let counted =
            |lesson: &Lesson, joined, entry, now| lesson.counted(&class, &member(joined), entry, at(now));
        for (joined, entry, now, expected) in [
            (494, nothing, 494, None),
            (494, nothing, 495, Some(AttendanceState::Missing)),
            (495, nothing, 600, None),
            (495, excused, 600, Some(AttendanceState::Excused)),
            (400, excused, 450, Some(AttendanceState::Excused)),
        ] {
            assert_eq!(counted(&lesson, joined, entry, now), expected, "{joined} {now}");
            assert_eq!(counted(&cancelled, joined, entry, now), None, "{joined} {now}");
        }
        assert!(!lesson.concerns(&member(495), nothing));
        assert!(lesson.concerns(&member(494), nothing));
    }

    #[test]
    fn a_weekly_lesson_keeps_its_time_of_day_when_the_clocks_change() {
        let berlin = Zone::parse("Europe/Berlin").unwrap();
        let first = times(date(2026, 10, 19), "08:00", "08:10", "08:15");
        let opens = |day| {
            first
                .moved_to(day, &berlin)
                .instants(&berlin)
                .unwrap()
                .0
                .to_string()
        };
        assert_eq!(opens(date(2026, 10, 19)), "2026-10-19T06:00:00Z");
        assert_eq!(opens(date(2026, 10, 26)), "2026-10-26T07:00:00Z");
    }

    #[test]
    fn a_time_that_the_clocks_skip_or_repeat_is_decided() {
        let berlin = Zone::parse("Europe/Berlin").unwrap();
        let skipped = times(date(2026, 3, 29), "02:30", "02:45", "04:00").instants(&berlin);
        assert_eq!(skipped.unwrap().0.to_string(), "2026-03-29T01:30:00Z");
        // 02:00 to 03:00 does not exist on that day; 30 minutes stay 30 minutes.
        for (opens, late, closes, lasts) in [
            ("02:40", "02:50", "03:10", 30),
            ("02:10", "02:20", "02:50", 40),
            ("02:40", "03:00", "03:00", 20),
        ] {
            let (opens, late, closes) = times(date(2026, 3, 29), opens, late, closes)
                .instants(&berlin)
                .unwrap();
            assert_eq!(closes.duration_since(opens), SignedDuration::from_mins(lasts));
            assert!(opens < late && late <= closes);
        }
        let pinned = times(
            date(2026, 3, 29),
            "02:30",
            "2026-03-29T01:40:00Z",
            "2026-03-29T02:00:00Z",
        );
        assert_eq!(
            pinned.instants(&berlin).unwrap().2.to_string(),
            "2026-03-29T02:00:00Z"
        );
        let twice = times(date(2026, 10, 25), "02:30", "03:10", "03:15").instants(&berlin);
        assert_eq!(twice.unwrap().0.to_string(), "2026-10-25T00:30:00Z");
    }

    #[test]
    fn times_that_do_not_fit_name_their_field() {
        let utc = Zone::default();
        let wrong = |late: &str, closes: &str| {
            times(date(2026, 5, 4), "08:00", late, closes)
                .instants(&utc)
                .unwrap_err()
                .0
        };
        assert_eq!(wrong("08:00", "08:00"), "closes_at");
        assert_eq!(wrong("08:05", "07:00"), "closes_at");
        assert_eq!(wrong("07:59", "08:15"), "late_after");
        assert_eq!(wrong("08:16", "08:15"), "late_after");
        assert_eq!(wrong("08:16", "2026-05-12T08:15:00Z"), "closes_at");
        let elsewhere = times(date(2026, 5, 4), "2026-05-05T08:00:00Z", "08:05", "08:15");
        assert_eq!(elsewhere.instants(&utc).unwrap_err().0, "opens_at");
    }

    #[test]
    fn a_series_leaves_out_holidays_and_ends() {
        let holiday = Holiday {
            from: date(2026, 5, 11),
            to: date(2026, 5, 13),
            name: "break".into(),
        };
        let twice_a_week = Repeat {
            weekdays: vec![Weekday::Monday, Weekday::Thursday],
            until: None,
        };
        let dates = twice_a_week.dates(date(2026, 5, 4), date(2026, 5, 18), &[holiday]);
        let expected = [(5, 4), (5, 7), (5, 14), (5, 18)];
        assert_eq!(dates, expected.map(|(month, day)| date(2026, month, day)));
    }
}
