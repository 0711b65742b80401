//! A class for those who teach it: its next lessons, whom to look after, who is in it, how one joins.
use super::parts::{LessonLine, initials, lessons};
use crate::web::context::{Chrome, Field};
use crate::web::icons::{Icon, icon};
use crate::web::layout::{Frame, HeaderSearch, document};
use crate::web::localizer::Localizer;
use crate::web::parts::{self, Input, Need};
use maud::{Markup, html};

/// What the page shows.
#[derive(Clone, Debug, PartialEq)]
pub struct OverviewPage {
    /// Around it.
    pub chrome: Chrome,
    /// This page, below which its forms are posted.
    pub url: String,
    /// Its name.
    pub name: String,
    /// What it says of itself.
    pub description: String,
    /// Whether it is over.
    pub archived: bool,
    /// Lessons around today.
    pub lessons: Vec<LessonLine>,
    /// Who has missed too many lessons in a row.
    pub alerts: Vec<Alert>,
    /// Who is in it, by name.
    pub roster: Vec<RosterRow>,
    /// How students join by themselves.
    pub join: Option<JoinLink>,
    /// Who teaches it, the owner first.
    pub teachers: Vec<TeacherLine>,
    /// A teacher to be added, with what is wrong.
    pub new_teacher: Field,
    /// For clients that only know actions.
    pub function_url: FunctionUrl,
}

/// Somebody who has missed too many lessons.
#[derive(Clone, Debug, PartialEq)]
pub struct Alert {
    /// Who.
    pub name: String,
    /// How many in a row.
    pub lessons: u32,
}

/// A member in the list.
#[derive(Clone, Debug, PartialEq)]
pub struct RosterRow {
    /// As the list says.
    pub name: String,
    /// The first letters of the name.
    pub initials: String,
    /// Their login, where the list has one.
    pub login: Option<String>,
    /// The school's number.
    pub number: Option<String>,
    /// Whether they have an account.
    pub claim: Claim,
    /// Where they are changed.
    pub url: String,
}

/// Whether somebody on a roster has an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Claim {
    /// They have.
    Claimed,
    /// It is waited for.
    Awaited,
}

/// How one joins.
#[derive(Clone, Debug, PartialEq)]
pub struct JoinLink {
    /// What is typed.
    pub code: String,
    /// What is shared.
    pub url: String,
}

/// A teacher of the class.
#[derive(Clone, Debug, PartialEq)]
pub struct TeacherLine {
    /// As others see them.
    pub name: String,
    /// Their user name, where they can be taken out.
    pub removable: Option<String>,
}

/// What is known of the class's function URL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FunctionUrl {
    /// There is none.
    None,
    /// There is one; it is not shown again.
    Made,
    /// It was made now: shown this once.
    New(String),
}

/// The page.
pub fn page(ctx: &OverviewPage, t: &Localizer) -> Markup {
    let frame = Frame {
        chrome: &ctx.chrome,
        title: ctx.name.clone(),
        class: "page-class",
        search: HeaderSearch::Shown(""),
        scripts: &["js/copy-link.js"],
        words: &[("copied", &[])],
    };
    let body = html! {
        (head(ctx, t))
        div.class-columns {
            div.class-main {
                @if !ctx.alerts.is_empty() { (alerts(&ctx.alerts, t)) }
                section aria-labelledby="class-lessons" {
                    div.band-head {
                        h2 #class-lessons { (t.text("lessons-title")) }
                        @if !ctx.archived { a.button href={ (ctx.url) "/plan" } { (icon(Icon::Plus)) (t.text("lesson-plan")) } }
                    }
                    @if ctx.lessons.is_empty() { p.hint { (t.text("lessons-none")) } } @else { (lessons(&ctx.lessons, t)) }
                }
                (roster(ctx, t))
            }
            div.class-side {
                (joining(ctx, t))
                (teachers(ctx, t))
                (function_url(ctx, t))
            }
        }
    };
    document(&frame, &body, t)
}

fn head(ctx: &OverviewPage, t: &Localizer) -> Markup {
    html! {
        div.list-head.class-head {
            h1 dir="auto" { (ctx.name) }
            @if ctx.archived { span.attendance { (t.text("class-archived")) } }
            nav.actions aria-label=(t.text("class-pages")) {
                a.button href={ (ctx.url) "/term" } { (icon(Icon::Calendar)) (t.text("term-title")) }
                a.button.button-quiet href={ (ctx.url) "/settings" } { (icon(Icon::Sliders)) (t.text("class-settings")) }
            }
        }
        (parts::paragraphs(&ctx.description))
    }
}

fn alerts(alerts: &[Alert], t: &Localizer) -> Markup {
    html! {
        section.alerts aria-labelledby="class-alerts" {
            h2 #class-alerts { (icon(Icon::Warning)) (t.text("alerts-title")) }
            ul { @for alert in alerts { li { bdi { (alert.name) } span { (t.with("alert-lessons", &[("n", alert.lessons.into())])) } } } }
        }
    }
}

