//! How many bytes each user has reserved or stored.
use super::{Records, users};
use crate::domain::ids::UserId;
use crate::ports::record_store::{Condition, Key, StoreError, Write};

fn key(user: UserId) -> Key {
    Key::new(users::partition(user), "usage")
}

fn signed(bytes: u64) -> i64 {
    i64::try_from(bytes).unwrap_or(i64::MAX)
}

/// Reserves bytes, unless that would exceed the quota.
pub fn reserve(user: UserId, bytes: u64, quota: u64) -> Write {
    Write::Add {
        key: key(user),
        delta: signed(bytes),
        min: 0,
        max: signed(quota),
        expires_at: None,
    }
}

/// Gives bytes back.
pub fn release(user: UserId, bytes: u64) -> Write {
    Write::Add {
        key: key(user),
        delta: -signed(bytes),
        min: 0,
        max: i64::MAX,
        expires_at: None,
    }
}

/// Forgets the count, with the user.
pub fn delete(user: UserId) -> Write {
    Write::Delete(key(user), Condition::Any)
}

impl Records {
    /// The bytes that a user has reserved or stored.
    pub async fn usage(&self, user: UserId) -> Result<u64, StoreError> {
        let count = self.one(key(user)).await?.map_or(0, |record| record.count);
        Ok(u64::try_from(count).unwrap_or(0))
    }
}
