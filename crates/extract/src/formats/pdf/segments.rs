//! Which glyphs share a line, in whatever order they were drawn, and where a gap parts columns.
use super::lines::Cell;
use foldhash::fast::RandomState;
use std::collections::HashMap;
use std::ops::Range;

/// A gap wider than this part of the size parts two columns.
const COLUMN_GAP: f64 = 1.6;
/// A gap wider than this part of the size may part two columns if several lines begin behind it…
const GUTTER: f64 = 0.6;
/// …so many.
const MIN_COLUMN_LINES: usize = 4;
/// How far, in parts of the size, a raised or lowered letter may leave its line.
const SHIFT: f64 = 0.5;
/// A letter that is farther from its line than this part of the size is raised or lowered.
pub(super) const OFF_LINE: f64 = 0.1;
/// The gaps within a raised or lowered stretch, in parts of the size.
const STRETCH_GAPS: Range<f64> = -0.3..0.5;
/// Letters are put in order by places in this part of a point, doubled.
const MIDDLES: f64 = 16.0;
/// Room is made for no more cells than this at once.
const MAX_RESERVED: usize = 256;
/// Letters that share more than this part of their width stand in one place.
const COLLISION: f64 = 0.3;
/// So many pairs of letters of one page are compared.
const MAX_COMPARISONS: usize = 4_000_000;
/// How many of the segments at nearly one height are looked at for each.
const MAX_NEIGHBOURS: usize = 400;

/// Glyphs that were drawn one after the other along a line.
pub(super) struct Segment {
    pub(super) cells: Vec<Cell>,
    left: f64,
    right: f64,
    pub(super) base: f64,
    pub(super) size: f64,
}

/// In drawing order.
pub(super) fn find_segments(cells: Vec<Cell>) -> Vec<Segment> {
    let mut segments: Vec<Segment> = Vec::new();
    for cell in cells {
        // Lines are about as long as the line before.
        let length = segments.last().map_or(8, |segment| segment.cells.len());
        match segments.last_mut() {
            Some(segment) if segment.goes_on_with(&cell) => segment.take(cell),
            // A line does not begin with a space.
            _ if cell.is_space() => {}
            _ => segments.push(Segment::begin(cell, length)),
        }
    }
    segments
}

impl Segment {
    /// Of cells on one line, in any order.
    pub(super) fn of(cells: Vec<Cell>) -> Option<Self> {
        let mut cells = cells.into_iter();
        let mut segment = Self::begin(cells.next()?, cells.len());
        cells.for_each(|cell| segment.take(cell));
        Some(segment)
    }

    fn begin(cell: Cell, length: usize) -> Self {
        let (left, right, base, size) = (cell.left, cell.right, cell.base, cell.size);
        let mut cells = Vec::with_capacity(length.min(MAX_RESERVED));
        cells.push(cell);
        Self {
            cells,
            left,
            right,
            base,
            size,
        }
    }

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

    /// Puts its cells in order from left to right, those at one place as they were drawn.
    ///
    /// They stand by their middles: a mark or space without width then stands between its neighbours.
    /// A raised or lowered stretch stands as a whole where it begins: of a fraction, what is above is not
    /// mixed with what is below.
    pub(super) fn put_in_order(&mut self) {
        let off = |cell: &Cell, base: f64, size: f64| (cell.base - base).abs() > OFF_LINE * size;
        let (base, size) = (self.base, self.size);
        let in_order = |pair: &[Cell]| pair[0].left + pair[0].right <= pair[1].left + pair[1].right;
        if self.cells.windows(2).all(in_order) {
            return;
        }
        if !self.cells.iter().any(|cell| off(cell, base, size)) {
            self.cells.sort_by_key(middle);
            return;
        }
        let mut placed: Vec<(i64, Cell)> = Vec::with_capacity(self.cells.len());
        for cell in self.cells.drain(..) {
            let place = match placed.last() {
                Some((place, last))
                    if off(&cell, base, size)
                        && !off(&cell, last.base, size)
                        && STRETCH_GAPS.contains(&((cell.left - last.right) / size)) =>
                {
                    *place
                }
                _ => middle(&cell),
            };
            placed.push((place, cell));
        }
        placed.sort_by_key(|(place, _)| *place);
        self.cells.extend(placed.into_iter().map(|(_, cell)| cell));
    }

    /// `comparisons` are those of letters that may still be made.
    fn shares_line_with(&self, other: &Self, comparisons: &mut usize) -> bool {
        let size = self.size.max(other.size);
        let similar = self.size.min(other.size) > 0.85 * size;
        let shift = if similar { 0.3 } else { SHIFT };
        let gap = (other.left - self.right).max(self.left - other.right);
        (self.base - other.base).abs() < shift * size
            && gap < COLUMN_GAP * size
            && (gap > -size || self.leaves_room_for(other, comparisons))
    }

    /// Whether this is the same line, drawn font by font: the letters of each stand between those of the other.
    fn leaves_room_for(&self, other: &Self, comparisons: &mut usize) -> bool {
        let (few, many) = if self.cells.len() < other.cells.len() {
            (self, other)
        } else {
            (other, self)
        };
        let size = self.size.max(other.size);
        if (self.base - other.base).abs() > OFF_LINE * size {
            return false;
        }
        let Some(left) = comparisons.checked_sub(few.cells.len() * many.cells.len()) else {
            return false;
        };
        *comparisons = left;
        let collides = |cell: &Cell| many.cells.iter().any(|other| collide(cell, other));
        !few.cells.iter().any(collides)
    }
}

/// Whether two letters stand in one place.
fn collide(one: &Cell, other: &Cell) -> bool {
    let shared = one.right.min(other.right) - one.left.max(other.left);
    let width = (one.right - one.left).min(other.right - other.left);
    shared > COLLISION * width.max(COLLISION * one.size) && !one.is_space() && !other.is_space()
}

/// Joins segments that stand on one line side by side, whatever was drawn between them.
pub(super) fn join_segments(segments: Vec<Segment>) -> Vec<Segment> {
    let mut by_base: Vec<usize> = (0..segments.len()).collect();
    by_base.sort_by(|a, b| segments[*a].base.total_cmp(&segments[*b].base));
    let tallest = segments.iter().map(|segment| segment.size).fold(0.0, f64::max);
    let margins = Margins::of(&segments);
    let mut leader: Vec<usize> = (0..segments.len()).collect();
    let mut comparisons = MAX_COMPARISONS;
    for (place, first) in by_base.iter().enumerate() {
        for second in by_base[place + 1..].iter().take(MAX_NEIGHBOURS) {
            if segments[*second].base - segments[*first].base > SHIFT * tallest {
                break;
            }
            let drawn_apart = first.abs_diff(*second) > 1;
            if segments[*first].shares_line_with(&segments[*second], &mut comparisons)
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
struct Margins(HashMap<i64, usize, RandomState>);

impl Margins {
    fn of(segments: &[Segment]) -> Self {
        let mut margins = HashMap::default();
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

/// The representative of a group, with its path halved.
fn find(leader: &mut [usize], mut place: usize) -> usize {
    while leader[place] != place {
        leader[place] = leader[leader[place]];
        place = leader[place];
    }
    place
}

/// Where a cell stands in its line.
fn middle(cell: &Cell) -> i64 {
    whole(MIDDLES * (cell.left + cell.right))
}

#[expect(clippy::cast_possible_truncation, reason = "saturates")]
fn whole(points: f64) -> i64 {
    points.round().clamp(-1e9, 1e9) as i64
}
