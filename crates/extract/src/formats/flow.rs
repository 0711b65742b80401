//! Texts that flow: paragraphs and headings become pages, and headings a table of contents.
//!
//! A text that has pages of its own keeps them. Any other is cut into pages of a readable length,
//! which are called by the heading that they stand under.
use crate::child::{Sink, Stop};
use homeroom_core::ports::extractor::{ExtractedPage, Passage, PassageKind};
use std::borrow::Cow;

/// A page is closed at the first paragraph's end behind this many characters…
const PAGE_CHARACTERS: usize = 3_000;
/// …and at any place behind this many.
const LONGEST_PAGE_CHARACTERS: usize = 12_000;
/// A page of a text that has its own is only cut where it would be cut off.
const LONGEST_OWN_PAGE_BYTES: usize = 1_000_000;
/// Headings that one page keeps.
const MAX_HEADINGS: usize = 16;

/// One piece of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Block {
    Paragraph(String),
    /// With its level, from 1.
    Heading(u8, String),
    /// Lines that keep their form.
    Passage(PassageKind, String),
    PageBreak,
}

#[derive(Default)]
struct Draft {
    text: String,
    /// How many lines `text` has.
    lines: u32,
    label: Option<String>,
    headings: Vec<String>,
    passages: Vec<Passage>,
}

/// Collects a text's blocks into pages.
#[derive(Default)]
pub(super) struct Flow {
    pages: Vec<Draft>,
    current: Draft,
    characters: usize,
    has_own_pages: bool,
    /// What the pages of a flowing text are called.
    standing_heading: Option<String>,
    /// Title, place of the page, level.
    outline: Vec<(String, usize, u8)>,
    repeated: Repeated,
}

/// Heads and feet that stand on every page.
#[derive(Clone, Debug, Default)]
pub(super) struct Repeated {
    pub(super) head: Vec<String>,
    pub(super) foot: Vec<String>,
}

impl Flow {
    /// A text whose pages end only where it says so.
    pub(super) fn with_own_pages() -> Self {
        Self {
            has_own_pages: true,
            ..Self::default()
        }
    }

    /// A text of these blocks, with pages of its own if it names any.
    pub(super) fn of(blocks: Vec<Block>) -> Self {
        let mut flow = Self {
            has_own_pages: blocks.contains(&Block::PageBreak),
            ..Self::default()
        };
        for block in blocks {
            match block {
                Block::Paragraph(text) => flow.paragraph(&text),
                Block::Heading(level, text) => flow.heading(level, &text),
                Block::Passage(kind @ PassageKind::Picture { .. }, text) => flow.picture(&kind, &text),
                Block::Passage(kind, text) => flow.passage(&kind, &text),
                Block::PageBreak => flow.break_page(),
            }
        }
        flow
    }

    /// Heads and feet: on every page of a text that has pages, else on the first.
    pub(super) fn repeat(&mut self, repeated: Repeated) {
        self.repeated = repeated;
    }

    /// Adds a paragraph; long ones are cut at white space where there is some.
    pub(super) fn paragraph(&mut self, paragraph: &str) {
        let cleaned = readable(paragraph.trim_end());
        let mut rest: &str = &cleaned;
        if self.has_own_pages {
            self.add_to_own_page(rest);
            return;
        }
        while !rest.trim_start().is_empty() {
            let (piece, later) = cut(rest);
            let length = piece.chars().count();
            if self.characters > 0 && self.characters + length > PAGE_CHARACTERS {
                self.end_page();
            }
            self.add_line(piece.trim_end());
            self.characters += length;
            rest = later;
        }
    }

    /// Adds lines that keep their form. They stay together on a page as far as they fit.
    pub(super) fn passage(&mut self, kind: &PassageKind, text: &str) {
        let readable = readable(text.trim_end());
        let mut rest = without_empty_lines_before(&readable);
        while !rest.is_empty() {
            let (piece, later) = cut_at_line(rest);
            let length = piece.chars().count();
            let is_full = self.characters > 0 && self.characters + length > PAGE_CHARACTERS;
            if is_full && !self.has_own_pages {
                self.end_page();
            }
            let (page, line) = (self.pages.len(), self.current.lines);
            if self.has_own_pages {
                self.add_to_own_page(piece.trim_end());
            } else {
                self.add_line(piece.trim_end());
            }
            self.characters += length;
            if self.pages.len() == page && self.current.lines > line {
                self.current.passages.push(Passage {
                    line,
                    lines: self.current.lines - line,
                    kind: kind.clone(),
                });
            }
            rest = without_empty_lines_before(later);
        }
    }

