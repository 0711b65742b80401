//! Markdown: its words without its marks, a page from heading to heading.
use super::split::PageBuilder;
use super::text::decode;
use crate::child::{Sink, Stop};
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

pub(super) fn extract(bytes: &[u8], sink: &mut Sink) -> Result<(), Stop> {
    let text = decode(bytes, None);
    let mut reader = Reader::default();
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_YAML_STYLE_METADATA_BLOCKS
        | Options::ENABLE_MATH;
    for event in Parser::new_ext(&text, options) {
        reader.take(event);
    }
    reader.flush();
    if let Some(title) = &reader.title {
        sink.title(title);
    }
    for page in reader.pages.finish() {
        sink.text_page(page)?;
    }
    Ok(())
}

#[derive(Default)]
struct Reader {
    pages: PageBuilder,
    block: String,
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
            Event::End(TagEnd::Heading(_)) => self.end_heading(),
            Event::Start(
                Tag::Item | Tag::Paragraph | Tag::CodeBlock(_) | Tag::BlockQuote(_) | Tag::Table(_),
            ) => {
                self.break_line();
            }
            Event::End(TagEnd::Paragraph | TagEnd::CodeBlock | TagEnd::Table | TagEnd::List(_)) => {
                self.flush();
            }
            Event::End(TagEnd::TableRow | TagEnd::TableHead | TagEnd::Item)
            | Event::SoftBreak
            | Event::HardBreak => self.break_line(),
            Event::End(TagEnd::TableCell) => self.block.push('\t'),
            Event::Text(text) | Event::Code(text) | Event::InlineMath(text) | Event::DisplayMath(text) => {
                self.block.push_str(&text);
            }
            // Raw HTML is marks, not words.
            _ => {}
        }
    }

    fn break_line(&mut self) {
        if !self.block.is_empty() && !self.block.ends_with('\n') {
            self.block.push('\n');
        }
    }

    fn flush(&mut self) {
        if !self.in_metadata {
            self.pages.paragraph(&self.block);
            self.block.clear();
        }
    }

    fn end_heading(&mut self) {
        if self.title.is_none() {
            self.title = Some(self.block.clone());
        }
        self.pages.heading(&self.block);
        self.block.clear();
    }

    fn take_metadata(&mut self) {
        let title = self.block.lines().find_map(|line| line.strip_prefix("title:"));
        if let Some(title) = title {
            self.title = Some(title.trim().trim_matches(['"', '\'']).to_owned());
        }
        self.block.clear();
    }
}
