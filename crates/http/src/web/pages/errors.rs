//! When something is not there, not allowed, too much or broken: what happened, and what to do.
use crate::web::context::Chrome;
use crate::web::layout::{Frame, HeaderSearch, document};
use crate::web::localizer::Localizer;
use crate::web::parts;
use maud::{Markup, html};

/// What the page says.
#[derive(Clone, Debug, PartialEq)]
pub struct ErrorPage {
    /// Around it.
    pub chrome: Chrome,
    /// Which kind.
    pub trouble: Trouble,
    /// To quote when asking for help.
    pub request_id: Option<String>,
}

/// What went wrong, as far as a reader acts on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// 404: it is not there, or not for them.
    NotFound,
    /// 403: they may not, or the form was too old.
    Forbidden,
    /// 429: too fast.
    TooFast,
    /// 400, 413, 415, 422: this request could not be understood.
    NotUnderstood,
    /// 500: our fault.
    Broken,
    /// 503, or no network.
    Offline,
}

impl Trouble {
    /// Every kind, for samples.
    pub const ALL: [Self; 6] = [
        Self::NotFound,
        Self::Forbidden,
        Self::TooFast,
        Self::NotUnderstood,
        Self::Broken,
        Self::Offline,
    ];

    /// The kind that fits an HTTP status.
    pub const fn of_status(status: u16) -> Self {
        match status {
            401 | 403 => Self::Forbidden,
            404 | 405 | 410 => Self::NotFound,
            429 => Self::TooFast,
            503 | 504 | 507 => Self::Offline,
            400..=499 => Self::NotUnderstood,
            _ => Self::Broken,
        }
    }
}

/// The page.
pub fn page(ctx: &ErrorPage, t: &Localizer) -> Markup {
    let (title, help) = match ctx.trouble {
        Trouble::NotFound => (t.text("error-not-found"), t.text("error-not-found-help")),
        Trouble::Forbidden => (t.text("error-forbidden"), t.text("error-forbidden-help")),
        Trouble::TooFast => (t.text("error-too-fast"), t.text("error-too-fast-help")),
        Trouble::NotUnderstood => (
            t.text("error-not-understood"),
            t.text("error-not-understood-help"),
        ),
        Trouble::Broken => (t.text("error-broken"), t.text("error-broken-help")),
        Trouble::Offline => (t.text("error-offline"), t.text("error-offline-help")),
    };
    let frame = Frame {
        chrome: &ctx.chrome,
        title: title.clone(),
        class: "page-error",
        search: HeaderSearch::Shown(""),
        scripts: &[],
        words: &[],
    };
    let body = html! {
        div.narrow.trouble {
            h1 { (title) }
            p.lead { (help) }
            p.actions {
                a.button.button-primary href="/" { (t.text("error-home")) }
                @if ctx.trouble == Trouble::NotFound && ctx.chrome.user.is_none() {
                    a.button href=(parts::login_url(&ctx.chrome.here)) { (t.text("log-in")) }
                }
            }
            @if let Some(id) = &ctx.request_id { p.hint { (t.text("error-quote")) " " code dir="ltr" { (id) } } }
        }
    };
    document(&frame, &body, t)
}
