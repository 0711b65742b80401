//! The signs of the query language: fields such as `subject:biology`, what excludes, what joins. Words are none of
//! them; what they mean is the search index's.
use std::ops::Range;

/// Fields of one query; later ones stay words.
const MOST_FIELDS: usize = 8;
/// The longest value, in characters.
const LONGEST_VALUE: usize = 100;

/// What a field asks about a material.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldName {
    /// What it is about.
    Subject,
    /// Who shared it.
    By,
    /// What kind of file it is.
    Type,
    /// For which grade it is.
    Grade,
    /// In what it is written.
    Lang,
}

impl FieldName {
    /// The field that is called so, in English or Hebrew.
    fn called(name: &str) -> Option<Self> {
        match name.to_ascii_lowercase().as_str() {
            "subject" | "נושא" => Some(Self::Subject),
            "by" | "מאת" => Some(Self::By),
            "type" | "סוג" => Some(Self::Type),
            "grade" | "כיתה" => Some(Self::Grade),
            "lang" | "שפה" => Some(Self::Lang),
            _ => None,
        }
    }
}

/// A field as it was typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypedField {
    /// Which.
    pub name: FieldName,
    /// What stands behind the colon, without quotes; at most 100 characters.
    pub value: String,
    /// Whether a sign before it excludes what fits.
    pub excluded: bool,
}

/// What joins words, and is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    /// `OR`, `|`
    Or,
    /// `AND`, `&`
    And,
    /// `NOT`: what follows is excluded.
    Not,
}

impl Operator {
    /// The operator that a word is.
    pub fn of(word: &str) -> Option<Self> {
        match word {
            "OR" | "|" => Some(Self::Or),
            "AND" | "&" => Some(Self::And),
            "NOT" => Some(Self::Not),
            _ => None,
        }
    }
}

/// Whether a sign before a word excludes it: a minus as keyboards, and phones in its place, write it. The long
/// dash is none, which begins speech in some languages.
pub const fn is_minus(c: char) -> bool {
    matches!(c, '-' | '–' | '\u{2212}')
}

/// Whether a sign before a field excludes it. Nobody begins speech with a field.
const fn is_minus_of_field(c: char) -> bool {
    is_minus(c) || c == '—'
}

/// Whether a sign opens or closes a phrase.
pub const fn is_quote(c: char) -> bool {
    matches!(c, '"' | '\u{201C}' | '\u{201D}' | '\u{201E}' | '«' | '»')
}

/// A query's text without its fields, and the fields. What is no field stays in the text as words.
pub fn split(query: &str) -> (String, Vec<TypedField>) {
    let mut text = String::with_capacity(query.len());
    let mut typed = Vec::new();
    let mut quoted = false;
    let mut begins = true;
    let mut at = 0;
    while let Some(c) = query[at..].chars().next() {
        if begins
            && !quoted
            && typed.len() < MOST_FIELDS
            && let Some((field, length)) = field(&query[at..])
        {
            typed.push(field);
            at += length;
            text.push(' ');
            continue;
        }
        quoted ^= is_quote(c);
        begins = c.is_whitespace() || c == '(';
        text.push(c);
        at += c.len_utf8();
    }
    // What stood between fields only: those of one name are alternatives anyway.
    let joins = |word: &str| matches!(Operator::of(word), Some(Operator::Or | Operator::And));
    if !typed.is_empty()
        && text
            .split([' ', '(', ')'])
            .all(|word| word.is_empty() || joins(word))
    {
        text.clear();
    }
    (text.trim().to_owned(), typed)
}

/// The field that begins here, and its length in bytes.
fn field(text: &str) -> Option<(TypedField, usize)> {
    let unsigned = text.strip_prefix(is_minus_of_field);
    let rest = unsigned.unwrap_or(text);
    let (name, rest) = rest.split_at_checked(rest.find(':').filter(|at| *at <= 8)?)?;
    let name = FieldName::called(name)?;
    let rest = &rest[1..];
    let first = rest.chars().next()?;
    let (value, left) = if is_quote(first) {
        let inside = &rest[first.len_utf8()..];
        let end = inside.char_indices().find(|(_, c)| is_quote(*c))?;
        (&inside[..end.0], &inside[end.0 + end.1.len_utf8()..])
    } else {
        rest.split_at(
            rest.find(|c: char| c.is_whitespace() || c == '(' || c == ')')
                .unwrap_or(rest.len()),
        )
    };
    if value.trim().is_empty() {
        return None;
    }
    let typed = TypedField {
        name,
        value: value.trim().chars().take(LONGEST_VALUE).collect(),
        excluded: unsigned.is_some(),
    };
    Some((typed, text.len() - left.len()))
}

