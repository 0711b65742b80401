//! The signing keys: one current, and the retired ones whose tokens may still be valid. Kept in
//! one file that is replaced whole, so that a crash in a rotation leaves the old set or the new.
use crate::clock::random;
use crate::secret_file::write_durably;
use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair, ParsedPublicKey};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use homeroom_core::domain::receipt::RECEIPT_TYPE;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// What a set of keys is for: none signs anything else.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Purpose {
    /// The file of the set.
    file: &'static str,
    /// Parts what is derived for it from whatever else may be derived from a secret; never changes.
    label: &'static [u8],
    /// The `typ` of the headers.
    kind: &'static str,
}

/// Access tokens.
pub(crate) const TOKENS: Purpose = Purpose {
    file: "token-keys.json",
    label: b"homeroom access tokens 1",
    kind: "at+jwt",
};
/// Receipts.
pub(crate) const RECEIPTS: Purpose = Purpose {
    file: "receipt-keys.json",
    label: b"homeroom receipts 1",
    kind: RECEIPT_TYPE,
};
const FORMAT: u32 = 1;
/// In bytes: 32 hexadecimal digits are 128 bits.
const SHORTEST_SECRET: usize = 32;

/// Why the signing keys cannot be had. Every kind stops the program's start.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The directory or file cannot be read or written.
    #[error("signing keys {path}: {source}")]
    Io {
        /// Which file.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// Empty, cut off or edited; it is never replaced silently.
    #[error(
        "signing keys {path} are damaged ({why}); restore the file, or remove it to make new keys, which signs everybody out"
    )]
    Damaged {
        /// Which file.
        path: PathBuf,
        /// What is wrong with it, without any of its content.
        why: &'static str,
    },
    /// Too short to be one.
    #[error(
        "a shared secret has at least {SHORTEST_SECRET} characters; `openssl rand -hex 32` prints a good one"
    )]
    WeakSecret,
    /// A key that is derived is changed by changing the secret.
    #[error("the keys come from the shared secret; put a new one before it to change them")]
    Derived,
}

/// A key that verifies, with the one token header that it is used under.
pub(crate) struct VerifyingKey {
    pub(crate) kid: String,
    pub(crate) public: [u8; 32],
    pub(crate) parsed: ParsedPublicKey,
    /// The only first segment of a token that this key is asked about.
    pub(crate) header_segment: String,
    pub(crate) retired_at: Option<Timestamp>,
}

/// Keys as they are used.
pub(crate) struct KeySet {
    purpose: Purpose,
    pub(crate) current: Ed25519KeyPair,
    /// The seed of `current`, to write it down again.
    seed: Zeroizing<[u8; 32]>,
    /// The current key first, then the retired ones, latest first.
    pub(crate) verifying: Vec<VerifyingKey>,
}

