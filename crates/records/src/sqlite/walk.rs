//! Reading and refilling the whole file, page by page.
use super::error::Failure;
use super::{SqliteRecordStore, row};
use crate::walk::{self, MAX_WALK_LIMIT, RecordWalk, WalkPage};
use async_trait::async_trait;
use homeroom_core::ports::record_store::{Key, Record, StoreError};
use homeroom_sqlite::rusqlite::{Connection, params};

/// A page ends with the record that fills this.
const PAGE_BYTES: usize = 4 * 1024 * 1024;

#[async_trait]
impl RecordWalk for SqliteRecordStore {
    async fn walk(&self, after: Option<String>, limit: u32) -> Result<WalkPage, StoreError> {
        let after = walk::key_at(after.as_deref())?;
        let (now_ms, limit) = (self.now_ms(), limit.clamp(1, MAX_WALK_LIMIT));
        let read = move |connection: &Connection| page(connection, &after, now_ms, limit);
        Ok(self
            .database
            .read(read)
            .await
            .map_err(|failure: Failure| failure)?)
    }

    async fn restore(&self, records: Vec<Record>) -> Result<(), StoreError> {
        for chunk in walk::chunks(records)? {
            let write = move |connection: &Connection| -> Result<(), Failure> {
                for record in &chunk {
                    let old = row::load(connection, &record.key)?;
                    row::replace(connection, record, old.as_ref())?;
                }
                Ok(())
            };
            self.database.write(write).await?;
        }
        Ok(())
    }
}

fn page(connection: &Connection, after: &Key, now_ms: i64, limit: u32) -> Result<WalkPage, Failure> {
    const SELECT: &str = "SELECT r.partition, r.sort, r.version, r.count, r.expires_at, r.checksum, \
        r.index_keys, r.body FROM records r WHERE (r.partition, r.sort) > (?1, ?2) \
        AND (r.expires_at IS NULL OR r.expires_at > ?3) ORDER BY r.partition, r.sort LIMIT ?4";
    let mut statement = connection.prepare_cached(SELECT)?;
    let (partition, sort) = (after.partition.as_bytes(), after.sort.as_bytes());
    let mut rows = statement.query(params![partition, sort, now_ms, limit])?;
    let (mut records, mut bytes) = (Vec::new(), 0);
    while let Some(found) = rows.next()? {
        let record = row::read(found)?;
        bytes += record.body.len();
        records.push(record);
        if bytes > PAGE_BYTES {
            break;
        }
    }
    let next = records
        .last()
        .map(|record: &Record| walk::position_of(&record.key));
    Ok(WalkPage { records, next })
}
