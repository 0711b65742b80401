//! What the three Office Open XML formats share (ECMA-376 part 2): the main part, relationships and
//! core properties. Relationships that point outside the package are not followed.
use super::package::{Package, resolve};
use super::xml::{Node, walk};
use crate::child::{Sink, Stop};
use std::ops::ControlFlow;

/// Which of the three.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OfficeKind {
    Document,
    Slides,
    Sheets,
}

/// One relationship of a part to another part.
pub(super) struct Relationship {
    pub(super) id: String,
    pub(super) kind: String,
    pub(super) target: String,
}

impl Relationship {
    /// Whether it is of this kind, in either of the two vocabularies.
    pub(super) fn is(&self, kind: &str) -> bool {
        self.kind.rsplit_once('/').is_some_and(|(_, name)| name == kind)
    }
}

/// Which of the three a package is, if any.
pub(super) fn kind(package: &mut Package<'_>) -> Result<Option<OfficeKind>, Stop> {
    let Some(main) = package.main_part()? else {
        return Ok(None);
    };
    let text = package.needed_part("[Content_Types].xml")?;
    let mut content_type = String::new();
    walk(&text, |node| {
        if let Node::Open(element) = node
            && element.is("Override")
            && element
                .attribute("PartName")
                .is_some_and(|name| name.trim_start_matches('/').eq_ignore_ascii_case(&main))
        {
            content_type = element.attribute("ContentType").unwrap_or_default();
        }
        ControlFlow::Continue(())
    })?;
    let says = |words: [&str; 3]| {
        words
            .iter()
            .any(|word| content_type.contains(word) || main.starts_with(word))
    };
    Ok(if content_type.contains("binary") {
        None
    } else if says(["wordprocessingml", "ms-word", "word/"]) {
        Some(OfficeKind::Document)
    } else if says(["presentationml", "ms-powerpoint", "ppt/"]) {
        Some(OfficeKind::Slides)
    } else if says(["spreadsheetml", "ms-excel", "xl/"]) {
        Some(OfficeKind::Sheets)
    } else {
        None
    })
}

impl Package<'_> {
    /// The name of the part that is the document itself.
    pub(super) fn main_part(&mut self) -> Result<Option<String>, Stop> {
        let relationships = self.relationships("")?;
        Ok(relationships
            .into_iter()
            .find(|relationship| relationship.is("officeDocument"))
            .map(|relationship| relationship.target))
    }

    /// The relationships of a part, targets resolved to part names; the package's own for "".
    pub(super) fn relationships(&mut self, part: &str) -> Result<Vec<Relationship>, Stop> {
        let (folder, file) = part.rsplit_once('/').unwrap_or(("", part));
        let name = format!("{folder}/_rels/{file}.rels");
        let Some(text) = self.part(name.trim_start_matches('/'))? else {
            return Ok(Vec::new());
        };
        let mut relationships = Vec::new();
        walk(&text, |node| {
            if let Node::Open(element) = node
                && element.is("Relationship")
                && element
                    .attribute("TargetMode")
                    .is_none_or(|mode| mode != "External")
                && let (Some(id), Some(kind), Some(target)) = (
                    element.attribute("Id"),
                    element.attribute("Type"),
                    element.attribute("Target"),
                )
            {
                relationships.push(Relationship {
                    id,
                    kind,
                    target: resolve(folder, &target),
                });
            }
            ControlFlow::Continue(())
        })?;
        Ok(relationships)
    }

    /// Suggests the title that a part of properties holds.
    pub(super) fn title(&mut self, properties: &str, sink: &mut Sink) -> Result<(), Stop> {
        let Some(text) = self.part(properties)? else {
            return Ok(());
        };
        let mut title = String::new();
        let mut inside = false;
        walk(&text, |node| {
            match node {
                Node::Open(element) => inside = element.is("title"),
                Node::Close(_) => inside = false,
                Node::Text(text) if inside => title.push_str(text),
                Node::Text(_) => {}
            }
            ControlFlow::Continue(())
        })?;
        sink.title(&title);
        Ok(())
    }
}
