//! Collects matching pages as materials: the best page of each, how many materials there are and
//! how they are spread over facets. Reads no stored text, and one fast field for each page.
use crate::schema::MATERIAL;
use homeroom_core::ports::search_index::{FacetCount, Facets};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::Arc;
use tantivy::collector::{Collector, SegmentCollector};
use tantivy::columnar::{Column, ColumnValues, StrColumn};
use tantivy::{DocAddress, DocId, Score, SegmentOrdinal, SegmentReader};

/// Facets by this order in arrays.
const FACET_FIELDS: [&str; 3] = ["subject", "kind", "language"];
const FACETS: usize = 4;
const GRADE: usize = 3;

/// Collects groups, and keeps the best of them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Groups {
    /// How many groups are kept, best first.
    pub(crate) keep: usize,
}

/// A material by its best page.
#[derive(Clone, Debug)]
pub(crate) struct Group {
    /// The material's id.
    pub(crate) id: u128,
    /// The best page's score.
    pub(crate) score: Score,
    /// When the material was made.
    pub(crate) created: i64,
    /// The best page's number.
    pub(crate) page: u64,
    /// Where its entry is.
    pub(crate) address: DocAddress,
}

/// What was found.
#[derive(Debug, Default)]
pub(crate) struct Grouped {
    /// Materials.
    pub(crate) total: u64,
    /// The best of them, best first.
    pub(crate) best: Vec<Group>,
    /// Counts over all of them.
    pub(crate) facets: Facets,
}

impl Collector for Groups {
    type Fruit = Grouped;
    type Child = SegmentGroups;

    fn for_segment(
        &self,
        ordinal: SegmentOrdinal,
        segment: &SegmentReader,
    ) -> tantivy::Result<SegmentGroups> {
        SegmentGroups::new(ordinal, segment)
    }

    fn requires_scoring(&self) -> bool {
        true
    }

    fn merge_fruits(&self, segments: Vec<SegmentFruit>) -> tantivy::Result<Grouped> {
        Ok(merge(segments, self.keep))
    }
}

/// Groups of one segment: an array by the material's ordinal.
pub(crate) struct SegmentGroups {
    ordinal: SegmentOrdinal,
    materials: Column<u64>,
    columns: Columns,
    best: Vec<(Score, DocId)>,
    seen: Vec<u64>,
}

struct Columns {
    id_high: Arc<dyn ColumnValues<u64>>,
    id_low: Arc<dyn ColumnValues<u64>>,
    page: Arc<dyn ColumnValues<u64>>,
    created: Arc<dyn ColumnValues<i64>>,
    grade: Option<Column<u64>>,
    facets: [Option<StrColumn>; 3],
}

impl SegmentGroups {
    fn new(ordinal: SegmentOrdinal, segment: &SegmentReader) -> tantivy::Result<Self> {
        let fast = segment.fast_fields();
        let materials = fast.str(MATERIAL)?;
        let count = materials
            .as_ref()
            .map_or(0, |column| column.dictionary().num_terms());
        let columns = Columns {
            id_high: fast.column_first_or_default("id_high")?,
            id_low: fast.column_first_or_default("id_low")?,
            page: fast.column_first_or_default("page")?,
            created: fast.column_first_or_default("created")?,
            grade: fast.column_opt("grade")?,
            facets: [
                fast.str(FACET_FIELDS[0])?,
                fast.str(FACET_FIELDS[1])?,
                fast.str(FACET_FIELDS[2])?,
            ],
        };
        let materials =
            materials.map_or_else(|| Column::build_empty_column(0), |column| column.ords().clone());
        Ok(Self {
            ordinal,
            materials,
            columns,
            best: vec![(f32::NEG_INFINITY, 0); count],
            seen: Vec::new(),
        })
    }
}

impl SegmentCollector for SegmentGroups {
    type Fruit = SegmentFruit;

    fn collect(&mut self, doc: DocId, score: Score) {
        let Some(material) = self.materials.first(doc) else {
            return;
        };
        let Some(best) = usize::try_from(material)
            .ok()
            .and_then(|index| self.best.get_mut(index))
        else {
            return;
        };
        if best.0 == f32::NEG_INFINITY {
            self.seen.push(material);
        }
        // Pages come in their order, so that the first of equals stays.
        if score > best.0 {
            *best = (score, doc);
        }
    }

    fn harvest(self) -> SegmentFruit {
        let mut fruit = SegmentFruit {
            groups: Vec::with_capacity(self.seen.len()),
            values: Default::default(),
        };
        let mut names: [BTreeMap<u64, String>; 3] = Default::default();
        for material in self.seen {
            let Some((score, doc)) = usize::try_from(material)
                .ok()
                .and_then(|index| self.best.get(index))
            else {
                continue;
            };
            let columns = &self.columns;
            let mut facets = [None; FACETS];
            for (facet, column) in columns.facets.iter().enumerate() {
                facets[facet] = column.as_ref().and_then(|column| {
                    let value = column.ords().first(*doc)?;
                    names[facet].entry(value).or_insert_with(|| name(column, value));
                    Some(value)
                });
            }
            facets[GRADE] = columns.grade.as_ref().and_then(|grade| grade.first(*doc));
            let group = Group {
                id: u128::from(columns.id_high.get_val(*doc)) << 64
                    | u128::from(columns.id_low.get_val(*doc)),
                score: *score,
                created: columns.created.get_val(*doc),
                page: columns.page.get_val(*doc),
                address: DocAddress::new(self.ordinal, *doc),
            };
            fruit.groups.push((group, facets));
        }
        fruit.values = names;
        fruit
    }
}

