//! What the formats of slides share: a page for each slide, its title first, its notes last.
use homeroom_core::ports::extractor::{ExtractedPage, Passage, PassageKind};

/// What is said on a slide and about it, in lines.
#[derive(Default)]
pub(super) struct Slide {
    pub(super) titles: Vec<String>,
    pub(super) lines: Vec<String>,
    pub(super) notes: Vec<String>,
}

impl Slide {
    pub(super) fn title(&self) -> Option<String> {
        (!self.titles.is_empty()).then(|| self.titles.join(" "))
    }

    /// All of it in the order of its page.
    pub(super) fn into_lines(self) -> Vec<String> {
        [self.titles, self.lines, self.notes].concat()
    }

    /// Its page, of so many points.
    pub(super) fn into_page(self, label: Option<String>, (width, height): (f32, f32)) -> ExtractedPage {
        let notes = lines_of(&self.notes);
        let passages = (notes > 0).then(|| Passage {
            line: lines_of(&self.titles) + lines_of(&self.lines),
            lines: notes,
            kind: PassageKind::Notes,
        });
        ExtractedPage {
            label,
            headings: self.titles.clone(),
            text: self.into_lines().join("\n"),
            passages: passages.into_iter().collect(),
            width,
            height,
            ..ExtractedPage::default()
        }
    }
}

/// A paragraph may have several.
fn lines_of(paragraphs: &[String]) -> u32 {
    let lines: usize = paragraphs
        .iter()
        .map(|paragraph| paragraph.matches('\n').count() + 1)
        .sum();
    u32::try_from(lines).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_are_the_last_lines() {
        let slide = Slide {
            titles: vec!["Cells".into()],
            lines: vec!["One\nTwo".into()],
            notes: vec!["Ask them".into(), "first".into()],
        };
        let page = slide.into_page(None, (0.0, 0.0));
        assert_eq!(page.text, "Cells\nOne\nTwo\nAsk them\nfirst");
        assert_eq!((page.passages[0].line, page.passages[0].lines), (3, 2));
        assert!(Slide::default().into_page(None, (0.0, 0.0)).passages.is_empty());
    }
}
