//! The frame of every page: head, skip link, header, notice, main, footer, keyboard help.
use crate::web::assets::asset_url;
use crate::web::context::{Chrome, Notice, Tone};
use crate::web::icons::{Icon, icon};
use crate::web::localizer::{Lang, Localizer};
use crate::web::pages::keys;
use crate::web::parts;
use maud::{DOCTYPE, Markup, PreEscaped, html};

/// What one page asks of the frame.
pub struct Frame<'a> {
    /// Around the page.
    pub chrome: &'a Chrome,
    /// Before "Homeroom" in the window's title; user text is fine.
    pub title: String,
    /// A class on `body`, such as `page-home`.
    pub class: &'static str,
    /// Whether the header holds the search field.
    pub search: HeaderSearch<'a>,
    /// Modules beyond `js/main.js`.
    pub scripts: &'a [&'static str],
    /// Texts that the modules show.
    pub words: &'a [Word],
}

/// The search field's place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HeaderSearch<'a> {
    /// In the header, holding this query.
    Shown(&'a str),
    /// The page has its own.
    OnPage,
}

/// A text for a module: its key, and the names of the values that the module puts in for `{name}`.
pub type Word = (&'static str, &'static [&'static str]);

/// The whole document.
pub fn document(frame: &Frame<'_>, body: &Markup, t: &Localizer) -> Markup {
    let chrome = frame.chrome;
    html! {
        (DOCTYPE)
        html lang=(t.lang().code()) dir=(t.lang().direction()) {
            (head(frame, t))
            body class=(frame.class) {
                a.skip-link href="#main" { (t.text("skip-to-content")) }
                (header(frame, t))
                main #main tabindex="-1" {
                    @if let Some(notice) = &chrome.notice { (notice_bar(notice, chrome.csrf(), t)) }
                    (body)
                }
                (footer(chrome, t))
                div.visually-hidden #announcer role="status" {}
                div.toasts #toasts aria-live="polite" {}
                template #toast-undo {
                    div.toast { span data-slot="text" {} button.button type="button" data-slot="undo" { (t.text("undo")) } }
                }
                (keys::dialog(t))
            }
        }
    }
}

fn head(frame: &Frame<'_>, t: &Localizer) -> Markup {
    html! {
        head {
            meta charset="utf-8";
            meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover";
            meta name="color-scheme" content="light dark";
            meta name="theme-color" content="#fbf9f5" media="(prefers-color-scheme: light)";
            meta name="theme-color" content="#1d1c1a" media="(prefers-color-scheme: dark)";
            meta name="referrer" content="same-origin";
            @if let Some(user) = &frame.chrome.user { meta name="csrf-token" content=(user.csrf); }
            title { (frame.title) " · Homeroom" }
            link rel="icon" type="image/svg+xml" href=(asset_url("icon.svg"));
            link rel="stylesheet" href=(asset_url("css/base.css"));
            link rel="stylesheet" href=(asset_url("css/parts.css"));
            link rel="stylesheet" href=(asset_url("css/pages.css"));
            link rel="stylesheet" href=(asset_url("css/reader.css"));
            link rel="stylesheet" href=(asset_url("css/classes.css"));
            script type="module" src=(asset_url("js/main.js")) {}
            @for script in frame.scripts { script type="module" src=(asset_url(script)) {} }
            @if !frame.words.is_empty() { (words(frame.words, t)) }
        }
    }
}

/// A JSON data block: not a script to the browser, so the policy has nothing to forbid.
fn words(words: &[Word], t: &Localizer) -> Markup {
    let texts: serde_json::Map<String, serde_json::Value> = words
        .iter()
        .map(|(key, values)| ((*key).to_owned(), word(key, values, t).into()))
        .collect();
    let json = serde_json::Value::Object(texts)
        .to_string()
        .replace('<', "\\u003c");
    html! { script #words type="application/json" { (PreEscaped(json)) } }
}

fn word(key: &str, values: &[&str], t: &Localizer) -> String {
    let slots: Vec<_> = values
        .iter()
        .map(|name| (*name, format!("{{{name}}}").into()))
        .collect();
    t.with(key, &slots)
}

fn header(frame: &Frame<'_>, t: &Localizer) -> Markup {
    let chrome = frame.chrome;
    html! {
        header.site-head {
            a.wordmark href="/" { "Homeroom" }
            @if let HeaderSearch::Shown(query) = frame.search {
                div.site-search { (parts::search_form(query, parts::SearchSize::Header, t)) }
            }
            nav.tabs aria-label=(t.text("nav-main")) {
                a.tab.tab-home href="/" { (icon(Icon::Search)) span { (t.text("nav-find")) } }
                a.tab.tab-share href="/share" { (icon(Icon::Plus)) span { (t.text("nav-share")) } }
                @if let Some(user) = &chrome.user {
                    a.tab href="/classes" { (icon(Icon::People)) span { (t.text("nav-classes")) } }
                    a.tab href="/calendar" { (icon(Icon::Calendar)) span { (t.text("nav-calendar")) } }
                    a.tab href="/mine" { (icon(Icon::File)) span { (t.text("nav-mine")) } }
                    a.tab href="/account" title=(user.name) { (icon(Icon::Person)) span { (t.text("nav-account")) } }
                } @else {
                    a.tab href=(parts::login_url(&chrome.here)) { (icon(Icon::Person)) span { (t.text("nav-log-in")) } }
                }
            }
            nav.languages aria-label=(t.text("nav-language")) {
                @for lang in Lang::ALL.into_iter().filter(|lang| *lang != t.lang()) {
                    a.language lang=(lang.code()) dir=(lang.direction()) hreflang=(lang.code()) rel="nofollow"
                        href=(chrome.here_in(lang)) { (lang.own_name()) }
                }
            }
        }
    }
}

fn notice_bar(notice: &Notice, csrf: &str, t: &Localizer) -> Markup {
    let (class, role, picture) = match notice.tone {
        Tone::Good => ("notice notice-good", "status", Icon::Check),
        Tone::Bad => ("notice notice-bad", "alert", Icon::Warning),
    };
    html! {
        div class=(class) role=(role) {
            (icon(picture))
            p { (notice.text) }
            @if let Some(undo) = &notice.undo {
                form method="post" action=(undo) {
                    (parts::csrf_field(csrf))
                    button.button.button-quiet { (t.text("undo")) }
                }
            }
        }
    }
}

fn footer(chrome: &Chrome, t: &Localizer) -> Markup {
    html! {
        footer.site-foot {
            a href="/keys" data-opens-keys { (t.text("footer-keys")) }
            a href="/docs" { (t.text("footer-docs")) }
            a href="https://www.apache.org/licenses/LICENSE-2.0" rel="license noreferrer" { (t.text("footer-licence")) }
            span { (t.with("footer-version", &[("version", chrome.version.as_str().into())])) }
        }
    }
}
