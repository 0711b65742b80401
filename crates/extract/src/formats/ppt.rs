//! PowerPoint 97 to 2003 (MS-PPT): a page for each slide of the last edit, its title first, its
//! notes last.
use super::compound::{Compound, title, u16_at, u32_at, utf_16};
use super::flow::readable;
use super::slide::Slide as SlideText;
use crate::child::{Sink, Stop};
use homeroom_core::ports::extractor::Rejection;
use std::collections::HashMap;

const SLIDE_LIST: u16 = 0x0FF0;
const SLIDE_PERSIST: u16 = 0x03F3;
const TEXT_HEADER: u16 = 0x0F9F;
const TEXT_CHARACTERS: u16 = 0x0FA0;
const TEXT_BYTES: u16 = 0x0FA8;
const OUTLINE_TEXT: u16 = 0x0F9E;
const NOTES_ATOM: u16 = 0x03F1;
const USER_EDIT: u16 = 0x0FF5;
const PERSIST_DIRECTORY: u16 = 0x1772;
/// Containers inside containers.
const MAX_DEPTH: usize = 32;
/// Edits of which each names the one before it.
const MAX_EDITS: usize = 10_000;

pub(super) fn extract(file: &Compound<'_>, sink: &mut Sink) -> Result<(), Stop> {
    let user = file.stream("Current User")?.ok_or(Rejection::Malformed)?;
    if u32_at(&user, 12) == Some(0xF3D1_C4DF) || file.has("EncryptedSummary") {
        return Err(Rejection::Encrypted.into());
    }
    if let Some(title) = title(file) {
        sink.title(&title);
    }
    let stream = file.stream("PowerPoint Document")?.ok_or(Rejection::Malformed)?;
    let last_edit = u32_at(&user, 16).ok_or(Rejection::Malformed)?;
    let show = Show::open(&stream, last_edit)?;
    let slides = show.list(0);
    sink.expect_pages(slides.len())?;
    let notes = show.notes();
    for (number, slide) in (1..).zip(slides) {
        let text = slide_text(&show.texts_of(&slide), notes.get(&slide.id));
        let title = text.title();
        if let Some(title) = &title {
            sink.title(title);
            sink.outline(title, number, 1);
        }
        sink.page(text.into_page(title, (0.0, 0.0)))?;
    }
    Ok(())
}

/// A text and whether it is the slide's title.
#[derive(Clone, Debug)]
struct Text {
    is_title: bool,
    text: String,
}

fn slide_text(texts: &[Text], notes: Option<&Vec<Text>>) -> SlideText {
    let (titles, lines) = texts.iter().partition(|text| text.is_title);
    SlideText {
        titles: lines_of(titles),
        lines: lines_of(lines),
        notes: lines_of(notes.into_iter().flatten().collect()),
    }
}

fn lines_of(texts: Vec<&Text>) -> Vec<String> {
    texts
        .into_iter()
        .flat_map(|text| text.text.lines())
        .map(|line| line.trim_end().to_owned())
        .filter(|line| !line.trim().is_empty())
        .collect()
}

/// A slide or page of notes as the list names it.
struct Listed {
    persist: u32,
    id: u32,
    texts: Vec<Text>,
}

/// One record: its kind, its instance, and what is in it.
#[derive(Clone, Copy)]
struct Record<'b> {
    kind: u16,
    instance: u16,
    is_container: bool,
    body: &'b [u8],
}

fn records(bytes: &[u8]) -> impl Iterator<Item = Record<'_>> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        let head = u16_at(rest, 0)?;
        let (kind, length) = (u16_at(rest, 2)?, u32_at(rest, 4)? as usize);
        let end = length.saturating_add(8).min(rest.len());
        let body = &rest[8..end];
        rest = &rest[end..];
        Some(Record {
            kind,
            instance: head >> 4,
            is_container: head & 0xF == 0xF,
            body,
        })
    })
}

struct Show<'b> {
    stream: &'b [u8],
    /// Where the newest form of each object stands.
    places: HashMap<u32, u32>,
    document: &'b [u8],
}

impl<'b> Show<'b> {
    /// Follows the edits from the last to the first; what was written last counts.
    fn open(stream: &'b [u8], last_edit: u32) -> Result<Self, Stop> {
        let mut places = HashMap::new();
        let mut document = None;
        let mut edit = last_edit;
        for _ in 0..MAX_EDITS {
            let record = at(stream, edit).filter(|record| record.kind == USER_EDIT);
            let Some(record) = record else { break };
            document = document.or_else(|| u32_at(record.body, 16));
            if let Some(directory) = u32_at(record.body, 12).and_then(|place| at(stream, place))
                && directory.kind == PERSIST_DIRECTORY
            {
                read_directory(directory.body, &mut places);
            }
            let before = u32_at(record.body, 8).unwrap_or_default();
            if before == 0 || before >= edit {
                break;
            }
            edit = before;
        }
        let document = document
            .and_then(|id| places.get(&id))
            .and_then(|place| at(stream, *place))
            .ok_or(Rejection::Malformed)?;
        Ok(Self {
            stream,
            places,
            document: document.body,
        })
    }

