//! Terms on their way into the index: one string for a field, so that a word costs no allocation.
//! Words were found already by [`super::scan`]; the tokenizer here only takes the string apart.
use super::{Class, Languages, Together, as_one, class_at, clusters, cut, parts, spell, together};
use foldhash::fast::RandomState;
use std::collections::HashMap;
use tantivy::tokenizer::{Token, TokenStream, Tokenizer};

/// Ends what stands at one position.
const NEXT: u8 = 0x1E;
/// Parts terms at the same position.
const SAME: u8 = 0x1F;
/// Begins a loose form in a field that holds exact words too.
pub(crate) const LOOSE: char = '\u{1}';
/// Words that one analyst remembers, and languages.
const MOST_REMEMBERED: usize = 32_768;
const MOST_ANALYSTS: usize = 8;
/// Positions between texts of one field, so that no phrase spans them.
const GAP: usize = 8;

/// Leaves positions empty, so that no phrase reaches over.
pub(crate) fn gap(terms: &mut String) {
    terms.extend(std::iter::repeat_n(char::from(NEXT), GAP));
}

/// Finds the terms of texts in one language. What words become is remembered: looking a frequent word
/// up costs far less than lower case, folding and stemming.
pub(crate) struct Analyst {
    languages: Languages,
    known: HashMap<Box<str>, Known, RandomState>,
    run: Vec<char>,
}

/// A word as it is indexed.
struct Known {
    exact: Box<str>,
    /// Looser forms that differ, each with its end.
    loose: Box<str>,
}

impl Analyst {
    /// For the languages of a page.
    pub(crate) fn new(languages: Languages) -> Self {
        Self {
            languages,
            known: HashMap::default(),
            run: Vec::new(),
        }
    }

    /// Appends the exact terms of a text by position, and its loose forms without positions.
    pub(crate) fn terms(&mut self, text: &str, exact: &mut String, loose: &mut String) {
        let mut at = 0;
        while let Some((class, length)) = class_at(text, at) {
            match class {
                Class::Letter => at = self.word(text, at, exact, loose),
                Class::Gram => {
                    self.run.clear();
                    at = clusters(text, at, |_, c| self.run.push(c));
                    self.pairs(exact);
                }
                Class::Ignorable | Class::Gap => at += length,
            }
        }
    }

    fn word(&mut self, text: &str, start: usize, exact: &mut String, loose: &mut String) -> usize {
        let (end, raw) = cut(text, start);
        if !self.known.contains_key(raw) {
            self.learn(raw);
        }
        let Some(known) = self.known.get(raw).filter(|known| !known.exact.is_empty()) else {
            return end;
        };
        exact.push_str(&known.exact);
        loose.push_str(&known.loose);
        let Together {
            also,
            whole,
            swallows,
        } = together(text, start..end, &known.exact);
        for other in also.into_iter().chain(whole) {
            exact.push(char::from(SAME));
            exact.push_str(&other);
        }
        exact.push(char::from(NEXT));
        if let Some((_, one)) = as_one(text, start..end) {
            for form in self.languages.forms(&one, &one) {
                loose.push_str(&form);
                loose.push(char::from(NEXT));
            }
        }
        end + swallows
    }

    fn learn(&mut self, raw: &str) {
        if self.known.len() >= MOST_REMEMBERED {
            self.known.clear();
        }
        let (lowered, exact) = spell(raw);
        let mut loose = String::new();
        if !exact.is_empty() {
            let forms = self.languages.forms(&lowered, &exact);
            for form in forms.iter().filter(|form| **form != exact) {
                loose.push_str(form);
                loose.push(char::from(NEXT));
            }
            for part in parts(raw) {
                let (lowered, exact) = spell(part);
                for form in self.languages.forms(&lowered, &exact) {
                    loose.push_str(&form);
                    loose.push(char::from(NEXT));
                }
            }
        }
        let known = Known {
            exact: exact.into(),
            loose: loose.into(),
        };
        self.known.insert(raw.into(), known);
    }

    /// Each character of a run, and with it the pair that begins there.
    fn pairs(&self, exact: &mut String) {
        for (place, c) in self.run.iter().enumerate() {
            exact.push(*c);
            if let Some(next) = self.run.get(place + 1) {
                exact.push(char::from(SAME));
                exact.push(*c);
                exact.push(*next);
            }
            exact.push(char::from(NEXT));
        }
    }
}

/// Analysts by language, with what they remember.
#[derive(Default)]
pub(crate) struct Analysts(HashMap<Option<String>, Analyst>);

impl Analysts {
    /// The one for a page in a language.
    pub(crate) fn of(&mut self, language: Option<&str>) -> &mut Analyst {
        let key = language.map(str::to_owned);
        if self.0.len() >= MOST_ANALYSTS && !self.0.contains_key(&key) {
            self.0.clear();
        }
        self.0
            .entry(key)
            .or_insert_with(|| Analyst::new(Languages::of_page(language)))
    }
}

/// Appends loose forms as they stand in a field that holds exact words too.
pub(crate) fn mark(terms: &mut String, loose: &str) {
    for form in loose.split_inclusive(char::from(NEXT)) {
        terms.push(LOOSE);
        terms.push_str(form);
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

    fn terms_of(text: &str) -> (String, String) {
        let (mut exact, mut loose) = (String::new(), String::new());
        Analyst::new(Languages::of_page(Some("en"))).terms(text, &mut exact, &mut loose);
        (exact, loose)
    }

    #[test]
    fn what_was_put_in_comes_out() {
        let mut terms = terms_of("C++ runs x^2").0;
        gap(&mut terms);
        terms.push_str(&terms_of("方陣").0);
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
                ("方阵", 12),
                ("阵", 13)
            ]
        );
    }

    #[test]
    fn only_other_forms_are_loose() {
        let loose = terms_of("running water").1;
        assert_eq!(loose, "run\u{1E}");
        let mut marked = String::new();
        mark(&mut marked, &loose);
        assert_eq!(marked, "\u{1}run\u{1E}");
    }

    #[test]
    fn texts_and_queries_have_the_same_terms() {
        for text in [
            "Hello, World 42 C++ and C# x^2 3,14 § 12 H2O CO₂",
            "צה\"ל École Straße \u{200f}…",
            "方陣 可 ab中 ｶﾞ ๆ การ 가나다",
            "1.2.3 5^2^3 a^b c.d 7, 8 1,024 12'345\u{A0}678",
        ] {
            let mut expected = String::new();
            for word in scan(text) {
                expected.push_str(&word.exact);
                for also in word.also.iter().chain(&word.whole) {
                    expected.push(char::from(SAME));
                    expected.push_str(also);
                }
                expected.push(char::from(NEXT));
            }
            assert_eq!(terms_of(text).0, expected, "{text}");
        }
    }
}
