//! Which words of a page are what was looked for.
use crate::web::context::{Emphasis, TextRun};
use homeroom_core::domain::query::wanted;
use std::cmp::Reverse;
use std::collections::HashSet;
use std::ops::Range;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// What Hebrew writes at the beginning of a word as a part of it.
const HEBREW_PREFIXES: &str = "והבכלמש";
/// The same in Arabic, the article and what comes with it.
const ARABIC_PREFIXES: [&str; 6] = ["وال", "بال", "كال", "فال", "لل", "ال"];

/// What belongs together may stand on so many lines of captions.
const PASSAGES_TOGETHER: usize = 3;

/// What is looked for: the words of the query, and those that the index marked in its snippet,
/// which may be other forms of them.
pub(super) struct Needles {
    terms: Vec<String>,
    forms: HashSet<String>,
}

/// How sure it is that a word is meant.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Match {
    /// It is.
    Sure,
    /// Too short to mean anything without a neighbour that is meant.
    BesideOthers,
}

impl Needles {
    /// From what was typed and the index's snippet of the best page.
    pub fn new(query: &str, snippet: Option<&str>) -> Self {
        let mut forms: HashSet<String> = HashSet::new();
        for marked in snippet.unwrap_or_default().split("<mark>").skip(1) {
            let inside = marked.split("</mark>").next().unwrap_or_default();
            forms.extend(words(inside).map(|range| fold(&inside[range])));
        }
        let mut terms: Vec<String> = Vec::new();
        for typed in wanted(query) {
            for term in words(&typed).map(|range| fold(&typed[range])) {
                if !term.is_empty() && !terms.contains(&term) {
                    terms.push(term);
                }
            }
        }
        forms.remove("");
        Self { terms, forms }
    }

    /// Which of these words are looked for, in the words' order.
    pub fn emphasis<'a>(&self, texts: impl Iterator<Item = &'a str>) -> Vec<Emphasis> {
        let matches: Vec<Option<Match>> = texts
            .map(|text| {
                let sure = words(text).map(|range| self.matches(&text[range]));
                sure.flatten().min_by_key(|found| *found == Match::BesideOthers)
            })
            .collect();
        (0..matches.len())
            .map(|at| {
                if is_hit(&matches, at) {
                    Emphasis::Hit
                } else {
                    Emphasis::Plain
                }
            })
            .collect()
    }

    /// A text with its hits apart from the rest; hits with nothing but a space between them are one.
    pub fn runs(&self, text: &str) -> Vec<TextRun> {
        let mut runs: Vec<TextRun> = Vec::new();
        let mut done = 0;
        for hit in self.hits(text) {
            push(&mut runs, &text[done..hit.start], Emphasis::Plain);
            push(&mut runs, &text[hit.clone()], Emphasis::Hit);
            done = hit.end;
        }
        push(&mut runs, &text[done..], Emphasis::Plain);
        runs
    }

    /// How many hits a text has, and whether every word that was typed is among them.
    pub fn count(&self, text: &str) -> (u32, bool) {
        let hits = self.hits(text);
        let whole = |term: &String| {
            hits.iter()
                .flat_map(|hit| words(&text[hit.clone()]).map(|word| &text[hit.clone()][word]))
                .any(|word| is_form(&fold(word), term))
        };
        (
            u32::try_from(hits.len()).unwrap_or(u32::MAX),
            !hits.is_empty() && self.terms.iter().all(whole),
        )
    }

    /// Of passages that follow each other, the one with which what is looked for begins: where the most of
    /// it stands, and as close together as anywhere.
    pub fn best_of<'a>(&self, passages: impl Iterator<Item = &'a str>) -> Option<usize> {
        let found: Vec<HashSet<String>> = passages.map(|passage| self.found_in(passage)).collect();
        let mut best: Option<((usize, Reverse<usize>), usize)> = None;
        for (at, here) in found.iter().enumerate().filter(|(_, here)| !here.is_empty()) {
            let mut together: HashSet<&String> = here.iter().collect();
            for (behind, passage) in found[at..].iter().take(PASSAGES_TOGETHER).enumerate() {
                together.extend(passage);
                let rank = (together.len(), Reverse(behind));
                if best.is_none_or(|(known, _)| rank > known) {
                    best = Some((rank, at));
                }
            }
        }
        best.map(|(_, at)| at)
    }

    /// Which of what is looked for a text has.
    fn found_in(&self, text: &str) -> HashSet<String> {
        let mut found = HashSet::new();
        for hit in self.hits(text) {
            for word in words(&text[hit.clone()]) {
                let word = fold(&text[hit.clone()][word]);
                let term = self.terms.iter().find(|term| is_form(&word, term));
                found.insert(term.cloned().unwrap_or(word));
            }
        }
        found
    }

    /// Where the hits are, in bytes, ascending, with neighbours joined.
    fn hits(&self, text: &str) -> Vec<Range<usize>> {
        if self.terms.is_empty() && self.forms.is_empty() {
            return Vec::new();
        }
        let places: Vec<Range<usize>> = words(text).collect();
        let matches: Vec<Option<Match>> = places
            .iter()
            .map(|range| self.matches(&text[range.clone()]))
            .collect();
        let mut hits: Vec<Range<usize>> = Vec::new();
        for (at, place) in places.iter().enumerate() {
            let found = if is_hit(&matches, at) {
                self.parts(&text[place.clone()])
            } else {
                Vec::new()
            };
            for part in found {
                let part = place.start + part.start..place.start + part.end;
                match hits.last_mut() {
                    Some(last) if text[last.end..part.start].chars().all(|c| c == ' ') => last.end = part.end,
                    _ => hits.push(part),
                }
            }
        }
        hits
    }

    fn matches(&self, word: &str) -> Option<Match> {
        let word = fold(word);
        if self.forms.contains(&word) && word.chars().count() > 3 {
            return Some(Match::Sure);
        }
        let term = self.terms.iter().find(|term| is_form(&word, term));
        let found = term
            .map(String::as_str)
            .or_else(|| self.forms.get(&word).map(String::as_str))?;
        let short = found.chars().count() <= 3
            && !found.chars().any(is_unspaced)
            && !found.chars().any(char::is_numeric);
        Some(if short && self.terms.len() > 1 {
            Match::BesideOthers
        } else {
            Match::Sure
        })
    }

    /// The parts of a placed word, which is a hit, that are meant: all of it, or in scripts without spaces what
    /// was looked for inside it; ascending, in bytes.
    pub fn meant(&self, word: &str) -> Vec<Range<usize>> {
        let whole = Range {
            start: 0,
            end: word.len(),
        };
        if !word.chars().any(is_unspaced) {
            return vec![whole];
        }
        let mut meant: Vec<Range<usize>> = Vec::new();
        for place in words(word).filter(|place| self.matches(&word[place.clone()]).is_some()) {
            for part in self.parts(&word[place.clone()]) {
                let part = place.start + part.start..place.start + part.end;
                match meant.last_mut() {
                    Some(last) if last.end == part.start => last.end = part.end,
                    _ => meant.push(part),
                }
            }
        }
        if meant.is_empty() { vec![whole] } else { meant }
    }

    /// The parts of a hit that are marked: all of it, or in scripts without spaces the term inside.
    fn parts(&self, word: &str) -> Vec<Range<usize>> {
        if !word.chars().any(is_unspaced) {
            return vec![Range {
                start: 0,
                end: word.len(),
            }];
        }
        let mut parts: Vec<Range<usize>> = self
            .terms
            .iter()
            .chain(&self.forms)
            .flat_map(|term| inside(word, term))
            .collect();
        parts.sort_by_key(|part| (part.start, Reverse(part.end)));
        parts.dedup_by(|next, kept| next.start < kept.end);
        parts
    }
}

