//! `POST /api/v1/auth/refresh`.
use crate::api::App;
use crate::api::wire::TokensBody;
use crate::gateway::Json;
use crate::problem::{Problem, ProblemDocument};
use axum::extract::{FromRequestParts, State};
use homeroom_core::usecases::refresh::refresh;
use http::request::Parts;
use jiff::Timestamp;
use serde::Deserialize;
use utoipa::ToSchema;

/// A refresh token.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RefreshRequest {
    /// As the last answer gave it.
    refresh_token: String,
}

/// When the request's head had arrived.
pub(crate) struct ReceivedAt(Timestamp);

impl FromRequestParts<App> for ReceivedAt {
    type Rejection = Problem;

    async fn from_request_parts(_parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        Ok(Self(app.product.clock.now()))
    }
}

/// Renew tokens. The given refresh token is spent; using it again ends the session.
#[utoipa::path(post, path = "/api/v1/auth/refresh", operation_id = "refresh", tag = "auth", request_body = RefreshRequest,
    responses((status = 200, description = "New tokens", body = TokensBody),
        (status = 401, description = "`refresh_token_refused`", body = ProblemDocument, content_type = "application/problem+json")))]
pub(crate) async fn handle(
    State(app): State<App>,
    received: ReceivedAt,
    Json(request): Json<RefreshRequest>,
) -> Result<Json<TokensBody>, Problem> {
    let tokens = refresh(&app.product, &request.refresh_token, received.0).await?;
    Ok(Json(TokensBody::new(tokens, app.product.clock.now())))
}
