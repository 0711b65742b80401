//! Word 97 to 2003 (MS-DOC): the text of the piece table, main text first, then notes and text
//! boxes; comments and heads are left out. Of Word 6 and 95, the plain text.
mod headings;

use self::headings::{Form, Headings};
use super::compound::{Compound, title, u16_at, u32_at, utf_16};
use super::flow::{Block, Flow};
use crate::child::{Sink, Stop};
use homeroom_core::ports::extractor::Rejection;
use std::ops::Range;

pub(super) fn extract(file: &Compound<'_>, sink: &mut Sink) -> Result<(), Stop> {
    if let Some(title) = title(file) {
        sink.title(&title);
    }
    let document = file.stream("WordDocument")?.ok_or(Rejection::Malformed)?;
    let flags = u16_at(&document, 0x0A).ok_or(Rejection::Malformed)?;
    if flags & 0x0100 != 0 {
        return Err(Rejection::Encrypted.into());
    }
    let version = u16_at(&document, 2).unwrap_or_default();
    let shown = if version < 0xC1 {
        Shown {
            text: plain_text(&document)?,
            ..Shown::default()
        }
    } else {
        let name = if flags & 0x0200 == 0 { "0Table" } else { "1Table" };
        let table = file.stream(name)?.ok_or(Rejection::Malformed)?;
        piece_text(&document, &table)?
    };
    let mut reader = Reader {
        forms: shown.forms.into_iter(),
        ..Reader::default()
    };
    shown.text.chars().for_each(|c| reader.take(c));
    reader.end_paragraph();
    Flow::of(reader.blocks).finish(sink)
}

/// The text that people see.
#[derive(Default)]
struct Shown {
    text: String,
    /// For each paragraph's end in it, the form of what it ends.
    forms: Vec<Form>,
}

/// Before Word 97 the text stood in one piece, in a code page.
fn plain_text(document: &[u8]) -> Result<String, Stop> {
    let place = |at: usize| u32_at(document, at).map(|place| place as usize);
    let (begin, end) = place(0x18).zip(place(0x1C)).ok_or(Rejection::Malformed)?;
    let bytes = document
        .get(begin..end.min(document.len()))
        .ok_or(Rejection::Malformed)?;
    Ok(super::encoding::decode(bytes, None).into_owned())
}

fn piece_text(document: &[u8], table: &[u8]) -> Result<Shown, Stop> {
    let place = |at: usize| Ok::<_, Stop>(u32_at(document, at).ok_or(Rejection::Malformed)? as usize);
    let (at, length) = (place(0x01A2)?, place(0x01A6)?);
    let complex = at
        .checked_add(length)
        .and_then(|end| table.get(at..end.min(table.len())))
        .ok_or(Rejection::Malformed)?;
    let pieces = piece_table(complex).ok_or(Rejection::Malformed)?;
    // Lengths in characters: text, footnotes, heads, macros, comments, endnotes, text boxes.
    let lengths =
        [0x4C, 0x50, 0x54, 0x58, 0x5C, 0x60, 0x64].map(|at| u32_at(document, at).unwrap_or_default());
    let is_shown = [true, true, false, false, false, true, true];
    let headings = Headings::read(document, table);
    let mut shown = Shown::default();
    let mut begin = 0_u32;
    for (length, is_part) in lengths.into_iter().zip(is_shown) {
        let end = begin.saturating_add(length);
        if is_part && length > 0 {
            range_text(document, pieces, &headings, begin..end, &mut shown);
            shown.text.push('\r');
            shown.forms.push(Form::default());
        }
        begin = end;
    }
    Ok(shown)
}

/// The table of pieces behind the changes of properties (MS-DOC 2.9.38).
fn piece_table(complex: &[u8]) -> Option<&[u8]> {
    let mut rest = complex;
    while rest.first() == Some(&1) {
        rest = rest.get(3 + usize::from(u16_at(rest, 1)?)..)?;
    }
    if rest.first() != Some(&2) {
        return None;
    }
    let length = u32_at(rest, 1)? as usize;
    rest.get(5..length.saturating_add(5).min(rest.len()))
}

