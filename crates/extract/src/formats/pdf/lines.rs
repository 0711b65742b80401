//! From placed glyphs to lines of words in reading order.
use super::bidi;
use super::fractions::join_fractions;
use super::frame::Frame;
use super::glyphs::PlacedGlyph;
use super::letters::Letters;
use super::marks::{attach_marks, attach_strays};
use super::rules::Rule;
use super::segments::{Segment, find_segments, join_segments};
use super::spaces::with_spaces;
use hayro::kurbo::Rect;
use unicode_normalization::{UnicodeNormalization, is_nfc};

/// A letter's extent above and below its line, in parts of the size.
const ASCENT: f64 = 0.8;
const DESCENT: f64 = 0.2;

/// A letter with its accents, or a space, in the frame of its line.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Cell {
    pub(super) text: Letters,
    pub(super) left: f64,
    pub(super) right: f64,
    pub(super) base: f64,
    pub(super) size: f64,
}

impl Cell {
    #[cfg(test)]
    pub(super) fn of(c: char) -> Self {
        Self {
            text: c.into(),
            left: 0.0,
            right: 0.0,
            base: 0.0,
            size: 0.0,
        }
    }

    pub(super) fn is_space(&self) -> bool {
        self.text.is_space()
    }

    fn area(&self) -> Rect {
        Rect::new(
            self.left,
            self.base - self.size * ASCENT,
            self.right,
            self.base + self.size * DESCENT,
        )
    }
}

/// A word in the frame of its line.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct LineWord {
    pub(super) text: String,
    pub(super) area: Rect,
}

/// A line, or the part of it in one column.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Line {
    pub(super) words: Vec<LineWord>,
    pub(super) left: f64,
    pub(super) right: f64,
    pub(super) base: f64,
    pub(super) size: f64,
    /// The mean size of its letters; `size` is that of the largest.
    pub(super) mean_size: f64,
    /// Whether it is read from right to left.
    pub(super) leftwards: bool,
}

/// The lines of one frame's glyphs, in the order in which they were first drawn; `rules` stand in the same frame.
pub(super) fn find_lines(glyphs: Vec<PlacedGlyph>, frame: Frame, rules: &[Rule]) -> Vec<Line> {
    let cells = glyphs.into_iter().map(|glyph| cell(glyph, frame)).collect();
    let cells = join_fractions(attach_marks(cells), rules);
    let lines = join_segments(find_segments(cells));
    let mixed = lines.iter().any(|line| bidi::has_right_to_left(&line.cells));
    let leftwards = mixed && lines.iter().map(|line| bidi::leaning(&line.cells)).sum::<i64>() > 0;
    lines
        .into_iter()
        .filter_map(|segment| read_line(segment, mixed, leftwards))
        .collect()
}

fn cell(glyph: PlacedGlyph, frame: Frame) -> Cell {
    let (start, end) = (frame.place(glyph.start), frame.place(glyph.end));
    Cell {
        text: glyph.text,
        left: start.x.min(end.x),
        right: start.x.max(end.x),
        base: start.y,
        size: glyph.size,
    }
}

/// Puts a line's cells in reading order and parts its words. Whether any line of the page is `mixed`,
/// and which way most of it is read, was seen before.
fn read_line(mut segment: Segment, mixed: bool, page_leftwards: bool) -> Option<Line> {
    segment.put_in_order();
    let (base, size) = (segment.base, segment.size);
    let mixed = mixed && bidi::has_right_to_left(&segment.cells);
    if mixed {
        segment.cells = attach_strays(segment.cells);
    }
    let leftwards = mixed && (page_leftwards || bidi::leaning(&segment.cells) > 0);
    let mut cells = with_spaces(segment, leftwards);
    if mixed {
        bidi::to_reading_order(&mut cells, leftwards);
        if leftwards {
            end_with_stop(&mut cells);
        }
    }
    let mean_size = mean_size(&cells);
    let words: Vec<LineWord> = cells
        .split(Cell::is_space)
        .filter(|word| !word.is_empty())
        .map(word)
        .collect();
    let area = words
        .iter()
        .map(|word| word.area)
        .reduce(|all, area| all.union(area))?;
    Some(Line {
        words,
        left: area.x0,
        right: area.x1,
        base,
        size,
        mean_size,
        leftwards,
    })
}

