//! Office Open XML sheets: a page for each sheet, hidden ones too, a line for each row, cells
//! parted by tabs and shown as their formats ask. What is noted of cells comes last.
use super::drawing;
use super::flow::one_line;
use super::office::Relationship;
use super::package::Package;
use super::sheet::{NumberFormat, SheetPage};
use super::xml::{Element, Node, walk};
use crate::child::{Sink, Stop};
use homeroom_core::ports::extractor::Rejection;
use std::collections::HashMap;
use std::ops::ControlFlow;

/// The most notes of a sheet.
const MAX_NOTES: usize = 10_000;

pub(super) fn extract(package: &mut Package<'_>, sink: &mut Sink) -> Result<(), Stop> {
    let main = package.main_part()?.ok_or(Rejection::Malformed)?;
    let relationships = package.relationships(&main)?;
    let mut named = |kind: &str| -> Result<String, Stop> {
        match relationships.iter().find(|one| one.is(kind)) {
            Some(part) => Ok(package.part(&part.target)?.unwrap_or_default()),
            None => Ok(String::new()),
        }
    };
    let shared = read_shared(&named("sharedStrings")?)?;
    let formats = read_formats(&named("styles")?)?;
    let workbook = read_workbook(&package.needed_part(&main)?)?;
    sink.expect_pages(workbook.sheets.len())?;
    let cells = Cells {
        shared,
        formats,
        from_1904: workbook.from_1904,
    };
    for (name, id) in workbook.sheets {
        let mut page = SheetPage::new(&name);
        let part = relationships.iter().find(|one| one.id == id);
        if let Some(part) = part.filter(|one| one.is("worksheet"))
            && let Some(text) = package.part(&part.target)?
        {
            cells.read_sheet(&text, &mut page)?;
        }
        if let Some(part) = part {
            for line in drawn(package, &part.target)? {
                page.cell(&line);
                page.end_row();
            }
            for note in noted(package, &part.target)? {
                page.cell(&note.cell);
                page.cell(&note.text);
                page.end_row();
            }
        }
        page.finish(sink)?;
    }
    Ok(())
}

/// Words of the text boxes and charts of a sheet.
fn drawn(package: &mut Package<'_>, sheet: &str) -> Result<Vec<String>, Stop> {
    let mut lines = Vec::new();
    let drawings = package.relationships(sheet)?;
    for drawing in drawings.iter().filter(|one| one.is("drawing")) {
        if let Some(text) = package.part(&drawing.target)? {
            lines.extend(boxes(&text)?);
        }
        let charts: Vec<Relationship> = package.relationships(&drawing.target)?;
        for chart in charts.iter().filter(|one| one.is("chart")) {
            lines.extend(drawing::chart(package, &chart.target)?);
        }
    }
    Ok(lines)
}

/// What somebody noted of a cell, on one line.
struct Note {
    cell: String,
    text: String,
}

/// Notes and conversations about the cells of a sheet. A conversation stands there as a note, too, for
/// programs that know none; that is left out.
fn noted(package: &mut Package<'_>, sheet: &str) -> Result<Vec<Note>, Stop> {
    let relationships = package.relationships(sheet)?;
    let mut of = |kind: &str, element: &str| -> Result<Vec<Note>, Stop> {
        let mut notes = Vec::new();
        for part in relationships.iter().filter(|one| one.is(kind)) {
            if let Some(text) = package.part(&part.target)? {
                notes.extend(read_notes(&text, element)?);
            }
        }
        Ok(notes)
    };
    let said = of("threadedComment", "threadedComment")?;
    let mut notes = of("comments", "comment")?;
    notes.retain(|note| !said.iter().any(|one| one.cell == note.cell));
    notes.extend(said);
    Ok(notes)
}

/// The notes of a part in which each is one such element.
fn read_notes(text: &str, name: &str) -> Result<Vec<Note>, Stop> {
    let mut notes: Vec<Note> = Vec::new();
    let (mut in_text, mut in_reading) = (false, false);
    walk(text, |node| {
        match node {
            Node::Open(element) if element.is(name) => notes.push(Note {
                cell: element.attribute("ref").unwrap_or_default(),
                text: String::new(),
            }),
            Node::Close(closed) if closed == name => {
                if let Some(note) = notes.last_mut() {
                    note.text = one_line(&note.text);
                }
            }
            Node::Open(element) if element.is("rPh") => in_reading = true,
            Node::Close("rPh") => in_reading = false,
            Node::Open(element) if element.is("text") => in_text = true,
            Node::Close("text") => in_text = false,
            Node::Text(text) if in_text && !in_reading => {
                if let Some(note) = notes.last_mut() {
                    note.text.push_str(text);
                }
            }
            _ => {}
        }
        if notes.len() > MAX_NOTES {
            return ControlFlow::Break(());
        }
        ControlFlow::Continue(())
    })?;
    notes.retain(|note| !note.text.is_empty());
    Ok(notes)
}

fn boxes(text: &str) -> Result<Vec<String>, Stop> {
    let mut lines = Vec::new();
    let (mut line, mut in_text) = (String::new(), false);
    walk(text, |node| {
        match node {
            Node::Open(element) if element.is("t") => in_text = true,
            Node::Close("t") => in_text = false,
            Node::Text(text) if in_text => line.push_str(text),
            Node::Close("p") => lines.push(std::mem::take(&mut line)),
            _ => {}
        }
        ControlFlow::Continue(())
    })?;
    Ok(lines)
}

