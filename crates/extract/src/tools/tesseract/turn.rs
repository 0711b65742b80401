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
    /// One of so many degrees; `None` for what is no turn.
    pub(super) fn of_degrees(degrees: &str) -> Option<Self> {
        match degrees {
            "90" => Some(Self::Quarter),
            "180" => Some(Self::Half),
            "270" => Some(Self::ThreeQuarters),
            _ => None,
        }
    }

    /// A picture turned.
    pub(super) fn picture(self, image: &GrayImage) -> GrayImage {
        match self {
            Self::Quarter => imageops::rotate90(image),
            Self::Half => imageops::rotate180(image),
            Self::ThreeQuarters => imageops::rotate270(image),
        }
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
    use image::Luma;

    #[test]
    fn a_mark_is_found_where_it_was_before_the_turn() {
        // One black pixel in the third column of the second row.
        let mut map = GrayImage::from_pixel(4, 3, Luma([u8::MAX]));
        map.put_pixel(2, 1, Luma([0]));
        for turn in [Turn::Quarter, Turn::Half, Turn::ThreeQuarters] {
            let turned = turn.picture(&map);
            let (w, _) = turn.size((4.0, 3.0));
            let place = turned.as_raw().iter().position(|pixel| *pixel == 0).unwrap();
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
    }
}
