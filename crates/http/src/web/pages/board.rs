//! The day board: every member of a class at one lesson, what came from them, and what is said of it.
//!
//! `js/board.js` keeps it live: it fetches [`rows`] again whenever the lesson's events say so, and puts in
//! cell by cell what has changed (`data-cell`), so that a video that plays and a comment that is being
//! typed stay.
use crate::web::context::{Choice, Chrome};
use crate::web::icons::{Icon, icon};
use crate::web::layout::{Frame, HeaderSearch, Word, document};
use crate::web::localizer::Localizer;
use crate::web::pages::beside_board::{self, EntryBeside};
use crate::web::pages::classes::parts::{self as class_parts, LessonTimes, Standing};
use crate::web::parts;
use homeroom_core::domain::attendance::{AttendanceState, Verdict};
use jiff::civil::DateTime;
use maud::{Markup, html};

/// What the page shows.
#[derive(Clone, Debug, PartialEq)]
pub struct BoardPage {
    /// Around it.
    pub chrome: Chrome,
    /// This page, below which its forms are posted.
    pub url: String,
    /// The class's page.
    pub class_url: String,
    /// The class's name.
    pub class: String,
    /// What the lesson is about.
    pub title: Option<String>,
    /// When it is.
    pub times: LessonTimes,
    /// Where it stands.
    pub standing: Standing,
    /// The class's lesson before this one.
    pub previous: Option<String>,
    /// The class's lesson after this one.
    pub next: Option<String>,
    /// Where scripts are told of changes.
    pub events_url: String,
    /// The board as a list for spreadsheets.
    pub csv_url: String,
    /// What the rows are.
    pub board: BoardRows,
    /// What came by the function URL on this day.
    pub beside: Vec<EntryBeside>,
}

/// The part that changes while one looks.
#[derive(Clone, Debug, PartialEq)]
pub struct BoardRows {
    /// Moves on with every change.
    pub revision: u64,
    /// Where this part is fetched by itself.
    pub rows_url: String,
    /// Where marks are posted.
    pub marks_url: String,
    /// The token of its forms.
    pub csrf: String,
    /// How many there are in all.
    pub total: u64,
    /// Everybody, then each state, with how many are in it.
    pub filters: Vec<Filter>,
    /// In which order.
    pub orders: Vec<Order>,
    /// Members, as filtered and ordered.
    pub rows: Vec<Row>,
}

/// Members in one state, or all.
#[derive(Clone, Debug, PartialEq)]
pub struct Filter {
    /// Which; `None` for all.
    pub state: Option<AttendanceState>,
    /// How many.
    pub count: u64,
    /// The board so filtered.
    pub url: String,
    /// Whether it is so now.
    pub choice: Choice,
}

/// An order of the rows.
#[derive(Clone, Debug, PartialEq)]
pub struct Order {
    /// `name`, `state` or `time`.
    pub name: &'static str,
    /// The board so ordered.
    pub url: String,
    /// Whether it is so now.
    pub choice: Choice,
}

/// A member's row.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// The member's id.
    pub member: String,
    /// As the list says.
    pub name: String,
    /// The first letters of the name.
    pub initials: String,
    /// What the attendance is.
    pub state: AttendanceState,
    /// Why, where a teacher has said so.
    pub reason: Option<String>,
    /// Whether a teacher's word can be taken back.
    pub marked: bool,
    /// Absences in a row, where there are too many.
    pub alert: Option<u32>,
    /// What came.
    pub video: Option<Video>,
}

/// A member's video.
#[derive(Clone, Debug, PartialEq)]
pub struct Video {
    /// The submission below which forms are posted.
    pub url: String,
    /// Where it plays, while it is kept.
    pub src: Option<String>,
    /// Its still.
    pub poster: Option<String>,
    /// What its member calls it.
    pub title: String,
    /// What its member says of it.
    pub description: String,
    /// When it was received.
    pub received: DateTime,
    /// How many minutes late.
    pub minutes_late: Option<u64>,
    /// In milliseconds.
    pub duration_ms: Option<u64>,
    /// In bytes.
    pub size: u64,
    /// What a teacher thinks of it.
    pub review: Option<(Verdict, String)>,
}

const WORDS: &[Word] = &[
    ("board-arrived", &["name"]),
    ("board-live", &[]),
    ("board-away", &[]),
    ("board-saved", &["name"]),
    ("problem-unknown", &[]),
];

