//! From text to terms: where words are, and how each is spelled in the index. The same scan serves
//! indexing, queries and snippets, so that they cannot disagree.
mod american;
mod class;
pub(crate) mod fold;
mod han;
mod joined;
mod memory;
mod parts;
pub(crate) mod stem;
pub(crate) mod terms;

use class::{Class, Nature, ascii_class, is_raised, is_symbol, nature};
use fold::{fold, lower};
use foldhash::fast::RandomState;
use han::simplified;
pub(crate) use joined::as_one;
use joined::{parts_groups, whole_number};
pub(crate) use memory::{Memory, Spelled};
pub(crate) use parts::{has_parts, parts};
use std::cell::RefCell;
use std::collections::HashMap;
use std::ops::Range;
pub(crate) use stem::Languages;
use unicode_normalization::UnicodeNormalization;

/// Longer words are cut: nobody types them, and terms have a limit.
const LONGEST_WORD_CHARS: usize = 64;

/// Signs that may belong to the word before them.
const SIGNS: [char; 5] = ['+', '#', '.', ',', '^'];

/// Words that each thread remembers the spelling of.
const MOST_REMEMBERED: usize = 8_192;

/// A word, or one character of a script that is written without spaces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Word {
    /// Where it stands in the text, in bytes.
    pub(crate) span: Range<usize>,
    /// Its number in the text, for phrases.
    pub(crate) position: usize,
    /// With accents, for stemmers.
    pub(crate) lowered: String,
    /// As compared.
    pub(crate) exact: String,
    /// A second exact term at the same position: `c++`, `x2` for `x^2`, `3.14`, `§12`, or the pair
    /// that begins here.
    pub(crate) also: Option<String>,
    /// The number that begins here without what parts its thousands: `1024` for `1,024`.
    pub(crate) whole: Option<String>,
    /// Written without spaces: found by pairs.
    pub(crate) gram: bool,
    /// Belongs to the word or pair before it and need not be looked up by itself.
    pub(crate) swallowed: bool,
}

/// Finds the words of a text.
pub(crate) fn scan(text: &str) -> Vec<Word> {
    let mut words = Vec::with_capacity(text.len() / 6);
    let mut at = 0;
    while let Some((class, length)) = class_at(text, at) {
        match class {
            Class::Letter => at = push_word(text, at, &mut words),
            Class::Gram => at = push_grams(text, at, &mut words),
            Class::Ignorable | Class::Gap => at += length,
        }
    }
    words
}

/// What [`pieces`] finds.
pub(crate) enum Piece {
    /// A word.
    Word(Range<usize>),
    /// A character of a script without spaces.
    Character(Range<usize>),
}

/// Words and, one by one, characters of scripts without spaces, which are not looked at closely as [`scan`] does.
pub(crate) fn pieces(text: &str) -> impl Iterator<Item = Piece> {
    let mut at = 0;
    std::iter::from_fn(move || {
        while let Some((class, length)) = class_at(text, at) {
            let start = at;
            at += length;
            match class {
                Class::Letter => {
                    at = word_end(text, start);
                    return Some(Piece::Word(start..at));
                }
                Class::Gram => return Some(Piece::Character(start..at)),
                Class::Ignorable | Class::Gap => {}
            }
        }
        None
    })
}

/// The characters of scripts without spaces as they are compared, and where they stand; all else is passed
/// over, which costs far less than [`scan`].
pub(crate) fn characters(text: &str) -> Vec<(Range<usize>, char)> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some((class, length)) = class_at(text, at) {
        at = match class {
            Class::Gram => clusters(text, at, |span, c| found.push((span, c))),
            _ => at + length,
        };
    }
    found
}

/// A word by itself as compared, as [`scan`] would find it.
pub(crate) fn compared(raw: &str) -> String {
    spelled(raw).1
}

