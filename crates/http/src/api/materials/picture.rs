//! `GET /api/v1/materials/{id}/pages/{n}/image`.
use crate::api::App;
use crate::api::caller::Caller;
use crate::gateway::{Path, Query};
use crate::problem::{Problem, ProblemDocument};
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use homeroom_core::domain::ids::MaterialId;
use homeroom_core::usecases::read_page::{PictureContent, PictureSize, picture_version, read_picture};
use http::{HeaderMap, StatusCode, header};
use serde::Deserialize;
use utoipa::IntoParams;

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(crate) struct Parameters {
    /// How wide it will be shown, in pixels. There are two sizes, 480 and 1,600 pixels unless the
    /// school has set another; this is answered with the smaller one that is wide enough, or else
    /// the larger. Without it, the larger.
    #[param(minimum = 1, maximum = 10_000)]
    width: Option<u32>,
    /// The version that is shown, so that the address of a picture changes with it; the picture is
    /// always that of the current version.
    #[serde(rename = "v")]
    #[param(minimum = 1)]
    _version: Option<u32>,
}

/// A picture of one page.
#[utoipa::path(get, path = "/api/v1/materials/{id}/pages/{number}/image", operation_id = "readPagePicture", tag = "materials",
    params(("id" = uuid::Uuid, Path, description = "The material"), ("number" = u32, Path, description = "From 1", minimum = 1), Parameters),
    responses((status = 200, description = "The picture", content((Vec<u8> = "image/png"), (Vec<u8> = "image/jpeg"), (Vec<u8> = "image/webp"))),
        (status = 304, description = "As in the answer whose `ETag` was sent in `If-None-Match`"),
        (status = 404, description = "`not_found`", body = ProblemDocument, content_type = "application/problem+json")))]
pub(crate) async fn handle(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    Path((id, number)): Path<(MaterialId, u32)>,
    Query(parameters): Query<Parameters>,
) -> Result<Response, Problem> {
    let actor = caller.actor();
    let size = parameters
        .width
        .map_or(PictureSize::Large, PictureSize::for_width);
    let tag = format!(
        "\"{}-{number}-{size:?}\"",
        picture_version(&app.product, &actor, id).await?
    );
    if is_known(&headers, &tag) {
        return Ok(unchanged(tag));
    }
    let picture = read_picture(&app.product, &actor, id, number, size).await?;
    Ok(answer(picture, tag))
}

/// Whether the client has this picture already (RFC 9110 §13.1.2).
pub(crate) fn is_known(headers: &HeaderMap, tag: &str) -> bool {
    let known = headers.get_all(header::IF_NONE_MATCH).iter();
    known
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|value| value.trim().trim_start_matches("W/") == tag)
}

/// Says that the client's picture is still right.
pub(crate) fn unchanged(tag: String) -> Response {
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
pub(crate) fn answer(picture: PictureContent, tag: String) -> Response {
    let content_type = [(header::CONTENT_TYPE, picture.content_type)];
    (content_type, caching(tag), picture.content).into_response()
}
