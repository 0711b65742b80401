//! Claiming and running jobs: the same for a worker beside the server, a worker process and a
//! function that is called by a queue.
use super::feed::LOOK_EVERY;
use super::{Job, LEASE, Lane, MAX_ATTEMPTS, Payload, RENEW_EVERY, backoff};
use crate::ports::record_store::{Condition, StoreError, TransactError, Write};
use crate::records::events::{Event, Happening};
use crate::records::{Stored, jobs};
use crate::usecases::classes::delete_class::remove_rest_of_class;
use crate::usecases::classes::draw_poster::draw_poster;
use crate::usecases::classes::function_actions::withdraw_uploads;
use crate::usecases::classes::settle_roster::settle_roster;
use crate::usecases::ingest_version::{Ingested, SCAN_AGAIN_AFTER, ingest_version};
use crate::usecases::lay_out::{LAY_OUT_AGAIN_AFTER, LEAVE_LAYOUT_FOR, LaidOut, lay_out};
use crate::usecases::read_again::{READ_AGAIN_AFTER, ReadAgain, read_again};
use crate::usecases::read_earlier::{Standing, read_earlier};
use crate::usecases::recognize_text::{self, Part, RECOGNIZE_AGAIN_AFTER, recognize_text};
use crate::usecases::service_upload::{SETTLE_EVERY, settle_service_upload};
use crate::usecases::{
    Product, UseCaseError, delete_objects, index_material, index_subject, lay_out_earlier, recognize_earlier,
};
use tracing::Instrument;

/// How a job ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Done, or nothing was left to do.
    Done,
    /// Failed in a way that another attempt may mend.
    Retry(String),
    /// What it waits for is not there yet; it is run again after this long.
    Wait(jiff::SignedDuration),
    /// A part is done; the next is this, after that long.
    Next(Box<Payload>, jiff::SignedDuration),
}

/// Claims one due job of the given lanes, the first lane's first, and runs it to its end. `Ok(false)`
/// when none is due.
///
/// # Errors
/// When the record store does not answer; the job, if one was claimed, becomes due again.
pub async fn run_one(product: &Product, lanes: &[Lane]) -> Result<bool, StoreError> {
    let Some(claimed) = claim_one(product, lanes).await? else {
        return Ok(false);
    };
    let span =
        tracing::info_span!("job", job.id = %claimed.value.id, job.name = claimed.value.payload.name());
    settle(product, claimed).instrument(span).await?;
    Ok(true)
}

/// Whether a job of a lane waits for a worker.
///
/// # Errors
/// When the record store does not answer.
pub async fn has_due(product: &Product, lane: Lane) -> Result<bool, StoreError> {
    let due = product.records.due_jobs(lane, product.clock.now(), 1).await?;
    Ok(!due.is_empty())
}

/// Workers of one process claim one after another, so that they do not reach for the same job.
async fn claim_one(product: &Product, lanes: &[Lane]) -> Result<Option<Stored<Job>>, StoreError> {
    let _turn = product.claim_turn.lock().await;
    for lane in lanes {
        for candidate in product.records.due_jobs(*lane, product.clock.now(), 8).await? {
            if let Some(claimed) = claim(product, candidate).await? {
                // There may be more, for others who wait.
                product.job_signal.notify_one();
                return Ok(Some(claimed));
            }
        }
    }
    Ok(None)
}

/// Makes jobs due that were claimed by a process that is no more: for a process that knows itself to
/// be the only one. An attempt that was cut off does not count.
///
/// # Errors
/// When the record store does not answer.
pub async fn reclaim(product: &Product) -> Result<(), StoreError> {
    let mut cursor = None;
    loop {
        let listing = product.records.waiting_jobs(100, cursor).await?;
        for mut job in listing.items {
            if job.attempts == 0 {
                continue;
            }
            let Some(stored) = product.records.job(job.id).await? else {
                continue;
            };
            if job.last_error.is_none() {
                job.attempts -= 1;
            }
            job.due_at = product.clock.now();
            match product
                .records
                .store()
                .transact(vec![jobs::put(&job, Condition::Version(stored.version))])
                .await
            {
                Ok(()) | Err(TransactError::Condition(_) | TransactError::Conflict) => {}
                Err(TransactError::Store(error)) => return Err(error),
            }
        }
        cursor = listing.next;
        if cursor.is_none() {
            return Ok(());
        }
    }
}

