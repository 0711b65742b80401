//! `DELETE /api/v1/subjects/{slug}`.
use crate::api::App;
use crate::api::caller::Caller;
use crate::gateway::Path;
use crate::problem::{Problem, ProblemDocument};
use axum::extract::State;
use homeroom_core::usecases::subjects::delete_subject;
use http::StatusCode;

/// Delete a subject that no material is in: moderators and above.
#[utoipa::path(delete, path = "/api/v1/subjects/{slug}", operation_id = "deleteSubject", tag = "subjects",
    security(("bearer" = [])), params(("slug" = String, Path, description = "The subject")),
    responses((status = 204, description = "Gone"),
        (status = 403, description = "`not_allowed`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "`subject_in_use`", body = ProblemDocument, content_type = "application/problem+json")))]
pub(crate) async fn handle(
    State(app): State<App>,
    caller: Caller,
    Path(slug): Path<String>,
) -> Result<StatusCode, Problem> {
    delete_subject(&app.product, &caller.actor(), &slug).await?;
    Ok(StatusCode::NO_CONTENT)
}
