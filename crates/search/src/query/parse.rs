//! The little language of queries: words are AND, `"phrases"`, `-exclusion`, `OR`, `(groups)`. What does not fit
//! is taken as words, so every text is a query.
use crate::analysis::{Languages, Word, scan};
use std::collections::HashSet;
use std::ops::Range;

/// What is read of a query.
const LONGEST_QUERY_CHARS: usize = 1_000;
/// Words that are looked up; later ones are ignored.
const MOST_WORDS: usize = 16;
const MOST_EXCLUSIONS: usize = 8;

/// A word to look up.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is asked by itself, and any may go with any other"
)]
pub(crate) struct Sought {
    /// Where it was typed, in bytes.
    pub(crate) span: Range<usize>,
    /// As compared.
    pub(crate) exact: String,
    /// Stems and the like; empty when only the exact form will do.
    pub(crate) loose: Vec<String>,
    /// Also the beginning of longer words: it may not have been typed to its end.
    pub(crate) prefix: bool,
    /// A pair of characters of a script without spaces.
    pub(crate) gram: bool,
    /// More than a word by itself: `c++`, `3.14`, `x^2`.
    pub(crate) signs: bool,
    /// Typed in quotes: no page may do without it.
    pub(crate) quoted: bool,
    /// Its place among the words, for phrases.
    pub(crate) position: usize,
}

/// One thing that a page must have, or must not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Atom {
    /// All of these.
    Words(Vec<Sought>),
    /// These, next to one another.
    Phrase(Vec<Sought>),
}

/// What an atom looks for, wherever it was typed: whether that is a phrase, and its words, each with whether it may
/// go on.
pub(crate) type Meaning<'a> = (bool, Vec<(&'a str, bool)>);

impl Atom {
    /// What it looks for.
    pub(crate) fn meaning(&self) -> Meaning<'_> {
        let (Self::Words(words) | Self::Phrase(words)) = self;
        let words = words.iter().map(|word| (word.exact.as_str(), word.prefix));
        (matches!(self, Self::Phrase(_)), words.collect())
    }
}

/// A query that was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Parsed {
    /// The text as far as it is used.
    pub(crate) text: String,
    /// A page needs one of each.
    pub(crate) wanted: Vec<Vec<Atom>>,
    /// A page must have none.
    pub(crate) excluded: Vec<Atom>,
}

impl Parsed {
    /// Whether there is nothing to look up.
    pub(crate) fn is_empty(&self) -> bool {
        self.wanted.is_empty() && self.excluded.is_empty()
    }

    /// The wanted words, when they are nothing but words that are all wanted.
    pub(crate) fn plain_words(&self) -> Option<Vec<&Sought>> {
        let words = self.wanted.iter().map(|atoms| match atoms.as_slice() {
            [Atom::Words(words)] => Some(words),
            _ => None,
        });
        let words = words.collect::<Option<Vec<_>>>()?;
        Some(words.into_iter().flatten().collect())
    }

    /// What a page must have, when that is a word, or one of several words, each time: no phrases, and
    /// no alternatives of more than a word.
    pub(crate) fn clauses(&self) -> Option<Vec<Vec<&Sought>>> {
        let mut clauses = Vec::new();
        for atoms in &self.wanted {
            let mut alternatives = Vec::new();
            for atom in atoms {
                match atom {
                    Atom::Words(words) if atoms.len() == 1 => {
                        clauses.extend(words.iter().map(|word| vec![word]));
                    }
                    Atom::Words(words) if words.len() == 1 => alternatives.extend(words),
                    _ => return None,
                }
            }
            if !alternatives.is_empty() {
                clauses.push(alternatives);
            }
        }
        Some(clauses)
    }

    /// Words that may be left out when no page has all: neither in quotes nor alternatives.
    pub(crate) fn optional(&self) -> impl Iterator<Item = &Sought> {
        let together = self.wanted.iter().filter_map(|atoms| match atoms.as_slice() {
            [Atom::Words(words)] => Some(words),
            _ => None,
        });
        together.flatten().filter(|word| !word.quoted)
    }

    /// The same with those of the words that may be left out which are kept.
    pub(crate) fn keeping(&self, kept: &HashSet<usize>) -> Self {
        let mut parsed = self.clone();
        for atoms in &mut parsed.wanted {
            if let [Atom::Words(words)] = atoms.as_mut_slice() {
                words.retain(|word| word.quoted || kept.contains(&word.position));
            }
        }
        parsed
            .wanted
            .retain(|atoms| !matches!(atoms.as_slice(), [Atom::Words(words)] if words.is_empty()));
        parsed
    }

