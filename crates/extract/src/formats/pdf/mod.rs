//! PDF: text page by page with a place for each word, and pictures of pages.
//!
//! `hayro` reads the file's objects and fonts and draws the pictures; text has an interpreter of its own,
//! which follows text, and rules as far as they are bars of fractions. A page whose content makes any of them panic is an empty page, not the end of the document.
mod bars;
mod bidi;
mod comments;
mod content;
mod directions;
mod fonts;
mod fraction_words;
mod fractions;
mod frame;
mod glyphs;
mod interpreter;
mod latecomers;
mod layers;
mod layout;
mod letters;
mod lines;
mod marked;
mod marks;
mod meaning;
mod outline;
mod pieces;
mod rules;
mod running;
mod segments;
mod spaces;
mod state;
mod structure;
mod unread;

use super::picture::{MAX_SIDE, fit, give};
use crate::child::{Sink, Stop};
use comments::Annotations;
use hayro::hayro_interpret::{InterpreterSettings, RenderContent};
use hayro::hayro_syntax::object::{Array, Dict, Stream};
use hayro::hayro_syntax::page::Page;
use hayro::hayro_syntax::{DecryptionError, LoadPdfError, Pdf, PdfData};
use hayro::kurbo::Rect;
use hayro::vello_cpu::color::palette::css::WHITE;
use hayro::{PixmapSettings, RenderCache, RenderSettings, render as render_page};
use homeroom_core::ports::extractor::{ExtractedPage, Notice, Rejection};
use image::RgbImage;
use interpreter::Document;
use layout::TextLine;
use outline::Outline;
use running::Running;
use std::ops::RangeInclusive;
use std::panic::{AssertUnwindSafe, catch_unwind};
use structure::Structure;

/// The parsed document keeps what it has decoded: after so much of it, begin anew.
const RELOAD_AFTER_CONTENT_BYTES: usize = 48 << 20;
/// …or after so many pages, whose fonts and forms are kept too.
const RELOAD_AFTER_PAGES: usize = 400;
/// Annotations of one page.
const MAX_ANNOTATIONS: usize = 20_000;
/// What a page's content may inflate to before it is not looked at.
const MAX_CONTENT_BYTES: usize = 128 << 20;

/// Reads all pages.
pub(super) fn extract(bytes: Vec<u8>, sink: &mut Sink) -> Result<(), Stop> {
    let data = PdfData::from(bytes);
    let mut next = 0;
    let mut told = false;
    let mut crashes = 0;
    let mut running = Running::default();
    let mut outline = Outline::default();
    loop {
        let pdf = load(&data)?;
        let total = pdf.pages().len();
        let structure = catch_unwind(AssertUnwindSafe(|| Structure::read(&pdf))).ok();
        if !std::mem::replace(&mut told, true) {
            if total == 0 {
                return Err(Rejection::Malformed.into());
            }
            sink.expect_pages(total)?;
            suggest_title(&pdf, sink);
            // What was found before a crash is kept.
            let _ = catch_unwind(AssertUnwindSafe(|| {
                structure.as_ref().map(|found| outline.read(found))
            }));
            outline.give(sink);
        }
        let beside = Beside {
            structure: structure.as_ref(),
            outline: &outline,
        };
        let stretch = extract_stretch(&pdf, &beside, next, &mut running, sink)?;
        next = stretch.next;
        crashes += usize::from(stretch.crashed);
        if next >= total {
            // Nothing but crashes is a crash.
            if crashes == total {
                return Err(Rejection::Crashed.into());
            }
            return running.finish(sink);
        }
    }
}

/// What the document says of its pages.
struct Beside<'s, 'a> {
    structure: Option<&'s Structure<'a>>,
    outline: &'s Outline,
}

impl<'a> Beside<'_, 'a> {
    /// Adds it to a page (`index` from 0).
    fn add_to(&self, extracted: &mut ExtractedPage, index: usize, page: &Page<'a>, annotations: &[Dict<'a>]) {
        if let Some(structure) = self.structure {
            extracted.label = structure.label(index);
            extracted.links = structure.links(page, annotations);
        }
        let number = u32::try_from(index).map_or(u32::MAX, |index| index.saturating_add(1));
        self.outline.add_to(extracted, number);
    }

    /// The names of what is attached to the document stand on its first page.
    fn attached(&self, index: usize) -> Vec<String> {
        let structure = self.structure.filter(|_| index == 0);
        structure.map(Structure::attached).unwrap_or_default()
    }
}

