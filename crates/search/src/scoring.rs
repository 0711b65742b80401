//! How well pages match plain words, term by term over pages that are known to match.
use crate::any;
use crate::dictionary::Looked;
use crate::query::build::{Builder, Forms};
use crate::query::parse::Parsed;
use std::rc::Rc;
use tantivy::query::{Bm25Weight, EnableScoring, Weight};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocId, DocSet, Score, SegmentOrdinal};

/// Pages of a term that are looked for among those that match, when there are so many times more of these.
const RARE: usize = 16;
/// Pages that are compared at once.
const AT_ONCE: usize = 8;

/// A term and what it is worth.
struct Scored {
    field: Field,
    looked: Rc<Looked>,
    weight: Bm25Weight,
}

/// Scores pages.
pub(crate) struct Scoring<'a> {
    builder: &'a Builder<'a>,
    scored: Vec<Scored>,
    /// Terms of which any counts so much, once.
    once: Vec<(Score, Vec<Rc<Looked>>)>,
    /// For several words.
    title: Option<WholeTitle>,
}

/// The words of a query, which must all be in a title, and the query for their order.
type WholeTitle = (Vec<Rc<Looked>>, Box<dyn Weight>);

impl<'a> Scoring<'a> {
    /// For words in the forms that they may stand in.
    pub(crate) fn new(builder: &'a Builder<'a>, parsed: &Parsed, words: &[Forms]) -> tantivy::Result<Self> {
        let mut scoring = Self {
            builder,
            scored: Vec::new(),
            once: Vec::new(),
            title: None,
        };
        let dictionary = &builder.dictionary;
        for forms in words {
            for (term, boost) in &forms.scored {
                let looked = dictionary.look(term)?;
                if looked.pages > 0 {
                    scoring.scored.push(Scored {
                        field: term.field(),
                        looked,
                        weight: dictionary.weight(term)?.boost_by(*boost),
                    });
                }
            }
            for (worth, terms) in &forms.completions {
                let looked = terms.iter().map(|term| dictionary.look(term));
                scoring
                    .once
                    .push((*worth, looked.collect::<tantivy::Result<_>>()?));
            }
        }
        scoring.title = scoring.title(parsed)?;
        Ok(scoring)
    }

    fn title(&self, parsed: &Parsed) -> tantivy::Result<Option<WholeTitle>> {
        let Builder {
            searcher,
            fields,
            dictionary,
            ..
        } = self.builder;
        let words = parsed.plain_words().unwrap_or_default();
        let Some(query) = self.builder.whole_title(&words) else {
            return Ok(None);
        };
        let mut all = Vec::with_capacity(words.len());
        for word in words {
            let looked = dictionary.look(&tantivy::Term::from_field_text(fields.title, &word.exact))?;
            if looked.pages == 0 {
                return Ok(None);
            }
            all.push(looked);
        }
        let scoring = EnableScoring::enabled_from_statistics_provider(dictionary, searcher);
        Ok(Some((all, query.weight(scoring)?)))
    }

