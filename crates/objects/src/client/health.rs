//! Whether the service answers at all, as seen by all calls together.
//!
//! While it is silent, callers must hear so within a second: one call at a time is let through to
//! see whether it is back, the others are refused at once. A slow answer is no silence as long as
//! the service answers anybody else.
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// While it is silent, one call in this time is let through.
const TRIAL_PAUSE: Duration = Duration::from_millis(250);

/// What all calls know together.
#[derive(Default)]
pub struct Health(Mutex<State>);

#[derive(Default)]
struct State {
    last_answer: Option<Instant>,
    /// While it is silent: when it was found so, and when it is tried next.
    silent: Option<(Instant, Instant)>,
}

impl Health {
    /// Whether a call may be sent; `Err` with how long the service has been silent.
    pub fn admit(&self, now: Instant) -> Result<(), Duration> {
        let mut state = self.state();
        match &mut state.silent {
            Some((since, next)) if now < *next => Err(now - *since),
            Some((_, next)) => {
                *next = now + TRIAL_PAUSE;
                Ok(())
            }
            None => Ok(()),
        }
    }

    /// An answer came, whatever it said.
    pub fn heard(&self, now: Instant) {
        let mut state = self.state();
        state.last_answer = Some(now);
        if let Some((since, _)) = state.silent.take() {
            tracing::info!(silent_seconds = (now - since).as_secs(), "storage answers again");
        }
    }

    /// A call was given up without an answer.
    pub fn lost(&self, why: &str, now: Instant) {
        let mut state = self.state();
        if let Some((_, next)) = &mut state.silent {
            *next = now + TRIAL_PAUSE;
        } else {
            tracing::warn!("storage does not answer: {why}");
            state.silent = Some((now, now + TRIAL_PAUSE));
        }
    }

    /// Whether it was silent when last tried.
    pub fn is_silent(&self) -> bool {
        self.state().silent.is_some()
    }

    /// Whether anybody had an answer since then.
    pub fn heard_since(&self, instant: Instant) -> bool {
        self.state().last_answer.is_some_and(|last| last >= instant)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn while_it_is_silent_one_call_at_a_time_looks() {
        let health = Health::default();
        let begin = Instant::now();
        assert!(health.admit(begin).is_ok() && health.admit(begin).is_ok());
        health.lost("refused", begin);
        assert!(health.admit(begin).is_err());
        let later = begin + TRIAL_PAUSE;
        assert!(health.admit(later).is_ok());
        assert_eq!(health.admit(later), Err(TRIAL_PAUSE));
        health.heard(later);
        assert!(health.admit(later).is_ok() && health.admit(later).is_ok());
        assert!(health.heard_since(later) && !health.heard_since(later + TRIAL_PAUSE));
    }
}
