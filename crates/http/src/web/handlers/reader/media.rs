//! Films and recordings: what plays, and what is said when.
use super::hits::Needles;
use crate::web::context::Picture;
use crate::web::handlers::visitor::{Visitor, parameter};
use crate::web::pages::reader::context::{Chapter, Cue, Found, MediaShape, MediaView, Track};
use homeroom_core::domain::kind::Kind;
use homeroom_core::domain::material::Material;
use homeroom_core::ports::extractor::OutlineEntry;
use homeroom_core::usecases::read_document::PageText;

/// What is written down of a film or recording.
pub(super) struct Transcript {
    /// What is said or shown, in pages.
    pub pages: Vec<PageText>,
    /// Its chapters.
    pub outline: Vec<OutlineEntry>,
}

/// The view of a film or recording that begins to play where page `number` begins.
pub(super) fn media(
    visitor: &Visitor,
    material: &Material,
    transcript: &Transcript,
    needles: &Needles,
    found: Option<Found>,
    number: Option<u32>,
    page_url: &dyn Fn(u32) -> String,
) -> MediaView {
    let pages = &transcript.pages;
    let asked = parameter(&visitor.here, "at").and_then(|at| at.parse().ok());
    let start_ms: u64 = asked
        .or_else(|| {
            pages
                .iter()
                .find(|page| Some(page.number) == number)?
                .starts_at_ms
        })
        .unwrap_or(0);
    #[expect(
        clippy::cast_precision_loss,
        reason = "a place in a film, to the tenth of a second"
    )]
    let start = start_ms as f64 / 1_000.0;
    let chapters = chapters(&transcript.outline, page_url);
    let cues_are_chapters = are_pages(&chapters, pages);
    MediaView {
        shape: if material.current.kind == Kind::Video {
            MediaShape::Film
        } else {
            MediaShape::Sound
        },
        source_url: format!("/api/v1/materials/{}/download#t={start:.1}", material.id),
        poster: material.current.has_cover.then(|| Picture {
            url: format!(
                "/api/v1/materials/{}/cover?v={}",
                material.id, material.current.number
            ),
            width: 480,
            height: 270,
        }),
        track: track(visitor, material),
        chapters: if cues_are_chapters { Vec::new() } else { chapters },
        cues_are_chapters,
        cues: pages
            .iter()
            .filter_map(|page| {
                Some(Cue {
                    number: page.number,
                    starts_at_ms: page.starts_at_ms?,
                    url: page_url(page.number),
                    text: needles.runs(&page.text),
                })
            })
            .collect(),
        start_ms,
        found,
    }
}

/// The film's chapters.
fn chapters(outline: &[OutlineEntry], page_url: &dyn Fn(u32) -> String) -> Vec<Chapter> {
    let chapter = |entry: &OutlineEntry| {
        let starts_at_ms = entry.starts_at_ms?;
        Some(Chapter {
            title: entry.title.clone(),
            starts_at_ms,
            url: format!("{}&at={starts_at_ms}", page_url(entry.page)),
        })
    };
    outline.iter().filter_map(chapter).collect()
}

/// Whether the pages are the chapters: nothing of what is said is known.
fn are_pages(chapters: &[Chapter], pages: &[PageText]) -> bool {
    let is_page = |chapter: &Chapter| {
        pages
            .iter()
            .any(|page| page.starts_at_ms == Some(chapter.starts_at_ms) && page.text == chapter.title)
    };
    !chapters.is_empty() && chapters.len() == pages.len() && chapters.iter().all(is_page)
}

/// Captions that the owner added. A browser asks for them anew each time.
fn track(visitor: &Visitor, material: &Material) -> Option<Track> {
    let added = material.current.captions.as_ref()?;
    let language = added.language.as_ref().map(|code| code.as_str().to_owned());
    Some(Track {
        url: format!("/api/v1/materials/{}/captions", material.id),
        label: language
            .as_deref()
            .map_or_else(|| visitor.t.text("captions"), |code| visitor.t.language(code)),
        language,
    })
}
