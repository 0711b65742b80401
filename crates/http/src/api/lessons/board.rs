//! `GET /api/v1/lessons/{id}/board` and `…/export.csv`.
use super::{LessonBody, csv_answer};
use crate::api::App;
use crate::api::caller::Caller;
use crate::api::classes::MemberBody;
use crate::api::submissions::SubmissionBody;
use crate::gateway::{Json, Path, Query};
use crate::problem::{Problem, ProblemDocument};
use axum::extract::State;
use axum::response::Response;
use homeroom_core::domain::attendance::AttendanceState;
use homeroom_core::domain::ids::LessonId;
use homeroom_core::usecases::classes::export_board::export_board;
use homeroom_core::usecases::classes::read_board::{Board, BoardRow, read_board};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::{IntoParams, ToSchema};

/// What a teacher has said.
#[derive(Serialize, ToSchema)]
pub(crate) struct MarkBody {
    /// `excused` or `absent`.
    state: &'static str,
    /// Why.
    reason: String,
    /// Who says so.
    #[schema(format = "uuid")]
    by: String,
    /// When.
    #[schema(value_type = String, format = "date-time")]
    at: Timestamp,
}

/// One member's row.
#[derive(Serialize, ToSchema)]
pub(crate) struct BoardRowBody {
    /// Who.
    member: MemberBody,
    /// `present`, `late`, `missing`, `excused` or `absent`.
    state: &'static str,
    /// What a teacher has said.
    #[serde(skip_serializing_if = "Option::is_none")]
    mark: Option<MarkBody>,
    /// What came.
    #[serde(skip_serializing_if = "Option::is_none")]
    submission: Option<SubmissionBody>,
    /// How many lessons they have missed in a row, this one among them once it is over.
    absences_in_row: u32,
    /// Whether that are three or more.
    alert: bool,
}

impl From<BoardRow> for BoardRowBody {
    fn from(row: BoardRow) -> Self {
        use homeroom_core::domain::attendance::MarkState;
        Self {
            alert: row.is_alert(),
            member: MemberBody::from(&row.member),
            state: row.state.name(),
            mark: row.mark.map(|mark| MarkBody {
                state: match mark.state {
                    MarkState::Excused => "excused",
                    MarkState::Absent => "absent",
                },
                reason: mark.reason,
                by: mark.by.to_string(),
                at: mark.at,
            }),
            submission: row.submission.map(SubmissionBody::from),
            absences_in_row: row.absences_in_row,
        }
    }
}

/// The board of a lesson.
#[derive(Serialize, ToSchema)]
pub(crate) struct BoardBody {
    /// Which lesson.
    lesson: LessonBody,
    /// Moves on with every change.
    revision: u64,
    /// How many members are in each state.
    counts: BTreeMap<&'static str, usize>,
    /// Every member once, by name.
    rows: Vec<BoardRowBody>,
}

impl From<Board> for BoardBody {
    fn from(board: Board) -> Self {
        let counts = AttendanceState::ALL.map(|state| (state.name(), board.count(state)));
        Self {
            lesson: LessonBody::new(&board.lesson, &board.class, board.at),
            revision: board.revision,
            counts: counts.into(),
            rows: board.rows.into_iter().map(BoardRowBody::from).collect(),
        }
    }
}

/// The day board: every member of the class, for its teachers.
#[utoipa::path(get, path = "/api/v1/lessons/{id}/board", operation_id = "readBoard", tag = "lessons", security(("bearer" = [])),
    params(("id" = uuid::Uuid, Path, description = "The lesson")),
    responses((status = 200, description = "The board", body = BoardBody),
        (status = 401, description = "Not signed in", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`not_allowed`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = ProblemDocument, content_type = "application/problem+json")))]
pub(crate) async fn read(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<LessonId>,
) -> Result<Json<BoardBody>, Problem> {
    Ok(Json(read_board(&app.product, &caller.actor(), id).await?.into()))
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(crate) struct Parameters {
    /// Whether the file begins with a byte order mark, for spreadsheets that do not expect UTF-8.
    bom: Option<bool>,
}

/// The board as CSV, one row for each member; no cell is taken for a formula.
#[utoipa::path(get, path = "/api/v1/lessons/{id}/export.csv", operation_id = "exportBoard", tag = "lessons", security(("bearer" = [])),
    params(("id" = uuid::Uuid, Path, description = "The lesson"), Parameters),
    responses((status = 200, description = "CSV (RFC 4180)", content_type = "text/csv", body = String),
        (status = 401, description = "Not signed in", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`not_allowed`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 422, description = "`invalid_fields`", body = ProblemDocument, content_type = "application/problem+json")))]
pub(crate) async fn export(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<LessonId>,
    Query(parameters): Query<Parameters>,
) -> Result<Response, Problem> {
    let (board, text) = export_board(&app.product, &caller.actor(), id).await?;
    let name = format!("attendance-{}", board.lesson.date);
    Ok(csv_answer(&name, text, parameters.bom.unwrap_or(false)))
}
