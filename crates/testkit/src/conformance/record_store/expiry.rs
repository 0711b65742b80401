//! Records that cease to exist, by the injected clock.
use super::subject::{RecordStoreSubject, Scratch, add, assert_conditions, put, put_if};
use homeroom_core::ports::Clock;
use homeroom_core::ports::record_store::{Condition, Index, Query, Record, Write};
use jiff::{SignedDuration, Timestamp};

const MINUTE: SignedDuration = SignedDuration::from_mins(1);
const MILLISECOND: SignedDuration = SignedDuration::from_millis(1);

fn fleeting(subject: &dyn RecordStoreSubject, scratch: &Scratch, sort: &str) -> Record {
    Record {
        expires_at: Some(subject.clock().now() + MINUTE),
        ..scratch.listed(sort, Index::Owner, sort)
    }
}

/// A record is there until the millisecond before its expiry and gone from then on, for `get`
/// and for queries of the table and of an index; a clock set back brings it back at most.
pub async fn expired_records_are_absent_to_readers(subject: &mut dyn RecordStoreSubject) {
    let scratch = Scratch::new(subject);
    let lasting = scratch.listed("lasting", Index::Owner, "z");
    scratch
        .write(vec![put(fleeting(subject, &scratch, "fleeting")), put(lasting)])
        .await;
    let listed = scratch.index_query(Index::Owner);
    subject.clock().advance(MINUTE - MILLISECOND);
    assert!(scratch.get("fleeting").await.is_some());
    scratch
        .expect_listed(subject, &listed, &["fleeting", "lasting"])
        .await;

    subject.clock().advance(MILLISECOND);
    assert_eq!(scratch.get("fleeting").await, None);
    assert_eq!(scratch.find(&scratch.query()).await, ["lasting"]);
    scratch.expect_listed(subject, &listed, &["lasting"]).await;
}

/// Pages are full and cursors right when expired records lie between the live ones.
pub async fn expired_records_do_not_thin_pages(subject: &mut dyn RecordStoreSubject) {
    let scratch = Scratch::new(subject);
    for number in 0..20 {
        let sort = format!("{number:02}");
        let record = if number % 4 == 0 {
            scratch.listed(&sort, Index::Owner, &sort)
        } else {
            fleeting(subject, &scratch, &sort)
        };
        scratch.write(vec![put(record)]).await;
    }
    subject.clock().advance(MINUTE);
    let expected = [["00", "04"].as_slice(), &["08", "12"], &["16"]];
    let query = Query {
        limit: 2,
        ..scratch.query()
    };
    assert_eq!(scratch.walk(&query).await, expected);
    let listed = scratch.index_query(Index::Owner);
    scratch
        .expect_listed(subject, &listed, &["00", "04", "08", "12", "16"])
        .await;
    assert_eq!(scratch.walk(&Query { limit: 2, ..listed }).await, expected);
}

/// Every condition sees an expired record as absent.
pub async fn expired_records_are_absent_to_conditions(subject: &mut dyn RecordStoreSubject) {
    let scratch = Scratch::new(subject);
    scratch
        .write(vec![put(fleeting(subject, &scratch, "item"))])
        .await;
    subject.clock().advance(MINUTE);
    for condition in [Condition::Present, Condition::Version(1)] {
        let writes = [
            put_if(scratch.record("item"), condition),
            Write::Delete(scratch.key("item"), condition),
            Write::Check(scratch.key("item"), condition),
        ];
        for write in writes {
            assert_conditions(subject, &scratch.transact(vec![write]).await, &[0]);
        }
    }
    scratch
        .write(vec![Write::Check(scratch.key("item"), Condition::Absent)])
        .await;
    scratch
        .write(vec![Write::Delete(scratch.key("item"), Condition::Absent)])
        .await;
    scratch
        .write(vec![put(fleeting(subject, &scratch, "item"))])
        .await;
    subject.clock().advance(MINUTE);

    scratch
        .write(vec![put_if(scratch.record("item"), Condition::Absent)])
        .await;
    let item = scratch.get("item").await.expect("it was put anew");
    assert_eq!((item.expires_at, item.index_keys.len()), (None, 0));
    scratch
        .expect_listed(subject, &scratch.index_query(Index::Owner), &[])
        .await;
}

/// Adding to an expired record starts a new one from 0, without its body, index keys or expiry.
pub async fn adding_to_an_expired_record_starts_anew(subject: &mut dyn RecordStoreSubject) {
    let scratch = Scratch::new(subject);
    scratch
        .write(vec![put(fleeting(subject, &scratch, "item"))])
        .await;
    scratch.write(vec![add(scratch.key("item"), 5, 0, 5)]).await;
    subject.clock().advance(MINUTE);
    scratch.write(vec![add(scratch.key("item"), 4, 0, 5)]).await;
    let item = scratch.get("item").await.expect("it was created anew");
    assert_eq!(
        (
            item.count,
            item.body.len(),
            item.index_keys.len(),
            item.expires_at
        ),
        (4, 0, 0, None)
    );
    scratch
        .expect_listed(subject, &scratch.index_query(Index::Owner), &[])
        .await;
}

/// A record that is put already expired is never seen, and a put without expiry stays.
pub async fn expiry_is_replaced_by_a_put(subject: &mut dyn RecordStoreSubject) {
    let scratch = Scratch::new(subject);
    let mut past = fleeting(subject, &scratch, "past");
    past.expires_at = Some(subject.clock().now());
    scratch
        .write(vec![put(past), put(fleeting(subject, &scratch, "kept"))])
        .await;
    assert_eq!(scratch.get("past").await, None);
    scratch.write(vec![put(scratch.record("kept"))]).await;
    subject.clock().advance(MINUTE);
    assert!(scratch.get("kept").await.is_some());
}

/// `remove_expired` keeps to its limit, comes to an end, and touches nothing that is live.
pub async fn removing_expired_records_spares_the_live(subject: &mut dyn RecordStoreSubject) {
    let scratch = Scratch::new(subject);
    // Long before the clocks of other cases, whose records this one must not remove.
    subject.clock().set(Timestamp::constant(1_000_000_000, 0));
    for number in 0..7 {
        scratch
            .write(vec![put(fleeting(
                subject,
                &scratch,
                &format!("fleeting {number}"),
            ))])
            .await;
    }
    let mut later = fleeting(subject, &scratch, "later");
    later.expires_at = Some(subject.clock().now() + MINUTE + MILLISECOND);
    scratch
        .write(vec![put(later), put(scratch.record("lasting"))])
        .await;
    subject.clock().advance(MINUTE);
    let mut rounds = 0;
    loop {
        let removed = scratch.store().remove_expired(3).await.expect("the store works");
        assert!(removed <= 3);
        rounds += 1;
        assert!(rounds < 10_000, "it comes to an end");
        if removed == 0 {
            break;
        }
    }
    assert_eq!(scratch.find(&scratch.query()).await, ["lasting", "later"]);
    scratch
        .expect_listed(subject, &scratch.index_query(Index::Owner), &["later"])
        .await;
    scratch
        .write(vec![put_if(scratch.record("fleeting 0"), Condition::Absent)])
        .await;
}
