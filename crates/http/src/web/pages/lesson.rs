//! A lesson for somebody of its class: when it is, what they sent, and the way to send it.
//!
//! Sending needs scripts (`js/hand-in.js`): a video goes in parts that survive a lost connection. Recording in the page
//! (`js/recorder.js`) is offered where a browser can; else the camera's own program is, on devices that have one.
use crate::web::context::Chrome;
use crate::web::icons::{Icon, icon};
use crate::web::layout::{Frame, HeaderSearch, Word, document};
use crate::web::localizer::Localizer;
use crate::web::pages::classes::parts::{self as class_parts, LessonTimes, Standing};
use crate::web::pages::upload_words::UPLOAD_WORDS;
use crate::web::parts;
use homeroom_core::domain::attendance::{AttendanceState, Verdict};
use jiff::civil::DateTime;
use maud::{Markup, html};

/// What the page shows.
#[derive(Clone, Debug, PartialEq)]
pub struct LessonPage {
    /// Around it.
    pub chrome: Chrome,
    /// The class's page.
    pub class_url: String,
    /// The class's name.
    pub class: String,
    /// What the lesson is about.
    pub title: Option<String>,
    /// When it is.
    pub times: LessonTimes,
    /// Where it stands.
    pub standing: Standing,
    /// The reader's attendance, once something is said of it or it is over.
    pub state: Option<AttendanceState>,
    /// Why, where a teacher has said so.
    pub reason: Option<String>,
    /// What they sent.
    pub video: Option<OwnVideo>,
    /// What may be sent, while the lesson is open.
    pub sending: Option<Sending>,
    /// How many days after the term videos are kept.
    pub retention_days: u16,
}

/// A video that was sent.
#[derive(Clone, Debug, PartialEq)]
pub struct OwnVideo {
    /// Below which its forms are posted.
    pub url: String,
    /// Where it plays, while it is kept.
    pub src: Option<String>,
    /// Its still.
    pub poster: Option<String>,
    /// What it is called.
    pub title: String,
    /// What is said of it.
    pub description: String,
    /// When it was received.
    pub received: DateTime,
    /// In milliseconds.
    pub duration_ms: Option<u64>,
    /// In bytes.
    pub size: u64,
    /// Where its receipt is.
    pub receipt_url: String,
    /// What a teacher thinks of it.
    pub review: Option<(Verdict, String)>,
}

/// What may be sent.
#[derive(Clone, Debug, PartialEq)]
pub struct Sending {
    /// Where a video that has arrived is handed in.
    pub submit_url: String,
    /// The largest, in bytes.
    pub max_bytes: u64,
    /// The longest, in seconds.
    pub max_seconds: u32,
    /// The id of who sends: what their browser keeps of a recording is theirs alone.
    pub person: String,
}

const WORDS: &[Word] = &[
    ("hand-in-arrived", &[]),
    ("hand-in-looking", &[]),
    ("hand-in-done", &[]),
    ("hand-in-too-large", &["size"]),
    ("recorder-name", &[]),
    ("recorder-going", &[]),
    ("recorder-ended", &[]),
    ("recorder-refused", &[]),
    ("recorder-no-camera", &[]),
    ("problem-lesson-not-open", &[]),
    ("problem-lesson-closed", &[]),
    ("problem-lesson-cancelled", &[]),
    ("problem-class-archived", &[]),
    ("problem-not-a-member", &[]),
    ("problem-video-too-large", &[]),
    ("problem-video-too-long", &[]),
    ("problem-not-a-video", &[]),
    ("problem-video-damaged", &[]),
    ("problem-infected", &[]),
];

