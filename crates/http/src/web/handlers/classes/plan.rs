//! Planning lessons, and changing one.
use super::{general_error, shown, typed_field};
use crate::gateway::Path;
use crate::web::context::{Choice, Field};
use crate::web::handlers::form::Form;
use crate::web::handlers::manage::field_error;
use crate::web::handlers::visitor::{Visitor, parameter};
use crate::web::pages::classes::plan::{self, EditLessonPage, PlanPage, TimeFields};
use axum::response::{IntoResponse, Redirect, Response};
use homeroom_core::domain::class::Class;
use homeroom_core::domain::ids::{ClassId, LessonId};
use homeroom_core::domain::lesson::{Lesson, Repeat};
use homeroom_core::usecases::classes::change_lesson::{LessonChange, delete_lesson, update_lesson};
use homeroom_core::usecases::classes::list_classes::read_roster;
use homeroom_core::usecases::classes::plan_lessons::{PlanLessons, plan_lessons};
use homeroom_core::usecases::classes::read_board::{LessonView, read_lesson};
use homeroom_core::usecases::{FieldError, UseCaseError};
use http::StatusCode;
use jiff::civil::{Date, Weekday};

/// `GET /classes/{id}/plan`
pub(in crate::web::handlers) async fn page(visitor: Visitor, Path(id): Path<ClassId>) -> Response {
    if let Err(log_in) = visitor.signed_in() {
        return *log_in;
    }
    match context(&visitor, id).await {
        Ok(context) => visitor.show(plan::plan(&context, visitor.t)),
        Err(error) => visitor.refused(error),
    }
}

async fn context(visitor: &Visitor, id: ClassId) -> Result<PlanPage, UseCaseError> {
    let (class, _) = read_roster(&visitor.app.product, &visitor.actor(), id).await?;
    let today = class.zone.date(visitor.app.product.clock.now());
    let asked = parameter(&visitor.here, "date").and_then(|date| date.parse::<Date>().ok());
    Ok(PlanPage {
        chrome: visitor.chrome(),
        class_url: format!("/classes/{id}"),
        class: class.name,
        zone: class.zone.name().to_owned(),
        fields: TimeFields {
            date: Field::holding(asked.unwrap_or(today).to_string()),
            opens_at: Field::holding("08:00"),
            late_after: Field::holding("08:10"),
            closes_at: Field::holding("08:15"),
            title: Field::default(),
        },
        weekdays: [Choice::Open; 7],
        until: Field::default(),
        error: None,
    })
}

fn typed_times(form: &Form, errors: &[FieldError]) -> TimeFields {
    let field = |name: &str| typed_field(form, errors, name);
    TimeFields {
        date: field("date"),
        opens_at: field("opens_at"),
        late_after: field("late_after"),
        closes_at: field("closes_at"),
        title: field("title"),
    }
}

fn weekdays(form: &Form) -> Vec<Weekday> {
    let numbers = form.all("weekday").into_iter();
    numbers
        .filter_map(|number| Weekday::from_monday_one_offset(number.parse().ok()?).ok())
        .collect()
}

fn command(form: &Form) -> Result<PlanLessons, UseCaseError> {
    let weekdays = weekdays(form);
    let until = match form.optional("until") {
        Some(until) => {
            let day = until.trim().parse::<Date>();
            Some(day.map_err(|_| {
                UseCaseError::field("repeat.until", "must be a day of the calendar such as 2026-09-01")
            })?)
        }
        None => None,
    };
    let repeats = until.is_some() || !weekdays.is_empty();
    Ok(PlanLessons {
        date: form.optional("date").map(|date| date.trim().to_owned()),
        opens_at: form.text("opens_at").trim().to_owned(),
        late_after: form.optional("late_after"),
        closes_at: form.text("closes_at").trim().to_owned(),
        title: form.optional("title"),
        repeat: repeats.then_some(Repeat { weekdays, until }),
    })
}

/// `POST /classes/{id}/plan`
pub(in crate::web::handlers) async fn save(Path(id): Path<ClassId>, form: Form) -> Response {
    let visitor = &form.visitor;
    let planned = match command(&form) {
        Ok(command) => plan_lessons(&visitor.app.product, &visitor.actor(), id, command, None).await,
        Err(error) => Err(error),
    };
    let (status, errors, general) = match planned {
        Ok(_) => return Redirect::to(&format!("/classes/{id}")).into_response(),
        Err(error) => match complaint(visitor, error) {
            Ok(complaint) => complaint,
            Err(response) => return *response,
        },
    };
    match context(visitor, id).await {
        Ok(mut context) => {
            context.fields = typed_times(&form, &errors);
            for day in weekdays(&form) {
                let place = day.to_monday_zero_offset().unsigned_abs();
                context.weekdays[usize::from(place)] = Choice::Chosen;
            }
            context.until = Field {
                value: form.text("until").to_owned(),
                error: field_error(&form, &errors, "repeat.until")
                    .or_else(|| field_error(&form, &errors, "repeat")),
            };
            context.error = general;
            visitor.show_as(status, plan::plan(&context, visitor.t))
        }
        Err(error) => visitor.refused(error),
    }
}

type Complaint = (StatusCode, Vec<FieldError>, Option<String>);

