//! The board of a lesson: every member, what came from them, and what was said.
use super::plan_lessons::lessons_between;
use super::{LessonSeat, taught_lesson};
use crate::domain::attendance::{ALERT_AFTER, AttendanceState, Mark, Sheet, Submission, absences_in_row};
use crate::domain::class::Class;
use crate::domain::ids::{LessonId, MemberId};
use crate::domain::lesson::Lesson;
use crate::domain::policy::Actor;
use crate::domain::roster::{Member, Roster};
use crate::records::submissions::Attendance;
use crate::usecases::{Product, UseCaseError};
use jiff::{Timestamp, ToSpan};
use std::collections::BTreeMap;

/// How many lessons back absences in a row are counted.
const LOOK_BACK: usize = 10;
/// How many days back these may lie.
const LOOK_BACK_DAYS: i64 = 120;

/// One member's row.
#[derive(Clone, Debug)]
pub struct BoardRow {
    /// Who.
    pub member: Member,
    /// What their attendance is.
    pub state: AttendanceState,
    /// What a teacher says of it.
    pub mark: Option<Mark>,
    /// What came.
    pub submission: Option<Submission>,
    /// How many lessons they have missed in a row, this one among them once it is over.
    pub absences_in_row: u32,
}

impl BoardRow {
    /// Whether a teacher should look after them.
    pub const fn is_alert(&self) -> bool {
        self.absences_in_row >= ALERT_AFTER
    }
}

/// A lesson's board.
#[derive(Clone, Debug)]
pub struct Board {
    /// Of which class.
    pub class: Class,
    /// Of which lesson.
    pub lesson: Lesson,
    /// Moves on with every change.
    pub revision: u64,
    /// By name: everybody whom the lesson concerns, also who has left, if something came from them.
    pub rows: Vec<BoardRow>,
    /// At which instant.
    pub at: Timestamp,
}

impl Board {
    /// How many members are in a state.
    pub fn count(&self, state: AttendanceState) -> usize {
        self.rows.iter().filter(|row| row.state == state).count()
    }
}

/// Reads the board of a lesson, for the class's teachers.
///
/// # Errors
/// `NotFound`, `Forbidden`.
pub async fn read_board(product: &Product, actor: &Actor, id: LessonId) -> Result<Board, UseCaseError> {
    let LessonSeat { seat, lesson } = taught_lesson(product, actor, id).await?;
    let class = seat.class.value;
    let attendance = product.records.attendance(id).await?;
    let at = product.clock.now();
    let history = history(product, &class, &lesson, at).await?;
    let revision = attendance.revision;
    let rows = rows(&class, &lesson, &seat.roster, attendance, &history, at);
    Ok(Board {
        class,
        lesson,
        revision,
        rows,
        at,
    })
}

/// How far a lesson's board has moved: for those who watch it. Whoever may read the board may ask.
///
/// # Errors
/// `NotFound`, `Forbidden`.
pub async fn board_revision(product: &Product, actor: &Actor, id: LessonId) -> Result<u64, UseCaseError> {
    taught_lesson(product, actor, id).await?;
    Ok(super::submit_video::sheet_of(product, id).await?.1)
}

/// The lessons before this one that count, latest first, with their sheets.
async fn history(
    product: &Product,
    class: &Class,
    lesson: &Lesson,
    now: Timestamp,
) -> Result<Vec<(Lesson, Sheet)>, UseCaseError> {
    let from = lesson.date.saturating_sub(LOOK_BACK_DAYS.days());
    let mut before = lessons_between(product, class, from, lesson.date).await?;
    before.retain(|other| other.opens_at < lesson.opens_at && other.counts(class, now));
    before.reverse();
    before.truncate(LOOK_BACK);
    let ids: Vec<LessonId> = before.iter().map(|lesson| lesson.id).collect();
    let sheets = product.records.sheets(&ids).await?;
    Ok(before
        .into_iter()
        .zip(sheets)
        .map(|(lesson, (sheet, _))| (lesson, sheet))
        .collect())
}