    /// Adds a picture, with a line that stands for it if it has one.
    pub(super) fn picture(&mut self, kind: &PassageKind, line: &str) {
        if !line.trim().is_empty() {
            return self.passage(kind, line);
        }
        // A page without text is none: what it would begin with ends the one before.
        let page = match self.pages.last_mut() {
            Some(before) if self.current.text.is_empty() => before,
            _ => &mut self.current,
        };
        page.passages.push(Passage {
            line: page.lines,
            lines: 0,
            kind: kind.clone(),
        });
    }

    /// A heading begins a page of a flowing text, unless the one before it is still nearly empty.
    pub(super) fn heading(&mut self, level: u8, heading: &str) {
        let title = one_line(&readable(heading));
        if title.is_empty() {
            return;
        }
        if !self.has_own_pages && self.characters > PAGE_CHARACTERS / 8 {
            self.end_page();
        }
        self.standing_heading = Some(title.clone());
        if self.current.label.is_none() && self.current.text.is_empty() {
            self.current.label = Some(title.clone());
        }
        self.paragraph(heading);
        self.outline.push((title, self.pages.len(), level));
        if self.current.headings.len() < MAX_HEADINGS {
            let lines = readable(heading);
            let lines = lines.lines().map(str::trim).filter(|line| !line.is_empty());
            self.current.headings.extend(lines.map(str::to_owned));
        }
    }

    /// Ends a page of a text that has its own, also an empty one.
    pub(super) fn break_page(&mut self) {
        if self.has_own_pages {
            self.pages.push(std::mem::take(&mut self.current));
            self.characters = 0;
        } else {
            self.end_page();
        }
    }

    /// Gives pages and headings to the sink; at least one page, which may be empty.
    pub(super) fn finish(mut self, sink: &mut Sink) -> Result<(), Stop> {
        self.end_page();
        if self.pages.is_empty() {
            self.pages.push(Draft::default());
        }
        let before = sink.pages();
        for (title, place, level) in self.outline {
            let page = u32::try_from(place)
                .unwrap_or(u32::MAX)
                .saturating_add(before + 1);
            sink.outline(&title, page, level);
        }
        let labels_are_headings = !self.has_own_pages;
        for (place, draft) in self.pages.into_iter().enumerate() {
            let repeats = place == 0 || self.has_own_pages;
            let repeated = if repeats {
                self.repeated.clone()
            } else {
                Repeated::default()
            };
            sink.page(repeated.around(draft, labels_are_headings))?;
        }
        Ok(())
    }

    /// The one page of a text that is one, and its headings with their levels.
    pub(super) fn into_pages(mut self) -> Vec<(String, Vec<String>)> {
        self.end_page();
        let pages = self.pages.into_iter();
        pages.map(|draft| (draft.text, draft.headings)).collect()
    }

    fn add_to_own_page(&mut self, text: &str) {
        let mut rest = text;
        while !rest.is_empty() {
            let room = LONGEST_OWN_PAGE_BYTES.saturating_sub(self.current.text.len());
            if rest.len() <= room {
                self.add_line(rest);
                return;
            }
            let (piece, later) = rest.split_at(rest.floor_char_boundary(room));
            self.add_line(piece);
            let label = self.current.label.clone();
            self.pages.push(std::mem::take(&mut self.current));
            self.current.label = label;
            rest = later;
        }
    }

    fn add_line(&mut self, line: &str) {
        if line.trim().is_empty() {
            return;
        }
        if !self.current.text.is_empty() {
            self.current.text.push('\n');
        } else if self.current.label.is_none() {
            self.current.label.clone_from(&self.standing_heading);
        }
        self.current.text.push_str(line);
        self.current.lines += number_of_lines(line);
    }

    /// Closes the page, if anything stands on it.
    fn end_page(&mut self) {
        if !self.current.text.trim().is_empty() {
            self.pages.push(std::mem::take(&mut self.current));
        }
        self.current = Draft::default();
        self.characters = 0;
    }
}

