//! `POST /api/v1/classes/join`, `POST …/{id}/leave`, `POST` and `DELETE …/{id}/join-code`.
use super::ClassBody;
use crate::api::App;
use crate::api::caller::Caller;
use crate::gateway::{Json, Path};
use crate::problem::{Problem, ProblemDocument};
use axum::extract::State;
use homeroom_core::domain::ids::ClassId;
use homeroom_core::usecases::classes::join_class::{join_class, leave_class};
use homeroom_core::usecases::classes::list_classes::read_class;
use homeroom_core::usecases::classes::update_class::change_join_code;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Which class.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct JoinRequest {
    /// Eight letters and digits; case, spaces and hyphens do not matter.
    #[schema(min_length = 8, max_length = 40)]
    code: String,
}

/// Join a class by its code. Nothing happens if the caller is in it.
#[utoipa::path(post, path = "/api/v1/classes/join", operation_id = "joinClass", tag = "classes", security(("bearer" = [])),
    request_body = JoinRequest,
    responses((status = 200, description = "The class", body = ClassBody),
        (status = 401, description = "Not signed in", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: the code leads nowhere", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "`class_archived`, `roster_full`, `too_many_classes`, `is_teacher`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 422, description = "`invalid_fields`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 429, description = "`too_many_attempts`", body = ProblemDocument, content_type = "application/problem+json")))]
pub(crate) async fn join(
    State(app): State<App>,
    caller: Caller,
    Json(request): Json<JoinRequest>,
) -> Result<Json<ClassBody>, Problem> {
    let actor = caller.actor();
    let id = join_class(&app.product, &actor, &request.code).await?;
    Ok(Json(read_class(&app.product, &actor, id).await?.into()))
}

/// Leave a class. What was sent stays with it until its time is over.
#[utoipa::path(post, path = "/api/v1/classes/{id}/leave", operation_id = "leaveClass", tag = "classes", security(("bearer" = [])),
    params(("id" = uuid::Uuid, Path, description = "The class")),
    responses((status = 204, description = "The caller is not in it any more"),
        (status = 401, description = "Not signed in", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`not_a_member`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = ProblemDocument, content_type = "application/problem+json")))]
pub(crate) async fn leave(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<ClassId>,
) -> Result<StatusCode, Problem> {
    leave_class(&app.product, &caller.actor(), id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A code.
#[derive(Serialize, ToSchema)]
pub(crate) struct JoinCodeBody {
    /// Eight letters and digits.
    join_code: String,
}

/// Give the class a new join code; the one before leads nowhere.
#[utoipa::path(post, path = "/api/v1/classes/{id}/join-code", operation_id = "renewJoinCode", tag = "classes", security(("bearer" = [])),
    params(("id" = uuid::Uuid, Path, description = "The class")),
    responses((status = 201, description = "The code", body = JoinCodeBody),
        (status = 401, description = "Not signed in", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`not_allowed`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "`class_archived`", body = ProblemDocument, content_type = "application/problem+json")))]
pub(crate) async fn open(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<ClassId>,
) -> Result<(StatusCode, Json<JoinCodeBody>), Problem> {
    let class = change_join_code(&app.product, &caller.actor(), id, true).await?;
    let join_code = class
        .join_code
        .map(|code| code.as_str().to_owned())
        .unwrap_or_default();
    Ok((StatusCode::CREATED, Json(JoinCodeBody { join_code })))
}

/// Let nobody join by a code any more.
#[utoipa::path(delete, path = "/api/v1/classes/{id}/join-code", operation_id = "removeJoinCode", tag = "classes", security(("bearer" = [])),
    params(("id" = uuid::Uuid, Path, description = "The class")),
    responses((status = 204, description = "There is no code"),
        (status = 401, description = "Not signed in", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`not_allowed`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "`class_archived`", body = ProblemDocument, content_type = "application/problem+json")))]
pub(crate) async fn close(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<ClassId>,
) -> Result<StatusCode, Problem> {
    change_join_code(&app.product, &caller.actor(), id, false).await?;
    Ok(StatusCode::NO_CONTENT)
}
