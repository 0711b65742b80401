//! `GET` and `POST /api/v1/classes/{id}/lessons`.
use super::LessonBody;
use crate::api::App;
use crate::api::caller::Caller;
use crate::api::classes::day;
use crate::api::cursor::{Walk, limit};
use crate::api::idempotency::Idempotency;
use crate::gateway::{Json, Path, Query};
use crate::problem::{Problem, ProblemDocument};
use axum::extract::State;
use homeroom_core::domain::ids::ClassId;
use homeroom_core::domain::lesson::Repeat;
use homeroom_core::usecases::classes::plan_lessons::{PlanLessons, list_lessons, plan_lessons};
use http::StatusCode;
use jiff::civil::Weekday;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(crate) struct Parameters {
    /// The first day; that of the class's term unless said.
    #[param(value_type = Option<String>, format = "date")]
    from: Option<String>,
    /// The last day, at most 400 days later; that of the class's term unless said.
    #[param(value_type = Option<String>, format = "date")]
    to: Option<String>,
    /// Items per page, 20 unless said.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
    /// Where to go on, as the last page gave it.
    cursor: Option<String>,
}

/// A page of lessons.
#[derive(Serialize, ToSchema)]
pub(crate) struct LessonPage {
    /// In the order in which they open.
    items: Vec<LessonBody>,
    /// Where to go on.
    next_cursor: Option<String>,
}

/// The lessons of a class: for its teachers and members.
#[utoipa::path(get, path = "/api/v1/classes/{id}/lessons", operation_id = "listLessons", tag = "lessons", security(("bearer" = [])),
    params(("id" = uuid::Uuid, Path, description = "The class"), Parameters),
    responses((status = 200, description = "Lessons", body = LessonPage),
        (status = 401, description = "Not signed in", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 422, description = "`invalid_fields`", body = ProblemDocument, content_type = "application/problem+json")))]
pub(crate) async fn list(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<ClassId>,
    Query(parameters): Query<Parameters>,
) -> Result<Json<LessonPage>, Problem> {
    let limit = limit(parameters.limit)?;
    let walk = Walk::of("lessons")
        .with(Some(&id.to_string()))
        .with(parameters.from.as_deref())
        .with(parameters.to.as_deref());
    let skip = walk.offset(parameters.cursor.as_deref())?;
    let (from, to) = (
        day("from", parameters.from.as_deref())?,
        day("to", parameters.to.as_deref())?,
    );
    let (class, lessons) = list_lessons(&app.product, &caller.actor(), id, from, to).await?;
    let at = app.product.clock.now();
    let (items, next_cursor) = walk.window(lessons, skip, limit);
    let bodies = items.iter().map(|lesson| LessonBody::new(lesson, &class, at));
    Ok(Json(LessonPage {
        items: bodies.collect(),
        next_cursor,
    }))
}

/// A day of the week.
#[derive(Clone, Copy, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum WeekdayName {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

impl From<WeekdayName> for Weekday {
    fn from(name: WeekdayName) -> Self {
        match name {
            WeekdayName::Monday => Self::Monday,
            WeekdayName::Tuesday => Self::Tuesday,
            WeekdayName::Wednesday => Self::Wednesday,
            WeekdayName::Thursday => Self::Thursday,
            WeekdayName::Friday => Self::Friday,
            WeekdayName::Saturday => Self::Saturday,
            WeekdayName::Sunday => Self::Sunday,
        }
    }
}

/// How a lesson repeats, week by week, without holidays.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RepeatBody {
    /// On which days; that of the first lesson unless said.
    #[serde(default)]
    #[schema(max_items = 7)]
    weekdays: Vec<WeekdayName>,
    /// The last day; the end of the term unless said.
    #[schema(format = "date")]
    until: Option<String>,
}

/// A lesson, or the first of a series.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PlanLessonsRequest {
    /// In the class's time zone; the day of `opens_at` where this is an instant.
    #[schema(format = "date")]
    date: Option<String>,
    /// A time of day in the class's time zone such as `08:00`, or an instant (RFC 3339).
    #[schema(max_length = 40, example = "08:00")]
    opens_at: String,
    /// As `opens_at`; when it closes unless said.
    #[schema(max_length = 40, example = "08:10")]
    late_after: Option<String>,
    /// As `opens_at`; at most seven days later.
    #[schema(max_length = 40, example = "08:15")]
    closes_at: String,
    /// At most 100 characters.
    #[schema(max_length = 100)]
    title: Option<String>,
    /// Makes a series of at most 400 lessons, each at the same time of day, also when the clocks change.
    repeat: Option<RepeatBody>,
}

/// A lesson, and all of its series.
#[derive(Serialize, ToSchema)]
pub(crate) struct PlannedBody {
    /// The first.
    #[serde(flatten)]
    first: LessonBody,
    /// All of them, where it repeats.
    #[serde(skip_serializing_if = "Option::is_none")]
    series: Option<Vec<LessonBody>>,
}

/// Plan a lesson or a weekly series: the class's teachers. All of it or nothing.
#[utoipa::path(post, path = "/api/v1/classes/{id}/lessons", operation_id = "planLessons", tag = "lessons", security(("bearer" = [])),
    request_body = PlanLessonsRequest,
    params(("id" = uuid::Uuid, Path, description = "The class"),
        ("Idempotency-Key" = Option<String>, Header, description = "Repeating a request with its key gives its lessons again")),
    responses((status = 201, description = "The lesson, or the first of the series", body = PlannedBody),
        (status = 401, description = "Not signed in", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`not_allowed`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "`lesson_overlaps`, `class_archived`, `too_many_lessons`, `idempotency_key_reused`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 422, description = "`invalid_fields`", body = ProblemDocument, content_type = "application/problem+json")))]
pub(crate) async fn create(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<ClassId>,
    idempotency: Idempotency,
    Json(request): Json<PlanLessonsRequest>,
) -> Result<(StatusCode, Json<PlannedBody>), Problem> {
    let key = idempotency.for_request(&request);
    let repeats = request.repeat.is_some();
    let repeat = match request.repeat {
        Some(repeat) => Some(Repeat {
            weekdays: repeat.weekdays.into_iter().map(Weekday::from).collect(),
            until: day("repeat.until", repeat.until.as_deref())?,
        }),
        None => None,
    };
    let command = PlanLessons {
        date: request.date,
        opens_at: request.opens_at,
        late_after: request.late_after,
        closes_at: request.closes_at,
        title: request.title,
        repeat,
    };
    let (class, planned) = plan_lessons(&app.product, &caller.actor(), id, command, key).await?;
    let at = app.product.clock.now();
    let bodies: Vec<_> = planned
        .iter()
        .map(|lesson| LessonBody::new(lesson, &class, at))
        .collect();
    let first = bodies.first().cloned().ok_or_else(Problem::not_found)?;
    let series = repeats.then_some(bodies);
    Ok((StatusCode::CREATED, Json(PlannedBody { first, series })))
}
