//! What an earlier reader has read is read again, a few files at a time: whatever else waits for a patient worker
//! gets its turn between them.
use super::read_again::is_outdated;
use super::{Product, UseCaseError};
use crate::domain::ids::JobId;
use crate::jobs::{Job, Payload};
use crate::ports::record_store::{StoreError, TransactError, Write};
use crate::records::marks;
use crate::records::materials::WalkPlace;
use jiff::SignedDuration;

/// Files that wait to be read again at any time, and materials that are looked at together.
const TOGETHER: u32 = 8;
/// How long to wait for them.
const LOOK_AGAIN_AFTER: SignedDuration = SignedDuration::from_secs(3);
/// How long materials are looked through at a time.
const PART: SignedDuration = SignedDuration::from_secs(10);

/// Where the work stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// Behind which material.
    pub place: WalkPlace,
    /// The jobs that were queued last.
    pub queued: Vec<JobId>,
}

/// Queues the next files, once those that were queued before are read. `None` at the end; else how it stands
/// then, and how long to wait.
///
/// # Errors
/// When the records do not answer; it goes on at the same place.
pub async fn read_earlier(
    product: &Product,
    standing: Standing,
) -> Result<Option<(Standing, SignedDuration)>, UseCaseError> {
    let Standing { place, queued } = standing;
    let waiting = waiting(product, queued).await?;
    if !waiting.is_empty() {
        let queued = waiting;
        return Ok(Some((Standing { place, queued }, LOOK_AGAIN_AFTER)));
    }
    let started = product.clock.now();
    let mut walk = product.records.every_material_from(&place, TOGETHER);
    loop {
        let materials = match walk.next().await {
            Ok(Some(materials)) => materials,
            Ok(None) => {
                tracing::info!("everything was read by the present reader, as far as it can be");
                return Ok(None);
            }
            // A place that another version of the program noted: the shard is walked from its beginning.
            Err(StoreError::Invalid(_)) if place != place.at_its_shard() => {
                let place = place.at_its_shard();
                let queued = Vec::new();
                return Ok(Some((Standing { place, queued }, SignedDuration::ZERO)));
            }
            Err(error) => return Err(error.into()),
        };
        let outdated = materials
            .iter()
            .filter(|material| is_outdated(product, &material.current));
        let jobs: Vec<Job> = outdated
            .map(|material| {
                let payload = Payload::ReadAgain {
                    material: material.id,
                    version: material.current.number,
                };
                Job::new(payload, &*product.clock, &*product.ids)
            })
            .collect();
        let place = walk.place();
        if !jobs.is_empty() {
            let writes: Vec<Write> = jobs.iter().map(Job::enqueue).collect();
            product.records.store().transact(writes).await?;
            let queued = jobs.iter().map(|job| job.id).collect();
            return Ok(Some((Standing { place, queued }, LOOK_AGAIN_AFTER)));
        }
        if product.clock.now().duration_since(started) >= PART {
            let queued = Vec::new();
            return Ok(Some((Standing { place, queued }, SignedDuration::ZERO)));
        }
    }
}

/// Those of the jobs that are neither done nor given up.
async fn waiting(product: &Product, queued: Vec<JobId>) -> Result<Vec<JobId>, StoreError> {
    let mut waiting = Vec::new();
    for id in queued {
        let job = product.records.job(id).await?;
        if job.is_some_and(|job| !job.value.dead) {
            waiting.push(id);
        }
    }
    Ok(waiting)
}

/// Has all that an earlier reader has read looked through from the beginning.
///
/// # Errors
/// When the records do not answer.
pub async fn begin_to_read_earlier(product: &Product) -> Result<(), UseCaseError> {
    product.records.store().transact(vec![beginning(product)]).await?;
    product.job_signal.notify_one();
    Ok(())
}

fn beginning(product: &Product) -> Write {
    let payload = Payload::ReadEarlier {
        place: WalkPlace::default(),
        queued: Vec::new(),
    };
    Job::new(payload, &*product.clock, &*product.ids).enqueue()
}

/// Notes how files are read here, and begins to read again what was read otherwise, when that is better than
/// anything that was noted before.
///
/// # Errors
/// When the records do not answer.
pub(super) async fn note_reading(product: &Product) -> Result<(), UseCaseError> {
    let format = product.extractor.reading_format();
    if product.records.reading_noted().await? >= Some(format) {
        return Ok(());
    }
    let writes = vec![marks::reading(format), beginning(product)];
    match product.records.store().transact(writes).await {
        Ok(()) => Ok(()),
        Err(TransactError::Condition(_) | TransactError::Conflict) => Err(UseCaseError::Unavailable(
            "another process notes how files are read here".into(),
        )),
        Err(TransactError::Store(error)) => Err(error.into()),
    }
}
