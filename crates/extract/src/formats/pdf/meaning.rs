//! What glyphs mean.
//!
//! Asked in this order: the font's own `ToUnicode`, its glyphs' names, the predefined CMaps of the font's character collection, the font program's
//! own character map and glyph names, and for fonts of one byte the code itself.
use super::letters::Letters;
use hayro::hayro_syntax::object::{self, Array, Dict, Name, Object, Stream};
use hayro_font::hayro_cmap::{BfString, CMap, CMapName, CidFamily, load_embedded};
use hayro_font::{FontGlyph, OutlineFontData, OutlineGlyph};
use skrifa::charmap::Charmap;
use skrifa::raw::ps::cff::CffFontRef;
use skrifa::{FontRef, GlyphId, GlyphNames};
use std::collections::HashMap;

/// No font has more glyphs.
const MAX_GLYPHS: usize = 65_536;
/// The most font programs that are remembered.
const MAX_PROGRAMS: usize = 2_000;
/// A `ToUnicode` map longer than this, in bytes, is not mended.
const MAX_MENDED_BYTES: usize = 4 << 20;
/// Stands in mended maps for "nothing": private use, which is no letter.
const NOTHING: &[u8] = b"<E000>";

/// What was found out about a document's font programs, by their hashes.
#[derive(Default)]
pub(super) struct Meanings {
    programs: HashMap<u128, HashMap<u32, String>>,
}

/// What a font dictionary says.
pub(super) enum FontKind {
    /// Codes of one byte; with its mended map.
    Simple(Option<Box<CMap>>),
    Composite(Box<Composite>),
}

/// From codes to character identifiers to Unicode.
pub(super) struct Composite {
    encoding: Option<CMap>,
    collection: Option<CMap>,
    mended: Option<Box<CMap>>,
}

impl Meanings {
    /// What a glyph means: as its font says, else by all other means.
    pub(super) fn of(&mut self, glyph: &FontGlyph<'_>, kind: &FontKind) -> Option<Letters> {
        let mended = kind.mended().and_then(|map| map.lookup_bf_string(code_of(glyph)));
        let said = mended.or_else(|| match glyph {
            FontGlyph::Outline(outline) => outline.as_unicode(),
            FontGlyph::Type3(drawing) => drawing.as_unicode(),
        });
        match said {
            Some(BfString::Char(c)) if c.is_ascii_graphic() => Some(c.into()),
            Some(BfString::Char(c)) if !says_nothing(c) => Letters::tidy(c.encode_utf8(&mut [0; 4])),
            Some(BfString::String(text)) => Letters::tidy(&text),
            _ => Letters::tidy(&self.guess(glyph, kind)?),
        }
    }

    fn guess(&mut self, glyph: &FontGlyph<'_>, kind: &FontKind) -> Option<String> {
        let outline = match glyph {
            FontGlyph::Outline(outline) => outline,
            FontGlyph::Type3(drawing) => return from_code(drawing.char_code(), true),
        };
        let code = outline.char_code();
        let Some(data) = outline.font_data() else {
            return from_code(code, false);
        };
        if let FontKind::Composite(font) = kind
            && let Some(text) = by_collection(font.encoding.as_ref(), font.collection.as_ref(), code)
        {
            return Some(text);
        }
        // Space is told from gaps: one glyph may stand for spaces of all kinds, with and without width.
        self.by_program(&data, outline)
            .filter(|text| !text.trim().is_empty())
            .or_else(|| from_code(code, false).filter(|_| matches!(kind, FontKind::Simple(_))))
    }

    fn by_program(&mut self, data: &OutlineFontData, outline: &OutlineGlyph) -> Option<String> {
        if self.programs.len() >= MAX_PROGRAMS {
            self.programs.clear();
        }
        self.programs
            .entry(data.cache_key)
            .or_insert_with(|| read_program(data.data.as_ref().as_ref()))
            .get(&outline.glyph_id().to_u32())
            .cloned()
    }
}

impl FontKind {
    pub(super) fn of(dict: &Dict<'_>) -> Self {
        let mended = mended_map(dict).map(Box::new);
        if dict.get::<Name<'_>>(b"Subtype".as_slice()).as_deref() != Some(b"Type0") {
            return Self::Simple(mended);
        }
        let encoding = match dict.get::<Object<'_>>(b"Encoding".as_slice()) {
            Some(Object::Name(name)) => match CMapName::from_bytes(name.as_ref()) {
                CMapName::IdentityH | CMapName::IdentityV => Some(CMap::identity_h()),
                name => predefined(name),
            },
            Some(Object::Stream(stream)) => stream
                .decoded_data()
                .ok()
                .and_then(|data| CMap::parse(&data, load_embedded)),
            _ => None,
        };
        let family = encoding
            .as_ref()
            .and_then(|cmap| cmap.metadata().character_collection.as_ref())
            .map(|collection| collection.family.clone())
            .filter(|family| *family != CidFamily::AdobeIdentity)
            .or_else(|| descendant_family(dict));
        let collection = family.and_then(|family| family.ucs2_cmap()).and_then(predefined);
        Self::Composite(Box::new(Composite {
            encoding,
            collection,
            mended,
        }))
    }

    fn mended(&self) -> Option<&CMap> {
        match self {
            Self::Simple(mended) => mended.as_deref(),
            Self::Composite(font) => font.mended.as_deref(),
        }
    }
}

