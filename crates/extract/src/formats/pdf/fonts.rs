//! A document's fonts as far as text needs them: what each code means and how far it moves on.
//!
//! Every font is read once, and every code of it looked up once, when it is first shown.
use super::letters::Letters;
use super::marks::may_reach_anywhere;
use super::meaning::{FontKind, Meanings};
use foldhash::fast::RandomState;
use hayro::hayro_syntax::object::{Dict, Name, ObjectIdentifier};
use hayro::hayro_syntax::page::Resources;
use hayro::kurbo::{Rect, Shape};
use hayro_font::hayro_cmap::load_embedded;
use hayro_font::{
    CMapResolverFn, Font, FontCache, FontGlyph, FontQuery, FontResolverFn, StandardFont, UNITS_PER_EM,
};
use std::collections::HashMap;
use std::ops::{Range, RangeInclusive};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

/// The most fonts that are remembered.
const MAX_FONTS: usize = 2_000;
/// Codes are kept by their upper byte…
const BLOCKS: usize = 256;
/// …in blocks of as many.
const BLOCK: usize = 256;
/// Units of glyph space in one size.
const EM: f64 = UNITS_PER_EM as f64;
/// The codes of a font of one byte.
const CODES: RangeInclusive<u32> = 0..=255;
/// The width of a glyph whose font names none.
const UNKNOWN_WIDTH: f32 = 500.0;

/// A font of which no glyph is taller than this, in parts of its size, was made to another measure…
const LOW: f64 = 0.25;
/// …unless its glyphs are wider than they are tall, as full stops and dashes are.
const SLENDER: f64 = 0.9;
/// How wide the mean letter of a drawn font is, in parts of its size, if that is its measure, and of usual fonts.
const USUAL_WIDTHS: Range<f64> = 0.15..3.0;
const USUAL_WIDTH: f64 = 0.5;

/// The fonts of a document.
pub(super) struct Fonts<'a> {
    cache: FontCache<'a>,
    programs: FontResolverFn,
    maps: CMapResolverFn,
    by_object: HashMap<ObjectIdentifier, FontId, RandomState>,
    /// Those that stand in the resources themselves, by their source.
    by_source: HashMap<&'a [u8], FontId, RandomState>,
    fallback: Option<FontId>,
    loaded: Vec<Option<TextFont<'a>>>,
    meanings: Meanings,
}

/// A font of [`Fonts`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct FontId(usize);

struct TextFont<'a> {
    font: Font<'a>,
    kind: FontKind,
    vertical: bool,
    /// The size of usual fonts whose letters are as large as this one's, in parts of its own.
    scale: f64,
    /// Shown only for codes that are letters everywhere.
    ascii_only: bool,
    codes: Vec<Option<Box<[Option<Code>; BLOCK]>>>,
}

/// What a code of a font stands for. Lengths are in parts of the font's size.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Code {
    /// Nothing where that cannot be told.
    pub(super) letters: Option<Letters>,
    /// How far it moves on, along the writing direction.
    pub(super) advance: f64,
    /// Where it begins and how far it reaches, from its pen: as wide as it is, or, of marks that may stand on
    /// either side of it, where their ink is.
    pub(super) extent: (f64, f64),
}

impl<'a> Fonts<'a> {
    pub(super) fn new() -> Self {
        Self {
            cache: FontCache::new(),
            programs: Arc::new(|query| match query {
                FontQuery::Standard(font) => Some(font.get_font_data()),
                FontQuery::Fallback(query) => Some(query.pick_standard_font().get_font_data()),
            }),
            maps: Arc::new(load_embedded),
            by_object: HashMap::default(),
            by_source: HashMap::default(),
            fallback: None,
            loaded: Vec::new(),
            meanings: Meanings::default(),
        }
    }

