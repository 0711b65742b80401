//! `PUT` and `DELETE /api/v1/classes/{id}/teachers/{username}`.
use crate::api::App;
use crate::api::caller::Caller;
use crate::gateway::Path;
use crate::problem::{Problem, ProblemDocument};
use axum::extract::State;
use homeroom_core::domain::ids::ClassId;
use homeroom_core::usecases::classes::teachers::{add_teacher, remove_teacher};
use http::StatusCode;

/// Make somebody a teacher of the class; nothing happens if they are.
#[utoipa::path(put, path = "/api/v1/classes/{id}/teachers/{username}", operation_id = "addTeacher", tag = "classes", security(("bearer" = [])),
    params(("id" = uuid::Uuid, Path, description = "The class"), ("username" = String, Path, description = "Whose user name")),
    responses((status = 204, description = "They teach it"),
        (status = 401, description = "Not signed in", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`not_allowed`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "`is_member`, `too_many_teachers`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 422, description = "`invalid_fields`: there is no teacher of this name", body = ProblemDocument, content_type = "application/problem+json")))]
pub(crate) async fn add(
    State(app): State<App>,
    caller: Caller,
    Path((id, username)): Path<(ClassId, String)>,
) -> Result<StatusCode, Problem> {
    add_teacher(&app.product, &caller.actor(), id, &username).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Take a teacher out of the class; nothing happens if they are not in it.
#[utoipa::path(delete, path = "/api/v1/classes/{id}/teachers/{username}", operation_id = "removeTeacher", tag = "classes", security(("bearer" = [])),
    params(("id" = uuid::Uuid, Path, description = "The class"), ("username" = String, Path, description = "Whose user name")),
    responses((status = 204, description = "They do not teach it"),
        (status = 401, description = "Not signed in", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`not_allowed`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "`is_owner`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 422, description = "`invalid_fields`: nobody has this name", body = ProblemDocument, content_type = "application/problem+json")))]
pub(crate) async fn remove(
    State(app): State<App>,
    caller: Caller,
    Path((id, username)): Path<(ClassId, String)>,
) -> Result<StatusCode, Problem> {
    remove_teacher(&app.product, &caller.actor(), id, &username).await?;
    Ok(StatusCode::NO_CONTENT)
}
