//! Pictures of pages: dimensions are judged before pixels are allocated, and what is given is
//! always drawn anew, so that no metadata (places, cameras, thumbnails) is carried over.
use crate::child::{Sink, Stop};
use crate::wire::{PictureFormat, Purpose};
use homeroom_core::ports::extractor::{Media, Rejection};
use image::codecs::jpeg::JpegEncoder;
use image::codecs::webp::WebPEncoder;
use image::imageops::FilterType;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits, RgbImage};
use std::fs::File;
use std::io::{BufRead, BufReader, Seek};

/// The longest side of a picture that is given.
pub(super) const MAX_SIDE: u32 = 4096;
/// The most pixels of a picture that is given.
pub(super) const MAX_PIXELS: u64 = 16_000_000;
/// The most bytes that an image may decode to, and the most that its decoder may use beside.
pub(super) const MAX_DECODED_BYTES: u64 = 256 << 20;
/// Narrower images, in pixels, are doubled before their text is recognised.
const MIN_READABLE_WIDTH: u32 = 1_700;
/// Between the darkest and the lightest of 256 greys of a page that has marks on it.
const MIN_CONTRAST: u8 = 24;
const JPEG_QUALITY: u8 = 82;
/// Above this many pixels no lossless picture is tried.
const MAX_LOSSLESS_PIXELS: u64 = 4_000_000;
/// A lossless picture with so many pixels in each byte is small: a JPEG of as much text is no smaller.
const SMALL_PIXELS_PER_BYTE: u64 = 4;

/// The width and height that an image says it has, in pixels, turned upright.
pub(super) fn dimensions(file: File, format: ImageFormat) -> Result<Media, Stop> {
    let mut decoder = ImageReader::with_format(BufReader::new(file), format)
        .into_decoder()
        .map_err(|_| Rejection::Malformed)?;
    let (mut width, mut height) = decoder.dimensions();
    if decoder.orientation().is_ok_and(is_sideways) {
        (width, height) = (height, width);
    }
    Ok(Media {
        duration_ms: None,
        width,
        height,
    })
}

/// Whether width and height change places when the picture is turned upright.
pub(super) fn is_sideways(orientation: Orientation) -> bool {
    orientation.to_exif() >= 5
}

/// Draws an image at most `width` pixels wide, upright as its camera meant it, as page `page`.
pub(super) fn render(
    source: impl BufRead + Seek,
    format: ImageFormat,
    page: u32,
    width: u32,
    sink: &mut Sink,
) -> Result<(), Stop> {
    let mut reader = ImageReader::with_format(source, format);
    let mut limits = Limits::default();
    limits.max_alloc = Some(MAX_DECODED_BYTES);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(|error| judge(&error))?;
    if decoder.total_bytes() > MAX_DECODED_BYTES {
        return Err(Rejection::TooLarge.into());
    }
    let orientation = decoder.orientation().ok();
    let image = DynamicImage::from_decoder(decoder).map_err(|error| judge(&error))?;
    draw(page, image, orientation, width, sink)
}

/// Draws a decoded image at most `width` pixels wide, upright, as page `page`.
pub(super) fn draw(
    page: u32,
    mut image: DynamicImage,
    orientation: Option<Orientation>,
    width: u32,
    sink: &mut Sink,
) -> Result<(), Stop> {
    let upright_width = match orientation {
        Some(turned) if is_sideways(turned) => image.height(),
        _ => image.width(),
    };
    let scale = f64::from(width.clamp(1, MAX_SIDE)) / f64::from(upright_width.max(1));
    let largest = match sink.purpose() {
        // Letters of a photographed screen are small; twice as large they are read.
        Purpose::Recognize if upright_width < MIN_READABLE_WIDTH => 2.0,
        _ => 1.0,
    };
    let (target_width, target_height) = fit(image.width(), image.height(), scale.min(largest));
    if (target_width, target_height) != (image.width(), image.height()) {
        image = if scale > 1.0 {
            image.resize_exact(target_width, target_height, FilterType::Triangle)
        } else {
            image.thumbnail_exact(target_width, target_height)
        };
    }
    if let Some(orientation) = orientation {
        image.apply_orientation(orientation);
    }
    give(page, &on_white(image), sink)
}

fn judge(error: &image::ImageError) -> Rejection {
    match error {
        image::ImageError::Limits(_) => Rejection::TooLarge,
        _ => Rejection::Malformed,
    }
}

