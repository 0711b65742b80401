//! `POST /api/v1/uploads`.
use crate::api::caller::Caller;
use crate::api::idempotency::Idempotency;
use crate::api::wire::UploadBody;
use crate::api::{App, CallerOrigin};
use crate::gateway::Json;
use crate::problem::{Problem, ProblemDocument};
use axum::extract::State;
use homeroom_core::usecases::begin_upload::{BeginUpload, begin_upload};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A file that is to be sent.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct BeginUploadRequest {
    /// Only its last path component is kept, at most 255 bytes of it.
    #[schema(min_length = 1, max_length = 1024)]
    filename: String,
    /// In bytes, at most 5 TiB.
    #[schema(minimum = 0, maximum = 5_497_558_138_880_u64)]
    size: u64,
    /// Its media type, at most 255 bytes.
    #[schema(max_length = 255)]
    content_type: Option<String>,
    /// SHA-256 in hexadecimal; checked before anything is published.
    #[schema(pattern = "^[0-9a-fA-F]{64}$")]
    sha256: Option<String>,
}

/// Begin an upload: reserves its space and gives a signed URL for each part.
#[utoipa::path(post, path = "/api/v1/uploads", operation_id = "beginUpload", tag = "uploads", security(("bearer" = [])),
    request_body = BeginUploadRequest,
    params(("Idempotency-Key" = Option<String>, Header, description = "Repeating a request with its key gives its upload again")),
    responses((status = 201, description = "The upload", body = UploadBody),
        (status = 401, description = "Not signed in", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "`idempotency_key_reused`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 413, description = "`quota_exceeded`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 422, description = "`invalid_fields`", body = ProblemDocument, content_type = "application/problem+json")))]
pub(crate) async fn handle(
    State(app): State<App>,
    caller: Caller,
    origin: CallerOrigin,
    idempotency: Idempotency,
    Json(request): Json<BeginUploadRequest>,
) -> Result<(StatusCode, Json<UploadBody>), Problem> {
    let key = idempotency.for_request(&request);
    let command = BeginUpload {
        filename: request.filename,
        size: request.size,
        content_type: request.content_type,
        sha256: request.sha256,
    };
    let view = begin_upload(&app.product, &caller.actor(), command, key, &origin.0).await?;
    Ok((StatusCode::CREATED, Json(view.into())))
}
