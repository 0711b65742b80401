//! Materials and their versions.
use super::ids::{MaterialId, UploadId, UserId, VersionId};
use super::kind::Kind;
use super::language::Language;
use super::name::{self, Filename, TextError};
use super::subject::SubjectSlug;
use super::user::Grade;
use crate::ports::extractor::{Media, Notice, Rejection};
use crate::ports::object_store::{ObjectKey, Sha256};
use jiff::Timestamp;
use std::str::FromStr;

/// The most versions of one material.
pub const MAX_VERSIONS: u32 = 30;
/// The most tags of one material.
pub const MAX_TAGS: usize = 20;

/// Who may see a material.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Visibility {
    /// Its owner.
    Private,
    /// Its owner, and everybody who is in an active class with them, as member or teacher.
    Class,
    /// Any signed-in user.
    #[default]
    School,
    /// Anybody.
    Public,
}

impl Visibility {
    /// The stable name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Private => "private",
            Self::Class => "class",
            Self::School => "school",
            Self::Public => "public",
        }
    }
}

impl FromStr for Visibility {
    type Err = TextError;
    fn from_str(text: &str) -> Result<Self, TextError> {
        [Self::Private, Self::Class, Self::School, Self::Public]
            .into_iter()
            .find(|visibility| visibility.name() == text)
            .ok_or(TextError::Form("must be private, class, school or public"))
    }
}

/// What may be changed of a material after it was shared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Details {
    /// One line of at most 200 characters.
    pub title: String,
    /// At most 5,000 characters.
    pub description: String,
    /// What it is about.
    pub subject: Option<SubjectSlug>,
    /// For which grade.
    pub grade: Option<Grade>,
    /// A course's id.
    pub course: Option<String>,
    /// At most [`MAX_TAGS`] of at most 40 characters, lower case, no doubles.
    pub tags: Vec<String>,
    /// What it is written in.
    pub language: Option<Language>,
    /// One line of at most 100 characters, such as `CC BY 4.0`.
    pub licence: Option<String>,
    /// Who may see it.
    pub visibility: Visibility,
}

/// Cleans a list of tags: trimmed, lower case, empty and double ones dropped.
///
/// # Errors
/// More than [`MAX_TAGS`], or one that is not a line of at most 40 characters.
pub fn tags(given: &[String]) -> Result<Vec<String>, TextError> {
    let mut tags: Vec<String> = Vec::new();
    for tag in given.iter().filter(|tag| !tag.trim().is_empty()) {
        let tag = name::line(tag, 40)?.to_lowercase();
        if !tags.contains(&tag) {
            tags.push(tag);
        }
    }
    if tags.len() > MAX_TAGS {
        return Err(TextError::TooLong {
            max: MAX_TAGS,
            actual: tags.len(),
            unit: "tags",
        });
    }
    Ok(tags)
}

/// What became of a version's content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Processing {
    /// Being verified and read; `done` of `total` pages, 0 of 0 before the first.
    Running {
        /// Pages read.
        done: u32,
        /// Pages in all, where known.
        total: u32,
    },
    /// Can be found and read.
    Ready {
        /// How many pages were found; 0 for types without pages.
        pages: u32,
    },
    /// Cannot be read; still downloadable by its owner unless its checksum was wrong.
    Failed(Rejection),
}

/// How far the recognition of text in a version's pictures is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Recognition {
    /// The next page to be looked at, from 1; those before are done.
    pub next: u32,
    /// Pictures that were read.
    pub done: u32,
    /// Pictures to be read in all.
    pub total: u32,
}

/// Captions that the owner of a film or recording added to it.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct AddedCaptions {
    /// Which pack of the version's pages was made of them; another one for each time.
    pub revision: u32,
    /// What they are in, where its owner said so.
    pub language: Option<Language>,
}

/// How a version was read, and where what that gave is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Reading {
    /// The [`READING_FORMAT`](crate::ports::extractor::READING_FORMAT) of then; 0 from before that was noted.
    pub format: u32,
    /// Which pack of pages, and which contents, the file itself gave: 0 for those of the first reading,
    /// another one for each later.
    pub revision: u32,
}

