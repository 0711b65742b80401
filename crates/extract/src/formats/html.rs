//! HTML: what a reader would see, token by token. No tree is built, so depth costs nothing, and
//! nothing that the page refers to is looked at.
use super::split::PageBuilder;
use super::text::decode;
use crate::child::{Sink, Stop};
use encoding_rs::Encoding;
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
    let text = decode(bytes, declared_encoding(bytes));
    let tokenizer = Tokenizer::new(Reader::default(), TokenizerOpts::default());
    let queue = BufferQueue::default();
    let mut rest = text.as_ref();
    while !rest.is_empty() {
        let (piece, later) = rest.split_at(rest.floor_char_boundary(FEED_BYTES.min(rest.len())));
        queue.push_back(piece.into());
        let _ = tokenizer.feed(&queue);
        rest = later;
    }
    tokenizer.end();
    let mut state = tokenizer.sink.0.into_inner();
    state.end_block();
    sink.title(&state.title);
    for page in state.pages.finish() {
        sink.text_page(page)?;
    }
    Ok(())
}

fn declared_encoding(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = bytes[..bytes.len().min(CHARSET_WITHIN)].to_ascii_lowercase();
    let place = head.windows(8).position(|window| window == b"charset=")? + 8;
    let label: Vec<u8> = head[place..]
        .iter()
        .copied()
        .skip_while(|byte| matches!(byte, b'"' | b'\'' | b' '))
        .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b':'))
        .collect();
    Encoding::for_label(&label)
}

#[derive(Default)]
struct Reader(RefCell<State>);

#[derive(Default)]
struct State {
    pages: PageBuilder,
    block: String,
    title: String,
    in_title: bool,
    in_heading: bool,
    preformatted: bool,
    /// The element whose text is not for readers, until its end tag.
    skipping: Option<&'static str>,
}

const SKIPPED: [&str; 8] = [
    "script", "style", "noscript", "template", "svg", "math", "iframe", "object",
];
const INLINE: [&str; 26] = [
    "a", "abbr", "b", "bdi", "bdo", "big", "cite", "code", "del", "dfn", "em", "font", "i", "ins", "kbd",
    "mark", "q", "s", "samp", "small", "span", "strong", "sub", "sup", "u", "wbr",
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
        if let Some(skipped) = self.skipping {
            if !start && name == skipped {
                self.skipping = None;
            }
            return TokenSinkResult::Continue;
        }
        if start && !tag.self_closing {
            self.skipping = SKIPPED.iter().copied().find(|skipped| *skipped == name);
        }
        match name {
            "title" => self.in_title = start,
            "h1" | "h2" | "h3" => {
                self.end_block();
                self.in_heading = start;
            }
            "pre" | "textarea" => {
                self.end_block();
                self.preformatted = start;
            }
            "td" | "th" => self.block.push('\t'),
            "br" | "tr" | "li" | "dt" | "dd" | "option" => self.block.push('\n'),
            "img" if start => self.alternative(tag),
            inline if INLINE.contains(&inline) => {}
            _ => self.end_block(),
        }
        match name {
            "script" if start => TokenSinkResult::RawData(RawKind::ScriptData),
            "style" | "iframe" if start => TokenSinkResult::RawData(RawKind::Rawtext),
            "title" | "textarea" if start => TokenSinkResult::RawData(RawKind::Rcdata),
            _ => TokenSinkResult::Continue,
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

    fn end_block(&mut self) {
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
        if self.in_heading {
            if self.title.trim().is_empty() {
                self.title.clone_from(&block);
            }
            self.pages.heading(&block);
        } else {
            self.pages.paragraph(&block);
        }
        self.block.clear();
    }
}
