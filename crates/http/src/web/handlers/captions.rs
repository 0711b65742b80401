//! Captions of one's own films and recordings: added, replaced, removed.
use super::attached::AttachedForm;
use super::form::Form;
use super::manage::edit_context;
use super::visitor::Visitor;
use crate::api::App;
use crate::gateway::Path;
use crate::problem::Problem;
use crate::web::pages::edit;
use axum::extract::{FromRequestParts, Request, State};
use axum::response::{IntoResponse, Redirect, Response};
use homeroom_core::domain::ids::MaterialId;
use homeroom_core::usecases::UseCaseError;
use homeroom_core::usecases::captions::{MAX_CAPTION_BYTES, remove_captions, set_captions};
use http::StatusCode;

/// `POST /materials/{id}/captions`
pub(super) async fn set(State(app): State<App>, Path(id): Path<MaterialId>, request: Request) -> Response {
    let (mut parts, body) = request.into_parts();
    let visitor = match Visitor::from_request_parts(&mut parts, &app).await {
        Ok(visitor) => visitor,
        Err(response) => return response,
    };
    if let Err(log_in) = visitor.signed_in() {
        return *log_in;
    }
    let request = Request::from_parts(parts, body);
    let form = match AttachedForm::read(&app, request, &visitor, MAX_CAPTION_BYTES).await {
        Ok(form) => form,
        Err(problem) => return visitor.trouble(&problem),
    };
    let language = form.optional("captions-language");
    let outcome = set_captions(
        &app.product,
        &visitor.actor(),
        id,
        &form.content,
        language.as_deref(),
    )
    .await;
    match outcome {
        Ok(()) => Redirect::to(&format!("/materials/{id}")).into_response(),
        Err(UseCaseError::Content { .. }) => not_captions(&visitor, id).await,
        Err(error) => visitor.refused(error),
    }
}

/// The page again, with what is wrong beside the file.
async fn not_captions(visitor: &Visitor, id: MaterialId) -> Response {
    match edit_context(visitor, id).await {
        Ok(mut context) => {
            if let Some(captions) = &mut context.captions {
                captions.file.error = Some(visitor.t.problem("malformed_captions"));
            }
            visitor.show_as(StatusCode::UNPROCESSABLE_ENTITY, edit::page(&context, visitor.t))
        }
        Err(error) => visitor.refused(error),
    }
}

/// `POST /materials/{id}/captions/delete`
pub(super) async fn remove(Path(id): Path<MaterialId>, form: Form) -> Response {
    let visitor = &form.visitor;
    match remove_captions(&visitor.app.product, &visitor.actor(), id).await {
        Ok(()) => Redirect::to(&format!("/materials/{id}")).into_response(),
        Err(error) => visitor.trouble(&Problem::from(error)),
    }
}
