//! From a parsed query to one of the index: what must match, and what makes a page better.
use super::parse::{Atom, Meaning, Parsed, Sought};
use crate::analysis::stem::{CUT, is_freed};
use crate::analysis::terms::LOOSE;
use crate::dictionary::Dictionary;
use crate::materials::View;
use crate::schema::Fields;
use crate::sight::Sight;
use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::ops::Range;
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
/// Of these, the most frequent that are compared with those of other segments.
const MOST_OF_A_SEGMENT: usize = 48;
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
/// A match of a word without its prefixed letters.
const LOOSE_BODY: Weights = Weights {
    exact: 0.4,
    loose: 0.4,
};
const COMPLETION: f32 = 0.3;
const WHOLE_TITLE: f32 = 4.0;

/// Completions by field and beginning.
type Completed = HashMap<(Field, String), Rc<[String]>>;

/// The terms that a word may stand as.
pub(crate) struct Forms {
    /// Forms with their weights.
    pub(crate) scored: Vec<(Term, f32)>,
    /// Longer words of which any counts so much, field by field.
    pub(crate) completions: Vec<(f32, Vec<Term>)>,
}

impl Forms {
    /// All terms, however much they count.
    pub(crate) fn terms(&self) -> Vec<Term> {
        let scored = self.scored.iter().map(|(term, _)| term);
        let completions = self.completions.iter().flat_map(|(_, terms)| terms);
        scored.chain(completions).cloned().collect()
    }
}

/// One thing that is wanted of a page.
enum Required {
    /// A word that may be left out when no page has all.
    Optional(Box<dyn Query>),
    /// What may not.
    Always(Box<dyn Query>),
}

/// Makes queries over one view of the index.
pub(crate) struct Builder<'a> {
    /// The view.
    pub(crate) view: &'a View,
    /// Its segments.
    pub(crate) searcher: &'a Searcher,
    /// The fields.
    pub(crate) fields: &'a Fields,
    /// Terms that were looked up for this query.
    pub(crate) dictionary: Dictionary<'a>,
    /// Who asks.
    pub(crate) sight: Sight,
    /// Completions that were looked up for this query.
    completed: RefCell<Completed>,
}

impl<'a> Builder<'a> {
    /// For one query over one view.
    pub(crate) fn new(view: &'a View, fields: &'a Fields, sight: Sight) -> Self {
        Self {
            view,
            searcher: &view.searcher,
            fields,
            dictionary: Dictionary::new(view, fields, sight.clone()),
            sight,
            completed: RefCell::default(),
        }
    }

