//! The machine's clock and randomness behind the core's ports. Only the binaries construct them;
//! tests inject their own.
use homeroom_core::ports::{Clock, Ids};
use jiff::Timestamp;
use std::sync::{Arc, Mutex};
use uuid::{ContextV7, Uuid};

/// The machine's wall clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the clock that is injected")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// Identifiers that carry a clock's time, and secrets from the cryptographic library.
pub struct SystemIds {
    clock: Arc<dyn Clock>,
    /// Counts within one millisecond, so that ids made in order sort in order.
    sequence: Mutex<ContextV7>,
}

impl SystemIds {
    /// Ids whose time is the clock's.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self {
            clock,
            sequence: Mutex::new(ContextV7::new()),
        }
    }
}

impl Ids for SystemIds {
    fn uuid(&self) -> Uuid {
        let now = self.clock.now();
        // A clock before 1970 is a broken clock: its ids carry 1970, and stay unique.
        let seconds = u64::try_from(now.as_second()).unwrap_or(0);
        let nanoseconds = u32::try_from(now.subsec_nanosecond()).unwrap_or(0);
        Uuid::new_v7(uuid::Timestamp::from_unix(&self.sequence, seconds, nanoseconds))
    }

    fn secret(&self) -> [u8; 32] {
        random()
    }
}

/// Bytes from the cryptographic source.
///
/// # Panics
/// When the operating system gives no randomness: nothing that follows could be trusted.
#[expect(clippy::disallowed_methods, reason = "this is the source that is injected")]
pub(crate) fn random<const LENGTH: usize>() -> [u8; LENGTH] {
    let mut bytes = [0; LENGTH];
    aws_lc_rs::rand::fill(&mut bytes).expect("the operating system always has randomness once it runs");
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Fixed(Timestamp);

    impl Clock for Fixed {
        fn now(&self) -> Timestamp {
            self.0
        }
    }

    #[test]
    fn ids_carry_the_clocks_time_and_sort_as_they_were_made() {
        let now: Timestamp = "2026-03-01T08:00:00.123Z".parse().unwrap();
        let ids = SystemIds::new(Arc::new(Fixed(now)));

        let made: Vec<Uuid> = (0..5_000).map(|_| ids.uuid()).collect();

        assert!(made.is_sorted());
        assert!(made.windows(2).all(|pair| pair[0] != pair[1]));
        let (seconds, nanoseconds) = made[0].get_timestamp().unwrap().to_unix();
        assert_eq!(i64::try_from(seconds).unwrap(), now.as_second());
        assert_eq!(nanoseconds / 1_000_000, 123);
        assert_eq!(made[0].get_version_num(), 7);
    }

    #[test]
    fn a_clock_before_1970_still_gives_distinct_ids() {
        let ids = SystemIds::new(Arc::new(Fixed("1950-01-01T00:00:00Z".parse().unwrap())));
        assert_ne!(ids.uuid(), ids.uuid());
    }

    #[test]
    fn secrets_differ() {
        let ids = SystemIds::new(Arc::new(SystemClock));
        assert_ne!(ids.secret(), ids.secret());
    }
}
