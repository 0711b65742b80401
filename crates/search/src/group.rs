//! Gathers matching pages as materials: the best page of each, how many materials there are and
//! how they are spread over facets.
use crate::materials::{Materials, View};
use crate::sight::Sight;
use homeroom_core::ports::search_index::{FacetCount, Facets};
use std::collections::BTreeMap;
use std::ops::{ControlFlow, Range};
use tantivy::query::Weight;
use tantivy::{DocAddress, DocId, Score, SegmentOrdinal};

/// Grades beyond are not counted.
const MOST_GRADES: usize = 64;

/// A material by its best page.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Group {
    /// The best page's score.
    pub(crate) score: Score,
    /// Its segment.
    pub(crate) segment: SegmentOrdinal,
    /// Its place among the materials of the segment.
    pub(crate) material: u32,
    /// The entry of its best page.
    pub(crate) best: DocId,
}

impl Group {
    /// The id of the material.
    pub(crate) fn id(&self, view: &View) -> u128 {
        self.materials(view).id(self.material as usize)
    }

    /// When the material was made, in microseconds since 1970.
    pub(crate) fn created(&self, view: &View) -> i64 {
        self.materials(view).created(self.material as usize)
    }

    /// The Bayesian mean of the material's stars, in thousandths.
    pub(crate) fn rating(&self, view: &View) -> u32 {
        self.materials(view).rating(self.material as usize)
    }

    fn materials<'v>(&self, view: &'v View) -> &'v Materials {
        &view.materials[self.segment as usize]
    }

    /// Where the entry of its best page is.
    pub(crate) fn address(&self) -> DocAddress {
        DocAddress::new(self.segment, self.best)
    }
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
    /// All pages that match, segment by segment.
    docs: Vec<Vec<DocId>>,
}

/// Gathers what matches a query of the index and may be seen, with scores if it has them; keeps the
/// best `most_pages` pages too.
pub(crate) fn gather(
    view: &View,
    weight: &dyn Weight,
    sight: &Sight,
    most_pages: usize,
) -> tantivy::Result<Grouped> {
    let mut gathering = Gathering::new(view, most_pages);
    for ordinal in (0..).take(view.materials.len()) {
        let (mut docs, mut scores) = (Vec::new(), Vec::new());
        sight.each(view, ordinal, weight, |doc, scorer| {
            docs.push(doc);
            scores.push(scorer.score());
            ControlFlow::Continue(())
        })?;
        gathering.segment(ordinal, docs, &scores);
    }
    Ok(gathering.finish())
}

/// Gathers segment by segment.
pub(crate) struct Gathering<'a> {
    view: &'a View,
    grouped: Grouped,
    pages: BestPages,
    counts: [BTreeMap<String, u64>; 4],
}

impl<'a> Gathering<'a> {
    /// For pages of a view; keeps the best `most_pages` too.
    pub(crate) fn new(view: &'a View, most_pages: usize) -> Self {
        Self {
            view,
            grouped: Grouped::default(),
            pages: BestPages::new(most_pages),
            counts: Default::default(),
        }
    }

    /// Adds the next segment's pages that match and may be seen, in their order, with their scores.
    pub(crate) fn segment(&mut self, ordinal: SegmentOrdinal, docs: Vec<DocId>, scores: &[Score]) {
        let materials = &self.view.materials[ordinal as usize];
        let from = self.grouped.groups.len();
        let mut end = 0;
        for (doc, score) in docs.iter().zip(scores) {
            self.pages.offer(*score, DocAddress::new(ordinal, *doc));
            if *doc >= end {
                let material = materials.of(*doc);
                end = materials.end(material);
                self.grouped.groups.push(Group {
                    score: *score,
                    segment: ordinal,
                    material: u32::try_from(material).unwrap_or(u32::MAX),
                    best: *doc,
                });
            } else if let Some(open) = self.grouped.groups.last_mut()
                && *score > open.score
            {
                // Pages come in their order, so that the first of equals stays.
                (open.score, open.best) = (*score, *doc);
            }
        }
        self.count(ordinal, from);
        self.grouped.docs.push(docs);
    }

    fn count(&mut self, ordinal: SegmentOrdinal, from: usize) {
        let materials = &self.view.materials[ordinal as usize];
        let mut counts = [0, 1, 2].map(|facet| vec![0_u64; materials.names(facet).len()]);
        let mut grades = [0_u64; MOST_GRADES];
        for group in &self.grouped.groups[from..] {
            let facets = materials.facets(group.material as usize);
            let counts = counts.iter_mut().map(Vec::as_mut_slice);
            for (counts, place) in counts.chain([grades.as_mut_slice()]).zip(facets) {
                if let Some(count) = counts.get_mut(place as usize) {
                    *count += 1;
                }
            }
        }
        for (facet, counts) in counts.iter().enumerate() {
            for (name, count) in materials.names(facet).iter().zip(counts) {
                if *count > 0 {
                    *self.counts[facet].entry(name.clone()).or_default() += count;
                }
            }
        }
        for (grade, count) in grades.iter().enumerate().filter(|(_, count)| **count > 0) {
            *self.counts[3].entry(grade.to_string()).or_default() += count;
        }
    }

    /// What was gathered.
    pub(crate) fn finish(mut self) -> Grouped {
        self.grouped.pages = self.pages.finish();
        let [subject, kind, language, grade] = self.counts.map(most_first);
        self.grouped.facets = Facets {
            subject,
            grade,
            kind,
            language,
        };
        self.grouped
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
    /// The group that a page which matches belongs to.
    pub(crate) fn group_of(&mut self, view: &View, page: DocAddress) -> Option<&mut Group> {
        let material = view.materials[page.segment_ord as usize].of(page.doc_id);
        let material = u32::try_from(material).ok()?;
        let place = self
            .groups
            .binary_search_by_key(&(page.segment_ord, material), |group| {
                (group.segment, group.material)
            });
        self.groups.get_mut(place.ok()?)
    }

    /// The pages of a material that match, in their order.
    pub(crate) fn pages_of(&self, view: &View, group: &Group) -> &[DocId] {
        let docs = &self.docs[group.segment as usize];
        let Range { start, end } = view.materials[group.segment as usize].span(group.material as usize);
        let from = docs.partition_point(|doc| *doc < start);
        let to = from + docs[from..].partition_point(|doc| *doc < end);
        &docs[from..to]
    }
}
