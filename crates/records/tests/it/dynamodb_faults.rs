//! What `DynamoRecordStore` does when the service is busy, in the way, away, or refuses.
use super::child_process;
use super::dynamodb_proxy::{Fault, WRITES};
use super::dynamodb_subject::{Subject, conflict, locate, open, throttled};
use homeroom_core::ports::RecordStore;
use homeroom_core::ports::record_store::{
    Condition, Direction, Key, Query, Record, SortRange, Source, StoreError, TransactError, Write,
};
use homeroom_records::{DynamoLocation, DynamoRecordStore, RecordWalk};
use homeroom_testkit::servers::free_port;
use homeroom_testkit::{SeededIds, StepClock};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::net::TcpListener;

const READS: &[&str] = &["GetItem", "BatchGetItem", "Query", "Scan"];

fn key(sort: &str) -> Key {
    Key::new("partition", sort)
}

fn record(sort: &str) -> Record {
    Record::new(key(sort), sort.as_bytes().to_vec())
}

fn put(sort: &str) -> Write {
    Write::Put(record(sort), Condition::Any)
}

fn everything() -> Query {
    Query {
        source: Source::Table,
        partition: "partition".into(),
        range: SortRange::All,
        direction: Direction::Ascending,
        limit: 1_000,
        cursor: None,
    }
}

fn names(requests: &[(String, bytes::Bytes)]) -> Vec<&str> {
    requests.iter().map(|(operation, _)| operation.as_str()).collect()
}

#[tokio::test]
async fn throttling_is_backed_off() {
    let Some(subject) = Subject::new().await else {
        return;
    };
    let (store, proxy) = (&subject.store, &subject.proxy);
    proxy.fail(WRITES, throttled(), 3);
    store.transact(vec![put("a")]).await.unwrap();
    assert_eq!(names(&proxy.take_log()), ["UpdateItem"; 4]);
    proxy.fail(WRITES, Fault::error("ThrottlingException", "slow down"), 2);
    store.transact(vec![put("b"), put("c")]).await.unwrap();
    assert_eq!(names(&proxy.take_log()), ["TransactWriteItems"; 3]);

    for fault in [
        throttled(),
        Fault::error("RequestLimitExceeded", "the account's limit"),
    ] {
        proxy.fail(READS, fault, 2);
        assert!(store.get(&[key("a")]).await.unwrap()[0].is_some());
        assert_eq!(names(&proxy.take_log()), ["GetItem"; 3]);
    }
    proxy.fail(READS, throttled(), 2);
    assert_eq!(store.query(&everything()).await.unwrap().records.len(), 3);
    assert_eq!(names(&proxy.take_log()), ["Query"; 3]);
}

#[tokio::test]
async fn lasting_throttling_is_unavailable_within_seconds() {
    let Some(subject) = Subject::new().await else {
        return;
    };
    subject.proxy.fail(WRITES, throttled(), usize::MAX);
    let begun = Instant::now();
    let outcome = subject.store.transact(vec![put("a")]).await;
    let Err(TransactError::Store(StoreError::Unavailable(why))) = outcome else {
        panic!("{outcome:?}");
    };
    assert!(why.contains("throttled"), "{why}");
    assert!(begun.elapsed() < Duration::from_secs(15), "{:?}", begun.elapsed());
}

#[tokio::test]
async fn what_a_batch_leaves_over_is_asked_for_again() {
    let Some(subject) = Subject::new().await else {
        return;
    };
    let (store, proxy) = (&subject.store, &subject.proxy);
    proxy.fail(&["BatchWriteItem"], Fault::Unprocessed, 2);
    store.restore(vec![record("a"), record("b")]).await.unwrap();
    assert_eq!(names(&proxy.take_log()), ["BatchWriteItem"; 3]);
    proxy.fail(READS, Fault::Unprocessed, 2);
    let found = store.get(&[key("b"), key("none"), key("a")]).await.unwrap();
    assert!(found[0].is_some() && found[1].is_none() && found[2].is_some());
    assert_eq!(names(&proxy.take_log()), ["BatchGetItem"; 3]);
}

#[tokio::test]
async fn a_transaction_in_the_way_is_waited_for() {
    let Some(subject) = Subject::new().await else {
        return;
    };
    let (store, proxy) = (&subject.store, &subject.proxy);
    proxy.fail(WRITES, conflict(), 3);
    store.transact(vec![put("a"), put("b")]).await.unwrap();
    assert_eq!(names(&proxy.take_log()), ["TransactWriteItems"; 4]);
    let alone = Fault::error(
        "TransactionConflictException",
        "Transaction is ongoing for the item",
    );
    proxy.fail(WRITES, alone, 2);
    store.transact(vec![put("a")]).await.unwrap();
    assert_eq!(names(&proxy.take_log()), ["UpdateItem"; 3]);

    proxy.fail(WRITES, conflict(), usize::MAX);
    let outcome = store.transact(vec![put("a"), put("b")]).await;
    assert!(matches!(outcome, Err(TransactError::Conflict)), "{outcome:?}");
}

