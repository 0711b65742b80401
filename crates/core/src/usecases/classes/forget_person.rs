//! What becomes of classes when an account goes: its videos and their texts go with it, that and when they came stays
//! with the class; its places on rosters lose what they knew of the account, and its own classes pass to another
//! teacher or go too. Receipts name nobody.
use super::change_submission::release;
use super::delete_class::remove_class;
use super::settle_roster::job;
use crate::domain::class::Class;
use crate::domain::ids::{ClassId, SubmissionId, UserId};
use crate::domain::roster::{Noted, Source};
use crate::ports::record_store::{Condition, TransactError};
use crate::records::classes::Belonging;
use crate::records::{calendar_feeds, classes, every, submissions};
use crate::usecases::{CONFLICT_RETRIES, Product, UseCaseError, applied};

/// The name of a member whose account is gone and whom no teacher had named.
pub const FORMER_MEMBER: &str = "—";

/// Removes somebody from everything here. Running it again goes on where it stopped.
///
/// # Errors
/// When the records do not answer.
pub(crate) async fn forget_person(product: &Product, user: UserId) -> Result<(), UseCaseError> {
    for id in submissions_of(product, user).await? {
        while let Some(stored) = product.records.submission(id).await? {
            // The member may have been given another account, which has handed in since.
            let done = if stored.value.owner == user {
                release(product, &stored).await?
            } else {
                applied(product, vec![submissions::disown(user, id)]).await?
            };
            if done {
                break;
            }
        }
    }
    for enrolment in product.records.enrolments(user).await? {
        match enrolment.belonging {
            Belonging::Member { .. } => leave(product, enrolment.class, user).await?,
            Belonging::Teacher => hand_over(product, enrolment.class, user).await?,
        }
    }
    if let Some(digest) = product.records.calendar_feed_of(user).await? {
        let writes = calendar_feeds::delete(user, &digest);
        product.records.store().transact(writes).await?;
    }
    Ok(())
}

/// The ids of all that somebody has handed in.
pub(crate) async fn submissions_of(
    product: &Product,
    user: UserId,
) -> Result<Vec<SubmissionId>, UseCaseError> {
    Ok(every(|cursor| product.records.submissions_by(user, 1_000, cursor)).await?)
}

async fn leave(product: &Product, id: ClassId, user: UserId) -> Result<(), UseCaseError> {
    for _ in 0..CONFLICT_RETRIES {
        let Some(stored) = product.records.class(id).await? else {
            return applied(product, vec![classes::leave(user, id)]).await.map(|_| ());
        };
        let before = product.records.roster(&stored.value).await?;
        let mut roster = before.clone();
        for member in roster
            .members
            .iter_mut()
            .filter(|member| member.user == Some(user))
        {
            member.user = None;
            member.noted = Noted::Nothing;
            // The list is the teacher's; a name that came from the account is not.
            if member.source == Source::Joined {
                FORMER_MEMBER.clone_into(&mut member.name);
                member.left_at.get_or_insert(product.clock.now());
            }
        }
        let mut writes = classes::put_roster(&stored, &stored.value, &before, &roster);
        writes.push(classes::leave(user, id));
        writes.push(job(product, id).enqueue());
        if applied(product, writes).await? {
            return Ok(());
        }
    }
    Err(TransactError::Conflict.into())
}

async fn hand_over(product: &Product, id: ClassId, user: UserId) -> Result<(), UseCaseError> {
    for _ in 0..CONFLICT_RETRIES {
        let Some(stored) = product.records.class(id).await? else {
            return applied(product, vec![classes::leave(user, id)]).await.map(|_| ());
        };
        let done = match successor(&stored.value, user) {
            Some(class) => {
                let writes = vec![
                    classes::put(&class, Condition::Version(stored.version)),
                    classes::leave(user, id),
                ];
                applied(product, writes).await?
            }
            None => remove_class(product, &stored).await?,
        };
        if done {
            return Ok(());
        }
    }
    Err(TransactError::Conflict.into())
}

/// The class without somebody; `None` when nobody would teach it.
fn successor(class: &Class, user: UserId) -> Option<Class> {
    let mut class = class.clone();
    class.co_teachers.retain(|teacher| *teacher != user);
    if class.owner == user {
        if class.co_teachers.is_empty() {
            return None;
        }
        class.owner = class.co_teachers.remove(0);
    }
    Some(class)
}
