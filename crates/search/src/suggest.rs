//! Proposals while somebody types: titles, people and runs of words. Everything is read from entries
//! that the viewer may see; the dictionaries, which hold words of all pages, only say where to look.
use crate::analysis::{Word, scan};
use crate::entry::Shown;
use crate::find::material_id;
use crate::group::gather;
use crate::query::build::Builder;
use crate::query::narrow::has;
use crate::sight::Sight;
use crate::storage::Generation;
use homeroom_core::ports::search_index::{SuggestRequest, Suggestion, SuggestionKind};
use std::collections::{HashMap, HashSet};
use std::ops::ControlFlow;
use tantivy::query::{BooleanQuery, EnableScoring, Query, TermQuery};
use tantivy::schema::{Field, IndexRecordOption, Value};
use tantivy::{DocAddress, Score, TantivyDocument, Term};

/// What is read of what was typed.
const MOST_CHARS: usize = 200;
const MOST_WORDS: usize = 8;
const MOST_SUGGESTIONS: usize = 20;
/// Entries that are read for titles and for runs of words.
const TITLES_READ: usize = 60;
const PAGES_READ: usize = 40;
/// Entries that are passed over in search of different people.
const PEOPLE_LOOKED_FOR: usize = 5_000;
const MOST_PEOPLE: usize = 2;
/// Words, or characters of a script without spaces, by which a run goes on after what was typed.
const FURTHER_WORDS: usize = 2;
const FURTHER_CHARACTERS: usize = 5;
/// Bytes of one page that are read.
const LONGEST_PAGE_BYTES: usize = 20_000;
const LONGEST_PHRASE_CHARS: usize = 60;

/// Answers a request.
pub(crate) fn suggest(generation: &Generation, request: &SuggestRequest) -> tantivy::Result<Vec<Suggestion>> {
    let text: String = request.text.chars().take(MOST_CHARS).collect();
    let mut typed: Vec<String> = scan(&text)
        .iter()
        .filter(|word| !word.swallowed)
        .map(|word| word.also.clone().unwrap_or_else(|| word.exact.clone()))
        .collect();
    if typed.is_empty() || typed.len() > MOST_WORDS {
        return Ok(Vec::new());
    }
    let view = generation.view()?;
    let suggesting = Suggesting {
        builder: Builder::new(&view, &generation.fields, Sight::new(&request.viewer)),
        begun: typed.pop().unwrap_or_default(),
        before: typed,
        text: &text,
    };
    let limit = (request.limit as usize).min(MOST_SUGGESTIONS);
    let mut titles = suggesting.titles()?;
    let mut phrases = suggesting.phrases()?;
    let known: HashSet<String> = titles.iter().map(|title| title.text.to_lowercase()).collect();
    phrases.retain(|phrase| !known.contains(&phrase.text));
    let mut people = suggesting.people()?;
    people.truncate(MOST_PEOPLE.min(limit));
    // Half of what is left for titles, unless there are too few phrases to fill the other half.
    let left = limit - people.len();
    titles.truncate(left.div_ceil(2).max(left.saturating_sub(phrases.len())));
    phrases.truncate(left - titles.len().min(left));
    titles.extend(people);
    titles.extend(phrases);
    titles.truncate(limit);
    Ok(titles)
}

struct Suggesting<'a> {
    builder: Builder<'a>,
    before: Vec<String>,
    begun: String,
    text: &'a str,
}

