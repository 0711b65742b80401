//! Rich Text Format 1.9: the words of the document in whichever code page they were written.
//!
//! Groups that are for programs (fonts, styles, pictures, objects, comments, instructions of
//! fields) are passed over; nothing is nested on the machine's stack.
use super::flow::{Block, Flow};
use crate::child::{Sink, Stop};
use encoding_rs::Encoding;
use homeroom_core::ports::extractor::Rejection;
use std::collections::HashMap;

/// Deeper groups than any writer makes.
const MAX_DEPTH: usize = 10_000;

pub(super) fn extract(bytes: &[u8], sink: &mut Sink) -> Result<(), Stop> {
    let mut reader = Reader::new();
    reader.read(bytes)?;
    sink.title(&reader.title);
    Flow::of(reader.blocks).finish(sink)
}

/// Groups whose text is not the document's.
const SILENT: [&str; 30] = [
    "fonttbl",
    "colortbl",
    "stylesheet",
    "pict",
    "object",
    "objdata",
    "fldinst",
    "themedata",
    "colorschememapping",
    "datastore",
    "latentstyles",
    "listtable",
    "listoverridetable",
    "rsidtbl",
    "generator",
    "xmlnstbl",
    "filetbl",
    "revtbl",
    "annotation",
    "atnid",
    "atnauthor",
    "header",
    "headerl",
    "headerr",
    "headerf",
    "footer",
    "footerl",
    "footerr",
    "footerf",
    "nonshppict",
];
/// Groups behind `\*` that hold words all the same.
const STARRED_WORDS: [&str; 3] = ["shptxt", "shpinst", "shppict"];

#[derive(Clone, Copy)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a property that a group of RTF has or has not"
)]
struct Group {
    silent: bool,
    in_info: bool,
    in_title: bool,
    in_font_table: bool,
    /// Text that is marked as hidden or deleted.
    hidden: bool,
    encoding: &'static Encoding,
    /// Bytes that stand for a character given by number.
    fallback: usize,
}

struct Reader {
    blocks: Vec<Block>,
    title: String,
    paragraph: String,
    heading: Option<u8>,
    /// Bytes of a code page that wait to be decoded together.
    pending: Vec<u8>,
    /// Half of a character beyond the basic plane.
    surrogate: Option<u16>,
    group: Group,
    groups: Vec<Group>,
    fonts: HashMap<i32, &'static Encoding>,
    font: i32,
    default: &'static Encoding,
    /// A group has just begun with `\*`.
    starred: bool,
    skip: usize,
    in_table: bool,
    row: Vec<String>,
}

impl Reader {
    fn new() -> Self {
        let default = encoding_rs::WINDOWS_1252;
        Self {
            blocks: Vec::new(),
            title: String::new(),
            paragraph: String::new(),
            heading: None,
            pending: Vec::new(),
            surrogate: None,
            group: Group {
                silent: false,
                in_info: false,
                in_title: false,
                in_font_table: false,
                hidden: false,
                encoding: default,
                fallback: 1,
            },
            groups: Vec::new(),
            fonts: HashMap::new(),
            font: 0,
            default,
            starred: false,
            skip: 0,
            in_table: false,
            row: Vec::new(),
        }
    }

    fn read(&mut self, bytes: &[u8]) -> Result<(), Stop> {
        let mut rest = bytes;
        while let Some((first, after)) = rest.split_first() {
            rest = match first {
                b'{' => {
                    self.flush();
                    self.groups.push(self.group);
                    if self.groups.len() > MAX_DEPTH {
                        return Err(Rejection::Malformed.into());
                    }
                    self.skip = 0;
                    after
                }
                b'}' => {
                    self.flush();
                    self.group = self.groups.pop().unwrap_or(self.group);
                    (self.skip, self.starred) = (0, false);
                    after
                }
                b'\\' => self.control(after),
                b'\r' | b'\n' | 0 => after,
                byte => {
                    self.byte(*byte);
                    after
                }
            };
        }
        self.end_paragraph();
        self.end_row();
        Ok(())
    }

