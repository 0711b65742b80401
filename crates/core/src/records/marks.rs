//! Small facts about the program itself: when the sweeper last ran, what was seeded.
use super::{Records, decode, encode};
use crate::ports::record_store::{Condition, Key, Record, StoreError, Write};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The sweeper's idea of time: it does not trust a clock that leaps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heartbeat {
    /// When it last ran.
    pub at: Timestamp,
    /// Since when its clock has gone without a leap.
    pub steady_since: Timestamp,
}

fn heartbeat_key() -> Key {
    Key::new("mark", "sweeper")
}

fn seeded_key() -> Key {
    Key::new("mark", "subjects-seeded")
}

/// The write that stores the heartbeat.
pub fn beat(heartbeat: &Heartbeat) -> Write {
    Write::Put(Record::new(heartbeat_key(), encode(heartbeat)), Condition::Any)
}

/// The write that says that the initial subjects were made; fails when they were.
pub fn seeded() -> Write {
    Write::Put(Record::new(seeded_key(), b"{}".to_vec()), Condition::Absent)
}

impl Records {
    /// The sweeper's heartbeat.
    pub async fn heartbeat(&self) -> Result<Option<Heartbeat>, StoreError> {
        self.one(heartbeat_key()).await?.as_ref().map(decode).transpose()
    }
}
