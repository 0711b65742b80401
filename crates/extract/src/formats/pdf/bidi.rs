//! From the order in which characters stand on the paper, left to right, to the order in which
//! they are read.
//!
//! This is the reordering step L2 of the Unicode bidirectional algorithm (UAX #9) backwards, with
//! levels guessed from what is seen, since what was meant is not in the file.
use super::letters::Letters;
use super::lines::Cell;
use unicode_bidi::{BidiClass, bidi_class};

/// What stands in brackets and is longer settles itself.
const MAX_BRACKETED: usize = 200;

/// How a character takes part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Class {
    Left,
    Right,
    Number,
    Neutral,
}

fn class_of(text: &Letters) -> Class {
    for c in text.chars() {
        match c {
            'a'..='z' | 'A'..='Z' => return Class::Left,
            '0'..='9' => return Class::Number,
            ' ' => continue,
            // Most letters of the most used scripts need no looking up.
            '\u{391}'..='\u{3C9}'
            | '\u{410}'..='\u{44F}'
            | '\u{E01}'..='\u{E30}'
            | '\u{4E00}'..='\u{9FFF}' => {
                return Class::Left;
            }
            '\u{5D0}'..='\u{5EA}' | '\u{620}'..='\u{64A}' | '\u{671}'..='\u{6D3}' => return Class::Right,
            _ => {}
        }
        match bidi_class(c) {
            BidiClass::L => return Class::Left,
            BidiClass::R | BidiClass::AL => return Class::Right,
            BidiClass::EN | BidiClass::AN => return Class::Number,
            _ => {}
        }
    }
    Class::Neutral
}

/// How many cells are read leftwards minus how many rightwards.
pub(super) fn leaning(cells: &[Cell]) -> i64 {
    cells
        .iter()
        .map(|cell| match class_of(&cell.text) {
            Class::Right => 1,
            Class::Left => -1,
            Class::Number | Class::Neutral => 0,
        })
        .sum()
}

/// Whether any cell is read leftwards.
pub(super) fn has_right_to_left(cells: &[Cell]) -> bool {
    // No script below Hebrew is.
    cells
        .iter()
        .any(|cell| cell.text.first() >= '\u{590}' && class_of(&cell.text) == Class::Right)
}

/// Reorders a line from left-to-right sight into reading order. `leftwards` is the direction of
/// the text around it.
pub(super) fn to_reading_order(cells: &mut [Cell], leftwards: bool) {
    if !has_right_to_left(cells) {
        return;
    }
    let mut classes: Vec<Class> = cells.iter().map(|cell| class_of(&cell.text)).collect();
    settle_brackets(&mut classes, cells);
    let levels = levels(&classes, cells, leftwards);
    for (cell, level) in cells.iter_mut().zip(&levels) {
        if level % 2 == 1 {
            mirror(&mut cell.text);
        }
    }
    let mut order: Vec<usize> = (0..cells.len()).collect();
    let highest = levels.iter().copied().max().unwrap_or(0);
    for level in (1..=highest).rev() {
        reverse_runs(&mut order, &levels, level);
    }
    let reordered: Vec<Cell> = order.iter().map(|place| cells[*place].clone()).collect();
    cells.clone_from_slice(&reordered);
}

/// Reverses each stretch whose cells have at least this level.
fn reverse_runs(order: &mut [usize], levels: &[u8], level: u8) {
    let mut start = 0;
    while start < order.len() {
        if levels[order[start]] < level {
            start += 1;
            continue;
        }
        let length = order[start..]
            .iter()
            .take_while(|place| levels[**place] >= level)
            .count();
        order[start..start + length].reverse();
        start += length;
    }
}

