//! Making tables, examining them, and moving whole ones.
use super::dynamodb_proxy::Fault;
use super::dynamodb_subject::Subject;
use homeroom_core::ports::RecordStore;
use homeroom_core::ports::record_store::{
    Condition, Direction, Index, IndexKey, Key, MAX_BODY_BYTES, Query, Record, SortRange, Source, StoreError,
    Write,
};
use homeroom_records::copy::{CopyError, copy_records};
use homeroom_records::{DynamoRecordStore, RecordWalk, SqliteRecordStore};
use homeroom_testkit::SeededIds;
use homeroom_testkit::conformance::record_store::RecordStoreSubject;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use std::sync::Arc;

async fn findings(subject: &Subject) -> Vec<String> {
    let advice = subject.store.check().await;
    advice.iter().map(ToString::to_string).collect()
}

#[tokio::test]
async fn a_table_that_was_made_has_no_findings_and_may_be_made_again() {
    let Some(subject) = Subject::without_table().await else {
        return;
    };
    subject.clock.set(Timestamp::now());
    let lines = subject.store.init().await.unwrap();
    assert!(lines[0].starts_with("made table homeroom-test-"), "{lines:?}");
    assert!(lines.iter().any(|line| line.contains("TTL")), "{lines:?}");
    assert_eq!(findings(&subject).await, Vec::<String>::new());
    let lines = subject.store.init().await.unwrap();
    assert!(lines[0].contains("is there already"), "{lines:?}");
    assert_eq!(findings(&subject).await, Vec::<String>::new());
    let walked = subject.store.walk(None, 10).await.unwrap();
    assert!(walked.records.is_empty(), "the examination leaves nothing");
}

#[tokio::test]
async fn a_table_that_takes_its_time_is_waited_for() {
    let Some(subject) = Subject::without_table().await else {
        return;
    };
    let creating = json!({"Table": {"TableName": "new", "TableStatus": "CREATING"}});
    subject
        .proxy
        .fail(&["DescribeTable"], Fault::Success(creating), 1);
    subject.store.init().await.unwrap();
    let described =
        |log: &[(String, bytes::Bytes)]| log.iter().filter(|sent| sent.0 == "DescribeTable").count();
    assert_eq!(described(&subject.proxy.take_log()), 2);

    let early = Fault::error(
        "ContinuousBackupsUnavailableException",
        "Backups are being enabled for the table",
    );
    subject.proxy.fail(&["UpdateContinuousBackups"], early, 1);
    let lines = subject.store.init().await.unwrap();
    assert!(
        lines[2].starts_with("turned on point-in-time recovery"),
        "{lines:?}"
    );
    let unknown = Fault::error("UnknownOperationException", "");
    subject.proxy.fail(&["UpdateContinuousBackups"], unknown, 1);
    let lines = subject.store.init().await.unwrap();
    assert!(lines[2].contains("back up by other means"), "{lines:?}");
}

#[tokio::test]
async fn a_service_without_transactions_is_found_out() {
    let Some(subject) = Subject::new().await else {
        return;
    };
    subject.clock.set(Timestamp::now());
    let unknown = Fault::error(
        "UnknownOperationException",
        "Unsupported operation TransactWriteItems",
    );
    subject.proxy.fail(&["TransactWriteItems"], unknown, usize::MAX);
    let found = findings(&subject).await;
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(
        found[0].contains("Alternator") && found[0].contains("transactions"),
        "{found:?}"
    );
}

#[tokio::test]
async fn a_read_only_role_and_a_wrong_clock_are_found_out() {
    let Some(subject) = Subject::new().await else {
        return;
    };
    subject
        .clock
        .set(Timestamp::now() - SignedDuration::from_mins(10));
    let found = findings(&subject).await;
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(
        found[0].contains("behind") && found[0].contains("NTP"),
        "{found:?}"
    );

    subject.clock.set(Timestamp::now());
    let refused = Fault::error(
        "AccessDeniedException",
        "not authorized to perform: dynamodb:PutItem",
    );
    subject.proxy.fail(&["TransactWriteItems"], refused, usize::MAX);
    let found = findings(&subject).await;
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(
        found[0].contains("cannot be written") && found[0].contains("policy"),
        "{found:?}"
    );
}

