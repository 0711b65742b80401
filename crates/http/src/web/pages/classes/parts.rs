//! Pieces that the pages of classes and lessons share: states, times, pictures of people.
use crate::web::icons::{Icon, icon};
use crate::web::localizer::Localizer;
use homeroom_core::domain::attendance::AttendanceState;
use jiff::civil::DateTime;
use maud::{Markup, html};

/// When a lesson is, in its class's time zone.
#[derive(Clone, Debug, PartialEq)]
pub struct LessonTimes {
    /// Nothing is taken before.
    pub opens: DateTime,
    /// What arrives after this is late.
    pub late: DateTime,
    /// Nothing is taken from here on.
    pub closes: DateTime,
    /// The zone's name.
    pub zone: String,
}

/// Where a lesson stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Not open yet.
    Upcoming,
    /// What arrives now is on time.
    Open,
    /// What arrives now is late.
    Late,
    /// Over.
    Closed,
    /// It does not take place; why, where that was said.
    Cancelled(String),
    /// The day is free; the holiday's name.
    Holiday(String),
}

/// A lesson in a list.
#[derive(Clone, Debug, PartialEq)]
pub struct LessonLine {
    /// Its page.
    pub url: String,
    /// Where it is changed, for a teacher.
    pub edit_url: Option<String>,
    /// What it is about.
    pub title: Option<String>,
    /// The class's name, where lessons of several classes are listed.
    pub class: Option<String>,
    /// When it is.
    pub times: LessonTimes,
    /// The zone of these times, where it is another than that of the lessons around it.
    pub zone: Option<String>,
    /// Where it stands.
    pub standing: Standing,
    /// The reader's own attendance.
    pub own: Option<AttendanceState>,
    /// How many are in which state, for a teacher once it is open.
    pub counts: Vec<(AttendanceState, u32)>,
}

/// A time of day, as `<time>`.
pub fn time(at: DateTime) -> Markup {
    let text = at.strftime("%H:%M").to_string();
    html! { time datetime=(at.strftime("%Y-%m-%dT%H:%M").to_string()) { bdi { (text) } } }
}

/// In which zone a lesson's times are, where that has to be said.
pub fn zone(line: &LessonLine) -> Markup {
    html! { @if let Some(zone) = &line.zone { " " bdi.other-zone { (zone) } } }
}

/// `08:00–08:15`, with the day of closing when it is another one.
pub fn span(times: &LessonTimes, t: &Localizer) -> Markup {
    html! {
        span.time-span { (time(times.opens)) "–" (time(times.closes)) }
        @if times.opens.date() != times.closes.date() { " " span { (t.day(times.closes.date())) } }
    }
}

/// What somebody's attendance is: a word with a mark of its own, never a colour alone.
pub fn state(state: AttendanceState, t: &Localizer) -> Markup {
    html! {
        span class={ "attendance attendance-" (state.name()) } { (icon(state_icon(state))) span { (t.attendance(state)) } }
    }
}

/// The mark of a state.
pub const fn state_icon(state: AttendanceState) -> Icon {
    match state {
        AttendanceState::Present => Icon::Check,
        AttendanceState::Late => Icon::Clock,
        AttendanceState::Missing => Icon::Warning,
        AttendanceState::Excused => Icon::Info,
        AttendanceState::Absent => Icon::Close,
    }
}

/// Where a lesson stands, in a few words.
pub fn standing(standing: &Standing, t: &Localizer) -> Markup {
    let (class, text) = match standing {
        Standing::Upcoming => ("standing", t.text("lesson-upcoming")),
        Standing::Open => ("standing standing-open", t.text("lesson-open")),
        Standing::Late => ("standing standing-late", t.text("lesson-late")),
        Standing::Closed => ("standing", t.text("lesson-closed")),
        Standing::Cancelled(why) if why.is_empty() => {
            ("standing standing-cancelled", t.text("lesson-cancelled"))
        }
        Standing::Cancelled(why) => (
            "standing standing-cancelled",
            t.with("lesson-cancelled-why", &[("why", why.as_str().into())]),
        ),
        Standing::Holiday(name) => (
            "standing standing-cancelled",
            t.with("lesson-holiday", &[("name", name.as_str().into())]),
        ),
    };
    html! { span class=(class) { (text) } }
}

/// A picture of somebody who has none: the first letters of their name.
pub fn initials(letters: &str) -> Markup {
    html! { span.initials aria-hidden="true" { (letters) } }
}

/// Lessons as rows, with the day of each.
pub fn lessons(lines: &[LessonLine], t: &Localizer) -> Markup {
    html! {
        ul.rows.lessons data-walk {
            @for line in lines { li.row.lesson { (lesson(line, t)) } }
        }
    }
}

fn lesson(line: &LessonLine, t: &Localizer) -> Markup {
    html! {
        a.row-link href=(line.url) data-walk-item {
            span.row-text {
                @match &line.class {
                    Some(class) => span.row-title dir="auto" { (class) },
                    None => span.row-title { (t.weekday(line.times.opens.date())) }
                }
                span.meta {
                    span { (span(&line.times, t)) (zone(line)) }
                    @if let Some(title) = &line.title { span { bdi { (title) } } }
                }
            }
            span.lesson-state {
                @match line.own {
                    Some(own) => (state(own, t)),
                    None => (standing(&line.standing, t)),
                }
                @if !line.counts.is_empty() { (counts(&line.counts, t)) }
            }
        }
        @if let Some(url) = &line.edit_url {
            a.icon-button href=(url) aria-label=(t.with("lesson-edit-label", &[("day", t.day(line.times.opens.date()).into())])) { (icon(Icon::Pencil)) }
        }
    }
}

/// How many are in which state: `24 present · 3 late`.
pub fn counts(counts: &[(AttendanceState, u32)], t: &Localizer) -> Markup {
    html! {
        span.meta.counts {
            @for (state, count) in counts {
                span { (t.with(&format!("count-{}", state.name()), &[("n", (*count).into())])) }
            }
        }
    }
}
