//! Walking XML without ever expanding anything: a document type declaration is refused, so there
//! are no entities but the five of XML itself.
use crate::child::Stop;
use homeroom_core::ports::extractor::Rejection;
use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;
use std::ops::ControlFlow;

/// Deeper than any real document.
const MAX_DEPTH: usize = 2_000;

/// One step of a walk.
pub(crate) enum Node<'a> {
    Open(&'a Element<'a>),
    /// The local name.
    Close(&'a str),
    Text(&'a str),
}

/// An element that was opened.
pub(crate) struct Element<'a>(BytesStart<'a>);

impl Element<'_> {
    /// Whether this is its local name; prefixes are the writer's choice.
    pub(crate) fn is(&self, name: &str) -> bool {
        self.0.local_name().as_ref() == name
    }

    /// Its local name.
    pub(crate) fn name(&self) -> &str {
        self.0.local_name().into_inner()
    }

    /// An attribute by its local name.
    pub(crate) fn attribute(&self, name: &str) -> Option<String> {
        self.0
            .attributes()
            .with_checks(false)
            .flatten()
            .find(|attribute| attribute.key.local_name().as_ref() == name)
            .map(|attribute| {
                quick_xml::escape::unescape(&attribute.value)
                    .map_or_else(|_| attribute.value.to_string(), std::borrow::Cow::into_owned)
            })
    }

    /// An attribute by its full name, where a local name would be ambiguous.
    pub(crate) fn qualified_attribute(&self, name: &str) -> Option<String> {
        self.0
            .attributes()
            .with_checks(false)
            .flatten()
            .find(|attribute| attribute.key.as_ref() == name)
            .map(|attribute| attribute.value.to_string())
    }
}

/// Hands every node to `visit` until it breaks or the text ends.
///
/// # Errors
/// `malformed` for a document type declaration, for what is no XML, and for absurd depth.
pub(crate) fn walk(text: &str, visit: impl FnMut(Node<'_>) -> ControlFlow<()>) -> Result<(), Stop> {
    walk_beside_type(text, false, visit)
}

/// As [`walk`], but passes over a document type that declares nothing itself, as older books have.
pub(crate) fn walk_typed(text: &str, visit: impl FnMut(Node<'_>) -> ControlFlow<()>) -> Result<(), Stop> {
    walk_beside_type(text, true, visit)
}

fn walk_beside_type(
    text: &str,
    may_have_type: bool,
    mut visit: impl FnMut(Node<'_>) -> ControlFlow<()>,
) -> Result<(), Stop> {
    let mut reader = Reader::from_str(text);
    reader.config_mut().check_end_names = false;
    let mut depth = 0_usize;
    loop {
        let event = reader.read_event().map_err(|_| Rejection::Malformed)?;
        let flow = match event {
            Event::Eof => return Ok(()),
            Event::DocType(declared) if may_have_type && !declared.contains('[') => ControlFlow::Continue(()),
            Event::DocType(_) => return Err(Rejection::Malformed.into()),
            Event::Start(start) => {
                depth += 1;
                if depth > MAX_DEPTH {
                    return Err(Rejection::Malformed.into());
                }
                visit(Node::Open(&Element(start)))
            }
            Event::Empty(start) => match visit(Node::Open(&Element(start.borrow()))) {
                ControlFlow::Continue(()) => visit(Node::Close(start.local_name().as_ref())),
                stop @ ControlFlow::Break(()) => stop,
            },
            Event::End(end) => {
                depth = depth.saturating_sub(1);
                visit(Node::Close(end.local_name().as_ref()))
            }
            Event::Text(text) => visit(Node::Text(&text)),
            Event::CData(text) => visit(Node::Text(&text)),
            Event::GeneralRef(reference) => match resolve(&reference) {
                Some(c) => visit(Node::Text(c.encode_utf8(&mut [0; 4]))),
                None => ControlFlow::Continue(()),
            },
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) => ControlFlow::Continue(()),
        };
        if flow.is_break() {
            return Ok(());
        }
    }
}

fn resolve(reference: &quick_xml::events::BytesRef<'_>) -> Option<char> {
    if let Ok(Some(c)) = reference.resolve_char_ref() {
        return Some(c);
    }
    match &**reference {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => None,
    }
}
