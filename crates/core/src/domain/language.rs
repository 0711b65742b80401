//! Languages of materials.

/// A BCP 47 primary language subtag in lower case: two or three letters, such as `he` or `en`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct Language(String);

impl Language {
    /// Parses two or three ASCII letters of either case.
    pub fn parse(text: &str) -> Option<Self> {
        let fits = (2..=3).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphabetic());
        fits.then(|| Self(text.to_ascii_lowercase()))
    }

    /// The subtag.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
