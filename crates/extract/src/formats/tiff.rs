//! TIFF, as scanners and copiers write it: each picture of a file is a page, but for previews and masks. Pictures
//! in a compression or with colours that are not known here are passed over, and the notice says so.
mod fax;
mod palette;
mod strips;

use super::picture::{self, MAX_DECODED_BYTES};
use crate::child::{Sink, Stop};
use homeroom_core::ports::extractor::{ExtractedPage, Media, Notice, Rejection};
use image::metadata::Orientation;
use image::{DynamicImage, GrayImage, RgbImage};
use std::fs::File;
use std::io::{BufReader, Seek};
use std::ops::{ControlFlow, RangeInclusive};
use tiff::decoder::{Decoder, DecodingResult, Limits};
use tiff::tags::{CompressionMethod, Tag};
use tiff::{ColorType, TiffError};

/// Bits of the tag `NewSubfileType`: a smaller copy of another picture, and its mask.
const PREVIEW_OR_MASK: u32 = 0b101;
/// The most bytes of one entry of a directory, such as the places of a picture's strips.
const ENTRY_BYTES: usize = 4 << 20;

/// The most rows of a strip; taller pictures have too many pixels.
const MAX_ROWS: u32 = 1 << 20;

type Pictures = Decoder<BufReader<File>>;

/// Gives a page for each picture, as large as that is in pixels.
pub(super) fn extract(file: File, sink: &mut Sink) -> Result<(), Stop> {
    let mut first = None;
    let all = walk(file, |_, pictures| {
        let (width, height) = upright_size(pictures)?;
        first.get_or_insert((width, height));
        #[expect(
            clippy::cast_precision_loss,
            reason = "no page is 2^24 pixels wide and drawn exactly"
        )]
        sink.page(ExtractedPage {
            width: width as f32,
            height: height as f32,
            ..ExtractedPage::default()
        })?;
        Ok(ControlFlow::Continue(()))
    })?;
    match (first, all) {
        (Some((width, height)), all) => {
            sink.media(Media {
                duration_ms: None,
                width,
                height,
            });
            if all == Walked::InPart {
                sink.notice(Notice::Incomplete);
            }
        }
        (None, _) => sink.notice(Notice::UnknownType),
    }
    Ok(())
}

