//! The JSON body extractor and answer: strict about type, size, depth and fields.
use super::body::BodyError;
use super::invalid;
use crate::problem::Problem;
use axum::extract::{FromRequest, Request};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use http_body_util::BodyExt;
use serde::Serialize;
use serde::de::{DeserializeOwned, IgnoredAny};

/// How deep arrays and objects may be nested.
pub const MAX_DEPTH: usize = 64;

/// A JSON body. Types that are read with it carry `#[serde(deny_unknown_fields)]`.
///
/// Refuses with 415 another content type or any content coding, 413 above the gateway's limit,
/// 400 `bad_json` what is not JSON and `json_too_deep` what is nested deeper than [`MAX_DEPTH`],
/// 422 `invalid_fields` what has other fields than `T`.
#[derive(Clone, Copy, Debug, Default)]
pub struct Json<T>(pub T);

impl<T: DeserializeOwned, S: Sync> FromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _state: &S) -> Result<Self, Problem> {
        check_type(request.headers())?;
        parse(&read(request).await?).map(Self)
    }
}

/// A JSON body that may be left out: no content type and no bytes stand for the default.
#[derive(Clone, Copy, Debug, Default)]
pub struct OptionalJson<T>(pub T);

impl<T: DeserializeOwned + Default, S: Sync> FromRequest<S> for OptionalJson<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _state: &S) -> Result<Self, Problem> {
        let typed = request.headers().contains_key(header::CONTENT_TYPE);
        let checked = check_type(request.headers());
        let body = read(request).await?;
        if body.is_empty() && !typed {
            return Ok(Self(T::default()));
        }
        checked?;
        parse(&body).map(Self)
    }
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        match serde_json::to_vec(&self.0) {
            Ok(body) => {
                let json = HeaderValue::from_static("application/json");
                ([(header::CONTENT_TYPE, json)], body).into_response()
            }
            Err(error) => {
                tracing::error!(%error, "answer cannot be written as JSON");
                Problem::internal().into_response()
            }
        }
    }
}

fn check_type(headers: &HeaderMap) -> Result<(), Problem> {
    let unsupported = |detail| {
        Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "unsupported_media_type",
            "The body's type is not supported",
        )
        .with_detail(detail)
    };
    let text = |name| {
        headers
            .get(name)
            .and_then(|value: &HeaderValue| value.to_str().ok())
    };
    let coding = headers.get(header::CONTENT_ENCODING).map(HeaderValue::as_bytes);
    if coding.is_some_and(|coding| !coding.eq_ignore_ascii_case(b"identity")) {
        return Err(unsupported("send the body without a content coding"));
    }
    let essence = text(header::CONTENT_TYPE)
        .unwrap_or_default()
        .split(';')
        .next()
        .unwrap_or_default();
    if essence.trim().eq_ignore_ascii_case("application/json") {
        Ok(())
    } else {
        Err(unsupported("send application/json"))
    }
}

async fn read(request: Request) -> Result<Bytes, Problem> {
    match request.into_body().collect().await {
        Ok(collected) => Ok(collected.to_bytes()),
        Err(error) => Err(BodyError::find(&error).map_or_else(
            || Problem::bad_request("incomplete_body", "The body did not arrive whole"),
            BodyError::problem,
        )),
    }
}

fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    if is_deeper_than(body, MAX_DEPTH) {
        let problem = Problem::bad_request("json_too_deep", "The JSON is nested too deeply");
        return Err(problem.with_detail(format!("at most {MAX_DEPTH} levels are read")));
    }
    require_object(body)?;
    let mut reader = serde_json::Deserializer::from_slice(body);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        // A wrong field is found before what follows it is read, which may not even be JSON.
        match serde_json::from_slice::<IgnoredAny>(body) {
            Ok(_) => invalid::problem(&error.path().to_string(), error.inner()),
            Err(error) => bad_json(&error),
        }
    })?;
    reader.end().map_err(|error| bad_json(&error))?;
    Ok(value)
}

/// Every request is an object. Derived types would read an array too: its values as their fields in
/// the order of their declaration, which is nobody's contract.
fn require_object(body: &[u8]) -> Result<(), Problem> {
    if body.trim_ascii_start().first() != Some(&b'[') {
        return Ok(());
    }
    match serde_json::from_slice::<IgnoredAny>(body) {
        Ok(_) => Err(Problem::invalid_field(".", "must be an object")),
        Err(error) => Err(bad_json(&error)),
    }
}

fn bad_json(error: &serde_json::Error) -> Problem {
    Problem::bad_request("bad_json", "The body is not JSON").with_detail(format!(
        "line {}, column {}",
        error.line(),
        error.column()
    ))
}

