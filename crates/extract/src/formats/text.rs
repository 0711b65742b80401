//! Plain text, in any encoding.
use super::encoding::decode;
use super::flow::{Flow, readable};
use crate::child::{Sink, Stop};
use homeroom_core::ports::extractor::ExtractedPage;

/// A paragraph is ended here for want of empty lines.
const LONGEST_PARAGRAPH: usize = 2_000;

/// Pages end at form feeds where the text has some, else after about 3,000 characters. Words that
/// are broken at a line's end are joined.
pub(super) fn extract(bytes: &[u8], sink: &mut Sink) -> Result<(), Stop> {
    let text = decode(bytes, None);
    let text = text.trim_end_matches(['\u{C}', '\n', '\r']);
    if text.contains('\u{C}') {
        for chunk in text.split('\u{C}') {
            let page = readable(&join_broken_words(chunk)).trim_matches('\n').to_owned();
            sink.page(ExtractedPage {
                text: page,
                ..ExtractedPage::default()
            })?;
        }
        return Ok(());
    }
    let mut flow = Flow::default();
    paragraphs(&join_broken_words(text), |paragraph| flow.paragraph(paragraph));
    flow.finish(sink)
}

/// Paragraphs are parted by empty lines; their lines stay lines.
pub(super) fn paragraphs(text: &str, mut give: impl FnMut(&str)) {
    let mut paragraph = String::new();
    for line in text.lines() {
        let line = line.trim_end();
        if line.is_empty() {
            if !paragraph.is_empty() {
                give(&paragraph);
                paragraph.clear();
            }
            continue;
        }
        if !paragraph.is_empty() {
            paragraph.push('\n');
        }
        paragraph.push_str(line);
        // A list without empty lines is one long paragraph: end it somewhere.
        if paragraph.len() > LONGEST_PARAGRAPH {
            give(&paragraph);
            paragraph.clear();
        }
    }
    give(&paragraph);
}

/// Joins "exam-" and "ple" of two lines: letters on both sides, small ones, and nothing that looks
/// like a hyphen of its own in the word.
fn join_broken_words(text: &str) -> String {
    let mut joined = String::with_capacity(text.len());
    let mut lines = text.lines().peekable();
    let mut taken = 0;
    while let Some(line) = lines.next() {
        let line = &line[taken..];
        taken = 0;
        let next = lines.peek().copied().unwrap_or_default();
        if let Some((start, rest)) = broken_word(line, next) {
            joined.push_str(start);
            joined.push_str(rest);
            taken = next.len() - next.trim_start().len() + rest.len();
            // What follows the word on its line stays there.
            let later = &next[taken..];
            taken += later.len() - later.trim_start().len();
        } else {
            joined.push_str(line);
        }
        joined.push('\n');
    }
    joined
}

/// The line without its hyphen, and the end of the word from the next line.
fn broken_word<'a>(line: &'a str, next: &'a str) -> Option<(&'a str, &'a str)> {
    let start = line.trim_end().strip_suffix(['-', '\u{2010}', '\u{AD}'])?;
    let word = start.rsplit(|c: char| !c.is_alphabetic()).next()?;
    let before = start[..start.len() - word.len()].chars().next_back();
    let rest = next.trim_start();
    let end = rest.find(|c: char| !c.is_alphabetic()).unwrap_or(rest.len());
    let (rest, after) = rest.split_at(end);
    let small = |text: &str| text.chars().all(char::is_lowercase);
    let broken = word.chars().count() >= 2
        && rest.chars().count() >= 2
        && word.chars().skip(1).all(char::is_lowercase)
        && small(rest)
        && !before.is_some_and(|c| c == '-' || c == '_' || c.is_numeric())
        && !after.starts_with(['-', '_']);
    broken.then_some((start, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_broken_at_a_lines_end_are_joined() {
        assert_eq!(
            join_broken_words("an exam-\nple of it\nend"),
            "an example\nof it\nend\n"
        );
        assert_eq!(join_broken_words("Bei-\n  spiele, ja"), "Beispiele\n, ja\n");
        for kept in [
            "well-\nKnown\n",
            "x -\nlist\n",
            "1-\ntwo\n",
            "--foo-\nbar\n",
            "mother-in-\nlaw\n",
        ] {
            assert_eq!(join_broken_words(kept), kept);
        }
    }
}
