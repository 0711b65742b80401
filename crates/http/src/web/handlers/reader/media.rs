//! Films and recordings: what plays, and what is said when.
use super::hits::Needles;
use crate::web::context::{Emphasis, Picture, TextRun};
use crate::web::handlers::visitor::{Visitor, parameter};
use crate::web::pages::reader::context::{
    Chapter, Cue, CueKind, Found, MediaLines, MediaShape, MediaView, Spoken, Track,
};
use homeroom_core::domain::kind::Kind;
use homeroom_core::domain::material::{Material, Reading};
use homeroom_core::ports::extractor::OutlineEntry;
use homeroom_core::usecases::captions::{have_captions, language_of_captions};
use homeroom_core::usecases::read_document::PageText;

/// What is written down of a film or recording.
pub(super) struct Transcript {
    /// What is said or shown, in pages.
    pub pages: Vec<PageText>,
    /// Its chapters.
    pub outline: Vec<OutlineEntry>,
}

/// The view of a film or recording that begins to play where page `number` says what is looked for, or else
/// where that begins.
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
    let spoken: Vec<Spoken> = pages
        .iter()
        .filter_map(|page| spoken(page, &transcript.outline, needles, page_url))
        .collect();
    let asked = parameter(&visitor.here, "at").and_then(|at| at.parse().ok());
    let start_ms: u64 = asked
        .or_else(|| {
            let page = spoken.iter().find(|page| Some(page.number) == number)?;
            Some(said_at(page, needles))
        })
        .unwrap_or(0);
    #[expect(
        clippy::cast_precision_loss,
        reason = "a place in a film, to the tenth of a second"
    )]
    let start = start_ms as f64 / 1_000.0;
    let chapters = chapters(&transcript.outline, page_url);
    let lines = lines(
        &chapters,
        pages,
        material.current.captions.is_some(),
        material.current.reading,
    );
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
        track: track(visitor, material, pages),
        chapters: if lines == MediaLines::Chapters {
            Vec::new()
        } else {
            chapters
        },
        lines,
        spoken,
        start_ms,
        found,
    }
}

/// When a page says what is looked for, or else when it begins. What is said comes before titles.
fn said_at(page: &Spoken, needles: &Needles) -> u64 {
    let mut cues: Vec<&Cue> = page.cues.iter().collect();
    cues.sort_by_key(|cue| cue.kind == CueKind::Title);
    let said: Vec<String> = cues.iter().map(|cue| plain(&cue.text)).collect();
    let at = needles.best_of(said.iter().map(String::as_str));
    at.and_then(|at| cues.get(at))
        .map_or(page.starts_at_ms, |cue| cue.starts_at_ms)
}

fn plain(text: &[TextRun]) -> String {
    text.iter().map(|run| run.text.as_str()).collect()
}

/// A page of what is said, cut where its cues begin.
fn spoken(
    page: &PageText,
    outline: &[OutlineEntry],
    needles: &Needles,
    page_url: &dyn Fn(u32) -> String,
) -> Option<Spoken> {
    let starts_at_ms = page.starts_at_ms?;
    let url = page_url(page.number);
    let cue = |kind, starts_at_ms, text| Cue {
        kind,
        starts_at_ms,
        url: format!("{url}&at={starts_at_ms}"),
        text,
    };
    let mut lines = lines_of(needles.runs(&page.text)).into_iter();
    let mut cues = Vec::new();
    let titles = page.cues.first().map_or(0, |first| first.line as usize);
    for title in lines.by_ref().take(titles) {
        let begins = chapter_at(outline, page.number, &title).unwrap_or(starts_at_ms);
        cues.push(cue(CueKind::Title, begins, title));
    }
    for (at, time) in page.cues.iter().enumerate() {
        let next = page.cues.get(at + 1);
        let count = next.map_or(usize::MAX, |next| next.line.saturating_sub(time.line) as usize);
        let said = joined(lines.by_ref().take(count));
        if !said.is_empty() {
            cues.push(cue(CueKind::Said, time.begin_ms, said));
        }
    }
    let rest = joined(lines);
    if !rest.is_empty() {
        cues.push(cue(CueKind::Said, starts_at_ms, rest));
    }
    Some(Spoken {
        number: page.number,
        starts_at_ms,
        cues,
    })
}

/// When the chapter begins whose title stands on a page.
fn chapter_at(outline: &[OutlineEntry], page: u32, title: &[TextRun]) -> Option<u64> {
    let title = plain(title);
    let entry = outline
        .iter()
        .find(|entry| entry.page == page && entry.title.trim() == title.trim())?;
    entry.starts_at_ms
}

/// A text cut at the ends of its lines.
fn lines_of(runs: Vec<TextRun>) -> Vec<Vec<TextRun>> {
    let mut lines = vec![Vec::new()];
    for run in runs {
        for (at, piece) in run.text.split('\n').enumerate() {
            if at > 0 {
                lines.push(Vec::new());
            }
            if let (false, Some(line)) = (piece.is_empty(), lines.last_mut()) {
                line.push(TextRun {
                    text: piece.to_owned(),
                    emphasis: run.emphasis,
                });
            }
        }
    }
    lines
}

