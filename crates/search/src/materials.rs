//! The materials of one segment: which entries each has, who may see it, and what it is counted and
//! ordered by. Segments do not change, so that each is read once and remembered; what is asked of
//! many pages at a time is then answered from a few kilobytes of memory instead of many columns.
use crate::bits::Bits;
use crate::schema::{CLASSMATES, Fields, PUBLIC, SCHOOL};
use std::collections::HashMap;
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};
use tantivy::columnar::StrColumn;
use tantivy::index::SegmentId;
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocId, DocSet, Searcher, SegmentReader, TERMINATED, Term};

/// Facets by this order in arrays.
const FACET_FIELDS: [&str; 3] = ["subject", "kind", "language"];
/// Stands for no value, in [`Materials::facets`] and [`Materials::owner`].
pub(crate) const NO_VALUE: u32 = u32::MAX;
/// Languages of one segment that are told apart.
const MOST_LANGUAGES: usize = 64;

/// The materials of one segment in the order of their entries. What is asked of all that match at once stands
/// by itself, since most of what such a question costs is reaching for memory.
#[derive(Debug, Default)]
pub(crate) struct Materials {
    ids: Vec<u128>,
    /// When each was made, in microseconds since 1970, and the Bayesian mean of its stars, in thousandths.
    signals: Vec<(i64, u32)>,
    facets: Vec<[u32; 4]>,
    /// Who may find each: see `schema`.
    audiences: Vec<u8>,
    /// Owners as places in `owner_ids`.
    owners: Vec<u32>,
    owner_ids: Vec<Option<u128>>,
    /// Entries of what is shared with so many at least: see [`Self::shared`].
    shared: [Bits; 3],
    /// The first entry of each.
    starts: Vec<DocId>,
    max_doc: DocId,
    /// One bit for each entry, set on first entries, and how many are set before each 64.
    firsts: Vec<u64>,
    before: Vec<u32>,
    /// Names of subjects, kinds and languages.
    names: [Vec<String>; 3],
    /// Languages whose stems pages are indexed with.
    stemmed: Vec<String>,
}

impl Materials {
    fn read(segment: &SegmentReader, fields: &Fields) -> tantivy::Result<Self> {
        let mut found = Self {
            starts: starts(segment, fields.first)?,
            max_doc: segment.max_doc(),
            stemmed: words(segment, fields.stemmed)?,
            ..Self::default()
        };
        found.firsts = vec![0; segment.max_doc().div_ceil(64) as usize];
        for start in &found.starts {
            found.firsts[(start / 64) as usize] |= 1 << (start % 64);
        }
        let mut before = 0;
        for bits in &found.firsts {
            found.before.push(before);
            before += bits.count_ones();
        }
        let fast = segment.fast_fields();
        let id_high = fast.column_first_or_default::<u64>("id_high")?;
        let id_low = fast.column_first_or_default::<u64>("id_low")?;
        let created = fast.column_first_or_default::<i64>("created")?;
        let rating = fast.column_first_or_default::<u64>("rating")?;
        let audience = fast.column_first_or_default::<u64>("audience")?;
        let grade = fast.column_opt::<u64>("grade")?;
        let owners = fast.str("owner")?;
        found.owner_ids = names(owners.as_ref())?
            .iter()
            .map(|owner| uuid::Uuid::try_parse(owner).ok().map(|id| id.as_u128()))
            .collect();
        let facets = [
            fast.str(FACET_FIELDS[0])?,
            fast.str(FACET_FIELDS[1])?,
            fast.str(FACET_FIELDS[2])?,
        ];
        for (known, column) in found.names.iter_mut().zip(&facets) {
            *known = names(column.as_ref())?;
        }
        let place = |column: &Option<StrColumn>, doc| {
            let value = column.as_ref().and_then(|column| column.ords().first(doc));
            value
                .and_then(|value| u32::try_from(value).ok())
                .unwrap_or(NO_VALUE)
        };
        found.shared = std::array::from_fn(|_| Bits::new(found.max_doc));
        for (material, doc) in found.starts.iter().copied().enumerate() {
            let id = u128::from(id_high.get_val(doc)) << 64 | u128::from(id_low.get_val(doc));
            let rating = u32::try_from(rating.get_val(doc)).unwrap_or_default();
            let grade = grade
                .as_ref()
                .and_then(|grade| u32::try_from(grade.first(doc)?).ok());
            let audience = audience.get_val(doc);
            found.ids.push(id);
            found.signals.push((created.get_val(doc), rating));
            found.facets.push([
                place(&facets[0], doc),
                place(&facets[1], doc),
                place(&facets[2], doc),
                grade.unwrap_or(NO_VALUE),
            ]);
            found.owners.push(place(&owners, doc));
            found.audiences.push(u8::try_from(audience).unwrap_or_default());
            let entries = doc..found.starts.get(material + 1).copied().unwrap_or(found.max_doc);
            for least in CLASSMATES..=audience.min(PUBLIC) {
                found.shared[shared_place(least)].insert_range(entries.clone());
            }
        }
        Ok(found)
    }

