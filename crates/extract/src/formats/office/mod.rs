//! The zip container of Office Open XML (ECMA-376 part 2), bounded before anything is inflated.
//!
//! Nothing is ever written out, so entry names cannot lead anywhere; relationships that point
//! outside the package are not followed.
pub(super) mod xml;

use crate::child::{Sink, Stop};
use homeroom_core::ports::extractor::Rejection;
use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::ops::ControlFlow;
use xml::{Node, walk};
use zip::ZipArchive;
use zip::result::ZipError;

/// The most entries of any archive.
const MAX_ENTRIES: usize = 10_000;
/// How many bytes inflating may add, as declared by all entries and as measured on those read.
const MAX_INFLATED: u64 = 200 << 20;
/// The most bytes of one XML part.
const MAX_PART: u64 = 64 << 20;

/// Which of the three.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OfficeKind {
    Document,
    Slides,
    Sheets,
}

/// What kind of Office file an archive is; `None` for other archives, which nobody reads.
///
/// # Errors
/// `archive_too_large` for an archive whose shape is hostile whatever it holds, `malformed` for
/// an Office file whose directory is lost.
pub(crate) fn identify(file: &File) -> Result<Option<OfficeKind>, Stop> {
    let mut archive = match ZipArchive::new(BufReader::new(file)) {
        Ok(archive) => archive,
        Err(_) if begins_like_office(file)? => return Err(Rejection::Malformed.into()),
        Err(_) => return Ok(None),
    };
    check_shape(&mut archive)?;
    if archive.index_for_name("[Content_Types].xml").is_none() {
        return Ok(None);
    }
    let mut package = Package { archive, inflated: 0 };
    let Some(main) = package.main_part()? else {
        return Ok(None);
    };
    package.kind_of(&main)
}

fn begins_like_office(mut file: &File) -> Result<bool, Stop> {
    let mut head = Vec::new();
    file.seek(SeekFrom::Start(0))?;
    file.by_ref().take(4096).read_to_end(&mut head)?;
    let marks: [&[u8]; 2] = [b"[Content_Types].xml", b"_rels/.rels"];
    Ok(marks
        .iter()
        .any(|mark| head.windows(mark.len()).any(|window| window == *mark)))
}

fn check_shape(archive: &mut ZipArchive<BufReader<&File>>) -> Result<(), Stop> {
    if archive.len() > MAX_ENTRIES {
        return Err(Rejection::ArchiveTooLarge.into());
    }
    match archive.has_overlapping_files() {
        Ok(false) => Ok(()),
        Ok(true) => Err(Rejection::ArchiveTooLarge.into()),
        Err(error) => Err(stop(error)),
    }
}

/// An open package.
pub(crate) struct Package<'f> {
    archive: ZipArchive<BufReader<&'f File>>,
    inflated: u64,
}

/// One relationship of a part to another part.
pub(super) struct Relationship {
    pub(super) id: String,
    pub(super) kind: String,
    pub(super) target: String,
}

impl<'f> Package<'f> {
    /// Opens an archive that [`identify`] knew.
    pub(super) fn open(file: &'f File) -> Result<Self, Stop> {
        let mut archive = ZipArchive::new(BufReader::new(file)).map_err(stop)?;
        check_shape(&mut archive)?;
        let mut added = 0_u64;
        for index in 0..archive.len() {
            let entry = archive.by_index_raw(index).map_err(stop)?;
            added = added.saturating_add(entry.size().saturating_sub(entry.compressed_size()));
        }
        if added > MAX_INFLATED {
            return Err(Rejection::ArchiveTooLarge.into());
        }
        Ok(Self { archive, inflated: 0 })
    }

    /// The text of a part; `None` when there is no such part.
    ///
    /// # Errors
    /// `archive_too_large` when it is more than allowed or more than it declares.
    pub(super) fn part(&mut self, name: &str) -> Result<Option<String>, Stop> {
        let Some(index) = self.find(name) else {
            return Ok(None);
        };
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
        Ok(Some(super::text::decode(&bytes, None).into_owned()))
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

    /// The name of the part that is the document itself.
    pub(super) fn main_part(&mut self) -> Result<Option<String>, Stop> {
        let relationships = self.relationships("")?;
        Ok(relationships
            .into_iter()
            .find(|relationship| relationship.kind.ends_with("/officeDocument"))
            .map(|relationship| relationship.target))
    }

    /// The relationships of a part, targets resolved to part names; the package's own for "".
    pub(super) fn relationships(&mut self, part: &str) -> Result<Vec<Relationship>, Stop> {
        let (folder, file) = part.rsplit_once('/').unwrap_or(("", part));
        let name = format!("{folder}/_rels/{file}.rels");
        let Some(text) = self.part(name.trim_start_matches('/'))? else {
            return Ok(Vec::new());
        };
        let mut relationships = Vec::new();
        walk(&text, |node| {
            if let Node::Open(element) = node
                && element.is("Relationship")
                && element
                    .attribute("TargetMode")
                    .is_none_or(|mode| mode != "External")
                && let (Some(id), Some(kind), Some(target)) = (
                    element.attribute("Id"),
                    element.attribute("Type"),
                    element.attribute("Target"),
                )
            {
                relationships.push(Relationship {
                    id,
                    kind,
                    target: resolve(folder, &target),
                });
            }
            ControlFlow::Continue(())
        })?;
        Ok(relationships)
    }

    fn kind_of(&mut self, main: &str) -> Result<Option<OfficeKind>, Stop> {
        let text = self.needed_part("[Content_Types].xml")?;
        let mut content_type = String::new();
        walk(&text, |node| {
            if let Node::Open(element) = node
                && element.is("Override")
                && element
                    .attribute("PartName")
                    .is_some_and(|name| name.trim_start_matches('/').eq_ignore_ascii_case(main))
            {
                content_type = element.attribute("ContentType").unwrap_or_default();
            }
            ControlFlow::Continue(())
        })?;
        let says = |words: [&str; 3]| {
            words
                .iter()
                .any(|word| content_type.contains(word) || main.starts_with(word))
        };
        Ok(if content_type.contains("binary") {
            None
        } else if says(["wordprocessingml", "ms-word", "word/"]) {
            Some(OfficeKind::Document)
        } else if says(["presentationml", "ms-powerpoint", "ppt/"]) {
            Some(OfficeKind::Slides)
        } else if says(["spreadsheetml", "ms-excel", "xl/"]) {
            Some(OfficeKind::Sheets)
        } else {
            None
        })
    }

    /// Suggests the title of the core properties.
    pub(super) fn title(&mut self, sink: &mut Sink) -> Result<(), Stop> {
        let Some(text) = self.part("docProps/core.xml")? else {
            return Ok(());
        };
        let mut title = String::new();
        let mut inside = false;
        walk(&text, |node| {
            match node {
                Node::Open(element) => inside = element.is("title"),
                Node::Close(_) => inside = false,
                Node::Text(text) if inside => title.push_str(text),
                Node::Text(_) => {}
            }
            ControlFlow::Continue(())
        })?;
        sink.title(&title);
        Ok(())
    }
}

/// A target relative to a folder as a part name.
fn resolve(folder: &str, target: &str) -> String {
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
