//! The little XML that S3 speaks: a writer that escapes, and a reader of small documents.
//!
//! No DTD, no entities but the five of XML and character references, bounded depth and number of
//! elements (HARDENING 17). Namespaces and attributes are passed over.
use quick_xml::Reader;
use quick_xml::events::Event;

const DEEPEST: usize = 16;
const MOST_ELEMENTS: usize = 200_000;

/// The document is not what S3 speaks.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("malformed XML")]
pub struct MalformedXml;

/// An element with its text and its children.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Element {
    /// Without its prefix.
    pub name: String,
    /// All text directly inside, concatenated.
    pub text: String,
    /// In document order.
    pub children: Vec<Element>,
}

impl Element {
    /// Reads a document and returns its root.
    pub fn parse(document: &[u8]) -> Result<Self, MalformedXml> {
        let text = std::str::from_utf8(document).map_err(|_| MalformedXml)?;
        let mut reader = Reader::from_str(text);
        let mut open = vec![Self::default()];
        let mut elements = 0;
        loop {
            let event = reader.read_event().map_err(|_| MalformedXml)?;
            match event {
                Event::Start(tag) => {
                    elements += 1;
                    if open.len() > DEEPEST || elements > MOST_ELEMENTS {
                        return Err(MalformedXml);
                    }
                    open.push(Self::named(tag.local_name().as_ref()));
                }
                Event::Empty(tag) => {
                    elements += 1;
                    let element = Self::named(tag.local_name().as_ref());
                    open.last_mut().ok_or(MalformedXml)?.children.push(element);
                }
                Event::End(_) => {
                    let element = open.pop().ok_or(MalformedXml)?;
                    open.last_mut().ok_or(MalformedXml)?.children.push(element);
                }
                Event::Text(text) => open
                    .last_mut()
                    .ok_or(MalformedXml)?
                    .text
                    .push_str(&text.xml10_content()),
                Event::CData(text) => open
                    .last_mut()
                    .ok_or(MalformedXml)?
                    .text
                    .push_str(&text.xml10_content()),
                Event::GeneralRef(name) => {
                    let resolved = resolve(name.as_ref()).ok_or(MalformedXml)?;
                    open.last_mut().ok_or(MalformedXml)?.text.push(resolved);
                }
                Event::DocType(_) => return Err(MalformedXml),
                Event::Decl(_) | Event::PI(_) | Event::Comment(_) => {}
                Event::Eof => break,
            }
        }
        let mut document = open.pop().ok_or(MalformedXml)?;
        if !open.is_empty() || document.children.len() != 1 || !document.text.trim().is_empty() {
            return Err(MalformedXml);
        }
        document.children.pop().ok_or(MalformedXml)
    }

    fn named(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            ..Self::default()
        }
    }

    /// The first child of that name.
    pub fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name == name)
    }

    /// The text of the first child of that name.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.child(name).map(|child| child.text.as_str())
    }

    /// All children of that name.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Self> {
        self.children.iter().filter(move |child| child.name == name)
    }
}

fn resolve(reference: &str) -> Option<char> {
    match reference {
        "lt" => Some('<'),
        "gt" => Some('>'),
        "amp" => Some('&'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => {
            let number = reference.strip_prefix('#')?;
            let code = match number.strip_prefix('x') {
                Some(digits) => u32::from_str_radix(digits, 16),
                None => number.parse(),
            };
            char::from_u32(code.ok()?)
        }
    }
}

/// Writes a document element by element.
pub struct Writer(String);

impl Writer {
    /// Begins with the declaration.
    pub fn new() -> Self {
        Self("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".to_owned())
    }

    /// A root element in the namespace of S3.
    pub fn root(name: &str, content: impl FnOnce(&mut Self)) -> String {
        let mut writer = Self::new();
        writer.0.push_str(&format!(
            "<{name} xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
        ));
        content(&mut writer);
        writer.0.push_str(&format!("</{name}>"));
        writer.0
    }

    /// An element with children.
    pub fn nest(&mut self, name: &str, content: impl FnOnce(&mut Self)) {
        self.0.push('<');
        self.0.push_str(name);
        self.0.push('>');
        content(self);
        self.0.push_str("</");
        self.0.push_str(name);
        self.0.push('>');
    }

    /// An element with text.
    pub fn text(&mut self, name: &str, text: &str) {
        self.nest(name, |writer| writer.escape(text));
    }

    /// An element with a number or another thing that prints itself.
    pub fn value(&mut self, name: &str, value: impl std::fmt::Display) {
        self.text(name, &value.to_string());
    }

    /// The finished document.
    pub fn finish(self) -> String {
        self.0
    }

    fn escape(&mut self, text: &str) {
        for c in text.chars() {
            match c {
                '<' => self.0.push_str("&lt;"),
                '>' => self.0.push_str("&gt;"),
                '&' => self.0.push_str("&amp;"),
                '"' => self.0.push_str("&quot;"),
                '\t' | '\n' | '\r' => self.0.push_str(&format!("&#{};", u32::from(c))),
                // XML 1.0 cannot say these at all; S3 writes them as references all the same.
                c if c.is_control() => self.0.push_str(&format!("&#x{:x};", u32::from(c))),
                c => self.0.push(c),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_reads_back() {
        let text = "a<b>&\"c\"\r\n\u{1}ü";
        let document = Writer::root("List", |list| {
            list.text("Key", text);
            list.nest("Owner", |owner| owner.value("Size", 5));
        });
        let root = Element::parse(document.as_bytes()).unwrap();
        assert_eq!(root.name, "List");
        assert_eq!(root.value("Key"), Some(text));
        assert_eq!(root.child("Owner").unwrap().value("Size"), Some("5"));
    }

    #[test]
    fn hardening_17_entities_depth_and_halves_are_refused() {
        let deep = format!("{}{}", "<a>".repeat(100), "</a>".repeat(100));
        let cases = [
            "<!DOCTYPE a [<!ENTITY x \"y\">]><a>&x;</a>",
            "<a>&x;</a>",
            "<a>",
            "<a></b>",
            "",
            "plain",
            "<a/><b/>",
            &deep,
        ];
        for case in cases {
            assert_eq!(Element::parse(case.as_bytes()), Err(MalformedXml), "{case}");
        }
    }
}
