//! Cursors: the last record's place, bound to the query that it belongs to.
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use crc_fast::{CrcAlgorithm, Digest};
use homeroom_core::ports::record_store::{Cursor, Direction, Query, SortRange, Source, StoreError};

/// The format's number, the first byte of every cursor.
const FORMAT: u8 = 1;

/// A place in a table (its sort key alone) or in an index (sort key, then the record's key).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) sort: Vec<u8>,
    pub(crate) record_partition: Vec<u8>,
    pub(crate) record_sort: Vec<u8>,
}

impl Place {
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
