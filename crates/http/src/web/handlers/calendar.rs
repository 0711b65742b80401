//! The calendar of whoever is signed in.
use super::classes::shown::Shown;
use super::form::Form;
use super::visitor::{Visitor, parameter};
use crate::api::CallerOrigin;
use crate::gateway::Path;
use crate::problem::Problem;
use crate::web::context::Choice;
use crate::web::pages::calendar::{self, CalendarLayout, CalendarPage, Day, ViewLink};
use crate::web::pages::classes::parts::LessonLine;
use axum::response::{IntoResponse, Redirect, Response};
use homeroom_core::usecases::UseCaseError;
use homeroom_core::usecases::classes::calendar::{calendar_zone, read_calendar};
use homeroom_core::usecases::classes::calendar_feed::{
    create_calendar_feed, delete_calendar_feed, has_calendar_feed,
};
use jiff::ToSpan;
use jiff::civil::{Date, Weekday};
use std::collections::BTreeMap;

#[derive(Clone, Copy, PartialEq, Eq)]
enum View {
    Month,
    Week,
    Agenda,
    Day,
}

const VIEWS: [(View, &str); 3] = [
    (View::Month, "month"),
    (View::Week, "week"),
    (View::Agenda, "agenda"),
];

/// A day as it stands in addresses: `YYYY-MM-DD`, from 1970 to 2200.
fn parse_day(text: &str) -> Option<Date> {
    let day = text.parse::<Date>().ok()?;
    (text.len() == 10 && (1970..=2200).contains(&day.year())).then_some(day)
}

/// `GET /calendar`
pub(super) async fn page(visitor: Visitor) -> Response {
    if let Err(log_in) = visitor.signed_in() {
        return *log_in;
    }
    let asked = parameter(&visitor.here, "view");
    let view = VIEWS
        .iter()
        .find(|(_, name)| asked.as_deref() == Some(name))
        .map_or(View::Month, |(view, _)| *view);
    match parameter(&visitor.here, "date") {
        None => show(&visitor, view, None, None).await,
        Some(text) => match parse_day(&text) {
            Some(day) => show(&visitor, view, Some(day), None).await,
            None => visitor.trouble(&Problem::not_found()),
        },
    }
}

/// `GET /view/{date}`
pub(super) async fn day(visitor: Visitor, Path(date): Path<String>) -> Response {
    let Some(day) = parse_day(&date) else {
        return visitor.trouble(&Problem::not_found());
    };
    if let Err(log_in) = visitor.signed_in() {
        return *log_in;
    }
    show(&visitor, View::Day, Some(day), None).await
}

/// `POST /calendar/feed`: the private link is on the page that answers, and on no other.
pub(super) async fn feed(origin: CallerOrigin, form: Form) -> Response {
    let visitor = &form.visitor;
    let (product, actor) = (&visitor.app.product, visitor.actor());
    if form.text("make") != "yes" {
        return match delete_calendar_feed(product, &actor).await {
            Ok(()) => Redirect::to("/calendar").into_response(),
            Err(error) => visitor.refused(error),
        };
    }
    match create_calendar_feed(product, &actor).await {
        Ok(token) => {
            let url = format!("{}/calendar/{token}.ics", origin.0.0);
            show(visitor, View::Month, None, Some(url)).await
        }
        Err(error) => visitor.refused(error),
    }
}

async fn show(visitor: &Visitor, view: View, day: Option<Date>, new_feed: Option<String>) -> Response {
    match context(visitor, view, day).await {
        Ok(context) => {
            let context = CalendarPage { new_feed, ..context };
            visitor.show(calendar::page(&context, visitor.t))
        }
        Err(error) => visitor.refused(error),
    }
}

