//! Identifiers that are the same in every run.
use homeroom_core::ports::{Clock, Ids};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use uuid::Uuid;

/// Deterministic identifiers: the n-th answer depends only on the seed, n and, for UUIDs, the
/// clock. Never for production: the secrets can be guessed.
pub struct SeededIds {
    state: AtomicU64,
    clock: Arc<dyn Clock>,
}

impl SeededIds {
    /// Identifiers from `seed` that carry the time of `clock`.
    pub fn new(seed: u64, clock: Arc<dyn Clock>) -> Self {
        Self {
            state: AtomicU64::new(seed),
            clock,
        }
    }

    /// The next 64 bits, by SplitMix64.
    fn next(&self) -> u64 {
        const STEP: u64 = 0x9E37_79B9_7F4A_7C15;
        let state = self.state.fetch_add(STEP, Ordering::Relaxed).wrapping_add(STEP);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }
}

impl Ids for SeededIds {
    fn uuid(&self) -> Uuid {
        let millis = u64::try_from(self.clock.now().as_millisecond()).unwrap_or(0);
        let mut random = [0; 10];
        random[..8].copy_from_slice(&self.next().to_le_bytes());
        random[8..].copy_from_slice(&self.next().to_le_bytes()[..2]);
        uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid()
    }

    fn secret(&self) -> [u8; 32] {
        let mut secret = [0; 32];
        for chunk in secret.chunks_exact_mut(8) {
            chunk.copy_from_slice(&self.next().to_le_bytes());
        }
        secret
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::StepClock;

    #[test]
    fn the_same_seed_gives_the_same_identifiers_and_none_twice() {
        let ids = |seed| SeededIds::new(seed, Arc::new(StepClock::school_morning()));
        let (one, other, third) = (ids(1), ids(1), ids(2));
        let first = one.uuid();
        assert_eq!(first, other.uuid());
        assert_eq!(first.get_version_num(), 7);
        assert_ne!(first, third.uuid());
        assert_ne!(first, one.uuid());
        assert_ne!(one.secret(), one.secret());
        let (seconds, _) = first.get_timestamp().unwrap().to_unix();
        assert_eq!(seconds, 1_772_438_400);
    }
}