/// The page.
pub fn page(ctx: &BoardPage, t: &Localizer) -> Markup {
    let day = t.weekday(ctx.times.opens.date());
    let frame = Frame {
        chrome: &ctx.chrome,
        title: format!("{} · {day}", ctx.class),
        class: "page-board",
        search: HeaderSearch::Shown(""),
        scripts: &["js/board.js"],
        words: WORDS,
    };
    let body = html! {
        a.back-link href=(ctx.class_url) { (icon(Icon::Back)) bdi { (ctx.class) } }
        div.board-head {
            div {
                h1 { (day) }
                p.meta {
                    span { (class_parts::span(&ctx.times, t)) } span { (ctx.times.zone) }
                    @if let Some(title) = &ctx.title { span { bdi { (title) } } }
                    span { (class_parts::standing(&ctx.standing, t)) }
                    span.board-live data-board-live role="status" {}
                }
            }
            nav.actions aria-label=(t.text("board-actions")) {
                @if let Some(url) = &ctx.previous { a.icon-button href=(url) rel="prev" aria-label=(t.text("lesson-previous")) { (icon(Icon::Back)) } }
                @if let Some(url) = &ctx.next { a.icon-button href=(url) rel="next" aria-label=(t.text("lesson-next")) { (icon(Icon::Forward)) } }
                a.icon-button href={ (ctx.url) "/edit" } aria-label=(t.text("lesson-edit")) { (icon(Icon::Pencil)) }
                a.button href=(ctx.csv_url) download { (icon(Icon::Download)) "CSV" }
                button.button type="button" data-print hidden { (icon(Icon::Print)) (t.text("print")) }
            }
        }
        div data-board-page data-events=(ctx.events_url) { (rows(&ctx.board, t)) }
        (bulk(ctx, t))
        (beside_board::section(&ctx.beside, t))
    };
    document(&frame, &body, t)
}

/// Counts, orders and rows: what is fetched again when something has changed.
pub fn rows(ctx: &BoardRows, t: &Localizer) -> Markup {
    html! {
        section.board-part data-board data-revision=(ctx.revision) data-rows=(ctx.rows_url) aria-label=(t.text("board-title")) {
            div.board-bar data-cell="bar" {
                nav.board-filters aria-label=(t.text("board-filter")) { @for filter in &ctx.filters { (filter_link(filter, t)) } }
                nav.orders aria-label=(t.text("order")) {
                    @for order in &ctx.orders {
                        a href=(order.url) rel="nofollow" aria-current=[(order.choice == Choice::Chosen).then_some("true")] { (t.text(&format!("board-by-{}", order.name))) }
                    }
                }
            }
            @if ctx.rows.is_empty() { p.hint data-board-empty { (t.text("board-empty")) } }
            ol.board data-board-rows { @for row in &ctx.rows { (board_row(row, ctx, t)) } }
        }
    }
}

fn filter_link(filter: &Filter, t: &Localizer) -> Markup {
    let current = (filter.choice == Choice::Chosen).then_some("true");
    html! {
        a.board-filter href=(filter.url) rel="nofollow" aria-current=[current] {
            @match filter.state {
                Some(state) => { span class={ "attendance attendance-" (state.name()) } { (icon(class_parts::state_icon(state))) (t.attendance(state)) } }
                None => span { (t.text("board-all")) }
            }
            b { (t.number(filter.count)) }
        }
    }
}

fn board_row(row: &Row, ctx: &BoardRows, t: &Localizer) -> Markup {
    html! {
        li.board-row data-row=(row.member) data-state=(row.state.name()) data-name=(row.name) tabindex="-1" {
            label.row-check { input type="checkbox" name="member" value=(row.member) form="bulk" data-pick aria-label=(t.with("board-pick", &[("name", row.name.as_str().into())])); }
            span.row-face data-cell="face" { (face(row)) }
            span.row-who {
                span.row-title dir="auto" { (row.name) }
                span data-cell="facts" { (facts(row, t)) }
            }
            span.row-state data-cell="state" { (class_parts::state(row.state, t)) }
            details.row-work data-work {
                summary.button { (icon(if row.video.is_some() { Icon::Play } else { Icon::Pencil }))
                    span { (t.text(if row.video.is_some() { "board-watch" } else { "board-mark" })) }
                    span.visually-hidden { " " (row.name) } }
                div.row-panel {
                    div data-cell="video" { @if let Some(video) = &row.video { (player(video, t)) } }
                    div.row-forms {
                        @if let Some(video) = &row.video { div data-cell="review" { (review(row, video, &ctx.csrf, t)) } }
                        div data-cell="mark" { (mark(row, ctx, t)) }
                    }
                }
            }
        }
    }
}

