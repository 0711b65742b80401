//! `GET /api/v1/subjects`.
use crate::api::App;
use crate::api::caller::Caller;
use crate::api::cursor::{PageParameters, limit, record_cursor};
use crate::api::wire::SubjectBody;
use crate::gateway::{Json, Query};
use crate::problem::{Problem, ProblemDocument};
use axum::extract::State;
use homeroom_core::usecases::subjects::list_subjects;
use serde::Serialize;
use utoipa::ToSchema;

/// A page of subjects.
#[derive(Serialize, ToSchema)]
pub(crate) struct SubjectPage {
    /// By slug.
    items: Vec<SubjectBody>,
    /// Where to go on.
    next_cursor: Option<String>,
}

/// Subjects, with how many materials of each the caller may see.
#[utoipa::path(get, path = "/api/v1/subjects", operation_id = "listSubjects", tag = "subjects", params(PageParameters),
    responses((status = 200, description = "Subjects", body = SubjectPage),
        (status = 422, description = "`invalid_fields`", body = ProblemDocument, content_type = "application/problem+json")))]
pub(crate) async fn handle(
    State(app): State<App>,
    caller: Caller,
    Query(parameters): Query<PageParameters>,
) -> Result<Json<SubjectPage>, Problem> {
    let limit = limit(parameters.limit)?;
    let cursor = record_cursor(parameters.cursor)?;
    let listing = list_subjects(&app.product, &caller.actor(), limit, cursor).await?;
    Ok(Json(SubjectPage {
        items: listing.items.into_iter().map(SubjectBody::from).collect(),
        next_cursor: listing.next.map(|cursor| cursor.0),
    }))
}
