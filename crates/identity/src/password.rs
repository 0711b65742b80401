//! Argon2id (RFC 9106) behind the password port: slow on purpose, bounded in how many run and
//! wait, and as slow for somebody who does not exist.
use crate::clock::random;
use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use argon2::{ARGON2ID_IDENT, Algorithm, Argon2, Params, Version};
use async_trait::async_trait;
use homeroom_core::domain::user::Password;
use homeroom_core::ports::PasswordHasher;
use homeroom_core::ports::identity::HashError;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::sync::Semaphore;
use zeroize::Zeroizing;

/// How hard and how many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Argon2Settings {
    /// Memory per hash in KiB. Default 19,456 (19 MiB).
    pub memory_kib: u32,
    /// Passes over the memory. Default 2.
    pub passes: u32,
    /// Lanes. Default 1.
    pub lanes: u32,
    /// How many run at once. Default: the machine's cores.
    pub at_once: usize,
    /// How many may wait for their turn; one more is told [`HashError::Busy`]. Default 64, about
    /// a second of waiting on two cores.
    pub waiting: usize,
}

impl Default for Argon2Settings {
    fn default() -> Self {
        Self {
            memory_kib: 19_456,
            passes: 2,
            lanes: 1,
            at_once: std::thread::available_parallelism().map_or(2, usize::from),
            waiting: 64,
        }
    }
}

/// Hashes on blocking threads.
pub struct Argon2Hasher {
    argon2: Argon2<'static>,
    /// Has our parameters and no password: what is compared for a user who does not exist.
    decoy: String,
    turns: Arc<Semaphore>,
    admitted: AtomicUsize,
    most_admitted: usize,
}

impl Argon2Hasher {
    /// # Errors
    /// When the parameters are outside of what Argon2 allows.
    pub fn new(settings: Argon2Settings) -> Result<Self, HashError> {
        let params =
            Params::new(settings.memory_kib, settings.passes, settings.lanes, None).map_err(failed)?;
        let decoy = decoy(&params)?;
        Ok(Self {
            argon2: Argon2::new(Algorithm::Argon2id, Version::V0x13, params),
            decoy,
            turns: Arc::new(Semaphore::new(settings.at_once.max(1))),
            admitted: AtomicUsize::new(0),
            most_admitted: settings.at_once.max(1) + settings.waiting,
        })
    }

    /// Whether the stored hash was made with other parameters than ours, so that the caller, who
    /// has the password at hand after a sign-in, may store a new one.
    pub fn is_outdated(&self, stored: &str) -> bool {
        PasswordHash::new(stored)
            .ok()
            .filter(|hash| hash.algorithm == ARGON2ID_IDENT)
            .and_then(|hash| Params::try_from(&hash).ok())
            .is_none_or(|params| {
                let ours = self.argon2.params();
                (params.m_cost(), params.t_cost(), params.p_cost())
                    != (ours.m_cost(), ours.t_cost(), ours.p_cost())
            })
    }

    /// Runs one piece of hashing when its turn comes.
    async fn in_turn<T: Send + 'static>(
        &self,
        work: impl FnOnce(Argon2<'static>) -> Result<T, HashError> + Send + 'static,
    ) -> Result<T, HashError> {
        let _admission = Admission::ask(&self.admitted, self.most_admitted).ok_or(HashError::Busy)?;
        let turn = Arc::clone(&self.turns).acquire_owned().await.map_err(failed)?;
        let argon2 = self.argon2.clone();
        // The turn ends with the work, also when the caller has gone away meanwhile.
        tokio::task::spawn_blocking(move || {
            let _turn = turn;
            work(argon2)
        })
        .await
        .map_err(failed)?
    }
}

#[async_trait]
impl PasswordHasher for Argon2Hasher {
    async fn hash(&self, password: &Password) -> Result<String, HashError> {
        let password = owned(password);
        self.in_turn(move |argon2| {
            argon2
                .hash_password_with_salt(password.as_bytes(), &random::<16>())
                .map(|hash| hash.to_string())
                .map_err(failed)
        })
        .await
    }

    async fn verify(&self, password: &Password, stored: Option<&str>) -> Result<bool, HashError> {
        let password = owned(password);
        let exists = stored.is_some();
        let stored = stored.unwrap_or(&self.decoy).to_owned();
        self.in_turn(move |argon2| {
            let hash = PasswordHash::new(&stored).map_err(failed)?;
            match argon2.verify_password(password.as_bytes(), &hash) {
                Ok(()) => Ok(exists),
                Err(argon2::password_hash::Error::PasswordInvalid) => Ok(false),
                Err(error) => Err(failed(error)),
            }
        })
        .await
    }
}

/// A place among those who run or wait.
struct Admission<'a>(&'a AtomicUsize);

impl<'a> Admission<'a> {
    fn ask(admitted: &'a AtomicUsize, most: usize) -> Option<Self> {
        admitted
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, |count| {
                (count < most).then_some(count + 1)
            })
            .ok()
            .map(|_| Self(admitted))
    }
}

impl Drop for Admission<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

/// A hash in our form with a random digest, which costs no hashing at start.
fn decoy(params: &Params) -> Result<String, HashError> {
    let hash = PasswordHash {
        algorithm: ARGON2ID_IDENT,
        version: Some(Version::V0x13.into()),
        params: ParamsString::try_from(params).map_err(failed)?,
        salt: Some(Salt::new(&random::<16>()).map_err(failed)?),
        hash: Some(Output::new(&random::<32>()).map_err(failed)?),
    };
    Ok(hash.to_string())
}

