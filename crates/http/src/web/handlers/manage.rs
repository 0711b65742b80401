//! One's own materials: list, change, delete.
use super::cards::{Subjects, card, material_url, visibility};
use super::form::Form;
use super::options;
use super::visitor::{Visitor, parameter};
use crate::api::cursor::record_cursor;
use crate::gateway::Path;
use crate::web::context::Field;
use crate::web::pages::edit::{self, CaptionsForm, EditPage};
use crate::web::pages::mine::{self, FileState, MinePage, MyFile};
use crate::web::parts::query_value;
use axum::response::{IntoResponse, Redirect, Response};
use homeroom_core::domain::ids::MaterialId;
use homeroom_core::domain::kind::Kind;
use homeroom_core::domain::material::{Material, Processing};
use homeroom_core::domain::policy::may_edit;
use homeroom_core::usecases::account::read_account;
use homeroom_core::usecases::begin_upload::list_uploads;
use homeroom_core::usecases::delete_material::delete_material;
use homeroom_core::usecases::list_materials::list_own_materials;
use homeroom_core::usecases::read_material::{MaterialView, read_material};
use homeroom_core::usecases::update_material::{DetailsChange, update_material};
use homeroom_core::usecases::{FieldError, UseCaseError};
use http::StatusCode;

const LIMIT: u32 = 50;

/// `GET /mine`
pub(super) async fn mine(visitor: Visitor) -> Response {
    if let Err(log_in) = visitor.signed_in() {
        return *log_in;
    }
    match mine_context(&visitor).await {
        Ok(context) => visitor.show(mine::page(&context, visitor.t)),
        Err(error) => visitor.refused(error),
    }
}

async fn mine_context(visitor: &Visitor) -> Result<MinePage, UseCaseError> {
    let (product, actor) = (&visitor.app.product, visitor.actor());
    let subjects = Subjects::read(visitor).await?;
    let account = read_account(product, &actor).await?;
    let cursor = record_cursor(parameter(&visitor.here, "cursor")).unwrap_or(None);
    let first = cursor.is_none();
    let listing = list_own_materials(product, &actor, LIMIT, cursor).await?;
    let uploads = list_uploads(product, &actor, 100, None).await?.items;
    let unfinished = uploads.iter().filter(|upload| !upload.open_length).count() as u64;
    let files: Vec<MyFile> = listing
        .items
        .iter()
        .map(|view| file(view, &subjects, visitor))
        .collect();
    Ok(MinePage {
        chrome: visitor.chrome(),
        total: if first { files.len() as u64 } else { 0 },
        files,
        used_bytes: account.used_bytes,
        quota_bytes: account.quota_bytes,
        unfinished,
        next_url: listing
            .next
            .map(|next| format!("/mine?cursor={}", query_value(&next.0))),
    })
}

fn file(view: &MaterialView, subjects: &Subjects, visitor: &Visitor) -> MyFile {
    let material = &view.material;
    let url = material_url(view);
    MyFile {
        id: material.id.to_string(),
        card: card(view, url.clone(), subjects, visitor),
        state: match material.current.processing {
            Processing::Ready { .. } => FileState::Ready,
            Processing::Running { total: 0, .. } => FileState::Waiting,
            Processing::Running { done, total } => FileState::Reading { done, total },
            Processing::Failed(reason) => FileState::Failed {
                reason: reason.code().to_owned(),
            },
        },
        visibility: visibility(material, visitor),
        size: material.current.size,
        edit_url: format!("{url}/edit"),
        delete_url: format!("{url}/delete"),
    }
}

/// `GET /materials/{id}/edit`
pub(super) async fn edit(visitor: Visitor, Path(id): Path<MaterialId>) -> Response {
    if let Err(log_in) = visitor.signed_in() {
        return *log_in;
    }
    match edit_context(&visitor, id).await {
        Ok(context) => visitor.show(edit::page(&context, visitor.t)),
        Err(error) => visitor.refused(error),
    }
}

pub(super) async fn edit_context(visitor: &Visitor, id: MaterialId) -> Result<EditPage, UseCaseError> {
    let material = read_material(&visitor.app.product, &visitor.actor(), id)
        .await?
        .material;
    if !may_edit(&visitor.actor(), &material) {
        return Err(UseCaseError::Forbidden("not_allowed"));
    }
    let subjects = Subjects::read(visitor).await?;
    Ok(edit_page(visitor, &material, &subjects))
}

