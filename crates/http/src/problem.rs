//! Errors as callers see them: RFC 9457 problem documents with a stable `code`.
//!
//! A problem never carries internal text; what an operator needs is logged where the error is
//! turned into a problem, under the same request id.
use crate::gateway::request_id;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use jiff::Timestamp;
use serde::Serialize;
use std::borrow::Cow;
use std::time::Duration;
use utoipa::ToSchema;

/// The media type of a problem document.
pub const PROBLEM_JSON: &str = "application/problem+json";

/// Why a request was not fulfilled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The HTTP status.
    pub status: StatusCode,
    /// Stable, in `snake_case`; what programs match on.
    pub code: &'static str,
    /// What the code means, the same for every occurrence.
    pub title: &'static str,
    /// What happened this time.
    pub detail: Option<String>,
    /// The parts of the request that are wrong.
    pub errors: Vec<FieldError>,
    /// After which time a retry makes sense (`Retry-After`, rounded up to seconds).
    pub retry_after: Option<Duration>,
    /// When the thing that is closed opens and closes.
    pub times: Option<Box<(Timestamp, Timestamp)>>,
}

/// One part of a request that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct FieldError {
    /// Which: a path such as `parts[2].size`, or a parameter's name.
    #[schema(example = "size")]
    pub field: String,
    /// What it must be.
    #[schema(example = "must be a positive number")]
    pub message: String,
}

/// A problem document (RFC 9457) as it is sent.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ProblemDocument {
    /// Always `about:blank`: the code says what the type would.
    #[serde(rename = "type")]
    #[schema(example = "about:blank")]
    pub kind: &'static str,
    /// What the code means.
    #[schema(example = "The request has invalid fields")]
    pub title: Cow<'static, str>,
    /// The HTTP status.
    #[schema(example = 422)]
    pub status: u16,
    /// Stable; what programs match on.
    #[schema(example = "invalid_fields")]
    pub code: Cow<'static, str>,
    /// What happened this time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// This occurrence: `urn:uuid:` and the request id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instance: Option<String>,
    /// The id under which the request is logged, as in `X-Request-Id`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// The parts of the request that are wrong.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
    /// When a lesson that is not open now opens.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = "date-time")]
    pub opens_at: Option<Timestamp>,
    /// When it closes.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = "date-time")]
    pub closes_at: Option<Timestamp>,
}

impl Problem {
    /// A problem without particulars.
    pub const fn new(status: StatusCode, code: &'static str, title: &'static str) -> Self {
        Self {
            status,
            code,
            title,
            detail: None,
            errors: Vec::new(),
            retry_after: None,
            times: None,
        }
    }

    /// Says what happened this time.
    #[must_use]
    pub fn with_detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// Names a part of the request that is wrong.
    #[must_use]
    pub fn with_field(mut self, field: impl Into<String>, message: impl Into<String>) -> Self {
        self.errors.push(FieldError {
            field: field.into(),
            message: message.into(),
        });
        self
    }

    /// Says when what is closed opens and closes.
    #[must_use]
    pub fn with_times(mut self, opens_at: Timestamp, closes_at: Timestamp) -> Self {
        self.times = Some(Box::new((opens_at, closes_at)));
        self
    }

    /// Says when a retry makes sense.
    #[must_use]
    pub const fn with_retry_after(mut self, after: Duration) -> Self {
        self.retry_after = Some(after);
        self
    }

