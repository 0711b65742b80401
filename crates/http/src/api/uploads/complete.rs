//! `POST /api/v1/uploads/{id}/complete`.
use crate::api::App;
use crate::api::caller::Caller;
use crate::api::wire::MaterialBody;
use crate::gateway::{Json, OptionalJson, Path};
use crate::problem::{Problem, ProblemDocument};
use axum::extract::State;
use homeroom_core::domain::ids::UploadId;
use homeroom_core::usecases::complete_upload::{CompleteUpload, complete_upload};
use homeroom_core::usecases::update_material::DetailsChange;
use http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;

/// What is said of the new material; all of it may be left out.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CompleteUploadRequest {
    /// At most 200 characters; suggested from the file unless it is given.
    #[schema(min_length = 1, max_length = 200)]
    title: Option<String>,
    /// At most 5,000 characters.
    #[schema(max_length = 5000)]
    description: Option<String>,
    /// A subject's slug.
    subject: Option<String>,
    /// 7 to 12.
    #[schema(minimum = 7, maximum = 12)]
    grade: Option<i64>,
    /// A course's id.
    course: Option<String>,
    /// At most 20 of at most 40 characters.
    #[schema(max_items = 20)]
    tags: Option<Vec<String>>,
    /// A BCP 47 primary subtag such as `he`.
    language: Option<String>,
    /// Such as `CC BY 4.0`.
    #[schema(max_length = 100)]
    licence: Option<String>,
    /// `private`; `class`: for everybody who is in an active class with its owner, as member or teacher;
    /// `school` (unless said); or `public`.
    visibility: Option<String>,
    /// SHA-256 in hexadecimal, for clients that hash while they send.
    #[schema(pattern = "^[0-9a-fA-F]{64}$")]
    sha256: Option<String>,
}

/// Complete an upload: checks size and hash, then makes it a material. Repeating gives the same.
#[utoipa::path(post, path = "/api/v1/uploads/{id}/complete", operation_id = "completeUpload", tag = "uploads",
    security(("bearer" = [])), request_body = Option<CompleteUploadRequest>,
    params(("id" = uuid::Uuid, Path, description = "The upload")),
    responses((status = 201, description = "The material, being processed", body = MaterialBody),
        (status = 404, description = "`not_found`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "`upload_incomplete`, `upload_aborted`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 422, description = "`invalid_fields`, `size_mismatch`, `checksum_mismatch`", body = ProblemDocument, content_type = "application/problem+json")))]
pub(crate) async fn handle(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<UploadId>,
    OptionalJson(request): OptionalJson<CompleteUploadRequest>,
) -> Result<(StatusCode, Json<MaterialBody>), Problem> {
    let details = DetailsChange {
        title: request.title,
        description: request.description,
        subject: request.subject.map(Some),
        grade: request.grade.map(Some),
        course: request.course.map(Some),
        tags: request.tags,
        language: request.language.map(Some),
        licence: request.licence.map(Some),
        visibility: request.visibility,
    };
    let command = CompleteUpload {
        details,
        sha256: request.sha256,
    };
    let material = complete_upload(&app.product, &caller.actor(), id, command).await?;
    let name = caller
        .0
        .map(|identity| identity.user.display_name().to_owned())
        .unwrap_or_default();
    Ok((StatusCode::CREATED, Json(MaterialBody::new(material, name))))
}
