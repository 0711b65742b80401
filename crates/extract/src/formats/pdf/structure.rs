//! What a PDF says beside its pages' content: page labels, destinations, links, names of attached files.
//!
//! All of it is untrusted: trees and lists are walked to a bounded depth and number, each object once.
use super::comments::file_name;
use foldhash::fast::RandomState;
use hayro::hayro_interpret::util::TransformExt;
use hayro::hayro_syntax::Pdf;
use hayro::hayro_syntax::object::{self, Array, Dict, MaybeRef, Name, ObjRef, Object, ObjectIdentifier};
use hayro::hayro_syntax::page::Page;
use hayro::hayro_syntax::xref::XRef;
use hayro::kurbo::Rect;
use homeroom_core::ports::extractor::{Link, LinkTarget};
use std::collections::{HashMap, HashSet};

/// How deep number and name trees go.
const MAX_TREE_DEPTH: usize = 16;
/// Nodes, and named destinations, of one tree.
const MAX_TREE_NODES: usize = 10_000;
const MAX_NAMES: usize = 200_000;
/// Names of attached files, and the longest of them in characters.
const MAX_ATTACHED: usize = 500;
const MAX_FILE_NAME: usize = 255;
/// Annotations and links of one page.
const MAX_ANNOTATIONS: usize = 5_000;
const MAX_LINKS: usize = 500;
/// The longest address, in characters.
const MAX_ADDRESS: usize = 2_000;
/// The longest label, in characters.
const MAX_LABEL: usize = 200;

/// A document's labels and destinations.
pub(super) struct Structure<'a> {
    xref: &'a XRef,
    /// From the page's object to its number.
    numbers: HashMap<ObjectIdentifier, u32, RandomState>,
    labels: Vec<LabelRange>,
    names: HashMap<Vec<u8>, MaybeRef<Object<'a>>, RandomState>,
}

/// How pages from `first` on (from 0) are called.
struct LabelRange {
    first: u32,
    style: u8,
    prefix: String,
    start: u32,
}

impl<'a> Structure<'a> {
    pub(super) fn read(pdf: &'a Pdf) -> Self {
        let xref = pdf.xref();
        let mut structure = Self {
            xref,
            numbers: HashMap::default(),
            labels: Vec::new(),
            names: HashMap::default(),
        };
        for (page, number) in pdf.pages().iter().zip(1..) {
            if let Some(id) = page.raw().obj_id() {
                structure.numbers.entry(id).or_insert(number);
            }
        }
        if let Some(catalog) = structure.catalog() {
            structure.read_labels(&catalog);
            structure.read_names(&catalog);
        }
        structure
    }

