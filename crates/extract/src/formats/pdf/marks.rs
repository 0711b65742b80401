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
            match letters.last_mut().filter(|_| waiting.is_empty()) {
                Some(letter) if stands_behind(&cell, letter) => take_up(letter, &cell),
                _ => waiting.push((cell, mark)),
            }
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
                _ if is_written_before(combining) && after < 1.0 => take_up(&mut cell, &mark),
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

/// Adds a vowel sign that takes up room of its own.
fn take_up(letter: &mut Cell, sign: &Cell) {
    letter.text.append(sign.text.first());
    letter.left = letter.left.min(sign.left);
    letter.right = letter.right.max(sign.right);
}

/// Whether this is a vowel sign with a width that was drawn right behind its letter, as those of Indic scripts
/// are that are not written before it.
fn stands_behind(sign: &Cell, letter: &Cell) -> bool {
    let c = sign.text.first();
    let size = letter.size.max(sign.size);
    is_indic(c)
        && !is_written_before(c)
        && sign.right - sign.left >= NO_WIDTH * size
        && (-BEHIND..=BEHIND).contains(&((sign.left - letter.right) / size))
        && distance(letter, sign).is_finite()
}

/// Scripts from Devanagari to Sinhala, Myanmar and Khmer.
fn is_indic(c: char) -> bool {
    matches!(c, '\u{900}'..='\u{DFF}' | '\u{1000}'..='\u{109F}' | '\u{1780}'..='\u{17FF}')
}

/// Vowel signs that follow their consonant in the text and stand before it on paper.
fn is_written_before(c: char) -> bool {
    matches!(
        c,
        '\u{93F}' | '\u{9BF}' | '\u{9C7}' | '\u{9C8}' | '\u{A3F}' | '\u{ABF}' | '\u{B47}' | '\u{BC6}'..='\u{BC8}'
            | '\u{D46}'..='\u{D48}' | '\u{DD9}' | '\u{DDB}' | '\u{1031}' | '\u{17C1}'..='\u{17C3}'
    )
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

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(c: char, left: f64, right: f64) -> Cell {
        Cell {
            left,
            right,
            size: 10.0,
            ..Cell::of(c)
        }
    }

    #[test]
    fn vowel_signs_with_a_width_stay_with_their_consonants() {
        let cells = [
            drawn('\u{915}', 0.0, 8.0),
            drawn('\u{93E}', 8.0, 10.5),
            drawn('\u{936}', 10.5, 15.0),
            drawn('\u{93F}', 15.0, 18.0),
            drawn('\u{926}', 18.0, 24.0),
        ];
        let texts: Vec<(String, f64, f64)> = attach_marks(cells.into())
            .iter()
            .map(|cell| (cell.text.chars().collect(), cell.left, cell.right))
            .collect();
        assert_eq!(
            texts,
            [
                ("\u{915}\u{93E}".into(), 0.0, 10.5),
                ("\u{936}".into(), 10.5, 15.0),
                ("\u{926}\u{93F}".into(), 15.0, 24.0)
            ]
        );
    }
}
