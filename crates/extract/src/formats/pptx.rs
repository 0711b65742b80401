//! Office Open XML slides: a page for each slide in the order of the show, notes behind it.
use super::office::Package;
use super::office::xml::{Node, walk};
use crate::child::{Sink, Stop};
use homeroom_core::ports::extractor::Rejection;
use std::ops::ControlFlow;

pub(super) fn extract(package: &mut Package<'_>, sink: &mut Sink) -> Result<(), Stop> {
    let main = package.main_part()?.ok_or(Rejection::Malformed)?;
    let slides = slide_parts(package, &main)?;
    sink.expect_pages(slides.len())?;
    for slide in slides {
        let mut page = match package.part(&slide)? {
            Some(text) => read_slide(&text)?,
            None => Slide::default(),
        };
        if let Some(title) = &page.title {
            sink.title(title);
        }
        for relationship in package.relationships(&slide)? {
            if relationship.kind.ends_with("/notesSlide")
                && let Some(notes) = package.part(&relationship.target)?
            {
                page.text.push('\n');
                page.text.push_str(&read_slide(&notes)?.text);
            }
        }
        sink.text_page(page.text.trim().to_owned())?;
    }
    Ok(())
}

/// The names of the slides' parts in the order of the show.
fn slide_parts(package: &mut Package<'_>, main: &str) -> Result<Vec<String>, Stop> {
    let relationships = package.relationships(main)?;
    let mut slides = Vec::new();
    walk(&package.needed_part(main)?, |node| {
        if let Node::Open(element) = node
            && element.is("sldId")
            && let Some(id) = element.qualified_attribute("r:id")
            && let Some(relationship) = relationships.iter().find(|relationship| relationship.id == id)
        {
            slides.push(relationship.target.clone());
        }
        ControlFlow::Continue(())
    })?;
    Ok(slides)
}

#[derive(Default)]
struct Slide {
    text: String,
    title: Option<String>,
}

fn read_slide(text: &str) -> Result<Slide, Stop> {
    let mut slide = Slide::default();
    let mut line = String::new();
    let (mut in_text, mut in_title, mut hidden) = (false, false, 0_usize);
    walk(text, |node| {
        match node {
            Node::Open(element) if element.is("Fallback") || is_number_field(element) => hidden += 1,
            Node::Close("Fallback" | "fld") => hidden = hidden.saturating_sub(1),
            Node::Open(element) if element.is("fld") => {}
            Node::Open(element) if element.is("t") => in_text = true,
            Node::Close("t") => in_text = false,
            Node::Open(element) if element.is("ph") => {
                in_title = matches!(element.attribute("type").as_deref(), Some("title" | "ctrTitle"));
            }
            Node::Open(element) if element.is("br") => line.push('\n'),
            Node::Open(element) if element.is("tab") => line.push('\t'),
            Node::Close("sp") => in_title = false,
            Node::Close("p") => {
                if in_title && slide.title.is_none() && !line.trim().is_empty() {
                    slide.title = Some(line.clone());
                }
                if !line.trim().is_empty() {
                    slide.text.push_str(line.trim_end());
                    slide.text.push('\n');
                }
                line.clear();
            }
            Node::Text(text) if in_text && hidden == 0 => line.push_str(text),
            _ => {}
        }
        ControlFlow::Continue(())
    })?;
    Ok(slide)
}

/// The number of the slide, which is no word of it.
fn is_number_field(element: &super::office::xml::Element<'_>) -> bool {
    element.is("fld") && element.attribute("type").is_some_and(|kind| kind == "slidenum")
}