/// Adds the characters from one place of the text to another. Pieces lie in order and do not
/// overlap, so that a table of lies gives no more than the document's own length for each part.
fn range_text(document: &[u8], pieces: &[u8], headings: &Headings, range: Range<u32>, shown: &mut Shown) {
    let count = pieces.len().saturating_sub(4) / 12;
    let mut room = document.len();
    let mut reached = range.start;
    for index in 0..count {
        let (Some(from), Some(to)) = (u32_at(pieces, 4 * index), u32_at(pieces, 4 * index + 4)) else {
            return;
        };
        let Some(place) = u32_at(pieces, 4 * (count + 1) + 8 * index + 2) else {
            return;
        };
        let (first, last) = (from.max(reached), to.min(range.end));
        if first >= last {
            continue;
        }
        let (skipped, length) = ((first - from) as usize, (last - first) as usize);
        reached = last;
        let narrow = place & 0x4000_0000 != 0;
        let width = if narrow { 1 } else { 2 };
        let base = (place & 0x3FFF_FFFF) as usize / if narrow { 2 } else { 1 };
        let start = base.saturating_add(skipped * width);
        let bytes = document.get(start..start.saturating_add(length * width).min(document.len()));
        let Some(bytes) = bytes.filter(|bytes| bytes.len() <= room) else {
            return;
        };
        room -= bytes.len();
        let ends = bytes.chunks(width).enumerate().filter(|(_, unit)| is_end(unit));
        let forms = ends.map(|(index, _)| headings.form(start + index * width));
        shown.forms.extend(forms);
        if narrow {
            let text = encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes).0;
            shown.text.push_str(&text);
        } else {
            shown.text.push_str(&utf_16(bytes));
        }
    }
}

/// Whether a character of one or two bytes ends a paragraph.
fn is_end(unit: &[u8]) -> bool {
    matches!(unit, [b'\r'] | [b'\r', 0])
}

#[derive(Default)]
struct Reader {
    /// For each paragraph's end that comes, the form of what it ends.
    forms: std::vec::IntoIter<Form>,
    blocks: Vec<Block>,
    paragraph: String,
    /// For each field that is open, whether its instruction is being read.
    fields: Vec<bool>,
    after_cell: bool,
}

impl Reader {
    fn take(&mut self, c: char) {
        match c {
            '\u{13}' => self.fields.push(true),
            '\u{14}' => {
                if let Some(field) = self.fields.last_mut() {
                    *field = false;
                }
            }
            '\u{15}' => drop(self.fields.pop()),
            // A paragraph's end inside an instruction means that the field is broken.
            '\r' => {
                self.fields.clear();
                let form = self.forms.next().unwrap_or_default();
                if form.begins_page {
                    self.break_page();
                }
                match form.level {
                    Some(level) => self.end_heading(level),
                    None => self.end_paragraph(),
                }
            }
            _ if self.fields.contains(&true) => {}
            '\u{C}' => {
                self.end_paragraph();
                self.break_page();
            }
            // A cell ends; two in a row end the row.
            '\u{7}' if self.after_cell => {
                self.after_cell = false;
                self.end_paragraph();
            }
            '\u{7}' => {
                self.paragraph.push('\t');
                self.after_cell = true;
            }
            '\u{B}' => self.paragraph.push('\n'),
            '\u{1E}' => self.paragraph.push('-'),
            c if c.is_control() && c != '\t' => {}
            c => {
                self.after_cell = false;
                self.paragraph.push(c);
            }
        }
    }

    fn break_page(&mut self) {
        if !matches!(self.blocks.last(), None | Some(Block::PageBreak)) {
            self.blocks.push(Block::PageBreak);
        }
    }

    fn end_heading(&mut self, level: u8) {
        let heading = std::mem::take(&mut self.paragraph);
        if !heading.trim().is_empty() {
            self.blocks.push(Block::Heading(level, heading.trim().to_owned()));
        }
    }

    fn end_paragraph(&mut self) {
        let paragraph = std::mem::take(&mut self.paragraph);
        if !paragraph.trim().is_empty() {
            self.blocks.push(Block::Paragraph(paragraph.trim().to_owned()));
        }
    }
}
