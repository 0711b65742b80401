//! The questions, answered from one view of the index. Synchronous; the caller chooses a thread.
use crate::analysis::Languages;
use crate::group::{Gathering, Group, Grouped, gather};
use crate::listing::ordered;
use crate::marker::Marker;
use crate::matching::{Matching, Need};
use crate::materials::View;
use crate::proximity::Nearness;
use crate::query::build::{Builder, any_of};
use crate::query::narrow::Narrow;
use crate::query::parse::{Parsed, Sought, parse};
use crate::query::typo;
use crate::scoring::Scoring;
use crate::sight::Sight;
use crate::storage::Generation;
use homeroom_core::domain::ids::MaterialId;
use homeroom_core::ports::search_index::{
    AlsoPage, FieldClauses, FindRequest, FindSort, Found, Hit, ListRequest, Listed,
};
use std::cmp::Ordering;
use std::collections::{HashMap, HashSet};
use tantivy::columnar::StrColumn;
use tantivy::query::{EnableScoring, TermQuery};
use tantivy::schema::{IndexRecordOption, Value};
use tantivy::{DocId, SegmentOrdinal, TantivyDocument, Term};

const MOST_LIMIT: u32 = 100;
const MOST_OFFSET: u32 = 10_000;
/// Further pages of a hit.
const MOST_ALSO: usize = 20;
/// Pages of one material that are looked at for them.
const MOST_PAGES_LOOKED_AT: usize = 512;
/// So few materials make one wonder whether something else was meant.
const FEW_MATERIALS: usize = 3;
/// A word that is left alone of many must have so many letters, and be on no more than one page in so many (or few).
const LONG_WORD_CHARS: usize = 4;
const EVERYWHERE: u64 = 10;
const FEW_PAGES: u64 = 3;
/// Pages whose words' places are looked at.
const LOOKED_AT_CLOSELY: usize = 400;
/// What being new, and being well rated, can add to a score at most, as shares of it.
const FRESHNESS: f32 = 0.03;
const RATING: f32 = 0.03;
/// A material this much older than the newest is half as fresh.
const HALF_AS_FRESH_MICROSECONDS: f32 = 180.0 * 86_400.0 * 1e6;

/// Answers a search.
pub(crate) fn find(generation: &Generation, request: &FindRequest) -> tantivy::Result<Found> {
    let view = generation.view()?;
    let languages = languages(&view);
    let parsed = parse(&request.text, &languages);
    if parsed.is_empty() && (request.fields.is_empty() || !request.text.trim().is_empty()) {
        return Ok(Found::default());
    }
    let builder = Builder::new(&view, &generation.fields, Sight::new(&request.viewer));
    let search = Search {
        narrow: Narrow::new(&builder, &request.filter, &request.fields)?,
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
    let view = generation.view()?;
    let builder = Builder::new(&view, &generation.fields, Sight::new(&request.viewer));
    let sight = &builder.sight;
    let first = Term::from_field_u64(generation.fields.first, 1);
    let first = TermQuery::new(first, IndexRecordOption::Basic);
    let narrow = Narrow::new(&builder, &request.filter, &FieldClauses::default())?;
    let query = narrow.apply(Box::new(first));
    let weight = query.weight(EnableScoring::disabled_from_searcher(&view.searcher))?;
    let offset = request.offset.min(MOST_OFFSET) as usize;
    let keep = offset + request.limit.clamp(1, MOST_LIMIT) as usize;
    let ids = ordered(&view, &*weight, sight, request.sort, keep)?;
    let grouped = gather(&view, &*weight, sight, 0)?;
    Ok(Listed {
        materials: ids.into_iter().skip(offset).map(material_id).collect(),
        total: grouped.groups.len() as u64,
        facets: grouped.facets,
    })
}

struct Search<'a> {
    builder: Builder<'a>,
    narrow: Narrow,
    sort: FindSort,
    keep: usize,
    offset: usize,
    languages: &'a Languages,
}

/// What was searched in the end, and found.
struct Answer {
    parsed: Parsed,
    grouped: Grouped,
    corrected: Option<String>,
    suggested: Option<String>,
    without: Vec<String>,
}

impl Answer {
    fn is_empty(&self) -> bool {
        self.grouped.groups.is_empty()
    }
}

