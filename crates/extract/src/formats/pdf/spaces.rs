//! Where words part: at drawn spaces, and at gaps that are wide for their line.
use super::letters::Letters;
use super::lines::Cell;
use super::segments::{OFF_LINE, Segment};

/// A gap wider than this part of the size parts two words.
const WORD_GAP: f64 = 0.11;
/// A gap between signs of scripts without spaces that parts them, in parts of the size.
const SIGN_GAP: f64 = 0.5;
/// A drawn space that leaves less than this part of the size between its neighbours parts nothing.
const TAKEN_BACK: f64 = 0.06;
/// A letter so far back, in parts of the size, and at another height begins what stands below or above.
const BACK: f64 = 0.8;
/// A line of so few gaps tells nothing of its setting.
const MIN_GAPS: usize = 4;
/// Gaps wider than this part of the size are not those within words, unless nearly all are.
const WITHIN_WORDS: f64 = 0.05;

/// Parts words: by a space where the gap is wide for its line, or where one is drawn that takes up room.
/// One that is taken back at once only keeps letters from joining.
pub(super) fn with_spaces(line: Segment, leftwards: bool) -> Vec<Cell> {
    let (base, line_size, cells) = (line.base, line.size, line.cells);
    let spacing = letter_spacing(&cells);
    // Digits that are raised where a word begins are the number of a footnote.
    let number = |cell: &Cell| base - cell.base > OFF_LINE * line_size && cell.text.first().is_numeric();
    let mut spaced: Vec<Cell> = Vec::with_capacity(cells.len() + cells.len() / 4);
    let mut right = f64::NEG_INFINITY;
    let (mut drawn, mut in_number) = (false, false);
    for cell in cells {
        if cell.is_space() {
            drawn = true;
            continue;
        }
        let parted = spaced.last().is_none_or(|last| {
            let size = last.size.min(cell.size);
            let gap = cell.left - right;
            let taken_back = (-TAKEN_BACK * size..TAKEN_BACK * size).contains(&gap);
            let elsewhere = gap < -BACK * size && (cell.base - last.base).abs() > OFF_LINE * size;
            let noted = if leftwards {
                number(&cell) && is_letter(last)
            } else {
                in_number && is_letter(&cell)
            };
            let wide = gap > least_gap(&last.text, &cell.text) * size + spacing;
            wide || (drawn && !taken_back) || elsewhere || noted
        });
        if let Some(last) = spaced.last().filter(|_| parted) {
            let space = Cell {
                text: ' '.into(),
                left: right,
                right: cell.left,
                base: last.base,
                size: last.size,
            };
            spaced.push(space);
        }
        in_number = number(&cell) && (parted || in_number);
        drawn = false;
        right = right.max(cell.right);
        spaced.push(cell);
    }
    spaced
}

/// One letter or a ligature, and no fraction.
fn is_letters(cell: &Cell) -> bool {
    cell.text.only().is_some() || !cell.text.chars().any(|c| c == '/')
}

fn is_letter(cell: &Cell) -> bool {
    cell.text.first().is_alphabetic()
}

/// The least gap that parts two words, in parts of the size.
fn least_gap(before: &Letters, after: &Letters) -> f64 {
    if is_ideographic(before) && is_ideographic(after) {
        SIGN_GAP
    } else {
        WORD_GAP
    }
}

/// The usual gap between neighbours of a line that is set wide; 0 for any other.
fn letter_spacing(cells: &[Cell]) -> f64 {
    let Some(size) = cells.first().map(|cell| cell.size) else {
        return 0.0;
    };
    let gaps = cells
        .windows(2)
        .filter(|pair| pair.iter().all(|cell| !cell.is_space() && is_letters(cell)))
        .map(|pair| pair[1].left - pair[0].right);
    // Few gaps are narrow: this is the setting, not the words.
    let few = cells.len() / 10;
    let narrow = gaps.clone().filter(|gap| *gap <= WITHIN_WORDS * size);
    let narrow = narrow.take(few + 1).count();
    if narrow > few {
        return 0.0;
    }
    let mut gaps: Vec<f64> = gaps.collect();
    if gaps.len() < MIN_GAPS || narrow > gaps.len() / 10 {
        return 0.0;
    }
    let middle = gaps.len() / 2;
    let median = *gaps.select_nth_unstable_by(middle, f64::total_cmp).1;
    if median < 0.8 * size { median } else { 0.0 }
}

/// Scripts that write no spaces and set their signs with gaps of all widths.
fn is_ideographic(text: &Letters) -> bool {
    matches!(text.first(), '\u{2E80}'..='\u{30FF}' | '\u{3400}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{FF00}'..='\u{FFEF}' | '\u{20000}'..='\u{3FFFF}')
}