    pub(super) fn catalog(&self) -> Option<Dict<'a>> {
        self.xref.get(self.xref.root_id())
    }

    fn read_labels(&mut self, catalog: &Dict<'a>) {
        let Some(root) = catalog.get::<Dict<'_>>(b"PageLabels".as_slice()) else {
            return;
        };
        let mut labels = Vec::new();
        walk_tree(self.xref, root, b"Nums", &mut |key, value| {
            let (Object::Number(first), Some(label)) =
                (key, self.resolve(&value).and_then(Object::into_dict))
            else {
                return labels.len() < MAX_TREE_NODES;
            };
            let style = label.get::<Name<'_>>(b"S".as_slice());
            labels.push(LabelRange {
                first: u32::try_from(first.as_i64()).unwrap_or(u32::MAX),
                style: style
                    .and_then(|style| style.as_ref().first().copied())
                    .unwrap_or(0),
                prefix: label
                    .get::<object::String<'_>>(b"P".as_slice())
                    .map(|prefix| super::decode_text_string(prefix.as_bytes()))
                    .unwrap_or_default(),
                start: label.get::<u32>(b"St".as_slice()).unwrap_or(1).max(1),
            });
            labels.len() < MAX_TREE_NODES
        });
        labels.sort_by_key(|range| range.first);
        self.labels = labels;
    }

    /// Both kinds of named destinations.
    fn read_names(&mut self, catalog: &Dict<'a>) {
        let mut names = HashMap::default();
        if let Some(old) = catalog.get::<Dict<'_>>(b"Dests".as_slice()) {
            for name in old.keys().take(MAX_NAMES) {
                if let Some(value) = old.get_raw::<Object<'_>>(name.as_ref()) {
                    names.insert(name.as_ref().to_vec(), value);
                }
            }
        }
        let root = catalog
            .get::<Dict<'_>>(b"Names".as_slice())
            .and_then(|trees| trees.get::<Dict<'_>>(b"Dests".as_slice()));
        if let Some(root) = root {
            walk_tree(self.xref, root, b"Names", &mut |key, value| {
                if let Object::String(key) = key {
                    names.insert(key.as_bytes().to_vec(), value);
                }
                names.len() < MAX_NAMES
            });
        }
        self.names = names;
    }

    pub(super) fn dict(&self, reference: ObjRef) -> Option<Dict<'a>> {
        self.xref.get(reference.into())
    }

    fn resolve(&self, value: &MaybeRef<Object<'a>>) -> Option<Object<'a>> {
        match value {
            MaybeRef::Ref(reference) => self.xref.get((*reference).into()),
            MaybeRef::NotRef(object) => Some(object.clone()),
        }
    }

    /// What people call a page (`index` from 0) where that is not its number.
    pub(super) fn label(&self, index: usize) -> Option<String> {
        let index = u32::try_from(index).ok()?;
        let place = self.labels.partition_point(|range| range.first <= index);
        let range = self.labels.get(place.checked_sub(1)?)?;
        let number = range.start.checked_add(index - range.first)?;
        let numeral = match range.style {
            b'D' => number.to_string(),
            b'R' => roman(number)?,
            b'r' => roman(number)?.to_lowercase(),
            b'A' => letters(number),
            b'a' => letters(number).to_lowercase(),
            _ => String::new(),
        };
        let label = one_line(&format!("{}{numeral}", range.prefix), MAX_LABEL);
        (!label.is_empty() && label != (u64::from(index) + 1).to_string()).then_some(label)
    }

    /// The names of the files that are attached to the document.
    pub(super) fn attached(&self) -> Vec<String> {
        let root = self
            .catalog()
            .and_then(|catalog| catalog.get::<Dict<'_>>(b"Names".as_slice()))
            .and_then(|trees| trees.get::<Dict<'_>>(b"EmbeddedFiles".as_slice()));
        let mut names = Vec::new();
        if let Some(root) = root {
            walk_tree(self.xref, root, b"Names", &mut |key, file| {
                let file = self.resolve(&file).and_then(Object::into_dict);
                let name = file.and_then(|file| file_name(&file));
                let name = name.or_else(|| {
                    let key = key.into_string()?;
                    Some(super::decode_text_string(key.as_bytes()))
                });
                names.extend(name.map(|name| one_line(&name, MAX_FILE_NAME)));
                names.len() < MAX_ATTACHED
            });
        }
        names
    }

    /// Where an outline's item or a link annotation leads within the document.
    pub(super) fn destination_of(&self, item: &Dict<'a>) -> Option<u32> {
        let destination = item.get::<Object<'_>>(b"Dest".as_slice()).or_else(|| {
            let action = item.get::<Dict<'_>>(b"A".as_slice())?;
            let kind = action.get::<Name<'_>>(b"S".as_slice())?;
            (kind.as_ref() == b"GoTo").then(|| action.get::<Object<'_>>(b"D".as_slice()))?
        })?;
        self.page_of(destination)
    }

    fn page_of(&self, destination: Object<'a>) -> Option<u32> {
        let named = match &destination {
            Object::Name(name) => self.names.get(name.as_ref()),
            Object::String(name) => self.names.get(name.as_bytes()),
            _ => None,
        };
        let destination = match named {
            Some(value) => self.resolve(value)?,
            None => destination,
        };
        let place = match destination {
            Object::Array(place) => place,
            Object::Dict(holder) => holder.get::<Array<'_>>(b"D".as_slice())?,
            _ => return None,
        };
        match place.raw_iter().next()? {
            MaybeRef::Ref(page) => self.numbers.get(&page.into()).copied(),
            MaybeRef::NotRef(Object::Number(index)) => u32::try_from(index.as_i64()).ok()?.checked_add(1),
            MaybeRef::NotRef(_) => None,
        }
    }

    /// The links of a page.
    pub(super) fn links(&self, page: &Page<'a>, annotations: &[Dict<'a>]) -> Vec<Link> {
        let (width, height) = page.render_dimensions();
        let whole = Rect::new(0.0, 0.0, f64::from(width), f64::from(height));
        annotations
            .iter()
            .take(MAX_ANNOTATIONS)
            .filter_map(|annotation| {
                let to = self.target(annotation)?;
                let area = area_of(page, annotation)?.intersect(whole);
                let seen = area.width() > 0.0 && area.height() > 0.0;
                seen.then(|| Link {
                    x: super::layout::hundredth(area.x0),
                    y: super::layout::hundredth(area.y0),
                    w: super::layout::hundredth(area.width()),
                    h: super::layout::hundredth(area.height()),
                    to,
                })
            })
            .take(MAX_LINKS)
            .collect()
    }

    fn target(&self, annotation: &Dict<'a>) -> Option<LinkTarget> {
        if annotation.get::<Name<'_>>(b"Subtype".as_slice())?.as_ref() != b"Link" {
            return None;
        }
        let address = annotation
            .get::<Dict<'_>>(b"A".as_slice())
            .and_then(|action| action.get::<object::String<'_>>(b"URI".as_slice()));
        match address {
            Some(address) => {
                safe_address(&String::from_utf8_lossy(address.as_bytes())).map(LinkTarget::Address)
            }
            None => self.destination_of(annotation).map(LinkTarget::Page),
        }
    }
}

