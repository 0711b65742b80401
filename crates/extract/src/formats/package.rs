//! Files that are zip archives within: bounded before anything is inflated, and told apart by what
//! they say of themselves.
//!
//! Nothing is ever written out, so entry names cannot lead anywhere.
use super::office::{self, OfficeKind};
use crate::child::Stop;
use homeroom_core::ports::extractor::Rejection;
use std::io::{Read, Seek, SeekFrom};
use zip::ZipArchive;
use zip::result::ZipError;

/// The most entries of any archive.
const MAX_ENTRIES: usize = 10_000;
/// How many bytes inflating may add, as declared by all entries and as measured on those read.
const MAX_INFLATED: u64 = 200 << 20;
/// The most bytes of one part.
const MAX_PART: u64 = 64 << 20;

/// What bytes are read from: a file, or a document inside an archive.
pub(crate) trait Source: Read + Seek {}
impl<T: Read + Seek> Source for T {}

/// Which OpenDocument format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OpenDocumentKind {
    Text,
    Slides,
    Sheets,
}

/// What a zip archive is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PackageKind {
    Office(OfficeKind),
    OpenDocument(OpenDocumentKind),
    Epub,
    /// An archive of files of any kind.
    Files,
    /// An application's own format, which is no archive to its owner.
    Unknown,
}

/// Tells what kind of archive this is.
///
/// # Errors
/// `archive_too_large` for an archive whose shape is hostile whatever it holds, `malformed` for
/// one whose directory is lost.
pub(crate) fn identify(source: &mut dyn Source) -> Result<PackageKind, Stop> {
    source.seek(SeekFrom::Start(0))?;
    let mut package = Package::open_any(source)?;
    if let Some(kind) = package.kind_by_mimetype()? {
        return Ok(kind);
    }
    if package.has("[Content_Types].xml") {
        return Ok(office::kind(&mut package)?.map_or(PackageKind::Unknown, PackageKind::Office));
    }
    Ok(if package.has("META-INF/container.xml") {
        PackageKind::Epub
    } else {
        PackageKind::Files
    })
}

/// An open archive.
pub(crate) struct Package<'f> {
    archive: ZipArchive<Box<dyn Source + 'f>>,
    inflated: u64,
}

/// One entry of an archive's directory.
pub(super) struct Entry {
    pub(super) name: String,
    pub(super) bytes: u64,
    pub(super) packed_bytes: u64,
    pub(super) is_file: bool,
    pub(super) encrypted: bool,
}

impl<'f> Package<'f> {
    /// Opens an archive whose parts make up one document.
    ///
    /// # Errors
    /// `archive_too_large` when inflating all of it would add more than allowed.
    pub(super) fn open(source: impl Source + 'f) -> Result<Self, Stop> {
        let mut package = Self::open_any(source)?;
        let mut added = 0_u64;
        for index in 0..package.archive.len() {
            let entry = package.archive.by_index_raw(index).map_err(stop)?;
            added = added.saturating_add(entry.size().saturating_sub(entry.compressed_size()));
        }
        if added > MAX_INFLATED {
            return Err(Rejection::ArchiveTooLarge.into());
        }
        Ok(package)
    }

    /// Opens an archive without asking what is in it; its entries may not overlap.
    pub(super) fn open_any(source: impl Source + 'f) -> Result<Self, Stop> {
        let source: Box<dyn Source + 'f> = Box::new(std::io::BufReader::new(source));
        let mut archive = ZipArchive::new(source).map_err(stop)?;
        if archive.len() > MAX_ENTRIES {
            return Err(Rejection::ArchiveTooLarge.into());
        }
        match archive.has_overlapping_files() {
            Ok(false) => Ok(Self { archive, inflated: 0 }),
            Ok(true) => Err(Rejection::ArchiveTooLarge.into()),
            Err(error) => Err(stop(error)),
        }
    }

    /// Whether there is such a part.
    pub(super) fn has(&self, name: &str) -> bool {
        self.archive.index_for_name(name).is_some()
    }

    /// All entries in the archive's order.
    pub(super) fn entries(&mut self) -> Result<Vec<Entry>, Stop> {
        let mut entries = Vec::new();
        for index in 0..self.archive.len() {
            let entry = self.archive.by_index_raw(index).map_err(stop)?;
            entries.push(Entry {
                name: entry.name().map_or_else(
                    |_| String::from_utf8_lossy(entry.name_raw()).into_owned(),
                    std::borrow::Cow::into_owned,
                ),
                bytes: entry.size(),
                packed_bytes: entry.compressed_size(),
                is_file: entry.is_file(),
                encrypted: entry.encrypted(),
            });
        }
        Ok(entries)
    }

