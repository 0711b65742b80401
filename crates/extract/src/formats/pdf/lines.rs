//! From placed glyphs to lines of words: which glyphs share a line, where words part, which
//! accents belong to which letters.
use super::bidi;
use super::glyphs::PlacedGlyph;
use super::letters::Letters;
use hayro::kurbo::{Point, Rect, Vec2};
use std::collections::HashMap;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// A gap wider than this part of the size parts two words.
const WORD_GAP: f64 = 0.11;
/// A drawn space that leaves less than this part of the size between its neighbours parts nothing.
const TAKEN_BACK: f64 = 0.06;
/// A gap wider than this part of the size parts two columns.
const COLUMN_GAP: f64 = 1.6;
/// A gap wider than this part of the size may part two columns if several lines begin behind it…
const GUTTER: f64 = 0.6;
/// …so many.
const MIN_COLUMN_LINES: usize = 4;
/// How far, in parts of the size, a raised or lowered letter may leave its line.
const SHIFT: f64 = 0.5;
/// Letters are put in order by places in this part of a point, doubled.
const MIDDLES: f64 = 16.0;
/// A letter's extent above and below its line, in parts of the size.
const ASCENT: f64 = 0.8;
const DESCENT: f64 = 0.2;

/// The writing direction of some of the page's text; its lines run along x, downwards in y.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Frame {
    along: Vec2,
}

impl Frame {
    /// The frame whose lines run at an angle of so many degrees, clockwise.
    pub(super) fn at(degrees: i32) -> Self {
        let (sine, cosine) = f64::from(degrees).to_radians().sin_cos();
        Self {
            along: Vec2::new(cosine, sine),
        }
    }

    /// Whether its lines run across the page.
    pub(super) fn is_upright(self) -> bool {
        self.along.x > 0.9
    }

    fn place(self, point: Point) -> Point {
        let across = Vec2::new(-self.along.y, self.along.x);
        Point::new(point.to_vec2().dot(self.along), point.to_vec2().dot(across))
    }

    /// A rectangle of this frame as the upright rectangle on the page that holds it.
    pub(super) fn on_page(self, area: Rect) -> Rect {
        let across = Vec2::new(-self.along.y, self.along.x);
        let corner = |x: f64, y: f64| (self.along * x + across * y).to_point();
        Rect::from_points(corner(area.x0, area.y0), corner(area.x1, area.y1))
            .union_pt(corner(area.x0, area.y1))
            .union_pt(corner(area.x1, area.y0))
    }
}

