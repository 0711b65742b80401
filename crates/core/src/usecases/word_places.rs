//! Where the words of a text stand, told from another reading of the same page that knows the places of its
//! words, but not always their order or their boundaries.
use crate::ports::extractor::Word;
use std::collections::{BTreeSet, HashMap};
use std::ops::Range;

/// The most placed words that one word is put together from: scripts without spaces are placed sign by sign.
const MAX_PARTS: usize = 200;
/// The most places that are looked at for one word that is in parts.
const MAX_TRIES: usize = 64;

/// The words of `text` that are among `placed`, in the text's order; of several places the next one
/// after the word before is taken, and no place twice. A word that is placed in parts is there with
/// each part that stands on a line of its own.
pub(super) fn place_words(text: &str, placed: &[Word]) -> Vec<Word> {
    let mut search = Search::new(placed);
    text.split_whitespace()
        .flat_map(|word| search.find(word))
        .collect()
}

struct Search<'a> {
    placed: &'a [Word],
    /// Places that are not taken, by their words.
    whole: HashMap<&'a str, BTreeSet<usize>>,
    /// Places that are not taken, by the first sign of their words.
    beginning: HashMap<char, BTreeSet<usize>>,
    /// Behind the word that was found last.
    next: usize,
}

impl<'a> Search<'a> {
    fn new(placed: &'a [Word]) -> Self {
        let mut search = Self {
            placed,
            whole: HashMap::new(),
            beginning: HashMap::new(),
            next: 0,
        };
        for (place, word) in placed.iter().enumerate() {
            if let Some(first) = word.text.chars().next() {
                search.whole.entry(&word.text).or_default().insert(place);
                search.beginning.entry(first).or_default().insert(place);
            }
        }
        search
    }

    fn find(&mut self, word: &str) -> Vec<Word> {
        let Some(parts) = self.as_one(word).or_else(|| self.in_parts(word)) else {
            return Vec::new();
        };
        parts.clone().for_each(|place| self.take(place));
        self.next = parts.end;
        on_lines(word, &self.placed[parts])
    }

    fn as_one(&self, word: &str) -> Option<Range<usize>> {
        let place = self.in_turn(self.whole.get(word)?).next()?;
        Some(place..place + 1)
    }

    /// Placed words that follow each other and together are this one.
    fn in_parts(&self, word: &str) -> Option<Range<usize>> {
        let starts = self.beginning.get(&word.chars().next()?)?;
        self.in_turn(starts)
            .take(MAX_TRIES)
            .find_map(|start| Some(start..self.end_of(word, start)?))
    }

    /// Those behind the word that was found last, then those before it.
    fn in_turn(&self, places: &BTreeSet<usize>) -> impl Iterator<Item = usize> {
        places
            .range(self.next..)
            .chain(places.range(..self.next))
            .copied()
    }

    fn take(&mut self, place: usize) {
        let word = self.placed[place].text.as_str();
        if let Some(places) = self.whole.get_mut(word) {
            places.remove(&place);
        }
        let first = word.chars().next();
        if let Some(places) = first.and_then(|first| self.beginning.get_mut(&first)) {
            places.remove(&place);
        }
    }

    fn is_taken(&self, place: usize) -> bool {
        let places = self.whole.get(self.placed[place].text.as_str());
        places.is_none_or(|places| !places.contains(&place))
    }

    fn end_of(&self, word: &str, start: usize) -> Option<usize> {
        let mut rest = word;
        for place in start..self.placed.len().min(start + MAX_PARTS) {
            if self.is_taken(place) {
                return None;
            }
            rest = rest.strip_prefix(self.placed[place].text.as_str())?;
            if rest.is_empty() {
                return Some(place + 1);
            }
        }
        None
    }
}

/// The word once for each line that its parts stand on.
fn on_lines(word: &str, parts: &[Word]) -> Vec<Word> {
    let same_line =
        |one: &Word, next: &Word| (one.y + one.h - next.y - next.h).abs() < one.h.max(next.h) / 2.0;
    parts
        .chunk_by(same_line)
        .map(|line| {
            let edge = |of: fn(&Word) -> f32, pick: fn(f32, f32) -> f32| line.iter().map(of).reduce(pick);
            let (left, top) = (edge(|w| w.x, f32::min), edge(|w| w.y, f32::min));
            let (right, bottom) = (edge(|w| w.x + w.w, f32::max), edge(|w| w.y + w.h, f32::max));
            let (x, y) = (left.unwrap_or_default(), top.unwrap_or_default());
            Word {
                text: word.to_owned(),
                x,
                y,
                w: right.unwrap_or_default() - x,
                h: bottom.unwrap_or_default() - y,
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Words of 10 × 10 points, each at the next place of its line.
    fn placed(lines: &[&[&str]]) -> Vec<Word> {
        let word = |text: &str, column: f32, line: f32| Word {
            text: text.to_owned(),
            x: column * 10.0,
            y: line * 20.0,
            w: 10.0,
            h: 10.0,
        };
        let mut words = Vec::new();
        let mut y = 0.0;
        for line in lines {
            let mut x = 0.0;
            for text in *line {
                words.push(word(text, x, y));
                x += 1.0;
            }
            y += 1.0;
        }
        words
    }

    fn found(text: &str, lines: &[&[&str]]) -> Vec<(String, i32, i32, i32)> {
        #[expect(clippy::cast_possible_truncation, reason = "small whole numbers")]
        let whole = |number: f32| number as i32;
        place_words(text, &placed(lines))
            .into_iter()
            .map(|word| (word.text, whole(word.x), whole(word.y), whole(word.w)))
            .collect()
    }

    fn place(text: &str, x: i32, y: i32, w: i32) -> (String, i32, i32, i32) {
        (text.to_owned(), x, y, w)
    }

    #[test]
    fn words_are_found_in_the_texts_order_and_no_place_twice() {
        let page: &[&[&str]] = &[&["cell", "wall"], &["the", "cell"]];
        assert_eq!(
            found("the cell\ncell wall cell", page),
            [
                place("the", 0, 20, 10),
                place("cell", 10, 20, 10),
                place("cell", 0, 0, 10),
                place("wall", 10, 0, 10)
            ]
        );
    }

    #[test]
    fn what_is_not_on_the_page_has_no_place() {
        assert_eq!(found("said by the speaker", &[&["shown"]]), []);
        assert_eq!(found("", &[&["shown"]]), []);
        assert_eq!(found("shown", &[]), []);
    }

    #[test]
    fn a_word_is_put_together_from_its_parts() {
        assert_eq!(
            found(
                "光合作用 soft-ware",
                &[&["光", "合", "作"], &["用", "soft-", "ware"]]
            ),
            [
                place("光合作用", 0, 0, 30),
                place("光合作用", 0, 20, 10),
                place("soft-ware", 10, 20, 20)
            ]
        );
    }

    #[test]
    fn a_beginning_is_no_word() {
        assert_eq!(found("cells", &[&["cell", "wall"]]), []);
        assert_eq!(found("cell", &[&["cells"]]), []);
    }

    #[test]
    fn a_page_of_one_word_is_searched_in_reasonable_time() {
        let line = vec!["a"; 20_000];
        let text = "a ".repeat(20_000);
        assert_eq!(place_words(&text, &placed(&[&line])).len(), 20_000);
    }
}