/// Where the word that begins here ends.
fn word_end(text: &str, start: usize) -> usize {
    // Most words are of ASCII alone, and end before something of ASCII.
    let bytes = &text.as_bytes()[start..];
    let ascii = bytes
        .iter()
        .take_while(|byte| byte.is_ascii_alphanumeric())
        .count();
    if ascii > 0 && bytes.get(ascii).is_none_or(u8::is_ascii) {
        return start + ascii;
    }
    let mut end = start;
    let mut last: Option<(char, Nature)> = None;
    let mut rest = text[start..].char_indices().peekable();
    while let Some((offset, c)) = rest.next() {
        let here = nature(c);
        let inside = match here.class {
            _ if last.is_some_and(|(_, last)| here.parts_from(last)) => false,
            Class::Letter | Class::Ignorable => true,
            Class::Gram => false,
            Class::Gap => {
                joins_hebrew(c)
                    && last.is_some_and(|(last, _)| is_hebrew(last))
                    && rest.peek().is_some_and(|(_, next)| is_hebrew(*next))
            }
        };
        if !inside {
            break;
        }
        end = start + offset + c.len_utf8();
        last = Some((c, here));
    }
    end
}

fn push_word(text: &str, start: usize, words: &mut Vec<Word>) -> usize {
    let (end, raw) = cut(text, start);
    let (lowered, exact) = spelled(raw);
    if exact.is_empty() {
        return end;
    }
    let Together {
        also,
        whole,
        swallows,
    } = together(text, start..end, &exact);
    let position = words.last().map_or(0, |last| last.position + 1);
    let swallowed = words.last().is_some_and(|last: &Word| {
        let mut between = text[last.span.end..start].chars();
        let sign = between.next().filter(|_| between.next().is_none());
        let one = last.also.is_some() || last.swallowed && is_number(&exact);
        one && sign.is_some_and(|sign| sign == '^' || parts_groups(sign))
    });
    words.push(Word {
        span: start..end + swallows,
        position,
        lowered,
        exact,
        also,
        whole,
        gram: false,
        swallowed,
    });
    end + swallows
}

/// Where the word that begins here ends, and as much of it as is looked up.
fn cut(text: &str, start: usize) -> (usize, &str) {
    let end = word_end(text, start);
    (end, looked_up(&text[start..end]))
}

/// As much of a word as is looked up.
fn looked_up(raw: &str) -> &str {
    if raw.len() <= LONGEST_WORD_CHARS {
        return raw;
    }
    let longest = raw.char_indices().nth(LONGEST_WORD_CHARS);
    longest.map_or(raw, |(length, _)| &raw[..length])
}

/// What a word is together with the signs around it.
struct Together {
    /// The second term.
    also: Option<String>,
    /// The whole number.
    whole: Option<String>,
    /// How many bytes of signs belong to the word.
    swallows: usize,
}

fn together(text: &str, span: Range<usize>, exact: &str) -> Together {
    let after = &text[span.end..];
    let (mut also, swallows) = if after.starts_with(SIGNS) {
        with_signs(exact, after)
    } else if after.starts_with(is_raised) {
        let length = word_end(after, 0);
        (Some(format!("{exact}{}", fold(&lower(&after[..length])))), length)
    } else {
        (None, 0)
    };
    let whole = whole_number(text, span.clone(), exact);
    if let Some(whole) = &whole {
        let group = &whole[exact.len()..exact.len() + joined::GROUP_DIGITS];
        also.get_or_insert_with(|| format!("{exact}.{group}"));
    }
    if also.is_none() && is_number(exact) && text[..span.start].trim_end_matches(' ').ends_with('§') {
        also = Some(format!("§{exact}"));
    }
    Together {
        also,
        whole,
        swallows,
    }
}

