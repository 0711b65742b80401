//! Logging in and out, signing up, and the first administrator.
use super::form::Form;
use super::manage::field_error;
use super::options;
use super::visitor::{Visitor, parameter};
use crate::api::App;
use crate::api::auth::login::set_device_cookie;
use crate::api::caller::{cookie, device_cookie, session_cookie};
use crate::gateway::Path;
use crate::problem::Problem;
use crate::web::context::Field;
use crate::web::pages::entrance::{self, LogInPage, SetUpPage, SignUpPage};
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use homeroom_core::usecases::authenticate::log_out as end_session;
use homeroom_core::usecases::log_in::{LogIn, SignedInBrowser, log_in_browser, sign_in_browser};
use homeroom_core::usecases::setup::{create_first_admin, is_setup_token};
use homeroom_core::usecases::sign_up::{SignUp, sign_up as create_account};
use homeroom_core::usecases::{FieldError, UseCaseError};
use http::{StatusCode, header};

/// A path on this site to go to afterwards; anything else is home (HARDENING 33).
fn safe_next(given: &str) -> String {
    let local = given.starts_with('/')
        && !given.starts_with("//")
        && given.len() <= 2_000
        && !given.contains(['\\', '\r', '\n', '\t', '\0'])
        && !given.starts_with("/login")
        && !given.starts_with("/signup");
    if local { given.to_owned() } else { "/".into() }
}

/// `GET /login`
pub(super) async fn log_in_page(visitor: Visitor) -> Response {
    let next = safe_next(&parameter(&visitor.here, "next").unwrap_or_default());
    if visitor.identity.is_some() {
        return Redirect::to(&next).into_response();
    }
    let page = LogInPage {
        chrome: visitor.chrome(),
        next,
        login: Field::default(),
        error: None,
    };
    visitor.show(entrance::log_in(&page, visitor.t))
}

/// `POST /login`
pub(super) async fn log_in(form: Form) -> Response {
    let visitor = &form.visitor;
    let https = visitor.app.https;
    let command = LogIn {
        login: form.text("login").trim().to_owned(),
        password: form.text("password").to_owned(),
        device: cookie(&visitor.headers, device_cookie(https)).map(str::to_owned),
    };
    match log_in_browser(&visitor.app.product, command).await {
        Ok(signed_in) => enter(&visitor.app, &signed_in, &safe_next(form.text("next"))),
        Err(error) => {
            let problem = Problem::from(error);
            let page = LogInPage {
                chrome: visitor.chrome(),
                next: safe_next(form.text("next")),
                login: Field::holding(form.text("login")),
                error: Some(visitor.t.problem(problem.code)),
            };
            let mut response = visitor.show_as(problem.status, entrance::log_in(&page, visitor.t));
            if let Some(after) = problem.retry_after {
                response
                    .headers_mut()
                    .insert(header::RETRY_AFTER, after.as_secs().max(1).into());
            }
            response
        }
    }
}

/// Sets the session's cookie and leads on.
fn enter(app: &App, signed_in: &SignedInBrowser, next: &str) -> Response {
    let age = app.product.settings.session_lifetime.as_secs();
    let session = set_session_cookie(app.https, &signed_in.cookie, age);
    let device = set_device_cookie(&signed_in.device, app.https);
    let cookies = AppendHeaders([(header::SET_COOKIE, session), (header::SET_COOKIE, device)]);
    (cookies, Redirect::to(next)).into_response()
}

fn set_session_cookie(https: bool, value: &str, max_age: i64) -> String {
    let secure = if https { "; Secure" } else { "" };
    format!(
        "{}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={max_age}{secure}",
        session_cookie(https)
    )
}

/// `GET /signup`
pub(super) async fn sign_up_page(visitor: Visitor) -> Response {
    let next = safe_next(&parameter(&visitor.here, "next").unwrap_or_default());
    if visitor.identity.is_some() {
        return Redirect::to(&next).into_response();
    }
    let page = SignUpPage {
        chrome: visitor.chrome(),
        next,
        username: Field::default(),
        email: Field::default(),
        full_name: Field::default(),
        password: Field::default(),
        grades: options::grades(&visitor, ""),
        error: None,
    };
    visitor.show(entrance::sign_up(&page, visitor.t))
}

fn account_of(form: &Form) -> SignUp {
    SignUp {
        username: form.text("username").trim().to_owned(),
        email: form.text("email").to_owned(),
        password: form.text("password").to_owned(),
        full_name: form.optional("full_name"),
        grade: form.number("grade"),
    }
}