    /// What was typed of the words that another query does without, as it was typed: words without a
    /// gap between them are one, and of pairs of characters counts what stands in no other pair.
    pub(crate) fn left_out_of(&self, fewer: &Self) -> Vec<String> {
        let kept: Vec<&Sought> = fewer.words().collect();
        let is_kept = |span: &Range<usize>| {
            let inside = |word: &&&Sought| word.span.start < span.end && span.start < word.span.end;
            kept.iter().find(inside).map(|word| word.span.clone())
        };
        let mut spans: Vec<Range<usize>> = Vec::new();
        for word in self.optional() {
            if kept.iter().any(|kept| kept.position == word.position) {
                continue;
            }
            let mut span = word.span.clone();
            while let Some(kept) = is_kept(&span).filter(|_| !span.is_empty()) {
                if kept.start <= span.start {
                    span.start = kept.end.min(span.end);
                } else {
                    span.end = kept.start;
                }
            }
            if span.is_empty() {
                continue;
            }
            match spans.last_mut() {
                Some(last) if span.start <= last.end => last.end = last.end.max(span.end),
                Some(last)
                    if self.is_one(&(last.end..span.start)) && is_kept(&(last.end..span.start)).is_none() =>
                {
                    last.end = span.end;
                }
                _ => spans.push(span),
            }
        }
        let mut left_out: Vec<String> = Vec::new();
        for typed in spans.into_iter().map(|span| &self.text[span]) {
            if !left_out.iter().any(|known| known == typed) {
                left_out.push(typed.to_owned());
            }
        }
        left_out
    }

    /// Whether what stands between two words joins them.
    fn is_one(&self, between: &Range<usize>) -> bool {
        !self.text[between.clone()].contains(|c: char| c.is_whitespace() || matches!(c, '(' | ')'))
    }

    /// All wanted words.
    pub(crate) fn words(&self) -> impl Iterator<Item = &Sought> {
        self.wanted.iter().flatten().flat_map(|atom| match atom {
            Atom::Words(words) | Atom::Phrase(words) => words,
        })
    }
}

/// Reads a query.
pub(crate) fn parse(text: &str, languages: &Languages) -> Parsed {
    let text: String = text
        .chars()
        .take(LONGEST_QUERY_CHARS)
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    let mut reader = Reader::new(&text, languages);
    reader.read();
    let (wanted, excluded) = (reader.wanted, reader.excluded);
    Parsed {
        text,
        wanted,
        excluded,
    }
}

struct Reader<'a> {
    text: &'a str,
    languages: &'a Languages,
    wanted: Vec<Vec<Atom>>,
    excluded: Vec<Atom>,
    words: usize,
    position: usize,
}

impl<'a> Reader<'a> {
    fn new(text: &'a str, languages: &'a Languages) -> Self {
        Self {
            text,
            languages,
            wanted: Vec::new(),
            excluded: Vec::new(),
            words: 0,
            position: 0,
        }
    }

    fn read(&mut self) {
        let mut at = 0;
        let mut alternative = false;
        let mut not = false;
        // Where all are capital letters, NOT is a word like the others.
        let has_small = self
            .text
            .contains(|c: char| c.is_alphabetic() && !c.is_uppercase());
        while let Some(c) = self.text[at..].chars().next() {
            if c.is_whitespace() {
                at += c.len_utf8();
                continue;
            }
            let signed = is_minus(c) && self.begins_exclusion(at + c.len_utf8());
            let start = at + if signed { c.len_utf8() } else { 0 };
            if self.text[start..].starts_with('(') && !self.is_plain_group(start) {
                // Alternatives bind closer than anything else, so that the brackets say nothing.
                at = start + 1;
                continue;
            }
            let (content, end, quoted) = self.piece(start);
            at = end;
            let excluded = signed || std::mem::take(&mut not);
            if !quoted && !excluded && matches!(&self.text[content.clone()], "OR" | "|") {
                alternative = !self.wanted.is_empty();
                continue;
            }
            if !quoted && !excluded && matches!(&self.text[content.clone()], "AND" | "&") {
                continue;
            }
            if !quoted
                && !excluded
                && has_small
                && &self.text[content.clone()] == "NOT"
                && self.begins_exclusion(self.next_piece(at))
            {
                not = true;
                continue;
            }
            let Some(atom) = self.atom(content, quoted, !excluded) else {
                continue;
            };
            if excluded {
                if self.excluded.len() < MOST_EXCLUSIONS {
                    self.excluded.push(atom);
                }
            } else if alternative && let Some(last) = self.wanted.last_mut() {
                last.push(atom);
            } else {
                self.wanted.push(vec![atom]);
            }
            alternative = false;
        }
    }

