//! A material: its pages with the words boxed, or why there are none yet.
//!
//! Page links are plain links (`?page=N&q=…`); the module only adds keys, zoom and polling. Boxes
//! and the selectable words lie in an SVG whose units are the page's points, so that no style is inline.
use crate::web::context::{Choice, Chrome, Emphasis, Picture, SubjectTag, TextRun};
use crate::web::icons::{Icon, icon};
use crate::web::layout::{Frame, HeaderSearch, Word, document};
use crate::web::localizer::Localizer;
use crate::web::pages::search::PageLink;
use crate::web::parts;
use homeroom_core::domain::kind::Kind;
use jiff::civil::Date;
use maud::{Markup, html};

/// What the reader shows.
#[derive(Clone, Debug, PartialEq)]
pub struct ReaderPage {
    /// Around it.
    pub chrome: Chrome,
    /// The material's id, for the module that follows its progress.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Its address without parameters.
    pub url: String,
    /// Where one came from: the search, or home.
    pub back_url: String,
    /// The words that are looked for in it.
    pub query: String,
    /// What can be seen of it.
    pub view: View,
    /// About it.
    pub about: About,
    /// Where the file itself is fetched.
    pub download_url: String,
    /// For those who may change it.
    pub edit_url: Option<String>,
}

/// What can be seen of a material.
#[derive(Clone, Debug, PartialEq)]
pub enum View {
    /// One of its pages.
    Page(Box<PageView>),
    /// It waits to be read.
    Waiting,
    /// It is being read.
    Reading {
        /// Pages read.
        done: u32,
        /// Pages in all.
        total: u32,
    },
    /// It could not be read; the code says why. The file is kept.
    Failed {
        /// A rejection's stable code.
        reason: String,
    },
    /// It is kept and can be downloaded, but has no pages to show.
    FileOnly,
}

/// One page of a material.
#[derive(Clone, Debug, PartialEq)]
pub struct PageView {
    /// From 1.
    pub number: u32,
    /// Pages in all.
    pub count: u32,
    /// As a picture, or as text.
    pub body: PageBody,
    /// Its text in reading order, hits marked.
    pub text: Vec<TextRun>,
    /// The page before.
    pub previous_url: Option<String>,
    /// The page after.
    pub next_url: Option<String>,
    /// Small pictures of the pages around it, or all.
    pub thumbs: Vec<Thumb>,
    /// Pages with hits, ascending.
    pub hit_pages: Vec<PageLink>,
    /// The nearest page with hits before this one.
    pub previous_hit_url: Option<String>,
    /// The nearest page with hits after this one.
    pub next_hit_url: Option<String>,
}

/// How a page is shown.
#[derive(Clone, Debug, PartialEq)]
pub enum PageBody {
    /// As it looks.
    Picture {
        /// The picture of it.
        picture: Picture,
        /// The page's width in points: the unit of the words' places.
        width: f32,
        /// The page's height in points.
        height: f32,
        /// Its words where they stand.
        words: Vec<PlacedWord>,
    },
    /// As text, where there is no picture.
    Text,
}

/// A word where it stands, in points from the top left corner.
#[derive(Clone, Debug, PartialEq)]
pub struct PlacedWord {
    /// The word.
    pub text: String,
    /// Left edge.
    pub x: f32,
    /// Upper edge.
    pub y: f32,
    /// Width.
    pub w: f32,
    /// Height.
    pub h: f32,
    /// Whether it is looked for.
    pub emphasis: Emphasis,
}

/// A small picture of a page that leads to it.
#[derive(Clone, Debug, PartialEq)]
pub struct Thumb {
    /// From 1.
    pub number: u32,
    /// Its page.
    pub url: String,
    /// The picture, where there is one.
    pub picture: Option<Picture>,
    /// Whether it is the page shown.
    pub state: Choice,
}

/// About a material.
#[derive(Clone, Debug, PartialEq)]
pub struct About {
    /// What its uploader says of it.
    pub description: String,
    /// The uploader, as others see them.
    pub uploader: String,
    /// Its subject.
    pub subject: Option<SubjectTag>,
    /// 7 to 12.
    pub grade: Option<u8>,
    /// What it is.
    pub kind: Kind,
    /// The file's name.
    pub filename: String,
    /// The file's size in bytes.
    pub size: u64,
    /// The language it is in, as a code.
    pub language: Option<String>,
    /// Free words.
    pub tags: Vec<String>,
    /// When it was shared.
    pub shared_on: Date,
    /// Who can see it, in words.
    pub visibility: String,
    /// All its versions, latest first.
    pub versions: Vec<VersionLine>,
}

