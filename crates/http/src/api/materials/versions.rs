//! `GET|POST /api/v1/materials/{id}/versions`.
use crate::api::App;
use crate::api::caller::Caller;
use crate::api::cursor::{PageParameters, Walk, limit};
use crate::api::wire::VersionBody;
use crate::gateway::{Json, Path, Query};
use crate::problem::{Problem, ProblemDocument};
use axum::extract::State;
use homeroom_core::domain::ids::{MaterialId, UploadId};
use homeroom_core::usecases::complete_upload::add_version;
use homeroom_core::usecases::read_material::list_versions;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A page of versions.
#[derive(Serialize, ToSchema)]
pub(crate) struct VersionPage {
    /// Latest first.
    items: Vec<VersionBody>,
    /// Where to go on.
    next_cursor: Option<String>,
}

/// All versions of a material.
#[utoipa::path(get, path = "/api/v1/materials/{id}/versions", operation_id = "listVersions", tag = "materials",
    params(("id" = uuid::Uuid, Path, description = "The material"), PageParameters),
    responses((status = 200, description = "Versions", body = VersionPage),
        (status = 404, description = "`not_found`", body = ProblemDocument, content_type = "application/problem+json")))]
pub(crate) async fn list(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<MaterialId>,
    Query(parameters): Query<PageParameters>,
) -> Result<Json<VersionPage>, Problem> {
    let limit = limit(parameters.limit)?;
    let walk = Walk::of("versions").with(Some(&id.to_string()));
    let from = walk.offset(parameters.cursor.as_deref())?;
    let versions = list_versions(&app.product, &caller.actor(), id).await?;
    let (items, next_cursor) = walk.window(versions, from, limit);
    Ok(Json(VersionPage {
        items: items.into_iter().map(VersionBody::from).collect(),
        next_cursor,
    }))
}

/// An upload whose parts have all arrived.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AddVersionRequest {
    /// Its id.
    #[schema(value_type = uuid::Uuid)]
    upload: UploadId,
}

/// Complete an upload into the next version of a material. Repeating gives the same version.
#[utoipa::path(post, path = "/api/v1/materials/{id}/versions", operation_id = "addVersion", tag = "materials",
    security(("bearer" = [])), request_body = AddVersionRequest, params(("id" = uuid::Uuid, Path, description = "The material")),
    responses((status = 201, description = "The version, being processed", body = VersionBody),
        (status = 403, description = "`not_allowed`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "`upload_incomplete`, `too_many_versions`", body = ProblemDocument, content_type = "application/problem+json")))]
pub(crate) async fn add(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<MaterialId>,
    Json(request): Json<AddVersionRequest>,
) -> Result<(StatusCode, Json<VersionBody>), Problem> {
    let version = add_version(&app.product, &caller.actor(), id, request.upload).await?;
    Ok((StatusCode::CREATED, Json(version.into())))
}
