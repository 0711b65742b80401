//! The key pair that signs requests. The secret half never appears in logs.
use std::fmt;

/// Secrets that ship as defaults of other programs, or that people type first.
const WELL_KNOWN: [&str; 8] = [
    "minioadmin",
    "rustfsadmin",
    "changeme",
    "change-me",
    "password",
    "secret",
    "admin",
    "homeroom",
];

/// The shortest secret that is accepted for the embedded endpoint, in characters.
const SHORTEST_SECRET: usize = 16;

/// A secret access key; its `Debug` output tells nothing.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretKey(String);

impl SecretKey {
    /// Takes the secret as text, as S3 services hand it out.
    pub fn new(secret: impl Into<String>) -> Self {
        Self(secret.into())
    }

    /// The secret itself, for signing and for the command that prints it to its owner.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretKey(…)")
    }
}

/// An access key with its secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credentials {
    /// The public half, part of every signed URL.
    pub access_key: String,
    /// The private half.
    pub secret_key: SecretKey,
}

/// Why a key pair is refused (HARDENING 8).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WeakCredentials {
    /// The access key is empty or has characters that do not belong in a credential.
    #[error("the access key is empty or has characters other than letters, digits, '-' and '_'")]
    AccessKey,
    /// Fewer than 16 characters.
    #[error("the secret key has fewer than {SHORTEST_SECRET} characters")]
    ShortSecret,
    /// A default of some program, or one character repeated.
    #[error("the secret key is a well-known default")]
    DefaultSecret,
}

impl Credentials {
    /// Refuses what an attacker would try first.
    ///
    /// # Errors
    /// See [`WeakCredentials`].
    pub fn check(&self) -> Result<(), WeakCredentials> {
        let allowed = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        if self.access_key.is_empty() || !self.access_key.chars().all(allowed) {
            return Err(WeakCredentials::AccessKey);
        }
        let secret = self.secret_key.expose();
        let lower = secret.to_ascii_lowercase();
        let known = WELL_KNOWN
            .iter()
            .any(|known| !lower.is_empty() && lower.replace(known, "").is_empty());
        let repeated = secret
            .chars()
            .next()
            .is_some_and(|first| secret.chars().all(|c| c == first));
        if known || repeated || secret == self.access_key {
            return Err(WeakCredentials::DefaultSecret);
        }
        if secret.chars().count() < SHORTEST_SECRET {
            return Err(WeakCredentials::ShortSecret);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(secret: &str) -> Result<(), WeakCredentials> {
        Credentials {
            access_key: "homeroom".into(),
            secret_key: SecretKey::new(secret),
        }
        .check()
    }

    #[test]
    fn hardening_8_empty_short_and_default_secrets_are_refused() {
        assert_eq!(check(""), Err(WeakCredentials::ShortSecret));
        assert_eq!(check("short"), Err(WeakCredentials::ShortSecret));
        assert_eq!(check("minioadmin"), Err(WeakCredentials::DefaultSecret));
        assert_eq!(check("minioadminminioadmin"), Err(WeakCredentials::DefaultSecret));
        assert_eq!(
            check("aaaaaaaaaaaaaaaaaaaaaaaa"),
            Err(WeakCredentials::DefaultSecret)
        );
        assert_eq!(check("wJalrXUtnFEMI/K7MDENG"), Ok(()));
    }

    #[test]
    fn secrets_do_not_show_in_debug_output() {
        let credentials = Credentials {
            access_key: "a".into(),
            secret_key: SecretKey::new("hidden-secret"),
        };
        assert!(!format!("{credentials:?}").contains("hidden"));
    }
}
