//! Joining a class by its code, and leaving it.
use super::settle_roster::job;
use super::{refuse_archived, seat};
use crate::domain::class::{JoinCode, MAX_CLASSES, MAX_MEMBERS};
use crate::domain::ids::{ClassId, MemberId, UserId};
use crate::domain::policy::{Action, Actor};
use crate::domain::roster::{Member, Noted, Roster, Source};
use crate::domain::user::User;
use crate::ports::record_store::TransactError;
use crate::records::classes;
use crate::records::classes::Belonging;
use crate::usecases::{
    CONFLICT_RETRIES, Product, UseCaseError, applied, authorize, digest, log_in, require_user,
};

/// Joins the class that a code leads to; nothing happens if the caller is in it. Wrong codes count like wrong
/// passwords.
///
/// # Errors
/// `NotFound` for a code that leads nowhere; `TooManyAttempts`; `Conflict` (`class_archived`, `roster_full`,
/// `too_many_classes`, `is_teacher`).
pub async fn join_class(product: &Product, actor: &Actor, code: &str) -> Result<ClassId, UseCaseError> {
    authorize(actor, Action::UseAccount)?;
    let user = require_user(actor)?;
    let code = JoinCode::parse(code).map_err(|error| UseCaseError::field("code", error.to_string()))?;
    log_in::count_attempt(product, &digest(&format!("join {user}"))).await?;
    let account = product.records.user(user).await?;
    let account = account
        .ok_or(UseCaseError::Unauthenticated("sign_in_required"))?
        .value;
    let enrolments = product.records.enrolments(user).await?;
    for _ in 0..CONFLICT_RETRIES {
        let id = product
            .records
            .class_of_code(&code)
            .await?
            .ok_or(UseCaseError::NotFound)?;
        // A whole class types its code at once: within a process they take turns.
        let _turn = product.class_turns.take(&id.to_string()).await;
        let stored = product.records.class(id).await?.ok_or(UseCaseError::NotFound)?;
        if stored.value.join_code.as_ref() != Some(&code) {
            return Err(UseCaseError::NotFound);
        }
        if stored.value.is_taught_by(user) {
            return Err(UseCaseError::conflict("is_teacher", "you teach this class"));
        }
        let before = product.records.roster(&stored.value).await?;
        if before
            .of_user(user)
            .is_some_and(|member| member.left_at.is_none())
        {
            return Ok(id);
        }
        refuse_archived(&stored.value)?;
        if enrolments.len() >= MAX_CLASSES {
            let detail = format!("one person has at most {MAX_CLASSES} classes");
            return Err(UseCaseError::conflict("too_many_classes", detail));
        }
        let mut roster = before.clone();
        let member = put_on(product, &mut roster, &account)?;
        let belonging = Belonging::Member { member };
        let mut writes = classes::put_roster(&stored, &stored.value, &before, &roster);
        writes.push(classes::enrol(user, id, belonging));
        if applied(product, writes).await? {
            return Ok(id);
        }
    }
    Err(TransactError::Conflict.into())
}

/// Puts an account onto a roster: as the member it was, as the one that is awaited, or as a new one.
fn put_on(product: &Product, roster: &mut Roster, user: &User) -> Result<MemberId, UseCaseError> {
    if roster.present().count() >= MAX_MEMBERS {
        return Err(UseCaseError::conflict("roster_full", "this class is full"));
    }
    if let Some(member) = roster
        .members
        .iter_mut()
        .find(|member| member.user == Some(user.id))
    {
        member.left_at = None;
        member.noted = Noted::Enrolled;
        return Ok(member.id);
    }
    let member = Member {
        id: MemberId::new(product.ids.uuid()),
        name: user.display_name().to_owned(),
        login: None,
        student_number: None,
        user: Some(user.id),
        source: Source::Joined,
        joined_at: product.clock.now(),
        left_at: None,
        noted: Noted::Enrolled,
    };
    let id = member.id;
    roster.members.push(member);
    Ok(id)
}

/// Leaves a class. What was sent stays with it until its time is over.
///
/// # Errors
/// `NotFound`; `Forbidden` (`not_a_member`) for its teachers.
pub async fn leave_class(product: &Product, actor: &Actor, id: ClassId) -> Result<(), UseCaseError> {
    let user = require_user(actor)?;
    for _ in 0..CONFLICT_RETRIES {
        let seat = seat(product, actor, id).await?;
        let member = seat.own()?.id;
        if depart(product, &seat.class, &seat.roster, member, user).await? {
            return Ok(());
        }
    }
    Err(TransactError::Conflict.into())
}

async fn depart(
    product: &Product,
    class: &crate::records::Stored<crate::domain::class::Class>,
    before: &Roster,
    member: MemberId,
    user: UserId,
) -> Result<bool, UseCaseError> {
    let mut roster = before.clone();
    if let Some(place) = roster.member_mut(member) {
        place.left_at = Some(product.clock.now());
        place.noted = Noted::Nothing;
    }
    let mut writes = classes::put_roster(class, &class.value, before, &roster);
    writes.push(classes::leave(user, class.value.id));
    writes.push(job(product, class.value.id).enqueue());
    applied(product, writes).await
}
