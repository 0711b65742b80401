//! The fields of a query: `subject:`, `by:`, `type:`, `grade:` and `lang:`, taken out of what was
//! typed and looked up in the records. What is no field stays in the text as words.
use super::known_subjects::KnownSubjects;
use super::{Product, UseCaseError};
use crate::domain::kind::Kind;
use crate::domain::language::Language;
use crate::ports::search_index::{FieldClause, FieldClauses};

/// Fields of one query; later ones stay words.
const MOST_FIELDS: usize = 8;
/// The longest value, in characters.
const LONGEST_VALUE: usize = 100;

/// A query without its fields, and what they mean.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FieldedQuery {
    /// The words that are left.
    pub text: String,
    /// The fields.
    pub fields: FieldClauses,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Name {
    Subject,
    By,
    Type,
    Grade,
    Lang,
}

/// A field as it was typed.
#[derive(Debug, PartialEq, Eq)]
struct Typed {
    name: Name,
    value: String,
    excluded: bool,
}

/// Takes the fields out of a query and looks them up.
///
/// # Errors
/// When the records do not answer.
pub(crate) async fn read_fields(product: &Product, query: &str) -> Result<FieldedQuery, UseCaseError> {
    let (text, typed) = split(query);
    let mut fields = FieldClauses::default();
    for Typed {
        name,
        value,
        excluded,
    } in typed
    {
        let clause = match name {
            Name::Subject => FieldClause::Subject(subjects(product, &value).await?),
            Name::By => person(product, value).await?,
            Name::Type => FieldClause::Kind(Kind::called(&value)),
            Name::Grade => FieldClause::Grade(grades(&value)),
            Name::Lang => FieldClause::Language(languages(&value)),
        };
        let list = if excluded {
            &mut fields.excluded
        } else {
            &mut fields.wanted
        };
        list.push(clause);
    }
    Ok(FieldedQuery { text, fields })
}

/// The text without its fields, and the fields.
fn split(query: &str) -> (String, Vec<Typed>) {
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
    let operators = |word: &str| matches!(word, "OR" | "|" | "AND" | "&");
    if !typed.is_empty()
        && text
            .split([' ', '(', ')'])
            .all(|word| word.is_empty() || operators(word))
    {
        text.clear();
    }
    (text.trim().to_owned(), typed)
}

/// The field that begins here, and its length in bytes.
fn field(text: &str) -> Option<(Typed, usize)> {
    let excluded = text.starts_with('-');
    let rest = &text[usize::from(excluded)..];
    let (name, rest) = rest.split_at_checked(rest.find(':').filter(|at| *at <= 8)?)?;
    let name = match name.to_ascii_lowercase().as_str() {
        "subject" | "נושא" => Name::Subject,
        "by" | "מאת" => Name::By,
        "type" | "סוג" => Name::Type,
        "grade" | "כיתה" => Name::Grade,
        "lang" | "שפה" => Name::Lang,
        _ => return None,
    };
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
    let value = value.trim().chars().take(LONGEST_VALUE).collect();
    let typed = Typed {
        name,
        value,
        excluded,
    };
    Some((typed, text.len() - left.len()))
}

fn is_quote(c: char) -> bool {
    matches!(c, '"' | '\u{201C}' | '\u{201D}' | '\u{201E}')
}

/// Slugs of the subjects that are called so, or if none is, whose name begins so.
async fn subjects(product: &Product, value: &str) -> Result<Vec<String>, UseCaseError> {
    let wanted = value.to_lowercase().replace('-', " ");
    let mut called = Vec::new();
    let mut beginning = Vec::new();
    for subject in KnownSubjects::all(product).await?.iter() {
        let names = [
            subject.slug.as_str().replace('-', " "),
            subject.name.to_lowercase().replace('-', " "),
        ];
        if names.contains(&wanted) {
            called.push(subject.slug.as_str().to_owned());
        } else if names.iter().any(|name| name.starts_with(&wanted)) {
            beginning.push(subject.slug.as_str().to_owned());
        }
    }
    Ok(if called.is_empty() { beginning } else { called })
}

async fn person(product: &Product, value: String) -> Result<FieldClause, UseCaseError> {
    // Only by name: an address would tell whose it is.
    let user = if value.contains('@') {
        None
    } else {
        product.records.user_by_login(&value).await?
    };
    let owners = user.into_iter().map(|user| user.value.id).collect();
    let name = if value.contains('@') { String::new() } else { value };
    Ok(FieldClause::Person(owners, name))
}

/// `9`, or `7-9`.
fn grades(value: &str) -> Vec<u8> {
    let (from, to) = value.split_once(['-', '–']).unwrap_or((value, value));
    match (from.trim().parse::<u8>(), to.trim().parse::<u8>()) {
        (Ok(from), Ok(to)) => (from.max(7)..=to.min(12)).collect(),
        _ => Vec::new(),
    }
}

fn languages(value: &str) -> Vec<String> {
    let lower = value.to_lowercase();
    let tag = match lower.as_str() {
        "english" => "en",
        "hebrew" | "עברית" => "he",
        "arabic" | "العربية" => "ar",
        "russian" | "русский" => "ru",
        "french" | "français" => "fr",
        "german" | "deutsch" => "de",
        "spanish" | "español" => "es",
        "italian" | "italiano" => "it",
        "portuguese" | "português" => "pt",
        "greek" | "ελληνικά" => "el",
        "turkish" | "türkçe" => "tr",
        "hindi" | "हिन्दी" => "hi",
        "thai" | "ไทย" => "th",
        "chinese" | "中文" => "zh",
        "japanese" | "日本語" => "ja",
        "korean" | "한국어" => "ko",
        other => other,
    };
    Language::parse(tag)
        .map(|language| language.as_str().to_owned())
        .into_iter()
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(query: &str, text: &str, fields: &[(Name, &str, bool)]) {
        let (left, typed) = split(query);
        let typed: Vec<_> = typed
            .iter()
            .map(|field| (field.name, field.value.as_str(), field.excluded))
            .collect();
        assert_eq!((left.as_str(), typed.as_slice()), (text, fields), "{query}");
    }

    #[test]
    fn fields_leave_the_text() {
        check(
            "cells subject:biology",
            "cells",
            &[(Name::Subject, "biology", false)],
        );
        check(
            "-by:\"Noa Levi\" Grade:9 x",
            "x",
            &[(Name::By, "Noa Levi", true), (Name::Grade, "9", false)],
        );
        check("(type:pdf waves)", "(  waves)", &[(Name::Type, "pdf", false)]);
        check("lang:עברית", "", &[(Name::Lang, "עברית", false)]);
        check(
            "-שפה:he סוג:pdf",
            "",
            &[(Name::Lang, "he", true), (Name::Type, "pdf", false)],
        );
        let grades = [(Name::Grade, "7", false), (Name::Grade, "8", false)];
        check("grade:7 OR grade:8", "", &grades);
        check("(grade:7 | grade:8) fog", "(  |  ) fog", &grades);
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
        ] {
            check(query, query, &[]);
        }
    }

    #[test]
    fn values_of_closed_lists() {
        assert_eq!(Kind::called("PDF"), [Kind::Pdf]);
        assert_eq!(Kind::called("nothing"), []);
        assert_eq!(grades("7-9"), [7, 8, 9]);
        assert!(grades("x").is_empty() && grades("99").is_empty());
        assert_eq!(languages("Hebrew"), ["he"]);
    }
}
