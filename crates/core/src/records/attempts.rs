//! How often a log-in was tried.
use crate::ports::record_store::{Condition, Key, Write};
use jiff::{SignedDuration, Timestamp};

/// Attempts are counted in windows of this length.
pub const WINDOW: SignedDuration = SignedDuration::from_mins(15);

fn key(who: &str, now: Timestamp) -> Key {
    Key::new(
        format!("attempts#{who}"),
        format!("{:012}", now.as_second().max(0) / WINDOW.as_secs()),
    )
}

/// Counts one attempt of `who` (a digest), unless `limit` have been counted in this window.
pub fn count(who: &str, now: Timestamp, limit: u32) -> Write {
    Write::Add {
        key: key(who, now),
        delta: 1,
        min: 0,
        max: i64::from(limit),
        expires_at: now.checked_add(WINDOW * 2).ok(),
    }
}

/// Forgets the attempts of `who` in this window.
pub fn forget(who: &str, now: Timestamp) -> Write {
    Write::Delete(key(who, now), Condition::Any)
}

/// How long it is until the next window, in seconds.
pub fn seconds_left(now: Timestamp) -> u64 {
    let window = WINDOW.as_secs();
    u64::try_from(window - now.as_second().rem_euclid(window)).unwrap_or(1)
}
