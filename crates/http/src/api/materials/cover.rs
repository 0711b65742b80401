//! `GET /api/v1/materials/{id}/cover`.
use super::picture::answer;
use crate::api::App;
use crate::api::caller::Caller;
use crate::gateway::Path;
use crate::problem::{Problem, ProblemDocument};
use axum::extract::State;
use axum::response::Response;
use homeroom_core::domain::ids::MaterialId;
use homeroom_core::usecases::read_page::read_cover;

/// A small picture of the first page.
#[utoipa::path(get, path = "/api/v1/materials/{id}/cover", operation_id = "readCover", tag = "materials",
    params(("id" = uuid::Uuid, Path, description = "The material")),
    responses((status = 200, description = "The picture", content((Vec<u8> = "image/png"), (Vec<u8> = "image/jpeg"), (Vec<u8> = "image/webp"))),
        (status = 404, description = "`not_found`", body = ProblemDocument, content_type = "application/problem+json")))]
pub(crate) async fn handle(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<MaterialId>,
) -> Result<Response, Problem> {
    Ok(answer(read_cover(&app.product, &caller.actor(), id).await?))
}
