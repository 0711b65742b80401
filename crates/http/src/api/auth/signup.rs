//! `POST /api/v1/auth/signup`.
use crate::api::App;
use crate::api::idempotency::Idempotency;
use crate::api::wire::UserBody;
use crate::gateway::Json;
use crate::problem::{Problem, ProblemDocument};
use axum::extract::State;
use homeroom_core::usecases::sign_up::{SignUp, sign_up};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A new account.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SignUpRequest {
    /// 3 to 32 letters, digits, `_`, `-`, `.`.
    #[schema(min_length = 3, max_length = 32)]
    username: String,
    /// At most 254 bytes.
    #[schema(max_length = 254, format = "email")]
    email: String,
    /// 10 to 256 characters.
    #[schema(min_length = 10, max_length = 256)]
    password: String,
    /// At most 100 characters.
    #[schema(max_length = 100)]
    full_name: Option<String>,
    /// 7 to 12.
    #[schema(minimum = 7, maximum = 12)]
    grade: Option<i64>,
    /// An invitation; there are none yet, so one that is given is refused.
    invite: Option<String>,
}

/// Make an account.
#[utoipa::path(post, path = "/api/v1/auth/signup", operation_id = "signUp", tag = "auth", request_body = SignUpRequest,
    params(("Idempotency-Key" = Option<String>, Header, description = "Repeating a request with its key gives its answer again")),
    responses((status = 201, description = "The account", body = UserBody),
        (status = 409, description = "`account_exists`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 422, description = "`invalid_fields`", body = ProblemDocument, content_type = "application/problem+json")))]
pub(crate) async fn handle(
    State(app): State<App>,
    idempotency: Idempotency,
    Json(request): Json<SignUpRequest>,
) -> Result<(StatusCode, Json<UserBody>), Problem> {
    let key = idempotency.for_request(&request);
    if request.invite.is_some() {
        return Err(Problem::invalid_field(
            "invite",
            "is not an invitation of this school",
        ));
    }
    let command = SignUp {
        username: request.username,
        email: request.email,
        password: request.password,
        full_name: request.full_name,
        grade: request.grade,
    };
    let user = sign_up(&app.product, command, key).await?;
    Ok((StatusCode::CREATED, Json(user.into())))
}
