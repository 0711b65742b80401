//! Planning lessons, and changing one.
use super::parts::Standing;
use crate::web::context::{Choice, Chrome, Field};
use crate::web::icons::{Icon, icon};
use crate::web::layout::{Frame, HeaderSearch, document};
use crate::web::localizer::Localizer;
use crate::web::parts::{self, Input, Need};
use maud::{Markup, html};

/// The times of a lesson as they are typed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TimeFields {
    /// The day.
    pub date: Field,
    /// When it opens.
    pub opens_at: Field,
    /// From when on it is late.
    pub late_after: Field,
    /// When it closes.
    pub closes_at: Field,
    /// What it is about.
    pub title: Field,
}

/// Planning a lesson or a series.
#[derive(Clone, Debug, PartialEq)]
pub struct PlanPage {
    /// Around it.
    pub chrome: Chrome,
    /// The class's page.
    pub class_url: String,
    /// The class's name.
    pub class: String,
    /// In which its times are.
    pub zone: String,
    /// When.
    pub fields: TimeFields,
    /// On which days it repeats, Monday first.
    pub weekdays: [Choice; 7],
    /// Until when; empty for a single lesson.
    pub until: Field,
    /// What is wrong with all of it.
    pub error: Option<String>,
}

/// Changing a lesson.
#[derive(Clone, Debug, PartialEq)]
pub struct EditLessonPage {
    /// Around it.
    pub chrome: Chrome,
    /// The lesson's page.
    pub lesson_url: String,
    /// The class's name.
    pub class: String,
    /// In which its times are.
    pub zone: String,
    /// When.
    pub fields: TimeFields,
    /// Where it stands.
    pub standing: Standing,
    /// What is wrong with all of it.
    pub error: Option<String>,
}

fn times(fields: &TimeFields, zone: &str, t: &Localizer) -> Markup {
    let input = |name, label: &str, kind, need, max, field| {
        let input = Input {
            name,
            label: t.text(label),
            hint: None,
            kind,
            autocomplete: "off",
            need,
            max,
        };
        parts::input(&input, field)
    };
    html! {
        (input("date", "lesson-date", "date", Need::Required, 10, &fields.date))
        div.field-triple {
            (input("opens_at", "lesson-opens-at", "time", Need::Required, 8, &fields.opens_at))
            (input("late_after", "lesson-late-after", "time", Need::Optional, 8, &fields.late_after))
            (input("closes_at", "lesson-closes-at", "time", Need::Required, 8, &fields.closes_at))
        }
        p.hint { (t.with("lesson-zone-hint", &[("zone", zone.into())])) }
        (input("title", "lesson-title", "text", Need::Optional, 100, &fields.title))
    }
}

fn frame(chrome: &Chrome, title: String) -> Frame<'_> {
    Frame {
        chrome,
        title,
        class: "page-form",
        search: HeaderSearch::Shown(""),
        scripts: &[],
        words: &[],
    }
}

fn form_error(error: Option<&String>) -> Markup {
    html! { @if let Some(error) = error { p.form-error role="alert" { (icon(Icon::Warning)) (error) } } }
}

/// The page that plans.
pub fn plan(ctx: &PlanPage, t: &Localizer) -> Markup {
    let body = html! {
        div.narrow {
            a.back-link href=(ctx.class_url) { (icon(Icon::Back)) bdi { (ctx.class) } }
            h1 { (t.text("lesson-plan")) }
            (form_error(ctx.error.as_ref()))
            form.form method="post" action={ (ctx.class_url) "/plan" } {
                (parts::csrf_field(ctx.chrome.csrf()))
                (times(&ctx.fields, &ctx.zone, t))
                fieldset.weekdays {
                    legend { (t.text("lesson-repeat")) }
                    div.weekday-row {
                        @for (number, name) in t.weekdays() {
                            @let choice = ctx.weekdays[usize::from(number) - 1];
                            label.check { input type="checkbox" name="weekday" value=(number) checked[choice == Choice::Chosen]; (name) }
                        }
                    }
                }
                (parts::input(&Input { name: "until", label: t.text("lesson-until"), hint: Some(t.text("lesson-until-hint")), kind: "date",
                    autocomplete: "off", need: Need::Optional, max: 10 }, &ctx.until))
                div.form-actions {
                    button.button.button-primary { (t.text("lesson-plan-go")) }
                    a.button.button-quiet href=(ctx.class_url) { (t.text("cancel")) }
                }
            }
        }
    };
    document(&frame(&ctx.chrome, t.text("lesson-plan")), &body, t)
}

/// The page that changes one lesson.
pub fn edit(ctx: &EditLessonPage, t: &Localizer) -> Markup {
    let csrf = ctx.chrome.csrf();
    let is_cancelled = matches!(ctx.standing, Standing::Cancelled(_));
    let body = html! {
        div.narrow {
            a.back-link href=(ctx.lesson_url) { (icon(Icon::Back)) bdi { (ctx.class) } }
            h1 { (t.text("lesson-edit")) }
            (form_error(ctx.error.as_ref()))
            form.form method="post" action={ (ctx.lesson_url) "/edit" } {
                (parts::csrf_field(csrf))
                (times(&ctx.fields, &ctx.zone, t))
                div.form-actions {
                    button.button.button-primary { (t.text("save")) }
                    a.button.button-quiet href=(ctx.lesson_url) { (t.text("cancel")) }
                }
            }
            form.panel.form method="post" action={ (ctx.lesson_url) "/cancel" } {
                (parts::csrf_field(csrf))
                @if is_cancelled {
                    h2 { (t.text("lesson-cancelled")) }
                    input type="hidden" name="cancelled" value="no";
                    div { button.button { (t.text("lesson-restore")) } }
                } @else {
                    h2 { (t.text("lesson-cancel")) }
                    input type="hidden" name="cancelled" value="yes";
                    (parts::input(&Input { name: "why", label: t.text("reason"), hint: Some(t.text("lesson-cancel-hint")), kind: "text",
                        autocomplete: "off", need: Need::Optional, max: 200 }, &Field::default()))
                    div { button.button { (t.text("lesson-cancel")) } }
                }
            }
            form.danger method="post" action={ (ctx.lesson_url) "/delete" } {
                (parts::csrf_field(csrf))
                p.hint { (t.text("lesson-delete-hint")) }
                button.button.button-danger { (icon(Icon::Bin)) (t.text("delete")) }
            }
        }
    };
    document(&frame(&ctx.chrome, t.text("lesson-edit")), &body, t)
}
