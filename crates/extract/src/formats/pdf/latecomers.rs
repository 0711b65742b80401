//! Lines that were drawn later than they are read, or earlier: headings that a browser prints last, running
//! heads and page numbers that come with the background. Each goes where it stands among the others.
use super::lines::Line;

/// Lines farther apart than this, in parts of the size, are placed by themselves.
const APART: f64 = 1.6;

/// Whether a line jumps back from the one that was drawn before it, and not to the next column.
pub(super) fn jumps_back(before: &Line, line: &Line) -> bool {
    let next_column = if before.leftwards {
        line.right < before.left
    } else {
        line.left > before.right
    };
    line.base < before.base - 0.5 * before.size && !next_column
}

/// Lines that come in drawing order, with those that were drawn out of turn in the places where they stand. The
/// longest stretch that goes down the page stays as it is; what is above or below all of it goes there, and what
/// has no place in it stays before or behind it.
pub(super) fn put_in_place(lines: Vec<Line>) -> Vec<Line> {
    let stretches = split(lines, jumps_back);
    let Some(longest) = (0..stretches.len()).max_by_key(|place| stretches[*place].len()) else {
        return Vec::new();
    };
    let (mut before, mut page, mut behind) = (Vec::new(), Vec::new(), Vec::new());
    let mut others = Vec::new();
    for (place, stretch) in stretches.into_iter().enumerate() {
        if place == longest {
            page = stretch;
        } else {
            let blocks = split(stretch, |before, line| {
                line.base - before.base > APART * line.size
            });
            others.extend(blocks.into_iter().map(|block| (place < longest, block)));
        }
    }
    let (top, bottom) = page
        .iter()
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(top, bottom), line| {
            (top.min(line.base), bottom.max(line.base))
        });
    let (mut above, mut below) = (Vec::new(), Vec::new());
    for (earlier, mut block) in others {
        if let Some(place) = place_in(&page, &block) {
            page.splice(place..place, block);
        } else if block.iter().all(|line| line.base <= top) {
            above.push(block);
        } else if block.iter().all(|line| line.base >= bottom) {
            below.push(block);
        } else if earlier {
            before.append(&mut block);
        } else {
            behind.append(&mut block);
        }
    }
    let downwards = |one: &Vec<Line>, other: &Vec<Line>| one[0].base.total_cmp(&other[0].base);
    above.sort_by(downwards);
    below.sort_by(downwards);
    let above = above.into_iter().flatten().chain(before);
    let below = behind.into_iter().chain(below.into_iter().flatten());
    above.chain(page).chain(below).collect()
}

/// Parts lines wherever two neighbours are to be parted.
fn split(lines: Vec<Line>, parted: impl Fn(&Line, &Line) -> bool) -> Vec<Vec<Line>> {
    let mut parts: Vec<Vec<Line>> = Vec::new();
    for line in lines {
        match parts.last_mut() {
            Some(part) if part.last().is_some_and(|before| !parted(before, &line)) => part.push(line),
            _ => parts.push(vec![line]),
        }
    }
    parts
}

/// Between which neighbours of one column the block stands, by the place of the lower one.
fn place_in(page: &[Line], block: &[Line]) -> Option<usize> {
    let (first, last) = (block.first()?, block.last()?);
    let (left, right) = block
        .iter()
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(left, right), line| {
            (left.min(line.left), right.max(line.right))
        });
    let same_column = |line: &Line| line.left < right && left < line.right;
    let between = page.windows(2).position(|pair| {
        let (above, below) = (&pair[0], &pair[1]);
        above.base < first.base - 0.5 * first.size
            && last.base < below.base - 0.5 * below.size
            && same_column(above)
            && same_column(below)
    });
    between.map(|place| place + 1)
}

#[cfg(test)]
mod tests {
    use super::super::lines::LineWord;
    use super::*;
    use hayro::kurbo::Rect;

    fn line(text: &str, left: f64, base: f64) -> Line {
        let right = left + 100.0;
        Line {
            words: vec![LineWord {
                text: text.to_owned(),
                area: Rect::new(left, base - 8.0, right, base + 2.0),
            }],
            left,
            right,
            base,
            size: 10.0,
            mean_size: 10.0,
            leftwards: false,
        }
    }

    fn order(lines: &[(&str, f64, f64)]) -> String {
        let lines = lines.iter().map(|(text, left, base)| line(text, *left, *base));
        let placed = put_in_place(lines.collect());
        let words: Vec<_> = placed.iter().map(|line| line.words[0].text.as_str()).collect();
        words.join(" ")
    }

    #[test]
    fn headings_drawn_last_stand_over_their_text() {
        let page = [
            ("a", 0.0, 100.0),
            ("b", 0.0, 112.0),
            ("c", 0.0, 150.0),
            ("d", 0.0, 162.0),
            ("e", 0.0, 200.0),
            ("Second", 0.0, 132.0),
            ("Third", 0.0, 182.0),
        ];
        assert_eq!(order(&page), "a b Second c d Third e");
    }

    #[test]
    fn heads_and_feet_stand_first_and_last() {
        let page = [
            ("head", 0.0, 20.0),
            ("7", 0.0, 700.0),
            ("a", 0.0, 100.0),
            ("b", 0.0, 112.0),
            ("c", 0.0, 124.0),
            ("top", 0.0, 10.0),
        ];
        assert_eq!(order(&page), "top head a b c 7");
    }

    #[test]
    fn footnotes_and_titles_of_several_lines_stand_below_and_above_all_columns() {
        let columns = [
            ("a", 0.0, 100.0),
            ("b", 0.0, 112.0),
            ("c", 0.0, 124.0),
            ("x", 200.0, 100.0),
            ("y", 200.0, 112.0),
            ("z", 400.0, 100.0),
        ];
        let notes = [("1", 0.0, 300.0), ("2", 0.0, 310.0), ("7", 250.0, 400.0)];
        let title = [("Long", 0.0, 40.0), ("title", 0.0, 52.0)];
        let first = [notes.as_slice(), &title, &columns].concat();
        assert_eq!(order(&first), "Long title a b c x y z 1 2 7");
        let last = [&columns, notes.as_slice(), &title].concat();
        assert_eq!(order(&last), "Long title a b c x y z 1 2 7");
    }

    #[test]
    fn columns_stay_as_they_were_drawn() {
        let page = [
            ("a", 0.0, 100.0),
            ("b", 0.0, 112.0),
            ("c", 0.0, 124.0),
            ("x", 200.0, 100.0),
            ("y", 200.0, 112.0),
            ("beside", 400.0, 106.0),
        ];
        assert_eq!(order(&page), "a b c x y beside");
        let right_first = [("x", 200.0, 100.0), ("y", 200.0, 112.0), ("a", 0.0, 106.0)];
        assert_eq!(order(&right_first), "x y a");
    }
}
