//! Collects materials in an order that is not relevance: one entry of each, the newest or the first
//! by title.
use homeroom_core::ports::search_index::Sort;
use std::cmp::Ordering;
use std::sync::Arc;
use tantivy::collector::{Collector, SegmentCollector};
use tantivy::columnar::{ColumnValues, StrColumn};
use tantivy::{DocId, Score, SegmentOrdinal, SegmentReader};

/// Collects the first so many materials in an order. Expects one entry of each.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ordered {
    /// The order.
    pub(crate) sort: Sort,
    /// How many are kept.
    pub(crate) keep: usize,
}

/// A material in its order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Row {
    /// The material's id.
    pub(crate) id: u128,
    created: i64,
    title: String,
}

impl Collector for Ordered {
    type Fruit = Vec<Row>;
    type Child = SegmentOrdered;

    fn for_segment(&self, _: SegmentOrdinal, segment: &SegmentReader) -> tantivy::Result<SegmentOrdered> {
        let fast = segment.fast_fields();
        Ok(SegmentOrdered {
            order: *self,
            id_high: fast.column_first_or_default("id_high")?,
            id_low: fast.column_first_or_default("id_low")?,
            created: fast.column_first_or_default("created")?,
            titles: if self.sort == Sort::Title {
                fast.str("title_order")?
            } else {
                None
            },
            docs: Vec::new(),
        })
    }

    fn requires_scoring(&self) -> bool {
        false
    }

    fn merge_fruits(&self, segments: Vec<Vec<Row>>) -> tantivy::Result<Vec<Row>> {
        let mut rows: Vec<Row> = segments.into_iter().flatten().collect();
        rows.sort_unstable_by(|a, b| self.compare(a, b));
        rows.truncate(self.keep);
        Ok(rows)
    }
}

impl Ordered {
    fn compare(&self, a: &Row, b: &Row) -> Ordering {
        let newest = b.created.cmp(&a.created).then(a.id.cmp(&b.id));
        match self.sort {
            Sort::Newest => newest,
            Sort::Title => a.title.cmp(&b.title).then(newest),
        }
    }
}

/// [`Ordered`] in a segment.
pub(crate) struct SegmentOrdered {
    order: Ordered,
    id_high: Arc<dyn ColumnValues<u64>>,
    id_low: Arc<dyn ColumnValues<u64>>,
    created: Arc<dyn ColumnValues<i64>>,
    titles: Option<StrColumn>,
    docs: Vec<(u64, i64, u128)>,
}

impl SegmentCollector for SegmentOrdered {
    type Fruit = Vec<Row>;

    fn collect(&mut self, doc: DocId, _: Score) {
        let title = self
            .titles
            .as_ref()
            .and_then(|titles| titles.ords().first(doc))
            .unwrap_or(u64::MAX);
        let id = u128::from(self.id_high.get_val(doc)) << 64 | u128::from(self.id_low.get_val(doc));
        self.docs.push((title, self.created.get_val(doc), id));
    }

    fn harvest(mut self) -> Vec<Row> {
        // Without titles all have the same ordinal, and the newest come first.
        let first = |a: &(u64, i64, u128), b: &(u64, i64, u128)| {
            a.0.cmp(&b.0).then(b.1.cmp(&a.1)).then(a.2.cmp(&b.2))
        };
        if self.order.keep < self.docs.len() {
            self.docs.select_nth_unstable_by(self.order.keep, first);
            self.docs.truncate(self.order.keep);
        }
        let titles = self.titles;
        let rows = self.docs.into_iter().map(|(ordinal, created, id)| {
            let mut title = String::new();
            if let Some(titles) = titles.as_ref().filter(|_| ordinal != u64::MAX)
                && titles.ord_to_str(ordinal, &mut title).is_err()
            {
                title.clear();
            }
            Row { id, created, title }
        });
        rows.collect()
    }
}