    /// The bytes of the entry at this place in the directory.
    ///
    /// # Errors
    /// `archive_too_large` when it is more than allowed or more than it declares.
    pub(super) fn bytes_at(&mut self, index: usize) -> Result<Vec<u8>, Stop> {
        let left = MAX_INFLATED.saturating_sub(self.inflated).min(MAX_PART);
        let mut entry = self.archive.by_index(index).map_err(stop)?;
        let declared = entry.size();
        // Deflating never makes anything longer than by a few bytes for each block.
        let honest = entry.compressed_size() <= declared + declared / 100 + 64;
        if declared > left || !honest {
            return Err(Rejection::ArchiveTooLarge.into());
        }
        let mut bytes = Vec::new();
        let read = entry.by_ref().take(declared + 1).read_to_end(&mut bytes);
        let lies = read
            .as_ref()
            .is_err_and(|error| bytes.len() as u64 == declared && !error.to_string().contains("hecksum"));
        if lies || bytes.len() as u64 > declared {
            return Err(Rejection::ArchiveTooLarge.into());
        }
        read.map_err(|_| Rejection::Malformed)?;
        self.inflated += declared;
        Ok(bytes)
    }

    /// The bytes of a part; `None` when there is no such part.
    pub(super) fn bytes(&mut self, name: &str) -> Result<Option<Vec<u8>>, Stop> {
        self.find(name).map(|index| self.bytes_at(index)).transpose()
    }

    /// The text of a part; `None` when there is no such part.
    pub(super) fn part(&mut self, name: &str) -> Result<Option<String>, Stop> {
        Ok(self
            .bytes(name)?
            .map(|bytes| super::encoding::decode(&bytes, None).into_owned()))
    }

    /// A part that must be there.
    pub(super) fn needed_part(&mut self, name: &str) -> Result<String, Stop> {
        Ok(self.part(name)?.ok_or(Rejection::Malformed)?)
    }

    /// Part names are compared without regard to ASCII case (ECMA-376 part 2, 6.2.2.3).
    fn find(&self, name: &str) -> Option<usize> {
        self.archive.index_for_name(name).or_else(|| {
            self.archive
                .file_names()
                .position(|known| known.is_ok_and(|known| known.eq_ignore_ascii_case(name)))
        })
    }

    /// OpenDocument and EPUB begin with an entry that holds nothing but the media type.
    fn kind_by_mimetype(&mut self) -> Result<Option<PackageKind>, Stop> {
        let Some(index) = self.archive.index_for_name("mimetype") else {
            return Ok(None);
        };
        if self.archive.by_index_raw(index).map_err(stop)?.size() > 256 {
            return Ok(None);
        }
        let bytes = self.bytes_at(index)?;
        let mimetype = String::from_utf8_lossy(&bytes);
        let mimetype = mimetype.trim();
        if mimetype == "application/epub+zip" {
            return Ok(Some(PackageKind::Epub));
        }
        Ok(mimetype
            .strip_prefix("application/vnd.oasis.opendocument.")
            .map(|format| match format.split('-').next() {
                Some("text") => PackageKind::OpenDocument(OpenDocumentKind::Text),
                Some("presentation") => PackageKind::OpenDocument(OpenDocumentKind::Slides),
                Some("spreadsheet") => PackageKind::OpenDocument(OpenDocumentKind::Sheets),
                _ => PackageKind::Unknown,
            }))
    }
}

/// A target relative to a folder as a part name.
pub(super) fn resolve(folder: &str, target: &str) -> String {
    let mut steps: Vec<&str> = if target.starts_with('/') {
        Vec::new()
    } else {
        folder.split('/').filter(|step| !step.is_empty()).collect()
    };
    for step in target.split('/') {
        match step {
            "" | "." => {}
            ".." => drop(steps.pop()),
            step => steps.push(step),
        }
    }
    steps.join("/")
}

fn stop(error: ZipError) -> Stop {
    match error {
        ZipError::InvalidArchive(why) if why.contains("size mismatch") => Rejection::ArchiveTooLarge.into(),
        ZipError::UnsupportedArchive(why) if why.contains("assword") => Rejection::Encrypted.into(),
        _ => Rejection::Malformed.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::resolve;

    #[test]
    fn targets_stay_inside_the_package() {
        assert_eq!(resolve("ppt", "slides/slide1.xml"), "ppt/slides/slide1.xml");
        assert_eq!(resolve("ppt/slides", "../notes/n.xml"), "ppt/notes/n.xml");
        assert_eq!(resolve("ppt", "/word/document.xml"), "word/document.xml");
        assert_eq!(resolve("", "../../etc/passwd"), "etc/passwd");
    }
}
