//! `GET /api/v1/submissions/{id}/receipt`.
use crate::api::App;
use crate::api::caller::Caller;
use crate::api::receipts::ReceiptBody;
use crate::gateway::{Json, Path};
use crate::problem::{Problem, ProblemDocument};
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use homeroom_core::domain::ids::SubmissionId;
use homeroom_core::usecases::classes::receipts::read_receipt;
use http::header;

/// The receipt of a submission's present video, as a file to keep: for its member and the class's teachers.
#[utoipa::path(get, path = "/api/v1/submissions/{id}/receipt", operation_id = "readReceipt", tag = "receipts", security(("bearer" = [])),
    params(("id" = uuid::Uuid, Path, description = "The submission")),
    responses((status = 200, description = "The receipt", body = ReceiptBody),
        (status = 401, description = "Not signed in", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = ProblemDocument, content_type = "application/problem+json")))]
pub(crate) async fn handle(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<SubmissionId>,
) -> Result<Response, Problem> {
    let receipt = read_receipt(&app.product, &caller.actor(), id).await?;
    let name = format!("attachment; filename=\"receipt-{}.json\"", receipt.claims.number);
    let headers = [(header::CONTENT_DISPOSITION, name)];
    Ok((headers, Json(ReceiptBody::from(receipt))).into_response())
}
