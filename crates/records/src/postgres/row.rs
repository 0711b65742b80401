//! A record as a row: its columns, its checksum and seal, and the hash that stands for its key.
//!
//! The server counts versions and counters, so that a checksum made here cannot cover them. It covers
//! the rest, as if both were 0; the seal joins it with both and the expiry (`seal_v1` in the schema).
use crate::packed;
use aws_lc_rs::digest::{SHA256, digest};
use crc_fast::{CrcAlgorithm, checksum as checksum_of};
use homeroom_core::ports::record_store::{Index, IndexKey, Key, Record, StoreError};
use jiff::Timestamp;
use tokio_postgres::Row;

/// What [`read`] needs, at the row's start.
pub(crate) const COLUMNS: &str = "r.partition, r.sort, r.version, r.count, r.expires_at, r.checksum, r.seal, \
    r.body, r.owner_partition, r.owner_sort, r.listing_partition, r.listing_sort, r.due_partition, \
    r.due_sort, r.tie";

/// Index keys in the order of [`Index::ALL`], which is the order of their columns.
pub(crate) type Places<'a> = [Option<&'a IndexKey>; 3];

pub(crate) fn places(index_keys: &[IndexKey]) -> Places<'_> {
    Index::ALL.map(|index| index_keys.iter().find(|entry| entry.index == index))
}

/// The first 64 bits of SHA-256 over the key: orders equal places of an index, and names its lock.
pub(crate) fn tie(key: &Key) -> i64 {
    let text = [key.partition.as_bytes(), &[0], key.sort.as_bytes()].concat();
    let hash = digest(&SHA256, &text);
    let first = hash.as_ref().first_chunk::<8>().expect("SHA-256 has 32 bytes");
    // The smallest number stands for "before all of them" in a query.
    i64::from_le_bytes(*first).max(i64::MIN + 1)
}

/// The locks of keys, in the order in which everybody takes them. Advisory locks belong to a database:
/// the schema's name is mixed in, so that two schools in one database do not wait for each other.
pub(crate) fn locks(ties: &[i64], schema: &str) -> Vec<i64> {
    let salt = checksum_of(CrcAlgorithm::Crc64Nvme, schema.as_bytes()).cast_signed();
    let mut locks: Vec<i64> = ties.iter().map(|tie| tie ^ salt).collect();
    locks.sort_unstable();
    locks.dedup();
    locks
}

/// The checksum over what a put writes.
pub(crate) fn checksum(record: &Record) -> Result<i64, StoreError> {
    let ordered: Vec<IndexKey> = places(&record.index_keys)
        .into_iter()
        .flatten()
        .cloned()
        .collect();
    let index_keys = packed::pack(&ordered)?;
    let expires_ms = record.expires_at.map(Timestamp::as_millisecond);
    Ok(packed::content_checksum(record, expires_ms, &index_keys))
}

/// What `seal_v1` makes of a row.
fn seal(checksum: i64, record: &Record) -> i64 {
    let expires_ms = record.expires_at.map_or(-1, Timestamp::as_millisecond);
    checksum
        ^ record.version.cast_signed().rotate_left(21)
        ^ record.count.rotate_left(43)
        ^ expires_ms.rotate_left(7)
}

/// Reads [`COLUMNS`].
///
/// # Errors
/// [`StoreError::Damaged`] naming the key when checksum or seal do not match.
pub(crate) fn read(row: &Row) -> Result<Record, StoreError> {
    let (partition, sort): (&[u8], &[u8]) = match (row.try_get(0), row.try_get(1)) {
        (Ok(partition), Ok(sort)) => (partition, sort),
        _ => return Err(damaged("a key")),
    };
    parse(row, partition, sort).ok_or_else(|| {
        damaged(&format!(
            "record {}/{}",
            partition.escape_ascii(),
            sort.escape_ascii()
        ))
    })
}

fn parse(row: &Row, partition: &[u8], sort: &[u8]) -> Option<Record> {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).ok();
    let mut index_keys = Vec::new();
    for (place, index) in Index::ALL.into_iter().enumerate() {
        let partition: Option<&[u8]> = row.try_get(8 + 2 * place).ok()?;
        let sort: Option<&[u8]> = row.try_get(9 + 2 * place).ok()?;
        match (partition, sort) {
            (Some(partition), Some(sort)) => index_keys.push(IndexKey {
                index,
                partition: text(partition)?,
                sort: text(sort)?,
            }),
            (None, None) => {}
            _ => return None,
        }
    }
    let expires_ms: Option<i64> = row.try_get(4).ok()?;
    let record = Record {
        key: Key::new(text(partition)?, text(sort)?),
        index_keys,
        body: row.try_get(7).ok()?,
        count: row.try_get(3).ok()?,
        version: row.try_get::<_, i64>(2).ok()?.cast_unsigned(),
        expires_at: expires_ms.map(Timestamp::from_millisecond).transpose().ok()?,
    };
    let (stored, sealed): (i64, i64) = (row.try_get(5).ok()?, row.try_get(6).ok()?);
    let sound = checksum(&record).ok()? == stored
        && seal(stored, &record) == sealed
        && tie(&record.key) == row.try_get::<_, i64>(14).ok()?;
    sound.then_some(record)
}

fn damaged(what: &str) -> StoreError {
    StoreError::Damaged(format!("{what} does not match its checksum"))
}