/// The file, format 1.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredKeySet {
    format: u32,
    current: StoredCurrent,
    retired: Vec<StoredRetired>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredCurrent {
    /// Unpadded base64url of the 32 bytes that RFC 8032 calls the private key.
    seed: Zeroizing<String>,
    public: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredRetired {
    public: String,
    retired_at: Timestamp,
}

impl KeySet {
    /// Reads the set in a directory, or makes directory and set where there is none.
    pub(crate) fn open(directory: &Path, purpose: Purpose) -> Result<Self, KeyError> {
        let path = directory.join(purpose.file);
        match fs::read(&path) {
            Ok(content) => Self::parse(&Zeroizing::new(content), &path, purpose),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                fs::create_dir_all(directory).map_err(|source| KeyError::Io {
                    path: directory.to_owned(),
                    source,
                })?;
                let set = Self::fresh(Vec::new(), purpose);
                set.save(directory)?;
                Ok(set)
            }
            Err(source) => Err(KeyError::Io { path, source }),
        }
    }

    /// The set that shared secrets give: the first secret's key is the current one, the others' verify
    /// as well. The same secrets give the same keys in every process.
    pub(crate) fn derived(secrets: &[Zeroizing<String>], purpose: Purpose) -> Result<Self, KeyError> {
        let weak = secrets.iter().any(|secret| secret.len() < SHORTEST_SECRET);
        if secrets.is_empty() || weak {
            return Err(KeyError::WeakSecret);
        }
        let mut seeds = secrets.iter().map(|secret| derive_seed(secret, purpose));
        let seed = seeds.next().ok_or(KeyError::WeakSecret)?;
        let current = Ed25519KeyPair::from_seed_unchecked(&*seed).expect("any 32 bytes are an Ed25519 seed");
        let others = seeds.map(|seed| {
            let pair = Ed25519KeyPair::from_seed_unchecked(&*seed).expect("any 32 bytes are an Ed25519 seed");
            let public = pair.public_key().as_ref();
            VerifyingKey::new(
                public.try_into().expect("a public key has 32 bytes"),
                None,
                purpose,
            )
            .expect("a derived key pair has a valid public key")
        });
        let others = others.collect();
        Ok(
            Self::assemble(current, seed, others, purpose)
                .expect("a derived key pair has a valid public key"),
        )
    }

    /// A set with a new current key; the present one is retired, and those that retired before
    /// `forget_before` are left out.
    pub(crate) fn rotated(&self, now: Timestamp, keep_for: SignedDuration) -> Self {
        let retired = self
            .verifying
            .iter()
            .map(|key| (key.public, key.retired_at.unwrap_or(now)))
            .filter(|(_, retired_at)| now.duration_since(*retired_at) <= keep_for)
            .filter_map(|(public, retired_at)| VerifyingKey::new(public, Some(retired_at), self.purpose).ok())
            .collect();
        Self::fresh(retired, self.purpose)
    }

    fn fresh(retired: Vec<VerifyingKey>, purpose: Purpose) -> Self {
        let seed = Zeroizing::new(random::<32>());
        let current = Ed25519KeyPair::from_seed_unchecked(&*seed).expect("any 32 bytes are an Ed25519 seed");
        Self::assemble(current, seed, retired, purpose).expect("a new key pair has a valid public key")
    }

    fn assemble(
        current: Ed25519KeyPair,
        seed: Zeroizing<[u8; 32]>,
        retired: Vec<VerifyingKey>,
        purpose: Purpose,
    ) -> Result<Self, &'static str> {
        let public = current
            .public_key()
            .as_ref()
            .try_into()
            .map_err(|_| "a public key has not 32 bytes")?;
        let mut verifying = vec![VerifyingKey::new(public, None, purpose)?];
        verifying.extend(retired);
        Ok(Self {
            purpose,
            current,
            seed,
            verifying,
        })
    }

    fn parse(content: &[u8], path: &Path, purpose: Purpose) -> Result<Self, KeyError> {
        Self::from_stored(content, purpose).map_err(|why| KeyError::Damaged {
            path: path.to_owned(),
            why,
        })
    }

    fn from_stored(content: &[u8], purpose: Purpose) -> Result<Self, &'static str> {
        let stored: StoredKeySet = serde_json::from_slice(content).map_err(|_| "not a key set in JSON")?;
        if stored.format != FORMAT {
            return Err("written in a format that this version does not know");
        }
        let seed = Zeroizing::new(bytes_of(&stored.current.seed)?);
        let public = bytes_of(&stored.current.public)?;
        let current = Ed25519KeyPair::from_seed_and_public_key(&*seed, &public)
            .map_err(|_| "private and public key do not belong together")?;
        let retired = stored
            .retired
            .iter()
            .map(|key| VerifyingKey::new(bytes_of(&key.public)?, Some(key.retired_at), purpose))
            .collect::<Result<_, _>>()?;
        Self::assemble(current, seed, retired, purpose)
    }

    /// Writes the set; durable when it returns.
    pub(crate) fn save(&self, directory: &Path) -> Result<(), KeyError> {
        let stored = StoredKeySet {
            format: FORMAT,
            current: StoredCurrent {
                seed: Zeroizing::new(URL_SAFE_NO_PAD.encode(*self.seed)),
                public: URL_SAFE_NO_PAD.encode(self.verifying[0].public),
            },
            retired: self
                .verifying
                .iter()
                .filter_map(|key| {
                    key.retired_at.map(|retired_at| StoredRetired {
                        public: URL_SAFE_NO_PAD.encode(key.public),
                        retired_at,
                    })
                })
                .collect(),
        };
        let content = Zeroizing::new(serde_json::to_vec_pretty(&stored).expect("plain strings are JSON"));
        let path = directory.join(self.purpose.file);
        write_durably(&path, &content).map_err(|source| KeyError::Io { path, source })
    }
}

impl VerifyingKey {
    /// As a JWK (RFC 8037 §2).
    pub(crate) fn jwk(&self) -> serde_json::Value {
        serde_json::json!({
            "kty": "OKP",
            "crv": "Ed25519",
            "alg": "EdDSA",
            "use": "sig",
            "kid": self.kid,
            "x": URL_SAFE_NO_PAD.encode(self.public),
        })
    }

    pub(crate) fn new(
        public: [u8; 32],
        retired_at: Option<Timestamp>,
        purpose: Purpose,
    ) -> Result<Self, &'static str> {
        let parsed = ParsedPublicKey::new(&ED25519, public).map_err(|_| "a public key is not one")?;
        let kid = thumbprint(&public);
        let header = format!(r#"{{"alg":"EdDSA","typ":"{}","kid":"{kid}"}}"#, purpose.kind);
        Ok(Self {
            header_segment: URL_SAFE_NO_PAD.encode(header),
            kid,
            public,
            parsed,
            retired_at,
        })
    }
}

