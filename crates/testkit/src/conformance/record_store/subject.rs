//! What a backend lends to the suite, and the words in which the cases are written.
use crate::StepClock;
use async_trait::async_trait;
use homeroom_core::ports::record_store::{
    Condition, Direction, Index, IndexKey, Key, Page, Query, Record, RecordStore, SortRange, Source,
    StoreError, TransactError, Write,
};
use std::sync::Arc;
use uuid::Uuid;

pub use crate::memory_record_store::WriteFault;

/// A store under test with what surrounds it.
#[async_trait]
pub trait RecordStoreSubject: Send + Sync + 'static {
    /// The store; after [`Self::reopen`] the new one.
    fn store(&self) -> Arc<dyn RecordStore>;

    /// The clock by which the store's records expire.
    fn clock(&self) -> Arc<StepClock>;

    /// Waits a little for an index that lags and says whether looking again makes sense; `attempt`
    /// counts from 0. The default has no patience: indexes that never lag.
    async fn wait_for_index(&self, attempt: u32) -> bool {
        let _ = attempt;
        false
    }

    /// Whether a failed transaction names every failed write rather than at least one.
    fn names_every_failed_write(&self) -> bool {
        true
    }

    /// Closes the store and opens it again on the same data; `false` where that cannot be done.
    async fn reopen(&mut self) -> bool {
        false
    }

    /// The means to make writes fail, where there are any.
    fn faults(&self) -> Option<&dyn Faults> {
        None
    }
}

/// Makes every write fail in one way until told otherwise.
pub trait Faults: Send + Sync {
    /// Starts to fail writes in this way; `false` when it cannot be brought about here.
    fn start(&self, fault: WriteFault) -> bool;

    /// Lets writes succeed again.
    fn stop(&self);
}

/// Partitions of one case's own, and short forms of what cases do.
#[derive(Clone)]
pub(super) struct Scratch {
    store: Arc<dyn RecordStore>,
    id: Uuid,
}

impl Scratch {
    pub(super) fn new(subject: &dyn RecordStoreSubject) -> Self {
        Self {
            store: subject.store(),
            id: Uuid::new_v4(),
        }
    }

    /// Lets go of the store, so that it can be closed, and keeps the partitions' name.
    pub(super) fn into_id(self) -> Uuid {
        self.id
    }

    /// The same partitions in a store that was reopened.
    pub(super) fn again(subject: &dyn RecordStoreSubject, id: Uuid) -> Self {
        Self {
            store: subject.store(),
            id,
        }
    }

    pub(super) fn store(&self) -> &dyn RecordStore {
        self.store.as_ref()
    }

    /// A partition that no other case uses.
    pub(super) fn partition(&self, name: &str) -> String {
        format!("{name}#{}", self.id)
    }

    /// A key in the main partition.
    pub(super) fn key(&self, sort: &str) -> Key {
        Key::new(self.partition("main"), sort)
    }

    /// A record in the main partition whose body is its sort key.
    pub(super) fn record(&self, sort: &str) -> Record {
        Record::new(self.key(sort), sort.as_bytes().to_vec())
    }

    /// An entry of `index` in the partition `name`.
    pub(super) fn entry(&self, index: Index, name: &str, sort: &str) -> IndexKey {
        IndexKey {
            index,
            partition: self.partition(name),
            sort: sort.into(),
        }
    }

    /// A record that is listed in `index`, partition "listed", under `index_sort`.
    pub(super) fn listed(&self, sort: &str, index: Index, index_sort: &str) -> Record {
        Record {
            index_keys: vec![self.entry(index, "listed", index_sort)],
            ..self.record(sort)
        }
    }

    /// Transacts, trying again as long as another transaction is in the way.
    pub(super) async fn transact(&self, writes: Vec<Write>) -> Result<(), TransactError> {
        loop {
            match self.store.transact(writes.clone()).await {
                Err(TransactError::Conflict) => tokio::task::yield_now().await,
                outcome => return outcome,
            }
        }
    }

    /// Transacts what must succeed.
    pub(super) async fn write(&self, writes: Vec<Write>) {
        self.transact(writes).await.expect("the writes are allowed");
    }

