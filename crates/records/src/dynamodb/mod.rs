//! `RecordStore` on one DynamoDB table.
//!
//! # The table
//! Partition key `pk` and sort key `sk`, both strings; three sparse global secondary indexes, `owner`,
//! `listing` and `due`, that hold whole items; on-demand billing; a TTL on `t`. [`DynamoRecordStore::init`]
//! makes it, [`DynamoRecordStore::check`] says what is wrong with one. The attributes are explained in
//! `item.rs`, how writes become actions in `action.rs`.
//!
//! # What differs from the embedded store
//! - Indexes lag, by milliseconds as a rule; AWS promises no bound.
//! - Expired items are deleted by the engine within days; until then they are filtered out here, by
//!   this process's clock. A filtered item is read and paid for all the same.
//! - A single write whose answer is lost is [`StoreError::OutcomeUnknown`] at once; a transaction is sent
//!   again under its token first, which AWS recognises for ten minutes.
//! - One partition takes about 1,000 writes/s; one item in a transaction at a time, others wait or conflict.
//!
//! # What a role needs on the table and on `TABLE/index/*`
//! `GetItem`, `BatchGetItem`, `Query`, `PutItem`, `UpdateItem`, `DeleteItem`, `ConditionCheckItem`; for moving and
//! examining whole tables `Scan` and `BatchWriteItem`; for `check` `DescribeTable` and `DescribeTimeToLive`; for
//! `init` also `CreateTable`, `UpdateTimeToLive` and `UpdateContinuousBackups`.
//!
//! # Services other than AWS
//! `endpoint=` names any service that speaks DynamoDB's protocol, transactions included.
//! **ScyllaDB Alternator cannot be used today**: it has conditional single writes, indexes and TTL, but
//! answers `TransactWriteItems` with `UnknownOperationException` (its issue 5064), and every use case here
//! commits several items at once. [`DynamoRecordStore::check`] finds that out and says so. Should
//! Alternator learn transactions, give its address as the endpoint, any word as the region, and let it
//! isolate all writes (`alternator_write_isolation: always_use_lwt`); its TTL lags by the period that it
//! is configured with, which makes no difference here; point-in-time recovery is its operator's matter.
mod action;
mod admin;
mod format;
mod item;
mod location;
mod patience;
mod query;
mod read;
mod transact;
mod trouble;
mod walk;

pub use location::DynamoLocation;

use crate::walk::{RecordWalk, WalkPage};
use async_trait::async_trait;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::config::timeout::TimeoutConfig;
use aws_sdk_dynamodb::config::{BehaviorVersion, Builder, Region};
use homeroom_core::ports::record_store::{
    Key, Page, Query, Record, RecordStore, StoreError, TransactError, Write, check_get, check_query,
    check_writes,
};
use homeroom_core::ports::{Clock, Ids};
use std::sync::Arc;

/// The record store on DynamoDB.
pub struct DynamoRecordStore {
    client: Client,
    location: DynamoLocation,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn Ids>,
}

impl DynamoRecordStore {
    /// Makes a store and sees that its table is there and was not written by a later version of the program.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the table, the service or the credentials are missing, refused or
    /// not to be reached, with what to do about it.
    pub async fn connect(
        location: DynamoLocation,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn Ids>,
    ) -> Result<Self, StoreError> {
        let store = Self::open(location, clock, ids).await;
        format::require(&store).await?;
        Ok(store)
    }

    /// Makes a store without asking the service anything: whether the table is there and usable shows
    /// at the first request, or in [`Self::check`].
    ///
    /// `clock` decides what has expired; `ids` gives the tokens by which a repeated transaction is
    /// recognised, and the length of pauses.
    pub async fn open(location: DynamoLocation, clock: Arc<dyn Clock>, ids: Arc<dyn Ids>) -> Self {
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(location.connect_timeout)
            .operation_attempt_timeout(location.attempt_timeout)
            .build();
        let mut loader = aws_config::defaults(BehaviorVersion::latest())
            .region(Region::new(location.region.clone()))
            .timeout_config(timeouts);
        if let Some(credentials) = &location.credentials {
            loader = loader.credentials_provider(credentials.clone());
        }
        let mut config = Builder::from(&loader.load().await).retry_config(RetryConfig::disabled());
        if let Some(endpoint) = &location.endpoint {
            config = config.endpoint_url(endpoint);
        }
        Self {
            client: Client::from_conf(config.build()),
            location,
            clock,
            ids,
        }
    }

    fn now_ms(&self) -> i64 {
        self.clock.now().as_millisecond()
    }
}

#[async_trait]
impl RecordStore for DynamoRecordStore {
    async fn get(&self, keys: &[Key]) -> Result<Vec<Option<Record>>, StoreError> {
        check_get(keys)?;
        read::get(self, keys).await
    }

    async fn query(&self, query: &Query) -> Result<Page, StoreError> {
        check_query(query)?;
        query::page(self, query).await
    }

    async fn transact(&self, writes: Vec<Write>) -> Result<(), TransactError> {
        check_writes(&writes)?;
        transact::transact(self, &writes).await
    }

    /// The engine does so by itself.
    async fn remove_expired(&self, _limit: u32) -> Result<u32, StoreError> {
        Ok(0)
    }

    /// Reads the whole table and compares every item with its checksum.
    async fn examine(&self) -> Result<Vec<String>, StoreError> {
        walk::examine(self).await
    }
}

#[async_trait]
impl RecordWalk for DynamoRecordStore {
    async fn walk(&self, after: Option<String>, limit: u32) -> Result<WalkPage, StoreError> {
        walk::page(self, after, limit).await
    }

    async fn restore(&self, records: Vec<Record>) -> Result<(), StoreError> {
        walk::restore(self, records).await
    }
}
