//! A PDF's table of contents: its lines, and the titles that only it says and not the pages that they lead to.
use super::structure::{Structure, one_line};
use crate::child::Sink;
use foldhash::fast::RandomState;
use hayro::hayro_syntax::object::{self, Dict, ObjRef};
use homeroom_core::ports::extractor::{ExtractedPage, Unread};
use std::collections::{HashMap, HashSet};

/// Lines of an outline.
const MAX_LINES: usize = 2_000;
/// How deep an outline is walked.
const MAX_DEPTH: usize = 64;
/// The longest title, in characters, and the most of one page.
const MAX_TITLE: usize = 200;
const MAX_TITLES: usize = 16;

/// A document's table of contents.
#[derive(Default)]
pub(super) struct Outline {
    lines: Vec<Line>,
    /// Places in `lines` of those that lead to a page.
    of_page: HashMap<u32, Vec<usize>, RandomState>,
}

struct Line {
    title: String,
    page: u32,
    level: u8,
}

impl Outline {
    /// Adds the lines of a document.
    pub(super) fn read(&mut self, structure: &Structure<'_>) {
        let Some(root) = structure
            .catalog()
            .and_then(|catalog| catalog.get::<Dict<'_>>(b"Outlines".as_slice()))
        else {
            return;
        };
        let mut seen = HashSet::new();
        let mut open: Vec<Option<ObjRef>> = vec![root.get_ref(b"First".as_slice())];
        // Levels are places on the stack: one without a successor keeps an empty place.
        while let Some(place) = open.pop() {
            let Some(reference) = place.filter(|place| self.lines.len() < MAX_LINES && seen.insert(*place))
            else {
                continue;
            };
            let Some(item) = structure.dict(reference) else {
                continue;
            };
            let level = open.len() + 1;
            let title = item.get::<object::String<'_>>(b"Title".as_slice());
            if let (Some(title), Some(page)) = (title, structure.destination_of(&item)) {
                self.of_page.entry(page).or_default().push(self.lines.len());
                self.lines.push(Line {
                    title: super::decode_text_string(title.as_bytes()),
                    page,
                    level: u8::try_from(level).unwrap_or(u8::MAX),
                });
            }
            open.push(item.get_ref(b"Next".as_slice()));
            if level < MAX_DEPTH {
                open.push(item.get_ref(b"First".as_slice()));
            }
        }
    }

    /// Hands all lines to the sink.
    pub(super) fn give(&self, sink: &mut Sink) {
        for line in &self.lines {
            sink.outline(&line.title, line.page, line.level);
        }
    }

    /// Makes headings of the titles of a page (from 1) with words that its text does not have, and adds them to
    /// the text; but not to that of a page whose words may still be recognised.
    pub(super) fn add_to(&self, page: &mut ExtractedPage, number: u32) {
        let Some(lines) = self.of_page.get(&number) else {
            return;
        };
        let text = page.text.to_lowercase();
        let said: HashSet<&str, RandomState> = words(&text).collect();
        let is_read = page.unread == Unread::Nothing || !page.has_few_letters();
        for line in lines.iter().take(MAX_TITLES) {
            let title = one_line(&self.lines[*line].title, MAX_TITLE);
            let title_words = title.to_lowercase();
            let is_said = words(&title_words).all(|word| said.contains(word))
                || letters(&text).contains(&letters(&title_words));
            if is_said || is_made_up(&title, number) || page.headings.contains(&title) {
                continue;
            }
            if is_read {
                if !page.text.is_empty() {
                    page.text.push('\n');
                }
                page.text.push_str(&title);
            }
            page.headings.push(title);
        }
    }
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    let words = text.split(|c: char| !c.is_alphanumeric());
    words.filter(|word| !word.is_empty())
}

/// For where it is not known where words end.
fn letters(text: &str) -> String {
    words(text).collect()
}

/// Whether a program has made the title up: "Slide 3".
fn is_made_up(title: &str, number: u32) -> bool {
    let mut words = title.split_whitespace().rev();
    words.next().is_some_and(|last| last == number.to_string()) && words.nth(1).is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbered_slides_have_no_titles() {
        assert!(is_made_up("Slide 3", 3));
        assert!(is_made_up("3", 3));
        assert!(!is_made_up("Chapter 4", 3));
        assert!(!is_made_up("Problems of 3", 3));
    }
}
