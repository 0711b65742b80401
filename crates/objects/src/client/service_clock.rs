//! The service's time: ours, corrected by what its answers say.
//!
//! Services refuse signatures that are 15 minutes off, and a presigned URL dies early by as much as
//! our clock is behind. So what is signed carries the service's time, and the log says once that
//! our clock is wrong.
use homeroom_core::ports::Clock;
use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

/// Answers take time and dates are whole seconds: less than this is no difference.
const TOLERANCE_SECONDS: i64 = 5;

/// Our clock with what the service says of it.
pub struct ServiceClock {
    clock: Arc<dyn Clock>,
    /// How far the service is ahead of us.
    ahead_seconds: AtomicI64,
    told: AtomicBool,
}

impl ServiceClock {
    /// Our clock, until the service says otherwise.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self {
            clock,
            ahead_seconds: AtomicI64::new(0),
            told: AtomicBool::new(false),
        }
    }

    /// What the service thinks it is.
    pub fn now(&self) -> Timestamp {
        let ahead = SignedDuration::from_secs(self.ahead_seconds.load(Ordering::Relaxed));
        let now = self.clock.now();
        now.checked_add(ahead).unwrap_or(now)
    }

    /// What we think it is.
    pub fn own(&self) -> Timestamp {
        self.clock.now()
    }

    /// How far the service is ahead of us; negative when it is behind. Zero when it is about the same.
    pub fn ahead(&self) -> SignedDuration {
        SignedDuration::from_secs(self.ahead_seconds.load(Ordering::Relaxed))
    }

    /// Hears the `Date` of an answer; whether that changes what is signed from here on.
    pub fn hear(&self, date: &str) -> bool {
        let Some(said) = parse_http_date(date) else {
            return false;
        };
        let measured = said.as_second().saturating_sub(self.clock.now().as_second());
        let assumed = self.ahead_seconds.load(Ordering::Relaxed);
        if measured.abs_diff(assumed) <= TOLERANCE_SECONDS.unsigned_abs() {
            return false;
        }
        let ahead = if measured.abs() <= TOLERANCE_SECONDS {
            0
        } else {
            measured
        };
        self.ahead_seconds.store(ahead, Ordering::Relaxed);
        if ahead != 0 && !self.told.swap(true, Ordering::Relaxed) {
            tracing::warn!(
                clock.ahead_seconds = -ahead,
                "this machine's clock and the storage service's differ by {} s; storage requests are signed \
                 with the service's time; set the clock (NTP)",
                ahead.abs()
            );
        }
        ahead != assumed
    }
}

/// Reads `Fri, 24 May 2013 00:00:00 GMT`.
fn parse_http_date(text: &str) -> Option<Timestamp> {
    let parsed = jiff::civil::DateTime::strptime("%a, %d %b %Y %H:%M:%S GMT", text).ok()?;
    Some(parsed.to_zoned(TimeZone::UTC).ok()?.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Noon;

    impl Clock for Noon {
        fn now(&self) -> Timestamp {
            "2026-03-02T12:00:00Z".parse().unwrap()
        }
    }

    #[test]
    fn the_services_date_corrects_ours_beyond_a_tolerance() {
        let clock = ServiceClock::new(Arc::new(Noon));
        assert!(!clock.hear("Mon, 02 Mar 2026 12:00:04 GMT"));
        assert_eq!(clock.now(), Noon.now());
        assert!(clock.hear("Mon, 02 Mar 2026 13:00:00 GMT"));
        assert_eq!(clock.now().to_string(), "2026-03-02T13:00:00Z");
        assert!(!clock.hear("Mon, 02 Mar 2026 13:00:03 GMT"));
        assert!(!clock.hear("yesterday"));
        assert!(clock.hear("Mon, 02 Mar 2026 11:00:00 GMT"));
        assert_eq!(clock.ahead(), SignedDuration::from_hours(-1));
        assert!(clock.hear("Mon, 02 Mar 2026 12:00:01 GMT"));
        assert_eq!(clock.now(), clock.own());
    }
}
