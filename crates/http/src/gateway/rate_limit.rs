//! How much one address and one user may ask for (HARDENING 46): GCRA, in bounded memory.
//!
//! Where several processes answer for one school, each also tells what it let pass
//! ([`RateLimits::tallies`]), and somebody adds that up and closes what is used up
//! ([`RateLimits::close`]). That lags by moments, so the limit of a school may be overshot by what
//! passes in them; requests never wait for it.
use crate::problem::Problem;
use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use http::Method;
use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use uuid::Uuid;

/// What passes without being told to others: this part of a minute's share.
const UNTOLD: u32 = 20;
/// Keys that one limiter remembers; beyond, callers share [`SHARED_KEYS`] until it has calmed.
const MAX_KEYS: usize = 100_000;
const SHARED_KEYS: u128 = 4_096;
/// How often the number of keys is looked at.
const CHECK_EVERY: u32 = 1_024;

/// A rate: so many at once, and so many a minute after that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// At once.
    pub burst: NonZeroU32,
    /// Afterwards, evenly.
    pub per_minute: NonZeroU32,
}

impl Rate {
    /// A rate of literal numbers; zero is read as one.
    pub const fn new(burst: u32, per_minute: u32) -> Self {
        const fn at_least_one(number: u32) -> NonZeroU32 {
            match NonZeroU32::new(number) {
                Some(number) => number,
                None => NonZeroU32::MIN,
            }
        }
        Self {
            burst: at_least_one(burst),
            per_minute: at_least_one(per_minute),
        }
    }
}

/// The rates; `None` is without limit. A school often shares one address, so the limits for
/// addresses are wide; guessing passwords is bounded per account elsewhere as well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateSettings {
    /// Signing in and up. Default: 100 at once, 120 a minute.
    pub auth_per_address: Option<Rate>,
    /// Unsafe methods. Default: 1,000 at once, 6,000 a minute.
    pub write_per_address: Option<Rate>,
    /// Everything else. Default: 4,000 at once, 24,000 a minute.
    pub read_per_address: Option<Rate>,
    /// Default: 600 at once, 3,000 a minute.
    pub write_per_user: Option<Rate>,
    /// Default: 1,200 at once, 6,000 a minute.
    pub read_per_user: Option<Rate>,
    /// Calls of one class's function URL. Default: 120 at once, 600 a minute.
    pub function_per_class: Option<Rate>,
}

impl Default for RateSettings {
    fn default() -> Self {
        Self {
            auth_per_address: Some(Rate::new(100, 120)),
            write_per_address: Some(Rate::new(1_000, 6_000)),
            read_per_address: Some(Rate::new(4_000, 24_000)),
            write_per_user: Some(Rate::new(600, 3_000)),
            read_per_user: Some(Rate::new(1_200, 6_000)),
            function_per_class: Some(Rate::new(120, 600)),
        }
    }
}

impl RateSettings {
    /// No limits at all, for measurements.
    pub const UNLIMITED: Self = Self {
        auth_per_address: None,
        write_per_address: None,
        read_per_address: None,
        write_per_user: None,
        read_per_user: None,
        function_per_class: None,
    };
}

/// What a request counts as; a request extension.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RateClass {
    /// Signing in or up.
    Auth,
    /// Changes something.
    Write,
    /// Changes nothing.
    Read,
}

impl RateClass {
    /// By method and path: unsafe methods below an auth path are [`RateClass::Auth`].
    pub(super) fn of(method: &Method, path: &str, auth_paths: &[String]) -> Self {
        if method.is_safe() {
            Self::Read
        } else if auth_paths.iter().any(|prefix| path.starts_with(prefix.as_str())) {
            Self::Auth
        } else {
            Self::Write
        }
    }
}

/// The counters of one process; clones share them. A request extension, so that whoever learns
/// the user can ask for the user's share.
#[derive(Clone)]
pub struct RateLimits(Arc<Limiters>);

struct Limiters {
    auth_per_address: Option<Limiter>,
    write_per_address: Option<Limiter>,
    read_per_address: Option<Limiter>,
    write_per_user: Option<Limiter>,
    read_per_user: Option<Limiter>,
    function_per_class: Option<Limiter>,
}

/// What one process has let pass of one share since it last said so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tally {
    /// Which share: of an address or user, for one class of requests.
    pub share: Share,
    /// How many requests.
    pub used: u32,
    /// How many may pass in one minute in all.
    pub per_minute: u32,
}

/// Names one share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Share {
    /// The limiter's name; stable, as it is written to records.
    pub limiter: &'static str,
    /// The address's bucket or the user.
    pub key: u128,
}

impl RateLimits {
    /// Fresh counters of a process that is alone.
    pub fn new(settings: &RateSettings) -> Self {
        Self::build(settings, false)
    }

    /// Fresh counters of one process among several.
    pub fn shared(settings: &RateSettings) -> Self {
        Self::build(settings, true)
    }

