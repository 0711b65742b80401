//! Formulas as one line that a person can read and search: `(a+b)/2`, `x^2`, `√(y)`, from MathML
//! and from Office's own mathematics (ECMA-376 part 1, 22.1), whose elements mean the same.

/// Collects a formula while its elements open and close.
#[derive(Default)]
pub(super) struct Formula {
    open: Vec<(String, Vec<String>)>,
}

/// Deeper nests are read as one piece of text.
const MAX_DEPTH: usize = 64;

impl Formula {
    /// Begins an element.
    pub(super) fn open(&mut self, name: &str) {
        let name = if self.open.len() < MAX_DEPTH { name } else { "" };
        self.open.push((name.to_owned(), Vec::new()));
    }

    /// A symbol that an attribute names, such as Office's sign of a sum.
    pub(super) fn symbol(&mut self, text: &str) {
        self.text(text);
    }

    /// Text of the element that was opened last.
    pub(super) fn text(&mut self, text: &str) {
        let text = text.trim_matches(['\n', '\r', '\t', ' ']);
        if let Some((name, children)) = self.open.last_mut()
            && !text.is_empty()
            && name != "annotation"
        {
            children.push(text.to_owned());
        }
    }

    /// Ends an element; the whole formula when it was the outermost.
    pub(super) fn close(&mut self) -> Option<String> {
        let (name, children) = self.open.pop()?;
        let line = line(&name, &children);
        match self.open.last_mut() {
            None => Some(line),
            Some((_, siblings)) => {
                // Structures count their children, so an empty one keeps its place.
                let keeps_place = !matches!(
                    name.as_str(),
                    "annotation" | "annotation-xml" | "mspace" | "mphantom" | "maligngroup"
                ) && !name.ends_with("Pr");
                if keeps_place || !line.is_empty() {
                    siblings.push(line);
                }
                None
            }
        }
    }
}

fn line(name: &str, children: &[String]) -> String {
    let child = |place: usize| children.get(place).map_or("", String::as_str);
    match (name, children.len()) {
        ("mfrac" | "f", 2) => format!("{}/{}", grouped(child(0)), grouped(child(1))),
        ("msup" | "sSup" | "mover", 2) => raised(child(0), '^', child(1)),
        ("msub" | "sSub" | "munder" | "limLow", 2) => raised(child(0), '_', child(1)),
        ("msubsup" | "sSubSup" | "munderover", 3) => {
            let low = raised(child(0), '_', child(1));
            raised(&low, '^', child(2))
        }
        ("msqrt", _) => format!("√{}", grouped(&children.concat())),
        ("mroot", 2) => format!("{}√{}", child(1), grouped(child(0))),
        ("rad", 2) => format!("{}√{}", child(0), grouped(child(1))),
        ("rad", 1) => format!("√{}", grouped(child(0))),
        ("d", _) => format!("({})", children.join(", ")),
        ("mtr" | "mr", _) => children.join("\t"),
        ("mtable" | "m" | "eqArr", _) => children.join("; "),
        ("naryPr", _) => children.concat(),
        ("annotation" | "annotation-xml", _) => String::new(),
        ("mtext", _) => format!(" {} ", children.concat()),
        _ => joined(children),
    }
}

/// Pieces follow one another; two words are kept apart.
fn joined(pieces: &[String]) -> String {
    let mut line = String::new();
    for piece in pieces {
        let is_long = |text: &str| text.chars().filter(|c| c.is_alphabetic()).count() > 1;
        let meet = line.ends_with(char::is_alphanumeric) && piece.starts_with(char::is_alphanumeric);
        if meet && (is_long(piece) || is_long(&line)) {
            line.push(' ');
        }
        line.push_str(piece);
    }
    line
}

fn grouped(piece: &str) -> String {
    if piece.chars().all(|c| c.is_alphanumeric() || c == '.') {
        piece.to_owned()
    } else {
        format!("({piece})")
    }
}

fn raised(base: &str, sign: char, index: &str) -> String {
    if index.is_empty() {
        return base.to_owned();
    }
    format!("{base}{sign}{}", grouped(index))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::xml::{Node, walk};
    use std::ops::ControlFlow;

    fn read(xml: &str) -> String {
        let mut formula = Formula::default();
        let mut whole = String::new();
        walk(xml, |node| {
            match node {
                Node::Open(element) => formula.open(element.name()),
                Node::Text(text) => formula.text(text),
                Node::Close(_) => {
                    if let Some(line) = formula.close() {
                        whole = line;
                    }
                }
            }
            ControlFlow::Continue(())
        })
        .unwrap();
        whole
    }

    #[test]
    fn both_vocabularies_read_the_same() {
        let mathml = "<math><mi>x</mi><mo>=</mo><mfrac><mrow><mo>-</mo><mi>b</mi></mrow><mrow><mn>2</mn><mi>a</mi></mrow></mfrac><msup><mi>y</mi><mn>2</mn></msup><msqrt><mi>z</mi><mo>+</mo><mn>1</mn></msqrt></math>";
        assert_eq!(read(mathml), "x=(-b)/2a y^2√(z+1)");
        let office = "<m:oMath><m:r><m:t>x=</m:t></m:r><m:f><m:fPr/><m:num><m:r><m:t>-b</m:t></m:r></m:num><m:den><m:r><m:t>2a</m:t></m:r></m:den></m:f><m:sSup><m:e><m:r><m:t>y</m:t></m:r></m:e><m:sup><m:r><m:t>2</m:t></m:r></m:sup></m:sSup></m:oMath>";
        assert_eq!(read(office), "x=(-b)/2a y^2");
    }
}
