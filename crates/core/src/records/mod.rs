//! Typed items over the [`RecordStore`](crate::ports::RecordStore): keys, indexes and stored
//! formats, one file per entity. Stored bodies are JSON with a format number `v`; a reader knows
//! every format that was ever written.
pub mod attempts;
pub mod calendar_feeds;
pub mod classes;
pub mod events;
pub mod function_entries;
pub mod idempotency;
pub mod jobs;
pub mod lessons;
pub mod marks;
pub mod materials;
pub mod pages;
pub mod rates;
pub mod ratings;
pub mod receipts;
pub mod sessions;
pub mod setup;
pub mod subjects;
pub mod submissions;
pub mod unanswered;
pub mod uploads;
pub mod usage;
pub mod users;

use crate::ports::record_store::{
    Condition, Cursor, Direction, Index, IndexKey, Key, Page, Query, Record, RecordStore, SortRange, Source,
    StoreError,
};
use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::sync::Arc;

/// An entity as it was read, with the version that a conditional write must name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored<T> {
    /// The entity.
    pub value: T,
    /// The record's version.
    pub version: u64,
}

/// One page of a listing of entities.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listing<T> {
    /// In the listing's order.
    pub items: Vec<T>,
    /// Where to go on.
    pub next: Option<Cursor>,
}

/// Everything in a listing, its pages read one after the other.
///
/// # Errors
/// When a page cannot be read.
pub async fn every<T, F>(page: impl Fn(Option<Cursor>) -> F) -> Result<Vec<T>, StoreError>
where
    F: Future<Output = Result<Listing<T>, StoreError>>,
{
    let mut all = Vec::new();
    let mut cursor = None;
    loop {
        let listing = page(cursor).await?;
        all.extend(listing.items);
        cursor = listing.next;
        if cursor.is_none() {
            return Ok(all);
        }
    }
}

impl Page {
    /// The entities of its records.
    fn listing<T>(self, read: impl Fn(&Record) -> Result<T, StoreError>) -> Result<Listing<T>, StoreError> {
        let items = self.records.iter().map(read).collect::<Result<_, _>>()?;
        Ok(Listing {
            items,
            next: self.next,
        })
    }
}

/// The typed view of a record store.
#[derive(Clone)]
pub struct Records(Arc<dyn RecordStore>);

impl Records {
    /// Wraps a store.
    pub fn new(store: Arc<dyn RecordStore>) -> Self {
        Self(store)
    }

    /// The store itself, for transactions.
    pub fn store(&self) -> &dyn RecordStore {
        &*self.0
    }

    async fn one(&self, key: Key) -> Result<Option<Record>, StoreError> {
        Ok(self.0.get(&[key]).await?.pop().flatten())
    }

    /// What has been due in a partition of the index of due times since before `now`, earliest first.
    async fn due(&self, partition: &str, now: Timestamp, limit: u32) -> Result<Vec<Record>, StoreError> {
        let range = SortRange::Between {
            from: None,
            before: Some(time_sort(now)),
        };
        let source = Source::Index(Index::Due);
        let page = self
            .page(source, partition.into(), range, Direction::Ascending, limit, None)
            .await?;
        Ok(page.records)
    }

    async fn page(
        &self,
        source: Source,
        partition: String,
        range: SortRange,
        direction: Direction,
        limit: u32,
        cursor: Option<Cursor>,
    ) -> Result<Page, StoreError> {
        self.0
            .query(&Query {
                source,
                partition,
                range,
                direction,
                limit,
                cursor,
            })
            .await
    }
}

/// The condition that a record is still in the version in which it was read, or still not there: version 0.
const fn unchanged(version: u64) -> Condition {
    match version {
        0 => Condition::Absent,
        version => Condition::Version(version),
    }
}

/// Decodes a record's body.
fn decode<T: DeserializeOwned>(record: &Record) -> Result<T, StoreError> {
    serde_json::from_slice(&record.body)
        .map_err(|error| StoreError::Damaged(format!("record {:?}: {error}", record.key)))
}

/// Encodes a body; stored types hold only what JSON can say.
fn encode<T: Serialize>(stored: &T) -> Vec<u8> {
    serde_json::to_vec(stored).expect("stored types have string keys and finite numbers")
}

/// A domain value cannot be made from what is stored.
fn damaged<E: std::fmt::Display>(what: &str) -> impl FnOnce(E) -> StoreError + '_ {
    move |error| StoreError::Damaged(format!("{what}: {error}"))
}

fn index_key(index: Index, partition: impl Into<String>, sort: impl Into<String>) -> IndexKey {
    IndexKey {
        index,
        partition: partition.into(),
        sort: sort.into(),
    }
}

/// An instant as a sort key: milliseconds since 1970 in 15 digits, so that bytes order as time.
pub fn time_sort(at: Timestamp) -> String {
    format!("{:015}", at.as_millisecond().max(0))
}
