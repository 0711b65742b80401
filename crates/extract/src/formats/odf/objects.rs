//! What an OpenDocument shows that is a document of its own inside it: formulas and charts.
use crate::child::Stop;
use crate::formats::math::Formula;
use crate::formats::package::Package;
use crate::formats::xml::{Node, walk, walk_typed};
use std::ops::ControlFlow;

/// The formulas that the content shows, by the name of their object.
pub(super) fn formulas(package: &mut Package<'_>, content: &str) -> Result<Vec<(String, String)>, Stop> {
    let mut names = Vec::new();
    walk(content, |node| {
        if let Node::Open(element) = node
            && element.is("object")
            && let Some(name) = element.attribute("href")
            && names.len() < 1_000
        {
            names.push(name);
        }
        ControlFlow::Continue(())
    })?;
    let mut formulas = Vec::new();
    for name in names {
        let part = format!("{}/content.xml", name.trim_start_matches("./"));
        if let Some(text) = package.part(&part)? {
            formulas.push((name, object_text(&text)));
        }
    }
    Ok(formulas)
}

/// A formula as a line, a chart as its words. Old formulas have a document type; one that cannot be
/// read is no reason to lose the document.
fn object_text(text: &str) -> String {
    let mut formula: Option<Formula> = None;
    let (mut line, mut words) = (String::new(), String::new());
    let _ = walk_typed(text, |node| {
        match node {
            Node::Open(element) if formula.is_none() && element.is("math") => {
                let mut begun = Formula::default();
                begun.open("math");
                formula = Some(begun);
            }
            Node::Open(element) => {
                if let Some(formula) = &mut formula {
                    formula.open(element.name());
                }
            }
            Node::Text(text) => match &mut formula {
                Some(formula) => formula.text(text),
                None => words.push_str(text),
            },
            Node::Close(name) => match &mut formula {
                Some(begun) => {
                    if let Some(whole) = begun.close() {
                        line = whole;
                        formula = None;
                    }
                }
                None if name == "p" => words.push(' '),
                None => {}
            },
        }
        ControlFlow::Continue(())
    });
    if line.is_empty() {
        words.trim().to_owned()
    } else {
        line
    }
}
