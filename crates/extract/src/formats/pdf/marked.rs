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
    /// Where the glyph that took it was kept.
    taken_by: Option<usize>,
    /// The place of the innermost sequence with a replacement, this one or one around it.
    speaker: Option<usize>,
}

/// What a glyph says.
#[derive(Debug, PartialEq)]
pub(super) enum Speech {
    /// This, by itself.
    Says(Letters),
    /// This, for all glyphs of its sequence; where it is kept is to be [noted](MarkedContent::taken_by).
    SpeaksFor(Letters),
    /// Nothing: the glyph that is kept there has spoken for it.
    SpokenForBy(usize),
    /// Nothing.
    Silent,
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
            taken_by: None,
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
    pub(super) fn speak(&mut self, meaning: Option<&Letters>) -> Speech {
        let said = |letters: Option<&Letters>| letters.cloned().map_or(Speech::Silent, Speech::Says);
        let Some(speaker) = self.speaker() else {
            return said(meaning);
        };
        match (speaker.replacement.as_mut(), speaker.taken_by) {
            (_, Some(glyph)) => Speech::SpokenForBy(glyph),
            (Some(replacement), None) => replacement.take().map_or(Speech::Silent, Speech::SpeaksFor),
            (None, None) => said(meaning),
        }
    }

    /// Notes where the glyph is kept that speaks for its sequence.
    pub(super) fn taken_by(&mut self, glyph: usize) {
        if let Some(speaker) = self.speaker() {
            speaker.taken_by = Some(glyph);
        }
    }

    /// The sequence whose replacement stands for what is drawn now.
    fn speaker(&mut self) -> Option<&mut Marked> {
        let place = self.open.last()?.speaker?;
        self.open.get_mut(place)
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
        assert_eq!(marked.speak(Some(&meaning)), Speech::SpeaksFor('x'.into()));
        assert_eq!(marked.speak(Some(&meaning)), Speech::Silent);
        marked.taken_by(7);
        assert_eq!(marked.speak(Some(&meaning)), Speech::SpokenForBy(7));
        marked.end();
        marked.end();
        assert_eq!(marked.speak(Some(&meaning)), Speech::Says(meaning.clone()));
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
