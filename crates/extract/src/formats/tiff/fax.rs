//! Pictures as facsimile machines pack them in one dimension or in two (ITU-T T.4, Group 3), and in Group 4 (T.6)
//! with the last bit of each byte first.
use super::{Pictures, number, strips};
use crate::child::Stop;
use hayro_ccitt::{DecodeSettings, Decoder, DecoderContext, EncodingMode};
use homeroom_core::ports::extractor::Rejection;
use image::GrayImage;
use tiff::tags::{CompressionMethod, Tag};

/// A bit of the tag `T4Options`: rows may be packed by what differs from the row before.
const IN_TWO_DIMENSIONS: u32 = 0b1;

/// Decodes the picture that the decoder stands at, which is packed by `method`. Of one that is broken off, the
/// rest is white.
pub(super) fn decode(
    pictures: &mut Pictures,
    method: CompressionMethod,
    (width, height): (u32, u32),
) -> Result<GrayImage, Stop> {
    let options = number(pictures, Tag::Unknown(T4_OPTIONS)).unwrap_or(0);
    let encoding = match method {
        CompressionMethod::Fax4 => EncodingMode::Group4,
        CompressionMethod::Fax3 if options & IN_TWO_DIMENSIONS != 0 => EncodingMode::Group3_2D,
        _ => EncodingMode::Group3_1D,
    };
    let is_turned = number(pictures, Tag::FillOrder) == Some(2);
    let is_negative = number(pictures, Tag::PhotometricInterpretation) == Some(1);
    let strips = strips::read(pictures, height)?;
    let mut picture = Rows {
        image: GrayImage::from_pixel(width, height, [u8::MAX].into()),
        next: 0,
        end: 0,
    };
    let mut decoded = false;
    for mut strip in strips.packed {
        if is_turned {
            for byte in &mut strip {
                *byte = byte.reverse_bits();
            }
        }
        let begin = picture.end;
        (picture.next, picture.end) = (begin, height.min(begin.saturating_add(strips.rows)));
        let settings = DecodeSettings {
            columns: width,
            rows: picture.end - begin,
            end_of_block: true,
            end_of_line: false,
            rows_are_byte_aligned: method == CompressionMethod::Huffman,
            encoding,
            strict: false,
        };
        // What was decoded before a row that is damaged is kept.
        let _ = hayro_ccitt::decode(&strip, &mut picture, &mut DecoderContext::new(settings));
        decoded |= picture.next > begin;
    }
    if !decoded {
        return Err(Rejection::Malformed.into());
    }
    if is_negative {
        image::imageops::invert(&mut picture.image);
    }
    Ok(picture.image)
}

/// `T4Options`, which has no name in the decoder.
const T4_OPTIONS: u16 = 292;

/// A picture that is drawn row by row.
struct Rows {
    image: GrayImage,
    next: u32,
    end: u32,
}

impl Decoder for Rows {
    fn push_row(&mut self, changes: &[u32]) {
        if self.next >= self.end {
            return;
        }
        let width = self.image.width();
        for run in changes.chunks(2) {
            let end = run.get(1).copied().unwrap_or(width).min(width);
            for x in run[0]..end {
                self.image.put_pixel(x, self.next, [0].into());
            }
        }
        self.next += 1;
    }
}
