//! What an administrator, or whoever sits at the machine, does with users.
use super::sign_up::{SignUp, create_user};
use super::{Product, UseCaseError, authorize, setup};
use crate::domain::policy::{Action, Actor};
use crate::domain::user::{Role, Standing, User};
use crate::jobs::Job;
use crate::ports::record_store::{Cursor, TransactError};
use crate::records::{Listing, users};

/// Makes an account with any role.
///
/// # Errors
/// `Forbidden` below administrator; as [`super::sign_up::sign_up`].
pub async fn add_user(
    product: &Product,
    actor: &Actor,
    command: SignUp,
    role: Role,
) -> Result<User, UseCaseError> {
    authorize(actor, Action::Administer)?;
    let further = if role == Role::Admin {
        vec![setup::close()]
    } else {
        Vec::new()
    };
    create_user(product, command, role, further).await
}

/// Users by name.
///
/// # Errors
/// `Forbidden` below administrator.
pub async fn list_users(
    product: &Product,
    actor: &Actor,
    limit: u32,
    cursor: Option<Cursor>,
) -> Result<Listing<User>, UseCaseError> {
    authorize(actor, Action::Administer)?;
    let refused = UseCaseError::of_page(cursor.is_some());
    product.records.list_users(limit, cursor).await.map_err(refused)
}

/// Changes a user's role or standing, found by name or address; holds on their next request.
///
/// # Errors
/// `Forbidden` below administrator; `NotFound`.
pub async fn set_role(
    product: &Product,
    actor: &Actor,
    login: &str,
    role: Option<Role>,
    standing: Option<Standing>,
) -> Result<User, UseCaseError> {
    authorize(actor, Action::Administer)?;
    for _ in 0..super::CONFLICT_RETRIES {
        let mut stored = product
            .records
            .user_by_login(login)
            .await?
            .ok_or(UseCaseError::NotFound)?;
        stored.value.role = role.unwrap_or(stored.value.role);
        stored.value.standing = standing.unwrap_or(stored.value.standing);
        let mut writes = vec![users::replace(&stored)];
        if stored.value.role == Role::Admin {
            writes.push(setup::close());
        }
        match product.records.store().transact(writes).await {
            Ok(()) => return Ok(stored.value),
            Err(TransactError::Condition(_) | TransactError::Conflict) => {}
            Err(TransactError::Store(error)) => return Err(error.into()),
        }
    }
    Err(TransactError::Conflict.into())
}

/// Jobs that wait or run, or those that failed for good.
///
/// # Errors
/// `Forbidden` below administrator.
pub async fn list_jobs(
    product: &Product,
    actor: &Actor,
    dead: bool,
    limit: u32,
    cursor: Option<Cursor>,
) -> Result<Listing<Job>, UseCaseError> {
    authorize(actor, Action::Administer)?;
    let refused = UseCaseError::of_page(cursor.is_some());
    let listing = if dead {
        product.records.dead_jobs(limit, cursor).await
    } else {
        product.records.waiting_jobs(limit, cursor).await
    };
    listing.map_err(refused)
}
