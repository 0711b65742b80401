//! Cursors: the last record's place, bound to the query that it belongs to; and ranges as byte strings.
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use crc_fast::{CrcAlgorithm, Digest};
use homeroom_core::ports::record_store::{Cursor, Direction, Key, Query, SortRange, Source, StoreError};

/// The format's number, the first byte of every cursor.
const FORMAT: u8 = 1;

/// Marks a place in a table as a record's, behind the empty one with the same sort key.
const FILLED: u8 = 1;

/// A place in a table (its sort key alone) or in an index (sort key, then the record's key).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) sort: Vec<u8>,
    pub(crate) record_partition: Vec<u8>,
    pub(crate) record_sort: Vec<u8>,
}

impl Place {
    /// Where a record stands in the table.
    pub(crate) fn in_table(key: &Key) -> Self {
        Self {
            sort: key.sort.clone().into_bytes(),
            record_partition: vec![FILLED],
            record_sort: Vec::new(),
        }
    }

    /// The first sort key of the table that lies behind this place.
    pub(crate) fn first_table_sort(&self) -> Vec<u8> {
        let mut sort = self.sort.clone();
        if !self.record_partition.is_empty() {
            // The smallest byte string that is greater.
            sort.push(0);
        }
        sort
    }

    /// The cursor that goes on behind this place in `query`.
    pub(crate) fn to_cursor(&self, scope: u64) -> Cursor {
        let mut bytes = vec![FORMAT];
        bytes.extend_from_slice(&scope.to_le_bytes());
        for part in [&self.sort, &self.record_partition, &self.record_sort] {
            let length = u16::try_from(part.len()).expect("keys have at most 1,024 bytes");
            bytes.extend_from_slice(&length.to_le_bytes());
            bytes.extend_from_slice(part);
        }
        Cursor(URL_SAFE_NO_PAD.encode(bytes))
    }

    /// Reads a cursor that belongs to the query of this scope.
    pub(crate) fn of_cursor(cursor: &Cursor, scope: u64) -> Result<Self, StoreError> {
        let parse = || -> Option<Self> {
            let bytes = URL_SAFE_NO_PAD.decode(&cursor.0).ok()?;
            let rest = bytes.strip_prefix(&[FORMAT])?;
            let (found, rest) = rest.split_first_chunk::<8>()?;
            let (sort, rest) = take_part(rest)?;
            let (record_partition, rest) = take_part(rest)?;
            let (record_sort, rest) = take_part(rest)?;
            (rest.is_empty() && *found == scope.to_le_bytes()).then_some(Self {
                sort,
                record_partition,
                record_sort,
            })
        };
        parse().ok_or_else(|| StoreError::Invalid("the cursor does not belong to this query".into()))
    }
}

fn take_part(bytes: &[u8]) -> Option<(Vec<u8>, &[u8])> {
    let (length, rest) = bytes.split_first_chunk::<2>()?;
    let (part, rest) = rest.split_at_checked(usize::from(u16::from_le_bytes(*length)))?;
    Some((part.to_vec(), rest))
}

/// A number for source, partition, range and direction, which a cursor is valid for.
pub(crate) fn scope(query: &Query) -> u64 {
    let source = match query.source {
        Source::Table => "",
        Source::Index(index) => index.name(),
    };
    let direction = match query.direction {
        Direction::Ascending => "ascending",
        Direction::Descending => "descending",
    };
    let (shape, from, before) = match &query.range {
        SortRange::All => ("all", None, None),
        SortRange::Prefix(prefix) => ("prefix", Some(prefix), None),
        SortRange::Between { from, before } => ("between", from.as_ref(), before.as_ref()),
    };
    let mut digest = Digest::new(CrcAlgorithm::Crc64Nvme);
    let parts = [Some(source), Some(&query.partition), Some(direction), Some(shape)];
    for part in parts
        .into_iter()
        .chain([from.map(String::as_str), before.map(String::as_str)])
    {
        digest.update(&part.map_or(u64::MAX, |part| part.len() as u64).to_le_bytes());
        digest.update(part.unwrap_or_default().as_bytes());
    }
    digest.finalize()
}

/// A range as its first included and first excluded byte string.
pub(crate) fn ends(range: &SortRange) -> (Vec<u8>, Vec<u8>) {
    // No UTF-8 text reaches this.
    let beyond = vec![0xFF];
    match range {
        SortRange::All => (Vec::new(), beyond),
        SortRange::Prefix(prefix) => {
            let from = prefix.as_bytes().to_vec();
            let mut before = from.clone();
            if let Some(last) = before.last_mut() {
                // UTF-8 has no byte 0xFF, so this cannot overflow.
                *last = last.saturating_add(1);
            }
            (from, before)
        }
        SortRange::Between { from, before } => (
            from.as_ref()
                .map_or_else(Vec::new, |from| from.as_bytes().to_vec()),
            before
                .as_ref()
                .map_or(beyond, |before| before.as_bytes().to_vec()),
        ),
    }
}
