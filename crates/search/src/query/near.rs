//! Words of the dictionaries that are near one that was typed.
//!
//! In Hebrew and Arabic a word is compared with the words of the texts as they are written and as they are
//! without their prefixed letters, and so is what is left of it without its own: an error is found whatever
//! stands before the word.
use super::build::Builder;
use super::parse::Sought;
use crate::analysis::stem::{freed, is_freed, prefixes};
use crate::analysis::terms::LOOSE;
use foldhash::fast::RandomState;
use std::collections::HashMap;
use std::ops::Range;
use tantivy::Term;
use tantivy::query::FuzzyTermQuery;
use tantivy::schema::Field;
use unicode_normalization::char::is_combining_mark;

/// Dictionary entries that are gathered for one word.
const MOST_GATHERED: usize = 512;
/// Longer words are not corrected.
pub(super) const LONGEST_CHARS: usize = 32;

/// How many letters may differ; two that changed places count once.
pub(super) fn distance(word: &Sought) -> u8 {
    if is_letters(word) { reach(&word.exact) } else { 0 }
}

/// Whether a word has nothing but letters.
pub(super) fn is_letters(word: &Sought) -> bool {
    let letters = |word: &str| word.chars().all(|c| c.is_alphabetic() || is_combining_mark(c));
    !word.gram && letters(&word.exact)
}

fn reach(word: &str) -> u8 {
    match word.chars().count() {
        0..4 => 0,
        4..8 => 1,
        8..=LONGEST_CHARS => 2,
        _ => 0,
    }
}

/// Words of the dictionaries within a distance; those near the whole word first, of these those with the
/// same first letter, then the most frequent.
pub(super) fn near(builder: &Builder, word: &Sought, distance: u8) -> tantivy::Result<Vec<String>> {
    let mut gathered = Gathered::default();
    gathered.near(builder, &word.exact, distance, 0)?;
    for (rank, shorter) in (1..).zip(freed(&word.exact)) {
        let distance = distance.min(reach(&shorter));
        if distance > 0 {
            gathered.near(builder, &shorter, distance, rank)?;
        }
    }
    let mut found: Vec<(String, Found)> = gathered.0.into_iter().collect();
    found.retain(|(term, _)| *term != word.exact);
    found.sort_unstable_by(|(a, of_a), (b, of_b)| of_a.order().cmp(&of_b.order()).then_with(|| a.cmp(b)));
    Ok(found.into_iter().map(|(term, _)| term).collect())
}

#[derive(Default)]
struct Gathered(HashMap<String, Found, RandomState>);

#[derive(Default)]
struct Found {
    /// 0 for what is near the whole word, more the more of it was taken off.
    rank: usize,
    other_first: bool,
    pages: u32,
}

impl Found {
    fn order(&self) -> (usize, bool, std::cmp::Reverse<u32>) {
        (self.rank, self.other_first, std::cmp::Reverse(self.pages))
    }
}

impl Gathered {
    fn near(&mut self, builder: &Builder, word: &str, distance: u8, rank: usize) -> tantivy::Result<()> {
        let fields = builder.fields;
        self.fields(
            builder,
            &[fields.title, fields.about, fields.body],
            word,
            "",
            distance,
            rank,
        )?;
        if is_freed(word) {
            self.fields(builder, &[fields.stem], word, "", distance, rank)?;
            let mark = String::from(LOOSE);
            self.fields(
                builder,
                &[fields.title, fields.about],
                word,
                &mark,
                distance,
                rank,
            )?;
        }
        Ok(())
    }

    /// Looks in the dictionaries of some fields for terms that begin with a mark and go on with a word that
    /// is near. Two letters may differ only behind the first, which hardly anybody gets wrong, and no first letter
    /// is taken for one of another script: most of a dictionary is then never looked at.
    fn fields(
        &mut self,
        builder: &Builder,
        fields: &[Field],
        word: &str,
        mark: &str,
        distance: u8,
        rank: usize,
    ) -> tantivy::Result<()> {
        let first = word.chars().next();
        let firsts = first.and_then(|first| {
            if distance > 1 {
                Some(first..(first..).nth(1)?)
            } else {
                letters_like(first)
            }
        });
        let begin = firsts.as_ref().map(|firsts| format!("{mark}{}", firsts.start));
        let end = firsts.map(|firsts| format!("{mark}{}", firsts.end));
        // Built once: for a long word it is megabytes.
        let term = Term::from_field_text(builder.fields.body, &format!("{mark}{word}"));
        let near = FuzzyTermQuery::new(term, distance, true).automaton()?;
        for field in fields {
            for index in builder.dictionary.readers(*field)?.iter() {
                let mut within = index.terms().search(&near);
                if let Some(begin) = &begin {
                    within = within.ge(begin);
                }
                if let Some(end) = &end {
                    within = within.lt(end);
                }
                let mut stream = within.into_stream()?;
                while self.0.len() < MOST_GATHERED && stream.advance() {
                    let term = std::str::from_utf8(stream.key()).ok();
                    let Some(term) = term.and_then(|term| term.strip_prefix(mark)) else {
                        continue;
                    };
                    if is_word(term) && self.is_of_a_word(builder, *field, mark, term)? {
                        let found = self.0.entry(term.to_owned()).or_insert_with(|| Found {
                            rank,
                            other_first: term.chars().next() != first,
                            pages: 0,
                        });
                        found.pages += stream.value().doc_freq;
                    }
                }
            }
        }
        Ok(())
    }

    /// Whether a looser form is a word by itself, and no mere stem: somebody wrote it with letters before it.
    fn is_of_a_word(&self, builder: &Builder, field: Field, mark: &str, form: &str) -> tantivy::Result<bool> {
        let fields = builder.fields;
        let prefixes = prefixes(form);
        let as_written = field != fields.stem && mark.is_empty();
        if as_written || prefixes.is_empty() || self.0.contains_key(form) {
            return Ok(true);
        }
        let written = if field == fields.stem { fields.body } else { field };
        for prefix in prefixes {
            let term = Term::from_field_text(written, &format!("{prefix}{form}"));
            if builder.dictionary.look(&term)?.pages > 0 {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// The letters of a script, as words are compared, from its first to after its last.
fn letters_like(letter: char) -> Option<Range<char>> {
    let mut scripts = [
        'a'..'\u{250}',
        '\u{370}'..'\u{400}',
        '\u{400}'..'\u{530}',
        '\u{590}'..'\u{600}',
        '\u{600}'..'\u{780}',
        '\u{900}'..'\u{980}',
    ]
    .into_iter();
    scripts.find(|letters| letters.contains(&letter))
}

fn is_word(term: &str) -> bool {
    term.starts_with(char::is_alphabetic)
        && !term.ends_with(|c: char| !c.is_alphanumeric() && !is_combining_mark(c))
}
