//! A term at a glance: members by lessons.
use super::plan_lessons::lessons_between;
use super::read_board::alerts;
use super::taught;
use crate::domain::attendance::{AttendanceState, Sheet, absences_in_row};
use crate::domain::class::Class;
use crate::domain::ids::{ClassId, LessonId, MemberId};
use crate::domain::lesson::Lesson;
use crate::domain::policy::Actor;
use crate::domain::roster::Member;
use crate::usecases::{Product, UseCaseError};
use jiff::Timestamp;
use jiff::civil::Date;

/// One member's term.
#[derive(Clone, Debug)]
pub struct TermRow {
    /// Who.
    pub member: Member,
    /// In the lessons' order; `None` where attendance is not counted: before they came, not over yet,
    /// cancelled.
    pub states: Vec<Option<AttendanceState>>,
    /// How many lessons they have missed in a row up to the latest that is over.
    pub absences_in_row: u32,
}

/// A term.
#[derive(Clone, Debug)]
pub struct Term {
    /// Of which class.
    pub class: Class,
    /// In the order in which they open.
    pub lessons: Vec<Lesson>,
    /// Present members, by name.
    pub rows: Vec<TermRow>,
    /// At which instant.
    pub at: Timestamp,
}

/// Reads a term of a class, for its teachers: the class's own term unless other days are said.
///
/// # Errors
/// `NotFound`, `Forbidden`, `Invalid`.
pub async fn read_term(
    product: &Product,
    actor: &Actor,
    id: ClassId,
    from: Option<Date>,
    to: Option<Date>,
) -> Result<Term, UseCaseError> {
    let seat = taught(product, actor, id).await?;
    let class = seat.class.value;
    let (from, to) = (from.unwrap_or(class.term.starts), to.unwrap_or(class.term.ends));
    let lessons = lessons_between(product, &class, from, to).await?;
    let ids: Vec<LessonId> = lessons.iter().map(|lesson| lesson.id).collect();
    let sheets = product.records.sheets(&ids).await?;
    let at = product.clock.now();
    let mut rows: Vec<TermRow> = seat
        .roster
        .present()
        .map(|member| row(&class, member, &lessons, &sheets, at))
        .collect();
    rows.sort_by_cached_key(|row| (row.member.name.to_lowercase(), row.member.id));
    Ok(Term {
        class,
        lessons,
        rows,
        at,
    })
}

fn row(
    class: &Class,
    member: &Member,
    lessons: &[Lesson],
    sheets: &[(Sheet, u64)],
    at: Timestamp,
) -> TermRow {
    let state = |(lesson, (sheet, _)): (&Lesson, &(Sheet, u64))| {
        lesson.counted(class, member, sheet.entry(member.id), at)
    };
    let states: Vec<_> = lessons.iter().zip(sheets).map(state).collect();
    TermRow {
        member: member.clone(),
        absences_in_row: absences_in_row(states.iter().rev().flatten().copied()),
        states,
    }
}

impl Term {
    /// Members who have missed too many lessons in a row, and how many.
    pub fn alerts(&self) -> Vec<(MemberId, u32)> {
        alerts(
            &self
                .rows
                .iter()
                .map(|row| (row.member.id, row.absences_in_row))
                .collect(),
        )
    }
}
