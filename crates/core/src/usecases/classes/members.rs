//! One member of a class, by hand.
use super::import_roster::settle_first;
use super::settle_roster::job;
use super::{taught, taught_now};
use crate::domain::class::{Class, MAX_MEMBERS};
use crate::domain::ids::{ClassId, MemberId, UserId};
use crate::domain::name::{self, TextError};
use crate::domain::policy::Actor;
use crate::domain::roster::{Login, Member, Noted, Roster, Source};
use crate::domain::user::{Email, Username, full_name};
use crate::ports::record_store::TransactError;
use crate::records::classes;
use crate::usecases::{CONFLICT_RETRIES, Fields, Product, UseCaseError, applied};

/// What a teacher says of a member: `None` keeps; `Some(None)` clears.
#[derive(Clone, Debug, Default)]
pub struct MemberChange {
    /// At most 100 characters.
    pub name: Option<String>,
    /// An address or a user name. Another one is another account.
    pub login: Option<String>,
    /// At most 40 characters.
    pub student_number: Option<Option<String>>,
}

/// Adds a member; who was one before is the same member again.
///
/// # Errors
/// `NotFound`, `Forbidden`, `Invalid`; `Conflict` (`class_archived`, `roster_full`, `is_teacher`).
pub async fn add_member(
    product: &Product,
    actor: &Actor,
    id: ClassId,
    given: MemberChange,
) -> Result<Member, UseCaseError> {
    let class = taught_now(product, actor, id).await?.class.value;
    let new = MemberId::new(product.ids.uuid());
    let account = account_of(product, &class, &given).await?;
    let given = &given;
    change_roster(product, actor, id, |roster, now| {
        let returning = returning(roster, given, account);
        let mut member = returning.map_or_else(
            || Member {
                id: new,
                name: String::new(),
                login: None,
                student_number: None,
                user: None,
                source: Source::Teacher,
                joined_at: now,
                left_at: None,
                noted: Noted::Nothing,
            },
            |place| roster.members[place].clone(),
        );
        if roster.present().count() >= MAX_MEMBERS {
            let detail = format!("a class has at most {MAX_MEMBERS} members");
            return Err(UseCaseError::conflict("roster_full", detail));
        }
        (member.left_at, member.source) = (None, Source::Teacher);
        // Their number may have been given away since.
        let number = member.student_number.take();
        member.student_number = number.filter(|number| {
            let mut others = roster.present();
            others.all(|other| other.student_number.as_ref() != Some(number))
        });
        apply(&mut member, given, account, roster, true)?;
        let id = member.id;
        match returning {
            Some(place) => roster.members[place] = member,
            None => roster.members.push(member),
        }
        Ok(id)
    })
    .await
}

/// Where on the roster somebody stands who has left and is put back: by account, or else by login.
fn returning(roster: &Roster, given: &MemberChange, account: Option<UserId>) -> Option<usize> {
    let login = given.login.as_deref().and_then(|login| parse_login(login).ok());
    let folded = login.map(|login| login.folded());
    let place = |is_theirs: &dyn Fn(&Member) -> bool| {
        let mut members = roster.members.iter();
        members.rposition(|member| member.left_at.is_some() && is_theirs(member))
    };
    let by_account = |member: &Member| account.is_some() && member.user == account;
    let by_login = |member: &Member| folded.is_some() && member.login.as_ref().map(Login::folded) == folded;
    place(&by_account).or_else(|| place(&by_login))
}

/// Changes a member.
///
/// # Errors
/// `NotFound`, `Forbidden`, `Invalid`; `Conflict` (`class_archived`, `is_teacher`).
pub async fn update_member(
    product: &Product,
    actor: &Actor,
    id: ClassId,
    member: MemberId,
    given: MemberChange,
) -> Result<Member, UseCaseError> {
    let class = taught_now(product, actor, id).await?.class.value;
    let account = account_of(product, &class, &given).await?;
    let given = &given;
    change_roster(product, actor, id, |roster, _| {
        let mut changed = present(roster, member)?.clone();
        apply(&mut changed, given, account, roster, false)?;
        if let Some(place) = roster.member_mut(member) {
            *place = changed;
        }
        Ok(member)
    })
    .await
}

