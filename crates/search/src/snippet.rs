//! The piece of a page that shows why it was found, as HTML: hits in `<mark>`, all else escaped.
use crate::analysis::{Languages, Word, next_word, scan, word};
use crate::query::parse::Parsed;
use foldhash::fast::RandomState;
use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::ops::Range;

/// Characters of text in a snippet.
const LENGTH_CHARS: usize = 240;
/// Only this much of a page is looked at.
const LONGEST_PAGE_BYTES: usize = 200_000;

/// Places where the part that is shown may begin, and hits in it that are counted.
const MOST_WINDOWS: usize = 200;
const MOST_INSIDE: usize = 64;

/// What is marked.
pub(crate) struct Marker<'a> {
    languages: &'a Languages,
    exact: HashMap<&'a str, usize, RandomState>,
    loose: HashMap<&'a str, usize, RandomState>,
    beginnings: Vec<(&'a str, usize)>,
    /// First letters of loose forms: a word with another need not be stemmed.
    initials: HashSet<char, RandomState>,
    /// ASCII characters that words to be marked may begin with, one bit for each: most words of a
    /// text can be passed over by their first letter.
    begin: u128,
    /// Whether all words of the query are words by themselves, so that a text need not be taken
    /// apart completely.
    plain: bool,
    /// Words of texts that were judged already, as they are written.
    judged: RefCell<HashMap<String, Option<usize>, RandomState>>,
}

/// A hit in the text, and which word of the query it is.
struct Mark {
    span: Range<usize>,
    word: usize,
}

impl<'a> Marker<'a> {
    /// For a query.
    pub(crate) fn new(parsed: &'a Parsed, languages: &'a Languages) -> Self {
        let mut marker = Self {
            languages,
            exact: HashMap::default(),
            loose: HashMap::default(),
            beginnings: Vec::new(),
            initials: HashSet::default(),
            begin: 0,
            plain: parsed.words().all(|word| !word.gram && !word.signs),
            judged: RefCell::default(),
        };
        for (index, word) in parsed.words().enumerate() {
            marker.exact.entry(&word.exact).or_insert(index);
            if word.prefix {
                marker.beginnings.push((&word.exact, index));
            }
            for form in &word.loose {
                marker.loose.entry(form).or_insert(index);
                marker.initials.extend(form.chars().next());
            }
            for form in word.loose.iter().chain([&word.exact]) {
                if let Some(first) = form.bytes().next().filter(u8::is_ascii) {
                    marker.begin |= 1 << first;
                }
            }
        }
        marker
    }

    /// The snippet of a page's text.
    pub(crate) fn snippet(&self, text: &str) -> String {
        let text = &text[..text.floor_char_boundary(LONGEST_PAGE_BYTES)];
        let marks = if self.plain {
            self.marks_of_words(text)
        } else {
            self.marks(&scan(text))
        };
        let window = best_window(text, &marks);
        render(text, &window, &marks)
    }

    fn marks_of_words(&self, text: &str) -> Vec<Mark> {
        let mut marks = Vec::new();
        let mut judged = self.judged.borrow_mut();
        let mut at = 0;
        while let Some(span) = next_word(text, at) {
            at = span.end;
            let raw = &text[span.clone()];
            if self.passes_over(raw) {
                continue;
            }
            let found = if let Some(known) = judged.get(raw) {
                *known
            } else {
                let found = self.which(&word(raw));
                judged.insert(raw.to_owned(), found);
                found
            };
            marks.extend(found.map(|word| Mark { span, word }));
        }
        marks
    }

    /// Whether the first letter tells that a word is not marked: one of ASCII is compared as it is,
    /// but for its case.
    fn passes_over(&self, raw: &str) -> bool {
        let first = raw.bytes().next().map(|first| first.to_ascii_lowercase());
        first.is_some_and(|first| first.is_ascii() && self.begin >> first & 1 == 0)
    }

