//! `GET`, `PATCH` and `DELETE /api/v1/classes/{id}`.
use super::ClassBody;
use super::wire::{Details, HolidayBody};
use crate::api::App;
use crate::api::caller::Caller;
use crate::api::wire::double_option;
use crate::gateway::{Json, Path};
use crate::problem::{Problem, ProblemDocument};
use axum::extract::State;
use homeroom_core::domain::ids::ClassId;
use homeroom_core::usecases::classes::delete_class::delete_class;
use homeroom_core::usecases::classes::list_classes::read_class;
use homeroom_core::usecases::classes::update_class::{ClassChange, update_class};
use http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;

/// One class of the caller's.
#[utoipa::path(get, path = "/api/v1/classes/{id}", operation_id = "readClass", tag = "classes", security(("bearer" = [])),
    params(("id" = uuid::Uuid, Path, description = "The class")),
    responses((status = 200, description = "The class", body = ClassBody),
        (status = 401, description = "Not signed in", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = ProblemDocument, content_type = "application/problem+json")))]
pub(crate) async fn read(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<ClassId>,
) -> Result<Json<ClassBody>, Problem> {
    Ok(Json(read_class(&app.product, &caller.actor(), id).await?.into()))
}

/// A change of a class. What is not given stays; null clears.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct UpdateClassRequest {
    /// At most 100 characters.
    #[schema(min_length = 1, max_length = 100)]
    name: Option<String>,
    /// At most 2,000 characters.
    #[schema(max_length = 2000)]
    description: Option<String>,
    /// A subject's slug.
    #[serde(default, deserialize_with = "double_option")]
    #[schema(value_type = Option<String>)]
    subject: Option<Option<String>>,
    /// 7 to 12.
    #[serde(default, deserialize_with = "double_option")]
    #[schema(value_type = Option<i64>, minimum = 7, maximum = 12)]
    grade: Option<Option<i64>>,
    /// An IANA name. Lessons that are planned keep their instants.
    time_zone: Option<String>,
    /// The first day of the term.
    #[schema(format = "date")]
    term_starts: Option<String>,
    /// The last day of the term.
    #[schema(format = "date")]
    term_ends: Option<String>,
    /// How many days after the term videos are kept.
    #[schema(minimum = 0, maximum = 1095)]
    retention_days: Option<i64>,
    /// The largest video, in bytes.
    #[schema(minimum = 1)]
    max_video_bytes: Option<i64>,
    /// The longest video, in seconds.
    #[schema(minimum = 1, maximum = 14400)]
    max_video_seconds: Option<i64>,
    /// Instead of those that were there.
    #[schema(max_items = 100)]
    holidays: Option<Vec<HolidayBody>>,
    /// Whether it is over: everything can be seen, nothing can be added.
    archived: Option<bool>,
}

/// Change a class: its teachers.
#[utoipa::path(patch, path = "/api/v1/classes/{id}", operation_id = "updateClass", tag = "classes", security(("bearer" = [])),
    params(("id" = uuid::Uuid, Path, description = "The class")), request_body = UpdateClassRequest,
    responses((status = 200, description = "The class", body = ClassBody),
        (status = 401, description = "Not signed in", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`not_allowed`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 422, description = "`invalid_fields`", body = ProblemDocument, content_type = "application/problem+json")))]
pub(crate) async fn update(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<ClassId>,
    Json(request): Json<UpdateClassRequest>,
) -> Result<Json<ClassBody>, Problem> {
    let details = Details {
        term_starts: request.term_starts,
        term_ends: request.term_ends,
        change: ClassChange {
            name: request.name,
            description: request.description,
            subject: request.subject,
            grade: request.grade,
            zone: request.time_zone,
            retention_days: request.retention_days,
            max_video_bytes: request.max_video_bytes,
            max_video_seconds: request.max_video_seconds,
            holidays: request
                .holidays
                .map(|holidays| holidays.into_iter().map(HolidayBody::into_domain).collect()),
            archived: request.archived,
            ..ClassChange::default()
        },
    };
    let actor = caller.actor();
    // What may be asked of whom is said before what is wrong with it.
    read_class(&app.product, &actor, id).await?;
    update_class(&app.product, &actor, id, details.read()?).await?;
    Ok(Json(read_class(&app.product, &actor, id).await?.into()))
}

/// Delete a class with its roster, lessons and videos: its owner. Its receipts can still be verified.
#[utoipa::path(delete, path = "/api/v1/classes/{id}", operation_id = "deleteClass", tag = "classes", security(("bearer" = [])),
    params(("id" = uuid::Uuid, Path, description = "The class")),
    responses((status = 204, description = "It is gone"),
        (status = 401, description = "Not signed in", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`not_allowed`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = ProblemDocument, content_type = "application/problem+json")))]
pub(crate) async fn delete(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<ClassId>,
) -> Result<StatusCode, Problem> {
    delete_class(&app.product, &caller.actor(), id).await?;
    Ok(StatusCode::NO_CONTENT)
}
