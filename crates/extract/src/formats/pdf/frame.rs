//! Writing directions: a page's text may run across it, up, down or askew.
use hayro::kurbo::{Point, Rect, Vec2};

/// The writing direction of some of the page's text; its lines run along x, downwards in y.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Frame {
    along: Vec2,
}

impl Frame {
    /// The frame whose lines run at an angle of so many degrees, clockwise.
    pub(super) fn at(degrees: f64) -> Self {
        let (sine, cosine) = degrees.to_radians().sin_cos();
        Self {
            along: Vec2::new(cosine, sine),
        }
    }

    /// Whether its lines run across the page.
    pub(super) fn is_upright(self) -> bool {
        self.along.x > 0.9
    }

    pub(super) fn place(self, point: Point) -> Point {
        let across = Vec2::new(-self.along.y, self.along.x);
        Point::new(point.to_vec2().dot(self.along), point.to_vec2().dot(across))
    }

    /// A rectangle of this frame as the upright rectangle on the page that holds it.
    pub(super) fn on_page(self, area: Rect) -> Rect {
        let across = Vec2::new(-self.along.y, self.along.x);
        let corner = |x: f64, y: f64| (self.along * x + across * y).to_point();
        Rect::from_points(corner(area.x0, area.y0), corner(area.x1, area.y1))
            .union_pt(corner(area.x0, area.y1))
            .union_pt(corner(area.x1, area.y0))
    }
}