/// Lines as one text again.
fn joined(lines: impl Iterator<Item = Vec<TextRun>>) -> Vec<TextRun> {
    let mut text: Vec<TextRun> = Vec::new();
    for line in lines.filter(|line| !line.is_empty()) {
        match text.last_mut() {
            None => {}
            Some(before) if before.emphasis == Emphasis::Plain => before.text.push('\n'),
            Some(_) => text.push(TextRun {
                text: "\n".into(),
                emphasis: Emphasis::Plain,
            }),
        }
        text.extend(line);
    }
    text
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

/// What the pages are. Where there are neither captions nor chapters, there is one, of names, at the most; before
/// it was noted how files are read, a page of captions did not say when they are said, either.
fn lines(
    chapters: &[Chapter],
    pages: &[PageText],
    captions_were_added: bool,
    reading: Reading,
) -> MediaLines {
    let has_captions = captions_were_added || have_captions(pages);
    match pages {
        _ if are_pages(chapters, pages) => MediaLines::Chapters,
        [_] if !has_captions && chapters.is_empty() && reading.format == 0 => MediaLines::Either,
        [_] if !has_captions && chapters.is_empty() => MediaLines::Names,
        _ => MediaLines::Said,
    }
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

/// Captions that the owner added, or else the file's own. A browser asks for them anew each time.
fn track(visitor: &Visitor, material: &Material, pages: &[PageText]) -> Option<Track> {
    let language = match &material.current.captions {
        Some(added) => added.language.clone(),
        None if have_captions(pages) => language_of_captions(pages),
        None => return None,
    };
    let language = language.map(|code| code.as_str().to_owned());
    Some(Track {
        url: format!("/api/v1/materials/{}/captions", material.id),
        label: language
            .as_deref()
            .map_or_else(|| visitor.t.text("captions"), |code| visitor.t.language(code)),
        language,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use homeroom_core::ports::extractor::READING_FORMAT;

    fn page(cues: &[(u32, u64, u64)]) -> PageText {
        PageText {
            number: 2,
            text: "The cell\nGood morning\nThe Krebs\ncycle turns\nand on".into(),
            starts_at_ms: Some(60_000),
            cues: cues.iter().map(|times| (*times).into()).collect(),
            ..PageText::default()
        }
    }

    #[test]
    fn names_are_told_from_what_is_said() {
        let said = [page(&[(1, 60_000, 61_000)])];
        let silent = [page(&[])];
        let chapter = Chapter {
            title: "The cell".into(),
            starts_at_ms: 0,
            url: String::new(),
        };
        let now = Reading {
            format: READING_FORMAT,
            revision: 0,
        };
        assert_eq!(lines(&[], &said, false, now), MediaLines::Said);
        assert_eq!(lines(&[], &silent, false, now), MediaLines::Names);
        assert_eq!(lines(&[], &silent, true, now), MediaLines::Said);
        assert_eq!(lines(&[chapter], &silent, false, now), MediaLines::Said);
        let early = Reading::default();
        assert_eq!(lines(&[], &said, false, early), MediaLines::Said);
        assert_eq!(lines(&[], &silent, false, early), MediaLines::Either);
        assert_eq!(lines(&[], &silent, true, early), MediaLines::Said);
    }

    fn spoken_of(page: &PageText, query: &str) -> Spoken {
        let outline = [OutlineEntry {
            title: "The cell".into(),
            page: 2,
            level: 1,
            starts_at_ms: Some(61_000),
        }];
        let url = |page: u32| format!("?page={page}");
        spoken(page, &outline, &Needles::new(query, None), &url).unwrap()
    }

    /// Each cue as `time text`, titles as `time # text`, hits as `[hit]`.
    fn shown(page: &PageText, query: &str) -> Vec<String> {
        let said = |cue: Cue| {
            let text = cue.text.iter().map(|run| match run.emphasis {
                Emphasis::Hit => format!("[{}]", run.text.replace('\n', "/")),
                Emphasis::Plain => run.text.replace('\n', "/"),
            });
            let mark = if cue.kind == CueKind::Title { "# " } else { "" };
            assert!(cue.url.ends_with(&format!("&at={}", cue.starts_at_ms)));
            format!("{} {mark}{}", cue.starts_at_ms, text.collect::<String>())
        };
        spoken_of(page, query).cues.into_iter().map(said).collect()
    }

    #[test]
    fn each_line_plays_from_when_it_is_said() {
        let page = page(&[(1, 60_000, 61_000), (2, 65_000, 68_000), (4, 70_000, 71_000)]);
        assert_eq!(
            shown(&page, "krebs morning"),
            [
                "61000 # The cell",
                "60000 Good [morning]",
                "65000 The [Krebs]/cycle turns",
                "70000 and on"
            ]
        );
        let at = |query: &str| said_at(&spoken_of(&page, query), &Needles::new(query, None));
        assert_eq!((at("cycle of krebs"), at("and on")), (65_000, 70_000));
        assert_eq!((at("cell"), at("glucose")), (61_000, 60_000));
    }

    #[test]
    fn pages_from_before_times_of_lines_were_kept_play_from_their_beginning() {
        let page = page(&[]);
        let whole = "60000 The cell/Good morning/The [Krebs]/cycle turns/and on";
        assert_eq!(shown(&page, "krebs"), [whole]);
        let needles = Needles::new("krebs", None);
        assert_eq!(said_at(&spoken_of(&page, "krebs"), &needles), 60_000);
    }

    #[test]
    fn times_of_lines_that_are_not_there_lose_no_words() {
        for times in [
            &[(9, 1, 2)][..],
            &[(3, 1, 2), (0, 1, 2)],
            &[(u32::MAX, 1, 2), (0, 3, 4)],
        ] {
            let said = shown(&page(times), "").join("/");
            for line in ["The cell", "Good morning", "The Krebs", "cycle turns", "and on"] {
                assert!(said.contains(line), "{said}");
            }
        }
    }
}
