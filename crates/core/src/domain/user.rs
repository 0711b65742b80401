//! Users and what they may type about themselves.
use super::ids::UserId;
use super::name::{self, TextError};
use jiff::Timestamp;
use std::fmt;
use std::str::FromStr;
use unicode_normalization::UnicodeNormalization;

/// What a user may do, from least to most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Shares and finds.
    Student,
    /// Also leads classes and courses.
    Teacher,
    /// Also keeps it clean.
    Moderator,
    /// Also runs it.
    Admin,
}

impl Role {
    /// The stable name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Student => "student",
            Self::Teacher => "teacher",
            Self::Moderator => "moderator",
            Self::Admin => "admin",
        }
    }
}

impl FromStr for Role {
    type Err = TextError;
    fn from_str(text: &str) -> Result<Self, TextError> {
        [Self::Student, Self::Teacher, Self::Moderator, Self::Admin]
            .into_iter()
            .find(|role| role.name() == text)
            .ok_or(TextError::Form("must be student, teacher, moderator or admin"))
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A school grade, 7 to 12.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct Grade(u8);

impl Grade {
    /// All grades.
    pub const ALL: [Self; 6] = [Self(7), Self(8), Self(9), Self(10), Self(11), Self(12)];

    /// # Errors
    /// Outside 7 to 12.
    pub fn new(number: i64) -> Result<Self, TextError> {
        u8::try_from(number)
            .ok()
            .filter(|number| (7..=12).contains(number))
            .map(Self)
            .ok_or(TextError::Form("must be a grade from 7 to 12"))
    }

    /// The number.
    pub const fn number(self) -> u8 {
        self.0
    }
}

/// A name to sign in with: 3 to 32 of letters, digits, `_`, `-`, `.`, beginning with a letter or
/// digit; compared without regard to case after NFKC.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct Username(String);

impl Username {
    /// # Errors
    /// When the form is another.
    pub fn parse(text: &str) -> Result<Self, TextError> {
        let name: String = text.nfkc().collect();
        let count = name.chars().count();
        if count < 3 {
            return Err(TextError::TooShort { min: 3 });
        }
        if count > 32 {
            return Err(TextError::TooLong {
                max: 32,
                actual: count,
                unit: "characters",
            });
        }
        let fits = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
        if !name.chars().all(fits) || !name.starts_with(char::is_alphanumeric) {
            return Err(TextError::Form(
                "may hold letters, digits, \"_\", \"-\" and \".\" and begins with a letter or digit",
            ));
        }
        Ok(Self(name))
    }

    /// As it is shown.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// As it is compared.
    pub fn folded(&self) -> String {
        self.0.to_lowercase()
    }
}

/// An e-mail address: one `@`, something on both sides, at most 254 bytes (RFC 5321 §4.5.3.1.3).
#[derive(Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct Email(String);

impl Email {
    /// # Errors
    /// When the form is another.
    pub fn parse(text: &str) -> Result<Self, TextError> {
        const FORM: TextError = TextError::Form("must be an e-mail address");
        let address: String = text.trim().nfc().collect();
        if address.len() > 254 {
            return Err(TextError::TooLong {
                max: 254,
                actual: address.len(),
                unit: "bytes",
            });
        }
        let (local, domain) = address.rsplit_once('@').ok_or(FORM)?;
        let clean = |part: &str| {
            !part.is_empty()
                && !part.chars().any(|c| {
                    c.is_whitespace() || c.is_control() || matches!(c, '@' | '<' | '>' | '"' | ',' | ';')
                })
        };
        if !clean(local)
            || !clean(domain)
            || local.len() > 64
            || domain.starts_with('.')
            || domain.ends_with('.')
        {
            return Err(FORM);
        }
        Ok(Self(address))
    }

    /// As it was typed.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// As it is compared.
    pub fn folded(&self) -> String {
        self.0.to_lowercase()
    }
}

impl fmt::Debug for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Email(…)")
    }
}

/// A password as typed: NFC, 10 to 256 characters, any characters; never printed.
#[derive(Clone)]
pub struct Password(String);

/// The shortest password, in characters.
pub const MIN_PASSWORD_CHARACTERS: usize = 10;
/// The longest password, in characters.
pub const MAX_PASSWORD_CHARACTERS: usize = 256;

impl Password {
    /// Parses a password that is to be checked against a stored one: any length up to the limit.
    ///
    /// # Errors
    /// Longer than [`MAX_PASSWORD_CHARACTERS`], before anything is hashed.
    pub fn given(text: &str) -> Result<Self, TextError> {
        if text.len() > 4 * MAX_PASSWORD_CHARACTERS || text.chars().count() > MAX_PASSWORD_CHARACTERS {
            return Err(TextError::TooLong {
                max: MAX_PASSWORD_CHARACTERS,
                actual: text.chars().count(),
                unit: "characters",
            });
        }
        Ok(Self(text.nfc().collect()))
    }

    /// Parses a password that is to be set.
    ///
    /// # Errors
    /// Outside the limits, or one of the passwords that everybody tries first.
    pub fn chosen(text: &str) -> Result<Self, TextError> {
        let password = Self::given(text)?;
        if password.0.chars().count() < MIN_PASSWORD_CHARACTERS {
            return Err(TextError::TooShort {
                min: MIN_PASSWORD_CHARACTERS,
            });
        }
        if super::breached::is_breached(&password.0) {
            return Err(TextError::Form(
                "is among the passwords that are guessed first; choose another",
            ));
        }
        Ok(password)
    }

    /// The text, for hashing only.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

/// Whether a user may sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Standing {
    /// May sign in.
    Active,
    /// May not; sessions and grants made before hold no more.
    Suspended,
}

/// Somebody with an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// Who.
    pub id: UserId,
    /// Unique without regard to case.
    pub username: Username,
    /// Unique without regard to case.
    pub email: Email,
    /// At most 100 characters.
    pub full_name: Option<String>,
    /// For students.
    pub grade: Option<Grade>,
    /// What they may do.
    pub role: Role,
    /// Whether they may do it.
    pub standing: Standing,
    /// The PHC string of the password.
    pub password_hash: String,
    /// When the account was made.
    pub created_at: Timestamp,
}

impl User {
    /// What others see: the full name if there is one.
    pub fn display_name(&self) -> &str {
        self.full_name.as_deref().unwrap_or(self.username.as_str())
    }
}

/// A full name: one line of at most 100 characters.
///
/// # Errors
/// [`TextError`] naming what is wrong.
pub fn full_name(text: &str) -> Result<String, TextError> {
    name::line(text, 100)
}
