//! Pages of films and recordings: their captions with the titles of chapters, or else their chapters alone, each with
//! its time. Chapters are the table of contents, too, which stays when captions are added. Where there is neither,
//! what the file is called, by whom it is and of what it is a part are its only page.
use crate::title::{clean_title, one_line};
use crate::tools::ffmpeg::Facts;
use homeroom_core::domain::captions::{add_chapters, page_at};
use homeroom_core::ports::extractor::{ExtractedPage, Extraction, Media, OutlineEntry};

/// Adds what FFprobe knows to what the file's headers said, and its chapters as an outline of the
/// captions' pages and, without captions, as pages of their own.
pub(crate) fn add(extraction: &mut Extraction, facts: &Facts, captions: Vec<ExtractedPage>) {
    let media = extraction.media.get_or_insert_with(Media::default);
    media.duration_ms = media.duration_ms.or(facts.duration_ms);
    if media.width == 0 || media.height == 0 {
        (media.width, media.height) = (facts.width, facts.height);
    }
    extraction.title = extraction.title.take().or_else(|| clean_title(&facts.title));
    extraction.pages = if captions.is_empty() && facts.chapters.is_empty() {
        names_page(facts).into_iter().collect()
    } else if captions.is_empty() {
        (1..).zip(&facts.chapters).map(chapter_page).collect()
    } else {
        let mut pages = captions;
        add_chapters(
            &mut pages,
            facts.chapters.iter().map(|(time, title)| (*time, title.as_str())),
        );
        pages
    };
    for (time, title) in facts.chapters.iter().filter(|(_, title)| !title.is_empty()) {
        extraction.outline.push(OutlineEntry {
            title: title.chars().take(200).collect(),
            page: page_at(&extraction.pages, *time),
            level: 1,
            starts_at_ms: Some(*time),
        });
    }
}

/// A line for each name; `None` where there are none.
fn names_page(facts: &Facts) -> Option<ExtractedPage> {
    let names = clean_title(&facts.title).into_iter();
    let names: Vec<String> = names
        .chain(facts.origin.iter().filter_map(|name| one_line(name)))
        .collect();
    (!names.is_empty()).then(|| ExtractedPage {
        number: 1,
        label: Some(clock(0)),
        text: names.join("\n"),
        starts_at_ms: Some(0),
        ..ExtractedPage::default()
    })
}

fn chapter_page((number, (time, title)): (u32, &(u64, String))) -> ExtractedPage {
    ExtractedPage {
        number,
        label: Some(clock(*time)),
        text: title.chars().take(1_000).collect(),
        starts_at_ms: Some(*time),
        ..ExtractedPage::default()
    }
}

/// `12:30`, or `1:02:03` from an hour on.
fn clock(milliseconds: u64) -> String {
    let seconds = milliseconds / 1_000;
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
    use homeroom_core::domain::kind::Kind;

    fn film() -> Extraction {
        Extraction {
            kind: Kind::Video,
            title: None,
            language: None,
            pages: Vec::new(),
            outline: Vec::new(),
            media: None,
            notice: None,
            cover: None,
        }
    }

    fn facts() -> Facts {
        Facts {
            duration_ms: Some(7_200_000),
            chapters: vec![(0, "Cells".into()), (3_723_000, "Energy".into())],
            ..Facts::default()
        }
    }

    #[test]
    fn chapters_are_pages_where_there_are_no_captions() {
        let mut film = film();
        add(&mut film, &facts(), Vec::new());
        let labels: Vec<_> = film
            .pages
            .iter()
            .map(|page| page.label.as_deref().unwrap())
            .collect();
        assert_eq!(labels, ["0:00", "1:02:03"]);
        assert_eq!(film.pages[1].text, "Energy");
        let places: Vec<_> = film
            .outline
            .iter()
            .map(|entry| (entry.page, entry.starts_at_ms))
            .collect();
        assert_eq!(places, [(1, Some(0)), (2, Some(3_723_000))]);
        assert_eq!(film.media.unwrap().duration_ms, Some(7_200_000));
    }

    #[test]
    fn names_are_a_page_where_nothing_else_is_known_and_the_title_is_suggested() {
        let named = Facts {
            title: " Cell division ".into(),
            origin: vec!["Ms Lee".into(), "Biology,\nGrade 9".into()],
            ..Facts::default()
        };
        let mut recording = film();
        add(&mut recording, &named, Vec::new());
        assert_eq!(recording.title.as_deref(), Some("Cell division"));
        assert_eq!(recording.pages.len(), 1);
        assert_eq!(recording.pages[0].text, "Cell division\nMs Lee\nBiology, Grade 9");
        assert_eq!(recording.pages[0].starts_at_ms, Some(0));
        let mut with_chapters = film();
        add(
            &mut with_chapters,
            &Facts {
                chapters: facts().chapters,
                ..named
            },
            Vec::new(),
        );
        assert_eq!(with_chapters.pages[0].text, "Cells");
        let mut silent = film();
        add(&mut silent, &Facts::default(), Vec::new());
        assert_eq!((silent.title, silent.pages.len()), (None, 0));
    }

    #[test]
    fn chapters_lead_to_the_captions_of_their_time() {
        let mut film = film();
        let caption = |number, starts_at_ms| ExtractedPage {
            number,
            starts_at_ms: Some(starts_at_ms),
            ..ExtractedPage::default()
        };
        let captions = vec![caption(1, 1_000), caption(2, 60_000), caption(3, 4_000_000)];
        add(&mut film, &facts(), captions);
        let places: Vec<_> = film
            .outline
            .iter()
            .map(|entry| (entry.title.as_str(), entry.page, entry.starts_at_ms))
            .collect();
        assert_eq!(places, [("Cells", 1, Some(0)), ("Energy", 2, Some(3_723_000))]);
        let texts: Vec<_> = film.pages.iter().map(|page| page.text.as_str()).collect();
        assert_eq!(texts, ["Cells\n", "Energy\n", ""], "their titles are found there");
        assert_eq!(film.pages[1].headings, ["Energy"]);
    }
}