fn code_of(glyph: &FontGlyph<'_>) -> u32 {
    match glyph {
        FontGlyph::Outline(outline) => outline.char_code(),
        FontGlyph::Type3(drawing) => drawing.char_code(),
    }
}

/// A font's `ToUnicode` that gives some codes nothing, as those have that share another code's text. The parser
/// takes no empty strings and would drop the whole map.
fn mended_map(dict: &Dict<'_>) -> Option<CMap> {
    let stream = dict.get::<Stream<'_>>(b"ToUnicode".as_slice())?;
    let map = stream.decoded_data().ok()?;
    let mended = without_empty_strings(&map)?;
    CMap::parse(&mended, load_embedded)
}

/// The same map with [`NOTHING`] for every empty string; none where there is none.
fn without_empty_strings(map: &[u8]) -> Option<Vec<u8>> {
    if map.len() > MAX_MENDED_BYTES {
        return None;
    }
    let mut mended = Vec::new();
    let (mut kept, mut last) = (0, 0);
    for (end, byte) in map.iter().enumerate() {
        if *byte == b'>' && map[last] == b'<' && (last == 0 || map[last - 1] != b'<') {
            mended.extend_from_slice(&map[kept..last]);
            mended.extend_from_slice(NOTHING);
            kept = end + 1;
        }
        if !byte.is_ascii_whitespace() {
            last = end;
        }
    }
    mended.extend_from_slice(&map[kept..]);
    (kept > 0).then_some(mended)
}

/// Characters that stand for "unknown" in maps to Unicode.
fn says_nothing(c: char) -> bool {
    matches!(c, '\0' | '\u{FFFD}' | '\u{F000}'..='\u{F0FF}')
}

fn predefined(name: CMapName<'_>) -> Option<CMap> {
    CMap::parse(load_embedded(name)?, load_embedded)
}

fn descendant_family(dict: &Dict<'_>) -> Option<CidFamily> {
    let descendants = dict.get::<Array<'_>>(b"DescendantFonts".as_slice())?;
    let descendant = descendants.iter::<Dict<'_>>().next()?;
    let info = descendant.get::<Dict<'_>>(b"CIDSystemInfo".as_slice())?;
    let registry = info.get::<object::String<'_>>(b"Registry".as_slice())?;
    let ordering = info.get::<object::String<'_>>(b"Ordering".as_slice())?;
    Some(CidFamily::from_registry_ordering(
        registry.as_bytes(),
        ordering.as_bytes(),
    ))
}

/// From a code to a character identifier to Unicode.
fn by_collection(encoding: Option<&CMap>, collection: Option<&CMap>, code: u32) -> Option<String> {
    let (encoding, collection) = (encoding?, collection?);
    let cid = (1..=4).find_map(|length| encoding.lookup_cid_code(code, length))?;
    if let Some(text) = collection.lookup_bf_string(cid) {
        return Some(match text {
            BfString::Char(c) => c.to_string(),
            BfString::String(text) => text,
        });
    }
    (1..=4)
        .find_map(|length| collection.lookup_cid_code(cid, length))
        .and_then(char::from_u32)
        .map(String::from)
}

/// What the glyphs of a font program mean: by its character map, else by their names.
fn read_program(data: &[u8]) -> HashMap<u32, String> {
    let mut meanings = HashMap::new();
    if let Ok(font) = FontRef::new(data) {
        let names: Vec<(u32, String)> = GlyphNames::new(&font)
            .iter()
            .take(MAX_GLYPHS)
            .filter(|(_, name)| !name.is_synthesized())
            .map(|(glyph, name)| (glyph.to_u32(), name.as_str().to_owned()))
            .collect();
        let thai = names.iter().any(|(_, name)| name.starts_with("ThaiCharacter"));
        for (code, glyph) in Charmap::new(&font).mappings().take(4 * MAX_GLYPHS) {
            if let Some(c) = mapped(code, thai) {
                meanings.entry(glyph.to_u32()).or_insert_with(|| c.to_string());
            }
        }
        add_named(&mut meanings, &names);
    } else if let Ok(font) = CffFontRef::new_cff(data, 0, None)
        && !font.is_cid()
        && let Some(charset) = font.charset()
    {
        let count = u32::try_from(MAX_GLYPHS)
            .unwrap_or(u32::MAX)
            .min(font.num_glyphs());
        let names: Vec<(u32, String)> = (1..count)
            .filter_map(|glyph| {
                let name = font.string(charset.string_id(GlyphId::new(glyph))?)?;
                Some((glyph, String::from_utf8_lossy(name).into_owned()))
            })
            .collect();
        add_named(&mut meanings, &names);
    }
    meanings
}

