//! Conditions on every kind of write, which of them failed, and versions.
use super::subject::{RecordStoreSubject, Scratch, add, assert_conditions, put, put_if};
use homeroom_core::ports::record_store::{Condition, Key, Record, Write};

/// Every condition, on an absent item, on one of version 1 and on one of version 2.
const TABLE: [(Condition, [bool; 3]); 7] = [
    (Condition::Any, [true, true, true]),
    (Condition::Absent, [true, false, false]),
    (Condition::Present, [false, true, true]),
    (Condition::Version(0), [false, false, false]),
    (Condition::Version(1), [false, true, false]),
    (Condition::Version(2), [false, false, true]),
    (Condition::Version(u64::MAX), [false, false, false]),
];

async fn hold(subject: &dyn RecordStoreSubject, make: fn(&Scratch, Condition) -> Write) {
    for (condition, expected) in TABLE {
        for (version, holds) in expected.into_iter().enumerate() {
            let scratch = Scratch::new(subject);
            for _ in 0..version {
                scratch.fill(["item"]).await;
            }
            let outcome = scratch.transact(vec![make(&scratch, condition)]).await;
            if holds {
                assert!(
                    outcome.is_ok(),
                    "{condition:?} holds at version {version}: {outcome:?}"
                );
            } else {
                assert_conditions(subject, &outcome, &[0]);
                let left = scratch.get("item").await.map_or(0, |record| record.version);
                assert_eq!(left, version as u64, "a failed write changes nothing");
            }
        }
    }
}

/// Every condition on `Put`.
pub async fn conditions_hold_on_put(subject: &mut dyn RecordStoreSubject) {
    hold(subject, |scratch, condition| {
        put_if(scratch.record("item"), condition)
    })
    .await;
}

/// Every condition on `Delete`; to remove what is absent succeeds under `Any`.
pub async fn conditions_hold_on_delete(subject: &mut dyn RecordStoreSubject) {
    hold(subject, |scratch, condition| {
        Write::Delete(scratch.key("item"), condition)
    })
    .await;
}

/// Every condition on `Check`, which changes nothing.
pub async fn conditions_hold_on_check(subject: &mut dyn RecordStoreSubject) {
    hold(subject, |scratch, condition| {
        Write::Check(scratch.key("item"), condition)
    })
    .await;
    let scratch = Scratch::new(subject);
    scratch.fill(["item"]).await;
    let before = scratch.get("item").await;
    let checks = vec![
        Write::Check(scratch.key("item"), Condition::Version(1)),
        Write::Check(scratch.key("nobody"), Condition::Absent),
    ];
    scratch.write(checks).await;
    assert_eq!(scratch.get("item").await, before);
    assert_eq!(scratch.get("nobody").await, None);
}

/// The failed writes are named by their places, and none of the others is applied.
pub async fn failed_places_are_named(subject: &mut dyn RecordStoreSubject) {
    let scratch = Scratch::new(subject);
    scratch.fill(["there", "also there"]).await;
    let writes = vec![
        put_if(scratch.record("new"), Condition::Absent),
        put_if(scratch.record("there"), Condition::Absent),
        Write::Check(scratch.key("also there"), Condition::Present),
        Write::Delete(scratch.key("missing"), Condition::Present),
        add(scratch.key("counter"), 2, 0, 1),
        add(scratch.key("other counter"), 1, 0, 1),
        Write::Check(scratch.key("checked"), Condition::Version(1)),
    ];
    let outcome = scratch.transact(writes).await;
    assert_conditions(subject, &outcome, &[1, 3, 4, 6]);
    assert_eq!(scratch.find(&scratch.query()).await, ["also there", "there"]);
    assert_eq!(scratch.get("there").await.map(|record| record.version), Some(1));
}

/// Versions count from 1, one for each put and each add, and begin again after a delete. What
/// the caller writes into `version` and `count` is ignored.
pub async fn versions_count_states(subject: &mut dyn RecordStoreSubject) {
    let scratch = Scratch::new(subject);
    let state = async || {
        let record = scratch.get("item").await.expect("it is there");
        (record.version, record.count)
    };
    let pretended = Record {
        version: 41,
        count: 17,
        ..scratch.record("item")
    };
    scratch.write(vec![put(pretended.clone())]).await;
    assert_eq!(state().await, (1, 0));
    scratch
        .write(vec![put_if(pretended, Condition::Version(1))])
        .await;
    assert_eq!(state().await, (2, 0));
    scratch.write(vec![add(scratch.key("item"), 5, 0, 9)]).await;
    assert_eq!(state().await, (3, 5));
    scratch
        .write(vec![Write::Check(scratch.key("item"), Condition::Version(3))])
        .await;
    assert_eq!(state().await, (3, 5));
    scratch.fill(["item"]).await;
    assert_eq!(state().await, (4, 0));

    scratch
        .write(vec![Write::Delete(scratch.key("item"), Condition::Version(4))])
        .await;
    scratch.fill(["item"]).await;
    assert_eq!(state().await, (1, 0));
}

/// Of many writers that all know the same version exactly one wins, round after round.
pub async fn one_writer_wins_each_version(subject: &mut dyn RecordStoreSubject) {
    const WRITERS: u8 = 8;
    const ROUNDS: u64 = 12;
    let scratch = Scratch::new(subject);
    scratch.fill(["item"]).await;
    for round in 1..=ROUNDS {
        let writers: Vec<_> = (0..WRITERS)
            .map(|writer| {
                let scratch = scratch.clone();
                tokio::spawn(async move {
                    let record = Record::new(scratch.key("item"), vec![writer]);
                    let won = scratch
                        .transact(vec![put_if(record, Condition::Version(round))])
                        .await;
                    won.is_ok().then_some(writer)
                })
            })
            .collect();
        let mut winners = Vec::new();
        for writer in writers {
            winners.extend(writer.await.expect("writers do not panic"));
        }
        let item = scratch.get("item").await.expect("it is there");
        assert_eq!(winners, item.body, "round {round}");
        assert_eq!(item.version, round + 1);
    }
}

/// Of many that put the same name `Absent` exactly one gets it: how unique names are kept.
pub async fn one_writer_gets_a_name(subject: &mut dyn RecordStoreSubject) {
    let scratch = Scratch::new(subject);
    let name = Key::new(scratch.partition("names"), "anna");
    let writers: Vec<_> = (0..16)
        .map(|number| {
            let (scratch, name) = (scratch.clone(), name.clone());
            tokio::spawn(async move {
                let user = scratch.record(&format!("user {number:02}"));
                let claim = put_if(Record::new(name, user.body.clone()), Condition::Absent);
                scratch.transact(vec![put(user), claim]).await.is_ok()
            })
        })
        .collect();
    let mut won = 0;
    for writer in writers {
        won += u32::from(writer.await.expect("writers do not panic"));
    }
    assert_eq!(won, 1);
    assert_eq!(
        scratch.find(&scratch.query()).await.len(),
        1,
        "losers leave nothing behind"
    );
}
