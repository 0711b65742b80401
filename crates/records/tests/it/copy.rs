//! Copies between engines: identical, resumable, and honest about a source that was written to.
use async_trait::async_trait;
use homeroom_core::ports::RecordStore;
use homeroom_core::ports::record_store::{
    Condition, Index, IndexKey, Key, Page, Query, Record, StoreError, TransactError, Write,
};
use homeroom_records::copy::{CopyError, copy_records, tally};
use homeroom_records::{PostgresOptions, PostgresRecordStore, RecordWalk, SqliteRecordStore, WalkPage};
use homeroom_testkit::StepClock;
use homeroom_testkit::servers::postgres;
use jiff::{SignedDuration, Timestamp};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

const RECORDS: usize = 10_000;
const INTERRUPTIONS: u64 = 20;

fn sqlite(directory: &Path, name: &str) -> SqliteRecordStore {
    let clock = Arc::new(StepClock::school_morning());
    SqliteRecordStore::open(&directory.join(name), clock).unwrap()
}

async fn postgres_store(url: &str) -> PostgresRecordStore {
    let clock = Arc::new(StepClock::school_morning());
    PostgresRecordStore::connect(url, PostgresOptions::default(), clock)
        .await
        .unwrap()
}

/// Records of every kind: with and without index keys, expiry, counters, old versions, empty bodies.
fn record(number: usize) -> Record {
    let entry = |index| IndexKey {
        index,
        partition: format!("list {}", number % 3),
        sort: format!("{:05}", RECORDS - number),
    };
    let morning = Timestamp::constant(1_772_438_400, 0);
    Record {
        index_keys: Index::ALL.into_iter().take(number % 4).map(entry).rev().collect(),
        body: number.to_string().repeat(number % 97).into_bytes(),
        count: i64::try_from(number).unwrap() - 500,
        version: 1 + number as u64 % 7,
        expires_at: number
            .is_multiple_of(5)
            .then(|| morning + SignedDuration::from_hours(24)),
        ..Record::new(
            Key::new(format!("partition {}", number % 11), format!("é{number:05}")),
            vec![],
        )
    }
}

async fn filled(store: &SqliteRecordStore) {
    store.restore((0..RECORDS).map(record).collect()).await.unwrap();
}

/// Everything in a store, with index keys in one order.
async fn contents(store: &dyn RecordWalk) -> Vec<Record> {
    let (mut all, mut position) = (Vec::new(), None);
    loop {
        let page = store.walk(position, 777).await.unwrap();
        all.extend(page.records);
        position = page.next;
        if position.is_none() {
            break;
        }
    }
    for record in &mut all {
        record.index_keys.sort_by_key(|entry| entry.index);
    }
    all.sort_by(|one, other| one.key.cmp(&other.key));
    all
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_school_comes_back_identical_from_postgres() {
    let Some(server) = postgres::shared() else {
        return;
    };
    let directory = tempfile::tempdir().unwrap();
    let home = sqlite(directory.path(), "home.db");
    filled(&home).await;
    let abroad = postgres_store(&server.database()).await;
    let back = sqlite(directory.path(), "back.db");

    let there = copy_records(&home, &abroad, |_| {}).await.unwrap();
    let returned = copy_records(&abroad, &back, |_| {}).await.unwrap();
    assert_eq!((there.source.records, there.resumed), (RECORDS as u64, false));
    assert_eq!(there.source, returned.target);
    let original = contents(&home).await;
    assert_eq!(original.len(), RECORDS);
    assert!(contents(&abroad).await == original, "postgres has the same");
    assert!(contents(&back).await == original, "so has the copy of the copy");
    assert_eq!(abroad.examine().await.unwrap(), Vec::<String>::new());
    assert_eq!(back.examine().await.unwrap(), Vec::<String>::new());
    // Versions were preserved: conditions that name them go on to hold.
    let known = record(13);
    let put = Write::Put(known.clone(), Condition::Version(known.version));
    abroad.transact(vec![put]).await.unwrap();
}

/// A store that fails at its n-th restored page.
struct Failing<'a> {
    store: &'a PostgresRecordStore,
    pages_left: AtomicI64,
    pages: AtomicU64,
}

