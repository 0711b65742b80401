//! A document's fonts as far as text needs them: what each code means and how far it moves on.
//!
//! Every font is read once, and every code of it looked up once, when it is first shown.
use super::letters::Letters;
use super::meaning::{FontKind, Meanings};
use foldhash::fast::RandomState;
use hayro::hayro_syntax::object::{Dict, ObjectIdentifier};
use hayro::hayro_syntax::page::Resources;
use hayro_font::hayro_cmap::load_embedded;
use hayro_font::{
    CMapResolverFn, Font, FontCache, FontGlyph, FontQuery, FontResolverFn, StandardFont, UNITS_PER_EM,
};
use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

/// The most fonts that are remembered.
const MAX_FONTS: usize = 2_000;
/// Codes are kept by their upper byte…
const BLOCKS: usize = 256;
/// …in blocks of as many.
const BLOCK: usize = 256;
/// The width of a glyph whose font names none.
const UNKNOWN_WIDTH: f32 = 500.0;

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
    /// How wide it is.
    pub(super) width: f64,
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
            Some(font) => self.keep(font, FontKind::of(dict), false),
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
            self.keep(font, FontKind::Simple(None), true)
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

    fn keep(&mut self, font: Font<'a>, kind: FontKind, ascii_only: bool) -> FontId {
        self.loaded.push(Some(TextFont {
            vertical: !font.is_horizontal(),
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
            width: f64::from(UNKNOWN_WIDTH / UNITS_PER_EM),
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
        Code {
            letters: meanings.of(&glyph, &self.kind),
            advance: advance / f64::from(UNITS_PER_EM),
            width: f64::from(width.unwrap_or(UNKNOWN_WIDTH) / UNITS_PER_EM),
        }
    }
}
