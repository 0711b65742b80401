//! Where on a page's picture the boxes lie around what is looked for.
//!
//! Scripts that part no words by spaces come as one long word for each line; of those only the share is boxed
//! that is meant, by how wide its letters are.
use super::hits::Needles;
use crate::web::context::Emphasis;
use crate::web::pages::reader::context::HitBox;
use homeroom_core::ports::extractor::Word;
use std::ops::Range;
use unicode_normalization::char::is_combining_mark;

/// How far behind the word before a word is looked for in the text, in bytes.
const WINDOW: usize = 512;
/// How wide other letters are beside ideographs and kana.
const NARROW: f32 = 0.55;

/// The boxes of a page with this text, in the order of its words. What follows each other is one hit.
pub(super) fn hit_boxes(text: &str, words: &[Word], needles: &Needles) -> Vec<HitBox> {
    let groups = groups(text, words);
    let emphasis = needles.emphasis(groups.iter().map(|group| group[0].text.as_str()));
    let mut boxes = Vec::new();
    let mut runs = 0_usize;
    let mut is_open = false;
    for (group, emphasis) in groups.into_iter().zip(emphasis) {
        let word = group[0].text.as_str();
        if emphasis == Emphasis::Plain {
            is_open = false;
            continue;
        }
        for part in needles.meant(word) {
            runs += usize::from(!(is_open && part.start == 0));
            is_open = part.end == word.len();
            boxes.extend(placed(group, &part).map(|place| HitBox {
                run: runs - 1,
                ..place
            }));
        }
    }
    boxes
}

/// Words with all the places that each has: one that is broken over lines is there with each of its parts,
/// and stands in the text only once.
fn groups<'a>(text: &str, words: &'a [Word]) -> Vec<&'a [Word]> {
    let mut groups = Vec::new();
    let mut rest = text;
    let mut start = 0;
    for (at, word) in words.iter().enumerate() {
        let is_next = rest.trim_start().starts_with(&word.text);
        if at > start && word.text == words[at - 1].text && !is_next {
            continue;
        }
        if at > start {
            groups.push(&words[start..at]);
            start = at;
        }
        let window = &rest[..rest.floor_char_boundary(WINDOW + word.text.len())];
        if let Some(place) = window.find(&word.text) {
            rest = &rest[place + word.text.len()..];
        }
    }
    if start < words.len() {
        groups.push(&words[start..]);
    }
    groups
}

/// Where a part of a word lies that is in one or several pieces, each in a line of its own; without a run.
fn placed<'a>(pieces: &'a [Word], part: &Range<usize>) -> impl Iterator<Item = HitBox> + use<'a> {
    let word = pieces[0].text.as_str();
    let length = |piece: &Word| if is_upright(piece) { piece.h } else { piece.w };
    let all: f32 = pieces.iter().map(length).sum();
    let whole = extent(word).max(f32::MIN_POSITIVE);
    let begin = all * extent(&word[..part.start]) / whole;
    let end = all * extent(&word[..part.end]) / whole;
    let is_whole = *part == (0..word.len());
    let mut before = 0.0;
    pieces.iter().filter_map(move |piece| {
        let length = length(piece);
        let (from, to) = ((begin - before).max(0.0), (end - before).min(length));
        before += length;
        let mut place = HitBox {
            run: 0,
            x: piece.x,
            y: piece.y,
            w: piece.w,
            h: piece.h,
        };
        if is_whole {
            return Some(place);
        }
        if is_upright(piece) {
            (place.y, place.h) = (piece.y + from, to - from);
        } else {
            (place.x, place.w) = (piece.x + from, to - from);
        }
        // Less than a tenth of a letter is what rounding left.
        (to - from > piece.w.min(piece.h) / 10.0).then_some(place)
    })
}

/// Whether a word's letters stand below each other.
fn is_upright(word: &Word) -> bool {
    word.h > word.w * 1.5 && word.text.chars().nth(1).is_some()
}

/// How wide a text is, in ideographs or else in letters.
fn extent(text: &str) -> f32 {
    text.chars().map(width).sum()
}

