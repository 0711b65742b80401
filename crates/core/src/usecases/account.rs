//! One's own account: look, change, delete.
use super::abort_upload::abandon;
use super::classes::forget_person::{forget_person, submissions_of};
use super::classes::list_classes::{OwnClass, own_classes};
use super::rate_material::forget_ratings;
use super::{Fields, Product, UseCaseError, delete_material, require_user};
use crate::domain::attendance::Submission;
use crate::domain::ids::{SessionId, UserId};
use crate::domain::material::Material;
use crate::domain::policy::Actor;
use crate::domain::upload::Upload;
use crate::domain::user::{Grade, Password, User, full_name};
use crate::ports::record_store::{TransactError, Write};
use crate::records::events::{Event, Happening};
use crate::records::ratings::Rating;
use crate::records::sessions::Session;
use crate::records::{Stored, every, sessions, usage, users};
use std::time::Duration;

/// An account with its use of storage.
#[derive(Clone, Debug)]
pub struct Account {
    /// The user.
    pub user: User,
    /// Bytes reserved or stored.
    pub used_bytes: u64,
    /// Bytes allowed.
    pub quota_bytes: u64,
}

/// A change of one's own account: `None` keeps; `Some(None)` clears.
#[derive(Clone, Debug, Default)]
pub struct AccountChange {
    /// At most 100 characters.
    pub full_name: Option<Option<String>>,
    /// 7 to 12.
    pub grade: Option<Option<i64>>,
    /// The new password; needs the present one.
    pub password: Option<String>,
    /// The present password.
    pub current_password: Option<String>,
}

/// The caller's account.
///
/// # Errors
/// `Unauthenticated`.
pub async fn read_account(product: &Product, actor: &Actor) -> Result<Account, UseCaseError> {
    let id = require_user(actor)?;
    let user = own(product, id).await?.value;
    Ok(Account {
        user,
        used_bytes: product.records.usage(id).await?,
        quota_bytes: product.settings.quota_bytes,
    })
}

async fn own(product: &Product, id: UserId) -> Result<Stored<User>, UseCaseError> {
    product
        .records
        .user(id)
        .await?
        .ok_or(UseCaseError::Unauthenticated("sign_in_required"))
}

/// Changes the caller's account. A new password ends all their other sessions.
///
/// # Errors
/// `Invalid`; `Forbidden` (`wrong_password`) when the present password is needed and is another.
pub async fn update_account(
    product: &Product,
    actor: &Actor,
    change: AccountChange,
) -> Result<Account, UseCaseError> {
    let id = require_user(actor)?;
    let mut fields = Fields::default();
    let name = change
        .full_name
        .map(|name| name.map(|name| fields.take("full_name", full_name(&name))));
    let grade = change
        .grade
        .map(|grade| grade.map(|grade| fields.take("grade", Grade::new(grade))));
    let password = fields.optional("password", change.password.as_deref().map(Password::chosen));
    fields.finish()?;
    let hash = match &password {
        Some(password) => {
            confirm_password(product, actor, change.current_password.as_deref()).await?;
            let hash = product.passwords.hash(password).await;
            Some(hash.map_err(UseCaseError::from)?)
        }
        None => None,
    };
    for _ in 0..super::CONFLICT_RETRIES {
        let mut stored = own(product, id).await?;
        let user = &mut stored.value;
        if let Some(name) = &name {
            user.full_name = name.clone().flatten();
        }
        if let Some(grade) = &grade {
            user.grade = grade.flatten();
        }
        if let Some(hash) = &hash {
            user.password_hash.clone_from(hash);
        }
        let mut writes = vec![users::replace(&stored)];
        if hash.is_some() {
            writes.extend(other_sessions(product, actor, id).await?);
        }
        if name.is_some() {
            // What they have shared is found by their name.
            let what = Happening::ChangedUser { user: id };
            writes.push(Event::new(what, &*product.clock, &*product.ids).append());
        }
        match product.records.store().transact(writes).await {
            Ok(()) => {
                product.feed.hurry();
                return read_account(product, actor).await;
            }
            Err(TransactError::Condition(_) | TransactError::Conflict) => {}
            Err(TransactError::Store(error)) => return Err(error.into()),
        }
    }
    Err(TransactError::Conflict.into())
}

/// Whether the present password was given; counted like a log-in.
///
/// # Errors
/// `Invalid` without one; `Forbidden` (`wrong_password`); `TooManyAttempts`.
pub async fn confirm_password(
    product: &Product,
    actor: &Actor,
    given: Option<&str>,
) -> Result<(), UseCaseError> {
    let id = require_user(actor)?;
    let given =
        given.ok_or_else(|| UseCaseError::field("current_password", "is needed to change the password"))?;
    let given = Password::given(given).map_err(|e| UseCaseError::field("current_password", e.to_string()))?;
    super::log_in::count_attempt(product, &super::digest(&format!("confirm {id}"))).await?;
    let user = own(product, id).await?.value;
    let fits = product.passwords.verify(&given, Some(&user.password_hash)).await;
    if fits.map_err(UseCaseError::from)? {
        Ok(())
    } else {
        Err(UseCaseError::Forbidden("wrong_password"))
    }
}

