//! Order, ranges, and what comes back.
use super::subject::{RecordStoreSubject, Scratch, put};
use homeroom_core::ports::record_store::{Direction, Index, Key, Query, Record, SortRange};
use jiff::{SignedDuration, Timestamp};

/// Sort keys whose bytewise order differs from that of UTF-16, of case folding and of locales.
const AWKWARD: [&str; 16] = [
    "\u{1}",
    " ",
    "!",
    "0",
    "10",
    "2",
    "A",
    "B",
    "a",
    "a\u{10FFFF}",
    "aa",
    "b",
    "~",
    "é",
    "\u{FFFD}",
    "\u{10FFFF}",
];

/// Sort keys are ordered by their bytes, in both directions.
pub async fn keys_are_ordered_bytewise(subject: &mut dyn RecordStoreSubject) {
    let scratch = Scratch::new(subject);
    let mut sorts: Vec<&str> = AWKWARD.to_vec();
    sorts.reverse();
    sorts.swap(3, 9);
    scratch.fill(sorts.iter().copied()).await;

    let mut expected = AWKWARD.to_vec();
    expected.sort_unstable_by(|one, other| one.as_bytes().cmp(other.as_bytes()));
    assert_eq!(scratch.find(&scratch.query()).await, expected);
    expected.reverse();
    let descending = Query {
        direction: Direction::Descending,
        ..scratch.query()
    };
    assert_eq!(scratch.find(&descending).await, expected);
}

/// A query sees its own partition only, also where names are prefixes of each other.
pub async fn partitions_do_not_mix(subject: &mut dyn RecordStoreSubject) {
    let scratch = Scratch::new(subject);
    let base = scratch.partition("main");
    let partitions = [base.clone(), format!("{base}a"), format!("{base}\u{10FFFF}")];
    for (number, partition) in partitions.iter().enumerate() {
        let key = Key::new(partition, format!("in {number}"));
        scratch.write(vec![put(Record::new(key, vec![]))]).await;
    }
    for (number, partition) in partitions.into_iter().enumerate() {
        let query = Query {
            partition,
            ..scratch.query()
        };
        assert_eq!(scratch.find(&query).await, [format!("in {number}")]);
    }
    let empty = Query {
        partition: scratch.partition("nobody"),
        ..scratch.query()
    };
    let page = scratch.page(&empty).await;
    assert!(page.records.is_empty() && page.next.is_none());
}

/// A range includes its first key and excludes its last; either end may be open.
pub async fn ranges_are_half_open(subject: &mut dyn RecordStoreSubject) {
    let scratch = Scratch::new(subject);
    scratch.fill(["a", "b", "b\u{1}", "ba", "c", "é"]).await;
    let cases: [(Option<&str>, Option<&str>, &[&str]); 9] = [
        (None, None, &["a", "b", "b\u{1}", "ba", "c", "é"]),
        (Some("b"), None, &["b", "b\u{1}", "ba", "c", "é"]),
        (None, Some("b"), &["a"]),
        (Some("b"), Some("c"), &["b", "b\u{1}", "ba"]),
        (Some("b\u{1}"), Some("ba"), &["b\u{1}"]),
        (Some("aa"), Some("bb"), &["b", "b\u{1}", "ba"]),
        (Some("c"), Some("b"), &[]),
        (Some("b"), Some("b"), &[]),
        (Some("z"), Some("\u{10FFFF}"), &["é"]),
    ];
    for (from, before, expected) in cases {
        let range = SortRange::Between {
            from: from.map(String::from),
            before: before.map(String::from),
        };
        expect_both_ways(&scratch, range, expected).await;
    }
}