/// The page.
pub fn page(ctx: &LessonPage, t: &Localizer) -> Markup {
    let day = t.weekday(ctx.times.opens.date());
    let words = if ctx.sending.is_some() {
        [UPLOAD_WORDS, WORDS].concat()
    } else {
        Vec::new()
    };
    let frame = Frame {
        chrome: &ctx.chrome,
        title: format!("{} · {day}", ctx.class),
        class: "page-lesson",
        search: HeaderSearch::Shown(""),
        scripts: if ctx.sending.is_some() {
            &["js/hand-in.js"]
        } else {
            &[]
        },
        words: &words,
    };
    let body = html! {
        div.narrow {
            a.back-link href=(ctx.class_url) { (icon(Icon::Back)) bdi { (ctx.class) } }
            div.lesson-head {
                h1 { (day) }
                @if let Some(title) = &ctx.title { p.lead { bdi { (title) } } }
                p.meta { span { (class_parts::span(&ctx.times, t)) } span { (ctx.times.zone) } }
                @if let Some(state) = ctx.state {
                    p.own-state { (class_parts::state(state, t)) @if let Some(reason) = &ctx.reason { bdi { (reason) } } }
                }
                p.lesson-when { (when(ctx, t)) }
            }
            @if let Some(video) = &ctx.video { (own(ctx, video, t)) }
            @if let Some(sending) = &ctx.sending { (hand_in(ctx, sending, t)) }
            p.hint { (t.with("privacy-hint", &[("n", ctx.retention_days.into())])) }
        }
    };
    document(&frame, &body, t)
}

/// Whether one may send now, in a sentence with the times.
fn when(ctx: &LessonPage, t: &Localizer) -> String {
    let clock = |at: DateTime| at.strftime("%H:%M").to_string();
    let (opens, late, closes) = (
        clock(ctx.times.opens),
        clock(ctx.times.late),
        clock(ctx.times.closes),
    );
    let closes_on = if ctx.times.closes.date() == ctx.times.opens.date() {
        closes
    } else {
        format!("{} {closes}", t.day(ctx.times.closes.date()))
    };
    match &ctx.standing {
        Standing::Upcoming => t.with(
            "lesson-when-upcoming",
            &[
                ("day", t.day(ctx.times.opens.date()).into()),
                ("time", opens.into()),
            ],
        ),
        Standing::Open => t.with(
            "lesson-when-open",
            &[("late", late.into()), ("closes", closes_on.into())],
        ),
        Standing::Late => t.with(
            "lesson-when-late",
            &[("late", late.into()), ("closes", closes_on.into())],
        ),
        Standing::Closed => t.with(
            "lesson-when-closed",
            &[("opens", opens.into()), ("closes", closes_on.into())],
        ),
        Standing::Cancelled(why) if why.is_empty() => t.text("lesson-when-cancelled"),
        Standing::Cancelled(why) => t.with("lesson-cancelled-why", &[("why", why.as_str().into())]),
        Standing::Holiday(name) => t.with("lesson-holiday", &[("name", name.as_str().into())]),
    }
}

fn own(ctx: &LessonPage, video: &OwnVideo, t: &Localizer) -> Markup {
    html! {
        section.own-video aria-labelledby="own-video" {
            h2 #own-video { (t.text("video-yours")) }
            @if let Some((verdict, comment)) = &video.review { (review(*verdict, comment, t)) }
            @if let Some(src) = &video.src {
                video.player controls playsinline preload="none" src=(src) poster=[video.poster.as_ref()] aria-label=(video.title) {}
            } @else {
                p.hint { (t.text("video-removed")) }
            }
            p.video-title { bdi { (video.title) } }
            (parts::paragraphs(&video.description))
            p.meta {
                span { (t.with("video-received", &[("time", video.received.strftime("%H:%M:%S").to_string().into())])) }
                @if let Some(duration) = video.duration_ms { span { bdi { (t.clock(duration)) } } }
                span { (t.size(video.size)) }
            }
            div.form-actions {
                a.button href=(video.receipt_url) download { (icon(Icon::Download)) (t.text("receipt-download")) }
            }
            @if ctx.sending.is_some() { (change(ctx, video, t)) }
        }
    }
}

fn review(verdict: Verdict, comment: &str, t: &Localizer) -> Markup {
    let (class, key, sign) = match verdict {
        Verdict::Accepted => ("notice notice-good", "review-accepted-own", Icon::Check),
        Verdict::Again => ("notice notice-bad", "review-again-own", Icon::Retry),
    };
    html! {
        div class=(class) { (icon(sign)) div { p { strong { (t.text(key)) } } (parts::paragraphs(comment)) } }
    }
}

