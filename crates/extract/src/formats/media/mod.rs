//! Films and recordings: how long they are and how large their picture is, from the few headers
//! that say so. Nothing is decoded here, no address in a file is followed, and a file that says
//! nothing is still a film.
mod boxes;
mod ebml;
mod fragments;
mod sound;
mod whole;

pub(crate) use whole::examine;

use crate::child::{Sink, Stop};
use homeroom_core::ports::extractor::{Media, Notice};
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

/// Longer than any film: what says more is damaged. One thousand hours.
const MAX_DURATION_MS: u64 = 1_000 * 3_600 * 1_000;
/// Larger than any picture.
const MAX_SIDE: u32 = 32_768;
/// Headers that are looked at in one file; more come only from files made to be slow.
const MAX_STEPS: u32 = 20_000;

/// Tells duration and dimensions, as far as the file gives them.
pub(super) fn extract(file: File, sink: &mut Sink) -> Result<(), Stop> {
    let mut source = Source::new(file)?;
    let head = source.at_most(0, 64)?;
    let found = if head.get(4..8) == Some(b"ftyp") || head.get(4..8) == Some(b"moov") {
        let found = boxes::read(&mut source);
        if boxes::is_cut_off(&mut source).is_ok_and(|cut_off| cut_off) {
            sink.notice(Notice::Incomplete);
        }
        found
    } else if head.starts_with(b"\x1A\x45\xDF\xA3") {
        ebml::read(&mut source)
    } else {
        sound::read(&mut source, &head)
    };
    tell(found, sink)
}

/// Tells the dimensions of a picture in boxes, as shown.
pub(super) fn extract_picture(file: File, sink: &mut Sink) -> Result<(), Stop> {
    let mut source = Source::new(file)?;
    tell(boxes::read_picture(&mut source), sink)
}

/// A header that ends in the middle says nothing but that some is missing; a disk that fails is another matter.
fn tell(found: io::Result<Media>, sink: &mut Sink) -> Result<(), Stop> {
    match found {
        Ok(found) => sink.media(plausible(found)),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => sink.notice(Notice::Incomplete),
        Err(error) => return Err(error.into()),
    }
    Ok(())
}

fn plausible(found: Media) -> Media {
    let sides = 1..=MAX_SIDE;
    let (width, height) = if sides.contains(&found.width) && sides.contains(&found.height) {
        (found.width, found.height)
    } else {
        (0, 0)
    };
    Media {
        duration_ms: found
            .duration_ms
            .filter(|duration| (1..=MAX_DURATION_MS).contains(duration)),
        width,
        height,
    }
}

/// `units` of which `per_second` make a second, in milliseconds; `None` for no time at all.
fn milliseconds(units: u64, per_second: u64) -> Option<u64> {
    if per_second == 0 {
        return None;
    }
    u64::try_from(u128::from(units) * 1_000 / u128::from(per_second)).ok()
}

/// A file that is read in small pieces, and not for ever.
struct Source {
    file: File,
    length: u64,
    steps: u32,
    most: u32,
}

impl Source {
    fn new(mut file: File) -> io::Result<Self> {
        let length = file.seek(SeekFrom::End(0))?;
        Ok(Self {
            file,
            length,
            steps: 0,
            most: MAX_STEPS,
        })
    }

    /// Lets more headers be looked at.
    fn with_steps(mut self, most: u32) -> Self {
        self.most = most;
        self
    }

    /// Exactly `N` bytes at a place.
    fn exactly<const N: usize>(&mut self, place: u64) -> io::Result<[u8; N]> {
        self.step(place)?;
        let mut bytes = [0; N];
        self.file.read_exact(&mut bytes)?;
        Ok(bytes)
    }

    /// Up to so many bytes at a place; fewer at the end of the file.
    fn at_most(&mut self, place: u64, bytes: u64) -> io::Result<Vec<u8>> {
        self.step(place)?;
        let mut content = Vec::new();
        self.file.by_ref().take(bytes).read_to_end(&mut content)?;
        Ok(content)
    }

    fn step(&mut self, place: u64) -> io::Result<()> {
        self.steps += 1;
        if self.steps > self.most || place > self.length {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.file.seek(SeekFrom::Start(place))?;
        Ok(())
    }
}

fn be16(bytes: &[u8], place: usize) -> Option<u32> {
    let bytes = bytes.get(place..place + 2)?;
    Some(u32::from(u16::from_be_bytes(bytes.try_into().ok()?)))
}

fn be32(bytes: &[u8], place: usize) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.get(place..place + 4)?.try_into().ok()?))
}

fn be64(bytes: &[u8], place: usize) -> Option<u64> {
    Some(u64::from_be_bytes(bytes.get(place..place + 8)?.try_into().ok()?))
}

fn le16(bytes: &[u8], place: usize) -> Option<u32> {
    let bytes = bytes.get(place..place + 2)?;
    Some(u32::from(u16::from_le_bytes(bytes.try_into().ok()?)))
}

fn le32(bytes: &[u8], place: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(place..place + 4)?.try_into().ok()?))
}

fn le64(bytes: &[u8], place: usize) -> Option<u64> {
    Some(u64::from_le_bytes(bytes.get(place..place + 8)?.try_into().ok()?))
}