/// One state of a material's content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    /// Which.
    pub id: VersionId,
    /// Of which material.
    pub material: MaterialId,
    /// From 1.
    pub number: u32,
    /// The upload that it came by.
    pub upload: UploadId,
    /// Where its bytes are.
    pub object: ObjectKey,
    /// As people see it.
    pub filename: Filename,
    /// In bytes.
    pub size: u64,
    /// As announced at upload; the `sha256` of its content once it is verified.
    pub sha256: Option<Sha256>,
    /// Whether `sha256` has been checked against the stored bytes.
    pub verified: bool,
    /// As announced at upload; never trusted.
    pub content_type: String,
    /// True type, known once it was read.
    pub kind: Kind,
    /// Whether a picture of its first page is stored.
    pub has_cover: bool,
    /// Whether it was laid out as a PDF that is stored beside it, with a page for each of its own.
    pub has_layout: bool,
    /// What became of it.
    pub processing: Processing,
    /// How it was read.
    pub reading: Reading,
    /// Length and size, for films, recordings and pictures.
    pub media: Option<Media>,
    /// What is missing of what was read, if anything.
    pub notice: Option<Notice>,
    /// How far the recognition of text in its pictures is, while that goes on: pages of those that
    /// have no text of their own.
    pub recognition: Option<Recognition>,
    /// Captions that were added to it.
    pub captions: Option<AddedCaptions>,
    /// When it was shared.
    pub created_at: Timestamp,
}

/// All ratings of a material together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct RatingSummary {
    /// How many people rated it.
    pub count: u32,
    /// The sum of their stars, 1 to 5 each.
    pub stars: u32,
}

impl RatingSummary {
    /// The mean, 1 to 5; `None` before the first rating.
    pub fn average(self) -> Option<f64> {
        (self.count > 0).then(|| f64::from(self.stars) / f64::from(self.count))
    }

    /// With one person's stars in place of those that they gave before.
    #[must_use]
    pub fn with(self, before: Option<Stars>, after: Option<Stars>) -> Self {
        let stars = |given: Option<Stars>| given.map_or(0, |stars| u32::from(stars.number()));
        Self {
            count: (self.count + u32::from(after.is_some())).saturating_sub(u32::from(before.is_some())),
            stars: (self.stars + stars(after)).saturating_sub(stars(before)),
        }
    }
}

/// What one person gives: 1 to 5 stars.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Stars(u8);

impl Stars {
    /// Checks the number.
    ///
    /// # Errors
    /// When it is not 1 to 5.
    pub fn new(number: i64) -> Result<Self, TextError> {
        match u8::try_from(number) {
            Ok(stars @ 1..=5) => Ok(Self(stars)),
            _ => Err(TextError::Form("must be from 1 to 5")),
        }
    }

    /// 1 to 5.
    pub const fn number(self) -> u8 {
        self.0
    }
}

/// Something shared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Material {
    /// Which.
    pub id: MaterialId,
    /// Whose.
    pub owner: UserId,
    /// What its owner says of it.
    pub details: Details,
    /// The version that is shown.
    pub current: Version,
    /// What people think of it.
    pub rating: RatingSummary,
    /// When it was first shared.
    pub created_at: Timestamp,
    /// When its details or content last changed.
    pub updated_at: Timestamp,
}

impl Version {
    /// How many of its pages have pictures.
    pub fn pages_with_pictures(&self) -> u32 {
        let drawn = self.has_layout || matches!(self.kind, Kind::Pdf | Kind::Image);
        match self.processing {
            Processing::Ready { pages } if drawn => pages,
            _ => 0,
        }
    }
}

impl Material {
    /// Whether it is shared with its owner's classes.
    pub fn is_for_classes(&self) -> bool {
        self.details.visibility == Visibility::Class
    }

    /// Whether others than its owner may see it yet: its content was verified and read, or at
    /// least verified.
    pub fn is_published(&self) -> bool {
        match &self.current.processing {
            Processing::Running { .. } => self.current.number > 1,
            Processing::Ready { .. } => true,
            Processing::Failed(reason) => {
                !matches!(reason, Rejection::ChecksumMismatch | Rejection::Infected)
            }
        }
    }
}
