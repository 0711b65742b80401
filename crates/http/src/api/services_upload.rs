//! `POST /api/services/upload`: one file name in, one signed URL out.
use super::caller::Caller;
use super::{App, CallerOrigin};
use crate::gateway::Json;
use crate::problem::{Problem, ProblemDocument};
use axum::extract::State;
use homeroom_core::usecases::service_upload::service_upload;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A file that is to be sent.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ServiceUploadRequest {
    /// Only its last path component is kept.
    #[schema(min_length = 1, max_length = 1024)]
    file_name: String,
}

/// Where to send it.
#[derive(Serialize, ToSchema)]
pub(crate) struct ServiceUploadBody {
    /// For one PUT of the whole file, without further headers.
    presigned_url: String,
    /// The name under which it is kept: the upload's id and the cleaned name.
    filename: String,
}

/// A signed URL for one file of any size up to the service limit. What has arrived becomes a
/// private material of the caller within a minute.
#[utoipa::path(post, path = "/api/services/upload", operation_id = "serviceUpload", tag = "uploads", security(("bearer" = [])),
    request_body = ServiceUploadRequest,
    responses((status = 200, description = "Where to send it", body = ServiceUploadBody),
        (status = 401, description = "Not signed in", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 413, description = "`quota_exceeded`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 422, description = "`invalid_fields`", body = ProblemDocument, content_type = "application/problem+json")))]
pub(crate) async fn handle(
    State(app): State<App>,
    caller: Caller,
    origin: CallerOrigin,
    Json(request): Json<ServiceUploadRequest>,
) -> Result<Json<ServiceUploadBody>, Problem> {
    let (upload, signed) =
        service_upload(&app.product, &caller.actor(), &request.file_name, &origin.0).await?;
    Ok(Json(ServiceUploadBody {
        presigned_url: signed.url,
        filename: format!("{}-{}", upload.id, upload.filename.as_str()),
    }))
}
