//! Pages for the printer: all of a part at once, without what surrounds them.
use super::context::PrintPage;
use super::leaf::{Urgency, leaf};
use crate::web::layout::{Frame, HeaderSearch, document};
use crate::web::localizer::Localizer;
use maud::{Markup, html};

/// The page; its module opens the print dialog once all pictures are there.
pub fn page(ctx: &PrintPage, t: &Localizer) -> Markup {
    let frame = Frame {
        chrome: &ctx.chrome,
        title: ctx.title.clone(),
        class: "page-print",
        search: HeaderSearch::Shown(""),
        scripts: &["js/print.js"],
        words: &[],
    };
    let last = ctx.leaves.last().map_or(ctx.first, |leaf| leaf.number);
    let body = html! {
        div.print-head {
            h1 dir="auto" { (ctx.title) }
            p { (t.with("print-range", &[("first", ctx.first.into()), ("last", last.into()), ("total", ctx.count.into())])) }
            p.actions {
                button.button.button-primary type="button" data-print hidden { (t.text("print")) }
                a.button href=(ctx.back_url) { (t.text("back")) }
                @if let Some(url) = &ctx.next_url { a.button href=(url) { (t.text("print-next")) } }
            }
        }
        @for each in &ctx.leaves { (leaf(each, &ctx.title, Urgency::Now, t)) }
    };
    document(&frame, &body, t)
}
