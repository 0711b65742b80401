//! From lines to a page's text in reading order.
//!
//! The order in which a file draws its lines is nearly always the order in which they are read: what it
//! draws out of turn is put in its place, and only where it jumps back again and again are lines ordered
//! by their place, columns one after the other.
use super::directions::by_direction;
use super::frame::Frame;
use super::glyphs::PlacedGlyph;
use super::latecomers::{jumps_back, put_in_place};
use super::lines::{Line, LineWord, find_lines};
use super::rules::Rule;
use hayro::kurbo::Rect;
use homeroom_core::ports::extractor::Word;
use std::collections::HashSet;
use std::ops::Range;

/// Above this, lines are ordered by height alone.
const MAX_LINES_TO_CUT: usize = 4_000;

/// A page's text and where its words stand.
#[derive(Debug, Default, PartialEq)]
pub(super) struct LaidOut {
    pub(super) text: String,
    pub(super) words: Vec<Word>,
    pub(super) lines: Vec<TextLine>,
}

/// A line of the text.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct TextLine {
    /// Its bytes in the text.
    pub(super) range: Range<usize>,
    /// The mean size of its letters.
    pub(super) size: f64,
    /// Where it stands on the page, from the upper edge.
    pub(super) y: f64,
    /// Whether it runs from left to right or from right to left.
    pub(super) upright: bool,
}

/// Lays out a page's glyphs, which come in drawing order, with its rules.
pub(super) fn lay_out(glyphs: Vec<PlacedGlyph>, rules: &[Rule]) -> LaidOut {
    let mut page = LaidOut::default();
    for (degrees, glyphs) in by_direction(glyphs) {
        let frame = Frame::at(degrees);
        let rules = if degrees == 0.0 { rules } else { &[] };
        let mut lines = find_lines(glyphs, frame, rules);
        let jumps = count_jumps(&lines);
        if jumps > 2 && jumps * 10 > lines.len() {
            // Drawn against the order of reading too often to trust it.
            lines = by_place(lines);
        } else if jumps > 0 {
            lines = put_in_place(lines);
        }
        page.add(lines, frame);
    }
    page
}

/// How often a line is drawn above the one before it.
fn count_jumps(lines: &[Line]) -> usize {
    lines
        .windows(2)
        .filter(|pair| jumps_back(&pair[0], &pair[1]))
        .count()
}

/// Cuts the page along its widest empty strips, and each part again.
fn by_place(mut lines: Vec<Line>) -> Vec<Line> {
    lines.sort_by(|a, b| a.base.total_cmp(&b.base).then(a.left.total_cmp(&b.left)));
    if lines.len() > MAX_LINES_TO_CUT {
        return lines;
    }
    let leftwards = lines.iter().filter(|line| line.leftwards).count() * 2 > lines.len();
    let mut ordered = Vec::with_capacity(lines.len());
    let mut parts = vec![lines];
    while let Some(mut part) = parts.pop() {
        if part.len() < 2 {
            ordered.append(&mut part);
        } else if let Some(x) = widest_gap(
            part.iter().map(|line| (line.left, line.right)),
            median_size(&part),
        ) {
            let (left, right): (Vec<_>, Vec<_>) = part.into_iter().partition(|line| line.left < x);
            parts.extend(if leftwards { [left, right] } else { [right, left] });
        } else if let Some(y) = widest_gap(part.iter().map(|line| (line.base - line.size, line.base)), 0.0) {
            let (above, below): (Vec<_>, Vec<_>) = part.into_iter().partition(|line| line.base < y);
            parts.extend([below, above]);
        } else {
            ordered.append(&mut part);
        }
    }
    ordered
}

fn median_size(lines: &[Line]) -> f64 {
    let mut sizes: Vec<f64> = lines.iter().map(|line| line.size).collect();
    let middle = sizes.len() / 2;
    *sizes.select_nth_unstable_by(middle, f64::total_cmp).1
}

/// The middle of the widest gap between intervals, if it is wider than `least`.
fn widest_gap(intervals: impl Iterator<Item = (f64, f64)>, least: f64) -> Option<f64> {
    let mut intervals: Vec<(f64, f64)> = intervals.collect();
    intervals.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut covered = f64::INFINITY;
    let mut widest: Option<(f64, f64)> = None;
    for (start, end) in intervals {
        let gap = start - covered;
        if covered.is_finite() && gap > least && widest.is_none_or(|(width, _)| gap > width) {
            widest = Some((gap, f64::midpoint(covered, start)));
        }
        covered = if covered.is_finite() {
            covered.max(end)
        } else {
            end
        };
    }
    widest.map(|(_, middle)| middle)
}

