//! The cells of a page of which some become parts of a cell of their own, and which of them stand near a place.
use super::bars::Looks;
use super::fraction_words::push_words;
use super::lines::Cell;
use super::rules::Rule;

/// Cells larger than this, in points, are no part of anything.
const MAX_SIZE: f64 = 60.0;
/// How far up and down is looked, in parts of the largest size of the page.
const REACH: f64 = 2.5;

/// A cell, and whether it was joined of others.
struct Piece {
    cell: Cell,
    /// Its place in drawing order.
    order: usize,
    is_joined: bool,
    /// Whether it has become part of another.
    is_part: bool,
}

pub(super) struct Pieces {
    all: Vec<Piece>,
    /// Places of the cells that were drawn, from the top down.
    downwards: Vec<usize>,
    drawn: usize,
    tallest: f64,
}

impl Pieces {
    /// Of cells in drawing order.
    pub(super) fn of(cells: Vec<Cell>) -> Self {
        let mut downwards: Vec<usize> = (0..cells.len())
            .filter(|place| !cells[*place].is_space())
            .collect();
        downwards.sort_by(|a, b| cells[*a].base.total_cmp(&cells[*b].base));
        let tallest = cells
            .iter()
            .map(|cell| cell.size)
            .fold(0.0, f64::max)
            .min(MAX_SIZE);
        let all: Vec<Piece> = cells
            .into_iter()
            .enumerate()
            .map(|(order, cell)| Piece {
                cell,
                order,
                is_joined: false,
                is_part: false,
            })
            .collect();
        Self {
            drawn: all.len(),
            all,
            downwards,
            tallest,
        }
    }

    pub(super) fn count(&self) -> usize {
        self.all.len()
    }

    pub(super) fn cell(&self, place: usize) -> &Cell {
        &self.all[place].cell
    }

    /// Whether it was joined of others.
    pub(super) fn is_joined(&self, place: usize) -> bool {
        self.all[place].is_joined
    }

    /// What stands around a rule, and beside it no farther than `beside` of its own size; nothing once too much
    /// was looked at.
    pub(super) fn around(&self, rule: Rule, beside: f64, looks: &mut Looks) -> Option<Vec<usize>> {
        let reach = REACH * self.tallest;
        let from = self
            .downwards
            .partition_point(|place| self.cell(*place).base < rule.y - reach);
        let below = &self.downwards[from..];
        let end = below.partition_point(|place| self.cell(*place).base <= rule.y + reach);
        let added = self.drawn..self.all.len();
        looks.pay(end + added.len())?;
        let near = |place: &usize| {
            let Piece { cell, is_part, .. } = &self.all[*place];
            let margin = beside * cell.size;
            !is_part
                && cell.size <= MAX_SIZE
                && (cell.base - rule.y).abs() <= reach
                && cell.right > rule.left - margin
                && cell.left < rule.right + margin
        };
        Some(below[..end].iter().copied().chain(added).filter(near).collect())
    }

    /// Puts a cell in the place of its parts.
    pub(super) fn join(&mut self, parts: impl Iterator<Item = usize>, cell: Cell) {
        let mut order = usize::MAX;
        for place in parts {
            let piece = &mut self.all[place];
            piece.is_part = true;
            order = order.min(piece.order);
        }
        self.all.push(Piece {
            cell,
            order,
            is_joined: true,
            is_part: false,
        });
    }

    /// In drawing order.
    pub(super) fn into_cells(mut self) -> Vec<Cell> {
        if self.all.len() > self.drawn {
            self.all.sort_by_key(|piece| piece.order);
        }
        let mut cells = Vec::with_capacity(self.all.len());
        for piece in self.all.into_iter().filter(|piece| !piece.is_part) {
            if piece.is_joined {
                push_words(piece.cell, &mut cells);
            } else {
                cells.push(piece.cell);
            }
        }
        cells
    }
}
