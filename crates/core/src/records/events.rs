//! The log of what a search index must take up, in order of time: appended in the transaction of the
//! change, read by every process that keeps an index of its own, forgotten after [`KEPT`].
//!
//! One partition for each hour. Transactions may become visible out of the order of their times, so
//! a reader reads a little back and tells events apart by their ids.
use super::{Listing, Records, decode, encode, time_sort};
use crate::domain::ids::{EventId, MaterialId, UserId};
use crate::ports::record_store::{
    Condition, Cursor, Direction, Key, MAX_QUERY_LIMIT, Record, SortRange, Source, StoreError, Write,
};
use crate::ports::{Clock, Ids};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// How long an event is kept. An index that was away for longer is built anew.
pub const KEPT: SignedDuration = SignedDuration::from_hours(7 * 24);

/// What happened. Stored: variants and fields are never renamed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "did")]
pub enum Happening {
    /// Something of a material that the index shows was changed, or it was removed.
    ChangedMaterial {
        /// Which.
        material: MaterialId,
    },
    /// The name of a user was changed, which stands with everything that they have shared.
    ChangedUser {
        /// Whose.
        user: UserId,
    },
    /// Somebody asked for the index to be built anew.
    AskedForRebuild,
}

/// An entry of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// Which.
    pub id: EventId,
    /// When, by the clock of the process that appended it.
    pub at: Timestamp,
    /// What.
    pub what: Happening,
}

#[derive(Serialize, Deserialize)]
struct StoredEvent {
    v: u8,
    #[serde(flatten)]
    event: Event,
}

impl Event {
    /// Something that happens now.
    pub fn new(what: Happening, clock: &dyn Clock, ids: &dyn Ids) -> Self {
        Self {
            id: EventId::new(ids.uuid()),
            at: clock.now(),
            what,
        }
    }

    /// The write that appends it.
    pub fn append(&self) -> Write {
        let key = Key::new(
            partition(hour_of(self.at)),
            format!("{}#{}", time_sort(self.at), self.id),
        );
        let mut record = Record::new(key, encode(&StoredEvent { v: 1, event: *self }));
        record.expires_at = self.at.checked_add(KEPT).ok();
        Write::Put(record, Condition::Any)
    }
}

/// The hours since 1970 of an instant.
pub fn hour_of(at: Timestamp) -> i64 {
    at.as_second().max(0) / 3_600
}

fn partition(hour: i64) -> String {
    format!("events#{hour:09}")
}

impl Records {
    /// A page of the events of one hour (see [`hour_of`]) that are not before `from`, in order.
    pub async fn events_of_hour(
        &self,
        hour: i64,
        from: Timestamp,
        cursor: Option<Cursor>,
    ) -> Result<Listing<Event>, StoreError> {
        let range = SortRange::Between {
            from: Some(time_sort(from)),
            before: None,
        };
        let page = self
            .page(
                Source::Table,
                partition(hour),
                range,
                Direction::Ascending,
                MAX_QUERY_LIMIT,
                cursor,
            )
            .await?;
        page.listing(|record| decode::<StoredEvent>(record).map(|stored| stored.event))
    }
}
