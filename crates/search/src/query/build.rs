//! From a parsed query to one of the index: what must match, and what makes a page better.
use super::parse::{Atom, Parsed, Sought};
use crate::analysis::terms::LOOSE;
use crate::schema::Fields;
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use tantivy::query::{
    AllQuery, BooleanQuery, BoostQuery, ConstScoreQuery, Occur, PhraseQuery, Query, TermQuery,
};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{Searcher, Term};

/// Words that a beginning stands for, at most, in each field.
const MOST_COMPLETIONS: usize = 16;
/// Dictionary entries that are looked at for them, in each segment.
const MOST_DICTIONARY_ENTRIES: usize = 1_000;
/// Words of which some may be missing.
const MOST_OPTIONAL_WORDS: usize = 8;

/// How much a match of a word as it is written, and of a looser form, weighs.
struct Weights {
    exact: f32,
    loose: f32,
}

const TITLE: Weights = Weights {
    exact: 4.0,
    loose: 1.6,
};
const HEADING: Weights = Weights {
    exact: 1.5,
    loose: 0.6,
};
const ABOUT: Weights = Weights {
    exact: 0.8,
    loose: 0.3,
};
const BODY: Weights = Weights {
    exact: 1.0,
    loose: 0.4,
};
const COMPLETION: f32 = 0.3;
const WHOLE_TITLE: f32 = 4.0;

/// Completions by field and beginning.
type Completed = HashMap<(Field, String), Rc<[String]>>;

/// Makes queries over one view of the index.
pub(crate) struct Builder<'a> {
    /// The view.
    pub(crate) searcher: &'a Searcher,
    /// The fields.
    pub(crate) fields: &'a Fields,
    /// Completions that were looked up for this query.
    completed: RefCell<Completed>,
}

impl<'a> Builder<'a> {
    /// For one query over one view.
    pub(crate) fn new(searcher: &'a Searcher, fields: &'a Fields) -> Self {
        Self {
            searcher,
            fields,
            completed: RefCell::default(),
        }
    }

    /// Pages that have all that is wanted, or at least `at_least` of it.
    pub(crate) fn query(&self, parsed: &Parsed, at_least: Option<usize>) -> tantivy::Result<Box<dyn Query>> {
        let mut clauses = Vec::new();
        for atoms in self.required(parsed)? {
            clauses.push((
                if at_least.is_some() {
                    Occur::Should
                } else {
                    Occur::Must
                },
                atoms,
            ));
        }
        let mut all = vec![];
        if clauses.is_empty() {
            all.push((
                Occur::Must,
                Box::new(ConstScoreQuery::new(Box::new(AllQuery), 1.0)) as Box<dyn Query>,
            ));
        } else {
            let wanted = match at_least {
                Some(count) => BooleanQuery::with_minimum_required_clauses(clauses, count),
                None => BooleanQuery::new(clauses),
            };
            all.push((Occur::Must, Box::new(wanted)));
        }
        for atom in &parsed.excluded {
            all.push((Occur::MustNot, self.exclusion(atom)));
        }
        all.extend(
            self.rewards(parsed)
                .into_iter()
                .map(|reward| (Occur::Should, reward)),
        );
        Ok(Box::new(BooleanQuery::new(all)))
    }

    /// How many things [`Self::query`] may be asked to do without.
    pub(crate) fn count(parsed: &Parsed) -> usize {
        parsed
            .wanted
            .iter()
            .map(|atoms| match atoms.as_slice() {
                [Atom::Words(words)] => words.len(),
                _ => 1,
            })
            .sum()
    }

    /// The same with only the rarest of many words, for looking for pages that have some of them:
    /// frequent words would cost most and say least.
    pub(crate) fn rarest(&self, parsed: &Parsed) -> tantivy::Result<Parsed> {
        if Self::count(parsed) <= MOST_OPTIONAL_WORDS {
            return Ok(parsed.clone());
        }
        let mut words = Vec::new();
        for word in parsed.words() {
            let pages = self
                .searcher
                .doc_freq(&Term::from_field_text(self.fields.body, &word.exact))?;
            words.push((pages, word));
        }
        words.sort_by_key(|(pages, word)| (*pages == 0, *pages, word.position));
        words.truncate(MOST_OPTIONAL_WORDS);
        words.sort_by_key(|(_, word)| word.position);
        let wanted = words
            .into_iter()
            .map(|(_, word)| vec![Atom::Words(vec![word.clone()])]);
        Ok(Parsed {
            wanted: wanted.collect(),
            ..parsed.clone()
        })
    }

