//! From the order in which characters stand on the paper, left to right, to the order in which
//! they are read.
//!
//! This is the reordering step L2 of the Unicode bidirectional algorithm (UAX #9) backwards, with
//! levels guessed from what is seen, since what was meant is not in the file.
use super::letters::Letters;
use super::lines::Cell;
use std::ops::Range;
use unicode_bidi::{BidiClass, bidi_class};

/// What stands in brackets and is longer settles itself.
const MAX_BRACKETED: usize = 200;

/// What is longer, in cells, is no formula.
const MAX_FORMULA: usize = 200;

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
            | '\u{4E00}'..='\u{9FFF}'
            // Signs of mathematics that stand for quantities.
            | '∂' | '∆' | '∇' | '∑' | '∏' | '∫' | '√' | '∞' => {
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
    if brackets_are_as_drawn(cells, &levels) {
        for (cell, level) in cells.iter_mut().zip(&levels) {
            if level % 2 == 1 {
                mirror(&mut cell.text);
            }
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

/// Whether brackets in what is read leftwards are given as they look on the paper. Some programs give them as they
/// are meant; then they close, from left to right, before they open.
fn brackets_are_as_drawn(cells: &[Cell], levels: &[u8]) -> bool {
    let (mut open, mut closed) = (0_usize, 0_usize);
    let (mut as_drawn, mut as_meant) = (0, 0);
    let leftwards = cells.iter().zip(levels).filter(|(_, level)| *level % 2 == 1);
    for (cell, _) in leftwards {
        match cell.text.only() {
            Some('(' | '[' | '{') if closed > 0 => (closed, as_meant) = (closed - 1, as_meant + 1),
            Some('(' | '[' | '{') => open += 1,
            Some(')' | ']' | '}') if open > 0 => (open, as_drawn) = (open - 1, as_drawn + 1),
            Some(')' | ']' | '}') => closed += 1,
            _ => {}
        }
    }
    as_meant <= as_drawn
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
    let formulas = if leftwards {
        formulas(classes, cells)
    } else {
        Vec::new()
    };
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
                _ if formulas.get(place) == Some(&true) => 2,
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

/// Which cells of a line that is read leftwards belong to a formula: that is read as it is drawn, rightwards.
///
/// It is what stands between words of the line, and has an operator between two quantities, or beside one that
/// is a letter. Numbers and dates alone are none.
fn formulas(classes: &[Class], cells: &[Cell]) -> Vec<bool> {
    let mut formulas = vec![false; classes.len()];
    let parts = |place: usize| classes[place] == Class::Right || is_separator(classes, cells, place);
    let mut start = 0;
    while start < classes.len() {
        if parts(start) {
            start += 1;
            continue;
        }
        let length = (start..classes.len()).take_while(|place| !parts(*place)).count();
        let stretch = start..start + length;
        if length <= MAX_FORMULA
            && let Some((first, last)) = formula_in(classes, cells, stretch)
        {
            formulas[first..=last].fill(true);
        }
        start += length;
    }
    formulas
}

/// The first and last cell of the formula in a stretch without words of the line.
fn formula_in(classes: &[Class], cells: &[Cell], stretch: Range<usize>) -> Option<(usize, usize)> {
    let is_quantity = |place: &usize| matches!(classes[*place], Class::Left | Class::Number);
    let is_operator = |place: &usize| cells[*place].text.only().is_some_and(is_operator);
    let first = stretch.clone().find(is_quantity)?;
    let last = stretch.clone().rfind(is_quantity)?;
    let has_letter = stretch.clone().any(|place| classes[place] == Class::Left);
    // A minus between two numbers may part a range or a date.
    let inside = (first..=last)
        .any(|place| is_operator(&place) && (has_letter || cells[place].text.only() != Some('−')));
    let beside_letters = has_letter && stretch.clone().any(|place| is_operator(&place));
    if !(inside || beside_letters) {
        return None;
    }
    let part_of_it =
        |place: &usize| is_operator(place) || is_bracket(&cells[*place]) || cells[*place].is_space();
    let first = (stretch.start..first)
        .rev()
        .take_while(part_of_it)
        .last()
        .unwrap_or(first);
    let last = (last + 1..stretch.end)
        .take_while(part_of_it)
        .last()
        .unwrap_or(last);
    Some(within_brackets(cells, first, last))
}

/// The same without spaces at its ends, and without brackets there that are not closed or opened in it.
fn within_brackets(cells: &[Cell], mut first: usize, mut last: usize) -> (usize, usize) {
    while first < last {
        let unmatched = unmatched_bracket(cells, first, last);
        if cells[first].is_space() || unmatched == Some(first) {
            first += 1;
        } else if cells[last].is_space() || unmatched == Some(last) {
            last -= 1;
        } else {
            break;
        }
    }
    (first, last)
}

/// A bracket at either end without the one that belongs to it.
fn unmatched_bracket(cells: &[Cell], first: usize, last: usize) -> Option<usize> {
    let mut open = Vec::new();
    for (place, cell) in cells.iter().enumerate().take(last + 1).skip(first) {
        match cell.text.only() {
            Some('(' | '[' | '{') => open.push(place),
            Some(')' | ']' | '}') if open.pop().is_none() => {
                return (place == first || place == last).then_some(place);
            }
            _ => {}
        }
    }
    open.into_iter().find(|place| *place == first || *place == last)
}

fn is_bracket(cell: &Cell) -> bool {
    matches!(cell.text.only(), Some('(' | '[' | '{' | ')' | ']' | '}'))
}

/// Signs that stand between two quantities and hardly anywhere else.
fn is_operator(c: char) -> bool {
    matches!(
        c,
        '=' | '+'
            | '<'
            | '>'
            | '±'
            | '×'
            | '÷'
            | '−'
            | '≈'
            | '≠'
            | '≡'
            | '≤'
            | '≥'
            | '∈'
            | '∉'
            | '∩'
            | '∪'
            | '⊂'
            | '→'
            | '⇒'
            | '⇔'
            | '↦'
            | '∘'
            | '⋅'
            | '∧'
            | '∨'
    )
}

/// A mark that parts sentences or the members of a list, and not the digits of a number.
fn is_separator(classes: &[Class], cells: &[Cell], place: usize) -> bool {
    let is_mark = matches!(
        cells[place].text.only(),
        Some('.' | ',' | ':' | ';' | '?' | '!' | '،' | '؛' | '؟' | '…' | '•')
    );
    is_mark && classes[place] == Class::Neutral && !inside_number(classes, cells, place)
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

    #[test]
    fn brackets_are_read_as_meant_however_they_are_given() {
        assert_eq!(read(".(205 רדחב) 14:30", true), "14:30 (בחדר 205).");
        assert_eq!(read(".)205 רדחב( 14:30", true), "14:30 (בחדר 205).");
        assert_eq!(read(")ב( א ]ג[", true), "[ג] א (ב)");
        assert_eq!(read("(ב", true), "ב)");
    }

    #[test]
    fn formulas_in_a_line_that_is_read_leftwards_stay_as_drawn() {
        assert_eq!(read("x+y+z−1=0 רושימה", true), "המישור x+y+z−1=0");
        assert_eq!(read("(∆1) רשיה", true), "הישר (∆1)");
        assert_eq!(read("u1 = הרדסה", true), "הסדרה u1 =");
        assert_eq!(read(".(x+1)(x−2) = 0 :האוושמה", true), "המשוואה: (x+1)(x−2) = 0.");
        assert_eq!(read("(3 + 4 = 7 ונלביק)", true), "(קיבלנו 3 + 4 = 7)");
        // A letter with a number, dates, a temperature and a telephone are no formulas.
        assert_eq!(read("הפש Java .12", true), "12. Java שפה");
        assert_eq!(read("1950 ,1948 םינשב", true), "בשנים 1948, 1950");
        assert_eq!(read("05−12 דעומב", true), "במועד 12−05");
        assert_eq!(read("972+ ןופלט", true), "טלפון +972");
    }
}
