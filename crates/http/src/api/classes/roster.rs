//! `GET` and `PUT /api/v1/classes/{id}/roster`, `POST …/roster/preview`.
use super::MemberBody;
use crate::api::App;
use crate::api::caller::Caller;
use crate::api::cursor::{PageParameters, Walk, limit};
use crate::gateway::{Json, Path, Query};
use crate::problem::{Problem, ProblemDocument};
use axum::body::Bytes;
use axum::extract::State;
use homeroom_core::domain::ids::{ClassId, MemberId};
use homeroom_core::domain::roster::Roster;
use homeroom_core::usecases::classes::import_roster::{RosterReport, import_roster, preview_roster};
use homeroom_core::usecases::classes::list_classes::read_roster;
use http::{HeaderMap, StatusCode, header};
use serde::Serialize;
use utoipa::ToSchema;

/// A page of a roster.
#[derive(Serialize, ToSchema)]
pub(crate) struct RosterPage {
    /// By name.
    items: Vec<MemberBody>,
    /// Where to go on.
    next_cursor: Option<String>,
}

/// The members of a class: for its teachers.
#[utoipa::path(get, path = "/api/v1/classes/{id}/roster", operation_id = "readRoster", tag = "classes", security(("bearer" = [])),
    params(("id" = uuid::Uuid, Path, description = "The class"), PageParameters),
    responses((status = 200, description = "Members", body = RosterPage),
        (status = 401, description = "Not signed in", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`not_allowed`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 422, description = "`invalid_fields`", body = ProblemDocument, content_type = "application/problem+json")))]
pub(crate) async fn read(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<ClassId>,
    Query(parameters): Query<PageParameters>,
) -> Result<Json<RosterPage>, Problem> {
    let limit = limit(parameters.limit)?;
    let walk = Walk::of("roster").with(Some(&id.to_string()));
    let from = walk.offset(parameters.cursor.as_deref())?;
    let (_, roster) = read_roster(&app.product, &caller.actor(), id).await?;
    let mut members: Vec<_> = roster.present().collect();
    members.sort_by_cached_key(|member| (member.name.to_lowercase(), member.id));
    let (items, next_cursor) = walk.window(members, from, limit);
    Ok(Json(RosterPage {
        items: items.into_iter().map(MemberBody::from).collect(),
        next_cursor,
    }))
}

/// What is wrong with a line.
#[derive(Serialize, ToSchema)]
pub(crate) struct LineErrorBody {
    /// Where it begins in the file, from 1.
    line: u64,
    /// `name`, `login`, `student_number` or `line`.
    column: &'static str,
    /// In a few words.
    message: String,
}

/// What a list changes, or would change.
#[derive(Serialize, ToSchema)]
pub(crate) struct RosterReportBody {
    /// How many good lines it has.
    lines: usize,
    /// What is wrong with the others; with any, nothing can be imported.
    errors: Vec<LineErrorBody>,
    /// Who comes.
    added: Vec<MemberBody>,
    /// Whose name, login or number is another one.
    changed: Vec<MemberBody>,
    /// How many stay as they are.
    kept: u32,
    /// Who is not in the list and leaves.
    removed: Vec<MemberBody>,
}

impl From<RosterReport> for RosterReportBody {
    fn from(report: RosterReport) -> Self {
        let roster: &Roster = &report.roster;
        let by_id: std::collections::HashMap<_, _> =
            roster.members.iter().map(|member| (member.id, member)).collect();
        let bodies = |ids: &[MemberId]| {
            let known = ids.iter().filter_map(|id| by_id.get(id));
            known.map(|member| MemberBody::from(*member)).collect()
        };
        Self {
            lines: report.lines,
            added: bodies(&report.change.added),
            changed: bodies(&report.change.changed),
            kept: report.change.kept,
            removed: bodies(&report.change.removed),
            errors: report
                .errors
                .into_iter()
                .map(|error| LineErrorBody {
                    line: error.line,
                    column: error.column,
                    message: error.message,
                })
                .collect(),
        }
    }
}

/// Take a CSV as the class's roster: all of it or nothing. Columns are name, e-mail address or user name, and
/// student number, by their headings or in this order; UTF-8, UTF-16 or Windows-1252; comma, semicolon or tab.
#[utoipa::path(put, path = "/api/v1/classes/{id}/roster", operation_id = "importRoster", tag = "classes", security(("bearer" = [])),
    params(("id" = uuid::Uuid, Path, description = "The class")), request_body(content = String, content_type = "text/csv"),
    responses((status = 200, description = "What has changed", body = RosterReportBody),
        (status = 401, description = "Not signed in", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`not_allowed`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "`class_archived`, `roster_full`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 413, description = "`roster_too_large`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 415, description = "Not CSV", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 422, description = "`invalid_lines`: every bad line is named, nothing was changed", body = ProblemDocument, content_type = "application/problem+json")))]
pub(crate) async fn import(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<ClassId>,
    headers: HeaderMap,
    csv: Result<Bytes, axum::extract::rejection::BytesRejection>,
) -> Result<Json<RosterReportBody>, Problem> {
    let csv = checked(&headers, csv)?;
    let report = import_roster(&app.product, &caller.actor(), id, &csv).await?;
    Ok(Json(report.into()))
}

/// Look what a CSV would change. Nothing is.
#[utoipa::path(post, path = "/api/v1/classes/{id}/roster/preview", operation_id = "previewRoster", tag = "classes", security(("bearer" = [])),
    params(("id" = uuid::Uuid, Path, description = "The class")), request_body(content = String, content_type = "text/csv"),
    responses((status = 200, description = "What would change, and every bad line", body = RosterReportBody),
        (status = 401, description = "Not signed in", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`not_allowed`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 413, description = "`roster_too_large`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 415, description = "Not CSV", body = ProblemDocument, content_type = "application/problem+json")))]
pub(crate) async fn preview(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<ClassId>,
    headers: HeaderMap,
    csv: Result<Bytes, axum::extract::rejection::BytesRejection>,
) -> Result<Json<RosterReportBody>, Problem> {
    let csv = checked(&headers, csv)?;
    let report = preview_roster(&app.product, &caller.actor(), id, &csv).await?;
    Ok(Json(report.into()))
}

/// A body that says that it is CSV.
fn checked(
    headers: &HeaderMap,
    csv: Result<Bytes, axum::extract::rejection::BytesRejection>,
) -> Result<Bytes, Problem> {
    let kind = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    let kind = kind.and_then(|kind| kind.split(';').next()).map(str::trim);
    if !kind.is_some_and(|kind| {
        kind.eq_ignore_ascii_case("text/csv") || kind.eq_ignore_ascii_case("text/tab-separated-values")
    }) {
        return Err(Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "unsupported_media_type",
            "The body must be text/csv",
        ));
    }
    csv.map_err(|error| {
        crate::gateway::BodyError::find(&error).map_or_else(
            || {
                let too_large = error.status() == StatusCode::PAYLOAD_TOO_LARGE;
                if too_large {
                    crate::gateway::BodyError::TooLarge(2 << 20).problem()
                } else {
                    Problem::bad_request("bad_body", "The body cannot be read")
                }
            },
            crate::gateway::BodyError::problem,
        )
    })
}
