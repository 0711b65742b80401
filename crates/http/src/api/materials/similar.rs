//! `GET /api/v1/materials/{id}/similar`.
use crate::api::App;
use crate::api::caller::Caller;
use crate::api::wire::MaterialBody;
use crate::gateway::{Json, Path, Query};
use crate::problem::{Problem, ProblemDocument};
use axum::extract::State;
use homeroom_core::domain::ids::MaterialId;
use homeroom_core::usecases::find_similar::find_similar;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Materials unless said.
const DEFAULT_LIMIT: u32 = 6;

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(crate) struct Parameters {
    /// Materials at most, 6 unless said.
    #[param(minimum = 1, maximum = 20)]
    limit: Option<u32>,
}

/// Similar material.
#[derive(Serialize, ToSchema)]
pub(crate) struct SimilarBody {
    /// Best first.
    items: Vec<MaterialBody>,
}

/// Materials like this one that the caller may see.
#[utoipa::path(get, path = "/api/v1/materials/{id}/similar", operation_id = "findSimilar", tag = "search",
    params(("id" = uuid::Uuid, Path, description = "The material"), Parameters),
    responses((status = 200, description = "Similar material", body = SimilarBody),
        (status = 404, description = "`not_found`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 422, description = "`invalid_fields`", body = ProblemDocument, content_type = "application/problem+json")))]
pub(crate) async fn handle(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<MaterialId>,
    Query(parameters): Query<Parameters>,
) -> Result<Json<SimilarBody>, Problem> {
    let limit = parameters.limit.unwrap_or(DEFAULT_LIMIT);
    let found = find_similar(&app.product, &caller.actor(), id, limit).await?;
    Ok(Json(SimilarBody {
        items: found.into_iter().map(MaterialBody::from).collect(),
    }))
}