    /// Which material an entry of this segment belongs to.
    pub(crate) fn of(&self, doc: DocId) -> usize {
        let at = (doc / 64) as usize;
        let up_to_here = self.firsts[at] & (u64::MAX >> (63 - doc % 64));
        (self.before[at] + up_to_here.count_ones()) as usize - 1
    }

    /// The id of a material.
    pub(crate) fn id(&self, material: usize) -> u128 {
        self.ids[material]
    }

    /// When a material was made, in microseconds since 1970.
    pub(crate) fn created(&self, material: usize) -> i64 {
        self.signals[material].0
    }

    /// The Bayesian mean of a material's stars, in thousandths.
    pub(crate) fn rating(&self, material: usize) -> u32 {
        self.signals[material].1
    }

    /// Subject, kind and language of a material as places in [`Self::names`], and its grade.
    pub(crate) fn facets(&self, material: usize) -> [u32; 4] {
        self.facets[material]
    }

    /// Who may find a material: see `schema`.
    pub(crate) fn audience(&self, material: usize) -> u64 {
        self.audiences[material].into()
    }

    /// The owners of all materials as places in [`Self::owner_ids`].
    pub(crate) fn owners(&self) -> &[u32] {
        &self.owners
    }

    /// The ids of owners; `None` where one could not be read.
    pub(crate) fn owner_ids(&self) -> &[Option<u128>] {
        &self.owner_ids
    }

    /// The entries of all materials that at least these may find: classmates, the school or anybody.
    pub(crate) fn shared(&self, least: u64) -> &Bits {
        &self.shared[shared_place(least)]
    }

    /// The entry after the last of a material.
    pub(crate) fn end(&self, material: usize) -> DocId {
        self.starts.get(material + 1).copied().unwrap_or(self.max_doc)
    }

    /// The entries of a material.
    pub(crate) fn span(&self, material: usize) -> Range<DocId> {
        self.starts[material]..self.end(material)
    }

    /// Names by their places in [`Self::facets`].
    pub(crate) fn names(&self, facet: usize) -> &[String] {
        &self.names[facet]
    }

    /// Languages whose stems pages are indexed with.
    pub(crate) fn stemmed(&self) -> &[String] {
        &self.stemmed
    }
}

fn shared_place(least: u64) -> usize {
    match least {
        PUBLIC.. => 2,
        SCHOOL => 1,
        _ => 0,
    }
}

/// First entries. The first entry of a segment is one, whatever its postings say.
fn starts(segment: &SegmentReader, first: Field) -> tantivy::Result<Vec<DocId>> {
    let index = segment.inverted_index(first)?;
    let mut starts = Vec::new();
    if let Some(mut postings) =
        index.read_postings(&Term::from_field_u64(first, 1), IndexRecordOption::Basic)?
    {
        starts.reserve(postings.doc_freq() as usize);
        while postings.doc() != TERMINATED {
            starts.push(postings.doc());
            postings.advance();
        }
    }
    if segment.max_doc() > 0 && starts.first() != Some(&0) {
        starts.insert(0, 0);
    }
    Ok(starts)
}

fn words(segment: &SegmentReader, field: Field) -> tantivy::Result<Vec<String>> {
    let index = segment.inverted_index(field)?;
    let mut stream = index.terms().stream()?;
    let mut words = Vec::new();
    while words.len() < MOST_LANGUAGES && stream.advance() {
        words.extend(std::str::from_utf8(stream.key()).ok().map(str::to_owned));
    }
    Ok(words)
}

/// All values of a column by their ordinals.
fn names(column: Option<&StrColumn>) -> tantivy::Result<Vec<String>> {
    let Some(column) = column else {
        return Ok(Vec::new());
    };
    let mut names = Vec::with_capacity(column.dictionary().num_terms());
    let mut stream = column.dictionary().stream()?;
    while stream.advance() {
        names.push(String::from_utf8_lossy(stream.key()).into_owned());
    }
    Ok(names)
}

/// The materials of the segments that were read so far.
#[derive(Clone, Default)]
pub(crate) struct Tables(Arc<Mutex<HashMap<SegmentId, Arc<Materials>>>>);

/// One view of the index: what a query reads.
pub(crate) struct View {
    /// Its segments.
    pub(crate) searcher: Searcher,
    /// Their materials, in the same order.
    pub(crate) materials: Vec<Arc<Materials>>,
}

impl Tables {
    /// A view with the materials of its segments; forgets those of segments that are no more.
    pub(crate) fn view(&self, searcher: Searcher, fields: &Fields) -> tantivy::Result<View> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let mut materials = Vec::with_capacity(searcher.segment_readers().len());
        let mut read = false;
        for segment in searcher.segment_readers() {
            materials.push(if let Some(known) = known.get(&segment.segment_id()) {
                Arc::clone(known)
            } else {
                read = true;
                Arc::new(Materials::read(segment, fields)?)
            });
        }
        if read {
            let ids = searcher.segment_readers().iter().map(SegmentReader::segment_id);
            let current = ids.zip(materials.iter().cloned()).collect();
            *self.0.lock().unwrap_or_else(PoisonError::into_inner) = current;
        }
        Ok(View { searcher, materials })
    }
}
