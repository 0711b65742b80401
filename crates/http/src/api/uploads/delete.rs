//! `DELETE /api/v1/uploads/{id}`.
use crate::api::App;
use crate::api::caller::Caller;
use crate::gateway::Path;
use crate::problem::{Problem, ProblemDocument};
use axum::extract::State;
use homeroom_core::domain::ids::UploadId;
use homeroom_core::usecases::abort_upload::abort_upload;
use http::StatusCode;

/// Give an upload up: its bytes are removed and its space is free again.
#[utoipa::path(delete, path = "/api/v1/uploads/{id}", operation_id = "abortUpload", tag = "uploads", security(("bearer" = [])),
    params(("id" = uuid::Uuid, Path, description = "The upload")),
    responses((status = 204, description = "Gone"),
        (status = 404, description = "`not_found`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "`upload_completed`", body = ProblemDocument, content_type = "application/problem+json")))]
pub(crate) async fn handle(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<UploadId>,
) -> Result<StatusCode, Problem> {
    abort_upload(&app.product, &caller.actor(), id).await?;
    Ok(StatusCode::NO_CONTENT)
}
