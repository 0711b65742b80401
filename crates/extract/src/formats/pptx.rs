//! Office Open XML slides: a page for each slide in the order of the show, hidden ones too, since
//! programs count them; its title first, its notes last.
use super::drawing;
use super::flow::readable;
use super::math::Formula;
use super::office::Relationship;
use super::package::Package;
use super::slide::Slide;
use super::xml::{Element, Node, walk};
use crate::child::{Sink, Stop};
use homeroom_core::ports::extractor::Rejection;
use std::ops::ControlFlow;

/// English Metric Units of a point.
const UNITS_PER_POINT: f32 = 12_700.0;

pub(super) fn extract(package: &mut Package<'_>, sink: &mut Sink) -> Result<(), Stop> {
    let main = package.main_part()?.ok_or(Rejection::Malformed)?;
    let show = read_show(package, &main)?;
    sink.expect_pages(show.slides.len())?;
    for (number, part) in (1..).zip(&show.slides) {
        let mut slide = match package.part(part)? {
            Some(text) => read_slide(&text)?,
            None => Slide::default(),
        };
        for relationship in package.relationships(part)? {
            slide.lines.extend(attached(package, &relationship)?);
            if relationship.is("notesSlide")
                && let Some(notes) = package.part(&relationship.target)?
            {
                slide.notes = read_slide(&notes)?.into_lines();
            }
        }
        let title = slide.title();
        if let Some(title) = &title {
            sink.title(title);
            sink.outline(title, number, 1);
        }
        sink.page(slide.into_page(title, (show.width, show.height)))?;
    }
    Ok(())
}

/// The words of a chart or a diagram of a slide.
fn attached(package: &mut Package<'_>, relationship: &Relationship) -> Result<Vec<String>, Stop> {
    if relationship.is("chart") {
        return drawing::chart(package, &relationship.target);
    }
    if relationship.is("diagramData")
        && let Some(text) = package.part(&relationship.target)?
    {
        return Ok(read_slide(&text)?.into_lines());
    }
    Ok(Vec::new())
}

#[derive(Default)]
struct Show {
    slides: Vec<String>,
    width: f32,
    height: f32,
}

/// The names of the slides' parts in the order of the show, and their size in points.
fn read_show(package: &mut Package<'_>, main: &str) -> Result<Show, Stop> {
    let relationships = package.relationships(main)?;
    let mut show = Show::default();
    walk(&package.needed_part(main)?, |node| {
        if let Node::Open(element) = node {
            if element.is("sldId")
                && let Some(id) = element.qualified_attribute("r:id")
                && let Some(relationship) = relationships.iter().find(|relationship| relationship.id == id)
            {
                show.slides.push(relationship.target.clone());
            } else if element.is("sldSz") {
                (show.width, show.height) = (points(element, "cx"), points(element, "cy"));
            }
        }
        ControlFlow::Continue(())
    })?;
    Ok(show)
}

fn points(element: &Element<'_>, attribute: &str) -> f32 {
    let units = element
        .attribute(attribute)
        .and_then(|units| units.parse::<f32>().ok());
    (units.unwrap_or_default() / UNITS_PER_POINT).clamp(0.0, 14_400.0)
}

fn read_slide(text: &str) -> Result<Slide, Stop> {
    let mut reader = Reader::default();
    walk(text, |node| {
        match node {
            Node::Open(element) => reader.open(element),
            Node::Close(name) => reader.close(name),
            Node::Text(text) => reader.text(text),
        }
        ControlFlow::Continue(())
    })?;
    reader.end_line();
    Ok(reader.slide)
}

#[derive(Default)]
struct Reader {
    slide: Slide,
    line: String,
    in_text: bool,
    in_title: bool,
    /// Inside so many elements that are not for readers.
    hidden: usize,
    /// Fields, and whether each is one of those.
    fields: Vec<bool>,
    row: Option<Vec<String>>,
    formula: Option<Formula>,
}

impl Reader {
    fn open(&mut self, element: &Element<'_>) {
        if let Some(formula) = &mut self.formula {
            formula.open(element.name());
            return;
        }
        match element.name() {
            "Fallback" => self.hidden += 1,
            "oMath" => {
                let mut formula = Formula::default();
                formula.open("oMath");
                self.formula = Some(formula);
            }
            // The number of the slide is no word of it.
            "fld" => {
                let is_number = element.attribute("type").is_some_and(|kind| kind == "slidenum");
                self.fields.push(is_number);
                self.hidden += usize::from(is_number);
            }
            "t" => self.in_text = true,
            "ph" => {
                let kind = element.attribute("type");
                self.in_title = matches!(kind.as_deref(), Some("title" | "ctrTitle"));
            }
            "br" => self.line.push('\n'),
            "tab" => self.line.push('\t'),
            "tr" => self.row = Some(Vec::new()),
            "tc" => {
                if let Some(row) = &mut self.row {
                    row.push(String::new());
                }
            }
            _ => {}
        }
    }

    fn text(&mut self, text: &str) {
        if self.hidden > 0 {
        } else if let Some(formula) = &mut self.formula {
            formula.text(text);
        } else if self.in_text {
            self.line.push_str(text);
        }
    }

    fn close(&mut self, name: &str) {
        if let Some(formula) = &mut self.formula {
            if let Some(line) = formula.close() {
                self.formula = None;
                self.line.push_str(&line);
            }
            return;
        }
        match name {
            "Fallback" => self.hidden = self.hidden.saturating_sub(1),
            "fld" => {
                let was_number = self.fields.pop().unwrap_or_default();
                self.hidden = self.hidden.saturating_sub(usize::from(was_number));
            }
            "t" => self.in_text = false,
            "sp" => self.in_title = false,
            "p" => self.end_line(),
            "tr" => {
                let cells = self.row.take().unwrap_or_default();
                let cells: Vec<String> = cells.into_iter().filter(|cell| !cell.is_empty()).collect();
                self.line = cells.join("\t");
                self.end_line();
            }
            _ => {}
        }
    }

    fn end_line(&mut self) {
        let line = std::mem::take(&mut self.line);
        let line = readable(&line);
        if line.trim().is_empty() {
            return;
        }
        if let Some(cell) = self.row.as_mut().and_then(|row| row.last_mut()) {
            if !cell.is_empty() {
                cell.push('\n');
            }
            cell.push_str(line.trim());
        } else if self.in_title {
            let lines = line.lines().map(str::trim).filter(|line| !line.is_empty());
            self.slide.titles.extend(lines.map(str::to_owned));
        } else {
            self.slide.lines.push(line.trim_end().to_owned());
        }
    }
}
