//! What a store says when its server is cut off, killed, stopped, frozen, newer, or asks for TLS.
use crate::postgres_proxy::Proxy;
use homeroom_core::ports::RecordStore;
use homeroom_core::ports::record_store::{Condition, Key, Record, StoreError, TransactError, Write};
use homeroom_records::{PostgresOptions, PostgresRecordStore};
use homeroom_testkit::StepClock;
use homeroom_testkit::servers::postgres::{self, Postgres};
use std::sync::Arc;
use std::time::{Duration, Instant};

async fn connect(url: &str) -> Result<PostgresRecordStore, StoreError> {
    let clock = Arc::new(StepClock::school_morning());
    PostgresRecordStore::connect(url, PostgresOptions::default(), clock).await
}

fn key(number: usize) -> Key {
    Key::new("faults", format!("{number:06}"))
}

/// Two records and a counter of the transactions.
fn step(number: usize) -> Vec<Write> {
    let twin = Key::new("twins", format!("{number:06}"));
    vec![
        Write::Put(Record::new(key(number), vec![1; 300]), Condition::Absent),
        Write::Put(Record::new(twin, vec![2; 300]), Condition::Absent),
        count(),
    ]
}

fn count() -> Write {
    Write::Add {
        key: Key::new("faults", "count"),
        delta: 1,
        min: 0,
        max: i64::MAX,
        expires_at: None,
    }
}

async fn counted(store: &PostgresRecordStore) -> i64 {
    let found = store.get(&[Key::new("faults", "count")]).await.unwrap().remove(0);
    found.map_or(0, |record| record.count)
}

async fn holds(store: &PostgresRecordStore, number: usize) -> bool {
    let twin = Key::new("twins", format!("{number:06}"));
    let found = store.get(&[key(number), twin]).await.unwrap();
    assert_eq!(found[0].is_some(), found[1].is_some(), "all or none");
    found[0].is_some()
}

