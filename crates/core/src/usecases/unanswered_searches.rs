//! Searches that found nothing, for those who look after what a school has to offer.
use super::{Product, UseCaseError, authorize};
use crate::domain::policy::{Action, Actor};
use crate::records::unanswered::Unanswered;

/// The longest query that is kept, in characters.
const MOST_CHARACTERS: usize = 200;

/// Counts what a signed-in user asked in vain. That it cannot be counted is no reason not to answer.
pub(super) async fn note(product: &Product, actor: &Actor, query: &str) {
    if actor.user().is_none() {
        return;
    }
    let words: Vec<&str> = query
        .split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|word| !word.is_empty())
        .collect();
    let query: String = words
        .join(" ")
        .to_lowercase()
        .chars()
        .take(MOST_CHARACTERS)
        .collect();
    if query.is_empty() {
        return;
    }
    if let Err(error) = product
        .records
        .count_unanswered(&query, product.clock.now())
        .await
    {
        tracing::debug!(%error, "a search without an answer could not be counted");
    }
}

/// The searches of signed-in users in the last 30 days that found nothing, most frequent first:
/// administrators.
///
/// # Errors
/// `Forbidden`; `Unavailable`.
pub async fn list_unanswered(
    product: &Product,
    actor: &Actor,
    limit: u32,
) -> Result<Vec<Unanswered>, UseCaseError> {
    authorize(actor, Action::Administer)?;
    Ok(product
        .records
        .unanswered(product.clock.now(), limit as usize)
        .await?)
}
