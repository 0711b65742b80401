//! Measures the SQLite record store: durable writes and reads, alone and with many tasks.
//!
//! `cargo run --release -p homeroom-records --example record_throughput [DIRECTORY]`; the directory
//! (default: the system's temporary one) decides which disk is measured.
use homeroom_core::ports::RecordStore;
use homeroom_core::ports::record_store::{
    Condition, Direction, Index, IndexKey, Key, Query, Record, SortRange, Source, Write,
};
use homeroom_records::SqliteRecordStore;
use homeroom_sqlite::{Database, Error, rusqlite::Connection};
use homeroom_testkit::StepClock;
use std::future::Future;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

const SECONDS: u64 = 3;

#[tokio::main]
async fn main() {
    let parent = std::env::args()
        .nth(1)
        .map_or_else(std::env::temp_dir, PathBuf::from);
    let directory = tempfile::tempdir_in(parent).expect("the directory can be written");
    let path = directory.path().join("records.db");
    measure_store(&path).await;
    measure_read_paths(&path).await;
}

async fn measure_store(path: &Path) {
    let clock = Arc::new(StepClock::school_morning());
    let store = Arc::new(SqliteRecordStore::open(path, clock).expect("the store opens"));
    for tasks in [1, 16, 64, 256] {
        let store = store.clone();
        let work = move |task, step| put(store.clone(), record(tasks, task, step, false));
        measure("put 500 bytes", tasks, work).await;
    }
    let listed = store.clone();
    let work = move |task, step| put(listed.clone(), record(65, task, step, true));
    measure("put 500 bytes, one index", 64, work).await;
    let counted = store.clone();
    let work = move |_, _| add(counted.clone());
    measure("add to one counter", 64, work).await;
    for tasks in [1, 64] {
        let store = store.clone();
        let work = move |task, step: usize| get(store.clone(), Key::new("tasks 64", name(task, step % 500)));
        measure("get one", tasks, work).await;
    }
    let queried = store.clone();
    let work = move |_, step: usize| query(queried.clone(), step);
    measure("query 20 of the index", 64, work).await;
    println!("resident memory: {} KiB", resident_kib());
}

/// The same point read on the caller's thread and on a reading thread.
async fn measure_read_paths(path: &Path) {
    const SELECT: &str = "SELECT length(body) FROM records WHERE partition = ?1 AND sort = ?2";
    let database = Arc::new(Database::open(path, &[""]).expect("the file opens"));
    let read = |connection: &Connection| -> Result<i64, Error> {
        let mut statement = connection.prepare_cached(SELECT)?;
        let key = (b"tasks 64".as_slice(), name(1, 1).into_bytes());
        Ok(statement.query_row(key, |row| row.get(0))?)
    };
    for tasks in [1, 64] {
        let here = database.clone();
        let work = move |_, _| {
            let database = here.clone();
            async move { database.read_briefly(read).await.map(drop).expect("it was put") }
        };
        measure("read on the caller's thread", tasks, work).await;
        let there = database.clone();
        let work = move |_, _| {
            let database = there.clone();
            async move { database.read(read).await.map(drop).expect("it was put") }
        };
        measure("read on a reading thread", tasks, work).await;
    }
}

async fn put(store: Arc<SqliteRecordStore>, record: Record) {
    store
        .transact(vec![Write::Put(record, Condition::Absent)])
        .await
        .expect("the put succeeds");
}

async fn add(store: Arc<SqliteRecordStore>) {
    let key = Key::new("counters", "one");
    let add = Write::Add {
        key,
        delta: 1,
        min: 0,
        max: i64::MAX,
        expires_at: None,
    };
    store.transact(vec![add]).await.expect("the add succeeds");
}

async fn get(store: Arc<SqliteRecordStore>, key: Key) {
    store.get(&[key]).await.expect("the store answers");
}

async fn query(store: Arc<SqliteRecordStore>, step: usize) {
    let query = Query {
        source: Source::Index(Index::Listing),
        partition: "all".into(),
        range: SortRange::Between {
            from: Some(name(step % 64, 0)),
            before: None,
        },
        direction: Direction::Ascending,
        limit: 20,
        cursor: None,
    };
    store.query(&query).await.expect("the store answers");
}

fn name(task: usize, step: usize) -> String {
    format!("{task:03}#{step:08}")
}

fn record(tasks: usize, task: usize, step: usize, listed: bool) -> Record {
    let key = Key::new(format!("tasks {tasks}"), name(task, step));
    let entry = IndexKey {
        index: Index::Listing,
        partition: "all".into(),
        sort: key.sort.clone(),
    };
    Record {
        index_keys: if listed { vec![entry] } else { Vec::new() },
        ..Record::new(key, vec![b'x'; 500])
    }
}

async fn measure<F, W>(what: &str, tasks: usize, work: W)
where
    F: Future<Output = ()> + Send,
    W: Fn(usize, usize) -> F + Clone + Send + 'static,
{
    let until = Instant::now() + Duration::from_secs(SECONDS);
    let running: Vec<_> = (0..tasks)
        .map(|task| {
            let work = work.clone();
            tokio::spawn(async move {
                let mut took = Vec::new();
                while Instant::now() < until {
                    let started = Instant::now();
                    work(task, took.len()).await;
                    took.push(started.elapsed());
                }
                took
            })
        })
        .collect();
    let mut took = Vec::new();
    for task in running {
        took.extend(task.await.expect("the work does not panic"));
    }
    took.sort_unstable();
    let at = |percent: usize| took[(took.len() - 1) * percent / 100];
    println!(
        "{what:28} {tasks:4} tasks  {:8}/s  p50 {:9.1?}  p95 {:9.1?}  p99 {:9.1?}",
        took.len() as u64 / SECONDS,
        at(50),
        at(95),
        at(99),
    );
}

fn resident_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS:"));
    line.and_then(|line| line.split_whitespace().nth(1)?.parse().ok())
        .unwrap_or(0)
}