impl Search<'_> {
    /// Exactly what was typed; if nobody has that, with typos corrected; if still nobody, without
    /// some of the words, and then it is said which.
    fn answer(&self, parsed: Parsed) -> tantivy::Result<Answer> {
        let typed_text = parsed.text.clone();
        let typed = self.attempt(parsed, None, None)?;
        if !typed.is_empty() {
            let few = typed.grouped.groups.len() <= FEW_MATERIALS;
            let suggested = if few && self.offset == 0 {
                typo::suggest(&self.builder, &typed.parsed, &self.narrow)?
            } else {
                None
            };
            return Ok(Answer { suggested, ..typed });
        }
        let mut last = typed;
        if let Some(text) = typo::correct(&self.builder, &last.parsed, &self.narrow)? {
            let corrected = self.attempt(parse(&text, self.languages), None, Some(text))?;
            if !corrected.is_empty() {
                return Ok(corrected);
            }
            last = corrected;
        }
        let fewer = self.with_fewer(&last)?;
        if let Some(fewer) = &fewer
            && last.corrected.is_some()
            && fewer.without.iter().any(|word| !typed_text.contains(word))
        {
            // A word that was corrected and is left out after all was better left as it was typed.
            let typed = self.attempt(parse(&typed_text, self.languages), None, None)?;
            return Ok(self.with_fewer(&typed)?.unwrap_or(typed));
        }
        Ok(fewer.unwrap_or(Answer {
            corrected: None,
            ..last
        }))
    }

    /// What is found without some of the words: those stay that the best page has of all that have some.
    /// Phrases and whatever else stands in quotes stay, and so do alternatives, exclusions and filters.
    fn with_fewer(&self, none: &Answer) -> tantivy::Result<Option<Answer>> {
        let parsed = &none.parsed;
        let some = self.builder.rarest(parsed)?;
        let all = parsed.optional().count();
        let count = some.optional().count();
        let always = some.words().count() > count;
        let half = count.div_ceil(2);
        let mut fewer = vec![count, count.saturating_sub(1), half, 1];
        fewer.dedup();
        for at_least in fewer.into_iter().filter(|at_least| (1..all).contains(at_least)) {
            let attempt = self.attempt(some.clone(), Some(at_least), None)?;
            let order = |a: &&Group, b: &&Group| better(self.builder.view, FindSort::Relevance, a, b);
            if let Some(best) = attempt.grouped.groups.iter().min_by(order) {
                let kept = parsed.keeping(&self.words_on(best, parsed)?);
                if at_least < half && !self.tells(&kept)? {
                    break;
                }
                return self.without_others(none, kept).map(Some);
            }
        }
        if !always || all == 0 {
            return Ok(None);
        }
        let answer = self.without_others(none, parsed.keeping(&HashSet::new()))?;
        Ok(Some(answer).filter(|answer| !answer.is_empty()))
    }

    /// Whether any of the words says something by itself: not a short one, and not one that is everywhere.
    fn tells(&self, kept: &Parsed) -> tantivy::Result<bool> {
        let most = (self.builder.searcher.num_docs() / EVERYWHERE).max(FEW_PAGES);
        for word in kept.optional() {
            let long = word.gram || word.exact.chars().count() >= LONG_WORD_CHARS;
            let term = Term::from_field_text(self.builder.fields.body, &word.exact);
            if long && self.builder.dictionary.counted(&term)? <= most {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn without_others(&self, none: &Answer, kept: Parsed) -> tantivy::Result<Answer> {
        let without = none.parsed.left_out_of(&kept);
        let answer = self.attempt(kept, None, none.corrected.clone())?;
        Ok(Answer { without, ..answer })
    }

    /// The places of the words that may be left out which the best page of a material has.
    fn words_on(&self, group: &Group, parsed: &Parsed) -> tantivy::Result<HashSet<usize>> {
        let mut found = HashSet::new();
        for word in parsed.optional() {
            let need = Need::Any(self.builder.forms(word)?.terms());
            let matching = Matching::new(&self.builder, &Narrow::default(), [need])?;
            let mut docs = vec![group.best];
            matching.narrow_words(group.segment, &mut docs)?;
            if !docs.is_empty() {
                found.insert(word.position);
            }
        }
        Ok(found)
    }

    fn attempt(
        &self,
        parsed: Parsed,
        at_least: Option<usize>,
        corrected: Option<String>,
    ) -> tantivy::Result<Answer> {
        let mut grouped = match parsed.clauses() {
            Some(clauses) if !clauses.is_empty() => self.plain(&parsed, &clauses, at_least)?,
            _ => self.composed(&parsed, at_least)?,
        };
        self.look_closely(&parsed, &mut grouped)?;
        Ok(Answer {
            parsed,
            grouped,
            corrected,
            suggested: None,
            without: Vec::new(),
        })
    }

    /// Finds words: first the pages that have them, then how well they match.
    fn plain(
        &self,
        parsed: &Parsed,
        clauses: &[Vec<&Sought>],
        at_least: Option<usize>,
    ) -> tantivy::Result<Grouped> {
        let mut words = Vec::new();
        let mut needs = Vec::with_capacity(clauses.len());
        for clause in clauses {
            let mut terms = Vec::new();
            for word in clause {
                let forms = self.builder.forms(word)?;
                terms.extend(forms.terms());
                words.push(forms);
            }
            let optional = matches!(clause.as_slice(), [word] if !word.quoted);
            needs.push(if at_least.is_some() && !optional {
                Need::Query(any_of(terms).into())
            } else {
                Need::Any(terms)
            });
        }
        let matching = Matching::new(&self.builder, &self.narrow, needs)?
            .without(&parsed.excluded)?
            .at_least(at_least);
        let scoring = Scoring::new(&self.builder, parsed, &words)?;
        let view = self.builder.view;
        let mut gathering = Gathering::new(view, LOOKED_AT_CLOSELY);
        for ordinal in (0..).take(view.materials.len()) {
            let docs = matching.in_segment(ordinal)?;
            let scores = scoring.scores(ordinal, &docs)?;
            gathering.segment(ordinal, docs, &scores);
        }
        Ok(gathering.finish())
    }

    /// Finds what is composed of phrases and alternatives.
    fn composed(&self, parsed: &Parsed, at_least: Option<usize>) -> tantivy::Result<Grouped> {
        let query = self.narrow.apply(self.builder.query(parsed, at_least)?);
        let Builder {
            searcher,
            dictionary,
            view,
            sight,
            ..
        } = &self.builder;
        let scoring = EnableScoring::enabled_from_statistics_provider(dictionary, searcher);
        gather(view, &*query.weight(scoring)?, sight, LOOKED_AT_CLOSELY)
    }

    /// Lifts pages on which the words stand near to one another; the best page of a material may
    /// become another.
    fn look_closely(&self, parsed: &Parsed, grouped: &mut Grouped) -> tantivy::Result<()> {
        let Some(nearness) = Nearness::new(&self.builder, parsed)? else {
            return Ok(());
        };
        let pages = std::mem::take(&mut grouped.pages);
        for pages in pages.chunk_by(|a, b| a.1.segment_ord == b.1.segment_ord) {
            let gains = nearness.gains(&self.builder, pages[0].1.segment_ord, pages)?;
            for ((score, address), gain) in pages.iter().zip(gains) {
                let score = score + gain;
                if let Some(group) = grouped.group_of(self.builder.view, *address)
                    && score > group.score
                {
                    group.score = score;
                    group.best = address.doc_id;
                }
            }
        }
        Ok(())
    }

    /// The materials that are shown, in the asked order.
    fn best<'g>(&self, groups: &'g mut [Group]) -> &'g [Group] {
        let view = self.builder.view;
        let newest = groups.iter().map(|group| group.created(view)).max();
        for group in &mut *groups {
            group.score *= 1.0 + gentle(group.created(view), group.rating(view), newest.unwrap_or(0));
        }
        let order = |a: &Group, b: &Group| better(view, self.sort, a, b);
        let kept = self.keep.min(groups.len());
        if kept < groups.len() {
            groups.select_nth_unstable_by(kept, order);
        }
        let groups = &mut groups[..kept];
        groups.sort_unstable_by(order);
        &groups[self.offset.min(kept)..]
    }

    /// Loads what is shown, and nothing else.
    fn present(&self, mut answer: Answer) -> tantivy::Result<Found> {
        let mut groups = std::mem::take(&mut answer.grouped.groups);
        let total = groups.len() as u64;
        let shown = self.best(&mut groups);
        let mut pages = self.also(&answer, shown)?;
        let marker = Marker::new(&answer.parsed, self.languages);
        let mut hits = Vec::with_capacity(shown.len());
        for group in shown {
            let entry: TantivyDocument = self.builder.searcher.doc(group.address())?;
            let stored = |field| entry.get_first(field).and_then(|value| value.as_str());
            let text = stored(self.builder.fields.text).unwrap_or_default();
            let page = self.page_number(group)?;
            let mut also = pages.remove(&(group.segment, group.material)).unwrap_or_default();
            also.retain(|other| other.number != page);
            also.truncate(MOST_ALSO);
            hits.push(Hit {
                material: material_id(group.id(self.builder.view)),
                page,
                label: stored(self.builder.fields.label).map(str::to_owned),
                snippet: marker.snippet(text),
                score: rounded(group.score),
                also,
            });
        }
        Ok(Found {
            hits,
            facets: answer.grouped.facets,
            total,
            corrected: answer.corrected,
            suggested: answer.suggested,
            without: answer.without,
        })
    }

    fn page_number(&self, group: &Group) -> tantivy::Result<u32> {
        let segment = self.builder.searcher.segment_reader(group.segment);
        let pages = segment.fast_fields().column_first_or_default::<u64>("page")?;
        Ok(u32::try_from(pages.get_val(group.best)).unwrap_or(u32::MAX))
    }

    /// The pages of the shown materials whose text has something of the query, ascending.
    fn also(&self, answer: &Answer, groups: &[Group]) -> tantivy::Result<Also> {
        let mut also = Also::new();
        if answer.parsed.wanted.is_empty() {
            return Ok(also);
        }
        let Builder { view, .. } = self.builder;
        let nothing = Narrow::default();
        let in_text = Need::Any(self.builder.in_text(&answer.parsed)?);
        let in_text = Matching::new(&self.builder, &nothing, [in_text])?;
        let mut groups: Vec<&Group> = groups.iter().collect();
        groups.sort_unstable_by_key(|group| (group.segment, group.material));
        for groups in groups.chunk_by(|a, b| a.segment == b.segment) {
            let ordinal = groups[0].segment;
            let pages = |group: &&Group| {
                let pages = answer.grouped.pages_of(view, group).iter();
                pages.copied().take(MOST_PAGES_LOOKED_AT).collect::<Vec<DocId>>()
            };
            let mut docs: Vec<DocId> = groups.iter().flat_map(pages).collect();
            in_text.narrow_words(ordinal, &mut docs)?;
            let segment = self.builder.searcher.segment_reader(ordinal);
            let numbers = segment.fast_fields().column_first_or_default::<u64>("page")?;
            let labels = segment.fast_fields().str("label")?;
            for doc in docs {
                let material = view.materials[ordinal as usize].of(doc);
                let key = (ordinal, u32::try_from(material).unwrap_or(u32::MAX));
                let pages = also.entry(key).or_default();
                if pages.len() <= MOST_ALSO {
                    pages.push(AlsoPage {
                        number: u32::try_from(numbers.get_val(doc)).unwrap_or(u32::MAX),
                        label: labels.as_ref().map_or(Ok(None), |labels| label(labels, doc))?,
                    });
                }
            }
        }
        Ok(also)
    }
}

