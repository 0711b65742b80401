//! What is said of a class, its holidays, and its end.
use super::typed_field;
use crate::gateway::Path;
use crate::web::context::{Choice, Field};
use crate::web::handlers::cards::Subjects;
use crate::web::handlers::form::Form;
use crate::web::handlers::manage::field_error;
use crate::web::handlers::options;
use crate::web::handlers::visitor::Visitor;
use crate::web::pages::classes::form::{self, ClassFields, HolidayLine, SettingsPage};
use axum::response::{IntoResponse, Redirect, Response};
use homeroom_core::domain::class::{Class, Holiday};
use homeroom_core::domain::ids::ClassId;
use homeroom_core::usecases::classes::delete_class::delete_class;
use homeroom_core::usecases::classes::list_classes::{read_class, read_roster};
use homeroom_core::usecases::classes::update_class::{ClassChange, update_class};
use homeroom_core::usecases::{FieldError, UseCaseError};
use http::StatusCode;
use jiff::civil::Date;

const MEGABYTE: u64 = 1_000_000;

/// `GET /classes/{id}/settings`
pub(in crate::web::handlers) async fn page(visitor: Visitor, Path(id): Path<ClassId>) -> Response {
    if let Err(log_in) = visitor.signed_in() {
        return *log_in;
    }
    match context(&visitor, id).await {
        Ok(context) => visitor.show(form::page(&context, visitor.t)),
        Err(error) => visitor.refused(error),
    }
}

async fn context(visitor: &Visitor, id: ClassId) -> Result<SettingsPage, UseCaseError> {
    let (product, actor) = (&visitor.app.product, visitor.actor());
    let view = read_class(product, &actor, id).await?;
    if !view.teaches {
        return Err(UseCaseError::Forbidden("not_allowed"));
    }
    let class = view.class;
    let subjects = Subjects::read(visitor).await?;
    Ok(SettingsPage {
        chrome: visitor.chrome(),
        class_url: format!("/classes/{id}"),
        fields: fields(visitor, &class, &subjects),
        retention_days: Field::holding(class.retention_days.to_string()),
        max_minutes: Field::holding(class.limits.max_seconds.div_ceil(60).to_string()),
        max_megabytes: Field::holding(class.limits.max_bytes.div_ceil(MEGABYTE).to_string()),
        holidays: class
            .holidays
            .iter()
            .map(|holiday| HolidayLine {
                from: holiday.from,
                to: holiday.to,
                name: holiday.name.clone(),
            })
            .collect(),
        holiday_error: None,
        archived: class.archived,
        is_owner: actor.user() == Some(class.owner),
    })
}

fn fields(visitor: &Visitor, class: &Class, subjects: &Subjects) -> ClassFields {
    let grade = class.grade.map(|grade| grade.number().to_string());
    let subject = class.subject.as_ref().map_or("", |slug| slug.as_str());
    ClassFields {
        name: Field::holding(&class.name),
        description: Field::holding(&class.description),
        subjects: options::subjects(subjects, visitor, subject),
        grades: options::grades(visitor, &grade.unwrap_or_default()),
        zone: Field::holding(class.zone.name()),
        term_starts: Field::holding(class.term.starts.to_string()),
        term_ends: Field::holding(class.term.ends.to_string()),
    }
}

/// What a form says of a class.
///
/// # Errors
/// `Invalid` for days that are none.
pub(super) fn change(form: &Form) -> Result<ClassChange, UseCaseError> {
    Ok(ClassChange {
        name: Some(form.text("name").to_owned()),
        description: Some(form.text("description").to_owned()),
        subject: Some(form.optional("subject")),
        grade: Some(form.number("grade")),
        zone: form.optional("time_zone").map(|zone| zone.trim().to_owned()),
        term_starts: date(form, "term_starts")?,
        term_ends: date(form, "term_ends")?,
        retention_days: form.number("retention_days"),
        max_video_bytes: form
            .number("max_megabytes")
            .map(|count| count.saturating_mul(MEGABYTE.cast_signed())),
        max_video_seconds: form
            .number("max_minutes")
            .map(|minutes| minutes.saturating_mul(60)),
        holidays: None,
        archived: None,
    })
}

fn date(form: &Form, name: &'static str) -> Result<Option<Date>, UseCaseError> {
    let Some(text) = form.optional(name) else {
        return Ok(None);
    };
    let day = text.trim().parse::<Date>().ok();
    day.filter(|day| text.trim().len() == 10 && (1970..=2200).contains(&day.year()))
        .map(Some)
        .ok_or_else(|| UseCaseError::field(name, "must be a day of the calendar such as 2026-09-01"))
}

