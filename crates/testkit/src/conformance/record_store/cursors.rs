//! Pages and the cursors between them.
use super::subject::{RecordStoreSubject, Scratch, assert_invalid, put, sorts_of};
use homeroom_core::ports::record_store::{
    Condition, Cursor, Direction, Index, Query, SortRange, Source, Write,
};

const BOTH: [Direction; 2] = [Direction::Ascending, Direction::Descending];

/// Records "00", "01"…, listed in the index by groups of equal sort keys, three in each.
async fn fill_with_ties(scratch: &Scratch, count: usize) -> Vec<String> {
    let sorts: Vec<String> = (0..count).map(|number| format!("{number:02}")).collect();
    for (number, sort) in sorts.iter().enumerate() {
        let tie = format!("tie {}", number / 3);
        scratch
            .write(vec![put(scratch.listed(sort, Index::Listing, &tie))])
            .await;
    }
    sorts
}

async fn wait_for_all(subject: &dyn RecordStoreSubject, scratch: &Scratch, count: usize) {
    let mut attempt = 0;
    while scratch.find(&scratch.index_query(Index::Listing)).await.len() != count {
        assert!(
            subject.wait_for_index(attempt).await,
            "{count} records are listed"
        );
        attempt += 1;
    }
}

/// Whatever the limit, the pages hold each record once, in order, full up to the last, and the
/// last has no cursor: also when it is exactly full.
pub async fn pages_cover_everything_once(subject: &mut dyn RecordStoreSubject) {
    let scratch = Scratch::new(subject);
    let sorts = fill_with_ties(&scratch, 12).await;
    wait_for_all(subject, &scratch, 12).await;
    for source in [Source::Table, Source::Index(Index::Listing)] {
        for direction in BOTH {
            let base = match source {
                Source::Table => scratch.query(),
                Source::Index(index) => scratch.index_query(index),
            };
            let whole = scratch
                .find(&Query {
                    direction,
                    ..base.clone()
                })
                .await;
            for limit in [1, 2, 3, 4, 5, 6, 11, 12, 13, 1_000] {
                let query = Query {
                    direction,
                    limit,
                    ..base.clone()
                };
                let pages = scratch.walk(&query).await;
                assert_eq!(pages.concat(), whole, "{query:?}");
                let expected: Vec<&[String]> = whole.chunks(limit as usize).collect();
                assert_eq!(pages, expected, "{query:?}");
            }
            let mut all = whole;
            all.sort();
            assert_eq!(all, sorts);
        }
    }
}

/// Index entries with equal sort keys are all told, once, and each time in the same order.
pub async fn ties_have_a_stable_order(subject: &mut dyn RecordStoreSubject) {
    let scratch = Scratch::new(subject);
    for number in 0..9 {
        let sort = format!("{number}");
        scratch
            .write(vec![put(scratch.listed(&sort, Index::Owner, "the same"))])
            .await;
    }
    let query = Query {
        limit: 2,
        ..scratch.index_query(Index::Owner)
    };
    let mut attempt = 0;
    let found = loop {
        let found = scratch.find(&query).await;
        if found.len() == 9 || !subject.wait_for_index(attempt).await {
            break found;
        }
        attempt += 1;
    };
    assert_eq!(scratch.find(&query).await, found);
    let mut sorted = found;
    sorted.sort();
    assert_eq!(sorted, ["0", "1", "2", "3", "4", "5", "6", "7", "8"]);
    let backwards = Query {
        direction: Direction::Descending,
        ..query
    };
    let found = scratch.find(&backwards).await;
    assert_eq!(scratch.find(&backwards).await, found);
    let mut again = found;
    again.sort();
    assert_eq!(again, sorted);
}

/// A cursor keeps its place while records before and behind it come and go, and when the very
/// record that it points behind is deleted.
pub async fn cursors_survive_changes(subject: &mut dyn RecordStoreSubject) {
    for direction in BOTH {
        let scratch = Scratch::new(subject);
        scratch.fill(["b", "d", "f", "h", "j"]).await;
        let mut query = Query {
            limit: 2,
            direction,
            ..scratch.query()
        };
        let first = scratch.page(&query).await;
        let pointed = sorts_of(&first)[1].clone();
        scratch
            .write(vec![
                Write::Delete(scratch.key(&pointed), Condition::Present),
                put(scratch.record("a")),
                put(scratch.record("e")),
                put(scratch.record("g")),
                put(scratch.record("k")),
            ])
            .await;
        query.cursor = first.next;
        query.limit = 1_000;
        let rest = scratch.find(&query).await;
        match direction {
            Direction::Ascending => assert_eq!(rest, ["e", "f", "g", "h", "j", "k"]),
            Direction::Descending => assert_eq!(rest, ["g", "f", "e", "d", "b", "a"]),
        }
    }
}

/// The same on an index whose sort keys are all equal: nothing is skipped or told twice.
pub async fn index_cursors_survive_changes(subject: &mut dyn RecordStoreSubject) {
    for direction in BOTH {
        let scratch = Scratch::new(subject);
        fill_with_ties(&scratch, 6).await;
        wait_for_all(subject, &scratch, 6).await;
        let mut query = Query {
            limit: 2,
            direction,
            ..scratch.index_query(Index::Listing)
        };
        let whole = scratch.find(&query).await;
        let first = scratch.page(&query).await;
        let gone = &whole[1];
        scratch
            .write(vec![Write::Delete(scratch.key(gone), Condition::Present)])
            .await;
        wait_for_all(subject, &scratch, 5).await;
        query.cursor = first.next;
        assert_eq!(scratch.find(&query).await, whole[2..]);
    }
}

/// A cursor works within a range and never leads out of it.
pub async fn cursors_stay_in_their_range(subject: &mut dyn RecordStoreSubject) {
    let scratch = Scratch::new(subject);
    scratch.fill(["a", "b1", "b2", "b3", "b4", "c"]).await;
    for direction in BOTH {
        let query = Query {
            range: SortRange::Prefix("b".into()),
            direction,
            limit: 1,
            ..scratch.query()
        };
        let mut found = scratch.find(&query).await;
        found.sort();
        assert_eq!(found, ["b1", "b2", "b3", "b4"]);
    }
}

/// Cursors are printable; what never was one is refused.
pub async fn cursors_are_printable_and_checked(subject: &mut dyn RecordStoreSubject) {
    let scratch = Scratch::new(subject);
    scratch.fill(["é\u{10FFFF}?&=/+ ", "z", "\u{10FFFF}"]).await;
    let page = scratch
        .page(&Query {
            limit: 2,
            ..scratch.query()
        })
        .await;
    let cursor = page.next.expect("one record is left");
    let url_safe = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
    assert!(cursor.0.bytes().all(url_safe), "{cursor:?}");
    for text in ["", "!", "AAAA", "not a cursor", &"A".repeat(10_000)] {
        let query = Query {
            cursor: Some(Cursor(text.into())),
            ..scratch.query()
        };
        assert_invalid(&scratch.store().query(&query).await, "a made-up cursor");
    }
}
