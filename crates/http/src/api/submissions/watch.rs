//! `GET /api/v1/submissions/{id}/video` and `…/poster`.
use crate::api::caller::Caller;
use crate::api::materials::picture::{answer, is_known, unchanged};
use crate::api::{App, CallerOrigin};
use crate::gateway::Path;
use crate::problem::{Problem, ProblemDocument};
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use homeroom_core::domain::ids::SubmissionId;
use homeroom_core::usecases::classes::watch_submission::{poster_version, read_poster, watch_submission};
use http::{HeaderMap, StatusCode, header};

/// The video, by a redirect to a link that holds for 15 minutes at most: for its member and the class's teachers.
#[utoipa::path(get, path = "/api/v1/submissions/{id}/video", operation_id = "watchSubmission", tag = "submissions", security(("bearer" = [])),
    params(("id" = uuid::Uuid, Path, description = "The submission")),
    responses((status = 302, description = "Where the video is", headers(("Location" = String, description = "A signed URL"))),
        (status = 401, description = "Not signed in", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "`video_removed`: its time was over", body = ProblemDocument, content_type = "application/problem+json")))]
pub(crate) async fn video(
    State(app): State<App>,
    caller: Caller,
    origin: CallerOrigin,
    Path(id): Path<SubmissionId>,
) -> Result<Response, Problem> {
    let signed = watch_submission(&app.product, &caller.actor(), id, &origin.0).await?;
    let headers = [
        (header::LOCATION, signed.url),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    Ok((StatusCode::FOUND, headers).into_response())
}

/// A still of the video: for its member and the class's teachers.
#[utoipa::path(get, path = "/api/v1/submissions/{id}/poster", operation_id = "readPoster", tag = "submissions", security(("bearer" = [])),
    params(("id" = uuid::Uuid, Path, description = "The submission")),
    responses((status = 200, description = "The picture", content((Vec<u8> = "image/png"), (Vec<u8> = "image/jpeg"), (Vec<u8> = "image/webp"))),
        (status = 304, description = "As in the answer whose `ETag` was sent in `If-None-Match`"),
        (status = 401, description = "Not signed in", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`, also while there is none", body = ProblemDocument, content_type = "application/problem+json")))]
pub(crate) async fn poster(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    Path(id): Path<SubmissionId>,
) -> Result<Response, Problem> {
    let actor = caller.actor();
    let tag = format!("\"{id}-{}\"", poster_version(&app.product, &actor, id).await?);
    if is_known(&headers, &tag) {
        return Ok(unchanged(tag));
    }
    Ok(answer(read_poster(&app.product, &actor, id).await?, tag))
}
