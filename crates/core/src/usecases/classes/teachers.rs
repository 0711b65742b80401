//! Teachers of a class beside the one who owns it.
use super::{refuse_archived, taught};
use crate::domain::class::{Class, MAX_CO_TEACHERS};
use crate::domain::ids::ClassId;
use crate::domain::policy::Actor;
use crate::domain::user::{Role, User};
use crate::ports::record_store::{Condition, TransactError, Write};
use crate::records::classes;
use crate::records::classes::Belonging;
use crate::usecases::{CONFLICT_RETRIES, Product, UseCaseError, applied};

/// Makes somebody a teacher of a class; nothing happens if they are.
///
/// # Errors
/// `NotFound`, `Forbidden`; `Invalid` when there is no teacher of this name; `Conflict` (`class_archived`,
/// `too_many_teachers`, `is_member`).
pub async fn add_teacher(
    product: &Product,
    actor: &Actor,
    id: ClassId,
    username: &str,
) -> Result<Class, UseCaseError> {
    change(product, actor, id, username, |class, user, is_member| {
        refuse_archived(class)?;
        if class.is_taught_by(user.id) {
            return Ok(None);
        }
        if user.role < Role::Teacher {
            return Err(UseCaseError::field("username", "is not a teacher's"));
        }
        if is_member {
            return Err(UseCaseError::conflict(
                "is_member",
                "they are on this class's roster",
            ));
        }
        if class.co_teachers.len() >= MAX_CO_TEACHERS {
            let detail = format!("a class has at most {MAX_CO_TEACHERS} teachers beside its owner");
            return Err(UseCaseError::conflict("too_many_teachers", detail));
        }
        class.co_teachers.push(user.id);
        Ok(Some(classes::enrol(user.id, class.id, Belonging::Teacher)))
    })
    .await
}

/// Takes a teacher out of a class; nothing happens if they are not in it.
///
/// # Errors
/// `NotFound`, `Forbidden`; `Invalid`; `Conflict` (`is_owner`).
pub async fn remove_teacher(
    product: &Product,
    actor: &Actor,
    id: ClassId,
    username: &str,
) -> Result<Class, UseCaseError> {
    change(product, actor, id, username, |class, user, _| {
        if class.owner == user.id {
            return Err(UseCaseError::conflict(
                "is_owner",
                "its owner cannot leave a class",
            ));
        }
        let before = class.co_teachers.len();
        class.co_teachers.retain(|teacher| *teacher != user.id);
        let left = class.co_teachers.len() < before;
        Ok(left.then(|| classes::leave(user.id, class.id)))
    })
    .await
}

async fn change(
    product: &Product,
    actor: &Actor,
    id: ClassId,
    username: &str,
    change: impl Fn(&mut Class, &User, bool) -> Result<Option<Write>, UseCaseError> + Send + Sync,
) -> Result<Class, UseCaseError> {
    for _ in 0..CONFLICT_RETRIES {
        let seat = taught(product, actor, id).await?;
        let user = product.records.user_by_login(username).await?;
        let user = user.ok_or_else(|| UseCaseError::field("username", "is nobody's here"))?;
        let is_member = seat
            .roster
            .of_user(user.value.id)
            .is_some_and(|member| member.left_at.is_none());
        let mut class = seat.class.value;
        let Some(write) = change(&mut class, &user.value, is_member)? else {
            return Ok(class);
        };
        class.updated_at = product.clock.now();
        let writes = vec![
            classes::put(&class, Condition::Version(seat.class.version)),
            write,
        ];
        if applied(product, writes).await? {
            return Ok(class);
        }
    }
    Err(TransactError::Conflict.into())
}
