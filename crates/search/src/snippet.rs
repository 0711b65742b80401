//! The piece of a page that shows why it was found, as HTML: hits in `<mark>`, all else escaped.
use crate::analysis::line_break_within;
use crate::marker::{Mark, Marker};
use std::ops::Range;

/// Characters of text in a snippet.
const LENGTH_CHARS: usize = 240;
/// Only this much of a page is looked at.
const LONGEST_PAGE_BYTES: usize = 200_000;

/// Places where the part that is shown may begin, and hits in it that are counted.
const MOST_WINDOWS: usize = 200;
const MOST_INSIDE: usize = 64;

impl Marker<'_> {
    /// The snippet of a page's text.
    pub(crate) fn snippet(&self, text: &str) -> String {
        let text = &text[..text.floor_char_boundary(LONGEST_PAGE_BYTES)];
        let marks = self.marks_in(text);
        let window = best_window(text, &marks);
        render(text, &window, &marks)
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
        let mut before = usize::MAX;
        for (mark, place) in marks[index..].iter().zip(&places[index..]).take(MOST_INSIDE) {
            if place.end > limit {
                break;
            }
            for word in mark.words.clone() {
                which |= 1 << (word % 64);
            }
            neighbours += u32::from(mark.words.start == before);
            inside += 1;
            before = mark.words.end;
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
    let mut last = None;
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
        if let Some(length) = last.and_then(|last| line_break_within(last, &text[at..window.end])) {
            at += length;
            last = None;
            continue;
        }
        last = Some(c);
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
    use crate::analysis::Languages;
    use crate::query::parse::parse;

    fn check(query: &str, text: &str, expected: &str) {
        let languages = Languages::of_page(Some("en"));
        let parsed = parse(query, &languages);
        assert_eq!(Marker::new(&parsed, &languages).snippet(text), expected);
    }

    #[test]
    fn lines_without_spaces_run_on() {
        check("长江", "考试。长\n江是河流", "考试。<mark>长江</mark>是河流");
        check("長江", "流れる。\n長江は川", "流れる。<mark>長江</mark>は川");
        check("시험", "수학\n시험", "수학 <mark>시험</mark>");
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
    fn what_is_one_word_is_marked_as_one_and_only_where_it_stands() {
        check(
            "8.375e-06",
            "06 or 8.375e-06, 8",
            "06 or <mark>8.375e-06</mark>, 8",
        );
        check("3.14159", "3 and 3.14159", "3 and <mark>3.14159</mark>");
        check("33.3%", "33.3% of 33", "<mark>33.3</mark>% of 33");
        check("1,024", "1,024 bytes, 1", "<mark>1,024</mark> bytes, 1");
        check(
            "2025-04-11",
            "2025-04-08 2025-04-11",
            "2025-04-08 <mark>2025-04-11</mark>",
        );
        check("2025-04-11", "2025-04-08", "2025-04-08");
        check("covid-19", "COVID 19", "<mark>COVID</mark> 19");
        check("well-known", "known well", "<mark>known</mark> <mark>well</mark>");
        check(
            "x^2",
            "x² or x^2 or x",
            "<mark>x²</mark> or <mark>x^2</mark> or x",
        );
    }

    #[test]
    fn scripts_without_spaces_are_marked_in_whole_runs() {
        check(
            "สังเคราะห์",
            "ยังเรา การสังเคราะห์แสง",
            "ยังเรา การ<mark>สังเคราะห์</mark>แสง",
        );
        check("สังเคราะห์", "ยังเรา", "ยังเรา");
        check("方陣都", "方陣，都是方陣都", "方陣，都是<mark>方陣都</mark>");
        check(
            "光合作用過程",
            "光合作用的過程",
            "<mark>光合作用</mark>的<mark>過程</mark>",
        );
    }

    #[test]
    fn the_words_of_a_phrase_are_marked_where_it_stands() {
        check(
            "\"red house\" boat",
            "a red car, a boat, the red house",
            "a red car, a <mark>boat</mark>, the <mark>red house</mark>",
        );
        check(
            "\"red house\"",
            "a house in red",
            "a <mark>house</mark> in <mark>red</mark>",
        );
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
