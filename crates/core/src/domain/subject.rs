//! Subjects: what materials are about, managed by users.
use super::name::TextError;
use jiff::Timestamp;

/// The stable name of a subject in addresses: 1 to 64 lower-case letters or digits of any script,
/// parted by single `-`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct SubjectSlug(String);

impl SubjectSlug {
    /// # Errors
    /// When the form is another.
    pub fn parse(text: &str) -> Result<Self, TextError> {
        let fits = !text.is_empty()
            && text.chars().count() <= 64
            && text
                .split('-')
                .all(|word| !word.is_empty() && word.chars().all(char::is_alphanumeric))
            && text.to_lowercase() == text;
        fits.then(|| Self(text.to_owned())).ok_or(TextError::Form(
            "must be lower-case words parted by \"-\", at most 64 characters",
        ))
    }

    /// A slug for a name: its words in lower case, parted by `-`.
    ///
    /// # Errors
    /// When the name holds no letter or digit.
    pub fn from_name(name: &str) -> Result<Self, TextError> {
        let lower = name.to_lowercase();
        let words: Vec<&str> = lower
            .split(|c: char| !c.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .collect();
        let slug: String = words.join("-").chars().take(64).collect();
        Self::parse(slug.trim_end_matches('-'))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A subject.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    /// Its stable name.
    pub slug: SubjectSlug,
    /// As people see it: one line of at most 80 characters.
    pub name: String,
    /// Which of the twelve subject colours, 0 to 11.
    pub hue: u8,
    /// When it was made.
    pub created_at: Timestamp,
}

/// What a fresh school begins with: slug, English name, colour.
pub const INITIAL_SUBJECTS: [(&str, &str, u8); 12] = [
    ("math", "Maths", 0),
    ("biology", "Biology", 4),
    ("history", "History", 1),
    ("english", "English", 8),
    ("physics", "Physics", 7),
    ("chemistry", "Chemistry", 5),
    ("literature", "Literature", 11),
    ("geography", "Geography", 3),
    ("civics", "Civics", 9),
    ("computer-science", "Computer science", 6),
    ("languages", "Languages", 10),
    ("arts", "Arts", 2),
];
