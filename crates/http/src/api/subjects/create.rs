//! `POST /api/v1/subjects`.
use crate::api::App;
use crate::api::caller::Caller;
use crate::api::idempotency::Idempotency;
use crate::api::wire::SubjectBody;
use crate::gateway::Json;
use crate::problem::{Problem, ProblemDocument};
use axum::extract::State;
use homeroom_core::usecases::subjects::{AddSubject, add_subject, read_subject};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A new subject.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AddSubjectRequest {
    /// At most 80 characters.
    #[schema(min_length = 1, max_length = 80)]
    name: String,
    /// Made from the name unless it is given.
    #[schema(max_length = 64)]
    slug: Option<String>,
    /// Which of the twelve subject colours.
    #[schema(minimum = 0, maximum = 11)]
    hue: Option<i64>,
}

/// Add a subject: teachers and above.
#[utoipa::path(post, path = "/api/v1/subjects", operation_id = "addSubject", tag = "subjects", security(("bearer" = [])),
    request_body = AddSubjectRequest,
    params(("Idempotency-Key" = Option<String>, Header, description = "Repeating a request with its key gives its answer again")),
    responses((status = 201, description = "The subject", body = SubjectBody),
        (status = 403, description = "`not_allowed`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "`subject_exists`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 422, description = "`invalid_fields`", body = ProblemDocument, content_type = "application/problem+json")))]
pub(crate) async fn handle(
    State(app): State<App>,
    caller: Caller,
    idempotency: Idempotency,
    Json(request): Json<AddSubjectRequest>,
) -> Result<(StatusCode, Json<SubjectBody>), Problem> {
    let key = idempotency.for_request(&request);
    let command = AddSubject {
        name: request.name,
        slug: request.slug,
        hue: request.hue,
    };
    let subject = add_subject(&app.product, &caller.actor(), command, key).await?;
    let view = read_subject(&app.product, &caller.actor(), subject.slug.as_str()).await?;
    Ok((StatusCode::CREATED, Json(view.into())))
}
