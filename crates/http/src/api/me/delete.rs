//! `DELETE /api/v1/me`.
use crate::api::App;
use crate::api::caller::Caller;
use crate::problem::{Problem, ProblemDocument};
use axum::extract::State;
use homeroom_core::usecases::account::delete_account;
use http::StatusCode;

/// Delete my account with all my uploads and materials.
#[utoipa::path(delete, path = "/api/v1/me", operation_id = "deleteMe", tag = "me", security(("bearer" = [])),
    responses((status = 204, description = "Gone"),
        (status = 401, description = "Not signed in", body = ProblemDocument, content_type = "application/problem+json")))]
pub(crate) async fn handle(State(app): State<App>, caller: Caller) -> Result<StatusCode, Problem> {
    delete_account(&app.product, &caller.actor()).await?;
    Ok(StatusCode::NO_CONTENT)
}
