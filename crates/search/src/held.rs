//! What the index holds, material by material, for comparing it with the records.
use crate::storage::Generation;
use homeroom_core::domain::ids::MaterialId;
use tantivy::collector::{Collector, SegmentCollector};
use tantivy::columnar::ColumnValues;
use tantivy::query::TermQuery;
use tantivy::schema::IndexRecordOption;
use tantivy::{DocId, Score, SegmentOrdinal, SegmentReader, Term};

use std::sync::Arc;

/// Every material with the fingerprint that it was fed with.
pub(crate) fn held(generation: &Generation) -> tantivy::Result<Vec<(MaterialId, u64)>> {
    let first = Term::from_field_u64(generation.fields.first, 1);
    let query = TermQuery::new(first, IndexRecordOption::Basic);
    generation.reader.searcher().search(&query, &Fingerprints)
}

struct Fingerprints;

struct SegmentFingerprints {
    id_high: Arc<dyn ColumnValues<u64>>,
    id_low: Arc<dyn ColumnValues<u64>>,
    fingerprint: Arc<dyn ColumnValues<u64>>,
    found: Vec<(MaterialId, u64)>,
}

impl Collector for Fingerprints {
    type Fruit = Vec<(MaterialId, u64)>;
    type Child = SegmentFingerprints;

    fn for_segment(
        &self,
        _: SegmentOrdinal,
        segment: &SegmentReader,
    ) -> tantivy::Result<SegmentFingerprints> {
        let fast = segment.fast_fields();
        Ok(SegmentFingerprints {
            id_high: fast.column_first_or_default("id_high")?,
            id_low: fast.column_first_or_default("id_low")?,
            fingerprint: fast.column_first_or_default("fingerprint")?,
            found: Vec::new(),
        })
    }

    fn requires_scoring(&self) -> bool {
        false
    }

    fn merge_fruits(&self, segments: Vec<Self::Fruit>) -> tantivy::Result<Self::Fruit> {
        Ok(segments.into_iter().flatten().collect())
    }
}

impl SegmentCollector for SegmentFingerprints {
    type Fruit = Vec<(MaterialId, u64)>;

    fn collect(&mut self, doc: DocId, _: Score) {
        let high = u128::from(self.id_high.get_val(doc));
        let id = uuid::Uuid::from_u128(high << 64 | u128::from(self.id_low.get_val(doc)));
        self.found
            .push((MaterialId::new(id), self.fingerprint.get_val(doc)));
    }

    fn harvest(self) -> Self::Fruit {
        self.found
    }
}
