//! What stands in the reader's place when there is nothing to read, or not yet.
use super::context::ReaderPage;
use crate::web::icons::{Icon, icon};
use crate::web::localizer::Localizer;
use crate::web::parts;
use maud::{Markup, html};

pub(super) fn waiting(ctx: &ReaderPage, progress: Option<(u32, u32)>, t: &Localizer) -> Markup {
    html! {
        section.state-card data-follow=(ctx.id) {
            h2 { (t.text("state-reading")) }
            @if let Some((done, total)) = progress {
                progress data-slot="progress" value=(done) max=(total) {}
                p data-slot="progress-text" { (t.with("reading-page", &[("n", done.into()), ("total", total.into())])) }
            } @else {
                progress data-slot="progress" {}
                p data-slot="progress-text" { (t.text("state-waiting")) }
            }
            p.hint { (t.text("state-reading-hint")) }
            noscript { a.button href=(ctx.url) { (t.text("look-again")) } }
        }
    }
}

/// The pages can be read already, while the words in their pictures are still looked for.
pub(super) fn recognizing(ctx: &ReaderPage, done: u32, total: u32, t: &Localizer) -> Markup {
    html! {
        div.missing role="status" data-recognizing=(ctx.id) {
            (icon(Icon::Info))
            span data-slot="recognizing" { (t.with("recognizing-page", &[("n", done.into()), ("total", total.into())])) }
            progress data-slot="recognized" value=(done) max=(total) aria-hidden="true" {}
            a href=(ctx.url) data-slot="again" { (t.text("look-again")) }
        }
    }
}

pub(super) fn failed(ctx: &ReaderPage, reason: &str, t: &Localizer) -> Markup {
    html! {
        section.state-card {
            h2 { (icon(Icon::Warning)) (t.text("state-failed")) }
            p { (t.rejection(reason)) }
            p.hint { (t.text("state-failed-kept")) }
            p.actions {
                a.button.button-primary href=(ctx.download_url) { (icon(Icon::Download)) (t.text("download")) }
                @if let Some(url) = &ctx.edit_url { a.button href=(url) { (t.text("edit")) } }
            }
        }
    }
}

pub(super) fn file_only(ctx: &ReaderPage, t: &Localizer) -> Markup {
    let about = &ctx.about;
    html! {
        section.state-card {
            (parts::cover(None, about.kind, about.subject.as_ref().map(|subject| subject.hue), t))
            h2 dir="auto" { (about.filename) }
            p.hint { (t.text("file-only")) }
            p.actions {
                a.button.button-primary href=(ctx.download_url) {
                    (icon(Icon::Download)) (t.with("download-size", &[("size", t.size(about.size).into())]))
                }
            }
        }
    }
}
