//! A roster from a list: looked at first, then taken as a whole or not at all.
use super::general_error;
use crate::api::App;
use crate::api::caller::csrf_fits;
use crate::gateway::Path;
use crate::problem::Problem;
use crate::web::handlers::form::{Form, stale};
use crate::web::handlers::visitor::Visitor;
use crate::web::pages::classes::roster::{self, BadLine, Preview, RosterPage};
use axum::extract::{FromRequest, FromRequestParts, Multipart, Request, State};
use axum::response::{IntoResponse, Redirect, Response};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::{Bytes, BytesMut};
use homeroom_core::domain::ids::{ClassId, MemberId};
use homeroom_core::domain::roster_csv::LineError;
use homeroom_core::usecases::UseCaseError;
use homeroom_core::usecases::classes::import_roster::{RosterReport, import_roster, preview_roster};
use homeroom_core::usecases::classes::list_classes::read_roster;
use http::StatusCode;

/// The largest list that a page takes: in base64 it has to fit into a form again.
const MAX_LIST_BYTES: usize = 1_500_000;

/// `GET /classes/{id}/roster`
pub(in crate::web::handlers) async fn page(visitor: Visitor, Path(id): Path<ClassId>) -> Response {
    if let Err(log_in) = visitor.signed_in() {
        return *log_in;
    }
    show(&visitor, id, StatusCode::OK, None, None).await
}

async fn show(
    visitor: &Visitor,
    id: ClassId,
    status: StatusCode,
    preview: Option<Preview>,
    error: Option<String>,
) -> Response {
    match read_roster(&visitor.app.product, &visitor.actor(), id).await {
        Ok((class, _)) => {
            let context = RosterPage {
                chrome: visitor.chrome(),
                class_url: format!("/classes/{id}"),
                class: class.name,
                preview,
                error,
            };
            visitor.show_as(status, roster::import(&context, visitor.t))
        }
        Err(error) => visitor.refused(error),
    }
}

/// `POST /classes/{id}/roster`: what the list would change.
pub(in crate::web::handlers) async fn preview(
    State(app): State<App>,
    Path(id): Path<ClassId>,
    request: Request,
) -> Response {
    let (mut parts, body) = request.into_parts();
    let visitor = match Visitor::from_request_parts(&mut parts, &app).await {
        Ok(visitor) => visitor,
        Err(response) => return response,
    };
    if let Err(log_in) = visitor.signed_in() {
        return *log_in;
    }
    let list = match read(&app, Request::from_parts(parts, body), &visitor).await {
        Ok(list) => list,
        Err(problem) => return visitor.trouble(&problem),
    };
    if list.len() > MAX_LIST_BYTES {
        let message = visitor.t.problem("roster_too_large");
        return show(&visitor, id, StatusCode::PAYLOAD_TOO_LARGE, None, Some(message)).await;
    }
    match preview_roster(&visitor.app.product, &visitor.actor(), id, &list).await {
        Ok(report) => {
            let status = if report.errors.is_empty() {
                StatusCode::OK
            } else {
                StatusCode::UNPROCESSABLE_ENTITY
            };
            let preview = shown(&visitor, report, &list);
            show(&visitor, id, status, Some(preview), None).await
        }
        Err(error) => refused(&visitor, id, error).await,
    }
}

/// `POST /classes/{id}/roster/import`: takes the list that was looked at.
pub(in crate::web::handlers) async fn import(Path(id): Path<ClassId>, form: Form) -> Response {
    let visitor = &form.visitor;
    let Ok(list) = URL_SAFE_NO_PAD.decode(form.text("content")) else {
        return visitor.trouble(&Problem::bad_request("bad_form", "The form did not arrive whole"));
    };
    match import_roster(&visitor.app.product, &visitor.actor(), id, &list).await {
        Ok(_) => Redirect::to(&format!("/classes/{id}")).into_response(),
        Err(error) => refused(visitor, id, error).await,
    }
}

async fn refused(visitor: &Visitor, id: ClassId, error: UseCaseError) -> Response {
    match error {
        UseCaseError::Content { .. } | UseCaseError::Conflict { .. } | UseCaseError::InvalidLines(_) => {
            let (status, message) = general_error(visitor, error);
            show(visitor, id, status, None, Some(message)).await
        }
        error => visitor.refused(error),
    }
}

fn shown(visitor: &Visitor, report: RosterReport, list: &[u8]) -> Preview {
    let names = |ids: &[MemberId]| {
        let found = ids.iter().filter_map(|id| report.roster.member(*id));
        found.map(|member| member.name.clone()).collect()
    };
    Preview {
        lines: report.lines as u64,
        added: names(&report.change.added),
        changed: names(&report.change.changed),
        removed: names(&report.change.removed),
        kept: report.change.kept,
        bad: report
            .errors
            .into_iter()
            .map(|error| bad_line(visitor, &error))
            .collect(),
        content: URL_SAFE_NO_PAD.encode(list),
    }
}

fn bad_line(visitor: &Visitor, error: &LineError) -> BadLine {
    let t = visitor.t;
    let why = t.field_error(&error.message);
    let column = t.text(match error.column {
        "name" => "member-name",
        "login" => "field-login",
        "student_number" => "member-number",
        _ => "roster-whole-line",
    });
    BadLine {
        line: error.line,
        column,
        why,
    }
}

async fn read(app: &App, request: Request, visitor: &Visitor) -> Result<Bytes, Problem> {
    let unreadable = || Problem::bad_request("bad_form", "The form did not arrive whole");
    let mut multipart = Multipart::from_request(request, app)
        .await
        .map_err(|_| unreadable())?;
    let mut checked = false;
    while let Some(mut field) = multipart.next_field().await.map_err(|_| unreadable())? {
        let is_list = field.name() == Some("list");
        // The token stands before the list, so that nothing large is read for a stranger.
        if is_list && !checked {
            return Err(stale());
        }
        let limit = if is_list { MAX_LIST_BYTES } else { 1_024 };
        let mut content = BytesMut::new();
        while let Some(chunk) = field.chunk().await.map_err(|_| unreadable())? {
            content.extend_from_slice(&chunk);
            if content.len() > limit {
                break;
            }
        }
        if is_list {
            return Ok(content.freeze());
        }
        if field.name() == Some("csrf") {
            let token = String::from_utf8_lossy(&content);
            checked = visitor
                .identity
                .as_ref()
                .is_some_and(|identity| csrf_fits(identity, &token));
        }
    }
    Err(unreadable())
}
