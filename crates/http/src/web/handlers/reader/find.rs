//! Finding inside one material: every page with hits, how many there are, and a few words around the first.
use super::hits::Needles;
use crate::web::context::{Emphasis, TextRun};
use crate::web::pages::reader::context::{Found, FoundPage, FoundPlace};
use homeroom_core::ports::extractor::PassageKind;
use homeroom_core::ports::search_index::Hit;
use homeroom_core::usecases::read_document::PageText;

/// Pages that are listed; a word on more pages than this says little.
const MAX_PAGES: usize = 1_000;
/// Characters before and after the first hit of a page.
const BEFORE: usize = 40;
const AFTER: usize = 90;

/// Pages that the index names, and all that hold every word; if there is none, those that hold any.
pub(super) fn found(
    pages: &[PageText],
    needles: &Needles,
    hit: Option<&Hit>,
    page_url: &dyn Fn(u32) -> String,
) -> Found {
    let counted: Vec<(&PageText, u32, bool)> = pages
        .iter()
        .map(|page| {
            let (count, whole) = needles.count(&page.text);
            let indexed = hit.is_some_and(|hit| {
                hit.page == page.number || hit.also.iter().any(|also| also.number == page.number)
            });
            (page, count, whole || indexed)
        })
        .filter(|(_, count, _)| *count > 0)
        .collect();
    let any_whole = counted.iter().any(|(_, _, whole)| *whole);
    let pages: Vec<FoundPage> = counted
        .into_iter()
        .filter(|(_, _, whole)| *whole || !any_whole)
        .take(MAX_PAGES)
        .map(|(page, count, _)| FoundPage {
            number: page.number,
            label: page.label.clone(),
            url: page_url(page.number),
            count,
            place: place(page, needles, count),
            excerpt: excerpt(&needles.runs(&page.text)),
        })
        .collect();
    Found {
        total: pages.iter().map(|page| page.count).sum(),
        previous_url: None,
        next_url: None,
        pages,
    }
}

/// What was found, with the steps that lead on from page `number`.
pub(super) fn around(found: Found, number: u32) -> Found {
    let before = found.pages.iter().rev().find(|page| page.number < number);
    let after = found.pages.iter().find(|page| page.number > number);
    Found {
        previous_url: before.map(|page| page.url.clone()),
        next_url: after.map(|page| page.url.clone()),
        ..found
    }
}

/// Where the hits of a page are, if all are in its notes or all in its comments.
fn place(page: &PageText, needles: &Needles, count: u32) -> FoundPlace {
    let within = |kind: PassageKind| {
        let passages = page.passages.iter().filter(|passage| passage.kind == kind);
        let counts = passages.map(|passage| {
            let lines = page.text.lines().skip(passage.line as usize);
            let inside: Vec<&str> = lines.take(passage.lines as usize).collect();
            needles.count(&inside.join("\n")).0
        });
        counts.sum::<u32>() >= count
    };
    if within(PassageKind::Notes) {
        FoundPlace::Notes
    } else if within(PassageKind::Comments) {
        FoundPlace::Comments
    } else {
        FoundPlace::Page
    }
}

/// The first hit with a little before and after it, on one line.
fn excerpt(runs: &[TextRun]) -> Vec<TextRun> {
    let Some(first) = runs.iter().position(|run| run.emphasis == Emphasis::Hit) else {
        return Vec::new();
    };
    let plain = |text: String| TextRun {
        text,
        emphasis: Emphasis::Plain,
    };
    let mut kept = Vec::new();
    if let Some(before) = first.checked_sub(1).map(|at| &runs[at].text) {
        kept.push(plain(one_line(&ending(before, BEFORE))));
    }
    let mut left = AFTER;
    for run in &runs[first..] {
        let length = run.text.chars().count();
        kept.push(TextRun {
            text: one_line(&beginning(&run.text, left)),
            emphasis: run.emphasis,
        });
        left = left.saturating_sub(length);
        if left == 0 {
            kept.push(plain("…".into()));
            break;
        }
    }
    kept
}