/// Tries until the server answers again.
async fn wait_for(store: &PostgresRecordStore) {
    let begun = Instant::now();
    while store.get(&[key(0)]).await.is_err() {
        assert!(begun.elapsed() < Duration::from_secs(30), "the store comes back");
        tokio::task::yield_now().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_cut_anywhere_in_a_commit_never_makes_a_lie() {
    let Some(server) = postgres::shared() else {
        return;
    };
    let proxy = Proxy::to(server.port()).await;
    let store = connect(&proxy.of(&server.database(), server.port()))
        .await
        .unwrap();
    store.transact(step(0)).await.unwrap();
    let before = proxy.sent();
    store.transact(step(1)).await.unwrap();
    let length = proxy.sent() - before;
    let (mut number, mut applied, mut unknown) = (2, 2, 0);
    for offset in (0..length + 40).step_by(23) {
        // A connection that is ready, so that the cut meets the transaction.
        store.transact(step(number)).await.unwrap();
        applied += 1;
        proxy.break_after_sending(offset);
        let outcome = store.transact(step(number + 1)).await;
        proxy.mend();
        wait_for(&store).await;
        let there = holds(&store, number + 1).await;
        match outcome {
            Ok(()) => assert!(there, "acknowledged at {offset} and lost"),
            Err(TransactError::Store(StoreError::Unavailable(_))) => assert!(!there, "denied at {offset}"),
            Err(TransactError::Store(StoreError::OutcomeUnknown(_))) => unknown += 1,
            other => panic!("{other:?} at {offset}"),
        }
        applied += i64::from(there);
        number += 2;
    }
    assert!(unknown > 20, "{unknown} cuts met a transaction of {length} bytes");
    assert_eq!(
        counted(&store).await,
        applied,
        "each was counted once or not at all"
    );

    for _ in 0..10 {
        store.transact(step(number)).await.unwrap();
        proxy.break_on_answers();
        let outcome = store.transact(step(number + 1)).await;
        proxy.mend();
        wait_for(&store).await;
        let unknown = matches!(outcome, Err(TransactError::Store(StoreError::OutcomeUnknown(_))));
        assert!(unknown, "{outcome:?}");
        assert!(holds(&store, number + 1).await, "the server had committed");
        number += 2;
    }
    assert_eq!(store.examine().await.unwrap(), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sixty_four_clients_share_one_counter() {
    let Some(server) = postgres::shared() else {
        return;
    };
    let store = Arc::new(connect(&server.database()).await.unwrap());
    let clients: Vec<_> = (0..64)
        .map(|client| {
            let store = store.clone();
            tokio::spawn(async move {
                for round in 0..20 {
                    store.transact(step(client * 1_000 + round)).await.unwrap();
                }
            })
        })
        .collect();
    for client in clients {
        client.await.unwrap();
    }
    assert_eq!(counted(&store).await, 64 * 20);
}

/// Refused, in less than a second and a bit.
async fn assert_unavailable(store: &PostgresRecordStore, what: &str) {
    let begun = Instant::now();
    let read = store.get(&[key(1)]).await;
    assert!(
        matches!(read, Err(StoreError::Unavailable(_))),
        "{what}: {read:?}"
    );
    let took = begun.elapsed();
    assert!(
        took < Duration::from_millis(1_500),
        "{what}: a read took {took:?}"
    );
    let begun = Instant::now();
    let write = store.transact(vec![count()]).await;
    let refused = matches!(
        write,
        Err(TransactError::Store(
            StoreError::Unavailable(_) | StoreError::OutcomeUnknown(_)
        ))
    );
    assert!(refused, "{what}: {write:?}");
    let took = begun.elapsed();
    assert!(
        took < Duration::from_millis(1_500),
        "{what}: a write took {took:?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_ends_or_freezes_is_unavailable_and_then_back() {
    let Some(server) = Postgres::start(&[]) else {
        return;
    };
    let store = connect(&server.database()).await.unwrap();
    for number in 0..5 {
        store.transact(step(number)).await.unwrap();
    }
    for mode in ["fast", "immediate"] {
        server.stop(mode);
        assert_unavailable(&store, mode).await;
        server.start_again();
        wait_for(&store).await;
        assert_eq!(counted(&store).await, 5, "after {mode}");
        assert!(holds(&store, 4).await);
    }
    server.signal("STOP");
    assert_unavailable(&store, "frozen").await;
    server.signal("CONT");
    wait_for(&store).await;
    let count = counted(&store).await;
    assert!((5..=6).contains(&count), "{count}");
    store.transact(step(9)).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_newer_schema_is_refused_by_both_numbers() {
    let Some(server) = postgres::shared() else {
        return;
    };
    let url = server.database();
    assert_eq!(
        PostgresRecordStore::check(&url).await[0].problem,
        "there are no tables in the schema homeroom"
    );
    assert_eq!(PostgresRecordStore::init(&url).await, Ok(1));
    assert_eq!(
        PostgresRecordStore::init(&url).await,
        Ok(1),
        "again changes nothing"
    );
    assert_eq!(PostgresRecordStore::check(&url).await, []);
    connect(&url).await.unwrap();
    let database = url.rsplit('/').next().unwrap();
    server.execute(
        database,
        "INSERT INTO homeroom.schema_version (version) VALUES (41)",
    );
    for refusal in [
        connect(&url).await.err().unwrap().to_string(),
        PostgresRecordStore::check(&url).await[0].to_string(),
        PostgresRecordStore::init(&url).await.unwrap_err().to_string(),
    ] {
        assert!(
            refusal.contains("version 41") && refusal.contains("version 1"),
            "{refusal}"
        );
    }
    // Two schools in one database do not meet.
    let other = connect(&format!("{url}?schema=other_school")).await.unwrap();
    other.transact(step(1)).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_wrong_is_said_in_plain_words() {
    let Some(server) = postgres::shared() else {
        return;
    };
    let url = server.database();
    let database = url.rsplit('/').next().unwrap();
    let (base, port) = (url.strip_suffix(database).unwrap(), server.port());
    let said = async |url: &str| {
        let found = PostgresRecordStore::check(url).await;
        found
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join("\n")
    };
    assert!(
        said(&format!("{base}no_such_database"))
            .await
            .contains("CREATE DATABASE")
    );
    let nowhere = format!(
        "postgres://postgres@127.0.0.1:{}/x",
        homeroom_testkit::servers::free_port()
    );
    assert!(said(&nowhere).await.contains("cannot be reached"));
    assert!(
        connect(&nowhere)
            .await
            .err()
            .unwrap()
            .to_string()
            .contains("is the server running")
    );
    server.execute(database, &format!("CREATE ROLE pupil_{port} LOGIN"));
    let pupil = url.replacen("postgres@", &format!("pupil_{port}@"), 1);
    assert!(said(&pupil).await.contains("this user may not create tables"));
    let refused = PostgresRecordStore::init(&pupil).await.unwrap_err();
    assert!(refused.remedy.contains("GRANT CREATE"), "{refused}");
    server.execute(database, &format!("DROP ROLE pupil_{port}"));
    server.execute(
        database,
        &format!("ALTER DATABASE {database} SET default_transaction_read_only = on"),
    );
    assert!(said(&url).await.contains("read-only"));
    assert!(
        PostgresRecordStore::init(&url)
            .await
            .unwrap_err()
            .remedy
            .contains("read_only")
    );
}

#[tokio::test]
async fn a_changed_number_or_body_is_reported_by_every_use() {
    let Some(server) = postgres::shared() else {
        return;
    };
    let url = server.database();
    let database = url.rsplit('/').next().unwrap();
    let store = connect(&url).await.unwrap();
    for change in [
        "version = version + 1",
        "count = 7",
        "expires_at = 4000000000000",
        "body = 'x'",
        "owner_partition = 'x', owner_sort = 'x'",
        "tie = tie + 1",
    ] {
        store
            .transact(vec![Write::Put(Record::new(key(1), vec![1; 99]), Condition::Any)])
            .await
            .unwrap();
        let sql = format!("UPDATE homeroom.records SET {change} WHERE convert_from(sort, 'UTF8') = '000001'");
        server.execute(database, &sql);
        let read = store.get(&[key(1)]).await;
        assert!(matches!(read, Err(StoreError::Damaged(_))), "{change}: {read:?}");
        let findings = store.examine().await.unwrap();
        assert!(
            findings.iter().any(|line| line.contains("faults/000001")),
            "{change}: {findings:?}"
        );
        if change.starts_with("version") || change.starts_with("count") || change.starts_with("expires") {
            let check = store
                .transact(vec![Write::Check(key(1), Condition::Present)])
                .await;
            assert!(
                matches!(check, Err(TransactError::Store(StoreError::Damaged(_)))),
                "{change}: {check:?}"
            );
        }
        server.execute(database, "DELETE FROM homeroom.records");
    }
}
