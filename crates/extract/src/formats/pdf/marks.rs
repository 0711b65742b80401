//! Which accents belong to which letters: many fonts draw them apart, before or after the letter.
use super::letters::Letters;
use super::lines::Cell;
use unicode_normalization::char::is_combining_mark;

/// A mark without width, in parts of the size.
const NO_WIDTH: f64 = 0.05;
/// How far behind its letter such a mark may be drawn.
const BEHIND: f64 = 0.1;

/// Gives each accent to the letter that it stands on, be that drawn before or after it.
pub(super) fn attach_marks(cells: Vec<Cell>) -> Vec<Cell> {
    if !cells.iter().any(|cell| may_be_mark(&cell.text)) {
        return cells;
    }
    let mut letters: Vec<Cell> = Vec::with_capacity(cells.len());
    let mut waiting: Vec<(Cell, char)> = Vec::new();
    for mut cell in cells {
        if let Some(mark) = as_mark(&cell.text) {
            waiting.push((cell, mark));
            continue;
        }
        for (mark, combining) in waiting.drain(..) {
            let before = letters
                .last()
                .map_or(f64::INFINITY, |letter| distance(letter, &mark));
            let after = distance(&cell, &mark);
            let spacing = !is_combining_mark(mark.text.first());
            match letters.last_mut() {
                // A free-standing accent belongs only to a letter that it is drawn over.
                _ if spacing && before.min(after) > 0.25 => letters.push(mark),
                Some(letter) if before < after || follows(&mark, letter) => letter.text.append(combining),
                _ if after < 1.0 => cell.text.append(combining),
                _ => letters.push(mark),
            }
        }
        letters.push(cell);
    }
    for (mark, combining) in waiting {
        match letters.last_mut() {
            Some(letter) if is_combining_mark(mark.text.first()) => letter.text.append(combining),
            _ => letters.push(mark),
        }
    }
    letters
}

/// Whether a mark without width was drawn right behind a letter, which it then stands on: most scripts'
/// marks reach back. Right-to-left lines may be drawn in any order.
fn follows(mark: &Cell, letter: &Cell) -> bool {
    let c = mark.text.first();
    let size = letter.size.max(mark.size);
    let reaches_back = is_combining_mark(c) && !matches!(c, '\u{590}'..='\u{8FF}');
    let behind = letter.left..=letter.right + BEHIND * size;
    reaches_back
        && mark.right - mark.left < NO_WIDTH * size
        && behind.contains(&mark.left)
        && distance(letter, mark).is_finite()
}

fn may_be_mark(text: &Letters) -> bool {
    text.only().is_some_and(|c| c == '`' || c > '\u{7F}')
}

/// The combining form of an accent.
fn as_mark(text: &Letters) -> Option<char> {
    let c = text.only().filter(|_| may_be_mark(text))?;
    Some(match c {
        '`' => '\u{300}',
        '\u{B4}' => '\u{301}',
        '\u{2C6}' => '\u{302}',
        '\u{2DC}' => '\u{303}',
        '\u{AF}' => '\u{304}',
        '\u{2D8}' => '\u{306}',
        '\u{2D9}' => '\u{307}',
        '\u{A8}' => '\u{308}',
        '\u{2DA}' => '\u{30A}',
        '\u{2DD}' => '\u{30B}',
        '\u{2C7}' => '\u{30C}',
        '\u{B8}' => '\u{327}',
        '\u{2DB}' => '\u{328}',
        c if is_combining_mark(c) => c,
        _ => return None,
    })
}

/// How far a mark's middle is from a letter's, in sizes; infinite on another line or for a space.
fn distance(letter: &Cell, mark: &Cell) -> f64 {
    let size = letter.size.max(mark.size);
    if letter.is_space() || (letter.base - mark.base).abs() > size {
        return f64::INFINITY;
    }
    let middle = |cell: &Cell| f64::midpoint(cell.left, cell.right);
    (middle(letter) - middle(mark)).abs() / size
}