/// Further pages by segment and material.
type Also = HashMap<(SegmentOrdinal, u32), Vec<AlsoPage>>;

/// What people call a page.
fn label(labels: &StrColumn, doc: DocId) -> tantivy::Result<Option<String>> {
    let Some(place) = labels.ords().first(doc) else {
        return Ok(None);
    };
    let mut label = String::new();
    labels.ord_to_str(place, &mut label)?;
    Ok(Some(label))
}

/// To three digits: finer differences would tell of pages that the viewer may not see.
fn rounded(score: f32) -> f32 {
    if score <= 0.0 || !score.is_finite() {
        return score;
    }
    let unit = 10_f32.powf(score.log10().floor() - 2.0);
    (score / unit).round() * unit
}

/// How much newness and ratings lift a material: too little to turn a clearly better match.
#[expect(clippy::cast_precision_loss, reason = "a day more or less does not matter")]
fn gentle(created: i64, rating: u32, newest: i64) -> f32 {
    let age = newest.saturating_sub(created).max(0) as f32;
    let fresh = (-age / HALF_AS_FRESH_MICROSECONDS).exp2();
    let rating = (rating as f32 / 1_000.0 - 3.5) / 1.5;
    FRESHNESS * fresh + RATING * rating.clamp(-1.0, 1.0)
}

/// The asked order, then newest, then by id, so that pages of answers neither skip nor repeat.
fn better(view: &View, sort: FindSort, a: &Group, b: &Group) -> Ordering {
    let by_score = || b.score.total_cmp(&a.score);
    let newest = || {
        let newest = b.created(view).cmp(&a.created(view));
        newest.then_with(|| a.id(view).cmp(&b.id(view)))
    };
    match sort {
        FindSort::Relevance => by_score().then_with(newest),
        FindSort::Newest => newest(),
        FindSort::BestRated => {
            let rated = b.rating(view).cmp(&a.rating(view));
            rated.then_with(by_score).then_with(newest)
        }
    }
}

/// The languages of all pages, whose stems a word may stand under.
fn languages(view: &View) -> Languages {
    let stemmed = view.materials.iter().flat_map(|materials| materials.stemmed());
    Languages::of_index(stemmed.cloned())
}

pub(crate) fn material_id(id: u128) -> MaterialId {
    MaterialId::new(uuid::Uuid::from_u128(id))
}