struct Stretch {
    next: usize,
    crashed: bool,
}

/// Reads pages until the end, a crash, or the document's caches are full.
fn extract_stretch<'a>(
    pdf: &'a Pdf,
    beside: &Beside<'_, 'a>,
    first: usize,
    running: &mut Running,
    sink: &mut Sink,
) -> Result<Stretch, Stop> {
    let mut document = Document::new(pdf.xref());
    let mut content_bytes = 0;
    for (index, page) in pdf.pages().iter().enumerate().skip(first) {
        let read = catch_unwind(AssertUnwindSafe(|| {
            let annotations = annotations(page);
            let mut read = read_page(page, &annotations, &mut document);
            beside.add_to(&mut read.extracted, index, page, &annotations);
            let annotations = Annotations {
                all: &annotations,
                spoken: &read.spoken,
            };
            let attached = beside.attached(index);
            document.add_comments(&mut read.extracted, page, &annotations, &attached);
            read
        }));
        let next = index + 1;
        let Ok(read) = read else {
            sink.notice(Notice::Incomplete);
            running.page(ExtractedPage::default(), Vec::new(), sink)?;
            // Its locks may be poisoned: go on with a fresh document.
            return Ok(Stretch { next, crashed: true });
        };
        running.page(read.extracted, read.lines, sink)?;
        if read.content_bytes > MAX_CONTENT_BYTES {
            sink.notice(Notice::Incomplete);
        }
        content_bytes += read.content_bytes;
        if content_bytes > RELOAD_AFTER_CONTENT_BYTES || next - first >= RELOAD_AFTER_PAGES {
            return Ok(Stretch { next, crashed: false });
        }
    }
    Ok(Stretch {
        next: pdf.pages().len(),
        crashed: false,
    })
}

/// Notes, links and form fields of a page.
fn annotations<'a>(page: &Page<'a>) -> Vec<Dict<'a>> {
    let list = page.raw().get::<Array<'a>>(b"Annots".as_slice());
    list.map(|list| list.iter::<Dict<'a>>().take(MAX_ANNOTATIONS).collect())
        .unwrap_or_default()
}

/// A page as its content alone says it.
struct ReadPage {
    extracted: ExtractedPage,
    lines: Vec<TextLine>,
    content_bytes: usize,
    /// Of each annotation, whether its appearance says something.
    spoken: Vec<bool>,
}

fn read_page<'a>(page: &Page<'a>, annotations: &[Dict<'a>], document: &mut Document<'a>) -> ReadPage {
    let (width, height) = page.render_dimensions();
    let content_bytes = page.page_stream().map_or(0, <[u8]>::len);
    let mut read = ReadPage {
        extracted: ExtractedPage {
            width,
            height,
            ..ExtractedPage::default()
        },
        lines: Vec::new(),
        content_bytes,
        spoken: Vec::new(),
    };
    if content_bytes <= MAX_CONTENT_BYTES {
        let area = Rect::new(0.0, 0.0, f64::from(width), f64::from(height));
        let drawn = document.read(page, annotations, area);
        let laid_out = layout::lay_out(drawn.glyphs, &drawn.rules);
        read.extracted.text = laid_out.text;
        read.extracted.words = laid_out.words;
        read.lines = laid_out.lines;
        read.spoken = drawn.spoken;
        if read.extracted.has_few_letters() {
            read.extracted.unread = document.unread(page, area);
        }
    }
    read
}

/// Opens the document, with the empty password where it is encrypted.
fn load(data: &PdfData) -> Result<Pdf, Stop> {
    let loaded = catch_unwind(AssertUnwindSafe(|| Pdf::new(data.clone())));
    match loaded {
        Ok(Ok(pdf)) => Ok(pdf),
        Ok(Err(LoadPdfError::Decryption(
            DecryptionError::PasswordProtected | DecryptionError::UnsupportedAlgorithm,
        ))) => Err(Rejection::Encrypted.into()),
        Ok(Err(_)) => Err(Rejection::Malformed.into()),
        Err(_) => Err(Rejection::Crashed.into()),
    }
}

