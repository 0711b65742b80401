//! Scans that were read when nothing here could recognise their text: once something can, they are
//! recognised as if they had been shared today.
use super::read_page::version_pages;
use super::recognize_text::plan;
use super::{Product, UseCaseError};
use crate::domain::material::{Material, Processing};
use crate::jobs::{Job, Payload};
use crate::ports::extractor::Notice;
use crate::ports::record_store::{Condition, TransactError};
use crate::records::{Stored, materials};

/// Queues the recognition of every scan that nothing could read when it was shared.
///
/// # Errors
/// When records or storage do not answer; those that were queued stay queued.
pub async fn recognize_earlier(product: &Product) -> Result<(), UseCaseError> {
    if !is_possible(product) {
        return Ok(());
    }
    let mut queued = 0_u32;
    let mut walk = product.records.every_material(100);
    while let Some(materials) = walk.next().await? {
        for material in materials.iter().filter(|material| is_unread(material)) {
            queued += u32::from(queue(product, material).await?);
        }
    }
    tracing::info!(materials = queued, "earlier scans are going to be recognised");
    Ok(())
}

/// Whether text in pictures can be recognised here.
pub(super) fn is_possible(product: &Product) -> bool {
    product.extractor.recognizes_text() && product.settings.recognition_pages > 0
}

fn is_unread(material: &Material) -> bool {
    let version = &material.current;
    matches!(version.processing, Processing::Ready { .. })
        && version.notice == Some(Notice::NoTextRecognition)
        && version.recognition.is_none()
}

/// Queues one; false when there is nothing to recognise in it, or it has changed meanwhile.
async fn queue(product: &Product, listed: &Material) -> Result<bool, UseCaseError> {
    let Some(Stored { value, version }) = product.records.material(listed.id).await? else {
        return Ok(false);
    };
    let mut material = value;
    let number = material.current.number;
    if !is_unread(&material) {
        return Ok(false);
    }
    let (pages, _) = version_pages(product, material.id, number).await?;
    let plan = plan(product, material.current.kind, &pages);
    if plan.recognition.is_none() {
        return Ok(false);
    }
    material.current.recognition = plan.recognition;
    material.current.notice = plan.notice;
    let payload = Payload::RecognizeText {
        material: material.id,
        version: number,
    };
    let writes = vec![
        materials::put(&material, Condition::Version(version)),
        materials::put_version(&material.current, Condition::Present),
        Job::new(payload, &*product.clock, &*product.ids).enqueue(),
    ];
    match product.records.store().transact(writes).await {
        Ok(()) => Ok(true),
        Err(TransactError::Condition(_)) => Ok(false),
        Err(TransactError::Conflict) => Err(TransactError::Conflict.into()),
        Err(TransactError::Store(error)) => Err(error.into()),
    }
}
