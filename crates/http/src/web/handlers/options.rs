//! What forms let one choose from.
use super::cards::Subjects;
use super::visitor::Visitor;
use crate::web::context::{Choice, SelectOption};
use homeroom_core::domain::user::Grade;

/// The languages that are offered; a material may have any other.
const LANGUAGES: [&str; 19] = [
    "en", "he", "ar", "ru", "fr", "es", "de", "it", "am", "uk", "zh", "ja", "ko", "hi", "pt", "tr", "fa",
    "el", "la",
];
const LICENCES: [&str; 6] = [
    "CC0 1.0",
    "CC BY 4.0",
    "CC BY-SA 4.0",
    "CC BY-NC 4.0",
    "CC BY-NC-SA 4.0",
    "All rights reserved",
];

fn option(value: &str, label: String, present: &str) -> SelectOption {
    let state = if value == present {
        Choice::Chosen
    } else {
        Choice::Open
    };
    SelectOption {
        value: value.to_owned(),
        label,
        state,
    }
}

fn none(visitor: &Visitor, present: &str) -> SelectOption {
    option("", visitor.t.text("choose-none"), present)
}

/// Subjects, the first being "none".
pub(super) fn subjects(subjects: &Subjects, visitor: &Visitor, present: &str) -> Vec<SelectOption> {
    let all = subjects
        .names(visitor)
        .into_iter()
        .map(|(slug, name)| option(&slug, name, present));
    std::iter::once(none(visitor, present)).chain(all).collect()
}

/// Grades, the first being "none".
pub(super) fn grades(visitor: &Visitor, present: &str) -> Vec<SelectOption> {
    let all = Grade::ALL.iter().map(|grade| {
        option(
            &grade.number().to_string(),
            visitor.t.grade(grade.number()),
            present,
        )
    });
    std::iter::once(none(visitor, present)).chain(all).collect()
}

/// Languages, the first being "none"; one that is not offered is kept when it is the present one.
pub(super) fn languages(visitor: &Visitor, present: &str) -> Vec<SelectOption> {
    let other = (!present.is_empty() && !LANGUAGES.contains(&present)).then_some(present);
    let all = LANGUAGES
        .into_iter()
        .chain(other)
        .map(|code| option(code, visitor.t.language(code), present));
    std::iter::once(none(visitor, present)).chain(all).collect()
}

/// Licences, the first being "none".
pub(super) fn licences(visitor: &Visitor, present: &str) -> Vec<SelectOption> {
    let other = (!present.is_empty() && !LICENCES.contains(&present)).then_some(present);
    let all = LICENCES
        .into_iter()
        .chain(other)
        .map(|name| option(name, name.to_owned(), present));
    std::iter::once(none(visitor, present)).chain(all).collect()
}

/// Who may see it. `class` is offered once a material can belong to one; until then it is kept
/// where it stands.
pub(super) fn visibilities(visitor: &Visitor, present: &str) -> Vec<SelectOption> {
    ["private", "class", "school", "public"]
        .into_iter()
        .filter(|name| *name != "class" || *name == present)
        .map(|name| option(name, visitor.t.text(&format!("visibility-{name}")), present))
        .collect()
}
