//! Matroska and WebM (RFC 9559): elements in elements, of which few are looked into.
use super::Source;
use homeroom_core::ports::extractor::Media;
use std::io;
use std::ops::Range;

pub(super) const SEGMENT: u64 = 0x1853_8067;
const INFO: u64 = 0x1549_A966;
const TIMESTAMP_SCALE: u64 = 0x002A_D7B1;
const DURATION: u64 = 0x4489;
const TRACKS: u64 = 0x1654_AE6B;
const TRACK_ENTRY: u64 = 0xAE;
const VIDEO: u64 = 0xE0;
const PIXEL_WIDTH: u64 = 0xB0;
const PIXEL_HEIGHT: u64 = 0xBA;
pub(super) const CLUSTER: u64 = 0x1F43_B675;

/// What was gathered on the way.
struct Film {
    media: Media,
    /// Nanoseconds of one unit.
    scale: u64,
    units: Option<f64>,
}

/// Reads information and tracks, which stand before the first cluster.
pub(super) fn read(source: &mut Source) -> io::Result<Media> {
    let film = gather(source)?;
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "rounded to milliseconds, and saturates"
    )]
    let duration = film.units.map(|units| (units * film.scale as f64 / 1e6) as u64);
    Ok(Media {
        duration_ms: duration,
        ..film.media
    })
}

/// Nanoseconds of one unit of time.
pub(super) fn scale(source: &mut Source) -> io::Result<u64> {
    Ok(gather(source)?.scale)
}

fn gather(source: &mut Source) -> io::Result<Film> {
    let mut film = Film {
        media: Media::default(),
        scale: 1_000_000,
        units: None,
    };
    let all = 0..source.length;
    walk(source, all, 0, &mut film)?;
    Ok(film)
}

/// Whether there is anything to come.
fn walk(source: &mut Source, range: Range<u64>, depth: u8, film: &mut Film) -> io::Result<bool> {
    let mut place = range.start;
    while place < range.end {
        let Some((id, content)) = next_element(source, place, range.end)? else {
            return Ok(false);
        };
        match id {
            CLUSTER => return Ok(false),
            SEGMENT | INFO | TRACKS | TRACK_ENTRY | VIDEO if depth < 5 => {
                let goes_on = walk(source, content.clone(), depth + 1, film)?;
                if id == SEGMENT && !goes_on {
                    return Ok(false);
                }
            }
            TIMESTAMP_SCALE | DURATION | PIXEL_WIDTH | PIXEL_HEIGHT => {
                let length = content.end - content.start;
                if length <= 8 {
                    let bytes = source.at_most(content.start, length)?;
                    take(id, &bytes, film);
                }
            }
            _ => {}
        }
        place = content.end;
    }
    Ok(true)
}

fn take(id: u64, bytes: &[u8], film: &mut Film) {
    let number = bytes
        .iter()
        .fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
    let side = u32::try_from(number).unwrap_or(0);
    match id {
        TIMESTAMP_SCALE => film.scale = number,
        PIXEL_WIDTH => film.media.width = film.media.width.max(side),
        PIXEL_HEIGHT => film.media.height = film.media.height.max(side),
        _ => {
            film.units = match bytes.len() {
                4 => Some(f64::from(f32::from_bits(side))),
                8 => Some(f64::from_bits(number)),
                _ => None,
            }
            .filter(|units| units.is_finite() && *units > 0.0);
        }
    }
}

/// The id of the element at a place and where its content is; `None` where no element can be.
pub(super) fn next_element(
    source: &mut Source,
    place: u64,
    end: u64,
) -> io::Result<Option<(u64, Range<u64>)>> {
    let head = source.at_most(place, 12)?;
    let Some((id, id_length)) = variable(&head, 4, true) else {
        return Ok(None);
    };
    let Some((size, size_length)) = variable(head.get(id_length..).unwrap_or_default(), 8, false) else {
        return Ok(None);
    };
    let start = place + (id_length + size_length) as u64;
    // All ones stand for "until the end".
    let unknown = size == (1 << (7 * size_length)) - 1;
    let last = if unknown {
        end
    } else {
        start.saturating_add(size).min(end)
    };
    Ok((start <= last).then_some((id, start..last)))
}

/// A number whose first byte says how long it is, with or without that mark.
fn variable(bytes: &[u8], longest: usize, keep_mark: bool) -> Option<(u64, usize)> {
    let first = *bytes.first()?;
    let length = first.leading_zeros() as usize + 1;
    if length > longest {
        return None;
    }
    let start = if keep_mark {
        u64::from(first)
    } else {
        u64::from(first) & ((1 << (8 - length)) - 1)
    };
    let rest = bytes.get(1..length)?;
    let number = rest
        .iter()
        .fold(start, |number, byte| number << 8 | u64::from(*byte));
    Some((number, length))
}
