//! `PATCH /api/v1/subjects/{slug}`.
use crate::api::App;
use crate::api::caller::Caller;
use crate::api::wire::SubjectBody;
use crate::gateway::{Json, Path};
use crate::problem::{Problem, ProblemDocument};
use axum::extract::State;
use homeroom_core::usecases::subjects::{read_subject, update_subject};
use serde::Deserialize;
use utoipa::ToSchema;

/// A change of a subject. What is absent stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct UpdateSubjectRequest {
    /// At most 80 characters.
    #[schema(min_length = 1, max_length = 80)]
    name: Option<String>,
    /// Which of the twelve subject colours.
    #[schema(minimum = 0, maximum = 11)]
    hue: Option<i64>,
}

/// Rename or recolour a subject: moderators and above.
#[utoipa::path(patch, path = "/api/v1/subjects/{slug}", operation_id = "updateSubject", tag = "subjects",
    security(("bearer" = [])), request_body = UpdateSubjectRequest, params(("slug" = String, Path, description = "The subject")),
    responses((status = 200, description = "The subject", body = SubjectBody),
        (status = 403, description = "`not_allowed`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 422, description = "`invalid_fields`", body = ProblemDocument, content_type = "application/problem+json")))]
pub(crate) async fn handle(
    State(app): State<App>,
    caller: Caller,
    Path(slug): Path<String>,
    Json(request): Json<UpdateSubjectRequest>,
) -> Result<Json<SubjectBody>, Problem> {
    let actor = caller.actor();
    update_subject(&app.product, &actor, &slug, request.name.as_deref(), request.hue).await?;
    Ok(Json(read_subject(&app.product, &actor, &slug).await?.into()))
}
