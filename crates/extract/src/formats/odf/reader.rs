//! The content of an OpenDocument, element by element: blocks of a text, slides, or sheets.
use super::Slide;
use crate::child::Stop;
use crate::formats::flow::{Block, readable};
use crate::formats::package::OpenDocumentKind;
use crate::formats::sheet::SheetPage;
use crate::formats::xml::{Element, Node, walk};
use std::collections::HashSet;
use std::ops::ControlFlow;

/// Repeated spaces, rows and cells beyond this are not repeated.
const MAX_REPEATS: usize = 64;

/// A paragraph that was begun; a note or a text box inside it makes it wait.
#[derive(Default)]
struct Paragraph {
    text: String,
    heading: Option<u8>,
}

pub(super) struct Reader {
    kind: OpenDocumentKind,
    pub(super) blocks: Vec<Block>,
    pub(super) slides: Vec<Slide>,
    pub(super) sheets: Vec<SheetPage>,
    pub(super) formulas: Vec<(String, String)>,
    paragraph: Paragraph,
    waiting: Vec<Paragraph>,
    /// Notes come behind the paragraph that they belong to.
    open_notes: usize,
    footnotes: Vec<String>,
    /// Paragraphs that are open, one inside the other.
    depth: usize,
    /// Inside so many elements that are not for readers.
    hidden: usize,
    in_body: bool,
    in_notes: bool,
    in_title: bool,
    /// Inside so many rows of a table of a text, and their cells so far.
    rows: Vec<Vec<String>>,
    /// How often the cell of a sheet is repeated, and its lines.
    cell: Option<(usize, Vec<String>)>,
    tables: usize,
    style: String,
    styles_that_break: HashSet<String>,
}

const HIDDEN: [&str; 8] = [
    "tracked-changes",
    "annotation",
    "sequence-decls",
    "forms",
    "note-citation",
    "page-number",
    "binary-data",
    "ruby-text",
];

impl Reader {
    pub(super) fn new(kind: OpenDocumentKind) -> Self {
        Self {
            kind,
            blocks: Vec::new(),
            slides: Vec::new(),
            sheets: Vec::new(),
            formulas: Vec::new(),
            paragraph: Paragraph::default(),
            waiting: Vec::new(),
            open_notes: 0,
            footnotes: Vec::new(),
            depth: 0,
            hidden: 0,
            in_body: false,
            in_notes: false,
            in_title: false,
            rows: Vec::new(),
            cell: None,
            tables: 0,
            style: String::new(),
            styles_that_break: HashSet::new(),
        }
    }

    pub(super) fn read(&mut self, text: &str) -> Result<(), Stop> {
        walk(text, |node| {
            match node {
                Node::Open(element) if HIDDEN.contains(&element.name()) => self.hidden += 1,
                Node::Close(name) if HIDDEN.contains(&name) => self.hidden = self.hidden.saturating_sub(1),
                _ if self.hidden > 0 => {}
                Node::Open(element) if self.in_body => self.open(element),
                Node::Open(element) => self.open_style(element),
                Node::Close(name) => self.close(name),
                Node::Text(text) if self.depth > 0 => self.text(text),
                Node::Text(_) => {}
            }
            ControlFlow::Continue(())
        })
    }

    fn open_style(&mut self, element: &Element<'_>) {
        match element.name() {
            "body" => self.in_body = true,
            "style" => {
                self.style = element.qualified_attribute("style:name").unwrap_or_default();
            }
            "paragraph-properties" if element.attribute("break-before").as_deref() == Some("page") => {
                self.styles_that_break.insert(self.style.clone());
            }
            _ => {}
        }
    }

    fn open(&mut self, element: &Element<'_>) {
        match element.name() {
            "p" | "h" => self.open_paragraph(element),
            "s" => {
                let count = count(element, "c");
                self.paragraph.text.push_str(&" ".repeat(count));
            }
            "tab" => self.paragraph.text.push('\t'),
            "line-break" => self.paragraph.text.push('\n'),
            "soft-page-break" => self.break_page(),
            // Alternative text stands in the frame, not in a paragraph.
            "title" | "desc" | "note-body" | "text-box" => {
                self.waiting.push(std::mem::take(&mut self.paragraph));
                self.depth += 1;
                self.open_notes += usize::from(element.is("note-body"));
            }
            "object" => {
                let name = element.attribute("href").unwrap_or_default();
                if let Some((_, line)) = self.formulas.iter().find(|(known, _)| *known == name) {
                    let line = line.clone();
                    self.paragraph.text.push_str(&line);
                    if self.depth == 0 {
                        self.end_paragraph();
                    }
                }
            }
            "page" if self.kind == OpenDocumentKind::Slides => {
                self.slides.push(Slide {
                    name: element.qualified_attribute("draw:name").unwrap_or_default(),
                    ..Slide::default()
                });
            }
            "notes" => self.in_notes = true,
            "frame" | "custom-shape" => {
                self.in_title = element.qualified_attribute("presentation:class").as_deref() == Some("title");
            }
            "table" => self.open_table(element),
            "table-row" if self.is_in_sheet() => {}
            "table-row" => self.rows.push(Vec::new()),
            "table-cell" | "covered-table-cell" => self.open_cell(element),
            _ => {}
        }
    }

    fn is_in_sheet(&self) -> bool {
        self.kind == OpenDocumentKind::Sheets && self.tables == 1
    }