/// A prefix covers exactly the keys that begin with it.
pub async fn prefixes_cover_exactly(subject: &mut dyn RecordStoreSubject) {
    let scratch = Scratch::new(subject);
    let sorts = [
        "a",
        "a#",
        "a#1",
        "a#\u{10FFFF}\u{10FFFF}",
        "a$",
        "b",
        "é",
        "éa",
        "ê",
        "\u{10FFFF}",
        "\u{10FFFF}z",
    ];
    scratch.fill(sorts).await;
    let cases: [(&str, &[&str]); 7] = [
        ("a", &["a", "a#", "a#1", "a#\u{10FFFF}\u{10FFFF}", "a$"]),
        ("a#", &["a#", "a#1", "a#\u{10FFFF}\u{10FFFF}"]),
        ("a#1", &["a#1"]),
        ("é", &["é", "éa"]),
        ("\u{10FFFF}", &["\u{10FFFF}", "\u{10FFFF}z"]),
        ("a#\u{10FFFF}", &["a#\u{10FFFF}\u{10FFFF}"]),
        ("nothing", &[]),
    ];
    for (prefix, expected) in cases {
        expect_both_ways(&scratch, SortRange::Prefix(prefix.into()), expected).await;
    }
}

async fn expect_both_ways(scratch: &Scratch, range: SortRange, expected: &[&str]) {
    for direction in [Direction::Ascending, Direction::Descending] {
        let query = Query {
            range: range.clone(),
            direction,
            limit: 2,
            ..scratch.query()
        };
        let mut found = scratch.find(&query).await;
        if direction == Direction::Descending {
            found.reverse();
        }
        assert_eq!(found, expected, "{range:?} {direction:?}");
    }
}

/// What was put comes back whole from `get` and from `query`.
pub async fn records_come_back_whole(subject: &mut dyn RecordStoreSubject) {
    let scratch = Scratch::new(subject);
    let mut record = scratch.record("all bytes");
    record.body = (0..=255).cycle().take(3_000).collect();
    record.index_keys = vec![
        scratch.entry(Index::Owner, "owner", "1"),
        scratch.entry(Index::Listing, "listing", "é"),
        scratch.entry(Index::Due, "due", "\u{10FFFF}"),
    ];
    let now = subject.clock();
    record.expires_at = Some(now.advance(SignedDuration::from_millis(1)) + SignedDuration::from_hours(1));
    scratch.write(vec![put(record.clone())]).await;
    scratch
        .write(vec![put(Record::new(scratch.key("empty body"), vec![]))])
        .await;

    record.version = 1;
    let found = scratch.get("all bytes").await.expect("it was put");
    assert_same(found, &record);
    let page = scratch.page(&scratch.query()).await;
    assert_same(page.records[0].clone(), &record);
    assert!(page.records[1].body.is_empty() && page.records[1].expires_at.is_none());
}

/// Equal, where an engine may keep index keys in an order of its own and expiry by the millisecond.
fn assert_same(mut found: Record, expected: &Record) {
    let millis = |at: Option<Timestamp>| at.map(Timestamp::as_millisecond);
    found.index_keys.sort_by_key(|entry| entry.index);
    assert_eq!(millis(found.expires_at), millis(expected.expires_at));
    found.expires_at = expected.expires_at;
    assert_eq!(found, *expected);
}

/// `get` of 100 keys answers in the order of the keys, with `None` for what is absent; a key may
/// be asked for twice, and nothing may be asked for.
pub async fn get_keeps_the_keys_order(subject: &mut dyn RecordStoreSubject) {
    let scratch = Scratch::new(subject);
    let sorts: Vec<String> = (0..100)
        .map(|number| format!("{:02}", (number * 37) % 100))
        .collect();
    let even = |sort: &str| sort.ends_with(['0', '2', '4', '6', '8']);
    scratch
        .fill(sorts.iter().map(String::as_str).filter(|sort| even(sort)))
        .await;

    let asked: Vec<&str> = sorts.iter().map(String::as_str).collect();
    for (sort, found) in asked.iter().zip(scratch.get_all(&asked).await) {
        match found {
            Some(record) => assert_eq!(record.key.sort, *sort),
            None => assert!(!even(sort), "{sort} was put"),
        }
        assert_eq!(even(sort), scratch.get(sort).await.is_some());
    }
    assert!(scratch.get_all(&[]).await.is_empty());
    let twice = scratch.get_all(&["00", "00"]).await;
    assert!(twice[0].is_some() && twice[0] == twice[1]);
}
