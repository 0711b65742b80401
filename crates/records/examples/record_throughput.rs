//! Measures a record store: durable writes and reads, alone and with many tasks.
//!
//! `cargo run --release -p homeroom-records --example record_throughput [DIRECTORY | URL]`: a directory
//! (default: the system's temporary one) decides which disk SQLite is measured on; a `postgres://` URL
//! names an empty database.
use homeroom_core::ports::RecordStore;
use homeroom_core::ports::record_store::{
    Condition, Direction, Index, IndexKey, Key, Query, Record, SortRange, Source, Write,
};
use homeroom_records::{PostgresOptions, PostgresRecordStore, SqliteRecordStore};
use homeroom_sqlite::{Database, Error, rusqlite::Connection};
use homeroom_testkit::StepClock;
use std::future::Future;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

const SECONDS: u64 = 3;

#[tokio::main]
async fn main() {
    let place = std::env::args().nth(1);
    let clock = Arc::new(StepClock::school_morning());
    if let Some(url) = place.as_deref().filter(|place| place.contains("://")) {
        let store = PostgresRecordStore::connect(url, PostgresOptions::default(), clock).await;
        measure_store(Arc::new(store.expect("the store opens"))).await;
        return;
    }
    let parent = place.map_or_else(std::env::temp_dir, PathBuf::from);
    let directory = tempfile::tempdir_in(parent).expect("the directory can be written");
    let path = directory.path().join("records.db");
    let store = SqliteRecordStore::open(&path, clock).expect("the store opens");
    measure_store(Arc::new(store)).await;
    measure_read_paths(&path).await;
}

async fn measure_store(store: Arc<dyn RecordStore>) {
    for (users, tasks) in [(1_000, 1), (1_000, 16), (1_000, 64), (1_000, 256), (1, 64)] {
        let store = store.clone();
        let what = if users == 1 {
            "begin upload, one user"
        } else {
            "begin upload"
        };
        let work = move |task, step| begin_upload(store.clone(), users, tasks, task, step);
        measure(what, tasks, work).await;
    }
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

async fn put(store: Arc<dyn RecordStore>, record: Record) {
    store
        .transact(vec![Write::Put(record, Condition::Absent)])
        .await
        .expect("the put succeeds");
}

/// What the use case writes: the user's reserved bytes, the upload with two places, the idempotency
/// key, and the user's right to do it.
async fn begin_upload(store: Arc<dyn RecordStore>, users: usize, tasks: usize, task: usize, step: usize) {
    let user = format!("user {:04}", (task * 7_919 + step * 31) % users);
    let id = format!("{users}.{tasks}.{}", name(task, step));
    let entry = |index, partition: &str| IndexKey {
        index,
        partition: partition.into(),
        sort: id.clone(),
    };
    let upload = Record {
        index_keys: vec![entry(Index::Owner, &user), entry(Index::Due, "sweep")],
        ..Record::new(Key::new(format!("upload {id}"), "upload"), vec![b'u'; 500])
    };
    let remembered = Record::new(
        Key::new(format!("idempotency {user}"), id.clone()),
        vec![b'i'; 120],
    );
    let reserve = Write::Add {
        key: Key::new(user.clone(), "usage"),
        delta: 1_000,
        min: 0,
        max: i64::MAX,
        expires_at: None,
    };
    let writes = vec![
        reserve,
        Write::Put(upload, Condition::Absent),
        Write::Put(remembered, Condition::Absent),
        Write::Check(Key::new(user, "suspended"), Condition::Absent),
    ];
    store.transact(writes).await.expect("the upload begins");
}

async fn add(store: Arc<dyn RecordStore>) {
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

async fn get(store: Arc<dyn RecordStore>, key: Key) {
    store.get(&[key]).await.expect("the store answers");
}

async fn query(store: Arc<dyn RecordStore>, step: usize) {
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
