//! The materials of one segment: which entries each has, who may see it, and what it is counted and
//! ordered by. Segments do not change, so that each is read once and remembered; what is asked of
//! many pages at a time is then answered from a few kilobytes of memory instead of many columns.
use crate::schema::Fields;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};
use tantivy::columnar::StrColumn;
use tantivy::index::SegmentId;
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocId, DocSet, Searcher, SegmentReader, TERMINATED, Term};

/// Facets by this order in arrays.
const FACET_FIELDS: [&str; 3] = ["subject", "kind", "language"];
/// Stands for no value, in [`Material::facets`] and [`Material::grade`].
pub(crate) const NO_VALUE: u32 = u32::MAX;
/// Languages of one segment that are told apart.
const MOST_LANGUAGES: usize = 64;

/// What is known of a material without reading its pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Material {
    /// Its id.
    pub(crate) id: u128,
    /// Its owner's id; `None` if it could not be read.
    pub(crate) owner: Option<u128>,
    /// When it was made, in microseconds since 1970.
    pub(crate) created: i64,
    /// The Bayesian mean of its stars, in thousandths.
    pub(crate) rating: u64,
    /// Who may find it: see `schema`.
    pub(crate) audience: u64,
    /// Subject, kind and language, as places in [`Materials::names`].
    pub(crate) facets: [u32; 3],
    /// 7 to 12.
    pub(crate) grade: u32,
}

/// The materials of one segment in the order of their entries.
#[derive(Debug, Default)]
pub(crate) struct Materials {
    rows: Vec<Material>,
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
        let owner_ids: Vec<Option<u128>> = names(owners.as_ref())?
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
        let row = |doc: DocId| Material {
            id: u128::from(id_high.get_val(doc)) << 64 | u128::from(id_low.get_val(doc)),
            owner: owner_ids.get(place(&owners, doc) as usize).copied().flatten(),
            created: created.get_val(doc),
            rating: rating.get_val(doc),
            audience: audience.get_val(doc),
            facets: [
                place(&facets[0], doc),
                place(&facets[1], doc),
                place(&facets[2], doc),
            ],
            grade: grade
                .as_ref()
                .and_then(|grade| u32::try_from(grade.first(doc)?).ok())
                .unwrap_or(NO_VALUE),
        };
        found.rows = found.starts.iter().map(|start| row(*start)).collect();
        Ok(found)
    }

    /// Which material an entry of this segment belongs to.
    pub(crate) fn of(&self, doc: DocId) -> usize {
        let at = (doc / 64) as usize;
        let up_to_here = self.firsts[at] & (u64::MAX >> (63 - doc % 64));
        (self.before[at] + up_to_here.count_ones()) as usize - 1
    }

    /// A material of this segment.
    pub(crate) fn row(&self, material: usize) -> &Material {
        &self.rows[material]
    }

    /// The entry after the last of a material.
    pub(crate) fn end(&self, material: usize) -> DocId {
        self.starts.get(material + 1).copied().unwrap_or(self.max_doc)
    }

    /// The entries of a material.
    pub(crate) fn span(&self, material: usize) -> Range<DocId> {
        self.starts[material]..self.end(material)
    }

    /// Names by their places in [`Material::facets`].
    pub(crate) fn names(&self, facet: usize) -> &[String] {
        &self.names[facet]
    }

    /// Languages whose stems pages are indexed with.
    pub(crate) fn stemmed(&self) -> &[String] {
        &self.stemmed
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
