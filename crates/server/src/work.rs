//! The background: jobs, the sweep, and the rebuilding of a lost index.
use crate::settings::Settings;
use crate::wiring::{self, Role, School};
use crate::{Failure, serve};
use homeroom_core::jobs::feed::Follower;
use homeroom_core::jobs::{Lane, run, sweep};
use homeroom_core::usecases::note_abilities::note_abilities;
use homeroom_core::usecases::{Product, UseCaseError};
use homeroom_objects::EmbeddedS3;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::Mutex;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// How long a worker sleeps when nothing is due and nobody wakes it.
const POLL: Duration = Duration::from_secs(1);
/// How long it is waited before records, storage or index are asked again that did not answer.
const PATIENCE: Duration = Duration::from_secs(2);
/// How long jobs that take long let others go first.
const PATIENCE_WITH_OTHERS: Duration = Duration::from_mins(2);
/// How long running jobs may go on once the program is told to stop; what is cut off is run again.
const GRACE: Duration = Duration::from_secs(4);

/// Jobs only.
///
/// # Errors
/// When the data directory cannot be opened.
pub async fn run(mut settings: Settings) -> Result<(), Failure> {
    settings.extraction.workers = settings.extraction.workers.max(1);
    let school = wiring::open(&settings, Role::Work).await?;
    let stop = serve::stop_signal()?;
    let tasks = start(&school, &settings, &stop);
    tracing::info!("working on jobs");
    stop.cancelled().await;
    finish(tasks).await;
    Ok(())
}

/// Starts workers, sweep, and whoever looks after the index.
pub fn start(school: &School, settings: &Settings, stop: &CancellationToken) -> JoinSet<()> {
    let mut tasks = JoinSet::new();
    tasks.spawn(workers(
        Arc::clone(&school.product),
        settings.extraction.workers,
        school.alone,
        stop.clone(),
    ));
    let every = settings.uploads.sweep_every.std();
    tasks.spawn(sweeper(
        Arc::clone(&school.product),
        school.storage.clone(),
        every,
        stop.clone(),
    ));
    if school.product.search.is_kept() {
        tasks.spawn(follower(Arc::clone(&school.product), stop.clone()));
    }
    tasks
}

/// Runs jobs, so many at a time, and one beside them that may take long. A process that is alone first makes due what was claimed by the one
/// before it; that waits for nobody, and nobody waits for it.
async fn workers(product: Arc<Product>, number: usize, alone: bool, stop: CancellationToken) {
    while alone && !stop.is_cancelled() {
        match run::reclaim(&product).await {
            Ok(()) => break,
            Err(error) => tracing::warn!(%error, "jobs of an earlier process cannot be read yet"),
        }
        pause(PATIENCE, &stop).await;
    }
    while number > 0 && !stop.is_cancelled() {
        match note_abilities(&product).await {
            Ok(()) => break,
            Err(error) => tracing::warn!(%error, "what was shared earlier cannot be looked through yet"),
        }
        pause(PATIENCE, &stop).await;
    }
    let mut all = JoinSet::new();
    let lookout = Arc::default();
    for _ in 0..number {
        all.spawn(worker(Arc::clone(&product), Arc::clone(&lookout), stop.clone()));
    }
    if number > 0 {
        all.spawn(patient_worker(Arc::clone(&product), stop.clone()));
    }
    while all.join_next().await.is_some() {}
}

/// Waits for running jobs a little, then cuts them off.
pub async fn finish(mut tasks: JoinSet<()>) {
    let all = async { while tasks.join_next().await.is_some() {} };
    if tokio::time::timeout(GRACE, all).await.is_err() {
        tracing::info!("running jobs are cut off and will be run again");
    }
}

/// Of the workers without a job, one looks for jobs that came from elsewhere or have become due; whoever
/// claims one wakes the next.
async fn worker(product: Arc<Product>, lookout: Arc<Mutex<()>>, stop: CancellationToken) {
    while !stop.is_cancelled() {
        match run::run_one(&product, &[Lane::Prompt]).await {
            Ok(true) => continue,
            Ok(false) => {}
            Err(error) => tracing::warn!(%error, "jobs cannot be read"),
        }
        tokio::select! {
            () = product.job_signal.notified() => {}
            () = look_out(&lookout) => {}
            () = stop.cancelled() => {}
        }
    }
}

async fn look_out(lookout: &Mutex<()>) {
    let _turn = lookout.lock().await;
    tokio::time::sleep(POLL).await;
}

/// Runs jobs that take long, one at a time, and lets those that somebody waits for go first: for a
/// while, so that a school where something is shared all day gets its scans recognised too.
async fn patient_worker(product: Arc<Product>, stop: CancellationToken) {
    let mut ran = Instant::now();
    while !stop.is_cancelled() {
        if ran.elapsed() < PATIENCE_WITH_OTHERS && run::has_due(&product, Lane::Prompt).await.unwrap_or(false)
        {
            pause(POLL, &stop).await;
            continue;
        }
        ran = Instant::now();
        match run::run_one(&product, &[Lane::Patient]).await {
            Ok(true) => ran = Instant::now(),
            Ok(false) => pause(POLL, &stop).await,
            Err(error) => {
                tracing::warn!(%error, "jobs cannot be read");
                pause(POLL, &stop).await;
            }
        }
    }
}

async fn sweeper(
    product: Arc<Product>,
    storage: Option<EmbeddedS3>,
    every: Duration,
    stop: CancellationToken,
) {
    // What a crash left behind is cleared away soon, but not before the first requests.
    let mut rest = every.min(Duration::from_secs(5));
    loop {
        tokio::select! {
            () = tokio::time::sleep(rest) => {}
            () = stop.cancelled() => return,
        }
        rest = every;
        match sweep::sweep(&product).await {
            Ok(swept) if swept == sweep::Swept::default() => {}
            Ok(swept) => tracing::info!(?swept, "abandoned things were swept"),
            Err(error) => tracing::warn!(%error, "sweep was cut off and will go on later"),
        }
        if let Some(storage) = &storage
            && let Err(error) = storage.sweep().await
        {
            tracing::warn!(error, "object files could not be swept");
        }
    }
}

/// Keeps the index in step with the log of events. It may be missing at the start, have missed too
/// much, or be found damaged at any time: then it is built anew.
async fn follower(product: Arc<Product>, stop: CancellationToken) {
    let mut follower = Follower::resume(&product);
    while !stop.is_cancelled() {
        if let Err(error) = follow(&product, &mut follower).await {
            tracing::warn!(%error, "search index cannot be brought up to date yet");
            pause(PATIENCE, &stop).await;
        }
        tokio::select! {
            () = product.feed.rest() => {}
            () = stop.cancelled() => {}
        }
    }
}

async fn follow(product: &Product, follower: &mut Option<Follower>) -> Result<(), UseCaseError> {
    if let Some(present) = follower {
        if !present.look(product).await? {
            *follower = None;
        }
        return Ok(());
    }
    tracing::info!("search index is built anew; search is incomplete meanwhile");
    *follower = Some(Follower::after_rebuild(product).await?.0);
    Ok(())
}

async fn pause(time: Duration, stop: &CancellationToken) {
    tokio::select! {
        () = tokio::time::sleep(time) => {}
        () = stop.cancelled() => {}
    }
}
