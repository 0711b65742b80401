//! My classes: those I teach and those I am in; making one, joining one.
use super::form::{ClassFields, essentials};
use crate::web::context::{Chrome, Field, SubjectTag};
use crate::web::icons::{Icon, icon};
use crate::web::layout::{Frame, HeaderSearch, document};
use crate::web::localizer::Localizer;
use crate::web::parts::{self, Input, Need};
use maud::{Markup, html};

/// What the page shows.
#[derive(Clone, Debug, PartialEq)]
pub struct ClassesPage {
    /// Around it.
    pub chrome: Chrome,
    /// Taught by the reader, then joined; those that are over last.
    pub classes: Vec<ClassLine>,
    /// The form for a new one, for those who may make one.
    pub new: Option<ClassFields>,
    /// The code that was typed, with what is wrong with it.
    pub code: Field,
}

/// A class in the list.
#[derive(Clone, Debug, PartialEq)]
pub struct ClassLine {
    /// Its page.
    pub url: String,
    /// Its name.
    pub name: String,
    /// What is taught.
    pub subject: Option<SubjectTag>,
    /// 7 to 12.
    pub grade: Option<u8>,
    /// Who teaches it, for a member.
    pub teacher: Option<String>,
    /// How many are in it, for a teacher.
    pub members: Option<u32>,
    /// Whether it is over.
    pub archived: bool,
}

/// The page.
pub fn page(ctx: &ClassesPage, t: &Localizer) -> Markup {
    let frame = Frame {
        chrome: &ctx.chrome,
        title: t.text("classes-title"),
        class: "page-classes",
        search: HeaderSearch::Shown(""),
        scripts: &["js/zone.js"],
        words: &[],
    };
    let body = html! {
        div.narrow {
            h1 { (t.text("classes-title")) }
            @if ctx.classes.is_empty() {
                p.hint { (t.text(if ctx.new.is_some() { "classes-none-teacher" } else { "classes-none" })) }
            } @else {
                ul.rows.classes data-walk { @for class in &ctx.classes { li.row { (line(class, t)) } } }
            }
            (join_form(&ctx.code, ctx.chrome.csrf(), t))
            @if let Some(new) = &ctx.new { (new_class(new, ctx.chrome.csrf(), t)) }
        }
    };
    document(&frame, &body, t)
}

fn line(class: &ClassLine, t: &Localizer) -> Markup {
    html! {
        a.row-link href=(class.url) data-walk-item {
            @if let Some(subject) = &class.subject { span class={ "spine " (subject.hue.class()) } aria-hidden="true" {} }
            @else { span.spine.subject-none aria-hidden="true" {} }
            span.row-text {
                span.row-title dir="auto" { (class.name) }
                span.meta {
                    @if class.archived { span { (t.text("class-archived")) } }
                    @if let Some(subject) = &class.subject { (parts::subject_mark(subject)) }
                    @if let Some(grade) = class.grade { span { (t.grade(grade)) } }
                    @if let Some(members) = class.members { span { (t.with("members-count", &[("n", members.into())])) } }
                    @if let Some(teacher) = &class.teacher { span { bdi { (teacher) } } }
                }
            }
        }
    }
}

/// The form that takes a join code.
fn join_form(code: &Field, csrf: &str, t: &Localizer) -> Markup {
    html! {
        section.panel {
            h2 { (t.text("class-join")) }
            form.form.inline-form method="post" action="/classes/join" {
                (parts::csrf_field(csrf))
                (parts::input(&Input { name: "code", label: t.text("class-code"), hint: Some(t.text("class-code-hint")), kind: "text",
                    autocomplete: "off", need: Need::Required, max: 20 }, code))
                div { button.button.button-primary { (t.text("class-join-go")) } }
            }
        }
    }
}

fn new_class(fields: &ClassFields, csrf: &str, t: &Localizer) -> Markup {
    let is_wrong = fields.name.error.is_some() || fields.zone.error.is_some();
    html! {
        details.panel data-new-class open[is_wrong] {
            summary { h2 { (icon(Icon::Plus)) (t.text("class-new")) } }
            form.form method="post" action="/classes" {
                (parts::csrf_field(csrf))
                (essentials(fields, t))
                div.form-actions { button.button.button-primary { (t.text("class-new-go")) } }
            }
        }
    }
}

/// What a link to join shows.
#[derive(Clone, Debug, PartialEq)]
pub struct JoinPage {
    /// Around it.
    pub chrome: Chrome,
    /// The code of the link.
    pub code: Field,
}

/// The page behind a link to join: one press and one is in.
pub fn join(ctx: &JoinPage, t: &Localizer) -> Markup {
    let frame = Frame {
        chrome: &ctx.chrome,
        title: t.text("class-join"),
        class: "page-form",
        search: HeaderSearch::Shown(""),
        scripts: &[],
        words: &[],
    };
    let body = html! {
        div.door {
            h1 { (t.text("class-join")) }
            p.hint { (t.text("class-join-hint")) }
            form.form method="post" action="/classes/join" {
                (parts::csrf_field(ctx.chrome.csrf()))
                (parts::input(&Input { name: "code", label: t.text("class-code"), hint: None, kind: "text",
                    autocomplete: "off", need: Need::Required, max: 20 }, &ctx.code))
                button.button.button-primary.button-wide { (t.text("class-join-go")) }
            }
        }
    };
    document(&frame, &body, t)
}
