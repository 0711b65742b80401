//! Requests that may be sent again: an `Idempotency-Key` gives what its first request has made.
use super::{Product, UseCaseError, digest};
use crate::domain::ids::UserId;
use crate::ports::record_store::Write;
use crate::records::idempotency;
use jiff::Timestamp;

/// A request's `Idempotency-Key` and a digest of the request.
#[derive(Clone, Debug)]
pub struct IdempotencyKey {
    /// 1 to 255 printable ASCII characters.
    pub key: String,
    /// A digest of everything that the request says.
    pub fingerprint: String,
}

impl IdempotencyKey {
    /// A key with the request that it stands for, of which only a digest is kept.
    pub fn new(key: String, request: &str) -> Self {
        Self {
            key,
            fingerprint: digest(request),
        }
    }

    /// The write that remembers what the request makes; its failing condition says that the key was used before.
    /// Keys of different scopes have nothing to do with one another.
    pub(crate) fn remember(&self, user: UserId, scope: &str, made: &str, now: Timestamp) -> Write {
        idempotency::remember(user, scope, &digest(&self.key), &self.fingerprint, made, now)
    }

    /// What the key's first request has made; `None` when there was none.
    ///
    /// # Errors
    /// `Conflict` (`idempotency_key_reused`) when that was another request.
    pub(crate) async fn made(
        &self,
        product: &Product,
        user: UserId,
        scope: &str,
    ) -> Result<Option<String>, UseCaseError> {
        let made = product.records.made(user, scope, &digest(&self.key)).await?;
        match made {
            Some(made) if made.fingerprint != self.fingerprint => Err(UseCaseError::conflict(
                "idempotency_key_reused",
                "this Idempotency-Key was used for another request",
            )),
            made => Ok(made.map(|made| made.made)),
        }
    }
}