/// A letter with its accents, or a space, in the frame of its line.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Cell {
    pub(super) text: Letters,
    left: f64,
    right: f64,
    base: f64,
    size: f64,
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

    fn is_space(&self) -> bool {
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

/// Glyphs that were drawn one after the other along a line.
struct Segment {
    cells: Vec<Cell>,
    left: f64,
    right: f64,
    base: f64,
    size: f64,
}

/// The lines of one frame's glyphs, in the order in which they were first drawn.
pub(super) fn find_lines(glyphs: &[PlacedGlyph], frame: Frame) -> Vec<Line> {
    let cells = glyphs.iter().map(|glyph| cell(glyph, frame)).collect();
    let cells = attach_marks(cells);
    let lines = join_segments(find_segments(cells));
    let leaning: i64 = lines.iter().map(|line| bidi::leaning(&line.cells)).sum();
    lines
        .into_iter()
        .filter_map(|segment| read_line(segment, leaning > 0))
        .collect()
}

fn cell(glyph: &PlacedGlyph, frame: Frame) -> Cell {
    let (start, end) = (frame.place(glyph.start), frame.place(glyph.end));
    Cell {
        text: glyph.text.clone(),
        left: start.x.min(end.x),
        right: start.x.max(end.x),
        base: start.y,
        size: glyph.size,
    }
}

/// Gives each accent to the letter that it stands on, be that drawn before or after it.
fn attach_marks(cells: Vec<Cell>) -> Vec<Cell> {
    let mut letters: Vec<Cell> = Vec::with_capacity(cells.len());
    let mut waiting: Vec<(Cell, char)> = Vec::new();
    for mut cell in cells {
        if let Some(mark) = as_mark(&cell.text) {
            waiting.push((cell, mark));
            continue;
        }
        for (mark, combining) in waiting.drain(..) {
            let before = letters
                .last()
                .map_or(f64::INFINITY, |letter| distance(letter, &mark));
            let after = distance(&cell, &mark);
            let spacing = !is_combining_mark(mark.text.first());
            match letters.last_mut() {
                // A free-standing accent belongs only to a letter that it is drawn over.
                _ if spacing && before.min(after) > 0.25 => letters.push(mark),
                Some(letter) if before < after => letter.text.append(combining),
                _ if after < 1.0 => cell.text.append(combining),
                _ => letters.push(mark),
            }
        }
        letters.push(cell);
    }
    for (mark, combining) in waiting {
        match letters.last_mut() {
            Some(letter) if is_combining_mark(mark.text.first()) => letter.text.append(combining),
            _ => letters.push(mark),
        }
    }
    letters
}

/// The combining form of an accent.
fn as_mark(text: &Letters) -> Option<char> {
    let c = text.only().filter(|c| *c == '`' || *c > '\u{7F}')?;
    Some(match c {
        '`' => '\u{300}',
        '\u{B4}' => '\u{301}',
        '\u{2C6}' => '\u{302}',
        '\u{2DC}' => '\u{303}',
        '\u{AF}' => '\u{304}',
        '\u{2D8}' => '\u{306}',
        '\u{2D9}' => '\u{307}',
        '\u{A8}' => '\u{308}',
        '\u{2DA}' => '\u{30A}',
        '\u{2DD}' => '\u{30B}',
        '\u{2C7}' => '\u{30C}',
        '\u{B8}' => '\u{327}',
        '\u{2DB}' => '\u{328}',
        c if is_combining_mark(c) => c,
        _ => return None,
    })
}

/// How far a mark's middle is from a letter's, in sizes; infinite on another line or for a space.
fn distance(letter: &Cell, mark: &Cell) -> f64 {
    let size = letter.size.max(mark.size);
    if letter.is_space() || (letter.base - mark.base).abs() > size {
        return f64::INFINITY;
    }
    let middle = |cell: &Cell| f64::midpoint(cell.left, cell.right);
    (middle(letter) - middle(mark)).abs() / size
}

fn find_segments(cells: Vec<Cell>) -> Vec<Segment> {
    let mut segments: Vec<Segment> = Vec::new();
    for cell in cells {
        match segments.last_mut() {
            Some(segment) if segment.goes_on_with(&cell) => segment.take(cell),
            // A line does not begin with a space.
            _ if cell.is_space() => {}
            _ => segments.push(Segment {
                left: cell.left,
                right: cell.right,
                base: cell.base,
                size: cell.size,
                cells: vec![cell],
            }),
        }
    }
    segments
}

impl Segment {
    fn goes_on_with(&self, cell: &Cell) -> bool {
        let Some(last) = self.cells.last() else {
            return false;
        };
        let size = self.size.max(cell.size);
        let rightwards = cell.left - last.right;
        let leftwards = last.left - cell.right;
        let gap = rightwards.max(leftwards);
        (cell.base - self.base).abs() < SHIFT * size && gap < COLUMN_GAP * size && cell.size < 3.0 * self.size
    }

    fn take(&mut self, cell: Cell) {
        self.left = self.left.min(cell.left);
        self.right = self.right.max(cell.right);
        // The line is where its largest letters stand.
        if cell.size > self.size * 1.1 && !cell.is_space() {
            (self.base, self.size) = (cell.base, cell.size);
        }
        self.cells.push(cell);
    }

    fn shares_line_with(&self, other: &Self) -> bool {
        let size = self.size.max(other.size);
        let similar = self.size.min(other.size) > 0.85 * size;
        let shift = if similar { 0.3 } else { SHIFT };
        let gap = (other.left - self.right).max(self.left - other.right);
        (self.base - other.base).abs() < shift * size && gap < COLUMN_GAP * size && gap > -size
    }
}

/// Joins segments that stand on one line side by side, whatever was drawn between them.
fn join_segments(segments: Vec<Segment>) -> Vec<Segment> {
    let mut by_base: Vec<usize> = (0..segments.len()).collect();
    by_base.sort_by(|a, b| segments[*a].base.total_cmp(&segments[*b].base));
    let tallest = segments.iter().map(|segment| segment.size).fold(0.0, f64::max);
    let margins = Margins::of(&segments);
    let mut leader: Vec<usize> = (0..segments.len()).collect();
    for (place, first) in by_base.iter().enumerate() {
        for second in by_base[place + 1..].iter().take(400) {
            if segments[*second].base - segments[*first].base > SHIFT * tallest {
                break;
            }
            let drawn_apart = first.abs_diff(*second) > 1;
            if segments[*first].shares_line_with(&segments[*second])
                && !(drawn_apart && margins.part(&segments[*first], &segments[*second]))
            {
                let (a, b) = (find(&mut leader, *first), find(&mut leader, *second));
                leader[a.max(b)] = a.min(b);
            }
        }
    }
    let mut lines: Vec<Option<Segment>> = Vec::with_capacity(segments.len());
    for (place, segment) in segments.into_iter().enumerate() {
        let first = find(&mut leader, place);
        if let Some(Some(line)) = lines.get_mut(first) {
            segment.cells.into_iter().for_each(|cell| line.take(cell));
            lines.push(None);
        } else {
            lines.push(Some(segment));
        }
    }
    lines.into_iter().flatten().collect()
}

/// Where lines begin, in whole points, and how many do.
struct Margins(HashMap<i64, usize>);

impl Margins {
    fn of(segments: &[Segment]) -> Self {
        let mut margins = HashMap::new();
        for segment in segments {
            *margins.entry(whole(segment.left)).or_default() += 1;
        }
        Self(margins)
    }

    /// Whether a gutter lies between two segments of one height: a gap where several lines begin.
    fn part(&self, one: &Segment, other: &Segment) -> bool {
        let (left, right) = if one.left < other.left {
            (one, other)
        } else {
            (other, one)
        };
        let gap = right.left - left.right;
        let place = whole(right.left);
        let lines: usize = (place - 1..=place + 1)
            .filter_map(|place| self.0.get(&place))
            .sum();
        gap > GUTTER * left.size.max(right.size) && lines >= MIN_COLUMN_LINES
    }
}

#[expect(clippy::cast_possible_truncation, reason = "saturates")]
fn whole(points: f64) -> i64 {
    points.round().clamp(-1e9, 1e9) as i64
}

/// The representative of a group, with its path halved.
fn find(leader: &mut [usize], mut place: usize) -> usize {
    while leader[place] != place {
        leader[place] = leader[leader[place]];
        place = leader[place];
    }
    place
}

/// Puts a line's cells in reading order and parts its words.
fn read_line(mut segment: Segment, page_leftwards: bool) -> Option<Line> {
    // By their middles: a mark or space without width stands between its neighbours. Those at one place
    // stay as they were drawn.
    segment
        .cells
        .sort_by_key(|cell| whole(MIDDLES * (cell.left + cell.right)));
    let mut cells = with_spaces(segment.cells);
    let mixed = bidi::has_right_to_left(&cells);
    let leftwards = mixed && (page_leftwards || bidi::leaning(&cells) > 0);
    bidi::to_reading_order(&mut cells, leftwards);
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
        base: segment.base,
        size: segment.size,
        mean_size,
        leftwards,
    })
}

