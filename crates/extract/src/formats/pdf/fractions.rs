//! Fractions whose parts stand above and below a bar: they are read as `a/b`, on the line that the bar belongs to.
//!
//! Many rules are no such bars: they underline, part rows, or set footnotes off. A bar is hardly wider than the
//! wider part, both parts are centred on it and end with it, and it stands as high as a minus of its line would.
use super::bidi;
use super::fraction_words::{as_part, push_words};
use super::lines::Cell;
use super::rules::Rule;
use super::segments::Segment;
use super::spaces::with_spaces;

/// So many cells of one page are looked at for its rules.
const MAX_LOOKS: usize = 4_000_000;
/// So many fractions side by side are told by the last of them.
const MAX_PASSES: usize = 6;
/// Cells larger than this, in points, are in no fraction.
const MAX_SIZE: f64 = 60.0;
/// How far, in parts of the size, a part's line is above the bar and below it…
const ABOVE: f64 = 0.95;
const BELOW: std::ops::Range<f64> = 0.45..1.4;
/// …and, where a part has a fraction of its own, this many times that.
const WITH_FRACTION: f64 = 1.6;
/// How far raised and lowered letters are from their part's line, in parts of the size, and a root's sign.
const SHIFT: f64 = 0.62;
const ROOT_SHIFT: f64 = 1.1;
/// How much wider than the wider part a bar is, how far a part may reach beyond it, and how far off its middle a
/// part may be, in parts of the size.
const OVERHANG: f64 = 0.5;
const REACH: f64 = 0.4;
const OFF_CENTRE: f64 = 0.3;
/// A part has no wider gaps, and nothing else of its line nearer to it, in parts of the size.
const GAP: f64 = 1.0;
/// How near to the bar the rest of its line is, and how far below the bar that stands, in parts of its size.
const BESIDE: f64 = 1.2;
const AXIS: std::ops::Range<f64> = 0.12..0.42;
/// The usual height of the bar above its line, in parts of the size.
const USUAL_AXIS: f64 = 0.25;
/// Without a line beside it, a bar is no nearer to what is above, as what underlines is, and no farther from what
/// is below, in parts of the size.
const LEAST_ABOVE: f64 = 0.2;
const MOST_BELOW: f64 = 1.15;
/// Nor are there other lines, or rules as long as it, so near, in parts of the size.
const ALONE: f64 = 1.5;
const LONELY_RULE: f64 = 4.0;

/// Puts a cell for each fraction in the place of those of its parts. `cells` come in drawing order and stand on
/// lines that run across the page, as the rules do.
pub(super) fn join_fractions(cells: Vec<Cell>, rules: &[Rule]) -> Vec<Cell> {
    if rules.is_empty() || cells.is_empty() {
        return cells;
    }
    let mut rules = rules.to_vec();
    // The bars of parts are shorter than the bar between the parts.
    rules.sort_by(|a, b| (a.right - a.left).total_cmp(&(b.right - b.left)));
    let mut page = Page::of(cells, rules);
    // A fraction tells on which line those beside it are.
    for _ in 0..MAX_PASSES {
        let before = page.pieces.len();
        for place in 0..page.rules.len() {
            if let Some(fraction) = page.fraction_at(place) {
                page.join(place, fraction);
            }
        }
        if page.pieces.len() == before {
            break;
        }
    }
    page.into_cells()
}

/// A cell, and whether it stands for a fraction.
struct Piece {
    cell: Cell,
    /// Its place in drawing order.
    order: usize,
    is_fraction: bool,
    /// Whether it has become part of a fraction.
    is_joined: bool,
}

struct Page {
    pieces: Vec<Piece>,
    /// Places of the cells that were drawn, from the top down.
    downwards: Vec<usize>,
    drawn: usize,
    tallest: f64,
    rules: Vec<Rule>,
    is_bar: Vec<bool>,
    looks_left: usize,
}

