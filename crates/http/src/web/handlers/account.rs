//! One's own account.
use super::cards::day;
use super::entrance::leave;
use super::form::Form;
use super::manage::field_error;
use super::options;
use super::visitor::Visitor;
use crate::gateway::Path;
use crate::problem::Problem;
use crate::web::context::Field;
use crate::web::pages::account::{self, AccountPage, PasswordFields, SessionLine, SessionPlace};
use axum::response::{IntoResponse, Redirect, Response};
use homeroom_core::domain::ids::SessionId;
use homeroom_core::records::sessions::SessionKind;
use homeroom_core::usecases::account::{
    AccountChange, confirm_password, delete_account, end_session as end, list_sessions, read_account,
    update_account,
};
use homeroom_core::usecases::authenticate::Identity;
use homeroom_core::usecases::{FieldError, UseCaseError};
use http::StatusCode;

/// `GET /account`
pub(super) async fn page(visitor: Visitor) -> Response {
    let identity = match visitor.signed_in() {
        Ok(identity) => identity,
        Err(log_in) => return *log_in,
    };
    match context(&visitor, identity).await {
        Ok(context) => visitor.show(account::page(&context, visitor.t)),
        Err(error) => visitor.refused(error),
    }
}

async fn context(visitor: &Visitor, identity: &Identity) -> Result<AccountPage, UseCaseError> {
    let (product, actor) = (&visitor.app.product, visitor.actor());
    let user = read_account(product, &actor).await?.user;
    let mut sessions = list_sessions(product, &actor).await?;
    sessions.sort_by_key(|session| {
        (
            session.id != identity.session,
            std::cmp::Reverse(session.created_at),
        )
    });
    let grade = user
        .grade
        .map(|grade| grade.number().to_string())
        .unwrap_or_default();
    Ok(AccountPage {
        chrome: visitor.chrome(),
        username: user.username.as_str().to_owned(),
        email: user.email.as_str().to_owned(),
        full_name: Field::holding(user.full_name.clone().unwrap_or_default()),
        grades: options::grades(visitor, &grade),
        role: user.role,
        member_since: day(user.created_at),
        password: PasswordFields {
            current: Field::default(),
            new: Field::default(),
        },
        sessions: sessions
            .into_iter()
            .map(|session| SessionLine {
                agent: visitor.t.text(match session.kind {
                    SessionKind::Cookie => "session-browser",
                    SessionKind::Token => "session-program",
                }),
                since: day(session.created_at),
                place: if session.id == identity.session {
                    SessionPlace::Here
                } else {
                    SessionPlace::Elsewhere {
                        end_url: format!("/account/sessions/{}/end", session.id),
                    }
                },
            })
            .collect(),
        delete_error: None,
    })
}

/// The page again, with what is wrong on it.
async fn complain(form: &Form, status: StatusCode, mark: impl FnOnce(&mut AccountPage)) -> Response {
    let visitor = &form.visitor;
    let identity = match visitor.signed_in() {
        Ok(identity) => identity,
        Err(log_in) => return *log_in,
    };
    match context(visitor, identity).await {
        Ok(mut context) => {
            mark(&mut context);
            visitor.show_as(status, account::page(&context, visitor.t))
        }
        Err(error) => visitor.refused(error),
    }
}

fn back() -> Response {
    Redirect::to("/account").into_response()
}

/// `POST /account`
pub(super) async fn save(form: Form) -> Response {
    let visitor = &form.visitor;
    let change = AccountChange {
        full_name: Some(form.optional("full_name")),
        grade: Some(form.number("grade")),
        ..AccountChange::default()
    };
    match update_account(&visitor.app.product, &visitor.actor(), change).await {
        Ok(_) => back(),
        Err(UseCaseError::Invalid(errors)) => {
            complain(&form, StatusCode::UNPROCESSABLE_ENTITY, |page| {
                page.full_name = Field {
                    value: form.text("full_name").to_owned(),
                    error: field_error(&form, &errors, "full_name"),
                };
            })
            .await
        }
        Err(error) => visitor.refused(error),
    }
}

/// `POST /account/password`
pub(super) async fn change_password(form: Form) -> Response {
    let visitor = &form.visitor;
    let change = AccountChange {
        password: Some(form.text("new_password").to_owned()),
        current_password: Some(form.text("current_password").to_owned()),
        ..AccountChange::default()
    };
    let Err(error) = update_account(&visitor.app.product, &visitor.actor(), change).await else {
        return back();
    };
    let (status, errors) = match error {
        UseCaseError::Invalid(errors) => (StatusCode::UNPROCESSABLE_ENTITY, errors),
        UseCaseError::Unauthenticated(_) => return visitor.refused(error),
        other => {
            let problem = Problem::from(other);
            let message = visitor.t.problem(problem.code);
            return complain(&form, problem.status, |page| {
                page.password.current.error = Some(message);
            })
            .await;
        }
    };
    complain(&form, status, |page| mark_password(page, &form, &errors)).await
}

fn mark_password(page: &mut AccountPage, form: &Form, errors: &[FieldError]) {
    page.password.new.error = field_error(form, errors, "password");
    page.password.current.error = field_error(form, errors, "current_password");
}

/// `POST /account/delete`
pub(super) async fn delete(form: Form) -> Response {
    let visitor = &form.visitor;
    let (product, actor) = (&visitor.app.product, visitor.actor());
    let deleted = match confirm_password(product, &actor, Some(form.text("password"))).await {
        Ok(()) => delete_account(product, &actor).await,
        Err(error) => Err(error),
    };
    match deleted {
        Ok(()) => leave(visitor),
        Err(error @ UseCaseError::Unauthenticated(_)) => visitor.refused(error),
        Err(error) => {
            let problem = Problem::from(error);
            let message = visitor.t.problem(problem.code);
            complain(&form, problem.status, |page| page.delete_error = Some(message)).await
        }
    }
}

/// `POST /account/sessions/{id}/end`
pub(super) async fn end_session(Path(id): Path<SessionId>, form: Form) -> Response {
    let visitor = &form.visitor;
    match end(&visitor.app.product, &visitor.actor(), id).await {
        Ok(()) => back(),
        Err(error) => visitor.refused(error),
    }
}