    /// Pages that have any wanted word in their text.
    pub(crate) fn in_text(&self, parsed: &Parsed) -> tantivy::Result<Box<dyn Query>> {
        let mut terms: Vec<Box<dyn Query>> = Vec::new();
        for word in parsed.words() {
            terms.push(plain(self.fields.body, &word.exact));
            terms.extend(word.loose.iter().map(|form| plain(self.fields.stem, form)));
            if word.prefix {
                let completions = self.completions(self.fields.body, &word.exact)?;
                terms.extend(completions.iter().map(|word| plain(self.fields.body, word)));
            }
        }
        Ok(Box::new(ConstScoreQuery::new(
            Box::new(BooleanQuery::union(terms)),
            0.0,
        )))
    }

    /// Pages that have a word somewhere, in any form.
    pub(crate) fn word(&self, word: &Sought) -> tantivy::Result<Box<dyn Query>> {
        let fields = self.fields;
        let mut terms: Vec<Box<dyn Query>> = Vec::new();
        let others = || word.loose.iter().filter(|form| **form != word.exact);
        for (field, weights) in [
            (fields.title, TITLE),
            (fields.heading, HEADING),
            (fields.about, ABOUT),
        ] {
            terms.push(weighted(field, &word.exact, weights.exact));
            terms.extend(others().map(|form| weighted(field, form, weights.loose)));
            let marked = word.loose.iter().map(|form| format!("{LOOSE}{form}"));
            terms.extend(marked.map(|form| weighted(field, &form, weights.loose)));
        }
        terms.push(weighted(fields.body, &word.exact, BODY.exact));
        terms.extend(others().map(|form| weighted(fields.body, form, BODY.loose)));
        terms.extend(
            word.loose
                .iter()
                .map(|form| weighted(fields.stem, form, BODY.loose)),
        );
        if word.prefix {
            for (field, weights) in [(fields.title, TITLE), (fields.about, ABOUT), (fields.body, BODY)] {
                let completions = self.completions(field, &word.exact)?;
                if !completions.is_empty() {
                    let any = completions.iter().map(|word| plain(field, word)).collect();
                    let any =
                        ConstScoreQuery::new(Box::new(BooleanQuery::union(any)), COMPLETION * weights.exact);
                    terms.push(Box::new(any));
                }
            }
        }
        Ok(Box::new(BooleanQuery::union(terms)))
    }

    /// One query for each thing that is wanted; words that were typed together count one by one.
    fn required(&self, parsed: &Parsed) -> tantivy::Result<Vec<Box<dyn Query>>> {
        let mut required = Vec::new();
        for atoms in &parsed.wanted {
            if let [Atom::Words(words)] = atoms.as_slice() {
                for word in words {
                    required.push(self.word(word)?);
                }
                continue;
            }
            let mut alternatives = Vec::new();
            for atom in atoms {
                alternatives.push(self.atom(atom)?);
            }
            required.push(if alternatives.len() == 1 {
                alternatives.remove(0)
            } else {
                Box::new(BooleanQuery::union(alternatives))
            });
        }
        Ok(required)
    }

    fn atom(&self, atom: &Atom) -> tantivy::Result<Box<dyn Query>> {
        match atom {
            Atom::Words(words) => {
                let all = words
                    .iter()
                    .map(|word| self.word(word))
                    .collect::<tantivy::Result<Vec<_>>>()?;
                Ok(Box::new(BooleanQuery::intersection(all)))
            }
            Atom::Phrase(words) => Ok(self.phrase_anywhere(words)),
        }
    }

    fn phrase_anywhere(&self, words: &[Sought]) -> Box<dyn Query> {
        let fields = self.fields;
        let fields = [(fields.title, TITLE), (fields.about, ABOUT), (fields.body, BODY)];
        let phrases = fields.map(|(field, weights)| boosted(phrase(field, words), weights.exact));
        Box::new(BooleanQuery::union(phrases.into()))
    }

    /// An exclusion takes words as they are written, and does not reach for other forms.
    fn exclusion(&self, atom: &Atom) -> Box<dyn Query> {
        match atom {
            // Twice, since tantivy 0.27 asks a phrase that stands alone as an exclusion for pages after
            // its last one, which it does not bear; a union of two does.
            Atom::Phrase(words) => Box::new(BooleanQuery::union(vec![
                self.phrase_anywhere(words),
                self.phrase_anywhere(words),
            ])),
            Atom::Words(words) => {
                let all = words.iter().map(|word| self.written(&word.exact));
                Box::new(BooleanQuery::intersection(all.collect()))
            }
        }
    }

