//! `GET /api/v1/calendar`, `POST` and `DELETE /api/v1/me/calendar-feed`, and the feed itself (RFC 5545).
use crate::api::caller::Caller;
use crate::api::lessons::LessonBody;
use crate::api::{App, CallerOrigin};
use crate::gateway::{Json, Path, Query};
use crate::problem::{Problem, ProblemDocument};
use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use homeroom_core::usecases::classes::calendar::{Calendar, CalendarEntry, read_calendar};
use homeroom_core::usecases::classes::calendar_feed::{
    create_calendar_feed, delete_calendar_feed, read_calendar_feed,
};
use http::{StatusCode, header};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::{IntoParams, ToSchema};

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(crate) struct Parameters {
    /// `YYYY-MM`; this month (UTC) unless said.
    #[param(pattern = "^[0-9]{4}-[0-9]{2}$", example = "2026-09")]
    month: Option<String>,
}

/// One lesson in a calendar.
#[derive(Serialize, ToSchema)]
pub(crate) struct CalendarEntryBody {
    /// The lesson; `state` is the caller's own attendance where it counts.
    #[serde(flatten)]
    lesson: LessonBody,
    /// What the class is called.
    class_name: String,
    /// In which the date is.
    time_zone: String,
    /// `teacher` or `member`.
    role: &'static str,
    /// How many members are in which state, for a teacher once it is open.
    #[serde(skip_serializing_if = "Option::is_none")]
    counts: Option<BTreeMap<&'static str, u32>>,
}

/// A month.
#[derive(Serialize, ToSchema)]
pub(crate) struct CalendarBody {
    /// `YYYY-MM`.
    month: String,
    /// In the order in which they open.
    items: Vec<CalendarEntryBody>,
    /// Always null: a month is given whole.
    next_cursor: Option<String>,
}

fn entry(entry: &CalendarEntry, at: Timestamp) -> CalendarEntryBody {
    let lesson = LessonBody::new(&entry.lesson, &entry.class, at);
    CalendarEntryBody {
        lesson: match entry.own {
            Some(state) => lesson.with_state(state.name()),
            None => lesson,
        },
        class_name: entry.class.name.clone(),
        time_zone: entry.class.zone.name().to_owned(),
        role: if entry.teaches { "teacher" } else { "member" },
        counts: entry.counts.as_ref().map(|counts| {
            let named = counts.iter().map(|(state, count)| (state.name(), *count));
            named.collect()
        }),
    }
}

/// The lessons of all the caller's classes in a month, with how each stands.
#[utoipa::path(get, path = "/api/v1/calendar", operation_id = "readCalendar", tag = "lessons", security(("bearer" = [])),
    params(Parameters),
    responses((status = 200, description = "A month", body = CalendarBody),
        (status = 401, description = "Not signed in", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 422, description = "`invalid_fields`", body = ProblemDocument, content_type = "application/problem+json")))]
pub(crate) async fn read(
    State(app): State<App>,
    caller: Caller,
    Query(parameters): Query<Parameters>,
) -> Result<Json<CalendarBody>, Problem> {
    let first = match parameters.month.as_deref() {
        Some(month) => first_of(month)?,
        None => app
            .product
            .clock
            .now()
            .to_zoned(jiff::tz::TimeZone::UTC)
            .date()
            .first_of_month(),
    };
    let calendar = read_calendar(&app.product, &caller.actor(), first, first.last_of_month()).await?;
    Ok(Json(CalendarBody {
        month: first.strftime("%Y-%m").to_string(),
        items: calendar
            .entries
            .iter()
            .map(|found| entry(found, calendar.at))
            .collect(),
        next_cursor: None,
    }))
}

fn first_of(month: &str) -> Result<Date, Problem> {
    format!("{month}-01")
        .parse::<Date>()
        .ok()
        .filter(|day| month.len() == 7 && (1970..=2200).contains(&day.year()))
        .ok_or_else(|| Problem::invalid_field("month", "must be a month such as 2026-09"))
}

/// A private link.
#[derive(Serialize, ToSchema)]
pub(crate) struct FeedBody {
    /// Whoever has it reads the caller's calendar. Shown once.
    url: String,
}

/// Make a private link under which calendar programs read the caller's lessons; the one before leads nowhere.
#[utoipa::path(post, path = "/api/v1/me/calendar-feed", operation_id = "createCalendarFeed", tag = "me", security(("bearer" = [])),
    responses((status = 201, description = "The link, shown once", body = FeedBody),
        (status = 401, description = "Not signed in", body = ProblemDocument, content_type = "application/problem+json")))]
