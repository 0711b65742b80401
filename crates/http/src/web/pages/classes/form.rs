//! What is said of a class: the form, when it is made and later.
use crate::web::context::{Chrome, Field, SelectOption};
use crate::web::icons::{Icon, icon};
use crate::web::layout::{Frame, HeaderSearch, document};
use crate::web::localizer::Localizer;
use crate::web::parts::{self, Input, Need};
use jiff::civil::Date;
use maud::{Markup, html};

/// The fields that every class has.
#[derive(Clone, Debug, PartialEq)]
pub struct ClassFields {
    /// At most 100 characters.
    pub name: Field,
    /// At most 2,000 characters.
    pub description: Field,
    /// Subjects, the present one chosen.
    pub subjects: Vec<SelectOption>,
    /// Grades, the present one chosen.
    pub grades: Vec<SelectOption>,
    /// The time zone's name.
    pub zone: Field,
    /// The term's first day.
    pub term_starts: Field,
    /// The term's last day.
    pub term_ends: Field,
}

/// Changing a class.
#[derive(Clone, Debug, PartialEq)]
pub struct SettingsPage {
    /// Around it.
    pub chrome: Chrome,
    /// The class's page.
    pub class_url: String,
    /// What every class has.
    pub fields: ClassFields,
    /// How long videos are kept after the term, in days.
    pub retention_days: Field,
    /// The longest video in minutes.
    pub max_minutes: Field,
    /// The largest video in megabytes.
    pub max_megabytes: Field,
    /// When the class does not meet.
    pub holidays: Vec<HolidayLine>,
    /// What is wrong with a new holiday.
    pub holiday_error: Option<String>,
    /// Whether it is over.
    pub archived: bool,
    /// Whether the reader may delete it.
    pub is_owner: bool,
}

/// Days without lessons.
#[derive(Clone, Debug, PartialEq)]
pub struct HolidayLine {
    /// The first day.
    pub from: Date,
    /// The last day.
    pub to: Date,
    /// What it is called.
    pub name: String,
}

/// Name, subject, grade, zone and term.
pub fn essentials(fields: &ClassFields, t: &Localizer) -> Markup {
    html! {
        (text(t, "name", "class-name", Need::Required, 100, &fields.name))
        div.field {
            label for="description" { (t.text("field-description")) }
            textarea #description name="description" rows="3" maxlength="2000" dir="auto" { (fields.description.value) }
            (parts::field_error(&fields.description, None))
        }
        div.field-pair {
            (parts::select("subject", &t.text("facet-subject"), &fields.subjects))
            (parts::select("grade", &t.text("facet-grade"), &fields.grades))
        }
        div.field-pair {
            (input(t, "term_starts", "class-term-starts", "date", &fields.term_starts))
            (input(t, "term_ends", "class-term-ends", "date", &fields.term_ends))
        }
        (parts::input(&Input { name: "time_zone", label: t.text("class-zone"), hint: Some(t.text("class-zone-hint")), kind: "text",
            autocomplete: "off", need: Need::Required, max: 60 }, &fields.zone))
    }
}

fn text(t: &Localizer, name: &str, label: &str, need: Need, max: u32, field: &Field) -> Markup {
    let input = Input {
        name,
        label: t.text(label),
        hint: None,
        kind: "text",
        autocomplete: "off",
        need,
        max,
    };
    parts::input(&input, field)
}

fn input(t: &Localizer, name: &str, label: &str, kind: &str, field: &Field) -> Markup {
    let input = Input {
        name,
        label: t.text(label),
        hint: None,
        kind,
        autocomplete: "off",
        need: Need::Optional,
        max: 20,
    };
    parts::input(&input, field)
}

/// The page.
pub fn page(ctx: &SettingsPage, t: &Localizer) -> Markup {
    let frame = Frame {
        chrome: &ctx.chrome,
        title: t.text("class-settings"),
        class: "page-form",
        search: HeaderSearch::Shown(""),
        scripts: &[],
        words: &[],
    };
    let csrf = ctx.chrome.csrf();
    let body = html! {
        div.narrow {
            a.back-link href=(ctx.class_url) { (icon(Icon::Back)) bdi { (ctx.fields.name.value) } }
            h1 { (t.text("class-settings")) }
            form.form method="post" action={ (ctx.class_url) "/settings" } {
                (parts::csrf_field(csrf))
                (essentials(&ctx.fields, t))
                div.field-pair {
                    (input(t, "max_minutes", "class-max-minutes", "number", &ctx.max_minutes))
                    (input(t, "max_megabytes", "class-max-megabytes", "number", &ctx.max_megabytes))
                }
                (parts::input(&Input { name: "retention_days", label: t.text("class-retention"), hint: Some(t.text("class-retention-hint")),
                    kind: "number", autocomplete: "off", need: Need::Optional, max: 4 }, &ctx.retention_days))
                div.form-actions {
                    button.button.button-primary { (t.text("save")) }
                    a.button.button-quiet href=(ctx.class_url) { (t.text("cancel")) }
                }
            }
            (holidays(ctx, t))
            (ending(ctx, t))
        }
    };
    document(&frame, &body, t)
}

fn holidays(ctx: &SettingsPage, t: &Localizer) -> Markup {
    let action = format!("{}/holidays", ctx.class_url);
    html! {
        section.panel {
            h2 { (t.text("holidays")) }
            p.hint { (t.text("holidays-hint")) }
            ul.plain-rows {
                @for (index, holiday) in ctx.holidays.iter().enumerate() {
                    li {
                        span.row-text {
                            bdi.row-title { (holiday.name) }
                            span.meta { span { (t.day(holiday.from)) } @if holiday.to != holiday.from { span { (t.day(holiday.to)) } } }
                        }
                        form method="post" action=(action) {
                            (parts::csrf_field(ctx.chrome.csrf()))
                            input type="hidden" name="remove" value=(index);
                            button.icon-button aria-label=(t.with("delete-title-label", &[("title", holiday.name.as_str().into())])) { (icon(Icon::Bin)) }
                        }
                    }
                }
            }
            form.form method="post" action=(action) {
                (parts::csrf_field(ctx.chrome.csrf()))
                (text(t, "holiday", "holiday-name", Need::Required, 100, &Field { value: String::new(), error: ctx.holiday_error.clone() }))
                div.field-pair {
                    (input(t, "from", "holiday-from", "date", &Field::default()))
                    (input(t, "to", "holiday-to", "date", &Field::default()))
                }
                div.form-actions { button.button { (t.text("holiday-add")) } }
            }
        }
    }
}

fn ending(ctx: &SettingsPage, t: &Localizer) -> Markup {
    let (hint, go, value) = if ctx.archived {
        ("class-restore-hint", "class-restore", "false")
    } else {
        ("class-archive-hint", "class-archive", "true")
    };
    html! {
        form.danger method="post" action={ (ctx.class_url) "/archive" } {
            (parts::csrf_field(ctx.chrome.csrf()))
            input type="hidden" name="archived" value=(value);
            p.hint { (t.text(hint)) }
            button.button { (t.text(go)) }
        }
        @if ctx.is_owner {
            details.leave {
                summary { (t.text("class-delete")) }
                form.form method="post" action={ (ctx.class_url) "/delete" } {
                    (parts::csrf_field(ctx.chrome.csrf()))
                    p.hint { (t.text("class-delete-hint")) }
                    div { button.button.button-danger { (icon(Icon::Bin)) (t.text("class-delete-go")) } }
                }
            }
        }
    }
}
