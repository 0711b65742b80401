//! `PATCH /api/v1/materials/{id}`.
use crate::api::App;
use crate::api::caller::Caller;
use crate::api::wire::{MaterialBody, double_option};
use crate::gateway::{Json, Path};
use crate::problem::{Problem, ProblemDocument};
use axum::extract::State;
use homeroom_core::domain::ids::MaterialId;
use homeroom_core::usecases::read_material::read_material;
use homeroom_core::usecases::update_material::{DetailsChange, update_material};
use serde::Deserialize;
use utoipa::ToSchema;

/// A change of what is said of a material. What is absent stays; null clears.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct UpdateMaterialRequest {
    /// At most 200 characters.
    #[schema(min_length = 1, max_length = 200)]
    title: Option<String>,
    /// At most 5,000 characters.
    #[schema(max_length = 5000)]
    description: Option<String>,
    /// A subject's slug.
    #[serde(default, deserialize_with = "double_option")]
    #[schema(value_type = Option<String>)]
    subject: Option<Option<String>>,
    /// 7 to 12.
    #[serde(default, deserialize_with = "double_option")]
    #[schema(value_type = Option<i64>, minimum = 7, maximum = 12)]
    grade: Option<Option<i64>>,
    /// A course's id.
    #[serde(default, deserialize_with = "double_option")]
    #[schema(value_type = Option<String>)]
    course: Option<Option<String>>,
    /// Replaces all tags.
    #[schema(max_items = 20)]
    tags: Option<Vec<String>>,
    /// A BCP 47 primary subtag.
    #[serde(default, deserialize_with = "double_option")]
    #[schema(value_type = Option<String>)]
    language: Option<Option<String>>,
    /// Such as `CC BY 4.0`.
    #[serde(default, deserialize_with = "double_option")]
    #[schema(value_type = Option<String>, max_length = 100)]
    licence: Option<Option<String>>,
    /// `private`; `class`: for everybody who is in an active class with its owner, as member or teacher;
    /// `school`; or `public`. Holds when the answer arrives.
    visibility: Option<String>,
}

/// Change what is said of a material.
#[utoipa::path(patch, path = "/api/v1/materials/{id}", operation_id = "updateMaterial", tag = "materials",
    security(("bearer" = [])), request_body = UpdateMaterialRequest, params(("id" = uuid::Uuid, Path, description = "The material")),
    responses((status = 200, description = "The material", body = MaterialBody),
        (status = 403, description = "`not_allowed`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 422, description = "`invalid_fields`", body = ProblemDocument, content_type = "application/problem+json")))]
pub(crate) async fn handle(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<MaterialId>,
    Json(request): Json<UpdateMaterialRequest>,
) -> Result<Json<MaterialBody>, Problem> {
    let change = DetailsChange {
        title: request.title,
        description: request.description,
        subject: request.subject,
        grade: request.grade,
        course: request.course,
        tags: request.tags,
        language: request.language,
        licence: request.licence,
        visibility: request.visibility,
    };
    let actor = caller.actor();
    update_material(&app.product, &actor, id, change).await?;
    Ok(Json(read_material(&app.product, &actor, id).await?.into()))
}
