//! Fractions whose parts stand above and below a bar: they are read as `a/b`, on the line that the bar belongs to.
//!
//! Many rules are no such bars: they underline, part rows, or set footnotes off. A bar is hardly wider than the
//! wider part, both parts are centred on it and end with it, and it stands as high as a minus of its line would.
use super::bars::{Bars, Looks, overlap};
use super::bidi;
use super::fraction_words::as_part;
use super::lines::Cell;
use super::pieces::Pieces;
use super::rules::Rule;
use super::segments::Segment;
use super::spaces::with_spaces;
use std::collections::HashSet;

/// So many cells and rules of one page are looked at for its rules.
const MAX_LOOKS: usize = 4_000_000;
/// So many fractions side by side are told by the last of them.
const MAX_PASSES: usize = 6;
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
    let mut page = Page::of(cells, rules);
    page.join_all();
    page.pieces.into_cells()
}

struct Page {
    pieces: Pieces,
    bars: Bars,
    looks: Looks,
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
    fn of(cells: Vec<Cell>, rules: &[Rule]) -> Self {
        Self {
            pieces: Pieces::of(cells),
            bars: Bars::of(rules),
            looks: Looks::new(MAX_LOOKS),
        }
    }

    fn join_all(&mut self) {
        // A fraction tells on which line those beside it are.
        for _ in 0..MAX_PASSES {
            let before = self.pieces.count();
            for place in 0..self.bars.count() {
                if let Some(fraction) = self.fraction_at(place) {
                    self.join(place, fraction);
                }
            }
            if self.pieces.count() == before {
                break;
            }
        }
    }

    fn cell(&self, place: usize) -> &Cell {
        self.pieces.cell(place)
    }