/// A word in lower case and as compared. Frequent words of other scripts are remembered, since
/// normalisation costs far more than looking them up.
fn spelled(raw: &str) -> (String, String) {
    let raw = looked_up(raw);
    thread_local! {
        static KNOWN: RefCell<HashMap<String, (String, String), RandomState>> = RefCell::default();
    }
    if raw.is_ascii() {
        return spell(raw);
    }
    KNOWN.with_borrow_mut(|known| {
        if let Some(spelled) = known.get(raw) {
            return spelled.clone();
        }
        if known.len() >= MOST_REMEMBERED {
            known.clear();
        }
        let spelled = spell(raw);
        known.insert(raw.to_owned(), spelled.clone());
        spelled
    })
}

fn spell(raw: &str) -> (String, String) {
    if raw.starts_with(is_symbol) {
        return (raw.to_owned(), raw.to_owned()); // its parts are no letters: ≠ is not = with a stroke
    }
    let lowered = lower(raw);
    let exact = fold(&lowered);
    (lowered, exact)
}

/// `c++`, `c#`, `x^2` and `3.14` as one more term; and how many bytes of signs belong to the word.
fn with_signs(exact: &str, after: &str) -> (Option<String>, usize) {
    for sign in ["++", "#"] {
        if let Some(rest) = after.strip_prefix(sign)
            && !rest.chars().next().is_some_and(char::is_alphanumeric)
        {
            return (Some(format!("{exact}{sign}")), sign.len());
        }
    }
    if is_number(exact)
        && let Some(fraction) = after.strip_prefix(['.', ','])
    {
        let digits: String = fraction
            .chars()
            .take_while(char::is_ascii_digit)
            .take(12)
            .collect();
        if !digits.is_empty() {
            return (Some(format!("{exact}.{digits}")), 0);
        }
    }
    if let Some(power) = after.strip_prefix('^') {
        let digits: String = power.chars().take_while(char::is_ascii_digit).take(4).collect();
        if !digits.is_empty() {
            return (Some(format!("{exact}{digits}")), 0);
        }
    }
    (None, 0)
}

fn is_number(exact: &str) -> bool {
    exact.bytes().all(|byte| byte.is_ascii_digit())
}

/// One entry for each character of the run, each with the pair that begins at it.
fn push_grams(text: &str, start: usize, words: &mut Vec<Word>) -> usize {
    let first = words.len();
    let mut position = words.last().map_or(0, |last| last.position + 1);
    let end = clusters(text, start, |span, c| {
        words.push(Word {
            span,
            position,
            lowered: String::new(),
            exact: c.to_string(),
            also: None,
            whole: None,
            gram: true,
            swallowed: false,
        });
        position += 1;
    });
    for index in first + 1..words.len() {
        words[index - 1].also = Some(format!("{}{}", words[index - 1].exact, words[index].exact));
        if index + 1 == words.len() {
            words[index].swallowed = true;
        }
    }
    end
}

/// Calls back with each character of a run as it is compared, and where it stands; gives where the
/// run ends.
fn clusters(text: &str, start: usize, mut f: impl FnMut(Range<usize>, char)) -> usize {
    let mut end = start;
    let mut at = start;
    while let Some(c) = text[at..].chars().next() {
        if nature(c).class != Class::Gram {
            match over_line_break(&text[at..]) {
                Some(length) => {
                    at += length;
                    continue;
                }
                None => break,
            }
        }
        end = at;
        let after = end + c.len_utf8();
        let rest = text[after..].chars().take_while(|c| continues_cluster(*c));
        let cluster_end = after + rest.map(char::len_utf8).sum::<usize>();
        if cluster_end == after && is_simple(c) {
            f(end..after, simplified(c));
        } else {
            for c in text[end..cluster_end].nfkc().flat_map(char::to_lowercase) {
                f(end..cluster_end, simplified(c));
            }
        }
        end = cluster_end;
        at = end;
    }
    end
}