/// One version.
#[derive(Clone, Debug, PartialEq)]
pub struct VersionLine {
    /// From 1.
    pub number: u32,
    /// When it was added.
    pub added_on: Date,
    /// Its size in bytes.
    pub size: u64,
    /// Where this version's file is fetched.
    pub download_url: String,
}

const WORDS: &[Word] = &[("reading-page", &["n", "total"]), ("state-ready", &[])];

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
        article.reader data-reader data-material=(ctx.id) {
            (bar(ctx, t))
            div.reader-body {
                @match &ctx.view {
                    View::Page(view) => { (thumbs(&view.thumbs, t)) (sheet(ctx, view, t)) }
                    View::Waiting => (waiting(ctx, None, t)),
                    View::Reading { done, total } => (waiting(ctx, Some((*done, *total)), t)),
                    View::Failed { reason } => (failed(ctx, reason, t)),
                    View::FileOnly => (file_only(ctx, t)),
                }
                (about(ctx, t))
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
            h1.reader-title dir="auto" { (ctx.title) }
            @if let View::Page(view) = &ctx.view { (find(ctx, view, t)) }
            div.reader-tools {
                @if matches!(&ctx.view, View::Page(view) if matches!(view.body, PageBody::Picture { .. })) {
                    div.zoom role="group" aria-label=(t.text("zoom")) hidden data-zoom-control {
                        button.icon-button type="button" data-zoom="out" aria-label=(t.text("zoom-out")) { "−" }
                        output data-zoom="value" { "100%" }
                        button.icon-button type="button" data-zoom="in" aria-label=(t.text("zoom-in")) { "+" }
                    }
                }
                @if let Some(url) = &ctx.edit_url {
                    a.icon-button href=(url) aria-label=(t.text("edit")) { (icon(Icon::Pencil)) }
                }
                a.button.download href=(ctx.download_url) aria-label=(t.text("download")) { (icon(Icon::Download)) span { (t.text("download")) } }
            }
        }
    }
}

fn find(ctx: &ReaderPage, view: &PageView, t: &Localizer) -> Markup {
    html! {
        form.find role="search" action=(ctx.url) method="get" aria-label=(t.text("find-in-document")) {
            input type="hidden" name="from" value=(view.number);
            input type="search" name="q" value=(ctx.query) dir="auto" maxlength="1000" autocomplete="off"
                placeholder=(t.text("find-in-document")) aria-label=(t.text("find-in-document"));
            @if !ctx.query.is_empty() {
                span.find-count { (t.with("hit-pages-count", &[("n", view.hit_pages.len().into())])) }
                (step("hit-previous", view.previous_hit_url.as_deref(), "p", Icon::Back, t))
                (step("hit-next", view.next_hit_url.as_deref(), "n", Icon::Forward, t))
            }
        }
    }
}

/// A link one step on, or the same button greyed where there is no step.
fn step(key: &str, url: Option<&str>, shortcut: &str, picture: Icon, t: &Localizer) -> Markup {
    html! {
        @if let Some(url) = url {
            a.icon-button href=(url) aria-label=(t.text(key)) data-key=(shortcut) { (icon(picture)) }
        } @else {
            span.icon-button.icon-button-off aria-hidden="true" { (icon(picture)) }
        }
    }
}