#[tokio::test]
async fn a_transaction_without_an_answer_is_repeated_under_its_token() {
    let Some(subject) = Subject::new().await else {
        return;
    };
    let (store, proxy) = (&subject.store, &subject.proxy);
    for fault in [Fault::CutAfter, Fault::CutBefore] {
        proxy.fail(WRITES, fault, 1);
        store.transact(vec![put("a"), put("b")]).await.unwrap();
        let sent = proxy.take_log();
        assert_eq!(names(&sent), ["TransactWriteItems"; 2]);
        let token = |body: &bytes::Bytes| {
            let request: serde_json::Value = serde_json::from_slice(body).unwrap();
            request["ClientRequestToken"].as_str().unwrap().to_owned()
        };
        assert_eq!(token(&sent[0].1), token(&sent[1].1));
        assert_eq!(sent[0].1, sent[1].1, "AWS compares the whole request");
    }
}

#[tokio::test]
async fn a_single_write_without_an_answer_is_not_repeated() {
    let Some(subject) = Subject::new().await else {
        return;
    };
    let (store, proxy) = (&subject.store, &subject.proxy);
    let add = Write::Add {
        key: key("a"),
        delta: 1,
        min: 0,
        max: 9,
        expires_at: None,
    };
    proxy.fail(WRITES, Fault::CutAfter, 1);
    let outcome = store.transact(vec![add]).await;
    assert!(
        matches!(outcome, Err(TransactError::Store(StoreError::OutcomeUnknown(_)))),
        "{outcome:?}"
    );
    assert_eq!(names(&proxy.take_log()), ["UpdateItem"]);
    assert_eq!(
        store.get(&[key("a")]).await.unwrap()[0].as_ref().unwrap().count,
        1
    );

    proxy.fail(READS, Fault::CutAfter, 1);
    assert!(
        store.get(&[key("a")]).await.unwrap()[0].is_some(),
        "reads are repeated"
    );
}

/// What happens to items that expired long ago but were not swept.
#[tokio::test]
async fn an_expired_item_costs_one_more_request_and_nothing_else() {
    let Some(subject) = Subject::new().await else {
        return;
    };
    let (store, proxy, clock) = (&subject.store, &subject.proxy, &subject.clock);
    let fleeting = |sort| Record {
        expires_at: Some(clock.advance(jiff::SignedDuration::ZERO) + jiff::SignedDuration::from_secs(1)),
        ..record(sort)
    };
    let writes = ["a", "b"].map(|sort| Write::Put(fleeting(sort), Condition::Any));
    store.transact(writes.to_vec()).await.unwrap();
    store.transact(writes.to_vec()).await.unwrap();
    clock.advance(jiff::SignedDuration::from_secs(2));
    proxy.take_log();
    let add = Write::Add {
        key: key("b"),
        delta: 3,
        min: 3,
        max: 9,
        expires_at: None,
    };
    store.transact(vec![put("a"), add, put("new")]).await.unwrap();
    let sent = proxy.take_log();
    assert_eq!(names(&sent), ["TransactWriteItems"; 2]);
    assert_ne!(sent[0].1, sent[1].1);
    let found = store.get(&[key("a"), key("b"), key("new")]).await.unwrap();
    let states: Vec<_> = found
        .iter()
        .flatten()
        .map(|found| (found.version, found.count))
        .collect();
    assert_eq!(states, [(1, 0), (1, 3), (1, 0)], "numbering starts again");
}

#[tokio::test]
async fn an_endpoint_where_nobody_listens_is_unavailable_at_once() {
    let endpoint = format!("http://127.0.0.1:{}", free_port());
    let location =
        locate("homeroom", &endpoint).with_timeouts(Duration::from_secs(1), Duration::from_secs(3));
    let store = open(location, Arc::new(StepClock::school_morning())).await;
    let begun = Instant::now();
    let read = store.get(&[key("a")]).await;
    assert!(
        matches!(&read, Err(StoreError::Unavailable(why)) if why.contains("cannot be reached")),
        "{read:?}"
    );
    for writes in [vec![put("a")], vec![put("a"), put("b")]] {
        let written = store.transact(writes).await;
        assert!(
            matches!(written, Err(TransactError::Store(StoreError::Unavailable(_)))),
            "nothing was sent: {written:?}"
        );
    }
    assert!(begun.elapsed() < Duration::from_secs(6), "{:?}", begun.elapsed());
}

