//! Access tokens: compact JWS (RFC 7515) with Ed25519 (RFC 8037) in the form of RFC 9068.
//!
//! The verifier is strict rather than general. It knows the few header segments that this program
//! writes, one per key, and looks a token's header up among them byte for byte: an algorithm, a
//! key or an address of a key in the header is never acted upon, because no such header is equal.
use crate::clock::random;
use crate::keyset::{KeyError, KeySet, TOKENS, VerifyingKey};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use homeroom_core::domain::ids::{SessionId, UserId};
use homeroom_core::ports::Clock;
use homeroom_core::ports::identity::{AccessClaims, TokenError, TokenSigner};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use zeroize::Zeroizing;

/// A longer text is not looked at.
pub const MAX_TOKEN_BYTES: usize = 4_096;
/// No token lives longer, whatever it says; retired keys verify for as long.
pub const MAX_TOKEN_LIFETIME: SignedDuration = SignedDuration::from_hours(24);
/// How far in the future a token may have been made: two machines' clocks differ a little.
const CLOCK_SKEW: SignedDuration = SignedDuration::from_secs(60);

const CLIENT: &str = "homeroom";

/// Signs with the current key of a directory and verifies with all of them.
pub struct Ed25519Signer {
    /// Absent where the keys are derived.
    directory: Option<PathBuf>,
    issuer: String,
    clock: Arc<dyn Clock>,
    keys: RwLock<Arc<KeySet>>,
    /// One rotation at a time.
    rotation: Mutex<()>,
}

/// The payload, exactly.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Payload<'a> {
    iss: &'a str,
    aud: &'a str,
    client_id: &'a str,
    sub: &'a str,
    sid: &'a str,
    jti: &'a str,
    iat: i64,
    exp: i64,
}

impl Ed25519Signer {
    /// Opens the keys in `directory`; makes it and a first key where there is none (mode 0600,
    /// durable). `issuer` is the public URL; it is the tokens' `iss` and, as this program is the
    /// only one they are meant for, also their `aud`. It must hold no `"` or `\`.
    ///
    /// # Errors
    /// When the directory cannot be used or the keys in it are damaged.
    pub fn open(directory: &Path, issuer: &str, clock: Arc<dyn Clock>) -> Result<Self, KeyError> {
        Ok(Self {
            keys: RwLock::new(Arc::new(KeySet::open(directory, TOKENS)?)),
            directory: Some(directory.to_owned()),
            issuer: issuer.to_owned(),
            clock,
            rotation: Mutex::new(()),
        })
    }