impl Repeated {
    fn around(self, draft: Draft, labels_are_headings: bool) -> ExtractedPage {
        let above: u32 = self.head.iter().map(|line| number_of_lines(line)).sum();
        let mut passages = draft.passages;
        for passage in &mut passages {
            passage.line += above;
        }
        let mut lines = self.head.clone();
        if !draft.text.is_empty() {
            lines.push(draft.text);
        }
        lines.extend(self.foot.iter().cloned());
        ExtractedPage {
            text: lines.join("\n"),
            label: draft.label.filter(|_| labels_are_headings),
            headings: draft.headings,
            passages,
            repeated: [self.head, self.foot].concat(),
            ..ExtractedPage::default()
        }
    }
}

/// Text as its letters: soft hyphens and characters that only steer are dropped, and the ligatures
/// of typesetting are taken apart.
pub(super) fn readable(text: &str) -> Cow<'_, str> {
    let special = |c: char| {
        matches!(c, '\u{AD}' | '\u{FB00}'..='\u{FB06}' | '\u{FEFF}')
            || (c.is_control() && !matches!(c, '\n' | '\t'))
    };
    if !text.contains(special) {
        return Cow::Borrowed(text);
    }
    let mut readable = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\u{FB00}' => readable.push_str("ff"),
            '\u{FB01}' => readable.push_str("fi"),
            '\u{FB02}' => readable.push_str("fl"),
            '\u{FB03}' => readable.push_str("ffi"),
            '\u{FB04}' => readable.push_str("ffl"),
            '\u{FB05}' | '\u{FB06}' => readable.push_str("st"),
            '\u{B}' | '\u{C}' | '\r' => readable.push('\n'),
            c if special(c) => {}
            c => readable.push(c),
        }
    }
    Cow::Owned(readable)
}

/// A title as one line.
pub(super) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn number_of_lines(text: &str) -> u32 {
    u32::try_from(text.matches('\n').count() + 1).unwrap_or(u32::MAX)
}

/// A text from its first line on that is not empty.
fn without_empty_lines_before(text: &str) -> &str {
    let begin = text.len() - text.trim_start().len();
    let line = text[..begin].rfind('\n').map_or(0, |place| place + 1);
    if begin == text.len() { "" } else { &text[line..] }
}

/// A piece of at most the longest length that ends with a line where it can, and the rest.
fn cut_at_line(text: &str) -> (&str, &str) {
    let (piece, rest) = cut(text);
    match piece.rfind('\n').filter(|_| !rest.is_empty()) {
        Some(place) if place > 0 => text.split_at(place),
        _ => (piece, rest),
    }
}

/// A piece of at most the longest length, and the rest.
pub(super) fn cut(text: &str) -> (&str, &str) {
    let Some((end, _)) = text.char_indices().nth(LONGEST_PAGE_CHARACTERS) else {
        return (text, "");
    };
    let place = text[..end]
        .rfind(char::is_whitespace)
        .filter(|place| *place > end / 2)
        .unwrap_or(end);
    text.split_at(place)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_end_at_paragraphs_and_nothing_is_lost() {
        let mut flow = Flow::default();
        for number in 0..100 {
            flow.paragraph(&format!("{number} {}", "word ".repeat(40)));
        }
        let pages = flow.into_pages();
        assert!(pages.len() > 5);
        assert!(
            pages
                .iter()
                .all(|(page, _)| page.chars().count() <= PAGE_CHARACTERS + 100)
        );
        let words: usize = pages
            .iter()
            .map(|(page, _)| page.split_whitespace().count())
            .sum();
        assert_eq!(words, 41 * 100);
    }

    #[test]
    fn a_text_without_any_space_is_cut_too() {
        let mut flow = Flow::default();
        flow.paragraph(&"字".repeat(30_000));
        let pages = flow.into_pages();
        assert_eq!(pages.len(), 3);
        let all: usize = pages.iter().map(|(page, _)| page.chars().count()).sum();
        assert_eq!(all, 30_000);
    }

    #[test]
    fn ligatures_are_letters_and_soft_hyphens_are_nothing() {
        assert_eq!(readable("e\u{FB03}cient ex\u{AD}ample"), "efficient example");
        assert_eq!(readable("plain"), "plain");
    }
}