fn one_line(text: &str) -> String {
    text.replace(['\n', '\t'], " ")
}

/// The last characters of a text, from the beginning of a word on.
fn ending(text: &str, count: usize) -> String {
    let length = text.chars().count();
    if length <= count {
        return text.to_owned();
    }
    let end: String = text.chars().skip(length - count).collect();
    let word = end.find(char::is_whitespace).map_or(0, |at| at + 1);
    format!("…{}", &end[word..])
}

/// The first characters of a text, to the end of a word.
fn beginning(text: &str, count: usize) -> String {
    if text.chars().count() <= count {
        return text.to_owned();
    }
    let cut: String = text.chars().take(count).collect();
    cut.rfind(char::is_whitespace)
        .map_or(cut.clone(), |at| cut[..at].to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use homeroom_core::ports::extractor::Passage;

    fn page(number: u32, text: &str) -> PageText {
        PageText {
            number,
            text: text.to_owned(),
            ..PageText::default()
        }
    }

    fn numbers(found: &Found) -> Vec<(u32, u32)> {
        found.pages.iter().map(|page| (page.number, page.count)).collect()
    }

    #[test]
    fn pages_with_all_words_are_listed_and_else_those_with_any() {
        let url = |number: u32| format!("?page={number}");
        let pages = [
            page(1, "the Krebs cycle, the cycle of Krebs"),
            page(2, "a cycle"),
            page(3, "nothing"),
            page(4, "Krebs found the cycle"),
        ];
        let all = found(&pages, &Needles::new("krebs cycle", None), None, &url);
        assert_eq!(numbers(&all), [(1, 3), (4, 2)]);
        let all = around(all, 1);
        assert_eq!(
            (all.total, all.previous_url, all.next_url),
            (5, None, Some("?page=4".into()))
        );
        let any = found(&pages, &Needles::new("cycle respiration", None), None, &url);
        assert_eq!(numbers(&any), [(1, 2), (2, 1), (4, 1)]);
        assert_eq!(
            found(&pages, &Needles::new("glucose", None), None, &url),
            Found::default()
        );
    }

    #[test]
    fn words_that_the_picture_does_not_show_are_told() {
        let url = |number: u32| format!("?page={number}");
        let with = |kind, number, text: &str| PageText {
            passages: vec![Passage {
                line: 1,
                lines: 2,
                kind,
            }],
            ..page(number, text)
        };
        let slide = |number, text: &str| with(PassageKind::Notes, number, text);
        let pages = [
            slide(1, "Energy\nask about\nthe Krebs cycle"),
            slide(2, "The Krebs cycle\nask about the\nKrebs cycle"),
            page(3, "The Krebs cycle"),
            with(PassageKind::Comments, 4, "Energy\nwhere is\nthe Krebs cycle?"),
        ];
        let places = found(&pages, &Needles::new("krebs", None), None, &url).pages;
        let places: Vec<_> = places.iter().map(|page| (page.count, page.place)).collect();
        assert_eq!(
            places,
            [
                (1, FoundPlace::Notes),
                (2, FoundPlace::Page),
                (1, FoundPlace::Page),
                (1, FoundPlace::Comments)
            ]
        );
    }

    #[test]
    fn an_excerpt_is_one_line_around_the_first_hit() {
        let text = format!(
            "{} before it\nKrebs cycle {}",
            "word ".repeat(30),
            "after ".repeat(60)
        );
        let runs = excerpt(&Needles::new("krebs", None).runs(&text));
        let said: String = runs.iter().map(|run| run.text.as_str()).collect();
        assert!(
            said.starts_with("…word word")
                && said.contains("before it Krebs cycle after")
                && said.ends_with('…'),
            "{said}"
        );
        assert!(said.chars().count() < 150 && !said.contains('\n'));
    }
}
