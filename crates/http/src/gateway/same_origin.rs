//! Unsafe requests must come from our own pages (HARDENING 42). This is the outer of two walls:
//! pages also carry a token.
use super::host::RequestOrigin;
use crate::problem::Problem;
use http::{HeaderMap, Method, StatusCode, header};

/// Refuses an unsafe request that a browser sent from elsewhere. Requests with bearer tokens are
/// exempt: no page can add one without leave.
pub(super) fn check(method: &Method, headers: &HeaderMap, ours: &RequestOrigin) -> Result<(), Problem> {
    if method.is_safe() || has_bearer(headers) {
        return Ok(());
    }
    let text = |name| {
        headers
            .get(name)
            .map(|value: &http::HeaderValue| value.to_str().unwrap_or("null"))
    };
    let origin = text(header::ORIGIN);
    let fetched_from = headers.get("sec-fetch-site").map(http::HeaderValue::as_bytes);
    let good = match fetched_from {
        // The browser has compared; behind an unknown TLS proxy only it knows the scheme.
        Some(b"same-origin" | b"none") => origin.is_none_or(|origin| host_of(origin) == host_of(&ours.0)),
        Some(_) => false,
        None => origin.is_none_or(|origin| origin.eq_ignore_ascii_case(&ours.0)),
    };
    good.then_some(()).ok_or_else(foreign)
}

fn has_bearer(headers: &HeaderMap) -> bool {
    headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.as_bytes().get(..7))
        .is_some_and(|scheme| scheme.eq_ignore_ascii_case(b"bearer "))
}

/// The host and port of an origin, without a port that its scheme implies.
fn host_of(origin: &str) -> Option<String> {
    let (scheme, host) = origin.split_once("://")?;
    let default = if scheme.eq_ignore_ascii_case("https") {
        ":443"
    } else {
        ":80"
    };
    Some(host.strip_suffix(default).unwrap_or(host).to_ascii_lowercase())
}

fn foreign() -> Problem {
    Problem::new(
        StatusCode::FORBIDDEN,
        "foreign_origin",
        "The request comes from another site",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(method: &Method, fields: &[(&'static str, &str)]) -> bool {
        let headers = fields
            .iter()
            .map(|(name, value)| (http::HeaderName::from_static(name), value.parse().unwrap()))
            .collect();
        check(method, &headers, &RequestOrigin("http://localhost:8000".into())).is_ok()
    }

    #[test]
    fn hardening_42_unsafe_requests_from_elsewhere_are_refused() {
        let foreign = [
            "https://evil.example",
            "null",
            "http://localhost:9000",
            "https://localhost:8000",
            "http://localhost:8000.evil.example",
            "http://localhost",
            "",
        ];
        for origin in foreign {
            assert!(
                !allowed(&Method::POST, &[("origin", origin), ("cookie", "session=a")]),
                "{origin}"
            );
            assert!(
                !allowed(&Method::DELETE, &[("origin", origin)]),
                "{origin}, also without a cookie"
            );
            assert!(allowed(&Method::GET, &[("origin", origin)]), "reading is safe");
        }
        for site in ["cross-site", "same-site", "SAME-ORIGIN", "rubbish"] {
            assert!(!allowed(&Method::POST, &[("sec-fetch-site", site)]), "{site}");
        }
        let lying = [
            ("sec-fetch-site", "same-origin"),
            ("origin", "https://evil.example"),
        ];
        assert!(!allowed(&Method::POST, &lying));
    }

    #[test]
    fn our_own_pages_and_programs_pass() {
        assert!(allowed(&Method::POST, &[("origin", "http://localhost:8000")]));
        assert!(allowed(
            &Method::POST,
            &[
                ("sec-fetch-site", "same-origin"),
                ("origin", "https://localhost:8000")
            ]
        ));
        assert!(allowed(&Method::POST, &[("sec-fetch-site", "none")]));
        assert!(allowed(&Method::POST, &[]));
        let bearer = [
            ("authorization", "Bearer abc"),
            ("origin", "https://evil.example"),
        ];
        assert!(allowed(&Method::POST, &bearer));
        let basic = [("authorization", "Basic abc"), ("origin", "https://evil.example")];
        assert!(!allowed(&Method::POST, &basic));
    }
}
