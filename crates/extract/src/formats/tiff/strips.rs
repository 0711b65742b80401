//! The strips of a picture as they are packed, for what the decoder does not unpack.
use super::{Pictures, judge, number};
use crate::child::Stop;
use crate::formats::picture::MAX_DECODED_BYTES;
use homeroom_core::ports::extractor::Rejection;
use std::io::{Read, Seek, SeekFrom};
use tiff::tags::Tag;

pub(super) struct Strips {
    /// Rows of each but the last.
    pub(super) rows: u32,
    /// From the top down, each as far as the file goes.
    pub(super) packed: Vec<Vec<u8>>,
}

/// Reads the strips of a picture that is `height` rows high.
pub(super) fn read(pictures: &mut Pictures, height: u32) -> Result<Strips, Stop> {
    let mut numbers = |tag: Tag| {
        let numbers = pictures.find_tag_unsigned_vec::<u64>(tag);
        Ok::<_, Stop>(
            numbers
                .map_err(|error| judge(&error))?
                .ok_or(Rejection::Malformed)?,
        )
    };
    let (places, lengths) = (numbers(Tag::StripOffsets)?, numbers(Tag::StripByteCounts)?);
    let rows = number(pictures, Tag::RowsPerStrip).map_or(height, |rows| rows.clamp(1, height.max(1)));
    let count = usize::try_from(height.div_ceil(rows)).unwrap_or(usize::MAX);
    if places.len() < count || lengths.len() < count {
        return Err(Rejection::Malformed.into());
    }
    let mut left = MAX_DECODED_BYTES;
    let mut packed = Vec::with_capacity(count);
    for (place, length) in places.into_iter().zip(lengths).take(count) {
        left = left.checked_sub(length).ok_or(Rejection::TooLarge)?;
        let file = pictures.inner();
        file.seek(SeekFrom::Start(place))?;
        let mut strip = Vec::new();
        file.take(length).read_to_end(&mut strip)?;
        packed.push(strip);
    }
    Ok(Strips { rows, packed })
}