    fn fraction_at(&mut self, place: usize) -> Option<Fraction> {
        if self.bars.is_taken(place) {
            return None;
        }
        let rule = self.bars.rule(place);
        let around = self.pieces.around(rule, BESIDE, &mut self.looks)?;
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
        if rule.right - rule.left > widest + OVERHANG * size || self.is_parted(&parts[0], rule)? {
            return None;
        }
        for part in &parts {
            if !self.ends_with(part, rule, &beside)? {
                return None;
            }
        }
        let line = beside
            .iter()
            .map(|place| self.cell(*place))
            .filter(|cell| cell.size >= 0.9 * size && AXIS.contains(&((cell.base - rule.y) / cell.size)))
            .max_by(|a, b| a.size.total_cmp(&b.size).then(b.left.total_cmp(&a.left)))
            .map(|cell| (cell.base, cell.size));
        let (base, size) = match line {
            Some(line) => line,
            None if self.is_alone(&parts, rule, place, &within)? => (rule.y + USUAL_AXIS * size, size),
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
        let has_fraction = pieces.iter().any(|place| self.pieces.is_joined(*place));
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

    /// Whether another rule, that is no bar, stands between a rule and what is above it; nothing once too much was
    /// looked at.
    fn is_parted(&mut self, above: &Part, rule: Rule) -> Option<bool> {
        let between = self.bars.between(above.base, rule.y, &mut self.looks)?;
        Some(between.iter().any(|place| {
            let other = self.bars.rule(*place);
            !self.bars.is_taken(*place)
                && other.y > above.base
                && other.y < rule.y - 0.01
                && overlap(other, rule)
        }))
    }

    /// Whether a part is as long as its bar or centred on it, and nothing goes on with it beside the bar; nothing
    /// once too much was looked at.
    fn ends_with(&mut self, part: &Part, rule: Rule, beside: &[usize]) -> Option<bool> {
        let size = part.size;
        let off = f64::midpoint(part.left, part.right) - f64::midpoint(rule.left, rule.right);
        if off.abs() > OFF_CENTRE * size
            || part.left < rule.left - REACH * size
            || part.right > rule.right + REACH * size
        {
            return Some(false);
        }
        for place in beside {
            let cell = self.cell(*place);
            let gap = (cell.left - rule.right).max(rule.left - cell.right);
            if (cell.base - part.base).abs() < 0.12 * size
                && gap < GAP * size
                && !self.is_at_other_bar(*place, rule)?
            {
                return Some(false);
            }
        }
        let mut along: Vec<(f64, f64)> = part
            .pieces
            .iter()
            .map(|place| (self.cell(*place).left, self.cell(*place).right))
            .collect();
        along.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mut reached = part.left;
        Some(along.into_iter().all(|(left, right)| {
            let is_near = left - reached <= GAP * size;
            reached = reached.max(right);
            is_near
        }))
    }

    /// Whether a cell belongs to a fraction beside this one; nothing once too much was looked at.
    fn is_at_other_bar(&mut self, place: usize, rule: Rule) -> Option<bool> {
        let cell = self.pieces.cell(place);
        let middle = f64::midpoint(cell.left, cell.right);
        let reach = 0.15 * cell.size;
        let level = self
            .bars
            .between(rule.y - reach, rule.y + reach, &mut self.looks)?;
        Some(level.iter().any(|place| {
            let other = self.bars.rule(*place);
            (other.y - rule.y).abs() < reach
                && !overlap(other, rule)
                && (other.left..=other.right).contains(&middle)
        }))
    }

    /// Whether the parts stand closer to the rule than lines do that are underlined or parted by it; nothing once
    /// too much was looked at.
    fn is_alone(&mut self, parts: &[Part; 2], rule: Rule, place: usize, within: &[usize]) -> Option<bool> {
        let [above, below] = parts;
        let size = above.size.max(below.size);
        let stretch = |part: &Part| if part.has_fraction { WITH_FRACTION } else { 1.0 };
        let is_close = rule.y - above.base >= LEAST_ABOVE * above.size
            && below.base - rule.y <= MOST_BELOW * below.size * stretch(below);
        let in_parts: HashSet<usize> = parts
            .iter()
            .flat_map(|part| part.pieces.iter().copied())
            .collect();
        let has_others = within.iter().any(|place| {
            let base = self.cell(*place).base;
            base > above.base - ALONE * size && base < below.base + ALONE * size && !in_parts.contains(place)
        });
        if !is_close || has_others {
            return Some(false);
        }
        let reach = LONELY_RULE * size;
        let near = self
            .bars
            .between(rule.y - reach, rule.y + reach, &mut self.looks)?;
        let is_of_table = near.iter().any(|other_place| {
            let other = self.bars.rule(*other_place);
            *other_place != place
                && (other.left - rule.left).abs() < 1.0
                && (other.right - rule.right).abs() < 1.0
                && (other.y - rule.y).abs() < reach
                && (other.y - rule.y).abs() > 0.1
        });
        Some(!is_of_table)
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
        self.bars.take(place);
        let parts = fraction.parts.into_iter().flat_map(|part| part.pieces);
        self.pieces.join(parts, fraction.cell);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letter(c: char, left: f64, base: f64) -> Cell {
        Cell {
            left,
            right: left + 5.0,
            base,
            size: 10.0,
            ..Cell::of(c)
        }
    }

    fn bar(left: f64, right: f64) -> Rule {
        Rule {
            left,
            right,
            y: 100.0,
        }
    }

    /// A page on which `count` rules stand at one place between the same letters, one more right below them, and
    /// letters beside that belong to another bar; far to the right is a fraction, whose bar is the longest.
    fn page(count: usize) -> Page {
        let mut cells = Vec::new();
        for base in [95.0, 108.0] {
            cells.extend([letter('a', 50.0, base), letter('b', 400.0, base)]);
            cells.extend((0..40).map(|_| letter('c', 56.0, base)));
        }
        let mut rules = vec![bar(50.0, 55.0); count];
        rules.push(Rule {
            y: 103.0,
            ..bar(50.0, 55.0)
        });
        rules.push(bar(56.0, 61.0));
        rules.push(bar(399.0, 406.0));
        Page::of(cells, &rules)
    }

    fn joined(mut page: Page) -> (String, usize) {
        page.join_all();
        let left = page.looks.left();
        let cells = page.pieces.into_cells();
        (cells.iter().flat_map(|cell| cell.text.chars()).collect(), left)
    }

    #[test]
    fn looks_at_rules_are_counted_and_come_to_an_end() {
        let (text, left) = joined(page(10));
        assert!(text.contains("b/b") && left > MAX_LOOKS / 2, "{text} {left}");
        let (text, left) = joined(page(4_000));
        assert!(!text.contains('/') && left < 5_000, "{text} {left}");
    }
}
