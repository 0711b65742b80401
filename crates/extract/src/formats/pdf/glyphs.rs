//! Glyphs as they were drawn: where each stands, and which of them were drawn twice.
use super::letters::Letters;
use foldhash::fast::RandomState;
use hayro::kurbo::{Point, Rect};
use std::collections::HashMap;

/// A page with more glyphs than this is a drawing; the rest is not collected.
const MAX_GLYPHS: usize = 400_000;
/// How far, in parts of the size and in points, a second coat of a letter is from the first.
const COAT: f64 = 0.1;
const MAX_COAT: f64 = 1.5;
/// Glyphs smaller than this, in points, are not for reading.
const MIN_SIZE: f64 = 0.1;

/// A drawn character (or ligature) on the page, in points from its top left corner.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct PlacedGlyph {
    /// What it means; white space for a space.
    pub(super) text: Letters,
    /// Where its baseline begins…
    pub(super) start: Point,
    /// …and ends.
    pub(super) end: Point,
    /// The font's size on the page.
    pub(super) size: f64,
}

/// Collects in drawing order.
pub(super) struct Glyphs {
    area: Rect,
    placed: Vec<PlacedGlyph>,
    /// Where runs that begin or end with a letter were drawn, in cells of two points.
    drawn: HashMap<(char, i32, i32), Point, RandomState>,
}

impl Glyphs {
    /// For a page of this area.
    pub(super) fn on(area: Rect) -> Self {
        Self {
            area: area.inflate(area.width() * 0.02, area.height() * 0.02),
            placed: Vec::new(),
            drawn: HashMap::default(),
        }
    }

    pub(super) fn into_placed(self) -> Vec<PlacedGlyph> {
        self.placed
    }

    /// Where the next run begins.
    pub(super) fn begin_run(&self) -> usize {
        self.placed.len()
    }

    /// Keeps a glyph that can be seen on the page, and says where.
    pub(super) fn place(&mut self, glyph: PlacedGlyph) -> Option<usize> {
        let PlacedGlyph { start, end, size, .. } = glyph;
        let sane = [start.x, start.y, end.x, end.y, size]
            .into_iter()
            .all(f64::is_finite);
        let room = self.placed.len() < MAX_GLYPHS;
        if room
            && sane
            && size >= MIN_SIZE
            && self.is_on_page(start, end, size)
            && !self.is_second_coat(&glyph)
        {
            self.placed.push(glyph);
            return Some(self.placed.len() - 1);
        }
        None
    }

    /// Makes the glyph that is kept at `place` reach over another one for which it speaks, if that stands
    /// beside it.
    pub(super) fn widen(&mut self, place: usize, start: Point, end: Point) {
        let Some(glyph) = self.placed.get_mut(place) else {
            return;
        };
        let run = if glyph.start == glyph.end {
            end - start
        } else {
            glyph.end - glyph.start
        };
        let length = run.hypot();
        if !length.is_finite() || length <= 0.0 {
            return;
        }
        let (along, first) = (run / length, glyph.start);
        let at = |point: Point| along.dot(point - first);
        let own = at(glyph.end);
        let (left, right) = (at(start).min(at(end)), at(start).max(at(end)));
        let gap = (left - own).max(-right);
        let off = along.cross(start - first).abs();
        if gap <= glyph.size && off <= glyph.size / 2.0 {
            glyph.start = first + along * left.min(0.0);
            glyph.end = first + along * right.max(own);
        }
    }

    /// Some feign boldness letter by letter.
    fn is_second_coat(&self, glyph: &PlacedGlyph) -> bool {
        self.placed.last().is_some_and(|last| {
            last.text == glyph.text
                && !glyph.text.is_space()
                && last.start.distance(glyph.start) < COAT * glyph.size
        })
    }

    fn is_on_page(&self, start: Point, end: Point, size: f64) -> bool {
        Rect::from_points(start, end)
            .inflate(size / 4.0, size / 4.0)
            .overlaps(self.area)
    }

    /// Ends the run that began at this place. Boldness is often feigned by drawing a text twice: takes a
    /// run back that begins and ends where the same letters stand already.
    pub(super) fn end_run(&mut self, run: usize) {
        let mut ends = self.placed[run..].iter().filter(|glyph| !glyph.text.is_space());
        let Some(first) = ends.next() else { return };
        let last = ends.next_back().unwrap_or(first);
        let (first, last) = (Coat::of(first), Coat::of(last));
        if self.is_drawn(first) && self.is_drawn(last) {
            self.placed.truncate(run);
            return;
        }
        for coat in [first, last] {
            self.drawn
                .insert((coat.text, cell(coat.at.x), cell(coat.at.y)), coat.at);
        }
    }

    fn is_drawn(&self, coat: Coat) -> bool {
        let near = (coat.size * COAT).min(MAX_COAT);
        (cell(coat.at.x - near)..=cell(coat.at.x + near)).any(|column| {
            (cell(coat.at.y - near)..=cell(coat.at.y + near)).any(|row| {
                let other = self.drawn.get(&(coat.text, column, row));
                other.is_some_and(|other| other.distance(coat.at) < near)
            })
        })
    }
}

/// A glyph as far as it may be a second coat of another.
#[derive(Clone, Copy)]
struct Coat {
    text: char,
    at: Point,
    size: f64,
}

impl Coat {
    fn of(glyph: &PlacedGlyph) -> Self {
        Self {
            text: glyph.text.first(),
            at: glyph.start,
            size: glyph.size,
        }
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "glyphs off the page were dropped; saturates"
)]
fn cell(coordinate: f64) -> i32 {
    (coordinate / 2.0).floor().clamp(-1e8, 1e8) as i32
}