impl LaidOut {
    fn add(&mut self, lines: Vec<Line>, frame: Frame) {
        let hyphenated = Hyphenated::of(&lines);
        let mut last: Option<LineEnd> = None;
        for mut line in lines {
            let end = LineEnd::of(&line);
            match &last {
                None if self.text.is_empty() => self.begin_line(&line, frame),
                Some(before) if before.stands_beside(&line) => self.text.push(' '),
                Some(before) if before.goes_on_in(&line) => {
                    self.join_broken_word(&mut line, frame, &hyphenated);
                    self.begin_line(&line, frame);
                }
                _ => self.begin_line(&line, frame),
            }
            for (place, word) in line.words.into_iter().enumerate() {
                if place > 0 {
                    self.text.push(' ');
                }
                self.text.push_str(&word.text);
                self.words.push(placed(word, frame));
            }
            self.end_line();
            last = Some(end);
        }
        // A line that was only the end of a broken word leaves an empty one.
        while self.text.ends_with('\n') {
            self.text.pop();
            self.lines.pop();
        }
    }

    fn begin_line(&mut self, line: &Line, frame: Frame) {
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        let area = Rect::new(line.left, line.base - line.size, line.right, line.base);
        self.lines.push(TextLine {
            range: self.text.len()..self.text.len(),
            size: line.mean_size,
            y: frame.on_page(area).center().y,
            upright: frame.is_upright(),
        });
    }

    fn end_line(&mut self) {
        if let Some(line) = self.lines.last_mut() {
            line.range.end = self.text.len();
        }
    }

    /// Takes the rest of the word up, and the hyphen off unless it is the word's own; the word then has two
    /// places.
    fn join_broken_word(&mut self, line: &mut Line, frame: Frame, hyphenated: &Hyphenated) {
        let mut rest = line.words.remove(0);
        let begun = self.words.last().map_or("", |word| word.text.as_str());
        let keeps_hyphen = hyphenated.keeps_hyphen(begun, &rest.text);
        if !keeps_hyphen {
            self.text.pop();
        }
        self.text.push_str(&rest.text);
        self.end_line();
        if let Some(first) = self.words.last_mut() {
            if !keeps_hyphen {
                first.text.pop();
            }
            first.text.push_str(&rest.text);
            rest.text.clone_from(&first.text);
            self.words.push(placed(rest, frame));
        }
    }
}

/// What of a line matters to the one after it.
struct LineEnd {
    left: f64,
    right: f64,
    base: f64,
    size: f64,
    leftwards: bool,
    /// Whether it ends with a letter and a hyphen.
    may_break: bool,
}

impl LineEnd {
    fn of(line: &Line) -> Self {
        let last = line.words.last().map_or("", |word| word.text.as_str());
        Self {
            left: line.left,
            right: line.right,
            base: line.base,
            size: line.size,
            leftwards: line.leftwards,
            may_break: last.ends_with(is_hyphen)
                && last.chars().rev().nth(1).is_some_and(char::is_alphabetic),
        }
    }

    /// Cells of a table row, or words set far apart.
    fn stands_beside(&self, line: &Line) -> bool {
        let same_height = (self.base - line.base).abs() < 0.3 * self.size.max(line.size);
        let beside = if line.leftwards {
            line.right <= self.left
        } else {
            line.left >= self.right
        };
        same_height && beside
    }

    /// Whether a line takes up the word that this one broke off.
    fn goes_on_in(&self, line: &Line) -> bool {
        let first = line.words.first();
        let taken_up = first.is_some_and(|word| word.text.starts_with(char::is_lowercase));
        self.may_break && taken_up && !self.leftwards && (line.size - self.size).abs() < 0.2 * self.size
    }
}

/// A page's words with hyphens of their own, and the words that those would be without.
#[derive(Default)]
struct Hyphenated {
    /// In small letters, without what stands around them.
    written: HashSet<String>,
    /// The same words without hyphens, as far as they stand on the page too.
    joined: HashSet<String>,
}

impl Hyphenated {
    /// Nothing for a page that breaks no word.
    fn of(lines: &[Line]) -> Self {
        let mut known = Self::default();
        if !lines.iter().any(|line| LineEnd::of(line).may_break) {
            return known;
        }
        let words = || {
            lines
                .iter()
                .flat_map(|line| &line.words)
                .map(|word| bare(&word.text))
        };
        known.written = words()
            .filter(|word| word.contains('-'))
            .map(str::to_lowercase)
            .collect();
        let without: HashSet<String> = known.written.iter().map(|word| word.replace('-', "")).collect();
        known.joined = words()
            .map(str::to_lowercase)
            .filter(|word| without.contains(word))
            .collect();
        known
    }

