//! Markdown: its words without its marks, a page from heading to heading.
use super::encoding::decode;
use super::flow::{Block, Flow};
use super::html::{self, Dialect};
use crate::child::{Sink, Stop};
use homeroom_core::ports::extractor::PassageKind;
use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Options, Parser, Tag, TagEnd};

pub(super) fn extract(bytes: &[u8], sink: &mut Sink) -> Result<(), Stop> {
    let document = read(&decode(bytes, None));
    if let Some(title) = &document.title {
        sink.title(title);
    }
    Flow::of(document.blocks).finish(sink)
}

/// What a document says.
pub(super) struct Document {
    /// Of its front matter, else its first heading.
    pub(super) title: Option<String>,
    pub(super) blocks: Vec<Block>,
}

/// Reads a document; anything is one.
pub(super) fn read(text: &str) -> Document {
    let mut reader = Reader::default();
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_YAML_STYLE_METADATA_BLOCKS
        | Options::ENABLE_PLUSES_DELIMITED_METADATA_BLOCKS
        | Options::ENABLE_MATH;
    for event in Parser::new_ext(text, options) {
        reader.take(event);
    }
    reader.flush();
    Document {
        title: reader.title,
        blocks: reader.blocks,
    }
}

#[derive(Default)]
struct Reader {
    blocks: Vec<Block>,
    block: String,
    html: String,
    title: Option<String>,
    in_metadata: bool,
    /// The language of a block of code that is open.
    code: Option<Option<String>>,
}

impl Reader {
    fn take(&mut self, event: Event<'_>) {
        match event {
            Event::Start(Tag::MetadataBlock(_)) => self.in_metadata = true,
            Event::End(TagEnd::MetadataBlock(_)) => {
                self.in_metadata = false;
                self.take_metadata();
            }
            Event::Start(Tag::Heading { .. }) => self.flush(),
            Event::End(TagEnd::Heading(level)) => self.end_heading(level),
            Event::Start(Tag::CodeBlock(kind)) => {
                self.flush();
                self.code = Some(language_of(&kind));
            }
            Event::End(TagEnd::CodeBlock) => self.end_code(),
            Event::End(TagEnd::Paragraph | TagEnd::Table | TagEnd::List(_)) => {
                self.flush();
            }
            Event::Start(Tag::Item | Tag::Paragraph | Tag::BlockQuote(_) | Tag::Table(_))
            | Event::End(TagEnd::TableRow | TagEnd::TableHead | TagEnd::Item)
            | Event::HardBreak => self.break_line(),
            Event::SoftBreak => self.join_line(),
            Event::End(TagEnd::TableCell) => self.block.push('\t'),
            Event::Text(text) | Event::Code(text) => self.block.push_str(&text),
            // Formulas keep their marks, so that whoever shows the text can draw them.
            Event::InlineMath(formula) => self.block.extend(["$", &*formula, "$"]),
            Event::DisplayMath(formula) => self.block.extend(["$$", &*formula, "$$"]),
            Event::Html(html) => self.html.push_str(&html),
            Event::End(TagEnd::HtmlBlock) => self.end_html(),
            _ => {}
        }
    }

    fn break_line(&mut self) {
        if !self.block.is_empty() && !self.block.ends_with('\n') {
            self.block.push('\n');
        }
    }

    /// A line that is only broken in the source goes on; scripts without spaces need none there.
    fn join_line(&mut self) {
        if !self
            .block
            .ends_with(|c: char| c.is_whitespace() || c >= '\u{2E80}')
        {
            self.block.push(' ');
        }
    }

    fn end_code(&mut self) {
        let text = std::mem::take(&mut self.block);
        if let Some(language) = self.code.take()
            && !text.trim().is_empty()
        {
            let kind = PassageKind::Code { language, run: None };
            self.blocks.push(Block::Passage(kind, text));
        }
    }

    fn flush(&mut self) {
        if !self.in_metadata && !self.block.trim().is_empty() {
            self.blocks
                .push(Block::Paragraph(std::mem::take(&mut self.block)));
        }
    }

    /// A block of HTML is read as a page of it would be.
    fn end_html(&mut self) {
        self.flush();
        let html = std::mem::take(&mut self.html);
        self.blocks.extend(html::read(&html, Dialect::Html).blocks);
    }

    fn end_heading(&mut self, level: HeadingLevel) {
        let heading = std::mem::take(&mut self.block);
        if self.title.is_none() {
            self.title = Some(heading.clone());
        }
        self.blocks.push(Block::Heading(level as u8, heading));
    }

    fn take_metadata(&mut self) {
        let title = self.block.lines().find_map(|line| {
            let rest = line.strip_prefix("title")?.trim_start();
            rest.strip_prefix([':', '='])
        });
        let title = title.map(|title| title.trim().trim_matches(['"', '\'']));
        if let Some(title) = title.filter(|title| !title.is_empty()) {
            self.title = Some(title.to_owned());
        }
        self.block.clear();
    }
}

/// What the author of a block of code says that it is in: the first word behind the fence, also as
/// `{.python}`.
fn language_of(kind: &CodeBlockKind<'_>) -> Option<String> {
    let CodeBlockKind::Fenced(info) = kind else {
        return None;
    };
    let word = info.split([' ', ',', '\t']).next()?;
    language_name(word.trim_matches(['{', '}', '.']))
}

/// A language's name as pages keep it.
pub(super) fn language_name(name: &str) -> Option<String> {
    let name = name.trim().to_lowercase();
    (!name.is_empty() && name.chars().count() <= 40).then_some(name)
}
