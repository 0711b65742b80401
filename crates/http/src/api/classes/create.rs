//! `POST /api/v1/classes`.
use super::ClassBody;
use super::wire::{Details, HolidayBody};
use crate::api::App;
use crate::api::caller::Caller;
use crate::api::idempotency::Idempotency;
use crate::gateway::Json;
use crate::problem::{Problem, ProblemDocument};
use axum::extract::State;
use homeroom_core::usecases::classes::create_class::{CreateClass, create_class};
use homeroom_core::usecases::classes::list_classes::read_class;
use homeroom_core::usecases::classes::update_class::ClassChange;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A new class.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreateClassRequest {
    /// At most 100 characters.
    #[schema(min_length = 1, max_length = 100)]
    name: String,
    /// At most 2,000 characters.
    #[schema(max_length = 2000)]
    description: Option<String>,
    /// A subject's slug.
    subject: Option<String>,
    /// 7 to 12.
    #[schema(minimum = 7, maximum = 12)]
    grade: Option<i64>,
    /// An IANA name such as `Europe/Berlin`; `UTC` unless said.
    time_zone: Option<String>,
    /// The first day of the term; today unless said.
    #[schema(format = "date")]
    term_starts: Option<String>,
    /// The last day of the term; the end of January or July unless said.
    #[schema(format = "date")]
    term_ends: Option<String>,
    /// How many days after the term videos are kept; 30 unless said.
    #[schema(minimum = 0, maximum = 1095)]
    retention_days: Option<i64>,
    /// The largest video, in bytes; 1 GiB unless said.
    #[schema(minimum = 1)]
    max_video_bytes: Option<i64>,
    /// The longest video, in seconds; 900 unless said.
    #[schema(minimum = 1, maximum = 14400)]
    max_video_seconds: Option<i64>,
    /// When it does not meet.
    #[schema(max_items = 100)]
    holidays: Option<Vec<HolidayBody>>,
}

/// Make a class: teachers and above. It has a join code from the start.
#[utoipa::path(post, path = "/api/v1/classes", operation_id = "createClass", tag = "classes", security(("bearer" = [])),
    request_body = CreateClassRequest,
    params(("Idempotency-Key" = Option<String>, Header, description = "Repeating a request with its key gives its class again")),
    responses((status = 201, description = "The class", body = ClassBody),
        (status = 401, description = "Not signed in", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`not_allowed`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "`too_many_classes`, `idempotency_key_reused`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 422, description = "`invalid_fields`", body = ProblemDocument, content_type = "application/problem+json")))]
pub(crate) async fn handle(
    State(app): State<App>,
    caller: Caller,
    idempotency: Idempotency,
    Json(request): Json<CreateClassRequest>,
) -> Result<(StatusCode, Json<ClassBody>), Problem> {
    let key = idempotency.for_request(&request);
    let details = Details {
        term_starts: request.term_starts,
        term_ends: request.term_ends,
        change: ClassChange {
            description: request.description,
            subject: request.subject.map(Some),
            grade: request.grade.map(Some),
            zone: request.time_zone,
            retention_days: request.retention_days,
            max_video_bytes: request.max_video_bytes,
            max_video_seconds: request.max_video_seconds,
            holidays: request
                .holidays
                .map(|holidays| holidays.into_iter().map(HolidayBody::into_domain).collect()),
            ..ClassChange::default()
        },
    };
    let actor = caller.actor();
    let command = CreateClass {
        name: request.name,
        details: details.read()?,
    };
    let class = create_class(&app.product, &actor, command, key).await?;
    let view = read_class(&app.product, &actor, class.id).await?;
    Ok((StatusCode::CREATED, Json(view.into())))
}
