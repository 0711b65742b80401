//! HTML: what a reader would see, token by token. No tree is built, so depth costs nothing, and
//! nothing that the page refers to is looked at.
use super::encoding::{Charset, decode};
use super::flow::{Block, Flow};
use super::markdown::language_name;
use super::math::Formula;
use crate::child::{Sink, Stop};
use homeroom_core::ports::extractor::PassageKind;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{
    BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
};
use std::cell::RefCell;

/// How much may be fed at a time.
const FEED_BYTES: usize = 16 << 10;
/// Where a page says how it is encoded.
const CHARSET_WITHIN: usize = 4096;

pub(super) fn extract(bytes: &[u8], sink: &mut Sink) -> Result<(), Stop> {
    let html = read(&decode(bytes, declared_encoding(bytes)), Dialect::Html);
    sink.title(&html.title);
    Flow::of(html.blocks).finish(sink)
}

/// Which rules self-closing tags follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dialect {
    /// `<script/>` opens a script.
    Html,
    /// `<script/>` is an empty one, as in XML.
    Xhtml,
}

/// What a page shows.
pub(super) struct Shown {
    pub(super) title: String,
    pub(super) blocks: Vec<Block>,
}

/// Reads a page; anything is some page.
pub(super) fn read(text: &str, dialect: Dialect) -> Shown {
    let state = State {
        is_xhtml: dialect == Dialect::Xhtml,
        ..State::default()
    };
    let tokenizer = Tokenizer::new(Reader(RefCell::new(state)), TokenizerOpts::default());
    let queue = BufferQueue::default();
    let mut rest = text;
    while !rest.is_empty() {
        let (piece, later) = rest.split_at(rest.floor_char_boundary(FEED_BYTES.min(rest.len())));
        queue.push_back(piece.into());
        let _ = tokenizer.feed(&queue);
        rest = later;
    }
    tokenizer.end();
    let mut state = tokenizer.sink.0.into_inner();
    state.end_block();
    Shown {
        title: state.title,
        blocks: state.blocks,
    }
}

fn declared_encoding(bytes: &[u8]) -> Option<Charset> {
    let head = bytes[..bytes.len().min(CHARSET_WITHIN)].to_ascii_lowercase();
    let place = head.windows(8).position(|window| window == b"charset=")? + 8;
    let name: String = head[place..]
        .iter()
        .copied()
        .skip_while(|byte| matches!(byte, b'"' | b'\'' | b' '))
        .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b':'))
        .map(char::from)
        .collect();
    Charset::of_name(&name)
}

struct Reader(RefCell<State>);

#[derive(Default)]
struct State {
    is_xhtml: bool,
    blocks: Vec<Block>,
    block: String,
    title: String,
    in_title: bool,
    heading: Option<u8>,
    preformatted: bool,
    /// The language of source code that is open.
    code: Option<Option<String>>,
    formula: Option<Formula>,
    /// The element whose text is not for readers, and how many of its name are open inside.
    skipping: Option<(String, usize)>,
}

const SKIPPED: [&str; 8] = [
    "script", "style", "noscript", "template", "svg", "iframe", "object", "rp",
];
/// Elements without an end.
const VOID: [&str; 13] = [
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr",
];
const INLINE: [&str; 28] = [
    "a", "abbr", "b", "bdi", "bdo", "big", "cite", "code", "del", "dfn", "em", "font", "i", "ins", "kbd",
    "mark", "q", "rb", "ruby", "s", "samp", "small", "span", "strong", "sub", "sup", "u", "wbr",
];

impl TokenSink for Reader {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let mut state = self.0.borrow_mut();
        match token {
            Token::TagToken(tag) => state.tag(&tag),
            Token::CharacterTokens(text) => {
                state.text(&text);
                TokenSinkResult::Continue
            }
            _ => TokenSinkResult::Continue,
        }
    }
}

