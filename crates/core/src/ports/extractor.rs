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

/// Where a link on a page leads.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LinkTarget {
    /// A page of the same file, from 1.
    Page(u32),
    /// An `http`, `https` or `mailto` address of at most 2,000 characters.
    Address(String),
}

/// A place on a page that leads elsewhere, in points from the top left corner.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Link {
    /// Left edge.
    pub x: f32,
    /// Upper edge.
    pub y: f32,
    /// Width.
    pub w: f32,
    /// Height.
    pub h: f32,
    /// Where to.
    pub to: LinkTarget,
}

/// One line of a file's table of contents.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct OutlineEntry {
    /// One line of at most 200 characters.
    pub title: String,
    /// From 1.
    pub page: u32,
    /// From 1, at most 8; never more than one deeper than the entry before.
    pub level: u8,
    /// Where in a film or recording what it names begins, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub starts_at_ms: Option<u64>,
}

/// What a film, a recording or a picture says of itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Media {
    /// In milliseconds, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration_ms: Option<u64>,
    /// In pixels, as shown (turned upright); 0 for sound.
    #[serde(default)]
    pub width: u32,
    /// In pixels.
    #[serde(default)]
    pub height: u32,
}

/// Why a file that could be opened shows less than one might expect: stable codes that clients and
/// pages translate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Notice {
    /// Pages are pictures, and nothing here can read them.
    NoTextRecognition,
    /// Only some of it was read: a limit was reached or a part was damaged.
    Incomplete,
    /// It holds no words.
    NoText,
    /// Its content is not what its name says, nor anything else that can be read here: it may be damaged.
    NotItsType,
    /// Nothing here can read files of its type.
    UnknownType,
}

impl Notice {
    /// The stable code, as serde spells it.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NoTextRecognition => "no_text_recognition",
            Self::Incomplete => "incomplete",
            Self::NoText => "no_text",
            Self::NotItsType => "not_its_type",
            Self::UnknownType => "unknown_type",
        }
    }
}

/// What lines of a page are that are no running text.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PassageKind {
    /// Lines of a file of source code.
    Source {
        /// Which line of the file the first of them is, from 1.
        first: u32,
    },
    /// Source code that stands in a text.
    Code {
        /// What its author says that it is in, in small letters; at most 40 characters.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        language: Option<String>,
        /// The number of its last run, in a notebook.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        run: Option<u32>,
    },
    /// What source code printed.
    Output,
    /// What is noted for the speaker of a slide.
    Notes,
    /// What people have added to a page of a PDF: comments and replies, what forms are filled in with, names of
    /// attached files. The last lines of the page.
    Comments,
    /// A picture that source code drew, in a notebook; the lines, if any, say in its place what it is.
    Picture {
        /// Which of the notebook's pictures, from 1 and at most [`MAX_PICTURES`].
        number: u32,
        /// In pixels.
        width: u32,
        /// In pixels.
        height: u32,
    },
}

/// The most pictures of one notebook; what is beyond is left out.
pub const MAX_PICTURES: u32 = 200;

/// Lines of a page that are no running text.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Passage {
    /// The first of them in the page's text, from 0.
    pub line: u32,
    /// How many they are; a picture that nothing stands for has none, and stands before the first.
    pub lines: u32,
    /// What they are.
    pub kind: PassageKind,
}

/// When lines of a page are said in a film or recording. Kept as three numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(from = "(u32, u64, u64)", into = "(u32, u64, u64)")]
pub struct CueTime {
    /// The first of these lines in the page's text, from 0; they reach as far as those of the next cue.
    pub line: u32,
    /// From when, in milliseconds from the beginning of the film.
    pub begin_ms: u64,
    /// Until when, in milliseconds; not always behind the beginning.
    pub end_ms: u64,
}

impl From<(u32, u64, u64)> for CueTime {
    fn from((line, begin_ms, end_ms): (u32, u64, u64)) -> Self {
        Self {
            line,
            begin_ms,
            end_ms,
        }
    }
}

impl From<CueTime> for (u32, u64, u64) {
    fn from(cue: CueTime) -> Self {
        (cue.line, cue.begin_ms, cue.end_ms)
    }
}

