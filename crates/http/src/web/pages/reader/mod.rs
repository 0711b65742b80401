//! A material: its pages with the words boxed, a film with what is said in it, or why there is nothing yet.
//!
//! Everything is there without scripts, page by page: links are plain links (`?page=N&q=…`). The module
//! makes one long scroll of it and takes the links over.
mod about;
pub mod context;
pub mod found;
pub mod leaf;
mod media;
pub mod print;
mod states;

use crate::web::context::Choice;
use crate::web::icons::{Icon, icon};
use crate::web::layout::{Frame, HeaderSearch, Word, document};
use crate::web::localizer::Localizer;
use crate::web::parts;
use context::{Layout, OutlineLine, PageView, ReaderPage, Thumb, View};
use found::step;
use leaf::{Urgency, leaf};
use maud::{Markup, html};

const WORDS: &[Word] = &[
    ("reading-page", &["n", "total"]),
    ("state-ready", &[]),
    ("recognizing-page", &["n", "total"]),
    ("recognized", &[]),
    ("page-n", &["n"]),
    ("page-labelled", &["n", "label"]),
    ("page-of-long", &["n", "total"]),
    ("page-total", &["total"]),
    ("page-total-labelled", &["n", "total"]),
    ("hit-of", &["n", "total"]),
    ("hit-none", &[]),
    ("found-in-notes", &[]),
    ("page-trouble", &[]),
    ("picture-trouble", &[]),
];

/// The page.
pub fn page(ctx: &ReaderPage, t: &Localizer) -> Markup {
    let frame = Frame {
        chrome: &ctx.chrome,
        title: ctx.title.clone(),
        class: "page-reader",
        search: HeaderSearch::Shown(""),
        scripts: &["js/reader.js"],
        words: WORDS,
    };
    let body = html! {
        article.reader data-reader data-material=(ctx.id) data-url=(ctx.url) {
            (bar(ctx, t))
            @if let Some((done, total)) = ctx.recognizing {
                (states::recognizing(ctx, done, total, t))
            } @else if let Some(notice) = ctx.notice {
                (missing(notice, t))
            }
            div.reader-body {
                @match &ctx.view {
                    View::Page(view) => { (panel(view, t)) (stage(ctx, view, t)) }
                    View::Media(view) => (media::media(ctx, view, t)),
                    View::Waiting => (states::waiting(ctx, None, t)),
                    View::Reading { done, total } => (states::waiting(ctx, Some((*done, *total)), t)),
                    View::Failed { reason } => (states::failed(ctx, reason, t)),
                    View::FileOnly => (states::file_only(ctx, t)),
                }
                (about::about(ctx, t))
            }
            @if let View::Page(view) = &ctx.view { (page_bar(ctx, view, t)) }
        }
    };
    document(&frame, &body, t)
}

fn bar(ctx: &ReaderPage, t: &Localizer) -> Markup {
    html! {
        header.reader-bar {
            a.icon-button href=(ctx.back_url) aria-label=(t.text("back")) { (icon(Icon::Back)) }
            @if let View::Page(_) = &ctx.view {
                button.icon-button.live-only type="button" data-toggle="panel" data-key="t" aria-expanded="false" aria-controls="panel"
                    aria-label=(t.text("panel")) title=(t.text("panel")) { (icon(Icon::Panel)) }
            }
            h1.reader-title dir="auto" { (ctx.title) }
            @match &ctx.view {
                View::Page(view) => (found::field(ctx, view.leaf.number, view.found.as_ref(), t)),
                View::Media(view) if !view.spoken.is_empty() => (found::field(ctx, 1, view.found.as_ref(), t)),
                _ => {}
            }
            div.reader-tools {
                @if let View::Page(_) = &ctx.view { (zoom(t)) }
                @if let Some(url) = &ctx.edit_url {
                    a.icon-button href=(url) aria-label=(t.text("edit")) title=(t.text("edit")) { (icon(Icon::Pencil)) }
                }
                a.button.download href=(ctx.download_url) aria-label=(t.text("download")) { (icon(Icon::Download)) span { (t.text("download")) } }
                (menu(ctx, t))
            }
        }
    }
}

fn zoom(t: &Localizer) -> Markup {
    html! {
        div.zoom.live-only role="group" aria-label=(t.text("zoom")) {
            button.icon-button type="button" data-zoom="out" aria-label=(t.text("zoom-out")) { "−" }
            output data-zoom="value" aria-live="polite" { "100%" }
            button.icon-button type="button" data-zoom="in" aria-label=(t.text("zoom-in")) { "+" }
        }
    }
}

fn menu(ctx: &ReaderPage, t: &Localizer) -> Markup {
    let View::Page(view) = &ctx.view else {
        return html! {};
    };
    let pictures = view.layout() == Layout::Pictures;
    let item = |action: &str, key: Option<&str>, text: &str| {
        html! {
            button.menu-item.live-only type="button" data-do=(action) data-key=[key] {
                span { (t.text(text)) } @if let Some(key) = key { kbd aria-hidden="true" { (key) } }
            }
        }
    };
    html! {
        details.menu data-menu {
            summary.icon-button aria-label=(t.text("more")) title=(t.text("more")) { (icon(Icon::More)) }
            div.menu-items {
                (item("fit-width", Some("w"), "zoom-fit-width"))
                @if pictures {
                    (item("fit-page", Some("g"), "zoom-fit-page"))
                    (item("rotate", Some("r"), "rotate"))
                    (item("spread", Some("d"), "spread"))
                    (item("as-text", Some("x"), "page-as-text"))
                }
                (item("full-screen", Some("F"), "full-screen"))
                (item("about", Some("i"), "about"))
                a.menu-item href={ (ctx.url) "/print?from=" (view.leaf.number) } data-print-link { span { (t.text("print")) } }
                a.menu-item href="/keys" data-opens-keys { span { (t.text("footer-keys")) } kbd aria-hidden="true" { "?" } }
            }
        }
    }
}

