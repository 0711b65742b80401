//! The text of one glyph: nearly always a single character, which then needs no memory of its own.
use unicode_normalization::UnicodeNormalization;

/// One character, or several for ligatures and letters with marks; never empty.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Letters {
    One(char),
    Many(Box<str>),
}

impl Letters {
    /// None for nothing.
    pub(super) fn of(text: &str) -> Option<Self> {
        let mut chars = text.chars();
        let first = chars.next()?;
        Some(if chars.next().is_none() {
            Self::One(first)
        } else {
            Self::Many(text.into())
        })
    }

    /// Ligatures and presentation forms become the letters that they are drawn from; what cannot be
    /// read is left out.
    pub(super) fn tidy(text: &str) -> Option<Self> {
        let mut tidied = String::with_capacity(text.len());
        for c in text.chars() {
            match c {
                '\u{FB00}'..='\u{FB4F}'
                | '\u{FB50}'..='\u{FDFF}'
                | '\u{FE70}'..='\u{FEFC}'
                | '\u{2F00}'..='\u{2FD5}' => {
                    tidied.extend(std::iter::once(c).nfkc());
                }
                '\u{A0}' | '\u{2000}'..='\u{200A}' | '\u{3000}' | '\t' | '\n' | '\r' => tidied.push(' '),
                // Marks without a shape, and private use: a drawing, not a letter.
                '\u{FFFD}'
                | '\u{FEFF}'
                | '\u{200B}'..='\u{200F}'
                | '\u{202A}'..='\u{202E}'
                | '\u{2066}'..='\u{2069}'
                | '\u{E000}'..='\u{F8FF}'
                | '\u{F0000}'.. => {}
                c if c.is_control() => {}
                c => tidied.push(c),
            }
        }
        Self::of(&tidied)
    }

    pub(super) fn chars(&self) -> impl Iterator<Item = char> + '_ {
        let (one, many) = match self {
            Self::One(c) => (Some(*c), ""),
            Self::Many(text) => (None, &**text),
        };
        one.into_iter().chain(many.chars())
    }

    pub(super) fn first(&self) -> char {
        match self {
            Self::One(c) => *c,
            Self::Many(text) => text.chars().next().unwrap_or(' '),
        }
    }

    /// The character, where it is only one.
    pub(super) fn only(&self) -> Option<char> {
        match self {
            Self::One(c) => Some(*c),
            Self::Many(_) => None,
        }
    }

    pub(super) fn is_space(&self) -> bool {
        match self {
            Self::One(c) => c.is_whitespace(),
            Self::Many(text) => text.chars().all(char::is_whitespace),
        }
    }

    pub(super) fn push_to(&self, text: &mut String) {
        match self {
            Self::One(c) => text.push(*c),
            Self::Many(many) => text.push_str(many),
        }
    }

    pub(super) fn append(&mut self, marks: &Self) {
        let text: String = self.chars().chain(marks.chars()).collect();
        *self = Self::Many(text.into());
    }
}

impl From<char> for Letters {
    fn from(c: char) -> Self {
        Self::One(c)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ligatures_and_presentation_forms_are_taken_apart() {
        assert_eq!(Letters::tidy("\u{FB01}"), Letters::of("fi"));
        assert_eq!(Letters::tidy("\u{FEFB}"), Letters::of("لا"));
        assert_eq!(Letters::tidy("\u{FFFD}\u{E001}"), None);
        assert_eq!(Letters::tidy("½"), Some('½'.into()));
    }
}