/// The words and phrases of a query that are looked for: without fields, without what joins, and without what is
/// excluded.
pub fn wanted(query: &str) -> Vec<String> {
    let (text, _) = split(query);
    let mut wanted = Vec::new();
    let (mut at, mut not) = (0, false);
    while let Some(c) = text[at..].chars().next() {
        if c.is_whitespace() || matches!(c, '(' | ')') {
            at += c.len_utf8();
            continue;
        }
        let behind = text[at..].strip_prefix(is_minus).unwrap_or_default();
        let excludes = behind.starts_with(|c: char| c.is_alphabetic() || is_quote(c) || c == '(');
        let start = if excludes { text.len() - behind.len() } else { at };
        let (piece, quoted) = piece(&text, start);
        let after = piece.end + text[piece.end..].chars().next().map_or(0, char::len_utf8);
        at = if quoted { after } else { piece.end };
        let word = &text[piece];
        match Operator::of(word).filter(|_| !quoted && !excludes) {
            Some(operator) => not = operator == Operator::Not,
            None if excludes || std::mem::take(&mut not) => {}
            None => wanted.push(word.to_owned()),
        }
    }
    wanted
}

/// The phrase or the brackets that begin here, without their signs (true), or the word.
fn piece(text: &str, start: usize) -> (Range<usize>, bool) {
    let first = text[start..].chars().next().unwrap_or(' ');
    let inside = start + first.len_utf8();
    let ends: Option<fn(char) -> bool> = match first {
        '(' => Some(|c| c == ')'),
        _ if is_quote(first) => Some(is_quote),
        _ => None,
    };
    if let Some(length) = ends.and_then(|ends| text[inside..].find(ends)) {
        return (inside..inside + length, true);
    }
    let length = text[inside..].find(|c: char| c.is_whitespace() || matches!(c, '(' | ')'));
    (start..length.map_or(text.len(), |length| inside + length), false)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(query: &str, text: &str, fields: &[(FieldName, &str, bool)]) {
        let (left, typed) = split(query);
        let typed: Vec<_> = typed
            .iter()
            .map(|field| (field.name, field.value.as_str(), field.excluded))
            .collect();
        assert_eq!((left.as_str(), typed.as_slice()), (text, fields), "{query}");
    }

    #[test]
    fn fields_leave_the_text() {
        use FieldName::{By, Grade, Lang, Subject, Type};
        check("cells subject:biology", "cells", &[(Subject, "biology", false)]);
        check(
            "-by:\"Noa Levi\" Grade:9 x",
            "x",
            &[(By, "Noa Levi", true), (Grade, "9", false)],
        );
        check("(type:pdf waves)", "(  waves)", &[(Type, "pdf", false)]);
        check("lang:עברית", "", &[(Lang, "עברית", false)]);
        check("-שפה:he סוג:pdf", "", &[(Lang, "he", true), (Type, "pdf", false)]);
        let grades = [(Grade, "7", false), (Grade, "8", false)];
        check("grade:7 OR grade:8", "", &grades);
        check("(grade:7 | grade:8) fog", "(  |  ) fog", &grades);
    }

    #[test]
    fn whatever_a_keyboard_makes_of_a_minus_excludes_a_field() {
        for sign in ["-", "–", "—", "\u{2212}"] {
            let excluded = [(FieldName::Type, "pdf", true)];
            check(&format!("{sign}type:pdf"), "", &excluded);
            check(&format!("cells {sign}type:\"pdf\""), "cells", &excluded);
            check(&format!("cells ({sign}type:pdf)"), "cells ( )", &excluded);
            let spaced = format!("cells {sign} type:pdf");
            check(
                &spaced,
                &format!("cells {sign}"),
                &[(FieldName::Type, "pdf", false)],
            );
            check(&format!("a{sign}type:pdf"), &format!("a{sign}type:pdf"), &[]);
        }
    }

    #[test]
    fn what_is_no_field_stays_words() {
        for query in [
            "foo:bar",
            "subject: math",
            "subject:\"open",
            "\"subject:math\"",
            "https://x.example",
            "resubject:math",
            "é:x",
            ":",
            "-",
            "—",
            "--subject:math",
        ] {
            check(query, query, &[]);
        }
    }

    #[test]
    fn what_is_looked_for_is_neither_field_nor_joint_nor_excluded() {
        for (query, expected) in [
            ("krebs cycle", &["krebs", "cycle"][..]),
            ("subject:\"computer science\" OR krebs | cell", &["krebs", "cell"]),
            ("נושא:ביולוגיה תא", &["תא"]),
            (
                "krebs -cycle –citric \u{2212}\"acid rain\" -(sour milk) x",
                &["krebs", "x"],
            ),
            ("—speech", &["—speech"]),
            ("krebs NOT cycle AND acid", &["krebs", "acid"]),
            ("\"not OR this\" (a OR b)", &["not OR this", "a", "b"]),
            ("-5 x-y «a b» \"open", &["-5", "x-y", "a b", "\"open"]),
            ("-", &["-"]),
            ("((", &[]),
        ] {
            assert_eq!(wanted(query), expected, "{query}");
        }
    }
}
