//! `GET`, `PATCH` and `DELETE /api/v1/submissions/{id}`.
use super::SubmissionBody;
use crate::api::App;
use crate::api::caller::Caller;
use crate::gateway::{Json, Path};
use crate::problem::{Problem, ProblemDocument};
use axum::extract::State;
use homeroom_core::domain::ids::SubmissionId;
use homeroom_core::usecases::classes::change_submission::{
    delete_submission, edit_submission, read_submission,
};
use http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;

/// One submission: for its member and the class's teachers.
#[utoipa::path(get, path = "/api/v1/submissions/{id}", operation_id = "readSubmission", tag = "submissions", security(("bearer" = [])),
    params(("id" = uuid::Uuid, Path, description = "The submission")),
    responses((status = 200, description = "The submission", body = SubmissionBody),
        (status = 401, description = "Not signed in", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = ProblemDocument, content_type = "application/problem+json")))]
pub(crate) async fn read(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<SubmissionId>,
) -> Result<Json<SubmissionBody>, Problem> {
    let (submission, _) = read_submission(&app.product, &caller.actor(), id).await?;
    Ok(Json(submission.into()))
}

/// A change of a submission's texts. What is not given stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EditRequest {
    /// At most 200 characters.
    #[schema(min_length = 1, max_length = 200)]
    title: Option<String>,
    /// At most 2,000 characters.
    #[schema(max_length = 2000)]
    description: Option<String>,
}

/// Change the texts of one's own submission while its lesson is open.
#[utoipa::path(patch, path = "/api/v1/submissions/{id}", operation_id = "editSubmission", tag = "submissions", security(("bearer" = [])),
    params(("id" = uuid::Uuid, Path, description = "The submission")), request_body = EditRequest,
    responses((status = 200, description = "The submission", body = SubmissionBody),
        (status = 401, description = "Not signed in", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`lesson_closed` with `opens_at` and `closes_at`; `not_allowed` for a teacher", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 422, description = "`invalid_fields`", body = ProblemDocument, content_type = "application/problem+json")))]
pub(crate) async fn update(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<SubmissionId>,
    Json(request): Json<EditRequest>,
) -> Result<Json<SubmissionBody>, Problem> {
    let (title, description) = (request.title.as_deref(), request.description.as_deref());
    let submission = edit_submission(&app.product, &caller.actor(), id, title, description).await?;
    Ok(Json(submission.into()))
}

/// Take a video back: one's own while its lesson is open; a teacher may at any time. Its receipts stay.
#[utoipa::path(delete, path = "/api/v1/submissions/{id}", operation_id = "deleteSubmission", tag = "submissions", security(("bearer" = [])),
    params(("id" = uuid::Uuid, Path, description = "The submission")),
    responses((status = 204, description = "It is gone"),
        (status = 401, description = "Not signed in", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`lesson_closed` with `opens_at` and `closes_at`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = ProblemDocument, content_type = "application/problem+json")))]
pub(crate) async fn delete(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<SubmissionId>,
) -> Result<StatusCode, Problem> {
    delete_submission(&app.product, &caller.actor(), id).await?;
    Ok(StatusCode::NO_CONTENT)
}