/// Scaled dimensions within the caps, at least 1 × 1.
pub(super) fn fit(width: u32, height: u32, scale: f64) -> (u32, u32) {
    let (width, height) = (f64::from(width.max(1)) * scale, f64::from(height.max(1)) * scale);
    let side = f64::from(MAX_SIDE) / width.max(height);
    #[expect(clippy::cast_precision_loss, reason = "a small constant")]
    let pixels = (MAX_PIXELS as f64 / (width * height)).sqrt();
    let shrink = side.min(pixels).min(1.0);
    (whole(width * shrink), whole(height * shrink))
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clamped to the range before"
)]
fn whole(length: f64) -> u32 {
    (length + 1e-6).floor().clamp(1.0, f64::from(MAX_SIDE)) as u32
}

/// What is transparent shows white paper.
fn on_white(image: DynamicImage) -> RgbImage {
    if !image.color().has_alpha() {
        return image.into_rgb8();
    }
    let image = image.into_rgba8();
    let mut paper = RgbImage::new(image.width(), image.height());
    for (below, above) in paper.pixels_mut().zip(image.pixels()) {
        let [red, green, blue, alpha] = above.0;
        below.0 = [red, green, blue].map(|value| blend(value, alpha));
    }
    paper
}

fn blend(value: u8, alpha: u8) -> u8 {
    let (value, alpha) = (u32::from(value), u32::from(alpha));
    u8::try_from((value * alpha + 255 * (255 - alpha) + 127) / 255).unwrap_or(u8::MAX)
}

/// Encodes a picture both ways and gives the smaller: lossless WebP wins on text and drawings,
/// and is preferred where it is nearly as small; JPEG wins on photographs and scans, and is all
/// that there is time for on the largest. Where WebP is small already, no JPEG is tried.
pub(super) fn give(page: u32, image: &RgbImage, sink: &mut Sink) -> Result<(), Stop> {
    if sink.purpose() == Purpose::Recognize {
        return give_grey(page, image, sink);
    }
    let (width, height) = image.dimensions();
    let lossless = lossless(image);
    let is_small =
        |webp: &Vec<u8>| webp.len() as u64 * SMALL_PIXELS_PER_BYTE <= u64::from(width) * u64::from(height);
    if let Some(webp) = lossless.as_ref().filter(|webp| is_small(webp)) {
        return sink.picture(page, width, height, PictureFormat::Webp, webp);
    }
    let mut jpeg = Vec::new();
    let encoded = JpegEncoder::new_with_quality(&mut jpeg, JPEG_QUALITY).encode_image(image);
    encoded.map_err(|_| Rejection::TooLarge)?;
    let (format, content) = match lossless {
        Some(webp) if webp.len() <= jpeg.len() + jpeg.len() / 4 => (PictureFormat::Webp, webp),
        _ => (PictureFormat::Jpeg, jpeg),
    };
    sink.picture(page, width, height, format, &content)
}

/// Gives a grey map (Netpbm's PGM), unless there is nothing on it.
fn give_grey(page: u32, image: &RgbImage, sink: &mut Sink) -> Result<(), Stop> {
    let grey = DynamicImage::from(image.clone()).into_luma8();
    let (mut darkest, mut lightest) = (u8::MAX, u8::MIN);
    for value in grey.as_raw() {
        darkest = darkest.min(*value);
        lightest = lightest.max(*value);
    }
    if lightest.saturating_sub(darkest) < MIN_CONTRAST {
        return Ok(());
    }
    let (width, height) = grey.dimensions();
    let mut content = format!("P5 {width} {height} 255\n").into_bytes();
    content.extend_from_slice(grey.as_raw());
    sink.picture(page, width, height, PictureFormat::Pgm, &content)
}

fn lossless(image: &RgbImage) -> Option<Vec<u8>> {
    let (width, height) = image.dimensions();
    if u64::from(width) * u64::from(height) > MAX_LOSSLESS_PIXELS {
        return None;
    }
    let mut webp = Vec::new();
    WebPEncoder::new_lossless(&mut webp)
        .encode(image, width, height, image::ExtendedColorType::Rgb8)
        .ok()?;
    Some(webp)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_stay_within_the_caps() {
        assert_eq!(fit(1000, 500, 1.0), (1000, 500));
        assert_eq!(fit(1000, 500, 0.5), (500, 250));
        assert_eq!(fit(1, 900_000, 1.0), (1, MAX_SIDE));
        let (width, height) = fit(u32::MAX, u32::MAX, 1.0);
        assert!(u64::from(width) * u64::from(height) <= MAX_PIXELS);
    }
}
