//! No space for the write-ahead log: writes fail and say what became of them, reads go on, and
//! writes succeed when there is space again (HARDENING 54).
use crate::{child_directory, child_process};
use homeroom_core::ports::RecordStore;
use homeroom_core::ports::record_store::{Condition, Key, Record, StoreError, TransactError, Write};
use homeroom_records::SqliteRecordStore;
use homeroom_testkit::StepClock;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use std::sync::Arc;

fn limit_file_size(bytes: Option<u64>) {
    let Rlimit { maximum, .. } = getrlimit(Resource::Fsize);
    setrlimit(
        Resource::Fsize,
        Rlimit {
            current: bytes.or(maximum),
            maximum,
        },
    )
    .unwrap();
}

fn key(number: usize) -> Key {
    Key::new("filling", format!("{number:06}"))
}

fn put(number: usize) -> Vec<Write> {
    let body = number.to_string().repeat(4_000).into_bytes();
    vec![Write::Put(Record::new(key(number), body), Condition::Absent)]
}

async fn holds(store: &SqliteRecordStore, number: usize) -> bool {
    store.get(&[key(number)]).await.unwrap()[0].is_some()
}

/// Run by [`a_full_disk_loses_nothing`] in a process of its own, whose file sizes it limits;
/// without one it has nothing to do.
#[tokio::test]
async fn child_on_a_full_disk() {
    let Some(directory) = child_directory() else {
        return;
    };
    let path = directory.join("records.db");
    let clock = Arc::new(StepClock::school_morning());
    let store = SqliteRecordStore::open(&path, clock.clone()).unwrap();
    limit_file_size(Some(2 * 1024 * 1024));
    let mut number = 0;
    let refusal = loop {
        match store.transact(put(number)).await {
            Ok(()) => number += 1,
            Err(error) => break error,
        }
    };
    assert!(number > 20, "{number} records fitted");
    assert!(
        matches!(
            refusal,
            TransactError::Store(StoreError::Unavailable(_) | StoreError::OutcomeUnknown(_))
        ),
        "{refusal:?}"
    );
    for attempt in number..number + 5 {
        assert!(
            store.transact(put(attempt)).await.is_err(),
            "there still is no space"
        );
        assert!(!holds(&store, attempt).await, "what failed is not shown");
    }
    for earlier in 0..number {
        assert!(holds(&store, earlier).await, "reads go on");
    }
    limit_file_size(None);
    for later in number..number + 10 {
        store.transact(put(later)).await.unwrap();
    }
    drop(store);
    let store = SqliteRecordStore::open(&path, clock).unwrap();
    for any in 0..number + 10 {
        assert!(holds(&store, any).await);
    }
    assert_eq!(store.examine().await.unwrap(), Vec::<String>::new());
    println!("\nthe disk was full and nothing was lost");
}

#[test]
fn a_full_disk_loses_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let output = child_process("full_disk::child_on_a_full_disk", directory.path())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}");
    assert!(
        said.contains("\nthe disk was full and nothing was lost"),
        "{said}"
    );
}
