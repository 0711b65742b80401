//! The keys that the pages listen to: a dialog everywhere (`?`), and a page for itself.
use crate::web::context::Chrome;
use crate::web::icons::{Icon, icon};
use crate::web::layout::{Frame, HeaderSearch, document};
use crate::web::localizer::Localizer;
use maud::{Markup, html};

/// The keys, and what they do.
const KEYS: [(&[&str], &str); 17] = [
    (&["/"], "key-search"),
    (&["↓", "↑"], "key-walk"),
    (&["Enter"], "key-open"),
    (&["j", "k"], "key-pages"),
    (&["n", "p"], "key-hits"),
    (&["f"], "key-find"),
    (&["+", "−"], "key-zoom"),
    (&["w", "g"], "key-fit"),
    (&["r", "d"], "key-turn"),
    (&["t", "i"], "key-panel"),
    (&["x"], "key-text"),
    (&["F"], "key-full"),
    (&["j", "k"], "key-board"),
    (&["Enter", "a", "r"], "key-board-watch"),
    (&["Ctrl", "Enter"], "key-board-send"),
    (&["Esc"], "key-close"),
    (&["?"], "key-help"),
];

/// The page.
pub fn page(chrome: &Chrome, t: &Localizer) -> Markup {
    let frame = Frame {
        chrome,
        title: t.text("keys-title"),
        class: "page-keys",
        search: HeaderSearch::Shown(""),
        scripts: &[],
        words: &[],
    };
    document(
        &frame,
        &html! { div.narrow { h1 { (t.text("keys-title")) } (table(t)) } },
        t,
    )
}

/// The dialog that every page carries.
pub fn dialog(t: &Localizer) -> Markup {
    html! {
        dialog #keys aria-labelledby="keys-title" {
            form.dialog-head method="dialog" {
                h2 #keys-title { (t.text("keys-title")) }
                button.icon-button aria-label=(t.text("close")) { (icon(Icon::Close)) }
            }
            (table(t))
        }
    }
}

fn table(t: &Localizer) -> Markup {
    html! {
        dl.keys {
            @for (keys, what) in KEYS {
                div.fact { dt { @for key in keys { kbd { (key) } " " } } dd { (t.text(what)) } }
            }
        }
    }
}
