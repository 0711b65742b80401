//! A term at a glance: members by lessons.
use super::overview::Alert;
use crate::web::context::{Chrome, Field};
use crate::web::icons::{Icon, icon};
use crate::web::layout::{Frame, HeaderSearch, document};
use crate::web::localizer::Localizer;
use crate::web::pages::classes::parts;
use crate::web::parts::{self as page_parts, Input, Need};
use homeroom_core::domain::attendance::AttendanceState;
use jiff::civil::Date;
use maud::{Markup, html};

/// What the page shows.
#[derive(Clone, Debug, PartialEq)]
pub struct TermPage {
    /// Around it.
    pub chrome: Chrome,
    /// The class's page.
    pub class_url: String,
    /// The class's name.
    pub class: String,
    /// The first day, with what is wrong with it.
    pub from: Field,
    /// The last day, with what is wrong with it.
    pub to: Field,
    /// The same as a list for spreadsheets.
    pub csv_url: String,
    /// Who has missed too many lessons in a row.
    pub alerts: Vec<Alert>,
    /// In the order in which they open.
    pub lessons: Vec<Column>,
    /// By name.
    pub rows: Vec<TermRow>,
}

/// A lesson's column.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// Its board.
    pub url: String,
    /// Its day.
    pub date: Date,
    /// Whether it does not take place.
    pub cancelled: bool,
}

/// A member's row.
#[derive(Clone, Debug, PartialEq)]
pub struct TermRow {
    /// Who.
    pub name: String,
    /// In the lessons' order; `None` where attendance is not counted.
    pub states: Vec<Option<AttendanceState>>,
}

impl TermRow {
    fn count(&self, state: AttendanceState) -> u64 {
        self.states.iter().filter(|each| **each == Some(state)).count() as u64
    }
}

/// The page.
pub fn page(ctx: &TermPage, t: &Localizer) -> Markup {
    let frame = Frame {
        chrome: &ctx.chrome,
        title: format!("{} · {}", t.text("term-title"), ctx.class),
        class: "page-term",
        search: HeaderSearch::Shown(""),
        scripts: &[],
        words: &[],
    };
    let body = html! {
        a.back-link href=(ctx.class_url) { (icon(Icon::Back)) bdi { (ctx.class) } }
        div.board-head {
            div {
                h1 #term { (t.text("term-title")) }
                p.print-only { bdi { (ctx.from.value) } " – " bdi { (ctx.to.value) } }
            }
            nav.actions aria-label=(t.text("class-pages")) { a.button href=(ctx.csv_url) download { (icon(Icon::Download)) "CSV" } }
        }
        (range(ctx, t))
        @if !ctx.alerts.is_empty() {
            section.alerts aria-labelledby="term-alerts" {
                h2 #term-alerts { (icon(Icon::Warning)) (t.text("alerts-title")) }
                ul { @for alert in &ctx.alerts { li { bdi { (alert.name) } span { (t.with("alert-lessons", &[("n", alert.lessons.into())])) } } } }
            }
        }
        @if ctx.lessons.is_empty() || ctx.rows.is_empty() {
            p.hint { (t.text("term-empty")) }
        } @else {
            (grid(ctx, t))
            p.legend { @for state in AttendanceState::ALL { span { span class={ "cell-key cell-" (state.name()) } { (letter(state, t)) } (t.attendance(state)) } } }
        }
    };
    document(&frame, &body, t)
}

fn range(ctx: &TermPage, t: &Localizer) -> Markup {
    let input = |name, label: &str| Input {
        name,
        label: t.text(label),
        hint: None,
        kind: "date",
        autocomplete: "off",
        need: Need::Required,
        max: 10,
    };
    html! {
        form.range method="get" action={ (ctx.class_url) "/term" } {
            (page_parts::input(&input("from", "term-from"), &ctx.from))
            (page_parts::input(&input("to", "term-to"), &ctx.to))
            button.button { (t.text("term-show")) }
        }
    }
}

fn grid(ctx: &TermPage, t: &Localizer) -> Markup {
    html! {
        div.grid-scroll tabindex="0" role="region" aria-labelledby="term" {
            table.term-grid {
                thead {
                    tr {
                        th.corner scope="col" { (t.text("member-name")) }
                        @for lesson in &ctx.lessons { th scope="col" class=[lesson.cancelled.then_some("cancelled")] { (heading(lesson, t)) } }
                        @for state in AttendanceState::ALL { th.total scope="col" { span aria-hidden="true" { (letter(state, t)) } span.visually-hidden { (t.attendance(state)) } } }
                    }
                }
                tbody {
                    @for row in &ctx.rows {
                        tr {
                            th scope="row" dir="auto" { (row.name) }
                            @for state in &row.states { (cell(*state, t)) }
                            @for state in AttendanceState::ALL { td.total { (t.number(row.count(state))) } }
                        }
                    }
                }
            }
        }
    }
}

fn heading(lesson: &Column, t: &Localizer) -> Markup {
    let short = format!("{}.{}", lesson.date.day(), lesson.date.month());
    html! {
        a href=(lesson.url) { bdi { (short) } span.visually-hidden { " " (t.weekday(lesson.date)) } }
        @if lesson.cancelled { span.visually-hidden { (t.text("lesson-cancelled")) } }
    }
}

fn cell(state: Option<AttendanceState>, t: &Localizer) -> Markup {
    html! {
        @match state {
            Some(state) => td class={ "cell-" (state.name()) } { abbr title=(t.attendance(state)) { (letter(state, t)) } },
            None => td { span aria-hidden="true" { "·" } }
        }
    }
}

fn letter(state: AttendanceState, t: &Localizer) -> String {
    t.text(&format!("letter-{}", state.name()))
}

/// The sign of a state, where a word has no room.
pub fn sign(state: AttendanceState, t: &Localizer) -> Markup {
    html! { span class={ "attendance attendance-" (state.name()) } { (icon(parts::state_icon(state))) span.visually-hidden { (t.attendance(state)) } } }
}