#[tokio::test]
async fn a_table_of_a_later_program_is_refused() {
    let Some(subject) = Subject::new().await else {
        return;
    };
    subject.clock.set(Timestamp::now());
    let connect = async || {
        let ids = SeededIds::new(1, subject.clock.clone());
        DynamoRecordStore::connect(subject.location.clone(), subject.clock.clone(), Arc::new(ids)).await
    };
    assert!(connect().await.is_ok());
    let note = Record {
        version: 2,
        expires_at: Some(Timestamp::UNIX_EPOCH),
        ..Record::new(Key::new("\u{1}homeroom", "format"), vec![])
    };
    subject.store.restore(vec![note]).await.unwrap();
    let refused = connect().await.err();
    assert!(
        matches!(&refused, Some(StoreError::Unavailable(why)) if why.contains("later version")),
        "{refused:?}"
    );
    let found = findings(&subject).await;
    assert!(found[0].contains("start that version"), "{found:?}");
    assert!(subject.store.init().await.is_err());
}

#[tokio::test]
async fn a_table_of_another_shape_is_described() {
    let Some(subject) = Subject::new().await else {
        return;
    };
    subject.clock.set(Timestamp::now());
    let table = json!({"Table": {
        "TableName": "other", "TableStatus": "ACTIVE",
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
        "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "N"}],
        "GlobalSecondaryIndexes": [{
            "IndexName": "owner", "IndexStatus": "CREATING",
            "KeySchema": [{"AttributeName": "op", "KeyType": "HASH"}, {"AttributeName": "os", "KeyType": "RANGE"}],
            "Projection": {"ProjectionType": "KEYS_ONLY"},
        }],
    }});
    subject
        .proxy
        .fail(&["DescribeTable"], Fault::Success(table), usize::MAX);
    let off = json!({"TimeToLiveDescription": {"TimeToLiveStatus": "DISABLED"}});
    let found = findings(&subject).await.join("\n");
    for word in [
        "keys are not pk",
        "id is not a string",
        "index owner has another shape",
        "index listing is missing",
        "index due is missing",
        "not active yet",
    ] {
        assert!(found.contains(word), "{word} in {found}");
    }
    subject
        .proxy
        .fail(&["DescribeTimeToLive"], Fault::Success(off), usize::MAX);
    let found = findings(&subject).await;
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].contains("TTL is not on"), "{found:?}");
}

fn everything(partition: &str) -> Query {
    Query {
        source: Source::Table,
        partition: partition.into(),
        range: SortRange::All,
        direction: Direction::Ascending,
        limit: 1_000,
        cursor: None,
    }
}

fn sample(subject: &Subject) -> Vec<Record> {
    let now = subject.clock.advance(SignedDuration::ZERO);
    (0..60_u32)
        .map(|number| Record {
            index_keys: vec![IndexKey {
                index: Index::Listing,
                partition: "all".into(),
                sort: format!("{number:03}"),
            }],
            count: i64::from(number) - 30,
            version: u64::from(number) * 1_000_000_007 + 1,
            expires_at: (number % 5 == 0).then(|| now + SignedDuration::from_secs(i64::from(number) + 1)),
            ..Record::new(
                Key::new(format!("p{}", number % 7), format!("{number}")),
                vec![7; number as usize],
            )
        })
        .collect()
}