pub(crate) async fn create_feed(
    State(app): State<App>,
    caller: Caller,
    origin: CallerOrigin,
) -> Result<(StatusCode, Json<FeedBody>), Problem> {
    let token = create_calendar_feed(&app.product, &caller.actor()).await?;
    let url = format!("{}/calendar/{token}.ics", origin.0.0);
    Ok((StatusCode::CREATED, Json(FeedBody { url })))
}

/// Take the private link back.
#[utoipa::path(delete, path = "/api/v1/me/calendar-feed", operation_id = "deleteCalendarFeed", tag = "me", security(("bearer" = [])),
    responses((status = 204, description = "There is none"),
        (status = 401, description = "Not signed in", body = ProblemDocument, content_type = "application/problem+json")))]
pub(crate) async fn delete_feed(State(app): State<App>, caller: Caller) -> Result<StatusCode, Problem> {
    delete_calendar_feed(&app.product, &caller.actor()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The feed, which is no part of the API.
pub(super) fn routes() -> Router<App> {
    Router::new().route("/calendar/{file}", get(feed))
}

async fn feed(
    State(app): State<App>,
    origin: CallerOrigin,
    Path(file): Path<String>,
) -> Result<Response, Problem> {
    let token = file.strip_suffix(".ics").filter(|token| token.len() < 100);
    let token = token.ok_or_else(Problem::not_found)?;
    let calendar = read_calendar_feed(&app.product, token).await?;
    let headers = [
        (header::CONTENT_TYPE, "text/calendar; charset=utf-8"),
        (header::CACHE_CONTROL, "private, no-store"),
    ];
    Ok((headers, icalendar(&calendar, &origin.0.0)).into_response())
}

/// A calendar in iCalendar (RFC 5545).
fn icalendar(calendar: &Calendar, origin: &str) -> String {
    let mut text = String::new();
    let mut line = |content: &str| fold(&mut text, content);
    line("BEGIN:VCALENDAR");
    line("VERSION:2.0");
    line("PRODID:-//Homeroom//Homeroom//EN");
    line("CALSCALE:GREGORIAN");
    line("METHOD:PUBLISH");
    line("X-WR-CALNAME:Homeroom");
    for entry in &calendar.entries {
        let lesson = &entry.lesson;
        let summary = match &lesson.title {
            Some(title) => format!("{}: {title}", entry.class.name),
            None => entry.class.name.clone(),
        };
        line("BEGIN:VEVENT");
        line(&format!("UID:{}@homeroom", lesson.id));
        line(&format!("DTSTAMP:{}", utc(calendar.at)));
        line(&format!("DTSTART:{}", utc(lesson.opens_at)));
        line(&format!("DTEND:{}", utc(lesson.closes_at)));
        line(&format!("SUMMARY:{}", escaped(&summary)));
        line(&format!("URL:{origin}/lessons/{}", lesson.id));
        let status = if lesson.takes_place(&entry.class) {
            "CONFIRMED"
        } else {
            "CANCELLED"
        };
        line(&format!("STATUS:{status}"));
        if let Some(own) = entry.own {
            line(&format!("X-HOMEROOM-STATE:{}", own.name()));
        }
        line("END:VEVENT");
    }
    line("END:VCALENDAR");
    text
}

fn utc(at: Timestamp) -> String {
    at.strftime("%Y%m%dT%H%M%SZ").to_string()
}

/// A text value (RFC 5545 §3.3.11).
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\\' | ';' | ',' => escaped.extend(['\\', character]),
            '\n' => escaped.push_str("\\n"),
            other => escaped.push(other),
        }
    }
    escaped
}

/// A content line in pieces of at most 75 bytes (RFC 5545 §3.1), none of which ends within a character.
fn fold(text: &mut String, content: &str) {
    let mut room = 75;
    for character in content.chars() {
        if character.len_utf8() > room {
            text.push_str("\r\n ");
            room = 74;
        }
        room -= character.len_utf8();
        text.push(character);
    }
    text.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lines_are_folded_between_characters() {
        let mut text = String::new();
        let content = format!("SUMMARY:{}", "שלום ".repeat(30));
        fold(&mut text, &content);
        assert!(text.split("\r\n").all(|line| line.len() <= 75));
        assert_eq!(text.replace("\r\n ", "").trim_end_matches("\r\n"), content);
    }

    #[test]
    fn texts_are_escaped() {
        assert_eq!(escaped("a,b;c\\d\ne"), "a\\,b\\;c\\\\d\\ne");
    }

    #[test]
    fn months_that_are_none_are_refused() {
        for month in ["2025-13", "2025", "25-01", "2025-1", "2025-01-01", "abcd-01", ""] {
            assert!(first_of(month).is_err(), "{month}");
        }
        assert!(first_of("2026-02").is_ok());
    }
}
