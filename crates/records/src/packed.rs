//! What the SQL engines store alike: index keys in one byte string, and the checksum over a whole record.
use crc_fast::{CrcAlgorithm, Digest};
use homeroom_core::ports::record_store::{Index, IndexKey, Record, StoreError};

/// The stored number of an index; never changes.
pub(crate) const fn index_id(index: Index) -> u8 {
    match index {
        Index::Owner => 1,
        Index::Listing => 2,
        Index::Due => 3,
    }
}

/// Whether an item has not expired at `now_ms`.
pub(crate) fn is_live(record: &Record, now_ms: i64) -> bool {
    record
        .expires_at
        .is_none_or(|expiry| expiry.as_millisecond() > now_ms)
}

/// CRC-64/NVME over every column, each of variable length behind its length.
pub(crate) fn checksum(record: &Record, expires_ms: Option<i64>, index_keys: &[u8]) -> i64 {
    digest(record, record.version, record.count, expires_ms, index_keys)
}

/// The same as if version and counter were 0, for an engine that counts both itself.
pub(crate) fn content_checksum(record: &Record, expires_ms: Option<i64>, index_keys: &[u8]) -> i64 {
    digest(record, 0, 0, expires_ms, index_keys)
}

fn digest(record: &Record, version: u64, count: i64, expires_ms: Option<i64>, index_keys: &[u8]) -> i64 {
    let mut digest = Digest::new(CrcAlgorithm::Crc64Nvme);
    let mut head = [0; 8 * 8];
    let numbers = [
        record.key.partition.len() as u64,
        record.key.sort.len() as u64,
        index_keys.len() as u64,
        record.body.len() as u64,
        version,
        count.cast_unsigned(),
        u64::from(expires_ms.is_some()),
        expires_ms.unwrap_or(0).cast_unsigned(),
    ];
    for (bytes, number) in head.chunks_exact_mut(8).zip(numbers) {
        bytes.copy_from_slice(&number.to_le_bytes());
    }
    digest.update(&head);
    digest.update(record.key.partition.as_bytes());
    digest.update(record.key.sort.as_bytes());
    digest.update(index_keys);
    digest.update(&record.body);
    digest.finalize().cast_signed()
}

/// Index keys in one BLOB: for each the index's number, then partition and sort key, each behind
/// its length in two bytes, little-endian.
pub(crate) fn pack(index_keys: &[IndexKey]) -> Result<Vec<u8>, StoreError> {
    let mut packed = Vec::new();
    for entry in index_keys {
        packed.push(index_id(entry.index));
        for part in [&entry.partition, &entry.sort] {
            let length = u16::try_from(part.len())
                .map_err(|_| StoreError::Invalid("an index key is too long".into()))?;
            packed.extend_from_slice(&length.to_le_bytes());
            packed.extend_from_slice(part.as_bytes());
        }
    }
    Ok(packed)
}

pub(crate) fn unpack(mut packed: &[u8]) -> Option<Vec<IndexKey>> {
    let mut index_keys = Vec::new();
    while let Some((id, rest)) = packed.split_first() {
        let index = Index::ALL.into_iter().find(|index| index_id(*index) == *id)?;
        let (partition, rest) = unpack_part(rest)?;
        let (sort, rest) = unpack_part(rest)?;
        packed = rest;
        index_keys.push(IndexKey {
            index,
            partition,
            sort,
        });
    }
    Some(index_keys)
}

fn unpack_part(packed: &[u8]) -> Option<(String, &[u8])> {
    let (length, rest) = packed.split_first_chunk::<2>()?;
    let (part, rest) = rest.split_at_checked(usize::from(u16::from_le_bytes(*length)))?;
    Some((String::from_utf8(part.to_vec()).ok()?, rest))
}
