//! Giving stars to a material, and taking them back. One person counts once.
use super::classmates::classmates_for;
use super::index_material::{changed, take_up_now};
use super::{Product, UseCaseError, authorize, require_user};
use crate::domain::ids::{MaterialId, UserId};
use crate::domain::material::{RatingSummary, Stars};
use crate::domain::policy::{Action, Actor};
use crate::ports::record_store::{Condition, TransactError};
use crate::records::ratings::Rating;
use crate::records::{materials, ratings};

/// Gives 1 to 5 stars in place of those given before; answers with all ratings together.
///
/// # Errors
/// `NotFound`, `Forbidden` for one's own material, `Invalid`.
pub async fn rate_material(
    product: &Product,
    actor: &Actor,
    id: MaterialId,
    stars: i64,
) -> Result<(Stars, RatingSummary), UseCaseError> {
    let user = require_user(actor)?;
    may_rate(product, actor, id).await?;
    let stars = Stars::new(stars).map_err(|error| UseCaseError::field("stars", error.to_string()))?;
    Ok((stars, replace(product, user, id, Some(stars)).await?))
}

/// Takes one's stars back; nothing happens if there are none.
///
/// # Errors
/// `NotFound`, `Forbidden` for one's own material.
pub async fn unrate_material(product: &Product, actor: &Actor, id: MaterialId) -> Result<(), UseCaseError> {
    let user = require_user(actor)?;
    may_rate(product, actor, id).await?;
    replace(product, user, id, None).await?;
    Ok(())
}

async fn may_rate(product: &Product, actor: &Actor, id: MaterialId) -> Result<(), UseCaseError> {
    let stored = product.records.material(id).await?;
    let material = stored.ok_or(UseCaseError::NotFound)?.value;
    let classmates = classmates_for(product, actor, [&material]).await?;
    authorize(actor, Action::RateMaterial(&material, &classmates))
}

/// Rating, sum and count change together; whoever comes between makes this try again.
pub(crate) async fn replace(
    product: &Product,
    user: UserId,
    id: MaterialId,
    stars: Option<Stars>,
) -> Result<RatingSummary, UseCaseError> {
    for _ in 0..super::CONFLICT_RETRIES {
        let stored = product.records.material(id).await?;
        let stored = stored.ok_or(UseCaseError::NotFound)?;
        let before = product.records.rating(user, id).await?;
        let given = before.as_ref().map(|rating| rating.value.stars);
        let mut material = stored.value;
        if given == stars {
            return Ok(material.rating);
        }
        material.rating = material.rating.with(given, stars);
        let condition = before.map_or(Condition::Absent, |rating| Condition::Version(rating.version));
        let rating = stars.map_or_else(
            || ratings::delete(user, id, condition),
            |stars| {
                let rated_at = product.clock.now();
                let rating = Rating {
                    material: id,
                    stars,
                    rated_at,
                };
                ratings::put(user, &rating, condition)
            },
        );
        let event = changed(product, id);
        let writes = vec![
            materials::put(&material, Condition::Version(stored.version)),
            rating,
            event.append(),
        ];
        match product.records.store().transact(writes).await {
            Ok(()) => {
                take_up_now(product, &event, id).await;
                return Ok(material.rating);
            }
            Err(TransactError::Condition(_) | TransactError::Conflict) => {}
            Err(TransactError::Store(error)) => return Err(error.into()),
        }
    }
    Err(TransactError::Conflict.into())
}

/// Takes back everything that a person has rated, before their account goes.
pub(crate) async fn forget_ratings(product: &Product, user: UserId) -> Result<(), UseCaseError> {
    loop {
        let listing = product.records.ratings_of(user, None).await?;
        if listing.items.is_empty() {
            return Ok(());
        }
        for rating in listing.items {
            match replace(product, user, rating.material, None).await {
                Ok(_) => {}
                // The material is gone; only the rating is left of it.
                Err(UseCaseError::NotFound) => {
                    let write = ratings::delete(user, rating.material, Condition::Any);
                    product.records.store().transact(vec![write]).await?;
                }
                Err(error) => return Err(error),
            }
        }
    }
}
