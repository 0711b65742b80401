//! One file per format; each reads its input in bounded memory and gives pages to the sink.
mod archive;
mod captions;
pub(crate) mod compound;
mod doc;
mod docx;
mod drawing;
pub(crate) mod encoding;
mod epub;
mod flow;
mod html;
pub(crate) mod latex;
mod markdown;
mod math;
mod media;
pub(crate) mod notebook;
mod odf;
pub(crate) mod office;
pub(crate) mod package;
mod pdf;
mod picture;
mod ppt;
mod pptx;
mod rtf;
mod sheet;
mod slide;
mod source;
mod text;
mod tiff;
mod xls;
mod xlsx;
mod xml;

pub(crate) use media::examine as examine_video;

use crate::child::{Sink, Stop};
use crate::detect::{CompoundKind, Detected};
use crate::formats::compound::Compound;
use crate::formats::office::OfficeKind;
use crate::formats::package::{Package, PackageKind, Source};
use crate::wire::ChildLimits;
use homeroom_core::ports::extractor::{ExtractedPage, Rejection};
use image::ImageFormat;
use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::ops::RangeInclusive;

/// Reads all pages of a file, or as many as the sink takes.
pub(crate) fn extract(
    detected: Detected,
    file: File,
    limits: &ChildLimits,
    sink: &mut Sink,
) -> Result<(), Stop> {
    match extract_all(detected, file, limits, sink) {
        Err(Stop::Full) => Ok(()),
        outcome => outcome,
    }
}

fn extract_all(
    detected: Detected,
    mut file: File,
    limits: &ChildLimits,
    sink: &mut Sink,
) -> Result<(), Stop> {
    match detected {
        Detected::Package(kind) => extract_package(kind, file, sink),
        Detected::Image(ImageFormat::Tiff) => tiff::extract(file, sink),
        Detected::Image(format) => {
            let media = picture::dimensions(file, format)?;
            sink.media(media);
            #[expect(
                clippy::cast_precision_loss,
                reason = "no image is 2^24 pixels wide and drawn exactly"
            )]
            sink.page(ExtractedPage {
                width: media.width as f32,
                height: media.height as f32,
                ..ExtractedPage::default()
            })
        }
        // Its pixels need another program, and so does its page.
        Detected::Heif => media::extract_picture(file, sink),
        Detected::Video | Detected::Audio => media::extract(file, sink),
        Detected::Other => Ok(()),
        in_memory => extract_bytes(in_memory, read_whole(&mut file, limits)?, sink),
    }
}

fn extract_package(kind: PackageKind, source: impl Source, sink: &mut Sink) -> Result<(), Stop> {
    match kind {
        PackageKind::Office(kind) => {
            let mut package = Package::open(source)?;
            package.title("docProps/core.xml", sink)?;
            match kind {
                OfficeKind::Document => docx::extract(&mut package, sink),
                OfficeKind::Slides => pptx::extract(&mut package, sink),
                OfficeKind::Sheets => xlsx::extract(&mut package, sink),
            }
        }
        PackageKind::OpenDocument(kind) => odf::extract(&mut Package::open(source)?, kind, sink),
        PackageKind::Epub => epub::extract(&mut Package::open(source)?, sink),
        PackageKind::Files => archive::extract(source, sink),
        PackageKind::Unknown => Ok(()),
    }
}

/// Reads a document that is in memory as a whole; of what is not read so, there are no pages.
fn extract_bytes(detected: Detected, bytes: Vec<u8>, sink: &mut Sink) -> Result<(), Stop> {
    match detected {
        Detected::Pdf => pdf::extract(bytes, sink),
        Detected::Text => text::extract(&bytes, sink),
        Detected::Code => source::extract(&bytes, sink),
        Detected::Markdown => markdown::extract(&bytes, sink),
        Detected::Html => html::extract(&bytes, sink),
        Detected::Latex => latex::extract(&bytes, sink),
        Detected::Notebook => notebook::extract(&bytes, sink),
        Detected::Captions => captions::extract(&bytes, sink),
        Detected::Rtf => rtf::extract(&bytes, sink),
        Detected::Compound(kind) => {
            let file = Compound::open(&bytes)?;
            match kind {
                CompoundKind::Document => doc::extract(&file, sink),
                CompoundKind::Slides => ppt::extract(&file, sink),
                CompoundKind::Sheets => xls::extract(&file, sink),
            }
        }
        Detected::Package(kind) => extract_package(kind, std::io::Cursor::new(bytes), sink),
        Detected::Image(_) | Detected::Heif | Detected::Video | Detected::Audio | Detected::Other => Ok(()),
    }
}

/// Draws pages of a file; formats that have no pictures give none.
pub(crate) fn render(
    detected: Detected,
    mut file: File,
    limits: &ChildLimits,
    pages: RangeInclusive<u32>,
    width: u32,
    sink: &mut Sink,
) -> Result<(), Stop> {
    match detected {
        Detected::Pdf => pdf::render(read_whole(&mut file, limits)?, pages, width, sink),
        Detected::Image(ImageFormat::Tiff) => tiff::render(file, &pages, width, sink),
        Detected::Image(format) if pages.contains(&1) => {
            file.seek(SeekFrom::Start(0))?;
            picture::render(BufReader::new(file), format, 1, width, sink)
        }
        Detected::Notebook => notebook::render(&read_whole(&mut file, limits)?, &pages, width, sink),
        _ => Ok(()),
    }
}

/// The whole file in one allocation of its exact size.
fn read_whole(file: &mut File, limits: &ChildLimits) -> Result<Vec<u8>, Stop> {
    let length = file.seek(SeekFrom::End(0))?;
    file.seek(SeekFrom::Start(0))?;
    if length > limits.document_bytes {
        return Err(Rejection::TooLarge.into());
    }
    let length = usize::try_from(length).map_err(|_| Rejection::TooLarge)?;
    let mut bytes = vec![0; length];
    file.read_exact(&mut bytes)?;
    Ok(bytes)
}