/// The title of the document information, else that of the XMP packet.
fn suggest_title(pdf: &Pdf, sink: &mut Sink) {
    if let Some(title) = &pdf.metadata().title {
        sink.title(&decode_text_string(title));
    }
    let packet = catch_unwind(AssertUnwindSafe(|| {
        let catalog: Dict<'_> = pdf.xref().get(pdf.xref().root_id())?;
        let stream: Stream<'_> = catalog.get(b"Metadata".as_slice())?;
        Some(stream.decoded_data().ok()?.into_owned())
    }));
    if let Ok(Some(packet)) = packet
        && let Some(title) = xmp_title(&String::from_utf8_lossy(&packet))
    {
        sink.title(&title);
    }
}

/// The text of the first `dc:title` entry.
fn xmp_title(packet: &str) -> Option<String> {
    use super::xml::{Node, walk};
    use std::ops::ControlFlow;
    let mut title = String::new();
    let mut inside = false;
    walk(packet, |node| {
        match node {
            Node::Open(element) if element.is("title") => inside = true,
            Node::Close("title") if inside => return ControlFlow::Break(()),
            Node::Text(text) if inside => title.push_str(text),
            _ => {}
        }
        ControlFlow::Continue(())
    })
    .ok()?;
    Some(title)
}

/// A PDF text string (ISO 32000-2, 7.9.2.2): UTF-16BE or UTF-8 with its mark, else nearly Latin-1.
fn decode_text_string(bytes: &[u8]) -> String {
    super::encoding::decode(bytes, None).into_owned()
}

/// Draws pages; what cannot be drawn is left out.
pub(super) fn render(
    bytes: Vec<u8>,
    pages: RangeInclusive<u32>,
    width: u32,
    sink: &mut Sink,
) -> Result<(), Stop> {
    let data = PdfData::from(bytes);
    let mut pdf = load(&data)?;
    for number in pages {
        let index = usize::try_from(number.saturating_sub(1)).unwrap_or(usize::MAX);
        if index >= pdf.pages().len() {
            break;
        }
        if number == 0 {
            continue;
        }
        let drawn = catch_unwind(AssertUnwindSafe(|| draw(&pdf.pages()[index], width)));
        match drawn {
            Ok(image) => give(number, &image, sink)?,
            Err(_) => pdf = load(&data)?,
        }
    }
    Ok(())
}

fn draw<'a>(page: &'a Page<'a>, width: u32) -> RgbImage {
    let (page_width, page_height) = page.render_dimensions();
    let scale = f64::from(width.clamp(1, MAX_SIDE)) / f64::from(page_width);
    let (page_pixels, page_lines) = (whole_points(page_width), whole_points(page_height));
    let (target_width, target_height) = fit(page_pixels, page_lines, scale);
    let settings = InterpreterSettings {
        render_content: RenderContent::all(),
        ..InterpreterSettings::default()
    };
    let pixmap = render_page(
        page,
        &RenderCache::new(),
        &settings,
        &RenderSettings::default(),
        &PixmapSettings {
            // Half a pixel more, for the renderer rounds down.
            x_scale: scale_to(target_width, page_width),
            y_scale: scale_to(target_height, page_height),
            bg_color: WHITE,
        },
    );
    let (width, height) = (u32::from(pixmap.width()), u32::from(pixmap.height()));
    let rgb = pixmap
        .data_as_u8_slice()
        .chunks_exact(4)
        .flat_map(|pixel| [pixel[0], pixel[1], pixel[2]])
        .collect();
    RgbImage::from_raw(width, height, rgb).unwrap_or_default()
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "saturates"
)]
fn whole_points(length: f32) -> u32 {
    length.ceil() as u32
}

#[expect(clippy::cast_precision_loss, reason = "at most 4096 pixels")]
fn scale_to(pixels: u32, points: f32) -> f32 {
    (pixels as f32 + 0.25) / points
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_are_decoded() {
        assert_eq!(decode_text_string(b"\xFE\xFF\x05\xE9"), "\u{5E9}");
        assert_eq!(decode_text_string(b"Caf\xE9"), "Café");
        let packet = "<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF><rdf:Description><dc:title><rdf:Alt><rdf:li xml:lang='x-default'>A &amp; B</rdf:li></rdf:Alt></dc:title></rdf:Description></rdf:RDF></x:xmpmeta>";
        assert_eq!(xmp_title(packet), Some("A & B".into()));
    }
}