/// What is wrong, field by field and as a whole.
fn complaints(form: &Form, error: UseCaseError) -> (StatusCode, Vec<FieldError>, Option<String>) {
    match error {
        UseCaseError::Invalid(errors) => (StatusCode::UNPROCESSABLE_ENTITY, errors, None),
        other => {
            let problem = Problem::from(other);
            (
                problem.status,
                Vec::new(),
                Some(form.visitor.t.problem(problem.code)),
            )
        }
    }
}

fn typed(form: &Form, errors: &[FieldError], name: &str) -> Field {
    Field {
        value: form.text(name).to_owned(),
        error: field_error(form, errors, name),
    }
}

/// `POST /signup`
pub(super) async fn sign_up(form: Form) -> Response {
    let product = &form.visitor.app.product;
    let entered = match create_account(product, account_of(&form), None).await {
        Ok(user) => sign_in_browser(product, user).await,
        Err(error) => Err(error),
    };
    match entered {
        Ok(signed_in) => enter(&form.visitor.app, &signed_in, &safe_next(form.text("next"))),
        Err(error) => {
            let (status, errors, error) = complaints(&form, error);
            let page = SignUpPage {
                chrome: form.visitor.chrome(),
                next: safe_next(form.text("next")),
                username: typed(&form, &errors, "username"),
                email: typed(&form, &errors, "email"),
                full_name: typed(&form, &errors, "full_name"),
                password: Field {
                    value: String::new(),
                    error: field_error(&form, &errors, "password"),
                },
                grades: options::grades(&form.visitor, form.text("grade")),
                error,
            };
            form.visitor
                .show_as(status, entrance::sign_up(&page, form.visitor.t))
        }
    }
}

/// `GET /setup/{token}`
pub(super) async fn set_up_page(visitor: Visitor, Path(token): Path<String>) -> Response {
    match is_setup_token(&visitor.app.product, &token).await {
        Ok(true) => {
            let page = SetUpPage {
                chrome: visitor.chrome(),
                action: visitor.here.clone(),
                username: Field::default(),
                email: Field::default(),
                full_name: Field::default(),
                password: Field::default(),
                error: None,
            };
            visitor.show(entrance::set_up(&page, visitor.t))
        }
        Ok(false) => visitor.refused(UseCaseError::NotFound),
        Err(error) => visitor.refused(error),
    }
}

/// `POST /setup/{token}`
pub(super) async fn set_up(Path(token): Path<String>, form: Form) -> Response {
    let product = &form.visitor.app.product;
    let entered = match create_first_admin(product, &token, account_of(&form)).await {
        Ok(user) => sign_in_browser(product, user).await,
        Err(UseCaseError::NotFound) => return form.visitor.refused(UseCaseError::NotFound),
        Err(error) => Err(error),
    };
    match entered {
        Ok(signed_in) => enter(&form.visitor.app, &signed_in, "/"),
        Err(error) => {
            let (status, errors, error) = complaints(&form, error);
            let page = SetUpPage {
                chrome: form.visitor.chrome(),
                action: form.visitor.here.clone(),
                username: typed(&form, &errors, "username"),
                email: typed(&form, &errors, "email"),
                full_name: typed(&form, &errors, "full_name"),
                password: Field {
                    value: String::new(),
                    error: field_error(&form, &errors, "password"),
                },
                error,
            };
            form.visitor
                .show_as(status, entrance::set_up(&page, form.visitor.t))
        }
    }
}

/// `POST /logout`
pub(super) async fn log_out(form: Form) -> Response {
    let visitor = &form.visitor;
    if visitor.identity.is_some()
        && let Err(error) = end_session(&visitor.app.product, &visitor.actor()).await
    {
        return visitor.refused(error);
    }
    leave(visitor)
}

/// Takes the session's cookie away and leads home.
pub(super) fn leave(visitor: &Visitor) -> Response {
    let gone = set_session_cookie(visitor.app.https, "", 0);
    (AppendHeaders([(header::SET_COOKIE, gone)]), Redirect::to("/")).into_response()
}

#[cfg(test)]
mod tests {
    use super::safe_next;

    /// HARDENING 33.
    #[test]
    fn one_goes_on_to_paths_of_this_site_only() {
        for evil in [
            "//evil",
            "\\\\evil",
            "/\\evil",
            "https://evil",
            "javascript:alert(1)",
            "",
            "/a\nb",
            "evil",
        ] {
            assert_eq!(safe_next(evil), "/", "{evil:?}");
        }
        assert_eq!(safe_next("/materials/1?q=a%20b"), "/materials/1?q=a%20b");
    }
}
