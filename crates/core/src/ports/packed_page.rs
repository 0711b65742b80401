//! An [`ExtractedPage`] as bytes: how pages come from the process that reads files, and how they are kept.
//!
//! A book has half a million words with four numbers each, and most of what was read is never looked at
//! again: what counts is what writing costs, and how much is kept. So all of a page but its words is JSON, for
//! it is little and grows new fields; words are places in the text, and numbers that are mostly small.
//!
//! Pages from before this format are JSON as a whole; they are read too.
use super::extractor::{CueTime, ExtractedPage, Link, Passage, Unread, Word};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// The first byte of a page in this format; no JSON begins with it.
const FORMAT: u8 = 1;
/// The format, and two big-endian lengths: of the JSON and of the words.
const HEADER: usize = 9;
/// How far behind the word before a word is looked for in the text; else it is written out.
const WINDOW: usize = 64;
/// Coordinates in hundredths of a point are kept up to this, which is no page's size.
const MAX_COORDINATE: i64 = 1 << 40;

/// The bytes are not a page.
#[derive(Debug, thiserror::Error)]
#[error("damaged page: {0}")]
pub struct DamagedPage(String);

impl DamagedPage {
    fn short() -> Self {
        Self("it ends too early".into())
    }
}

/// A page without its words.
#[derive(Serialize)]
struct Head<'a> {
    number: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<&'a str>,
    text: &'a str,
    width: f32,
    height: f32,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    headings: &'a [String],
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    repeated: &'a [String],
    #[serde(skip_serializing_if = "<[Link]>::is_empty")]
    links: &'a [Link],
    #[serde(skip_serializing_if = "Option::is_none")]
    starts_at_ms: Option<u64>,
    #[serde(skip_serializing_if = "<[CueTime]>::is_empty")]
    cues: &'a [CueTime],
    #[serde(skip_serializing_if = "Option::is_none")]
    language: Option<&'a str>,
    #[serde(skip_serializing_if = "<[Passage]>::is_empty")]
    passages: &'a [Passage],
    #[serde(skip_serializing_if = "Unread::is_unknown")]
    unread: Unread,
}

/// Appends a page. Places of words are kept to the hundredth of a point.
///
/// # Errors
/// When the page is longer than 4 GiB.
pub fn write(page: &ExtractedPage, out: &mut Vec<u8>) -> Result<(), DamagedPage> {
    let start = out.len();
    out.push(FORMAT);
    out.extend_from_slice(&[0; HEADER - 1]);
    // By name, so that nothing that a page comes to have is forgotten here.
    let ExtractedPage {
        number,
        label,
        text,
        width,
        height,
        words,
        headings,
        repeated,
        links,
        starts_at_ms,
        cues,
        language,
        passages,
        unread,
    } = page;
    let head = Head {
        number: *number,
        label: label.as_deref(),
        text,
        width: *width,
        height: *height,
        headings,
        repeated,
        links,
        starts_at_ms: *starts_at_ms,
        cues,
        language: language.as_deref(),
        passages,
        unread: *unread,
    };
    serde_json::to_writer(&mut *out, &head).map_err(|error| DamagedPage(error.to_string()))?;
    let head_end = out.len();
    write_words(text, words, out);
    for (place, length) in [
        (start + 1, head_end - start - HEADER),
        (start + 5, out.len() - head_end),
    ] {
        let length = u32::try_from(length).map_err(|_| DamagedPage("it is too long".into()))?;
        out[place..place + 4].copy_from_slice(&length.to_be_bytes());
    }
    Ok(())
}

/// The page that these bytes are.
///
/// Needs memory for no more than 50 bytes for each of these, whatever they are.
///
/// # Errors
/// When they are not exactly one page.
pub fn read(bytes: &[u8]) -> Result<ExtractedPage, DamagedPage> {
    let Some(parts) = Parts::of(bytes)? else {
        return from_json(bytes);
    };
    let mut page: ExtractedPage = from_json(parts.head)?;
    page.words = read_words(&page.text, parts.words)?;
    Ok(page)
}

/// Of the page that these bytes are as much as `T` asks for, which is not the words.
///
/// # Errors
/// When they are not exactly one page.
pub fn read_head<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, DamagedPage> {
    from_json(Parts::of(bytes)?.map_or(bytes, |parts| parts.head))
}

