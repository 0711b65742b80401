//! The scanner: comments, then texts, then numbers, then words, at each place what fits first.
use super::Ink;
use super::languages::{Grammar, Quote};
use std::collections::HashSet;
use std::ops::Range;

/// The longest character between quotes, in bytes: `'\u{10FFFF}'`.
const MAX_CHARACTER: usize = 14;

/// The coloured parts of a text.
pub(super) fn inks(text: &str, grammar: &Grammar) -> Vec<(Range<usize>, Ink)> {
    let mut scan = Scan {
        text,
        grammar,
        keywords: Words::of(grammar.keywords, grammar.ignores_case),
        types: Words::of(grammar.types, grammar.ignores_case),
        at: 0,
        found: Vec::new(),
    };
    while scan.step() {}
    scan.found
}

struct Scan<'a> {
    text: &'a str,
    grammar: &'a Grammar,
    keywords: Words,
    types: Words,
    at: usize,
    found: Vec<(Range<usize>, Ink)>,
}

/// Words that are looked up, however many there are, at the same price.
struct Words {
    known: HashSet<String>,
    ignores_case: bool,
}

impl Words {
    fn of(list: &str, ignores_case: bool) -> Self {
        let word = |word: &str| {
            if ignores_case {
                word.to_ascii_lowercase()
            } else {
                word.to_owned()
            }
        };
        Self {
            known: list
                .split(' ')
                .filter(|each| !each.is_empty())
                .map(word)
                .collect(),
            ignores_case,
        }
    }

    fn has(&self, word: &str) -> bool {
        if self.ignores_case {
            self.known.contains(&word.to_ascii_lowercase())
        } else {
            self.known.contains(word)
        }
    }
}

impl Scan<'_> {
    /// Takes what stands next; false at the end.
    fn step(&mut self) -> bool {
        let Some(next) = self.rest().chars().next() else {
            return false;
        };
        if next.is_whitespace() {
            self.at += next.len_utf8();
        } else if let Some(length) = self.comment() {
            self.take(length, Ink::Comment);
        } else if let Some(length) = self.quoted() {
            let ink = if self.is_key(self.at + length) {
                Ink::Name
            } else {
                Ink::Text
            };
            self.take(length, ink);
        } else if let Some((length, ink)) = self.marked(next) {
            self.take(length, ink);
        } else if next.is_ascii_digit() {
            self.take(number(self.rest()), Ink::Number);
        } else if self.is_word(next) {
            self.word();
        } else {
            self.at += next.len_utf8();
        }
        true
    }

    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    fn take(&mut self, length: usize, ink: Ink) {
        let end = self.at + length.max(1);
        self.found.push((self.at..end, ink));
        self.at = end;
    }

    fn comment(&self) -> Option<usize> {
        let rest = self.rest();
        for (open, close) in self.grammar.blocks {
            if rest.starts_with(open) {
                return Some(if self.grammar.blocks_nest {
                    nested(rest, open, close)
                } else {
                    until(rest, open.len(), close)
                });
            }
        }
        if self.grammar.comments_stand_apart && !self.stands_apart() || self.text[..self.at].ends_with('\\') {
            return None;
        }
        self.grammar.lines.iter().find(|mark| rest.starts_with(**mark))?;
        Some(rest.find('\n').unwrap_or(rest.len()))
    }

    /// Whether white space or nothing stands before.
    fn stands_apart(&self) -> bool {
        self.text[..self.at].ends_with(char::is_whitespace) || self.at == 0
    }

    fn quoted(&self) -> Option<usize> {
        let rest = self.rest();
        self.grammar.quotes.iter().find_map(|quote| match quote {
            Quote::Line(mark) => rest.starts_with(*mark).then(|| one_line(rest, *mark)),
            Quote::Lines(open, close) => rest.starts_with(open).then(|| closed(rest, open, close)),
            Quote::Character => character(rest),
            Quote::Raw => raw(rest),
        })
    }

    /// A word that a sign in front makes a name or a word of the language: `$x`, `@Override`, `#include`.
    fn marked(&self, next: char) -> Option<(usize, Ink)> {
        let (_, ink) = self.grammar.marks.iter().find(|(mark, _)| *mark == next)?;
        let behind = &self.rest()[next.len_utf8()..];
        let length = behind.find(|c: char| !self.is_word(c)).unwrap_or(behind.len());
        (length > 0).then_some((next.len_utf8() + length, *ink))
    }

    fn is_word(&self, c: char) -> bool {
        c.is_alphanumeric() || c == '_' || self.grammar.also_in_words.contains(c)
    }

    fn word(&mut self) {
        let rest = self.rest();
        let length = rest.find(|c| !self.is_word(c)).unwrap_or(rest.len());
        let word = &rest[..length];
        // Letters before a text say how it is meant.
        if let Some(text) = self.prefixed(word, &rest[length..]) {
            return self.take(length + text, Ink::Text);
        }
        if self.keywords.has(word) && !self.is_key(self.at + length) {
            self.take(length, Ink::Keyword);
        } else if self.is_key(self.at + length)
            || (self.grammar.names_calls && is_call(&rest[length..]))
            || self.types.has(word)
        {
            self.take(length, Ink::Name);
        } else {
            self.at += length;
        }
    }

    fn prefixed(&self, word: &str, behind: &str) -> Option<usize> {
        if !self.grammar.prefixes.split(' ').any(|prefix| prefix == word) {
            return None;
        }
        self.grammar.quotes.iter().find_map(|quote| match quote {
            Quote::Line(mark) => behind.starts_with(*mark).then(|| one_line(behind, *mark)),
            Quote::Lines(open, close) => behind.starts_with(open).then(|| closed(behind, open, close)),
            Quote::Character | Quote::Raw => None,
        })
    }

    /// Whether what ends there is set by what follows: `name: value`.
    fn is_key(&self, end: usize) -> bool {
        let Some(sign) = self.grammar.keys_end_with else {
            return false;
        };
        let behind = self.text[end..]
            .trim_start_matches([' ', '\t'])
            .strip_prefix(sign);
        // An address, a path of names or a comparison is none.
        behind.is_some_and(|behind| !behind.starts_with(['/', ':', '=']))
    }
}

