//! Office Open XML text: the words that a reader sees, on the pages that Word last laid out.
use super::flow::{Block, Flow, Repeated, readable};
use super::math::Formula;
use super::office::Relationship;
use super::package::Package;
use super::xml::{Element, Node, walk};
use crate::child::{Sink, Stop};
use homeroom_core::ports::extractor::Rejection;
use std::collections::HashMap;
use std::ops::ControlFlow;

/// A document that remembers page breaks keeps its pages; any other is cut at headings and length.
/// Notes come behind the text, heads and feet on every page.
pub(super) fn extract(package: &mut Package<'_>, sink: &mut Sink) -> Result<(), Stop> {
    let main = package.main_part()?.ok_or(Rejection::Malformed)?;
    let relationships = package.relationships(&main)?;
    let levels = heading_styles(package, &relationships)?;
    let mut reader = Reader::new(&levels);
    reader.read(&package.needed_part(&main)?)?;
    for relationship in &relationships {
        if relationship.is("footnotes") || relationship.is("endnotes") {
            // Notes that cannot be read are no reason to lose the document.
            if let Some(notes) = package.part(&relationship.target)? {
                reader.read(&notes)?;
            }
        }
    }
    for relationship in &relationships {
        if let Some(blocks) = drawn(package, relationship, &levels)? {
            reader.blocks.extend(blocks);
        }
    }
    let mut flow = Flow::of(reader.blocks);
    flow.repeat(Repeated {
        head: repeated_lines(package, &relationships, "header", &levels)?,
        foot: repeated_lines(package, &relationships, "footer", &levels)?,
    });
    flow.finish(sink)
}

/// The words of a chart or a diagram.
fn drawn(
    package: &mut Package<'_>,
    relationship: &Relationship,
    levels: &Levels,
) -> Result<Option<Vec<Block>>, Stop> {
    if relationship.is("chart") {
        let words = super::drawing::chart(package, &relationship.target)?;
        return Ok(Some(words.into_iter().map(Block::Paragraph).collect()));
    }
    if !relationship.is("diagramData") {
        return Ok(None);
    }
    let Some(text) = package.part(&relationship.target)? else {
        return Ok(None);
    };
    let mut reader = Reader::new(levels);
    reader.read(&text)?;
    Ok(Some(reader.blocks))
}

/// Style id to the level of heading that it means.
type Levels = HashMap<String, u8>;

/// Styles mean headings by their own outline level, their name, or the style that they are based on.
fn heading_styles(package: &mut Package<'_>, relationships: &[Relationship]) -> Result<Levels, Stop> {
    let mut levels = Levels::new();
    let Some(styles) = relationships.iter().find(|one| one.is("styles")) else {
        return Ok(levels);
    };
    let Some(text) = package.part(&styles.target)? else {
        return Ok(levels);
    };
    let (mut id, mut level, mut base) = (String::new(), None, None);
    let mut based = Vec::new();
    walk(&text, |node| {
        match node {
            Node::Open(element) if element.is("style") => {
                id = element.attribute("styleId").unwrap_or_default();
                (level, base) = (None, None);
            }
            Node::Open(element) if element.is("name") => {
                level = level.or_else(|| level_of_name(&element.attribute("val").unwrap_or_default()));
            }
            Node::Open(element) if element.is("outlineLvl") => {
                level = outline_level(element).or(level);
            }
            Node::Open(element) if element.is("basedOn") => base = element.attribute("val"),
            Node::Close("style") => match (level, base.take()) {
                (Some(level), _) => drop(levels.insert(std::mem::take(&mut id), level)),
                (None, Some(base)) => based.push((std::mem::take(&mut id), base)),
                (None, None) => {}
            },
            _ => {}
        }
        ControlFlow::Continue(())
    })?;
    for (id, base) in based {
        if let Some(level) = levels.get(&base).copied() {
            levels.insert(id, level);
        }
    }
    Ok(levels)
}

fn level_of_name(name: &str) -> Option<u8> {
    let name = name.to_ascii_lowercase();
    if name == "title" {
        return Some(1);
    }
    let rest = name.strip_prefix("heading")?.trim_start();
    rest.parse().ok().filter(|level| (1..=9).contains(level))
}

/// From 0 in the file; 9 is no heading.
fn outline_level(element: &Element<'_>) -> Option<u8> {
    let level: u8 = element.attribute("val")?.parse().ok()?;
    (level < 9).then_some(level + 1)
}

/// The distinct lines of all heads or feet, if they are as few as such lines are.
fn repeated_lines(
    package: &mut Package<'_>,
    relationships: &[Relationship],
    kind: &str,
    levels: &Levels,
) -> Result<Vec<String>, Stop> {
    let mut lines: Vec<String> = Vec::new();
    for relationship in relationships.iter().filter(|one| one.is(kind)) {
        let Some(text) = package.part(&relationship.target)? else {
            continue;
        };
        let mut reader = Reader::new(levels);
        reader.read(&text)?;
        for block in reader.blocks {
            let (Block::Paragraph(text) | Block::Heading(_, text)) = block else {
                continue;
            };
            for line in readable(&text).lines().map(str::trim_end) {
                if line.chars().any(char::is_alphabetic) && !lines.iter().any(|known| known == line) {
                    lines.push(line.to_owned());
                }
            }
        }
    }
    lines.truncate(20);
    Ok(lines)
}

/// What was begun and must wait: a text box stands inside a paragraph.
#[derive(Default)]
struct Paragraph {
    text: String,
    heading: Option<u8>,
}