    fn open_table(&mut self, element: &Element<'_>) {
        self.tables += 1;
        if self.is_in_sheet() {
            let name = element.qualified_attribute("table:name").unwrap_or_default();
            self.sheets.push(SheetPage::new(&name));
        }
    }

    fn open_cell(&mut self, element: &Element<'_>) {
        if self.is_in_sheet() {
            let repeats = count(element, "number-columns-repeated");
            self.cell = Some((repeats, Vec::new()));
        } else if let Some(row) = self.rows.last_mut() {
            row.push(String::new());
        }
    }

    fn open_paragraph(&mut self, element: &Element<'_>) {
        if self.depth > 0 && !self.paragraph.text.is_empty() {
            self.end_paragraph();
        }
        self.depth += 1;
        let style = element.qualified_attribute("text:style-name");
        if self.waiting.is_empty() && style.is_some_and(|style| self.styles_that_break.contains(&style)) {
            self.break_page();
        }
        if element.is("h") {
            let level = element.attribute("outline-level");
            self.paragraph.heading = Some(level.and_then(|level| level.parse().ok()).unwrap_or(1));
        }
    }

    /// White space counts once (OpenDocument 1.2 part 1, 6.1.2).
    fn text(&mut self, text: &str) {
        for c in text.chars() {
            let is_space = matches!(c, ' ' | '\t' | '\n' | '\r');
            let line = &mut self.paragraph.text;
            if !is_space {
                line.push(c);
            } else if !line.is_empty() && !line.ends_with([' ', '\n']) {
                line.push(' ');
            }
        }
    }

    fn close(&mut self, name: &str) {
        match name {
            "p" | "h" => {
                self.end_paragraph();
                self.depth = self.depth.saturating_sub(1);
                if self.open_notes == 0 {
                    for text in std::mem::take(&mut self.footnotes) {
                        self.place(&Paragraph { text, heading: None });
                    }
                }
            }
            "title" | "desc" | "note-body" | "text-box" if self.in_body && !self.waiting.is_empty() => {
                self.end_paragraph();
                self.depth = self.depth.saturating_sub(1);
                self.paragraph = self.waiting.pop().unwrap_or_default();
                self.open_notes = self.open_notes.saturating_sub(usize::from(name == "note-body"));
            }
            "frame" | "custom-shape" => self.in_title = false,
            "notes" => self.in_notes = false,
            "table-row" if self.is_in_sheet() => {
                if let Some(sheet) = self.sheets.last_mut() {
                    sheet.end_row();
                }
            }
            "table-row" => {
                let cells = self.rows.pop().unwrap_or_default();
                let cells: Vec<String> = cells.into_iter().filter(|cell| !cell.is_empty()).collect();
                self.place(&Paragraph {
                    text: cells.join("\t"),
                    heading: None,
                });
            }
            "table-cell" | "covered-table-cell" => self.close_cell(),
            "table" => self.tables = self.tables.saturating_sub(1),
            _ => {}
        }
    }

    fn close_cell(&mut self) {
        let Some((repeats, lines)) = self.cell.take() else {
            return;
        };
        if let Some(sheet) = self.sheets.last_mut()
            && !sheet.is_full()
        {
            for _ in 0..repeats {
                sheet.cell(&lines.join("\n"));
            }
        }
    }

    fn end_paragraph(&mut self) {
        let paragraph = std::mem::take(&mut self.paragraph);
        self.place(&paragraph);
    }

    /// Puts a paragraph where it belongs: a cell, a slide, or the text.
    fn place(&mut self, paragraph: &Paragraph) {
        let text = readable(&paragraph.text);
        let text = text.trim();
        if text.is_empty() {
            return;
        }
        if self.open_notes > 0 {
            self.footnotes.push(text.to_owned());
        } else if let Some((_, lines)) = &mut self.cell {
            lines.push(text.to_owned());
        } else if let Some(cell) = self.rows.last_mut().and_then(|row| row.last_mut()) {
            if !cell.is_empty() {
                cell.push('\n');
            }
            cell.push_str(text);
        } else if let Some(slide) = self.slides.last_mut() {
            let lines = if self.in_notes {
                &mut slide.text.notes
            } else if self.in_title {
                &mut slide.text.titles
            } else {
                &mut slide.text.lines
            };
            lines.extend(text.lines().map(str::to_owned));
        } else if let Some(sheet) = self.sheets.last_mut() {
            sheet.cell(text);
            sheet.end_row();
        } else {
            self.blocks.push(match paragraph.heading {
                Some(level) => Block::Heading(level, text.to_owned()),
                None => Block::Paragraph(text.to_owned()),
            });
        }
    }

    fn break_page(&mut self) {
        if self.kind != OpenDocumentKind::Text {
            return;
        }
        if self.rows.is_empty() && self.waiting.is_empty() {
            let heading = self.paragraph.heading;
            self.end_paragraph();
            self.paragraph.heading = heading;
        }
        if !matches!(self.blocks.last(), None | Some(Block::PageBreak)) {
            self.blocks.push(Block::PageBreak);
        }
    }
}

/// How often something is repeated, within reason.
fn count(element: &Element<'_>, attribute: &str) -> usize {
    let count = element.attribute(attribute).and_then(|count| count.parse().ok());
    count.unwrap_or(1).min(MAX_REPEATS)
}
