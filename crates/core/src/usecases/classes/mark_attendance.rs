//! What a teacher says of attendance: excused or absent, with a reason; of several members at once.
use super::{still_there, taught_lesson_now};
use crate::domain::attendance::{Mark, MarkState};
use crate::domain::ids::{LessonId, MemberId};
use crate::domain::name;
use crate::domain::policy::Actor;
use crate::ports::record_store::TransactError;
use crate::records::submissions;
use crate::usecases::{CONFLICT_RETRIES, Fields, Product, UseCaseError, applied, require_user};

/// The most members at once.
pub const MAX_AT_ONCE: usize = 90;

/// What is said of whom.
#[derive(Clone, Debug)]
pub struct MarkAttendance {
    /// Of whom, 1 to 90.
    pub members: Vec<MemberId>,
    /// What; `None` takes back what was said.
    pub state: Option<MarkState>,
    /// Why: at most 500 characters; needed unless something is taken back.
    pub reason: String,
}

/// Marks members at a lesson: all of them or none.
///
/// # Errors
/// `NotFound`, `Forbidden`, `Invalid`; `Conflict` (`class_archived`).
pub async fn mark_attendance(
    product: &Product,
    actor: &Actor,
    id: LessonId,
    mut command: MarkAttendance,
) -> Result<(), UseCaseError> {
    let user = require_user(actor)?;
    for _ in 0..CONFLICT_RETRIES {
        let found = taught_lesson_now(product, actor, id).await?;
        let reason = checked(&mut command, |member| found.seat.roster.member(member).is_some())?;
        let (mut sheet, revision) = super::submit_video::sheet_of(product, id).await?;
        let at = product.clock.now();
        let mut writes = still_there(product, id).await?;
        for member in &command.members {
            sheet.set_mark(*member, command.state);
            writes.push(match command.state {
                Some(state) => submissions::put_mark(
                    id,
                    &Mark {
                        member: *member,
                        state,
                        reason: reason.clone(),
                        by: user,
                        at,
                    },
                ),
                None => submissions::delete_mark(id, *member),
            });
        }
        writes.push(submissions::put_sheet(id, &sheet, revision));
        if applied(product, writes).await? {
            product.boards.changed(id);
            return Ok(());
        }
    }
    Err(TransactError::Conflict.into())
}

fn checked(
    command: &mut MarkAttendance,
    is_known: impl Fn(MemberId) -> bool,
) -> Result<String, UseCaseError> {
    let mut fields = Fields::default();
    command.members.sort_unstable();
    command.members.dedup();
    if !(1..=MAX_AT_ONCE).contains(&command.members.len()) {
        fields.refuse("members", format!("must be 1 to {MAX_AT_ONCE}"));
    }
    if !command.members.iter().all(|member| is_known(*member)) {
        fields.refuse("members", "names somebody who is not on this class's roster");
    }
    let reason = fields
        .take("reason", name::paragraph(&command.reason, 500))
        .unwrap_or_default();
    if command.state.is_some() && reason.is_empty() {
        fields.refuse("reason", "must not be empty");
    }
    fields.finish()?;
    Ok(reason)
}
