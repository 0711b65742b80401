//! What every answer tells the browser about how little it may do with it (HARDENING 43–45).
//! No CORS header is ever made here: nothing but the site's own pages reads its answers.
use super::config::GatewayConfig;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, Entry, HeaderName, HeaderValue, REFERRER_POLICY,
    STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS,
};
use std::sync::Arc;

const PERMISSIONS_POLICY: HeaderName = HeaderName::from_static("permissions-policy");
const OPENER_POLICY: HeaderName = HeaderName::from_static("cross-origin-opener-policy");
const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

/// The headers, made once.
pub(super) struct SecurityHeaders {
    content_security_policy: HeaderValue,
    strict_transport: Option<HeaderValue>,
    streaming_paths: Vec<String>,
}

impl SecurityHeaders {
    pub(super) fn new(config: &GatewayConfig) -> Self {
        let https = config.public_url.scheme() == "https";
        let policy = content_security_policy(&config.storage_origins);
        Self {
            content_security_policy: HeaderValue::try_from(policy)
                .unwrap_or_else(|_| HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'")),
            strict_transport: https.then(|| HeaderValue::from_static("max-age=31536000")),
            streaming_paths: config.streaming_paths.clone(),
        }
    }
}

/// The layer. An answer that brings its own policy, caching or resource policy keeps it.
pub(super) async fn layer(
    State(headers): State<Arc<SecurityHeaders>>,
    request: Request,
    next: Next,
) -> Response {
    let path = request.uri().path();
    let is_stored_content = headers
        .streaming_paths
        .iter()
        .any(|prefix| path.starts_with(prefix.as_str()));
    let mut response = next.run(request).await;
    let fields = response.headers_mut();
    let mut fill = |name: HeaderName, value: HeaderValue| {
        if let Entry::Vacant(place) = fields.entry(name) {
            place.insert(value);
        }
    };
    fill(CONTENT_SECURITY_POLICY, headers.content_security_policy.clone());
    fill(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    fill(REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    fill(
        PERMISSIONS_POLICY,
        HeaderValue::from_static("camera=(), microphone=(), geolocation=(), payment=(), usb=()"),
    );
    fill(OPENER_POLICY, HeaderValue::from_static("same-origin"));
    fill(RESOURCE_POLICY, HeaderValue::from_static("same-origin"));
    // A signed URL is its own permission, and players read stored content piece by piece.
    let caching = if is_stored_content {
        "private, no-cache"
    } else {
        "no-store"
    };
    fill(CACHE_CONTROL, HeaderValue::from_static(caching));
    if let Some(value) = &headers.strict_transport {
        fill(STRICT_TRANSPORT_SECURITY, value.clone());
    }
    response
}

fn content_security_policy(storage_origins: &[String]) -> String {
    let storage = storage_origins
        .iter()
        .fold(String::new(), |list, origin| list + " " + origin);
    format!(
        "default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self'; font-src 'self'; \
         img-src 'self' blob:{storage}; media-src 'self' blob:{storage}; connect-src 'self'{storage}; \
         manifest-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hardening_43_the_policy_allows_nothing_unsafe() {
        let policy = content_security_policy(&["https://bucket.storage.example".into()]);
        assert!(
            !policy.contains("unsafe-") && !policy.contains('*') && !policy.contains("data:"),
            "{policy}"
        );
        for part in [
            "default-src 'none';",
            "script-src 'self';",
            "style-src 'self';",
            "img-src 'self' blob: https://bucket.storage.example;",
            "connect-src 'self' https://bucket.storage.example;",
            "frame-ancestors 'none';",
            "form-action 'self';",
        ] {
            assert!(policy.contains(part), "{part} in {policy}");
        }
    }
}