/// What stands above or below a bar.
struct Part {
    /// Places of its pieces.
    pieces: Vec<usize>,
    base: f64,
    size: f64,
    left: f64,
    right: f64,
    has_fraction: bool,
}

struct Fraction {
    parts: [Part; 2],
    cell: Cell,
}

impl Page {
    fn of(cells: Vec<Cell>, rules: Vec<Rule>) -> Self {
        let mut downwards: Vec<usize> = (0..cells.len())
            .filter(|place| !cells[*place].is_space())
            .collect();
        downwards.sort_by(|a, b| cells[*a].base.total_cmp(&cells[*b].base));
        let tallest = cells
            .iter()
            .map(|cell| cell.size)
            .fold(0.0, f64::max)
            .min(MAX_SIZE);
        let pieces: Vec<Piece> = cells
            .into_iter()
            .enumerate()
            .map(|(order, cell)| Piece {
                cell,
                order,
                is_fraction: false,
                is_joined: false,
            })
            .collect();
        Self {
            drawn: pieces.len(),
            pieces,
            downwards,
            tallest,
            is_bar: vec![false; rules.len()],
            rules,
            looks_left: MAX_LOOKS,
        }
    }

    /// What stands around a rule; nothing once too much was looked at.
    fn around(&mut self, rule: Rule) -> Vec<usize> {
        let reach = 2.5 * self.tallest;
        let from = self
            .downwards
            .partition_point(|place| self.pieces[*place].cell.base < rule.y - reach);
        let below = &self.downwards[from..];
        let end = below.partition_point(|place| self.pieces[*place].cell.base <= rule.y + reach);
        let added = self.drawn..self.pieces.len();
        let Some(left) = self.looks_left.checked_sub(end + added.len()) else {
            return Vec::new();
        };
        self.looks_left = left;
        let near = |place: &usize| {
            let Piece { cell, is_joined, .. } = &self.pieces[*place];
            let margin = BESIDE * cell.size;
            !is_joined
                && cell.size <= MAX_SIZE
                && (cell.base - rule.y).abs() <= reach
                && cell.right > rule.left - margin
                && cell.left < rule.right + margin
        };
        below[..end].iter().copied().chain(added).filter(near).collect()
    }

    fn cell(&self, place: usize) -> &Cell {
        &self.pieces[place].cell
    }

    fn fraction_at(&mut self, place: usize) -> Option<Fraction> {
        if self.is_bar[place] {
            return None;
        }
        let rule = self.rules[place];
        let around = self.around(rule);
        let (within, beside): (Vec<usize>, Vec<usize>) = around.into_iter().partition(|place| {
            let middle = f64::midpoint(self.cell(*place).left, self.cell(*place).right);
            (rule.left..=rule.right).contains(&middle)
        });
        let parts = [self.part(&within, rule, true)?, self.part(&within, rule, false)?];
        let size = parts[0].size.max(parts[1].size);
        let widest = parts
            .iter()
            .map(|part| part.right - part.left)
            .fold(0.0, f64::max);
        let is_parted = self.rules.iter().zip(&self.is_bar).any(|(other, is_bar)| {
            !is_bar && other.y > parts[0].base && other.y < rule.y - 0.01 && overlap(*other, rule)
        });
        if rule.right - rule.left > widest + OVERHANG * size
            || is_parted
            || !parts.iter().all(|part| self.ends_with(part, rule, &beside))
        {
            return None;
        }
        let line = beside
            .iter()
            .map(|place| self.cell(*place))
            .filter(|cell| cell.size >= 0.9 * size && AXIS.contains(&((cell.base - rule.y) / cell.size)))
            .max_by(|a, b| a.size.total_cmp(&b.size).then(b.left.total_cmp(&a.left)));
        let (base, size) = match line {
            Some(cell) => (cell.base, cell.size),
            None if self.is_alone(&parts, rule, place, &within) => (rule.y + USUAL_AXIS * size, size),
            None => return None,
        };
        let text = format!("{}/{}", self.text_of(&parts[0])?, self.text_of(&parts[1])?);
        let mut cell = Cell {
            text: super::letters::Letters::of(&text)?,
            left: rule.left,
            right: rule.right,
            base,
            size,
        };
        // A mixed number is no number of more digits; a comma stands right behind.
        if text.starts_with(|c: char| c.is_numeric()) {
            cell.left = cell.right.min(cell.left + 0.12 * size);
        }
        let next = beside.iter().map(|place| self.cell(*place)).find(|next| {
            (next.base - base).abs() < 0.1 * size
                && (0.0..0.3 * size).contains(&(next.left - rule.right))
                && next.text.only().is_some_and(|c| ",.;:!?)]}".contains(c))
        });
        cell.right = next.map_or(cell.right, |next| next.left);
        Some(Fraction { parts, cell })
    }

