//! Classes: the list, one class as its teachers and its members see it, and joining one.
pub(super) mod manage;
pub(super) mod members;
pub(super) mod plan;
pub(super) mod roster;
pub(super) mod settings;
pub(super) mod shown;
pub(super) mod term;

use super::cards::Subjects;
use super::form::Form;
use super::manage::field_error;
use super::visitor::Visitor;
use crate::api::CallerOrigin;
use crate::gateway::Path;
use crate::web::context::Field;
use crate::web::pages::classes::list::{self as list_page, ClassLine, ClassesPage, JoinPage};
use crate::web::pages::classes::overview::{self, Alert, FunctionUrl, JoinLink, OverviewPage, TeacherLine};
use crate::web::pages::classes::{form::ClassFields, member};
use axum::response::{IntoResponse, Redirect, Response};
use homeroom_core::domain::class::Term;
use homeroom_core::domain::ids::ClassId;
use homeroom_core::domain::policy::{Action, Decision, decide};
use homeroom_core::domain::roster::Roster;
use homeroom_core::usecases::classes::create_class::{CreateClass, create_class};
use homeroom_core::usecases::classes::join_class::join_class;
use homeroom_core::usecases::classes::list_classes::{ClassView, list_classes, read_class, read_roster};
use homeroom_core::usecases::classes::read_term::read_term;
use homeroom_core::usecases::{FieldError, UseCaseError};
use http::StatusCode;
use jiff::ToSpan;
use shown::Shown;

/// `GET /classes`
pub(super) async fn list(visitor: Visitor) -> Response {
    if let Err(log_in) = visitor.signed_in() {
        return *log_in;
    }
    match list_context(&visitor).await {
        Ok(context) => visitor.show(list_page::page(&context, visitor.t)),
        Err(error) => visitor.refused(error),
    }
}

async fn list_context(visitor: &Visitor) -> Result<ClassesPage, UseCaseError> {
    let subjects = Subjects::read(visitor).await?;
    let mut views = list_classes(&visitor.app.product, &visitor.actor()).await?;
    views.sort_by_cached_key(|view| {
        (
            view.class.archived,
            !view.teaches,
            view.class.name.to_lowercase(),
            view.class.id,
        )
    });
    let may_make = decide(&visitor.actor(), Action::CreateClass) == Decision::Allow;
    Ok(ClassesPage {
        chrome: visitor.chrome(),
        classes: views.iter().map(|view| line(view, &subjects, visitor)).collect(),
        new: may_make.then(|| empty_fields(visitor, &subjects)),
        code: Field::default(),
    })
}

fn line(view: &ClassView, subjects: &Subjects, visitor: &Visitor) -> ClassLine {
    let class = &view.class;
    let owner = view.teachers.first();
    ClassLine {
        url: format!("/classes/{}", class.id),
        name: class.name.clone(),
        subject: class
            .subject
            .as_ref()
            .map(|slug| subjects.tag(slug.as_str(), visitor)),
        grade: class.grade.map(homeroom_core::domain::user::Grade::number),
        teacher: owner
            .filter(|_| !view.teaches)
            .map(|user| user.display_name().to_owned()),
        members: view.teaches.then_some(class.members),
        archived: class.archived,
    }
}

fn empty_fields(visitor: &Visitor, subjects: &Subjects) -> ClassFields {
    let now = visitor.app.product.clock.now();
    let zone = homeroom_core::domain::class::Zone::default();
    let term = Term::around(zone.date(now));
    ClassFields {
        name: Field::default(),
        description: Field::default(),
        subjects: super::options::subjects(subjects, visitor, ""),
        grades: super::options::grades(visitor, ""),
        zone: Field::holding(zone.name()),
        term_starts: Field::holding(term.starts.to_string()),
        term_ends: Field::holding(term.ends.to_string()),
    }
}

/// `POST /classes`
pub(super) async fn create(form: Form) -> Response {
    let visitor = &form.visitor;
    let made = match settings::change(&form) {
        Ok(mut details) => {
            let name = details.name.take().unwrap_or_default();
            create_class(
                &visitor.app.product,
                &visitor.actor(),
                CreateClass { name, details },
                None,
            )
            .await
        }
        Err(error) => Err(error),
    };
    match made {
        Ok(class) => Redirect::to(&format!("/classes/{}", class.id)).into_response(),
        Err(UseCaseError::Invalid(errors)) => match list_context(visitor).await {
            Ok(mut context) => {
                if let Some(fields) = &mut context.new {
                    settings::typed(fields, &form, &errors);
                }
                visitor.show_as(
                    StatusCode::UNPROCESSABLE_ENTITY,
                    list_page::page(&context, visitor.t),
                )
            }
            Err(error) => visitor.refused(error),
        },
        Err(error) => visitor.refused(error),
    }
}

/// `GET /join/{code}`
pub(super) async fn join_page(visitor: Visitor, Path(code): Path<String>) -> Response {
    if let Err(log_in) = visitor.signed_in() {
        return *log_in;
    }
    let context = JoinPage {
        chrome: visitor.chrome(),
        code: Field::holding(code.chars().take(20).collect::<String>()),
    };
    visitor.show(list_page::join(&context, visitor.t))
}