    /// Pages that have a word as it is written.
    pub(crate) fn written(&self, word: &str) -> Box<dyn Query> {
        let fields = [self.fields.title, self.fields.about, self.fields.body];
        Box::new(BooleanQuery::union(fields.map(|field| plain(field, word)).into()))
    }

    /// Pages that have words next to one another.
    pub(crate) fn side_by_side(&self, words: &[&str]) -> Box<dyn Query> {
        let ordered: Vec<(usize, &str)> = words.iter().copied().enumerate().collect();
        let fields = [self.fields.title, self.fields.about, self.fields.body];
        Box::new(BooleanQuery::union(
            fields.map(|field| offsets(field, &ordered)).into(),
        ))
    }

    /// What makes a page better before its best ones are looked at closely: all words in their
    /// order in the title.
    fn rewards(&self, parsed: &Parsed) -> Vec<Box<dyn Query>> {
        let Some(words) = parsed.plain_words().filter(|words| words.len() > 1) else {
            return Vec::new();
        };
        let ordered: Vec<(usize, &str)> = words
            .iter()
            .map(|word| (word.position, word.exact.as_str()))
            .collect();
        vec![boosted(offsets(self.fields.title, &ordered), WHOLE_TITLE)]
    }

    /// What a term is worth: the rarer, the more.
    #[expect(clippy::cast_precision_loss, reason = "a page more or less does not matter")]
    pub(crate) fn rarity(&self, term: &Term) -> tantivy::Result<f32> {
        let pages = self.searcher.num_docs() as f32;
        let with_it = self.searcher.doc_freq(term)? as f32;
        Ok((1.0 + (pages - with_it + 0.5).max(0.0) / (with_it + 0.5)).ln())
    }

    /// Words of the dictionary that begin with this one, most frequent first.
    pub(crate) fn completions(&self, field: Field, beginning: &str) -> tantivy::Result<Rc<[String]>> {
        let key = (field, beginning.to_owned());
        if let Some(known) = self.completed.borrow().get(&key) {
            return Ok(Rc::clone(known));
        }
        let found: Rc<[String]> = self.look_up_completions(field, beginning)?.into();
        self.completed.borrow_mut().insert(key, Rc::clone(&found));
        Ok(found)
    }

    fn look_up_completions(&self, field: Field, beginning: &str) -> tantivy::Result<Vec<String>> {
        let mut found: HashMap<String, u32> = HashMap::new();
        for segment in self.searcher.segment_readers() {
            let index = segment.inverted_index(field)?;
            let mut stream = index.terms().range().ge(beginning).into_stream()?;
            let mut looked_at = 0;
            while looked_at < MOST_DICTIONARY_ENTRIES && stream.advance() {
                looked_at += 1;
                let Ok(term) = std::str::from_utf8(stream.key()) else {
                    break;
                };
                if !term.starts_with(beginning) {
                    break;
                }
                if term != beginning {
                    *found.entry(term.to_owned()).or_default() += stream.value().doc_freq;
                }
            }
        }
        let mut found: Vec<(String, u32)> = found.into_iter().collect();
        found.sort_unstable_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        found.truncate(MOST_COMPLETIONS);
        Ok(found.into_iter().map(|(term, _)| term).collect())
    }
}

fn phrase(field: Field, words: &[Sought]) -> Box<dyn Query> {
    let ordered: Vec<(usize, &str)> = words
        .iter()
        .map(|word| (word.position, word.exact.as_str()))
        .collect();
    offsets(field, &ordered)
}

fn offsets(field: Field, words: &[(usize, &str)]) -> Box<dyn Query> {
    let terms = words
        .iter()
        .map(|(offset, word)| (*offset, Term::from_field_text(field, word)));
    Box::new(PhraseQuery::new_with_offset(terms.collect()))
}

fn plain(field: Field, word: &str) -> Box<dyn Query> {
    Box::new(TermQuery::new(
        Term::from_field_text(field, word),
        IndexRecordOption::Basic,
    ))
}

fn weighted(field: Field, word: &str, weight: f32) -> Box<dyn Query> {
    boosted(
        Box::new(TermQuery::new(
            Term::from_field_text(field, word),
            IndexRecordOption::WithFreqs,
        )),
        weight,
    )
}

fn boosted(query: Box<dyn Query>, weight: f32) -> Box<dyn Query> {
    Box::new(BoostQuery::new(query, weight))
}