    fn build(settings: &RateSettings, told: bool) -> Self {
        let limiter = |rate: Option<Rate>| rate.map(|rate| Limiter::new(rate, told));
        Self(Arc::new(Limiters {
            auth_per_address: limiter(settings.auth_per_address),
            write_per_address: limiter(settings.write_per_address),
            read_per_address: limiter(settings.read_per_address),
            write_per_user: limiter(settings.write_per_user),
            read_per_user: limiter(settings.read_per_user),
            function_per_class: limiter(settings.function_per_class),
        }))
    }

    fn limiters(&self) -> impl Iterator<Item = (&'static str, &Limiter)> {
        let all = [
            ("auth-address", &self.0.auth_per_address),
            ("write-address", &self.0.write_per_address),
            ("read-address", &self.0.read_per_address),
            ("write-user", &self.0.write_per_user),
            ("read-user", &self.0.read_per_user),
            ("function-class", &self.0.function_per_class),
        ];
        all.into_iter()
            .filter_map(|(name, limiter)| Some((name, limiter.as_ref()?)))
    }

    /// Takes what has passed since the last call and is worth telling others.
    pub fn tallies(&self) -> Vec<Tally> {
        self.limiters()
            .flat_map(|(name, limiter)| limiter.tallies(name))
            .collect()
    }

    /// Lets nothing more of a share pass for a while: others have used it up.
    pub fn close(&self, share: Share, time: Duration) {
        let limiter = self.limiters().find(|(name, _)| *name == share.limiter);
        if let Some((_, limiter)) = limiter {
            limiter.close(share.key, Instant::now() + time);
        }
    }

    /// Counts one request of an address's bucket.
    ///
    /// # Errors
    /// 429 with `Retry-After` when it is one too many; it is then not counted.
    pub fn check_address(&self, bucket: u128, class: RateClass) -> Result<(), Problem> {
        let limiter = match class {
            RateClass::Auth => &self.0.auth_per_address,
            RateClass::Write => &self.0.write_per_address,
            RateClass::Read => &self.0.read_per_address,
        };
        check(limiter.as_ref(), bucket)
    }

    /// Counts one call of a class's function URL, once it is known which class.
    ///
    /// # Errors
    /// 429 with `Retry-After` when it is one too many; it is then not counted.
    pub fn check_function(&self, class: Uuid) -> Result<(), Problem> {
        check(self.0.function_per_class.as_ref(), class.as_u128())
    }

    /// Counts one request of a user, once it is known who asks.
    ///
    /// # Errors
    /// 429 with `Retry-After` when it is one too many; it is then not counted.
    pub fn check_user(&self, user: Uuid, class: RateClass) -> Result<(), Problem> {
        let limiter = match class {
            RateClass::Auth | RateClass::Write => &self.0.write_per_user,
            RateClass::Read => &self.0.read_per_user,
        };
        check(limiter.as_ref(), user.as_u128())
    }
}

fn check(limiter: Option<&Limiter>, key: u128) -> Result<(), Problem> {
    limiter.map_or(Ok(()), |limiter| {
        limiter.check(key).map_err(Problem::too_many_requests)
    })
}

struct Limiter {
    cells: DefaultKeyedRateLimiter<u128>,
    clock: DefaultClock,
    asked: AtomicU32,
    crowded: AtomicBool,
    /// Absent in a process that is alone.
    told: Option<Mutex<Told>>,
    per_minute: u32,
}

/// What other processes are told, and what they told.
#[derive(Default)]
struct Told {
    used: HashMap<u128, u32>,
    closed: HashMap<u128, Instant>,
}

impl Limiter {
    fn new(rate: Rate, told: bool) -> Self {
        Self {
            cells: RateLimiter::keyed(Quota::per_minute(rate.per_minute).allow_burst(rate.burst)),
            clock: DefaultClock::default(),
            asked: AtomicU32::new(0),
            crowded: AtomicBool::new(false),
            told: told.then(Mutex::default),
            per_minute: rate.per_minute.get().max(rate.burst.get()),
        }
    }

    /// Counts one, or says how long to wait.
    fn check(&self, key: u128) -> Result<(), Duration> {
        if self.asked.fetch_add(1, Ordering::Relaxed) % CHECK_EVERY == CHECK_EVERY - 1 {
            self.tidy();
        }
        let key = if self.crowded.load(Ordering::Relaxed) {
            shared(key)
        } else {
            key
        };
        if let Some(until) = self.told().and_then(|told| told.closed.get(&key).copied())
            && let Some(wait) = until.checked_duration_since(Instant::now())
        {
            return Err(wait);
        }
        self.cells
            .check_key(&key)
            .map_err(|refusal| refusal.wait_time_from(self.clock.now()))?;
        if let Some(mut told) = self.told() {
            *told.used.entry(key).or_default() += 1;
        }
        Ok(())
    }

