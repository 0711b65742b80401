//! What an OpenDocument says of its pages: their size, and the lines that all of them repeat.
use crate::child::Stop;
use crate::formats::flow::{Repeated, readable};
use crate::formats::xml::{Node, walk};
use std::ops::ControlFlow;

/// Lines of the heads and feet of all master pages.
pub(super) fn heads_and_feet(styles: &str) -> Result<Repeated, Stop> {
    let mut repeated = Repeated::default();
    let (mut in_head, mut in_foot, mut line) = (false, false, String::new());
    walk(styles, |node| {
        match node {
            Node::Open(element) if is_band(element.name(), "header") => in_head = true,
            Node::Open(element) if is_band(element.name(), "footer") => in_foot = true,
            Node::Close(name) if is_band(name, "header") => in_head = false,
            Node::Close(name) if is_band(name, "footer") => in_foot = false,
            Node::Text(text) if in_head || in_foot => line.push_str(text),
            Node::Open(element) if element.is("tab") || element.is("s") => line.push(' '),
            Node::Close("p" | "h") => {
                let whole = readable(line.trim()).into_owned();
                let lines = if in_head {
                    &mut repeated.head
                } else {
                    &mut repeated.foot
                };
                if whole.chars().any(char::is_alphabetic) && !lines.contains(&whole) && lines.len() < 20 {
                    lines.push(whole);
                }
                line.clear();
            }
            _ => {}
        }
        ControlFlow::Continue(())
    })?;
    Ok(repeated)
}

fn is_band(name: &str, band: &str) -> bool {
    name.strip_prefix(band)
        .is_some_and(|rest| matches!(rest, "" | "-left" | "-first"))
}

/// The size of the first page layout that has one, in points.
pub(super) fn page_size(styles: &str) -> Result<(f32, f32), Stop> {
    let mut size = (0.0, 0.0);
    walk(styles, |node| {
        if let Node::Open(element) = node
            && element.is("page-layout-properties")
            && let (Some(width), Some(height)) = (
                element.attribute("page-width").and_then(|length| points(&length)),
                element
                    .attribute("page-height")
                    .and_then(|length| points(&length)),
            )
        {
            // The last one is that of the slides; those of notes come first.
            size = (width, height);
            if width > height {
                return ControlFlow::Break(());
            }
        }
        ControlFlow::Continue(())
    })?;
    Ok(size)
}

fn points(length: &str) -> Option<f32> {
    let end = length.find(|c: char| c.is_ascii_alphabetic())?;
    let (number, unit) = length.split_at(end);
    let per_unit = match unit {
        "cm" => 72.0 / 2.54,
        "mm" => 7.2 / 2.54,
        "in" => 72.0,
        "pt" => 1.0,
        "pc" => 12.0,
        "px" => 0.75,
        _ => return None,
    };
    let points = number.parse::<f32>().ok()? * per_unit;
    (0.0..=14_400.0).contains(&points).then_some(points)
}
