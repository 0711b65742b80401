//! The `Idempotency-Key` header.
use crate::problem::Problem;
use axum::extract::FromRequestParts;
use homeroom_core::usecases::idempotency::IdempotencyKey;
use http::request::Parts;
use serde::Serialize;

const HEADER: &str = "idempotency-key";

/// The key of a request, if it has one: 1 to 255 printable ASCII characters.
pub struct Idempotency(Option<String>);

impl Idempotency {
    /// The key with a digest of the request, so that re-use for another request is noticed.
    pub fn for_request<T: Serialize>(self, request: &T) -> Option<IdempotencyKey> {
        let fingerprint = serde_json::to_string(request).unwrap_or_default();
        self.0.map(|key| IdempotencyKey::new(key, &fingerprint))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Idempotency {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        let Some(value) = parts.headers.get(HEADER) else {
            return Ok(Self(None));
        };
        let key = value.to_str().unwrap_or_default();
        if key.is_empty() || key.len() > 255 || !key.bytes().all(|byte| (0x20..0x7f).contains(&byte)) {
            return Err(Problem::bad_request(
                "bad_idempotency_key",
                "An Idempotency-Key has 1 to 255 printable ASCII characters",
            ));
        }
        Ok(Self(Some(key.to_owned())))
    }
}