    /// What of `within` stands right above or below a rule, as one line.
    fn part(&self, within: &[usize], rule: Rule, above: bool) -> Option<Part> {
        let distance = |place: usize| {
            let cell = self.cell(place);
            let down = cell.base - rule.y;
            if above { -down } else { down }
        };
        let on_line = |place: &usize| {
            let size = self.cell(*place).size;
            if above {
                distance(*place) >= 0.0
            } else {
                distance(*place) >= 0.4 * size
            }
        };
        let nearest = within
            .iter()
            .copied()
            .filter(on_line)
            .min_by(|a, b| distance(*a).total_cmp(&distance(*b)))?;
        let main = within
            .iter()
            .copied()
            .filter(on_line)
            .filter(|place| distance(*place) - distance(nearest) <= SHIFT * self.cell(*place).size)
            .max_by(|a, b| {
                let (one, other) = (self.cell(*a), self.cell(*b));
                one.size
                    .total_cmp(&other.size)
                    .then(distance(*b).total_cmp(&distance(*a)))
            })?;
        let (base, size) = (self.cell(main).base, self.cell(main).size);
        let pieces: Vec<usize> = within
            .iter()
            .copied()
            .filter(|place| {
                let cell = self.cell(*place);
                let up = base - cell.base;
                let is_root = cell.text.only() == Some('√');
                let highest = if is_root { ROOT_SHIFT } else { SHIFT } * size;
                distance(*place) >= 0.0 && (-SHIFT * size..=highest).contains(&up)
            })
            .collect();
        let has_fraction = pieces.iter().any(|place| self.pieces[*place].is_fraction);
        let stretch = if has_fraction { WITH_FRACTION } else { 1.0 };
        let at = distance(main) / size;
        let fits = if above {
            at <= ABOVE * stretch
        } else {
            at >= BELOW.start && at <= BELOW.end * stretch
        };
        let edge = |edge: fn(&Cell) -> f64, pick: fn(f64, f64) -> f64| {
            pieces.iter().map(|place| edge(self.cell(*place))).reduce(pick)
        };
        let (left, right) = (
            edge(|cell| cell.left, f64::min)?,
            edge(|cell| cell.right, f64::max)?,
        );
        fits.then_some(Part {
            pieces,
            base,
            size,
            left,
            right,
            has_fraction,
        })
    }

    /// Whether a part is as long as its bar or centred on it, and nothing goes on with it beside the bar.
    fn ends_with(&self, part: &Part, rule: Rule, beside: &[usize]) -> bool {
        let size = part.size;
        let off = f64::midpoint(part.left, part.right) - f64::midpoint(rule.left, rule.right);
        if off.abs() > OFF_CENTRE * size
            || part.left < rule.left - REACH * size
            || part.right > rule.right + REACH * size
        {
            return false;
        }
        let goes_on = |place: &&usize| {
            let cell = self.cell(**place);
            let gap = (cell.left - rule.right).max(rule.left - cell.right);
            (cell.base - part.base).abs() < 0.12 * size
                && gap < GAP * size
                && !self.is_at_other_bar(cell, rule)
        };
        if beside.iter().any(|place| goes_on(&place)) {
            return false;
        }
        let mut along: Vec<(f64, f64)> = part
            .pieces
            .iter()
            .map(|place| (self.cell(*place).left, self.cell(*place).right))
            .collect();
        along.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mut reached = part.left;
        along.into_iter().all(|(left, right)| {
            let is_near = left - reached <= GAP * size;
            reached = reached.max(right);
            is_near
        })
    }

