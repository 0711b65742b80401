//! HTTP: the gateway that every request passes, the API, and the pages.
#![deny(clippy::disallowed_methods)]

pub mod api;
pub mod gateway;
pub mod problem;
pub mod web;

use axum::Router;

/// Every route of the program but the storage endpoint: API, documents, health and pages.
pub fn router(app: api::App) -> Router {
    api::router()
        .merge(web::handlers::routes())
        .method_not_allowed_fallback(problem::method_not_allowed)
        .with_state(app)
}