    /// Whether the hyphen at the end of a word's first part is the word's own: another one is in it, or the page
    /// writes it so elsewhere; unless the page writes it without.
    fn keeps_hyphen(&self, begun: &str, rest: &str) -> bool {
        let Some(begun) = begun.strip_suffix(['-', '\u{2010}']) else {
            return false;
        };
        let (begun, rest) = (bare(begun), bare(rest));
        let inner = |part: &str| part.contains(['-', '\u{2010}']);
        if inner(begun) || inner(rest) {
            return !self.written.contains(&format!("{begun}{rest}").to_lowercase());
        }
        let word = format!("{begun}-{rest}").to_lowercase();
        self.written.contains(&word) && !self.joined.contains(&word.replace('-', ""))
    }
}

/// A word without the marks around it.
fn bare(word: &str) -> &str {
    word.trim_matches(|c: char| !c.is_alphanumeric())
}

fn is_hyphen(c: char) -> bool {
    matches!(c, '-' | '\u{AD}' | '\u{2010}')
}

fn placed(word: LineWord, frame: Frame) -> Word {
    let area = frame.on_page(word.area);
    Word {
        text: word.text,
        x: hundredth(area.x0),
        y: hundredth(area.y0),
        w: hundredth(area.width()),
        h: hundredth(area.height()),
    }
}

#[expect(clippy::cast_possible_truncation, reason = "points on a page")]
pub(super) fn hundredth(points: f64) -> f32 {
    ((points * 100.0).round() / 100.0) as f32
}

#[cfg(test)]
mod tests {
    use super::*;
    use hayro::kurbo::Point;

    fn write(text: &str, x: f64, y: f64, glyphs: &mut Vec<PlacedGlyph>) {
        for (place, c) in text.chars().enumerate() {
            let x = x + 5.0 * f64::from(u32::try_from(place).unwrap());
            glyphs.push(PlacedGlyph {
                text: c.into(),
                start: Point::new(x, y),
                end: Point::new(x + 5.0, y),
                size: 10.0,
            });
        }
    }

    #[test]
    fn a_word_broken_over_two_lines_is_one_word_in_two_places() {
        let mut glyphs = Vec::new();
        write("an exam-", 0.0, 10.0, &mut glyphs);
        write("ple here", 0.0, 22.0, &mut glyphs);
        let page = lay_out(glyphs, &[]);
        assert_eq!(page.text, "an example\nhere");
        let words: Vec<_> = page
            .words
            .iter()
            .map(|word| (word.text.as_str(), word.y))
            .collect();
        assert_eq!(
            words,
            [("an", 2.0), ("example", 2.0), ("example", 14.0), ("here", 14.0)]
        );
    }

    fn text_of(rows: &[&str]) -> String {
        let mut glyphs = Vec::new();
        for (row, text) in (1_u32..).zip(rows) {
            write(text, 0.0, 12.0 * f64::from(row), &mut glyphs);
        }
        lay_out(glyphs, &[]).text
    }

    #[test]
    fn a_word_keeps_the_hyphen_that_is_its_own() {
        assert_eq!(text_of(&["state-of-the-", "art, it"]), "state-of-the-art,\nit");
        assert_eq!(text_of(&["(state-", "of-the-art) it"]), "(state-of-the-art)\nit");
        assert_eq!(
            text_of(&["A well-known x, a well-", "known"]),
            "A well-known x, a well-known"
        );
        assert_eq!(
            text_of(&["a co-operate", "and cooperate and co-", "operate"]),
            "a co-operate\nand cooperate and cooperate"
        );
        assert_eq!(
            text_of(&["a non-uniform x, non-uni-", "form"]),
            "a non-uniform x, non-uniform"
        );
        assert_eq!(text_of(&["state-of-the\u{AD}", "ory"]), "state-of-theory");
    }

    #[test]
    fn columns_drawn_row_by_row_are_read_one_after_the_other() {
        let mut glyphs = Vec::new();
        for row in (0..8_u32).rev() {
            write(
                &format!("left{row}"),
                0.0,
                20.0 + 12.0 * f64::from(row),
                &mut glyphs,
            );
            write(
                &format!("right{row}"),
                100.0,
                20.0 + 12.0 * f64::from(row),
                &mut glyphs,
            );
        }
        let text = lay_out(glyphs, &[]).text;
        assert!(text.starts_with("left0\nleft1\n"), "{text}");
        assert!(text.ends_with("right6\nright7"), "{text}");
    }

    #[test]
    fn text_that_runs_downwards_has_upright_boxes() {
        let glyphs = vec![PlacedGlyph {
            text: 'a'.into(),
            start: Point::new(50.0, 10.0),
            end: Point::new(50.0, 16.0),
            size: 10.0,
        }];
        let page = lay_out(glyphs, &[]);
        let word = &page.words[0];
        assert_eq!((word.x, word.y, word.w, word.h), (48.0, 10.0, 10.0, 6.0));
    }
}