    fn marks(&self, words: &[Word]) -> Vec<Mark> {
        let mut marks: Vec<Mark> = Vec::new();
        let mut known: HashMap<&str, Option<usize>> = HashMap::new();
        for (index, word) in words.iter().enumerate() {
            let pair = word
                .also
                .as_deref()
                .and_then(|also| self.exact.get(also))
                .copied();
            let end = if pair.is_some() && word.gram {
                words.get(index + 1).map_or(word.span.end, |next| next.span.end)
            } else {
                word.span.end
            };
            let found = pair.or_else(|| *known.entry(&word.exact).or_insert_with(|| self.which(word)));
            if let Some(which) = found {
                marks.push(Mark {
                    span: word.span.start..end,
                    word: which,
                });
            }
        }
        marks
    }

    fn which(&self, word: &Word) -> Option<usize> {
        if let Some(index) = self.exact.get(word.exact.as_str()) {
            return Some(*index);
        }
        if word.gram {
            return None;
        }
        if let Some((_, index)) = self
            .beginnings
            .iter()
            .find(|(start, _)| word.exact.starts_with(start))
        {
            return Some(*index);
        }
        // Prefixed letters come off only in these scripts, so that any initial may lead to a form.
        let prefixed = word.exact.starts_with(|c| matches!(c, '\u{0590}'..='\u{06FF}'));
        if !prefixed && !word.exact.starts_with(|c| self.initials.contains(&c)) {
            return None;
        }
        let forms = self.languages.forms(&word.lowered, &word.exact);
        let whole = forms.iter().find_map(|form| self.loose.get(form.as_str()));
        let begun = || {
            let mut beginnings = self.beginnings.iter().filter(|_| prefixed);
            beginnings.find(|(start, _)| forms.iter().any(|form| form.starts_with(start)))
        };
        whole.or_else(|| begun().map(|(_, index)| index)).copied()
    }
}

/// The part of the text with most different words of the query, then most hits, then the earliest.
fn best_window(text: &str, marks: &[Mark]) -> Range<usize> {
    let (mut at, mut passed) = (0, 0);
    // Where marks begin and end, in characters.
    let mut places: Vec<Range<usize>> = Vec::with_capacity(marks.len());
    for mark in marks {
        passed += chars(&text[at..mark.span.start]);
        at = mark.span.start;
        places.push(passed..passed + chars(&text[mark.span.clone()]));
    }
    let mut best = (0, 0..0);
    for (index, mark) in marks.iter().enumerate().take(MOST_WINDOWS) {
        let limit = places[index].start + LENGTH_CHARS;
        let (mut which, mut neighbours, mut inside, mut end) = (0_u64, 0, 0, mark.span.end);
        let mut before = None;
        for (mark, place) in marks[index..].iter().zip(&places[index..]).take(MOST_INSIDE) {
            if place.end > limit {
                break;
            }
            which |= 1 << (mark.word % 64);
            neighbours += u32::from(before.is_some_and(|before| mark.word == before + 1));
            inside += 1;
            before = Some(mark.word);
            end = mark.span.end;
        }
        let score = which.count_ones() * 16 + neighbours * 8 + inside.min(8);
        if score > best.0 {
            best = (score, mark.span.start..end);
        }
    }
    widen(text, &best.1)
}

fn chars(text: &str) -> usize {
    text.chars().count()
}

/// Fills the window up to its length, with what comes before the hits and more of what comes after.
fn widen(text: &str, hits: &Range<usize>) -> Range<usize> {
    let used = text[hits.clone()].chars().count();
    let spare = LENGTH_CHARS.saturating_sub(used);
    let before = text[..hits.start]
        .char_indices()
        .rev()
        .take(spare / 3)
        .last()
        .map_or(hits.start, |(at, _)| at);
    let start = if before == 0 {
        0
    } else {
        after_gap(text, before, hits.start)
    };
    let end = end_of(text, start, LENGTH_CHARS);
    let end = if end == text.len() {
        end
    } else {
        before_gap(text, end, hits.end)
    };
    start..end.max(hits.end)
}

fn end_of(text: &str, start: usize, chars: usize) -> usize {
    text[start..]
        .char_indices()
        .nth(chars)
        .map_or(text.len(), |(offset, _)| start + offset)
}

/// The first beginning of a word in the stretch, if there is one near.
fn after_gap(text: &str, start: usize, limit: usize) -> usize {
    let gap = text[start..limit]
        .char_indices()
        .take(24)
        .find(|(_, c)| c.is_whitespace());
    gap.map_or(start, |(offset, c)| start + offset + c.len_utf8())
}

