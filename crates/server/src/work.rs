//! The background: jobs, the sweep, and the rebuilding of a lost index.
use crate::settings::Settings;
use crate::wiring::{self, School};
use crate::{Failure, serve};
use homeroom_core::jobs::{run, sweep};
use homeroom_core::usecases::Product;
use homeroom_core::usecases::index_material::rebuild_index;
use homeroom_objects::EmbeddedS3;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// How long a worker sleeps when nothing is due and nobody wakes it.
const POLL: Duration = Duration::from_secs(1);
/// How often it is looked whether the index needs to be rebuilt.
const LOOK_AFTER_INDEX: Duration = Duration::from_secs(5);
/// How long running jobs may go on once the program is told to stop; what is cut off is run again.
const GRACE: Duration = Duration::from_secs(4);

/// Jobs only.
///
/// # Errors
/// When the data directory cannot be opened.
pub async fn run(settings: Settings) -> Result<(), Failure> {
    let school = wiring::open(&settings).await?;
    let stop = serve::stop_signal()?;
    let tasks = start(&school, &settings, &stop).await?;
    tracing::info!("working on jobs");
    stop.cancelled().await;
    finish(tasks).await;
    Ok(())
}

/// Starts workers, sweep, and whoever looks after the index.
///
/// # Errors
/// When the records do not answer.
pub async fn start(
    school: &School,
    settings: &Settings,
    stop: &CancellationToken,
) -> Result<JoinSet<()>, Failure> {
    run::reclaim(&school.product).await?;
    let mut tasks = JoinSet::new();
    for _ in 0..settings.extraction.workers.max(1) {
        tasks.spawn(worker(Arc::clone(&school.product), stop.clone()));
    }
    let every = settings.uploads.sweep_every.std();
    tasks.spawn(sweeper(
        Arc::clone(&school.product),
        school.storage.clone(),
        every,
        stop.clone(),
    ));
    tasks.spawn(rebuilder(Arc::clone(&school.product), stop.clone()));
    Ok(tasks)
}

/// Waits for running jobs a little, then cuts them off.
pub async fn finish(mut tasks: JoinSet<()>) {
    let all = async { while tasks.join_next().await.is_some() {} };
    if tokio::time::timeout(GRACE, all).await.is_err() {
        tracing::info!("running jobs are cut off and will be run again");
    }
}

async fn worker(product: Arc<Product>, stop: CancellationToken) {
    while !stop.is_cancelled() {
        let rest = match run::run_one(&product).await {
            Ok(true) => continue,
            Ok(false) => POLL,
            Err(error) => {
                tracing::warn!(%error, "jobs cannot be read");
                POLL
            }
        };
        tokio::select! {
            () = product.job_signal.notified() => {}
            () = tokio::time::sleep(rest) => {}
            () = stop.cancelled() => {}
        }
    }
}

async fn sweeper(product: Arc<Product>, storage: EmbeddedS3, every: Duration, stop: CancellationToken) {
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
        if let Err(error) = storage.sweep().await {
            tracing::warn!(error, "object files could not be swept");
        }
    }
}

/// Watches the index: it may be missing at the start, or be found damaged at any time.
async fn rebuilder(product: Arc<Product>, stop: CancellationToken) {
    loop {
        if product.search.needs_rebuild() {
            rebuild(&product).await;
        }
        tokio::select! {
            () = tokio::time::sleep(LOOK_AFTER_INDEX) => {}
            () = stop.cancelled() => return,
        }
    }
}

async fn rebuild(product: &Product) {
    tracing::info!("search index is missing or damaged and is built anew; search is incomplete meanwhile");
    match rebuild_index(product).await {
        Ok(materials) => tracing::info!(materials, "search index was built anew"),
        Err(error) => tracing::error!(%error, "search index cannot be built yet"),
    }
}
