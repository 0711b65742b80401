//! `GET /api/v1/admin/searches`.
use crate::api::App;
use crate::api::caller::Caller;
use crate::api::cursor::limit;
use crate::gateway::{Json, Query};
use crate::problem::{Problem, ProblemDocument};
use axum::extract::State;
use homeroom_core::usecases::unanswered_searches::list_unanswered;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(crate) struct Parameters {
    /// Searches at most, 20 unless said.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
}

/// A search that found nothing.
#[derive(Serialize, ToSchema)]
pub(crate) struct UnansweredBody {
    /// What was asked, in lower case with single spaces, at most 200 characters.
    query: String,
    /// How often in the last 30 days.
    count: u64,
    /// The beginning of the last day on which it was asked, in UTC.
    last_day: Timestamp,
}

/// Searches that found nothing.
#[derive(Serialize, ToSchema)]
pub(crate) struct UnansweredPage {
    /// Most frequent first.
    items: Vec<UnansweredBody>,
}

/// Searches of signed-in users in the last 30 days that found nothing: administrators.
#[utoipa::path(get, path = "/api/v1/admin/searches", operation_id = "listUnansweredSearches", tag = "admin",
    security(("bearer" = [])), params(Parameters),
    responses((status = 200, description = "Searches", body = UnansweredPage),
        (status = 403, description = "`not_allowed`", body = ProblemDocument, content_type = "application/problem+json")))]
pub(crate) async fn handle(
    State(app): State<App>,
    caller: Caller,
    Query(parameters): Query<Parameters>,
) -> Result<Json<UnansweredPage>, Problem> {
    let limit = limit(parameters.limit)?;
    let found = list_unanswered(&app.product, &caller.actor(), limit).await?;
    let items = found.into_iter().map(|search| UnansweredBody {
        query: search.query,
        count: search.count,
        last_day: search.last_day,
    });
    Ok(Json(UnansweredPage {
        items: items.collect(),
    }))
}