    /// Puts records whose body is their sort key, as many as there are.
    pub(super) async fn fill<'a>(&self, sorts: impl IntoIterator<Item = &'a str>) {
        let writes: Vec<Write> = sorts.into_iter().map(|sort| put(self.record(sort))).collect();
        for chunk in writes.chunks(100) {
            self.write(chunk.to_vec()).await;
        }
    }

    pub(super) async fn get(&self, sort: &str) -> Option<Record> {
        self.get_all(&[sort]).await.remove(0)
    }

    pub(super) async fn get_all(&self, sorts: &[&str]) -> Vec<Option<Record>> {
        let keys: Vec<Key> = sorts.iter().map(|sort| self.key(sort)).collect();
        self.store.get(&keys).await.expect("the keys are allowed")
    }

    /// A query of everything in the main partition, ascending, in one page.
    pub(super) fn query(&self) -> Query {
        Query {
            source: Source::Table,
            partition: self.partition("main"),
            range: SortRange::All,
            direction: Direction::Ascending,
            limit: 1_000,
            cursor: None,
        }
    }

    /// A query of everything in the partition "listed" of `index`.
    pub(super) fn index_query(&self, index: Index) -> Query {
        Query {
            source: Source::Index(index),
            partition: self.partition("listed"),
            ..self.query()
        }
    }

    pub(super) async fn page(&self, query: &Query) -> Page {
        self.store.query(query).await.expect("the query is allowed")
    }

    /// The sort keys of all pages, page by page.
    pub(super) async fn walk(&self, query: &Query) -> Vec<Vec<String>> {
        let mut query = query.clone();
        let mut pages = Vec::new();
        loop {
            let page = self.page(&query).await;
            pages.push(sorts_of(&page));
            assert!(pages.len() < 10_000, "a walk comes to an end");
            match page.next {
                None => return pages,
                next => query.cursor = next,
            }
        }
    }

    /// The sort keys that a query finds in all.
    pub(super) async fn find(&self, query: &Query) -> Vec<String> {
        self.walk(query).await.concat()
    }

    /// Waits until an index query finds exactly these records, by their own sort keys.
    pub(super) async fn expect_listed(
        &self,
        subject: &dyn RecordStoreSubject,
        query: &Query,
        expected: &[&str],
    ) {
        let mut attempt = 0;
        loop {
            let found = self.find(query).await;
            if found == expected {
                return;
            }
            if !subject.wait_for_index(attempt).await {
                assert_eq!(found, expected, "what {:?} lists", query.source);
            }
            attempt += 1;
        }
    }
}

pub(super) fn sorts_of(page: &Page) -> Vec<String> {
    page.records
        .iter()
        .map(|record| record.key.sort.clone())
        .collect()
}

pub(super) fn put(record: Record) -> Write {
    Write::Put(record, Condition::Any)
}

pub(super) fn put_if(record: Record, condition: Condition) -> Write {
    Write::Put(record, condition)
}

pub(super) fn add(key: Key, delta: i64, min: i64, max: i64) -> Write {
    Write::Add {
        key,
        delta,
        min,
        max,
        expires_at: None,
    }
}

/// The transaction failed by its conditions at these places.
pub(super) fn assert_conditions(
    subject: &dyn RecordStoreSubject,
    outcome: &Result<(), TransactError>,
    expected: &[usize],
) {
    let Err(TransactError::Condition(places)) = outcome else {
        panic!("conditions fail at {expected:?}, not {outcome:?}");
    };
    if subject.names_every_failed_write() {
        assert_eq!(places, expected);
    } else {
        assert!(!places.is_empty() && places.is_sorted());
        assert!(
            places.iter().all(|place| expected.contains(place)),
            "{places:?} of {expected:?}"
        );
    }
}

pub(super) fn assert_invalid_write(outcome: &Result<(), TransactError>, why: &str) {
    assert!(
        matches!(outcome, Err(TransactError::Store(StoreError::Invalid(_)))),
        "{why} is invalid, not {outcome:?}"
    );
}

pub(super) fn assert_invalid<T: std::fmt::Debug>(outcome: &Result<T, StoreError>, why: &str) {
    assert!(
        matches!(outcome, Err(StoreError::Invalid(_))),
        "{why} is invalid, not {outcome:?}"
    );
}