/// A mark that ends sentences right before the first word of a line that is read from right to left ends it:
/// its paragraph was set the other way.
fn end_with_stop(cells: &mut Vec<Cell>) {
    let [stop, word, ..] = cells.as_slice() else {
        return;
    };
    let misplaced = matches!(
        stop.text.only(),
        Some('.' | ',' | ':' | ';' | '!' | '?' | '،' | '؛' | '؟')
    ) && bidi::has_right_to_left(std::slice::from_ref(word));
    let last = cells.last().filter(|last| !is_ended(last));
    if let Some(end) = last.map(|last| last.left).filter(|_| misplaced) {
        let mut stop = cells.remove(0);
        (stop.left, stop.right) = (end, end);
        cells.push(stop);
    }
}

/// Whether what ends a line is a mark that ends sentences or leads to what follows.
fn is_ended(last: &Cell) -> bool {
    let c = last.text.first();
    c.is_ascii_punctuation() && !matches!(c, ')' | ']' | '"' | '\'' | '%')
}

#[expect(clippy::cast_precision_loss, reason = "letters of a line")]
fn mean_size(cells: &[Cell]) -> f64 {
    cells.iter().map(|cell| cell.size).sum::<f64>() / cells.len().max(1) as f64
}

fn word(cells: &[Cell]) -> LineWord {
    let mut text = String::with_capacity(cells.len() + 4);
    for cell in cells {
        cell.text.push_to(&mut text);
    }
    if !text.is_ascii() && !is_nfc(&text) {
        text = text.nfc().collect();
    }
    LineWord {
        text,
        area: cells
            .iter()
            .map(Cell::area)
            .reduce(|all, area| all.union(area))
            .unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hayro::kurbo::Point;

    fn glyph(text: &str, x: f64, y: f64, width: f64) -> PlacedGlyph {
        PlacedGlyph {
            text: Letters::of(text).unwrap(),
            start: Point::new(x, y),
            end: Point::new(x + width, y),
            size: 10.0,
        }
    }

    fn texts(glyphs: impl Into<Vec<PlacedGlyph>>) -> Vec<Vec<String>> {
        find_lines(glyphs.into(), Frame::at(0.0), &[])
            .into_iter()
            .map(|line| line.words.into_iter().map(|word| word.text).collect())
            .collect()
    }

    #[test]
    fn gaps_part_words_and_jumps_part_lines() {
        let glyphs = [
            glyph("a", 0.0, 10.0, 5.0),
            glyph("b", 5.0, 10.0, 5.0),
            glyph("c", 13.0, 10.0, 5.0),
            glyph("d", 0.0, 22.0, 5.0),
        ];
        assert_eq!(texts(glyphs), [vec!["ab", "c"], vec!["d"]]);
    }

    #[test]
    fn accents_find_their_letters() {
        let glyphs = [
            glyph("\u{B4}", 0.5, 10.0, 4.0),
            glyph("e", 0.0, 10.0, 5.0),
            glyph("t", 5.0, 10.0, 5.0),
        ];
        assert_eq!(texts(glyphs), [vec!["ét"]]);
    }

    #[test]
    fn text_drawn_out_of_order_is_one_line() {
        let glyphs = [
            glyph("a", 0.0, 10.0, 5.0),
            glyph("x", 0.0, 50.0, 5.0),
            glyph("b", 8.0, 10.0, 5.0),
        ];
        assert_eq!(texts(glyphs), [vec!["a", "b"], vec!["x"]]);
    }

    fn raised(text: &str, x: f64, up: f64, width: f64) -> PlacedGlyph {
        PlacedGlyph {
            size: 7.0,
            ..glyph(text, x, 10.0 - up, width)
        }
    }

    #[test]
    fn what_is_above_is_not_mixed_with_what_is_below() {
        let glyphs = [
            glyph("=", 0.0, 10.0, 5.0),
            raised("d", 6.0, 4.0, 4.0),
            raised("y", 10.0, 4.0, 4.0),
            raised("d", 6.0, -4.0, 4.0),
            raised("x", 10.0, -4.0, 4.0),
            glyph("b", 17.0, 10.0, 5.0),
        ];
        assert_eq!(texts(glyphs), [vec!["=", "dy", "dx", "b"]]);
        let power = [
            glyph("x", 0.0, 10.0, 5.0),
            raised("2", 5.0, 4.0, 3.0),
            glyph("y", 8.0, 10.0, 5.0),
        ];
        assert_eq!(texts(power), [vec!["x2y"]]);
    }

    #[test]
    fn the_number_of_a_footnote_stands_by_itself() {
        let note = [
            raised("1", 0.0, 4.0, 3.0),
            raised("2", 3.0, 4.0, 3.0),
            glyph("A", 6.5, 10.0, 5.0),
        ];
        assert_eq!(texts(note), [vec!["12", "A"]]);
        let hebrew = [glyph("\u{5D0}", 0.0, 10.0, 5.0), raised("1", 5.0, 4.0, 3.0)];
        assert_eq!(texts(hebrew), [vec!["1", "\u{5D0}"]]);
    }

    #[test]
    fn marks_that_reach_back_stay_with_their_letters() {
        let glyphs = [
            glyph("\u{E44}", 0.0, 10.0, 9.0),
            glyph("\u{E48}", 9.0, 10.0, 0.0),
            glyph("\u{E04}", 9.0, 10.0, 5.0),
        ];
        assert_eq!(texts(glyphs), [vec!["\u{E44}\u{E48}\u{E04}"]]);
    }

    #[test]
    fn a_space_that_is_taken_back_parts_nothing() {
        let glyphs = [
            glyph("a", 0.0, 10.0, 5.0),
            glyph(" ", 5.0, 10.0, 2.5),
            glyph("b", 5.0, 10.0, 5.0),
            glyph(" ", 10.0, 10.0, 2.5),
            glyph("c", 12.5, 10.0, 5.0),
        ];
        assert_eq!(texts(glyphs), [vec!["ab", "c"]]);
    }

    #[test]
    fn a_narrow_gutter_parts_columns() {
        let column = |left: f64| (0..5).map(move |row| glyph("a", left, 12.0 * f64::from(row), 50.0));
        let glyphs: Vec<_> = column(0.0).chain(column(58.0)).collect();
        assert_eq!(texts(glyphs).len(), 10);
    }

    fn lines_of(rows: &[&str]) -> Vec<Vec<String>> {
        let line = |(row, text): (u32, &&str)| {
            let glyphs: Vec<PlacedGlyph> = (0..)
                .zip(text.chars())
                .map(|(place, c)| glyph(&c.to_string(), 5.0 * f64::from(place), 12.0 * f64::from(row), 5.0))
                .collect();
            glyphs
        };
        texts((1..).zip(rows).flat_map(line).collect::<Vec<_>>())
    }

    #[test]
    fn a_full_stop_on_the_wrong_side_ends_its_line() {
        assert_eq!(lines_of(&["1948 \u{5D1}\u{5D0}."]), [["\u{5D0}\u{5D1}", "1948."]]);
        assert_eq!(lines_of(&["\u{5D1}\u{5D0}!"]), [["\u{5D0}\u{5D1}!"]]);
        assert_eq!(lines_of(&["?\u{5D1}\u{5D0}"]), [["\u{5D0}\u{5D1}?"]]);
        assert_eq!(lines_of(&[".\u{5D1}\u{5D0}..."]), [["...\u{5D0}\u{5D1}."]]);
        assert_eq!(lines_of(&[".\u{5D1}\u{5D0}."]), [[".\u{5D0}\u{5D1}."]]);
    }

    #[test]
    fn letters_of_another_font_are_put_where_the_first_leaves_room() {
        // Programs draw a line's letters font by font.
        let first = [(0.0, "a"), (5.0, "b"), (15.0, "c"), (25.0, "d"), (30.0, "e")];
        let second = [(10.0, ","), (20.0, ",")];
        let glyphs: Vec<PlacedGlyph> = first
            .iter()
            .chain(&second)
            .map(|(x, text)| glyph(text, *x, 10.0, 5.0))
            .collect();
        assert_eq!(texts(glyphs), [["ab,c,de"]]);
    }

    #[test]
    fn wide_setting_is_not_taken_for_words() {
        let glyphs: Vec<_> = (0..6)
            .map(|place| glyph("T", f64::from(place) * 8.0, 10.0, 5.0))
            .collect();
        assert_eq!(texts(glyphs), [vec!["TTTTTT"]]);
    }
}
