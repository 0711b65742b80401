//! Every number of the contract, at its edge and one beyond.
use super::subject::{RecordStoreSubject, Scratch, add, assert_invalid, assert_invalid_write, put};
use homeroom_core::ports::record_store::{
    Condition, Index, IndexKey, Key, MAX_BODY_BYTES, MAX_GET_KEYS, MAX_KEY_BYTES, MAX_QUERY_LIMIT,
    MAX_TRANSACTION_BYTES, Query, Record, SortRange, Write,
};

/// The largest body is stored and comes back; one byte more is refused.
pub async fn bodies_have_a_largest_size(subject: &mut dyn RecordStoreSubject) {
    let scratch = Scratch::new(subject);
    let body: Vec<u8> = (0..=250).cycle().take(MAX_BODY_BYTES).collect();
    let mut record = Record::new(scratch.key("large"), body.clone());
    record.index_keys = vec![scratch.entry(Index::Owner, "listed", &"k".repeat(MAX_KEY_BYTES))];
    scratch.write(vec![put(record.clone())]).await;
    let found = scratch.get("large").await.expect("it was put");
    assert!(found.body == body, "the body comes back byte for byte");
    let page = scratch.page(&scratch.query()).await;
    assert!(page.records[0].body == body);

    record.body.push(0);
    record.key = scratch.key("too large");
    assert_invalid_write(
        &scratch.transact(vec![put(record)]).await,
        "a body above the limit",
    );
    assert_eq!(scratch.get("too large").await, None);
}

/// A transaction's bodies have a limit in sum.
pub async fn transactions_have_a_largest_size(subject: &mut dyn RecordStoreSubject) {
    let scratch = Scratch::new(subject);
    let mut sizes = vec![MAX_BODY_BYTES; MAX_TRANSACTION_BYTES / MAX_BODY_BYTES];
    sizes.push(MAX_TRANSACTION_BYTES % MAX_BODY_BYTES);
    let writes = |sizes: &[usize]| -> Vec<Write> {
        let numbered = sizes.iter().enumerate();
        numbered
            .map(|(number, size)| put(Record::new(scratch.key(&number.to_string()), vec![7; *size])))
            .collect()
    };
    let mut beyond = sizes.clone();
    beyond.push(1);
    assert_invalid_write(&scratch.transact(writes(&beyond)).await, "too many bytes");
    assert_eq!(scratch.get("0").await, None);
    scratch.write(writes(&sizes)).await;
    assert!(scratch.get("0").await.is_some());
}

/// A transaction has 1 to 100 writes.
pub async fn transactions_have_a_largest_number(subject: &mut dyn RecordStoreSubject) {
    let scratch = Scratch::new(subject);
    let puts = |count: usize| (0..count).map(|number| put(scratch.record(&format!("{number:03}"))));
    assert_invalid_write(&scratch.transact(vec![]).await, "an empty transaction");
    assert_invalid_write(
        &scratch.transact(puts(101).collect()).await,
        "a transaction of 101 writes",
    );
    assert!(scratch.find(&scratch.query()).await.is_empty());
    scratch.write(puts(100).collect()).await;
    assert_eq!(scratch.find(&scratch.query()).await.len(), 100);
}

/// No key is named twice, by whatever kinds of writes.
pub async fn keys_are_named_once(subject: &mut dyn RecordStoreSubject) {
    let scratch = Scratch::new(subject);
    let key = || scratch.key("item");
    let pairs = [
        [put(scratch.record("item")), put(scratch.record("item"))],
        [put(scratch.record("item")), Write::Delete(key(), Condition::Any)],
        [
            Write::Check(key(), Condition::Absent),
            put(scratch.record("item")),
        ],
        [add(key(), 1, 0, 9), add(key(), 1, 0, 9)],
    ];
    for pair in pairs {
        assert_invalid_write(&scratch.transact(pair.to_vec()).await, "a key named twice");
    }
    assert_eq!(scratch.get("item").await, None);
}

