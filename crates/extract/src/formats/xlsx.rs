//! Office Open XML sheets: a page for each sheet, a line for each row, cells parted by tabs.
use super::office::Package;
use super::office::xml::{Node, walk};
use crate::child::{MAX_PAGE_TEXT, Sink, Stop};
use homeroom_core::ports::extractor::Rejection;
use std::ops::ControlFlow;

pub(super) fn extract(package: &mut Package<'_>, sink: &mut Sink) -> Result<(), Stop> {
    let main = package.main_part()?.ok_or(Rejection::Malformed)?;
    let relationships = package.relationships(&main)?;
    let shared = match relationships
        .iter()
        .find(|one| one.kind.ends_with("/sharedStrings"))
    {
        Some(part) => read_shared(&package.part(&part.target)?.unwrap_or_default())?,
        None => Vec::new(),
    };
    let sheets = sheet_names(&package.needed_part(&main)?)?;
    sink.expect_pages(sheets.len())?;
    for (name, id) in sheets {
        let mut page = name;
        if let Some(part) = relationships
            .iter()
            .find(|one| one.id == id && one.kind.ends_with("/worksheet"))
            && let Some(text) = package.part(&part.target)?
        {
            read_sheet(&text, &shared, &mut page)?;
        }
        sink.text_page(page)?;
    }
    Ok(())
}

fn sheet_names(workbook: &str) -> Result<Vec<(String, String)>, Stop> {
    let mut sheets = Vec::new();
    walk(workbook, |node| {
        if let Node::Open(element) = node
            && element.is("sheet")
            && let (Some(name), Some(id)) = (element.attribute("name"), element.attribute("id"))
        {
            sheets.push((name, id));
        }
        ControlFlow::Continue(())
    })?;
    Ok(sheets)
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

/// Adds rows until the page is full: a few shared strings can be named without end.
fn read_sheet(text: &str, shared: &[String], page: &mut String) -> Result<(), Stop> {
    let (mut value, mut is_shared, mut in_value) = (String::new(), false, false);
    let mut row = String::new();
    walk(text, |node| {
        match node {
            Node::Open(element) if element.is("c") => {
                is_shared = element.attribute("t").as_deref() == Some("s");
                value.clear();
            }
            Node::Open(element) if element.is("v") || element.is("t") => in_value = true,
            Node::Close("v" | "t") => in_value = false,
            Node::Text(text) if in_value => value.push_str(text),
            Node::Close("c") => {
                let shown = if is_shared {
                    value
                        .trim()
                        .parse()
                        .ok()
                        .and_then(|index: usize| shared.get(index))
                } else {
                    Some(&value)
                };
                if let Some(shown) = shown.filter(|shown| !shown.is_empty()) {
                    if !row.is_empty() {
                        row.push('\t');
                    }
                    row.push_str(shown);
                }
            }
            Node::Close("row") if !row.is_empty() => {
                page.push('\n');
                page.push_str(&row);
                row.clear();
            }
            _ => {}
        }
        if page.len() + row.len() > MAX_PAGE_TEXT {
            return ControlFlow::Break(());
        }
        ControlFlow::Continue(())
    })
}