fn name(column: &StrColumn, ordinal: u64) -> String {
    let mut name = String::new();
    // A value that cannot be read is not counted under another's name.
    if column.ord_to_str(ordinal, &mut name).is_err() {
        name.clear();
    }
    name
}

/// What a segment hands on.
pub(crate) struct SegmentFruit {
    groups: Vec<(Group, [Option<u64>; FACETS])>,
    values: [BTreeMap<u64, String>; 3],
}

fn merge(segments: Vec<SegmentFruit>, keep: usize) -> Grouped {
    let single = segments.len() == 1;
    let mut place: HashMap<u128, usize, BuildHasherDefault<IdHasher>> = HashMap::default();
    let mut groups: Vec<Group> =
        Vec::with_capacity(segments.iter().map(|segment| segment.groups.len()).sum());
    let mut counts: [BTreeMap<String, u64>; FACETS] = Default::default();
    for segment in segments {
        let mut local: [HashMap<u64, u64>; FACETS] = Default::default();
        for (group, facets) in segment.groups {
            // A large material may stand in two segments; it is one all the same.
            if !single && let Some(index) = place.get(&group.id) {
                let known = &mut groups[*index];
                if known
                    .score
                    .total_cmp(&group.score)
                    .then(group.page.cmp(&known.page))
                    .is_lt()
                {
                    *known = group;
                }
                continue;
            }
            if !single {
                place.insert(group.id, groups.len());
            }
            groups.push(group);
            for (facet, value) in facets.into_iter().enumerate() {
                if let Some(value) = value {
                    *local[facet].entry(value).or_default() += 1;
                }
            }
        }
        for (facet, local) in local.into_iter().enumerate() {
            for (value, count) in local {
                let name = segment.values.get(facet).map_or_else(
                    || Some(value.to_string()),
                    |names| names.get(&value).filter(|name| !name.is_empty()).cloned(),
                );
                if let Some(name) = name {
                    *counts[facet].entry(name).or_default() += count;
                }
            }
        }
    }
    let total = groups.len() as u64;
    if keep < groups.len() {
        groups.select_nth_unstable_by(keep, better);
        groups.truncate(keep);
    }
    groups.sort_unstable_by(better);
    let [subject, kind, language, grade] = counts.map(most_first);
    Grouped {
        total,
        best: groups,
        facets: Facets {
            subject,
            grade,
            kind,
            language,
        },
    }
}

/// Best score first, then newest, then by id, so that pages of answers neither skip nor repeat.
fn better(a: &Group, b: &Group) -> std::cmp::Ordering {
    b.score
        .total_cmp(&a.score)
        .then(b.created.cmp(&a.created))
        .then(a.id.cmp(&b.id))
}

fn most_first(counts: BTreeMap<String, u64>) -> Vec<FacetCount> {
    let mut counts: Vec<FacetCount> = counts
        .into_iter()
        .map(|(value, count)| FacetCount { value, count })
        .collect();
    counts.sort_by_key(|facet| std::cmp::Reverse(facet.count));
    counts
}

/// Ids are random enough to be their own hash.
#[derive(Default)]
pub(crate) struct IdHasher(u64);

impl Hasher for IdHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u128(&mut self, id: u128) {
        let bytes = id.to_le_bytes();
        let (low, high) = bytes.split_at(8);
        let half = |half: &[u8]| half.try_into().map_or(0, u64::from_le_bytes);
        self.0 = (half(low) ^ half(high)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    }
}

/// Collects the numbers of matching pages of a few materials.
#[derive(Debug)]
pub(crate) struct PagesOf {
    /// Which.
    pub(crate) materials: HashSet<u128>,
}

/// [`PagesOf`] in a segment.
pub(crate) struct SegmentPages {
    id_high: Arc<dyn ColumnValues<u64>>,
    id_low: Arc<dyn ColumnValues<u64>>,
    page: Arc<dyn ColumnValues<u64>>,
    materials: HashSet<u128>,
    found: Vec<(u128, u64)>,
}

impl Collector for PagesOf {
    type Fruit = HashMap<u128, Vec<u64>>;
    type Child = SegmentPages;

    fn for_segment(&self, _: SegmentOrdinal, segment: &SegmentReader) -> tantivy::Result<SegmentPages> {
        let fast = segment.fast_fields();
        Ok(SegmentPages {
            id_high: fast.column_first_or_default("id_high")?,
            id_low: fast.column_first_or_default("id_low")?,
            page: fast.column_first_or_default("page")?,
            materials: self.materials.clone(),
            found: Vec::new(),
        })
    }

    fn requires_scoring(&self) -> bool {
        false
    }

    fn merge_fruits(&self, segments: Vec<Vec<(u128, u64)>>) -> tantivy::Result<Self::Fruit> {
        let mut pages: Self::Fruit = HashMap::new();
        for (material, page) in segments.into_iter().flatten() {
            pages.entry(material).or_default().push(page);
        }
        for pages in pages.values_mut() {
            pages.sort_unstable();
            pages.dedup();
        }
        Ok(pages)
    }
}

impl SegmentCollector for SegmentPages {
    type Fruit = Vec<(u128, u64)>;

    fn collect(&mut self, doc: DocId, _: Score) {
        let id = u128::from(self.id_high.get_val(doc)) << 64 | u128::from(self.id_low.get_val(doc));
        if self.materials.contains(&id) {
            self.found.push((id, self.page.get_val(doc)));
        }
    }

    fn harvest(self) -> Self::Fruit {
        self.found
    }
}
