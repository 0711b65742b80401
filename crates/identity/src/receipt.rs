//! Receipts: compact JWS (RFC 7515) with Ed25519 (RFC 8037) under keys of their own, which are never taken out of
//! use silently, since what they have signed must be verifiable for years.
use crate::keyset::{KeyError, KeySet, RECEIPTS, VerifyingKey};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use homeroom_core::domain::receipt::{MAX_RECEIPT_BYTES, ReceiptClaims};
use homeroom_core::ports::ReceiptSigner;
use std::path::Path;
use zeroize::Zeroizing;

/// Signs with the current key of a directory or of shared secrets.
pub struct Ed25519ReceiptSigner {
    keys: KeySet,
}

/// Public keys alone, with which anybody verifies.
pub struct ReceiptKeys(Vec<VerifyingKey>);

impl Ed25519ReceiptSigner {
    /// Opens the keys in `directory`; makes it and a first key where there is none.
    ///
    /// # Errors
    /// When the directory cannot be used or the keys in it are damaged.
    pub fn open(directory: &Path) -> Result<Self, KeyError> {
        Ok(Self {
            keys: KeySet::open(directory, RECEIPTS)?,
        })
    }

    /// Derives the keys from secrets that several processes share: the first signs, all verify.
    ///
    /// # Errors
    /// [`KeyError::WeakSecret`].
    pub fn from_secrets(secrets: &[Zeroizing<String>]) -> Result<Self, KeyError> {
        Ok(Self {
            keys: KeySet::derived(secrets, RECEIPTS)?,
        })
    }
}

impl ReceiptSigner for Ed25519ReceiptSigner {
    fn sign(&self, claims: &ReceiptClaims) -> String {
        let payload = serde_json::to_vec(claims).expect("claims hold texts and numbers");
        let mut token = self.keys.verifying[0].header_segment.clone();
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(payload, &mut token);
        let signature = self.keys.current.sign(token.as_bytes());
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(signature, &mut token);
        token
    }

    fn verify(&self, token: &str) -> Option<ReceiptClaims> {
        verify(&self.keys.verifying, token)
    }

    fn jwks(&self) -> serde_json::Value {
        let keys: Vec<_> = self.keys.verifying.iter().map(VerifyingKey::jwk).collect();
        serde_json::json!({ "keys": keys })
    }
}

impl ReceiptKeys {
    /// The Ed25519 keys of a JWK set (RFC 7517), as the school publishes it; `None` when it holds none.
    pub fn from_jwks(document: &str) -> Option<Self> {
        let document: serde_json::Value = serde_json::from_str(document).ok()?;
        let keys: Vec<VerifyingKey> = document
            .get("keys")?
            .as_array()?
            .iter()
            .filter(|key| key.get("crv").is_some_and(|curve| curve == "Ed25519"))
            .filter_map(|key| {
                let public = URL_SAFE_NO_PAD.decode(key.get("x")?.as_str()?).ok()?;
                VerifyingKey::new(public.try_into().ok()?, None, RECEIPTS).ok()
            })
            .collect();
        (!keys.is_empty()).then_some(Self(keys))
    }

    /// What a receipt says, if one of these keys has signed these very bytes.
    pub fn verify(&self, token: &str) -> Option<ReceiptClaims> {
        verify(&self.0, token)
    }
}

fn verify(keys: &[VerifyingKey], token: &str) -> Option<ReceiptClaims> {
    if token.len() > MAX_RECEIPT_BYTES {
        return None;
    }
    let (signed, signature) = token.rsplit_once('.')?;
    let (header, payload) = signed.split_once('.')?;
    let key = keys.iter().find(|key| key.header_segment == header)?;
    let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
    key.parsed.verify_sig(signed.as_bytes(), &signature).ok()?;
    let payload = URL_SAFE_NO_PAD.decode(payload).ok()?;
    serde_json::from_slice(&payload).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use homeroom_core::domain::ids::{ClassId, LessonId, MemberId, SubmissionId};

    fn claims() -> ReceiptClaims {
        let id = uuid::Uuid::from_u128(7);
        ReceiptClaims {
            v: 1,
            class: ClassId::new(id),
            lesson: LessonId::new(id),
            member: MemberId::new(id),
            submission: SubmissionId::new(id),
            sha256: "ab".repeat(32),
            size: 50_000_000,
            submitted_at: "2026-09-01T06:05:00Z".parse().unwrap(),
            number: 2,
            previous: Some("cd".repeat(32)),
        }
    }

    #[test]
    fn every_changed_byte_of_a_receipt_is_noticed() {
        let room = tempfile::tempdir().unwrap();
        let signer = Ed25519ReceiptSigner::open(room.path()).unwrap();
        let token = signer.sign(&claims());
        let keys = ReceiptKeys::from_jwks(&signer.jwks().to_string()).unwrap();
        assert_eq!(keys.verify(&token), Some(claims()));
        for place in 0..token.len() {
            for change in [1, 2, 4, 32] {
                let mut bytes = token.clone().into_bytes();
                bytes[place] ^= change;
                let Ok(changed) = String::from_utf8(bytes) else {
                    continue;
                };
                assert_eq!(keys.verify(&changed), None, "{place}");
            }
            assert_eq!(keys.verify(&token[..place]), None);
        }
        assert_eq!(keys.verify(&format!("{token}A")), None);
    }

    #[test]
    fn keys_stay_over_a_restart_and_no_other_school_has_them() {
        let room = tempfile::tempdir().unwrap();
        let token = Ed25519ReceiptSigner::open(room.path()).unwrap().sign(&claims());
        let again = Ed25519ReceiptSigner::open(room.path()).unwrap();
        assert!(again.verify(&token).is_some());
        let other = tempfile::tempdir().unwrap();
        assert!(
            Ed25519ReceiptSigner::open(other.path())
                .unwrap()
                .verify(&token)
                .is_none()
        );
    }
}