/// Where each of the pages ends that were written one behind the other.
///
/// # Errors
/// When the bytes are not that.
pub fn ends(pages: &[u8]) -> Result<Vec<u64>, DamagedPage> {
    /// As much as tells where a page ends.
    #[derive(Deserialize)]
    struct Anything {}
    let (mut ends, mut at) = (Vec::new(), 0);
    while at < pages.len() {
        let rest = &pages[at..];
        at += if rest[0] == FORMAT {
            Parts::length(rest)?
        } else {
            let mut json = serde_json::Deserializer::from_slice(rest).into_iter::<Anything>();
            let page = json.next().ok_or_else(DamagedPage::short)?;
            page.map_err(|error| DamagedPage(error.to_string()))?;
            json.byte_offset()
        };
        ends.push(at as u64);
    }
    Ok(ends)
}

fn from_json<T: DeserializeOwned>(json: &[u8]) -> Result<T, DamagedPage> {
    serde_json::from_slice(json).map_err(|error| DamagedPage(error.to_string()))
}

struct Parts<'a> {
    head: &'a [u8],
    words: &'a [u8],
}

impl<'a> Parts<'a> {
    /// None for a page that is JSON as a whole.
    fn of(bytes: &'a [u8]) -> Result<Option<Self>, DamagedPage> {
        if bytes.first() != Some(&FORMAT) {
            return Ok(None);
        }
        if Self::length(bytes)? != bytes.len() {
            return Err(DamagedPage("it does not end where it should".into()));
        }
        let (head, words) = bytes[HEADER..].split_at(length_at(bytes, 1)?);
        Ok(Some(Self { head, words }))
    }

    /// Of the page that these bytes begin with, and at most theirs.
    fn length(bytes: &[u8]) -> Result<usize, DamagedPage> {
        let length = HEADER + length_at(bytes, 1)? + length_at(bytes, 5)?;
        if length > bytes.len() {
            return Err(DamagedPage::short());
        }
        Ok(length)
    }
}

fn length_at(bytes: &[u8], place: usize) -> Result<usize, DamagedPage> {
    let length = bytes.get(place..).and_then(<[u8]>::first_chunk);
    let length = u32::from_be_bytes(*length.ok_or_else(DamagedPage::short)?);
    usize::try_from(length).map_err(|_| DamagedPage::short())
}

/// What a word's place is told from: where the one before it stands.
#[derive(Default)]
struct Before {
    /// Where it ends in the text.
    end: usize,
    right: i64,
    top: i64,
    height: i64,
}

/// Each word is where it stands in the text, as the distance from the word before and its length, or its
/// length and its letters, told apart by the lowest bit; and then its left edge from the right edge of
/// the word before, its upper edge from that one's, its width, and what it is higher.
fn write_words(text: &str, words: &[Word], out: &mut Vec<u8>) {
    let mut before = Before::default();
    for word in words {
        if let Some(gap) = gap(&text[before.end..], &word.text) {
            write_number((gap as u64) << 1, out);
            write_number(word.text.len() as u64, out);
            before.end += gap + word.text.len();
        } else {
            write_number((word.text.len() as u64) << 1 | 1, out);
            out.extend_from_slice(word.text.as_bytes());
        }
        let [left, top, width, height] = [word.x, word.y, word.w, word.h].map(hundredths);
        write_signed(left - before.right, out);
        write_signed(top - before.top, out);
        write_signed(width, out);
        write_signed(height - before.height, out);
        before = Before {
            end: before.end,
            right: left + width,
            top,
            height,
        };
    }
}

/// How far from the beginning of the text the word stands.
fn gap(text: &str, word: &str) -> Option<usize> {
    // Nearly always behind one space or at the end of a line.
    let behind_space = matches!(text.as_bytes().first(), Some(b' ' | b'\n'));
    if behind_space && text[1..].starts_with(word) {
        return Some(1);
    }
    text[..text.floor_char_boundary(WINDOW + word.len())].find(word)
}

