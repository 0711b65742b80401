//! The questions, answered from one view of the index. Synchronous; the caller chooses a thread.
use crate::analysis::Languages;
use crate::group::{Group, Grouped, gather, pages_of};
use crate::listing::ordered;
use crate::proximity::Nearness;
use crate::query::build::Builder;
use crate::query::narrow::Narrow;
use crate::query::parse::{Parsed, parse};
use crate::query::typo;
use crate::sight::Sight;
use crate::snippet::Marker;
use crate::statistics::TextStatistics;
use crate::storage::Generation;
use homeroom_core::domain::ids::MaterialId;
use homeroom_core::ports::search_index::{
    FieldClauses, FindRequest, FindSort, Found, Hit, ListRequest, Listed,
};
use std::cmp::Ordering;
use std::collections::BTreeSet;
use tantivy::query::{BooleanQuery, EnableScoring, Query, TermQuery};
use tantivy::schema::{IndexRecordOption, Value};
use tantivy::{Searcher, TantivyDocument, Term};

const MOST_LIMIT: u32 = 100;
const MOST_OFFSET: u32 = 10_000;
/// Further pages of a hit.
const MOST_ALSO: usize = 20;
/// Pages whose words' places are looked at.
const LOOKED_AT_CLOSELY: usize = 400;
/// What being new, and being well rated, can add to a score at most, as shares of it.
const FRESHNESS: f32 = 0.03;
const RATING: f32 = 0.03;
/// A material this much older than the newest is half as fresh.
const HALF_AS_FRESH_MICROSECONDS: f32 = 180.0 * 86_400.0 * 1e6;

/// Answers a search.
pub(crate) fn find(generation: &Generation, request: &FindRequest) -> tantivy::Result<Found> {
    let searcher = generation.reader.searcher();
    let languages = languages(&searcher)?;
    let parsed = parse(&request.text, &languages);
    if parsed.is_empty() && (request.fields.is_empty() || !request.text.trim().is_empty()) {
        return Ok(Found::default());
    }
    let builder = Builder::new(&searcher, &generation.fields);
    let search = Search {
        narrow: Narrow::new(&builder, &request.filter, &request.fields)?,
        sight: Sight::new(&generation.fields, &request.viewer),
        builder,
        sort: request.sort,
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
    let builder = Builder::new(&searcher, &generation.fields);
    let first = Term::from_field_u64(generation.fields.first, 1);
    let first = TermQuery::new(first, IndexRecordOption::Basic);
    let narrow = Narrow::new(&builder, &request.filter, &FieldClauses::default())?;
    let sight = Sight::new(&generation.fields, &request.viewer);
    let query = narrow.apply(Box::new(first));
    let weight = query.weight(EnableScoring::disabled_from_searcher(&searcher))?;
    let offset = request.offset.min(MOST_OFFSET) as usize;
    let keep = offset + request.limit.clamp(1, MOST_LIMIT) as usize;
    let ids = ordered(&searcher, &*weight, &sight, request.sort, keep)?;
    let grouped = gather(&searcher, &*weight, &sight, 0)?;
    Ok(Listed {
        materials: ids.into_iter().skip(offset).map(material_id).collect(),
        total: grouped.groups.len() as u64,
        facets: grouped.facets,
    })
}

struct Search<'a> {
    builder: Builder<'a>,
    narrow: Narrow,
    sight: Sight,
    sort: FindSort,
    keep: usize,
    offset: usize,
    languages: &'a Languages,
}

/// What was searched in the end, and found.
struct Answer {
    parsed: Parsed,
    query: Box<dyn Query>,
    grouped: Grouped,
    corrected: Option<String>,
}

impl Answer {
    fn is_empty(&self) -> bool {
        self.grouped.groups.is_empty()
    }
}