/// Draws the pictures of some pages, each at most `width` pixels wide.
pub(super) fn render(
    file: File,
    pages: &RangeInclusive<u32>,
    width: u32,
    sink: &mut Sink,
) -> Result<(), Stop> {
    walk(file, |page, pictures| {
        if page > *pages.end() {
            return Ok(ControlFlow::Break(()));
        }
        if pages.contains(&page) {
            let orientation = orientation(pictures);
            picture::draw(page, decode(pictures)?, orientation, width, sink)?;
        }
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(())
}

/// How much of a file was looked at.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Walked {
    Wholly,
    /// Pictures that cannot be read were passed over, or the list of them is broken off.
    InPart,
}

/// Goes from picture to picture that is a page, numbered from 1, until `visit` breaks off.
fn walk(
    file: File,
    mut visit: impl FnMut(u32, &mut Pictures) -> Result<ControlFlow<()>, Stop>,
) -> Result<Walked, Stop> {
    let mut file = BufReader::new(file);
    file.rewind()?;
    let mut pictures = Decoder::new(file).map_err(|error| judge(&error))?;
    let mut limits = Limits::default();
    limits.decoding_buffer_size = usize::try_from(MAX_DECODED_BYTES).unwrap_or(usize::MAX);
    limits.ifd_value_size = ENTRY_BYTES;
    pictures = pictures.with_limits(limits);
    let (mut page, mut walked, mut is_read) = (0, Walked::Wholly, true);
    loop {
        if !is_read || (is_page(&mut pictures) && !is_known(&mut pictures)) {
            walked = Walked::InPart;
        } else if is_page(&mut pictures) {
            page += 1;
            if visit(page, &mut pictures)?.is_break() {
                return Ok(walked);
            }
        }
        if !pictures.more_images() {
            return Ok(walked);
        }
        is_read = pictures.next_image().is_ok();
        if !is_read && !pictures.more_images() {
            return Ok(Walked::InPart);
        }
    }
}

fn is_page(pictures: &mut Pictures) -> bool {
    number(pictures, Tag::NewSubfileType).unwrap_or(0) & PREVIEW_OR_MASK == 0
}

/// Whether its compression and colours are read here.
fn is_known(pictures: &mut Pictures) -> bool {
    use CompressionMethod as By;
    // The decoder does not take the largest number for "all".
    if number(pictures, Tag::RowsPerStrip).is_some_and(|rows| rows > MAX_ROWS) {
        return false;
    }
    let method = method(pictures);
    let is_turned = number(pictures, Tag::FillOrder).unwrap_or(1) != 1;
    if is_fax(method, pictures) {
        return matches!(pictures.colortype(), Ok(ColorType::Gray(1)))
            && matches!(pictures.find_tag(Tag::StripOffsets), Ok(Some(_)));
    }
    let compressed = match method {
        By::None | By::LZW | By::Deflate | By::OldDeflate | By::PackBits => false,
        By::ModernJPEG | By::Fax4 => true,
        _ => return false,
    };
    if let Some(bits) = palette::bits(pictures) {
        return !(compressed || is_turned && bits < 8);
    }
    let Ok(colors) = pictures.colortype() else {
        return false;
    };
    let are_known = match colors {
        ColorType::Gray(1 | 2 | 4 | 8 | 16)
        | ColorType::GrayA(8)
        | ColorType::RGB(8 | 16)
        | ColorType::RGBA(8 | 16)
        | ColorType::CMYK(8) => true,
        // Elsewhere two of its three values may be given for several pixels together.
        ColorType::YCbCr(8) => method == By::ModernJPEG,
        _ => false,
    };
    let is_one_plane = number(pictures, Tag::PlanarConfiguration).unwrap_or(1) == 1
        || number(pictures, Tag::SamplesPerPixel).unwrap_or(1) == 1;
    // The last bit of each byte may come first, which only matters where a byte is not a value.
    let is_in_order = !is_turned || !(compressed || matches!(colors, ColorType::Gray(1 | 2 | 4)));
    are_known && is_one_plane && is_in_order
}

fn method(pictures: &mut Pictures) -> CompressionMethod {
    number(pictures, Tag::Compression).map_or(CompressionMethod::None, |number| {
        CompressionMethod::from_u16_exhaustive(u16::try_from(number).unwrap_or(u16::MAX))
    })
}

/// Whether it is packed as facsimile machines do, in a way that the decoder does not know.
fn is_fax(method: CompressionMethod, pictures: &mut Pictures) -> bool {
    match method {
        CompressionMethod::Huffman | CompressionMethod::Fax3 => true,
        CompressionMethod::Fax4 => number(pictures, Tag::FillOrder) == Some(2),
        _ => false,
    }
}

fn number(pictures: &mut Pictures, tag: Tag) -> Option<u32> {
    pictures.find_tag_unsigned(tag).ok().flatten()
}

fn orientation(pictures: &mut Pictures) -> Option<Orientation> {
    let number = number(pictures, Tag::Orientation)?;
    Orientation::from_exif(u8::try_from(number).ok()?)
}

fn upright_size(pictures: &mut Pictures) -> Result<(u32, u32), Stop> {
    let (width, height) = pictures.dimensions().map_err(|error| judge(&error))?;
    if width == 0 || height == 0 {
        return Err(Rejection::Malformed.into());
    }
    Ok(match orientation(pictures) {
        Some(turned) if picture::is_sideways(turned) => (height, width),
        _ => (width, height),
    })
}

/// The picture that the decoder stands at, in grey or in colours.
fn decode(pictures: &mut Pictures) -> Result<DynamicImage, Stop> {
    let (width, height) = pictures.dimensions().map_err(|error| judge(&error))?;
    let palette = palette::bits(pictures);
    let colors = match palette {
        Some(_) => ColorType::RGB(8),
        None => pictures.colortype().map_err(|error| judge(&error))?,
    };
    let is_grey = matches!(colors, ColorType::Gray(_) | ColorType::GrayA(_));
    let bytes = u64::from(width) * u64::from(height) * if is_grey { 1 } else { 3 };
    if bytes > MAX_DECODED_BYTES {
        return Err(Rejection::TooLarge.into());
    }
    let size = (width, height);
    let method = method(pictures);
    if let Some(bits) = palette {
        return palette::decode(pictures, bits, size).map(DynamicImage::from);
    }
    if is_fax(method, pictures) {
        return fax::decode(pictures, method, size).map(DynamicImage::from);
    }
    let samples = match pictures.read_image().map_err(|error| judge(&error))? {
        DecodingResult::U8(samples) => samples,
        DecodingResult::U16(samples) => samples.into_iter().map(high_byte).collect(),
        _ => return Err(Rejection::Malformed.into()),
    };
    let image = match colors {
        ColorType::Gray(bits @ (1 | 2 | 4)) => {
            let most = (1 << bits) - 1;
            let values = unpacked(&samples, width, bits);
            grey(
                width,
                height,
                values.map(|value| value * (u8::MAX / most)).collect(),
            )
        }
        ColorType::Gray(_) => grey(width, height, samples),
        ColorType::GrayA(_) => grey(width, height, samples.iter().step_by(2).copied().collect()),
        ColorType::RGB(_) => colored(width, height, samples),
        ColorType::RGBA(_) => colored(width, height, each(&samples, |[r, g, b, _]| [r, g, b])),
        ColorType::CMYK(_) => colored(width, height, each(&samples, of_inks)),
        ColorType::YCbCr(_) => colored(width, height, each(&samples, of_brightness)),
        _ => None,
    };
    Ok(image.ok_or(Rejection::Malformed)?)
}

fn grey(width: u32, height: u32, values: Vec<u8>) -> Option<DynamicImage> {
    GrayImage::from_raw(width, height, values).map(DynamicImage::from)
}

fn colored(width: u32, height: u32, values: Vec<u8>) -> Option<DynamicImage> {
    RgbImage::from_raw(width, height, values).map(DynamicImage::from)
}

/// The values of rows of `width` pixels with so many bits, each row from a byte's beginning.
fn unpacked(samples: &[u8], width: u32, bits: u8) -> impl Iterator<Item = u8> {
    let (width, bits) = (usize::try_from(width).unwrap_or(usize::MAX), usize::from(bits));
    let row = (width * bits).div_ceil(8).max(1);
    samples.chunks_exact(row).flat_map(move |row| {
        (0..width).map(move |place| {
            let bit = place * bits;
            let shifted = u32::from(row[bit / 8]) >> (8 - bits - bit % 8);
            u8::try_from(shifted & ((1 << bits) - 1)).unwrap_or(u8::MAX)
        })
    })
}

fn high_byte(value: u16) -> u8 {
    value.to_be_bytes()[0]
}

fn each<const N: usize>(samples: &[u8], color: impl Fn([u8; N]) -> [u8; 3]) -> Vec<u8> {
    samples
        .as_chunks()
        .0
        .iter()
        .flat_map(|values| color(*values))
        .collect()
}

/// Cyan, magenta, yellow and black, as a screen without a profile shows them.
fn of_inks([cyan, magenta, yellow, black]: [u8; 4]) -> [u8; 3] {
    [cyan, magenta, yellow].map(|ink| {
        let light = u16::from(u8::MAX - ink) * u16::from(u8::MAX - black);
        u8::try_from(light / u16::from(u8::MAX)).unwrap_or(u8::MAX)
    })
}

/// Brightness and two differences of colour (ITU-R BT.601), in thousandths.
fn of_brightness([bright, blue, red]: [u8; 3]) -> [u8; 3] {
    let (bright, blue, red) = (
        i32::from(bright) * 1000,
        i32::from(blue) - 128,
        i32::from(red) - 128,
    );
    let values = [
        bright + 1402 * red,
        bright - 344 * blue - 714 * red,
        bright + 1772 * blue,
    ];
    values.map(|value| u8::try_from(((value + 500) / 1000).clamp(0, 255)).unwrap_or(u8::MAX))
}

fn judge(error: &TiffError) -> Rejection {
    match error {
        TiffError::LimitsExceeded => Rejection::TooLarge,
        _ => Rejection::Malformed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_of_less_than_a_byte_for_each_pixel_are_unpacked() {
        let bits: Vec<u8> = unpacked(&[0b1010_0000, 0b0110_0000], 3, 1).collect();
        assert_eq!(bits, [1, 0, 1, 0, 1, 1]);
        let halves: Vec<u8> = unpacked(&[0x12, 0x30], 3, 4).collect();
        assert_eq!(halves, [1, 2, 3]);
    }

    #[test]
    fn colours_of_print_and_of_television_are_those_of_a_screen() {
        assert_eq!(of_inks([0, 255, 255, 0]), [255, 0, 0]);
        assert_eq!(of_inks([0, 0, 0, 255]), [0; 3]);
        assert_eq!(of_brightness([76, 85, 255]), [254, 0, 0]);
        assert_eq!(of_brightness([255, 128, 128]), [255; 3]);
    }
}