/// What a page shows that is not in its text and may be words.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unread {
    /// Nobody looked: the page has text enough, is no page of a PDF, or was read before this was noted.
    #[default]
    Unknown,
    /// Nothing: what is drawn are rules, boxes and ornaments.
    Nothing,
    /// A picture on a part of it, or shapes that may be letters.
    Part,
    /// A picture of most of it, as scans are, or letters of which nobody can tell what they mean.
    Most,
}

impl Unread {
    /// Whether there is nothing to say.
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde asks")]
    pub(super) fn is_unknown(&self) -> bool {
        *self == Self::Unknown
    }
}

/// A page with no more letters and digits than this may be a picture with a stamped page number.
const FEW_LETTERS: usize = 16;

/// One page, slide, sheet, chapter or caption.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct ExtractedPage {
    /// From 1.
    pub number: u32,
    /// What people call it where that is not its number: a PDF's page label, the name of a sheet, a
    /// chapter or a slide. One line of at most 200 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// In reading order, lines parted by `\n`; at most 1 MiB.
    pub text: String,
    /// In points (1/72 inch); 0 where the format has no page geometry.
    pub width: f32,
    /// In points; 0 where the format has no page geometry.
    pub height: f32,
    /// Where each word stands, in the text's order; empty where unknown. A word that is broken over
    /// two lines stands here twice, whole, with the place of each part.
    #[serde(default)]
    pub words: Vec<Word>,
    /// Headings, as they stand in `text`; at most 16 of at most 200 characters. They weigh more.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub headings: Vec<String>,
    /// Lines of `text`, as they stand there, that many pages repeat: running heads and feet, page
    /// numbers. They weigh less.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub repeated: Vec<String>,
    /// Lines of `text` that are no running text: in order, none twice, at most 500.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub passages: Vec<Passage>,
    /// At most 500.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<Link>,
    /// Where in a film or recording this page begins, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub starts_at_ms: Option<u64>,
    /// When its lines are said, in order; none where that is not known. Lines before the first are titles.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cues: Vec<CueTime>,
    /// The page's own language (BCP 47 primary subtag) where it can be told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// What it shows beside its text; told where [`has_few_letters`](Self::has_few_letters).
    #[serde(default, skip_serializing_if = "Unread::is_unknown")]
    pub unread: Unread,
}

impl ExtractedPage {
    /// Whether it has no text.
    pub fn is_blank(&self) -> bool {
        self.text.trim().is_empty()
    }

    /// Whether its text is no more than what may be stamped on a picture: 16 letters and digits.
    pub fn has_few_letters(&self) -> bool {
        self.letters().nth(FEW_LETTERS).is_none()
    }

    /// Whether its words are to be recognised from its picture: it shows more than its text says.
    pub fn is_picture(&self) -> bool {
        match self.unread {
            Unread::Nothing => false,
            Unread::Part => self.letters().next().is_none(),
            Unread::Most | Unread::Unknown => self.has_few_letters(),
        }
    }

    /// The text without what people have added to the page, and that.
    pub fn own_text_and_comments(&self) -> (&str, &str) {
        let is_added = |passage: &&Passage| passage.kind == PassageKind::Comments;
        let added = self.passages.iter().find(is_added).map(|passage| passage.line);
        let line = match added.map(usize::try_from) {
            Some(Ok(0)) => return ("", &self.text),
            Some(Ok(line)) => line,
            _ => return (&self.text, ""),
        };
        let end = self.text.match_indices('\n').nth(line - 1);
        end.map_or((&self.text, ""), |(end, _)| {
            (&self.text[..end], &self.text[end + 1..])
        })
    }

    fn letters(&self) -> impl Iterator<Item = char> + '_ {
        let (own, _) = self.own_text_and_comments();
        own.chars().filter(|c| c.is_alphanumeric())
    }
}

/// How good the present reading of files is. Raised with whatever makes it worth to read again what was read
/// before: after the next start that is done in the background (`usecases::read_earlier`).
pub const READING_FORMAT: u32 = 1;

