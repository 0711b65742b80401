//! What the fields of a query mean: `subject:`, `by:`, `type:`, `grade:` and `lang:`, looked up in the records.
use super::known_subjects::KnownSubjects;
use super::{Product, UseCaseError};
use crate::domain::kind::Kind;
use crate::domain::language::Language;
use crate::domain::query::{FieldName, TypedField, split};
use crate::ports::search_index::{FieldClause, FieldClauses};

/// A query without its fields, and what they mean.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FieldedQuery {
    /// The words that are left.
    pub text: String,
    /// The fields.
    pub fields: FieldClauses,
}

/// Takes the fields out of a query and looks them up.
///
/// # Errors
/// When the records do not answer.
pub(crate) async fn read_fields(product: &Product, query: &str) -> Result<FieldedQuery, UseCaseError> {
    let (text, typed) = split(query);
    let mut fields = FieldClauses::default();
    for TypedField {
        name,
        value,
        excluded,
    } in typed
    {
        let clause = match name {
            FieldName::Subject => FieldClause::Subject(subjects(product, &value).await?),
            FieldName::By => person(product, value).await?,
            FieldName::Type => FieldClause::Kind(Kind::called(&value)),
            FieldName::Grade => FieldClause::Grade(grades(&value)),
            FieldName::Lang => FieldClause::Language(languages(&value)),
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

    #[test]
    fn values_of_closed_lists() {
        assert_eq!(Kind::called("PDF"), [Kind::Pdf]);
        assert_eq!(Kind::called("nothing"), []);
        assert_eq!(grades("7-9"), [7, 8, 9]);
        assert!(grades("x").is_empty() && grades("99").is_empty());
        assert_eq!(languages("Hebrew"), ["he"]);
    }
}
