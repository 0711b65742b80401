//! `POST /api/v1/classes/{id}/members`, `PATCH` and `DELETE …/members/{member}`.
use super::MemberBody;
use crate::api::App;
use crate::api::caller::Caller;
use crate::api::wire::double_option;
use crate::gateway::{Json, Path};
use crate::problem::{Problem, ProblemDocument};
use axum::extract::State;
use homeroom_core::domain::ids::{ClassId, MemberId};
use homeroom_core::usecases::classes::members::{MemberChange, add_member, remove_member, update_member};
use http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;

/// A new member.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AddMemberRequest {
    /// At most 100 characters.
    #[schema(min_length = 1, max_length = 100)]
    name: String,
    /// What the account is found by: an address or a user name.
    #[schema(min_length = 3, max_length = 254)]
    login: String,
    /// The school's number for them.
    #[schema(max_length = 40)]
    student_number: Option<String>,
}

/// Put somebody onto the roster.
#[utoipa::path(post, path = "/api/v1/classes/{id}/members", operation_id = "addMember", tag = "classes", security(("bearer" = [])),
    params(("id" = uuid::Uuid, Path, description = "The class")), request_body = AddMemberRequest,
    responses((status = 201, description = "The member", body = MemberBody),
        (status = 401, description = "Not signed in", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`not_allowed`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "`class_archived`, `roster_full`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 422, description = "`invalid_fields`", body = ProblemDocument, content_type = "application/problem+json")))]
pub(crate) async fn add(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<ClassId>,
    Json(request): Json<AddMemberRequest>,
) -> Result<(StatusCode, Json<MemberBody>), Problem> {
    let given = MemberChange {
        name: Some(request.name),
        login: Some(request.login),
        student_number: request.student_number.map(Some),
    };
    let member = add_member(&app.product, &caller.actor(), id, given).await?;
    Ok((StatusCode::CREATED, Json((&member).into())))
}

/// A change of a member. What is not given stays; null clears.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct UpdateMemberRequest {
    /// At most 100 characters.
    #[schema(min_length = 1, max_length = 100)]
    name: Option<String>,
    /// Another login is another account.
    #[schema(min_length = 3, max_length = 254)]
    login: Option<String>,
    /// The school's number for them.
    #[serde(default, deserialize_with = "double_option")]
    #[schema(value_type = Option<String>, max_length = 40)]
    student_number: Option<Option<String>>,
}

/// Change a member.
#[utoipa::path(patch, path = "/api/v1/classes/{id}/members/{member}", operation_id = "updateMember", tag = "classes", security(("bearer" = [])),
    params(("id" = uuid::Uuid, Path, description = "The class"), ("member" = uuid::Uuid, Path, description = "The member")),
    request_body = UpdateMemberRequest,
    responses((status = 200, description = "The member", body = MemberBody),
        (status = 401, description = "Not signed in", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`not_allowed`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 422, description = "`invalid_fields`", body = ProblemDocument, content_type = "application/problem+json")))]
pub(crate) async fn update(
    State(app): State<App>,
    caller: Caller,
    Path((id, member)): Path<(ClassId, MemberId)>,
    Json(request): Json<UpdateMemberRequest>,
) -> Result<Json<MemberBody>, Problem> {
    let given = MemberChange {
        name: request.name,
        login: request.login,
        student_number: request.student_number,
    };
    let member = update_member(&app.product, &caller.actor(), id, member, given).await?;
    Ok(Json((&member).into()))
}

/// Take a member off the roster: from then on the class does not exist for them.
#[utoipa::path(delete, path = "/api/v1/classes/{id}/members/{member}", operation_id = "removeMember", tag = "classes", security(("bearer" = [])),
    params(("id" = uuid::Uuid, Path, description = "The class"), ("member" = uuid::Uuid, Path, description = "The member")),
    responses((status = 204, description = "They are not in the class any more"),
        (status = 401, description = "Not signed in", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`not_allowed`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = ProblemDocument, content_type = "application/problem+json")))]
pub(crate) async fn remove(
    State(app): State<App>,
    caller: Caller,
    Path((id, member)): Path<(ClassId, MemberId)>,
) -> Result<StatusCode, Problem> {
    remove_member(&app.product, &caller.actor(), id, member).await?;
    Ok(StatusCode::NO_CONTENT)
}
