//! A drawing device that keeps the glyphs and forgets all else.
use super::letters::Letters;
use super::meaning::Meanings;
use hayro::hayro_interpret::font::{Glyph, GlyphRun};
use hayro::hayro_interpret::hayro_cmap::{BfString, WritingMode};
use hayro::hayro_interpret::{
    BlendMode, ClipPath, Device, DrawMode, DrawProps, Image, ImageDrawProps, SoftMask,
};
use hayro::hayro_syntax::object::{self, Dict};
use hayro::hayro_syntax::page::Resources;
use hayro::kurbo::{Affine, BezPath, Point, Rect, Vec2};
use std::collections::HashMap;
use unicode_normalization::UnicodeNormalization;

/// A page with more glyphs than this is a drawing; the rest is not collected.
const MAX_GLYPHS: usize = 400_000;
/// Replacement texts longer than this describe pictures or paragraphs, not a few glyphs.
const MAX_ACTUAL_TEXT: usize = 12;
/// Glyphs are measured in thousandths of their size.
const UNITS_PER_EM: f64 = 1000.0;

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
pub(super) struct GlyphCollector<'m> {
    area: Rect,
    meanings: &'m mut Meanings,
    resources: &'m Resources<'m>,
    glyphs: Vec<PlacedGlyph>,
    /// Where runs that begin or end with a letter were drawn, in cells of two points.
    drawn: HashMap<(char, i32, i32), Point>,
    marked: Vec<Marked>,
}

/// An open marked-content sequence.
enum Marked {
    Plain,
    /// The text that stands for the glyphs inside, until the first of them takes it.
    Replaced(Option<Letters>),
}

impl<'m> GlyphCollector<'m> {
    /// A collector for a page with these resources.
    pub(super) fn new(area: Rect, resources: &'m Resources<'m>, meanings: &'m mut Meanings) -> Self {
        Self {
            meanings,
            resources,
            area: area.inflate(area.width() * 0.02, area.height() * 0.02),
            glyphs: Vec::new(),
            drawn: HashMap::new(),
            marked: Vec::new(),
        }
    }

    pub(super) fn into_glyphs(self) -> Vec<PlacedGlyph> {
        self.glyphs
    }

    fn collect(&mut self, glyph: &Glyph<'_>, transform: Affine, vertical: bool) {
        let Some(text) = self.meaning(glyph) else {
            return;
        };
        let advance = match glyph {
            Glyph::Outline(outline) => outline.advance_width(),
            Glyph::Type3(drawing) => drawing.advance_width(),
        };
        let advance = f64::from(advance.unwrap_or(500.0));
        let [xx, xy, yx, yy, ..] = transform.as_coeffs();
        // The size is the height of an em: its length across the writing direction.
        let size = Vec2::new(yx, yy).hypot() * UNITS_PER_EM;
        let (start, end) = if vertical {
            // A little left of the middle, for a line lies a fifth of its size above its lower edge.
            let top = transform * Point::new(advance / 2.0 - 0.3 * UNITS_PER_EM, 0.88 * UNITS_PER_EM);
            (top, top - Vec2::new(yx, yy) * UNITS_PER_EM)
        } else {
            let start = transform * Point::ZERO;
            (start, start + Vec2::new(xx, xy) * advance)
        };
        let sane = [start.x, start.y, end.x, end.y, size]
            .into_iter()
            .all(f64::is_finite);
        if sane && size >= 0.1 && self.is_on_page(start, end, size) {
            self.glyphs.push(PlacedGlyph {
                text,
                start,
                end,
                size,
            });
        }
    }

    /// What a glyph stands for; nothing for those without a meaning and those that another one of
    /// their sequence speaks for.
    fn meaning(&mut self, glyph: &Glyph<'_>) -> Option<Letters> {
        let replaced = self.marked.iter_mut().rev().find_map(|marked| match marked {
            Marked::Plain => None,
            Marked::Replaced(text) => Some(text),
        });
        if let Some(text) = replaced {
            return text.take();
        }
        match glyph.as_unicode() {
            Some(BfString::Char(c)) if c.is_ascii_graphic() => Some(c.into()),
            Some(BfString::Char(c)) if !says_nothing(c) => tidy(c.encode_utf8(&mut [0; 4])),
            Some(BfString::String(text)) => tidy(&text),
            _ => tidy(&self.meanings.guess(glyph, self.resources)?),
        }
    }

    fn is_on_page(&self, start: Point, end: Point, size: f64) -> bool {
        Rect::from_points(start, end)
            .inflate(size / 4.0, size / 4.0)
            .overlaps(self.area)
    }

