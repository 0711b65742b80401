//! Excel 97 to 2003 (MS-XLS, BIFF8), and the cells of BIFF5: a page for each sheet, its comments and
//! text boxes behind its cells.
use super::compound::{Compound, title, u16_at, u32_at, utf_16};
use super::sheet::{NumberFormat, SheetPage};
use crate::child::{Sink, Stop};
use homeroom_core::ports::extractor::Rejection;
use std::collections::HashMap;

const CONTINUE: u16 = 0x003C;
const TEXT_BOX: u16 = 0x01B6;
const BEGIN: u16 = 0x0809;
const END: u16 = 0x000A;

pub(super) fn extract(file: &Compound<'_>, sink: &mut Sink) -> Result<(), Stop> {
    if let Some(title) = title(file) {
        sink.title(&title);
    }
    let stream = match file.stream("Workbook")? {
        Some(stream) => stream,
        None => file.stream("Book")?.ok_or(Rejection::Malformed)?,
    };
    let book = Book::read(&stream)?;
    sink.expect_pages(book.sheets.len())?;
    for (name, place) in &book.sheets {
        let mut page = SheetPage::new(name);
        if let Some(bytes) = stream.get(*place as usize..) {
            book.read_sheet(bytes, &mut page);
        }
        page.finish(sink)?;
    }
    Ok(())
}

/// Records follow one another: kind, length, body.
fn records(bytes: &[u8]) -> impl Iterator<Item = (u16, &[u8])> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        let (kind, length) = (u16_at(rest, 0)?, usize::from(u16_at(rest, 2)?));
        let end = (4 + length).min(rest.len());
        let body = &rest[4..end];
        rest = &rest[end..];
        Some((kind, body))
    })
}

#[derive(Default)]
struct Book {
    is_wide: bool,
    from_1904: bool,
    /// Name and place in the stream.
    sheets: Vec<(String, u32)>,
    shared: Vec<String>,
    codes: HashMap<u16, NumberFormat>,
    /// The format of each style that cells name by number.
    formats: Vec<u16>,
}

impl Book {
    fn read(stream: &[u8]) -> Result<Self, Stop> {
        let mut book = Self::default();
        let mut shared: Vec<&[u8]> = Vec::new();
        let mut in_shared = false;
        let mut begun = false;
        for (kind, body) in records(stream) {
            in_shared &= kind == CONTINUE;
            match kind {
                BEGIN => {
                    begun = true;
                    book.is_wide = u16_at(body, 0) == Some(0x0600);
                }
                _ if !begun => return Err(Rejection::Malformed.into()),
                0x002F => return Err(Rejection::Encrypted.into()),
                END => break,
                0x0022 => book.from_1904 = u16_at(body, 0) == Some(1),
                // Sheets of cells only, not charts or macros.
                0x0085 if body.get(5) == Some(&0) => {
                    let name = body.get(7..).and_then(|rest| book.string(body[6].into(), rest));
                    book.sheets
                        .push((name.unwrap_or_default(), u32_at(body, 0).unwrap_or_default()));
                }
                0x041E => {
                    let length = u16_at(body, 2).unwrap_or_default();
                    if let (Some(id), Some(code)) = (
                        u16_at(body, 0),
                        body.get(4..).and_then(|rest| book.string(length.into(), rest)),
                    ) {
                        book.codes.insert(id, NumberFormat::of_code(&code));
                    }
                }
                0x00E0 => book.formats.push(u16_at(body, 2).unwrap_or_default()),
                0x00FC => {
                    in_shared = true;
                    shared.push(body);
                }
                CONTINUE if in_shared => shared.push(body),
                _ => {}
            }
        }
        book.shared = SharedStrings::new(&shared).read();
        if begun {
            Ok(book)
        } else {
            Err(Rejection::Malformed.into())
        }
    }

    /// A string of so many characters: in BIFF8 a byte says how wide they are.
    fn string(&self, length: usize, rest: &[u8]) -> Option<String> {
        if !self.is_wide {
            let bytes = rest.get(..length.min(rest.len()))?;
            return Some(super::encoding::decode(bytes, None).into_owned());
        }
        let (flags, characters) = rest.split_first()?;
        if flags & 1 == 1 {
            return Some(utf_16(characters.get(..(2 * length).min(characters.len()))?));
        }
        let characters = &characters[..length.min(characters.len())];
        Some(characters.iter().map(|byte| char::from(*byte)).collect())
    }

    fn read_sheet(&self, bytes: &[u8], page: &mut SheetPage) {
        let (mut row, mut depth) = (None, 0_usize);
        let mut boxed = 0;
        for (kind, body) in records(bytes) {
            match kind {
                BEGIN => depth += 1,
                END if depth <= 1 => return,
                END => depth -= 1,
                // How long the text of a comment or a text box is; it stands in the next record.
                TEXT_BOX if depth == 1 => {
                    boxed = u16_at(body, 10).unwrap_or_default();
                    continue;
                }
                CONTINUE if boxed > 0 => {
                    let text = self.string(std::mem::take(&mut boxed).into(), body);
                    page.end_row();
                    page.cell(&text.unwrap_or_default());
                    continue;
                }
                _ => {}
            }
            // A chart inside the sheet has records of its own.
            let Some(cell_row) = u16_at(body, 0).filter(|_| depth == 1 && is_cell(kind)) else {
                if kind == 0x0207 && depth == 1 {
                    let length = u16_at(body, 0).unwrap_or_default();
                    let text = body.get(2..).and_then(|rest| self.string(length.into(), rest));
                    page.cell(&text.unwrap_or_default());
                }
                continue;
            };
            if row != Some(cell_row) {
                page.end_row();
                row = Some(cell_row);
            }
            self.read_cell(kind, body, page);
            if page.is_full() {
                return;
            }
        }
    }

