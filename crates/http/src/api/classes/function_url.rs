//! `POST` and `DELETE /api/v1/classes/{id}/function-url`.
use crate::api::caller::Caller;
use crate::api::{App, CallerOrigin};
use crate::gateway::{Json, Path};
use crate::problem::{Problem, ProblemDocument};
use axum::extract::State;
use homeroom_core::domain::ids::ClassId;
use homeroom_core::usecases::classes::function_url::{create_function_url, revoke_function_url};
use http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

/// A function URL.
#[derive(Serialize, ToSchema)]
pub(crate) struct FunctionUrlBody {
    /// Whoever has it acts for the class. Shown once.
    url: String,
}

/// Make the class's function URL; the one before leads nowhere from then on.
#[utoipa::path(post, path = "/api/v1/classes/{id}/function-url", operation_id = "createFunctionUrl", tag = "classes", security(("bearer" = [])),
    params(("id" = uuid::Uuid, Path, description = "The class")),
    responses((status = 201, description = "The URL, shown once", body = FunctionUrlBody),
        (status = 401, description = "Not signed in", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`not_allowed`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "`class_archived`", body = ProblemDocument, content_type = "application/problem+json")))]
pub(crate) async fn create(
    State(app): State<App>,
    caller: Caller,
    origin: CallerOrigin,
    Path(id): Path<ClassId>,
) -> Result<(StatusCode, Json<FunctionUrlBody>), Problem> {
    let token = create_function_url(&app.product, &caller.actor(), id).await?;
    let url = format!("{}/f/{token}", origin.0.0);
    Ok((StatusCode::CREATED, Json(FunctionUrlBody { url })))
}

/// Take the class's function URL back. What was written through it stays.
#[utoipa::path(delete, path = "/api/v1/classes/{id}/function-url", operation_id = "revokeFunctionUrl", tag = "classes", security(("bearer" = [])),
    params(("id" = uuid::Uuid, Path, description = "The class")),
    responses((status = 204, description = "There is none"),
        (status = 401, description = "Not signed in", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`not_allowed`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = ProblemDocument, content_type = "application/problem+json")))]
pub(crate) async fn revoke(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<ClassId>,
) -> Result<StatusCode, Problem> {
    revoke_function_url(&app.product, &caller.actor(), id).await?;
    Ok(StatusCode::NO_CONTENT)
}
