//! A record as a row, read and written under its checksum.
use super::error::Failure;
use crate::packed::{checksum, index_id, pack, unpack};
use homeroom_core::ports::record_store::{IndexKey, Key, Record, StoreError};
use homeroom_sqlite::rusqlite::{Connection, OptionalExtension, Row, params};
use jiff::Timestamp;

const SELECT_ONE: &str = "SELECT r.partition, r.sort, r.version, r.count, r.expires_at, r.checksum, \
    r.index_keys, r.body FROM records r WHERE r.partition = ?1 AND r.sort = ?2";
const REPLACE: &str = "INSERT OR REPLACE INTO records \
    (partition, sort, version, count, expires_at, checksum, index_keys, body) \
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
const DELETE: &str = "DELETE FROM records WHERE partition = ?1 AND sort = ?2";
const INSERT_ENTRY: &str = "INSERT OR IGNORE INTO index_entries \
    (index_id, partition, sort, record_partition, record_sort) VALUES (?1, ?2, ?3, ?4, ?5)";
const DELETE_ENTRY: &str = "DELETE FROM index_entries WHERE index_id = ?1 AND partition = ?2 \
    AND sort = ?3 AND record_partition = ?4 AND record_sort = ?5";

/// Reads the item that occupies `key`, expired or not.
pub(crate) fn load(connection: &Connection, key: &Key) -> Result<Option<Record>, Failure> {
    let mut statement = connection.prepare_cached(SELECT_ONE)?;
    let found = statement.query_row(params![key.partition.as_bytes(), key.sort.as_bytes()], |row| {
        Ok(read(row))
    });
    found.optional()?.transpose()
}

/// Writes `record` as it is in place of `old`, which occupies its key, and moves its index entries.
pub(crate) fn replace(connection: &Connection, record: &Record, old: Option<&Record>) -> Result<(), Failure> {
    let expires_ms = record.expires_at.map(Timestamp::as_millisecond);
    let index_keys = pack(&record.index_keys)?;
    connection.prepare_cached(REPLACE)?.execute(params![
        record.key.partition.as_bytes(),
        record.key.sort.as_bytes(),
        record.version.cast_signed(),
        record.count,
        expires_ms,
        checksum(record, expires_ms, &index_keys),
        index_keys,
        record.body,
    ])?;
    let old_keys = old.map_or(&[][..], |old| &old.index_keys);
    if old_keys != record.index_keys {
        remove_entries(connection, &record.key, old_keys)?;
        add_entries(connection, record)?;
    }
    Ok(())
}

/// Removes an item and its index entries.
pub(crate) fn delete(connection: &Connection, record: &Record) -> Result<(), Failure> {
    connection.prepare_cached(DELETE)?.execute(params![
        record.key.partition.as_bytes(),
        record.key.sort.as_bytes()
    ])?;
    remove_entries(connection, &record.key, &record.index_keys)
}

fn add_entries(connection: &Connection, record: &Record) -> Result<(), Failure> {
    let mut statement = connection.prepare_cached(INSERT_ENTRY)?;
    for entry in &record.index_keys {
        statement.execute(params![
            index_id(entry.index),
            entry.partition.as_bytes(),
            entry.sort.as_bytes(),
            record.key.partition.as_bytes(),
            record.key.sort.as_bytes(),
        ])?;
    }
    Ok(())
}

fn remove_entries(connection: &Connection, key: &Key, entries: &[IndexKey]) -> Result<(), Failure> {
    let mut statement = connection.prepare_cached(DELETE_ENTRY)?;
    for entry in entries {
        statement.execute(params![
            index_id(entry.index),
            entry.partition.as_bytes(),
            entry.sort.as_bytes(),
            key.partition.as_bytes(),
            key.sort.as_bytes(),
        ])?;
    }
    Ok(())
}

/// Reads the columns `partition, sort, version, count, expires_at, checksum, index_keys, body`, in
/// this order at the row's start.
///
/// # Errors
/// [`StoreError::Damaged`] naming the key when the checksum does not match or a column cannot be.
pub(crate) fn read(row: &Row<'_>) -> Result<Record, Failure> {
    let partition = row.get_ref(0)?.as_blob().map_err(|_| damaged("a key"))?;
    let sort = row.get_ref(1)?.as_blob().map_err(|_| damaged("a key"))?;
    let name = || format!("record {}/{}", partition.escape_ascii(), sort.escape_ascii());
    let parse = || -> Option<Record> {
        let expires_ms: Option<i64> = row.get(4).ok()?;
        let packed = row.get_ref(6).ok()?.as_blob().ok()?;
        let record = Record {
            key: Key::new(
                String::from_utf8(partition.to_vec()).ok()?,
                String::from_utf8(sort.to_vec()).ok()?,
            ),
            index_keys: unpack(packed)?,
            body: row.get_ref(7).ok()?.as_blob().ok()?.to_vec(),
            count: row.get(3).ok()?,
            version: row.get::<_, i64>(2).ok()?.cast_unsigned(),
            expires_at: expires_ms.map(Timestamp::from_millisecond).transpose().ok()?,
        };
        let stored: i64 = row.get(5).ok()?;
        (stored == checksum(&record, expires_ms, packed)).then_some(record)
    };
    parse().ok_or_else(|| damaged(&name()))
}

/// An error for stored data that is not what was written.
pub(crate) fn damaged(what: &str) -> Failure {
    StoreError::Damaged(format!("{what} does not match its checksum")).into()
}
