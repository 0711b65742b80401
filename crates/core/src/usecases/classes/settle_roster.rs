//! Bringing what is noted of members elsewhere in step with a roster: which account is in which class, and
//! which class waits for whom. The roster decides; a job repeats this until nothing is left to do.
use super::Product;
use crate::domain::class::Class;
use crate::domain::ids::{ClassId, UserId};
use crate::domain::roster::{Login, Member, Noted, Roster};
use crate::domain::user::User;
use crate::jobs::{Job, Payload};
use crate::ports::record_store::{TransactError, Write};
use crate::records::classes;
use crate::records::classes::Belonging;
use crate::usecases::{CONFLICT_RETRIES, UseCaseError, applied};
use std::collections::HashSet;

/// Members that are settled in one transaction: two writes each, and the roster's own.
const AT_ONCE: usize = 35;

/// The job that settles a class's roster.
pub(crate) fn job(product: &Product, class: ClassId) -> Job {
    Job::new(Payload::SettleRoster { class }, &*product.clock, &*product.ids)
}

/// Settles everything. Running it again changes nothing.
///
/// # Errors
/// When the records do not answer.
pub async fn settle_roster(product: &Product, id: ClassId) -> Result<(), UseCaseError> {
    while settle_some(product, id).await? {}
    Ok(())
}

/// Settles some, and says whether more may be left.
pub(super) async fn settle_some(product: &Product, id: ClassId) -> Result<bool, UseCaseError> {
    // Many who are awaited may sign up at once: within a process they take turns.
    let _turn = product.class_turns.take(&id.to_string()).await;
    for _ in 0..CONFLICT_RETRIES {
        let Some(stored) = product.records.class(id).await? else {
            return Ok(false);
        };
        let before = product.records.roster(&stored.value).await?;
        let mut roster = before.clone();
        link_accounts(product, &stored.value, &mut roster).await?;
        let (consequences, more) = note(&stored.value, &mut roster);
        if roster == before {
            return Ok(false);
        }
        let mut writes = classes::put_roster(&stored, &stored.value, &before, &roster);
        writes.extend(consequences);
        if applied(product, writes).await? {
            return Ok(more);
        }
    }
    Err(TransactError::Conflict.into())
}

/// Finds the accounts of members who have none yet. An account is one member, and no teacher of the class.
async fn link_accounts(product: &Product, class: &Class, roster: &mut Roster) -> Result<(), UseCaseError> {
    let waiting = |member: &Member| member.left_at.is_none() && member.user.is_none();
    let places: Vec<(usize, Login)> = roster
        .members
        .iter()
        .enumerate()
        .filter(|(_, member)| waiting(member))
        .filter_map(|(place, member)| Some((place, member.login.clone()?)))
        .collect();
    let logins: Vec<Login> = places.iter().map(|(_, login)| login.clone()).collect();
    let found = product.records.users_by_login(&logins).await?;
    for ((place, _), user) in places.into_iter().zip(found) {
        let free = |user: &_| {
            !class.is_taught_by(*user) && roster.of_user(*user).is_none_or(|m| m.left_at.is_some())
        };
        roster.members[place].user = user.filter(free);
    }
    Ok(())
}

/// The writes that note what should be noted of the first few members of whom something else is.
fn note(class: &Class, roster: &mut Roster) -> (Vec<Write>, bool) {
    let claims = Claims::of(class, roster);
    let mut writes = Vec::new();
    let mut unsettled = roster
        .members
        .iter_mut()
        .filter(|member| member.noted != member.to_note());
    for member in unsettled.by_ref().take(AT_ONCE) {
        writes.extend(note_member(class.id, member, &claims));
        member.noted = member.to_note();
    }
    let more = unsettled.next().is_some();
    (distinct(writes), more)
}

/// Who belongs to a class and whom it waits for, as whatever member: of them nothing is taken back when another
/// member with the same account or login leaves.
struct Claims {
    accounts: HashSet<UserId>,
    logins: HashSet<String>,
}

impl Claims {
    fn of(class: &Class, roster: &Roster) -> Self {
        let waiting = roster.present().filter(|member| member.user.is_none());
        Self {
            accounts: roster
                .present()
                .filter_map(|member| member.user)
                .chain(class.teachers())
                .collect(),
            logins: waiting
                .filter_map(|member| member.login.as_ref().map(Login::folded))
                .collect(),
        }
    }
}

/// A transaction names no key twice: of two members with one account the first decides.
fn distinct(mut writes: Vec<Write>) -> Vec<Write> {
    let mut seen = HashSet::new();
    writes.retain(|write| seen.insert(write.key().clone()));
    writes
}

fn note_member(class: ClassId, member: &Member, claims: &Claims) -> Vec<Write> {
    let mut writes = Vec::new();
    match (member.noted, &member.login, member.user) {
        (Noted::Awaited, Some(login), _) if !claims.logins.contains(&login.folded()) => {
            writes.push(classes::await_no_more(login, class));
        }
        (Noted::Enrolled, _, Some(user)) if !claims.accounts.contains(&user) => {
            writes.push(classes::leave(user, class));
        }
        _ => {}
    }
    match (member.to_note(), &member.login, member.user) {
        (Noted::Awaited, Some(login), _) => writes.push(classes::await_login(login, class)),
        (Noted::Enrolled, _, Some(user)) => {
            let belonging = Belonging::Member { member: member.id };
            writes.push(classes::enrol(user, class, belonging));
        }
        _ => {}
    }
    writes
}

/// What a new account is awaited by.
pub(crate) async fn awaiting(product: &Product, user: &User) -> Result<Vec<ClassId>, UseCaseError> {
    let mut found = product
        .records
        .awaiting(&Login::Email(user.email.clone()))
        .await?;
    found.extend(
        product
            .records
            .awaiting(&Login::Username(user.username.clone()))
            .await?,
    );
    found.sort();
    found.dedup();
    found.truncate(50);
    Ok(found)
}