/// A service that takes requests and never answers.
#[tokio::test]
async fn silence_after_sending_is_an_unknown_outcome() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let held = tokio::spawn(async move {
        let mut connections = Vec::new();
        while let Ok((connection, _)) = listener.accept().await {
            connections.push(connection);
        }
    });
    let location =
        locate("homeroom", &endpoint).with_timeouts(Duration::from_secs(1), Duration::from_millis(200));
    let store = open(location, Arc::new(StepClock::school_morning())).await;
    let read = store.get(&[key("a")]).await;
    assert!(matches!(read, Err(StoreError::Unavailable(_))), "{read:?}");
    for writes in [vec![put("a")], vec![put("a"), put("b")]] {
        let written = store.transact(writes).await;
        assert!(
            matches!(written, Err(TransactError::Store(StoreError::OutcomeUnknown(_)))),
            "{written:?}"
        );
    }
    held.abort();
}

#[tokio::test]
async fn a_missing_table_is_named_with_what_to_do() {
    let Some(subject) = Subject::without_table().await else {
        return;
    };
    let outcome = subject.store.transact(vec![put("a"), put("b")]).await;
    let Err(TransactError::Store(StoreError::Unavailable(why))) = outcome else {
        panic!("{outcome:?}");
    };
    for word in ["homeroom-test-", "eu-central-1", "records init"] {
        assert!(why.contains(word), "{why}");
    }
    let read = subject.store.query(&everything()).await;
    assert!(
        matches!(&read, Err(StoreError::Unavailable(why)) if why.contains("records init")),
        "{read:?}"
    );
    let checked = subject.store.check().await;
    assert!(checked[0].remedy.contains("records init"), "{checked:?}");
}

#[tokio::test]
async fn refusals_say_what_to_do() {
    let Some(subject) = Subject::new().await else {
        return;
    };
    let (store, proxy) = (&subject.store, &subject.proxy);
    let cases = [
        (
            "UnrecognizedClientException",
            "The security token included in the request is invalid.",
            "AWS_ACCESS_KEY_ID",
        ),
        (
            "InvalidSignatureException",
            "The request signature we calculated does not match the signature you provided.",
            "AWS_SECRET_ACCESS_KEY",
        ),
        (
            "MissingAuthenticationTokenException",
            "Request is missing Authentication Token",
            "AWS_ACCESS_KEY_ID",
        ),
        (
            "ExpiredTokenException",
            "The security token included in the request is expired",
            "renew",
        ),
        (
            "InvalidSignatureException",
            "Signature expired: 20260302T075000Z is now earlier than 20260302T080000Z",
            "NTP",
        ),
        (
            "AccessDeniedException",
            "User: x is not authorized to perform: dynamodb:GetItem",
            "policy",
        ),
    ];
    for (code, message, advice) in cases {
        proxy.fail(READS, Fault::error(code, message), 1);
        let read = store.get(&[key("a")]).await;
        assert!(
            matches!(&read, Err(StoreError::Unavailable(why)) if why.contains(advice)),
            "{read:?}"
        );
        proxy.fail(WRITES, Fault::error(code, message), 1);
        let written = store.transact(vec![put("a"), put("b")]).await;
        let Err(TransactError::Store(StoreError::Unavailable(why))) = &written else {
            panic!("{written:?}");
        };
        assert!(why.contains(advice) && why.contains(message), "{why}");
        let requests = proxy.take_log();
        assert_eq!(
            names(&requests),
            ["GetItem", "TransactWriteItems"],
            "a refusal is not retried"
        );
    }
}

/// Run in a process of its own, whose environment has no credentials.
#[test]
fn without_credentials() {
    if super::child_directory().is_none() {
        return;
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let answer = runtime.block_on(async {
        let url = format!(
            "dynamodb://eu-central-1/homeroom?endpoint=http://127.0.0.1:{}",
            free_port()
        );
        let clock = Arc::new(StepClock::school_morning());
        let ids = SeededIds::new(1, clock.clone());
        let store = DynamoRecordStore::open(DynamoLocation::parse(&url).unwrap(), clock, Arc::new(ids)).await;
        store.get(&[key("a")]).await
    });
    println!("{}", answer.unwrap_err());
}

#[test]
fn missing_credentials_are_said_to_be_missing() {
    let directory = tempfile::tempdir().unwrap();
    let mut child = child_process("dynamodb_faults::without_credentials", directory.path());
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("AWS_")) {
        child.env_remove(name);
    }
    child
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .env("HOME", directory.path());
    let output = child.output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        said.contains("no AWS credentials were found for table homeroom in region eu-central-1"),
        "{said}"
    );
    assert!(said.contains("AWS_ACCESS_KEY_ID"), "{said}");
}
