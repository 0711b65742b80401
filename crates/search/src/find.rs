//! The two questions, answered from one view of the index. Synchronous; the caller chooses a thread.
use crate::analysis::Languages;
use crate::group::{Group, Grouped, Groups, PagesOf};
use crate::listing::Ordered;
use crate::query::build::Builder;
use crate::query::narrow::Narrow;
use crate::query::parse::{Parsed, parse};
use crate::query::typo;
use crate::schema::Fields;
use crate::snippet::Marker;
use crate::statistics::TextStatistics;
use crate::storage::Generation;
use homeroom_core::domain::ids::MaterialId;
use homeroom_core::ports::search_index::{FindRequest, Found, Hit, ListRequest, Listed};
use std::collections::{BTreeSet, HashMap};
use tantivy::query::{BooleanQuery, Query, TermQuery, TermSetQuery};
use tantivy::schema::{IndexRecordOption, Value};
use tantivy::{Searcher, TantivyDocument, Term};

const MOST_LIMIT: u32 = 100;
const MOST_OFFSET: u32 = 10_000;
/// Further pages of a hit.
const MOST_ALSO: usize = 20;

/// Answers a search.
pub(crate) fn find(generation: &Generation, request: &FindRequest) -> tantivy::Result<Found> {
    let searcher = generation.reader.searcher();
    let languages = languages(&searcher)?;
    let parsed = parse(&request.text, &languages);
    if parsed.is_empty() {
        return Ok(Found::default());
    }
    let fields = &generation.fields;
    let search = Search {
        builder: Builder {
            searcher: &searcher,
            fields,
        },
        narrow: Narrow::new(fields, &request.viewer, &request.filter),
        keep: (request.limit.clamp(1, MOST_LIMIT) + request.offset.min(MOST_OFFSET)) as usize,
        offset: request.offset.min(MOST_OFFSET) as usize,
        languages: &languages,
    };
    let answer = search.answer(parsed)?;
    search.present(answer)
}

/// Answers a listing.
pub(crate) fn list(generation: &Generation, request: &ListRequest) -> tantivy::Result<Listed> {
    let searcher = generation.reader.searcher();
    let fields = &generation.fields;
    let first = TermQuery::new(Term::from_field_u64(fields.first, 1), IndexRecordOption::Basic);
    let query = Narrow::new(fields, &request.viewer, &request.filter).apply(Box::new(first));
    let offset = request.offset.min(MOST_OFFSET) as usize;
    let keep = offset + request.limit.clamp(1, MOST_LIMIT) as usize;
    let (rows, counted) = searcher.search(
        &query,
        &(
            Ordered {
                sort: request.sort,
                keep,
            },
            Groups { keep: 0 },
        ),
    )?;
    Ok(Listed {
        materials: rows
            .into_iter()
            .skip(offset)
            .map(|row| material_id(row.id))
            .collect(),
        total: counted.total,
        facets: counted.facets,
    })
}

struct Search<'a> {
    builder: Builder<'a>,
    narrow: Narrow,
    keep: usize,
    offset: usize,
    languages: &'a Languages,
}

/// What was searched in the end, and found.
struct Answer {
    parsed: Parsed,
    query: BooleanQuery,
    grouped: Grouped,
    corrected: Option<String>,
}