async fn claim(product: &Product, candidate: Stored<Job>) -> Result<Option<Stored<Job>>, StoreError> {
    let mut job = candidate.value;
    job.attempts += 1;
    job.due_at = product.clock.now().checked_add(LEASE).unwrap_or(job.due_at);
    match product
        .records
        .store()
        .transact(vec![jobs::put(&job, Condition::Version(candidate.version))])
        .await
    {
        Ok(()) => Ok(Some(Stored {
            value: job,
            version: candidate.version + 1,
        })),
        Err(TransactError::Condition(_) | TransactError::Conflict) => Ok(None),
        Err(TransactError::Store(error)) => Err(error),
    }
}

async fn settle(product: &Product, mut job: Stored<Job>) -> Result<(), StoreError> {
    let outcome = if job.value.attempts > MAX_ATTEMPTS {
        Outcome::Retry("the worker stopped in the middle of the last attempt".into())
    } else {
        run_with_lease(product, &mut job).await
    };
    let last = match outcome {
        Outcome::Done => jobs::finish(&job),
        Outcome::Wait(wait) => run_later(product, &job, job.value.payload.clone(), wait),
        Outcome::Next(payload, wait) => run_later(product, &job, *payload, wait),
        Outcome::Retry(reason) => {
            let mut next = job.value.clone();
            next.dead = next.attempts >= MAX_ATTEMPTS;
            let wait = if next.dead {
                jiff::SignedDuration::ZERO
            } else {
                backoff(next.attempts)
            };
            next.due_at = product.clock.now().checked_add(wait).unwrap_or(next.due_at);
            if next.dead {
                tracing::error!(reason, "job failed for good");
                give_up(product, &next.payload).await;
            } else {
                tracing::warn!(reason, "job failed and will be tried again");
            }
            next.last_error = Some(reason.chars().take(500).collect());
            jobs::put(&next, Condition::Version(job.version))
        }
    };
    match product.records.store().transact(vec![last]).await {
        Ok(()) => Ok(()),
        Err(TransactError::Condition(_) | TransactError::Conflict) => {
            tracing::warn!("job was taken over by another worker");
            Ok(())
        }
        Err(TransactError::Store(error)) => Err(error),
    }
}

/// The write that has a job go on later, as if it had not been tried yet.
fn run_later(product: &Product, job: &Stored<Job>, payload: Payload, wait: jiff::SignedDuration) -> Write {
    let mut next = job.value.clone();
    next.payload = payload;
    next.attempts = 0;
    next.due_at = product.clock.now().checked_add(wait).unwrap_or(next.due_at);
    jobs::put(&next, Condition::Version(job.version))
}

/// Runs the job while its lease is renewed, so that long work is not begun twice.
async fn run_with_lease(product: &Product, job: &mut Stored<Job>) -> Outcome {
    let payload = job.value.payload.clone();
    let work = perform(product, &payload);
    tokio::pin!(work);
    let mut renewal = tokio::time::interval(RENEW_EVERY);
    renewal.tick().await;
    loop {
        tokio::select! {
            outcome = &mut work => return outcome,
            _ = renewal.tick() => {
                job.value.due_at = product.clock.now().checked_add(LEASE).unwrap_or(job.value.due_at);
                let write = jobs::put(&job.value, Condition::Version(job.version));
                match product.records.store().transact(vec![write]).await {
                    Ok(()) => job.version += 1,
                    Err(error) => tracing::warn!(%error, "lease of a running job could not be renewed"),
                }
            }
        }
    }
}

