//! HTML, XML and what is written like them: comments, elements, attributes and their values.
use super::Ink;
use std::ops::Range;

/// The coloured parts of a text.
pub(super) fn inks(text: &str) -> Vec<(Range<usize>, Ink)> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(begin) = text[at..].find('<').map(|place| at + place) {
        if text[begin..].starts_with("<!--") {
            let length = text[begin..]
                .find("-->")
                .map_or(text.len() - begin, |place| place + 3);
            found.push((begin..begin + length, Ink::Comment));
            at = begin + length;
        } else {
            at = tag(text, begin + 1, &mut found);
        }
    }
    found
}

/// Takes a tag from behind its bracket; answers where it ends. What begins with no name is no tag.
fn tag(text: &str, begin: usize, found: &mut Vec<(Range<usize>, Ink)>) -> usize {
    let name = begin + text[begin..].len() - text[begin..].trim_start_matches(['/', '!', '?']).len();
    let mut at = end_of_name(text, name);
    if at == name || !text[name..].starts_with(|c: char| c.is_alphabetic()) {
        return name;
    }
    found.push((name..at, Ink::Keyword));
    while let Some(c) = text[at..].chars().next() {
        let next = match c {
            '>' => return at + 1,
            '<' => return at,
            '"' | '\'' => {
                let length = text[at + 1..].find(c).map_or(text.len() - at, |place| place + 2);
                found.push((at..at + length, Ink::Text));
                at + length
            }
            _ => {
                let end = end_of_name(text, at);
                if end > at {
                    found.push((at..end, Ink::Name));
                }
                end.max(at + c.len_utf8())
            }
        };
        at = next;
    }
    at
}

fn end_of_name(text: &str, at: usize) -> usize {
    let is_name = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | ':' | '.' | '@');
    at + text[at..].find(|c| !is_name(c)).unwrap_or(text.len() - at)
}
