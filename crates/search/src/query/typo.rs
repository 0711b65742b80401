//! Corrections: words near one that nobody wrote. A word is proposed only when the viewer may see a
//! page that has it.
use super::build::Builder;
use super::narrow::Narrow;
use super::parse::{Parsed, Sought};
use std::collections::HashMap;
use tantivy::collector::Count;
use tantivy::query::{BooleanQuery, EnableScoring, FuzzyTermQuery, Query, TermQuery};
use tantivy::schema::IndexRecordOption;
use tantivy::{DocSet, TERMINATED, Term};

/// Words of one query that are corrected.
const MOST_CORRECTIONS: usize = 3;
/// Candidates that are tried for one word.
const MOST_CANDIDATES: usize = 8;
/// Longer words are not corrected.
const LONGEST_CHARS: usize = 32;

/// The query's text with words corrected, when there is something to correct.
pub(crate) fn correct(
    builder: &Builder,
    parsed: &Parsed,
    narrow: &Narrow,
) -> tantivy::Result<Option<String>> {
    let mut replacements = Vec::new();
    for word in parsed.words().filter(|word| distance(word) > 0) {
        if replacements.len() == MOST_CORRECTIONS {
            break;
        }
        if exists(builder, &narrow.apply(builder.word(word)?))? {
            continue;
        }
        if let Some(nearest) = nearest(builder, word, narrow)? {
            replacements.push((word.span.clone(), nearest));
        }
    }
    if replacements.is_empty() {
        return Ok(None);
    }
    let mut text = parsed.text.clone();
    for (span, word) in replacements.into_iter().rev() {
        text.replace_range(span, &word);
    }
    Ok(Some(text.trim().to_owned()))
}

/// Whether anything matches, without counting it.
fn exists(builder: &Builder, query: &dyn Query) -> tantivy::Result<bool> {
    let weight = query.weight(EnableScoring::disabled_from_searcher(builder.searcher))?;
    for segment in builder.searcher.segment_readers() {
        let mut found = weight.scorer(segment, 1.0)?;
        while found.doc() != TERMINATED {
            if !segment.is_deleted(found.doc()) {
                return Ok(true);
            }
            found.advance();
        }
    }
    Ok(false)
}

/// How many letters may differ.
fn distance(word: &Sought) -> u8 {
    match word.exact.chars().count() {
        _ if word.gram || !word.exact.chars().all(char::is_alphabetic) => 0,
        0..5 => 0,
        5..9 => 1,
        9..=LONGEST_CHARS => 2,
        _ => 0,
    }
}

fn nearest(builder: &Builder, word: &Sought, narrow: &Narrow) -> tantivy::Result<Option<String>> {
    for distance in 1..=distance(word) {
        let mut best: Option<(usize, String)> = None;
        for candidate in candidates(builder, &word.exact, distance)? {
            let pages = builder
                .searcher
                .search(&narrow.apply(has_word(builder, &candidate)), &Count)?;
            if pages > best.as_ref().map_or(0, |(most, _)| *most) {
                best = Some((pages, candidate));
            }
        }
        if let Some((_, candidate)) = best {
            return Ok(Some(candidate));
        }
    }
    Ok(None)
}

fn has_word(builder: &Builder, word: &str) -> Box<dyn Query> {
    let fields = [
        builder.fields.title.exact,
        builder.fields.about.exact,
        builder.fields.body.exact,
    ];
    let terms = fields.map(|field| -> Box<dyn Query> {
        Box::new(TermQuery::new(
            Term::from_field_text(field, word),
            IndexRecordOption::Basic,
        ))
    });
    Box::new(BooleanQuery::union(terms.into()))
}

/// Words of the dictionaries within a distance; those with the same first letter first, then the
/// most frequent.
fn candidates(builder: &Builder, word: &str, distance: u8) -> tantivy::Result<Vec<String>> {
    let mut found: HashMap<String, u32> = HashMap::new();
    for field in [
        builder.fields.title.exact,
        builder.fields.about.exact,
        builder.fields.body.exact,
    ] {
        let automaton = FuzzyTermQuery::new(Term::from_field_text(field, word), distance, true);
        for segment in builder.searcher.segment_readers() {
            let index = segment.inverted_index(field)?;
            let mut stream = index.terms().search(automaton.automaton()?).into_stream()?;
            while stream.advance() {
                if let Ok(term) = std::str::from_utf8(stream.key()) {
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
    Ok(found
        .into_iter()
        .map(|(_, _, term)| term)
        .take(MOST_CANDIDATES)
        .collect())
}
