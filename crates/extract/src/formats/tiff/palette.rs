//! Pictures whose values are numbers of colours: decoded as if they were greys, and then coloured.
use super::{Pictures, judge, number, strips, unpacked};
use crate::child::Stop;
use crate::formats::picture::MAX_DECODED_BYTES;
use homeroom_core::ports::extractor::Rejection;
use image::RgbImage;
use std::io::Cursor;
use tiff::decoder::{Decoder, DecodingResult, Limits};
use tiff::tags::Tag;

/// The number of `PhotometricInterpretation` that means such a picture.
const PALETTE: u32 = 3;

/// The bits of each of its values, if the present picture is one that is read here.
pub(super) fn bits(pictures: &mut Pictures) -> Option<u8> {
    let is_palette = number(pictures, Tag::PhotometricInterpretation) == Some(PALETTE)
        && number(pictures, Tag::SamplesPerPixel).unwrap_or(1) == 1
        && matches!(pictures.find_tag(Tag::StripOffsets), Ok(Some(_)));
    let bits = u8::try_from(number(pictures, Tag::BitsPerSample).unwrap_or(1)).ok()?;
    (is_palette && matches!(bits, 1 | 2 | 4 | 8)).then_some(bits)
}

pub(super) fn decode(
    pictures: &mut Pictures,
    bits: u8,
    (width, height): (u32, u32),
) -> Result<RgbImage, Stop> {
    let colors = colors(pictures, bits)?;
    let grey = as_grey(pictures, bits, (width, height))?;
    let mut limits = Limits::default();
    limits.decoding_buffer_size = usize::try_from(MAX_DECODED_BYTES).unwrap_or(usize::MAX);
    let mut grey = Decoder::new(Cursor::new(grey))
        .map_err(|error| judge(&error))?
        .with_limits(limits);
    let DecodingResult::U8(values) = grey.read_image().map_err(|error| judge(&error))? else {
        return Err(Rejection::Malformed.into());
    };
    let color = |value: u8| colors[usize::from(value)];
    let values = if bits == 8 {
        values.into_iter().flat_map(color).collect()
    } else {
        unpacked(&values, width, bits).flat_map(color).collect()
    };
    Ok(RgbImage::from_raw(width, height, values).ok_or(Rejection::Malformed)?)
}

/// A colour for each value: the map has all reds, then all greens, then all blues, 16 bits each.
fn colors(pictures: &mut Pictures, bits: u8) -> Result<Vec<[u8; 3]>, Stop> {
    let map = pictures
        .find_tag_unsigned_vec::<u16>(Tag::ColorMap)
        .map_err(|error| judge(&error))?
        .unwrap_or_default();
    let count = 1 << bits;
    if map.len() < 3 * count {
        return Err(Rejection::Malformed.into());
    }
    let color = |value: usize| [0, 1, 2].map(|ink| super::high_byte(map[ink * count + value]));
    Ok((0..count).map(color).collect())
}

/// A file of the same strips that says they are greys.
fn as_grey(pictures: &mut Pictures, bits: u8, (width, height): (u32, u32)) -> Result<Vec<u8>, Stop> {
    let strips = strips::read(pictures, height)?;
    let length = |bytes: usize| u32::try_from(bytes).map_err(|_| Rejection::TooLarge);
    let mut file = b"II*\0\0\0\0\0".to_vec();
    let (mut places, mut lengths) = (Vec::new(), Vec::new());
    for strip in &strips.packed {
        places.push(length(file.len())?);
        lengths.push(length(strip.len())?);
        file.extend_from_slice(strip);
    }
    let tags = [
        (Tag::ImageWidth, vec![width]),
        (Tag::ImageLength, vec![height]),
        (Tag::BitsPerSample, vec![u32::from(bits)]),
        (
            Tag::Compression,
            vec![number(pictures, Tag::Compression).unwrap_or(1)],
        ),
        (Tag::PhotometricInterpretation, vec![1]),
        (Tag::StripOffsets, places),
        (Tag::RowsPerStrip, vec![strips.rows]),
        (Tag::StripByteCounts, lengths),
        (
            Tag::Predictor,
            vec![number(pictures, Tag::Predictor).unwrap_or(1)],
        ),
    ];
    let mut directory = u16::try_from(tags.len())
        .unwrap_or(u16::MAX)
        .to_le_bytes()
        .to_vec();
    for (tag, values) in tags {
        directory.extend_from_slice(&tag.to_u16().to_le_bytes());
        // Each of 32 bits.
        directory.extend_from_slice(&4_u16.to_le_bytes());
        directory.extend_from_slice(&length(values.len())?.to_le_bytes());
        let value = match values.as_slice() {
            [value] => *value,
            values => {
                let place = length(file.len())?;
                file.extend(values.iter().flat_map(|value| value.to_le_bytes()));
                place
            }
        };
        directory.extend_from_slice(&value.to_le_bytes());
    }
    directory.extend_from_slice(&[0; 4]);
    let place = length(file.len())?;
    file[4..8].copy_from_slice(&place.to_le_bytes());
    file.append(&mut directory);
    Ok(file)
}