    /// Whether a cell belongs to a fraction beside this one.
    fn is_at_other_bar(&self, cell: &Cell, rule: Rule) -> bool {
        let middle = f64::midpoint(cell.left, cell.right);
        self.rules.iter().any(|other| {
            (other.y - rule.y).abs() < 0.15 * cell.size
                && !overlap(*other, rule)
                && (other.left..=other.right).contains(&middle)
        })
    }

    /// Whether the parts stand closer to the rule than lines do that are underlined or parted by it.
    fn is_alone(&self, parts: &[Part; 2], rule: Rule, place: usize, within: &[usize]) -> bool {
        let [above, below] = parts;
        let size = above.size.max(below.size);
        let stretch = |part: &Part| if part.has_fraction { WITH_FRACTION } else { 1.0 };
        let is_close = rule.y - above.base >= LEAST_ABOVE * above.size
            && below.base - rule.y <= MOST_BELOW * below.size * stretch(below);
        let in_part = |place: &usize| parts.iter().any(|part| part.pieces.contains(place));
        let has_others = within.iter().filter(|place| !in_part(place)).any(|place| {
            let base = self.cell(*place).base;
            base > above.base - ALONE * size && base < below.base + ALONE * size
        });
        let is_of_table = self.rules.iter().enumerate().any(|(other_place, other)| {
            other_place != place
                && (other.left - rule.left).abs() < 1.0
                && (other.right - rule.right).abs() < 1.0
                && (other.y - rule.y).abs() < LONELY_RULE * size
                && (other.y - rule.y).abs() > 0.1
        });
        is_close && !has_others && !is_of_table
    }

    /// A part as it is read, in brackets where it is more than a number or a word.
    fn text_of(&self, part: &Part) -> Option<String> {
        let cells = part
            .pieces
            .iter()
            .map(|place| self.cell(*place).clone())
            .collect();
        let mut segment = Segment::of(cells)?;
        segment.put_in_order();
        let leftwards = bidi::has_right_to_left(&segment.cells);
        let mut cells = with_spaces(segment, leftwards);
        // Several words would have to be put in their places again.
        if leftwards && cells.iter().any(Cell::is_space) {
            return None;
        }
        if leftwards {
            bidi::to_reading_order(&mut cells, true);
        }
        let mut text = String::new();
        for cell in &cells {
            cell.text.push_to(&mut text);
        }
        let text = text.trim();
        Some(as_part(text))
    }

    fn join(&mut self, place: usize, fraction: Fraction) {
        self.is_bar[place] = true;
        let mut order = usize::MAX;
        for place in fraction.parts.iter().flat_map(|part| &part.pieces) {
            let piece = &mut self.pieces[*place];
            piece.is_joined = true;
            order = order.min(piece.order);
        }
        self.pieces.push(Piece {
            cell: fraction.cell,
            order,
            is_fraction: true,
            is_joined: false,
        });
    }

    /// In drawing order.
    fn into_cells(mut self) -> Vec<Cell> {
        if self.pieces.len() > self.drawn {
            self.pieces.sort_by_key(|piece| piece.order);
        }
        let mut cells = Vec::with_capacity(self.pieces.len());
        for piece in self.pieces.into_iter().filter(|piece| !piece.is_joined) {
            if piece.is_fraction {
                push_words(piece.cell, &mut cells);
            } else {
                cells.push(piece.cell);
            }
        }
        cells
    }
}

fn overlap(one: Rule, other: Rule) -> bool {
    one.left < other.right && other.left < one.right
}
