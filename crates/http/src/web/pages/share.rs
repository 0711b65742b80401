//! Sharing: drop files, watch them go, say what they are, share.
//!
//! The rows are made by `js/upload/*` from the `<template>`s here, so that every word is the server's.
//! Without JavaScript one file at a time goes through a plain form.
use crate::web::context::{Chrome, SelectOption};
use crate::web::icons::{Icon, icon};
use crate::web::layout::{Frame, HeaderSearch, Word, document};
use crate::web::localizer::Localizer;
use crate::web::pages::upload_words::UPLOAD_WORDS;
use crate::web::parts;
use maud::{Markup, html};

/// What the sharing page needs.
#[derive(Clone, Debug, PartialEq)]
pub struct SharePage {
    /// Around it.
    pub chrome: Chrome,
    /// Subjects to choose from, the first being "none".
    pub subjects: Vec<SelectOption>,
    /// Grades to choose from, the first being "none"; the reader's own is chosen.
    pub grades: Vec<SelectOption>,
    /// Who may see it, the default chosen.
    pub visibilities: Vec<SelectOption>,
    /// Uploads that were cut off, latest first.
    pub unfinished: Vec<UnfinishedUpload>,
    /// The largest file in bytes.
    pub max_bytes: u64,
}

/// An upload that was cut off.
#[derive(Clone, Debug, PartialEq)]
pub struct UnfinishedUpload {
    /// Its id.
    pub id: String,
    /// The file's name.
    pub filename: String,
    /// The file's size in bytes.
    pub size: u64,
    /// What has arrived, in bytes.
    pub received: u64,
}

const WORDS: &[Word] = &[
    ("upload-arrived", &[]),
    ("upload-arrived-share", &[]),
    ("upload-cancelled", &["name"]),
    ("upload-more", &["n"]),
    ("reading-page", &["n", "total"]),
    ("state-waiting", &[]),
    ("state-ready-one", &[]),
    ("state-ready-two", &[]),
    ("state-ready-other", &["n"]),
    ("state-ready", &[]),
    ("share-none", &[]),
    ("share-one", &[]),
    ("share-two", &[]),
    ("share-other", &["n"]),
    ("total-one", &[]),
    ("total-two", &[]),
    ("total-other", &["n"]),
    ("rejection-empty-file", &[]),
    ("rejection-encrypted", &[]),
    ("rejection-malformed", &[]),
    ("rejection-archive-too-large", &[]),
    ("rejection-too-many-pages", &[]),
    ("rejection-too-large", &[]),
    ("rejection-timed-out", &[]),
    ("rejection-out-of-memory", &[]),
    ("rejection-crashed", &[]),
    ("rejection-checksum-mismatch", &[]),
    ("rejection-infected", &[]),
];

/// The page.
pub fn page(ctx: &SharePage, t: &Localizer) -> Markup {
    let frame = Frame {
        chrome: &ctx.chrome,
        title: t.text("share-title"),
        class: "page-share",
        search: HeaderSearch::Shown(""),
        scripts: &["js/share.js"],
        words: &[UPLOAD_WORDS, WORDS].concat(),
    };
    let body = html! {
        div.narrow {
            h1 { (t.text("share-title")) }
            noscript { (simple_form(ctx, t)) }
            div.share data-share data-max-bytes=(ctx.max_bytes) hidden {
                (drop_zone(ctx, t))
                (unfinished(&ctx.unfinished, t))
                ol.upload-rows data-rows aria-label=(t.text("share-files")) {}
                p.upload-more data-more hidden {}
                (share_bar(t))
            }
            template #upload-row { (row(ctx, t)) }
        }
    };
    document(&frame, &body, t)
}

fn drop_zone(ctx: &SharePage, t: &Localizer) -> Markup {
    html! {
        section.drop-zone data-drop-zone {
            p.drop-title.only-mouse { (t.text("share-drop")) }
            p.drop-title.only-touch { (t.text("share-touch")) }
            p.hint { (t.with("share-drop-hint", &[("size", t.size(ctx.max_bytes).into())])) }
            div.drop-actions {
                label.button.button-primary { (icon(Icon::File)) (t.text("share-choose"))
                    input.visually-hidden type="file" multiple data-pick="files"; }
                label.button.pick-folder { (icon(Icon::Folder)) (t.text("share-choose-folder"))
                    input.visually-hidden type="file" multiple webkitdirectory data-pick="folder"; }
                label.button.pick-photo { (icon(Icon::Camera)) (t.text("share-photo"))
                    input.visually-hidden type="file" accept="image/*" capture="environment" data-pick="photo"; }
            }
        }
    }
}

