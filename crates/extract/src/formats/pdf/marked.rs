//! Marked content (ISO 32000-2, 14.6), as far as it changes what is read: optional layers, and texts that
//! stand for the glyphs inside.
use super::letters::Letters;

/// How deep sequences are nested; deeper ones are only counted.
const MAX_NESTING: usize = 10_000;
/// Replacement texts longer than this describe pictures or paragraphs, not a few glyphs.
const MAX_ACTUAL_TEXT: usize = 12;

/// A text that stands for glyphs; nothing where they stand for nothing.
pub(super) type Replacement = Option<Letters>;

/// The sequences that are open.
#[derive(Default)]
pub(super) struct MarkedContent {
    open: Vec<Marked>,
    /// How many of them the present content stream did not open.
    floor: usize,
    /// How many beyond the limit are open.
    uncounted: usize,
}

struct Marked {
    hidden: bool,
    /// Until the first glyph takes it.
    replacement: Option<Replacement>,
    /// The place of the innermost sequence with a replacement, this one or one around it.
    speaker: Option<usize>,
}

/// What was open around a content stream.
#[derive(Clone, Copy)]
pub(super) struct Around {
    floor: usize,
    uncounted: usize,
}

impl MarkedContent {
    /// Begins a content stream, which ends only what it began.
    pub(super) fn enter(&mut self) -> Around {
        let around = Around {
            floor: self.floor,
            uncounted: self.uncounted,
        };
        (self.floor, self.uncounted) = (self.open.len(), 0);
        around
    }

    /// Ends it, and all that it left open.
    pub(super) fn leave(&mut self, around: Around) {
        self.open.truncate(self.floor);
        (self.floor, self.uncounted) = (around.floor, around.uncounted);
    }

    /// Opens a sequence.
    pub(super) fn begin(&mut self, hidden: bool, replacement: Option<Replacement>) {
        if self.open.len() >= MAX_NESTING {
            self.uncounted += 1;
            return;
        }
        let around = self.open.last();
        let speaker = match replacement {
            Some(_) => Some(self.open.len()),
            None => around.and_then(|around| around.speaker),
        };
        self.open.push(Marked {
            hidden: hidden || around.is_some_and(|around| around.hidden),
            replacement,
            speaker,
        });
    }

    /// Closes the innermost.
    pub(super) fn end(&mut self) {
        if self.uncounted > 0 {
            self.uncounted -= 1;
        } else if self.open.len() > self.floor {
            self.open.pop();
        }
    }

    /// Whether what is drawn now belongs to a layer that is off.
    pub(super) fn is_hidden(&self) -> bool {
        self.open.last().is_some_and(|marked| marked.hidden)
    }

    /// What a glyph says: what it means, unless the sequence that it stands in says something else, once.
    pub(super) fn speak(&mut self, meaning: Option<&Letters>) -> Option<Letters> {
        let speaker = self.open.last().and_then(|marked| marked.speaker);
        match speaker.and_then(|place| self.open[place].replacement.as_mut()) {
            Some(replacement) => replacement.take(),
            None => meaning.cloned(),
        }
    }

    /// The replacement that an `ActualText` is, if it is one for a few glyphs.
    pub(super) fn replacement(text: &[u8]) -> Option<Replacement> {
        let text = super::decode_text_string(text);
        (text.chars().count() <= MAX_ACTUAL_TEXT).then(|| Letters::tidy(&text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_glyph_speaks_for_its_sequence() {
        let mut marked = MarkedContent::default();
        let meaning = Letters::from('a');
        marked.begin(false, Some(Some('x'.into())));
        marked.begin(false, None);
        assert_eq!(marked.speak(Some(&meaning)), Some('x'.into()));
        assert_eq!(marked.speak(Some(&meaning)), None);
        marked.end();
        marked.end();
        assert_eq!(marked.speak(Some(&meaning)), Some(meaning.clone()));
    }

    #[test]
    fn a_stream_ends_only_what_it_began() {
        let mut marked = MarkedContent::default();
        marked.begin(true, None);
        let around = marked.enter();
        marked.end();
        assert!(marked.is_hidden());
        marked.begin(false, None);
        marked.leave(around);
        marked.end();
        assert!(!marked.is_hidden());
    }
}
