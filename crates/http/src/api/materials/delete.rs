//! `DELETE /api/v1/materials/{id}`.
use crate::api::App;
use crate::api::caller::Caller;
use crate::gateway::Path;
use crate::problem::{Problem, ProblemDocument};
use axum::extract::State;
use homeroom_core::domain::ids::MaterialId;
use homeroom_core::usecases::delete_material::delete_material;
use http::StatusCode;

/// Delete a material with all its versions.
#[utoipa::path(delete, path = "/api/v1/materials/{id}", operation_id = "deleteMaterial", tag = "materials",
    security(("bearer" = [])), params(("id" = uuid::Uuid, Path, description = "The material")),
    responses((status = 204, description = "Gone"),
        (status = 403, description = "`not_allowed`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = ProblemDocument, content_type = "application/problem+json")))]
pub(crate) async fn handle(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<MaterialId>,
) -> Result<StatusCode, Problem> {
    delete_material(&app.product, &caller.actor(), id).await?;
    Ok(StatusCode::NO_CONTENT)
}
