//! Shapes of lessons.
use axum::response::{IntoResponse, Response};
use homeroom_core::domain::class::Class;
use homeroom_core::domain::lesson::Lesson;
use http::header;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

/// A lesson.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct LessonBody {
    /// Its id.
    #[schema(format = "uuid")]
    id: String,
    /// Of which class.
    #[schema(format = "uuid")]
    class: String,
    /// In the class's time zone.
    #[schema(format = "date")]
    date: String,
    /// At most 100 characters.
    title: Option<String>,
    /// Nothing is taken before.
    #[schema(value_type = String, format = "date-time")]
    opens_at: Timestamp,
    /// What arrives after this is late.
    #[schema(value_type = String, format = "date-time")]
    late_after: Timestamp,
    /// Nothing is taken from here on.
    #[schema(value_type = String, format = "date-time")]
    closes_at: Timestamp,
    /// `upcoming`, `open`, `late` or `closed`, now.
    phase: &'static str,
    /// Whether it takes place: neither cancelled nor on a holiday.
    takes_place: bool,
    /// Why it was cancelled, if it was; may be empty.
    cancelled: Option<String>,
    /// On which holiday it falls.
    #[serde(skip_serializing_if = "Option::is_none")]
    holiday: Option<String>,
    /// The caller's own attendance, where it is theirs.
    #[serde(skip_serializing_if = "Option::is_none")]
    state: Option<&'static str>,
}

impl LessonBody {
    /// A lesson of a class at an instant.
    pub(crate) fn new(lesson: &Lesson, class: &Class, at: Timestamp) -> Self {
        Self {
            id: lesson.id.to_string(),
            class: class.id.to_string(),
            date: lesson.date.to_string(),
            title: lesson.title.clone(),
            opens_at: lesson.opens_at,
            late_after: lesson.late_after,
            closes_at: lesson.closes_at,
            phase: lesson.phase(at).name(),
            takes_place: lesson.takes_place(class),
            cancelled: lesson.cancelled.clone(),
            holiday: class.holiday(lesson.date).map(|holiday| holiday.name.clone()),
            state: None,
        }
    }

    /// As it is to one of its members.
    pub(crate) fn with_state(mut self, state: &'static str) -> Self {
        self.state = Some(state);
        self
    }
}

/// CSV as a file to keep; with a mark at its beginning for spreadsheets that do not expect UTF-8.
pub(crate) fn csv_answer(name: &str, text: String, with_mark: bool) -> Response {
    let text = if with_mark {
        format!("\u{FEFF}{text}")
    } else {
        text
    };
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{name}.csv\""),
        ),
    ];
    (headers, text).into_response()
}