/// Whether brackets outside of strings nest deeper than `limit`; decided before any recursion.
fn is_deeper_than(json: &[u8], limit: usize) -> bool {
    let (mut depth, mut in_string, mut escaped) = (0_usize, false, false);
    for byte in json {
        if in_string {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => in_string = false,
                _ => {}
            }
            continue;
        }
        match byte {
            b'"' => in_string = true,
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > limit {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;
    use std::collections::HashMap;

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(deny_unknown_fields)]
    struct Upload {
        filename: String,
        size: u64,
        #[serde(default)]
        parts: Vec<Part>,
    }

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(deny_unknown_fields)]
    struct Part {
        number: u32,
    }

    async fn extract(headers: &[(&str, &str)], body: &str) -> Result<Upload, Problem> {
        let mut request = Request::builder().method("POST");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(axum::body::Body::from(body.to_owned())).unwrap();
        Json::<Upload>::from_request(request, &())
            .await
            .map(|json| json.0)
    }

    async fn problem(body: &str) -> (u16, &'static str, Vec<String>) {
        let problem = extract(&[("content-type", "application/json")], body)
            .await
            .unwrap_err();
        let fields = problem.errors.iter().map(|error| error.field.clone()).collect();
        (problem.status.as_u16(), problem.code, fields)
    }

    #[tokio::test]
    async fn a_body_of_the_right_type_is_read() {
        for kind in [
            "application/json",
            "application/json; charset=utf-8",
            "Application/JSON",
        ] {
            let upload = extract(&[("content-type", kind)], r#"{"filename":"a","size":1}"#).await;
            assert_eq!(upload.unwrap().size, 1, "{kind}");
        }
    }

    #[tokio::test]
    async fn hardening_48_another_type_or_a_coding_is_415() {
        let json = ("content-type", "application/json");
        let refused: [&[(&str, &str)]; 6] = [
            &[],
            &[("content-type", "text/plain")],
            &[("content-type", "application/jsonp")],
            &[json, ("content-encoding", "gzip")],
            &[json, ("content-encoding", "deflate")],
            &[json, ("content-encoding", "identity, gzip")],
        ];
        for headers in refused {
            let problem = extract(headers, "{}").await.unwrap_err();
            assert_eq!(problem.status, 415, "{headers:?}");
        }
    }

    #[tokio::test]
    async fn an_optional_body_may_be_left_out_but_not_be_something_else() {
        let read = async |kind: Option<&str>, body: &'static str| {
            let mut request = Request::builder().method("POST");
            if let Some(kind) = kind {
                request = request.header("content-type", kind);
            }
            let request = request.body(axum::body::Body::from(body)).unwrap();
            let read = OptionalJson::<HashMap<String, u8>>::from_request(request, &()).await;
            read.map(|json| json.0).map_err(|problem| problem.status.as_u16())
        };
        assert_eq!(read(None, "").await, Ok(HashMap::new()));
        assert_eq!(
            read(Some("application/json"), r#"{"a": 1}"#).await,
            Ok(HashMap::from([("a".into(), 1)]))
        );
        assert_eq!(read(None, "{}").await, Err(415));
        assert_eq!(read(Some("application/json"), "").await, Err(400));
        assert_eq!(read(Some("text/plain"), "").await, Err(415));
    }

    #[tokio::test]
    async fn what_is_not_json_is_400() {
        for body in [
            "",
            "{",
            "{}x",
            "nul",
            "{\"filename\":\"a\",\"size\":1}}",
            "\u{feff}{}",
            "{'a':1}",
        ] {
            assert_eq!(problem(body).await, (400, "bad_json", vec![]), "{body}");
        }
    }

    #[tokio::test]
    async fn hardening_48_deep_json_is_400_before_it_is_parsed() {
        for open in ["[", "{\"a\":"] {
            let (status, code, _) = problem(&open.repeat(100_000)).await;
            assert_eq!((status, code), (400, "json_too_deep"));
        }
        assert!(!is_deeper_than("[".repeat(64).as_bytes(), 64));
        assert!(is_deeper_than("[".repeat(65).as_bytes(), 64));
        assert!(!is_deeper_than(br#"["[[[[\"[[[[", "\\", ["]]"#, 2));
    }

    #[tokio::test]
    async fn hardening_36_wrong_fields_are_422_and_named() {
        let cases = [
            (r#"{"filename":"a","size":1,"role":"admin"}"#, "role"),
            (r#"{"filename":"a"}"#, "size"),
            (r#"{"filename":"a","size":"1"}"#, "size"),
            (r#"{"filename":"a","size":-1}"#, "size"),
            (r#"{"filename":"a","size":1.5}"#, "size"),
            (r#"{"filename":null,"size":1}"#, "filename"),
            (r#"{"filename":"a","size":1,"size":2}"#, "size"),
            (
                r#"{"filename":"a","size":1,"parts":[{"number":1},{"number":-2}]}"#,
                "parts[1].number",
            ),
            (
                r#"{"filename":"a","size":1,"parts":[{"number":1,"etag":"x"}]}"#,
                "parts[0].etag",
            ),
            (r#"{"filename":"a","size":1,"parts":[{}]}"#, "parts[0].number"),
            (r#"["a",1,[]]"#, "."),
        ];
        for (body, field) in cases {
            assert_eq!(
                problem(body).await,
                (422, "invalid_fields", vec![field.to_owned()]),
                "{body}"
            );
        }
    }

    #[tokio::test]
    async fn hardening_70_a_refused_value_is_not_repeated() {
        let body = r#"{"filename":1234567,"size":"hunter2"}"#;
        let problem = extract(&[("content-type", "application/json")], body)
            .await
            .unwrap_err();
        let said = format!("{problem:?}");
        assert!(!said.contains("1234567") && !said.contains("hunter2"), "{said}");
        assert_eq!(problem.errors[0].message, "must be a string");
    }
}
