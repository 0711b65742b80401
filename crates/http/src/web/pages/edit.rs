//! Changing what is said of a material, and who can see it.
use crate::web::context::{Chrome, Field, SelectOption};
use crate::web::icons::{Icon, icon};
use crate::web::layout::{Frame, HeaderSearch, document};
use crate::web::localizer::Localizer;
use crate::web::parts::{self, Input, Need};
use maud::{Markup, html};

/// What the form holds.
#[derive(Clone, Debug, PartialEq)]
pub struct EditPage {
    /// Around it.
    pub chrome: Chrome,
    /// Where the form is posted.
    pub save_url: String,
    /// The material itself.
    pub material_url: String,
    /// Where a form is posted that deletes it.
    pub delete_url: String,
    /// At most 200 characters.
    pub title: Field,
    /// At most 5,000 characters.
    pub description: Field,
    /// Subjects, the present one chosen.
    pub subjects: Vec<SelectOption>,
    /// Grades, the present one chosen.
    pub grades: Vec<SelectOption>,
    /// Languages, the present one chosen.
    pub languages: Vec<SelectOption>,
    /// Licences, the present one chosen.
    pub licences: Vec<SelectOption>,
    /// Who may see it, the present one chosen.
    pub visibilities: Vec<SelectOption>,
    /// Free words, parted by commas.
    pub tags: Field,
    /// For films and recordings.
    pub captions: Option<CaptionsForm>,
}

/// Where captions are added.
#[derive(Clone, Debug, PartialEq)]
pub struct CaptionsForm {
    /// Where the form is posted.
    pub save_url: String,
    /// Where a form is posted that removes those that were added, if any were.
    pub remove_url: Option<String>,
    /// Languages, the likely one chosen.
    pub languages: Vec<SelectOption>,
    /// What is wrong with the file that was sent.
    pub file: Field,
}

/// The page.
pub fn page(ctx: &EditPage, t: &Localizer) -> Markup {
    let frame = Frame {
        chrome: &ctx.chrome,
        title: t.with("edit-title-label", &[("title", ctx.title.value.as_str().into())]),
        class: "page-form",
        search: HeaderSearch::Shown(""),
        scripts: &[],
        words: &[],
    };
    let body = html! {
        div.narrow {
            h1 { (t.text("edit-title")) }
            form.form method="post" action=(ctx.save_url) {
                (parts::csrf_field(ctx.chrome.csrf()))
                (parts::input(&Input { name: "title", label: t.text("field-title"), hint: None, kind: "text",
                    autocomplete: "off", need: Need::Required, max: 200 }, &ctx.title))
                div.field {
                    label for="description" { (t.text("field-description")) }
                    textarea #description name="description" rows="5" maxlength="5000" dir="auto" { (ctx.description.value) }
                    (parts::field_error(&ctx.description, None))
                }
                div.field-pair {
                    (parts::select("subject", &t.text("facet-subject"), &ctx.subjects))
                    (parts::select("grade", &t.text("facet-grade"), &ctx.grades))
                }
                div.field-pair {
                    (parts::select("language", &t.text("facet-language"), &ctx.languages))
                    (parts::select("licence", &t.text("field-licence"), &ctx.licences))
                }
                (parts::input(&Input { name: "tags", label: t.text("field-tags"), hint: Some(t.text("field-tags-hint")),
                    kind: "text", autocomplete: "off", need: Need::Optional, max: 400 }, &ctx.tags))
                (parts::select("visibility", &t.text("field-visibility"), &ctx.visibilities))
                div.form-actions {
                    button.button.button-primary { (t.text("save")) }
                    a.button.button-quiet href=(ctx.material_url) { (t.text("cancel")) }
                }
            }
            @if let Some(captions) = &ctx.captions { (captions_form(captions, ctx, t)) }
            form.danger method="post" action=(ctx.delete_url) {
                (parts::csrf_field(ctx.chrome.csrf()))
                p.hint { (t.text("edit-delete-hint")) }
                button.button.button-danger { (icon(Icon::Bin)) (t.text("delete")) }
            }
        }
    };
    document(&frame, &body, t)
}

fn captions_form(captions: &CaptionsForm, ctx: &EditPage, t: &Localizer) -> Markup {
    html! {
        section aria-labelledby="captions" {
            h2 #captions { (t.text("captions")) }
            form.form method="post" action=(captions.save_url) enctype="multipart/form-data" {
                (parts::csrf_field(ctx.chrome.csrf()))
                (parts::select("captions-language", &t.text("facet-language"), &captions.languages))
                div.field {
                    label for="file" { (t.text("captions-file")) }
                    input #file name="file" type="file" accept=".vtt,.srt,text/vtt,application/x-subrip" required
                        aria-describedby="captions-hint" aria-invalid=[captions.file.error.as_ref().map(|_| "true")];
                    p.hint #captions-hint { (t.text("captions-hint")) }
                    (parts::field_error(&captions.file, None))
                }
                div.form-actions {
                    button.button {
                        @if captions.remove_url.is_some() { (t.text("captions-replace")) } @else { (t.text("captions-add")) }
                    }
                }
            }
            @if let Some(url) = &captions.remove_url {
                form method="post" action=(url) {
                    (parts::csrf_field(ctx.chrome.csrf()))
                    button.button.button-quiet { (icon(Icon::Bin)) (t.text("captions-remove")) }
                }
            }
        }
    }
}
