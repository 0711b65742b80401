//! `PUT /api/v1/submissions/{id}/review`.
use super::SubmissionBody;
use crate::api::App;
use crate::api::caller::Caller;
use crate::gateway::{Json, Path};
use crate::problem::{Problem, ProblemDocument};
use axum::extract::State;
use homeroom_core::domain::attendance::Verdict;
use homeroom_core::domain::ids::SubmissionId;
use homeroom_core::usecases::classes::change_submission::review_submission;
use serde::Deserialize;
use utoipa::ToSchema;

/// What a teacher may think.
#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum VerdictName {
    /// It is what was asked for.
    Accepted,
    /// The member is asked for another one.
    Again,
}

/// A review.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReviewRequest {
    /// What the teacher thinks.
    verdict: VerdictName,
    /// For the member, at most 1,000 characters; needed to ask for another video.
    #[schema(max_length = 1000)]
    comment: Option<String>,
}

/// Review a video: the class's teachers.
#[utoipa::path(put, path = "/api/v1/submissions/{id}/review", operation_id = "reviewSubmission", tag = "submissions", security(("bearer" = [])),
    params(("id" = uuid::Uuid, Path, description = "The submission")), request_body = ReviewRequest,
    responses((status = 200, description = "The submission", body = SubmissionBody),
        (status = 401, description = "Not signed in", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`not_allowed` for its member", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 422, description = "`invalid_fields`", body = ProblemDocument, content_type = "application/problem+json")))]
pub(crate) async fn handle(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<SubmissionId>,
    Json(request): Json<ReviewRequest>,
) -> Result<Json<SubmissionBody>, Problem> {
    let verdict = match request.verdict {
        VerdictName::Accepted => Verdict::Accepted,
        VerdictName::Again => Verdict::Again,
    };
    let comment = request.comment.unwrap_or_default();
    let submission = review_submission(&app.product, &caller.actor(), id, verdict, &comment).await?;
    Ok(Json(submission.into()))
}
