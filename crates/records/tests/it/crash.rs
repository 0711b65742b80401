//! kill -9 while writing: every acknowledged transaction is there afterwards, each one whole.
use crate::{child_directory, child_process};
use homeroom_core::ports::RecordStore;
use homeroom_core::ports::record_store::{
    Condition, Direction, Index, IndexKey, Key, Query, Record, SortRange, Source, Write,
};
use homeroom_records::SqliteRecordStore;
use homeroom_testkit::StepClock;
use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Write as _};
use std::path::Path;
use std::sync::Arc;

/// How many stores are filled, and how often each is killed.
const STORES: usize = 6;
const KILLS: usize = 10;
const TASKS: usize = 8;

fn open(directory: &Path) -> Arc<SqliteRecordStore> {
    let clock = Arc::new(StepClock::school_morning());
    Arc::new(SqliteRecordStore::open(&directory.join("records.db"), clock).unwrap())
}

fn partition(task: usize) -> String {
    format!("task {task}")
}

/// One transaction: two records, one of them listed, and a counter of the transactions.
fn step_writes(task: usize, step: usize) -> Vec<Write> {
    let sort = format!("step {step:08}");
    let entry = IndexKey {
        index: Index::Owner,
        partition: partition(task),
        sort: sort.clone(),
    };
    let left = Record {
        index_keys: vec![entry],
        ..Record::new(Key::new(partition(task), format!("left {sort}")), vec![b'l'; 200])
    };
    let right = Record::new(
        Key::new(partition(task), format!("right {sort}")),
        vec![b'r'; 3_000],
    );
    let count = Write::Add {
        key: Key::new(partition(task), "count"),
        delta: 1,
        min: 0,
        max: i64::MAX,
        expires_at: None,
    };
    vec![
        Write::Put(left, Condition::Absent),
        Write::Put(right, Condition::Absent),
        count,
    ]
}

/// Writes until it is killed and says of each transaction when it was acknowledged. Run by
/// [`no_kill_loses_what_was_acknowledged`] in a process of its own; without one it has nothing to do.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn child_that_is_killed() {
    let Some(directory) = child_directory() else {
        return;
    };
    let store = open(&directory);
    let tasks: Vec<_> = (0..TASKS)
        .map(|task| tokio::spawn(write_for_ever(store.clone(), task)))
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
}

async fn write_for_ever(store: Arc<SqliteRecordStore>, task: usize) {
    let counter = store
        .get(&[Key::new(partition(task), "count")])
        .await
        .unwrap()
        .remove(0);
    let mut step = counter.map_or(0, |record| usize::try_from(record.count).unwrap());
    loop {
        store.transact(step_writes(task, step)).await.unwrap();
        let mut out = std::io::stdout().lock();
        // Nobody reads any more once the parent is done.
        if writeln!(out, "\nacknowledged {task} {step}")
            .and_then(|()| out.flush())
            .is_err()
        {
            return;
        }
        step += 1;
    }
}

#[tokio::test]
async fn no_kill_loses_what_was_acknowledged() {
    let mut random = 0x5EED_u64;
    let mut transactions = 0;
    for _ in 0..STORES {
        let directory = tempfile::tempdir().unwrap();
        let mut acknowledged = BTreeSet::new();
        for _ in 0..KILLS {
            random = random
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            let kill_after = usize::try_from(random >> 33).unwrap() % 100;
            acknowledged.extend(write_and_kill(directory.path(), kill_after));
            examine(directory.path(), &acknowledged).await;
        }
        transactions += acknowledged.len();
    }
    assert!(transactions > STORES * KILLS * 10, "{transactions} transactions");
}

/// Runs the child until it has acknowledged so many transactions; 0 kills it while it starts.
fn write_and_kill(directory: &Path, kill_after: usize) -> Vec<(usize, usize)> {
    let mut child = child_process("crash::child_that_is_killed", directory)
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut acknowledged = Vec::new();
    if kill_after == 0 {
        child.kill().unwrap();
    }
    for line in lines.map_while(Result::ok) {
        // A line that the kill cut short has no second number.
        let mut words = line.strip_prefix("acknowledged ").unwrap_or_default().split(' ');
        if let (Some(Ok(task)), Some(Ok(step))) = (words.next().map(str::parse), words.next().map(str::parse))
        {
            acknowledged.push((task, step));
            if acknowledged.len() == kill_after {
                child.kill().unwrap();
            }
        }
    }
    child.wait().unwrap();
    acknowledged
}

async fn examine(directory: &Path, acknowledged: &BTreeSet<(usize, usize)>) {
    let store = open(directory);
    for task in 0..TASKS {
        let left = sorts(&*store, Source::Table, task, "left ").await;
        let right = sorts(&*store, Source::Table, task, "right ").await;
        let listed = sorts(&*store, Source::Index(Index::Owner), task, "step ").await;
        let counter = store
            .get(&[Key::new(partition(task), "count")])
            .await
            .unwrap()
            .remove(0);
        let count = counter.map_or(0, |record| usize::try_from(record.count).unwrap());
        assert_eq!(
            (left.len(), right.len(), listed.len()),
            (count, count, count),
            "all or none"
        );
        let last = acknowledged.range((task, 0)..(task + 1, 0)).next_back();
        let expected = last.map_or(0, |(_, step)| step + 1);
        assert!(
            count >= expected,
            "task {task}: {expected} acknowledged, {count} found"
        );
        let names: Vec<String> = (0..count).map(|step| format!("left step {step:08}")).collect();
        assert_eq!(left, names);
    }
    assert_eq!(store.examine().await.unwrap(), Vec::<String>::new());
}

async fn sorts(store: &dyn RecordStore, source: Source, task: usize, prefix: &str) -> Vec<String> {
    let mut query = Query {
        source,
        partition: partition(task),
        range: SortRange::Prefix(prefix.into()),
        direction: Direction::Ascending,
        limit: 1_000,
        cursor: None,
    };
    let mut sorts = Vec::new();
    loop {
        let page = store.query(&query).await.unwrap();
        sorts.extend(page.records.into_iter().map(|record| record.key.sort));
        query.cursor = page.next;
        if query.cursor.is_none() {
            return sorts;
        }
    }
}
