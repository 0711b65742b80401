//! A class for somebody who is in it: its lessons and how they stood at each.
use super::parts::{LessonLine, lessons};
use crate::web::context::Chrome;
use crate::web::layout::{Frame, HeaderSearch, document};
use crate::web::localizer::Localizer;
use crate::web::parts;
use maud::{Markup, html};

/// What the page shows.
#[derive(Clone, Debug, PartialEq)]
pub struct MemberPage {
    /// Around it.
    pub chrome: Chrome,
    /// This page, below which its forms are posted.
    pub url: String,
    /// Its name.
    pub name: String,
    /// What it says of itself.
    pub description: String,
    /// Who teaches it.
    pub teachers: Vec<String>,
    /// Whether it is over.
    pub archived: bool,
    /// Open now and to come, the next one first.
    pub next: Vec<LessonLine>,
    /// Over, the latest first.
    pub past: Vec<LessonLine>,
    /// How many days after the term videos are kept.
    pub retention_days: u16,
}

/// The page.
pub fn page(ctx: &MemberPage, t: &Localizer) -> Markup {
    let frame = Frame {
        chrome: &ctx.chrome,
        title: ctx.name.clone(),
        class: "page-class",
        search: HeaderSearch::Shown(""),
        scripts: &[],
        words: &[],
    };
    let body = html! {
        div.narrow {
            div {
                h1 dir="auto" { (ctx.name) }
                p.meta {
                    @for teacher in &ctx.teachers { span { bdi { (teacher) } } }
                    @if ctx.archived { span { (t.text("class-archived")) } }
                }
            }
            (parts::paragraphs(&ctx.description))
            section aria-labelledby="next" {
                h2 #next { (t.text("lessons-next")) }
                @if ctx.next.is_empty() { p.hint { (t.text("lessons-none-next")) } } @else { (lessons(&ctx.next, t)) }
            }
            @if !ctx.past.is_empty() {
                section aria-labelledby="past" { h2 #past { (t.text("lessons-past")) } (lessons(&ctx.past, t)) }
            }
            p.hint { (t.with("privacy-hint", &[("n", ctx.retention_days.into())])) }
            details.leave {
                summary { (t.text("class-leave")) }
                form.form method="post" action={ (ctx.url) "/leave" } {
                    (parts::csrf_field(ctx.chrome.csrf()))
                    p.hint { (t.text("class-leave-hint")) }
                    div { button.button.button-danger { (t.text("class-leave")) } }
                }
            }
        }
    };
    document(&frame, &body, t)
}
