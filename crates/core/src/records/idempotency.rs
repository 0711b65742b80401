//! Which thing a request with an `Idempotency-Key` has made.
use super::{Records, decode, encode, users};
use crate::domain::ids::UserId;
use crate::ports::record_store::{Condition, Key, Record, StoreError, Write};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// How long a key is remembered.
pub const KEPT: SignedDuration = SignedDuration::from_hours(24);

/// What was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Made {
    v: u8,
    /// A digest of the request: the same key with another request is an error.
    pub fingerprint: String,
    /// The id of what was made.
    pub made: String,
}

fn key(user: UserId, scope: &str, digest: &str) -> Key {
    Key::new(users::partition(user), format!("idempotency#{scope}#{digest}"))
}

/// The write that remembers a key; its failing condition says that the key was used before.
pub fn remember(
    user: UserId,
    scope: &str,
    digest: &str,
    fingerprint: &str,
    made: &str,
    now: Timestamp,
) -> Write {
    let body = encode(&Made {
        v: 1,
        fingerprint: fingerprint.to_owned(),
        made: made.to_owned(),
    });
    let mut record = Record::new(key(user, scope, digest), body);
    record.expires_at = now.checked_add(KEPT).ok();
    Write::Put(record, Condition::Absent)
}

impl Records {
    /// What a key has made.
    pub async fn made(&self, user: UserId, scope: &str, digest: &str) -> Result<Option<Made>, StoreError> {
        self.one(key(user, scope, digest))
            .await?
            .as_ref()
            .map(decode)
            .transpose()
    }
}
