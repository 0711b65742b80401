//! Cuts texts that have no pages of their own into pages of a readable length.

/// A page is closed at the first paragraph's end behind this many characters…
const PAGE_CHARACTERS: usize = 3_000;
/// …and at any place behind this many.
const LONGEST_PAGE_CHARACTERS: usize = 12_000;

/// Collects paragraphs into pages.
#[derive(Default)]
pub(super) struct PageBuilder {
    pages: Vec<String>,
    current: String,
    characters: usize,
}

impl PageBuilder {
    /// Adds a paragraph; long ones are cut at white space where there is some.
    pub(super) fn paragraph(&mut self, paragraph: &str) {
        let mut rest = paragraph.trim_end();
        while !rest.trim_start().is_empty() {
            let (piece, later) = cut(rest);
            let length = piece.chars().count();
            if self.characters > 0 && self.characters + length > PAGE_CHARACTERS {
                self.end_page();
            }
            if !self.current.is_empty() {
                self.current.push('\n');
            }
            self.current.push_str(piece.trim_end());
            self.characters += length;
            rest = later;
        }
    }

    /// A heading begins a page, unless the one before it is still nearly empty.
    pub(super) fn heading(&mut self, heading: &str) {
        if self.characters > PAGE_CHARACTERS / 8 {
            self.end_page();
        }
        self.paragraph(heading);
    }

    /// Closes the page, if anything stands on it.
    pub(super) fn end_page(&mut self) {
        if !self.current.trim().is_empty() {
            self.pages.push(std::mem::take(&mut self.current));
        }
        self.current.clear();
        self.characters = 0;
    }

    /// Adds a page of its own, whatever its length.
    pub(super) fn whole_page(&mut self, paragraphs: &[String]) {
        self.end_page();
        self.pages.push(paragraphs.join("\n"));
    }

    /// The pages; at least one, which may be empty.
    pub(super) fn finish(mut self) -> Vec<String> {
        self.end_page();
        if self.pages.is_empty() {
            self.pages.push(String::new());
        }
        self.pages
    }
}

/// A piece of at most the longest length, and the rest.
fn cut(text: &str) -> (&str, &str) {
    let Some((end, _)) = text.char_indices().nth(LONGEST_PAGE_CHARACTERS) else {
        return (text, "");
    };
    let place = text[..end]
        .rfind(char::is_whitespace)
        .filter(|place| *place > end / 2)
        .unwrap_or(end);
    text.split_at(place)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_end_at_paragraphs_and_nothing_is_lost() {
        let mut builder = PageBuilder::default();
        for number in 0..100 {
            builder.paragraph(&format!("{number} {}", "word ".repeat(40)));
        }
        let pages = builder.finish();
        assert!(pages.len() > 5);
        assert!(
            pages
                .iter()
                .all(|page| page.chars().count() <= PAGE_CHARACTERS + 100)
        );
        let words: usize = pages.iter().map(|page| page.split_whitespace().count()).sum();
        assert_eq!(words, 41 * 100);
    }

    #[test]
    fn a_text_without_any_space_is_cut_too() {
        let mut builder = PageBuilder::default();
        builder.paragraph(&"字".repeat(30_000));
        let pages = builder.finish();
        assert_eq!(pages.len(), 3);
        assert_eq!(pages.concat().chars().count(), 30_000);
    }
}