/// Takes a member off the roster: from then on the class does not exist for them.
///
/// # Errors
/// `NotFound`, `Forbidden`.
pub async fn remove_member(
    product: &Product,
    actor: &Actor,
    id: ClassId,
    member: MemberId,
) -> Result<(), UseCaseError> {
    change_roster(product, actor, id, |roster, now| {
        present(roster, member)?;
        if let Some(place) = roster.member_mut(member) {
            place.left_at = Some(now);
        }
        Ok(member)
    })
    .await?;
    Ok(())
}

fn present(roster: &Roster, id: MemberId) -> Result<&Member, UseCaseError> {
    roster
        .member(id)
        .filter(|member| member.left_at.is_none())
        .ok_or(UseCaseError::NotFound)
}

async fn change_roster(
    product: &Product,
    actor: &Actor,
    id: ClassId,
    change: impl Fn(&mut Roster, jiff::Timestamp) -> Result<MemberId, UseCaseError> + Send + Sync,
) -> Result<Member, UseCaseError> {
    for _ in 0..CONFLICT_RETRIES {
        let seat = taught(product, actor, id).await?;
        let mut roster = seat.roster.clone();
        let now = product.clock.now();
        let member = change(&mut roster, now)?;
        let mut class = seat.class.value.clone();
        class.updated_at = now;
        let mut writes = classes::put_roster(&seat.class, &class, &seat.roster, &roster);
        writes.push(job(product, id).enqueue());
        if applied(product, writes).await? {
            settle_first(product, id).await;
            product.job_signal.notify_one();
            let roster = product.records.roster(&class_now(product, id).await?).await?;
            return roster.member(member).cloned().ok_or(UseCaseError::NotFound);
        }
    }
    Err(TransactError::Conflict.into())
}

async fn class_now(product: &Product, id: ClassId) -> Result<Class, UseCaseError> {
    let class = product.records.class(id).await?.ok_or(UseCaseError::NotFound)?;
    Ok(class.value)
}

/// The account that a login is, if there is one. Whoever teaches the class is no member of it.
async fn account_of(
    product: &Product,
    class: &Class,
    given: &MemberChange,
) -> Result<Option<UserId>, UseCaseError> {
    let login = given.login.as_deref().and_then(|login| parse_login(login).ok());
    let Some(login) = login else { return Ok(None) };
    let found = product.records.users_by_login(&[login]).await?;
    let account = found.into_iter().flatten().next();
    if account.is_some_and(|account| class.is_taught_by(account)) {
        return Err(UseCaseError::conflict("is_teacher", "they teach this class"));
    }
    Ok(account)
}

fn parse_login(login: &str) -> Result<Login, TextError> {
    if login.contains('@') {
        Email::parse(login).map(Login::Email)
    } else {
        Username::parse(login).map(Login::Username)
    }
}

fn apply(
    member: &mut Member,
    given: &MemberChange,
    account: Option<UserId>,
    roster: &Roster,
    is_new: bool,
) -> Result<(), UseCaseError> {
    let mut fields = Fields::default();
    let own = member.id;
    let others = || roster.present().filter(move |other| other.id != own);
    match &given.name {
        Some(name) => {
            if let Some(name) = fields.take("name", full_name(name)) {
                member.name = name;
            }
        }
        None if is_new => fields.refuse("name", "must not be empty"),
        None => {}
    }
    match &given.login {
        Some(login) => {
            if let Some(login) = fields.take("login", parse_login(login)) {
                let folded = login.folded();
                let is_same = |other: &Member| {
                    other.login.as_ref().is_some_and(|l| l.folded() == folded)
                        || account.is_some() && other.user == account
                };
                if others().any(is_same) {
                    fields.refuse("login", "is another member's");
                }
                let is_same_account = account.is_some() && member.user == account;
                let is_same_login = member.login.as_ref().is_some_and(|l| l.folded() == folded);
                if !is_same_account && !is_same_login {
                    member.forget_account();
                }
                member.login = Some(login);
            }
        }
        None if is_new => fields.refuse("login", "an e-mail address or a user name is needed"),
        None => {}
    }
    if let Some(number) = &given.student_number {
        let number = fields.optional(
            "student_number",
            number.as_deref().map(|number| name::line(number, 40)),
        );
        if number.is_some() && others().any(|other| other.student_number == number) {
            fields.refuse("student_number", "is another member's");
        }
        member.student_number = number;
    }
    fields.finish()
}
