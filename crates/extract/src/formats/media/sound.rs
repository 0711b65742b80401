//! Recordings: WAV, FLAC, Ogg and MP3.
use super::{Source, be32, le16, le32, le64, milliseconds};
use homeroom_core::ports::extractor::Media;
use std::io;

/// How far behind its tags an MP3's first frame is looked for, in bytes.
const SYNC_WITHIN: u64 = 8 << 10;
/// The end of an Ogg file, where its last page is, in bytes.
const OGG_TAIL: u64 = 128 << 10;

/// Reads a recording by its first bytes; what is none of these says nothing.
pub(super) fn read(source: &mut Source, head: &[u8]) -> io::Result<Media> {
    let duration_ms = if head.starts_with(b"RIFF") && head.get(8..12) == Some(b"WAVE") {
        wave(source)?
    } else if head.starts_with(b"fLaC") {
        flac(head)
    } else if head.starts_with(b"OggS") {
        ogg(source, head)?
    } else {
        mp3(source, head)?
    };
    Ok(Media {
        duration_ms,
        ..Media::default()
    })
}

/// The length of the samples by the bytes of a second.
fn wave(source: &mut Source) -> io::Result<Option<u64>> {
    let (mut place, mut rate) = (12, 0);
    while place + 8 <= source.length {
        let head: [u8; 8] = source.exactly(place)?;
        let size = u64::from(le32(&head, 4).unwrap_or(0));
        match &head[..4] {
            b"fmt " => rate = le32(&source.at_most(place + 8, 16)?, 8).unwrap_or(0),
            b"data" => {
                let size = size.min(source.length - place - 8);
                return Ok(milliseconds(size, u64::from(rate)));
            }
            _ => {}
        }
        place += 8 + size + size % 2;
    }
    Ok(None)
}

/// The stream's description is its first block (RFC 9639, 8.2): 20 bits of rate, 36 bits of samples.
fn flac(head: &[u8]) -> Option<u64> {
    let rate = be32(head, 18)? >> 12;
    let high = u64::from(be32(head, 18)? & 0xF);
    let samples = high << 32 | u64::from(be32(head, 22)?);
    milliseconds(samples, u64::from(rate)).filter(|time| *time > 0)
}

/// The place of the last page in samples (RFC 3533).
fn ogg(source: &mut Source, head: &[u8]) -> io::Result<Option<u64>> {
    let packet = head.get(28..).unwrap_or_default();
    let (rate, skip) = if packet.starts_with(b"OpusHead") {
        (Some(48_000), le16(packet, 10).map_or(0, u64::from))
    } else if packet.starts_with(b"\x01vorbis") {
        (le32(packet, 12), 0)
    } else {
        (None, 0)
    };
    let Some(rate) = rate else { return Ok(None) };
    let tail = source.at_most(source.length.saturating_sub(OGG_TAIL), OGG_TAIL)?;
    let last = tail.windows(4).rposition(|window| window == b"OggS");
    let samples = last.and_then(|place| le64(&tail, place + 6));
    Ok(samples
        .filter(|samples| *samples != u64::MAX)
        .and_then(|samples| milliseconds(samples.saturating_sub(skip), u64::from(rate))))
}

/// The number of frames where the first one has it, else the length by the first frame's rate.
fn mp3(source: &mut Source, head: &[u8]) -> io::Result<Option<u64>> {
    let start = tag_bytes(head);
    let near = source.at_most(start, SYNC_WITHIN)?;
    let frame = (0..near.len()).find_map(|place| Some((place, Frame::parse(near.get(place..)?)?)));
    let Some((place, frame)) = frame else {
        return Ok(None);
    };
    let content = &near[place..];
    if let Some(frames) = frame.count(content) {
        let samples = u64::from(frames) * frame.samples;
        return Ok(milliseconds(samples, frame.sample_rate));
    }
    let bytes = source.length.saturating_sub(start + place as u64);
    Ok(milliseconds(bytes * 8, frame.bit_rate))
}

/// How long the tags before the first frame are (ID3v2): 28 bits in four bytes.
fn tag_bytes(head: &[u8]) -> u64 {
    match head {
        [b'I', b'D', b'3', _, _, _, sizes @ ..] if sizes.len() >= 4 => {
            let size = sizes[..4]
                .iter()
                .fold(0, |size, byte| size << 7 | u64::from(byte & 0x7F));
            size + 10
        }
        _ => 0,
    }
}

/// What the four bytes of a layer III frame's header say.
struct Frame {
    bit_rate: u64,
    sample_rate: u64,
    samples: u64,
    /// Where the count of frames may stand.
    side_information: usize,
}

impl Frame {
    fn parse(bytes: &[u8]) -> Option<Self> {
        const FIRST: [u64; 14] = [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
        const SECOND: [u64; 14] = [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];
        let &[0xFF, second, third, fourth, ..] = bytes else {
            return None;
        };
        // Layer III only: the others are not found in schools.
        if second & 0xE6 != 0xE2 {
            return None;
        }
        let is_first = second & 0x18 == 0x18;
        let divisor = match second & 0x18 {
            0x18 => 1,
            0x10 => 2,
            0x00 => 4,
            _ => return None,
        };
        let rates = if is_first { FIRST } else { SECOND };
        let bit_rate = rates.get(usize::from(third >> 4).checked_sub(1)?)? * 1_000;
        let sample_rate = [44_100, 48_000, 32_000].get(usize::from(third >> 2 & 3))? / divisor;
        let is_mono = fourth >> 6 == 3;
        Some(Self {
            bit_rate,
            sample_rate,
            samples: if is_first { 1_152 } else { 576 },
            side_information: match (is_first, is_mono) {
                (true, false) => 36,
                (true, true) | (false, false) => 21,
                (false, true) => 13,
            },
        })
    }

    /// The count of all frames, in an encoder's own first frame.
    fn count(&self, frame: &[u8]) -> Option<u32> {
        let xing = frame.get(self.side_information..)?;
        if (xing.starts_with(b"Xing") || xing.starts_with(b"Info")) && be32(xing, 4)? & 1 == 1 {
            return be32(xing, 8).filter(|frames| *frames > 0);
        }
        let vbri = frame.get(36..)?;
        vbri.starts_with(b"VBRI").then(|| be32(vbri, 14)).flatten()
    }
}
