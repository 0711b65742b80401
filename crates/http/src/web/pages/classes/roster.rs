//! Members by list and by hand.
use crate::web::context::{Chrome, Field};
use crate::web::icons::{Icon, icon};
use crate::web::layout::{Frame, HeaderSearch, document};
use crate::web::localizer::Localizer;
use crate::web::parts::{self, Input, Need};
use maud::{Markup, html};

/// Importing a list.
#[derive(Clone, Debug, PartialEq)]
pub struct RosterPage {
    /// Around it.
    pub chrome: Chrome,
    /// The class's page.
    pub class_url: String,
    /// The class's name.
    pub class: String,
    /// What the list that was given would do.
    pub preview: Option<Preview>,
    /// What is wrong with all of it.
    pub error: Option<String>,
}

/// What a list would change.
#[derive(Clone, Debug, PartialEq)]
pub struct Preview {
    /// How many good lines it has.
    pub lines: u64,
    /// What is wrong with the others.
    pub bad: Vec<BadLine>,
    /// Who comes.
    pub added: Vec<String>,
    /// Who is changed.
    pub changed: Vec<String>,
    /// Who leaves.
    pub removed: Vec<String>,
    /// How many stay as they are.
    pub kept: u32,
    /// The list in base64, to be sent again when it is taken.
    pub content: String,
}

/// A line that cannot be taken.
#[derive(Clone, Debug, PartialEq)]
pub struct BadLine {
    /// Where it begins in the file, from 1.
    pub line: u64,
    /// The column's name.
    pub column: String,
    /// What is wrong, in the reader's language.
    pub why: String,
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

/// The page that imports.
pub fn import(ctx: &RosterPage, t: &Localizer) -> Markup {
    let body = html! {
        div.narrow {
            a.back-link href=(ctx.class_url) { (icon(Icon::Back)) bdi { (ctx.class) } }
            h1 { (t.text("roster-import")) }
            @if let Some(error) = &ctx.error { p.form-error role="alert" { (icon(Icon::Warning)) (error) } }
            @if let Some(preview) = &ctx.preview { (shown(ctx, preview, t)) }
            form.form method="post" action={ (ctx.class_url) "/roster" } enctype="multipart/form-data" {
                (parts::csrf_field(ctx.chrome.csrf()))
                div.field {
                    label for="list" { (t.text("roster-file")) }
                    input #list type="file" name="list" accept=".csv,.txt,.tsv,text/csv,text/plain" required aria-describedby="list-hint";
                    p.hint #list-hint { (t.text("roster-file-hint")) }
                }
                div.form-actions { button.button { (t.text("roster-look")) } a.button.button-quiet href=(ctx.class_url) { (t.text("cancel")) } }
            }
        }
    };
    document(&frame(&ctx.chrome, t.text("roster-import")), &body, t)
}

fn shown(ctx: &RosterPage, preview: &Preview, t: &Localizer) -> Markup {
    html! {
        div.preview {
            @if preview.bad.is_empty() {
                h2 #preview { (t.with("roster-good", &[("n", preview.lines.into())])) }
                (people("roster-comes", &preview.added, t))
                (people("roster-changes", &preview.changed, t))
                (people("roster-leaves", &preview.removed, t))
                @if preview.kept > 0 { p.hint { (t.with("roster-kept", &[("n", preview.kept.into())])) } }
                form.form-actions method="post" action={ (ctx.class_url) "/roster/import" } {
                    (parts::csrf_field(ctx.chrome.csrf()))
                    input type="hidden" name="content" value=(preview.content);
                    button.button.button-primary { (t.text("roster-take")) }
                }
            } @else {
                h2 #preview { (icon(Icon::Warning)) (t.with("roster-bad", &[("n", preview.bad.len().into())])) }
                p.hint { (t.text("roster-bad-hint")) }
                div.table-scroll tabindex="0" role="region" aria-labelledby="preview" {
                    table.plain-table {
                        thead { tr { th scope="col" { (t.text("roster-line")) } th scope="col" { (t.text("roster-column")) } th scope="col" { (t.text("roster-why")) } } }
                        tbody { @for bad in &preview.bad { tr { td { (t.number(bad.line)) } td { (bad.column) } td { (bad.why) } } } }
                    }
                }
            }
        }
    }
}

fn people(key: &str, names: &[String], t: &Localizer) -> Markup {
    html! {
        @if !names.is_empty() {
            details open[names.len() <= 40] {
                summary { (t.with(key, &[("n", names.len().into())])) }
                ul.name-list { @for name in names { li { bdi { (name) } } } }
            }
        }
    }
}

/// One member, by hand.
#[derive(Clone, Debug, PartialEq)]
pub struct MemberFormPage {
    /// Around it.
    pub chrome: Chrome,
    /// The class's page.
    pub class_url: String,
    /// The class's name.
    pub class: String,
    /// Where the form is posted.
    pub save_url: String,
    /// Where a form is posted that takes them out; none for a new one.
    pub remove_url: Option<String>,
    /// At most 100 characters.
    pub name: Field,
    /// An address or a user name.
    pub login: Field,
    /// At most 40 characters.
    pub number: Field,
    /// What is wrong with all of it.
    pub error: Option<String>,
}

/// The page of one member.
pub fn member(ctx: &MemberFormPage, t: &Localizer) -> Markup {
    let title = t.text(if ctx.remove_url.is_some() {
        "member-edit"
    } else {
        "member-add"
    });
    let body = html! {
        div.narrow {
            a.back-link href=(ctx.class_url) { (icon(Icon::Back)) bdi { (ctx.class) } }
            h1 { (title) }
            @if let Some(error) = &ctx.error { p.form-error role="alert" { (icon(Icon::Warning)) (error) } }
            form.form method="post" action=(ctx.save_url) {
                (parts::csrf_field(ctx.chrome.csrf()))
                (parts::input(&Input { name: "name", label: t.text("member-name"), hint: None, kind: "text", autocomplete: "off",
                    need: Need::Required, max: 100 }, &ctx.name))
                (parts::input(&Input { name: "login", label: t.text("field-login"), hint: Some(t.text("member-login-hint")), kind: "text",
                    autocomplete: "off", need: Need::Optional, max: 254 }, &ctx.login))
                (parts::input(&Input { name: "number", label: t.text("member-number"), hint: None, kind: "text", autocomplete: "off",
                    need: Need::Optional, max: 40 }, &ctx.number))
                div.form-actions {
                    button.button.button-primary { (t.text("save")) }
                    a.button.button-quiet href=(ctx.class_url) { (t.text("cancel")) }
                }
            }
            @if let Some(url) = &ctx.remove_url {
                form.danger method="post" action=(url) {
                    (parts::csrf_field(ctx.chrome.csrf()))
                    p.hint { (t.text("member-remove-hint")) }
                    button.button.button-danger { (t.text("member-remove")) }
                }
            }
        }
    };
    document(&frame(&ctx.chrome, title), &body, t)
}