/// The writes that end the user's sessions but the caller's own, at most 90 of them.
async fn other_sessions(product: &Product, actor: &Actor, id: UserId) -> Result<Vec<Write>, UseCaseError> {
    let own = match actor {
        Actor::User { session, .. } => Some(*session),
        _ => None,
    };
    let listing = product.records.sessions(id, None).await?;
    Ok(listing
        .items
        .into_iter()
        .filter(|session| Some(session.id) != own)
        .take(90)
        .map(|session| sessions::delete(id, session.id))
        .collect())
}

/// The caller's sessions, and which of them is this one.
///
/// # Errors
/// `Unauthenticated`.
pub async fn list_sessions(product: &Product, actor: &Actor) -> Result<Vec<Session>, UseCaseError> {
    let id = require_user(actor)?;
    Ok(product.records.sessions(id, None).await?.items)
}

/// Ends one of the caller's sessions.
///
/// # Errors
/// `Unauthenticated`.
pub async fn end_session(product: &Product, actor: &Actor, session: SessionId) -> Result<(), UseCaseError> {
    let id = require_user(actor)?;
    product
        .records
        .store()
        .transact(vec![sessions::delete(id, session)])
        .await?;
    Ok(())
}

/// How long it is waited for an index that still lists what is gone.
const LAG: Duration = Duration::from_millis(100);

/// Deletes the caller's account: all their uploads and materials, their sessions, then the
/// account. Running it again after an interruption goes on where it stopped.
///
/// # Errors
/// When records or storage do not answer.
pub async fn delete_account(product: &Product, actor: &Actor) -> Result<(), UseCaseError> {
    let id = require_user(actor)?;
    loop {
        let listing = product.records.open_uploads(id, 100, None).await?;
        if listing.items.is_empty() {
            break;
        }
        for upload in listing.items {
            if let Some(stored) = product.records.upload(upload.id).await? {
                abandon(product, stored).await?;
            }
        }
    }
    loop {
        let listing = product.records.materials_of(id, 100, None).await?;
        if listing.items.is_empty() {
            break;
        }
        let mut removed = false;
        for material in listing.items {
            if let Some(stored) = product.records.material(material.id).await? {
                removed |= delete_material::remove(product, &stored).await?;
            }
        }
        if !removed {
            // What is left is gone already; the index that lists it lags behind.
            tokio::time::sleep(LAG).await;
        }
    }
    forget_ratings(product, id).await?;
    forget_person(product, id).await?;
    loop {
        let listing = product.records.sessions(id, None).await?;
        let own = own(product, id).await?;
        let last = listing.items.len() <= 90;
        let mut writes: Vec<Write> = listing
            .items
            .iter()
            .take(90)
            .map(|session| sessions::delete(id, session.id))
            .collect();
        if last {
            writes.extend(users::delete(&own));
            writes.push(usage::delete(id));
        }
        product.records.store().transact(writes).await?;
        if last {
            return Ok(());
        }
    }
}

/// Everything that is held about the caller, for an export.
#[derive(Clone, Debug)]
pub struct Holdings {
    /// The account.
    pub account: Account,
    /// Their sessions.
    pub sessions: Vec<Session>,
    /// Their open uploads.
    pub uploads: Vec<Upload>,
    /// Their materials.
    pub materials: Vec<Material>,
    /// What they have rated.
    pub ratings: Vec<Rating>,
    /// The classes that they teach or are in.
    pub classes: Vec<OwnClass>,
    /// What they have handed in.
    pub submissions: Vec<Submission>,
}

/// Gathers what is held about the caller.
///
/// # Errors
/// When the records do not answer.
pub async fn gather_holdings(product: &Product, actor: &Actor) -> Result<Holdings, UseCaseError> {
    let account = read_account(product, actor).await?;
    let id = account.user.id;
    let sessions = product.records.sessions(id, None).await?.items;
    let uploads = every(|cursor| product.records.open_uploads(id, 100, cursor)).await?;
    let materials = every(|cursor| product.records.materials_of(id, 100, cursor)).await?;
    let ratings = every(|cursor| product.records.ratings_of(id, cursor)).await?;
    let mut submissions = Vec::new();
    for submission in submissions_of(product, id).await? {
        let stored = product.records.submission(submission).await?;
        let own = stored.map(|stored| stored.value);
        submissions.extend(own.filter(|submission| submission.owner == id));
    }
    Ok(Holdings {
        account,
        sessions,
        uploads,
        materials,
        ratings,
        classes: own_classes(product, id).await?,
        submissions,
    })
}