fn unfinished(uploads: &[UnfinishedUpload], t: &Localizer) -> Markup {
    html! {
        section.unfinished data-unfinished-list hidden[uploads.is_empty()] aria-labelledby="unfinished" {
            h2 #unfinished { (t.text("share-unfinished")) }
            p.hint { (t.text("share-unfinished-hint")) }
            ul {
                @for upload in uploads {
                    li data-unfinished=(upload.id) data-filename=(upload.filename) data-size=(upload.size) {
                        span.row-text {
                            bdi.row-title { (upload.filename) }
                            progress value=(upload.received) max=(upload.size) aria-label=(upload.filename) {}
                            span.meta { (t.with("share-unfinished-progress", &[
                                ("received", t.size(upload.received).into()), ("total", t.size(upload.size).into())])) }
                        }
                        label.button { (t.text("share-unfinished-choose"))
                            input.visually-hidden type="file" data-pick="again"; }
                        button.icon-button type="button" data-forget aria-label=(t.text("upload-cancel")) { (icon(Icon::Close)) }
                    }
                }
            }
        }
    }
}

fn share_bar(t: &Localizer) -> Markup {
    html! {
        div.share-bar data-share-bar hidden {
            span.share-total data-slot="total" role="status" {}
            button.button type="button" data-action="pause-all" { (t.text("upload-pause-all")) }
            button.button type="button" data-action="resume-all" hidden { (t.text("upload-resume-all")) }
            button.button.button-primary type="button" data-action="share" disabled { (t.text("share-none")) }
        }
    }
}

/// One file, from drop to done.
fn row(ctx: &SharePage, t: &Localizer) -> Markup {
    html! {
        li.upload data-state="queued" {
            div.upload-head {
                span.upload-kind aria-hidden="true" { (icon(Icon::File)) }
                div.upload-text {
                    bdi.upload-name data-slot="name" {}
                    progress.upload-progress data-slot="progress" value="0" max="1" aria-label=(t.text("upload-progress-label")) {}
                    p.upload-status data-slot="status" {}
                }
                div.upload-actions {
                    button.icon-button type="button" data-action="pause" aria-label=(t.text("upload-pause")) { (icon(Icon::Pause)) }
                    button.icon-button type="button" data-action="resume" aria-label=(t.text("upload-resume")) hidden { (icon(Icon::Play)) }
                    button.icon-button type="button" data-action="retry" aria-label=(t.text("upload-retry")) hidden { (icon(Icon::Retry)) }
                    button.icon-button type="button" data-action="cancel" aria-label=(t.text("upload-cancel")) { (icon(Icon::Close)) }
                    a.button data-slot="open" hidden { (t.text("open")) }
                }
            }
            fieldset.upload-form data-slot="form" {
                legend.visually-hidden { (t.text("upload-about")) }
                label.field.field-title { span { (t.text("field-title")) } input name="title" maxlength="200" dir="auto" autocomplete="off"; }
                label.field { span { (t.text("facet-subject")) } select name="subject" { (parts::select_options(&ctx.subjects)) } }
                label.field { span { (t.text("facet-grade")) } select name="grade" { (parts::select_options(&ctx.grades)) } }
                label.field { span { (t.text("field-visibility")) } select name="visibility" { (parts::select_options(&ctx.visibilities)) } }
                button.button.button-quiet.apply-all type="button" data-action="apply-all" hidden { (t.text("upload-apply-all")) }
            }
        }
    }
}

fn simple_form(ctx: &SharePage, t: &Localizer) -> Markup {
    html! {
        p { (t.text("share-simple-why")) }
        form.form method="post" action="/share/simple" enctype="multipart/form-data" {
            (parts::csrf_field(ctx.chrome.csrf()))
            div.field { label for="file" { (t.text("share-simple-file")) } input #file type="file" name="file" required; }
            div.field { label for="title" { (t.text("field-title")) } input #title name="title" maxlength="200" dir="auto"; }
            (parts::select("subject", &t.text("facet-subject"), &ctx.subjects))
            (parts::select("grade", &t.text("facet-grade"), &ctx.grades))
            (parts::select("visibility", &t.text("field-visibility"), &ctx.visibilities))
            button.button.button-primary { (t.text("nav-share")) }
        }
    }
}