async fn perform(product: &Product, payload: &Payload) -> Outcome {
    let result = match payload {
        Payload::IngestVersion { material, version } => {
            return match ingest_version(product, *material, *version).await {
                Ok(Ingested::Done) => Outcome::Done,
                Ok(Ingested::NotYet) => Outcome::Wait(SCAN_AGAIN_AFTER),
                Err(error) => Outcome::Retry(error.to_string()),
            };
        }
        Payload::IndexMaterial { material } => index_material::index_material(product, *material).await,
        Payload::IndexSubject { subject } => index_subject::index_subject(product, subject).await,
        Payload::RecognizeText { material, version } => {
            return match recognize_text(product, *material, *version).await {
                Ok(Part::Last) => Outcome::Done,
                Ok(Part::MoreToCome) => Outcome::Wait(jiff::SignedDuration::ZERO),
                Ok(Part::NotYet) => Outcome::Wait(RECOGNIZE_AGAIN_AFTER),
                Err(error) => Outcome::Retry(error.to_string()),
            };
        }
        Payload::LayOut { material, version } => {
            return match lay_out(product, *material, *version).await {
                Ok(LaidOut::Done) => Outcome::Done,
                Ok(LaidOut::NotYet) => Outcome::Wait(LAY_OUT_AGAIN_AFTER),
                Ok(LaidOut::NotHere) => Outcome::Wait(LEAVE_LAYOUT_FOR),
                Err(error) => Outcome::Retry(error.to_string()),
            };
        }
        Payload::ReadEarlier { place, queued } => {
            let (place, queued) = (place.clone(), queued.clone());
            return match read_earlier(product, Standing { place, queued }).await {
                Ok(None) => Outcome::Done,
                Ok(Some((Standing { place, queued }, wait))) => {
                    Outcome::Next(Box::new(Payload::ReadEarlier { place, queued }), wait)
                }
                Err(error) => wait_or_retry(error),
            };
        }
        Payload::ReadAgain { material, version } => {
            return match read_again(product, *material, *version).await {
                Ok(ReadAgain::Done) => Outcome::Done,
                Ok(ReadAgain::NotYet) => Outcome::Wait(READ_AGAIN_AFTER),
                Err(error) => wait_or_retry(error),
            };
        }
        Payload::SettleServiceUpload { upload } => {
            return match settle_service_upload(product, *upload).await {
                Ok(true) => Outcome::Done,
                Ok(false) => Outcome::Wait(SETTLE_EVERY),
                Err(error) => Outcome::Retry(error.to_string()),
            };
        }
        Payload::SettleRoster { class } => settle_roster(product, *class).await,
        Payload::DrawPoster { submission } => draw_poster(product, *submission).await,
        Payload::RemoveClass { class, roster_chunks } => {
            remove_rest_of_class(product, *class, *roster_chunks).await
        }
        Payload::WithdrawUploads { class } => withdraw_uploads(product, *class).await,
        Payload::RecognizeEarlier => recognize_earlier::recognize_earlier(product).await,
        Payload::LayOutEarlier => lay_out_earlier::lay_out_earlier(product).await,
        Payload::RebuildIndex => ask_for_rebuild(product).await,
        Payload::DeleteObjects { keys, prefixes } => {
            delete_objects::delete_objects(product, keys, prefixes).await
        }
    };
    finished(result)
}

/// What nobody waits for is not given up because something was away for a while.
fn wait_or_retry(error: UseCaseError) -> Outcome {
    match error {
        UseCaseError::Unavailable(why) => {
            tracing::warn!(why, "job waits for what does not answer");
            Outcome::Wait(READ_AGAIN_AFTER)
        }
        error => Outcome::Retry(error.to_string()),
    }
}

/// Tells every process that keeps an index, and waits for this one's.
async fn ask_for_rebuild(product: &Product) -> Result<(), UseCaseError> {
    let event = Event::new(Happening::AskedForRebuild, &*product.clock, &*product.ids);
    product.records.store().transact(vec![event.append()]).await?;
    product.feed.hurry();
    let is_behind = || {
        product
            .search
            .followed()
            .is_none_or(|followed| followed < event.at)
    };
    while product.search.is_kept() && is_behind() {
        tokio::time::sleep(LOOK_EVERY).await;
    }
    Ok(())
}

fn finished(result: Result<(), UseCaseError>) -> Outcome {
    match result {
        Ok(()) => Outcome::Done,
        Err(error) => Outcome::Retry(error.to_string()),
    }
}

/// Leaves nothing half done behind a dead job: a version whose reading never ended is failed, one
/// whose pictures could not be read says so.
async fn give_up(product: &Product, payload: &Payload) {
    let settled: Result<(), UseCaseError> = match payload {
        Payload::IngestVersion { material, version } => {
            crate::usecases::ingest_version::fail_version(product, *material, *version).await
        }
        Payload::RecognizeText { material, version } => {
            recognize_text::give_up(product, *material, *version).await
        }
        _ => return,
    };
    if let Err(error) = settled {
        tracing::error!(%error, "version of a dead job could not be marked");
    }
}