#[expect(clippy::cast_precision_loss, reason = "letters of a line")]
fn mean_size(cells: &[Cell]) -> f64 {
    cells.iter().map(|cell| cell.size).sum::<f64>() / cells.len().max(1) as f64
}

fn word(cells: &[Cell]) -> LineWord {
    let mut text: String = cells.iter().flat_map(|cell| cell.text.chars()).collect();
    if !text.is_ascii() {
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

/// Parts words: by a space where the gap is wide for its line, or where one is drawn that takes up room.
/// One that is taken back at once only keeps letters from joining.
fn with_spaces(cells: Vec<Cell>) -> Vec<Cell> {
    let spacing = letter_spacing(&cells);
    let mut spaced: Vec<Cell> = Vec::with_capacity(cells.len() + cells.len() / 4);
    let mut right = f64::NEG_INFINITY;
    let mut drawn = false;
    for cell in cells {
        if cell.is_space() {
            drawn = true;
            continue;
        }
        if let Some(last) = spaced.last() {
            let size = last.size.min(cell.size);
            let wide = if is_ideographic(&last.text) && is_ideographic(&cell.text) {
                0.5
            } else {
                WORD_GAP
            };
            let gap = cell.left - right;
            let taken_back = (-TAKEN_BACK * size..TAKEN_BACK * size).contains(&gap);
            if gap > wide * size + spacing || (drawn && !taken_back) {
                spaced.push(Cell {
                    text: ' '.into(),
                    left: right,
                    right: cell.left,
                    base: last.base,
                    size: last.size,
                });
            }
        }
        drawn = false;
        right = right.max(cell.right);
        spaced.push(cell);
    }
    spaced
}

/// The usual gap between neighbours of a line that is set wide; 0 for any other.
fn letter_spacing(cells: &[Cell]) -> f64 {
    let mut gaps: Vec<f64> = cells
        .windows(2)
        .filter(|pair| !pair[0].is_space() && !pair[1].is_space())
        .map(|pair| pair[1].left - pair[0].right)
        .collect();
    if gaps.len() < 4 {
        return 0.0;
    }
    gaps.sort_by(f64::total_cmp);
    let (nearly_least, median) = (gaps[gaps.len() / 10], gaps[gaps.len() / 2]);
    let size = cells[0].size;
    // Nearly every gap is wide: this is the setting, not the words.
    if nearly_least > 0.05 * size && median < 0.8 * size {
        median
    } else {
        0.0
    }
}

/// Scripts that write no spaces and set their signs with gaps of all widths.
fn is_ideographic(text: &Letters) -> bool {
    matches!(text.first(), '\u{2E80}'..='\u{30FF}' | '\u{3400}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{FF00}'..='\u{FFEF}' | '\u{20000}'..='\u{3FFFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn glyph(text: &str, x: f64, y: f64, width: f64) -> PlacedGlyph {
        PlacedGlyph {
            text: Letters::of(text).unwrap(),
            start: Point::new(x, y),
            end: Point::new(x + width, y),
            size: 10.0,
        }
    }

    fn texts(glyphs: &[PlacedGlyph]) -> Vec<Vec<String>> {
        find_lines(glyphs, Frame::at(0))
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
        assert_eq!(texts(&glyphs), [vec!["ab", "c"], vec!["d"]]);
    }

    #[test]
    fn accents_find_their_letters() {
        let glyphs = [
            glyph("\u{B4}", 0.5, 10.0, 4.0),
            glyph("e", 0.0, 10.0, 5.0),
            glyph("t", 5.0, 10.0, 5.0),
        ];
        assert_eq!(texts(&glyphs), [vec!["ét"]]);
    }

    #[test]
    fn text_drawn_out_of_order_is_one_line() {
        let glyphs = [
            glyph("a", 0.0, 10.0, 5.0),
            glyph("x", 0.0, 50.0, 5.0),
            glyph("b", 8.0, 10.0, 5.0),
        ];
        assert_eq!(texts(&glyphs), [vec!["a", "b"], vec!["x"]]);
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
        assert_eq!(texts(&glyphs), [vec!["ab", "c"]]);
    }

    #[test]
    fn a_narrow_gutter_parts_columns() {
        let column = |left: f64| (0..5).map(move |row| glyph("a", left, 12.0 * f64::from(row), 50.0));
        let glyphs: Vec<_> = column(0.0).chain(column(58.0)).collect();
        assert_eq!(texts(&glyphs).len(), 10);
    }

    #[test]
    fn wide_setting_is_not_taken_for_words() {
        let glyphs: Vec<_> = (0..6)
            .map(|place| glyph("T", f64::from(place) * 8.0, 10.0, 5.0))
            .collect();
        assert_eq!(texts(&glyphs), [vec!["TTTTTT"]]);
    }
}
