//! `RecordStore` on one SQLite file: durable, ordered bytewise, every row under a checksum.
mod error;
mod examine;
mod query;
mod row;
mod schema;
mod transact;
mod walk;

use async_trait::async_trait;
use error::Failure;
use homeroom_core::ports::Clock;
use homeroom_core::ports::record_store::{
    Key, Page, Query, Record, RecordStore, StoreError, TransactError, Write, check_get, check_query,
    check_writes,
};
use homeroom_sqlite::Database;
use std::path::Path;
use std::sync::Arc;

/// Reads of at most this many rows run on the caller's thread when a connection is free.
const BRIEF_ROWS: usize = 8;

/// The embedded record store.
///
/// Index reads do not lag here, and all failed conditions are reported. A row whose checksum does
/// not match is [`StoreError::Damaged`] for whoever reads, replaces or deletes it.
pub struct SqliteRecordStore {
    database: Database,
    clock: Arc<dyn Clock>,
}

impl SqliteRecordStore {
    /// Opens or creates the file at `path`, whose directory exists, and starts its threads.
    /// Dropping the store answers everything that is queued and closes the file.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] when the file is not a sound database,
    /// [`StoreError::Unavailable`] when it cannot be opened or a later version of the program
    /// wrote it.
    pub fn open(path: &Path, clock: Arc<dyn Clock>) -> Result<Self, StoreError> {
        let database = Database::open(path, schema::MIGRATIONS).map_err(Failure::from)?;
        Ok(Self { database, clock })
    }

    fn now_ms(&self) -> i64 {
        self.clock.now().as_millisecond()
    }
}

#[async_trait]
impl RecordStore for SqliteRecordStore {
    async fn get(&self, keys: &[Key]) -> Result<Vec<Option<Record>>, StoreError> {
        check_get(keys)?;
        let (keys, now_ms) = (keys.to_vec(), self.now_ms());
        let brief = keys.len() <= BRIEF_ROWS;
        let work = move |connection: &_| query::get(connection, &keys, now_ms);
        let records = if brief {
            self.database.read_briefly(work).await
        } else {
            self.database.read(work).await
        };
        Ok(records?)
    }

    async fn query(&self, query: &Query) -> Result<Page, StoreError> {
        check_query(query)?;
        let walk = query::Walk::new(query, self.now_ms())?;
        let brief = query.limit as usize <= BRIEF_ROWS;
        let work = move |connection: &_| walk.page(connection);
        let page = if brief {
            self.database.read_briefly(work).await
        } else {
            self.database.read(work).await
        };
        Ok(page?)
    }

    async fn transact(&self, writes: Vec<Write>) -> Result<(), TransactError> {
        check_writes(&writes)?;
        let clock = Arc::clone(&self.clock);
        self.database
            .write(move |connection| transact::apply(connection, &writes, clock.now().as_millisecond()))
            .await
            .map_err(TransactError::from)
    }

    async fn remove_expired(&self, limit: u32) -> Result<u32, StoreError> {
        let clock = Arc::clone(&self.clock);
        let removed = self.database.write(move |connection| {
            transact::remove_expired(connection, limit, clock.now().as_millisecond())
        });
        Ok(removed.await?)
    }

    async fn examine(&self) -> Result<Vec<String>, StoreError> {
        examine::examine(&self.database).await
    }
}
