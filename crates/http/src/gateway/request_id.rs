//! One id per request: made here, never taken from the caller, sent back as `X-Request-Id`, in
//! every log line and problem document of the request.
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use http::{HeaderName, HeaderValue};
use std::fmt;
use tracing::Instrument;
use uuid::Uuid;

const HEADER: HeaderName = HeaderName::from_static("x-request-id");

tokio::task_local! {
    static CURRENT: RequestId;
}

/// Names one request; also a request extension.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RequestId(Uuid);

impl RequestId {
    /// A new random id.
    #[expect(
        clippy::new_without_default,
        reason = "a default that differs each time surprises"
    )]
    #[expect(
        clippy::disallowed_methods,
        reason = "an id for logs decides nothing, and each request gets one before anything else"
    )]
    pub fn new() -> Self {
        Self(Uuid::new_v4())
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.as_hyphenated().fmt(f)
    }
}

/// The id of the request that this task is answering, if it is answering one.
pub fn current() -> Option<RequestId> {
    CURRENT.try_with(|id| *id).ok()
}

/// Runs a future as part of a request.
pub async fn scope<F: Future>(id: RequestId, future: F) -> F::Output {
    CURRENT.scope(id, future).await
}

/// The layer: outermost, so that everything else knows the id.
pub(super) async fn layer(mut request: Request, next: Next) -> Response {
    let id = RequestId::new();
    request.extensions_mut().insert(id);
    let span = tracing::info_span!("request", request.id = %id);
    let mut response = scope(id, next.run(request)).instrument(span).await;
    let value = HeaderValue::from_str(&id.to_string()).expect("a UUID is ASCII");
    response.headers_mut().insert(HEADER, value);
    response
}
