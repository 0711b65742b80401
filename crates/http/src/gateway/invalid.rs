//! Turns what serde says about a value into the field and message of a 422.
use crate::problem::Problem;
use std::fmt::Display;

/// The problem for a value at `path` that serde refused with `message`.
pub(super) fn problem(path: &str, message: &impl Display) -> Problem {
    let message = message.to_string();
    if let Some(name) = named(&message, "unknown field ") {
        return Problem::invalid_field(join(path, name), "is not known");
    }
    if let Some(name) = named(&message, "missing field ") {
        return Problem::invalid_field(join(path, name), "is required");
    }
    if let Some(name) = named(&message, "duplicate field ") {
        return Problem::invalid_field(join(path, name), "is given twice");
    }
    Problem::invalid_field(path, requirement(&message))
}

/// The name in backticks after a phrase of serde's.
fn named<'a>(message: &'a str, phrase: &str) -> Option<&'a str> {
    message.strip_prefix(phrase)?.strip_prefix('`')?.split('`').next()
}

/// serde names an unknown field by the object that holds it, and some by their own path.
fn join(path: &str, name: &str) -> String {
    if path.is_empty() || path == "." || path == "?" {
        name.to_owned()
    } else if path == name || path.ends_with(&format!(".{name}")) {
        path.to_owned()
    } else {
        format!("{}.{name}", path.trim_end_matches(".?"))
    }
}

/// What the value must be, without repeating what it was: it may be a password.
fn requirement(message: &str) -> String {
    let message = message.split(" at line ").next().unwrap_or_default();
    match message.split_once("expected ") {
        Some((_, expected)) => format!("must be {expected}"),
        None if message.starts_with("invalid digit") || message.starts_with("cannot parse integer") => {
            "must be a whole number".to_owned()
        }
        None => message.to_owned(),
    }
}
