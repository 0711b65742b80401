//! What teachers do on a class's page: its join code, its teachers, its function URL; and leaving it.
use super::{general_error, overview_again};
use crate::api::CallerOrigin;
use crate::gateway::Path;
use crate::web::context::Field;
use crate::web::handlers::form::Form;
use crate::web::handlers::manage::field_error;
use crate::web::pages::classes::overview::{self, FunctionUrl, OverviewPage};
use axum::response::{IntoResponse, Redirect, Response};
use homeroom_core::domain::ids::ClassId;
use homeroom_core::usecases::UseCaseError;
use homeroom_core::usecases::classes::function_url::{create_function_url, revoke_function_url};
use homeroom_core::usecases::classes::join_class::leave_class;
use homeroom_core::usecases::classes::teachers::{add_teacher, remove_teacher};
use homeroom_core::usecases::classes::update_class::change_join_code;
use http::StatusCode;

fn back(id: ClassId) -> Response {
    Redirect::to(&format!("/classes/{id}")).into_response()
}

async fn again(
    form: &Form,
    id: ClassId,
    origin: &CallerOrigin,
    status: StatusCode,
    mark: impl FnOnce(&mut OverviewPage),
) -> Response {
    let visitor = &form.visitor;
    match overview_again(visitor, id, &origin.0.0).await {
        Ok(mut context) => {
            mark(&mut context);
            visitor.show_as(status, overview::page(&context, visitor.t))
        }
        Err(error) => visitor.refused(error),
    }
}

/// `POST /classes/{id}/join-code`
pub(in crate::web::handlers) async fn join_code(Path(id): Path<ClassId>, form: Form) -> Response {
    let visitor = &form.visitor;
    let open = form.text("open") == "yes";
    match change_join_code(&visitor.app.product, &visitor.actor(), id, open).await {
        Ok(_) => back(id),
        Err(error) => visitor.refused(error),
    }
}

/// `POST /classes/{id}/teachers`
pub(in crate::web::handlers) async fn teachers(
    Path(id): Path<ClassId>,
    origin: CallerOrigin,
    form: Form,
) -> Response {
    let visitor = &form.visitor;
    let (product, actor) = (&visitor.app.product, visitor.actor());
    let changed = match form.optional("remove") {
        Some(username) => remove_teacher(product, &actor, id, &username).await,
        None => add_teacher(product, &actor, id, form.text("username").trim()).await,
    };
    let (status, error) = match changed {
        Ok(_) => return back(id),
        Err(
            error @ (UseCaseError::NotFound | UseCaseError::Unauthenticated(_) | UseCaseError::Forbidden(_)),
        ) => {
            return visitor.refused(error);
        }
        Err(UseCaseError::Invalid(errors)) => (
            StatusCode::UNPROCESSABLE_ENTITY,
            field_error(&form, &errors, "username"),
        ),
        Err(error) => {
            let (status, message) = general_error(visitor, error);
            (status, Some(message))
        }
    };
    again(&form, id, &origin, status, |page| {
        page.new_teacher = Field {
            value: form.text("username").to_owned(),
            error,
        };
    })
    .await
}

/// `POST /classes/{id}/function-url`: the new one is on the page that answers, and on no other.
pub(in crate::web::handlers) async fn function_url(
    Path(id): Path<ClassId>,
    origin: CallerOrigin,
    form: Form,
) -> Response {
    let visitor = &form.visitor;
    let (product, actor) = (&visitor.app.product, visitor.actor());
    if form.text("make") != "yes" {
        return match revoke_function_url(product, &actor, id).await {
            Ok(()) => back(id),
            Err(error) => visitor.refused(error),
        };
    }
    match create_function_url(product, &actor, id).await {
        Ok(token) => {
            let url = format!("{}/f/{token}", origin.0.0);
            again(&form, id, &origin, StatusCode::OK, |page| {
                page.function_url = FunctionUrl::New(url);
            })
            .await
        }
        Err(error) => visitor.refused(error),
    }
}

/// `POST /classes/{id}/leave`
pub(in crate::web::handlers) async fn leave(Path(id): Path<ClassId>, form: Form) -> Response {
    let visitor = &form.visitor;
    match leave_class(&visitor.app.product, &visitor.actor(), id).await {
        Ok(()) => Redirect::to("/classes").into_response(),
        Err(error) => visitor.refused(error),
    }
}
