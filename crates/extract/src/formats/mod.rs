//! One file per format; each reads its input in bounded memory and gives pages to the sink.
mod docx;
mod html;
mod markdown;
mod media;
pub(crate) mod office;
mod pdf;
mod picture;
mod pptx;
mod split;
mod text;
mod xlsx;

use crate::child::{Sink, Stop};
use crate::detect::Detected;
use crate::formats::office::OfficeKind;
use crate::wire::ChildLimits;
use homeroom_core::ports::extractor::{ExtractedPage, Rejection};
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::ops::RangeInclusive;

/// Reads all pages of a file.
pub(crate) fn extract(
    detected: Detected,
    mut file: File,
    limits: &ChildLimits,
    sink: &mut Sink,
) -> Result<(), Stop> {
    match detected {
        Detected::Pdf => pdf::extract(read_whole(&mut file, limits)?, sink),
        Detected::Office(kind) => {
            let mut package = office::Package::open(&file)?;
            package.title(sink)?;
            match kind {
                OfficeKind::Document => docx::extract(&mut package, sink),
                OfficeKind::Slides => pptx::extract(&mut package, sink),
                OfficeKind::Sheets => xlsx::extract(&mut package, sink),
            }
        }
        Detected::Text => text::extract(&read_whole(&mut file, limits)?, sink),
        Detected::Markdown => markdown::extract(&read_whole(&mut file, limits)?, sink),
        Detected::Html => html::extract(&read_whole(&mut file, limits)?, sink),
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
        Detected::Video | Detected::Audio => media::extract(file, sink),
        Detected::Other => Ok(()),
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
        Detected::Image(format) if pages.contains(&1) => picture::render(file, format, width, sink),
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