fn thumbs(thumbs: &[Thumb], t: &Localizer) -> Markup {
    html! {
        nav.thumbs aria-label=(t.text("pages-small")) data-thumbs tabindex="-1" {
            ol {
                @for thumb in thumbs {
                    li {
                        a.thumb href=(thumb.url) aria-current=[(thumb.state == Choice::Chosen).then_some("page")]
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

fn sheet(ctx: &ReaderPage, view: &PageView, t: &Localizer) -> Markup {
    html! {
        section.stage aria-label=(t.with("page-of-long", &[("n", view.number.into()), ("total", view.count.into())])) {
            @match &view.body {
                PageBody::Picture { picture, width, height, words } => {
                    figure.sheet data-sheet {
                        img src=(picture.url) width=(picture.width) height=(picture.height) decoding="async" fetchpriority="high"
                            alt=(t.with("page-picture-alt", &[("n", view.number.into()), ("title", ctx.title.as_str().into())]));
                        (overlay(*width, *height, words))
                    }
                    details.page-text {
                        summary { (t.text("page-as-text")) }
                        (text(&view.text))
                    }
                }
                PageBody::Text => { div.sheet.sheet-text { (text(&view.text)) } }
            }
        }
    }
}

/// Boxes around hits, and all words invisible but selectable, in the page's own points.
fn overlay(width: f32, height: f32, words: &[PlacedWord]) -> Markup {
    html! {
        svg.overlay viewBox={ "0 0 " (width) " " (height) } preserveAspectRatio="none" aria-hidden="true" {
            @for word in words.iter().filter(|word| word.emphasis == Emphasis::Hit) {
                rect.hit-box x=(word.x - 1.5) y=(word.y - 1.0) width=(word.w + 3.0) height=(word.h + 2.0) rx="2" {}
            }
            g.words { @for line in lines(words) { (selectable(line)) } }
        }
    }
}

/// One line that is selected as a line, each of its words stretched to where it stands.
fn selectable(line: &[PlacedWord]) -> Markup {
    html! {
        text {
            @for word in line {
                tspan x=(word.x) y=(word.y + word.h * 0.8) font-size=(word.h) textLength=(word.w) lengthAdjust="spacingAndGlyphs" {
                    (word.text)
                }
                " "
            }
        }
    }
}

/// Words that follow each other at the same height, within half a letter.
fn lines(words: &[PlacedWord]) -> impl Iterator<Item = &[PlacedWord]> {
    words.chunk_by(|one, next| (one.y + one.h - next.y - next.h).abs() < one.h.max(next.h) / 2.0)
}

fn text(runs: &[TextRun]) -> Markup {
    html! {
        div.text dir="auto" {
            @for run in runs {
                @match run.emphasis {
                    Emphasis::Hit => mark { (run.text) },
                    Emphasis::Plain => (run.text),
                }
            }
        }
    }
}

fn page_bar(ctx: &ReaderPage, view: &PageView, t: &Localizer) -> Markup {
    html! {
        nav.page-bar aria-label=(t.text("pages")) {
            (step("page-previous", view.previous_url.as_deref(), "k", Icon::Back, t))
            form.page-jump action=(ctx.url) method="get" {
                @if !ctx.query.is_empty() { input type="hidden" name="q" value=(ctx.query); }
                label.visually-hidden for="page" { (t.text("page-go")) }
                input #page type="number" name="page" value=(view.number) min="1" max=(view.count) inputmode="numeric";
                span.page-count { (t.with("page-total", &[("total", view.count.into())])) }
                button.visually-hidden { (t.text("page-go")) }
            }
            (step("page-next", view.next_url.as_deref(), "j", Icon::Forward, t))
        }
    }
}

fn waiting(ctx: &ReaderPage, progress: Option<(u32, u32)>, t: &Localizer) -> Markup {
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

fn failed(ctx: &ReaderPage, reason: &str, t: &Localizer) -> Markup {
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

fn file_only(ctx: &ReaderPage, t: &Localizer) -> Markup {
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

fn about(ctx: &ReaderPage, t: &Localizer) -> Markup {
    let about = &ctx.about;
    html! {
        aside.about aria-labelledby="about" {
            h2 #about { (t.text("about")) }
            (parts::paragraphs(&about.description))
            dl {
                (fact(&t.text("about-uploader"), &html! { bdi { (about.uploader) } }))
                @if let Some(subject) = &about.subject { (fact(&t.text("facet-subject"), &parts::subject_chip(subject))) }
                @if let Some(grade) = about.grade { (fact(&t.text("facet-grade"), &html! { (t.grade(grade)) })) }
                (fact(&t.text("facet-kind"), &html! { (t.kind(about.kind)) " · " (t.size(about.size)) }))
                @if let Some(language) = &about.language { (fact(&t.text("facet-language"), &html! { (t.language(language)) })) }
                (fact(&t.text("about-visibility"), &html! { (about.visibility) }))
                (fact(&t.text("about-shared"), &html! { time datetime=(about.shared_on) { (t.day(about.shared_on)) } }))
                (fact(&t.text("about-file"), &html! { bdi.filename { (about.filename) } }))
            }
            @if !about.tags.is_empty() { ul.tags { @for tag in &about.tags { li { bdi { (tag) } } } } }
            @if about.versions.len() > 1 {
                h3 { (t.text("about-versions")) }
                ol.versions { @for version in &about.versions { (version_line(version, t)) } }
            }
        }
    }
}

fn fact(name: &str, value: &Markup) -> Markup {
    html! { div.fact { dt { (name) } dd { (value) } } }
}

fn version_line(version: &VersionLine, t: &Localizer) -> Markup {
    html! {
        li {
            a href=(version.download_url) { (t.with("version-n", &[("n", version.number.into())])) }
            span { (t.day(version.added_on)) " · " (t.size(version.size)) }
        }
    }
}
