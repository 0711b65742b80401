//! `GET /api/v1/materials/{id}/cover`.
use super::picture::{answer, is_known, unchanged};
use crate::api::App;
use crate::api::caller::Caller;
use crate::gateway::Path;
use crate::problem::{Problem, ProblemDocument};
use axum::extract::State;
use axum::response::Response;
use homeroom_core::domain::ids::MaterialId;
use homeroom_core::usecases::read_page::{picture_version, read_cover};
use http::HeaderMap;

/// A small picture of the first page.
#[utoipa::path(get, path = "/api/v1/materials/{id}/cover", operation_id = "readCover", tag = "materials",
    params(("id" = uuid::Uuid, Path, description = "The material")),
    responses((status = 200, description = "The picture", content((Vec<u8> = "image/png"), (Vec<u8> = "image/jpeg"), (Vec<u8> = "image/webp"))),
        (status = 304, description = "As in the answer whose `ETag` was sent in `If-None-Match`"),
        (status = 404, description = "`not_found`", body = ProblemDocument, content_type = "application/problem+json")))]
pub(crate) async fn handle(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    Path(id): Path<MaterialId>,
) -> Result<Response, Problem> {
    let actor = caller.actor();
    let tag = format!("\"{}-cover\"", picture_version(&app.product, &actor, id).await?);
    if is_known(&headers, &tag) {
        return Ok(unchanged(tag));
    }
    Ok(answer(read_cover(&app.product, &actor, id).await?, tag))
}