/// What can be said on the form itself; anything else is a page of its own.
fn complaint(visitor: &Visitor, error: UseCaseError) -> Result<Complaint, Box<Response>> {
    match error {
        UseCaseError::Invalid(errors) => Ok((StatusCode::UNPROCESSABLE_ENTITY, errors, None)),
        error @ UseCaseError::Conflict { .. } => {
            let (status, message) = general_error(visitor, error);
            Ok((status, Vec::new(), Some(message)))
        }
        error => Err(Box::new(visitor.refused(error))),
    }
}

/// `GET /lessons/{id}/edit`
pub(in crate::web::handlers) async fn edit(visitor: Visitor, Path(id): Path<LessonId>) -> Response {
    if let Err(log_in) = visitor.signed_in() {
        return *log_in;
    }
    match edit_context(&visitor, id).await {
        Ok(context) => visitor.show(plan::edit(&context, visitor.t)),
        Err(error) => visitor.refused(error),
    }
}

async fn taught(visitor: &Visitor, id: LessonId) -> Result<(Class, Lesson), UseCaseError> {
    match read_lesson(&visitor.app.product, &visitor.actor(), id).await? {
        LessonView::Taught(class, lesson) => Ok((*class, lesson)),
        LessonView::Own(_) => Err(UseCaseError::Forbidden("not_allowed")),
    }
}

async fn edit_context(visitor: &Visitor, id: LessonId) -> Result<EditLessonPage, UseCaseError> {
    let (class, lesson) = taught(visitor, id).await?;
    let clock = |at| shown::local(at, &class.zone).strftime("%H:%M").to_string();
    Ok(EditLessonPage {
        chrome: visitor.chrome(),
        lesson_url: format!("/lessons/{id}"),
        class: class.name.clone(),
        zone: class.zone.name().to_owned(),
        fields: TimeFields {
            date: Field::holding(lesson.date.to_string()),
            opens_at: Field::holding(clock(lesson.opens_at)),
            late_after: Field::holding(clock(lesson.late_after)),
            closes_at: Field::holding(clock(lesson.closes_at)),
            title: Field::holding(lesson.title.clone().unwrap_or_default()),
        },
        standing: shown::standing(&lesson, &class, visitor.app.product.clock.now()),
        error: None,
    })
}

/// `POST /lessons/{id}/edit`: only what was changed is sent on, so that a lesson that closes on a later day
/// keeps that day.
pub(in crate::web::handlers) async fn change(Path(id): Path<LessonId>, form: Form) -> Response {
    let visitor = &form.visitor;
    let before = match edit_context(visitor, id).await {
        Ok(before) => before,
        Err(error) => return visitor.refused(error),
    };
    let changed = |name: &str, field: &Field| {
        let text = form.text(name).trim();
        (!text.is_empty() && text != field.value).then(|| text.to_owned())
    };
    let change = LessonChange {
        date: changed("date", &before.fields.date),
        opens_at: changed("opens_at", &before.fields.opens_at),
        late_after: changed("late_after", &before.fields.late_after),
        closes_at: changed("closes_at", &before.fields.closes_at),
        title: Some(form.optional("title")),
        cancelled: None,
    };
    match update_lesson(&visitor.app.product, &visitor.actor(), id, change).await {
        Ok(_) => Redirect::to(&format!("/lessons/{id}")).into_response(),
        Err(error) => match complaint(visitor, error) {
            Ok((status, errors, general)) => {
                let context = EditLessonPage {
                    fields: typed_times(&form, &errors),
                    error: general,
                    ..before
                };
                visitor.show_as(status, plan::edit(&context, visitor.t))
            }
            Err(response) => *response,
        },
    }
}

/// `POST /lessons/{id}/cancel`
pub(in crate::web::handlers) async fn cancel(Path(id): Path<LessonId>, form: Form) -> Response {
    let visitor = &form.visitor;
    let why = (form.text("cancelled") == "yes").then(|| form.text("why").to_owned());
    let change = LessonChange {
        cancelled: Some(why),
        ..LessonChange::default()
    };
    let done = update_lesson(&visitor.app.product, &visitor.actor(), id, change).await;
    again_or(visitor, id, done.map(|_| format!("/lessons/{id}"))).await
}

/// `POST /lessons/{id}/delete`
pub(in crate::web::handlers) async fn delete(Path(id): Path<LessonId>, form: Form) -> Response {
    let visitor = &form.visitor;
    let done = match taught(visitor, id).await {
        Ok((class, _)) => delete_lesson(&visitor.app.product, &visitor.actor(), id)
            .await
            .map(|()| format!("/classes/{}", class.id)),
        Err(error) => Err(error),
    };
    again_or(visitor, id, done).await
}

/// On to a page, or back to the form with what stands in the way.
async fn again_or(visitor: &Visitor, id: LessonId, done: Result<String, UseCaseError>) -> Response {
    let (status, message) = match done {
        Ok(url) => return Redirect::to(&url).into_response(),
        Err(error @ UseCaseError::Conflict { .. }) => general_error(visitor, error),
        Err(error) => return visitor.refused(error),
    };
    match edit_context(visitor, id).await {
        Ok(mut context) => {
            context.error = Some(message);
            visitor.show_as(status, plan::edit(&context, visitor.t))
        }
        Err(error) => visitor.refused(error),
    }
}