    fn read_cell(&self, kind: u16, body: &[u8], page: &mut SheetPage) {
        match kind {
            0x00FD => {
                let index = u32_at(body, 6).map_or(usize::MAX, |index| index as usize);
                page.cell(self.shared.get(index).map_or("", String::as_str));
            }
            0x0204 | 0x00D6 => {
                let length = u16_at(body, 6).unwrap_or_default();
                let text = body.get(8..).and_then(|rest| self.string(length.into(), rest));
                page.cell(&text.unwrap_or_default());
            }
            0x0203 => self.number(u16_at(body, 4), double(body, 6), page),
            0x027E => self.number(u16_at(body, 4), u32_at(body, 6).map(packed), page),
            0x00BD => {
                let mut at = 4;
                while at + 6 <= body.len().saturating_sub(2) {
                    self.number(u16_at(body, at), u32_at(body, at + 2).map(packed), page);
                    at += 6;
                }
            }
            0x0006 => match (u16_at(body, 12), body.get(6)) {
                (Some(0xFFFF), Some(1)) => page.cell(if body.get(8) == Some(&1) { "TRUE" } else { "FALSE" }),
                // The text of a formula stands in the next record.
                (Some(0xFFFF), _) => {}
                _ => self.number(u16_at(body, 4), double(body, 6), page),
            },
            0x0205 if body.get(7) == Some(&0) => {
                page.cell(if body.get(6) == Some(&1) { "TRUE" } else { "FALSE" });
            }
            _ => {}
        }
    }

    fn number(&self, style: Option<u16>, value: Option<f64>, page: &mut SheetPage) {
        let (Some(style), Some(value)) = (style, value) else {
            return;
        };
        let id = self.formats.get(usize::from(style)).copied().unwrap_or_default();
        let format = self
            .codes
            .get(&id)
            .copied()
            .or_else(|| NumberFormat::built_in(id.into()));
        page.cell(&format.unwrap_or_default().show(value, self.from_1904));
    }
}

fn is_cell(kind: u16) -> bool {
    matches!(
        kind,
        0x00FD | 0x0204 | 0x00D6 | 0x0203 | 0x027E | 0x00BD | 0x0006 | 0x0205
    )
}

fn double(bytes: &[u8], at: usize) -> Option<f64> {
    let bytes: [u8; 8] = bytes.get(at..at + 8)?.try_into().ok()?;
    Some(f64::from_le_bytes(bytes))
}

/// A number in four bytes (MS-XLS 2.5.217).
fn packed(bits: u32) -> f64 {
    let value = if bits & 2 == 0 {
        f64::from_bits(u64::from(bits & !3) << 32)
    } else {
        f64::from(bits.cast_signed() >> 2)
    };
    if bits & 1 == 0 { value } else { value / 100.0 }
}

/// Strings that run over the ends of records; where one goes on, its width is said again.
struct SharedStrings<'b> {
    pieces: Vec<&'b [u8]>,
    piece: usize,
    at: usize,
}

impl<'b> SharedStrings<'b> {
    fn new(pieces: &[&'b [u8]]) -> Self {
        Self {
            pieces: pieces.to_vec(),
            piece: 0,
            at: 8,
        }
    }

    fn read(mut self) -> Vec<String> {
        let mut strings = Vec::new();
        while let Some(string) = self.string() {
            strings.push(string);
        }
        strings
    }

    fn string(&mut self) -> Option<String> {
        let length = usize::from(u16::from_le_bytes([self.byte()?, self.byte()?]));
        let mut flags = self.byte()?;
        let runs = if flags & 8 == 0 {
            0
        } else {
            usize::from(u16::from_le_bytes([self.byte()?, self.byte()?]))
        };
        let mut extra = 0;
        if flags & 4 != 0 {
            let bytes = [self.byte()?, self.byte()?, self.byte()?, self.byte()?];
            extra = u32::from_le_bytes(bytes) as usize;
        }
        let mut units: Vec<u16> = Vec::new();
        while units.len() < length {
            if self.is_at_end() {
                self.next_piece()?;
                flags = self.byte()?;
            }
            let low = self.byte()?;
            let high = if flags & 1 == 1 { self.byte()? } else { 0 };
            units.push(u16::from_le_bytes([low, high]));
        }
        self.skip(runs * 4 + extra)?;
        Some(String::from_utf16_lossy(&units))
    }

    fn is_at_end(&self) -> bool {
        self.pieces
            .get(self.piece)
            .is_none_or(|piece| self.at >= piece.len())
    }

    fn next_piece(&mut self) -> Option<()> {
        self.piece += 1;
        self.at = 0;
        (self.piece < self.pieces.len()).then_some(())
    }

    fn byte(&mut self) -> Option<u8> {
        while self.is_at_end() {
            self.next_piece()?;
        }
        let byte = self.pieces[self.piece][self.at];
        self.at += 1;
        Some(byte)
    }

    fn skip(&mut self, bytes: usize) -> Option<()> {
        let mut left = bytes;
        while left > 0 {
            let here = self
                .pieces
                .get(self.piece)?
                .len()
                .saturating_sub(self.at)
                .min(left);
            self.at += here;
            left -= here;
            if left > 0 {
                self.next_piece()?;
            }
        }
        Some(())
    }
}