/// How wide covers are, in pixels.
pub const COVER_WIDTH: u32 = 480;

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
    /// Its table of contents, at most 2,000 lines.
    pub outline: Vec<OutlineEntry>,
    /// For films, recordings and pictures.
    pub media: Option<Media>,
    /// What is missing, if anything.
    pub notice: Option<Notice>,
    /// The first page of a PDF, an image, a film or a recording, at most [`COVER_WIDTH`] pixels wide,
    /// where it could be drawn.
    #[serde(skip)]
    pub cover: Option<Picture>,
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
    /// More pages than allowed; of files that were read before the pages up to the limit were kept.
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
    /// The scanner knows it to do harm; it is kept, and given to nobody.
    Infected,
    /// A video whose end or description is missing.
    Incomplete,
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
            Self::Infected => "infected",
            Self::Incomplete => "incomplete",
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

/// How a video is wrapped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Container {
    /// ISO base media (ISO/IEC 14496-12) as MP4.
    Mp4,
    /// Its ancestor, as phones write it.
    QuickTime,
    /// Matroska in its small form.
    WebM,
}

impl Container {
    /// Its media type.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Mp4 => "video/mp4",
            Self::QuickTime => "video/quicktime",
            Self::WebM => "video/webm",
        }
    }
}

/// What a video is, of which everything is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Video {
    /// How it is wrapped.
    pub container: Container,
    /// How long and large it is.
    pub media: Media,
}

/// How far the work is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Progress {
    /// Pages read so far.
    pub done: u32,
    /// Pages in all, where known.
    pub total: u32,
    /// What the content is; told before the first page, so that it is known of files too that cannot be read.
    pub kind: Kind,
}

/// The port. Files whose type has no extractor give an [`Extraction`] with no pages, not an error.
#[async_trait]
pub trait Extractor: Send + Sync + 'static {
    /// How good [`extract`](Self::extract) is here: what was read by a lower one is read again.
    fn reading_format(&self) -> u32 {
        READING_FORMAT
    }

    /// Reads all pages of a local file. `filename` is a hint for text formats only; the type is
    /// decided by content. `progress` is called from time to time.
    async fn extract(
        &self,
        file: &Path,
        filename: &str,
        progress: &(dyn Fn(Progress) + Send + Sync),
    ) -> Result<Extraction, ExtractError>;

    /// Draws pages `first..=last` of a PDF or image, each at most `width` pixels wide and within
    /// the pixel cap; pages that cannot be drawn are left out. Of a notebook the pictures with these
    /// numbers are drawn in their place ([`PassageKind::Picture`]).
    async fn render(
        &self,
        file: &Path,
        first: u32,
        last: u32,
        width: u32,
    ) -> Result<Vec<Picture>, ExtractError>;

    /// What a video is. Rejected as [`Malformed`](Rejection::Malformed) when it is none of
    /// [`Container`], and as [`Incomplete`](Rejection::Incomplete) when its end or its description is missing.
    async fn examine_video(&self, _file: &Path) -> Result<Video, ExtractError> {
        Err(ExtractError::Unavailable("videos cannot be examined here".into()))
    }

    /// Whether [`lay_out`](Self::lay_out) draws anything here.
    fn lays_out(&self) -> bool {
        false
    }

    /// Lays out a document of an office program as a PDF, which is no more trusted than the document:
    /// of slides a page for each, hidden ones too; of others the first page. `None` for kinds and
    /// documents that cannot be laid out here. Takes seconds; one at a time.
    async fn lay_out(&self, _file: &Path, _kind: Kind) -> Result<Option<Vec<u8>>, ExtractError> {
        Ok(None)
    }

    /// Whether [`recognize`](Self::recognize) reads anything here.
    fn recognizes_text(&self) -> bool {
        false
    }

    /// Reads the text of page `number` of a PDF or image from its picture, with boxes on a page of
    /// `size` points. `None` when the page is blank, cannot be drawn, or nothing here reads pictures.
    async fn recognize(
        &self,
        _file: &Path,
        _number: u32,
        _size: (f32, f32),
    ) -> Result<Option<ExtractedPage>, ExtractError> {
        Ok(None)
    }
}
