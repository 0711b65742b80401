//! `PUT /api/v1/lessons/{id}/attendance`.
use crate::api::App;
use crate::api::caller::Caller;
use crate::gateway::{Json, Path};
use crate::problem::{Problem, ProblemDocument};
use axum::extract::State;
use homeroom_core::domain::attendance::MarkState;
use homeroom_core::domain::ids::{LessonId, MemberId};
use homeroom_core::usecases::classes::mark_attendance::{MarkAttendance, mark_attendance};
use http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;

/// What a teacher may say.
#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum MarkName {
    /// They need not have been there.
    Excused,
    /// They were not there, whatever came.
    Absent,
}

/// What is said of whom.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AttendanceRequest {
    /// Of whom: 1 to 90, all of whom are marked, or none. More are sent in several calls, each of which holds by itself.
    #[schema(value_type = Vec<uuid::Uuid>, min_items = 1, max_items = 90)]
    members: Vec<MemberId>,
    /// What; null takes back what was said.
    state: Option<MarkName>,
    /// Why, at most 500 characters; needed unless something is taken back.
    #[schema(max_length = 500)]
    reason: Option<String>,
}

/// Excuse members or say that they were absent, several at once: the class's teachers.
#[utoipa::path(put, path = "/api/v1/lessons/{id}/attendance", operation_id = "markAttendance", tag = "lessons", security(("bearer" = [])),
    params(("id" = uuid::Uuid, Path, description = "The lesson")), request_body = AttendanceRequest,
    responses((status = 204, description = "All of them are marked"),
        (status = 401, description = "Not signed in", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`not_allowed`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 422, description = "`invalid_fields`: nobody is marked", body = ProblemDocument, content_type = "application/problem+json")))]
pub(crate) async fn handle(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<LessonId>,
    Json(request): Json<AttendanceRequest>,
) -> Result<StatusCode, Problem> {
    let command = MarkAttendance {
        members: request.members,
        state: request.state.map(|state| match state {
            MarkName::Excused => MarkState::Excused,
            MarkName::Absent => MarkState::Absent,
        }),
        reason: request.reason.unwrap_or_default(),
    };
    mark_attendance(&app.product, &caller.actor(), id, command).await?;
    Ok(StatusCode::NO_CONTENT)
}
