//! A film or a recording: the player, and what is said when.
use super::context::{Chapter, Cue, CueKind, MediaLines, MediaShape, MediaView, ReaderPage, Spoken};
use super::leaf::runs;
use crate::web::localizer::Localizer;
use maud::{Markup, html};

/// The player with its list.
pub(super) fn media(ctx: &ReaderPage, view: &MediaView, t: &Localizer) -> Markup {
    html! {
        section.stage.media aria-label=(ctx.title) data-media data-start-ms=(view.start_ms) data-source=(ctx.download_url) {
            @match view.shape {
                MediaShape::Film => video.player controls preload="metadata" playsinline src=(view.source_url) aria-label=(ctx.title)
                    poster=[view.poster.as_ref().map(|poster| &poster.url)] {
                        @if let Some(track) = &view.track {
                            track kind="captions" default src=(track.url) srclang=[track.language.as_ref()] label=(track.label);
                        }
                    },
                MediaShape::Sound => audio.player controls preload="metadata" src=(view.source_url) aria-label=(ctx.title) {},
            }
            p.hint.media-trouble role="alert" data-slot="trouble" hidden { (t.text("media-trouble")) }
            @if !view.chapters.is_empty() {
                h2 #chapters { (t.text("media-chapters")) }
                ol.chapters aria-labelledby="chapters" data-walk data-times { @for chapter in &view.chapters { (chapter_row(chapter, t)) } }
            }
            @if view.spoken.is_empty() {
                p.hint { (t.text("media-no-cues")) }
            } @else {
                h2 #cues { (t.text(heading(view.lines))) }
                ol.cues aria-labelledby="cues" data-walk data-times { @for page in &view.spoken { (page_row(page, t)) } }
                @if view.lines == MediaLines::Names { p.hint { (t.text("media-no-cues")) } }
            }
        }
    }
}

const fn heading(lines: MediaLines) -> &'static str {
    match lines {
        MediaLines::Said => "media-cues",
        MediaLines::Chapters => "media-chapters",
        MediaLines::Names => "media-names",
        MediaLines::Either => "media-either",
    }
}

fn chapter_row(chapter: &Chapter, t: &Localizer) -> Markup {
    let time = clock(chapter.starts_at_ms);
    html! {
        li {
            a.chapter href=(chapter.url) data-walk-item data-ms=(chapter.starts_at_ms) {
                span.visually-hidden { (t.with("media-play-from", &[("time", time.as_str().into())])) }
                span.cue-time aria-hidden="true" { (time) }
                span.cue-text dir="auto" { (chapter.title) }
            }
        }
    }
}

fn page_row(page: &Spoken, t: &Localizer) -> Markup {
    let time = clock(page.starts_at_ms);
    html! {
        li.cue-page data-page=(page.number) {
            span.cue-time aria-hidden="true" { (time) }
            div.cue-lines {
                @for (at, cue) in page.cues.iter().enumerate() {
                    (cue_line(cue, &html! {
                        @if at == 0 { span.visually-hidden { (t.with("media-play-from", &[("time", time.as_str().into())])) } }
                    }))
                }
            }
        }
    }
}

fn cue_line(cue: &Cue, before: &Markup) -> Markup {
    let class = match cue.kind {
        CueKind::Said => "cue",
        CueKind::Title => "cue cue-title",
    };
    html! {
        a class=(class) href=(cue.url) dir="auto" data-walk-item data-ms=(cue.starts_at_ms) { (before) (runs(&cue.text)) }
    }
}

/// A time as players show it: `12:30`, `1:02:03`.
fn clock(ms: u64) -> String {
    let seconds = ms / 1_000;
    let (hours, minutes, seconds) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    if hours > 0 {
        format!("{hours}:{minutes:02}:{seconds:02}")
    } else {
        format!("{minutes}:{seconds:02}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_as_players_write_them() {
        assert_eq!(clock(0), "0:00");
        assert_eq!(clock(754_900), "12:34");
        assert_eq!(clock(3_723_000), "1:02:03");
    }
}