    /// Derives the keys from secrets that several processes share: the first signs, all verify.
    ///
    /// # Errors
    /// [`KeyError::WeakSecret`].
    pub fn from_secrets(
        secrets: &[Zeroizing<String>],
        issuer: &str,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, KeyError> {
        Ok(Self {
            keys: RwLock::new(Arc::new(KeySet::derived(secrets, TOKENS)?)),
            directory: None,
            issuer: issuer.to_owned(),
            clock,
            rotation: Mutex::new(()),
        })
    }

    fn directory(&self) -> Result<&Path, KeyError> {
        self.directory.as_deref().ok_or(KeyError::Derived)
    }

    /// Makes a new current key. Older ones verify until the last token under them has expired.
    ///
    /// # Errors
    /// When the new set cannot be written; then nothing has changed.
    pub fn rotate(&self) -> Result<(), KeyError> {
        let _one_at_a_time = self.rotation.lock().unwrap_or_else(PoisonError::into_inner);
        self.directory()?;
        let next = self
            .keys()
            .rotated(self.clock.now(), MAX_TOKEN_LIFETIME + CLOCK_SKEW);
        next.save(self.directory()?)?;
        self.replace(next);
        Ok(())
    }

    /// Reads the directory again, after another process has rotated.
    ///
    /// # Errors
    /// As [`Ed25519Signer::open`]; then the keys are those from before.
    pub fn reload(&self) -> Result<(), KeyError> {
        let _one_at_a_time = self.rotation.lock().unwrap_or_else(PoisonError::into_inner);
        self.replace(KeySet::open(self.directory()?, TOKENS)?);
        Ok(())
    }

    fn keys(&self) -> Arc<KeySet> {
        Arc::clone(&self.keys.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn replace(&self, keys: KeySet) {
        *self.keys.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(keys);
    }

    fn check(&self, payload: &Payload<'_>, now: Timestamp) -> Result<AccessClaims, TokenError> {
        if payload.iss != self.issuer || payload.aud != self.issuer || payload.client_id != CLIENT {
            return Err(TokenError::Malformed);
        }
        let time = |second| Timestamp::from_second(second).map_err(|_| TokenError::Malformed);
        let (issued_at, expires_at) = (time(payload.iat)?, time(payload.exp)?);
        let lifetime = expires_at.duration_since(issued_at);
        if lifetime <= SignedDuration::ZERO || lifetime > MAX_TOKEN_LIFETIME {
            return Err(TokenError::Malformed);
        }
        // A token from the future was made under a wrong clock: it must not outlive the mistake.
        if now >= expires_at || issued_at.duration_since(now) > CLOCK_SKEW {
            return Err(TokenError::Expired);
        }
        Ok(AccessClaims {
            user: payload.sub.parse::<UserId>().map_err(|_| TokenError::Malformed)?,
            session: payload
                .sid
                .parse::<SessionId>()
                .map_err(|_| TokenError::Malformed)?,
            issued_at,
            expires_at,
        })
    }
}

impl TokenSigner for Ed25519Signer {
    fn sign(&self, claims: &AccessClaims) -> String {
        let keys = self.keys();
        let payload = Payload {
            iss: &self.issuer,
            aud: &self.issuer,
            client_id: CLIENT,
            sub: &claims.user.to_string(),
            sid: &claims.session.to_string(),
            jti: &URL_SAFE_NO_PAD.encode(random::<12>()),
            iat: claims.issued_at.as_second(),
            exp: claims.expires_at.as_second(),
        };
        let payload = serde_json::to_vec(&payload).expect("strings and integers are JSON");
        let mut token = keys.verifying[0].header_segment.clone();
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(payload, &mut token);
        let signature = keys.current.sign(token.as_bytes());
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(signature, &mut token);
        token
    }

    fn verify(&self, token: &str, now: Timestamp) -> Result<AccessClaims, TokenError> {
        if token.len() > MAX_TOKEN_BYTES {
            return Err(TokenError::Malformed);
        }
        let (signed, signature) = token.rsplit_once('.').ok_or(TokenError::Malformed)?;
        let (header, payload) = signed.split_once('.').ok_or(TokenError::Malformed)?;
        let keys = self.keys();
        let key = keys
            .verifying
            .iter()
            .find(|key| key.header_segment == header)
            .ok_or_else(|| unknown_header(header))?;
        check_signature(key, signed, signature)?;
        let payload = URL_SAFE_NO_PAD
            .decode(payload)
            .map_err(|_| TokenError::Malformed)?;
        let payload: Payload<'_> = serde_json::from_slice(&payload).map_err(|_| TokenError::Malformed)?;
        let claims = self.check(&payload, now)?;
        if outlived(key, claims.issued_at) {
            return Err(TokenError::BadSignature);
        }
        Ok(claims)
    }

    fn jwks(&self) -> serde_json::Value {
        let keys: Vec<_> = self.keys().verifying.iter().map(VerifyingKey::jwk).collect();
        serde_json::json!({ "keys": keys })
    }
}

fn check_signature(key: &VerifyingKey, signed: &str, signature: &str) -> Result<(), TokenError> {
    let signature = URL_SAFE_NO_PAD
        .decode(signature)
        .map_err(|_| TokenError::Malformed)?;
    key.parsed
        .verify_sig(signed.as_bytes(), &signature)
        .map_err(|_| TokenError::BadSignature)
}

/// Whether the key had been retired before the token says that it was made: then whoever made it
/// holds a key that should be gone.
fn outlived(key: &VerifyingKey, issued_at: Timestamp) -> bool {
    key.retired_at
        .is_some_and(|retired_at| issued_at.duration_since(retired_at) > CLOCK_SKEW)
}

/// Tells, for the log, a token of a key that is gone from one that was never ours.
fn unknown_header(segment: &str) -> TokenError {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Header<'a> {
        alg: &'a str,
        typ: &'a str,
        #[serde(rename = "kid")]
        _kid: &'a str,
    }
    let decoded = URL_SAFE_NO_PAD.decode(segment).unwrap_or_default();
    match serde_json::from_slice::<Header<'_>>(&decoded) {
        Ok(header) if header.alg == "EdDSA" && header.typ == "at+jwt" => TokenError::BadSignature,
        _ => TokenError::Malformed,
    }
}

#[cfg(test)]
#[path = "token_tests.rs"]
mod tests;
