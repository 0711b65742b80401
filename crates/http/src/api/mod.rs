//! The API: one route per file, each with its wire types, OpenAPI text and handler.
//!
//! Handlers parse, call one use case and translate; they decide nothing.
mod actions;
mod admin;
pub(crate) mod auth;
mod calendar;
pub mod caller;
mod classes;
pub mod cursor;
pub mod error;
mod health;
mod idempotency;
mod lessons;
mod materials;
mod me;
mod openapi;
mod receipts;
mod search;
mod services_upload;
mod subjects;
mod submissions;
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
use tokio_util::sync::CancellationToken;
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
    /// Cancelled when the program stops: answers that go on by themselves end.
    pub stopping: CancellationToken,
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
        .routes(routes!(materials::notebook_picture::handle))
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
        .routes(routes!(classes::list::handle, classes::create::handle))
        .routes(routes!(
            classes::one::read,
            classes::one::update,
            classes::one::delete
        ))
        .routes(routes!(classes::roster::read, classes::roster::import))
        .routes(routes!(classes::roster::preview))
        .routes(routes!(classes::members::add))
        .routes(routes!(classes::members::update, classes::members::remove))
        .routes(routes!(classes::join::join))
        .routes(routes!(classes::join::leave))
        .routes(routes!(classes::join::open, classes::join::close))
        .routes(routes!(classes::teachers::add, classes::teachers::remove))
        .routes(routes!(
            classes::function_url::create,
            classes::function_url::revoke
        ))
        .routes(routes!(classes::term::read))
        .routes(routes!(classes::term::export))
        .routes(routes!(classes::receipts::list))
        .routes(routes!(lessons::plan::list, lessons::plan::create))
        .routes(routes!(
            lessons::one::read,
            lessons::one::update,
            lessons::one::delete
        ))
        .routes(routes!(lessons::board::read))
        .routes(routes!(lessons::board::export))
        .routes(routes!(lessons::events::handle))
        .routes(routes!(lessons::attendance::handle))
        .routes(routes!(lessons::submit::handle))
        .routes(routes!(
            submissions::one::read,
            submissions::one::update,
            submissions::one::delete
        ))
        .routes(routes!(submissions::watch::video))
        .routes(routes!(submissions::watch::poster))
        .routes(routes!(submissions::review::handle))
        .routes(routes!(submissions::receipt::handle))
        .routes(routes!(receipts::handle))
        .routes(routes!(calendar::read))
        .routes(routes!(calendar::create_feed, calendar::delete_feed))
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
    .merge(actions::routes())
    .merge(calendar::routes())
    .merge(health::routes())
}
