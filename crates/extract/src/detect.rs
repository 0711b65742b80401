//! What a file truly is: by its first bytes, never by its name. Only among texts, which carry no
//! mark, does the name's extension decide between plain text, Markdown, LaTeX, code and HTML.
use crate::child::Stop;
use crate::formats::compound::{self, Compound};
use crate::formats::encoding::{decode, is_wide_text};
use crate::formats::latex::looks_like_latex;
use crate::formats::notebook::looks_like_notebook;
use crate::formats::office::OfficeKind;
use crate::formats::package::{OpenDocumentKind, PackageKind, Source, identify};
use crate::wire::TextHint;
use homeroom_core::domain::captions::looks_like_captions;
use homeroom_core::domain::kind::Kind;
use homeroom_core::ports::extractor::Rejection;
use image::ImageFormat;
use std::io::{Read, SeekFrom};

/// How much of a file is looked at.
const HEAD_BYTES: u64 = 64 << 10;
/// The longest compound file that is looked into.
const MAX_COMPOUND_BYTES: u64 = 192 << 20;
/// The mark of a PDF may stand behind some other bytes, as every reader allows.
const PDF_MARK_WITHIN: usize = 1024;

/// TIFF and `BigTIFF`, each in either order of bytes.
const TIFF_MARKS: [&[u8]; 4] = [b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"];

/// Which format of Office 97 to 2003.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CompoundKind {
    Document,
    Slides,
    Sheets,
}

/// A file's true type, as far as reading it differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Detected {
    Pdf,
    Package(PackageKind),
    Compound(CompoundKind),
    Rtf,
    Text,
    Code,
    Markdown,
    Html,
    Latex,
    Notebook,
    Captions,
    Image(ImageFormat),
    /// HEIC, HEIF and AVIF, which our own decoders do not know.
    Heif,
    Video,
    Audio,
    Other,
}

impl Detected {
    /// The kind that the product knows it as.
    pub(crate) const fn kind(self) -> Kind {
        match self {
            Self::Pdf => Kind::Pdf,
            Self::Package(PackageKind::Office(OfficeKind::Document)) => Kind::Docx,
            Self::Package(PackageKind::Office(OfficeKind::Slides)) => Kind::Pptx,
            Self::Package(PackageKind::Office(OfficeKind::Sheets)) => Kind::Xlsx,
            Self::Package(PackageKind::OpenDocument(OpenDocumentKind::Text)) => Kind::Odt,
            Self::Package(PackageKind::OpenDocument(OpenDocumentKind::Slides)) => Kind::Odp,
            Self::Package(PackageKind::OpenDocument(OpenDocumentKind::Sheets)) => Kind::Ods,
            Self::Package(PackageKind::Epub) => Kind::Epub,
            Self::Package(PackageKind::Files) => Kind::Archive,
            Self::Compound(CompoundKind::Document) => Kind::Doc,
            Self::Compound(CompoundKind::Slides) => Kind::Ppt,
            Self::Compound(CompoundKind::Sheets) => Kind::Xls,
            Self::Rtf => Kind::Rtf,
            Self::Text => Kind::Text,
            Self::Code => Kind::Code,
            Self::Latex => Kind::Latex,
            Self::Notebook => Kind::Notebook,
            Self::Captions => Kind::Captions,
            Self::Markdown => Kind::Markdown,
            Self::Html => Kind::Html,
            Self::Image(_) | Self::Heif => Kind::Image,
            Self::Video => Kind::Video,
            Self::Audio => Kind::Audio,
            Self::Package(PackageKind::Unknown) | Self::Other => Kind::Other,
        }
    }
}

/// Looks at the beginning of a file and leaves it rewound.
pub(crate) fn detect(file: &mut impl Source, hint: TextHint) -> Result<Detected, Stop> {
    let mut head = Vec::new();
    file.seek(SeekFrom::Start(0))?;
    file.by_ref().take(HEAD_BYTES).read_to_end(&mut head)?;
    file.seek(SeekFrom::Start(0))?;
    if head.is_empty() {
        return Err(Rejection::EmptyFile.into());
    }
    if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") {
        let kind = identify(file)?;
        file.seek(SeekFrom::Start(0))?;
        return Ok(Detected::Package(kind));
    }
    if head.starts_with(compound::MARK) {
        return compound_kind(file);
    }
    Ok(by_mark(&head).unwrap_or_else(|| text_kind(&head, hint)))
}