    /// A minus excludes only before a word or phrase, so that `-5` stays a number.
    fn begins_exclusion(&self, at: usize) -> bool {
        self.text[at..]
            .chars()
            .next()
            .is_some_and(|c| c.is_alphabetic() || is_quote(c) || c == '(' && self.is_plain_group(at))
    }

    /// Where the next piece begins.
    fn next_piece(&self, at: usize) -> usize {
        self.text.len() - self.text[at..].trim_start().len()
    }

    /// Whether brackets open here around nothing but words.
    fn is_plain_group(&self, at: usize) -> bool {
        let Some(inside) = self.group(at) else {
            return false;
        };
        let inside = &self.text[inside];
        !inside.contains(|c| c == '(' || is_quote(c))
            && !inside
                .split_whitespace()
                .any(|word| matches!(word, "OR" | "|" | "AND" | "&") || word.starts_with('-'))
    }

    /// What stands between the bracket that opens here and the next that closes.
    fn group(&self, at: usize) -> Option<Range<usize>> {
        let inside = self.text[at..].strip_prefix('(')?;
        inside.find(')').map(|length| at + 1..at + 1 + length)
    }

    /// The text between quotes or brackets, or up to the next white space; where it ends; whether quoted.
    fn piece(&self, start: usize) -> (Range<usize>, usize, bool) {
        if let Some(inside) = self.group(start) {
            return (inside.clone(), inside.end + 1, false);
        }
        let rest = &self.text[start..];
        let mut chars = rest.char_indices();
        if let Some((_, first)) = chars.next()
            && is_quote(first)
        {
            let inside = start + first.len_utf8();
            return match self.text[inside..].char_indices().find(|(_, c)| is_quote(*c)) {
                Some((length, last)) => (inside..inside + length, inside + length + last.len_utf8(), true),
                None => self.unquoted(inside),
            };
        }
        self.unquoted(start)
    }

    fn unquoted(&self, start: usize) -> (Range<usize>, usize, bool) {
        // A paragraph's sign belongs to its number.
        let sign = if self.text[start..].starts_with("§ ") {
            "§ ".len()
        } else {
            0
        };
        let length = self.text[start + sign..]
            .find(char::is_whitespace)
            .map_or(self.text.len() - start, |length| sign + length);
        (start..start + length, start + length, false)
    }

    fn atom(&mut self, content: Range<usize>, quoted: bool, wanted: bool) -> Option<Atom> {
        let mut sought = Vec::new();
        let at_end = content.end == self.text.len();
        let words = scan(&self.text[content.clone()]);
        let last = words.len().saturating_sub(1);
        for (index, word) in words.iter().enumerate().filter(|(_, word)| !is_covered(word)) {
            if self.words == MOST_WORDS || sought.len() == MOST_WORDS {
                break;
            }
            self.words += usize::from(wanted);
            let prefix = at_end && !quoted && wanted && index == last && can_begin_words(word);
            let end = end_of_typed(&words[index..]);
            sought.push(self.sought(word, content.start, end, prefix, quoted));
        }
        self.position += words.last().map_or(0, |word| word.position + 1);
        match sought.len() {
            0 => None,
            1 => Some(Atom::Words(sought)),
            _ if quoted => Some(Atom::Phrase(sought)),
            _ => Some(Atom::Words(sought)),
        }
    }

    fn sought(&self, word: &Word, offset: usize, end: usize, prefix: bool, quoted: bool) -> Sought {
        let signs = word.also.is_some() && !word.gram;
        Sought {
            span: offset + word.span.start..offset + end,
            exact: word.also.clone().unwrap_or_else(|| word.exact.clone()),
            loose: if !quoted && !word.gram && !signs {
                self.languages.forms(&word.lowered, &word.exact)
            } else {
                word.whole.clone().filter(|_| !quoted).into_iter().collect()
            },
            prefix,
            gram: word.gram,
            signs,
            quoted,
            position: self.position + word.position,
        }
    }
}

/// Whether another term of the same run stands for it.
fn is_covered(word: &Word) -> bool {
    word.swallowed
}

