//! Documents of office programs that were read when nothing here could lay them out: once something can,
//! they are, as if they had been shared today. What could not be laid out then stays as it is until that
//! happens again.
use super::lay_out::lacks_pictures;
use super::{Product, UseCaseError};
use crate::jobs::{Job, Payload};
use crate::ports::record_store::{TransactError, Write};
use crate::records::marks;
use crate::records::materials::SHARDS;

/// Notes whether documents can be laid out here. Where they could not be before, a job is queued that
/// looks for earlier ones.
///
/// # Errors
/// When the records do not answer.
pub async fn note_layout(product: &Product) -> Result<(), UseCaseError> {
    let possible = product.extractor.lays_out();
    if product.records.layout_noted().await? == Some(possible) {
        return Ok(());
    }
    let mut writes = vec![marks::layout(possible)];
    if possible {
        writes.push(Job::new(Payload::LayOutEarlier, &*product.clock, &*product.ids).enqueue());
    }
    match product.records.store().transact(writes).await {
        Ok(()) => Ok(()),
        Err(TransactError::Condition(_) | TransactError::Conflict) => Err(UseCaseError::Unavailable(
            "what can be laid out is being noted by another process".into(),
        )),
        Err(TransactError::Store(error)) => Err(error.into()),
    }
}

/// Queues every document without pictures; a job for one that has some meanwhile finds nothing to do.
///
/// # Errors
/// When the records do not answer; those that were queued stay queued.
pub async fn lay_out_earlier(product: &Product) -> Result<(), UseCaseError> {
    if !product.extractor.lays_out() {
        return Ok(());
    }
    let mut queued = 0;
    for shard in 0..SHARDS {
        let mut cursor = None;
        loop {
            let listing = product.records.materials_of_shard(shard, 100, cursor).await?;
            let without = listing
                .items
                .iter()
                .filter(|material| lacks_pictures(&material.current));
            let jobs: Vec<Write> = without
                .map(|material| {
                    let payload = Payload::LayOut {
                        material: material.id,
                        version: material.current.number,
                    };
                    Job::new(payload, &*product.clock, &*product.ids).enqueue()
                })
                .collect();
            queued += jobs.len();
            if !jobs.is_empty() {
                product.records.store().transact(jobs).await?;
            }
            cursor = listing.next;
            if cursor.is_none() {
                break;
            }
        }
    }
    tracing::info!(materials = queued, "earlier documents are going to be laid out");
    Ok(())
}
