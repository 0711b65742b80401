//! `GET /api/v1/materials`.
use crate::api::App;
use crate::api::caller::Caller;
use crate::api::cursor::{Walk, limit, record_cursor};
use crate::api::wire::MaterialBody;
use crate::gateway::{Json, Query};
use crate::problem::{Problem, ProblemDocument};
use axum::extract::State;
use homeroom_core::ports::search_index::Sort;
use homeroom_core::usecases::find_pages::FilterText;
use homeroom_core::usecases::list_materials::{list_materials, list_own_materials};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(crate) struct Parameters {
    /// A subject's slug.
    subject: Option<String>,
    /// 7 to 12.
    #[param(minimum = 7, maximum = 12)]
    grade: Option<i64>,
    /// A course's id.
    course: Option<String>,
    /// A user's id or name; `me` lists one's own, whatever their state.
    uploader: Option<String>,
    /// One tag.
    tag: Option<String>,
    /// A type such as `pdf`.
    kind: Option<String>,
    /// A BCP 47 primary subtag.
    language: Option<String>,
    /// `newest` (unless said) or `title`.
    sort: Option<String>,
    /// Items per page, 20 unless said.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
    /// Where to go on, as the last page gave it.
    cursor: Option<String>,
}

/// A page of materials.
#[derive(Serialize, ToSchema)]
pub(crate) struct MaterialPage {
    /// In the asked order.
    items: Vec<MaterialBody>,
    /// Where to go on.
    next_cursor: Option<String>,
}

/// Materials that the caller may see.
#[utoipa::path(get, path = "/api/v1/materials", operation_id = "listMaterials", tag = "materials", params(Parameters),
    responses((status = 200, description = "Materials", body = MaterialPage),
        (status = 422, description = "`invalid_fields`", body = ProblemDocument, content_type = "application/problem+json")))]
pub(crate) async fn handle(
    State(app): State<App>,
    caller: Caller,
    Query(parameters): Query<Parameters>,
) -> Result<Json<MaterialPage>, Problem> {
    let limit = limit(parameters.limit)?;
    if parameters.uploader.as_deref() == Some("me") {
        return own(&app, &caller, parameters, limit).await;
    }
    let sort = match parameters.sort.as_deref() {
        None => Sort::default(),
        Some(name) => {
            Sort::called(name).ok_or_else(|| Problem::invalid_field("sort", "must be newest or title"))?
        }
    };
    let filter = FilterText {
        subject: parameters.subject,
        grade: parameters.grade,
        course: parameters.course,
        uploader: parameters.uploader,
        tag: parameters.tag,
        kind: parameters.kind,
        language: parameters.language,
    };
    let walk = Walk::of_materials(&filter, sort);
    let offset = walk.offset(parameters.cursor.as_deref())?;
    let listed = list_materials(&app.product, &caller.actor(), filter, sort, limit, offset).await?;
    Ok(Json(MaterialPage {
        items: listed.materials.into_iter().map(MaterialBody::from).collect(),
        next_cursor: listed.next_offset.map(|next| walk.cursor(next)),
    }))
}

async fn own(
    app: &App,
    caller: &Caller,
    parameters: Parameters,
    limit: u32,
) -> Result<Json<MaterialPage>, Problem> {
    let filters = [
        &parameters.subject,
        &parameters.course,
        &parameters.tag,
        &parameters.kind,
        &parameters.language,
    ];
    if filters.iter().any(|filter| filter.is_some())
        || parameters.grade.is_some()
        || parameters.sort.is_some()
    {
        return Err(Problem::invalid_field(
            "uploader",
            "me cannot be narrowed or sorted; use your name instead",
        ));
    }
    let cursor = record_cursor(parameters.cursor)?;
    let listing = list_own_materials(&app.product, &caller.actor(), limit, cursor).await?;
    Ok(Json(MaterialPage {
        items: listing.items.into_iter().map(MaterialBody::from).collect(),
        next_cursor: listing.next.map(|cursor| cursor.0),
    }))
}
