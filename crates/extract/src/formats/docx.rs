//! Office Open XML text: the words that a reader sees, on the pages that Word last laid out.
use super::office::Package;
use super::office::xml::{Node, walk};
use super::split::PageBuilder;
use crate::child::{Sink, Stop};
use homeroom_core::ports::extractor::Rejection;
use std::ops::ControlFlow;

/// A document that remembers page breaks keeps its pages; any other is cut at headings and length.
pub(super) fn extract(package: &mut Package<'_>, sink: &mut Sink) -> Result<(), Stop> {
    let main = package.main_part()?.ok_or(Rejection::Malformed)?;
    let mut reader = Reader::default();
    reader.read(&package.needed_part(&main)?)?;
    for relationship in package.relationships(&main)? {
        if relationship.kind.ends_with("/footnotes") || relationship.kind.ends_with("/endnotes") {
            // Notes that cannot be read are no reason to lose the document.
            if let Some(notes) = package.part(&relationship.target)? {
                reader.read(&notes)?;
            }
        }
    }
    for page in reader.into_pages() {
        sink.text_page(page)?;
    }
    Ok(())
}

enum Block {
    Paragraph(String),
    Heading(String),
    PageBreak,
}

#[derive(Default)]
struct Reader {
    blocks: Vec<Block>,
    paragraph: String,
    heading: bool,
    in_text: bool,
    /// Inside so many elements whose content is not for readers.
    hidden: usize,
}

/// Deleted and moved-away text, and the second copy of what a newer Word drew otherwise.
const HIDDEN: [&str; 3] = ["del", "moveFrom", "Fallback"];

impl Reader {
    fn read(&mut self, text: &str) -> Result<(), Stop> {
        walk(text, |node| {
            match node {
                Node::Open(element) => {
                    if HIDDEN.iter().any(|name| element.is(name)) {
                        self.hidden += 1;
                    } else if self.hidden == 0 {
                        self.open(element);
                    }
                }
                Node::Close(name) if HIDDEN.contains(&name) => self.hidden = self.hidden.saturating_sub(1),
                Node::Close(name) if self.hidden == 0 => self.close(name),
                Node::Text(text) if self.hidden == 0 && self.in_text => self.paragraph.push_str(text),
                Node::Close(_) | Node::Text(_) => {}
            }
            ControlFlow::Continue(())
        })?;
        self.end_paragraph();
        Ok(())
    }

    fn open(&mut self, element: &super::office::xml::Element<'_>) {
        if element.is("t") {
            self.in_text = true;
        } else if element.is("p") {
            self.end_paragraph();
        } else if element.is("tab") {
            self.paragraph.push('\t');
        } else if element.is("noBreakHyphen") {
            self.paragraph.push('-');
        } else if element.is("br") || element.is("cr") {
            if element.attribute("type").as_deref() == Some("page") {
                self.break_page();
            } else {
                self.paragraph.push('\n');
            }
        } else if element.is("lastRenderedPageBreak")
            || (element.is("pageBreakBefore")
                && element
                    .attribute("val")
                    .is_none_or(|on| on != "0" && on != "false"))
        {
            self.break_page();
        } else if element.is("pStyle") {
            let style = element.attribute("val").unwrap_or_default().to_ascii_lowercase();
            self.heading = style.starts_with("heading") || style.starts_with("title");
        } else if element.is("outlineLvl") {
            self.heading = true;
        }
    }

    fn close(&mut self, name: &str) {
        match name {
            "t" => self.in_text = false,
            "p" => self.end_paragraph(),
            _ => {}
        }
    }

    fn end_paragraph(&mut self) {
        let paragraph = std::mem::take(&mut self.paragraph);
        let heading = std::mem::take(&mut self.heading);
        if paragraph.trim().is_empty() {
            return;
        }
        self.blocks.push(if heading {
            Block::Heading(paragraph)
        } else {
            Block::Paragraph(paragraph)
        });
    }

    /// Word marks a break that was asked for a second time where it laid it out: two breaks with
    /// nothing between them are one.
    fn break_page(&mut self) {
        let heading = self.heading;
        self.end_paragraph();
        self.heading = heading;
        if !matches!(self.blocks.last(), None | Some(Block::PageBreak)) {
            self.blocks.push(Block::PageBreak);
        }
    }

    fn into_pages(self) -> Vec<String> {
        let keeps_pages = self.blocks.iter().any(|block| matches!(block, Block::PageBreak));
        let mut pages = PageBuilder::default();
        let mut page = Vec::new();
        for block in self.blocks {
            match (block, keeps_pages) {
                (Block::PageBreak, _) => pages.whole_page(&std::mem::take(&mut page)),
                (Block::Paragraph(text) | Block::Heading(text), true) => page.push(text),
                (Block::Paragraph(text), false) => pages.paragraph(&text),
                (Block::Heading(text), false) => pages.heading(&text),
            }
        }
        if !page.is_empty() {
            pages.whole_page(&page);
        }
        pages.finish()
    }
}