/// `POST /classes/join`
pub(super) async fn join(form: Form) -> Response {
    let visitor = &form.visitor;
    match join_class(&visitor.app.product, &visitor.actor(), form.text("code")).await {
        Ok(id) => Redirect::to(&format!("/classes/{id}")).into_response(),
        Err(error @ UseCaseError::Unauthenticated(_)) => visitor.refused(error),
        Err(error) => {
            let problem = match &error {
                UseCaseError::Invalid(errors) => field_error(&form, errors, "code"),
                UseCaseError::NotFound => Some(visitor.t.text("class-code-unknown")),
                _ => None,
            };
            let problem = problem.unwrap_or_else(|| {
                let problem = crate::problem::Problem::from(error);
                visitor.t.problem(problem.code)
            });
            let context = JoinPage {
                chrome: visitor.chrome(),
                code: Field {
                    value: form.text("code").to_owned(),
                    error: Some(problem),
                },
            };
            visitor.show_as(
                StatusCode::UNPROCESSABLE_ENTITY,
                list_page::join(&context, visitor.t),
            )
        }
    }
}

/// `GET /classes/{id}`
pub(super) async fn page(visitor: Visitor, Path(id): Path<ClassId>, origin: CallerOrigin) -> Response {
    if let Err(log_in) = visitor.signed_in() {
        return *log_in;
    }
    let shown = match read_class(&visitor.app.product, &visitor.actor(), id).await {
        Ok(view) if view.teaches => {
            let context = overview_context(&visitor, view, &origin.0.0).await;
            context.map(|context| overview::page(&context, visitor.t))
        }
        Ok(view) => {
            let context = member_context(&visitor, view).await;
            context.map(|context| member::page(&context, visitor.t))
        }
        Err(error) => Err(error),
    };
    match shown {
        Ok(page) => visitor.show(page),
        Err(error) => visitor.refused(error),
    }
}

/// The overview again, after something on it was done or refused.
async fn overview_again(visitor: &Visitor, id: ClassId, origin: &str) -> Result<OverviewPage, UseCaseError> {
    let view = read_class(&visitor.app.product, &visitor.actor(), id).await?;
    overview_context(visitor, view, origin).await
}

async fn overview_context(
    visitor: &Visitor,
    view: ClassView,
    origin: &str,
) -> Result<OverviewPage, UseCaseError> {
    let (product, actor) = (&visitor.app.product, visitor.actor());
    let class = &view.class;
    let (_, roster) = read_roster(product, &actor, class.id).await?;
    let today = class.zone.date(product.clock.now());
    let lessons = Shown::of_class(
        visitor,
        class,
        today.saturating_sub(7.days()),
        today.saturating_add(21.days()),
    )
    .await?;
    let term = read_term(product, &actor, class.id, None, None).await;
    let alerts = match term {
        Ok(term) => term.alerts(),
        // A term of more days than are read at once.
        Err(UseCaseError::Invalid(_)) => Vec::new(),
        Err(error) => return Err(error),
    };
    Ok(OverviewPage {
        chrome: visitor.chrome(),
        url: format!("/classes/{}", class.id),
        name: class.name.clone(),
        description: class.description.clone(),
        archived: class.archived,
        lessons,
        alerts: alerts
            .into_iter()
            .filter_map(|(member, lessons)| {
                let name = roster.member(member)?.name.clone();
                Some(Alert { name, lessons })
            })
            .collect(),
        roster: roster_rows(class.id, &roster),
        join: class.join_code.as_ref().map(|code| JoinLink {
            code: code.as_str().to_owned(),
            url: format!("{origin}/join/{}", code.as_str()),
        }),
        teachers: view
            .teachers
            .iter()
            .map(|user| TeacherLine {
                name: user.display_name().to_owned(),
                removable: (user.id != class.owner).then(|| user.username.as_str().to_owned()),
            })
            .collect(),
        new_teacher: Field::default(),
        function_url: if class.function_url.is_some() {
            FunctionUrl::Made
        } else {
            FunctionUrl::None
        },
    })
}

fn roster_rows(class: ClassId, roster: &Roster) -> Vec<overview::RosterRow> {
    let mut members: Vec<_> = roster.present().collect();
    members.sort_by_cached_key(|member| (member.name.to_lowercase(), member.id));
    members
        .into_iter()
        .map(|member| overview::RosterRow {
            name: member.name.clone(),
            initials: shown::initials(&member.name),
            login: member.login.as_ref().map(|login| login.as_str().to_owned()),
            number: member.student_number.clone(),
            claim: if member.user.is_some() {
                overview::Claim::Claimed
            } else {
                overview::Claim::Awaited
            },
            url: format!("/classes/{class}/members/{}", member.id),
        })
        .collect()
}

async fn member_context(visitor: &Visitor, view: ClassView) -> Result<member::MemberPage, UseCaseError> {
    let class = &view.class;
    let now = visitor.app.product.clock.now();
    let today = class.zone.date(now);
    let (from, to) = (today.saturating_sub(180.days()), today.saturating_add(60.days()));
    let lessons = Shown::of_class(visitor, class, from, to).await?;
    let here = now.to_zoned(class.zone.rules()).datetime();
    let (next, mut past): (Vec<_>, Vec<_>) = lessons.into_iter().partition(|line| line.times.closes > here);
    past.reverse();
    Ok(member::MemberPage {
        chrome: visitor.chrome(),
        url: format!("/classes/{}", class.id),
        name: class.name.clone(),
        description: class.description.clone(),
        teachers: view
            .teachers
            .iter()
            .map(|user| user.display_name().to_owned())
            .collect(),
        archived: class.archived,
        next,
        past,
        retention_days: class.retention_days,
    })
}

/// A field as it was typed, with what is wrong with it.
fn typed_field(form: &Form, errors: &[FieldError], name: &str) -> Field {
    Field {
        value: form.text(name).to_owned(),
        error: field_error(form, errors, name),
    }
}

/// What is wrong, where it is not a field's.
fn general_error(visitor: &Visitor, error: UseCaseError) -> (StatusCode, String) {
    let problem = crate::problem::Problem::from(error);
    (problem.status, visitor.t.problem(problem.code))
}
