//! What slides and documents draw: charts with their titles, categories and values as the last
//! program saw them.
use super::package::Package;
use super::xml::{Node, walk};
use crate::child::Stop;
use std::ops::ControlFlow;

/// The words and values of a chart, a line for each title and each series; nothing where there is
/// no such part.
pub(super) fn chart(package: &mut Package<'_>, part: &str) -> Result<Vec<String>, Stop> {
    let Some(text) = package.part(part)? else {
        return Ok(Vec::new());
    };
    let mut lines: Vec<String> = Vec::new();
    let mut line = String::new();
    let (mut in_text, mut in_value) = (false, false);
    walk(&text, |node| {
        match node {
            Node::Open(element) if element.is("t") => in_text = true,
            Node::Open(element) if element.is("v") => in_value = true,
            Node::Close("t") => in_text = false,
            Node::Close("v") => {
                in_value = false;
                line.push('\t');
            }
            Node::Close("p" | "strCache" | "numCache" | "strLit" | "numLit" | "lvl") => {
                let whole = line.trim().to_owned();
                // Every series repeats the categories.
                if !whole.is_empty() && !lines.contains(&whole) {
                    lines.push(whole);
                }
                line.clear();
            }
            Node::Text(text) if in_text || in_value => line.push_str(text),
            _ => {}
        }
        ControlFlow::Continue(())
    })?;
    Ok(lines)
}