async fn context(visitor: &Visitor, view: View, day: Option<Date>) -> Result<CalendarPage, UseCaseError> {
    let (product, actor) = (&visitor.app.product, visitor.actor());
    let now = product.clock.now();
    let zone = calendar_zone(product, &actor).await?;
    let today = zone.date(now);
    let day = day.unwrap_or(today);
    let (from, to) = span(view, day, visitor.t.lang().first_weekday());
    let mut by_day: BTreeMap<Date, Vec<LessonLine>> = BTreeMap::new();
    for entry in read_calendar(product, &actor, from, to).await?.entries {
        let (date, class) = (entry.lesson.date, entry.class.name.clone());
        // Times are those of each class's own clock; where that is another than the first one's, it is named.
        let other_zone = (entry.class.zone != zone).then(|| entry.class.zone.name().to_owned());
        let line = Shown::of_entry(entry, now);
        by_day.entry(date).or_default().push(LessonLine {
            class: Some(class),
            zone: other_zone,
            ..line
        });
    }
    let days = from
        .series(1.day())
        .take_while(|date| *date <= to)
        .map(|date| Day {
            date,
            today: date == today,
            inside: date.month() == day.month(),
            lessons: by_day.remove(&date).unwrap_or_default(),
        });
    let days: Vec<Day> = days
        .filter(|day| view != View::Agenda || !day.lessons.is_empty())
        .collect();
    let name = VIEWS
        .iter()
        .find(|(each, _)| *each == view)
        .map(|(_, name)| *name);
    let (before, after) = neighbours(view, day);
    let url = |date: Date| match name {
        Some(name) => format!("/calendar?view={name}&date={date}"),
        None => format!("/view/{date}"),
    };
    Ok(CalendarPage {
        chrome: visitor.chrome(),
        layout: if view == View::Month {
            CalendarLayout::Month
        } else {
            CalendarLayout::Days
        },
        title: title(visitor, view, day, from, to),
        previous_url: url(before),
        next_url: url(after),
        today_url: url(today),
        views: VIEWS
            .iter()
            .map(|(each, name)| ViewLink {
                name,
                url: format!("/calendar?view={name}&date={day}"),
                choice: if *each == view {
                    Choice::Chosen
                } else {
                    Choice::Open
                },
            })
            .collect(),
        days,
        has_feed: has_calendar_feed(product, &actor).await?,
        new_feed: None,
    })
}

/// The first and the last day that are shown.
fn span(view: View, day: Date, first: Weekday) -> (Date, Date) {
    let week_of = |day: Date| day.saturating_sub(i64::from(day.weekday().since(first)).days());
    match view {
        View::Month => {
            let last = week_of(day.last_of_month()).saturating_add(6.days());
            (week_of(day.first_of_month()), last)
        }
        View::Week => (week_of(day), week_of(day).saturating_add(6.days())),
        View::Agenda => (day, day.saturating_add(41.days())),
        View::Day => (day, day),
    }
}

fn neighbours(view: View, day: Date) -> (Date, Date) {
    let step = match view {
        View::Month => {
            return (
                day.first_of_month().saturating_sub(1.month()),
                day.first_of_month().saturating_add(1.month()),
            );
        }
        View::Week => 7.days(),
        View::Agenda => 42.days(),
        View::Day => 1.day(),
    };
    (day.saturating_sub(step), day.saturating_add(step))
}

fn title(visitor: &Visitor, view: View, day: Date, from: Date, to: Date) -> String {
    let t = visitor.t;
    match view {
        View::Month => t.month(day),
        View::Day => t.weekday(day),
        View::Week | View::Agenda => t.with(
            "calendar-span",
            &[("from", t.day(from).into()), ("to", t.day(to).into())],
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::localizer::Lang;
    use jiff::civil::date;

    #[test]
    fn only_days_of_the_calendar_open() {
        assert_eq!(parse_day("2026-11-20"), Some(date(2026, 11, 20)));
        for wrong in [
            "2025-13-40",
            "2026-02-30",
            "2026-11",
            "20261120",
            "2026-11-20T08:00",
            "9999-01-01",
            "",
        ] {
            assert_eq!(parse_day(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_month_is_shown_in_whole_weeks_from_the_first_day_of_the_readers_week() {
        let day = date(2026, 11, 20);
        let monday = (date(2026, 10, 26), date(2026, 12, 6));
        assert_eq!(span(View::Month, day, Lang::English.first_weekday()), monday);
        let sunday = (date(2026, 11, 1), date(2026, 12, 5));
        assert_eq!(span(View::Month, day, Lang::Hebrew.first_weekday()), sunday);
        let week = (date(2026, 11, 15), date(2026, 11, 21));
        assert_eq!(span(View::Week, day, Lang::Hebrew.first_weekday()), week);
    }
}
