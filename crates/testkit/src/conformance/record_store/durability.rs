//! What is left when a store is closed, and what an error says about what was written.
use super::subject::{RecordStoreSubject, Scratch, WriteFault, add, put, put_if};
use homeroom_core::ports::record_store::{Condition, Index, StoreError, TransactError, Write};

/// Everything that was answered is there after reopening: records, counters, versions, indexes.
/// Stores that cannot be reopened pass.
pub async fn answered_writes_survive_reopening(subject: &mut dyn RecordStoreSubject) {
    let scratch = Scratch::new(subject);
    scratch
        .write(vec![put(scratch.listed("a", Index::Owner, "2"))])
        .await;
    scratch
        .write(vec![put(scratch.listed("b", Index::Owner, "1"))])
        .await;
    scratch
        .write(vec![put(scratch.listed("gone", Index::Owner, "0"))])
        .await;
    scratch
        .write(vec![
            add(scratch.key("a"), 3, 0, 9),
            Write::Delete(scratch.key("gone"), Condition::Present),
        ])
        .await;
    let before = scratch.page(&scratch.query()).await;
    let id = scratch.into_id();
    if !subject.reopen().await {
        return;
    }
    let scratch = Scratch::again(subject, id);
    assert_eq!(scratch.page(&scratch.query()).await, before);
    scratch
        .expect_listed(subject, &scratch.index_query(Index::Owner), &["b", "a"])
        .await;
    scratch
        .write(vec![put_if(scratch.record("a"), Condition::Version(2))])
        .await;
    assert_eq!(
        scratch.store().examine().await.expect("the store works"),
        Vec::<String>::new()
    );
}

/// While writes are refused as unavailable nothing is written and reads go on; afterwards
/// writes succeed again. Stores without this fault pass.
pub async fn unavailable_means_not_written(subject: &mut dyn RecordStoreSubject) {
    let scratch = Scratch::new(subject);
    scratch.fill(["before"]).await;
    let Some(faults) = subject
        .faults()
        .filter(|faults| faults.start(WriteFault::Unavailable))
    else {
        return;
    };
    let write = || {
        vec![
            put_if(scratch.record("new"), Condition::Absent),
            add(scratch.key("before"), 1, 0, 9),
        ]
    };
    let outcome = scratch.transact(write()).await;
    assert!(
        matches!(outcome, Err(TransactError::Store(StoreError::Unavailable(_)))),
        "{outcome:?}"
    );
    assert_eq!(scratch.find(&scratch.query()).await, ["before"]);
    faults.stop();
    assert_eq!(scratch.get("before").await.map(|record| record.version), Some(1));
    scratch.write(write()).await;
    assert_eq!(scratch.find(&scratch.query()).await, ["before", "new"]);
}

/// When the outcome is unknown the error says so, and the transaction is there whole or not at
/// all. Stores without this fault pass.
pub async fn unknown_outcomes_are_whole_or_absent(subject: &mut dyn RecordStoreSubject) {
    for fault in [WriteFault::UnknownApplied, WriteFault::UnknownLost] {
        let scratch = Scratch::new(subject);
        let Some(faults) = subject.faults().filter(|faults| faults.start(fault)) else {
            continue;
        };
        let outcome = scratch
            .transact(vec![put(scratch.record("one")), put(scratch.record("two"))])
            .await;
        faults.stop();
        assert!(
            matches!(outcome, Err(TransactError::Store(StoreError::OutcomeUnknown(_)))),
            "{outcome:?}"
        );
        let found = scratch.find(&scratch.query()).await;
        assert!(found.is_empty() || found == ["one", "two"], "{found:?}");
        // What a caller does who must know: look, or repeat under a condition.
        let repeated = scratch
            .transact(vec![put_if(scratch.record("one"), Condition::Absent)])
            .await;
        assert_eq!(repeated.is_ok(), found.is_empty());
    }
}

/// An examination of sound data finds nothing.
pub async fn sound_data_has_no_findings(subject: &mut dyn RecordStoreSubject) {
    let scratch = Scratch::new(subject);
    for number in 0..30 {
        let sort = format!("{number:02}");
        scratch
            .write(vec![put(scratch.listed(&sort, Index::Due, &sort))])
            .await;
    }
    scratch
        .write(vec![
            Write::Delete(scratch.key("07"), Condition::Any),
            add(scratch.key("08"), 1, 0, 1),
        ])
        .await;
    assert_eq!(
        scratch.store().examine().await.expect("the store works"),
        Vec::<String>::new()
    );
}