/// Brackets around what is read rightwards, after something that is, go with it: the call `P (E)` within
/// a line of Hebrew (rule N0).
fn settle_brackets(classes: &mut [Class], cells: &[Cell]) {
    let mut open: Vec<usize> = Vec::new();
    for place in 0..cells.len() {
        match cells[place].text.only() {
            Some('(' | '[' | '{') => open.push(place),
            Some(')' | ']' | '}') => {
                let Some(start) = open.pop() else { continue };
                if place - start > MAX_BRACKETED {
                    continue;
                }
                let inside = &classes[start + 1..place];
                let before = classes[..start]
                    .iter()
                    .rev()
                    .take(MAX_BRACKETED)
                    .find(|class| matches!(class, Class::Left | Class::Right));
                let rightwards = !inside.contains(&Class::Right)
                    && inside
                        .iter()
                        .any(|class| matches!(class, Class::Left | Class::Number));
                if rightwards && before == Some(&Class::Left) {
                    classes[start] = Class::Left;
                    classes[place] = Class::Left;
                }
            }
            _ => {}
        }
    }
}

fn levels(classes: &[Class], cells: &[Cell], leftwards: bool) -> Vec<u8> {
    let (before, after) = (nearest(classes.iter()), {
        let mut after = nearest(classes.iter().rev());
        after.reverse();
        after
    });
    (0..classes.len())
        .map(|place| {
            let around = (before[place], after[place]);
            match (classes[place], leftwards) {
                (Class::Right, _) => 1,
                (Class::Left | Class::Number, true) => 2,
                (Class::Number, false) if around == (Some(Class::Right), Some(Class::Right)) => 2,
                (Class::Left | Class::Number, false) => 0,
                (Class::Neutral, true) => {
                    let between_latin = around == (Some(Class::Left), Some(Class::Left));
                    if between_latin || inside_number(classes, cells, place) {
                        2
                    } else {
                        1
                    }
                }
                (Class::Neutral, false) => u8::from(around == (Some(Class::Right), Some(Class::Right))),
            }
        })
        .collect()
}

/// The nearest strong class before each place.
fn nearest<'a>(classes: impl Iterator<Item = &'a Class>) -> Vec<Option<Class>> {
    let mut last = None;
    classes
        .map(|class| {
            let seen = last;
            if matches!(class, Class::Left | Class::Right) {
                last = Some(*class);
            }
            seen
        })
        .collect()
}

/// A mark right between two digits (3.14, 12:30) or beside one, as a percent sign is.
fn inside_number(classes: &[Class], cells: &[Cell], place: usize) -> bool {
    let is = |place: Option<usize>| {
        place
            .and_then(|place| classes.get(place))
            .is_some_and(|class| matches!(class, Class::Number | Class::Left))
    };
    let mark = cells[place].text.first();
    let joins = matches!(mark, '.' | ',' | ':' | '/' | '-' | '_' | '@' | '+' | '=' | '*');
    let (before, after) = (is(place.checked_sub(1)), is(Some(place + 1)));
    (joins && before && after) || (matches!(mark, '%' | '$' | '€' | '₪' | '°') && (before || after))
}

/// A bracket in right-to-left text was drawn as its mirror image.
fn mirror(text: &mut Letters) {
    let mirrored = match text.first() {
        '(' => ')',
        ')' => '(',
        '[' => ']',
        ']' => '[',
        '{' => '}',
        '}' => '{',
        '<' => '>',
        '>' => '<',
        '«' => '»',
        '»' => '«',
        _ => return,
    };
    *text = mirrored.into();
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(seen: &str, leftwards: bool) -> String {
        let mut cells: Vec<Cell> = seen.chars().map(Cell::of).collect();
        to_reading_order(&mut cells, leftwards);
        cells.iter().flat_map(|cell| cell.text.chars()).collect()
    }

    #[test]
    fn lines_are_read_as_meant() {
        assert_eq!(read("םולש", true), "שלום");
        assert_eq!(read("Java תפש", true), "שפת Java");
        assert_eq!(read("3.14 אוה יפ", true), "פי הוא 3.14");
        assert_eq!(
            read("the word םלוע means world", false),
            "the word עולם means world"
        );
        assert_eq!(read("plain (text)", true), "plain (text)");
        assert_eq!(read("(ב) א", true), "א (ב)");
        assert_eq!(read("P (E) ב", true), "ב P (E)");
        assert_eq!(read("C(n, r) ב", true), "ב C(n, r)");
        assert_eq!(read("(2) ב", true), "ב (2)");
        assert_eq!(read("x ב 12 א y", false), "x א 12 ב y");
    }
}
