//! How long a request is tried, and with which pauses.
//!
//! Pauses are drawn from zero up to a bound that doubles ("full jitter"), so that many processes that
//! were refused together do not come back together.
use super::trouble::Trouble;
use homeroom_core::ports::Ids;
use homeroom_core::ports::record_store::{StoreError, TransactError};
use std::future::Future;
use std::time::Duration;
use tokio::time::Instant;

/// Tries after the first while the service is busy or another transaction is in the way.
const MOST_RETRIES: u32 = 8;
/// Tries after the first when an answer was lost.
const MOST_REPEATS: u32 = 2;
/// No try begins later than this after the first, so that a caller knows within seconds.
const MOST_TIME: Duration = Duration::from_secs(5);
/// The same for reads without an answer: a cut connection is worth another try, a silent service not.
const MOST_TIME_SILENT: Duration = Duration::from_secs(1);
/// The same where nobody can be reached at all: a caller is told within about a second.
const MOST_TIME_UNREACHABLE: Duration = Duration::from_millis(300);
const FIRST_PAUSE: Duration = Duration::from_millis(25);
const LONGEST_PAUSE: Duration = Duration::from_millis(800);

/// Whether a request whose answer was lost may be sent again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Repeat {
    /// It changes nothing.
    Harmless,
    /// The service recognises it, does it once, and says what became of it.
    Recognised,
    /// It would be done twice.
    Unsafe,
}

/// The course of one request over its attempts.
pub(super) struct Patience<'a> {
    ids: &'a dyn Ids,
    begun: Instant,
    retries: u32,
    repeats: u32,
    /// Why it is not known whether an earlier attempt was carried out.
    lost: Option<String>,
}

impl<'a> Patience<'a> {
    pub(super) fn new(ids: &'a dyn Ids) -> Self {
        Self {
            ids,
            begun: Instant::now(),
            retries: 0,
            repeats: 0,
            lost: None,
        }
    }

    /// Pauses, after which the request is to be sent again.
    ///
    /// # Errors
    /// When it is not: what the caller is to be told.
    pub(super) async fn after(&mut self, trouble: Trouble, repeat: Repeat) -> Result<(), TransactError> {
        let again = match &trouble {
            Trouble::Busy(_) | Trouble::Conflict => self.retries < MOST_RETRIES && self.within(MOST_TIME),
            Trouble::Unreachable(_) => self.retries < MOST_RETRIES && self.within(MOST_TIME_UNREACHABLE),
            Trouble::Lost(why) => {
                self.lost.get_or_insert_with(|| why.clone());
                self.repeats += 1;
                let in_time = match repeat {
                    Repeat::Harmless => self.within(MOST_TIME_SILENT),
                    Repeat::Recognised => self.within(MOST_TIME),
                    Repeat::Unsafe => false,
                };
                in_time && self.repeats <= MOST_REPEATS
            }
            Trouble::Refused(_) => false,
        };
        if !again {
            return Err(self.end(trouble));
        }
        let bound = FIRST_PAUSE.saturating_mul(1 << self.retries).min(LONGEST_PAUSE);
        self.retries += 1;
        tokio::time::sleep(bound.mul_f64(self.fraction())).await;
        Ok(())
    }

    fn within(&self, limit: Duration) -> bool {
        self.begun.elapsed() < limit
    }

    fn end(&mut self, trouble: Trouble) -> TransactError {
        if let Some(why) = self.lost.take() {
            return StoreError::OutcomeUnknown(why).into();
        }
        match trouble {
            Trouble::Busy(why) | Trouble::Unreachable(why) => StoreError::Unavailable(why).into(),
            Trouble::Lost(why) => StoreError::OutcomeUnknown(why).into(),
            Trouble::Conflict => TransactError::Conflict,
            Trouble::Refused(error) => error.into(),
        }
    }

    /// At least 0, less than 1.
    fn fraction(&self) -> f64 {
        let random = self.ids.secret();
        f64::from(u16::from_le_bytes([random[0], random[1]])) / 65_536.0
    }
}

/// Sends a read until it is answered or patience ends.
///
/// # Errors
/// [`StoreError::Unavailable`] when it was not answered, whatever the reason: a read changes nothing.
pub(super) async fn read<T, F>(ids: &dyn Ids, mut send: impl FnMut() -> F) -> Result<T, StoreError>
where
    F: Future<Output = Result<T, Trouble>>,
{
    let mut patience = Patience::new(ids);
    loop {
        let trouble = match send().await {
            Ok(answer) => return Ok(answer),
            Err(trouble) => trouble,
        };
        patience
            .after(trouble, Repeat::Harmless)
            .await
            .map_err(|error| match error {
                TransactError::Store(StoreError::OutcomeUnknown(why)) => StoreError::Unavailable(why),
                TransactError::Store(error) => error,
                TransactError::Conflict | TransactError::Condition(_) => {
                    StoreError::Unavailable("other transactions were in the way".into())
                }
            })?;
    }
}