    /// The slides (0) or pages of notes (2) in their order.
    fn list(&self, instance: u16) -> Vec<Listed> {
        let mut listed: Vec<Listed> = Vec::new();
        let lists = records(self.document).filter(|one| one.kind == SLIDE_LIST && one.instance == instance);
        for record in lists.flat_map(|list| records(list.body)) {
            if record.kind == SLIDE_PERSIST {
                listed.push(Listed {
                    persist: u32_at(record.body, 0).unwrap_or_default(),
                    id: u32_at(record.body, 12).unwrap_or_default(),
                    texts: Vec::new(),
                });
            } else if let Some(one) = listed.last_mut() {
                take_text(record, &mut one.texts);
            }
        }
        listed
    }

    /// A slide's texts in the order of its shapes; those that only the list has come first.
    fn texts_of(&self, slide: &Listed) -> Vec<Text> {
        let mut texts = Vec::new();
        let mut used = vec![false; slide.texts.len()];
        if let Some(record) = self.object(slide.persist) {
            walk(record.body, 0, &mut |record| {
                if record.kind == OUTLINE_TEXT {
                    let index = u32_at(record.body, 0).map_or(usize::MAX, |index| index as usize);
                    if let Some(text) = slide.texts.get(index)
                        && !used[index]
                    {
                        used[index] = true;
                        texts.push(text.clone());
                    }
                } else {
                    take_text(record, &mut texts);
                }
            });
        }
        let unused = slide.texts.iter().zip(used).filter(|(_, used)| !used);
        let mut all: Vec<Text> = unused.map(|(text, _)| text.clone()).collect();
        all.append(&mut texts);
        all.retain(|text| !text.text.trim().is_empty());
        all
    }

    /// What is noted, by the id of the slide.
    fn notes(&self) -> HashMap<u32, Vec<Text>> {
        let mut notes = HashMap::new();
        for listed in self.list(2) {
            let Some(record) = self.object(listed.persist) else {
                continue;
            };
            let atom = records(record.body).find(|one| one.kind == NOTES_ATOM);
            let Some(slide) = atom.and_then(|atom| u32_at(atom.body, 0)) else {
                continue;
            };
            let mut texts = self.texts_of(&listed);
            for text in &mut texts {
                text.is_title = false;
            }
            // What the frame for the number holds.
            texts.retain(|text| text.text.trim() != "*");
            notes.insert(slide, texts);
        }
        notes
    }

    fn object(&self, persist: u32) -> Option<Record<'b>> {
        self.places
            .get(&persist)
            .and_then(|place| at(self.stream, *place))
    }
}

fn at(stream: &[u8], place: u32) -> Option<Record<'_>> {
    records(stream.get(place as usize..)?).next()
}

/// Runs of places: 20 bits of first id, 12 bits of count, then the places.
fn read_directory(body: &[u8], places: &mut HashMap<u32, u32>) {
    let mut rest = body;
    while let Some(head) = u32_at(rest, 0) {
        let (first, count) = (head & 0xF_FFFF, head >> 20);
        for index in 0..count {
            let Some(place) = u32_at(rest, 4 + 4 * index as usize) else {
                return;
            };
            places.entry(first + index).or_insert(place);
        }
        rest = rest.get(4 + 4 * count as usize..).unwrap_or_default();
    }
}

fn walk(bytes: &[u8], depth: usize, visit: &mut impl FnMut(Record<'_>)) {
    for record in records(bytes) {
        if record.is_container && depth < MAX_DEPTH {
            walk(record.body, depth + 1, visit);
        } else if !record.is_container {
            visit(record);
        }
    }
}

/// A header names the kind of the text that follows it: 0 and 6 are titles.
fn take_text(record: Record<'_>, texts: &mut Vec<Text>) {
    let text = match record.kind {
        TEXT_HEADER => {
            texts.push(Text {
                is_title: matches!(u32_at(record.body, 0), Some(0 | 6)),
                text: String::new(),
            });
            return;
        }
        TEXT_CHARACTERS => utf_16(record.body),
        // The low bytes of UTF-16 (MS-PPT 2.9.44).
        TEXT_BYTES => record.body.iter().map(|byte| char::from(*byte)).collect(),
        _ => return,
    };
    let text = readable(&text.replace(['\r', '\u{B}'], "\n")).into_owned();
    match texts.last_mut().filter(|last| last.text.is_empty()) {
        Some(last) => last.text = text,
        None => texts.push(Text {
            is_title: false,
            text,
        }),
    }
}
