//! What a fresh school begins with: its first administrator and its subjects.
use super::sign_up::{SignUp, create_user};
use super::{Product, UseCaseError, digest, same_digest, secret_text};
use crate::domain::subject::{INITIAL_SUBJECTS, Subject, SubjectSlug};
use crate::domain::user::{Role, User};
use crate::ports::record_store::{Condition, TransactError, Write};
use crate::records::setup::{self, Setup};
use crate::records::{marks, subjects};

/// A new one-time token for the first administrator, unless there has been one. The token before
/// it is worth nothing from now on.
///
/// # Errors
/// When the records do not answer.
pub async fn open_setup(product: &Product) -> Result<Option<String>, UseCaseError> {
    let stored = product.records.setup().await?;
    let condition = match &stored {
        Some(stored) if stored.value == Setup::Done => return Ok(None),
        Some(stored) => Condition::Version(stored.version),
        None => Condition::Absent,
    };
    let token = secret_text(product.ids.secret());
    let write = setup::put(
        &Setup::Waiting {
            token_hash: digest(&token),
        },
        condition,
    );
    match product.records.store().transact(vec![write]).await {
        Ok(()) => Ok(Some(token)),
        // Another process that starts at the same moment has shown a link.
        Err(TransactError::Condition(_) | TransactError::Conflict) => Ok(None),
        Err(TransactError::Store(error)) => Err(error.into()),
    }
}

/// Whether the token is the one that is waited for.
///
/// # Errors
/// When the records do not answer.
pub async fn is_setup_token(product: &Product, token: &str) -> Result<bool, UseCaseError> {
    let stored = product.records.setup().await?;
    Ok(stored.is_some_and(|stored| fits(&stored.value, token)))
}

fn fits(setup: &Setup, token: &str) -> bool {
    match setup {
        Setup::Waiting { token_hash } => same_digest(token_hash, &digest(token)),
        Setup::Done => false,
    }
}

/// Makes the first administrator and closes the link for good.
///
/// # Errors
/// `NotFound` for a wrong or used token; as [`super::sign_up::sign_up`].
pub async fn create_first_admin(
    product: &Product,
    token: &str,
    command: SignUp,
) -> Result<User, UseCaseError> {
    let stored = product.records.setup().await?.ok_or(UseCaseError::NotFound)?;
    if !fits(&stored.value, token) {
        return Err(UseCaseError::NotFound);
    }
    let close = setup::put(&Setup::Done, Condition::Version(stored.version));
    create_user(product, command, Role::Admin, vec![close]).await
}

/// The write that closes the link because an administrator was made at the machine.
pub(crate) fn close() -> Write {
    setup::put(&Setup::Done, Condition::Any)
}

/// Makes the initial subjects, once.
///
/// # Errors
/// When the records do not answer.
pub async fn seed_subjects(product: &Product) -> Result<(), UseCaseError> {
    let now = product.clock.now();
    let mut writes = vec![marks::seeded()];
    for (slug, name, hue) in INITIAL_SUBJECTS {
        let slug = SubjectSlug::parse(slug).map_err(|error| UseCaseError::Internal(error.to_string()))?;
        let subject = Subject {
            slug,
            name: name.to_owned(),
            hue,
            created_at: now,
        };
        writes.push(subjects::put(&subject, Condition::Absent));
    }
    match product.records.store().transact(writes).await {
        // Made before, or by another process at this moment.
        Ok(()) | Err(TransactError::Condition(_) | TransactError::Conflict) => Ok(()),
        Err(error) => Err(error.into()),
    }
}