impl Search<'_> {
    /// Exactly what was typed; if nobody has that, with typos corrected; if still nobody, with fewer
    /// of the words.
    fn answer(&self, parsed: Parsed) -> tantivy::Result<Answer> {
        let typed = self.attempt(parsed, None, None)?;
        if !typed.is_empty() {
            return Ok(typed);
        }
        let mut last = typed;
        if let Some(text) = typo::correct(&self.builder, &last.parsed, &self.narrow, &self.sight)? {
            let corrected = self.attempt(parse(&text, self.languages), None, Some(text))?;
            if !corrected.is_empty() {
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
            if !attempt.is_empty() {
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
        let Builder { searcher, fields, .. } = self.builder;
        let statistics = TextStatistics { searcher, fields };
        let scoring = EnableScoring::enabled_from_statistics_provider(&statistics, searcher);
        let weight = query.weight(scoring)?;
        let mut grouped = gather(searcher, &*weight, &self.sight, LOOKED_AT_CLOSELY)?;
        self.look_closely(&parsed, &mut grouped)?;
        Ok(Answer {
            parsed,
            query,
            grouped,
            corrected,
        })
    }

    /// Lifts pages on which the words stand near to one another; the best page of a material may
    /// become another.
    fn look_closely(&self, parsed: &Parsed, grouped: &mut Grouped) -> tantivy::Result<()> {
        let Some(nearness) = Nearness::new(&self.builder, parsed)? else {
            return Ok(());
        };
        let pages = std::mem::take(&mut grouped.pages);
        for pages in pages.chunk_by(|a, b| a.1.segment_ord == b.1.segment_ord) {
            let segment = self.builder.searcher.segment_reader(pages[0].1.segment_ord);
            for ((score, address), gain) in pages.iter().zip(nearness.gains(segment, pages)?) {
                let score = score + gain;
                if let Some(group) = grouped.group_of(*address)
                    && score > group.score
                {
                    group.score = score;
                    group.address = *address;
                }
            }
        }
        Ok(())
    }

    /// The materials that are shown, in the asked order.
    fn best<'g>(&self, groups: &'g mut [Group]) -> &'g [Group] {
        let newest = groups.iter().map(|group| group.created).max().unwrap_or(0);
        for group in &mut *groups {
            group.score *= 1.0 + gentle(group, newest);
        }
        let sort = self.sort;
        let kept = self.keep.min(groups.len());
        if kept < groups.len() {
            groups.select_nth_unstable_by(kept, |a, b| better(sort, a, b));
        }
        let groups = &mut groups[..kept];
        groups.sort_unstable_by(|a, b| better(sort, a, b));
        &groups[self.offset.min(kept)..]
    }

    /// Loads what is shown, and nothing else.
    fn present(&self, mut answer: Answer) -> tantivy::Result<Found> {
        let mut groups = std::mem::take(&mut answer.grouped.groups);
        let total = groups.len() as u64;
        let shown = self.best(&mut groups);
        let mut pages = self.pages_of(&answer, shown)?;
        let marker = Marker::new(&answer.parsed, self.languages);
        let mut hits = Vec::with_capacity(shown.len());
        for group in shown {
            let entry: TantivyDocument = self.builder.searcher.doc(group.address)?;
            let stored = |field| entry.get_first(field).and_then(|value| value.as_str());
            let text = stored(self.builder.fields.text).unwrap_or_default();
            let page = self.page_number(group)?;
            let mut also = pages.remove(&group.id).unwrap_or_default();
            also.retain(|other| *other != page);
            also.truncate(MOST_ALSO);
            hits.push(Hit {
                material: material_id(group.id),
                page,
                label: stored(self.builder.fields.label).map(str::to_owned),
                snippet: marker.snippet(text),
                score: group.score,
                also,
            });
        }
        Ok(Found {
            hits,
            facets: answer.grouped.facets,
            total,
            corrected: answer.corrected,
        })
    }

    fn page_number(&self, group: &Group) -> tantivy::Result<u32> {
        let segment = self.builder.searcher.segment_reader(group.address.segment_ord);
        let pages = segment.fast_fields().column_first_or_default::<u64>("page")?;
        Ok(u32::try_from(pages.get_val(group.address.doc_id)).unwrap_or(u32::MAX))
    }

    /// The pages of the shown materials whose text has something of the query.
    fn pages_of(&self, answer: &Answer, groups: &[Group]) -> tantivy::Result<crate::group::PagesOf> {
        if groups.is_empty() || answer.parsed.wanted.is_empty() {
            return Ok(crate::group::PagesOf::new());
        }
        let in_text = self.builder.in_text(&answer.parsed)?;
        let query = BooleanQuery::intersection(vec![in_text, answer.query.box_clone()]);
        let searcher = self.builder.searcher;
        let weight = query.weight(EnableScoring::disabled_from_searcher(searcher))?;
        let groups: Vec<&Group> = groups.iter().collect();
        pages_of(searcher, &*weight, &groups, MOST_ALSO + 1)
    }
}

/// How much newness and ratings lift a material: too little to turn a clearly better match.
#[expect(clippy::cast_precision_loss, reason = "a day more or less does not matter")]
fn gentle(group: &Group, newest: i64) -> f32 {
    let age = newest.saturating_sub(group.created).max(0) as f32;
    let fresh = 0.5_f32.powf(age / HALF_AS_FRESH_MICROSECONDS);
    let rating = (group.rating as f32 / 1_000.0 - 3.5) / 1.5;
    FRESHNESS * fresh + RATING * rating.clamp(-1.0, 1.0)
}

/// The asked order, then newest, then by id, so that pages of answers neither skip nor repeat.
fn better(sort: FindSort, a: &Group, b: &Group) -> Ordering {
    let by_score = b.score.total_cmp(&a.score);
    let newest = b.created.cmp(&a.created).then(a.id.cmp(&b.id));
    match sort {
        FindSort::Relevance => by_score.then(newest),
        FindSort::Newest => newest,
        FindSort::BestRated => b.rating.cmp(&a.rating).then(by_score).then(newest),
    }
}

/// The languages of all pages, whose stems a word may stand under.
pub(crate) fn languages(searcher: &Searcher) -> tantivy::Result<Languages> {
    let mut found = BTreeSet::new();
    for segment in searcher.segment_readers() {
        let field = segment.schema().get_field("stemmed")?;
        let index = segment.inverted_index(field)?;
        let mut stream = index.terms().stream()?;
        while found.len() < 64 && stream.advance() {
            found.extend(std::str::from_utf8(stream.key()).ok().map(str::to_owned));
        }
    }
    Ok(Languages::of_index(found))
}

pub(crate) fn material_id(id: u128) -> MaterialId {
    MaterialId::new(uuid::Uuid::from_u128(id))
}