fn read_words(text: &str, bytes: &[u8]) -> Result<Vec<Word>, DamagedPage> {
    let mut words = Vec::new();
    let mut bytes = Bytes(bytes);
    let mut before = Before::default();
    while !bytes.0.is_empty() {
        let first = bytes.length()?;
        let spelled = if first & 1 == 0 {
            // Never behind where the word before ends, so that all words are no longer than the text.
            let start = before
                .end
                .checked_add(first >> 1)
                .ok_or_else(DamagedPage::short)?;
            let end = start
                .checked_add(bytes.length()?)
                .ok_or_else(DamagedPage::short)?;
            before.end = end;
            text.get(start..end)
        } else {
            std::str::from_utf8(bytes.take(first >> 1)?).ok()
        };
        let spelled = spelled.ok_or_else(|| DamagedPage("a word is not in its text".into()))?;
        let left = bytes.coordinate(before.right)?;
        let top = bytes.coordinate(before.top)?;
        let width = bytes.coordinate(0)?;
        let height = bytes.coordinate(before.height)?;
        before = Before {
            end: before.end,
            right: left.saturating_add(width),
            top,
            height,
        };
        words.push(Word {
            text: spelled.to_owned(),
            x: points(left),
            y: points(top),
            w: points(width),
            h: points(height),
        });
    }
    Ok(words)
}

/// What is not a number is 0.
#[expect(clippy::cast_possible_truncation, reason = "saturates")]
fn hundredths(points: f32) -> i64 {
    ((f64::from(points) * 100.0).round() as i64).clamp(-MAX_COORDINATE, MAX_COORDINATE)
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "the nearest number of points is what is meant"
)]
fn points(hundredths: i64) -> f32 {
    (hundredths as f64 / 100.0) as f32
}

/// Seven bits in each byte, the lowest first; the eighth says that more follow (LEB128).
fn write_number(mut number: u64, out: &mut Vec<u8>) {
    while number >= 0x80 {
        out.push(number.to_le_bytes()[0] | 0x80);
        number >>= 7;
    }
    out.push(number.to_le_bytes()[0]);
}

/// Small numbers of either sign become small ones: 0, -1, 1, -2…
fn write_signed(number: i64, out: &mut Vec<u8>) {
    write_number((number << 1 ^ number >> 63).cast_unsigned(), out);
}

struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    fn number(&mut self) -> Result<u64, DamagedPage> {
        let mut number = 0;
        for shift in (0..63).step_by(7) {
            let (byte, rest) = self.0.split_first().ok_or_else(DamagedPage::short)?;
            self.0 = rest;
            number |= u64::from(byte & 0x7F) << shift;
            if byte & 0x80 == 0 {
                return Ok(number);
            }
        }
        Err(DamagedPage("a number is too long".into()))
    }

    fn length(&mut self) -> Result<usize, DamagedPage> {
        usize::try_from(self.number()?).map_err(|_| DamagedPage::short())
    }

    fn coordinate(&mut self, before: i64) -> Result<i64, DamagedPage> {
        let number = self.number()?;
        let difference = (number >> 1).cast_signed() ^ -(number & 1).cast_signed();
        Ok(before
            .saturating_add(difference)
            .clamp(-MAX_COORDINATE, MAX_COORDINATE))
    }

    fn take(&mut self, length: usize) -> Result<&'a [u8], DamagedPage> {
        let (taken, rest) = self.0.split_at_checked(length).ok_or_else(DamagedPage::short)?;
        self.0 = rest;
        Ok(taken)
    }
}

#[cfg(test)]
mod tests {
    use super::super::extractor::{LinkTarget, PassageKind};
    use super::*;

    fn word(text: &str, x: f32, y: f32, w: f32, h: f32) -> Word {
        let text = text.to_owned();
        Word { text, x, y, w, h }
    }

