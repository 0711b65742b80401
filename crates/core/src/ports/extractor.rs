//! Untrusted bytes in, pages out; the work is done elsewhere and can fail there in any way.
use crate::domain::kind::Kind;
use async_trait::async_trait;
use std::path::Path;

/// A word and its place on the page, in the page's points from the top left corner.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Word {
    /// As it stands in the page's text.
    pub text: String,
    /// Left edge.
    pub x: f32,
    /// Upper edge.
    pub y: f32,
    /// Width.
    pub w: f32,
    /// Height.
    pub h: f32,
}

/// One page, slide or chapter.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct ExtractedPage {
    /// From 1.
    pub number: u32,
    /// In reading order, lines parted by `\n`; at most 1 MiB.
    pub text: String,
    /// In points (1/72 inch); 0 where the format has no page geometry.
    pub width: f32,
    /// In points; 0 where the format has no page geometry.
    pub height: f32,
    /// Where each word stands, in the text's order; empty where unknown. A word that is broken over
    /// two lines stands here twice, whole, with the place of each part.
    pub words: Vec<Word>,
}

/// What was found in a file.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Extraction {
    /// The true type, by content.
    pub kind: Kind,
    /// The title that the file gives itself, if any.
    pub title: Option<String>,
    /// The language most of the text is in (BCP 47 primary subtag), if it can be told.
    pub language: Option<String>,
    /// All pages in order, numbered from 1 without gaps.
    pub pages: Vec<ExtractedPage>,
}

/// A rendered page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// From 1.
    pub page: u32,
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
    /// `image/webp` or `image/jpeg`, whichever is smaller.
    pub content_type: &'static str,
    /// The encoded picture.
    pub content: Vec<u8>,
}

/// Why a file has no pages: stable codes that clients and pages translate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rejection {
    /// No bytes.
    EmptyFile,
    /// Needs a password to be read.
    Encrypted,
    /// Not what its type says, or damaged beyond reading.
    Malformed,
    /// Unpacks to more, or to more entries, than allowed.
    ArchiveTooLarge,
    /// More pages than allowed.
    TooManyPages,
    /// Pixels, text or other output beyond the limits.
    TooLarge,
    /// Took longer than allowed.
    TimedOut,
    /// Needed more memory than allowed.
    OutOfMemory,
    /// The parser crashed.
    Crashed,
    /// The bytes are not those that the uploader announced.
    ChecksumMismatch,
}

impl Rejection {
    /// The stable code, as serde spells it.
    pub const fn code(self) -> &'static str {
        match self {
            Self::EmptyFile => "empty_file",
            Self::Encrypted => "encrypted",
            Self::Malformed => "malformed",
            Self::ArchiveTooLarge => "archive_too_large",
            Self::TooManyPages => "too_many_pages",
            Self::TooLarge => "too_large",
            Self::TimedOut => "timed_out",
            Self::OutOfMemory => "out_of_memory",
            Self::Crashed => "crashed",
            Self::ChecksumMismatch => "checksum_mismatch",
        }
    }
}

/// Why extraction gave nothing.
#[derive(Debug, thiserror::Error)]
pub enum ExtractError {
    /// The file's fault; trying again gives the same.
    #[error("rejected: {}", .0.code())]
    Rejected(Rejection),
    /// Ours; trying again may help.
    #[error("extractor unavailable: {0}")]
    Unavailable(String),
}

/// How far the work is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Progress {
    /// Pages read so far.
    pub done: u32,
    /// Pages in all, where known.
    pub total: u32,
}

/// The port. Files whose type has no extractor give an [`Extraction`] with no pages, not an error.
#[async_trait]
pub trait Extractor: Send + Sync + 'static {
    /// Reads all pages of a local file. `filename` is a hint for text formats only; the type is
    /// decided by content. `progress` is called from time to time.
    async fn extract(
        &self,
        file: &Path,
        filename: &str,
        progress: &(dyn Fn(Progress) + Send + Sync),
    ) -> Result<Extraction, ExtractError>;

    /// Draws pages `first..=last` of a PDF or image, each at most `width` pixels wide and within
    /// the pixel cap; pages that cannot be drawn are left out.
    async fn render(
        &self,
        file: &Path,
        first: u32,
        last: u32,
        width: u32,
    ) -> Result<Vec<Picture>, ExtractError>;
}
