//! `POST /api/v1/lessons/{id}/submissions`.
use crate::api::App;
use crate::api::caller::Caller;
use crate::api::receipts::ReceiptBody;
use crate::api::submissions::SubmissionBody;
use crate::gateway::{Json, Path};
use crate::problem::{Problem, ProblemDocument};
use axum::extract::State;
use homeroom_core::domain::ids::{LessonId, UploadId};
use homeroom_core::usecases::classes::submit_video::{SubmitVideo, submit_video};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A video that is handed in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SubmitRequest {
    /// The upload that brought it, all of whose parts have arrived.
    #[schema(value_type = uuid::Uuid)]
    upload: UploadId,
    /// At most 200 characters; from the filename unless it is given.
    #[schema(max_length = 200)]
    title: Option<String>,
    /// At most 2,000 characters.
    #[schema(max_length = 2000)]
    description: Option<String>,
}

/// A submission with its receipt.
#[derive(Serialize, ToSchema)]
pub(crate) struct SubmittedBody {
    /// The submission.
    #[serde(flatten)]
    submission: SubmissionBody,
    /// What the school has signed.
    receipt: ReceiptBody,
}

/// Hand in a video for a lesson that is open, in place of the caller's earlier one. Handing in the same upload
/// again gives the same submission.
#[utoipa::path(post, path = "/api/v1/lessons/{id}/submissions", operation_id = "submitVideo", tag = "submissions", security(("bearer" = [])),
    params(("id" = uuid::Uuid, Path, description = "The lesson")), request_body = SubmitRequest,
    responses((status = 201, description = "The submission with its receipt", body = SubmittedBody),
        (status = 401, description = "Not signed in", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`lesson_not_open`, `lesson_closed`, `lesson_cancelled`, each with `opens_at` and `closes_at`; `not_a_member`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such lesson or upload of the caller's", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "`upload_incomplete`, `upload_aborted`, `upload_completed`, `class_archived`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 413, description = "`video_too_large`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 422, description = "`not_a_video`, `video_damaged`, `video_too_long`, `infected`, `size_mismatch`, `checksum_mismatch`, `invalid_fields`", body = ProblemDocument, content_type = "application/problem+json")))]
pub(crate) async fn handle(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<LessonId>,
    Json(request): Json<SubmitRequest>,
) -> Result<(StatusCode, Json<SubmittedBody>), Problem> {
    let command = SubmitVideo {
        upload: request.upload,
        title: request.title,
        description: request.description,
    };
    let (submission, receipt) = submit_video(&app.product, &caller.actor(), id, command).await?;
    let body = SubmittedBody {
        submission: submission.into(),
        receipt: receipt.into(),
    };
    Ok((StatusCode::CREATED, Json(body)))
}
