//! Pictures that lie sideways or upside down: they are turned to be read, and the words' places turned back.
use homeroom_core::ports::extractor::ExtractedPage;
use image::{GrayImage, imageops};

/// Clockwise, what makes a picture upright.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Turn {
    Quarter,
    Half,
    ThreeQuarters,
}

impl Turn {
    /// What Tesseract says of a picture's orientation; `None` where it lies well or nothing is said.
    pub(super) fn read(report: &str) -> Option<Self> {
        let degrees = report.lines().find_map(|line| line.strip_prefix("Rotate:"))?;
        match degrees.trim() {
            "90" => Some(Self::Quarter),
            "180" => Some(Self::Half),
            "270" => Some(Self::ThreeQuarters),
            _ => None,
        }
    }

    /// A grey map (PGM) turned; `None` for anything else.
    pub(super) fn picture(self, map: &[u8]) -> Option<Vec<u8>> {
        let end = map.iter().take(64).position(|byte| *byte == b'\n')?;
        let head = std::str::from_utf8(&map[..end]).ok()?;
        let mut head = head.split(' ');
        let (Some("P5"), Some(width), Some(height), Some("255"), None) =
            (head.next(), head.next(), head.next(), head.next(), head.next())
        else {
            return None;
        };
        let (width, height) = (width.parse().ok()?, height.parse().ok()?);
        let image = GrayImage::from_raw(width, height, map[end + 1..].to_vec())?;
        let turned = match self {
            Self::Quarter => imageops::rotate90(&image),
            Self::Half => imageops::rotate180(&image),
            Self::ThreeQuarters => imageops::rotate270(&image),
        };
        let (width, height) = turned.dimensions();
        let mut map = format!("P5 {width} {height} 255\n").into_bytes();
        map.extend_from_slice(turned.as_raw());
        Some(map)
    }

    /// Width and height when turned.
    pub(super) fn size(self, (width, height): (f32, f32)) -> (f32, f32) {
        match self {
            Self::Half => (width, height),
            Self::Quarter | Self::ThreeQuarters => (height, width),
        }
    }

    /// Turns the words' places back on a page that is `width` × `height` as it lies.
    pub(super) fn back(self, page: &mut ExtractedPage, (width, height): (f32, f32)) {
        (page.width, page.height) = (width, height);
        for word in &mut page.words {
            let (x, y, w, h) = (word.x, word.y, word.w, word.h);
            (word.x, word.y, word.w, word.h) = match self {
                Self::Quarter => (y, height - x - w, h, w),
                Self::Half => (width - x - w, height - y - h, w, h),
                Self::ThreeQuarters => (width - y - h, x, h, w),
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use homeroom_core::ports::extractor::Word;

    #[test]
    fn reports_are_read() {
        let report = "Page number: 0\nOrientation in degrees: 270\nRotate: 90\n";
        assert_eq!(Turn::read(report), Some(Turn::Quarter));
        assert_eq!(Turn::read("Rotate: 0"), None);
        assert_eq!(Turn::read("Too few characters. Skipping this page"), None);
    }

    #[test]
    fn a_mark_is_found_where_it_was_before_the_turn() {
        // One black pixel in the third column of the second row.
        let map = b"P5 4 3 255\n\xFF\xFF\xFF\xFF\xFF\xFF\0\xFF\xFF\xFF\xFF\xFF";
        for turn in [Turn::Quarter, Turn::Half, Turn::ThreeQuarters] {
            let turned = turn.picture(map).unwrap();
            let (w, _) = turn.size((4.0, 3.0));
            assert!(turned.starts_with(format!("P5 {w} ").as_bytes()), "{turn:?}");
            let place = turned[11..].iter().position(|pixel| *pixel == 0).unwrap();
            #[expect(clippy::cast_precision_loss, reason = "twelve pixels")]
            let place = place as f32;
            let mut page = ExtractedPage {
                words: vec![Word {
                    text: ".".into(),
                    x: place % w,
                    y: (place / w).floor(),
                    w: 1.0,
                    h: 1.0,
                }],
                ..ExtractedPage::default()
            };
            turn.back(&mut page, (4.0, 3.0));
            assert_eq!((page.words[0].x, page.words[0].y), (2.0, 1.0), "{turn:?}");
        }
        assert_eq!(Turn::Half.picture(b"P5 4 3 255\nshort"), None);
        assert_eq!(Turn::Half.picture(b"P6 1 1 255\nabc"), None);
    }
}
