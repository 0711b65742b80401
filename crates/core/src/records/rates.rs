//! What all processes of a school have let pass of a share of requests in the present minute.
use super::Records;
use crate::ports::record_store::{Key, MAX_GET_KEYS, StoreError, TransactError, Write};
use jiff::{SignedDuration, Timestamp};

/// The length of a window, in seconds.
const WINDOW: i64 = 60;

/// Requests that one process has let pass.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passed {
    /// Which share. It names an address or a user, so it is kept for two minutes only.
    pub share: String,
    /// How many.
    pub requests: u32,
}

fn key(share: &str, now: Timestamp) -> Key {
    Key::new(
        format!("rates#{share}"),
        format!("{:012}", now.as_second().max(0) / WINDOW),
    )
}

/// How long the present window still lasts, in seconds.
pub fn seconds_left(now: Timestamp) -> u64 {
    u64::try_from(WINDOW - now.as_second().rem_euclid(WINDOW)).unwrap_or(1)
}

impl Records {
    /// Adds what has passed, and says for each how many requests that makes in this window.
    ///
    /// # Errors
    /// When the store does not answer; what was not added is forgotten.
    pub async fn add_passed(&self, passed: &[Passed], now: Timestamp) -> Result<Vec<i64>, TransactError> {
        let mut totals = Vec::with_capacity(passed.len());
        for batch in passed.chunks(MAX_GET_KEYS) {
            let adds = batch.iter().map(|share| Write::Add {
                key: key(&share.share, now),
                delta: i64::from(share.requests),
                min: 0,
                max: i64::MAX,
                expires_at: now.checked_add(SignedDuration::from_secs(2 * WINDOW)).ok(),
            });
            self.store().transact(adds.collect()).await?;
            totals.extend(self.passed(batch, now).await?);
        }
        Ok(totals)
    }

    async fn passed(&self, batch: &[Passed], now: Timestamp) -> Result<Vec<i64>, StoreError> {
        let keys: Vec<Key> = batch.iter().map(|share| key(&share.share, now)).collect();
        let found = self.store().get(&keys).await?;
        Ok(found
            .into_iter()
            .map(|record| record.map_or(0, |record| record.count))
            .collect())
    }
}