fn rows(
    class: &Class,
    lesson: &Lesson,
    roster: &Roster,
    mut attendance: Attendance,
    history: &[(Lesson, Sheet)],
    now: Timestamp,
) -> Vec<BoardRow> {
    let belongs = |member: &&Member| {
        member.left_at.is_none() && lesson.concerns(member, attendance.sheet.entry(member.id))
            || attendance.sheet.entry(member.id).is_said()
            || attendance.submissions.contains_key(&member.id)
            || attendance.marks.contains_key(&member.id)
    };
    let members: Vec<Member> = roster.members.iter().filter(belongs).cloned().collect();
    let counts = lesson.counts(class, now);
    let mut rows: Vec<BoardRow> = members
        .into_iter()
        .map(|member| {
            let entry = attendance.sheet.entry(member.id);
            let this = lesson.counted(class, &member, entry, now).filter(|_| counts);
            let earlier = history
                .iter()
                .filter_map(|(lesson, sheet)| lesson.counted(class, &member, sheet.entry(member.id), now));
            BoardRow {
                state: entry.state(),
                mark: attendance.marks.remove(&member.id),
                submission: attendance.submissions.remove(&member.id),
                absences_in_row: absences_in_row(this.into_iter().chain(earlier)),
                member,
            }
        })
        .collect();
    rows.sort_by_cached_key(|row| (row.member.name.to_lowercase(), row.member.id));
    rows
}

/// A member's own lesson: what they sent and what was said of it.
#[derive(Clone, Debug)]
pub struct OwnLesson {
    /// Of which class.
    pub class: Class,
    /// Which.
    pub lesson: Lesson,
    /// What their attendance is; `None` when the lesson had closed before they came.
    pub state: Option<AttendanceState>,
    /// What a teacher says of it.
    pub mark: Option<Mark>,
    /// What they sent; not what an account has that was this member before.
    pub submission: Option<Submission>,
    /// At which instant.
    pub at: Timestamp,
}

/// What a lesson is to somebody of its class.
#[derive(Clone, Debug)]
pub enum LessonView {
    /// For a teacher.
    Taught(Box<Class>, Lesson),
    /// For a member.
    Own(Box<OwnLesson>),
}

/// Reads a lesson as the caller sees it.
///
/// # Errors
/// `NotFound`.
pub async fn read_lesson(product: &Product, actor: &Actor, id: LessonId) -> Result<LessonView, UseCaseError> {
    let LessonSeat { seat, lesson } = super::lesson_seat(product, actor, id).await?;
    let class = seat.class.value.clone();
    if seat.teaches {
        return Ok(LessonView::Taught(Box::new(class), lesson));
    }
    let own = seat.own()?;
    let member = own.id;
    let (sheet, _) = super::submit_video::sheet_of(product, id).await?;
    let entry = sheet.entry(member);
    let submission = product.records.submission_of(id, member).await?;
    let submission = submission.map(|stored| stored.value);
    Ok(LessonView::Own(Box::new(OwnLesson {
        class,
        state: lesson.concerns(own, entry).then(|| entry.state()),
        mark: product.records.mark(id, member).await?,
        submission: submission.filter(|submission| actor.user() == Some(submission.owner)),
        lesson,
        at: product.clock.now(),
    })))
}

/// Members whose absences in a row call for somebody to look after them, by how many.
pub(super) fn alerts(rows: &BTreeMap<MemberId, u32>) -> Vec<(MemberId, u32)> {
    let mut found: Vec<_> = rows
        .iter()
        .filter(|(_, row)| **row >= ALERT_AFTER)
        .map(|(member, row)| (*member, *row))
        .collect();
    found.sort_by_key(|(member, row)| (std::cmp::Reverse(*row), *member));
    found
}