/// Streams tell which program wrote a compound file; installers and mails are nobody's here.
fn compound_kind(file: &mut impl Source) -> Result<Detected, Stop> {
    let mut bytes = Vec::new();
    file.by_ref().take(MAX_COMPOUND_BYTES).read_to_end(&mut bytes)?;
    file.seek(SeekFrom::Start(0))?;
    let compound = Compound::open(&bytes)?;
    if compound.has("EncryptedPackage") {
        return Err(Rejection::Encrypted.into());
    }
    Ok(if compound.has("WordDocument") {
        Detected::Compound(CompoundKind::Document)
    } else if compound.has("PowerPoint Document") {
        Detected::Compound(CompoundKind::Slides)
    } else if compound.has("Workbook") || compound.has("Book") {
        Detected::Compound(CompoundKind::Sheets)
    } else {
        Detected::Other
    })
}

fn by_mark(head: &[u8]) -> Option<Detected> {
    let four = head.get(..4).unwrap_or(head);
    if let Some(format) = image_mark(head) {
        return Some(Detected::Image(format));
    }
    if let Some(media) = media_mark(head) {
        return Some(media);
    }
    let early = &head[..head.len().min(PDF_MARK_WITHIN)];
    if contains(early, b"%PDF-") && !looks_like_html(head) {
        return Some(Detected::Pdf);
    }
    if head.starts_with(b"{\\rtf") {
        return Some(Detected::Rtf);
    }
    // Programs for a printer, which would only be noise as text.
    let noise = head.starts_with(b"%!PS") || four == b"\xC5\xD0\xD3\xC6";
    noise.then_some(Detected::Other)
}

fn image_mark(head: &[u8]) -> Option<ImageFormat> {
    if head.starts_with(b"\x89PNG\r\n\x1A\n") {
        Some(ImageFormat::Png)
    } else if head.starts_with(b"\xFF\xD8\xFF") {
        Some(ImageFormat::Jpeg)
    } else if head.starts_with(b"GIF87a") || head.starts_with(b"GIF89a") {
        Some(ImageFormat::Gif)
    } else if head.starts_with(b"RIFF") && head.get(8..12) == Some(b"WEBP") {
        Some(ImageFormat::WebP)
    } else if TIFF_MARKS.iter().any(|mark| head.starts_with(mark)) {
        Some(ImageFormat::Tiff)
    } else if is_bitmap(head) {
        Some(ImageFormat::Bmp)
    } else {
        None
    }
}

/// Two letters are a poor mark; four bytes behind them are reserved and nought, and the header of the picture
/// has one of a few lengths.
fn is_bitmap(head: &[u8]) -> bool {
    const HEADERS: [u8; 7] = [12, 40, 52, 56, 64, 108, 124];
    head.starts_with(b"BM")
        && head.get(6..10) == Some(&[0; 4])
        && matches!(head.get(14..18), Some([length, 0, 0, 0]) if HEADERS.contains(length))
}

/// Whether the first bytes are those of a picture of the High Efficiency Image File Format
/// (ISO/IEC 23008-12), by its major brand.
pub(crate) fn is_heif(head: &[u8]) -> bool {
    const BRANDS: [&[u8; 4]; 10] = [
        b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"avif", b"avis",
    ];
    let brand = head.get(8..12);
    head.get(4..8) == Some(b"ftyp") && BRANDS.iter().any(|known| brand == Some(known.as_slice()))
}

fn media_mark(head: &[u8]) -> Option<Detected> {
    if is_heif(head) {
        return Some(Detected::Heif);
    }
    if head.get(4..8) == Some(b"ftyp") {
        return Some(match head.get(8..12) {
            Some(b"M4A " | b"M4B " | b"M4P ") => Detected::Audio,
            _ => Detected::Video,
        });
    }
    if head.starts_with(b"RIFF") {
        return match head.get(8..12) {
            Some(b"WAVE") => Some(Detected::Audio),
            Some(b"AVI ") => Some(Detected::Video),
            _ => Some(Detected::Other),
        };
    }
    if head.starts_with(b"OggS") {
        let film = contains(&head[..head.len().min(512)], b"\x80theora");
        return Some(if film { Detected::Video } else { Detected::Audio });
    }
    let transport_stream = [0, 188, 376].iter().all(|place| head.get(*place) == Some(&0x47));
    if head.starts_with(b"\x1A\x45\xDF\xA3")
        || head.starts_with(b"\x00\x00\x01\xBA")
        || head.starts_with(b"FLV\x01")
        || transport_stream
    {
        return Some(Detected::Video);
    }
    let mpeg_audio = matches!(head, [0xFF, second, third, ..]
        if second & 0xE0 == 0xE0 && second & 0x18 != 0x08 && second & 0x06 != 0 && third & 0xF0 != 0xF0
            && *second != 0xFE && *second != 0xFF);
    (head.starts_with(b"ID3") || head.starts_with(b"fLaC") || mpeg_audio).then_some(Detected::Audio)
}

