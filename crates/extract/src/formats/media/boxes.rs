//! MP4, M4A and QuickTime (ISO/IEC 14496-12): boxes in boxes, of which few are looked into.
use super::fragments::Fragments;
use super::{Source, be16, be32, be64, milliseconds};
use homeroom_core::ports::extractor::Media;
use std::io;
use std::ops::Range;

/// The longest header that is read, in bytes.
const HEADER_BYTES: u64 = 256;
/// The longest list of samples of a fragment that is read, in bytes.
const RUN_BYTES: u64 = 256 << 10;
/// Boxes with the ones that matter are this deep.
const MAX_DEPTH: u8 = 6;

/// Reads the film's header and those of its tracks; where those give no length, as in a film that was
/// sent in fragments, that of its fragments.
pub(super) fn read(source: &mut Source) -> io::Result<Media> {
    let mut film = Film::default();
    let all = 0..source.length;
    walk(source, all, 0, &mut film)?;
    film.media.duration_ms = film.media.duration_ms.or_else(|| film.fragments.duration_ms());
    Ok(film.media)
}

/// Whether a part of the film would end behind the file's end.
pub(super) fn is_cut_off(source: &mut Source) -> io::Result<bool> {
    let mut place = 0;
    while place + 8 <= source.length {
        match next_box(source, place, u64::MAX)? {
            // One without a size ends with the file.
            Some((_, content)) if content.end < u64::MAX => place = content.end,
            _ => return Ok(false),
        }
    }
    Ok(place > source.length)
}

#[derive(Default)]
struct Film {
    media: Media,
    /// Units of the film's own clock in a second.
    scale: u32,
    fragments: Fragments,
}

/// Reads the dimensions of a picture in boxes (ISO/IEC 23008-12): those of its largest part, for what
/// is shown may be put together from tiles, with a thumbnail beside it.
pub(super) fn read_picture(source: &mut Source) -> io::Result<Media> {
    let mut picture = Picture::default();
    let all = 0..source.length;
    walk_picture(source, all, 0, &mut picture)?;
    let (width, height) = if picture.is_sideways {
        (picture.height, picture.width)
    } else {
        (picture.width, picture.height)
    };
    Ok(Media {
        duration_ms: None,
        width,
        height,
    })
}

#[derive(Default)]
struct Picture {
    width: u32,
    height: u32,
    is_sideways: bool,
}

fn walk_picture(source: &mut Source, range: Range<u64>, depth: u8, picture: &mut Picture) -> io::Result<()> {
    let mut place = range.start;
    while place + 8 <= range.end {
        let Some((kind, content)) = next_box(source, place, range.end)? else {
            return Ok(());
        };
        match &kind {
            // Its version and flags come before what is in it.
            b"meta" if depth < MAX_DEPTH => {
                walk_picture(source, content.start + 4..content.end, depth + 1, picture)?;
            }
            b"iprp" | b"ipco" if depth < MAX_DEPTH => {
                walk_picture(source, content.clone(), depth + 1, picture)?;
            }
            b"ispe" => {
                let extent = source.at_most(content.start, HEADER_BYTES.min(content.end - content.start))?;
                if let (Some(width), Some(height)) = (be32(&extent, 4), be32(&extent, 8))
                    && u64::from(width) * u64::from(height)
                        > u64::from(picture.width) * u64::from(picture.height)
                {
                    (picture.width, picture.height) = (width, height);
                }
            }
            // Quarter turns; odd ones lay it on its side.
            b"irot" if content.start < content.end => {
                let [turns] = source.exactly(content.start)?;
                picture.is_sideways = turns & 1 == 1;
            }
            _ => {}
        }
        place = content.end;
    }
    Ok(())
}

