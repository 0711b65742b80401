//! Programs beside Homeroom come and go. Once one makes something possible that was not before, what was shared
//! earlier is looked through for it; so it is once Homeroom itself reads files better, or finds more of them.
use super::index_subject::index_names_once;
use super::read_earlier::note_reading;
use super::recognize_earlier;
use super::{Product, UseCaseError};
use crate::jobs::{Job, Payload};
use crate::ports::record_store::TransactError;
use crate::records::marks::{self, Ability};

/// Notes what is possible here. For what was not before, a job is queued that looks for what could have
/// used it; running that again finds nothing to do.
///
/// # Errors
/// When the records do not answer.
pub async fn note_abilities(product: &Product) -> Result<(), UseCaseError> {
    let recognizes = recognize_earlier::is_possible(product);
    note(
        product,
        Ability::Recognition,
        recognizes,
        Payload::RecognizeEarlier,
    )
    .await?;
    let lays_out = product.extractor.lays_out();
    note(product, Ability::Layout, lays_out, Payload::LayOutEarlier).await?;
    index_names_once(product).await?;
    note_reading(product).await
}

async fn note(
    product: &Product,
    ability: Ability,
    possible: bool,
    earlier: Payload,
) -> Result<(), UseCaseError> {
    if product.records.ability_noted(ability).await? == Some(possible) {
        return Ok(());
    }
    let mut writes = vec![marks::ability(ability, possible)];
    if possible {
        writes.push(Job::new(earlier, &*product.clock, &*product.ids).enqueue());
    }
    match product.records.store().transact(writes).await {
        Ok(()) => Ok(()),
        Err(TransactError::Condition(_) | TransactError::Conflict) => Err(UseCaseError::Unavailable(
            "another process notes what is possible here".into(),
        )),
        Err(TransactError::Store(error)) => Err(error.into()),
    }
}
