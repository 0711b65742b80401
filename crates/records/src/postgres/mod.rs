//! `RecordStore` on PostgreSQL: a round trip for each call, ordered bytewise, every row under a checksum.
//!
//! It needs PostgreSQL 13 or later, or a service that runs its code, and no extension. What must hold
//! under concurrency is decided in the server (`migrations/`), not by settings of a session.
mod administer;
mod batch;
mod commit;
mod error;
mod examine;
mod pool;
mod query;
mod row;
mod schema;
mod tls;
mod url;
mod walk;

use crate::advice::Advice;
use async_trait::async_trait;
use commit::Committer;
use error::Failure;
use homeroom_core::ports::Clock;
use homeroom_core::ports::record_store::{
    Key, Page, Query, Record, RecordStore, StoreError, TransactError, Write, check_get, check_query,
    check_writes,
};
use pool::Connections;
use std::sync::Arc;
use std::time::Duration;
use url::Target;

/// How long anything waits for a connection, be it new or lent out.
const CONNECT_PATIENCE: Duration = Duration::from_secs(1);
/// How long a read may take; the server ends it by itself at the same time.
const READ_PATIENCE: Duration = Duration::from_secs(5);
/// How long a write may take: longer than the server lets it, so that its outcome is known.
const WRITE_PATIENCE: Duration = Duration::from_secs(6);

/// How a store uses its server.
#[derive(Clone, Debug)]
pub struct PostgresOptions {
    /// Connections at most; default 16. `pool_size` in the URL goes before it.
    pub pool_size: usize,
    /// Batches of transactions on their way at the same time; default 3. Never more than connections.
    pub writers: usize,
}

impl Default for PostgresOptions {
    fn default() -> Self {
        Self {
            pool_size: 16,
            writers: 3,
        }
    }
}

/// Records in a PostgreSQL database, shared by any number of processes.
///
/// Index reads do not lag here, and all failed conditions are reported. A row whose checksum does not
/// match is [`StoreError::Damaged`] for whoever reads it, and for whoever writes to it as far as
/// its version, counter or expiry is what is damaged.
pub struct PostgresRecordStore {
    connections: Arc<Connections>,
    committer: Committer,
    schema: String,
    clock: Arc<dyn Clock>,
}

impl PostgresRecordStore {
    /// Connects to `postgres://USER:PASSWORD@HOST:PORT/DATABASE?…` and creates or migrates the tables
    /// where that is needed. Beside libpq's parameters the URL may have `schema` (default
    /// `homeroom`), `pool_size`, and `sslmode` and `sslrootcert` with libpq's meaning.
    ///
    /// # Errors
    /// [`StoreError::Invalid`] for a URL that cannot be used, [`StoreError::Unavailable`] when the
    /// server cannot be reached within a second, refuses, is a standby, or its tables were made by
    /// a later version of the program; each with what to do about it.
    pub async fn connect(
        url: &str,
        options: PostgresOptions,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, StoreError> {
        let target = Target::parse(url)?;
        administer::migrate(&target).await?;
        let connections = Connections::new(&target, &options)?;
        let committer = Committer::start(
            connections.clone(),
            &target.schema,
            options.writers,
            clock.clone(),
        );
        Ok(Self {
            connections,
            committer,
            schema: target.schema,
            clock,
        })
    }

    /// Says what stands in the way of using this database: nothing if it is empty. Changes nothing.
    pub async fn check(url: &str) -> Vec<Advice> {
        administer::check(url).await
    }

    /// Creates or migrates the tables; repeating it changes nothing. Answers the schema's version.
    ///
    /// # Errors
    /// What stands in the way, and what to do about it.
    pub async fn init(url: &str) -> Result<i32, Advice> {
        administer::init(url).await
    }

    fn now_ms(&self) -> i64 {
        self.clock.now().as_millisecond()
    }
}

#[async_trait]
impl RecordStore for PostgresRecordStore {
    async fn get(&self, keys: &[Key]) -> Result<Vec<Option<Record>>, StoreError> {
        check_get(keys)?;
        query::get(&self.connections, &self.schema, keys, self.now_ms()).await
    }

    async fn query(&self, query: &Query) -> Result<Page, StoreError> {
        check_query(query)?;
        query::Walk::new(query, self.now_ms())?
            .page(&self.connections, &self.schema)
            .await
    }

    async fn transact(&self, writes: Vec<Write>) -> Result<(), TransactError> {
        check_writes(&writes)?;
        self.committer.transact(writes).await
    }

    async fn remove_expired(&self, limit: u32) -> Result<u32, StoreError> {
        walk::remove_expired(&self.connections, &self.schema, limit, self.now_ms()).await
    }

    async fn examine(&self) -> Result<Vec<String>, StoreError> {
        examine::examine(&self.connections, &self.schema).await
    }
}