    /// The font of this name; what stands for one that is missing or broken.
    pub(super) fn named(&mut self, name: &[u8], resources: &Resources<'a>) -> FontId {
        let object = resources.fonts.get_ref(name).map(ObjectIdentifier::from);
        if let Some(known) = object.and_then(|object| self.by_object.get(&object)) {
            return *known;
        }
        let Some(dict) = resources.fonts.get::<Dict<'a>>(name) else {
            return self.fallback();
        };
        let font = self.described(&dict);
        if let Some(object) = object {
            self.by_object.insert(object, font);
        }
        font
    }

    /// The font that this dictionary describes.
    pub(super) fn described(&mut self, dict: &Dict<'a>) -> FontId {
        if let Some(known) = self.by_source.get(dict.data()) {
            return *known;
        }
        let font = match self.load(dict) {
            Some(font) => {
                let scale = catch_unwind(AssertUnwindSafe(|| scale(&font, dict)));
                self.keep(font, FontKind::of(dict), scale.unwrap_or(1.0), false)
            }
            None => self.fallback(),
        };
        self.by_source.insert(dict.data(), font);
        font
    }

    /// Helvetica, for text without a font.
    pub(super) fn fallback(&mut self) -> FontId {
        if let Some(known) = self.fallback {
            return known;
        }
        let font = self.cache.standard_font(StandardFont::Helvetica, &self.programs);
        let id = if let Some(font) = font {
            self.keep(font, FontKind::Simple(None), 1.0, true)
        } else {
            self.loaded.push(None);
            FontId(self.loaded.len() - 1)
        };
        self.fallback = Some(id);
        id
    }

    /// A font whose parser crashes is as one that is broken: the rest of the page is still read.
    fn load(&self, dict: &Dict<'a>) -> Option<Font<'a>> {
        if self.loaded.len() >= MAX_FONTS {
            return None;
        }
        catch_unwind(AssertUnwindSafe(|| {
            self.cache.font(dict, &self.programs, &self.maps)
        }))
        .ok()?
    }

    fn keep(&mut self, font: Font<'a>, kind: FontKind, scale: f64, ascii_only: bool) -> FontId {
        self.loaded.push(Some(TextFont {
            vertical: !font.is_horizontal(),
            scale,
            font,
            kind,
            ascii_only,
            codes: Vec::new(),
        }));
        FontId(self.loaded.len() - 1)
    }

    /// Whether the font is written downwards.
    pub(super) fn is_vertical(&self, id: FontId) -> bool {
        self.loaded[id.0].as_ref().is_some_and(|font| font.vertical)
    }

    /// The size of usual fonts whose letters are as large as this one's, in parts of its own: 1 but for fonts that
    /// were made to a measure of their own, whose size says nothing.
    pub(super) fn scale(&self, id: FontId) -> f64 {
        self.loaded[id.0].as_ref().map_or(1.0, |font| font.scale)
    }

    /// Hands each code of a string, and its length in bytes, to `show`.
    pub(super) fn read(&mut self, id: FontId, text: &[u8], show: &mut dyn FnMut(&Code, u32, usize)) {
        let Some(font) = &mut self.loaded[id.0] else {
            return;
        };
        if font.ascii_only && !text.is_ascii() {
            return;
        }
        let mut place = 0;
        while place < text.len() {
            let (code, length) = font.font.read_code(text, place);
            place += length.max(1);
            let (block, cell) = (code as usize / BLOCK, code as usize % BLOCK);
            if block >= BLOCKS {
                show(&font.look_up(code, &mut self.meanings), code, length);
                continue;
            }
            if font.codes.len() <= block {
                font.codes.resize(block + 1, None);
            }
            let known = font.codes[block].as_ref().and_then(|block| block[cell].as_ref());
            if let Some(known) = known {
                show(known, code, length);
                continue;
            }
            let found = font.look_up(code, &mut self.meanings);
            show(&found, code, length);
            font.codes[block].get_or_insert_with(|| Box::new([const { None }; BLOCK]))[cell] = Some(found);
        }
    }
}

