//! From a parsed query to one of the index: what must match, and what makes a page better.
use super::parse::{Atom, Parsed, Sought};
use crate::schema::{Fields, Pair};
use tantivy::query::{
    AllQuery, BooleanQuery, BoostQuery, ConstScoreQuery, Occur, PhraseQuery, Query, TermQuery,
};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{Searcher, Term};

/// Words that a beginning stands for, at most, in each field.
const MOST_COMPLETIONS: usize = 24;
/// Dictionary entries that are looked at for them, in each segment.
const MOST_DICTIONARY_ENTRIES: usize = 2_000;
/// Words of which some may be missing.
const MOST_OPTIONAL_WORDS: usize = 8;
/// Neighbours that are rewarded.
const MOST_NEIGHBOURS: usize = 12;

/// How much a match in an exact and in a loose field weighs.
struct Weights {
    exact: f32,
    loose: f32,
}

const TITLE: Weights = Weights {
    exact: 4.0,
    loose: 1.6,
};
const ABOUT: Weights = Weights {
    exact: 1.2,
    loose: 0.5,
};
const BODY: Weights = Weights {
    exact: 1.0,
    loose: 0.4,
};
const COMPLETION: f32 = 0.3;
const WHOLE_PHRASE: f32 = 2.0;
const NEIGHBOURS: f32 = 0.6;

/// Makes queries over one view of the index.
pub(crate) struct Builder<'a> {
    /// The view.
    pub(crate) searcher: &'a Searcher,
    /// The fields.
    pub(crate) fields: &'a Fields,
}

impl Builder<'_> {
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
                .doc_freq(&Term::from_field_text(self.fields.body.exact, &word.exact))?;
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
            terms.push(plain(self.fields.body.exact, &word.exact));
            terms.extend(word.loose.iter().map(|form| plain(self.fields.body.loose, form)));
            if word.prefix {
                let completions = self.completions(self.fields.body.exact, &word.exact)?;
                terms.extend(completions.iter().map(|word| plain(self.fields.body.exact, word)));
            }
        }
        Ok(Box::new(ConstScoreQuery::new(
            Box::new(BooleanQuery::union(terms)),
            0.0,
        )))
    }

    /// Pages that have a word somewhere, in any form.
    pub(crate) fn word(&self, word: &Sought) -> tantivy::Result<Box<dyn Query>> {
        let mut terms: Vec<Box<dyn Query>> = Vec::new();
        for (pair, weights) in self.pairs() {
            terms.push(weighted(pair.exact, &word.exact, weights.exact));
            terms.extend(
                word.loose
                    .iter()
                    .map(|form| weighted(pair.loose, form, weights.loose)),
            );
            if word.prefix {
                let completions = self.completions(pair.exact, &word.exact)?;
                if !completions.is_empty() {
                    let any = completions.iter().map(|word| plain(pair.exact, word)).collect();
                    let any =
                        ConstScoreQuery::new(Box::new(BooleanQuery::union(any)), COMPLETION * weights.exact);
                    terms.push(Box::new(any));
                }
            }
        }
        Ok(Box::new(BooleanQuery::union(terms)))
    }

    fn pairs(&self) -> [(Pair, Weights); 3] {
        [
            (self.fields.title, TITLE),
            (self.fields.about, ABOUT),
            (self.fields.body, BODY),
        ]
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
        let fields = self.pairs().into_iter();
        Box::new(BooleanQuery::union(
            fields
                .map(|(pair, weights)| boosted(phrase(pair.exact, words), weights.exact))
                .collect(),
        ))
    }

    /// An exclusion takes words as they are written, and does not reach for other forms.
    fn exclusion(&self, atom: &Atom) -> Box<dyn Query> {
        match atom {
            Atom::Phrase(words) => self.phrase_anywhere(words),
            Atom::Words(words) => {
                let all = words.iter().map(|word| -> Box<dyn Query> {
                    let fields = self.pairs().into_iter();
                    Box::new(BooleanQuery::union(
                        fields.map(|(pair, _)| plain(pair.exact, &word.exact)).collect(),
                    ))
                });
                Box::new(BooleanQuery::intersection(all.collect()))
            }
        }
    }

    /// What makes a page better: the words in their order, and neighbours side by side.
    fn rewards(&self, parsed: &Parsed) -> Vec<Box<dyn Query>> {
        let plain_words: Option<Vec<&Sought>> = parsed
            .wanted
            .iter()
            .map(|atoms| match atoms.as_slice() {
                [Atom::Words(words)] => Some(words),
                _ => None,
            })
            .collect::<Option<Vec<_>>>()
            .map(|words| words.into_iter().flatten().collect());
        let Some(words) = plain_words.filter(|words| words.len() > 1) else {
            return Vec::new();
        };
        let ordered: Vec<(usize, &str)> = words
            .iter()
            .map(|word| (word.position, word.exact.as_str()))
            .collect();
        let mut rewards = Vec::new();
        if ordered.len() > 2 {
            rewards.push(boosted(offsets(self.fields.body.exact, &ordered), WHOLE_PHRASE));
        }
        rewards.push(boosted(
            offsets(self.fields.title.exact, &ordered),
            WHOLE_PHRASE * 2.0,
        ));
        for two in ordered.windows(2).take(MOST_NEIGHBOURS) {
            rewards.push(boosted(offsets(self.fields.body.exact, two), NEIGHBOURS));
        }
        rewards
    }

    /// Words of the dictionary that begin with this one, most frequent first.
    pub(crate) fn completions(&self, field: Field, beginning: &str) -> tantivy::Result<Vec<String>> {
        let mut found: std::collections::HashMap<String, u32> = std::collections::HashMap::new();
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