fn owned(password: &Password) -> Zeroizing<String> {
    Zeroizing::new(password.reveal().to_owned())
}

fn failed(error: impl std::fmt::Display) -> HashError {
    HashError::Failed(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quick() -> Argon2Settings {
        Argon2Settings {
            memory_kib: 64,
            passes: 1,
            at_once: 2,
            ..Argon2Settings::default()
        }
    }

    fn password(text: &str) -> Password {
        Password::given(text).unwrap()
    }

    #[tokio::test]
    async fn a_password_matches_its_own_hash_and_no_other() {
        let hasher = Argon2Hasher::new(quick()).unwrap();
        let stored = hasher.hash(&password("schöne Ferien 🏖")).await.unwrap();

        assert!(stored.starts_with("$argon2id$v=19$m=64,t=1,p=1$"), "{stored}");
        assert_eq!(
            hasher.verify(&password("schöne Ferien 🏖"), Some(&stored)).await,
            Ok(true)
        );
        assert_eq!(
            hasher.verify(&password("schone Ferien 🏖"), Some(&stored)).await,
            Ok(false)
        );
        assert_ne!(
            stored,
            hasher.hash(&password("schöne Ferien 🏖")).await.unwrap(),
            "salted"
        );
    }

    #[tokio::test]
    async fn hardening_24_nobody_is_refused_after_the_same_work() {
        let hasher = Argon2Hasher::new(Argon2Settings {
            memory_kib: 8_192,
            passes: 2,
            at_once: 1,
            ..quick()
        })
        .unwrap();
        let stored = hasher.hash(&password("the right one")).await.unwrap();
        let shape = |hash: &str| {
            let hash = PasswordHash::new(hash).unwrap();
            (
                hash.algorithm,
                hash.version,
                hash.params.to_string(),
                hash.salt.unwrap().len(),
                hash.hash.unwrap().len(),
            )
        };

        assert_eq!(hasher.verify(&password("the right one"), None).await, Ok(false));
        assert_eq!(
            shape(&hasher.decoy),
            shape(&stored),
            "the decoy costs what a real hash costs"
        );

        let known = median_of_verifying(&hasher, Some(&stored)).await;
        let unknown = median_of_verifying(&hasher, None).await;
        assert!(
            unknown < known * 2 && known < unknown * 2,
            "{known:?} against {unknown:?}"
        );
    }

    async fn median_of_verifying(hasher: &Argon2Hasher, stored: Option<&str>) -> std::time::Duration {
        let mut taken = Vec::new();
        for _ in 0..9 {
            let start = std::time::Instant::now();
            hasher.verify(&password("a wrong guess"), stored).await.unwrap();
            taken.push(start.elapsed());
        }
        taken.sort();
        taken[4]
    }

    #[tokio::test]
    async fn a_damaged_hash_is_an_error_and_never_a_match() {
        let hasher = Argon2Hasher::new(quick()).unwrap();
        for stored in ["", "plain", "$argon2id$v=19$m=64,t=1,p=1$", "$md5$abc$def"] {
            let answer = hasher.verify(&password("whatever"), Some(stored)).await;
            assert!(
                matches!(answer, Err(HashError::Failed(_))),
                "{stored:?}: {answer:?}"
            );
        }
    }

    #[tokio::test]
    async fn one_more_than_may_wait_is_told_that_it_is_busy() {
        let hasher = Argon2Hasher::new(Argon2Settings {
            at_once: 1,
            waiting: 2,
            ..quick()
        })
        .unwrap();
        let turn = hasher.turns.acquire().await.unwrap();
        let guess = password("a guess");
        let mut waiting = [hasher.hash(&guess), hasher.hash(&guess), hasher.hash(&guess)];
        for hash in &mut waiting {
            assert!(futures_pending(hash).await);
        }

        assert_eq!(hasher.hash(&guess).await, Err(HashError::Busy));

        drop(turn);
        for hash in waiting {
            hash.await.unwrap();
        }
        hasher.hash(&guess).await.unwrap();
    }

    /// Polls once.
    async fn futures_pending<F: Future + Unpin>(future: &mut F) -> bool {
        std::future::poll_fn(|context| {
            std::task::Poll::Ready(std::pin::Pin::new(&mut *future).poll(context).is_pending())
        })
        .await
    }

    #[tokio::test]
    async fn hashes_of_other_strength_are_outdated() {
        let weak = Argon2Hasher::new(quick()).unwrap();
        let strong = Argon2Hasher::new(Argon2Settings { passes: 2, ..quick() }).unwrap();
        let stored = weak.hash(&password("whatever it is")).await.unwrap();

        assert!(!weak.is_outdated(&stored));
        assert!(strong.is_outdated(&stored));
        assert!(strong.is_outdated("damaged"));
        assert_eq!(
            strong.verify(&password("whatever it is"), Some(&stored)).await,
            Ok(true),
            "an older hash still counts"
        );
    }

    #[test]
    fn parameters_that_argon2_refuses_are_refused_at_start() {
        assert!(
            Argon2Hasher::new(Argon2Settings {
                memory_kib: 1,
                ..quick()
            })
            .is_err()
        );
    }
}
