//! A term of a class: members by lessons.
use crate::gateway::Path;
use crate::web::context::Field;
use crate::web::handlers::visitor::{Visitor, parameter};
use crate::web::pages::classes::overview::Alert;
use crate::web::pages::classes::term::{self, Column, TermPage, TermRow};
use axum::response::Response;
use homeroom_core::domain::ids::ClassId;
use homeroom_core::usecases::classes::list_classes::read_roster;
use homeroom_core::usecases::classes::read_term::{Term, read_term};
use homeroom_core::usecases::{FieldError, UseCaseError};
use http::StatusCode;
use jiff::civil::Date;

/// `GET /classes/{id}/term`
pub(in crate::web::handlers) async fn page(visitor: Visitor, Path(id): Path<ClassId>) -> Response {
    if let Err(log_in) = visitor.signed_in() {
        return *log_in;
    }
    match context(&visitor, id).await {
        Ok((status, context)) => visitor.show_as(status, term::page(&context, visitor.t)),
        Err(error) => visitor.refused(error),
    }
}

async fn context(visitor: &Visitor, id: ClassId) -> Result<(StatusCode, TermPage), UseCaseError> {
    let (product, actor) = (&visitor.app.product, visitor.actor());
    let (class, _) = read_roster(product, &actor, id).await?;
    let (from, to) = (asked(visitor, "from"), asked(visitor, "to"));
    let days = |from: Option<Date>, to: Option<Date>| {
        let from = from.unwrap_or(class.term.starts).to_string();
        (from, to.unwrap_or(class.term.ends).to_string())
    };
    let empty = TermPage {
        chrome: visitor.chrome(),
        class_url: format!("/classes/{id}"),
        class: class.name.clone(),
        from: Field::default(),
        to: Field::default(),
        csv_url: String::new(),
        alerts: Vec::new(),
        lessons: Vec::new(),
        rows: Vec::new(),
    };
    let read = match (from, to) {
        (Ok(from), Ok(to)) => {
            let (first, last) = days(from, to);
            let read = read_term(product, &actor, id, from, to).await;
            read.map(|term| filled(&empty, &term, &first, &last))
        }
        (Err(error), _) | (_, Err(error)) => Err(error),
    };
    match read {
        Ok(page) => Ok((StatusCode::OK, page)),
        Err(UseCaseError::Invalid(errors)) => {
            Ok((StatusCode::UNPROCESSABLE_ENTITY, refused(empty, visitor, &errors)))
        }
        Err(error) => Err(error),
    }
}

fn asked(visitor: &Visitor, name: &'static str) -> Result<Option<Date>, UseCaseError> {
    let Some(text) = parameter(&visitor.here, name).filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    let day = text.parse::<Date>().ok();
    day.filter(|day| text.len() == 10 && (1970..=2200).contains(&day.year()))
        .map(Some)
        .ok_or_else(|| UseCaseError::field(name, "must be a day of the calendar such as 2026-09-01"))
}

fn refused(empty: TermPage, visitor: &Visitor, errors: &[FieldError]) -> TermPage {
    let field = |name: &str| Field {
        value: parameter(&visitor.here, name).unwrap_or_default(),
        error: errors
            .iter()
            .find(|error| error.field == name)
            .map(|error| visitor.t.field_error(&error.message)),
    };
    TermPage {
        from: field("from"),
        to: field("to"),
        csv_url: format!("/api/v1{}/term.csv?bom=true", empty.class_url),
        ..empty
    }
}

fn filled(empty: &TermPage, read: &Term, from: &str, to: &str) -> TermPage {
    let name = |id| {
        let row = read.rows.iter().find(|row| row.member.id == id);
        row.map(|row| row.member.name.clone())
    };
    let alert = |(member, lessons)| {
        Some(Alert {
            name: name(member)?,
            lessons,
        })
    };
    let column = |lesson: &homeroom_core::domain::lesson::Lesson| Column {
        url: format!("/lessons/{}", lesson.id),
        date: lesson.date,
        cancelled: !lesson.takes_place(&read.class),
    };
    let row = |row: &homeroom_core::usecases::classes::read_term::TermRow| TermRow {
        name: row.member.name.clone(),
        states: row.states.clone(),
    };
    TermPage {
        from: Field::holding(from),
        to: Field::holding(to),
        csv_url: format!("/api/v1{}/term.csv?bom=true&from={from}&to={to}", empty.class_url),
        alerts: read.alerts().into_iter().filter_map(alert).collect(),
        lessons: read.lessons.iter().map(column).collect(),
        rows: read.rows.iter().map(row).collect(),
        ..empty.clone()
    }
}
