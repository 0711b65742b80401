//! Gathers matching pages as materials: the best page of each, how many materials there are and
//! how they are spread over facets. The pages of a material stand side by side in one segment, since
//! they are written in one go, so that a material is known by a change of its id.
use crate::sight::Sight;
use homeroom_core::ports::search_index::{FacetCount, Facets};
use std::collections::{BTreeMap, HashMap};
use std::ops::ControlFlow;
use std::sync::Arc;
use tantivy::columnar::{Column, ColumnValues, StrColumn};
use tantivy::query::Weight;
use tantivy::{DocAddress, DocId, Score, Searcher, SegmentOrdinal, SegmentReader};

/// Facets by this order in arrays.
const FACET_FIELDS: [&str; 3] = ["subject", "kind", "language"];
/// Grades beyond are not counted.
const MOST_GRADES: usize = 64;

/// A material by its best page.
#[derive(Clone, Debug)]
pub(crate) struct Group {
    /// The material's id.
    pub(crate) id: u128,
    /// The best page's score.
    pub(crate) score: Score,
    /// When the material was made.
    pub(crate) created: i64,
    /// How it was rated, in thousandths of a star.
    pub(crate) rating: u64,
    /// Where the entry of its best page is.
    pub(crate) address: DocAddress,
    /// Its first and last entry that match.
    pub(crate) span: (DocId, DocId),
}

/// What was found.
#[derive(Debug, Default)]
pub(crate) struct Grouped {
    /// All materials, segment by segment, in the order of their entries.
    pub(crate) groups: Vec<Group>,
    /// The best pages by score, in the order of their entries.
    pub(crate) pages: Vec<(Score, DocAddress)>,
    /// Counts over all of them.
    pub(crate) facets: Facets,
}

/// Gathers what matches and may be seen; keeps the best `most_pages` pages too.
pub(crate) fn gather(
    searcher: &Searcher,
    weight: &dyn Weight,
    sight: &Sight,
    most_pages: usize,
) -> tantivy::Result<Grouped> {
    let mut grouped = Grouped::default();
    let mut pages = BestPages::new(most_pages);
    let mut counts = Counts::default();
    for (ordinal, segment) in (0..).zip(searcher.segment_readers()) {
        let mut gathering = Gathering::new(ordinal, segment)?;
        sight.each(segment, weight, |doc, scorer| {
            let score = scorer.score();
            pages.offer(score, DocAddress::new(ordinal, doc));
            gathering.page(doc, score);
            ControlFlow::Continue(())
        })?;
        let (groups, local) = gathering.finish();
        grouped.groups.extend(groups);
        counts.add(local);
    }
    grouped.pages = pages.finish();
    grouped.facets = counts.finish();
    Ok(grouped)
}

/// One segment's materials.
struct Gathering {
    ordinal: SegmentOrdinal,
    columns: Columns,
    open: Option<(u64, Score, DocId, (DocId, DocId))>,
    groups: Vec<Group>,
    counts: [Vec<u64>; 3],
    grades: [u64; MOST_GRADES],
}

struct Columns {
    id_high: Arc<dyn ColumnValues<u64>>,
    id_low: Arc<dyn ColumnValues<u64>>,
    created: Arc<dyn ColumnValues<i64>>,
    rating: Arc<dyn ColumnValues<u64>>,
    grade: Option<Column<u64>>,
    facets: [Option<StrColumn>; 3],
}

impl Gathering {
    fn new(ordinal: SegmentOrdinal, segment: &SegmentReader) -> tantivy::Result<Self> {
        let fast = segment.fast_fields();
        let facets = [
            fast.str(FACET_FIELDS[0])?,
            fast.str(FACET_FIELDS[1])?,
            fast.str(FACET_FIELDS[2])?,
        ];
        let room = |column: &Option<StrColumn>| {
            vec![
                0;
                column
                    .as_ref()
                    .map_or(0, |column| column.dictionary().num_terms())
            ]
        };
        Ok(Self {
            ordinal,
            counts: [room(&facets[0]), room(&facets[1]), room(&facets[2])],
            columns: Columns {
                id_high: fast.column_first_or_default("id_high")?,
                id_low: fast.column_first_or_default("id_low")?,
                created: fast.column_first_or_default("created")?,
                rating: fast.column_first_or_default("rating")?,
                grade: fast.column_opt("grade")?,
                facets,
            },
            open: None,
            groups: Vec::new(),
            grades: [0; MOST_GRADES],
        })
    }

    fn page(&mut self, doc: DocId, score: Score) {
        let id = self.columns.id_low.get_val(doc);
        match &mut self.open {
            Some((open, best, best_doc, span)) if *open == id => {
                span.1 = doc;
                // Pages come in their order, so that the first of equals stays.
                if score > *best {
                    (*best, *best_doc) = (score, doc);
                }
            }
            _ => {
                self.close();
                self.open = Some((id, score, doc, (doc, doc)));
            }
        }
    }

