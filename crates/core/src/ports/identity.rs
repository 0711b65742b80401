//! Passwords and tokens.
use crate::domain::ids::{SessionId, UserId};
use crate::domain::user::Password;
use async_trait::async_trait;
use jiff::Timestamp;

/// What an access token says. Rights are never read from it: each request looks up session and
/// user, so that logout, suspension and demotion hold at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessClaims {
    /// Whose.
    pub user: UserId,
    /// Of which session.
    pub session: SessionId,
    /// When it was made.
    pub issued_at: Timestamp,
    /// After this instant it is refused.
    pub expires_at: Timestamp,
}

/// Why a token is not accepted. Callers answer all of them alike (401); the kinds are for logs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// Not a token of ours in form, algorithm, type, issuer or audience.
    #[error("malformed token")]
    Malformed,
    /// Signed by no key that we know.
    #[error("bad signature")]
    BadSignature,
    /// Past its time.
    #[error("expired token")]
    Expired,
}

/// Why a password was neither hashed nor compared.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HashError {
    /// Too many are waiting already; a retry later is safe (503).
    #[error("password hashing is busy")]
    Busy,
    /// Out of memory, or a damaged stored hash.
    #[error("password hashing failed: {0}")]
    Failed(String),
}

/// Argon2id (RFC 9106), bounded in how many run at once.
#[async_trait]
pub trait PasswordHasher: Send + Sync + 'static {
    /// The PHC string of a new salt and this password.
    async fn hash(&self, password: &Password) -> Result<String, HashError>;

    /// Whether the password is the stored one. Without a stored hash (no such user) it does the
    /// same work against a decoy and answers `false`, so that time tells nothing.
    async fn verify(&self, password: &Password, stored: Option<&str>) -> Result<bool, HashError>;
}

/// Signs and reads access tokens: JWS with EdDSA (RFC 7519, RFC 8037), `typ: at+jwt` (RFC 9068).
pub trait TokenSigner: Send + Sync + 'static {
    /// A compact JWS under the current key.
    fn sign(&self, claims: &AccessClaims) -> String;

    /// Verifies signature, algorithm, type, issuer, audience and expiry at `now`.
    fn verify(&self, token: &str, now: Timestamp) -> Result<AccessClaims, TokenError>;

    /// The public keys as a JWK set document (RFC 7517).
    fn jwks(&self) -> serde_json::Value;
}
