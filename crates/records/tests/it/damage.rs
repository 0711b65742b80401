//! One flipped byte anywhere in the file: an error or an absence, never wrong bytes, and the
//! examination names it (HARDENING 55).
use homeroom_core::ports::RecordStore;
use homeroom_core::ports::record_store::{
    Condition, Direction, Index, IndexKey, Key, Query, Record, SortRange, Source, StoreError, TransactError,
    Write,
};
use homeroom_records::SqliteRecordStore;
use homeroom_testkit::StepClock;
use std::path::Path;
use std::sync::Arc;

const RECORDS: usize = 120;
const FLIPS: usize = 150;

fn open(path: &Path) -> Result<SqliteRecordStore, StoreError> {
    SqliteRecordStore::open(path, Arc::new(StepClock::school_morning()))
}

fn original(number: usize) -> Record {
    let sort = format!("record {number:04}");
    let entry = IndexKey {
        index: Index::Listing,
        partition: "everything".into(),
        sort: sort.clone(),
    };
    let body = (0..50 + (number % 7) * 300).map(|place| u8::try_from((place * number) % 251).unwrap());
    Record {
        index_keys: vec![entry],
        body: body.collect(),
        version: 1,
        ..Record::new(Key::new("partition", sort), vec![])
    }
}

async fn sound_file(path: &Path) -> Vec<Record> {
    let store = open(path).unwrap();
    let records: Vec<Record> = (0..RECORDS).map(original).collect();
    for chunk in records.chunks(50) {
        let puts = chunk
            .iter()
            .map(|record| Write::Put(record.clone(), Condition::Absent));
        store.transact(puts.collect()).await.unwrap();
    }
    records
}

fn query(source: Source, partition: &str) -> Query {
    Query {
        source,
        partition: partition.into(),
        range: SortRange::All,
        direction: Direction::Ascending,
        limit: 1_000,
        cursor: None,
    }
}

/// Reads everything in every way; returns whether all was as written. Wrong bytes fail the test.
async fn all_is_well(store: &SqliteRecordStore, records: &[Record]) -> bool {
    let mut well = true;
    for record in records {
        match store.get(std::slice::from_ref(&record.key)).await {
            Ok(found) => match &found[0] {
                Some(found) => assert_eq!(found, record, "never wrong bytes"),
                None => well = false,
            },
            Err(_) => well = false,
        }
    }
    for query in [
        query(Source::Table, "partition"),
        query(Source::Index(Index::Listing), "everything"),
    ] {
        match store.query(&query).await {
            Ok(page) => {
                assert!(
                    page.records.iter().all(|found| records.contains(found)),
                    "never wrong bytes"
                );
                well &= page.records == records;
            }
            Err(_) => well = false,
        }
    }
    well
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flipped_byte_never_becomes_wrong_bytes() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("records.db");
    let records = sound_file(&path).await;
    let bytes = std::fs::read(&path).unwrap();
    let (mut noticed, mut harmless) = (0, 0);
    for flip in 0..FLIPS {
        let offset = (flip * 7_919 * 13 + flip) % bytes.len();
        let mut damaged = bytes.clone();
        damaged[offset] ^= 1 << (flip % 8);
        std::fs::write(&path, &damaged).unwrap();
        let Ok(store) = open(&path) else {
            noticed += 1;
            continue;
        };
        if all_is_well(&store, &records).await {
            harmless += 1;
        } else {
            noticed += 1;
            let findings = store.examine().await.unwrap();
            assert!(!findings.is_empty(), "the examination sees the byte at {offset}");
        }
    }
    assert!(
        noticed > FLIPS / 4,
        "{noticed} of {FLIPS} flips hit data, {harmless} hit free space"
    );
}

#[tokio::test]
async fn a_damaged_record_is_reported_by_every_use_of_it() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("records.db");
    let records = sound_file(&path).await;
    let mut bytes = std::fs::read(&path).unwrap();
    let body = &records[8].body;
    let place = bytes
        .windows(body.len())
        .position(|window| window == body)
        .expect("it is in the file");
    bytes[place + 5] ^= 1;
    std::fs::write(&path, &bytes).unwrap();

    let store = open(&path).unwrap();
    let key = records[8].key.clone();
    assert!(matches!(
        store.get(std::slice::from_ref(&key)).await,
        Err(StoreError::Damaged(_))
    ));
    let table = store.query(&query(Source::Table, "partition")).await;
    assert!(matches!(table, Err(StoreError::Damaged(_))));
    let index = store
        .query(&query(Source::Index(Index::Listing), "everything"))
        .await;
    assert!(matches!(index, Err(StoreError::Damaged(_))));
    let check = store.transact(vec![Write::Check(key, Condition::Present)]).await;
    assert!(matches!(check, Err(TransactError::Store(StoreError::Damaged(_)))));
    let findings = store.examine().await.unwrap();
    assert_eq!(
        findings,
        ["record partition/record 0008 does not match its checksum"]
    );
    assert!(
        store.get(&[records[9].key.clone()]).await.unwrap()[0].is_some(),
        "others are read"
    );
}