fn before_gap(text: &str, end: usize, limit: usize) -> usize {
    if end <= limit {
        return end;
    }
    let gap = text[limit..end]
        .char_indices()
        .rev()
        .take(24)
        .find(|(_, c)| c.is_whitespace());
    gap.map_or(end, |(offset, _)| limit + offset)
}

fn render(text: &str, window: &Range<usize>, marks: &[Mark]) -> String {
    let mut html = String::with_capacity(window.len() + 64);
    if window.start > 0 {
        html.push('…');
    }
    let mut at = window.start;
    let mut open_until = None;
    let mut space = false;
    let mut marks = marks
        .iter()
        .filter(|mark| mark.span.start >= window.start && mark.span.end <= window.end)
        .peekable();
    while let Some(c) = text[at..window.end].chars().next() {
        if open_until == Some(at) {
            // Marks that touch or overlap, as pairs of characters do, are one.
            open_until = marks
                .next_if(|mark| mark.span.start <= at && mark.span.end > at)
                .map(|mark| mark.span.end);
            if open_until.is_none() {
                html.push_str("</mark>");
            }
        }
        while marks
            .next_if(|mark| mark.span.start < at || open_until.is_some_and(|end| mark.span.end <= end))
            .is_some()
        {}
        if open_until.is_none()
            && let Some(mark) = marks.next_if(|mark| mark.span.start == at)
        {
            if space && !html.is_empty() {
                html.push(' ');
                space = false;
            }
            html.push_str("<mark>");
            open_until = Some(mark.span.end);
        }
        if c.is_whitespace() || c.is_control() {
            space = true;
        } else {
            if space && !html.is_empty() {
                html.push(' ');
            }
            space = false;
            push_escaped(&mut html, c);
        }
        at += c.len_utf8();
    }
    if open_until.is_some() {
        html.push_str("</mark>");
    }
    if window.end < text.len() {
        html.push('…');
    }
    html
}

fn push_escaped(html: &mut String, c: char) {
    match c {
        '&' => html.push_str("&amp;"),
        '<' => html.push_str("&lt;"),
        '>' => html.push_str("&gt;"),
        '"' => html.push_str("&quot;"),
        '\'' => html.push_str("&#39;"),
        // Embeddings and overrides of direction would reach beyond the snippet.
        '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => {}
        other => html.push(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::parse::parse;

    fn check(query: &str, text: &str, expected: &str) {
        let languages = Languages::of_page(Some("en"));
        let parsed = parse(query, &languages);
        assert_eq!(Marker::new(&parsed, &languages).snippet(text), expected);
    }

    #[test]
    fn marks_and_escapes() {
        check(
            "cat",
            "A <b>cat</b> & \"dog\"",
            "A &lt;b&gt;<mark>cat</mark>&lt;/b&gt; &amp; &quot;dog&quot;",
        );
        check(
            "runs fast",
            "He  was\nrunning fast.",
            "He was <mark>running</mark> <mark>fast</mark>.",
        );
        check("方陣都", "所有的方陣都是", "所有的<mark>方陣都</mark>是");
        check(
            "none",
            "<script>alert(1)</script>",
            "&lt;script&gt;alert(1)&lt;/script&gt;",
        );
        check("x", "", "");
        check(
            "École",
            "e\u{301}cole ECOLE",
            "<mark>e\u{301}cole</mark> <mark>ECOLE</mark>",
        );
        check("schon", "Schön", "<mark>Schön</mark>");
    }

    #[test]
    fn shows_the_densest_part_within_its_length() {
        let filler = "lorem ipsum ".repeat(100);
        let text = format!("cat {filler} the cat sat on a mat {filler}");
        let languages = Languages::default();
        let parsed = parse("cat mat", &languages);
        let snippet = Marker::new(&parsed, &languages).snippet(&text);
        assert!(
            snippet.contains("<mark>cat</mark> sat on a <mark>mat</mark>"),
            "{snippet}"
        );
        assert!(snippet.starts_with('…') && snippet.ends_with('…'));
        assert!(
            snippet
                .replace("<mark>", "")
                .replace("</mark>", "")
                .chars()
                .count()
                <= LENGTH_CHARS + 2
        );
    }
}