fn is_call(behind: &str) -> bool {
    behind.starts_with('(') || behind.starts_with("!(") || behind.starts_with("![")
}

/// To the end of what closes, or else to the end of all.
fn until(rest: &str, from: usize, close: &str) -> usize {
    rest[from..]
        .find(close)
        .map_or(rest.len(), |place| from + place + close.len())
}

/// As [`until`], over what is opened and closed inside.
fn nested(rest: &str, open: &str, close: &str) -> usize {
    let (mut depth, mut at) = (0_usize, 0);
    while let Some(c) = rest[at..].chars().next() {
        if rest[at..].starts_with(open) {
            depth += 1;
            at += open.len();
        } else if rest[at..].starts_with(close) {
            at += close.len();
            depth -= 1;
            if depth == 0 {
                return at;
            }
        } else {
            at += c.len_utf8();
        }
    }
    rest.len()
}

/// A text that ends on its line; a backslash takes the end's meaning.
fn one_line(rest: &str, mark: char) -> usize {
    let mut characters = rest.char_indices().skip(1);
    while let Some((place, c)) = characters.next() {
        match c {
            '\n' => return place,
            '\\' if characters.clone().next().is_some_and(|(_, next)| next != '\n') => {
                characters.next();
            }
            c if c == mark => return place + c.len_utf8(),
            _ => {}
        }
    }
    rest.len()
}

/// A text of several lines; a backslash takes a sign's meaning.
fn closed(rest: &str, open: &str, close: &str) -> usize {
    let mut at = open.len();
    while let Some(c) = rest[at..].chars().next() {
        if rest[at..].starts_with(close) {
            return at + close.len();
        }
        at += c.len_utf8();
        if c == '\\' {
            at += rest[at..].chars().next().map_or(0, char::len_utf8);
        }
    }
    rest.len()
}

/// One character between quotes; anything else behind a quote is none: a lifetime, an apostrophe.
fn character(rest: &str) -> Option<usize> {
    let inside = rest.strip_prefix('\'')?;
    let mut characters = inside.chars();
    let first = characters.next().filter(|c| *c != '\'' && *c != '\n')?;
    if first != '\\' {
        return (characters.next() == Some('\'')).then_some(2 + first.len_utf8());
    }
    let escaped = characters.next()?;
    let from = 1 + escaped.len_utf8();
    let window = inside.floor_char_boundary(MAX_CHARACTER.max(from));
    let end = inside[from..window].find('\'')?;
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '{' | '}' | '_');
    inside[from..from + end]
        .chars()
        .all(plain)
        .then_some(1 + from + end + 1)
}

/// A text of Rust without escapes: `r#"…"#`, also of bytes.
fn raw(rest: &str) -> Option<usize> {
    let behind = rest.strip_prefix("br").or_else(|| rest.strip_prefix('r'))?;
    let open = behind.trim_start_matches('#');
    let signs = behind.len() - open.len();
    // No more are allowed.
    if !open.starts_with('"') || signs > 255 {
        return None;
    }
    let from = rest.len() - open.len() + 1;
    let close = format!("\"{}", "#".repeat(signs));
    Some(until(rest, from, &close))
}

fn number(rest: &str) -> usize {
    let is_based = rest.starts_with("0x") || rest.starts_with("0X");
    let mut before = '0';
    let mut characters = rest.char_indices().peekable();
    while let Some((place, c)) = characters.next() {
        let next_is_digit = characters.peek().is_some_and(|(_, next)| next.is_ascii_digit());
        let goes_on = c.is_ascii_alphanumeric()
            || c == '_'
            || (c == '.' && next_is_digit)
            || (matches!(c, '+' | '-') && matches!(before, 'e' | 'E') && !is_based && next_is_digit);
        if !goes_on {
            return place;
        }
        before = c;
    }
    rest.len()
}
