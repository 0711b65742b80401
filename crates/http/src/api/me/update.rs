//! `PATCH /api/v1/me`.
use super::read::AccountBody;
use crate::api::App;
use crate::api::caller::Caller;
use crate::api::wire::double_option;
use crate::gateway::Json;
use crate::problem::{Problem, ProblemDocument};
use axum::extract::State;
use homeroom_core::usecases::account::{AccountChange, update_account};
use serde::Deserialize;
use utoipa::ToSchema;

/// A change of one's own account. What is absent stays; null clears.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct UpdateMeRequest {
    /// At most 100 characters.
    #[serde(default, deserialize_with = "double_option")]
    #[schema(value_type = Option<String>, max_length = 100)]
    full_name: Option<Option<String>>,
    /// 7 to 12.
    #[serde(default, deserialize_with = "double_option")]
    #[schema(value_type = Option<i64>, minimum = 7, maximum = 12)]
    grade: Option<Option<i64>>,
    /// A new password; needs the present one and ends all other sessions.
    #[schema(min_length = 10, max_length = 256)]
    password: Option<String>,
    /// The present password.
    #[schema(max_length = 256)]
    current_password: Option<String>,
}

/// Change my account.
#[utoipa::path(patch, path = "/api/v1/me", operation_id = "updateMe", tag = "me", security(("bearer" = [])), request_body = UpdateMeRequest,
    responses((status = 200, description = "The account", body = AccountBody),
        (status = 403, description = "`wrong_password`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 422, description = "`invalid_fields`", body = ProblemDocument, content_type = "application/problem+json")))]
pub(crate) async fn handle(
    State(app): State<App>,
    caller: Caller,
    Json(request): Json<UpdateMeRequest>,
) -> Result<Json<AccountBody>, Problem> {
    let change = AccountChange {
        full_name: request.full_name,
        grade: request.grade,
        password: request.password,
        current_password: request.current_password,
    };
    Ok(Json(
        update_account(&app.product, &caller.actor(), change)
            .await?
            .into(),
    ))
}