fn roster(ctx: &OverviewPage, t: &Localizer) -> Markup {
    html! {
        section aria-labelledby="class-roster" {
            div.band-head {
                h2 #class-roster { (t.text("roster-title")) " " span.list-total { (t.number(ctx.roster.len() as u64)) } }
                @if !ctx.archived {
                    div.actions {
                        a.button.button-quiet href={ (ctx.url) "/members/new" } { (icon(Icon::Plus)) (t.text("member-add")) }
                        a.button.button-quiet href={ (ctx.url) "/roster" } { (t.text("roster-import")) }
                    }
                }
            }
            @if ctx.roster.is_empty() {
                p.hint { (t.text("roster-none")) }
            } @else {
                ul.rows.roster data-walk { @for member in &ctx.roster { li.row { (roster_row(member, t)) } } }
            }
        }
    }
}

fn roster_row(member: &RosterRow, t: &Localizer) -> Markup {
    let (class, icon_of, text) = match member.claim {
        Claim::Claimed => ("claim", Icon::Check, "member-claimed"),
        Claim::Awaited => ("claim claim-awaited", Icon::Clock, "member-awaited"),
    };
    html! {
        a.row-link href=(member.url) data-walk-item {
            (initials(&member.initials))
            span.row-text {
                span.row-title dir="auto" { (member.name) }
                span.meta {
                    @if let Some(login) = &member.login { span { bdi { (login) } } }
                    @if let Some(number) = &member.number { span { bdi { (number) } } }
                }
            }
            span class=(class) { (icon(icon_of)) (t.text(text)) }
        }
    }
}

fn joining(ctx: &OverviewPage, t: &Localizer) -> Markup {
    let action = format!("{}/join-code", ctx.url);
    let csrf = ctx.chrome.csrf();
    html! {
        section.side-panel aria-labelledby="class-joining" {
            h2 #class-joining { (t.text("join-code")) }
            @if let Some(join) = &ctx.join {
                p.join-code dir="ltr" { (join.code) }
                div.copy-row data-copy {
                    input readonly value=(join.url) dir="ltr" aria-label=(t.text("join-link"));
                    button.icon-button type="button" data-copy-go hidden aria-label=(t.text("copy")) { (icon(Icon::Link)) }
                }
                p.hint { (t.text("join-code-hint")) }
            } @else {
                p.hint { (t.text("join-code-none")) }
            }
            @if !ctx.archived {
                div.form-actions {
                    form method="post" action=(action) { (parts::csrf_field(csrf)) input type="hidden" name="open" value="yes";
                        button.button.button-quiet { (t.text(if ctx.join.is_some() { "join-code-renew" } else { "join-code-make" })) } }
                    @if ctx.join.is_some() {
                        form method="post" action=(action) { (parts::csrf_field(csrf)) input type="hidden" name="open" value="no";
                            button.button.button-quiet { (t.text("join-code-close")) } }
                    }
                }
            }
        }
    }
}

fn teachers(ctx: &OverviewPage, t: &Localizer) -> Markup {
    let action = format!("{}/teachers", ctx.url);
    let csrf = ctx.chrome.csrf();
    html! {
        section.side-panel aria-labelledby="class-teachers" {
            h2 #class-teachers { (t.text("teachers-title")) }
            ul.plain-rows {
                @for teacher in &ctx.teachers {
                    li {
                        bdi.row-text { (teacher.name) }
                        @if let Some(username) = &teacher.removable {
                            form method="post" action=(action) {
                                (parts::csrf_field(csrf))
                                input type="hidden" name="remove" value=(username);
                                button.icon-button aria-label=(t.with("teacher-remove", &[("name", teacher.name.as_str().into())])) { (icon(Icon::Close)) }
                            }
                        }
                    }
                }
            }
            form.form.inline-form method="post" action=(action) {
                (parts::csrf_field(csrf))
                (parts::input(&Input { name: "username", label: t.text("teacher-add"), hint: None, kind: "text", autocomplete: "off",
                    need: Need::Required, max: 64 }, &ctx.new_teacher))
                div { button.button { (t.text("add")) } }
            }
        }
    }
}

fn function_url(ctx: &OverviewPage, t: &Localizer) -> Markup {
    let action = format!("{}/function-url", ctx.url);
    let csrf = ctx.chrome.csrf();
    let exists = ctx.function_url != FunctionUrl::None;
    html! {
        section.side-panel #function-url aria-labelledby="class-function" {
            h2 #class-function { (t.text("function-url")) }
            p.hint { (t.text("function-url-hint")) }
            @if let FunctionUrl::New(url) = &ctx.function_url {
                div.copy-row data-copy {
                    input readonly value=(url) dir="ltr" aria-label=(t.text("function-url"));
                    button.icon-button type="button" data-copy-go hidden aria-label=(t.text("copy")) { (icon(Icon::Link)) }
                }
                p.hint { strong { (t.text("shown-once")) } }
            } @else if exists {
                p { (t.text("function-url-made")) }
            }
            div.form-actions {
                @if !ctx.archived {
                    form method="post" action=(action) { (parts::csrf_field(csrf)) input type="hidden" name="make" value="yes";
                        button.button.button-quiet { (t.text(if exists { "function-url-renew" } else { "function-url-make" })) } }
                }
                @if exists {
                    form method="post" action=(action) { (parts::csrf_field(csrf)) input type="hidden" name="make" value="no";
                        button.button.button-danger { (t.text("function-url-revoke")) } }
                }
            }
        }
    }
}