/// Keys have 1 to 1,024 bytes without NUL, everywhere.
pub async fn keys_have_limits(subject: &mut dyn RecordStoreSubject) {
    let scratch = Scratch::new(subject);
    let longest = format!("{}é", "k".repeat(MAX_KEY_BYTES - 2));
    let partition = format!("{:k<width$}", scratch.partition("long"), width = MAX_KEY_BYTES);
    let edge = Key::new(&partition, &longest);
    scratch
        .write(vec![put(Record::new(edge.clone(), b"edge".to_vec()))])
        .await;
    let found = scratch
        .store()
        .get(std::slice::from_ref(&edge))
        .await
        .expect("the key is allowed");
    assert!(found[0].is_some());

    let main = scratch.partition("main");
    let too_long = "k".repeat(MAX_KEY_BYTES + 1);
    let two_bytes_each = "é".repeat(MAX_KEY_BYTES / 2 + 1);
    let bad = ["", "\0", "a\0b", too_long.as_str(), two_bytes_each.as_str()];
    let keys = bad
        .iter()
        .flat_map(|part| [Key::new(&main, *part), Key::new(*part, "sort")]);
    for key in keys {
        let writes = [
            put(Record::new(key.clone(), vec![])),
            Write::Delete(key.clone(), Condition::Any),
            Write::Check(key.clone(), Condition::Absent),
            add(key.clone(), 1, 0, 1),
        ];
        for write in writes {
            assert_invalid_write(&scratch.transact(vec![write]).await, "a bad key");
        }
        assert_invalid(&scratch.store().get(&[key]).await, "a bad key");
    }
    for part in bad {
        let mut record = scratch.record("item");
        record.index_keys = vec![scratch.entry(Index::Due, "listed", "1")];
        record.index_keys[0].sort = part.into();
        assert_invalid_write(
            &scratch.transact(vec![put(record.clone())]).await,
            "a bad index sort key",
        );
        record.index_keys = vec![scratch.entry(Index::Due, "listed", "1")];
        record.index_keys[0].partition = part.into();
        assert_invalid_write(
            &scratch.transact(vec![put(record)]).await,
            "a bad index partition",
        );
        let query = Query {
            partition: part.into(),
            ..scratch.query()
        };
        assert_invalid(&scratch.store().query(&query).await, "a bad partition");
    }
}

/// A record names each index at most once.
pub async fn indexes_are_named_once(subject: &mut dyn RecordStoreSubject) {
    let scratch = Scratch::new(subject);
    let mut record = scratch.listed("item", Index::Owner, "1");
    record.index_keys.push(scratch.entry(Index::Owner, "listed", "2"));
    assert_invalid_write(&scratch.transact(vec![put(record)]).await, "an index named twice");
}

/// Queries have 1 to 1,000 records, and prefixes and ends of ranges that could be keys; a `get` has at
/// most 100 keys.
pub async fn reads_have_limits(subject: &mut dyn RecordStoreSubject) {
    let scratch = Scratch::new(subject);
    for limit in [0, MAX_QUERY_LIMIT + 1, u32::MAX] {
        let query = Query {
            limit,
            ..scratch.query()
        };
        assert_invalid(&scratch.store().query(&query).await, "a bad limit");
    }
    for part in ["", "a\0b", &"k".repeat(MAX_KEY_BYTES + 1)] {
        let between = |from: Option<&str>, before: Option<&str>| SortRange::Between {
            from: from.map(String::from),
            before: before.map(String::from),
        };
        let ranges = [
            SortRange::Prefix(part.into()),
            between(Some(part), None),
            between(None, Some(part)),
            between(Some("a"), Some(part)),
        ];
        for range in ranges {
            let query = Query {
                range,
                ..scratch.query()
            };
            assert_invalid(&scratch.store().query(&query).await, "a bad end of a range");
        }
    }
    let longest = Query {
        range: SortRange::Prefix("k".repeat(MAX_KEY_BYTES)),
        ..scratch.query()
    };
    assert!(scratch.page(&longest).await.records.is_empty());
    let keys: Vec<Key> = (0..=MAX_GET_KEYS)
        .map(|number| scratch.key(&number.to_string()))
        .collect();
    assert_invalid(&scratch.store().get(&keys).await, "a get of 101 keys");
    assert!(scratch.store().get(&keys[1..]).await.is_ok());
}

/// The longest keys and index keys fit together, whatever they say: nothing relies on compressing them.
pub async fn longest_keys_fit_together(subject: &mut dyn RecordStoreSubject) {
    let scratch = Scratch::new(subject);
    let mut random = 0x5EED_u64;
    let mut longest = |from: String| {
        let mut text = from;
        while text.len() < MAX_KEY_BYTES {
            random = random
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            text.push(char::from(
                b'!' + u8::try_from((random >> 33) % 94).expect("it is below 94"),
            ));
        }
        text
    };
    let key = Key::new(longest(scratch.partition("long")), longest(String::new()));
    let mut record = Record::new(key.clone(), b"long".to_vec());
    record.index_keys = Index::ALL
        .map(|index| IndexKey {
            index,
            partition: longest(scratch.partition("listed")),
            sort: longest(String::new()),
        })
        .to_vec();
    scratch.write(vec![put(record.clone())]).await;
    for entry in &record.index_keys {
        let query = Query {
            partition: entry.partition.clone(),
            ..scratch.index_query(entry.index)
        };
        scratch.expect_listed(subject, &query, &[key.sort.as_str()]).await;
    }
    scratch
        .write(vec![Write::Delete(key, Condition::Version(1))])
        .await;
}
