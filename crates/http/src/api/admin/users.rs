//! `GET|PATCH /api/v1/admin/users`.
use crate::api::App;
use crate::api::caller::Caller;
use crate::api::cursor::{PageParameters, limit, record_cursor};
use crate::api::wire::UserBody;
use crate::gateway::{Json, Query};
use crate::problem::{Problem, ProblemDocument};
use axum::extract::State;
use homeroom_core::domain::user::{Role, Standing};
use homeroom_core::usecases::users::{list_users, set_role};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A page of users.
#[derive(Serialize, ToSchema)]
pub(crate) struct UserPage {
    /// By name.
    items: Vec<UserBody>,
    /// Where to go on.
    next_cursor: Option<String>,
}

/// Users: administrators.
#[utoipa::path(get, path = "/api/v1/admin/users", operation_id = "listUsers", tag = "admin", security(("bearer" = [])),
    params(PageParameters),
    responses((status = 200, description = "Users", body = UserPage),
        (status = 403, description = "`not_allowed`", body = ProblemDocument, content_type = "application/problem+json")))]
pub(crate) async fn list(
    State(app): State<App>,
    caller: Caller,
    Query(parameters): Query<PageParameters>,
) -> Result<Json<UserPage>, Problem> {
    let limit = limit(parameters.limit)?;
    let cursor = record_cursor(parameters.cursor)?;
    let listing = list_users(&app.product, &caller.actor(), limit, cursor).await?;
    Ok(Json(UserPage {
        items: listing.items.into_iter().map(UserBody::from).collect(),
        next_cursor: listing.next.map(|cursor| cursor.0),
    }))
}

/// A change of somebody's account.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct UpdateUserRequest {
    /// A name or an e-mail address.
    login: String,
    /// `student`, `teacher`, `moderator` or `admin`.
    role: Option<String>,
    /// Whether they may not sign in; holds on their next request.
    suspended: Option<bool>,
}

/// Change a user's role or standing: administrators.
#[utoipa::path(patch, path = "/api/v1/admin/users", operation_id = "updateUser", tag = "admin", security(("bearer" = [])),
    request_body = UpdateUserRequest,
    responses((status = 200, description = "The user", body = UserBody),
        (status = 403, description = "`not_allowed`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 422, description = "`invalid_fields`", body = ProblemDocument, content_type = "application/problem+json")))]
pub(crate) async fn update(
    State(app): State<App>,
    caller: Caller,
    Json(request): Json<UpdateUserRequest>,
) -> Result<Json<UserBody>, Problem> {
    let role = request.role.as_deref().map(str::parse::<Role>).transpose();
    let role = role.map_err(|error| Problem::invalid_field("role", error.to_string()))?;
    let standing = request.suspended.map(|yes| {
        if yes {
            Standing::Suspended
        } else {
            Standing::Active
        }
    });
    Ok(Json(
        set_role(&app.product, &caller.actor(), &request.login, role, standing)
            .await?
            .into(),
    ))
}
