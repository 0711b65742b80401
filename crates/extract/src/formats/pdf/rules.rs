//! Thin horizontal rules of a page: of all that is drawn beside glyphs, only these change how text is read.
use super::content::Content;
use hayro::kurbo::{Affine, Point, Rect};

/// Rules of one page; a drawing has more.
const MAX_RULES: usize = 5_000;
/// Parts of one path.
const MAX_PARTS: usize = 64;
/// The thickest rule, and the shortest and the longest, in points.
const MAX_THICKNESS: f64 = 2.5;
const LENGTHS: std::ops::Range<f64> = 2.0..300.0;

/// A rule on the page, in points from its top left corner.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Rule {
    pub(super) left: f64,
    pub(super) right: f64,
    /// Its middle.
    pub(super) y: f64,
}

/// Collects rules from paths as they are painted.
#[derive(Default)]
pub(super) struct Rules {
    found: Vec<Rule>,
    /// The parts of the present path that may be rules, as they are given.
    parts: Vec<Rect>,
    /// Whether it has more parts, or a curve.
    is_drawing: bool,
}

impl Rules {
    pub(super) fn into_found(self) -> Vec<Rule> {
        self.found
    }

    /// Follows an operator that makes or paints a path; others do nothing here. What is `hidden` is no rule.
    pub(super) fn obey(
        &mut self,
        operator: &[u8],
        content: &Content<'_>,
        (to_page, line_width): (Affine, f64),
        hidden: bool,
    ) -> Option<()> {
        match operator {
            b"m" => {
                let [x, y] = content.numbers()?;
                self.begin(Rect::new(x, y, x, y));
            }
            b"l" => {
                let [x, y] = content.numbers()?;
                if let Some(part) = self.parts.last_mut() {
                    *part = part.union_pt(Point::new(x, y));
                }
            }
            b"re" => {
                let [x, y, width, height] = content.numbers()?;
                self.begin(Rect::new(x, y, x + width, y + height));
            }
            b"c" | b"v" | b"y" => self.is_drawing = true,
            b"f" | b"F" | b"f*" => self.paint(to_page, 0.0, hidden),
            b"S" | b"s" | b"B" | b"B*" | b"b" | b"b*" => self.paint(to_page, line_width, hidden),
            b"n" => self.forget(),
            _ => {}
        }
        Some(())
    }

    fn begin(&mut self, part: Rect) {
        if self.parts.len() < MAX_PARTS {
            self.parts.push(part.abs());
        } else {
            self.is_drawing = true;
        }
    }

    fn forget(&mut self) {
        self.parts.clear();
        self.is_drawing = false;
    }

    fn paint(&mut self, to_page: Affine, line_width: f64, hidden: bool) {
        if !self.is_drawing && !hidden {
            // Of one unit of the line's width, as far as pages are not skewed.
            let thickness = line_width * to_page.determinant().abs().sqrt();
            for part in &self.parts {
                let area = to_page.transform_rect_bbox(*part);
                let is_thin = area.height() + thickness <= MAX_THICKNESS;
                if is_thin && LENGTHS.contains(&area.width()) && self.found.len() < MAX_RULES {
                    self.found.push(Rule {
                        left: area.x0,
                        right: area.x1,
                        y: area.center().y,
                    });
                }
            }
        }
        self.forget();
    }
}