    /// The scores of some pages of one segment, which are in their order.
    pub(crate) fn scores(&self, ordinal: SegmentOrdinal, docs: &[DocId]) -> tantivy::Result<Vec<Score>> {
        let mut scores = vec![0.0; docs.len()];
        if docs.is_empty() {
            return Ok(scores);
        }
        let segment = self.builder.searcher.segment_reader(ordinal);
        let mut norms: Vec<(Field, Vec<u8>)> = Vec::new();
        for term in &self.scored {
            if term.looked.pages_in(ordinal) == 0 {
                continue;
            }
            let known = norms.iter().position(|(field, _)| *field == term.field);
            let known = if let Some(known) = known {
                known
            } else {
                let reader = segment.get_fieldnorms_reader(term.field)?;
                let of_docs = docs.iter().map(|doc| reader.fieldnorm_id(*doc));
                norms.push((term.field, of_docs.collect()));
                norms.len() - 1
            };
            let norms = &norms[known].1;
            self.each(&term.looked, ordinal, docs, |at, frequency| {
                // 0 where the page has it never.
                scores[at] += term.weight.score(norms[at], frequency);
            })?;
        }
        for (worth, terms) in &self.once {
            if any::cost(terms, ordinal) > docs.len() as u64 * any::SEEKING_COSTS {
                let mut with = docs.to_vec();
                any::confirm(self.builder, terms, ordinal, &mut with)?;
                let mut with = with.into_iter().peekable();
                for (doc, score) in docs.iter().zip(&mut scores) {
                    if with.next_if_eq(doc).is_some() {
                        *score += worth;
                    }
                }
            } else {
                let with = any::union(self.builder, terms, ordinal)?;
                for (doc, score) in docs.iter().zip(&mut scores) {
                    if with.contains(*doc) {
                        *score += worth;
                    }
                }
            }
        }
        if let Some((words, weight)) = &self.title
            && words.iter().all(|word| word.pages_in(ordinal) > 0)
        {
            let mut in_order = weight.scorer(segment, 1.0)?;
            for (doc, score) in docs.iter().zip(&mut scores) {
                if in_order.doc() < *doc {
                    in_order.seek(*doc);
                }
                if in_order.doc() == *doc {
                    *score += in_order.score();
                }
            }
        }
        Ok(scores)
    }

    /// Calls back with the place of a page and how often it has a term, for each page that has it and also for some
    /// that do not.
    fn each(
        &self,
        looked: &Looked,
        ordinal: SegmentOrdinal,
        docs: &[DocId],
        mut f: impl FnMut(usize, u32),
    ) -> tantivy::Result<()> {
        let dictionary = &self.builder.dictionary;
        let Some(mut postings) = dictionary.postings(looked, ordinal, IndexRecordOption::WithFreqs)? else {
            return Ok(());
        };
        let rare = (postings.doc_freq() as usize).saturating_mul(RARE) < docs.len();
        let mut at = 0;
        while let Some(doc) = docs.get(at) {
            let from = postings.seek(*doc);
            let (block, frequencies) = (postings.docs(), postings.freqs());
            let Some(last) = block.get(from..).and_then(<[DocId]>::last) else {
                break;
            };
            if rare {
                for (doc, frequency) in block[from..].iter().zip(&frequencies[from..]) {
                    at += docs[at..].partition_point(|other| other < doc);
                    if docs.get(at) == Some(doc) {
                        f(at, *frequency);
                    }
                }
                at += docs[at..].partition_point(|doc| doc <= last);
                continue;
            }
            let to = at + docs[at..].partition_point(|doc| doc <= last);
            let mut place = from;
            for (at, doc) in (at..).zip(&docs[at..to]) {
                place = first_not_below(block, place, *doc);
                // Without asking first, since the answer would be as good as random.
                f(at, frequencies[place] * u32::from(block[place] == *doc));
            }
            at = to;
        }
        Ok(())
    }
}

/// The place of the first of some pages, in their order, that is not before another, from a place on.
fn first_not_below(docs: &[DocId], from: usize, doc: DocId) -> usize {
    let mut at = from;
    while let Some(some) = docs[at..].first_chunk::<AT_ONCE>() {
        if some[AT_ONCE - 1] >= doc {
            // Counted without a branch, which would be taken at random.
            return at + some.iter().map(|other| usize::from(*other < doc)).sum::<usize>();
        }
        at += AT_ONCE;
    }
    at + docs[at..].iter().take_while(|other| **other < doc).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_that_is_not_below() {
        let docs: Vec<DocId> = (0..21).map(|n| n * 3).collect();
        for from in 0..docs.len() {
            for doc in docs[from]..=60 {
                let expected = docs.iter().position(|other| *other >= doc);
                assert_eq!(Some(first_not_below(&docs, from, doc)), expected, "{from} {doc}");
            }
        }
    }
}
