//! The text of one glyph: nearly always a single character, which then needs no memory of its own.
use std::iter;

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
        self.chars().all(char::is_whitespace)
    }

    pub(super) fn append(&mut self, mark: char) {
        let text: String = self.chars().chain(iter::once(mark)).collect();
        *self = Self::Many(text.into());
    }
}

impl From<char> for Letters {
    fn from(c: char) -> Self {
        Self::One(c)
    }
}