/// What was typed, with what is wrong beside it.
pub(super) fn typed(fields: &mut ClassFields, form: &Form, errors: &[FieldError]) {
    let field = |name: &str| typed_field(form, errors, name);
    fields.name = field("name");
    fields.description = field("description");
    fields.zone = field("time_zone");
    fields.term_starts = field("term_starts");
    fields.term_ends = field("term_ends");
    for (options, name) in [(&mut fields.subjects, "subject"), (&mut fields.grades, "grade")] {
        for option in options {
            let is_chosen = option.value == form.text(name);
            option.state = if is_chosen { Choice::Chosen } else { Choice::Open };
        }
    }
}

/// `POST /classes/{id}/settings`
pub(in crate::web::handlers) async fn save(Path(id): Path<ClassId>, form: Form) -> Response {
    let visitor = &form.visitor;
    let changed = match change(&form) {
        Ok(change) => update_class(&visitor.app.product, &visitor.actor(), id, change).await,
        Err(error) => Err(error),
    };
    match changed {
        Ok(_) => Redirect::to(&format!("/classes/{id}")).into_response(),
        Err(UseCaseError::Invalid(errors)) => match context(visitor, id).await {
            Ok(mut context) => {
                typed(&mut context.fields, &form, &errors);
                context.retention_days = typed_field(&form, &errors, "retention_days");
                context.max_minutes = Field {
                    value: form.text("max_minutes").to_owned(),
                    error: field_error(&form, &errors, "max_video_seconds"),
                };
                context.max_megabytes = Field {
                    value: form.text("max_megabytes").to_owned(),
                    error: field_error(&form, &errors, "max_video_bytes"),
                };
                visitor.show_as(StatusCode::UNPROCESSABLE_ENTITY, form::page(&context, visitor.t))
            }
            Err(error) => visitor.refused(error),
        },
        Err(error) => visitor.refused(error),
    }
}

/// `POST /classes/{id}/holidays`: one more, or one less.
pub(in crate::web::handlers) async fn holidays(Path(id): Path<ClassId>, form: Form) -> Response {
    let visitor = &form.visitor;
    match change_holidays(&form, id).await {
        Ok(()) => Redirect::to(&format!("/classes/{id}/settings")).into_response(),
        Err(UseCaseError::Invalid(errors)) => match context(visitor, id).await {
            Ok(mut context) => {
                context.holiday_error = errors.first().map(|error| visitor.t.field_error(&error.message));
                visitor.show_as(StatusCode::UNPROCESSABLE_ENTITY, form::page(&context, visitor.t))
            }
            Err(error) => visitor.refused(error),
        },
        Err(error) => visitor.refused(error),
    }
}

async fn change_holidays(form: &Form, id: ClassId) -> Result<(), UseCaseError> {
    let visitor = &form.visitor;
    let (product, actor) = (&visitor.app.product, visitor.actor());
    let (class, _) = read_roster(product, &actor, id).await?;
    let mut holidays = class.holidays;
    if let Some(index) = form.number("remove") {
        let index = usize::try_from(index).unwrap_or(usize::MAX);
        if index < holidays.len() {
            holidays.remove(index);
        }
    } else {
        let needed = || UseCaseError::field("from", "must be a day of the calendar such as 2026-09-01");
        let from = date(form, "from")?.ok_or_else(needed)?;
        holidays.push(Holiday {
            from,
            to: date(form, "to")?.unwrap_or(from),
            name: form.text("holiday").to_owned(),
        });
    }
    let change = ClassChange {
        holidays: Some(holidays),
        ..ClassChange::default()
    };
    update_class(product, &actor, id, change).await.map(|_| ())
}

/// `POST /classes/{id}/archive`
pub(in crate::web::handlers) async fn archive(Path(id): Path<ClassId>, form: Form) -> Response {
    let visitor = &form.visitor;
    let change = ClassChange {
        archived: Some(form.text("archived") == "true"),
        ..ClassChange::default()
    };
    match update_class(&visitor.app.product, &visitor.actor(), id, change).await {
        Ok(_) => Redirect::to(&format!("/classes/{id}")).into_response(),
        Err(error) => visitor.refused(error),
    }
}

/// `POST /classes/{id}/delete`
pub(in crate::web::handlers) async fn delete(Path(id): Path<ClassId>, form: Form) -> Response {
    let visitor = &form.visitor;
    match delete_class(&visitor.app.product, &visitor.actor(), id).await {
        Ok(()) => Redirect::to("/classes").into_response(),
        Err(error) => visitor.refused(error),
    }
}
