//! What a file truly is, decided by content.
use std::fmt;
use std::str::FromStr;

macro_rules! kinds {
    ($($(#[$doc:meta])* $variant:ident = $name:literal, $mime:literal;)*) => {
        /// The true type of a file. `Display` gives the stable name used by filters and facets.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        pub enum Kind {
            $($(#[$doc])* #[serde(rename = $name)] $variant,)*
        }

        impl Kind {
            /// All kinds.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The stable name.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// The media type that downloads are answered with.
            pub const fn media_type(self) -> &'static str {
                match self { $(Self::$variant => $mime,)* }
            }
        }
    };
}

kinds! {
    /// Portable Document Format.
    Pdf = "pdf", "application/pdf";
    /// Office Open XML text.
    Docx = "docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
    /// Office Open XML slides.
    Pptx = "pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation";
    /// Office Open XML sheets.
    Xlsx = "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    /// OpenDocument text.
    Odt = "odt", "application/vnd.oasis.opendocument.text";
    /// OpenDocument slides.
    Odp = "odp", "application/vnd.oasis.opendocument.presentation";
    /// OpenDocument sheets.
    Ods = "ods", "application/vnd.oasis.opendocument.spreadsheet";
    /// A book of chapters.
    Epub = "epub", "application/epub+zip";
    /// Rich Text Format.
    Rtf = "rtf", "application/rtf";
    /// Word 97 to 2003.
    Doc = "doc", "application/msword";
    /// PowerPoint 97 to 2003.
    Ppt = "ppt", "application/vnd.ms-powerpoint";
    /// Excel 97 to 2003.
    Xls = "xls", "application/vnd.ms-excel";
    /// LaTeX source.
    Latex = "latex", "text/plain; charset=utf-8";
    /// A Jupyter notebook.
    Notebook = "notebook", "application/x-ipynb+json";
    /// Source code of a program.
    Code = "code", "text/plain; charset=utf-8";
    /// Captions of a film, WebVTT or SubRip.
    Captions = "captions", "text/plain; charset=utf-8";
    /// A zip archive of files.
    Archive = "archive", "application/zip";
    /// Plain text.
    Text = "text", "text/plain; charset=utf-8";
    /// Markdown.
    Markdown = "markdown", "text/markdown; charset=utf-8";
    /// HTML.
    Html = "html", "text/html; charset=utf-8";
    /// PNG, JPEG, WebP, GIF, HEIC, HEIF or AVIF; downloads carry the type that was declared if it is one of these.
    Image = "image", "application/octet-stream";
    /// A film.
    Video = "video", "application/octet-stream";
    /// A sound recording.
    Audio = "audio", "application/octet-stream";
    /// Anything else: kept and downloadable, not searchable inside.
    Other = "other", "application/octet-stream";
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The text names no kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no such kind of file")]
pub struct UnknownKind;

impl FromStr for Kind {
    type Err = UnknownKind;
    fn from_str(text: &str) -> Result<Self, UnknownKind> {
        Self::ALL
            .iter()
            .copied()
            .find(|kind| kind.name() == text)
            .ok_or(UnknownKind)
    }
}