/// Beside the pages: where words were found, the contents, the pages in small.
fn panel(view: &PageView, t: &Localizer) -> Markup {
    html! {
        div.panel-side #panel data-panel {
            div.panel-tabs.live-only role="tablist" aria-label=(t.text("panel")) {
                @for (name, text) in [("pages", "pages"), ("outline", "outline"), ("found", "found")] {
                    button.panel-tab type="button" role="tab" id={ "tab-" (name) } aria-controls={ "panel-" (name) } data-tab=(name) aria-selected="false" { (t.text(text)) }
                }
            }
            section.panel-part #panel-found aria-label=(t.text("found")) data-part="found" {
                @if let Some(found) = &view.found { (found::list(found, t)) } @else { p.panel-hint { (t.text("found-hint")) } }
            }
            nav.panel-part.outline #panel-outline aria-label=(t.text("outline")) data-part="outline" hidden[view.outline.is_empty()] {
                ol { @for line in &view.outline { li { (outline_line(line, t)) } } }
            }
            (thumbs(&view.thumbs, t))
        }
    }
}

fn outline_line(line: &OutlineLine, t: &Localizer) -> Markup {
    let page = parts::short_label(line.label.as_deref())
        .map_or_else(|| t.number(line.page.number.into()), str::to_owned);
    html! {
        a class={ "outline-entry outline-" (line.level) } href=(line.page.url) data-go=(line.page.number) {
            bdi { (line.title) } span.outline-page { (page) }
        }
    }
}

/// What is missing of the material, in plain words.
fn missing(notice: &str, t: &Localizer) -> Markup {
    let text = match notice {
        "no_text_recognition" => t.text("missing-no-text-recognition"),
        "no_text" => t.text("missing-no-text"),
        "not_its_type" => t.text("missing-not-its-type"),
        "unknown_type" => t.text("missing-unknown-type"),
        _ => t.text("missing-incomplete"),
    };
    html! { p.missing role="note" { (icon(Icon::Info)) span { (text) } } }
}

fn thumbs(thumbs: &[Thumb], t: &Localizer) -> Markup {
    html! {
        nav.panel-part.thumbs #panel-pages aria-label=(t.text("pages-small")) data-part="pages" data-thumbs {
            ol {
                @for thumb in thumbs {
                    li {
                        a.thumb href=(thumb.url) data-go=(thumb.number) aria-current=[(thumb.state == Choice::Chosen).then_some("page")]
                            aria-label=(t.with("page-n", &[("n", thumb.number.into())])) {
                            @if let Some(picture) = &thumb.picture {
                                img src=(picture.url) width=(picture.width) height=(picture.height) alt="" loading="lazy" decoding="async";
                            } @else { span.thumb-drawn {} }
                            span.thumb-number aria-hidden="true" { (t.number(thumb.number.into())) }
                        }
                    }
                }
            }
        }
    }
}

fn stage(ctx: &ReaderPage, view: &PageView, t: &Localizer) -> Markup {
    let layout = match view.layout() {
        Layout::Pictures => "pictures",
        Layout::Texts => "texts",
    };
    html! {
        section.stage tabindex="0" data-stage data-layout=(layout) data-count=(view.count) data-version=(view.version) dir=(view.direction)
            aria-label=(t.with("page-of-long", &[("n", view.leaf.number.into()), ("total", view.count.into())])) {
            div.leaves data-leaves { (leaf(&view.leaf, &ctx.title, Urgency::Now, t)) }
        }
    }
}

fn page_bar(ctx: &ReaderPage, view: &PageView, t: &Localizer) -> Markup {
    let label = parts::short_label(view.leaf.label.as_deref());
    let shown = label.map_or_else(|| view.leaf.number.to_string(), str::to_owned);
    html! {
        nav.page-bar aria-label=(t.text("pages")) {
            (step("page-previous", view.previous_url.as_deref(), "k", Icon::Back, t))
            form.page-jump action=(ctx.url) method="get" data-jump {
                @if !ctx.query.is_empty() { input type="hidden" name="q" value=(ctx.query); }
                label.visually-hidden for="page" { (t.text("page-go")) }
                input #page type="text" name="to" value=(shown) dir="auto" maxlength="200" autocomplete="off" enterkeyhint="go";
                span.page-count data-slot="page-total" {
                    @if label.is_some() {
                        (t.with("page-total-labelled", &[("n", view.leaf.number.into()), ("total", view.count.into())]))
                    } @else {
                        (t.with("page-total", &[("total", view.count.into())]))
                    }
                }
                button.visually-hidden { (t.text("page-go")) }
            }
            (step("page-next", view.next_url.as_deref(), "j", Icon::Forward, t))
        }
    }
}
