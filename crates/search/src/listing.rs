//! Lists materials in an order that is not relevance: one entry of each, the newest or the first
//! by title.
use crate::materials::View;
use crate::sight::Sight;
use homeroom_core::ports::search_index::Sort;
use std::cmp::Ordering;
use std::ops::ControlFlow;
use tantivy::query::Weight;
use tantivy::{DocId, SegmentOrdinal};

/// A material in its order.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Row {
    id: u128,
    created: i64,
    title: String,
}

/// The first `keep` materials in an order. Expects that one entry of each matches.
pub(crate) fn ordered(
    view: &View,
    weight: &dyn Weight,
    sight: &Sight,
    sort: Sort,
    keep: usize,
) -> tantivy::Result<Vec<u128>> {
    let mut rows = Vec::new();
    for ordinal in (0..).take(view.materials.len()) {
        rows.extend(rows_of(view, ordinal, weight, sight, sort, keep)?);
    }
    rows.sort_unstable_by(|a, b| compare(sort, a, b));
    rows.truncate(keep);
    Ok(rows.into_iter().map(|row| row.id).collect())
}

fn compare(sort: Sort, a: &Row, b: &Row) -> Ordering {
    let newest = b.created.cmp(&a.created).then(a.id.cmp(&b.id));
    match sort {
        Sort::Newest => newest,
        Sort::Title => a.title.cmp(&b.title).then(newest),
    }
}

fn rows_of(
    view: &View,
    ordinal: SegmentOrdinal,
    weight: &dyn Weight,
    sight: &Sight,
    sort: Sort,
    keep: usize,
) -> tantivy::Result<Vec<Row>> {
    let materials = &view.materials[ordinal as usize];
    let titles = match sort {
        Sort::Title => {
            let segment = view.searcher.segment_reader(ordinal);
            segment.fast_fields().str("title_order")?
        }
        Sort::Newest => None,
    };
    let mut docs: Vec<(u64, i64, u128)> = Vec::new();
    sight.each(view, ordinal, weight, |doc: DocId, _| {
        // Without titles all have the same ordinal, and the newest come first.
        let title = titles.as_ref().and_then(|titles| titles.ords().first(doc));
        let material = materials.of(doc);
        let (created, id) = (materials.created(material), materials.id(material));
        docs.push((title.unwrap_or(u64::MAX), created, id));
        ControlFlow::Continue(())
    })?;
    if keep < docs.len() {
        docs.select_nth_unstable_by(keep, |a, b| a.0.cmp(&b.0).then(b.1.cmp(&a.1)).then(a.2.cmp(&b.2)));
        docs.truncate(keep);
    }
    let rows = docs.into_iter().map(|(ordinal, created, id)| {
        let mut title = String::new();
        if let Some(titles) = titles.as_ref().filter(|_| ordinal != u64::MAX)
            && titles.ord_to_str(ordinal, &mut title).is_err()
        {
            title.clear();
        }
        Row { id, created, title }
    });
    Ok(rows.collect())
}