/// What a font's own character map says. Symbol fonts have their codes in the private area; those of
/// Thai ones are TIS-620.
fn mapped(code: u32, thai: bool) -> Option<char> {
    match code {
        0xF0A1..=0xF0FB if thai => char::from_u32(code - 0xF0A0 + 0xE00),
        _ => char::from_u32(code).filter(|c| !is_private(*c)),
    }
}

/// Adds the glyphs whose names are known, and those named after one that is: a letter's variants.
fn add_named(meanings: &mut HashMap<u32, String>, names: &[(u32, String)]) {
    let mut known: HashMap<&str, String> = HashMap::new();
    for (glyph, name) in names {
        let meaning = meanings
            .get(glyph)
            .cloned()
            .or_else(|| named(name).filter(|c| !is_private(*c)).map(String::from));
        if let Some(meaning) = meaning {
            meanings.entry(*glyph).or_insert_with(|| meaning.clone());
            known.insert(name, meaning);
        }
    }
    for (glyph, name) in names {
        if meanings.contains_key(glyph) || name.starts_with('.') {
            continue;
        }
        let shortest = (name.len() * 2 / 3).max(4);
        let base = (shortest..name.len())
            .rev()
            .find_map(|end| known.get(name.get(..end)?));
        if let Some(meaning) = base {
            meanings.insert(*glyph, meaning.clone());
        }
    }
}

/// The character of a name such as `uni0416`, `u1F600` or `x`, with or without a suffix.
fn named(name: &str) -> Option<char> {
    let base = name.split('.').next()?;
    let hex = base.strip_prefix("uni").filter(|hex| hex.len() == 4);
    let hex = hex.or_else(|| base.strip_prefix('u').filter(|hex| (4..=6).contains(&hex.len())));
    if let Some(code) = hex.and_then(|hex| u32::from_str_radix(hex, 16).ok()) {
        return char::from_u32(code);
    }
    let mut characters = base.chars();
    characters.next().filter(|_| characters.next().is_none())
}

fn is_private(c: char) -> bool {
    matches!(c, '\u{E000}'..='\u{F8FF}' | '\u{F0000}'..)
}

/// The code as Latin-1, which is what nearly all fonts of one byte start from. Bitmap fonts (`drawn`)
/// are nearly always TeX's, which has its ligatures in places of their own.
fn from_code(code: u32, drawn: bool) -> Option<String> {
    let text = match code {
        0x0B if drawn => "ff",
        0x0C if drawn => "fi",
        0x0D if drawn => "fl",
        0x0E if drawn => "ffi",
        0x0F if drawn => "ffl",
        0x21..=0x7E | 0xA1..=0xFF => return char::from_u32(code).map(String::from),
        _ => return None,
    };
    Some(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variants_mean_what_their_letters_mean() {
        let names = [
            (1, "ThaiCharacterMaiHan_akat".to_owned()),
            (2, "ThaiCharacterMaiHan_akatLeft".to_owned()),
            (3, "uni0416".to_owned()),
            (4, "nonsense".to_owned()),
        ];
        let mut meanings = HashMap::from([(1, "\u{E31}".to_owned())]);
        add_named(&mut meanings, &names);
        assert_eq!(meanings.get(&2).map(String::as_str), Some("\u{E31}"));
        assert_eq!(meanings.get(&3).map(String::as_str), Some("Ж"));
        assert_eq!(meanings.get(&4), None);
    }

    #[test]
    fn empty_strings_of_a_map_mean_nothing() {
        let map = b"/CIDSystemInfo <<>> def 2 beginbfchar <01> < > <02> <0041> endbfchar \
            1 beginbfrange <03> <04> [<><0042>] endbfrange";
        let map = CMap::parse(&without_empty_strings(map).unwrap(), load_embedded).unwrap();
        let meaning = |code| match map.lookup_bf_string(code) {
            Some(BfString::Char(c)) => Letters::tidy(&c.to_string()),
            _ => Letters::of("missing"),
        };
        assert_eq!(
            [meaning(1), meaning(2), meaning(3), meaning(4)],
            [None, Letters::of("A"), None, Letters::of("B")]
        );
        assert_eq!(
            without_empty_strings(b"1 beginbfchar <01> <0041> endbfchar"),
            None
        );
    }

    #[test]
    fn codes_of_collections_are_characters() {
        let encoding = predefined(CMapName::from_bytes(b"90ms-RKSJ-H"));
        let collection = predefined(CMapName::AdobeJapan1Ucs2);
        let text = by_collection(encoding.as_ref(), collection.as_ref(), 0x93FA);
        assert_eq!(text.as_deref(), Some("日"));
    }

    #[test]
    fn codes_without_a_meaning_are_latin_and_ligatures_of_tex() {
        assert_eq!(from_code(0x41, false).as_deref(), Some("A"));
        assert_eq!(from_code(0x0C, true).as_deref(), Some("fi"));
        assert_eq!(from_code(0x0C, false), None);
        assert_eq!(from_code(0x1234, true), None);
    }
}
