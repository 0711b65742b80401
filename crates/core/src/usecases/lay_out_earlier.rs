//! Documents of office programs that were read when nothing here could lay them out: once something can,
//! they are, as if they had been shared today. What could not be laid out then stays as it is until that
//! happens again.
use super::lay_out::lacks_pictures;
use super::{Product, UseCaseError};
use crate::jobs::{Job, Payload};
use crate::ports::record_store::Write;

/// Queues every document without pictures; a job for one that has some meanwhile finds nothing to do.
///
/// # Errors
/// When the records do not answer; those that were queued stay queued.
pub async fn lay_out_earlier(product: &Product) -> Result<(), UseCaseError> {
    if !product.extractor.lays_out() {
        return Ok(());
    }
    let mut queued = 0;
    let mut walk = product.records.every_material(100);
    while let Some(materials) = walk.next().await? {
        let without = materials
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
    }
    tracing::info!(materials = queued, "earlier documents are going to be laid out");
    Ok(())
}
