//! What people have added to a page: comments on marks, sticky notes with the replies to them, what forms are
//! filled in with where nothing draws it, and the names of files that are attached.
//!
//! What an annotation's appearance draws is read with the page; here is what only opens when it is clicked.
use super::layers::Layers;
use super::structure::area_of;
use crate::child::MAX_PAGE_TEXT;
use crate::formats::flow::readable;
use foldhash::fast::RandomState;
use hayro::hayro_syntax::object::{self, Array, Dict, Name, Object, ObjectIdentifier, Stream};
use hayro::hayro_syntax::page::Page;
use hayro::kurbo::Rect;
use homeroom_core::ports::extractor::{ExtractedPage, Passage, PassageKind, Word};
use std::collections::HashMap;

/// Comments of one page, and their bytes together.
const MAX_COMMENTS: usize = 5_000;
const MAX_BYTES: usize = 256 << 10;
/// How long a chain of replies, or of a form field's parents, is followed.
const MAX_CHAIN: usize = 32;
/// Entries of a list to choose from, and what is chosen of them.
const MAX_CHOICES: usize = 1_000;
const MAX_CHOSEN: usize = 50;
/// So many times a word of the page is asked whether it is under a mark.
const MAX_COMPARISONS: usize = 2_000_000;
/// A mark is boxed at least so large, in points.
const LEAST_SIDE: f64 = 10.0;

/// Annotations whose contents are a comment. A pop-up shows another one's; a link's describes it.
const COMMENTED: [&[u8]; 15] = [
    b"Text",
    b"FreeText",
    b"Line",
    b"Square",
    b"Circle",
    b"Polygon",
    b"PolyLine",
    b"Highlight",
    b"Underline",
    b"Squiggly",
    b"StrikeOut",
    b"Stamp",
    b"Caret",
    b"Ink",
    b"FileAttachment",
];

/// A comment, and where its mark stands on the page.
struct Comment {
    text: String,
    area: Option<Rect>,
}

/// The annotations of one page.
pub(super) struct Annotations<'p, 'a> {
    pub(super) all: &'p [Dict<'a>],
    /// Of each, whether its appearance says something; short where the last ones' do not.
    pub(super) spoken: &'p [bool],
}