    fn close(&mut self) {
        let Some((id_low, score, doc, span)) = self.open.take() else {
            return;
        };
        let columns = &self.columns;
        for (counts, column) in self.counts.iter_mut().zip(&columns.facets) {
            let value = column.as_ref().and_then(|column| column.ords().first(doc));
            let count = value
                .and_then(|value| usize::try_from(value).ok())
                .and_then(|value| counts.get_mut(value));
            if let Some(count) = count {
                *count += 1;
            }
        }
        let grade = columns.grade.as_ref().and_then(|grade| grade.first(doc));
        let grade = grade.and_then(|grade| self.grades.get_mut(usize::try_from(grade).ok()?));
        if let Some(count) = grade {
            *count += 1;
        }
        self.groups.push(Group {
            id: u128::from(columns.id_high.get_val(doc)) << 64 | u128::from(id_low),
            score,
            created: columns.created.get_val(doc),
            rating: columns.rating.get_val(doc),
            address: DocAddress::new(self.ordinal, doc),
            span,
        });
    }

    fn finish(mut self) -> (Vec<Group>, [BTreeMap<String, u64>; 4]) {
        self.close();
        let mut named: [BTreeMap<String, u64>; 4] = Default::default();
        for ((named, counts), column) in named.iter_mut().zip(&self.counts).zip(&self.columns.facets) {
            for (value, count) in (0..).zip(counts).filter(|(_, count)| **count > 0) {
                let mut name = String::new();
                // A value that cannot be read is not counted under another's name.
                if let Some(column) = column
                    && matches!(column.ord_to_str(value, &mut name), Ok(true))
                {
                    named.insert(name, *count);
                }
            }
        }
        let grades = self.grades.iter().enumerate().filter(|(_, count)| **count > 0);
        named[3] = grades.map(|(grade, count)| (grade.to_string(), *count)).collect();
        (self.groups, named)
    }
}

#[derive(Default)]
struct Counts([BTreeMap<String, u64>; 4]);

impl Counts {
    fn add(&mut self, local: [BTreeMap<String, u64>; 4]) {
        for (all, local) in self.0.iter_mut().zip(local) {
            for (value, count) in local {
                *all.entry(value).or_default() += count;
            }
        }
    }

    fn finish(self) -> Facets {
        let [subject, kind, language, grade] = self.0.map(most_first);
        Facets {
            subject,
            grade,
            kind,
            language,
        }
    }
}

fn most_first(counts: BTreeMap<String, u64>) -> Vec<FacetCount> {
    let mut counts: Vec<FacetCount> = counts
        .into_iter()
        .map(|(value, count)| FacetCount { value, count })
        .collect();
    counts.sort_by_key(|facet| std::cmp::Reverse(facet.count));
    counts
}

/// The best pages of all that are offered.
struct BestPages {
    most: usize,
    least: Score,
    pages: Vec<(Score, DocAddress)>,
}

impl BestPages {
    fn new(most: usize) -> Self {
        Self {
            most,
            least: f32::NEG_INFINITY,
            pages: Vec::new(),
        }
    }

    fn offer(&mut self, score: Score, address: DocAddress) {
        if score <= self.least || self.most == 0 {
            return;
        }
        self.pages.push((score, address));
        if self.pages.len() >= 2 * self.most {
            self.shrink();
        }
    }

    fn shrink(&mut self) {
        if self.pages.len() > self.most {
            self.pages
                .select_nth_unstable_by(self.most - 1, |a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
            self.pages.truncate(self.most);
            self.least = self.pages[self.most - 1].0;
        }
    }

    fn finish(mut self) -> Vec<(Score, DocAddress)> {
        self.shrink();
        self.pages.sort_unstable_by_key(|(_, address)| *address);
        self.pages
    }
}

impl Grouped {
    /// The group that an entry belongs to.
    pub(crate) fn group_of(&mut self, address: DocAddress) -> Option<&mut Group> {
        let place = self.groups.partition_point(|group| {
            (group.address.segment_ord, group.span.1) < (address.segment_ord, address.doc_id)
        });
        self.groups.get_mut(place).filter(|group| {
            group.address.segment_ord == address.segment_ord && group.span.0 <= address.doc_id
        })
    }
}

/// Numbers of pages by material.
pub(crate) type PagesOf = HashMap<u128, Vec<u32>>;

/// The numbers of the pages of a few materials that match, at most `most` each, ascending.
pub(crate) fn pages_of(
    searcher: &Searcher,
    weight: &dyn Weight,
    groups: &[&Group],
    most: usize,
) -> tantivy::Result<PagesOf> {
    let mut found = PagesOf::new();
    let mut ordered: Vec<&Group> = groups.to_vec();
    ordered.sort_unstable_by_key(|group| group.address);
    for chunk in ordered.chunk_by(|a, b| a.address.segment_ord == b.address.segment_ord) {
        let segment = searcher.segment_reader(chunk[0].address.segment_ord);
        let numbers = segment.fast_fields().column_first_or_default::<u64>("page")?;
        let mut scorer = weight.scorer(segment, 1.0)?;
        for group in chunk {
            let pages = found.entry(group.id).or_default();
            let mut doc = scorer.doc();
            if doc < group.span.0 {
                doc = scorer.seek(group.span.0);
            }
            // Removed entries of an earlier version are not side by side with those of this one.
            while doc <= group.span.1 && pages.len() < most {
                if segment.alive_bitset().is_none_or(|alive| alive.is_alive(doc)) {
                    pages.push(u32::try_from(numbers.get_val(doc)).unwrap_or(u32::MAX));
                }
                doc = scorer.advance();
            }
        }
    }
    Ok(found)
}
