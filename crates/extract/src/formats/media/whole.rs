//! Whether a video is one, and all of it is there: what a school signs for must play to its end.
//!
//! Looks at the frame of boxes (ISO/IEC 14496-12) or elements (RFC 9559) from the first byte to the last; what is
//! in the pictures is nobody's business here.
use super::boxes::{self, next_box};
use super::ebml::{self, CLUSTER, SEGMENT, next_element};
use super::{Source, plausible};
use crate::child::Stop;
use homeroom_core::ports::extractor::{Container, Media, Rejection, Video};
use std::fs::File;
use std::io;

/// Headers that are looked at: an hour of what a browser records has some hundred thousand.
const MAX_STEPS: u32 = 1_000_000;
/// Brands of `ftyp` that are no films.
const NO_FILMS: [&[u8]; 12] = [
    b"heic", b"heix", b"hevc", b"hevx", b"mif1", b"msf1", b"avif", b"avis", b"M4A ", b"M4B ", b"M4P ",
    b"crx ",
];
const DOC_TYPE: u64 = 0x4282;
const EBML: u64 = 0x1A45_DFA3;
const TIMESTAMP: u64 = 0xE7;
const SIMPLE_BLOCK: u64 = 0xA3;
const BLOCK_GROUP: u64 = 0xA0;
const BLOCK: u64 = 0xA1;

/// Tells what a video is.
///
/// # Errors
/// [`Rejection::Malformed`] when it is none; [`Rejection::Incomplete`] when some of it is missing.
pub(crate) fn examine(file: File) -> Result<Video, Stop> {
    let mut source = Source::new(file)?.with_steps(MAX_STEPS);
    if source.length == 0 {
        return Err(Rejection::EmptyFile.into());
    }
    let head = source.at_most(0, 64)?;
    let found = match head.get(4..8) {
        _ if head.starts_with(b"\x1A\x45\xDF\xA3") => webm(&mut source),
        Some(b"ftyp" | b"moov" | b"mdat" | b"wide" | b"free" | b"skip") => film(&mut source, &head),
        _ => Ok(Err(Rejection::Malformed)),
    };
    match found {
        Ok(Ok(video)) => Ok(Video {
            media: plausible(video.media),
            ..video
        }),
        Ok(Err(rejection)) => Err(rejection.into()),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Err(Rejection::Incomplete.into()),
        Err(error) => Err(error.into()),
    }
}

type Judged = io::Result<Result<Video, Rejection>>;

fn film(source: &mut Source, head: &[u8]) -> Judged {
    let brand = head.get(8..12).unwrap_or_default();
    let has_brand = head.get(4..8) == Some(b"ftyp");
    if has_brand && NO_FILMS.contains(&brand) {
        return Ok(Err(Rejection::Malformed));
    }
    let container = if has_brand && brand != b"qt  " {
        Container::Mp4
    } else {
        Container::QuickTime
    };
    let (mut has_header, mut has_content, mut place) = (false, false, 0);
    // Writers leave up to seven zeros at the end.
    while place + 8 <= source.length {
        let Some(found) = next_box(source, place, u64::MAX)? else {
            return Ok(Err(Rejection::Incomplete));
        };
        let (kind, content) = found;
        // A box without a size ends with the file.
        let end = if content.end == u64::MAX {
            source.length
        } else {
            content.end
        };
        if end > source.length {
            return Ok(Err(Rejection::Incomplete));
        }
        has_header |= &kind == b"moov";
        has_content |= &kind == b"mdat" && end > content.start;
        place = end;
    }
    if !has_header || !has_content {
        return Ok(Err(Rejection::Incomplete));
    }
    let media = boxes::read(source)?;
    Ok(judge(container, media))
}

/// A film has a picture, and it is known how long it is.
fn judge(container: Container, media: Media) -> Result<Video, Rejection> {
    if media.width == 0 || media.height == 0 {
        return Err(Rejection::Malformed);
    }
    if media.duration_ms.is_none_or(|length| length == 0) {
        return Err(Rejection::Incomplete);
    }
    Ok(Video { container, media })
}

fn webm(source: &mut Source) -> Judged {
    let Some((EBML, head)) = next_element(source, 0, u64::MAX)? else {
        return Ok(Err(Rejection::Malformed));
    };
    if !is_webm(source, head.clone())? {
        return Ok(Err(Rejection::Malformed));
    }
    let Some((SEGMENT, segment)) = next_element(source, head.end, u64::MAX)? else {
        return Ok(Err(Rejection::Incomplete));
    };
    if segment.end != u64::MAX && segment.end > source.length {
        return Ok(Err(Rejection::Incomplete));
    }
    let mut timeline = Timeline::default();
    timeline.walk(source, segment.start)?;
    let mut media = ebml::read(source)?;
    if media.duration_ms.is_none() {
        // What a browser records as it goes says nowhere how long it became.
        let scale = ebml::scale(source)?;
        let nanoseconds = u128::from(timeline.last) * u128::from(scale);
        media.duration_ms = u64::try_from(nanoseconds / 1_000_000).ok();
    }
    if timeline.blocks == 0 {
        return Ok(Err(Rejection::Incomplete));
    }
    Ok(judge(Container::WebM, media))
}

fn is_webm(source: &mut Source, head: std::ops::Range<u64>) -> io::Result<bool> {
    let mut place = head.start;
    while place < head.end {
        let Some((id, content)) = next_element(source, place, head.end)? else {
            return Ok(false);
        };
        if id == DOC_TYPE {
            let length = (content.end - content.start).min(16);
            return Ok(source.at_most(content.start, length)?.starts_with(b"webm"));
        }
        place = content.end;
    }
    Ok(false)
}

/// When the last picture or sound begins.
#[derive(Default)]
struct Timeline {
    cluster: u64,
    last: u64,
    blocks: u64,
}

impl Timeline {
    /// Walks all elements from a place to the end of the file; what contains others is entered.
    fn walk(&mut self, source: &mut Source, start: u64) -> io::Result<()> {
        let mut place = start;
        while place < source.length {
            let Some((id, content)) = next_element(source, place, u64::MAX)? else {
                return Err(io::ErrorKind::UnexpectedEof.into());
            };
            if content.end != u64::MAX && content.end > source.length {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            place = match id {
                CLUSTER | BLOCK_GROUP => content.start,
                _ if content.end == u64::MAX => return Err(io::ErrorKind::UnexpectedEof.into()),
                TIMESTAMP => {
                    let bytes = source.at_most(content.start, (content.end - content.start).min(8))?;
                    self.cluster = bytes
                        .iter()
                        .fold(0, |number, byte| number << 8 | u64::from(*byte));
                    content.end
                }
                SIMPLE_BLOCK | BLOCK => {
                    self.take_block(&source.at_most(content.start, 12)?);
                    content.end
                }
                _ => content.end,
            };
        }
        Ok(())
    }

    fn take_block(&mut self, head: &[u8]) {
        // The track's number, as long as its first byte says, then the time within the cluster.
        let length = head.first().map_or(8, |byte| byte.leading_zeros() as usize + 1);
        if let Some(time) = head.get(length..length + 2) {
            let time = i64::from(i16::from_be_bytes([time[0], time[1]]));
            self.last = self.last.max(self.cluster.saturating_add_signed(time));
            self.blocks += 1;
        }
    }
}
