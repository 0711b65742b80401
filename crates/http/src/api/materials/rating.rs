//! `PUT` and `DELETE /api/v1/materials/{id}/rating`.
use crate::api::App;
use crate::api::caller::Caller;
use crate::api::wire::RatingBody;
use crate::gateway::{Json, Path};
use crate::problem::{Problem, ProblemDocument};
use axum::extract::State;
use homeroom_core::domain::ids::MaterialId;
use homeroom_core::usecases::rate_material::{rate_material, unrate_material};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How good a material is.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RateRequest {
    /// 1 to 5.
    #[schema(minimum = 1, maximum = 5)]
    stars: i64,
}

/// One's own rating, and everybody's.
#[derive(Serialize, ToSchema)]
pub(crate) struct RatedBody {
    /// As given, 1 to 5.
    stars: u8,
    /// All ratings together, this one among them.
    rating: RatingBody,
}

/// Rate a material, or change one's rating. One's own cannot be rated.
#[utoipa::path(put, path = "/api/v1/materials/{id}/rating", operation_id = "rateMaterial", tag = "materials",
    security(("bearer" = [])), request_body = RateRequest, params(("id" = uuid::Uuid, Path, description = "The material")),
    responses((status = 200, description = "The ratings", body = RatedBody),
        (status = 403, description = "`not_allowed`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 422, description = "`invalid_fields`", body = ProblemDocument, content_type = "application/problem+json")))]
pub(crate) async fn rate(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<MaterialId>,
    Json(request): Json<RateRequest>,
) -> Result<Json<RatedBody>, Problem> {
    let (stars, rating) = rate_material(&app.product, &caller.actor(), id, request.stars).await?;
    Ok(Json(RatedBody {
        stars: stars.number(),
        rating: rating.into(),
    }))
}

/// Take one's rating back.
#[utoipa::path(delete, path = "/api/v1/materials/{id}/rating", operation_id = "unrateMaterial", tag = "materials",
    security(("bearer" = [])), params(("id" = uuid::Uuid, Path, description = "The material")),
    responses((status = 204, description = "There is none"),
        (status = 403, description = "`not_allowed`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = ProblemDocument, content_type = "application/problem+json")))]
pub(crate) async fn unrate(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<MaterialId>,
) -> Result<StatusCode, Problem> {
    unrate_material(&app.product, &caller.actor(), id).await?;
    Ok(StatusCode::NO_CONTENT)
}
