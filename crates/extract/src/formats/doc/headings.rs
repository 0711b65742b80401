//! Which paragraphs of a Word file are headings or begin a page: the style and properties of each stand in pages of 512 bytes beside
//! the text (MS-DOC 2.9.243, PlcBtePapx, and 2.9.179, PapxFkp).
use crate::formats::compound::{u16_at, u32_at};

/// How long such a page is.
const PAGE_BYTES: usize = 512;
/// The most pages that are read: each is of a hundred paragraphs at most.
const MAX_PAGES: usize = 20_000;
/// Styles of these numbers are "heading 1" to "heading 9" in every file (MS-DOC 2.9.271).
const HEADINGS: std::ops::RangeInclusive<u16> = 1..=9;

/// The property that begins a page (sprmPFPageBreakBefore, MS-DOC 2.6.2).
const PAGE_BREAK_BEFORE: u16 = 0x2407;

/// What is known of a paragraph.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Form {
    /// Of the heading that it is.
    pub(super) level: Option<u8>,
    pub(super) begins_page: bool,
}

/// The paragraphs that are more than text, by where their bytes stand in the document's stream.
#[derive(Default)]
pub(super) struct Headings {
    /// Begin, end and form; by their ends.
    places: Vec<(u32, u32, Form)>,
}

impl Headings {
    /// Reads them; damaged pages have none.
    pub(super) fn read(document: &[u8], table: &[u8]) -> Self {
        let mut headings = Self::default();
        headings.gather(document, table);
        headings.places.sort_unstable_by_key(|place| place.1);
        headings
    }

    fn gather(&mut self, document: &[u8], table: &[u8]) -> Option<()> {
        let at = u32_at(document, 0x0102)? as usize;
        let length = u32_at(document, 0x0106)? as usize;
        let index = table.get(at..at.checked_add(length)?)?;
        let pages = (index.len().saturating_sub(4) / 8).min(MAX_PAGES);
        for page in 0..pages {
            let number = u32_at(index, 4 * (pages + 1) + 4 * page)? & 0x003F_FFFF;
            let start = number as usize * PAGE_BYTES;
            if let Some(page) = document.get(start..start + PAGE_BYTES) {
                self.gather_page(page);
            }
        }
        Some(())
    }

    fn gather_page(&mut self, page: &[u8]) -> Option<()> {
        let count = usize::from(*page.last()?);
        for index in 0..count {
            let (begin, end) = (u32_at(page, 4 * index)?, u32_at(page, 4 * index + 4)?);
            let place = 2 * usize::from(*page.get(4 * (count + 1) + 13 * index)?);
            // Nothing is said of a paragraph of the usual style.
            if place == 0 {
                continue;
            }
            // A first byte of zero means that the length stands in the second.
            let long = page.get(place) == Some(&0);
            let length = 2 * usize::from(*page.get(place + usize::from(long))?);
            let style_at = place + 1 + usize::from(long);
            let style = u16_at(page, style_at)?;
            let properties_end = if long { place + 2 + length } else { place + length };
            let properties = page.get(style_at + 2..properties_end).unwrap_or_default();
            let form = Form {
                level: u8::try_from(style).ok().filter(|_| HEADINGS.contains(&style)),
                begins_page: begins_page(properties),
            };
            if form != Form::default() {
                self.places.push((begin, end, form));
            }
        }
        Some(())
    }

    /// The form of the paragraph that the byte at this place belongs to.
    pub(super) fn form(&self, place: usize) -> Form {
        let Ok(place) = u32::try_from(place) else {
            return Form::default();
        };
        let next = self.places.partition_point(|(_, end, _)| *end <= place);
        match self.places.get(next) {
            Some((begin, _, form)) if *begin <= place => *form,
            _ => Form::default(),
        }
    }
}

/// Whether a list of properties, each a number and an operand, has the one that begins a page.
fn begins_page(properties: &[u8]) -> bool {
    let mut rest = properties;
    while let Some(property) = u16_at(rest, 0) {
        let operand = &rest[2..];
        if property == PAGE_BREAK_BEFORE {
            return operand.first() == Some(&1);
        }
        // Three bits of the number tell the operand's length (MS-DOC 2.2.5.1).
        let length = match property >> 13 {
            0 | 1 => 1,
            2 | 4 | 5 => 2,
            3 => 4,
            7 => 3,
            _ => 1 + operand.first().map_or(0, |length| usize::from(*length)),
        };
        rest = operand.get(length..).unwrap_or_default();
    }
    false
}
