//! Source code: no line is touched or left out, so that every line keeps its number. Pages end where
//! something new begins at the margin.
use super::encoding::decode;
use super::flow::{cut, readable};
use crate::child::{Sink, Stop};
use homeroom_core::ports::extractor::{ExtractedPage, Passage, PassageKind};

/// A page ends behind this many characters before a line at the margin that follows an empty one…
const PAGE_CHARACTERS: usize = 2_000;
/// …behind this many at any empty line…
const LONG_PAGE_CHARACTERS: usize = 3_500;
/// …and behind this many at any line.
const LONGEST_PAGE_CHARACTERS: usize = 6_000;

pub(super) fn extract(bytes: &[u8], sink: &mut Sink) -> Result<(), Stop> {
    let text = decode(bytes, None);
    let mut page = Page::default();
    for (number, line) in (1..).zip(text.lines()) {
        // What steers printers is no end of a line.
        let line = line.replace(['\u{B}', '\u{C}', '\r'], "");
        let line = readable(line.trim_end());
        if page.is_over(&line) {
            page.finish(sink)?;
        }
        let mut rest: &str = &line;
        loop {
            let (piece, later) = cut(rest);
            page.add(number, piece);
            if later.is_empty() {
                break;
            }
            page.finish(sink)?;
            rest = later;
        }
    }
    if !page.is_empty() || sink.pages() == 0 {
        page.finish(sink)?;
    }
    Ok(())
}

/// Lines that follow each other.
#[derive(Default)]
struct Page {
    text: String,
    characters: usize,
    first: u32,
    lines: u32,
}

impl Page {
    fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Whether another page begins with a line.
    fn is_over(&self, line: &str) -> bool {
        if line.is_empty() {
            return false;
        }
        let begins = !line.starts_with([' ', '\t', '}', ')', ']']);
        let behind_gap = self.text.ends_with('\n');
        let least = match (behind_gap, begins) {
            (true, true) => PAGE_CHARACTERS,
            (true, false) => LONG_PAGE_CHARACTERS,
            (false, _) => LONGEST_PAGE_CHARACTERS,
        };
        self.characters >= least
    }

    /// No page begins with an empty line.
    fn add(&mut self, number: u32, line: &str) {
        if self.is_empty() {
            if line.is_empty() {
                return;
            }
            self.first = number;
        } else {
            self.text.push('\n');
        }
        self.text.push_str(line);
        self.lines = number.saturating_sub(self.first) + 1;
        self.characters += line.chars().count() + 1;
    }

    fn finish(&mut self, sink: &mut Sink) -> Result<(), Stop> {
        let page = std::mem::take(self);
        let text = page.text.trim_end_matches('\n');
        let empty = u32::try_from(page.text.len() - text.len()).unwrap_or(u32::MAX);
        let passage = Passage {
            line: 0,
            lines: page.lines.saturating_sub(empty),
            kind: PassageKind::Source { first: page.first },
        };
        sink.page(ExtractedPage {
            text: text.to_owned(),
            passages: (!text.is_empty()).then_some(passage).into_iter().collect(),
            ..ExtractedPage::default()
        })
    }
}
