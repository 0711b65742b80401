//! Classes: rosters, lessons, videos, receipts, boards, calendars and function URLs.
//!
//! Who may is decided by the class as it is stored and, for members, by its roster: both are read for each
//! request, so that whoever leaves a class is out of it at once.
pub mod boards;
pub mod calendar;
pub mod calendar_feed;
pub mod change_lesson;
pub mod change_submission;
pub mod create_class;
pub mod delete_class;
pub mod draw_poster;
pub mod export_board;
pub mod forget_person;
pub mod function_actions;
pub mod function_url;
pub mod import_roster;
pub mod join_class;
pub mod list_classes;
pub mod mark_attendance;
pub mod members;
pub mod plan_lessons;
pub mod read_board;
pub mod read_term;
pub mod receipts;
pub mod remove_videos;
pub mod settle_roster;
pub mod submit_video;
pub mod teachers;
pub mod update_class;
pub mod watch_submission;

use super::{Product, UseCaseError, authorize, require_user};
use crate::domain::class::Class;
use crate::domain::ids::{ClassId, LessonId, MemberId};
use crate::domain::lesson::Lesson;
use crate::domain::policy::{Action, Actor, Standing};
use crate::domain::roster::{Member, Roster};
use crate::ports::record_store::Write;
use crate::records::classes::Belonging;
use crate::records::{Stored, classes, lessons};

/// A class as somebody who belongs to it sees it.
pub(crate) struct Seat {
    /// The class.
    pub(crate) class: Stored<Class>,
    /// Its roster.
    pub(crate) roster: Roster,
    /// As whom they are on it, if they are.
    pub(crate) member: Option<MemberId>,
    /// Whether they teach it.
    pub(crate) teaches: bool,
}

impl Seat {
    /// They themselves on the roster.
    ///
    /// # Errors
    /// `Forbidden` (`not_a_member`) for a teacher.
    pub(crate) fn own(&self) -> Result<&Member, UseCaseError> {
        self.member
            .and_then(|id| self.roster.member(id))
            .ok_or(UseCaseError::Forbidden("not_a_member"))
    }

    fn standing(&self) -> Standing {
        if self.member.is_some() {
            Standing::Member
        } else {
            Standing::Stranger
        }
    }
}

async fn find_seat(product: &Product, actor: &Actor, id: ClassId) -> Result<Seat, UseCaseError> {
    let user = require_user(actor)?;
    let found = product.records.class_for(id, user).await?;
    let (class, belonging) = found.ok_or(UseCaseError::NotFound)?;
    let roster = product.records.roster(&class.value).await?;
    let member = match belonging {
        Some(Belonging::Member { member }) => roster
            .member(member)
            .filter(|member| member.user == Some(user) && member.left_at.is_none())
            .map(|member| member.id),
        _ => None,
    };
    let mut seat = Seat {
        class,
        roster,
        member,
        teaches: false,
    };
    let teach = Action::TeachClass(&seat.class.value, seat.standing());
    seat.teaches = authorize(actor, teach).is_ok();
    Ok(seat)
}

/// A class for one of its teachers or members.
///
/// # Errors
/// `NotFound` for anybody else.
pub(crate) async fn seat(product: &Product, actor: &Actor, id: ClassId) -> Result<Seat, UseCaseError> {
    let seat = find_seat(product, actor, id).await?;
    authorize(actor, Action::ReadClass(&seat.class.value, seat.standing()))?;
    Ok(seat)
}

/// A class for one of its teachers.
///
/// # Errors
/// `Forbidden` for its members, `NotFound` for anybody else.
pub(crate) async fn taught(product: &Product, actor: &Actor, id: ClassId) -> Result<Seat, UseCaseError> {
    let seat = find_seat(product, actor, id).await?;
    authorize(actor, Action::TeachClass(&seat.class.value, seat.standing()))?;
    Ok(seat)
}

/// A class in which something is to be added or changed, for one of its teachers.
///
/// # Errors
/// As [`taught`]; `Conflict` (`class_archived`).
pub(crate) async fn taught_now(product: &Product, actor: &Actor, id: ClassId) -> Result<Seat, UseCaseError> {
    let seat = taught(product, actor, id).await?;
    refuse_archived(&seat.class.value)?;
    Ok(seat)
}

pub(crate) fn refuse_archived(class: &Class) -> Result<(), UseCaseError> {
    if class.archived {
        return Err(UseCaseError::conflict(
            "class_archived",
            "this class is archived; nothing in it can be added or changed",
        ));
    }
    Ok(())
}

/// A lesson with its class.
pub(crate) struct LessonSeat {
    /// The class.
    pub(crate) seat: Seat,
    /// The lesson.
    pub(crate) lesson: Lesson,
}

async fn lesson_of(product: &Product, id: LessonId) -> Result<(Lesson, ClassId), UseCaseError> {
    let place = product.records.lesson_place(id).await?;
    let place = place.ok_or(UseCaseError::NotFound)?;
    let timetables = product.records.timetables(place.class, &[place.year]).await?;
    let lesson = timetables
        .into_iter()
        .find_map(|timetable| timetable.value.lesson(id).cloned());
    Ok((lesson.ok_or(UseCaseError::NotFound)?, place.class))
}

/// The writes that fail when a lesson or its class is deleted before them, so that nothing is added to what is gone.
///
/// # Errors
/// `NotFound` when that is so already.
async fn still_there(product: &Product, id: LessonId) -> Result<Vec<Write>, UseCaseError> {
    let place = product.records.lesson_place(id).await?;
    let place = place.ok_or(UseCaseError::NotFound)?;
    let timetables = product.records.timetables(place.class, &[place.year]).await?;
    let timetable = timetables
        .into_iter()
        .find(|year| year.value.lesson(id).is_some());
    let timetable = timetable.ok_or(UseCaseError::NotFound)?;
    if product.records.class(place.class).await?.is_none() {
        return Err(UseCaseError::NotFound);
    }
    Ok(vec![
        classes::check(place.class),
        lessons::check(place.class, place.year, &timetable),
    ])
}

/// A lesson for one of its class's teachers or members.
///
/// # Errors
/// `NotFound` for anybody else.
pub(crate) async fn lesson_seat(
    product: &Product,
    actor: &Actor,
    id: LessonId,
) -> Result<LessonSeat, UseCaseError> {
    require_user(actor)?;
    let (lesson, class) = lesson_of(product, id).await?;
    let seat = seat(product, actor, class).await?;
    Ok(LessonSeat { seat, lesson })
}

/// A lesson that is to be changed, for one of its class's teachers.
///
/// # Errors
/// As [`taught_lesson`]; `Conflict` (`class_archived`).
pub(crate) async fn taught_lesson_now(
    product: &Product,
    actor: &Actor,
    id: LessonId,
) -> Result<LessonSeat, UseCaseError> {
    let found = taught_lesson(product, actor, id).await?;
    refuse_archived(&found.seat.class.value)?;
    Ok(found)
}

/// A lesson for one of its class's teachers.
///
/// # Errors
/// `Forbidden` for its members, `NotFound` for anybody else.
pub(crate) async fn taught_lesson(
    product: &Product,
    actor: &Actor,
    id: LessonId,
) -> Result<LessonSeat, UseCaseError> {
    require_user(actor)?;
    let (lesson, class) = lesson_of(product, id).await?;
    let seat = taught(product, actor, class).await?;
    Ok(LessonSeat { seat, lesson })
}
