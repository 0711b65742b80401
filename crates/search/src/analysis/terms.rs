//! Terms on their way into the index: one string for a field, so that a word costs no allocation.
//! Words were found already by [`super::scan`]; the tokenizer here only takes the string apart.
use super::{Languages, Word};
use std::collections::HashMap;
use tantivy::tokenizer::{Token, TokenStream, Tokenizer};

/// Ends what stands at one position.
const NEXT: u8 = 0x1E;
/// Parts terms at the same position.
const SAME: u8 = 0x1F;
/// Begins a loose form in a field that holds exact words too.
pub(crate) const LOOSE: char = '\u{1}';
/// Positions between texts of one field, so that no phrase spans them.
const GAP: usize = 8;

/// The exact terms of words, by position.
pub(crate) fn exact(terms: &mut String, words: &[Word]) {
    for word in words {
        terms.push_str(&word.exact);
        if let Some(also) = &word.also {
            terms.push(char::from(SAME));
            terms.push_str(also);
        }
        terms.push(char::from(NEXT));
    }
}

/// Leaves positions empty, so that no phrase reaches over.
pub(crate) fn gap(terms: &mut String) {
    terms.extend(std::iter::repeat_n(char::from(NEXT), GAP));
}

/// Finds loose forms, and remembers those of frequent words.
pub(crate) struct Looser {
    languages: Languages,
    known: HashMap<String, Box<[String]>>,
}

impl Looser {
    /// For the languages of a page.
    pub(crate) fn new(languages: Languages) -> Self {
        Self {
            languages,
            known: HashMap::new(),
        }
    }

    /// The loose forms of words that differ from the words themselves, without positions.
    pub(crate) fn loose(&mut self, terms: &mut String, words: &[Word], marked: bool) {
        for word in words.iter().filter(|word| !word.gram) {
            if !self.known.contains_key(&word.lowered) {
                let mut forms = self.languages.forms(&word.lowered, &word.exact);
                forms.retain(|form| *form != word.exact);
                self.known.insert(word.lowered.clone(), forms.into());
            }
            for form in self.known.get(&word.lowered).into_iter().flatten() {
                if marked {
                    terms.push(LOOSE);
                }
                terms.push_str(form);
                terms.push(char::from(NEXT));
            }
        }
    }
}

/// The tokenizer of all fields of words.
#[derive(Clone, Default)]
pub(crate) struct TermsTokenizer {
    token: Token,
}

/// Its stream.
pub(crate) struct TermsStream<'a> {
    rest: &'a str,
    position: usize,
    token: &'a mut Token,
}

impl Tokenizer for TermsTokenizer {
    type TokenStream<'a> = TermsStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> TermsStream<'a> {
        self.token.reset();
        TermsStream {
            rest: text,
            position: 0,
            token: &mut self.token,
        }
    }
}

impl TokenStream for TermsStream<'_> {
    fn advance(&mut self) -> bool {
        loop {
            let Some(length) = self.rest.bytes().position(|byte| byte == NEXT || byte == SAME) else {
                return false;
            };
            let (term, rest) = self.rest.split_at(length);
            let position = self.position;
            self.position += usize::from(rest.as_bytes().first() == Some(&NEXT));
            self.rest = &rest[1..];
            if !term.is_empty() {
                self.token.text.clear();
                self.token.text.push_str(term);
                self.token.position = position;
                return true;
            }
        }
    }

    fn token(&self) -> &Token {
        self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        self.token
    }
}

#[cfg(test)]
mod tests {
    use super::super::scan;
    use super::*;

    #[test]
    fn what_was_put_in_comes_out() {
        let mut terms = String::new();
        exact(&mut terms, &scan("C++ runs x^2"));
        gap(&mut terms);
        exact(&mut terms, &scan("方陣"));
        let mut tokenizer = TermsTokenizer::default();
        let mut stream = tokenizer.token_stream(&terms);
        let mut found = Vec::new();
        while stream.advance() {
            found.push((stream.token().text.clone(), stream.token().position));
        }
        let found: Vec<_> = found
            .iter()
            .map(|(text, position)| (text.as_str(), *position))
            .collect();
        assert_eq!(
            found,
            [
                ("c", 0),
                ("c++", 0),
                ("runs", 1),
                ("x", 2),
                ("x2", 2),
                ("2", 3),
                ("方", 12),
                ("方陣", 12),
                ("陣", 13)
            ]
        );
    }

    #[test]
    fn only_other_forms_are_loose() {
        let mut terms = String::new();
        let mut looser = Looser::new(Languages::of_page(Some("en")));
        looser.loose(&mut terms, &scan("running water"), false);
        assert_eq!(terms, "run\u{1E}");
    }
}
