//! Clocks that stand still until a test moves them.
use homeroom_core::ports::Clock;
use jiff::{SignedDuration, Timestamp};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Always the same instant.
#[derive(Clone, Copy, Debug)]
pub struct FixedClock(pub Timestamp);

impl Clock for FixedClock {
    fn now(&self) -> Timestamp {
        self.0
    }
}

/// Stands still until it is set or advanced; share it as `Arc<StepClock>`.
#[derive(Debug)]
pub struct StepClock(Mutex<Timestamp>);

impl StepClock {
    /// A clock that shows `now`.
    pub const fn new(now: Timestamp) -> Self {
        Self(Mutex::new(now))
    }

    /// A clock that shows a school morning: Monday, 2 March 2026, 08:00:00 UTC.
    pub fn school_morning() -> Self {
        Self::new(Timestamp::constant(1_772_438_400, 0))
    }

    /// Shows `now` from here on, forwards or backwards.
    pub fn set(&self, now: Timestamp) {
        *self.hand() = now;
    }

    /// Moves by `step`, which may be negative, and returns the new instant.
    pub fn advance(&self, step: SignedDuration) -> Timestamp {
        let mut hand = self.hand();
        *hand = hand
            .checked_add(step)
            .expect("tests stay within the years that a timestamp can show");
        *hand
    }

    fn hand(&self) -> MutexGuard<'_, Timestamp> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Clock for StepClock {
    fn now(&self) -> Timestamp {
        *self.hand()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_clock_moves_only_when_told() {
        let clock = StepClock::school_morning();
        let start = clock.now();
        assert_eq!(start.to_string(), "2026-03-02T08:00:00Z");
        assert_eq!(clock.now(), start);
        assert_eq!(clock.advance(SignedDuration::from_secs(60)), clock.now());
        assert_eq!(clock.now().duration_since(start), SignedDuration::from_mins(1));
        clock.set(start);
        assert_eq!(FixedClock(start).now(), clock.now());
    }
}
