//! Sparse indexes: who is in them, where, and for how long.
use super::subject::{RecordStoreSubject, Scratch, add, put};
use homeroom_core::ports::record_store::{Condition, Direction, Index, Query, Record, SortRange, Write};

/// Only records with a key for an index are in it, each index on its own.
pub async fn indexes_are_sparse(subject: &mut dyn RecordStoreSubject) {
    let scratch = Scratch::new(subject);
    scratch.fill(["nowhere"]).await;
    for index in Index::ALL {
        scratch
            .write(vec![put(scratch.listed(index.name(), index, "1"))])
            .await;
    }
    let everywhere = Record {
        index_keys: Index::ALL
            .map(|index| scratch.entry(index, "listed", "2"))
            .to_vec(),
        ..scratch.record("everywhere")
    };
    scratch.write(vec![put(everywhere)]).await;
    for index in Index::ALL {
        let query = scratch.index_query(index);
        scratch
            .expect_listed(subject, &query, &[index.name(), "everywhere"])
            .await;
        let elsewhere = Query {
            partition: scratch.partition("main"),
            ..query
        };
        scratch.expect_listed(subject, &elsewhere, &[]).await;
    }
}

/// An index is ordered bytewise by its own sort keys and answers ranges and both directions.
pub async fn indexes_are_ordered_bytewise(subject: &mut dyn RecordStoreSubject) {
    let scratch = Scratch::new(subject);
    let places = [
        ("1", "b"),
        ("2", "é"),
        ("3", "a"),
        ("4", "\u{10FFFF}"),
        ("5", "b\u{1}"),
        ("6", "B"),
    ];
    for (sort, place) in places {
        scratch
            .write(vec![put(scratch.listed(sort, Index::Due, place))])
            .await;
    }
    let query = scratch.index_query(Index::Due);
    scratch
        .expect_listed(subject, &query, &["6", "3", "1", "5", "2", "4"])
        .await;
    let descending = Query {
        direction: Direction::Descending,
        ..query.clone()
    };
    scratch
        .expect_listed(subject, &descending, &["4", "2", "5", "1", "3", "6"])
        .await;
    let between = |from: &str, before: &str| Query {
        range: SortRange::Between {
            from: Some(from.into()),
            before: Some(before.into()),
        },
        ..query.clone()
    };
    scratch
        .expect_listed(subject, &between("b", "é"), &["1", "5"])
        .await;
    scratch
        .expect_listed(subject, &between("B", "b"), &["6", "3"])
        .await;
    let prefix = Query {
        range: SortRange::Prefix("b".into()),
        ..query
    };
    scratch.expect_listed(subject, &prefix, &["1", "5"]).await;
}

/// A put replaces all index keys: it moves the entry, adds others, or takes the record out.
pub async fn puts_move_index_entries(subject: &mut dyn RecordStoreSubject) {
    let scratch = Scratch::new(subject);
    let listing = scratch.index_query(Index::Listing);
    let other = Query {
        partition: scratch.partition("other"),
        ..listing.clone()
    };
    let owner = scratch.index_query(Index::Owner);
    scratch
        .write(vec![put(scratch.listed("fixed", Index::Listing, "m"))])
        .await;
    scratch
        .write(vec![put(scratch.listed("moved", Index::Listing, "a"))])
        .await;
    scratch
        .expect_listed(subject, &listing, &["moved", "fixed"])
        .await;

    scratch
        .write(vec![put(scratch.listed("moved", Index::Listing, "z"))])
        .await;
    scratch
        .expect_listed(subject, &listing, &["fixed", "moved"])
        .await;

    let elsewhere = Record {
        index_keys: vec![
            scratch.entry(Index::Listing, "other", "z"),
            scratch.entry(Index::Owner, "listed", "z"),
        ],
        ..scratch.record("moved")
    };
    scratch.write(vec![put(elsewhere)]).await;
    scratch.expect_listed(subject, &listing, &["fixed"]).await;
    scratch.expect_listed(subject, &other, &["moved"]).await;
    scratch.expect_listed(subject, &owner, &["moved"]).await;

    scratch.write(vec![put(scratch.record("moved"))]).await;
    scratch.expect_listed(subject, &other, &[]).await;
    scratch.expect_listed(subject, &owner, &[]).await;
}

/// A deleted record leaves its indexes.
pub async fn deletes_remove_index_entries(subject: &mut dyn RecordStoreSubject) {
    let scratch = Scratch::new(subject);
    let query = scratch.index_query(Index::Owner);
    for sort in ["a", "b"] {
        scratch
            .write(vec![put(scratch.listed(sort, Index::Owner, sort))])
            .await;
    }
    scratch
        .write(vec![Write::Delete(scratch.key("a"), Condition::Any)])
        .await;
    scratch.expect_listed(subject, &query, &["b"]).await;
    scratch
        .write(vec![put(scratch.listed("a", Index::Owner, "c"))])
        .await;
    scratch.expect_listed(subject, &query, &["b", "a"]).await;
}

/// An index answers whole records in their newest state, counters included.
pub async fn indexes_show_the_newest_state(subject: &mut dyn RecordStoreSubject) {
    let scratch = Scratch::new(subject);
    let query = scratch.index_query(Index::Owner);
    scratch
        .write(vec![put(scratch.listed("a", Index::Owner, "1"))])
        .await;
    let mut changed = scratch.listed("a", Index::Owner, "1");
    changed.body = b"changed".to_vec();
    scratch.write(vec![put(changed.clone())]).await;
    scratch.write(vec![add(scratch.key("a"), 7, 0, 10)]).await;
    changed.version = 3;
    changed.count = 7;
    let mut attempt = 0;
    while scratch.page(&query).await.records != [changed.clone()] {
        let found = scratch.page(&query).await.records;
        assert!(
            subject.wait_for_index(attempt).await,
            "{found:?} is not {changed:?}"
        );
        attempt += 1;
    }
}
