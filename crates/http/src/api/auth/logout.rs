//! `POST /api/v1/auth/logout`.
use crate::api::App;
use crate::api::caller::Caller;
use crate::problem::{Problem, ProblemDocument};
use axum::extract::State;
use homeroom_core::usecases::authenticate::log_out;
use http::StatusCode;

/// End this session: its tokens are refused from the next request on.
#[utoipa::path(post, path = "/api/v1/auth/logout", operation_id = "logOut", tag = "auth",
    security(("bearer" = [])),
    responses((status = 204, description = "Ended"),
        (status = 401, description = "Not signed in", body = ProblemDocument, content_type = "application/problem+json")))]
pub(crate) async fn handle(State(app): State<App>, caller: Caller) -> Result<StatusCode, Problem> {
    log_out(&app.product, &caller.actor()).await?;
    Ok(StatusCode::NO_CONTENT)
}