fn width(character: char) -> f32 {
    match character {
        '\u{200B}'..='\u{200F}' | '\u{2060}' | '\u{FEFF}' => 0.0,
        c if is_combining_mark(c) => 0.0,
        // Their letters are all about as wide as each other.
        '\u{0E00}'..='\u{0EFF}' | '\u{1000}'..='\u{109F}' | '\u{1780}'..='\u{17FF}' => 1.0,
        '\u{FF61}'..='\u{FF9F}' => NARROW,
        c if c >= '\u{2E80}' => 1.0,
        _ => NARROW,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(text: &str, x: f32, y: f32, w: f32, h: f32) -> Word {
        let text = text.to_owned();
        Word { text, x, y, w, h }
    }

    /// Each box as its run and its edges: left, top, width, height.
    fn boxes(text: &str, words: &[Word], query: &str) -> Vec<(usize, [f32; 4])> {
        let boxes = hit_boxes(text, words, &Needles::new(query, None));
        let round = |edge: f32| (edge * 10.0).round() / 10.0;
        boxes
            .iter()
            .map(|place| (place.run, [place.x, place.y, place.w, place.h].map(round)))
            .collect()
    }

    #[test]
    fn in_scripts_without_spaces_only_what_is_meant_is_boxed() {
        let line = [word("植物的光合作用和呼吸作用", 100.0, 50.0, 120.0, 10.0)];
        assert_eq!(
            boxes(&line[0].text, &line, "光合作用"),
            [(0, [130.0, 50.0, 40.0, 10.0])]
        );
        assert_eq!(
            boxes(&line[0].text, &line, "作用"),
            [(0, [150.0, 50.0, 20.0, 10.0]), (1, [200.0, 50.0, 20.0, 10.0])]
        );
        let thai = [word("การสังเคราะห์ด้วยแสง", 0.0, 0.0, 160.0, 10.0)];
        let [(0, [left, _, width, _])] = boxes(&thai[0].text, &thai, "แสง")[..] else {
            panic!("one box");
        };
        assert!(
            (left + width - 160.0).abs() < 0.01 && (27.0..30.0).contains(&width),
            "{left} {width}"
        );
    }

    #[test]
    fn letters_of_other_scripts_are_narrower() {
        let line = [word("ATP合成", 0.0, 0.0, 36.5, 10.0)];
        assert_eq!(boxes("ATP合成", &line, "合成"), [(0, [16.5, 0.0, 20.0, 10.0])]);
        assert_eq!(boxes("ATP合成", &line, "atp合成"), [(0, [0.0, 0.0, 36.5, 10.0])]);
    }

    #[test]
    fn columns_are_cut_from_above() {
        let column = [word("吾輩は猫である", 300.0, 20.0, 10.0, 70.0)];
        assert_eq!(
            boxes("吾輩は猫である", &column, "猫"),
            [(0, [300.0, 50.0, 10.0, 10.0])]
        );
    }

    #[test]
    fn a_word_that_is_broken_over_lines_is_boxed_where_it_goes_on() {
        let parts = [
            word("光合作用和呼吸", 50.0, 0.0, 30.0, 10.0),
            word("光合作用和呼吸", 0.0, 20.0, 40.0, 10.0),
        ];
        let across = [(0, [70.0, 0.0, 10.0, 10.0]), (0, [0.0, 20.0, 10.0, 10.0])];
        assert_eq!(boxes("光合作用和呼吸", &parts, "作用"), across);
        assert_eq!(
            boxes("光合作用和呼吸", &parts, "呼吸"),
            [(0, [20.0, 20.0, 20.0, 10.0])]
        );
        // The same twice is no word in two parts.
        let twice = boxes("光合作用和呼吸\n光合作用和呼吸", &parts, "光合");
        assert_eq!(twice.len(), 2);
        assert_eq!(twice[1], (1, [0.0, 20.0, 11.4, 10.0]));
    }

    #[test]
    fn words_with_spaces_are_boxed_whole_and_neighbours_are_one_hit() {
        let line = [
            word("(Krebs", 0.0, 0.0, 30.0, 10.0),
            word("cycle)", 35.0, 0.0, 30.0, 10.0),
            word("and", 70.0, 0.0, 15.0, 10.0),
            word("cycles", 90.0, 0.0, 30.0, 10.0),
        ];
        assert_eq!(
            boxes("(Krebs cycle) and cycles", &line, "krebs cycle"),
            [
                (0, [0.0, 0.0, 30.0, 10.0]),
                (0, [35.0, 0.0, 30.0, 10.0]),
                (1, [90.0, 0.0, 30.0, 10.0])
            ]
        );
        assert!(boxes("", &line[..0], "krebs").is_empty());
        assert!(boxes("(Krebs cycle) and cycles", &line, "").is_empty());
    }
}