fn edit_page(visitor: &Visitor, material: &Material, subjects: &Subjects) -> EditPage {
    let (id, details) = (material.id, &material.details);
    let grade = details
        .grade
        .map(|grade| grade.number().to_string())
        .unwrap_or_default();
    let subject = details.subject.as_ref().map_or("", |slug| slug.as_str());
    EditPage {
        chrome: visitor.chrome(),
        save_url: format!("/materials/{id}/edit"),
        material_url: format!("/materials/{id}"),
        delete_url: format!("/materials/{id}/delete"),
        title: Field::holding(&details.title),
        description: Field::holding(&details.description),
        subjects: options::subjects(subjects, visitor, subject),
        grades: options::grades(visitor, &grade),
        languages: options::languages(
            visitor,
            details.language.as_ref().map_or("", |code| code.as_str()),
        ),
        licences: options::licences(visitor, details.licence.as_deref().unwrap_or("")),
        visibilities: options::visibilities(visitor, details.visibility.name()),
        tags: Field::holding(details.tags.join(", ")),
        captions: captions_form(visitor, material),
    }
}

/// For films and recordings that were read.
fn captions_form(visitor: &Visitor, material: &Material) -> Option<CaptionsForm> {
    let version = &material.current;
    let plays = matches!(version.kind, Kind::Video | Kind::Audio);
    let is_ready = matches!(version.processing, Processing::Ready { .. });
    let added = version.captions.as_ref();
    let spoken = added
        .and_then(|added| added.language.as_ref())
        .or(material.details.language.as_ref());
    (plays && is_ready).then(|| CaptionsForm {
        save_url: format!("/materials/{}/captions", material.id),
        remove_url: added.map(|_| format!("/materials/{}/captions/delete", material.id)),
        languages: options::languages(visitor, spoken.map_or("", |code| code.as_str())),
        file: Field::default(),
    })
}

/// `POST /materials/{id}/edit`
pub(super) async fn save(Path(id): Path<MaterialId>, form: Form) -> Response {
    let visitor = &form.visitor;
    let change = DetailsChange {
        title: Some(form.text("title").to_owned()),
        description: Some(form.text("description").to_owned()),
        subject: Some(form.optional("subject")),
        grade: Some(form.number("grade")),
        course: None,
        tags: Some(form.text("tags").split(',').map(str::to_owned).collect()),
        language: Some(form.optional("language")),
        licence: Some(form.optional("licence")),
        visibility: form.optional("visibility"),
    };
    match update_material(&visitor.app.product, &visitor.actor(), id, change).await {
        Ok(_) => Redirect::to(&format!("/materials/{id}")).into_response(),
        Err(UseCaseError::Invalid(errors)) => match edit_context(visitor, id).await {
            Ok(context) => {
                let context = typed(context, &form, &errors);
                visitor.show_as(StatusCode::UNPROCESSABLE_ENTITY, edit::page(&context, visitor.t))
            }
            Err(error) => visitor.refused(error),
        },
        Err(error) => visitor.refused(error),
    }
}

/// What was typed, with what is wrong beside it.
fn typed(mut context: EditPage, form: &Form, errors: &[FieldError]) -> EditPage {
    let field = |name: &str| Field {
        value: form.text(name).to_owned(),
        error: field_error(form, errors, name),
    };
    (context.title, context.description, context.tags) =
        (field("title"), field("description"), field("tags"));
    context
}

/// What is wrong with a field, in the reader's language.
pub(super) fn field_error(form: &Form, errors: &[FieldError], name: &str) -> Option<String> {
    errors
        .iter()
        .find(|error| error.field == name)
        .map(|error| form.visitor.t.field_error(&error.message))
}

/// `POST /materials/{id}/delete`
pub(super) async fn delete(Path(id): Path<MaterialId>, form: Form) -> Response {
    let visitor = &form.visitor;
    match delete_material(&visitor.app.product, &visitor.actor(), id).await {
        Ok(()) => Redirect::to("/mine").into_response(),
        Err(error) => visitor.refused(error),
    }
}