impl<'a> Annotations<'_, 'a> {
    /// Puts the comments behind a page's text, replies behind what they answer, and behind the names of what is
    /// attached to the whole document.
    pub(super) fn add_to(
        &self,
        extracted: &mut ExtractedPage,
        page: &Page<'a>,
        attached: &[String],
        layers: &Layers,
    ) {
        let names = attached.iter().map(|name| Comment {
            text: tidy(name),
            area: None,
        });
        let mut comments: Vec<Comment> = names.collect();
        let mut comparisons = MAX_COMPARISONS;
        for index in self.in_conversation() {
            let Some(text) = self.text_of(index, layers) else {
                continue;
            };
            let area = area_of(page, &self.all[index]);
            // Some programs write down what a mark is on.
            let repeats = area.is_some_and(|area| says(extracted, area, &text, &mut comparisons));
            if !repeats {
                comments.push(Comment { text, area });
            }
        }
        append(extracted, comments);
    }

    /// The places of annotations, replies right behind what they answer.
    fn in_conversation(&self) -> Vec<usize> {
        // Most pages have links and nothing else.
        let is_link = |annotation: &Dict<'_>| {
            let kind = annotation.get::<Name<'_>>(b"Subtype".as_slice());
            kind.is_some_and(|kind| kind.as_ref() == b"Link")
        };
        if self.all.iter().all(is_link) {
            return Vec::new();
        }
        let places: HashMap<ObjectIdentifier, usize, RandomState> = self
            .all
            .iter()
            .enumerate()
            .filter_map(|(place, annotation)| Some((annotation.obj_id()?, place)))
            .collect();
        let answered = |place: usize| {
            let reference = self.all[place].get_ref(b"IRT".as_slice())?;
            places.get(&ObjectIdentifier::from(reference)).copied()
        };
        let beginning = |place: usize| {
            let chain = std::iter::successors(Some(place), |place| answered(*place));
            chain.take(MAX_CHAIN).last().unwrap_or(place)
        };
        let mut ordered: Vec<(usize, usize)> = (0..self.all.len())
            .map(|place| (beginning(place), place))
            .collect();
        ordered.sort_by_key(|(beginning, place)| (*beginning, beginning != place));
        // Replies are hidden by themselves: they are seen where what they answer is opened.
        let shown = ordered
            .into_iter()
            .filter(|(beginning, _)| !is_hidden(&self.all[*beginning]));
        shown.map(|(_, place)| place).take(MAX_COMMENTS).collect()
    }

    fn text_of(&self, index: usize, layers: &Layers) -> Option<String> {
        let annotation = &self.all[index];
        let kind = annotation.get::<Name<'_>>(b"Subtype".as_slice())?;
        let kind: &[u8] = kind.as_ref();
        let is_spoken = self.spoken.get(index).copied().unwrap_or(false);
        if (is_spoken && matches!(kind, b"Widget" | b"FreeText")) || layers.hide(annotation, b"OC") {
            return None;
        }
        let text = match kind {
            b"Widget" => filled_in(annotation)?,
            // That somebody has accepted or rejected it.
            _ if annotation.contains_key(b"State".as_slice()) => return None,
            b"FileAttachment" => {
                let file = annotation.get::<Dict<'_>>(b"FS".as_slice());
                let name = file.and_then(|file| file_name(&file)).unwrap_or_default();
                let contents = string(annotation, b"Contents").filter(|contents| *contents != name);
                format!("{name}\n{}", contents.unwrap_or_default())
            }
            kind if COMMENTED.contains(&kind) => string(annotation, b"Contents")?,
            _ => return None,
        };
        let text = tidy(&text);
        (!text.is_empty()).then_some(text)
    }
}

/// By its flags: hidden, or not to be seen.
pub(super) fn is_hidden(annotation: &Dict<'_>) -> bool {
    const HIDDEN_OR_NOT_VIEWED: u32 = 1 << 1 | 1 << 5;
    annotation.get::<u32>(b"F".as_slice()).unwrap_or(0) & HIDDEN_OR_NOT_VIEWED != 0
}

