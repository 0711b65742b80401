//! The query extractor: unknown, doubled and ill-typed parameters are named in a 422.
use super::invalid;
use crate::problem::Problem;
use axum::extract::FromRequestParts;
use http::request::Parts;
use serde::de::DeserializeOwned;
use std::collections::HashSet;
use url::form_urlencoded;

/// The parameters of the query. Types that are read with it carry
/// `#[serde(deny_unknown_fields)]`, and no parameter may be given twice.
#[derive(Clone, Copy, Debug, Default)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned, S: Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        parse(parts.uri.query().unwrap_or_default()).map(Self)
    }
}

fn parse<T: DeserializeOwned>(query: &str) -> Result<T, Problem> {
    let mut seen = HashSet::new();
    for (name, _) in form_urlencoded::parse(query.as_bytes()) {
        if let Some(twice) = seen.replace(name) {
            return Err(Problem::invalid_field(twice, "is given twice"));
        }
    }
    let pairs = serde_urlencoded::Deserializer::new(form_urlencoded::parse(query.as_bytes()));
    serde_path_to_error::deserialize(pairs)
        .map_err(|error| invalid::problem(&error.path().to_string(), error.inner()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(deny_unknown_fields)]
    struct List {
        limit: Option<u32>,
        cursor: Option<String>,
    }

    fn field(query: &str) -> (u16, String) {
        let problem = parse::<List>(query).unwrap_err();
        (problem.status.as_u16(), problem.errors[0].field.clone())
    }

    #[test]
    fn parameters_are_read() {
        let list: List = parse("limit=5&cursor=a%20b+c").unwrap();
        assert_eq!((list.limit, list.cursor.as_deref()), (Some(5), Some("a b c")));
        assert_eq!(parse::<List>("").unwrap().limit, None);
    }

    #[test]
    fn wrong_ones_are_422_and_named() {
        assert_eq!(field("limit=5&limit=6"), (422, "limit".into()));
        assert_eq!(field("limit=5&colour=red"), (422, "colour".into()));
        for value in ["five", "-1", "", "1e3", "99999999999", "1.0"] {
            assert_eq!(field(&format!("limit={value}")), (422, "limit".into()), "{value}");
        }
    }
}
