//! `GET /api/v1/materials/{id}/pages/{n}/image`.
use crate::api::App;
use crate::api::caller::Caller;
use crate::gateway::Path;
use crate::problem::{Problem, ProblemDocument};
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use homeroom_core::domain::ids::MaterialId;
use homeroom_core::usecases::read_page::{PictureContent, picture_version, read_picture};
use http::{HeaderMap, StatusCode, header};

/// A picture of one page.
#[utoipa::path(get, path = "/api/v1/materials/{id}/pages/{number}/image", operation_id = "readPagePicture", tag = "materials",
    params(("id" = uuid::Uuid, Path, description = "The material"), ("number" = u32, Path, description = "From 1", minimum = 1)),
    responses((status = 200, description = "The picture", content((Vec<u8> = "image/png"), (Vec<u8> = "image/jpeg"), (Vec<u8> = "image/webp"))),
        (status = 304, description = "As in the answer whose `ETag` was sent in `If-None-Match`"),
        (status = 404, description = "`not_found`", body = ProblemDocument, content_type = "application/problem+json")))]
pub(crate) async fn handle(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    Path((id, number)): Path<(MaterialId, u32)>,
) -> Result<Response, Problem> {
    let actor = caller.actor();
    let tag = format!(
        "\"{}-{number}\"",
        picture_version(&app.product, &actor, id).await?
    );
    if is_known(&headers, &tag) {
        return Ok(unchanged(tag));
    }
    let picture = read_picture(&app.product, &actor, id, number).await?;
    Ok(answer(picture, tag))
}

/// Whether the client has this picture already (RFC 9110 §13.1.2).
pub(super) fn is_known(headers: &HeaderMap, tag: &str) -> bool {
    let known = headers.get_all(header::IF_NONE_MATCH).iter();
    known
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|value| value.trim().trim_start_matches("W/") == tag)
}

/// Says that the client's picture is still right.
pub(super) fn unchanged(tag: String) -> Response {
    (StatusCode::NOT_MODIFIED, caching(tag)).into_response()
}

fn caching(tag: String) -> [(header::HeaderName, String); 2] {
    [
        (header::CACHE_CONTROL, "private, no-cache".into()),
        (header::ETAG, tag),
    ]
}

/// A picture that only its viewer may keep, and asks again for before using it: what was made
/// private is gone on the next request.
pub(super) fn answer(picture: PictureContent, tag: String) -> Response {
    let content_type = [(header::CONTENT_TYPE, picture.content_type)];
    (content_type, caching(tag), picture.content).into_response()
}
