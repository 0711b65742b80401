//! `GET /api/v1/materials/{id}/pages/{n}/image`.
use crate::api::App;
use crate::api::caller::Caller;
use crate::gateway::Path;
use crate::problem::{Problem, ProblemDocument};
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use homeroom_core::domain::ids::MaterialId;
use homeroom_core::usecases::read_page::{PictureContent, read_picture};
use http::header;

/// A picture of one page.
#[utoipa::path(get, path = "/api/v1/materials/{id}/pages/{number}/image", operation_id = "readPagePicture", tag = "materials",
    params(("id" = uuid::Uuid, Path, description = "The material"), ("number" = u32, Path, description = "From 1", minimum = 1)),
    responses((status = 200, description = "The picture", content((Vec<u8> = "image/png"), (Vec<u8> = "image/jpeg"), (Vec<u8> = "image/webp"))),
        (status = 404, description = "`not_found`", body = ProblemDocument, content_type = "application/problem+json")))]
pub(crate) async fn handle(
    State(app): State<App>,
    caller: Caller,
    Path((id, number)): Path<(MaterialId, u32)>,
) -> Result<Response, Problem> {
    Ok(answer(
        read_picture(&app.product, &caller.actor(), id, number).await?,
    ))
}

/// A picture that only its viewer may keep, and asks again for before using it: what was made
/// private is gone on the next request.
pub(super) fn answer(picture: PictureContent) -> Response {
    let headers = [
        (header::CONTENT_TYPE, picture.content_type),
        (header::CACHE_CONTROL, "private, no-cache".into()),
    ];
    (headers, picture.content).into_response()
}
