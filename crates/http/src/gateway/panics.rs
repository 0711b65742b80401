//! A panic in one request is that request's 500, and everybody else's nothing.
use crate::problem::Problem;
use axum::response::{IntoResponse, Response};
use std::any::Any;

/// The answer. The panic's text goes to the log through the process' panic hook, not to the caller.
pub(super) fn answer(_panic: Box<dyn Any + Send + 'static>) -> Response {
    tracing::error!("a request handler panicked");
    Problem::internal().into_response()
}