    /// Pages that have all that is wanted, or at least `at_least` of the words that may be left out.
    pub(crate) fn query(&self, parsed: &Parsed, at_least: Option<usize>) -> tantivy::Result<Box<dyn Query>> {
        let mut all: Vec<(Occur, Box<dyn Query>)> = Vec::new();
        let mut some = Vec::new();
        for required in self.required(parsed)? {
            match required {
                Required::Optional(query) if at_least.is_some() => some.push((Occur::Should, query)),
                Required::Optional(query) | Required::Always(query) => all.push((Occur::Must, query)),
            }
        }
        if let Some(count) = at_least.filter(|_| !some.is_empty()) {
            let some = BooleanQuery::with_minimum_required_clauses(some, count);
            all.push((Occur::Must, Box::new(some)));
        }
        if all.is_empty() {
            let everything = ConstScoreQuery::new(Box::new(AllQuery), 1.0);
            all.push((Occur::Must, Box::new(everything)));
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

    /// The same with only the rarest of many words that may be left out, for looking for pages that
    /// have some of them: frequent words would cost most and say least.
    pub(crate) fn rarest(&self, parsed: &Parsed) -> tantivy::Result<Parsed> {
        let mut words = Vec::new();
        for word in parsed.optional() {
            let term = Term::from_field_text(self.fields.body, &word.exact);
            words.push((self.dictionary.counted(&term)?, word.position));
        }
        words.sort_by_key(|(pages, position)| (*pages == 0, *pages, *position));
        let rarest = words.iter().take(MOST_OPTIONAL_WORDS);
        Ok(parsed.keeping(&rarest.map(|(_, position)| *position).collect()))
    }

    /// Terms that pages which have any wanted word in their text have one of.
    pub(crate) fn in_text(&self, parsed: &Parsed) -> tantivy::Result<Vec<Term>> {
        let fields = self.fields;
        let mut terms: Vec<Term> = Vec::new();
        for word in parsed.words() {
            terms.push(Term::from_field_text(fields.body, &word.exact));
            let forms = word.loose.iter();
            terms.extend(forms.map(|form| Term::from_field_text(fields.stem, form)));
            if word.prefix {
                let begun = [Some(fields.body), is_freed(&word.exact).then_some(fields.stem)];
                for field in begun.into_iter().flatten() {
                    let completions = self.completions(field, &word.exact)?;
                    let completions = completions.iter();
                    terms.extend(completions.map(|word| Term::from_field_text(field, word)));
                }
            }
        }
        Ok(terms)
    }

    /// All that a word may stand as somewhere on a page, in any form.
    pub(crate) fn forms(&self, word: &Sought) -> tantivy::Result<Forms> {
        let fields = self.fields;
        let mut scored: Vec<(Term, f32)> = Vec::new();
        let mut add = |field, form: &str, weight| {
            scored.push((Term::from_field_text(field, form), weight));
        };
        let others = || word.loose.iter().filter(|form| **form != word.exact);
        for (field, weights) in [
            (fields.title, TITLE),
            (fields.heading, HEADING),
            (fields.about, ABOUT),
        ] {
            add(field, &word.exact, weights.exact);
            for form in others() {
                add(field, form, weights.loose);
            }
            for form in &word.loose {
                add(field, &format!("{LOOSE}{form}"), weights.loose);
            }
        }
        add(fields.body, &word.exact, BODY.exact);
        for form in others() {
            add(fields.body, form, BODY.loose);
        }
        for form in &word.loose {
            add(fields.stem, form, BODY.loose);
        }
        let mut completions = Vec::new();
        if word.prefix {
            let mut begun = vec![(fields.title, TITLE), (fields.about, ABOUT), (fields.body, BODY)];
            if is_freed(&word.exact) {
                begun.push((fields.stem, LOOSE_BODY));
            }
            for (field, weights) in begun {
                let words = self.completions(field, &word.exact)?;
                if !words.is_empty() {
                    let terms = words.iter().map(|word| Term::from_field_text(field, word));
                    completions.push((COMPLETION * weights.exact, terms.collect()));
                }
            }
        }
        Ok(Forms { scored, completions })
    }

    /// Pages that have a word somewhere, in any form.
    fn word(&self, word: &Sought) -> tantivy::Result<Box<dyn Query>> {
        let forms = self.forms(word)?;
        let mut terms: Vec<Box<dyn Query>> = Vec::new();
        let scored = forms.scored.into_iter();
        terms.extend(scored.map(|(term, weight)| {
            boosted(
                Box::new(TermQuery::new(term, IndexRecordOption::WithFreqs)),
                weight,
            )
        }));
        for (worth, words) in forms.completions {
            terms.push(Box::new(ConstScoreQuery::new(any_of(words), worth)));
        }
        Ok(Box::new(BooleanQuery::union(terms)))
    }

    /// One query for each thing that is wanted; words that were typed together count one by one.
    fn required(&self, parsed: &Parsed) -> tantivy::Result<Vec<Required>> {
        let mut required = Vec::new();
        let mut known: HashSet<Vec<Meaning>> = HashSet::new();
        for atoms in &parsed.wanted {
            if let [Atom::Words(words)] = atoms.as_slice() {
                for word in words {
                    let query = self.word(word)?;
                    required.push(if word.quoted {
                        Required::Always(query)
                    } else {
                        Required::Optional(query)
                    });
                }
                continue;
            }
            // Asked twice it finds the same, and costs twice as much.
            if !known.insert(atoms.iter().map(Atom::meaning).collect()) {
                continue;
            }
            let mut alternatives = Vec::new();
            for atom in atoms {
                alternatives.push(self.atom(atom)?);
            }
            required.push(Required::Always(if alternatives.len() == 1 {
                alternatives.remove(0)
            } else {
                Box::new(BooleanQuery::union(alternatives))
            }));
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
    pub(crate) fn exclusion(&self, atom: &Atom) -> Box<dyn Query> {
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

    /// A word as it is written, in each field.
    pub(crate) fn as_written(&self, word: &str) -> Vec<Term> {
        let fields = [self.fields.title, self.fields.about, self.fields.body];
        fields.map(|field| Term::from_field_text(field, word)).into()
    }

    /// The same, and in scripts with prefixed letters as what is left of longer words without them.
    pub(crate) fn standing_as(&self, word: &str) -> Vec<Term> {
        let mut terms = self.as_written(word);
        if is_freed(word) {
            let fields = [self.fields.title, self.fields.heading, self.fields.about];
            terms.extend(fields.map(|field| Term::from_field_text(field, &format!("{LOOSE}{word}"))));
            terms.push(Term::from_field_text(self.fields.stem, word));
        }
        terms
    }

    fn written(&self, word: &str) -> Box<dyn Query> {
        any_of(self.as_written(word))
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
        parsed
            .plain_words()
            .and_then(|words| self.whole_title(&words))
            .into_iter()
            .collect()
    }

    /// All of several words in their order in the title.
    pub(crate) fn whole_title(&self, words: &[&Sought]) -> Option<Box<dyn Query>> {
        let ordered: Vec<(usize, &str)> = words
            .iter()
            .map(|word| (word.position, word.exact.as_str()))
            .collect();
        (words.len() > 1).then(|| boosted(offsets(self.fields.title, &ordered), WHOLE_TITLE))
    }

    /// What a term is worth: the rarer, the more.
    #[expect(clippy::cast_precision_loss, reason = "a page more or less does not matter")]
    pub(crate) fn rarity(&self, term: &Term) -> tantivy::Result<f32> {
        let pages = self.searcher.num_docs() as f32;
        let with_it = self.dictionary.counted(term)? as f32;
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
        let mut here: Vec<(u32, Range<usize>)> = Vec::new();
        let mut bytes: Vec<u8> = Vec::new();
        for index in self.dictionary.readers(field)?.iter() {
            here.clear();
            bytes.clear();
            let mut stream = index.terms().range().ge(beginning).into_stream()?;
            while here.len() < MOST_DICTIONARY_ENTRIES
                && stream.advance()
                && stream.key().starts_with(beginning.as_bytes())
            {
                let from = bytes.len();
                bytes.extend_from_slice(stream.key());
                here.push((stream.value().doc_freq, from..bytes.len()));
            }
            if here.len() > MOST_OF_A_SEGMENT {
                here.select_nth_unstable_by_key(MOST_OF_A_SEGMENT, |(pages, _)| std::cmp::Reverse(*pages));
                here.truncate(MOST_OF_A_SEGMENT);
            }
            for (pages, term) in &here {
                if let Ok(term) = std::str::from_utf8(&bytes[term.clone()])
                    && term != beginning
                    && !term.ends_with(CUT)
                {
                    match found.get_mut(term) {
                        Some(known) => *known += pages,
                        None => drop(found.insert(term.to_owned(), *pages)),
                    }
                }
            }
        }
        let mut found: Vec<(String, u32)> = found.into_iter().collect();
        found.sort_unstable_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        found.truncate(MOST_COMPLETIONS);
        Ok(found.into_iter().map(|(term, _)| term).collect())
    }
}

/// Pages that have any of these terms, without frequencies.
pub(crate) fn any_of(terms: Vec<Term>) -> Box<dyn Query> {
    let any = terms
        .into_iter()
        .map(|term| -> Box<dyn Query> { Box::new(TermQuery::new(term, IndexRecordOption::Basic)) });
    Box::new(BooleanQuery::union(any.collect()))
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

fn boosted(query: Box<dyn Query>, weight: f32) -> Box<dyn Query> {
    Box::new(BoostQuery::new(query, weight))
}