    fn page() -> ExtractedPage {
        ExtractedPage {
            number: 7,
            label: Some("vii".into()),
            text: "An example, ein Beispiel:\nשלום \"three\"".into(),
            width: 612.0,
            height: 792.5,
            words: vec![
                word("An", 72.0, 72.31, 10.02, 12.0),
                word("example,", 85.5, 72.31, 41.77, 12.0),
                // Broken over two lines, and so there twice.
                word("Beispiel:", 500.0, 72.31, 20.0, 12.0),
                word("Beispiel:", 72.0, 86.0, 22.0, 12.0),
                word("שלום", -3.25, 99_999.0, 0.0, 7.13),
                word("\"three\"", 1.0, 2.0, 3.0, 4.0),
                word("elsewhere", 1.0, 2.0, 3.0, 4.0),
                word("", 0.0, 0.0, 0.0, 0.0),
            ],
            headings: vec!["An example".into()],
            repeated: vec!["three".into()],
            links: vec![Link {
                x: 1.0,
                y: 2.0,
                w: 3.0,
                h: 4.0,
                to: LinkTarget::Page(3),
            }],
            starts_at_ms: Some(12),
            cues: vec![CueTime {
                line: 1,
                begin_ms: 12,
                end_ms: 900,
            }],
            language: Some("en".into()),
            passages: vec![Passage {
                line: 0,
                lines: 1,
                kind: PassageKind::Notes,
            }],
            unread: Unread::Part,
        }
    }

    fn written(page: &ExtractedPage) -> Vec<u8> {
        let mut bytes = Vec::new();
        write(page, &mut bytes).unwrap();
        bytes
    }

    #[test]
    fn a_page_is_read_as_it_was_written() {
        for page in [page(), ExtractedPage::default()] {
            assert_eq!(read(&written(&page)).unwrap(), page);
        }
    }

    #[test]
    fn pages_of_the_format_before_are_read_too() {
        let page = page();
        let before = serde_json::to_vec(&page).unwrap();
        assert_eq!(read(&before).unwrap(), page);
        let mixed = [written(&page), before.clone(), before.clone(), written(&page)].concat();
        let ends = ends(&mixed).unwrap();
        let starts = std::iter::once(&0).chain(&ends);
        for (start, end) in starts.zip(&ends) {
            let range = usize::try_from(*start).unwrap()..usize::try_from(*end).unwrap();
            assert_eq!(read(&mixed[range]).unwrap(), page);
        }
        assert_eq!(ends.len(), 4);
        assert_eq!(ends.last(), Some(&(mixed.len() as u64)));
    }

    #[test]
    fn the_head_is_read_alone() {
        #[derive(Debug, Deserialize, PartialEq)]
        struct Text {
            text: String,
        }
        let page = page();
        for bytes in [written(&page), serde_json::to_vec(&page).unwrap()] {
            let text = page.text.clone();
            assert_eq!(read_head::<Text>(&bytes).unwrap(), Text { text });
        }
    }

    #[test]
    fn what_is_no_number_is_no_place() {
        let mut page = page();
        page.words = vec![word("An", f32::NAN, f32::INFINITY, 1e30, -1e30)];
        let read = read(&written(&page)).unwrap();
        assert!(
            [read.words[0].x, read.words[0].y, read.words[0].w, read.words[0].h]
                .iter()
                .all(|number| number.is_finite())
        );
    }

    #[test]
    fn words_take_a_fifth_of_what_they_take_as_json() {
        let mut page = page();
        page.text = "word and another one\n".repeat(100);
        let line = |row: f32| {
            ["word", "and", "another", "one"]
                .into_iter()
                .scan(72.0, move |x, text| {
                    let left = *x;
                    *x += 30.51;
                    Some(word(text, left, 100.0 + row * 14.35, 27.18, 11.96))
                })
        };
        page.words = (0_u8..100).flat_map(|row| line(f32::from(row))).collect();
        let [json, packed] = [serde_json::to_vec(&page).unwrap().len(), written(&page).len()]
            .map(|length| length - page.text.len());
        assert!(packed * 5 < json, "{packed} against {json}");
    }

    #[test]
    fn damaged_pages_are_told() {
        let whole = written(&page());
        for length in 0..whole.len() {
            assert!(read(&whole[..length]).is_err(), "{length}");
        }
        let longer = [whole.as_slice(), b"x"].concat();
        assert!(read(&longer).is_err());
        // Whatever a byte is turned into, it is an error or a page, in bounded memory.
        for place in 0..whole.len() {
            for change in [0x01, 0x7F, 0x80, 0xFF] {
                let mut changed = whole.clone();
                changed[place] ^= change;
                if let Ok(page) = read(&changed) {
                    assert!(page.words.len() <= whole.len());
                }
                let _ = ends(&changed);
            }
        }
    }
}
