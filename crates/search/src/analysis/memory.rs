//! Words of texts that were spelled and stemmed before. Each thread remembers some: looking a word up costs far
//! less than lower case, folding and stemming, and the pages of an answer share most of theirs.
use super::{Languages, looked_up, spell};
use foldhash::fast::RandomState;
use std::cell::{Cell, OnceCell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

/// Words that one thread remembers.
const MOST_REMEMBERED: usize = 8_192;

/// A word of a text.
#[derive(Debug, Default)]
pub(crate) struct Spelled {
    /// As compared.
    pub(crate) exact: String,
    lowered: String,
    forms: OnceCell<Vec<String>>,
    judged: Cell<Option<(u64, Option<usize>)>>,
}

impl Spelled {
    /// What was made of it for the same question, or is now; that it was `None` is remembered too.
    pub(crate) fn judged(&self, question: u64, judge: impl FnOnce() -> Option<usize>) -> Option<usize> {
        match self.judged.get() {
            Some((of, known)) if of == question => known,
            _ => {
                let found = judge();
                self.judged.set(Some((question, found)));
                found
            }
        }
    }
}

/// What is remembered in the languages of an index.
#[derive(Default)]
pub(crate) struct Memory {
    languages: Languages,
    known: HashMap<String, Rc<Spelled>, RandomState>,
}

impl Memory {
    /// Calls back with what this thread remembers in some languages.
    pub(crate) fn with<T>(languages: &Languages, f: impl FnOnce(&mut Self) -> T) -> T {
        thread_local! {
            static MEMORY: RefCell<Memory> = RefCell::default();
        }
        MEMORY.with_borrow_mut(|memory| {
            if memory.languages != *languages {
                *memory = Self {
                    languages: languages.clone(),
                    ..Self::default()
                };
            }
            f(memory)
        })
    }

    /// A word as it is written in a text.
    pub(crate) fn word(&mut self, raw: &str) -> Rc<Spelled> {
        let raw = looked_up(raw);
        if let Some(known) = self.known.get(raw) {
            return Rc::clone(known);
        }
        if self.known.len() >= MOST_REMEMBERED {
            self.known.clear();
        }
        let (lowered, exact) = spell(raw);
        let word = Rc::new(Spelled {
            exact,
            lowered,
            ..Spelled::default()
        });
        self.known.insert(raw.to_owned(), Rc::clone(&word));
        word
    }

    /// The loose forms of a word.
    pub(crate) fn forms<'w>(&self, word: &'w Spelled) -> &'w [String] {
        word.forms
            .get_or_init(|| self.languages.forms(&word.lowered, &word.exact))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_long_words_no_more_is_kept_than_is_looked_up() {
        Memory::with(&Languages::default(), |memory| {
            assert_eq!(memory.word(&"x".repeat(10_000)).exact, "x".repeat(64));
            assert_eq!(memory.word(&"ש".repeat(10_000)).exact, "ש".repeat(64));
        });
    }

    #[test]
    fn languages_are_told_apart() {
        let forms = |language: &str, raw: &str| {
            Memory::with(&Languages::of_page(Some(language)), |memory| {
                let word = memory.word(raw);
                assert!(Rc::ptr_eq(&word, &memory.word(raw)));
                memory.forms(&word).to_vec()
            })
        };
        assert_eq!(forms("en", "Houses"), ["hous"]);
        assert_eq!(forms("pl", "Houses"), ["houses"]);
        let word = Spelled::default();
        assert_eq!(word.judged(1, || None), None);
        assert_eq!(word.judged(1, || Some(1)), None);
        assert_eq!(word.judged(2, || Some(2)), Some(2));
        assert_eq!(word.judged(2, || None), Some(2));
        assert_eq!(forms("en", "Houses"), ["hous"]);
    }
}
