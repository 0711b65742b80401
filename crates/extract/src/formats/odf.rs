//! OpenDocument: text on the pages that it was last laid out on, slides with notes, sheets.
mod objects;
mod reader;
mod styles;

use self::objects::formulas;
use self::reader::Reader;
use self::styles::{heads_and_feet, page_size};
use super::flow::Flow;
use super::package::{OpenDocumentKind, Package};
use super::slide::Slide as SlideText;
use crate::child::{Sink, Stop};
use homeroom_core::ports::extractor::Rejection;

pub(super) fn extract(
    package: &mut Package<'_>,
    kind: OpenDocumentKind,
    sink: &mut Sink,
) -> Result<(), Stop> {
    if is_encrypted(package)? {
        return Err(Rejection::Encrypted.into());
    }
    package.title("meta.xml", sink)?;
    let mut reader = Reader::new(kind);
    let content = package.needed_part("content.xml")?;
    reader.formulas = formulas(package, &content)?;
    reader.read(&content)?;
    let styles = package.part("styles.xml")?.unwrap_or_default();
    match kind {
        OpenDocumentKind::Text => {
            let mut flow = Flow::of(reader.blocks);
            flow.repeat(heads_and_feet(&styles)?);
            flow.finish(sink)
        }
        OpenDocumentKind::Slides => {
            let (width, height) = page_size(&styles)?;
            sink.expect_pages(reader.slides.len())?;
            for (number, slide) in (1..).zip(reader.slides) {
                slide.finish(number, width, height, sink)?;
            }
            Ok(())
        }
        OpenDocumentKind::Sheets => {
            sink.expect_pages(reader.sheets.len())?;
            reader.sheets.into_iter().try_for_each(|sheet| sheet.finish(sink))
        }
    }
}

fn is_encrypted(package: &mut Package<'_>) -> Result<bool, Stop> {
    let manifest = package.part("META-INF/manifest.xml")?.unwrap_or_default();
    Ok(manifest.contains("encryption-data"))
}

#[derive(Default)]
struct Slide {
    name: String,
    text: SlideText,
}

impl Slide {
    fn finish(self, number: u32, width: f32, height: f32, sink: &mut Sink) -> Result<(), Stop> {
        let title = self.text.title().or_else(|| {
            // Programs give names too: "page3", "Slide 3", "Folie 3".
            Some(self.name).filter(|name| !name.ends_with(|c: char| c.is_ascii_digit()))
        });
        if let Some(title) = &title {
            sink.title(title);
            sink.outline(title, number, 1);
        }
        sink.page(self.text.into_page(title, (width, height)))
    }
}
