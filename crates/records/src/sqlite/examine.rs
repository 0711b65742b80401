//! Looking for damage: SQLite's own check, every checksum, and both directions of every index entry.
use super::error::Failure;
use super::row;
use crate::packed::index_id;
use homeroom_core::ports::record_store::{Record, StoreError};
use homeroom_sqlite::Database;
use homeroom_sqlite::rusqlite::types::ValueRef;
use homeroom_sqlite::rusqlite::{Connection, params};

/// Rows examined in one snapshot, so that a long examination does not hold up the log.
const CHUNK_ROWS: u32 = 1_000;
/// After this many findings the rest is not looked for.
const MOST_FINDINGS: usize = 1_000;

/// Where a chunk ended: the last row's primary key.
type Mark = Option<(Vec<u8>, Vec<u8>)>;

/// Returns a line for each finding; an empty answer means that all is sound.
pub(crate) async fn examine(database: &Database) -> Result<Vec<String>, StoreError> {
    let mut findings = match database.read(check_file).await {
        Ok(findings) => findings,
        Err(failure) => return finding_of(failure).map(|line| vec![line]),
    };
    let mut mark = None;
    while findings.len() < MOST_FINDINGS {
        let from: Mark = mark.take();
        let chunk = database.read(move |connection| check_records(connection, from));
        match chunk.await {
            Ok((lines, next)) => {
                findings.extend(lines);
                mark = next;
            }
            Err(failure) => findings.push(finding_of(failure)?),
        }
        if mark.is_none() {
            break;
        }
    }
    match database.read(check_entries).await {
        Ok(lines) => findings.extend(lines),
        Err(failure) => findings.push(finding_of(failure)?),
    }
    Ok(findings)
}

/// Damage that ends a check is a finding too; anything else ends the examination.
fn finding_of(failure: Failure) -> Result<String, StoreError> {
    match StoreError::from(failure) {
        StoreError::Damaged(why) => Ok(why),
        other => Err(other),
    }
}

fn check_file(connection: &Connection) -> Result<Vec<String>, Failure> {
    let mut statement = connection.prepare("PRAGMA integrity_check")?;
    let mut rows = statement.query([])?;
    let mut findings = Vec::new();
    while let Some(found) = rows.next()? {
        let line: String = found.get(0)?;
        if line != "ok" {
            findings.push(line);
        }
    }
    Ok(findings)
}

fn check_records(connection: &Connection, from: Mark) -> Result<(Vec<String>, Mark), Failure> {
    const SELECT: &str = "SELECT r.partition, r.sort, r.version, r.count, r.expires_at, r.checksum, \
        r.index_keys, r.body FROM records r WHERE (r.partition, r.sort) > (?1, ?2) \
        ORDER BY r.partition, r.sort LIMIT ?3";
    connection.execute_batch("BEGIN")?;
    let (partition, sort) = from.unwrap_or_default();
    let mut statement = connection.prepare_cached(SELECT)?;
    let mut rows = statement.query(params![partition, sort, CHUNK_ROWS])?;
    let (mut findings, mut seen, mut mark) = (Vec::new(), 0, None);
    while let Some(found) = rows.next()? {
        seen += 1;
        mark = Some((found.get(0)?, found.get(1)?));
        match row::read(found) {
            Ok(record) => findings.extend(missing_entries(connection, &record)?),
            Err(failure) => findings.push(finding_of(failure)?),
        }
    }
    drop(rows);
    connection.execute_batch("COMMIT")?;
    Ok((findings, mark.filter(|_| seen == CHUNK_ROWS)))
}

/// Index entries that the record names and the index lacks.
fn missing_entries(connection: &Connection, record: &Record) -> Result<Vec<String>, Failure> {
    const EXISTS: &str = "SELECT EXISTS (SELECT 1 FROM index_entries WHERE index_id = ?1 \
        AND partition = ?2 AND sort = ?3 AND record_partition = ?4 AND record_sort = ?5)";
    let mut statement = connection.prepare_cached(EXISTS)?;
    let mut findings = Vec::new();
    for entry in &record.index_keys {
        let key = &record.key;
        let place = params![
            index_id(entry.index),
            entry.partition.as_bytes(),
            entry.sort.as_bytes(),
            key.partition.as_bytes(),
            key.sort.as_bytes(),
        ];
        if !statement.query_row(place, |row| row.get(0))? {
            findings.push(format!(
                "record {key:?} is missing from index {}",
                entry.index.name()
            ));
        }
    }
    Ok(findings)
}

/// Every entry that a record names has been seen; entries beyond those belong to nobody.
fn check_entries(connection: &Connection) -> Result<Vec<String>, Failure> {
    const SELECT: &str = "SELECT r.partition, r.sort, r.version, r.count, r.expires_at, r.checksum, \
        r.index_keys, r.body, e.index_id, e.partition, e.sort, e.record_partition, e.record_sort \
        FROM index_entries e LEFT JOIN records r \
        ON r.partition = e.record_partition AND r.sort = e.record_sort";
    let mut statement = connection.prepare(SELECT)?;
    let mut rows = statement.query([])?;
    let mut findings = Vec::new();
    while let Some(found) = rows.next()? {
        let (id, partition, sort): (i64, Vec<u8>, Vec<u8>) = (found.get(8)?, found.get(9)?, found.get(10)?);
        let orphaned = found.get_ref(0)? == ValueRef::Null;
        // A damaged record has been reported for itself.
        let listed = !orphaned
            && row::read(found).map_or(true, |record| {
                record.index_keys.iter().any(|entry| {
                    i64::from(index_id(entry.index)) == id
                        && entry.partition.as_bytes() == partition
                        && entry.sort.as_bytes() == sort
                })
            });
        if !listed && findings.len() < MOST_FINDINGS {
            findings.push(format!(
                "an entry of index {id} at {}/{} has no record that names it",
                partition.escape_ascii(),
                sort.escape_ascii()
            ));
        }
    }
    Ok(findings)
}
