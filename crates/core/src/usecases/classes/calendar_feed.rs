//! A private link under which calendar programs read somebody's lessons.
use super::calendar::{Calendar, read_calendar};
use crate::domain::ids::{SessionId, UserId};
use crate::domain::policy::Actor;
use crate::domain::user::Standing;
use crate::ports::record_store::TransactError;
use crate::records::calendar_feeds;
use crate::usecases::{CONFLICT_RETRIES, Product, UseCaseError, applied, digest, require_user, secret_text};
use jiff::ToSpan;

/// Makes the caller's link: the token in it is shown once, and the link before leads nowhere.
///
/// # Errors
/// `Unauthenticated`.
pub async fn create_calendar_feed(product: &Product, actor: &Actor) -> Result<String, UseCaseError> {
    let user = require_user(actor)?;
    for _ in 0..CONFLICT_RETRIES {
        let before = product.records.calendar_feed_of(user).await?;
        let token = secret_text(product.ids.secret());
        let writes = calendar_feeds::put(user, &digest(&token), before.as_deref());
        if applied(product, writes).await? {
            return Ok(token);
        }
    }
    Err(TransactError::Conflict.into())
}

/// Whether the caller has a link.
///
/// # Errors
/// `Unauthenticated`.
pub async fn has_calendar_feed(product: &Product, actor: &Actor) -> Result<bool, UseCaseError> {
    let user = require_user(actor)?;
    Ok(product.records.calendar_feed_of(user).await?.is_some())
}

/// Takes the caller's link back; nothing happens if there is none.
///
/// # Errors
/// `Unauthenticated`.
pub async fn delete_calendar_feed(product: &Product, actor: &Actor) -> Result<(), UseCaseError> {
    let user = require_user(actor)?;
    if let Some(digest) = product.records.calendar_feed_of(user).await? {
        let writes = calendar_feeds::delete(user, &digest);
        product.records.store().transact(writes).await?;
    }
    Ok(())
}

/// What a link shows: from 60 days ago to 300 days ahead.
///
/// # Errors
/// `NotFound` for a link that leads nowhere, or to somebody who may not sign in.
pub async fn read_calendar_feed(product: &Product, token: &str) -> Result<Calendar, UseCaseError> {
    let user = product.records.calendar_feed(&digest(token)).await?;
    let actor = reader(product, user.ok_or(UseCaseError::NotFound)?).await?;
    let today = product.clock.now().to_zoned(jiff::tz::TimeZone::UTC).date();
    let (from, to) = (today.saturating_sub(60.days()), today.saturating_add(300.days()));
    read_calendar(product, &actor, from, to).await
}

/// Whoever has the link looks with the owner's present rights, by no session.
async fn reader(product: &Product, user: UserId) -> Result<Actor, UseCaseError> {
    let stored = product.records.user(user).await?;
    let account = stored
        .map(|stored| stored.value)
        .filter(|account| account.standing == Standing::Active)
        .ok_or(UseCaseError::NotFound)?;
    Ok(Actor::User {
        id: account.id,
        role: account.role,
        session: SessionId::new(uuid::Uuid::nil()),
    })
}