fn walk(source: &mut Source, range: Range<u64>, depth: u8, film: &mut Film) -> io::Result<()> {
    let mut place = range.start;
    while place + 8 <= range.end {
        let Some((kind, content)) = next_box(source, place, range.end)? else {
            return Ok(());
        };
        match &kind {
            b"moov" | b"trak" | b"mdia" | b"mvex" | b"moof" | b"traf" if depth < MAX_DEPTH => {
                walk(source, content.clone(), depth + 1, film)?;
            }
            b"mvhd" | b"tkhd" | b"mdhd" | b"mehd" | b"trex" | b"tfhd" | b"tfdt" => {
                let header = source.at_most(content.start, HEADER_BYTES.min(content.end - content.start))?;
                take(kind, &header, film);
            }
            b"trun" => {
                let run = source.at_most(content.start, RUN_BYTES.min(content.end - content.start))?;
                film.fragments.run(&run);
            }
            _ => {}
        }
        place = content.end;
    }
    Ok(())
}

/// The kind of the box at a place and where its content is; `None` where no box can be.
pub(super) fn next_box(
    source: &mut Source,
    place: u64,
    end: u64,
) -> io::Result<Option<([u8; 4], Range<u64>)>> {
    let head: [u8; 8] = source.exactly(place)?;
    let kind = [head[4], head[5], head[6], head[7]];
    let (size, header) = match be32(&head, 0) {
        Some(0) => (end - place, 8),
        Some(1) => (u64::from_be_bytes(source.exactly(place + 8)?), 16),
        size => (u64::from(size.unwrap_or(0)), 8),
    };
    if size < header {
        return Ok(None);
    }
    let last = place.saturating_add(size).min(end);
    Ok(Some((kind, (place + header).min(last)..last)))
}

fn take(kind: [u8; 4], header: &[u8], film: &mut Film) {
    let is_long = header.first() == Some(&1);
    match &kind {
        b"mvhd" => {
            let (scale, duration) = clock(header, is_long);
            film.scale = scale.unwrap_or(0);
            film.media.duration_ms = duration.and_then(|units| in_time(units, film.scale));
        }
        b"mehd" if film.media.duration_ms.is_none() => {
            let units = if is_long {
                be64(header, 4)
            } else {
                be32(header, 4).map(u64::from)
            };
            film.media.duration_ms = units.and_then(|units| in_time(units, film.scale));
        }
        b"mdhd" => film.fragments.clock(clock(header, is_long).0),
        b"trex" => film.fragments.defaults(header),
        b"tfhd" => film.fragments.begin(header),
        b"tfdt" => {
            let time = if is_long {
                be64(header, 4)
            } else {
                be32(header, 4).map(u64::from)
            };
            film.fragments.at(time);
        }
        b"tkhd" => {
            film.fragments.track(be32(header, if is_long { 20 } else { 12 }));
            let media = &mut film.media;
            if let Some((width, height)) = dimensions(header, if is_long { 52 } else { 40 })
                && u64::from(width) * u64::from(height) > u64::from(media.width) * u64::from(media.height)
            {
                (media.width, media.height) = (width, height);
            }
        }
        _ => {}
    }
}

/// Units in a second, and how many there are, of a film's or a track's header.
fn clock(header: &[u8], is_long: bool) -> (Option<u32>, Option<u64>) {
    let (scale, duration) = if is_long {
        (be32(header, 20), be64(header, 24))
    } else {
        (be32(header, 12), be32(header, 16).map(u64::from))
    };
    // All ones stand for "not known".
    let is_known = |units: &u64| *units != u64::from(u32::MAX) && *units != u64::MAX;
    (scale, duration.filter(is_known))
}

fn in_time(units: u64, scale: u32) -> Option<u64> {
    milliseconds(units, u64::from(scale)).filter(|time| *time > 0)
}

/// Width and height of a track behind the matrix that turns it: whole pixels in 16.16 numbers.
fn dimensions(header: &[u8], matrix: usize) -> Option<(u32, u32)> {
    let (width, height) = (be16(header, matrix + 36)?, be16(header, matrix + 40)?);
    let turned = be32(header, matrix)? == 0 && be32(header, matrix + 4)? != 0;
    Some(if turned { (height, width) } else { (width, height) })
}
