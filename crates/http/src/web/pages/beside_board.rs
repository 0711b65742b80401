//! What came for a lesson's day through the class's function URL: it names members by numbers of its own, and so stands
//! beside the board and not in its rows.
use crate::web::icons::{Icon, icon};
use crate::web::localizer::Localizer;
use crate::web::parts;
use maud::{Markup, html};

/// One entry.
#[derive(Clone, Debug, PartialEq)]
pub struct EntryBeside {
    /// The client's number or name for whoever sent it.
    pub user_id: String,
    /// The client's time, as it was written.
    pub timestamp: String,
    /// What it is called.
    pub title: String,
    /// What is said of it.
    pub description: String,
    /// In bytes.
    pub size: u64,
    /// Where it plays for some minutes, while it is kept.
    pub src: Option<String>,
}

/// All of them; nothing where there are none.
pub(super) fn section(entries: &[EntryBeside], t: &Localizer) -> Markup {
    html! {
        @if !entries.is_empty() {
            section.beside-board aria-labelledby="beside-board" {
                h2 #beside-board { (t.text("beside-title")) }
                p.hint { (t.text("beside-hint")) }
                ul.beside-list { @for entry in entries { (one(entry, t)) } }
            }
        }
    }
}

fn one(entry: &EntryBeside, t: &Localizer) -> Markup {
    html! {
        li {
            details {
                summary {
                    (icon(Icon::Film))
                    span.row-who {
                        span.row-title dir="auto" { (entry.title) }
                        span.meta { span { bdi { (entry.user_id) } } span { bdi { (entry.timestamp) } } span { (t.size(entry.size)) } }
                    }
                }
                @if let Some(src) = &entry.src {
                    video.player controls playsinline preload="none" src=(src) aria-label=(entry.title) {}
                } @else {
                    p.hint { (t.text("video-removed")) }
                }
                (parts::paragraphs(&entry.description))
            }
        }
    }
}
