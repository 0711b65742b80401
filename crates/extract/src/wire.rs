//! What parent and child say to each other: one request as an argument, frames over stdout.
//!
//! The child is not trusted once it has begun to read: every length is checked against a limit
//! before anything is allocated for it.
use crate::tools::Launch;
use homeroom_core::domain::kind::Kind;
use homeroom_core::ports::extractor::{Media, Notice, OutlineEntry, Progress, Rejection, Video};
use serde::{Deserialize, Serialize};
use std::io::{self, Write};

/// The longest JSON part of a frame: the last one, with a table of contents.
pub(crate) const MAX_FRAME_JSON: usize = 48 << 20;
/// The longest binary part of a frame: a picture, or a page of 1 MiB of text with its words' places.
pub(crate) const MAX_FRAME_BLOB: usize = 64 << 20;

/// The limits that the child puts on itself before it reads its input.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChildLimits {
    /// Processor time in seconds; default 10.
    pub cpu_seconds: u64,
    /// Private writable memory (heap and stacks) in bytes; default 448 MiB, so that together
    /// with the program's own pages the child stays below 512 MiB.
    pub memory_bytes: u64,
    /// The longest PDF or text that is read into memory, in bytes; default 192 MiB.
    pub document_bytes: u64,
    /// The most pages that are read; default 5,000.
    pub pages: u32,
}

impl Default for ChildLimits {
    fn default() -> Self {
        Self {
            cpu_seconds: 10,
            memory_bytes: 448 << 20,
            document_bytes: 192 << 20,
            pages: 5_000,
        }
    }
}

/// What a file name says about a text; nothing else of the name reaches the child.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum TextHint {
    Plain,
    Markdown,
    Html,
    Latex,
    Code,
}

/// Extensions of programs' sources.
const CODE: [&str; 61] = [
    "asm", "awk", "bas", "bat", "c", "cc", "clj", "cpp", "cs", "css", "cxx", "d", "dart", "erl", "ex", "exs",
    "f90", "fs", "go", "gradle", "groovy", "h", "hpp", "hs", "java", "jl", "js", "json", "jsx", "kt", "kts",
    "lisp", "lua", "m", "ml", "mjs", "nim", "pas", "php", "pl", "pm", "ps1", "py", "r", "rb", "rs", "s",
    "scala", "scm", "scss", "sh", "sql", "swift", "toml", "ts", "tsx", "v", "vb", "vhd", "yaml", "yml",
];

impl TextHint {
    /// Reads the extension.
    pub(crate) fn of(filename: &str) -> Self {
        let extension = filename
            .rsplit_once('.')
            .map_or("", |(_, extension)| extension)
            .to_ascii_lowercase();
        match extension.as_str() {
            "md" | "markdown" | "mkd" | "mdown" => Self::Markdown,
            "html" | "htm" | "xhtml" => Self::Html,
            "tex" | "latex" | "ltx" | "sty" | "cls" => Self::Latex,
            code if CODE.contains(&code) => Self::Code,
            _ => Self::Plain,
        }
    }
}

/// What one child is asked to do with the file on its standard input.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Task {
    /// Everything, and then a picture of the first page, so wide, where one is wanted.
    Extract {
        hint: TextHint,
        cover_width: Option<u32>,
    },
    Render {
        first: u32,
        last: u32,
        width: u32,
        purpose: Purpose,
    },
    /// Tells whether it is a video, and a whole one.
    ExamineVideo,
    /// Tries what must be impossible and reports.
    ProbeConfinement,
}

/// What pictures are drawn for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Purpose {
    /// For people: in colour, small.
    Show,
    /// For text recognition: grey, as PGM; pages without any marks are left out.
    Recognize,
}

/// What the child does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Request {
    pub(crate) task: Task,
    pub(crate) limits: ChildLimits,
}

/// What our own program is started for: the argument of its hidden subcommand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Order {
    /// To read its standard input as a confined child.
    Read(Request),
    /// To become a confined tool.
    Launch(Launch),
}

/// How far the kernel enforces the child's Landlock rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Enforcement {
    /// Everything that was asked for.
    Full,
    /// An older kernel: some of it.
    Partial,
    /// A kernel without Landlock: the system call filter stands alone.
    None,
}

/// One thing that a confined child tried.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// What was tried.
    pub what: String,
    /// Whether it was possible.
    pub succeeded: bool,
}

/// What the child reports.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) enum Frame {
    /// The first frame: the limits hold and the doors are locked.
    Confined {
        landlock: Enforcement,
    },
    /// The child could not lock itself in and has read nothing.
    Unconfined {
        why: String,
    },
    Progress(Progress),
    /// The blob is the page, as [`packed_page`](homeroom_core::ports::packed_page) has it.
    Page,
    /// The blob is the picture.
    Picture {
        page: u32,
        width: u32,
        height: u32,
        format: PictureFormat,
    },
    /// The file was read to its end. Last, unless a cover follows.
    Done {
        kind: Kind,
        title: Option<String>,
        language: Option<String>,
        outline: Vec<OutlineEntry>,
        media: Option<Media>,
        notice: Option<Notice>,
        cover_follows: bool,
    },
    /// Last: the answer to [`Task::ExamineVideo`].
    Video(Video),
    /// Last: the cover was drawn, if it could be.
    Drawn,
    /// Last: the file's fault.
    Rejected(Rejection),
    /// Last: reading the input or writing the output failed.
    Failed {
        why: String,
    },
    /// Last: the answer to [`Task::ProbeConfinement`].
    Probed(Vec<Attempt>),
}

/// How a picture is encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum PictureFormat {
    Webp,
    Jpeg,
    /// Netpbm's grey map, for text recognition only.
    Pgm,
}

impl PictureFormat {
    pub(crate) const fn content_type(self) -> &'static str {
        match self {
            Self::Webp => "image/webp",
            Self::Jpeg => "image/jpeg",
            Self::Pgm => "image/x-portable-graymap",
        }
    }
}

/// Writes one frame: two big-endian `u32` lengths, the JSON, the blob. Flushes nothing.
pub(crate) fn write_frame(out: &mut impl Write, frame: &Frame, blob: &[u8]) -> io::Result<()> {
    let json = serde_json::to_vec(frame)?;
    let (Ok(json_length), Ok(blob_length)) = (u32::try_from(json.len()), u32::try_from(blob.len())) else {
        return Err(io::Error::other("frame too long"));
    };
    out.write_all(&json_length.to_be_bytes())?;
    out.write_all(&blob_length.to_be_bytes())?;
    out.write_all(&json)?;
    out.write_all(blob)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_extension_of_a_name_counts() {
        assert_eq!(TextHint::of("notes.MD"), TextHint::Markdown);
        assert_eq!(TextHint::of("a.html"), TextHint::Html);
        assert_eq!(TextHint::of("html"), TextHint::Plain);
        assert_eq!(TextHint::of("thesis.tex"), TextHint::Latex);
        assert_eq!(TextHint::of("main.PY"), TextHint::Code);
        assert_eq!(TextHint::of("x.pdf"), TextHint::Plain);
    }
}
