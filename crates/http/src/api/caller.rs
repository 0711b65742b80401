//! Who calls: a bearer token of a program, or the cookie of a browser with its CSRF token.
use super::App;
use crate::gateway::{RateClass, RateLimits};
use crate::problem::Problem;
use axum::extract::FromRequestParts;
use homeroom_core::domain::policy::Actor;
use homeroom_core::usecases::authenticate::{Identity, authenticate_bearer, authenticate_cookie};
use http::request::Parts;
use http::{HeaderMap, Method, StatusCode, header};
use subtle::ConstantTimeEq;

/// The header in which scripts of our pages send the CSRF token.
pub const CSRF_HEADER: &str = "x-csrf-token";

/// The sender of a request; not signed in when there are no credentials. Bad credentials are 401,
/// not anonymity, and an unsafe request by cookie needs the CSRF token (403).
pub struct Caller(pub Option<Identity>);

impl Caller {
    /// For the policy.
    pub fn actor(&self) -> Actor {
        self.0
            .as_ref()
            .map_or(Actor::Anonymous, |identity| identity.actor.clone())
    }
}

/// The name of the session cookie: with the `__Host-` prefix (RFC 6265bis §4.1.3.2) on https.
pub const fn session_cookie(https: bool) -> &'static str {
    if https { "__Host-homeroom" } else { "homeroom" }
}

/// The name of the cookie by which a device is known again.
pub const fn device_cookie(https: bool) -> &'static str {
    if https {
        "__Host-homeroom-device"
    } else {
        "homeroom-device"
    }
}

/// The value of a cookie (RFC 6265 §5.4); the first one of its name.
pub fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value)
}

/// The bearer token (RFC 6750 §2.1), if there is an `Authorization` header of that scheme.
fn bearer(headers: &HeaderMap) -> Result<Option<&str>, Problem> {
    let Some(value) = headers.get(header::AUTHORIZATION) else {
        return Ok(None);
    };
    let text = value.to_str().map_err(|_| Problem::unauthorized())?;
    match text.split_once(' ') {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => Ok(Some(token.trim())),
        _ => Err(Problem::unauthorized()),
    }
}

/// The browser session of a request, without a look at its CSRF token.
///
/// # Errors
/// When the account is suspended or the records do not answer.
pub async fn browser_session(app: &App, headers: &HeaderMap) -> Result<Option<Identity>, Problem> {
    match cookie(headers, session_cookie(app.https)) {
        Some(value) => Ok(authenticate_cookie(&app.product, value).await?),
        None => Ok(None),
    }
}

/// Takes from the user's share of requests (HARDENING 46).
///
/// # Errors
/// 429 when it is used up.
pub fn check_rate(parts: &Parts, identity: &Identity) -> Result<(), Problem> {
    let limits = parts.extensions.get::<RateLimits>();
    let class = parts.extensions.get::<RateClass>().copied();
    match limits.zip(class) {
        Some((limits, class)) => limits.check_user(identity.user.id.uuid(), class),
        None => Ok(()),
    }
}

/// Whether the given token is that of the session.
pub fn csrf_fits(identity: &Identity, given: &str) -> bool {
    identity
        .csrf
        .as_ref()
        .is_some_and(|token| token.as_bytes().ct_eq(given.as_bytes()).into())
}

impl FromRequestParts<App> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        if let Some(token) = bearer(&parts.headers)? {
            let identity = authenticate_bearer(&app.product, token).await?;
            check_rate(parts, &identity)?;
            return Ok(Self(Some(identity)));
        }
        let Some(identity) = browser_session(app, &parts.headers).await? else {
            return Ok(Self(None));
        };
        check_rate(parts, &identity)?;
        let safe = matches!(parts.method, Method::GET | Method::HEAD | Method::OPTIONS);
        let given = parts
            .headers
            .get(CSRF_HEADER)
            .and_then(|value| value.to_str().ok());
        if !safe && !given.is_some_and(|given| csrf_fits(&identity, given)) {
            return Err(Problem::new(
                StatusCode::FORBIDDEN,
                "csrf_token_missing",
                "A request by cookie needs the page's CSRF token",
            ));
        }
        Ok(Self(Some(identity)))
    }
}
