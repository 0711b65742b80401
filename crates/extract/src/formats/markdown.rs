//! Markdown: its words without its marks, a page from heading to heading.
use super::encoding::decode;
use super::flow::{Block, Flow};
use super::html::{self, Dialect};
use crate::child::{Sink, Stop};
use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};

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
            Event::End(TagEnd::Paragraph | TagEnd::CodeBlock | TagEnd::Table | TagEnd::List(_)) => {
                self.flush();
            }
            Event::Start(
                Tag::Item | Tag::Paragraph | Tag::CodeBlock(_) | Tag::BlockQuote(_) | Tag::Table(_),
            )
            | Event::End(TagEnd::TableRow | TagEnd::TableHead | TagEnd::Item)
            | Event::SoftBreak
            | Event::HardBreak => self.break_line(),
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
