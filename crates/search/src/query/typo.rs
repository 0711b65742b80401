//! Corrections: words near one that was typed, words that were split or joined. Something is
//! proposed only when the viewer may see a page that has it, and first what stands on one page with
//! the other words.
use super::build::Builder;
use super::narrow::Narrow;
use super::parse::{Parsed, Sought};
use crate::sight::Sight;
use std::collections::{HashMap, HashSet};
use std::ops::Range;
use tantivy::Term;
use tantivy::query::{BooleanQuery, FuzzyTermQuery, Query};
use unicode_normalization::char::is_combining_mark;

/// Words of one query that are corrected when nobody wrote them, and that are doubted when somebody
/// did, but nobody beside the others.
const MOST_CORRECTIONS: usize = 3;
const MOST_DOUBTED: usize = 5;
/// Candidates that are tried for one word at one distance.
const MOST_CANDIDATES: usize = 16;
/// Dictionary entries that are gathered for one word.
const MOST_GATHERED: usize = 512;
/// Pages that are counted to tell candidates apart.
const MOST_COUNTED: usize = 1_000;
/// Longer words are not corrected.
const LONGEST_CHARS: usize = 32;

/// Another text in the place of a word or two.
struct Fix {
    span: Range<usize>,
    text: String,
    query: Box<dyn Query>,
    /// Words that it stands for, from the first.
    covers: Range<usize>,
}

/// The query's text with words corrected, when there is something to correct.
pub(crate) fn correct(
    builder: &Builder,
    parsed: &Parsed,
    narrow: &Narrow,
    sight: &Sight,
) -> tantivy::Result<Option<String>> {
    let words: Vec<&Sought> = parsed.words().collect();
    let corrector = Corrector {
        builder,
        narrow,
        sight,
        words: &words,
        text: &parsed.text,
    };
    let mut fixes: Vec<Fix> = Vec::new();
    let mut missing = Vec::new();
    for (place, word) in words.iter().enumerate() {
        if !corrector.seen(builder.word(word)?)? {
            missing.push(place);
        }
    }
    if missing.is_empty() {
        fixes.extend(corrector.doubt()?);
    } else {
        for place in missing.iter().copied().take(MOST_CORRECTIONS) {
            let covered = fixes.iter().any(|fix| fix.covers.contains(&place));
            if !covered && let Some(fix) = corrector.fix(place, &missing, &fixes, true)? {
                fixes.push(fix);
            }
        }
    }
    if fixes.is_empty() {
        return Ok(None);
    }
    fixes.sort_by_key(|fix| std::cmp::Reverse(fix.span.start));
    let mut text = parsed.text.clone();
    for fix in fixes {
        text.replace_range(fix.span, &fix.text);
    }
    Ok(Some(text.trim().to_owned()))
}

struct Corrector<'a> {
    builder: &'a Builder<'a>,
    narrow: &'a Narrow,
    sight: &'a Sight,
    words: &'a [&'a Sought],
    text: &'a str,
}

