//! `GET /api/v1/subjects/{slug}`.
use crate::api::App;
use crate::api::caller::Caller;
use crate::api::wire::SubjectBody;
use crate::gateway::{Json, Path};
use crate::problem::{Problem, ProblemDocument};
use axum::extract::State;
use homeroom_core::usecases::subjects::read_subject;

/// A subject.
#[utoipa::path(get, path = "/api/v1/subjects/{slug}", operation_id = "readSubject", tag = "subjects",
    params(("slug" = String, Path, description = "The subject")),
    responses((status = 200, description = "The subject", body = SubjectBody),
        (status = 404, description = "`not_found`", body = ProblemDocument, content_type = "application/problem+json")))]
pub(crate) async fn handle(
    State(app): State<App>,
    caller: Caller,
    Path(slug): Path<String>,
) -> Result<Json<SubjectBody>, Problem> {
    Ok(Json(
        read_subject(&app.product, &caller.actor(), &slug).await?.into(),
    ))
}
