//! Making a class.
use super::update_class::{ClassChange, apply};
use crate::domain::class::{Class, JoinCode, MAX_CLASSES, Zone, class_name};
use crate::domain::ids::{ClassId, UserId};
use crate::domain::policy::{Action, Actor};
use crate::ports::record_store::{Condition, TransactError};
use crate::records::classes::Belonging;
use crate::records::{classes, subjects};
use crate::usecases::idempotency::IdempotencyKey;
use crate::usecases::{CONFLICT_RETRIES, Fields, Product, UseCaseError, authorize, require_user};

/// What keys of requests for classes are remembered under.
const SCOPE: &str = "class";

/// A class as it was asked for.
#[derive(Clone, Debug, Default)]
pub struct CreateClass {
    /// At most 100 characters.
    pub name: String,
    /// Everything else, which has defaults.
    pub details: ClassChange,
}

/// Makes a class that the caller owns, with a join code. Repeating a request with its idempotency key gives
/// its class again.
///
/// # Errors
/// `Forbidden` below teacher; `Invalid`; `Conflict` (`too_many_classes`, `idempotency_key_reused`).
pub async fn create_class(
    product: &Product,
    actor: &Actor,
    command: CreateClass,
    key: Option<IdempotencyKey>,
) -> Result<Class, UseCaseError> {
    authorize(actor, Action::CreateClass)?;
    let user = require_user(actor)?;
    if let Some(made) = made_before(product, user, key.as_ref()).await? {
        return Ok(made);
    }
    let mut fields = Fields::default();
    let name = fields.take("name", class_name(&command.name));
    fields.finish()?;
    if product.records.enrolments(user).await?.len() >= MAX_CLASSES {
        let detail = format!("one person has at most {MAX_CLASSES} classes; delete or leave one");
        return Err(UseCaseError::conflict("too_many_classes", detail));
    }
    let mut class = empty_class(
        product,
        user,
        name.unwrap_or_default(),
        command.details.zone.as_deref(),
    );
    apply(product, &mut class, command.details).await?;
    for _ in 0..CONFLICT_RETRIES {
        let code = JoinCode::random(product.ids.secret());
        class.join_code = Some(code.clone());
        let mut writes = vec![
            classes::put(&class, Condition::Absent),
            classes::claim_code(&code, class.id),
            classes::enrol(user, class.id, Belonging::Teacher),
        ];
        writes.extend(class.subject.as_ref().map(subjects::check));
        writes.extend(key.as_ref().map(|key| {
            let made = class.id.to_string();
            key.remember(user, SCOPE, &made, class.created_at)
        }));
        match product.records.store().transact(writes).await {
            Ok(()) => return Ok(class),
            Err(TransactError::Condition(_) | TransactError::Conflict) => {
                if let Some(made) = made_before(product, user, key.as_ref()).await? {
                    return Ok(made);
                }
            }
            Err(TransactError::Store(error)) => return Err(error.into()),
        }
    }
    Err(TransactError::Conflict.into())
}

async fn made_before(
    product: &Product,
    user: UserId,
    key: Option<&IdempotencyKey>,
) -> Result<Option<Class>, UseCaseError> {
    let Some(key) = key else { return Ok(None) };
    let Some(made) = key.made(product, user, SCOPE).await? else {
        return Ok(None);
    };
    let id: ClassId = made
        .parse()
        .map_err(|_| UseCaseError::Internal("an idempotency record names no class".into()))?;
    let class = product.records.class(id).await?.ok_or(UseCaseError::NotFound)?;
    Ok(Some(class.value))
}

fn empty_class(product: &Product, owner: UserId, name: String, zone: Option<&str>) -> Class {
    let zone = zone.and_then(|zone| Zone::parse(zone).ok()).unwrap_or_default();
    let id = ClassId::new(product.ids.uuid());
    Class::new(id, owner, name, zone, product.clock.now())
}