/// HKDF-SHA-256 (RFC 5869) of a secret.
fn derive_seed(secret: &str, purpose: Purpose) -> Zeroizing<[u8; 32]> {
    use aws_lc_rs::hkdf::{HKDF_SHA256, Salt};
    let mut seed = Zeroizing::new([0; 32]);
    Salt::new(HKDF_SHA256, &[])
        .extract(secret.as_bytes())
        .expand(&[purpose.label], HKDF_SHA256)
        .and_then(|material| material.fill(&mut *seed))
        .expect("HKDF gives 32 bytes of any secret");
    seed
}

/// The JWK thumbprint of an Ed25519 key (RFC 7638 §3, RFC 8037 appendix A.3).
fn thumbprint(public: &[u8; 32]) -> String {
    let x = URL_SAFE_NO_PAD.encode(public);
    let canonical = format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{x}"}}"#);
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, canonical.as_bytes());
    URL_SAFE_NO_PAD.encode(digest)
}

fn bytes_of(text: &str) -> Result<[u8; 32], &'static str> {
    URL_SAFE_NO_PAD
        .decode(text)
        .ok()
        .and_then(|bytes| bytes.try_into().ok())
        .ok_or("a key has not 32 bytes in base64url")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn the_thumbprint_is_that_of_rfc_8037_appendix_a_3() {
        let public = bytes_of("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo").unwrap();
        assert_eq!(thumbprint(&public), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    }

    #[test]
    fn a_set_is_made_once_and_readable_by_its_owner_only() {
        let directory = tempfile::tempdir().unwrap();
        let keys = directory.path().join("keys");

        let first = KeySet::open(&keys, TOKENS).unwrap();
        let read = KeySet::open(&keys, TOKENS).unwrap();

        assert_eq!(first.verifying[0].kid, read.verifying[0].kid);
        let mode = fs::metadata(keys.join(TOKENS.file)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn hardening_8_damaged_sets_are_refused_and_kept() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join(TOKENS.file);
        KeySet::open(directory.path(), TOKENS).unwrap();
        let good = fs::read_to_string(&path).unwrap();
        let other = tempfile::tempdir().unwrap();
        let other_public = KeySet::open(other.path(), TOKENS).unwrap().verifying[0].public;
        let public = KeySet::open(directory.path(), TOKENS).unwrap().verifying[0].public;
        let swapped = good.replace(
            &URL_SAFE_NO_PAD.encode(public),
            &URL_SAFE_NO_PAD.encode(other_public),
        );
        let newer = good.replace("\"format\": 1", "\"format\": 2");
        assert!(good != swapped && good != newer);

        for content in ["", "{}", &good[..good.len() / 2], &swapped, &newer] {
            fs::write(&path, content).unwrap();
            let answer = KeySet::open(directory.path(), TOKENS);
            assert!(matches!(answer, Err(KeyError::Damaged { .. })), "{content}");
            assert_eq!(fs::read_to_string(&path).unwrap(), content);
        }
    }

    #[test]
    fn shared_secrets_give_the_same_keys_everywhere() {
        let secret = |letter: &str| Zeroizing::new(letter.repeat(32));
        let one = KeySet::derived(&[secret("a")], TOKENS).unwrap();
        let other = KeySet::derived(&[secret("b"), secret("a")], TOKENS).unwrap();
        assert_eq!(one.verifying[0].kid, other.verifying[1].kid);
        assert_ne!(one.verifying[0].kid, other.verifying[0].kid);
        let receipts = KeySet::derived(&[secret("a")], RECEIPTS).unwrap();
        assert_ne!(one.verifying[0].kid, receipts.verifying[0].kid);
        for weak in [vec![], vec![Zeroizing::new("short".to_owned())]] {
            assert!(matches!(
                KeySet::derived(&weak, TOKENS),
                Err(KeyError::WeakSecret)
            ));
        }
    }

    #[test]
    fn a_retired_key_keeps_no_private_half_on_disk() {
        let directory = tempfile::tempdir().unwrap();
        let first = KeySet::open(directory.path(), TOKENS).unwrap();
        let seed = URL_SAFE_NO_PAD.encode(*first.seed);
        let now = "2026-01-01T00:00:00Z".parse().unwrap();

        first
            .rotated(now, SignedDuration::from_hours(1))
            .save(directory.path())
            .unwrap();

        assert!(
            !fs::read_to_string(directory.path().join(TOKENS.file))
                .unwrap()
                .contains(&seed)
        );
        let second = KeySet::open(directory.path(), TOKENS).unwrap();
        assert_eq!(second.verifying.len(), 2);
        assert_eq!(second.verifying[1].kid, first.verifying[0].kid);
        assert_eq!(second.verifying[1].retired_at, Some(now));
    }
}
