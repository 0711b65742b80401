//! `GET /api/v1/materials/{id}/download`.
use crate::api::caller::Caller;
use crate::api::{App, CallerOrigin};
use crate::gateway::{Path, Query};
use crate::problem::{Problem, ProblemDocument};
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use homeroom_core::domain::ids::MaterialId;
use homeroom_core::usecases::download::download;
use http::{StatusCode, header};
use serde::Deserialize;
use utoipa::IntoParams;

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(crate) struct Parameters {
    /// Which version; the one that is shown unless said.
    #[param(minimum = 1)]
    version: Option<u32>,
}

/// The content, by a redirect to a short-lived URL in storage.
#[utoipa::path(get, path = "/api/v1/materials/{id}/download", operation_id = "downloadMaterial", tag = "materials",
    params(("id" = uuid::Uuid, Path, description = "The material"), Parameters),
    responses((status = 302, description = "Where the content is", headers(("Location" = String, description = "A signed URL"))),
        (status = 403, description = "`quarantined`: the scanner has found it to do harm", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "`content_withdrawn`, `not_scanned_yet`", body = ProblemDocument, content_type = "application/problem+json")))]
pub(crate) async fn handle(
    State(app): State<App>,
    caller: Caller,
    origin: CallerOrigin,
    Path(id): Path<MaterialId>,
    Query(parameters): Query<Parameters>,
) -> Result<Response, Problem> {
    let signed = download(&app.product, &caller.actor(), id, parameters.version, &origin.0).await?;
    Ok((StatusCode::FOUND, [(header::LOCATION, signed.url)]).into_response())
}