#[tokio::test]
async fn a_whole_table_is_walked_and_restored_as_it_is() {
    let (Some(from), Some(to)) = (Subject::new().await, Subject::new().await) else {
        return;
    };
    let records = sample(&from);
    from.store.restore(records.clone()).await.unwrap();
    from.store.restore(records.clone()).await.unwrap();
    from.clock.advance(SignedDuration::from_secs(10));
    let mut after = None;
    let mut walked = Vec::new();
    loop {
        // A position is valid in another process.
        let page = from.store.walk(after, 7).await.unwrap();
        assert!(page.records.len() <= 7);
        walked.extend(page.records.clone());
        to.store.restore(page.records).await.unwrap();
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    let mut expected: Vec<Record> = records
        .into_iter()
        .filter(|record| {
            record
                .expires_at
                .is_none_or(|at| at > from.clock().advance(SignedDuration::ZERO))
        })
        .collect();
    expected.sort_by(|one, other| one.key.cmp(&other.key));
    walked.sort_by(|one, other| one.key.cmp(&other.key));
    assert_eq!(walked, expected);
    for record in &expected {
        assert_eq!(
            to.store.get(std::slice::from_ref(&record.key)).await.unwrap()[0].as_ref(),
            Some(record)
        );
    }
    assert!(matches!(
        from.store.walk(Some("nonsense".into()), 7).await,
        Err(StoreError::Invalid(_))
    ));
    assert!(matches!(
        from.store.walk(None, 0).await,
        Err(StoreError::Invalid(_))
    ));
    let too_large = Record::new(Key::new("p", "s"), vec![0; MAX_BODY_BYTES + 1]);
    assert!(matches!(
        from.store.restore(vec![too_large]).await,
        Err(StoreError::Invalid(_))
    ));
}

#[tokio::test]
async fn a_school_moves_from_a_file_into_a_table_and_back() {
    let Some(subject) = Subject::new().await else {
        return;
    };
    let directory = tempfile::tempdir().unwrap();
    let file =
        |name: &str| SqliteRecordStore::open(&directory.path().join(name), subject.clock.clone()).unwrap();
    let (from, back) = (file("from.db"), file("back.db"));
    from.restore(sample(&subject)).await.unwrap();
    subject
        .store
        .restore(vec![Record::new(Key::new("p", "s"), vec![])])
        .await
        .unwrap();
    let refused = copy_records(&from, subject.store.as_ref(), |_| {}).await;
    assert!(matches!(refused, Err(CopyError::TargetNotEmpty)), "{refused:?}");
    let delete = Write::Delete(Key::new("p", "s"), Condition::Present);
    subject.store.transact(vec![delete]).await.unwrap();

    let there = copy_records(&from, subject.store.as_ref(), |_| {}).await.unwrap();
    let and_back = copy_records(subject.store.as_ref(), &back, |_| {}).await.unwrap();
    assert_eq!(there.source.records, 60);
    assert_eq!(and_back.target, there.source, "every record is as it was");
}

/// More than one answer of `BatchGetItem` (16 MB) or of `Query` (1 MB) holds.
#[tokio::test]
async fn large_answers_are_put_together() {
    const COUNT: usize = 48;
    let Some(subject) = Subject::new().await else {
        return;
    };
    let sorts: Vec<String> = (0..COUNT).map(|number| format!("{number:02}")).collect();
    let records: Vec<Record> = sorts
        .iter()
        .map(|sort| Record::new(Key::new("large", sort), vec![sort.as_bytes()[1]; MAX_BODY_BYTES]))
        .collect();
    for chunk in records.chunks(8) {
        let puts = chunk
            .iter()
            .map(|record| Write::Put(record.clone(), Condition::Absent));
        subject.store.transact(puts.collect()).await.unwrap();
    }
    let keys: Vec<Key> = records.iter().map(|record| record.key.clone()).collect();
    let found = subject.store.get(&keys).await.unwrap();
    for (found, record) in found.iter().zip(&records) {
        assert!(found.as_ref().is_some_and(|found| found.body == record.body));
    }
    subject.proxy.take_log();
    let query = Query {
        limit: 24,
        ..everything("large")
    };
    let page = subject.store.query(&query).await.unwrap();
    assert!(
        page.records
            == records[..24]
                .iter()
                .map(|record| Record {
                    version: 1,
                    ..record.clone()
                })
                .collect::<Vec<_>>()
    );
    let requests = subject.proxy.take_log().len();
    assert!(
        (8..=25).contains(&requests),
        "1 MB holds two of these records: {requests} requests"
    );
    let rest = subject
        .store
        .query(&Query {
            cursor: page.next,
            ..query
        })
        .await
        .unwrap();
    assert_eq!((rest.records.len(), rest.next), (24, None));
}

/// Expired records that were not swept yet are passed over in ever larger steps.
#[tokio::test]
async fn many_expired_records_cost_few_requests() {
    let Some(subject) = Subject::new().await else {
        return;
    };
    let now = subject.clock.advance(SignedDuration::ZERO);
    let expired = (0..100).map(|number| Record {
        expires_at: Some(now),
        ..Record::new(Key::new("crowd", format!("{number:03}")), vec![1])
    });
    let live = Record::new(Key::new("crowd", "live"), vec![1]);
    subject
        .store
        .restore(expired.chain([live]).collect())
        .await
        .unwrap();
    subject.proxy.take_log();
    let query = Query {
        limit: 1,
        ..everything("crowd")
    };
    let page = subject.store.query(&query).await.unwrap();
    assert_eq!((page.records.len(), page.next), (1, None));
    assert!(subject.proxy.take_log().len() <= 7);
}