    /// Boldness is often feigned by drawing a text twice, and outlined text is filled and stroked: takes
    /// a run back that begins and ends where the same letters stand already.
    fn drop_second_coat(&mut self, run: usize) {
        let mut ends = self.glyphs[run..].iter().filter(|glyph| !glyph.text.is_space());
        let Some(first) = ends.next() else { return };
        let last = ends.next_back().unwrap_or(first);
        let (first, last) = (Coat::of(first), Coat::of(last));
        if self.is_drawn(first) && self.is_drawn(last) {
            self.glyphs.truncate(run);
            return;
        }
        for coat in [first, last] {
            self.drawn
                .insert((coat.text, cell(coat.at.x), cell(coat.at.y)), coat.at);
        }
    }

    fn is_drawn(&self, coat: Coat) -> bool {
        let near = (coat.size * 0.1).min(1.5);
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

/// Characters that stand for "unknown" in maps to Unicode.
fn says_nothing(c: char) -> bool {
    matches!(c, '\0' | '\u{FFFD}' | '\u{F000}'..='\u{F0FF}')
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "glyphs off the page were dropped; saturates"
)]
fn cell(coordinate: f64) -> i32 {
    (coordinate / 2.0).floor().clamp(-1e8, 1e8) as i32
}

/// Ligatures and presentation forms become the letters that they are drawn from; what cannot be
/// read is left out.
fn tidy(text: &str) -> Option<Letters> {
    let mut tidied = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\u{FB00}'..='\u{FB4F}'
            | '\u{FB50}'..='\u{FDFF}'
            | '\u{FE70}'..='\u{FEFC}'
            | '\u{2F00}'..='\u{2FD5}' => {
                tidied.extend(std::iter::once(c).nfkc());
            }
            '\u{A0}' | '\u{2000}'..='\u{200A}' | '\u{3000}' | '\t' | '\n' | '\r' => tidied.push(' '),
            // Marks without a shape, and private use: a drawing, not a letter.
            '\u{FFFD}'
            | '\u{FEFF}'
            | '\u{200B}'..='\u{200F}'
            | '\u{202A}'..='\u{202E}'
            | '\u{2066}'..='\u{2069}'
            | '\u{E000}'..='\u{F8FF}'
            | '\u{F0000}'.. => {}
            c if c.is_control() => {}
            c => tidied.push(c),
        }
    }
    Letters::of(&tidied)
}

/// The text that a marked-content sequence says its glyphs stand for.
fn actual_text(properties: Option<&Dict<'_>>) -> Option<Option<Letters>> {
    let text = properties?.get::<object::String<'_>>(b"ActualText".as_slice())?;
    let text = super::decode_text_string(text.as_bytes());
    (text.chars().count() <= MAX_ACTUAL_TEXT).then(|| tidy(&text))
}

impl Device<'_> for GlyphCollector<'_> {
    fn draw_glyph_run(&mut self, run: &GlyphRun<'_, '_>, props: DrawProps<'_>, _: &DrawMode) {
        let vertical = run.writing_mode() == WritingMode::Vertical;
        let begun = self.glyphs.len();
        for glyph in run.glyphs() {
            if self.glyphs.len() >= MAX_GLYPHS {
                break;
            }
            self.collect(glyph, props.transform * glyph.transform(), vertical);
        }
        self.drop_second_coat(begun);
    }

    fn begin_marked_content(&mut self, _: &[u8], properties: Option<&Dict<'_>>) {
        self.marked
            .push(actual_text(properties).map_or(Marked::Plain, Marked::Replaced));
    }

    fn end_marked_content(&mut self) {
        self.marked.pop();
    }

    fn draw_path(&mut self, _: &BezPath, _: DrawProps<'_>, _: &DrawMode) {}
    fn draw_rect(&mut self, _: &Rect, _: DrawProps<'_>, _: &DrawMode) {}
    fn push_clip_path(&mut self, _: &ClipPath) {}
    fn push_clip_rect(&mut self, _: &Rect) {}
    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'_>>, _: BlendMode) {}
    fn draw_image(&mut self, _: Image<'_, '_>, _: ImageDrawProps<'_>) {}
    fn pop_clip(&mut self) {}
    fn pop_transparency_group(&mut self) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ligatures_and_presentation_forms_are_taken_apart() {
        assert_eq!(tidy("\u{FB01}"), Letters::of("fi"));
        assert_eq!(tidy("\u{FEFB}"), Letters::of("لا"));
        assert_eq!(tidy("\u{FFFD}\u{E001}"), None);
        assert_eq!(tidy("½"), Some('½'.into()));
    }
}
