//! Rich Text Format 1.9: the words of the document in whichever code page they were written.
//!
//! Groups that are for programs (fonts, pictures, objects, comments, instructions of fields) are
//! passed over; styles tell headings; nothing is nested on the machine's stack.
mod aside;
mod code_pages;
mod styles;

use self::aside::Aside;
use self::code_pages::charset;
use self::styles::Styles;
use super::encoding::Charset;
use super::flow::{Block, Flow};
use crate::child::{Sink, Stop};
use homeroom_core::ports::extractor::Rejection;
use std::collections::HashMap;

/// Deeper groups than any writer makes.
const MAX_DEPTH: usize = 10_000;

pub(super) fn extract(bytes: &[u8], sink: &mut Sink) -> Result<(), Stop> {
    let mut reader = Reader::new();
    reader.read(bytes)?;
    sink.title(&reader.title);
    let mut flow = Flow::of(reader.blocks);
    flow.repeat(reader.aside.into_repeated());
    flow.finish(sink)
}

/// Groups whose text is not the document's.
const SILENT: [&str; 22] = [
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
    "nonshppict",
];
/// Groups behind `\*` that hold words all the same.
const STARRED_WORDS: [&str; 3] = ["shptxt", "shpinst", "shppict"];

/// Whose words a group holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    Body,
    Head,
    Foot,
    Info,
    Title,
    Fonts,
    Styles,
    Silent,
}

#[derive(Clone, Copy)]
struct Group {
    role: Role,
    /// Text that is marked as hidden or deleted.
    hidden: bool,
    encoding: Charset,
    /// Bytes that stand for a character given by number.
    fallback: usize,
}

#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a word of the format that stands by itself"
)]
struct Reader {
    blocks: Vec<Block>,
    title: String,
    paragraph: String,
    heading: Option<u8>,
    /// Whether the paragraph begins a page.
    begins_page: bool,
    /// Whether what comes begins a section, and a page with it.
    begins_section: bool,
    aside: Aside,
    styles: Styles,
    /// Bytes of a code page that wait to be decoded together.
    pending: Vec<u8>,
    /// Half of a character beyond the basic plane.
    surrogate: Option<u16>,
    group: Group,
    groups: Vec<Group>,
    fonts: HashMap<i32, Charset>,
    font: i32,
    default: Charset,
    /// A group has just begun with `\*`.
    starred: bool,
    skip: usize,
    in_table: bool,
    row: Vec<String>,
}

