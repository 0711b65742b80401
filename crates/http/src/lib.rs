//! HTTP: the gateway that every request passes, the API, and the pages.
pub mod api;
pub mod gateway;
pub mod problem;
pub mod web;

use axum::Router;

/// Every route of the program but the storage endpoint: API, documents, health and pages.
pub fn router(app: api::App) -> Router {
    api::router(app)
}
