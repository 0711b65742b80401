//! The API: one route per file, each with its wire types, OpenAPI text and handler.
//!
//! Handlers parse, call one use case and translate; they decide nothing.
mod admin;
pub(crate) mod auth;
pub mod caller;
pub mod cursor;
pub mod error;
mod health;
mod idempotency;
mod materials;
mod me;
mod openapi;
mod search;
mod services_upload;
mod subjects;
mod suggestions;
mod uploads;
pub mod wire;

pub use openapi::document;

use crate::gateway::RequestOrigin;
use crate::problem;
use axum::Router;
use axum::extract::FromRequestParts;
use homeroom_core::ports::object_store::Audience;
use homeroom_core::usecases::Product;
use http::request::Parts;
use std::sync::Arc;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// What every route shares.
#[derive(Clone)]
pub struct App {
    /// The product.
    pub product: Arc<Product>,
    /// Whether the public URL is https, so that cookies are `Secure` and carry the `__Host-` prefix.
    pub https: bool,
    /// The program's version, for pages and the OpenAPI document.
    pub version: &'static str,
    /// Renders the metrics in Prometheus' text format.
    pub metrics: Arc<dyn Fn() -> String + Send + Sync>,
}

/// The origin under which this request reached the program, for URLs of an embedded store.
pub struct CallerOrigin(pub Audience);

impl<S: Send + Sync> FromRequestParts<S> for CallerOrigin {
    type Rejection = problem::Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, problem::Problem> {
        let origin = parts
            .extensions
            .get::<RequestOrigin>()
            .ok_or_else(problem::Problem::internal)?;
        Ok(Self(Audience(origin.0.clone())))
    }
}

fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(auth::signup::handle))
        .routes(routes!(auth::login::handle))
        .routes(routes!(auth::refresh::handle))
        .routes(routes!(auth::logout::handle))
        .routes(routes!(me::read::handle, me::update::handle, me::delete::handle))
        .routes(routes!(me::export::handle))
        .routes(routes!(uploads::list::handle, uploads::create::handle))
        .routes(routes!(uploads::read::handle, uploads::delete::handle))
        .routes(routes!(uploads::complete::handle))
        .routes(routes!(materials::list::handle))
        .routes(routes!(
            materials::read::handle,
            materials::update::handle,
            materials::delete::handle
        ))
        .routes(routes!(materials::download::handle))
        .routes(routes!(materials::contents::handle))
        .routes(routes!(materials::page::handle))
        .routes(routes!(materials::similar::handle))
        .routes(routes!(materials::picture::handle))
        .routes(routes!(materials::cover::handle))
        .routes(routes!(
            materials::captions::set,
            materials::captions::read,
            materials::captions::remove
        ))
        .routes(routes!(materials::rating::rate, materials::rating::unrate))
        .routes(routes!(materials::versions::list, materials::versions::add))
        .routes(routes!(search::handle))
        .routes(routes!(suggestions::handle))
        .routes(routes!(subjects::list::handle, subjects::create::handle))
        .routes(routes!(
            subjects::read::handle,
            subjects::update::handle,
            subjects::delete::handle
        ))
        .routes(routes!(services_upload::handle))
        .routes(routes!(admin::jobs::handle))
        .routes(routes!(admin::searches::handle))
        .routes(routes!(admin::users::list, admin::users::update))
}

/// All routes below `/api`, the documents about them, and health.
pub fn router() -> Router<App> {
    let (api, _) = routes().split_for_parts();
    let json = openapi::json();
    api.route(
        "/openapi.json",
        axum::routing::get(move || std::future::ready(openapi::answer(json.clone()))),
    )
    .merge(openapi::docs())
    .merge(health::routes())
}
