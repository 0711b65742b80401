//! Which way a page's glyphs run: most of them across it, some up, down or askew.
use super::glyphs::PlacedGlyph;
use hayro::kurbo::Vec2;
use std::ops::RangeInclusive;

/// Directions that are told apart.
const DIRECTIONS: usize = 360;
/// Nearer to a quarter turn, in whole degrees, text is on a scan that lies a little askew.
const ASKEW: i32 = 2;
/// So many glyphs run one way that is no usual one, and not each its own, as on a circle.
const MIN_GLYPHS: usize = 6;
/// The usual ways of fewer glyphs: the nearest quarter turn within so many degrees, else the nearest of these.
const NEAR_QUARTER: i32 = 12;
const USUAL: i32 = 15;

/// Glyphs that run one way, which is in degrees, clockwise.
pub(super) type Group = (f64, Vec<PlacedGlyph>);

/// Glyphs by the direction of their lines, the most used first.
pub(super) fn by_direction(glyphs: Vec<PlacedGlyph>) -> Vec<Group> {
    let across = |glyph: &PlacedGlyph| {
        let run = glyph.end - glyph.start;
        run.y == 0.0 && run.x >= 0.0
    };
    if glyphs.iter().all(across) {
        return vec![(0.0, glyphs)];
    }
    let ways = Ways::of(&glyphs);
    let mut groups: Vec<Group> = vec![(0.0, Vec::with_capacity(glyphs.len()))];
    let mut last = 0;
    for glyph in glyphs {
        // An accent without width goes the way of its neighbours.
        if let Some(degrees) = degrees_of(&glyph) {
            let way = ways.way(degrees);
            if groups[last].0.to_bits() != way.to_bits() {
                last = place_of(way, &mut groups);
            }
        }
        groups[last].1.push(glyph);
    }
    groups.sort_by(|a, b| b.1.len().cmp(&a.1.len()).then(a.0.total_cmp(&b.0)));
    groups
}

fn place_of(way: f64, groups: &mut Vec<Group>) -> usize {
    let known = groups
        .iter()
        .position(|(group, _)| group.to_bits() == way.to_bits());
    known.unwrap_or_else(|| {
        groups.push((way, Vec::new()));
        groups.len() - 1
    })
}

/// From 0 to 360; none for a glyph without width.
fn degrees_of(glyph: &PlacedGlyph) -> Option<f64> {
    let run: Vec2 = glyph.end - glyph.start;
    if run.hypot2() < 1e-4 {
        return None;
    }
    // Nearly all text runs straight across the page.
    if run.y == 0.0 && run.x > 0.0 {
        return Some(0.0);
    }
    Some(run.atan2().to_degrees().rem_euclid(360.0))
}

/// How many glyphs run each way, in whole degrees, and how far off that they are together.
struct Ways([(usize, f64); DIRECTIONS]);

impl Ways {
    fn of(glyphs: &[PlacedGlyph]) -> Self {
        let mut ways = [(0, 0.0); DIRECTIONS];
        for degrees in glyphs.iter().filter_map(degrees_of) {
            let whole = whole(degrees);
            let (count, off) = &mut ways[place(whole)];
            *count += 1;
            *off += degrees - f64::from(whole);
        }
        Self(ways)
    }

    /// The way of the lines that a glyph stands on which runs in a direction.
    fn way(&self, degrees: f64) -> f64 {
        let whole = whole(degrees);
        let near: RangeInclusive<i32> = -ASKEW..=ASKEW;
        let most = near
            .max_by_key(|off| (self.0[place(whole + off)].0, -off.abs()))
            .unwrap_or(0);
        let most = (whole + most).rem_euclid(360);
        let (count, off) = self.0[place(most)];
        let quarter = nearest(most, 90);
        let exact = f64::from(most) + off / f64::from(u32::try_from(count).unwrap_or(u32::MAX).max(1));
        if (most - quarter).abs() < ASKEW {
            f64::from(quarter.rem_euclid(360))
        } else if count >= MIN_GLYPHS {
            exact
        } else if (whole - nearest(whole, 90)).abs() < NEAR_QUARTER {
            f64::from(nearest(whole, 90).rem_euclid(360))
        } else {
            f64::from(nearest(whole, USUAL).rem_euclid(360))
        }
    }
}

/// The nearest multiple.
fn nearest(degrees: i32, step: i32) -> i32 {
    (degrees + step / 2).div_euclid(step) * step
}

#[expect(clippy::cast_possible_truncation, reason = "an angle")]
fn whole(degrees: f64) -> i32 {
    degrees.round() as i32
}

fn place(degrees: i32) -> usize {
    usize::try_from(degrees.rem_euclid(360)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use hayro::kurbo::Point;

    /// So many glyphs, each beginning where the one before it ends.
    fn run(degrees: f64, count: u32) -> Vec<PlacedGlyph> {
        let (sine, cosine) = degrees.to_radians().sin_cos();
        let step = Vec2::new(cosine, sine) * 5.0;
        let start = Point::new(100.0, 100.0);
        let glyph = |place: u32| PlacedGlyph {
            text: 'a'.into(),
            start: start + step * f64::from(place),
            end: start + step * f64::from(place + 1),
            size: 10.0,
        };
        (0..count).map(glyph).collect()
    }

    fn ways(glyphs: Vec<PlacedGlyph>) -> Vec<(i32, usize)> {
        let groups = by_direction(glyphs).into_iter();
        groups
            .map(|(way, glyphs)| (whole(way * 10.0), glyphs.len()))
            .collect()
    }

    #[test]
    fn slanted_lines_stay_whole() {
        assert_eq!(ways(run(5.7, 40)), [(57, 40), (0, 0)]);
        assert_eq!(ways(run(-54.7, 12)), [(3053, 12), (0, 0)]);
        let askew = [run(0.4, 40), run(1.2, 30), run(359.1, 20)].concat();
        assert_eq!(ways(askew), [(0, 90)]);
        let more_askew = [run(2.9, 40), run(3.4, 30), run(2.2, 20)].concat();
        assert_eq!(ways(more_askew).first().map(|(_, count)| *count), Some(90));
    }

    #[test]
    fn letters_on_a_curve_go_the_usual_ways() {
        let circle: Vec<PlacedGlyph> = (0..18_u32)
            .flat_map(|place| run(f64::from(place) * 5.0, 1))
            .collect();
        assert!(ways(circle).len() <= 8);
    }
}
