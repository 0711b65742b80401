//! `PUT`, `GET` and `DELETE /api/v1/materials/{id}/captions`.
use super::picture::{is_known, unchanged};
use crate::api::App;
use crate::api::caller::Caller;
use crate::gateway::{BodyError, Path, Query};
use crate::problem::{Problem, ProblemDocument};
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use homeroom_core::domain::ids::MaterialId;
use homeroom_core::usecases::captions::{read_captions, remove_captions, set_captions};
use http::{HeaderMap, StatusCode, header};
use http_body_util::BodyExt;
use serde::Deserialize;
use utoipa::IntoParams;

/// What captions may be announced as.
const TYPES: [&str; 4] = ["text/vtt", "application/x-subrip", "text/srt", "text/plain"];

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(crate) struct Parameters {
    /// The language that they are in, as a BCP 47 primary subtag.
    language: Option<String>,
}

/// Add captions to a film or recording, or replace those that were added: WebVTT or SubRip in UTF-8, at
/// most 256 KiB. They become its pages, in place of those that the file itself holds.
#[utoipa::path(put, path = "/api/v1/materials/{id}/captions", operation_id = "setCaptions", tag = "materials",
    security(("bearer" = [])), params(("id" = uuid::Uuid, Path, description = "The material"), Parameters),
    request_body(content((String = "text/vtt"), (String = "application/x-subrip"), (String = "text/plain"))),
    responses((status = 204, description = "They can be found and played"),
        (status = 403, description = "`not_allowed`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "`no_captions_here`: no film or recording, or not ready", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 413, description = "`body_too_large`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 415, description = "`unsupported_media_type`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 422, description = "`malformed_captions`, `invalid_fields`", body = ProblemDocument, content_type = "application/problem+json")))]
pub(crate) async fn set(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<MaterialId>,
    Query(parameters): Query<Parameters>,
    request: Request,
) -> Result<StatusCode, Problem> {
    check_type(request.headers())?;
    let content = request.into_body().collect().await.map_err(|error| {
        BodyError::find(&error).map_or_else(
            || Problem::bad_request("incomplete_body", "The body did not arrive whole"),
            BodyError::problem,
        )
    })?;
    let language = parameters.language.as_deref();
    set_captions(&app.product, &caller.actor(), id, &content.to_bytes(), language).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The captions of a film or recording as WebVTT: those that were added, or else those that its file holds.
#[utoipa::path(get, path = "/api/v1/materials/{id}/captions", operation_id = "readCaptions", tag = "materials",
    params(("id" = uuid::Uuid, Path, description = "The material")),
    responses((status = 200, description = "WebVTT", content_type = "text/vtt", body = String),
        (status = 304, description = "As in the answer whose `ETag` was sent in `If-None-Match`"),
        (status = 404, description = "`not_found`: there are none", body = ProblemDocument, content_type = "application/problem+json")))]
pub(crate) async fn read(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    Path(id): Path<MaterialId>,
) -> Result<Response, Problem> {
    let track = read_captions(&app.product, &caller.actor(), id).await?;
    let tag = format!("\"captions-{}-{}\"", track.version, track.revision);
    if is_known(&headers, &tag) {
        return Ok(unchanged(tag));
    }
    let mut answer = (
        [
            (header::CONTENT_TYPE, "text/vtt; charset=utf-8".to_owned()),
            (header::CACHE_CONTROL, "private, no-cache".to_owned()),
            (header::ETAG, tag),
        ],
        track.content,
    )
        .into_response();
    if let Some(language) = track.language
        && let Ok(language) = language.as_str().parse()
    {
        answer.headers_mut().insert(header::CONTENT_LANGUAGE, language);
    }
    Ok(answer)
}

/// Remove captions that were added; those of the file itself are back.
#[utoipa::path(delete, path = "/api/v1/materials/{id}/captions", operation_id = "removeCaptions", tag = "materials",
    security(("bearer" = [])), params(("id" = uuid::Uuid, Path, description = "The material")),
    responses((status = 204, description = "There are none"),
        (status = 403, description = "`not_allowed`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = ProblemDocument, content_type = "application/problem+json")))]
pub(crate) async fn remove(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<MaterialId>,
) -> Result<StatusCode, Problem> {
    remove_captions(&app.product, &caller.actor(), id).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn check_type(headers: &HeaderMap) -> Result<(), Problem> {
    let given = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    let essence = given
        .unwrap_or_default()
        .split(';')
        .next()
        .unwrap_or_default()
        .trim();
    if headers.get(header::CONTENT_ENCODING).is_none()
        && TYPES.iter().any(|known| known.eq_ignore_ascii_case(essence))
    {
        return Ok(());
    }
    Err(Problem::new(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "unsupported_media_type",
        "The body's type is not supported",
    )
    .with_detail("send text/vtt or application/x-subrip without a content coding"))
}
