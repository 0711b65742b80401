//! `GET /api/v1/classes/{id}/term` and `…/term.csv`.
use super::MemberBody;
use super::wire::day;
use crate::api::App;
use crate::api::caller::Caller;
use crate::api::lessons::{LessonBody, csv_answer};
use crate::gateway::{Json, Path, Query};
use crate::problem::{Problem, ProblemDocument};
use axum::extract::State;
use axum::response::Response;
use homeroom_core::domain::attendance::AttendanceState;
use homeroom_core::domain::ids::ClassId;
use homeroom_core::usecases::classes::export_board::export_term;
use homeroom_core::usecases::classes::read_term::{Term, read_term};
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
}

/// One member's term.
#[derive(Serialize, ToSchema)]
pub(crate) struct TermRowBody {
    /// Who.
    member: MemberBody,
    /// In the lessons' order: `present`, `late`, `missing`, `excused`, `absent`, or null where it is not counted.
    states: Vec<Option<&'static str>>,
    /// How many lessons they have missed in a row up to the latest that is over.
    absences_in_row: u32,
    /// Whether that are three or more.
    alert: bool,
}

/// A term: members by lessons.
#[derive(Serialize, ToSchema)]
pub(crate) struct TermBody {
    /// In the order in which they open.
    lessons: Vec<LessonBody>,
    /// By name.
    rows: Vec<TermRowBody>,
}

impl From<Term> for TermBody {
    fn from(term: Term) -> Self {
        let rows = term.rows.iter().map(|row| TermRowBody {
            member: MemberBody::from(&row.member),
            states: row
                .states
                .iter()
                .map(|state| state.map(AttendanceState::name))
                .collect(),
            absences_in_row: row.absences_in_row,
            alert: row.absences_in_row >= homeroom_core::domain::attendance::ALERT_AFTER,
        });
        let lessons = term
            .lessons
            .iter()
            .map(|lesson| LessonBody::new(lesson, &term.class, term.at));
        Self {
            rows: rows.collect(),
            lessons: lessons.collect(),
        }
    }
}

/// A term at a glance: for the class's teachers.
#[utoipa::path(get, path = "/api/v1/classes/{id}/term", operation_id = "readTerm", tag = "classes", security(("bearer" = [])),
    params(("id" = uuid::Uuid, Path, description = "The class"), Parameters),
    responses((status = 200, description = "Members by lessons", body = TermBody),
        (status = 401, description = "Not signed in", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`not_allowed`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 422, description = "`invalid_fields`", body = ProblemDocument, content_type = "application/problem+json")))]
pub(crate) async fn read(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<ClassId>,
    Query(parameters): Query<Parameters>,
) -> Result<Json<TermBody>, Problem> {
    let (from, to) = (
        day("from", parameters.from.as_deref())?,
        day("to", parameters.to.as_deref())?,
    );
    Ok(Json(
        read_term(&app.product, &caller.actor(), id, from, to)
            .await?
            .into(),
    ))
}

/// A term as CSV: one row for each member, one column for each lesson.
#[utoipa::path(get, path = "/api/v1/classes/{id}/term.csv", operation_id = "exportTerm", tag = "classes", security(("bearer" = [])),
    params(("id" = uuid::Uuid, Path, description = "The class"), Parameters),
    responses((status = 200, description = "CSV (RFC 4180)", content_type = "text/csv", body = String),
        (status = 401, description = "Not signed in", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`not_allowed`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 422, description = "`invalid_fields`", body = ProblemDocument, content_type = "application/problem+json")))]
pub(crate) async fn export(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<ClassId>,
    Query(parameters): Query<Parameters>,
) -> Result<Response, Problem> {
    let (from, to) = (
        day("from", parameters.from.as_deref())?,
        day("to", parameters.to.as_deref())?,
    );
    let (_, text) = export_term(&app.product, &caller.actor(), id, from, to).await?;
    Ok(csv_answer("term", text, false))
}