impl Reader {
    fn new() -> Self {
        let default = Charset::from(encoding_rs::WINDOWS_1252);
        Self {
            blocks: Vec::new(),
            title: String::new(),
            paragraph: String::new(),
            heading: None,
            begins_page: false,
            begins_section: false,
            aside: Aside::default(),
            styles: Styles::default(),
            pending: Vec::new(),
            surrogate: None,
            group: Group {
                role: Role::Body,
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
                    self.end_group();
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

    fn end_group(&mut self) {
        self.flush();
        let inner = self.group.role;
        self.group = self.groups.pop().unwrap_or(self.group);
        match inner {
            Role::Styles => self.styles.end(),
            Role::Head | Role::Foot if self.group.role == Role::Body => self.end_aside(inner),
            _ => {}
        }
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
            self.begin(match name {
                "fonttbl" => Role::Fonts,
                "stylesheet" => Role::Styles,
                _ => Role::Silent,
            });
            return;
        }
        let role = self.group.role;
        if role == Role::Styles {
            self.styles.word(name, number);
        } else if matches!(role, Role::Head | Role::Foot) && self.aside_word(name) {
            return;
        }
        let on = number != Some(0);
        match name {
            "u" => self.unicode(number.unwrap_or_default()),
            "uc" => self.group.fallback = usize::try_from(number.unwrap_or(1)).unwrap_or(0),
            "ansicpg" => {
                self.default = Charset::of_code_page(number.unwrap_or_default()).unwrap_or(self.default);
                self.set_encoding(self.default);
            }
            "mac" | "pc" | "pca" => {
                self.default = code_pages::of_word(name).unwrap_or(self.default);
                self.set_encoding(self.default);
            }
            "f" => self.font(number.unwrap_or_default()),
            "fcharset" if self.group.role == Role::Fonts => {
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
            "info" => self.begin(Role::Info),
            "header" | "headerl" | "headerr" | "headerf" => self.begin(Role::Head),
            "footer" | "footerl" | "footerr" | "footerf" => self.begin(Role::Foot),
            "title" if self.group.role == Role::Info => self.begin(Role::Title),
            _ if self.group.role == Role::Body && self.paragraph_word(name, number) => {}
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

    /// Begins a part of the group's own; heads and feet stand in no other part.
    fn begin(&mut self, role: Role) {
        self.flush();
        let is_aside = matches!(role, Role::Head | Role::Foot);
        self.group.role = if is_aside && self.group.role != Role::Body {
            Role::Silent
        } else {
            role
        };
    }

    /// Obeys words that form paragraphs, sections and tables of the text; whether it was one.
    fn paragraph_word(&mut self, name: &str, number: Option<i32>) -> bool {
        match name {
            "par" => self.end_paragraph(),
            "sect" => {
                self.end_paragraph();
                self.begins_section = true;
            }
            "sbknone" | "sbkcol" => self.begins_section = false,
            "page" => {
                self.end_paragraph();
                self.break_page();
            }
            "pard" => {
                self.in_table = false;
                self.heading = None;
                self.begins_page = false;
            }
            "intbl" => self.in_table = true,
            "pagebb" => self.begins_page = number != Some(0),
            "s" => self.heading = self.styles.level(number),
            "outlinelevel" => self.heading = styles::outline_level(number),
            "cell" | "nestcell" => self.end_cell(),
            "row" | "nestrow" => self.end_row(),
            _ => return false,
        }
        true
    }

    /// Obeys words that part the lines of a head or foot, and passes over those that form paragraphs; whether
    /// it was one.
    fn aside_word(&mut self, name: &str) -> bool {
        match name {
            "par" | "sect" | "page" | "row" | "nestrow" | "line" => self.end_aside(self.group.role),
            "cell" | "nestcell" => self.push("\t"),
            "pard" | "intbl" | "pagebb" | "s" | "outlinelevel" => {}
            _ => return false,
        }
        true
    }

    fn end_aside(&mut self, role: Role) {
        self.flush();
        self.aside.end_line(role == Role::Head);
    }

    fn break_page(&mut self) {
        if !self.in_table && !matches!(self.blocks.last(), None | Some(Block::PageBreak)) {
            self.blocks.push(Block::PageBreak);
        }
    }

    fn font(&mut self, number: i32) {
        self.font = number;
        if self.group.role != Role::Fonts {
            let encoding = self.fonts.get(&number).copied().unwrap_or(self.default);
            self.set_encoding(encoding);
        }
    }

    fn set_encoding(&mut self, encoding: Charset) {
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
        match self.group.role {
            Role::Title | Role::Styles => true,
            Role::Body | Role::Head | Role::Foot => !self.group.hidden,
            Role::Info | Role::Fonts | Role::Silent => false,
        }
    }

    fn push(&mut self, text: &str) {
        self.flush();
        self.hear(text);
    }

    fn hear(&mut self, text: &str) {
        if self.is_heard() {
            let place = match self.group.role {
                Role::Title => &mut self.title,
                Role::Styles => &mut self.styles.name,
                Role::Head | Role::Foot => &mut self.aside.line,
                _ => &mut self.paragraph,
            };
            place.push_str(text);
        }
    }

    /// Decodes what waits; bytes of two-byte encodings arrive one by one.
    fn flush(&mut self) {
        if self.pending.is_empty() {
            return;
        }
        let bytes = std::mem::take(&mut self.pending);
        let text = self.group.encoding.decode(&bytes);
        self.hear(&text);
    }

    fn end_paragraph(&mut self) {
        self.flush();
        if self.in_table && !self.paragraph.is_empty() {
            self.paragraph.push('\n');
            return;
        }
        if self.begins_page {
            self.break_page();
        }
        let text = std::mem::take(&mut self.paragraph);
        if text.trim().is_empty() {
            return;
        }
        self.begin_section();
        self.blocks.push(match self.heading {
            Some(level) => Block::Heading(level, text),
            None => Block::Paragraph(text),
        });
    }

    /// What is about to be added may be the first of a section.
    fn begin_section(&mut self) {
        if std::mem::take(&mut self.begins_section)
            && !matches!(self.blocks.last(), None | Some(Block::PageBreak))
        {
            self.blocks.push(Block::PageBreak);
        }
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
            self.begin_section();
            let row = std::mem::take(&mut self.row);
            self.blocks.push(Block::Paragraph(row.join("\t")));
        }
    }
}