/// Whether a word is a hit, by itself or beside others.
fn is_hit(matches: &[Option<Match>], at: usize) -> bool {
    let neighbour = |other: Option<usize>| other.and_then(|other| *matches.get(other)?).is_some();
    match matches[at] {
        Some(Match::Sure) => true,
        Some(Match::BesideOthers) => neighbour(at.checked_sub(1)) || neighbour(at.checked_add(1)),
        None => false,
    }
}

fn push(runs: &mut Vec<TextRun>, text: &str, emphasis: Emphasis) {
    if !text.is_empty() {
        runs.push(TextRun {
            text: text.to_owned(),
            emphasis,
        });
    }
}

/// Whether a folded word is a form of a folded term: itself, a longer form of it, or it with what some
/// languages write in front.
fn is_form(word: &str, term: &str) -> bool {
    if word == term {
        return true;
    }
    if term.chars().any(is_unspaced) {
        return word.contains(term);
    }
    if term.chars().count() >= 4 && word.starts_with(term) {
        return true;
    }
    term.chars().count() >= 3 && without_prefix(word).any(|rest| rest.starts_with(term))
}

/// A word without one or two of the letters that Hebrew puts in front, or without Arabic's article.
fn without_prefix(word: &str) -> impl Iterator<Item = &str> {
    let first = word.strip_prefix(|c| HEBREW_PREFIXES.contains(c));
    let second = first.and_then(|rest| rest.strip_prefix(|c| HEBREW_PREFIXES.contains(c)));
    let article = ARABIC_PREFIXES
        .iter()
        .find_map(|prefix| word.strip_prefix(prefix));
    [first, second, article].into_iter().flatten()
}

/// Where a folded term stands in a word of a script without spaces, in bytes of the word.
fn inside(word: &str, term: &str) -> Vec<Range<usize>> {
    let mut folded = String::new();
    let mut places = Vec::new();
    for (at, character) in word.char_indices() {
        let piece = fold(character.encode_utf8(&mut [0; 4]));
        places.extend(std::iter::repeat_n(
            Range {
                start: at,
                end: at + character.len_utf8(),
            },
            piece.len(),
        ));
        folded.push_str(&piece);
    }
    folded
        .match_indices(term)
        .filter(|(_, found)| !found.is_empty())
        .filter_map(|(at, found)| Some(places.get(at)?.start..places.get(at + found.len() - 1)?.end))
        .collect()
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || is_combining_mark(character)
}

