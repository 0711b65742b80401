//! One line and one measurement per request: method, the route's template, status and time. Never
//! the path itself or its query: they hold ids, tokens and signatures (HARDENING 70).
use axum::extract::{MatchedPath, Request};
use axum::middleware::Next;
use axum::response::Response;
use http::Method;
use metrics::{counter, histogram};
use std::time::Instant;

/// What stands for a path that no route knows.
const UNMATCHED: &str = "unmatched";

/// The layer; within the request's span.
pub(super) async fn layer(request: Request, next: Next) -> Response {
    let start = Instant::now();
    let method = known(request.method());
    let route = request.extensions().get::<MatchedPath>().cloned();
    let response = next.run(request).await;
    let elapsed = start.elapsed();
    let route = route.as_ref().map_or(UNMATCHED, MatchedPath::as_str);
    let status = response.status();
    tracing::info!(
        http.method = method,
        http.route = route,
        http.status = status.as_u16(),
        elapsed_ms = elapsed.as_secs_f64() * 1_000.0,
        "request answered"
    );
    let route = route.to_owned();
    counter!("http_requests_total", "method" => method, "route" => route.clone(), "status" => status.as_str().to_owned())
        .increment(1);
    histogram!("http_request_duration_seconds", "method" => method, "route" => route).record(elapsed);
    response
}

/// A method of the few that are measured apart: callers cannot fill the memory with names.
fn known(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PUT" => "PUT",
        "PATCH" => "PATCH",
        "DELETE" => "DELETE",
        "OPTIONS" => "OPTIONS",
        _ => "other",
    }
}