impl Suggesting<'_> {
    fn titles(&self) -> tantivy::Result<Vec<Suggestion>> {
        let query = self.first(self.matching(self.builder.fields.title)?);
        let typed: Vec<String> = scan(self.text).into_iter().map(|word| word.exact).collect();
        let typed = typed.join(" ");
        let mut found: Vec<(bool, usize, Suggestion)> = Vec::new();
        let mut seen = HashSet::new();
        for (_, address) in self.best(&*query, TITLES_READ)? {
            let entry: TantivyDocument = self.builder.searcher.doc(address)?;
            let Some(shown) = shown(&entry, self.builder.fields.shown) else {
                continue;
            };
            let words: Vec<String> = scan(shown.title).into_iter().map(|word| word.exact).collect();
            let words = words.join(" ");
            let suggestion = Suggestion {
                kind: SuggestionKind::Title,
                text: shown.title.to_owned(),
                material: Some(material_id(self.id(address))),
                person: None,
            };
            if seen.insert(words.clone()) {
                found.push((!words.starts_with(&typed), words.len(), suggestion));
            }
        }
        found.sort_by(|a, b| (a.0, a.1, &a.2.text).cmp(&(b.0, b.1, &b.2.text)));
        Ok(found.into_iter().map(|(_, _, suggestion)| suggestion).collect())
    }

    fn people(&self) -> tantivy::Result<Vec<Suggestion>> {
        let query = self.first(self.matching(self.builder.fields.person)?);
        let searcher = self.builder.searcher;
        let weight = query.weight(EnableScoring::disabled_from_searcher(searcher))?;
        let mut owners = HashSet::new();
        let mut found = Vec::new();
        for (ordinal, segment) in (0..).zip(searcher.segment_readers()) {
            let Some(column) = segment.fast_fields().str("owner")? else {
                continue;
            };
            let mut first_of = HashMap::new();
            let mut looked_at = 0;
            self.builder
                .sight
                .each(self.builder.view, ordinal, &*weight, |doc, _| {
                    looked_at += 1;
                    if let Some(owner) = column.ords().first(doc) {
                        first_of.entry(owner).or_insert(doc);
                    }
                    if looked_at < PEOPLE_LOOKED_FOR && first_of.len() < MOST_SUGGESTIONS {
                        ControlFlow::Continue(())
                    } else {
                        ControlFlow::Break(())
                    }
                })?;
            for doc in first_of.into_values() {
                let entry: TantivyDocument = searcher.doc(DocAddress::new(ordinal, doc))?;
                let Some(shown) = shown(&entry, self.builder.fields.shown) else {
                    continue;
                };
                let (Ok(person), true) = (shown.owner.parse(), owners.insert(shown.owner.to_owned())) else {
                    continue;
                };
                found.push(Suggestion {
                    kind: SuggestionKind::Person,
                    text: shown.person.to_owned(),
                    material: None,
                    person: Some(person),
                });
            }
        }
        found.sort_by(|a, b| a.text.cmp(&b.text));
        Ok(found)
    }

    /// Runs of words that begin with what was typed and stand on several visible pages.
    fn phrases(&self) -> tantivy::Result<Vec<Suggestion>> {
        let query = self.matching(self.builder.fields.body)?;
        let mut counts: HashMap<String, usize> = HashMap::new();
        for (_, address) in self.best(&*query, PAGES_READ)? {
            let entry: TantivyDocument = self.builder.searcher.doc(address)?;
            let text = entry.get_first(self.builder.fields.text);
            let text = text.and_then(|text| text.as_str()).unwrap_or_default();
            let text = &text[..text.floor_char_boundary(LONGEST_PAGE_BYTES)];
            for run in self.runs(text) {
                *counts.entry(run).or_default() += 1;
            }
        }
        counts.retain(|_, count| *count > 1);
        let mut runs: Vec<(String, usize)> = counts.into_iter().collect();
        runs.sort_unstable_by(|a, b| {
            b.1.cmp(&a.1)
                .then(b.0.len().cmp(&a.0.len()))
                .then_with(|| a.0.cmp(&b.0))
        });
        let mut kept: Vec<(String, usize)> = Vec::new();
        for (run, count) in runs {
            // A run that nearly always goes on in the same way is shown with its continuation only.
            let goes_on = kept
                .iter()
                .any(|(longer, often)| longer.starts_with(&run) && often * 4 >= count * 3);
            if !goes_on && kept.len() < MOST_SUGGESTIONS {
                kept.push((run, count));
            }
        }
        Ok(kept
            .into_iter()
            .map(|(text, _)| Suggestion {
                kind: SuggestionKind::Phrase,
                text,
                material: None,
                person: None,
            })
            .collect())
    }

    /// The different runs of one page.
    fn runs(&self, text: &str) -> HashSet<String> {
        let words = scan(text);
        let mut runs = HashSet::new();
        for start in 0..words.len() {
            let Some(end) = self.typed_at(&words, start) else {
                continue;
            };
            let further = if words[start].gram {
                FURTHER_CHARACTERS
            } else {
                FURTHER_WORDS
            };
            for last in end..words.len().min(end + 1 + further) {
                let run = &text[words[start].span.start..words[last].span.end];
                if run.chars().any(ends_clause) || run.chars().count() > LONGEST_PHRASE_CHARS {
                    break;
                }
                // A run does not end in a word as short as an article.
                if last == end || words[last].gram || words[last].exact.chars().count() > 3 {
                    let run: Vec<&str> = run.split_whitespace().collect();
                    runs.insert(run.join(" ").to_lowercase());
                }
            }
        }
        runs
    }

    /// Where what was typed ends, if it stands here.
    fn typed_at(&self, words: &[Word], start: usize) -> Option<usize> {
        let end = start + self.before.len();
        let begun = words.get(end)?;
        let fits = |word: &Word, typed: &String| word.exact == *typed || word.also.as_ref() == Some(typed);
        let all = words[start..end]
            .iter()
            .zip(&self.before)
            .all(|(word, typed)| fits(word, typed));
        if !all {
            return None;
        }
        if begun.gram {
            return fits(begun, &self.begun).then_some(if begun.exact == self.begun {
                end
            } else {
                (end + 1).min(words.len() - 1)
            });
        }
        begun.exact.starts_with(&self.begun).then_some(end)
    }

    /// Entries that have all words of what was typed in a field, the last at least begun.
    fn matching(&self, field: Field) -> tantivy::Result<Box<dyn Query>> {
        let mut last = vec![term(field, &self.begun)];
        let completions = self.builder.completions(field, &self.begun)?;
        last.extend(completions.iter().map(|word| term(field, word)));
        let mut all: Vec<Box<dyn Query>> = self.before.iter().map(|word| term(field, word)).collect();
        all.push(Box::new(BooleanQuery::union(last)));
        Ok(Box::new(BooleanQuery::intersection(all)))
    }

    fn first(&self, query: Box<dyn Query>) -> Box<dyn Query> {
        let first = Term::from_field_u64(self.builder.fields.first, 1);
        let first = Box::new(TermQuery::new(first, IndexRecordOption::Basic));
        Box::new(BooleanQuery::intersection(vec![query, first]))
    }

    fn best(&self, query: &dyn Query, most: usize) -> tantivy::Result<Vec<(Score, DocAddress)>> {
        let searcher = self.builder.searcher;
        let weight = query.weight(EnableScoring::enabled_from_statistics_provider(
            &self.builder.dictionary,
            searcher,
        ))?;
        Ok(gather(self.builder.view, &*weight, &self.builder.sight, most)?.pages)
    }

    fn id(&self, address: DocAddress) -> u128 {
        let materials = &self.builder.view.materials[address.segment_ord as usize];
        materials.id(materials.of(address.doc_id))
    }
}

fn term(field: Field, word: &str) -> Box<dyn Query> {
    has(field, word)
}

fn shown(entry: &TantivyDocument, field: Field) -> Option<Shown<'_>> {
    Shown::read(entry.get_first(field)?.as_str()?)
}

fn ends_clause(c: char) -> bool {
    matches!(
        c,
        '.' | '!'
            | '?'
            | ';'
            | ':'
            | ','
            | '('
            | ')'
            | '['
            | ']'
            | '{'
            | '}'
            | '<'
            | '>'
            | '"'
            | '='
            | '|'
            | '•'
            | '…'
            | '。'
            | '、'
            | '，'
            | '：'
            | '؟'
            | '،'
            | '।'
            | '\u{201C}'
            | '\u{201D}'
            | '\n'
    )
}