impl Search<'_> {
    /// Exactly what was typed; if nobody has that, with typos corrected; if still nobody, with fewer
    /// of the words.
    fn answer(&self, parsed: Parsed) -> tantivy::Result<Answer> {
        let typed = self.attempt(parsed, None, None)?;
        if typed.grouped.total > 0 {
            return Ok(typed);
        }
        let mut last = typed;
        if let Some(text) = typo::correct(&self.builder, &last.parsed, &self.narrow)? {
            let corrected = self.attempt(parse(&text, self.languages), None, Some(text))?;
            if corrected.grouped.total > 0 {
                return Ok(corrected);
            }
            last = corrected;
        }
        let some = self.builder.rarest(&last.parsed)?;
        let count = Builder::count(&some);
        let mut fewer = vec![count.saturating_sub(1), count.div_ceil(2)];
        fewer.dedup();
        for at_least in fewer.into_iter().filter(|at_least| (1..count).contains(at_least)) {
            let attempt = self.attempt(some.clone(), Some(at_least), last.corrected.clone())?;
            if attempt.grouped.total > 0 {
                return Ok(attempt);
            }
        }
        Ok(Answer {
            corrected: None,
            ..last
        })
    }

    fn attempt(
        &self,
        parsed: Parsed,
        at_least: Option<usize>,
        corrected: Option<String>,
    ) -> tantivy::Result<Answer> {
        let query = self.narrow.apply(self.builder.query(&parsed, at_least)?);
        let Builder { searcher, fields } = self.builder;
        let statistics = TextStatistics { searcher, fields };
        let groups = Groups { keep: self.keep };
        let grouped = searcher.search_with_statistics_provider(&query, &groups, &statistics)?;
        Ok(Answer {
            parsed,
            query,
            grouped,
            corrected,
        })
    }

    /// Loads what is shown, and nothing else.
    fn present(&self, answer: Answer) -> tantivy::Result<Found> {
        let groups: Vec<&Group> = answer.grouped.best.iter().skip(self.offset).collect();
        let pages = self.pages_of(&answer, &groups)?;
        let marker = Marker::new(&answer.parsed, self.languages);
        let mut hits = Vec::with_capacity(groups.len());
        for group in groups {
            let entry: TantivyDocument = self.builder.searcher.doc(group.address)?;
            let text = entry
                .get_first(self.builder.fields.text)
                .and_then(|text| text.as_str())
                .unwrap_or_default();
            let others = pages
                .get(&group.id)
                .into_iter()
                .flatten()
                .filter(|page| **page != group.page);
            hits.push(Hit {
                material: material_id(group.id),
                page: page_number(group.page),
                snippet: marker.snippet(text),
                score: group.score,
                also: others.take(MOST_ALSO).map(|page| page_number(*page)).collect(),
            });
        }
        let Answer {
            grouped, corrected, ..
        } = answer;
        Ok(Found {
            hits,
            facets: grouped.facets,
            total: grouped.total,
            corrected,
        })
    }

    /// The pages of the shown materials whose text has something of the query.
    fn pages_of(&self, answer: &Answer, groups: &[&Group]) -> tantivy::Result<HashMap<u128, Vec<u64>>> {
        if groups.is_empty() || answer.parsed.wanted.is_empty() {
            return Ok(HashMap::new());
        }
        let Fields { material, .. } = *self.builder.fields;
        let ids = groups
            .iter()
            .map(|group| Term::from_field_text(material, &material_id(group.id).to_string()));
        let shown: Box<dyn Query> = Box::new(TermSetQuery::new(ids));
        let in_text = self.builder.in_text(&answer.parsed)?;
        let query = BooleanQuery::intersection(vec![shown, in_text, Box::new(answer.query.clone())]);
        let materials = groups.iter().map(|group| group.id).collect();
        self.builder.searcher.search(&query, &PagesOf { materials })
    }
}

/// The languages of all pages, whose stems a word may stand under.
fn languages(searcher: &Searcher) -> tantivy::Result<Languages> {
    let mut found = BTreeSet::new();
    for segment in searcher.segment_readers() {
        let field = segment.schema().get_field("language")?;
        let index = segment.inverted_index(field)?;
        let mut stream = index.terms().stream()?;
        while found.len() < 64 && stream.advance() {
            found.extend(std::str::from_utf8(stream.key()).ok().map(str::to_owned));
        }
    }
    Ok(Languages::of_index(found))
}

fn material_id(id: u128) -> MaterialId {
    MaterialId::new(uuid::Uuid::from_u128(id))
}

fn page_number(page: u64) -> u32 {
    u32::try_from(page).unwrap_or(u32::MAX)
}
