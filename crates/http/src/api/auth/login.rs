//! `POST /api/v1/auth/login`.
use crate::api::App;
use crate::api::caller::{cookie, device_cookie};
use crate::api::wire::TokensBody;
use crate::gateway::Json;
use crate::problem::{Problem, ProblemDocument};
use axum::extract::State;
use axum::response::AppendHeaders;
use homeroom_core::usecases::log_in::{LogIn, log_in};
use http::{HeaderMap, header};
use serde::Deserialize;
use utoipa::ToSchema;

/// Credentials.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LogInRequest {
    /// A name or an e-mail address.
    #[schema(max_length = 254)]
    login: String,
    /// At most 256 characters.
    #[schema(max_length = 256)]
    password: String,
    /// A one-time code; no account asks for one yet, so one that is given is refused.
    otp: Option<String>,
}

type Answer = (AppendHeaders<[(header::HeaderName, String); 1]>, Json<TokensBody>);

/// Sign a program in. The cookie that comes along only proves, when a later log-in from this
/// device sends it, that the device is known: it is not locked out by strangers' guesses.
#[utoipa::path(post, path = "/api/v1/auth/login", operation_id = "logIn", tag = "auth", request_body = LogInRequest,
    responses((status = 200, description = "Tokens", body = TokensBody),
        (status = 401, description = "`wrong_credentials`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 429, description = "`too_many_attempts`", body = ProblemDocument, content_type = "application/problem+json")))]
pub(crate) async fn handle(
    State(app): State<App>,
    headers: HeaderMap,
    Json(request): Json<LogInRequest>,
) -> Result<Answer, Problem> {
    if request.otp.is_some() {
        return Err(Problem::invalid_field(
            "otp",
            "this account has no one-time codes",
        ));
    }
    let device = cookie(&headers, device_cookie(app.https)).map(str::to_owned);
    let command = LogIn {
        login: request.login,
        password: request.password,
        device,
    };
    let signed_in = log_in(&app.product, command).await?;
    let keep = set_device_cookie(&signed_in.device, app.https);
    let tokens = TokensBody::new(signed_in.tokens, app.product.clock.now());
    Ok((AppendHeaders([(header::SET_COOKIE, keep)]), Json(tokens)))
}

/// The `Set-Cookie` by which a device is known again for a year.
pub(crate) fn set_device_cookie(proof: &str, https: bool) -> String {
    let secure = if https { "; Secure" } else { "" };
    format!(
        "{}={proof}; Path=/; HttpOnly; SameSite=Lax; Max-Age=31536000{secure}",
        device_cookie(https)
    )
}
