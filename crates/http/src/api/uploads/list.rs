//! `GET /api/v1/uploads`.
use crate::api::App;
use crate::api::caller::Caller;
use crate::api::cursor::{PageParameters, limit, record_cursor};
use crate::api::wire::UploadBody;
use crate::gateway::{Json, Query};
use crate::problem::{Problem, ProblemDocument};
use axum::extract::State;
use homeroom_core::usecases::begin_upload::list_uploads;
use serde::Serialize;
use utoipa::ToSchema;

/// A page of uploads.
#[derive(Serialize, ToSchema)]
pub(crate) struct UploadPage {
    /// Latest first, without parts.
    items: Vec<UploadBody>,
    /// Where to go on.
    next_cursor: Option<String>,
}

/// My open uploads, for resuming them on this device or another.
#[utoipa::path(get, path = "/api/v1/uploads", operation_id = "listUploads", tag = "uploads", security(("bearer" = [])),
    params(PageParameters),
    responses((status = 200, description = "Uploads", body = UploadPage),
        (status = 401, description = "Not signed in", body = ProblemDocument, content_type = "application/problem+json")))]
pub(crate) async fn handle(
    State(app): State<App>,
    caller: Caller,
    Query(parameters): Query<PageParameters>,
) -> Result<Json<UploadPage>, Problem> {
    let limit = limit(parameters.limit)?;
    let cursor = record_cursor(parameters.cursor)?;
    let listing = list_uploads(&app.product, &caller.actor(), limit, cursor).await?;
    Ok(Json(UploadPage {
        items: listing.items.into_iter().map(UploadBody::from).collect(),
        next_cursor: listing.next.map(|cursor| cursor.0),
    }))
}
