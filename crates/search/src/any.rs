//! Pages that have any of some terms: all of them as a set, or of some pages those that have one.
use crate::bits::Bits;
use crate::dictionary::Looked;
use crate::query::build::Builder;
use std::rc::Rc;
use tantivy::schema::IndexRecordOption;
use tantivy::{DocId, SegmentOrdinal};

/// Seeking one page in postings costs about as much as reading so many on the way.
pub(crate) const SEEKING_COSTS: u64 = 16;

/// Postings that are read to find all pages of one segment with any of these terms.
pub(crate) fn cost(terms: &[Rc<Looked>], ordinal: SegmentOrdinal) -> u64 {
    terms
        .iter()
        .map(|looked| u64::from(looked.pages_in(ordinal)))
        .sum()
}

/// Pages that have any of these terms.
pub(crate) fn union(
    builder: &Builder,
    terms: &[Rc<Looked>],
    ordinal: SegmentOrdinal,
) -> tantivy::Result<Bits> {
    let mut bits = Bits::new(builder.searcher.segment_reader(ordinal).max_doc());
    for looked in terms {
        let Some(mut postings) = builder
            .dictionary
            .postings(looked, ordinal, IndexRecordOption::Basic)?
        else {
            continue;
        };
        while postings.block_len() > 0 {
            bits.insert_all(postings.docs());
            postings.advance();
        }
    }
    Ok(bits)
}

/// Keeps of some pages, in their order, those that have any of these terms.
pub(crate) fn confirm(
    builder: &Builder,
    terms: &[Rc<Looked>],
    ordinal: SegmentOrdinal,
    docs: &mut Vec<DocId>,
) -> tantivy::Result<()> {
    let mut missing = docs.clone();
    for looked in terms {
        let Some(mut postings) = builder
            .dictionary
            .postings(looked, ordinal, IndexRecordOption::Basic)?
        else {
            continue;
        };
        missing.retain(|doc| {
            let place = postings.seek(*doc);
            postings.doc(place) != *doc
        });
    }
    let mut missing = missing.into_iter().peekable();
    docs.retain(|doc| missing.next_if_eq(doc).is_none());
    Ok(())
}