/// Where an annotation stands on its page, in points from the top left corner.
pub(super) fn area_of(page: &Page<'_>, annotation: &Dict<'_>) -> Option<Rect> {
    let [x0, y0, x1, y1] = annotation.get::<[f32; 4]>(b"Rect".as_slice())?.map(f64::from);
    let to_page = page.initial_transform(true).to_kurbo();
    let area = to_page.transform_rect_bbox(Rect::new(x0, y0, x1, y1));
    area.is_finite().then_some(area)
}

/// Hands keys and values of a number or name tree to `take` until it has enough.
fn walk_tree<'a>(
    xref: &'a XRef,
    root: Dict<'a>,
    leaves: &'static [u8],
    take: &mut dyn FnMut(Object<'a>, MaybeRef<Object<'a>>) -> bool,
) {
    let mut seen = HashSet::new();
    let mut nodes = 0;
    let mut open = vec![(root, 0)];
    while let Some((node, depth)) = open.pop() {
        nodes += 1;
        if nodes > MAX_TREE_NODES {
            return;
        }
        if let Some(pairs) = node.get::<Array<'_>>(leaves) {
            let mut pairs = pairs.raw_iter();
            while let (Some(key), Some(value)) = (pairs.next(), pairs.next()) {
                let MaybeRef::NotRef(key) = key else { continue };
                if !take(key, value) {
                    return;
                }
            }
        }
        let Some(kids) = node
            .get::<Array<'_>>(b"Kids".as_slice())
            .filter(|_| depth < MAX_TREE_DEPTH)
        else {
            continue;
        };
        for kid in kids.raw_iter().take(MAX_TREE_NODES) {
            let kid = match kid {
                MaybeRef::Ref(kid) => seen
                    .insert(kid)
                    .then(|| xref.get::<Dict<'_>>(kid.into()))
                    .flatten(),
                MaybeRef::NotRef(kid) => kid.into_dict(),
            };
            open.extend(kid.map(|kid| (kid, depth + 1)));
        }
    }
}

/// An address that may be followed: `http`, `https` or `mailto`, of visible characters.
fn safe_address(address: &str) -> Option<String> {
    let address = address.trim();
    let scheme = address.split_once(':')?.0.to_ascii_lowercase();
    let known = matches!(scheme.as_str(), "http" | "https" | "mailto");
    let clean = address
        .chars()
        .all(|c| !c.is_control() && !c.is_whitespace() && c != '\u{FFFD}');
    (known && clean && address.chars().count() <= MAX_ADDRESS).then(|| address.to_owned())
}

pub(super) fn one_line(text: &str, characters: usize) -> String {
    let visible = text.chars().filter(|c| !c.is_control());
    visible.take(characters).collect::<String>().trim().to_owned()
}

/// Capital Roman numerals up to 3,999.
fn roman(mut number: u32) -> Option<String> {
    const NUMERALS: [(u32, &str); 13] = [
        (1000, "M"),
        (900, "CM"),
        (500, "D"),
        (400, "CD"),
        (100, "C"),
        (90, "XC"),
        (50, "L"),
        (40, "XL"),
        (10, "X"),
        (9, "IX"),
        (5, "V"),
        (4, "IV"),
        (1, "I"),
    ];
    if number > 3_999 {
        return None;
    }
    let mut text = String::new();
    for (value, numeral) in NUMERALS {
        while number >= value {
            text.push_str(numeral);
            number -= value;
        }
    }
    Some(text)
}

/// A to Z, AA to ZZ, AAA to ZZZ (ISO 32000-2, 12.4.2).
fn letters(number: u32) -> String {
    let place = number.saturating_sub(1);
    let letter = char::from(b'A' + u8::try_from(place % 26).unwrap_or(0));
    let times = usize::try_from(place / 26).unwrap_or(0).min(MAX_LABEL) + 1;
    std::iter::repeat_n(letter, times).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numerals_are_counted_as_in_books() {
        assert_eq!(roman(1994).as_deref(), Some("MCMXCIV"));
        assert_eq!(roman(4_000), None);
        assert_eq!(
            (letters(1), letters(26), letters(28)),
            ("A".into(), "Z".into(), "BB".into())
        );
    }

    #[test]
    fn only_addresses_that_may_be_followed_are_links() {
        assert_eq!(
            safe_address(" https://a.example/x ").as_deref(),
            Some("https://a.example/x")
        );
        assert_eq!(
            safe_address("MAILTO:a@b.example").as_deref(),
            Some("MAILTO:a@b.example")
        );
        for address in [
            "javascript:alert(1)",
            "file:///etc/passwd",
            "https://a b",
            "/x",
            "http://x\n",
        ] {
            assert_eq!(
                safe_address(address).filter(|found| found != "http://x"),
                None,
                "{address}"
            );
        }
        assert_eq!(safe_address(&format!("https://{}", "a".repeat(2_000))), None);
    }
}