#[derive(Default)]
struct Workbook {
    /// Name and relationship.
    sheets: Vec<(String, String)>,
    from_1904: bool,
}

fn read_workbook(text: &str) -> Result<Workbook, Stop> {
    let mut workbook = Workbook::default();
    walk(text, |node| {
        if let Node::Open(element) = node {
            if element.is("workbookPr") {
                let on = element.attribute("date1904");
                workbook.from_1904 = matches!(on.as_deref(), Some("1" | "true"));
            } else if element.is("sheet")
                && let (Some(name), Some(id)) = (element.attribute("name"), element.attribute("id"))
            {
                workbook.sheets.push((name, id));
            }
        }
        ControlFlow::Continue(())
    })?;
    Ok(workbook)
}

/// The strings that cells name by number, without the readings above them.
fn read_shared(text: &str) -> Result<Vec<String>, Stop> {
    let mut strings = Vec::new();
    let mut current = String::new();
    let (mut in_text, mut in_reading) = (false, false);
    walk(text, |node| {
        match node {
            Node::Open(element) if element.is("rPh") => in_reading = true,
            Node::Close("rPh") => in_reading = false,
            Node::Open(element) if element.is("t") => in_text = !in_reading,
            Node::Close("t") => in_text = false,
            Node::Close("si") => strings.push(std::mem::take(&mut current)),
            Node::Text(text) if in_text => current.push_str(text),
            _ => {}
        }
        ControlFlow::Continue(())
    })?;
    Ok(strings)
}

/// The format of each style that cells name by number.
fn read_formats(text: &str) -> Result<Vec<NumberFormat>, Stop> {
    let mut own = HashMap::new();
    let mut formats = Vec::new();
    let mut in_cell_formats = false;
    let number = |element: &Element<'_>| -> Option<u32> { element.attribute("numFmtId")?.parse().ok() };
    walk(text, |node| {
        match node {
            Node::Open(element) if element.is("numFmt") => {
                if let (Some(id), Some(code)) = (number(element), element.attribute("formatCode")) {
                    own.insert(id, NumberFormat::of_code(&code));
                }
            }
            Node::Open(element) if element.is("cellXfs") => in_cell_formats = true,
            Node::Close("cellXfs") => in_cell_formats = false,
            Node::Open(element) if element.is("xf") && in_cell_formats => {
                let id = number(element).unwrap_or_default();
                let format = own.get(&id).copied().or_else(|| NumberFormat::built_in(id));
                formats.push(format.unwrap_or_default());
            }
            _ => {}
        }
        ControlFlow::Continue(())
    })?;
    Ok(formats)
}

struct Cells {
    shared: Vec<String>,
    formats: Vec<NumberFormat>,
    from_1904: bool,
}

impl Cells {
    fn read_sheet(&self, text: &str, page: &mut SheetPage) -> Result<(), Stop> {
        let (mut value, mut kind, mut format) = (String::new(), String::new(), NumberFormat::General);
        let (mut in_value, mut in_reading) = (false, false);
        let mut column = None;
        walk(text, |node| {
            match node {
                Node::Open(element) if element.is("c") => {
                    kind = element.attribute("t").unwrap_or_default();
                    format = self.format(element);
                    column = element.attribute("r").and_then(|place| column_of(&place));
                    value.clear();
                }
                Node::Open(element) if element.is("rPh") => in_reading = true,
                Node::Close("rPh") => in_reading = false,
                Node::Open(element) if element.is("v") || element.is("t") => in_value = !in_reading,
                Node::Close("v" | "t") => in_value = false,
                Node::Text(text) if in_value => value.push_str(text),
                Node::Close("c") => {
                    let shown = self.shown(&kind, &value, format);
                    match column {
                        Some(column) => page.cell_at(column, &shown),
                        None => page.cell(&shown),
                    }
                }
                Node::Close("row") => page.end_row(),
                _ => {}
            }
            if page.is_full() {
                return ControlFlow::Break(());
            }
            ControlFlow::Continue(())
        })
    }

    fn format(&self, cell: &Element<'_>) -> NumberFormat {
        cell.attribute("s")
            .and_then(|style| style.parse::<usize>().ok())
            .and_then(|style| self.formats.get(style).copied())
            .unwrap_or_default()
    }

    fn shown(&self, kind: &str, value: &str, format: NumberFormat) -> String {
        match kind {
            "s" => {
                let index = value.trim().parse::<usize>().ok();
                let shared = index.and_then(|index| self.shared.get(index));
                shared.cloned().unwrap_or_default()
            }
            "b" => match value.trim() {
                "1" => "TRUE".to_owned(),
                "0" => "FALSE".to_owned(),
                other => other.to_owned(),
            },
            "" | "n" => match value.trim().parse() {
                Ok(number) => format.show(number, self.from_1904),
                Err(_) => value.to_owned(),
            },
            _ => value.to_owned(),
        }
    }
}

/// The column of a place such as `AB12`, from 0.
fn column_of(place: &str) -> Option<usize> {
    let letters = place.bytes().take_while(u8::is_ascii_uppercase);
    let number = letters
        .take(3)
        .fold(0, |number, letter| number * 26 + usize::from(letter - b'A') + 1);
    number.checked_sub(1)
}