struct Reader<'l> {
    levels: &'l Levels,
    blocks: Vec<Block>,
    paragraph: Paragraph,
    waiting: Vec<Paragraph>,
    in_text: bool,
    /// Inside so many elements whose content is not for readers.
    hidden: usize,
    formula: Option<Formula>,
    /// Rows and cells of tables, one in the other.
    tables: Vec<Vec<String>>,
}

/// Deleted and moved-away text, and the second copy of what a newer Word drew otherwise.
const HIDDEN: [&str; 4] = ["del", "moveFrom", "Fallback", "rubyPr"];

impl<'l> Reader<'l> {
    fn new(levels: &'l Levels) -> Self {
        Self {
            levels,
            blocks: Vec::new(),
            paragraph: Paragraph::default(),
            waiting: Vec::new(),
            in_text: false,
            hidden: 0,
            formula: None,
            tables: Vec::new(),
        }
    }

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
                Node::Text(text) if self.hidden == 0 => self.text(text),
                Node::Close(_) | Node::Text(_) => {}
            }
            ControlFlow::Continue(())
        })?;
        self.end_paragraph();
        while !self.tables.is_empty() {
            self.end_row();
        }
        Ok(())
    }

    fn open(&mut self, element: &Element<'_>) {
        if let Some(formula) = &mut self.formula {
            formula.open(element.name());
            // The sign of a sum or an integral is an attribute.
            if element.is("chr")
                && let Some(sign) = element.attribute("val")
            {
                formula.symbol(&sign);
            }
            return;
        }
        match element.name() {
            "oMath" => {
                let mut formula = Formula::default();
                formula.open("oMath");
                self.formula = Some(formula);
            }
            "t" => self.in_text = true,
            "p" => self.end_paragraph(),
            "txbxContent" => self.waiting.push(std::mem::take(&mut self.paragraph)),
            "tr" => self.tables.push(Vec::new()),
            "tc" => {
                self.end_paragraph();
                if let Some(row) = self.tables.last_mut() {
                    row.push(String::new());
                }
            }
            "tab" | "ptab" => self.paragraph.text.push('\t'),
            "noBreakHyphen" => self.paragraph.text.push('-'),
            "sym" => self.symbol(element),
            "br" | "cr" => {
                if element.attribute("type").as_deref() == Some("page") {
                    self.break_page();
                } else {
                    self.paragraph.text.push('\n');
                }
            }
            "lastRenderedPageBreak" => self.break_page(),
            "pageBreakBefore"
                if element
                    .attribute("val")
                    .is_none_or(|on| on != "0" && on != "false" && on != "off") =>
            {
                self.break_page();
            }
            "pStyle" => {
                let style = element.attribute("val").unwrap_or_default();
                self.paragraph.heading = self.levels.get(&style).copied().or_else(|| level_of_name(&style));
            }
            "outlineLvl" => self.paragraph.heading = outline_level(element).or(self.paragraph.heading),
            _ => {}
        }
    }

    /// A character of a symbol font; those above U+F000 are only numbers of a picture.
    fn symbol(&mut self, element: &Element<'_>) {
        let code = element
            .attribute("char")
            .and_then(|code| u32::from_str_radix(&code, 16).ok());
        if let Some(c) = code
            .and_then(char::from_u32)
            .filter(|c| !matches!(c, '\u{E000}'..='\u{F8FF}'))
        {
            self.paragraph.text.push(c);
        }
    }

    fn text(&mut self, text: &str) {
        if let Some(formula) = &mut self.formula {
            formula.text(text);
        } else if self.in_text {
            self.paragraph.text.push_str(text);
        }
    }

    fn close(&mut self, name: &str) {
        if let Some(formula) = &mut self.formula {
            if let Some(line) = formula.close() {
                self.formula = None;
                self.add_formula(&line);
            }
            return;
        }
        match name {
            "t" => self.in_text = false,
            "p" => self.end_paragraph(),
            "txbxContent" => {
                self.end_paragraph();
                self.paragraph = self.waiting.pop().unwrap_or_default();
            }
            "tr" => self.end_row(),
            _ => {}
        }
    }

    fn add_formula(&mut self, line: &str) {
        let text = &mut self.paragraph.text;
        if text.ends_with(char::is_alphanumeric) && line.starts_with(char::is_alphanumeric) {
            text.push(' ');
        }
        text.push_str(line);
    }

    fn end_paragraph(&mut self) {
        let Paragraph { text, heading } = std::mem::take(&mut self.paragraph);
        if text.trim().is_empty() {
            return;
        }
        if self.waiting.is_empty()
            && let Some(cell) = self.tables.last_mut().and_then(|row| row.last_mut())
        {
            if !cell.is_empty() {
                cell.push('\n');
            }
            cell.push_str(text.trim());
            return;
        }
        self.blocks.push(match heading {
            Some(level) => Block::Heading(level, text),
            None => Block::Paragraph(text),
        });
    }

    /// A row is a line of cells; that of a table inside a cell is a line of the cell.
    fn end_row(&mut self) {
        self.end_paragraph();
        let Some(row) = self.tables.pop() else { return };
        let cells: Vec<String> = row.into_iter().filter(|cell| !cell.is_empty()).collect();
        self.paragraph.text = cells.join("\t");
        self.paragraph.heading = None;
        self.end_paragraph();
    }

    /// Word marks a break that was asked for a second time where it laid it out: two breaks with
    /// nothing between them are one. Inside a table a page ends behind the row.
    fn break_page(&mut self) {
        if !self.waiting.is_empty() {
            return;
        }
        let heading = self.paragraph.heading;
        if self.tables.is_empty() {
            self.end_paragraph();
            self.paragraph.heading = heading;
        }
        if !matches!(self.blocks.last(), None | Some(Block::PageBreak)) {
            self.blocks.push(Block::PageBreak);
        }
    }
}