    fn told(&self) -> Option<MutexGuard<'_, Told>> {
        let told = self.told.as_ref()?;
        Some(told.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn tallies(&self, limiter: &'static str) -> Vec<Tally> {
        let Some(mut told) = self.told() else {
            return Vec::new();
        };
        let now = Instant::now();
        told.closed.retain(|_, until| *until > now);
        if told.used.len() > MAX_KEYS {
            told.used.clear();
        }
        let worth = (self.per_minute / UNTOLD).max(1);
        let tallied = told.used.extract_if(|_, used| *used >= worth);
        tallied
            .map(|(key, used)| Tally {
                share: Share { limiter, key },
                used,
                per_minute: self.per_minute,
            })
            .collect()
    }

    fn close(&self, key: u128, until: Instant) {
        if let Some(mut told) = self.told()
            && told.closed.len() < MAX_KEYS
        {
            told.closed.insert(key, until);
        }
    }

    /// Forgets the keys whose share is whole again; where that does not help, keys are shared.
    fn tidy(&self) {
        if self.cells.len() < MAX_KEYS {
            self.crowded.store(false, Ordering::Relaxed);
            return;
        }
        self.cells.retain_recent();
        self.cells.shrink_to_fit();
        self.crowded
            .store(self.cells.len() >= MAX_KEYS, Ordering::Relaxed);
    }
}

fn shared(key: u128) -> u128 {
    use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};
    let hash = BuildHasherDefault::<DefaultHasher>::default().hash_one(key);
    u128::from(hash) % SHARED_KEYS
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits(rate: Rate) -> RateLimits {
        RateLimits::new(&RateSettings {
            auth_per_address: Some(rate),
            write_per_user: Some(rate),
            ..RateSettings::UNLIMITED
        })
    }

    #[test]
    fn hardening_46_one_too_many_is_429_with_retry_after() {
        let limits = limits(Rate::new(3, 1));
        for _ in 0..3 {
            limits.check_address(7, RateClass::Auth).unwrap();
        }
        let problem = limits.check_address(7, RateClass::Auth).unwrap_err();
        assert_eq!(
            (problem.status.as_u16(), problem.code),
            (429, "too_many_requests")
        );
        let after = problem.retry_after.unwrap().as_secs();
        assert!((50..=60).contains(&after), "{after}");
        limits.check_address(8, RateClass::Auth).unwrap();
        limits.check_address(7, RateClass::Read).unwrap();
    }

    #[test]
    fn hardening_25_parallel_requests_do_not_overshoot() {
        let limits = limits(Rate::new(50, 1));
        let passed = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..8)
                .map(|_| {
                    scope.spawn(|| {
                        (0..125)
                            .filter(|_| limits.check_address(1, RateClass::Auth).is_ok())
                            .count()
                    })
                })
                .collect();
            threads
                .into_iter()
                .map(|thread| thread.join().unwrap())
                .sum::<usize>()
        });
        assert_eq!(passed, 50);
    }

    #[test]
    fn users_have_their_own_share() {
        let limits = limits(Rate::new(1, 1));
        let (one, two) = (Uuid::from_u128(1), Uuid::from_u128(2));
        limits.check_user(one, RateClass::Write).unwrap();
        assert!(limits.check_user(one, RateClass::Write).is_err());
        limits.check_user(two, RateClass::Write).unwrap();
    }

    #[test]
    fn a_million_addresses_do_not_fill_the_memory() {
        let limiter = Limiter::new(Rate::new(1, 1), false);
        for key in 0..300_000_u128 {
            let _ = limiter.check(key << 64);
        }
        let most = MAX_KEYS + CHECK_EVERY as usize + usize::try_from(SHARED_KEYS).unwrap();
        assert!(limiter.cells.len() <= most, "{}", limiter.cells.len());
    }

    #[test]
    fn hardening_46_what_passed_is_told_once_and_what_others_used_up_is_closed() {
        let settings = RateSettings {
            write_per_user: Some(Rate::new(40, 40)),
            ..RateSettings::UNLIMITED
        };
        let limits = RateLimits::shared(&settings);
        let user = Uuid::from_u128(9);
        limits.check_user(user, RateClass::Write).unwrap();
        assert_eq!(limits.tallies(), [], "too little to tell");
        limits.check_user(user, RateClass::Write).unwrap();
        let tallies = limits.tallies();
        assert_eq!(
            (tallies[0].used, tallies[0].per_minute, tallies.len()),
            (2, 40, 1)
        );
        assert_eq!(limits.tallies(), []);

        limits.close(tallies[0].share, Duration::from_secs(30));
        let problem = limits.check_user(user, RateClass::Write).unwrap_err();
        assert!(problem.retry_after.unwrap() > Duration::from_secs(25));
        limits.check_user(Uuid::from_u128(8), RateClass::Write).unwrap();
    }

    #[test]
    fn classes_follow_method_and_path() {
        let auth = ["/api/v1/auth/".to_owned()];
        let of = |method, path| RateClass::of(&method, path, &auth);
        assert_eq!(of(Method::POST, "/api/v1/auth/login"), RateClass::Auth);
        assert_eq!(of(Method::GET, "/api/v1/auth/login"), RateClass::Read);
        assert_eq!(of(Method::POST, "/api/v1/uploads"), RateClass::Write);
    }
}
