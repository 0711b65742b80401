//! Pages of films and recordings: their captions with the titles of chapters, or else their chapters alone, each with
//! its time. Chapters are the table of contents, too, which stays when captions are added.
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
    extraction.pages = if captions.is_empty() {
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