/// How long a single line break is after which a run goes on: lines of these scripts end anywhere.
fn over_line_break(text: &str) -> Option<usize> {
    let next = text.trim_start_matches([' ', '\r', '\n', '\u{3000}']);
    let length = text.len() - next.len();
    let breaks = text[..length].bytes().filter(|byte| *byte == b'\n').count();
    (breaks == 1
        && next
            .chars()
            .next()
            .is_some_and(|c| nature(c).class == Class::Gram))
    .then_some(length)
}

/// How long a line break is that only the width of the page made, between characters that are written without
/// spaces; Korean has spaces.
pub(crate) fn line_break_within(before: char, text: &str) -> Option<usize> {
    let unspaced = match before {
        '\u{1100}'..='\u{11FF}' | '\u{3131}'..='\u{318E}' | '\u{AC00}'..='\u{D7A3}' => false,
        '\u{3001}'..='\u{303F}' | '\u{FF01}'..='\u{FF65}' => true, // punctuation
        _ => nature(before).class == Class::Gram,
    };
    unspaced.then(|| over_line_break(text))?
}

/// Characters that are their own normal form.
fn is_simple(c: char) -> bool {
    matches!(c, '\u{4E00}'..='\u{9FFF}' | '\u{3041}'..='\u{3096}' | '\u{30A1}'..='\u{30FA}' | '\u{0E01}'..='\u{0E32}')
}

/// What belongs to the character before it: kana sound marks and the inner letters of Hangul.
fn continues_cluster(c: char) -> bool {
    matches!(
        c,
        '\u{3099}' | '\u{309A}' | '\u{FF9E}' | '\u{FF9F}' | '\u{1160}'..='\u{11FF}'
    )
}

/// What stands at a place of a text, and its length in bytes; `None` at the end.
fn class_at(text: &str, at: usize) -> Option<(Class, usize)> {
    let byte = *text.as_bytes().get(at)?;
    if byte.is_ascii() {
        return Some((ascii_class(byte), 1));
    }
    let c = text[at..].chars().next()?;
    Some((nature(c).class, c.len_utf8()))
}

fn is_hebrew(c: char) -> bool {
    matches!(c, '\u{0591}'..='\u{05EA}')
}

/// Quotation marks that stand for gershayim and geresh inside Hebrew abbreviations.
fn joins_hebrew(c: char) -> bool {
    matches!(c, '"' | '\'' | '\u{05F3}' | '\u{05F4}' | '\u{201D}' | '\u{2019}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[&str]) {
        let words = scan(text);
        let terms: Vec<&str> = words
            .iter()
            .flat_map(|w| std::iter::once(w.exact.as_str()).chain(w.also.as_deref()))
            .collect();
        assert_eq!(terms, expected, "{text}");
        for word in &words {
            assert!(text.get(word.span.clone()).is_some());
        }
    }

    #[test]
    fn words_numbers_signs_and_pairs() {
        check("Hello, World 42", &["hello", "world", "42"]);
        check("C++ and C#", &["c", "c++", "and", "c", "c#"]);
        check("x^2", &["x", "x2", "2"]);
        check(
            "x² m/s² note¹ ²",
            &["x", "x2", "m", "s", "s2", "note", "note1", "2"],
        );
        check("3,14 § 12", &["3", "3.14", "14", "12", "§12"]);
        check("H2O CO₂ 1999.", &["h2o", "co2", "1999"]);
        check("צה\"ל", &["צהל"]);
        check("方陣 可", &["方", "方阵", "阵", "可"]);
        check("ｶﾞ", &["ガ"]);
        check("ab中", &["ab", "中"]);
        check("长\n江", &["长", "长江", "江"]);
        check("长 \r\n 江", &["长", "长江", "江"]);
        check("长\n\n江 河\nab", &["长", "江", "河", "ab"]);
        check("\u{200f}…", &[]);
        check("∇f ≠ √2∑", &["∇", "f", "≠", "√", "2", "∑"]);
        check("a − b ∙ 3∗4 ∼", &["a", "b", "3", "4"]);
    }
}
