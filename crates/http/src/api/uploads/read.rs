//! `GET /api/v1/uploads/{id}`.
use crate::api::caller::Caller;
use crate::api::wire::UploadBody;
use crate::api::{App, CallerOrigin};
use crate::gateway::{Json, Path};
use crate::problem::{Problem, ProblemDocument};
use axum::extract::State;
use homeroom_core::domain::ids::UploadId;
use homeroom_core::usecases::begin_upload::get_upload;

/// What has arrived of an upload, and fresh URLs for what has not.
#[utoipa::path(get, path = "/api/v1/uploads/{id}", operation_id = "readUpload", tag = "uploads", security(("bearer" = [])),
    params(("id" = uuid::Uuid, Path, description = "The upload")),
    responses((status = 200, description = "The upload", body = UploadBody),
        (status = 404, description = "`not_found`", body = ProblemDocument, content_type = "application/problem+json")))]
pub(crate) async fn handle(
    State(app): State<App>,
    caller: Caller,
    origin: CallerOrigin,
    Path(id): Path<UploadId>,
) -> Result<Json<UploadBody>, Problem> {
    Ok(Json(
        get_upload(&app.product, &caller.actor(), id, &origin.0)
            .await?
            .into(),
    ))
}
