//! `GET`, `PATCH` and `DELETE /api/v1/lessons/{id}`.
use super::LessonBody;
use crate::api::App;
use crate::api::caller::Caller;
use crate::api::submissions::SubmissionBody;
use crate::api::wire::double_option;
use crate::gateway::{Json, Path};
use crate::problem::{Problem, ProblemDocument};
use axum::extract::State;
use homeroom_core::domain::ids::LessonId;
use homeroom_core::usecases::classes::change_lesson::{LessonChange, delete_lesson, update_lesson};
use homeroom_core::usecases::classes::read_board::{LessonView, read_lesson};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A lesson with what the caller has sent for it.
#[derive(Serialize, ToSchema)]
pub(crate) struct OwnLessonBody {
    /// The lesson.
    #[serde(flatten)]
    lesson: LessonBody,
    /// What the caller has sent, for a member.
    #[serde(skip_serializing_if = "Option::is_none")]
    submission: Option<SubmissionBody>,
    /// Why a teacher has excused the caller or says that they were absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

/// One lesson: for the class's teachers and members.
#[utoipa::path(get, path = "/api/v1/lessons/{id}", operation_id = "readLesson", tag = "lessons", security(("bearer" = [])),
    params(("id" = uuid::Uuid, Path, description = "The lesson")),
    responses((status = 200, description = "The lesson", body = OwnLessonBody),
        (status = 401, description = "Not signed in", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = ProblemDocument, content_type = "application/problem+json")))]
pub(crate) async fn read(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<LessonId>,
) -> Result<Json<OwnLessonBody>, Problem> {
    let at = app.product.clock.now();
    Ok(Json(
        match read_lesson(&app.product, &caller.actor(), id).await? {
            LessonView::Taught(class, lesson) => OwnLessonBody {
                lesson: LessonBody::new(&lesson, &class, at),
                submission: None,
                reason: None,
            },
            LessonView::Own(own) => OwnLessonBody {
                lesson: {
                    let lesson = LessonBody::new(&own.lesson, &own.class, at);
                    match own.state {
                        Some(state) => lesson.with_state(state.name()),
                        None => lesson,
                    }
                },
                submission: own.submission.map(SubmissionBody::from),
                reason: own.mark.map(|mark| mark.reason),
            },
        },
    ))
}

/// A change of a lesson. What is not given stays; null clears.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct UpdateLessonRequest {
    /// Another day.
    #[schema(format = "date")]
    date: Option<String>,
    /// A time of day in the class's time zone, or an instant (RFC 3339).
    #[schema(max_length = 40)]
    opens_at: Option<String>,
    /// As above. Unless it is given, it moves along with a lesson that moves as a whole; else it stays where it is as
    /// long as that is between opening and closing, and is otherwise as long after the opening as before, at the
    /// closing at the latest.
    #[schema(max_length = 40)]
    late_after: Option<String>,
    /// As above.
    #[schema(max_length = 40)]
    closes_at: Option<String>,
    /// At most 100 characters.
    #[serde(default, deserialize_with = "double_option")]
    #[schema(value_type = Option<String>, max_length = 100)]
    title: Option<Option<String>>,
    /// Why it does not take place, at most 200 characters; null lets it take place again.
    #[serde(default, deserialize_with = "double_option")]
    #[schema(value_type = Option<String>, max_length = 200)]
    cancelled: Option<Option<String>>,
}

/// Move, cancel or name a lesson: the class's teachers. What has arrived stays as it was judged.
#[utoipa::path(patch, path = "/api/v1/lessons/{id}", operation_id = "updateLesson", tag = "lessons", security(("bearer" = [])),
    params(("id" = uuid::Uuid, Path, description = "The lesson")), request_body = UpdateLessonRequest,
    responses((status = 200, description = "The lesson", body = LessonBody),
        (status = 401, description = "Not signed in", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`not_allowed`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "`lesson_overlaps`, `lesson_has_submissions`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 422, description = "`invalid_fields`", body = ProblemDocument, content_type = "application/problem+json")))]
pub(crate) async fn update(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<LessonId>,
    Json(request): Json<UpdateLessonRequest>,
) -> Result<Json<LessonBody>, Problem> {
    let change = LessonChange {
        date: request.date,
        opens_at: request.opens_at,
        late_after: request.late_after,
        closes_at: request.closes_at,
        title: request.title,
        cancelled: request.cancelled,
    };
    let (class, lesson) = update_lesson(&app.product, &caller.actor(), id, change).await?;
    Ok(Json(LessonBody::new(&lesson, &class, app.product.clock.now())))
}

/// Remove a lesson for which nothing has arrived: the class's teachers.
#[utoipa::path(delete, path = "/api/v1/lessons/{id}", operation_id = "deleteLesson", tag = "lessons", security(("bearer" = [])),
    params(("id" = uuid::Uuid, Path, description = "The lesson")),
    responses((status = 204, description = "It is gone"),
        (status = 401, description = "Not signed in", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`not_allowed`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "`lesson_has_submissions`", body = ProblemDocument, content_type = "application/problem+json")))]
pub(crate) async fn delete(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<LessonId>,
) -> Result<StatusCode, Problem> {
    delete_lesson(&app.product, &caller.actor(), id).await?;
    Ok(StatusCode::NO_CONTENT)
}