impl Corrector<'_> {
    /// Every word is somewhere, but never all on one page: the first that has a neighbour which is.
    fn doubt(&self) -> tantivy::Result<Option<Fix>> {
        if self.words.len() < 2 {
            return Ok(None);
        }
        for place in 0..self.words.len().min(MOST_DOUBTED) {
            if let Some(fix) = self.fix(place, &[], &[], false)? {
                return Ok(Some(fix));
            }
        }
        Ok(None)
    }

    /// What to put in the place of one word. `alone` accepts what stands on no page with the others.
    fn fix(
        &self,
        place: usize,
        missing: &[usize],
        fixes: &[Fix],
        alone: bool,
    ) -> tantivy::Result<Option<Fix>> {
        for fix in [self.joined(place)?, self.split(place)?].into_iter().flatten() {
            let others = self.others(&fix.covers, missing, fixes)?;
            if self.with(&*fix.query, &others)? {
                return Ok(Some(fix));
            }
        }
        let word = self.words[place];
        let others = self.others(&(place..place + 1), missing, fixes)?;
        let mut known = HashSet::new();
        for distance in 1..=distance(word) {
            let mut candidates = candidates(self.builder, &word.exact, distance)?;
            candidates.retain(|candidate| known.insert(candidate.clone()));
            candidates.truncate(MOST_CANDIDATES);
            for candidate in &candidates {
                let query = self.builder.written(candidate);
                if !others.is_empty() && self.with(&*query, &others)? {
                    return Ok(Some(self.replaced(place, candidate.clone())));
                }
            }
            if alone && let Some(candidate) = self.most_seen(candidates)? {
                return Ok(Some(self.replaced(place, candidate)));
            }
        }
        Ok(None)
    }

    fn replaced(&self, place: usize, text: String) -> Fix {
        Fix {
            span: self.words[place].span.clone(),
            query: self.builder.written(&text),
            covers: place..place + 1,
            text,
        }
    }

    /// The candidate on most pages that the viewer sees; the first of equals.
    fn most_seen(&self, candidates: Vec<String>) -> tantivy::Result<Option<String>> {
        let mut best: Option<(usize, String)> = None;
        for candidate in candidates {
            let query = self.narrow.apply(self.builder.written(&candidate));
            let pages = self.sight.count(self.builder.searcher, &*query, MOST_COUNTED)?;
            if pages > best.as_ref().map_or(0, |(most, _)| *most) {
                best = Some((pages, candidate));
            }
        }
        Ok(best.map(|(_, candidate)| candidate))
    }

    /// This word and the next as one.
    fn joined(&self, place: usize) -> tantivy::Result<Option<Fix>> {
        let (word, Some(next)) = (self.words[place], self.words.get(place + 1)) else {
            return Ok(None);
        };
        let between = self.text.get(word.span.end..next.span.start);
        let parted = between.is_some_and(|between| between.chars().all(|c| c.is_whitespace() || c == '-'));
        if !is_letters(word) || !is_letters(next) || !parted {
            return Ok(None);
        }
        let text = format!("{}{}", word.exact, next.exact);
        if self.frequency(&text)? == 0 {
            return Ok(None);
        }
        Ok(Some(Fix {
            span: word.span.start..next.span.end,
            query: self.builder.written(&text),
            covers: place..place + 2,
            text,
        }))
    }

    /// This word as two that stand side by side; the halves that are least rare.
    fn split(&self, place: usize) -> tantivy::Result<Option<Fix>> {
        let word = self.words[place];
        if !is_letters(word) || word.exact.chars().count() > LONGEST_CHARS {
            return Ok(None);
        }
        let mut best: Option<(u64, Fix)> = None;
        for (at, _) in word.exact.char_indices().skip(2) {
            let (left, right) = word.exact.split_at(at);
            if right.chars().count() < 2 {
                break;
            }
            let rarer = self.frequency(left)?.min(self.frequency(right)?);
            if rarer <= best.as_ref().map_or(0, |(most, _)| *most) {
                continue;
            }
            let query = self.builder.side_by_side(&[left, right]);
            if self.seen(query.box_clone())? {
                let fix = Fix {
                    span: word.span.clone(),
                    text: format!("{left} {right}"),
                    query,
                    covers: place..place + 1,
                };
                best = Some((rarer, fix));
            }
        }
        Ok(best.map(|(_, fix)| fix))
    }

    /// How often somebody wrote a word, to leave out at once what nobody did.
    fn frequency(&self, word: &str) -> tantivy::Result<u64> {
        let fields = self.builder.fields;
        let mut pages = 0;
        for field in [fields.body, fields.title] {
            pages += self
                .builder
                .searcher
                .doc_freq(&Term::from_field_text(field, word))?;
        }
        Ok(pages)
    }

    /// What else a page must have: the other words that somebody wrote, and what was put in the
    /// place of those that nobody did.
    fn others(
        &self,
        covered: &Range<usize>,
        missing: &[usize],
        fixes: &[Fix],
    ) -> tantivy::Result<Vec<Box<dyn Query>>> {
        let mut others: Vec<Box<dyn Query>> = fixes.iter().map(|fix| fix.query.box_clone()).collect();
        for (place, word) in self.words.iter().enumerate() {
            let replaced = fixes.iter().any(|fix| fix.covers.contains(&place));
            if !covered.contains(&place) && !missing.contains(&place) && !replaced {
                others.push(self.builder.word(word)?);
            }
        }
        Ok(others)
    }

    fn with(&self, query: &dyn Query, others: &[Box<dyn Query>]) -> tantivy::Result<bool> {
        let all = std::iter::once(query.box_clone()).chain(others.iter().map(|other| other.box_clone()));
        self.seen(Box::new(BooleanQuery::intersection(all.collect())))
    }

    fn seen(&self, query: Box<dyn Query>) -> tantivy::Result<bool> {
        self.sight.any(self.builder.searcher, &*self.narrow.apply(query))
    }
}

fn is_letters(word: &Sought) -> bool {
    !word.gram
        && word
            .exact
            .chars()
            .all(|c| c.is_alphabetic() || is_combining_mark(c))
}

/// How many letters may differ; two that changed places count once.
fn distance(word: &Sought) -> u8 {
    match word.exact.chars().count() {
        _ if !is_letters(word) => 0,
        0..4 => 0,
        4..8 => 1,
        8..=LONGEST_CHARS => 2,
        _ => 0,
    }
}

/// Words of the dictionaries within a distance; those with the same first letter first, then the
/// most frequent.
fn candidates(builder: &Builder, word: &str, distance: u8) -> tantivy::Result<Vec<String>> {
    let mut found: HashMap<String, u32> = HashMap::new();
    let fields = builder.fields;
    // Built once: for a long word it is megabytes.
    let near = FuzzyTermQuery::new(Term::from_field_text(fields.body, word), distance, true).automaton()?;
    for field in [fields.title, fields.about, fields.body] {
        for segment in builder.searcher.segment_readers() {
            let index = segment.inverted_index(field)?;
            let mut stream = index.terms().search(&near).into_stream()?;
            while found.len() < MOST_GATHERED && stream.advance() {
                let Ok(term) = std::str::from_utf8(stream.key()) else {
                    continue;
                };
                if term != word && term.starts_with(char::is_alphabetic) {
                    *found.entry(term.to_owned()).or_default() += stream.value().doc_freq;
                }
            }
        }
    }
    let first = word.chars().next();
    let mut found: Vec<(bool, u32, String)> = found
        .into_iter()
        .map(|(term, pages)| (term.chars().next() != first, pages, term))
        .collect();
    found.sort_unstable_by(|a, b| a.0.cmp(&b.0).then(b.1.cmp(&a.1)).then_with(|| a.2.cmp(&b.2)));
    Ok(found.into_iter().map(|(_, _, term)| term).collect())
}
