//! What is in a subject is found by what that is called: after it was renamed, the search indexes take it up anew.
use super::index_material::{changed, name_beside_slug};
use super::{Product, UseCaseError};
use crate::domain::subject::SubjectSlug;
use crate::jobs::{Job, Payload};
use crate::ports::record_store::{TransactError, Write};
use crate::records::{every, marks};

/// Tells every index of what is in a subject. Running it again changes nothing.
///
/// # Errors
/// When the records do not answer; those that were told of stay told.
pub(crate) async fn index_subject(product: &Product, slug: &SubjectSlug) -> Result<(), UseCaseError> {
    let mut told = 0;
    let mut walk = product.records.every_material(100);
    while let Some(materials) = walk.next().await? {
        let events: Vec<Write> = materials
            .iter()
            .filter(|material| material.details.subject.as_ref() == Some(slug))
            .map(|material| changed(product, material.id).append())
            .collect();
        told += events.len();
        if !events.is_empty() {
            product.records.store().transact(events).await?;
            product.feed.hurry();
        }
    }
    tracing::info!(
        materials = told,
        "materials are going to be found by their subject's name"
    );
    Ok(())
}

/// Queues, once for a school, the subjects that were renamed before indexes held their names.
///
/// # Errors
/// When the records do not answer.
pub(super) async fn index_names_once(product: &Product) -> Result<(), UseCaseError> {
    if product.records.subject_names_are_indexed().await? {
        return Ok(());
    }
    let subjects = every(|cursor| product.records.subjects(100, cursor)).await?;
    let named = subjects
        .iter()
        .filter(|subject| name_beside_slug(subject).is_some());
    let jobs: Vec<Write> = named
        .map(|subject| {
            let payload = Payload::IndexSubject {
                subject: subject.slug.clone(),
            };
            Job::new(payload, &*product.clock, &*product.ids).enqueue()
        })
        .collect();
    for batch in jobs.chunks(100) {
        product.records.store().transact(batch.to_vec()).await?;
    }
    match product
        .records
        .store()
        .transact(vec![marks::subject_names_are_indexed()])
        .await
    {
        // Another process did the same; a job that is queued twice changes nothing.
        Ok(()) | Err(TransactError::Condition(_) | TransactError::Conflict) => Ok(()),
        Err(TransactError::Store(error)) => Err(error.into()),
    }
}