impl TextFont<'_> {
    /// As for whole fonts, a crash costs one letter.
    fn look_up(&self, code: u32, meanings: &mut Meanings) -> Code {
        catch_unwind(AssertUnwindSafe(|| self.read_glyph(code, meanings))).unwrap_or(Code {
            letters: None,
            advance: f64::from(UNKNOWN_WIDTH / UNITS_PER_EM),
            extent: (0.0, f64::from(UNKNOWN_WIDTH / UNITS_PER_EM)),
        })
    }

    fn read_glyph(&self, code: u32, meanings: &mut Meanings) -> Code {
        let glyph = self.font.glyph(self.font.map_code(code), code);
        let width = match &glyph {
            FontGlyph::Outline(outline) => outline.advance_width(),
            FontGlyph::Type3(drawing) => Some(drawing.advance_width()),
        };
        let advance = self.font.code_advance(code);
        let advance = if self.vertical { advance.y } else { advance.x };
        let letters = meanings.of(&glyph, &self.kind);
        let is_mark = letters
            .as_ref()
            .is_some_and(|letters| letters.chars().all(may_reach_anywhere));
        let ink = if is_mark { ink(&glyph) } else { None };
        Code {
            letters,
            advance: advance / EM,
            extent: ink.unwrap_or((0.0, f64::from(width.unwrap_or(UNKNOWN_WIDTH) / UNITS_PER_EM))),
        }
    }
}

/// The size of usual fonts whose letters are as large as this one's, in parts of its own.
fn scale(font: &Font<'_>, dict: &Dict<'_>) -> f64 {
    match dict.get::<Name<'_>>(b"Subtype".as_slice()).as_deref() {
        Some(b"Type0") => 1.0,
        Some(b"Type3") => scale_of_drawings(font),
        _ => {
            let descriptor = dict.get::<Dict<'_>>(b"FontDescriptor".as_slice());
            let area = descriptor.and_then(|found| found.get::<[f64; 4]>(b"FontBBox".as_slice()));
            let low = area.is_some_and(|[_, y0, _, y1]| (1.0..LOW * EM).contains(&(y1 - y0)));
            if low { scale_of_outlines(font) } else { 1.0 }
        }
    }
}

/// By the widths of the letters, for nobody knows how tall drawings are.
fn scale_of_drawings(font: &Font<'_>) -> f64 {
    let widths = CODES.map(|code| font.code_advance(code).x / EM);
    let (count, sum) = widths
        .filter(|width| *width > 0.0)
        .fold((0.0, 0.0), |(count, sum), width| (count + 1.0, sum + width));
    let mean: f64 = sum / count;
    if !mean.is_finite() || USUAL_WIDTHS.contains(&mean) {
        return 1.0;
    }
    mean / USUAL_WIDTH
}

/// By how tall all letters are together, where all are low and slender.
fn scale_of_outlines(font: &Font<'_>) -> f64 {
    let (mut all, mut widths, mut count) = (None::<Rect>, 0.0, 0.0);
    for code in CODES {
        let glyph = font.map_code(code);
        let FontGlyph::Outline(outline) = font.glyph(glyph, code) else {
            continue;
        };
        if glyph.to_u32() == 0 {
            continue;
        }
        let area = outline.outline().bounding_box();
        if area.area() > 0.0 {
            all = Some(all.map_or(area, |all| all.union(area)));
            widths += area.width();
            count += 1.0;
        }
    }
    let Some(height) = all.map(|all| all.height()) else {
        return 1.0;
    };
    if height < LOW * EM && widths / count < SLENDER * height {
        height / EM
    } else {
        1.0
    }
}

/// From where to where an outline has ink, along the line.
fn ink(glyph: &FontGlyph<'_>) -> Option<(f64, f64)> {
    let FontGlyph::Outline(outline) = glyph else {
        return None;
    };
    let area = outline.outline().bounding_box();
    (area.width() > 0.0 && area.width() < EM).then_some((area.x0 / EM, area.x1 / EM))
}
