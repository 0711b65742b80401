//! What signs part and others write as one: `1,024`, `e-mail`, `F-16`, `U.S.A.`
use super::fold::fold;
use super::{Class, class_at, is_number, spelled, word_end};
use std::ops::Range;

/// What parts the thousands of a number in some country: signs, an apostrophe, and spaces that keep it together.
const GROUPS: [char; 7] = [',', '.', '\'', '\u{2019}', '\u{A0}', '\u{202F}', '\u{66C}'];
pub(super) const GROUP_DIGITS: usize = 3;
/// What joins words that others write as one.
const HYPHENS: [char; 3] = ['-', '\u{2010}', '\u{2011}'];
/// Longer words are not joined, in bytes.
const LONGEST_JOINED: usize = 48;
/// Longer numbers are not put together.
const LONGEST_NUMBER: usize = 24;

/// The sign at a place of a text, if it is one of these.
fn sign_at(text: &str, at: usize, is_sign: impl Fn(char) -> bool) -> Option<char> {
    text[at..].chars().next().filter(|c| is_sign(*c))
}

/// Whether what begins at a place goes on from before it: a sign stands there, and behind it what is parted.
fn goes_before(
    text: &str,
    at: usize,
    is_sign: impl Fn(char) -> bool,
    is_parted: impl Fn(char) -> bool,
) -> bool {
    let mut before = text[..at].chars().rev();
    before.next().is_some_and(is_sign) && before.next().is_some_and(is_parted)
}

/// Whether a character may part the groups of a number.
pub(super) fn parts_groups(c: char) -> bool {
    GROUPS.contains(&c)
}

/// A number in groups of three digits as one: `1024` for the `1` of `1,024`.
pub(super) fn whole_number(text: &str, span: Range<usize>, exact: &str) -> Option<String> {
    let parted = |at| sign_at(text, at, parts_groups);
    let sign = parted(span.end)?;
    let begun = goes_before(text, span.start, parts_groups, char::is_numeric);
    if begun || exact.len() > GROUP_DIGITS || !is_number(exact) {
        return None;
    }
    let mut whole = exact.to_owned();
    let mut at = span.end;
    while parted(at) == Some(sign) && whole.len() < LONGEST_NUMBER {
        let start = at + sign.len_utf8();
        let end = word_end(text, start);
        let group = fold(&text[start..end]);
        if group.len() != GROUP_DIGITS || !is_number(&group) {
            break;
        }
        whole.push_str(&group);
        at = end;
    }
    let goes_on = parted(at) == Some(sign) && text[at + sign.len_utf8()..].starts_with(char::is_numeric);
    (at > span.end && !goes_on).then_some(whole)
}

/// What begins here and is also written as one word, `e-mail`, `F-16` and `U.S.A.`: that word as compared, and where
/// it ends.
pub(crate) fn as_one(text: &str, span: Range<usize>) -> Option<(usize, String)> {
    let joins = |at| sign_at(text, at, |c| HYPHENS.contains(&c) || c == '.');
    let sign = joins(span.end)?;
    let letter = |raw: &str| raw.chars().count() == 1 && raw.chars().all(char::is_alphabetic);
    let fits = |raw: &str| sign != '.' || letter(raw);
    let begun = goes_before(text, span.start, |c| c == sign, char::is_alphanumeric);
    if begun || !fits(&text[span.clone()]) {
        return None;
    }
    let mut joined = spelled(&text[span.clone()]).1;
    let mut end = span.end;
    while joins(end) == Some(sign) && joined.len() < LONGEST_JOINED {
        let start = end + sign.len_utf8();
        if !class_at(text, start).is_some_and(|(class, _)| class == Class::Letter) {
            break;
        }
        let next = word_end(text, start);
        if !fits(&text[start..next]) {
            return None;
        }
        joined.push_str(&spelled(&text[start..next]).1);
        end = next;
    }
    (end > span.end && joined.chars().any(char::is_alphabetic)).then_some((end, joined))
}

#[cfg(test)]
mod tests {
    use super::super::scan;
    use super::*;

    #[test]
    fn thousands_are_one_number() {
        let wholes = |text: &str| -> Vec<String> {
            let words = scan(text).into_iter();
            words.filter_map(|word| word.whole).collect()
        };
        for text in [
            "1,024",
            "1.024",
            "1'024",
            "1\u{202F}024",
            "١٬٠٢٤",
            "of 1,024.",
            "1,024.50",
        ] {
            assert_eq!(wholes(text), ["1024"], "{text}");
        }
        assert_eq!(wholes("12.345.678,9"), ["12345678"]);
        for text in [
            "1024",
            "3.14",
            "3.1415",
            "12.05.2024",
            "10.100.1.1",
            "1, 024",
            "a,024",
            "1234,567",
        ] {
            assert!(wholes(text).is_empty(), "{text}");
        }
    }

    #[test]
    fn words_that_others_write_as_one() {
        let check = |text: &str, expected: Option<&str>| {
            let joined = as_one(text, 0..word_end(text, 0));
            assert_eq!(joined.map(|(_, joined)| joined).as_deref(), expected, "{text}");
        };
        check("e-mail", Some("email"));
        check("F-16.", Some("f16"));
        check("state-of-the-art", Some("stateoftheart"));
        check("U.S.A.", Some("usa"));
        for text in ["3.14", "2025-04-11", "end.Begin", "a.b.see", "word - word", "x"] {
            check(text, None);
        }
        assert!(as_one("e-mail-box", 2..6).is_none());
    }
}