/// Thai, Lao, Khmer, Burmese, kana and ideographs, which part no words by spaces.
fn is_unspaced(character: char) -> bool {
    matches!(character, '\u{0E00}'..='\u{0EFF}' | '\u{1000}'..='\u{109F}' | '\u{1780}'..='\u{17FF}'
        | '\u{3040}'..='\u{30FF}' | '\u{3400}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFF}')
}

/// The words of a text, in bytes.
fn words(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = at + text[at..].find(is_word)?;
        let length = text[start..].find(|c| !is_word(c)).unwrap_or(text.len() - start);
        at = start + length;
        Some(start..at)
    })
}

/// Compared without case, accents and vowel points.
fn fold(word: &str) -> String {
    word.nfkd()
        .filter(|c| !is_combining_mark(*c))
        .flat_map(char::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hits(needles: &Needles, text: &str) -> Vec<String> {
        let runs = needles.runs(text);
        assert_eq!(runs.iter().map(|run| run.text.as_str()).collect::<String>(), text);
        runs.into_iter()
            .filter(|run| run.emphasis == Emphasis::Hit)
            .map(|run| run.text)
            .collect()
    }

    #[test]
    fn words_are_found_without_case_accents_and_points() {
        let needles = Needles::new("Café שלום -tea", None);
        assert_eq!(
            hits(&needles, "a CAFE, a café; שָׁלוֹם and tea"),
            ["CAFE", "café", "שָׁלוֹם"]
        );
    }

    #[test]
    fn longer_forms_and_the_indexs_own_marks_are_found() {
        let needles = Needles::new("cylce mito", Some("the <mark>Cycle</mark> &lt;b&gt;"));
        assert_eq!(
            hits(&needles, "Cycles? the cycle in mitochondria <b>"),
            ["cycle", "mitochondria"]
        );
    }

    #[test]
    fn neighbours_are_one_hit_and_short_words_need_a_neighbour() {
        let needles = Needles::new("the krebs cycle", None);
        assert_eq!(
            hits(&needles, "In the matrix: the Krebs cycle. A cycle of the heart"),
            ["the Krebs cycle", "cycle"]
        );
        assert_eq!(needles.count("the Krebs cycle, a cycle"), (2, true));
        assert_eq!(needles.count("a cycle"), (1, false));
        assert_eq!(hits(&Needles::new("ATP", None), "ATP and ADP"), ["ATP"]);
    }

    #[test]
    fn hebrew_and_arabic_words_are_found_behind_their_prefixes() {
        assert_eq!(hits(&Needles::new("תא", None), "התא, תא"), ["תא"]);
        assert_eq!(
            hits(&Needles::new("מהפכה", None), "ובמהפכה הצרפתית, המהפכה"),
            ["ובמהפכה", "המהפכה"]
        );
        assert_eq!(
            hits(&Needles::new("خلية", None), "والخلية و الخلية"),
            ["والخلية", "الخلية"]
        );
    }

    #[test]
    fn terms_are_found_inside_runs_of_scripts_without_spaces() {
        assert_eq!(
            hits(&Needles::new("光合作用", None), "植物的光合作用和呼吸作用"),
            ["光合作用"]
        );
        assert_eq!(
            Needles::new("ガス", None).emphasis(["天然ｶﾞｽの", "水"].into_iter()),
            [Emphasis::Hit, Emphasis::Plain]
        );
    }

    #[test]
    fn what_is_looked_for_begins_where_the_most_of_it_stands_together() {
        let best = |query: &str, passages: &[&str]| {
            Needles::new(query, Some("the <mark>mitochondrion</mark>")).best_of(passages.iter().copied())
        };
        let said = [
            "A cycle begins",
            "with acetyl",
            "in the",
            "matrix: that",
            "the Krebs",
            "cycle turns",
            "The Krebs cycle again",
        ];
        assert_eq!(best("krebs cycle", &said), Some(6), "both on one line");
        assert_eq!(best("krebs cycle", &said[..6]), Some(4), "and else on two");
        assert_eq!(best("cycle", &said), Some(0));
        assert_eq!(best("mitochondria", &["nothing", "one mitochondrion"]), Some(1));
        assert_eq!(best("glucose", &said), None);
    }

    #[test]
    fn filters_and_exclusions_are_not_looked_for() {
        let needles = Needles::new("subject:biology OR krebs -cycle –\"not this\" סוג:pdf", None);
        assert_eq!(hits(&needles, "biology or Krebs cycle, this not pdf"), ["Krebs"]);
    }

    #[test]
    fn nothing_is_found_for_nothing() {
        assert!(hits(&Needles::new("", None), "anything").is_empty());
        assert_eq!(Needles::new("", None).count("anything"), (0, false));
    }
}
