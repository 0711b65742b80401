//! The calendar: one's lessons by month, week, day, or one after the other.
use crate::web::context::{Choice, Chrome};
use crate::web::icons::{Icon, icon};
use crate::web::layout::{Frame, HeaderSearch, document};
use crate::web::localizer::{Localizer, WEEKDAYS};
use crate::web::pages::classes::parts::{self as class_parts, LessonLine, Standing, lessons};
use crate::web::pages::classes::term::sign;
use crate::web::parts;
use jiff::civil::Date;
use maud::{Markup, html};

/// What the page shows.
#[derive(Clone, Debug, PartialEq)]
pub struct CalendarPage {
    /// Around it.
    pub chrome: Chrome,
    /// How it is laid out.
    pub layout: CalendarLayout,
    /// Above it.
    pub title: String,
    /// What comes before, and after.
    pub previous_url: String,
    /// What comes after.
    pub next_url: String,
    /// The same around today.
    pub today_url: String,
    /// The other layouts.
    pub views: Vec<ViewLink>,
    /// The days, in order; without gaps for a month, beginning with its first week.
    pub days: Vec<Day>,
    /// Whether there is a private link.
    pub has_feed: bool,
    /// A private link that was made now: shown this once.
    pub new_feed: Option<String>,
}

/// How a calendar is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CalendarLayout {
    /// A grid of weeks.
    Month,
    /// Days one below the other.
    Days,
}

/// A layout to choose.
#[derive(Clone, Debug, PartialEq)]
pub struct ViewLink {
    /// `month`, `week` or `agenda`.
    pub name: &'static str,
    /// The page so laid out.
    pub url: String,
    /// Whether it is so now.
    pub choice: Choice,
}

/// A day with its lessons.
#[derive(Clone, Debug, PartialEq)]
pub struct Day {
    /// Which.
    pub date: Date,
    /// Whether it is today.
    pub today: bool,
    /// Whether it belongs to the month that is shown.
    pub inside: bool,
    /// In the order in which they open.
    pub lessons: Vec<LessonLine>,
}

/// The page.
pub fn page(ctx: &CalendarPage, t: &Localizer) -> Markup {
    let frame = Frame {
        chrome: &ctx.chrome,
        title: format!("{} · {}", t.text("nav-calendar"), ctx.title),
        class: "page-calendar",
        search: HeaderSearch::Shown(""),
        scripts: &["js/copy-link.js"],
        words: &[("copied", &[])],
    };
    let body = html! {
        div.board-head {
            h1 #calendar { (ctx.title) }
            nav.actions aria-label=(t.text("calendar-move")) {
                a.icon-button href=(ctx.previous_url) rel="prev" aria-label=(t.text("calendar-before")) { (icon(Icon::Back)) }
                a.button href=(ctx.today_url) { (t.text("calendar-today")) }
                a.icon-button href=(ctx.next_url) rel="next" aria-label=(t.text("calendar-after")) { (icon(Icon::Forward)) }
            }
        }
        nav.orders aria-label=(t.text("calendar-views")) {
            @for view in &ctx.views {
                a href=(view.url) aria-current=[(view.choice == Choice::Chosen).then_some("page")] { (t.text(&format!("calendar-{}", view.name))) }
            }
        }
        @match ctx.layout {
            CalendarLayout::Month => (month(ctx, t)),
            CalendarLayout::Days => (days(ctx, t)),
        }
        (feed(ctx, t))
    };
    document(&frame, &body, t)
}

fn month(ctx: &CalendarPage, t: &Localizer) -> Markup {
    html! {
        table.month aria-labelledby="calendar" {
            thead {
                tr {
                    @for day in ctx.days.iter().take(7) {
                        th scope="col" {
                            span.weekday-long { (t.text(WEEKDAYS[usize::from(day.date.weekday().to_monday_zero_offset().unsigned_abs())])) }
                            span.weekday-short aria-hidden="true" { (t.short_weekday(day.date)) }
                        }
                    }
                }
            }
            tbody { @for week in ctx.days.chunks(7) { tr { @for day in week { (month_day(day, t)) } } } }
        }
    }
}

fn month_day(day: &Day, t: &Localizer) -> Markup {
    let class = if day.inside {
        "month-day"
    } else {
        "month-day month-outside"
    };
    html! {
        td class=(class) {
            a.month-number href={ "/view/" (day.date) } aria-current=[day.today.then_some("date")] aria-label=(t.weekday(day.date)) { (day.date.day()) }
            @for lesson in &day.lessons {
                a.month-lesson href=(lesson.url) {
                    @match lesson.own { Some(own) => (sign(own, t)), None => (mark(&lesson.standing, t)) }
                    span.month-text { (class_parts::time(lesson.times.opens)) " " bdi { (lesson.class.as_deref().unwrap_or_default()) } (class_parts::zone(lesson)) }
                }
            }
        }
    }
}

fn mark(standing: &Standing, t: &Localizer) -> Markup {
    let (class, key) = match standing {
        Standing::Upcoming => ("month-mark", "lesson-upcoming"),
        Standing::Open => ("month-mark month-mark-open", "lesson-open"),
        Standing::Late => ("month-mark month-mark-open", "lesson-late"),
        Standing::Closed => ("month-mark month-mark-over", "lesson-closed"),
        Standing::Cancelled(_) | Standing::Holiday(_) => ("month-mark month-mark-off", "lesson-cancelled"),
    };
    html! { span class=(class) { span.visually-hidden { (t.text(key)) } } }
}

fn days(ctx: &CalendarPage, t: &Localizer) -> Markup {
    html! {
        @if ctx.days.is_empty() { p.hint { (t.text("lessons-none-next")) } }
        @for day in &ctx.days {
            section.agenda-day {
                h2 class=[day.today.then_some("agenda-today")] { a href={ "/view/" (day.date) } { (t.weekday(day.date)) } }
                @if day.lessons.is_empty() { p.hint { (t.text("calendar-free")) } } @else { (lessons(&day.lessons, t)) }
            }
        }
    }
}

fn feed(ctx: &CalendarPage, t: &Localizer) -> Markup {
    let csrf = ctx.chrome.csrf();
    html! {
        details.panel #feed open[ctx.new_feed.is_some()] {
            summary { h2 { (t.text("feed-title")) } }
            p.hint { (t.text("feed-hint")) }
            @if let Some(url) = &ctx.new_feed {
                div.copy-row data-copy {
                    input readonly value=(url) dir="ltr" aria-label=(t.text("feed-title"));
                    button.icon-button type="button" data-copy-go hidden aria-label=(t.text("copy")) { (icon(Icon::Link)) }
                }
                p.hint { strong { (t.text("shown-once")) } }
            } @else if ctx.has_feed {
                p { (t.text("feed-there")) }
            }
            div.form-actions {
                form method="post" action="/calendar/feed" { (parts::csrf_field(csrf)) input type="hidden" name="make" value="yes"; button.button { (t.text(if ctx.has_feed { "feed-replace" } else { "feed-make" })) } }
                @if ctx.has_feed {
                    form method="post" action="/calendar/feed" { (parts::csrf_field(csrf)) input type="hidden" name="make" value="no"; button.button.button-danger { (t.text("feed-revoke")) } }
                }
            }
        }
    }
}
