//! `GET /api/v1/classes/{id}/receipts`.
use crate::api::App;
use crate::api::caller::Caller;
use crate::api::cursor::{PageParameters, limit, record_cursor};
use crate::api::receipts::ReceiptBody;
use crate::gateway::{Json, Path, Query};
use crate::problem::{Problem, ProblemDocument};
use axum::extract::State;
use homeroom_core::domain::ids::ClassId;
use homeroom_core::usecases::classes::receipts::list_receipts;
use serde::Serialize;
use utoipa::ToSchema;

/// A page of receipts.
#[derive(Serialize, ToSchema)]
pub(crate) struct ReceiptPage {
    /// From the first on: the class's chain.
    items: Vec<ReceiptBody>,
    /// Where to go on.
    next_cursor: Option<String>,
}

/// All receipts of a class in the order of their chain: for its teachers.
#[utoipa::path(get, path = "/api/v1/classes/{id}/receipts", operation_id = "listReceipts", tag = "receipts", security(("bearer" = [])),
    params(("id" = uuid::Uuid, Path, description = "The class"), PageParameters),
    responses((status = 200, description = "Receipts", body = ReceiptPage),
        (status = 401, description = "Not signed in", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`not_allowed`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 422, description = "`invalid_fields`", body = ProblemDocument, content_type = "application/problem+json")))]
pub(crate) async fn list(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<ClassId>,
    Query(parameters): Query<PageParameters>,
) -> Result<Json<ReceiptPage>, Problem> {
    let limit = limit(parameters.limit)?;
    let cursor = record_cursor(parameters.cursor)?;
    let listing = list_receipts(&app.product, &caller.actor(), id, limit, cursor).await?;
    Ok(Json(ReceiptPage {
        items: listing.items.into_iter().map(ReceiptBody::from).collect(),
        next_cursor: listing.next.map(|cursor| cursor.0),
    }))
}
