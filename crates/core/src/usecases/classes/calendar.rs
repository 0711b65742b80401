//! Somebody's lessons of all their classes, with how each stands.
use super::list_classes::{OwnClass, own_classes};
use super::plan_lessons::lessons_between;
use crate::domain::attendance::{AttendanceState, Sheet};
use crate::domain::class::{Class, Zone};
use crate::domain::ids::LessonId;
use crate::domain::lesson::Lesson;
use crate::domain::policy::Actor;
use crate::domain::roster::Member;
use crate::usecases::{Product, UseCaseError, require_user};
use jiff::Timestamp;
use jiff::civil::Date;
use std::collections::BTreeMap;

/// One lesson in a calendar.
#[derive(Clone, Debug)]
pub struct CalendarEntry {
    /// Of which class; shared by its entries.
    pub class: std::sync::Arc<Class>,
    /// Which.
    pub lesson: Lesson,
    /// Whether the viewer teaches it.
    pub teaches: bool,
    /// The viewer's own attendance, where it is theirs and counts.
    pub own: Option<AttendanceState>,
    /// How many members are in which state, for a teacher, once it is open.
    pub counts: Option<BTreeMap<AttendanceState, u32>>,
}

/// A calendar.
#[derive(Clone, Debug)]
pub struct Calendar {
    /// In the order in which they open.
    pub entries: Vec<CalendarEntry>,
    /// At which instant.
    pub at: Timestamp,
}

/// The caller's lessons from one day to another, both included; archived classes are left out.
///
/// # Errors
/// `Unauthenticated`; `Invalid` for too many days.
pub async fn read_calendar(
    product: &Product,
    actor: &Actor,
    from: Date,
    to: Date,
) -> Result<Calendar, UseCaseError> {
    let at = product.clock.now();
    let mut entries = Vec::new();
    for own in own_classes(product, require_user(actor)?).await? {
        if !own.class.value.archived {
            entries.extend(entries_of(product, own, from, to, at).await?);
        }
    }
    entries.sort_by_key(|entry| (entry.lesson.opens_at, entry.lesson.id));
    Ok(Calendar { entries, at })
}

/// The time zone of the caller's first class, in which their days begin; UTC without one.
///
/// # Errors
/// `Unauthenticated`.
pub async fn calendar_zone(product: &Product, actor: &Actor) -> Result<Zone, UseCaseError> {
    let own = own_classes(product, require_user(actor)?).await?;
    Ok(own
        .into_iter()
        .next()
        .map(|own| own.class.value.zone)
        .unwrap_or_default())
}

async fn entries_of(
    product: &Product,
    own: OwnClass,
    from: Date,
    to: Date,
    at: Timestamp,
) -> Result<Vec<CalendarEntry>, UseCaseError> {
    let OwnClass { class, member } = own;
    let class = class.value;
    let lessons = lessons_between(product, &class, from, to).await?;
    let ids: Vec<LessonId> = lessons.iter().map(|lesson| lesson.id).collect();
    let sheets = product.records.sheets(&ids).await?;
    let teaches = member.is_none();
    let is_counted =
        |lesson: &Lesson, class: &Class| teaches && lesson.takes_place(class) && lesson.opens_at <= at;
    let is_asked = |lesson: &Lesson, (sheet, _): &(Sheet, u64)| match member {
        None => is_counted(lesson, &class),
        Some(own) => lesson.counts(&class, at) || sheet.entry(own).is_said(),
    };
    let mut asked = lessons.iter().zip(&sheets);
    let members: Vec<Member> = if asked.any(|(lesson, sheet)| is_asked(lesson, sheet)) {
        let roster = product.records.roster(&class).await?;
        roster.present().cloned().collect()
    } else {
        Vec::new()
    };
    let own = member.and_then(|own| members.iter().find(|member| member.id == own));
    let class = std::sync::Arc::new(class);
    let entry = |(lesson, (sheet, _)): (Lesson, (Sheet, u64))| {
        let own = own.and_then(|own| lesson.counted(&class, own, sheet.entry(own.id), at));
        CalendarEntry {
            counts: is_counted(&lesson, &class).then(|| counts(&lesson, &sheet, &members)),
            own,
            teaches,
            class: class.clone(),
            lesson,
        }
    };
    Ok(lessons.into_iter().zip(sheets).map(entry).collect())
}

fn counts(lesson: &Lesson, sheet: &Sheet, members: &[Member]) -> BTreeMap<AttendanceState, u32> {
    let mut counts = BTreeMap::new();
    for member in members {
        let entry = sheet.entry(member.id);
        if lesson.concerns(member, entry) {
            *counts.entry(entry.state()).or_default() += 1;
        }
    }
    counts
}
