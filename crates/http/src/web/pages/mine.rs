//! My files: what I shared, in the state it is in now.
use crate::web::context::{Chrome, MaterialCard};
use crate::web::icons::{Icon, icon};
use crate::web::layout::{Frame, HeaderSearch, Word, document};
use crate::web::localizer::Localizer;
use crate::web::parts;
use maud::{Markup, html};

/// What the page shows.
#[derive(Clone, Debug, PartialEq)]
pub struct MinePage {
    /// Around it.
    pub chrome: Chrome,
    /// Latest first.
    pub files: Vec<MyFile>,
    /// Materials in all.
    pub total: u64,
    /// What they take, in bytes.
    pub used_bytes: u64,
    /// What they may take, in bytes.
    pub quota_bytes: u64,
    /// Uploads that wait to be gone on with.
    pub unfinished: u64,
    /// What follows.
    pub next_url: Option<String>,
}

/// One of my materials.
#[derive(Clone, Debug, PartialEq)]
pub struct MyFile {
    /// Its id, for the module that follows its progress.
    pub id: String,
    /// As in any list.
    pub card: MaterialCard,
    /// How far it is.
    pub state: FileState,
    /// Who can see it, in words.
    pub visibility: String,
    /// Its size in bytes.
    pub size: u64,
    /// Where it is changed.
    pub edit_url: String,
    /// Where a form is posted that deletes it.
    pub delete_url: String,
}

/// How far a material is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileState {
    /// It can be found and read.
    Ready,
    /// It waits to be read.
    Waiting,
    /// It is being read.
    Reading {
        /// Pages read.
        done: u32,
        /// Pages in all.
        total: u32,
    },
    /// It could not be read.
    Failed {
        /// A rejection's stable code.
        reason: String,
    },
}

const WORDS: &[Word] = &[
    ("reading-page", &["n", "total"]),
    ("state-waiting", &[]),
    ("state-ready", &[]),
    ("deleted", &["title"]),
    ("problem-unknown", &[]),
];

/// The page.
pub fn page(ctx: &MinePage, t: &Localizer) -> Markup {
    let frame = Frame {
        chrome: &ctx.chrome,
        title: t.text("mine-title"),
        class: "page-mine",
        search: HeaderSearch::Shown(""),
        scripts: &["js/mine.js"],
        words: WORDS,
    };
    let body = html! {
        div.list-head {
            h1 { (t.text("mine-title")) }
            p.list-total { (t.with("mine-total", &[("n", ctx.total.into())])) }
        }
        div.quota {
            progress value=(ctx.used_bytes) max=(ctx.quota_bytes) aria-label=(t.text("mine-quota-label")) {}
            p.meta { (t.with("mine-quota", &[("used", t.size(ctx.used_bytes).into()), ("quota", t.size(ctx.quota_bytes).into())])) }
        }
        @if ctx.unfinished > 0 {
            div.notice {
                (icon(Icon::Clock))
                p { (t.with("mine-unfinished", &[("n", ctx.unfinished.into())])) }
                a.button href="/share" { (t.text("mine-go-on")) }
            }
        }
        @if ctx.files.is_empty() {
            div.empty { p { (t.text("mine-empty")) } a.button.button-primary href="/share" { (t.text("nav-share")) } }
        } @else {
            ul.rows data-walk data-mine { @for file in &ctx.files { (row(file, ctx.chrome.csrf(), t)) } }
            (parts::more(ctx.next_url.as_deref(), t))
        }
    };
    document(&frame, &body, t)
}

fn row(file: &MyFile, csrf: &str, t: &Localizer) -> Markup {
    let card = &file.card;
    let pending = matches!(file.state, FileState::Waiting | FileState::Reading { .. });
    html! {
        li.row.row-mine data-material=(file.id) data-title=(card.title) data-follow=[pending.then_some(&file.id)] {
            a.row-link href=(card.url) data-walk-item {
                (parts::cover(card.cover.as_ref(), card.kind, card.subject.as_ref().map(|subject| subject.hue), t))
                span.row-text {
                    span.row-title dir="auto" { (card.title) }
                    span.meta {
                        @if let Some(subject) = &card.subject { (parts::subject_mark(subject)) }
                        @if let Some(grade) = card.grade { span { (t.grade(grade)) } }
                        span { (t.kind(card.kind)) } span { (t.size(file.size)) } span { (file.visibility) }
                    }
                    (state(&file.state, t))
                }
            }
            div.row-actions {
                a.icon-button href=(file.edit_url) aria-label=(t.with("edit-title-label", &[("title", card.title.as_str().into())])) { (icon(Icon::Pencil)) }
                form method="post" action=(file.delete_url) data-delete {
                    (parts::csrf_field(csrf))
                    button.icon-button aria-label=(t.with("delete-title-label", &[("title", card.title.as_str().into())])) { (icon(Icon::Bin)) }
                }
            }
        }
    }
}

fn state(state: &FileState, t: &Localizer) -> Markup {
    html! {
        @match state {
            FileState::Ready => span.state.state-ready { (icon(Icon::Check)) (t.text("state-ready")) },
            FileState::Waiting => span.state {
                progress data-slot="progress" {}
                span data-slot="progress-text" { (t.text("state-waiting")) }
            },
            FileState::Reading { done, total } => span.state {
                progress data-slot="progress" value=(done) max=(total) {}
                span data-slot="progress-text" { (t.with("reading-page", &[("n", (*done).into()), ("total", (*total).into())])) }
            },
            FileState::Failed { reason } => span.state.state-failed {
                (icon(Icon::Warning)) span { (t.rejection(reason)) " " (t.text("state-failed-kept")) }
            },
        }
    }
}
