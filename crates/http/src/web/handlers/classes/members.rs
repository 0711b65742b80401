//! One member of a class, by hand.
use super::{general_error, typed_field};
use crate::gateway::Path;
use crate::web::context::Field;
use crate::web::handlers::form::Form;
use crate::web::handlers::visitor::Visitor;
use crate::web::pages::classes::roster::{self, MemberFormPage};
use axum::response::{IntoResponse, Redirect, Response};
use homeroom_core::domain::class::Class;
use homeroom_core::domain::ids::{ClassId, MemberId};
use homeroom_core::domain::roster::Member;
use homeroom_core::usecases::UseCaseError;
use homeroom_core::usecases::classes::list_classes::read_roster;
use homeroom_core::usecases::classes::members::{MemberChange, add_member, remove_member, update_member};
use http::StatusCode;

fn empty(visitor: &Visitor, class: &Class) -> MemberFormPage {
    MemberFormPage {
        chrome: visitor.chrome(),
        class_url: format!("/classes/{}", class.id),
        class: class.name.clone(),
        save_url: format!("/classes/{}/members/new", class.id),
        remove_url: None,
        name: Field::default(),
        login: Field::default(),
        number: Field::default(),
        error: None,
    }
}

fn filled(visitor: &Visitor, class: &Class, member: &Member) -> MemberFormPage {
    let url = format!("/classes/{}/members/{}", class.id, member.id);
    MemberFormPage {
        remove_url: Some(format!("{url}/remove")),
        save_url: url,
        name: Field::holding(&member.name),
        login: Field::holding(member.login.as_ref().map_or("", |login| login.as_str())),
        number: Field::holding(member.student_number.as_deref().unwrap_or("")),
        ..empty(visitor, class)
    }
}

async fn context(
    visitor: &Visitor,
    class: ClassId,
    member: Option<MemberId>,
) -> Result<MemberFormPage, UseCaseError> {
    let (class, roster) = read_roster(&visitor.app.product, &visitor.actor(), class).await?;
    match member {
        None => Ok(empty(visitor, &class)),
        Some(id) => roster
            .present()
            .find(|member| member.id == id)
            .map(|member| filled(visitor, &class, member))
            .ok_or(UseCaseError::NotFound),
    }
}

/// `GET /classes/{id}/members/new`
pub(in crate::web::handlers) async fn new(visitor: Visitor, Path(id): Path<ClassId>) -> Response {
    show(&visitor, id, None).await
}

/// `GET /classes/{id}/members/{member}`
pub(in crate::web::handlers) async fn edit(
    visitor: Visitor,
    Path((id, member)): Path<(ClassId, MemberId)>,
) -> Response {
    show(&visitor, id, Some(member)).await
}

async fn show(visitor: &Visitor, id: ClassId, member: Option<MemberId>) -> Response {
    if let Err(log_in) = visitor.signed_in() {
        return *log_in;
    }
    match context(visitor, id, member).await {
        Ok(context) => visitor.show(roster::member(&context, visitor.t)),
        Err(error) => visitor.refused(error),
    }
}

/// `POST /classes/{id}/members/new`
pub(in crate::web::handlers) async fn add(Path(id): Path<ClassId>, form: Form) -> Response {
    store(&form, id, None).await
}

/// `POST /classes/{id}/members/{member}`
pub(in crate::web::handlers) async fn save(
    Path((id, member)): Path<(ClassId, MemberId)>,
    form: Form,
) -> Response {
    store(&form, id, Some(member)).await
}

async fn store(form: &Form, id: ClassId, member: Option<MemberId>) -> Response {
    let visitor = &form.visitor;
    let (product, actor) = (&visitor.app.product, visitor.actor());
    let change = MemberChange {
        name: Some(form.text("name").to_owned()),
        login: form.optional("login").map(|login| login.trim().to_owned()),
        student_number: Some(form.optional("number")),
    };
    let stored = match member {
        Some(member) => update_member(product, &actor, id, member, change).await,
        None => add_member(product, &actor, id, change).await,
    };
    let (status, errors, general) = match stored {
        Ok(_) => return Redirect::to(&format!("/classes/{id}")).into_response(),
        Err(UseCaseError::Invalid(errors)) => (StatusCode::UNPROCESSABLE_ENTITY, errors, None),
        Err(error @ UseCaseError::Conflict { .. }) => {
            let (status, message) = general_error(visitor, error);
            (status, Vec::new(), Some(message))
        }
        Err(error) => return visitor.refused(error),
    };
    match context(visitor, id, member).await {
        Ok(mut context) => {
            context.name = typed_field(form, &errors, "name");
            context.login = typed_field(form, &errors, "login");
            context.number = Field {
                value: form.text("number").to_owned(),
                error: crate::web::handlers::manage::field_error(form, &errors, "student_number"),
            };
            context.error = general;
            visitor.show_as(status, roster::member(&context, visitor.t))
        }
        Err(error) => visitor.refused(error),
    }
}

/// `POST /classes/{id}/members/{member}/remove`
pub(in crate::web::handlers) async fn remove(
    Path((id, member)): Path<(ClassId, MemberId)>,
    form: Form,
) -> Response {
    let visitor = &form.visitor;
    match remove_member(&visitor.app.product, &visitor.actor(), id, member).await {
        Ok(()) => Redirect::to(&format!("/classes/{id}")).into_response(),
        Err(error) => visitor.refused(error),
    }
}