#[async_trait]
impl RecordWalk for Failing<'static> {
    async fn walk(&self, after: Option<String>, limit: u32) -> Result<WalkPage, StoreError> {
        self.store.walk(after, limit).await
    }

    async fn restore(&self, records: Vec<Record>) -> Result<(), StoreError> {
        if self.pages_left.fetch_sub(1, Ordering::SeqCst) <= 0 {
            // Half of a page arrived before the line broke.
            let half = records.len() / 2;
            self.store
                .restore(records.into_iter().take(half).collect())
                .await?;
            return Err(StoreError::OutcomeUnknown("interrupted".into()));
        }
        self.pages.fetch_add(1, Ordering::SeqCst);
        self.store.restore(records).await
    }
}

#[async_trait]
impl RecordStore for Failing<'static> {
    async fn get(&self, keys: &[Key]) -> Result<Vec<Option<Record>>, StoreError> {
        self.store.get(keys).await
    }

    async fn query(&self, query: &Query) -> Result<Page, StoreError> {
        self.store.query(query).await
    }

    async fn transact(&self, writes: Vec<Write>) -> Result<(), TransactError> {
        self.store.transact(writes).await
    }

    async fn remove_expired(&self, limit: u32) -> Result<u32, StoreError> {
        self.store.remove_expired(limit).await
    }

    async fn examine(&self) -> Result<Vec<String>, StoreError> {
        self.store.examine().await
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_interrupted_copy_goes_on_and_ends_identical() {
    let Some(server) = postgres::shared() else {
        return;
    };
    let directory = tempfile::tempdir().unwrap();
    let home = sqlite(directory.path(), "home.db");
    filled(&home).await;
    let abroad = Box::leak(Box::new(postgres_store(&server.database()).await));
    let mut pages = 0;
    for _ in 0..INTERRUPTIONS {
        let failing = Failing {
            store: abroad,
            pages_left: AtomicI64::new(1),
            pages: AtomicU64::new(0),
        };
        let outcome = copy_records(&home, &failing, |_| {}).await;
        pages += failing.pages.load(Ordering::SeqCst);
        match outcome {
            Err(CopyError::Target(_)) => {}
            Ok(_) => break,
            Err(other) => panic!("{other}"),
        }
    }
    let copied = copy_records(&home, &*abroad, |_| {}).await.unwrap();
    assert!(copied.resumed && copied.source.records == RECORDS as u64);
    assert!(pages >= 19, "each attempt went on: {pages} pages before the last");
    assert!(contents(abroad).await == contents(&home).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_source_that_is_written_to_is_noticed() {
    let directory = tempfile::tempdir().unwrap();
    let (home, abroad) = (
        sqlite(directory.path(), "home.db"),
        sqlite(directory.path(), "abroad.db"),
    );
    filled(&home).await;
    let mut pages = 0;
    let (sender, mut receiver) = tokio::sync::mpsc::unbounded_channel();
    let copying = copy_records(&home, &abroad, |_| {
        pages += 1;
        let _ = sender.send(pages);
    });
    let writing = async {
        // The first page has been read; this changes what was on it.
        receiver.recv().await.unwrap();
        let first = contents(&home).await.remove(0);
        home.transact(vec![Write::Put(first, Condition::Present)])
            .await
            .unwrap();
    };
    let (outcome, ()) = tokio::join!(copying, writing);
    let Err(CopyError::Differs(copied)) = outcome else {
        panic!("the difference is found, not {outcome:?}");
    };
    assert_eq!(copied.source.records, copied.target.records);
    assert_ne!(copied.source.hash, copied.target.hash);
}

#[tokio::test]
async fn a_target_with_a_school_of_its_own_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let (home, abroad) = (
        sqlite(directory.path(), "home.db"),
        sqlite(directory.path(), "abroad.db"),
    );
    home.restore(vec![record(1)]).await.unwrap();
    abroad.restore(vec![record(2)]).await.unwrap();
    let outcome = copy_records(&home, &abroad, |_| {}).await;
    assert!(matches!(outcome, Err(CopyError::TargetNotEmpty)), "{outcome:?}");
    assert_eq!(tally(&abroad).await.unwrap().records, 1);
}
