//! How a fraction is written on one line.
use super::letters::Letters;
use super::lines::Cell;
use unicode_normalization::char::is_combining_mark;

/// A part, in brackets where it is more than a number or a word.
pub(super) fn as_part(text: &str) -> String {
    if is_simple(text) {
        text.to_owned()
    } else {
        format!("({text})")
    }
}

/// Whether a part needs no brackets: a number, a word, or a word with an index.
fn is_simple(text: &str) -> bool {
    let index = text.trim_start_matches(|c: char| !c.is_numeric() && is_of_word(c));
    let is_number = text
        .trim_matches(|c: char| c.is_numeric() || matches!(c, '.' | ','))
        .is_empty();
    is_number || (index.len() < text.len() && index.chars().all(char::is_numeric)) || is_bracketed(text)
}

fn is_of_word(c: char) -> bool {
    c.is_alphabetic() || is_combining_mark(c) || matches!(c, '\'' | '′' | '∂' | '∆')
}

/// Whether one pair of brackets is around all of it.
fn is_bracketed(text: &str) -> bool {
    let Some(inside) = text.strip_prefix('(').and_then(|text| text.strip_suffix(')')) else {
        return false;
    };
    let mut open = 0_usize;
    inside.chars().all(|c| {
        match c {
            '(' => open += 1,
            ')' if open == 0 => return false,
            ')' => open -= 1,
            _ => {}
        }
        true
    })
}

/// A fraction of several words as a cell for each, side by side over its bar.
pub(super) fn push_words(cell: Cell, cells: &mut Vec<Cell>) {
    let text: String = cell.text.chars().collect();
    if !text.contains(' ') {
        cells.push(cell);
        return;
    }
    let count = |text: &str| f64::from(u32::try_from(text.chars().count()).unwrap_or(u32::MAX));
    let unit = (cell.right - cell.left) / count(&text).max(1.0);
    let mut at = 0.0;
    for (place, word) in text.split(' ').enumerate() {
        let lengths = [(" ", f64::from(u8::from(place > 0))), (word, count(word))];
        for (text, length) in lengths {
            let (from, to) = (at, at + length * unit);
            at = to;
            let (left, right) = (cell.left + from, cell.left + to);
            if length > 0.0
                && let Some(text) = Letters::of(text)
            {
                cells.push(Cell {
                    text,
                    left,
                    right,
                    ..cell
                });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_are_around_what_is_more_than_a_word() {
        for simple in [
            "1",
            "3.5",
            "x",
            "dy",
            "\u{5DE}\u{5E8}\u{5D7}\u{5E7}",
            "y2",
            "(a+b)",
            "f'",
        ] {
            assert_eq!(as_part(simple), simple);
        }
        for long in ["2a", "x+1", "-b", "time taken", "(a)(b)", "\u{221A}2"] {
            assert_eq!(as_part(long), format!("({long})"));
        }
    }
}
