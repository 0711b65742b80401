//! A set of entries of one segment, one bit for each.
use std::ops::Range;
use tantivy::DocId;

/// The set.
#[derive(Clone, Debug, Default)]
pub(crate) struct Bits(Vec<u64>);

impl Bits {
    /// An empty set of entries below `max_doc`.
    pub(crate) fn new(max_doc: DocId) -> Self {
        Self(vec![0; max_doc.div_ceil(64) as usize])
    }

    /// Adds entries that are below `max_doc`.
    pub(crate) fn insert_all(&mut self, docs: &[DocId]) {
        for doc in docs {
            self.0[(doc / 64) as usize] |= 1 << (doc % 64);
        }
    }

    /// Adds entries that follow one another and are below `max_doc`.
    pub(crate) fn insert_range(&mut self, docs: Range<DocId>) {
        let mut at = docs.start;
        while at < docs.end {
            let end = docs.end.min((at / 64 + 1) * 64);
            self.0[(at / 64) as usize] |= (u64::MAX >> (64 - (end - at))) << (at % 64);
            at = end;
        }
    }

    /// Whether an entry below `max_doc` is in the set.
    pub(crate) fn contains(&self, doc: DocId) -> bool {
        self.0[(doc / 64) as usize] >> (doc % 64) & 1 == 1
    }

    /// Adds what two other sets of the same segment share.
    pub(crate) fn insert_shared(&mut self, a: &Self, b: &Self) {
        for (bits, (a, b)) in self.0.iter_mut().zip(a.0.iter().zip(&b.0)) {
            *bits |= a & b;
        }
    }

    /// Keeps what another set of the same segment has too.
    pub(crate) fn keep_shared(&mut self, other: &Self) {
        for (bits, other) in self.0.iter_mut().zip(&other.0) {
            *bits &= other;
        }
    }

    /// Keeps those of which something holds.
    pub(crate) fn retain(&mut self, mut holds: impl FnMut(DocId) -> bool) {
        for (at, bits) in (0..).step_by(64).zip(&mut self.0) {
            let mut left = *bits;
            while left != 0 {
                if !holds(at + left.trailing_zeros()) {
                    *bits &= !(left & left.wrapping_neg());
                }
                left &= left - 1;
            }
        }
    }

    /// How many entries it has.
    pub(crate) fn count(&self) -> usize {
        self.0.iter().map(|bits| bits.count_ones() as usize).sum()
    }

    /// Adds all of another set of the same segment.
    pub(crate) fn insert_set(&mut self, other: &Self) {
        for (bits, other) in self.0.iter_mut().zip(&other.0) {
            *bits |= other;
        }
    }

    /// All entries in their order.
    pub(crate) fn docs(&self) -> Vec<DocId> {
        let mut docs = Vec::with_capacity(self.count());
        for (at, bits) in (0..).step_by(64).zip(&self.0) {
            let mut bits = *bits;
            while bits != 0 {
                docs.push(at + bits.trailing_zeros());
                bits &= bits - 1;
            }
        }
        docs
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_what_was_put_in() {
        let mut bits = Bits::new(130);
        bits.insert_all(&[0, 63, 64, 129]);
        assert_eq!(bits.docs(), [0, 63, 64, 129]);
        assert!(bits.contains(64) && !bits.contains(65));
        for range in [0..1, 0..64, 3..3, 60..130, 63..65, 64..128, 129..130] {
            let mut bits = Bits::new(130);
            bits.insert_range(range.clone());
            assert_eq!(bits.docs(), range.collect::<Vec<_>>());
        }
        let mut other = Bits::new(130);
        other.insert_all(&[1, 129]);
        let mut shared = Bits::new(130);
        shared.insert_shared(&bits, &other);
        assert_eq!(shared.docs(), [129]);
        shared.insert_set(&other);
        assert_eq!(shared.docs(), [1, 129]);
        bits.keep_shared(&shared);
        let mut none = shared.clone();
        none.retain(|doc| doc == 1);
        assert_eq!(none.docs(), [1]);
        assert_eq!((bits.docs(), bits.count()), (vec![129], 1));
    }
}