fn change(ctx: &LessonPage, video: &OwnVideo, t: &Localizer) -> Markup {
    let csrf = ctx.chrome.csrf();
    html! {
        details.panel {
            summary { (t.text("video-change")) }
            form.form method="post" action={ (video.url) "/edit" } {
                (parts::csrf_field(csrf))
                div.field { label for="own-title" { (t.text("field-title")) }
                    input #own-title name="title" maxlength="200" dir="auto" required value=(video.title); }
                div.field { label for="own-description" { (t.text("field-description")) }
                    textarea #own-description name="description" rows="3" maxlength="2000" dir="auto" { (video.description) } }
                div.form-actions { button.button { (t.text("save")) } }
            }
            form.danger method="post" action={ (video.url) "/delete" } {
                (parts::csrf_field(csrf))
                p.hint { (t.text("video-delete-hint")) }
                button.button.button-danger { (icon(Icon::Bin)) (t.text("delete")) }
            }
        }
    }
}

fn hand_in(ctx: &LessonPage, sending: &Sending, t: &Localizer) -> Markup {
    let limits = t.with(
        "hand-in-limits",
        &[
            ("size", t.size(sending.max_bytes).into()),
            ("time", t.clock(u64::from(sending.max_seconds) * 1_000).into()),
        ],
    );
    html! {
        section.hand-in aria-labelledby="hand-in" {
            h2 #hand-in { (t.text(if ctx.video.is_some() { "hand-in-again" } else { "hand-in-title" })) }
            noscript { p.form-error { (icon(Icon::Warning)) (t.text("hand-in-scripts")) } }
            form.form data-hand-in data-submit=(sending.submit_url) data-person=(sending.person)
                data-max-bytes=(sending.max_bytes) data-max-seconds=(sending.max_seconds) hidden {
                div.hand-in-choose data-choose {
                    button.button.button-primary type="button" data-record hidden { (icon(Icon::Camera)) (t.text("hand-in-record")) }
                    label.button.button-primary.pick-record { (icon(Icon::Film)) (t.text("hand-in-record"))
                        input.visually-hidden type="file" accept="video/*" capture="user" data-pick; }
                    label.button { (icon(Icon::Folder)) (t.text("hand-in-pick"))
                        input.visually-hidden type="file" accept="video/*,.mp4,.mov,.webm" data-pick; }
                }
                (recorder(t))
                p.hint data-hint { (limits) }
                div.hand-in-file data-file hidden {
                    bdi.upload-name data-slot="name" {}
                    progress data-slot="progress" value="0" max="1" aria-label=(t.text("upload-progress-label")) {}
                    p.upload-status data-slot="status" {}
                    div.upload-actions {
                        button.icon-button type="button" data-action="pause" aria-label=(t.text("upload-pause")) { (icon(Icon::Pause)) }
                        button.icon-button type="button" data-action="resume" aria-label=(t.text("upload-resume")) hidden { (icon(Icon::Play)) }
                        button.icon-button type="button" data-action="cancel" aria-label=(t.text("upload-cancel")) { (icon(Icon::Close)) }
                    }
                }
                div.field { label for="title" { (t.text("field-title")) } input #title name="title" maxlength="200" dir="auto" autocomplete="off"; }
                div.field { label for="description" { (t.text("field-description")) } textarea #description name="description" rows="2" maxlength="2000" dir="auto" {} }
                p.form-error role="alert" data-error hidden {}
                div.form-actions { button.button.button-primary data-send disabled { (t.text("hand-in-go")) } }
            }
        }
    }
}

/// What `js/recorder.js` works with, where a browser can record.
fn recorder(t: &Localizer) -> Markup {
    let action = |name: &str, sign, key: &str, primary: bool| {
        html! {
            button.button.button-primary[primary] type="button" data-action={ "record-" (name) } hidden {
                (icon(sign)) (t.text(key))
            }
        }
    };
    html! {
        div.recorder data-recorder role="group" aria-label=(t.text("recorder-label")) hidden {
            div.recorder-picture {
                video.player data-slot="screen" playsinline muted aria-label=(t.text("recorder-screen")) {}
                p.recorder-clock data-slot="clock" hidden {}
            }
            div.recorder-actions {
                (action("start", Icon::Record, "recorder-start", true))
                (action("stop", Icon::Stop, "recorder-stop", true))
                (action("use", Icon::Check, "recorder-use", true))
                (action("again", Icon::Retry, "recorder-again", false))
                button.icon-button type="button" data-action="record-turn" aria-label=(t.text("recorder-turn")) hidden { (icon(Icon::Camera)) }
                button.icon-button type="button" data-action="record-close" aria-label=(t.text("recorder-close")) { (icon(Icon::Close)) }
            }
        }
    }
}