fn text_kind(head: &[u8], hint: TextHint) -> Detected {
    if !is_text(head) {
        return Detected::Other;
    }
    let text = decode(head, None);
    if looks_like_captions(&text) {
        return Detected::Captions;
    }
    if looks_like_html(text.as_bytes()) {
        return Detected::Html;
    }
    if looks_like_notebook(&text) {
        return Detected::Notebook;
    }
    if starts_like(text.as_bytes(), &["<?xml", "<svg"]) {
        return if hint == TextHint::Code {
            Detected::Code
        } else {
            Detected::Other
        };
    }
    match hint {
        TextHint::Markdown => Detected::Markdown,
        TextHint::Html if text.contains('<') => Detected::Html,
        TextHint::Latex => Detected::Latex,
        _ if looks_like_latex(&text) => Detected::Latex,
        TextHint::Code => Detected::Code,
        _ if text.starts_with("#!/") => Detected::Code,
        TextHint::Html | TextHint::Plain => Detected::Text,
    }
}

/// Text is in UTF-16 or UTF-32, or has no control characters to speak of. Escapes are those of
/// Japanese in seven bits.
fn is_text(head: &[u8]) -> bool {
    if is_wide_text(head) {
        return true;
    }
    let controls = head
        .iter()
        .filter(|byte| matches!(byte, 0x00..=0x08 | 0x0E..=0x1A | 0x1C..=0x1F | 0x7F))
        .count();
    !head.contains(&0) && controls * 200 <= head.len()
}

fn looks_like_html(head: &[u8]) -> bool {
    const STARTS: [&str; 12] = [
        "<!doctype html",
        "<html",
        "<head",
        "<body",
        "<title",
        "<meta",
        "<script",
        "<div",
        "<h1",
        "<table",
        "<style",
        "<p>",
    ];
    let text = skip_prologue(head);
    starts_like(text, &STARTS)
}

/// Passes over a byte order mark, white space, comments and an XML declaration.
fn skip_prologue(head: &[u8]) -> &[u8] {
    let mut rest = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head);
    loop {
        rest = rest.trim_ascii_start();
        let end: &[u8] = if rest.starts_with(b"<!--") {
            b"-->"
        } else if rest.starts_with(b"<?xml") {
            b"?>"
        } else {
            return rest;
        };
        match find(rest, end) {
            Some(place) => rest = &rest[place + end.len()..],
            None => return rest,
        }
    }
}

fn starts_like(head: &[u8], starts: &[&str]) -> bool {
    let head = head
        .strip_prefix(b"\xEF\xBB\xBF")
        .unwrap_or(head)
        .trim_ascii_start();
    starts.iter().any(|start| {
        head.get(..start.len())
            .is_some_and(|beginning| beginning.eq_ignore_ascii_case(start.as_bytes()))
    })
}

fn contains(haystack: &[u8], needle: &[u8]) -> bool {
    find(haystack, needle).is_some()
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window == needle)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn detected(bytes: &[u8], hint: TextHint) -> Detected {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(bytes).unwrap();
        detect(&mut file, hint).unwrap()
    }

    #[test]
    fn content_decides() {
        for (bytes, expected) in [
            (&b"%PDF-1.7\n"[..], Detected::Pdf),
            (b"\xEF\xBB\xBF  junk %PDF-1.4", Detected::Pdf),
            (b"<!DOCTYPE html><!-- %PDF-1.4 -->", Detected::Html),
            (b"<!-- x --><HTML>", Detected::Html),
            (b"<svg xmlns='http://www.w3.org/2000/svg'/>", Detected::Other),
            (b"%!PS-Adobe-3.0", Detected::Other),
            (b"\x00\x00\x00\x20ftypisom", Detected::Video),
            (b"\x00\x00\x00\x20ftypM4A ", Detected::Audio),
            (b"\x00\x00\x00\x18ftypheic", Detected::Heif),
            (b"\x00\x00\x00\x18ftypmif1", Detected::Heif),
            (b"\x1A\x45\xDF\xA3...", Detected::Video),
            (b"ID3\x04", Detected::Audio),
            (b"\xFF\xFBsound", Detected::Audio),
            (b"\xFF\xFEh\0i\0", Detected::Text),
            (b"MZ\x90\0\x03\0\0\0", Detected::Other),
            (b"II*\0\x08\0\0\0", Detected::Image(ImageFormat::Tiff)),
            (b"MM\0*\0\0\0\x08", Detected::Image(ImageFormat::Tiff)),
            (
                b"BM\x46\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0",
                Detected::Image(ImageFormat::Bmp),
            ),
            (b"BMX is a sport on bicycles", Detected::Text),
            (b"plain words", Detected::Text),
        ] {
            assert_eq!(
                detected(bytes, TextHint::Plain),
                expected,
                "{}",
                bytes.escape_ascii()
            );
        }
        assert_eq!(detected(b"# a", TextHint::Markdown), Detected::Markdown);
        assert_eq!(detected(b"%PDF-1.7", TextHint::Markdown), Detected::Pdf);
    }
}
