//! Which paragraphs of a Word file are headings: the style of each stands in pages of 512 bytes beside
//! the text (MS-DOC 2.9.243, PlcBtePapx, and 2.9.179, PapxFkp).
use crate::formats::compound::{u16_at, u32_at};

/// How long such a page is.
const PAGE_BYTES: usize = 512;
/// The most pages that are read: each is of a hundred paragraphs at most.
const MAX_PAGES: usize = 20_000;
/// Styles of these numbers are "heading 1" to "heading 9" in every file (MS-DOC 2.9.271).
const HEADINGS: std::ops::RangeInclusive<u16> = 1..=9;

/// The paragraphs that are headings, by where their bytes stand in the document's stream.
#[derive(Default)]
pub(super) struct Headings {
    /// Begin, end and level; by their ends.
    places: Vec<(u32, u32, u8)>,
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
            let style = u16_at(page, place + if page.get(place) == Some(&0) { 2 } else { 1 })?;
            if HEADINGS.contains(&style) {
                self.places.push((begin, end, u8::try_from(style).ok()?));
            }
        }
        Some(())
    }

    /// The level of the heading that the byte at this place belongs to.
    pub(super) fn level(&self, place: usize) -> Option<u8> {
        let place = u32::try_from(place).ok()?;
        let next = self.places.partition_point(|(_, end, _)| *end <= place);
        let (begin, _, level) = self.places.get(next)?;
        (*begin <= place).then_some(*level)
    }
}