/// Where the first of some words ends with what stands under the same term: the second of a pair, a fraction.
fn end_of_typed(words: &[Word]) -> usize {
    let paired = usize::from(words[0].gram && words[0].also.is_some());
    let swallowed = words[1..].iter().take_while(|word| word.swallowed).count();
    words[paired.max(swallowed).min(words.len() - 1)].span.end
}

fn can_begin_words(word: &Word) -> bool {
    !word.gram && word.also.is_none() && word.exact.chars().count() >= 2
}

/// As keyboards, and phones in their place, write it; the long dash begins speech in some languages.
fn is_minus(c: char) -> bool {
    matches!(c, '-' | '–' | '\u{2212}')
}

fn is_quote(c: char) -> bool {
    matches!(c, '"' | '\u{201C}' | '\u{201D}' | '\u{201E}' | '«' | '»')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        let parsed = parse(text, &Languages::default());
        let atom = |atom: &Atom| match atom {
            Atom::Words(words) => words
                .iter()
                .map(|w| w.exact.as_str())
                .collect::<Vec<_>>()
                .join("+"),
            Atom::Phrase(words) => {
                format!(
                    "<{}>",
                    words
                        .iter()
                        .map(|w| w.exact.as_str())
                        .collect::<Vec<_>>()
                        .join(" ")
                )
            }
        };
        let group = |atoms: &Vec<Atom>| atoms.iter().map(atom).collect::<Vec<_>>().join("|");
        let wanted = parsed.wanted.iter().map(group).collect::<Vec<_>>().join(" ");
        let excluded: Vec<String> = parsed.excluded.iter().map(|a| format!(" -{}", atom(a))).collect();
        assert_eq!(format!("{wanted}{}", excluded.concat()), expected, "{text}");
    }

    #[test]
    fn reads_words_phrases_exclusions_and_alternatives() {
        check("linear algebra", "linear algebra");
        check("\"linear algebra\" -rings", "<linear algebra> -rings");
        check("cats OR dogs food", "cats|dogs food");
        check("-\"two words\" x", "x -<two words>");
        check("well-known", "well+known");
        check("C++ -5", "c++ 5");
        check("cats NOT dogs", "cats -dogs");
        check("cats NOT \"big dogs\" food", "cats food -<big dogs>");
        check("DO NOT FEED", "do not feed");
        check("cats NOT 5 NOT", "cats not 5 not");
        check("cats –dogs – food —ants", "cats food ants -dogs");
        check("x^2", "x2");
    }

    #[test]
    fn takes_any_text() {
        check("", "");
        check("\"open phrase", "open phrase");
        check("OR OR -- \" \" ((", "");
        check("a\u{0}b", "a b");
        check("צה\"ל", "צהל");
        check("方陣的", "方阵+阵的");
        check("方", "方");
        check("(open", "open");
        check("a ) b (", "a b");
    }

    #[test]
    fn brackets_hold_words_together() {
        check("(red house) OR boat", "red+house|boat");
        check("a (b OR c)", "a b|c");
        check("x -(a b)", "x -a+b");
        check("3.14 § 12", "3.14 §12");
        check("2,5", "2.5");
    }

    #[test]
    fn what_is_typed_again_means_the_same() {
        let parsed = parse("(a b) OR c (a b) OR c \"a b\" d", &Languages::default());
        let meanings: Vec<Vec<Meaning>> = parsed
            .wanted
            .iter()
            .map(|atoms| atoms.iter().map(Atom::meaning).collect())
            .collect();
        assert_eq!(meanings[0], meanings[1]);
        assert_ne!(meanings[0][..1], meanings[2][..]);
    }

    #[test]
    fn caps_words() {
        for text in ["word ", "word OR ", "(a b) OR ", "x\u{1F}", "方"] {
            let parsed = parse(&text.repeat(400), &Languages::default());
            assert_eq!(parsed.words().count(), MOST_WORDS, "{text}");
        }
        let excluded = format!("x {} -({})", "-word ".repeat(50), "word ".repeat(150));
        let parsed = parse(&excluded, &Languages::default());
        assert_eq!(parsed.excluded.len(), MOST_EXCLUSIONS);
        let parsed = parse(&format!("x -({})", "word ".repeat(150)), &Languages::default());
        let Atom::Words(words) = &parsed.excluded[0] else {
            panic!("{:?}", parsed.excluded)
        };
        assert_eq!(words.len(), MOST_WORDS);
        let parsed = parse(&"ab\"(-".repeat(5_000), &Languages::default());
        assert!(parsed.text.chars().count() <= LONGEST_QUERY_CHARS);
    }
}