impl State {
    fn tag(&mut self, tag: &Tag) -> TokenSinkResult<()> {
        let name: &str = &tag.name;
        let start = tag.kind == TagKind::StartTag;
        if self.skips(name, start, tag) {
            return if tag.self_closing && self.is_xhtml {
                TokenSinkResult::Continue
            } else {
                raw_text(name, start)
            };
        }
        if self.formula.is_some() || (start && name == "math") {
            self.mathematics(name, start, tag.self_closing);
            return TokenSinkResult::Continue;
        }
        let is_empty = tag.self_closing && self.is_xhtml;
        match name {
            "title" => self.in_title = start && !is_empty,
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
                self.end_block();
                self.heading = start.then(|| name.as_bytes()[1] - b'0');
            }
            "pre" | "textarea" => {
                self.end_block();
                self.preformatted = start && !is_empty;
                self.code = (self.preformatted && name == "pre").then(|| language_of(tag));
            }
            "code" if start => {
                if let Some(language @ None) = &mut self.code {
                    *language = language_of(tag);
                }
            }
            "td" | "th" => self.block.push('\t'),
            "rt" => self.block.push(' '),
            "br" | "tr" | "li" | "dt" | "dd" | "option" => self.block.push('\n'),
            "img" if start => self.alternative(tag),
            inline if INLINE.contains(&inline) => {}
            _ => self.end_block(),
        }
        if is_empty {
            TokenSinkResult::Continue
        } else {
            raw_text(name, start)
        }
    }

    /// Whether this tag belongs to what is not shown.
    fn skips(&mut self, name: &str, start: bool, tag: &Tag) -> bool {
        if let Some((skipped, inside)) = &mut self.skipping {
            if name == skipped {
                if start && !tag.self_closing {
                    *inside += 1;
                } else if !start && *inside > 0 {
                    *inside -= 1;
                } else if !start {
                    self.skipping = None;
                }
            }
            return true;
        }
        let is_hidden = SKIPPED.contains(&name) || (!VOID.contains(&name) && name != "body" && hides(tag));
        if !start || !is_hidden {
            return false;
        }
        // An empty element hides nothing; only in XML is `<script/>` one.
        let opens_raw_text = matches!(raw_text(name, true), TokenSinkResult::RawData(_));
        if !tag.self_closing || (!self.is_xhtml && opens_raw_text) {
            self.skipping = Some((name.to_owned(), 0));
            return true;
        }
        false
    }

    fn mathematics(&mut self, name: &str, start: bool, is_empty: bool) {
        let formula = self.formula.get_or_insert_default();
        if start {
            formula.open(name);
        }
        if (!start || is_empty)
            && let Some(line) = formula.close()
        {
            self.formula = None;
            self.block.push_str(&line);
        }
    }

    fn alternative(&mut self, tag: &Tag) {
        let alternative = tag.attrs.iter().find(|attribute| &*attribute.name.local == "alt");
        if let Some(attribute) = alternative.filter(|attribute| !attribute.value.is_empty()) {
            self.block.push(' ');
            self.block.push_str(&attribute.value);
            self.block.push(' ');
        }
    }

    fn text(&mut self, text: &str) {
        if self.skipping.is_some() {
        } else if let Some(formula) = &mut self.formula {
            formula.text(text);
        } else if self.in_title {
            self.title.push_str(text);
        } else if self.preformatted {
            self.block.push_str(text);
        } else {
            for c in text.chars() {
                let c = if c.is_ascii_whitespace() { ' ' } else { c };
                if c != ' ' || !self.block.ends_with([' ', '\n']) {
                    self.block.push(c);
                }
            }
        }
    }

    /// Lines of source code, with the empty ones between them.
    fn end_code(&mut self, language: Option<String>) {
        let text = std::mem::take(&mut self.block);
        if !text.trim().is_empty() {
            let kind = PassageKind::Code { language, run: None };
            self.blocks.push(Block::Passage(kind, text));
        }
    }

    fn end_block(&mut self) {
        if let Some(language) = &self.code {
            return self.end_code(language.clone());
        }
        let lines: Vec<&str> = self
            .block
            .lines()
            .map(|line| {
                if self.preformatted {
                    line.trim_end()
                } else {
                    line.trim()
                }
            })
            .filter(|line| !line.is_empty())
            .collect();
        let block = lines.join("\n");
        self.block.clear();
        if block.is_empty() {
            return;
        }
        match self.heading {
            Some(level) => {
                if self.title.trim().is_empty() {
                    self.title.clone_from(&block);
                }
                self.blocks.push(Block::Heading(level, block));
            }
            None => self.blocks.push(Block::Paragraph(block)),
        }
    }
}

/// What source code says that it is in: `class="language-python"`.
fn language_of(tag: &Tag) -> Option<String> {
    let class = tag
        .attrs
        .iter()
        .find(|attribute| &*attribute.name.local == "class")?;
    let mut names = class.value.split_ascii_whitespace();
    let language = names.find_map(|name| name.strip_prefix("language-").or(name.strip_prefix("lang-")))?;
    language_name(language)
}

/// Whether the element says that it is not shown.
fn hides(tag: &Tag) -> bool {
    tag.attrs.iter().any(|attribute| match &*attribute.name.local {
        "hidden" => true,
        "style" => {
            let style: String = attribute.value.chars().filter(|c| !c.is_whitespace()).collect();
            let style = style.to_ascii_lowercase();
            style.contains("display:none") || style.contains("visibility:hidden")
        }
        _ => false,
    })
}

/// How the tokenizer must go on behind a tag.
fn raw_text(name: &str, start: bool) -> TokenSinkResult<()> {
    match name {
        "script" if start => TokenSinkResult::RawData(RawKind::ScriptData),
        "style" | "iframe" if start => TokenSinkResult::RawData(RawKind::Rawtext),
        "title" | "textarea" if start => TokenSinkResult::RawData(RawKind::Rcdata),
        _ => TokenSinkResult::Continue,
    }
}
