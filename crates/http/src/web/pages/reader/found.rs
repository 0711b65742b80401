//! Finding inside the material: the field, and the list of pages with hits that the module fetches anew.
use super::context::{Found, FoundPage, FoundPlace, ReaderPage};
use super::leaf::runs;
use crate::web::icons::{Icon, icon};
use crate::web::localizer::Localizer;
use crate::web::parts;
use maud::{Markup, html};

/// The field, how many there are, and the ways to the next and the one before.
pub(super) fn field(ctx: &ReaderPage, number: u32, found: Option<&Found>, t: &Localizer) -> Markup {
    html! {
        form.find role="search" action=(ctx.url) method="get" aria-label=(t.text("find-in-document")) data-find {
            input type="hidden" name="from" value=(number);
            input type="search" name="q" value=(ctx.query) dir="auto" maxlength="1000" autocomplete="off" enterkeyhint="search"
                placeholder=(t.text("find-in-document")) aria-label=(t.text("find-in-document")) data-focus-key="f";
            output.find-count aria-live="polite" data-slot="find-count" {
                @if let Some(found) = found { (t.with("hits-count", &[("n", found.total.into())])) }
            }
            (step("hit-previous", found.and_then(|found| found.previous_url.as_deref()), "p", Icon::Up, t))
            (step("hit-next", found.and_then(|found| found.next_url.as_deref()), "n", Icon::Down, t))
        }
    }
}

/// A link one step on, or the same button greyed where there is no step.
pub(super) fn step(key: &str, url: Option<&str>, shortcut: &str, picture: Icon, t: &Localizer) -> Markup {
    html! {
        @if let Some(url) = url {
            a.icon-button href=(url) aria-label=(t.text(key)) title=(t.text(key)) data-key=(shortcut) data-step=(key) { (icon(picture)) }
        } @else {
            a.icon-button.icon-button-off aria-label=(t.text(key)) role="link" aria-disabled="true" data-step=(key) { (icon(picture)) }
        }
    }
}

/// The pages with hits: what `GET /materials/{id}/find?q=…` answers.
pub fn list(found: &Found, t: &Localizer) -> Markup {
    html! {
        div data-found data-total=(found.total) {
            p.panel-hint { (t.with("hits-count", &[("n", found.total.into())])) }
            ol.found data-walk {
                @for page in &found.pages { li { (row(page, t)) } }
            }
        }
    }
}

fn row(page: &FoundPage, t: &Localizer) -> Markup {
    let label = page.label.as_deref();
    html! {
        a.found-page href=(page.url) data-go=(page.number) data-count=(page.count) data-walk-item {
            span.found-head { (parts::page_badge(page.number, label, t)) span.found-count { (t.with("hits-count", &[("n", page.count.into())])) } }
            (parts::page_name(label))
            @match page.place {
                FoundPlace::Page => {},
                FoundPlace::Notes => span.found-place { (t.text("found-in-notes")) },
                FoundPlace::Comments => span.found-place { (t.text("found-in-comments")) },
            }
            span.found-text dir="auto" { (runs(&page.excerpt)) }
        }
    }
}
