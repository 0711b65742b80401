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
    let mut waiting: Vec<(Cell, Letters)> = Vec::new();
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
                Some(letter) if has_ink(&mark) && (touches(letter, &mark) || touches(&cell, &mark)) => {
                    let own = if stands_on_second(letter, &cell, &mark) {
                        &mut cell
                    } else {
                        letter
                    };
                    own.text.append(&combining);
                }
                Some(_) if has_ink(&mark) => letters.push(mark),
                // A free-standing accent belongs only to a letter that it is drawn over.
                _ if spacing && before.min(after) > 0.25 => letters.push(mark),
                _ if is_written_before(combining.first()) && after < 1.0 => take_up(&mut cell, &mark),
                Some(letter) if before < after || follows(&mark, letter) => letter.text.append(&combining),
                _ if after < 1.0 => cell.text.append(&combining),
                _ => letters.push(mark),
            }
        }
        letters.push(cell);
    }
    for (mark, combining) in waiting {
        match letters.last_mut() {
            Some(letter) if has_ink(&mark) && !touches(letter, &mark) => letters.push(mark),
            Some(letter) if is_combining_mark(mark.text.first()) => letter.text.append(&combining),
            _ => letters.push(mark),
        }
    }
    letters
}

/// Gives points of right-to-left scripts that no neighbour took, since they were drawn with those of another
/// letter or font, to the letter of the line that they are over or under. `cells` come from left to right.
pub(super) fn attach_strays(cells: Vec<Cell>) -> Vec<Cell> {
    let is_stray = |cell: &Cell| cell.text.chars().all(may_reach_anywhere);
    if !cells.iter().any(is_stray) {
        return cells;
    }
    let mut letters: Vec<Cell> = Vec::with_capacity(cells.len());
    let mut waiting: Vec<Cell> = Vec::new();
    for mut cell in cells {
        if is_stray(&cell) {
            waiting.push(cell);
            continue;
        }
        for mark in waiting.drain(..) {
            match letters.last_mut() {
                Some(letter) if touches(letter, &mark) && !stands_on_second(letter, &cell, &mark) => {
                    letter.text.append(&mark.text);
                }
                _ if touches(&cell, &mark) => cell.text.append(&mark.text),
                _ => letters.push(mark),
            }
        }
        letters.push(cell);
    }
    for mark in waiting {
        match letters.last_mut() {
            Some(letter) if touches(letter, &mark) => letter.text.append(&mark.text),
            _ => letters.push(mark),
        }
    }
    letters
}

/// Whether this is a mark of a right-to-left script of which is known where its ink is, and not only where
/// its pen was set down.
fn has_ink(mark: &Cell) -> bool {
    may_reach_anywhere(mark.text.first()) && mark.right > mark.left
}

/// Whether a mark's ink is over, under or right beside a letter.
fn touches(letter: &Cell, mark: &Cell) -> bool {
    let near = BEHIND * letter.size.max(mark.size);
    distance(letter, mark).is_finite() && mark.left < letter.right + near && letter.left - near < mark.right
}

/// Which of two neighbours in drawing order a mark stands on: the one that more of it is over or under. Where
/// that does not tell, as between two letters, letters drawn from left to right come behind their marks.
fn stands_on_second(first: &Cell, second: &Cell, mark: &Cell) -> bool {
    let shared = |letter: &Cell| {
        if distance(letter, mark).is_infinite() {
            return -1.0;
        }
        (letter.right.min(mark.right) - letter.left.max(mark.left)).max(0.0)
    };
    let (before, after) = (shared(first), shared(second));
    let clear = (before - after).abs() > 0.25 * (mark.right - mark.left);
    if clear {
        after > before
    } else {
        second.left >= first.left
    }
}

/// Adds a vowel sign that takes up room of its own.
fn take_up(letter: &mut Cell, sign: &Cell) {
    letter.text.append(&sign.text);
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
    let reaches_back = is_combining_mark(c) && !may_reach_anywhere(c);
    let behind = letter.left..=letter.right + BEHIND * size;
    reaches_back
        && mark.right - mark.left < NO_WIDTH * size
        && behind.contains(&mark.left)
        && distance(letter, mark).is_finite()
}

/// Whether this is a mark of a script from Hebrew to Arabic: their lines are drawn in either direction.
pub(super) fn may_reach_anywhere(c: char) -> bool {
    matches!(c, '\u{591}'..='\u{8FF}') && is_combining_mark(c)
}

/// Whether it is worth while to look closer: most letters of the most used scripts are none.
fn may_be_mark(text: &Letters) -> bool {
    let first = text.first();
    let is_plain = matches!(
        first,
        '\u{C0}'..='\u{2C5}'
            | '\u{370}'..='\u{482}'
            | '\u{48A}'..='\u{590}'
            | '\u{5D0}'..='\u{60F}'
            | '\u{620}'..='\u{64A}'
            | '\u{1E00}'..='\u{20CF}'
            | '\u{2100}'..='\u{2CEE}'
            | '\u{3041}'..='\u{3098}'
            | '\u{309B}'..='\u{A66E}'
            | '\u{AC00}'..='\u{D7AF}'
            | '\u{FB00}'..='\u{FB1D}'
    );
    first == '`' || (first > '\u{7F}' && !is_plain)
}

/// The combining form of an accent, or of several that are drawn as one.
fn as_mark(text: &Letters) -> Option<Letters> {
    if !may_be_mark(text) {
        return None;
    }
    let Some(c) = text.only() else {
        return text.chars().all(may_reach_anywhere).then(|| text.clone());
    };
    let mark = match c {
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
    };
    Some(mark.into())
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

    fn texts(cells: impl Into<Vec<Cell>>) -> Vec<String> {
        let cells = attach_marks(cells.into());
        cells.iter().map(|cell| cell.text.chars().collect()).collect()
    }

    #[test]
    fn points_stand_on_the_letter_that_their_ink_is_under() {
        let patach_of_second = drawn('\u{5B7}', 6.5, 9.0);
        let second_first = [
            drawn('\u{5DC}', 5.0, 10.0),
            patach_of_second.clone(),
            drawn('\u{5DE}', 0.0, 5.0),
        ];
        assert_eq!(texts(second_first), ["\u{5DC}\u{5B7}", "\u{5DE}"]);
        let first_first = [
            drawn('\u{5DE}', 0.0, 5.0),
            patach_of_second,
            drawn('\u{5DC}', 5.0, 10.0),
        ];
        assert_eq!(texts(first_first), ["\u{5DE}", "\u{5DC}\u{5B7}"]);
        // A point between two letters, in lines drawn from left to right and from right to left.
        let between = drawn('\u{5B9}', 4.5, 5.5);
        let (left, right) = (drawn('\u{5D3}', 0.0, 5.0), drawn('\u{5DB}', 5.0, 10.0));
        let rightwards = [left.clone(), between.clone(), right.clone()];
        assert_eq!(texts(rightwards), ["\u{5D3}", "\u{5DB}\u{5B9}"]);
        let leftwards = [right, between, left];
        assert_eq!(texts(leftwards), ["\u{5DB}\u{5B9}", "\u{5D3}"]);
    }

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
