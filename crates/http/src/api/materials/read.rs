//! `GET /api/v1/materials/{id}`.
use crate::api::App;
use crate::api::caller::Caller;
use crate::api::wire::MaterialBody;
use crate::gateway::{Json, Path};
use crate::problem::{Problem, ProblemDocument};
use axum::extract::State;
use homeroom_core::domain::ids::MaterialId;
use homeroom_core::usecases::read_material::read_material;

/// A material.
#[utoipa::path(get, path = "/api/v1/materials/{id}", operation_id = "readMaterial", tag = "materials",
    params(("id" = uuid::Uuid, Path, description = "The material")),
    responses((status = 200, description = "The material", body = MaterialBody),
        (status = 404, description = "`not_found`", body = ProblemDocument, content_type = "application/problem+json")))]
pub(crate) async fn handle(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<MaterialId>,
) -> Result<Json<MaterialBody>, Problem> {
    Ok(Json(
        read_material(&app.product, &caller.actor(), id).await?.into(),
    ))
}
