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
    /// PNG, JPEG, WebP, GIF, TIFF, BMP, HEIC, HEIF or AVIF; downloads carry the type that was declared if it is one of these.
    Image = "image", "application/octet-stream";
    /// A film.
    Video = "video", "application/octet-stream";
    /// A sound recording.
    Audio = "audio", "application/octet-stream";
    /// Anything else: kept and downloadable, not searchable inside.
    Other = "other", "application/octet-stream";
}

/// Kinds that people call by one name, with the names; the first is the group's.
const GROUPS: &[(&[&str], &[Kind])] = &[
    (&["word"], &[Kind::Docx, Kind::Doc, Kind::Odt, Kind::Rtf]),
    (
        &["slides", "powerpoint", "presentation"],
        &[Kind::Pptx, Kind::Ppt, Kind::Odp],
    ),
    (
        &["sheet", "excel", "spreadsheet"],
        &[Kind::Xlsx, Kind::Xls, Kind::Ods],
    ),
];

/// Other names of one kind.
const NICKNAMES: &[(&str, Kind)] = &[
    ("picture", Kind::Image),
    ("photo", Kind::Image),
    ("book", Kind::Epub),
    ("ebook", Kind::Epub),
    ("film", Kind::Video),
    ("movie", Kind::Video),
    ("sound", Kind::Audio),
    ("recording", Kind::Audio),
    ("md", Kind::Markdown),
    ("txt", Kind::Text),
    ("tex", Kind::Latex),
    ("zip", Kind::Archive),
];

/// What the extensions of names promise.
const EXTENSIONS: &[(Kind, &[&str])] = &[
    (Kind::Pdf, &["pdf"]),
    (Kind::Docx, &["docx", "docm", "dotx"]),
    (Kind::Pptx, &["pptx", "pptm", "ppsx", "potx"]),
    (Kind::Xlsx, &["xlsx", "xlsm", "xltx"]),
    (Kind::Odt, &["odt", "ott"]),
    (Kind::Odp, &["odp", "otp"]),
    (Kind::Ods, &["ods", "ots"]),
    (Kind::Epub, &["epub"]),
    (Kind::Rtf, &["rtf"]),
    (Kind::Doc, &["doc", "dot"]),
    (Kind::Ppt, &["ppt", "pps", "pot"]),
    (Kind::Xls, &["xls", "xlt"]),
    (Kind::Latex, &["tex", "latex"]),
    (Kind::Notebook, &["ipynb"]),
    (Kind::Captions, &["vtt", "srt"]),
    (Kind::Archive, &["zip"]),
    (Kind::Text, &["txt", "csv"]),
    (Kind::Markdown, &["md", "markdown"]),
    (Kind::Html, &["html", "htm", "xhtml"]),
    (
        Kind::Image,
        &[
            "png", "jpg", "jpeg", "webp", "gif", "tif", "tiff", "bmp", "heic", "heif", "avif",
        ],
    ),
    (Kind::Video, &["mp4", "m4v", "mov", "webm", "mkv", "avi"]),
    (Kind::Audio, &["mp3", "m4a", "wav", "ogg", "oga", "flac"]),
];

impl Kind {
    /// What a name's extension, in lower case and without its dot, promises; `None` where that is no kind
    /// which is read here. The promise may be false.
    pub fn promised_by(extension: &str) -> Option<Self> {
        let promise = EXTENSIONS
            .iter()
            .find(|(_, extensions)| extensions.contains(&extension));
        promise.map(|(kind, _)| *kind)
    }

    /// Kinds that go by a name, in any case: a kind's own, a group's such as `slides`, or another that
    /// people use. None for any other name.
    pub fn called(name: &str) -> Vec<Self> {
        let name = name.to_lowercase();
        if let Some((_, kinds)) = GROUPS.iter().find(|(names, _)| names.contains(&name.as_str())) {
            return kinds.to_vec();
        }
        let nickname = NICKNAMES.iter().find(|(nickname, _)| *nickname == name);
        let one = nickname.map(|(_, kind)| *kind).or_else(|| name.parse().ok());
        one.into_iter().collect()
    }

    /// The name of the group that people see this kind in, which [`Kind::called`] knows; its own where it
    /// is alone.
    pub fn group(self) -> &'static str {
        let group = GROUPS.iter().find(|(_, kinds)| kinds.contains(&self));
        group.map_or(self.name(), |(names, _)| names[0])
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_goes_by_a_name_that_calls_all_its_kinds() {
        for kind in Kind::ALL {
            assert!(Kind::called(kind.group()).contains(kind), "{kind}");
            assert_eq!(Kind::called(kind.name()), [*kind]);
        }
        assert_eq!(Kind::Odp.group(), "slides");
        assert_eq!(Kind::called("Slides"), Kind::called("powerpoint"));
        assert_eq!(Kind::called("nothing"), []);
    }
}