    /// 400 with any code.
    pub const fn bad_request(code: &'static str, title: &'static str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, title)
    }

    /// 401: no credentials, or none that hold.
    pub const fn unauthorized() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "unauthorized", "Sign in first")
    }

    /// 403: known, but not allowed.
    pub const fn forbidden() -> Self {
        Self::new(StatusCode::FORBIDDEN, "forbidden", "This is not allowed")
    }

    /// 404: there is no such thing, or none that the caller may know of.
    pub const fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", "There is no such thing")
    }

    /// 405.
    pub const fn method_not_allowed() -> Self {
        Self::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "method_not_allowed",
            "This method is not known here",
        )
    }

    /// 422 naming one field.
    pub fn invalid_field(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "invalid_fields",
            "The request has invalid fields",
        )
        .with_field(field, message)
    }

    /// 429.
    pub const fn too_many_requests(retry_after: Duration) -> Self {
        Self::new(
            StatusCode::TOO_MANY_REQUESTS,
            "too_many_requests",
            "Too many requests",
        )
        .with_retry_after(retry_after)
    }

    /// 500. The cause is logged, never shown.
    pub const fn internal() -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal",
            "Something went wrong here",
        )
    }

    /// 503: a part of the system cannot be reached or is busy; a retry is safe.
    pub const fn unavailable() -> Self {
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "unavailable",
            "Not available at the moment",
        )
        .with_retry_after(Duration::from_secs(1))
    }

    /// The document as it is sent under the present request's id.
    pub fn document(&self) -> ProblemDocument {
        let request_id = request_id::current().map(|id| id.to_string());
        ProblemDocument {
            kind: "about:blank",
            title: self.title.into(),
            status: self.status.as_u16(),
            code: self.code.into(),
            detail: self.detail.clone(),
            instance: request_id.as_ref().map(|id| format!("urn:uuid:{id}")),
            request_id,
            errors: self.errors.clone(),
            opens_at: self.times.as_ref().map(|times| times.0),
            closes_at: self.times.as_ref().map(|times| times.1),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = serde_json::to_vec(&self.document()).expect("strings and numbers are JSON");
        let mut response = (self.status, body).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Some(after) = self.retry_after {
            let seconds = after.as_secs() + u64::from(after.subsec_nanos() > 0);
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds.max(1)));
        }
        response
    }
}

/// The answer where the router knows no such path; for `Router::fallback`.
#[expect(clippy::unused_async, reason = "a handler is asynchronous")]
pub async fn not_found() -> Problem {
    Problem::not_found()
}

/// The answer where the router knows the path but not the method; for
/// `Router::method_not_allowed_fallback`.
pub async fn method_not_allowed() -> Problem {
    Problem::method_not_allowed()
}

#[cfg(test)]
mod tests {
    use super::*;
    use http_body_util::BodyExt;

    async fn json(response: Response) -> serde_json::Value {
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        serde_json::from_slice(&bytes).unwrap()
    }

    #[tokio::test]
    async fn a_problem_is_a_document_with_a_stable_code() {
        let response = Problem::invalid_field("size", "must be positive").into_response();

        assert_eq!(response.status(), 422);
        assert_eq!(response.headers()["content-type"], PROBLEM_JSON);
        assert_eq!(response.headers()["cache-control"], "no-store");
        let document = json(response).await;
        assert_eq!(
            document,
            serde_json::json!({
                "type": "about:blank",
                "title": "The request has invalid fields",
                "status": 422,
                "code": "invalid_fields",
                "errors": [{"field": "size", "message": "must be positive"}],
            })
        );
    }

    #[tokio::test]
    async fn it_names_the_request_that_it_answers() {
        let id = request_id::RequestId::new();
        let response = request_id::scope(id, async { Problem::not_found().into_response() }).await;
        let document = json(response).await;
        assert_eq!(document["request_id"], id.to_string());
        assert_eq!(document["instance"], format!("urn:uuid:{id}"));
    }

    #[test]
    fn retry_after_is_rounded_up_to_seconds() {
        let after = |milliseconds| {
            let problem = Problem::too_many_requests(Duration::from_millis(milliseconds));
            problem.into_response().headers()["retry-after"].clone()
        };
        assert_eq!(
            (after(0), after(1), after(1_000), after(1_001)),
            (
                "1".parse().unwrap(),
                "1".parse().unwrap(),
                "1".parse().unwrap(),
                "2".parse().unwrap()
            )
        );
    }
}
