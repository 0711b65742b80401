//! What a form sent: its fields, after its token was checked.
use super::visitor::Visitor;
use crate::api::App;
use crate::api::caller::csrf_fits;
use crate::problem::Problem;
use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use std::collections::HashMap;

/// A form of a page with whoever sent it. With a session its `csrf` field must be the session's;
/// without one nothing can be done in anybody's name, and the gateway refuses foreign origins.
pub(super) struct Form {
    pub visitor: Visitor,
    fields: HashMap<String, String>,
    /// All pairs, for fields that come several times.
    pairs: Vec<(String, String)>,
}

impl Form {
    /// All values of a field that may come several times.
    pub fn all(&self, name: &str) -> Vec<&str> {
        let named = self.pairs.iter().filter(|(key, _)| key == name);
        named.map(|(_, value)| value.as_str()).collect()
    }

    /// A field as it was typed; empty when it is absent.
    pub fn text(&self, name: &str) -> &str {
        self.fields.get(name).map_or("", String::as_str)
    }

    /// A field that may be left empty.
    pub fn optional(&self, name: &str) -> Option<String> {
        Some(self.text(name))
            .filter(|text| !text.trim().is_empty())
            .map(str::to_owned)
    }

    /// A number that may be left empty; anything else becomes one that is refused.
    pub fn number(&self, name: &str) -> Option<i64> {
        self.optional(name).map(|text| text.trim().parse().unwrap_or(-1))
    }
}

/// The answer to a form whose token is missing or old.
pub(super) fn stale() -> Problem {
    Problem::new(
        StatusCode::FORBIDDEN,
        "csrf_token_missing",
        "The page was open for too long; load it again",
    )
}

impl FromRequest<App> for Form {
    type Rejection = Response;

    async fn from_request(request: Request, app: &App) -> Result<Self, Response> {
        use axum::extract::FromRequestParts;
        let (mut parts, body) = request.into_parts();
        let visitor = Visitor::from_request_parts(&mut parts, app).await?;
        let is_form = parts
            .headers
            .get(header::CONTENT_TYPE)
            .is_some_and(|kind| kind.as_bytes().starts_with(b"application/x-www-form-urlencoded"));
        if !is_form {
            let problem = Problem::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "unsupported_media_type",
                "Send a form",
            );
            return Err(visitor.trouble(&problem));
        }
        let body = Bytes::from_request(Request::from_parts(parts, body), app)
            .await
            .map_err(IntoResponse::into_response)?;
        let pairs: Vec<(String, String)> = url::form_urlencoded::parse(&body).into_owned().collect();
        let fields: HashMap<String, String> = pairs.iter().cloned().collect();
        let token = fields.get("csrf").map_or("", String::as_str);
        if visitor
            .identity
            .as_ref()
            .is_some_and(|identity| !csrf_fits(identity, token))
        {
            return Err(visitor.trouble(&stale()));
        }
        Ok(Self {
            visitor,
            fields,
            pairs,
        })
    }
}
