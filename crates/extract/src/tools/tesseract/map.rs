//! Grey maps, as pictures are handed to Tesseract (Netpbm's PGM): read to be changed, and written again.
use image::{GrayImage, Luma};

/// Around what is painted over, in pixels: letters are darker than the box that their word is given.
const BRIM: u32 = 3;
/// What is darker is ink, and no shade of the paper.
const DARK: u8 = 128;

/// A grey map; `None` for anything else.
pub(super) fn parse(map: &[u8]) -> Option<GrayImage> {
    let end = map.iter().take(64).position(|byte| *byte == b'\n')?;
    let head = std::str::from_utf8(&map[..end]).ok()?;
    let mut head = head.split(' ');
    let (Some("P5"), Some(width), Some(height), Some("255"), None) =
        (head.next(), head.next(), head.next(), head.next(), head.next())
    else {
        return None;
    };
    let (width, height) = (width.parse().ok()?, height.parse().ok()?);
    GrayImage::from_raw(width, height, map[end + 1..].to_vec())
}

pub(super) fn write(image: &GrayImage) -> Vec<u8> {
    let (width, height) = image.dimensions();
    let mut map = format!("P5 {width} {height} 255\n").into_bytes();
    map.extend_from_slice(image.as_raw());
    map
}

/// Leaves white paper in each of the boxes: left, top, width and height in pixels.
pub(super) fn clear(image: &mut GrayImage, boxes: impl Iterator<Item = [u16; 4]>) {
    for [x, y, w, h] in boxes.map(|edges| edges.map(u32::from)) {
        for y in y.saturating_sub(BRIM)..(y + h + BRIM).min(image.height()) {
            for x in x.saturating_sub(BRIM)..(x + w + BRIM).min(image.width()) {
                image.put_pixel(x, y, Luma([u8::MAX]));
            }
        }
    }
}

/// How many pixels are dark.
pub(super) fn ink(image: &GrayImage) -> usize {
    image.pixels().filter(|pixel| pixel.0[0] < DARK).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn maps_are_read_and_written() {
        let map = b"P5 2 1 255\n\0\xFF";
        assert_eq!(write(&parse(map).unwrap()), map);
        for wrong in [&b"P5 4 3 255\nshort"[..], b"P6 1 1 255\nabc", b"P5 1 1 255", b""] {
            assert_eq!(parse(wrong), None, "{}", wrong.escape_ascii());
        }
    }

    #[test]
    fn boxes_are_cleared_as_far_as_there_is_paper() {
        let mut image = GrayImage::new(40, 40);
        clear(
            &mut image,
            [[0, 0, 10, 10], [60_000, 30, 60_000, 60_000]].into_iter(),
        );
        assert_eq!(ink(&image), 1600 - 13 * 13);
    }
}
