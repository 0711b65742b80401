//! Walking over all records of a store, for moving a school between engines and nothing else.
//!
//! The port has no scan, and use cases never get one: this trait is for administration, which may
//! read a whole store once, page by page.
use async_trait::async_trait;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use homeroom_core::ports::record_store::{Condition, Key, Record, StoreError, Write, check_writes};

/// The most records that one page of a walk holds.
pub const MAX_WALK_LIMIT: u32 = 1_000;

/// One page of a walk.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WalkPage {
    /// In the engine's own stable order. May be empty although more follow.
    pub records: Vec<Record>,
    /// Where to go on: opaque, printable, without line breaks, and valid in any later process.
    /// Absent when nothing follows.
    pub next: Option<String>,
}

/// A store that can be read and refilled as a whole, record by record.
#[async_trait]
pub trait RecordWalk: Send + Sync {
    /// Reads up to `limit` records (1 to [`MAX_WALK_LIMIT`]) behind `after`, or from the beginning;
    /// fewer where their bodies together would be large.
    ///
    /// A whole walk yields every record that was there from its beginning to its end exactly once,
    /// expired ones left out. What is written meanwhile may or may not be seen.
    ///
    /// # Errors
    /// [`StoreError::Invalid`] when `after` is not a position of this kind of store,
    /// [`StoreError::Damaged`] when a record cannot be trusted.
    async fn walk(&self, after: Option<String>, limit: u32) -> Result<WalkPage, StoreError>;

    /// Writes records exactly as given: body, index keys, count, version and expiry, in place of
    /// whatever occupies their keys. Durable when it returns; repeating it changes nothing. Not
    /// atomic over several records.
    ///
    /// # Errors
    /// [`StoreError::Invalid`] for records that break the port's limits; as for a write otherwise.
    async fn restore(&self, records: Vec<Record>) -> Result<(), StoreError>;
}

/// The most records and bytes that are restored in one step of an engine.
const CHUNK_RECORDS: usize = 100;
const CHUNK_BYTES: usize = 1024 * 1024;

/// The position behind a key, for engines that walk in the keys' order.
pub(crate) fn position_of(key: &Key) -> String {
    let length = u16::try_from(key.partition.len()).expect("a partition has at most 1,024 bytes");
    let parts = [
        &length.to_le_bytes()[..],
        key.partition.as_bytes(),
        key.sort.as_bytes(),
    ];
    URL_SAFE_NO_PAD.encode(parts.concat())
}

/// The key that a position is behind; without a position one that is before all others.
pub(crate) fn key_at(position: Option<&str>) -> Result<Key, StoreError> {
    let Some(position) = position else {
        return Ok(Key::new("", ""));
    };
    let parse = || -> Option<Key> {
        let bytes = URL_SAFE_NO_PAD.decode(position).ok()?;
        let (length, rest) = bytes.split_first_chunk::<2>()?;
        let (partition, sort) = rest.split_at_checked(usize::from(u16::from_le_bytes(*length)))?;
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).ok();
        Some(Key::new(text(partition)?, text(sort)?))
    };
    parse().ok_or_else(|| StoreError::Invalid("the position is not one of this walk".into()))
}

/// Records in steps that an engine takes at once, all within the port's limits.
pub(crate) fn chunks(records: Vec<Record>) -> Result<Vec<Vec<Record>>, StoreError> {
    let (mut chunks, mut chunk, mut bytes) = (Vec::new(), Vec::new(), 0);
    for record in records {
        bytes += record.body.len();
        if !chunk.is_empty() && (chunk.len() == CHUNK_RECORDS || bytes > CHUNK_BYTES) {
            bytes = record.body.len();
            chunks.push(checked(std::mem::take(&mut chunk))?);
        }
        chunk.push(Write::Put(record, Condition::Any));
    }
    if !chunk.is_empty() {
        chunks.push(checked(chunk)?);
    }
    Ok(chunks)
}

fn checked(puts: Vec<Write>) -> Result<Vec<Record>, StoreError> {
    check_writes(&puts)?;
    let record = |write| match write {
        Write::Put(record, _) => Some(record),
        _ => None,
    };
    Ok(puts.into_iter().filter_map(record).collect())
}