    fn control<'b>(&mut self, rest: &'b [u8]) -> &'b [u8] {
        let letters = rest
            .iter()
            .take(32)
            .take_while(|byte| byte.is_ascii_alphabetic())
            .count();
        if letters == 0 {
            return self.control_sign(rest);
        }
        let (name, mut after) = rest.split_at(letters);
        let sign = usize::from(after.first() == Some(&b'-'));
        let digits = after[sign..]
            .iter()
            .take(10)
            .take_while(|byte| byte.is_ascii_digit())
            .count();
        let mut number = None;
        if digits > 0 {
            let text = std::str::from_utf8(&after[..sign + digits]).unwrap_or_default();
            number = text.parse::<i32>().ok();
            after = &after[sign + digits..];
        }
        after = after.strip_prefix(b" ").unwrap_or(after);
        let name = std::str::from_utf8(name).unwrap_or_default();
        if name == "bin" {
            let length = usize::try_from(number.unwrap_or(0)).unwrap_or(0);
            return &after[length.min(after.len())..];
        }
        self.word(name, number);
        after
    }

    fn control_sign<'b>(&mut self, rest: &'b [u8]) -> &'b [u8] {
        let Some((sign, after)) = rest.split_first() else {
            return rest;
        };
        match sign {
            b'\'' => {
                let digits = after.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
                if let Some(byte) = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
                    self.byte(byte);
                    return &after[2..];
                }
            }
            b'*' => self.starred = true,
            b'~' => self.push(" "),
            b'_' => self.push("-"),
            b'\\' | b'{' | b'}' => self.byte(*sign),
            b'\r' | b'\n' => self.end_paragraph(),
            _ => {}
        }
        after
    }

    fn word(&mut self, name: &str, number: Option<i32>) {
        let starred = std::mem::take(&mut self.starred);
        if SILENT.contains(&name) || (starred && !STARRED_WORDS.contains(&name)) {
            self.flush();
            self.group.silent = true;
            self.group.in_font_table = name == "fonttbl";
            return;
        }
        let on = number != Some(0);
        match name {
            "u" => self.unicode(number.unwrap_or_default()),
            "uc" => self.group.fallback = usize::try_from(number.unwrap_or(1)).unwrap_or(0),
            "ansicpg" => {
                self.default = code_page(number.unwrap_or_default()).unwrap_or(self.default);
                self.set_encoding(self.default);
            }
            "mac" => {
                self.default = encoding_rs::MACINTOSH;
                self.set_encoding(self.default);
            }
            "f" => self.font(number.unwrap_or_default()),
            "fcharset" if self.group.in_font_table => {
                if let Some(encoding) = charset(number.unwrap_or_default()) {
                    self.fonts.insert(self.font, encoding);
                }
            }
            "plain" => {
                self.set_encoding(self.default);
                self.group.hidden = false;
            }
            "v" | "deleted" => {
                self.flush();
                self.group.hidden = on;
            }
            "info" => {
                self.flush();
                self.group.silent = true;
                self.group.in_info = true;
            }
            "title" if self.group.in_info => self.group.in_title = true,
            "par" | "sect" => self.end_paragraph(),
            "page" => {
                self.end_paragraph();
                if !self.in_table
                    && !self.group.silent
                    && !matches!(self.blocks.last(), None | Some(Block::PageBreak))
                {
                    self.blocks.push(Block::PageBreak);
                }
            }
            "pard" => {
                self.in_table = false;
                self.heading = None;
            }
            "intbl" => self.in_table = true,
            "outlinelevel" => {
                let level = u8::try_from(number.unwrap_or(9)).unwrap_or(9);
                self.heading = (level < 9).then_some(level + 1);
            }
            "cell" | "nestcell" => self.end_cell(),
            "row" | "nestrow" => self.end_row(),
            "line" | "softline" => self.push("\n"),
            "tab" => self.push("\t"),
            "emspace" | "enspace" | "qmspace" => self.push(" "),
            "endash" => self.push("–"),
            "emdash" => self.push("—"),
            "bullet" => self.push("•"),
            "lquote" => self.push("‘"),
            "rquote" => self.push("’"),
            "ldblquote" => self.push("“"),
            "rdblquote" => self.push("”"),
            _ => {}
        }
    }

    fn font(&mut self, number: i32) {
        self.font = number;
        if !self.group.in_font_table {
            let encoding = self.fonts.get(&number).copied().unwrap_or(self.default);
            self.set_encoding(encoding);
        }
    }

    fn set_encoding(&mut self, encoding: &'static Encoding) {
        self.flush();
        self.group.encoding = encoding;
    }

    /// A unit of UTF-16, signed; bytes that stand for it follow.
    fn unicode(&mut self, number: i32) {
        self.flush();
        self.skip = self.group.fallback;
        let [low, high, ..] = number.to_le_bytes();
        let unit = u16::from_le_bytes([low, high]);
        let units = [self.surrogate.take().unwrap_or(unit), unit];
        if (0xD800..0xDC00).contains(&unit) {
            self.surrogate = Some(unit);
            return;
        }
        let units = if (0xDC00..0xE000).contains(&unit) {
            &units[..]
        } else {
            &units[1..]
        };
        // A symbol font's characters stand in the private area at the places of its bytes.
        for c in char::decode_utf16(units.iter().copied()).flatten() {
            let c = match u32::from(c) {
                code @ 0xF020..=0xF07E => char::from_u32(code - 0xF000).unwrap_or(c),
                _ => c,
            };
            self.push(c.encode_utf8(&mut [0; 4]));
        }
    }

    fn byte(&mut self, byte: u8) {
        self.starred = false;
        if self.skip > 0 {
            self.skip -= 1;
        } else if self.is_heard() {
            self.pending.push(byte);
        }
    }

    fn is_heard(&self) -> bool {
        self.group.in_title || !(self.group.silent || self.group.hidden)
    }

    fn push(&mut self, text: &str) {
        self.flush();
        if self.group.in_title {
            self.title.push_str(text);
        } else if self.is_heard() {
            self.paragraph.push_str(text);
        }
    }

    /// Decodes what waits; bytes of two-byte encodings arrive one by one.
    fn flush(&mut self) {
        if self.pending.is_empty() {
            return;
        }
        let bytes = std::mem::take(&mut self.pending);
        let text = self.group.encoding.decode_without_bom_handling(&bytes).0;
        if self.group.in_title {
            self.title.push_str(&text);
        } else {
            self.paragraph.push_str(&text);
        }
    }

    fn end_paragraph(&mut self) {
        self.flush();
        if self.in_table && !self.paragraph.is_empty() {
            self.paragraph.push('\n');
            return;
        }
        let text = std::mem::take(&mut self.paragraph);
        if text.trim().is_empty() {
            return;
        }
        self.blocks.push(match self.heading {
            Some(level) => Block::Heading(level, text),
            None => Block::Paragraph(text),
        });
    }

    fn end_cell(&mut self) {
        self.flush();
        let cell = std::mem::take(&mut self.paragraph);
        if !cell.trim().is_empty() {
            self.row.push(cell.trim().to_owned());
        }
    }

    fn end_row(&mut self) {
        self.end_cell();
        if !self.row.is_empty() {
            let row = std::mem::take(&mut self.row);
            self.blocks.push(Block::Paragraph(row.join("\t")));
        }
    }
}

fn code_page(number: i32) -> Option<&'static Encoding> {
    let label = match number {
        437 | 850 | 1252 => "windows-1252",
        866 => "ibm866",
        874 => "windows-874",
        932 => "shift_jis",
        936 | 54936 => "gb18030",
        949 => "euc-kr",
        950 => "big5",
        10000 => "macintosh",
        65001 => "utf-8",
        1250..=1258 => return Encoding::for_label(format!("windows-{number}").as_bytes()),
        _ => return None,
    };
    Encoding::for_label(label.as_bytes())
}

/// The code page of a font's character set.
fn charset(number: i32) -> Option<&'static Encoding> {
    code_page(match number {
        0 => 1252,
        77 => 10000,
        128 => 932,
        129 => 949,
        134 => 936,
        136 => 950,
        161 => 1253,
        162 => 1254,
        163 => 1258,
        177 => 1255,
        178 => 1256,
        186 => 1257,
        204 => 1251,
        222 => 874,
        238 => 1250,
        _ => return None,
    })
}