/// What a form's field for text or choices holds.
fn filled_in(widget: &Dict<'_>) -> Option<String> {
    const PASSWORD: u32 = 1 << 13;
    let fields: Vec<Dict<'_>> = std::iter::successors(Some(widget.clone()), |field| {
        field.get::<Dict<'_>>(b"Parent".as_slice())
    })
    .take(MAX_CHAIN)
    .collect();
    let kind = fields
        .iter()
        .find_map(|field| field.get::<Name<'_>>(b"FT".as_slice()))?;
    let flags = fields.iter().find_map(|field| field.get::<u32>(b"Ff".as_slice()));
    if !matches!(kind.as_ref(), b"Tx" | b"Ch") || flags.unwrap_or(0) & PASSWORD != 0 {
        return None;
    }
    let value = fields
        .iter()
        .find_map(|field| field.get::<Object<'_>>(b"V".as_slice()))?;
    let chosen: Vec<String> = match value {
        Object::Array(chosen) => chosen
            .iter::<Object<'_>>()
            .take(MAX_CHOSEN)
            .filter_map(text)
            .collect(),
        value => vec![text(value)?],
    };
    let choices = fields
        .iter()
        .find_map(|field| field.get::<Array<'_>>(b"Opt".as_slice()));
    let mut shown = String::new();
    for value in chosen {
        let name = choices.as_ref().and_then(|choices| name_of(&value, choices));
        shown.push_str(name.as_deref().unwrap_or(&value));
        shown.push('\n');
        if shown.len() > MAX_BYTES {
            break;
        }
    }
    Some(shown)
}

/// What a choice is called whose name differs from its value.
fn name_of(value: &str, choices: &Array<'_>) -> Option<String> {
    choices
        .iter::<Object<'_>>()
        .take(MAX_CHOICES)
        .filter_map(Object::into_array)
        .find_map(|pair| {
            let mut pair = pair.iter::<Object<'_>>();
            (text(pair.next()?)? == value).then(|| text(pair.next()?))?
        })
}

fn text(value: Object<'_>) -> Option<String> {
    match value {
        Object::String(text) => Some(super::decode_text_string(text.as_bytes())),
        Object::Stream(text) => text_of_stream(&text),
        _ => None,
    }
}

fn text_of_stream(stream: &Stream<'_>) -> Option<String> {
    let bytes = stream.decoded_data().ok()?;
    Some(super::decode_text_string(&bytes[..bytes.len().min(MAX_BYTES)]))
}

fn string(dict: &Dict<'_>, key: &[u8]) -> Option<String> {
    let text = dict.get::<object::String<'_>>(key)?;
    Some(super::decode_text_string(text.as_bytes()))
}

/// What the file is called that a file specification (ISO 32000-2, 7.11.3) is of.
pub(super) fn file_name(file: &Dict<'_>) -> Option<String> {
    string(file, b"UF").or_else(|| string(file, b"F"))
}

/// Its lines that say something, without what only steers.
fn tidy(text: &str) -> String {
    let text = text.replace("\r\n", "\n");
    let text = readable(&text);
    let lines: Vec<&str> = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect();
    lines.join("\n")
}

/// Whether the words of the page under a mark are those.
fn says(page: &ExtractedPage, mark: Rect, text: &str, comparisons: &mut usize) -> bool {
    let Some(left) = comparisons.checked_sub(page.words.len()) else {
        return false;
    };
    *comparisons = left;
    let under = |word: &&Word| {
        let (x, y) = (f64::from(word.x + word.w / 2.0), f64::from(word.y + word.h / 2.0));
        mark.contains((x, y))
    };
    let said: String = page
        .words
        .iter()
        .filter(under)
        .map(|word| word.text.as_str())
        .collect();
    let text = letters(text);
    !text.is_empty() && letters(&said).contains(&text)
}

fn letters(text: &str) -> String {
    text.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

fn append(page: &mut ExtractedPage, comments: Vec<Comment>) {
    let whole = Rect::new(0.0, 0.0, f64::from(page.width), f64::from(page.height));
    let count = |text: &str| u32::try_from(text.lines().count()).unwrap_or(u32::MAX);
    let line = count(&page.text);
    let (mut lines, mut bytes) = (0_u32, 0);
    for Comment { text, area } in comments {
        bytes += text.len() + 1;
        if text.is_empty() || bytes > MAX_BYTES || page.text.len() + text.len() >= MAX_PAGE_TEXT {
            continue;
        }
        lines = lines.saturating_add(count(&text));
        if let Some(area) = area {
            let place = place_on(whole, area);
            page.words
                .extend(text.split_whitespace().map(|word| place.word(word)));
        }
        if !page.text.is_empty() {
            page.text.push('\n');
        }
        page.text.push_str(&text);
    }
    if lines > 0 {
        page.passages.push(Passage {
            line,
            lines,
            kind: PassageKind::Comments,
        });
    }
}

/// Where a mark is boxed: on the page, and not too small to be seen.
struct Place {
    x: f32,
    y: f32,
    w: f32,
    h: f32,
}

fn place_on(page: Rect, mark: Rect) -> Place {
    let side = |from: f64, to: f64, end: f64| {
        let from = from.min(end - LEAST_SIDE).max(0.0);
        (from, to.min(end).max(from + LEAST_SIDE) - from)
    };
    let (x, w) = side(mark.x0, mark.x1, page.x1);
    let (y, h) = side(mark.y0, mark.y1, page.y1);
    let [x, y, w, h] = [x, y, w, h].map(super::layout::hundredth);
    Place { x, y, w, h }
}

impl Place {
    fn word(&self, text: &str) -> Word {
        Word {
            text: text.to_owned(),
            x: self.x,
            y: self.y,
            w: self.w,
            h: self.h,
        }
    }
}