fn face(row: &Row) -> Markup {
    let poster = row.video.as_ref().and_then(|video| video.poster.as_ref());
    html! {
        @match poster {
            Some(url) => img.still src=(url) alt="" width="96" height="54" loading="lazy" decoding="async";,
            None => (class_parts::initials(&row.initials)),
        }
    }
}

fn facts(row: &Row, t: &Localizer) -> Markup {
    html! {
        span.meta {
            @if let Some(video) = &row.video {
                span { (class_parts::time(video.received)) }
                @if let Some(n) = video.minutes_late { span { (t.with("board-minutes-late", &[("n", n.into())])) } }
                @if let Some(duration) = video.duration_ms { span { bdi { (t.clock(duration)) } } }
                @match &video.review {
                    Some((Verdict::Accepted, _)) => span.good-word { (t.text("review-accepted")) },
                    Some((Verdict::Again, _)) => span.bad-word { (t.text("review-again")) },
                    None => span { (t.text("review-none")) },
                }
            }
            @if let Some(reason) = &row.reason { span { bdi { (reason) } } }
            @if let Some(n) = row.alert { span.bad-word { (t.with("alert-lessons", &[("n", n.into())])) } }
        }
    }
}

fn player(video: &Video, t: &Localizer) -> Markup {
    html! {
        @if let Some(src) = &video.src {
            video.player controls playsinline preload="none" src=(src) poster=[video.poster.as_ref()] aria-label=(video.title) {}
        } @else {
            p.hint { (t.text("video-removed")) }
        }
        p.video-title { bdi { (video.title) } }
        (parts::paragraphs(&video.description))
    }
}

fn review(row: &Row, video: &Video, csrf: &str, t: &Localizer) -> Markup {
    let id = format!("comment-{}", row.member);
    let comment = video.review.as_ref().map_or("", |(_, comment)| comment.as_str());
    html! {
        form.row-form method="post" action={ (video.url) "/review" } data-review {
            (parts::csrf_field(csrf))
            div.field {
                label for=(id) { (t.text("review-comment")) }
                textarea id=(id) name="comment" rows="2" maxlength="1000" dir="auto" { (comment) }
            }
            div.form-actions {
                button.button.button-primary name="verdict" value="accepted" data-accept { (icon(Icon::Check)) (t.text("review-accept")) }
                button.button name="verdict" value="again" data-again { (icon(Icon::Retry)) (t.text("review-ask")) }
            }
        }
    }
}

fn mark(row: &Row, ctx: &BoardRows, t: &Localizer) -> Markup {
    let id = format!("reason-{}", row.member);
    html! {
        form.row-form method="post" action=(ctx.marks_url) data-mark {
            (parts::csrf_field(&ctx.csrf))
            input type="hidden" name="member" value=(row.member);
            @if row.marked {
                div.form-actions { button.button name="state" value="" { (t.text("mark-back")) } }
            } @else {
                div.field {
                    label for=(id) { (t.text("reason")) }
                    input id=(id) name="reason" maxlength="500" dir="auto" required autocomplete="off";
                }
                div.form-actions {
                    button.button name="state" value="excused" { (t.text("mark-excuse")) }
                    button.button.button-quiet name="state" value="absent" { (t.text("mark-absent")) }
                }
            }
        }
    }
}

/// What is done to all rows that are picked.
fn bulk(ctx: &BoardPage, t: &Localizer) -> Markup {
    html! {
        form.bulk-bar #bulk method="post" action=(ctx.board.marks_url) data-bulk {
            (parts::csrf_field(ctx.chrome.csrf()))
            span.bulk-title { (t.text("board-bulk")) }
            label.visually-hidden for="bulk-reason" { (t.text("reason")) }
            input #bulk-reason name="reason" maxlength="500" dir="auto" required autocomplete="off" placeholder=(t.text("reason"));
            button.button name="state" value="excused" { (t.text("mark-excuse")) }
        }
    }
}
