//! The keys that are good now. Whoever signs takes a snapshot and never waits; one task of the
//! store's own renews temporary keys before they end.
use super::{Environment, Identity, IdentityError, Source};
use crate::client::service_clock::ServiceClock;
use crate::credentials::{Credentials, SecretKey};
use crate::sigv4::Signer;
use jiff::Timestamp;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;
use tokio::task::JoinHandle;

/// So long before their end keys are renewed, if they live much longer than that.
const LEAD: Duration = Duration::from_mins(10);
/// Sources are not asked more often.
const SHORTEST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE_AFTER_FAILURE: Duration = Duration::from_secs(30);

/// A snapshot to sign with.
pub struct Signing {
    pub signer: Arc<Signer>,
    pub session_token: Option<SecretKey>,
    pub expires_at: Option<Timestamp>,
}

/// The current keys of a store, and the task that renews them, which ends with this.
pub struct Keys {
    shared: Arc<Shared>,
    task: Option<JoinHandle<()>>,
}

struct Shared {
    source: Option<Source>,
    region: String,
    clock: Arc<ServiceClock>,
    current: RwLock<Arc<Signing>>,
    /// Held by who asks the source, so that it is asked once.
    renewing: tokio::sync::Mutex<()>,
}

impl Keys {
    /// Keys that never change.
    pub fn fixed(signer: Arc<Signer>, clock: Arc<ServiceClock>) -> Self {
        let signing = Signing {
            signer,
            session_token: None,
            expires_at: None,
        };
        Self {
            shared: Arc::new(Shared {
                source: None,
                region: String::new(),
                clock,
                current: RwLock::new(Arc::new(signing)),
                renewing: tokio::sync::Mutex::new(()),
            }),
            task: None,
        }
    }

    /// Takes keys from wherever they are configured, and keeps them fresh.
    ///
    /// # Errors
    /// See [`IdentityError`]. Without first keys there is no store.
    pub async fn open(
        explicit: Option<Credentials>,
        environment: &Environment,
        region: &str,
        clock: Arc<ServiceClock>,
    ) -> Result<Self, IdentityError> {
        let source = Source::choose(explicit, environment, region)?;
        let first = signing(source.ask().await?, region);
        let renews = source.renews();
        let shared = Arc::new(Shared {
            source: renews.then_some(source),
            region: region.to_owned(),
            clock,
            current: RwLock::new(Arc::new(first)),
            renewing: tokio::sync::Mutex::new(()),
        });
        let task = renews.then(|| tokio::spawn(Arc::clone(&shared).keep_fresh()));
        Ok(Self { shared, task })
    }

    /// What to sign with now.
    pub fn current(&self) -> Arc<Signing> {
        self.shared.current()
    }

    /// After the service said that these keys have ended: asks for others, at most once for all
    /// who were told so. Whether there are others now.
    pub async fn renew(&self, ended: &Arc<Signing>) -> bool {
        match self.shared.renew(ended).await {
            Ok(renewed) => renewed,
            Err(error) => {
                tracing::warn!("storage keys have ended: {error}");
                false
            }
        }
    }
}

impl Drop for Keys {
    fn drop(&mut self) {
        if let Some(task) = &self.task {
            task.abort();
        }
    }
}

impl Shared {
    fn current(&self) -> Arc<Signing> {
        Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner))
    }

    async fn renew(&self, old: &Arc<Signing>) -> Result<bool, IdentityError> {
        let Some(source) = &self.source else {
            return Ok(false);
        };
        let _asking = self.renewing.lock().await;
        if !Arc::ptr_eq(old, &self.current()) {
            return Ok(true);
        }
        let new = signing(source.ask().await?, &self.region);
        let changed = new.signer.access_key() != old.signer.access_key() || new.expires_at != old.expires_at;
        if changed {
            *self.current.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(new);
        }
        Ok(changed)
    }

    async fn keep_fresh(self: Arc<Self>) {
        let mut failed = false;
        loop {
            let current = self.current();
            let left = self.left(&current);
            let pause = match left {
                // Keys without an end are renewed when the service says that they have ended.
                None => LEAD,
                Some(left) if failed => (left / 4).min(LONGEST_PAUSE_AFTER_FAILURE),
                Some(left) if left > 2 * LEAD => left.saturating_sub(LEAD),
                Some(left) => left / 2,
            };
            tokio::time::sleep(pause.max(SHORTEST_PAUSE)).await;
            if left.is_none() {
                continue;
            }
            match self.renew(&current).await {
                Ok(_) if failed => {
                    tracing::info!("storage keys are renewed again");
                    failed = false;
                }
                Ok(_) => {}
                Err(error) => {
                    if !failed {
                        tracing::warn!("storage keys cannot be renewed, and will be tried again: {error}");
                    }
                    failed = true;
                }
            }
        }
    }

    fn left(&self, signing: &Signing) -> Option<Duration> {
        let left = signing.expires_at?.duration_since(self.clock.now());
        Some(Duration::try_from(left).unwrap_or_default())
    }
}

fn signing(identity: Identity, region: &str) -> Signing {
    Signing {
        signer: Arc::new(Signer::new(identity.credentials, region)),
        session_token: identity.session_token,
        expires_at: identity.expires_at,
    }
}
