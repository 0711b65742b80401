//! `Add`: what it creates, keeps and refuses, alone and under contention.
use super::subject::{RecordStoreSubject, Scratch, add, assert_conditions, put};
use homeroom_core::ports::record_store::{Index, Record};

/// Adding to an absent item creates it with an empty body and nothing else.
pub async fn adding_creates_an_item(subject: &mut dyn RecordStoreSubject) {
    let scratch = Scratch::new(subject);
    scratch.write(vec![add(scratch.key("item"), -3, -10, 10)]).await;
    let expected = Record {
        count: -3,
        version: 1,
        ..Record::new(scratch.key("item"), vec![])
    };
    assert_eq!(scratch.get("item").await, Some(expected));
}

/// Adding keeps body, index keys and expiry, and numbers a new version; a put resets the counter.
pub async fn adding_keeps_the_rest(subject: &mut dyn RecordStoreSubject) {
    let scratch = Scratch::new(subject);
    let expires = subject.clock().advance(jiff::SignedDuration::ZERO) + jiff::SignedDuration::from_hours(1);
    let record = Record {
        expires_at: Some(expires),
        ..scratch.listed("item", Index::Owner, "1")
    };
    scratch.write(vec![put(record.clone())]).await;
    for _ in 0..3 {
        scratch.write(vec![add(scratch.key("item"), 2, 0, 6)]).await;
    }
    let expected = Record {
        count: 6,
        version: 4,
        ..record.clone()
    };
    assert_eq!(scratch.get("item").await, Some(expected));
    scratch
        .expect_listed(subject, &scratch.index_query(Index::Owner), &["item"])
        .await;

    scratch.write(vec![put(record)]).await;
    assert_eq!(scratch.get("item").await.map(|record| record.count), Some(0));
}

/// A sum outside of `min..=max`, or outside of 64 bits, fails as a condition and changes nothing.
pub async fn bounds_are_kept(subject: &mut dyn RecordStoreSubject) {
    let scratch = Scratch::new(subject);
    let key = || scratch.key("item");
    let refused = [
        add(key(), 6, 0, 5),
        add(key(), -1, 0, 5),
        add(key(), 0, 1, 5),
        add(key(), 0, 5, 1),
    ];
    for write in refused {
        assert_conditions(subject, &scratch.transact(vec![write]).await, &[0]);
        assert_eq!(scratch.get("item").await, None);
    }
    scratch.write(vec![add(key(), 5, 0, 5)]).await;
    for write in [
        add(key(), 1, 0, 5),
        add(key(), -6, 0, 5),
        add(key(), i64::MAX, i64::MIN, i64::MAX),
    ] {
        assert_conditions(subject, &scratch.transact(vec![write]).await, &[0]);
    }
    let item = scratch.get("item").await.expect("it was created");
    assert_eq!((item.count, item.version), (5, 1));
    scratch.write(vec![add(key(), -5, 0, 5)]).await;
    scratch
        .write(vec![add(key(), i64::MIN, i64::MIN, i64::MAX)])
        .await;
    scratch
        .write(vec![add(key(), i64::MAX, i64::MIN, i64::MAX)])
        .await;
    assert_eq!(scratch.get("item").await.map(|record| record.count), Some(-1));
}

/// Sixty-four tasks add to one counter: as many succeed as the maximum allows, no reader ever sees
/// more, and every success is counted.
pub async fn contention_never_exceeds_the_maximum(subject: &mut dyn RecordStoreSubject) {
    const TASKS: i64 = 64;
    const MAX: i64 = 100;
    let scratch = Scratch::new(subject);
    let tasks: Vec<_> = (0..TASKS)
        .map(|_| {
            let scratch = scratch.clone();
            tokio::spawn(async move {
                let mut succeeded = 0;
                for _ in 0..4 {
                    let added = scratch.transact(vec![add(scratch.key("quota"), 1, 0, MAX)]).await;
                    succeeded += i64::from(added.is_ok());
                    let seen = scratch.get("quota").await.expect("somebody added").count;
                    assert!((1..=MAX).contains(&seen), "{seen} is within the bounds");
                }
                succeeded
            })
        })
        .collect();
    let mut total = 0;
    for task in tasks {
        total += task.await.expect("every count that was seen was in bounds");
    }
    let item = scratch.get("quota").await.expect("it was created");
    assert_eq!((total, item.count, item.version), (MAX, MAX, 100));
}
