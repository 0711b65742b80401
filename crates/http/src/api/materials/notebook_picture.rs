//! `GET /api/v1/materials/{id}/pictures/{n}`.
use super::picture::{answer, is_known, unchanged};
use crate::api::App;
use crate::api::caller::Caller;
use crate::gateway::{Path, Query};
use crate::problem::{Problem, ProblemDocument};
use axum::extract::State;
use axum::response::Response;
use homeroom_core::domain::ids::MaterialId;
use homeroom_core::usecases::read_notebook_picture::read_notebook_picture;
use homeroom_core::usecases::read_page::picture_version;
use http::HeaderMap;
use serde::Deserialize;
use utoipa::IntoParams;

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(crate) struct Parameters {
    /// The version that is shown, so that the address of a picture changes with it; the picture is
    /// always that of the current version.
    #[serde(rename = "v")]
    #[param(minimum = 1)]
    _version: Option<u32>,
}

/// A picture that a notebook's code drew, at most as wide as pictures of pages are.
#[utoipa::path(get, path = "/api/v1/materials/{id}/pictures/{number}", operation_id = "readNotebookPicture", tag = "materials",
    params(("id" = uuid::Uuid, Path, description = "The material"), ("number" = u32, Path, description = "From 1, in the order of the cells", minimum = 1), Parameters),
    responses((status = 200, description = "The picture", content((Vec<u8> = "image/jpeg"), (Vec<u8> = "image/webp"))),
        (status = 304, description = "As in the answer whose `ETag` was sent in `If-None-Match`"),
        (status = 404, description = "`not_found`: no notebook, or no such picture", body = ProblemDocument, content_type = "application/problem+json")))]
pub(crate) async fn handle(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    Path((id, number)): Path<(MaterialId, u32)>,
    Query(_parameters): Query<Parameters>,
) -> Result<Response, Problem> {
    let actor = caller.actor();
    let version = picture_version(&app.product, &actor, id).await?;
    let tag = format!("\"{version}-drawn-{number}\"");
    if is_known(&headers, &tag) {
        return Ok(unchanged(tag));
    }
    let picture = read_notebook_picture(&app.product, &actor, id, number).await?;
    Ok(answer(picture, tag))
}
