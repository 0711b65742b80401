//! Limits that hold for a school whose requests several processes answer.
use homeroom_core::ports::record_store::TransactError;
use homeroom_core::records::rates::{Passed, seconds_left};
use homeroom_core::usecases::Product;
use homeroom_http::gateway::RateLimits;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How often processes tell each other what they let pass.
const TELL_EVERY: Duration = Duration::from_millis(500);

/// Tells others and listens to them until the program stops. While the records do not answer, the
/// limits of this process hold by themselves.
pub async fn run(product: Arc<Product>, limits: RateLimits, stop: CancellationToken) {
    while !stop.is_cancelled() {
        if let Err(error) = exchange(&product, &limits).await {
            tracing::debug!(%error, "rates were not exchanged");
        }
        tokio::select! {
            () = tokio::time::sleep(TELL_EVERY) => {}
            () = stop.cancelled() => {}
        }
    }
}

async fn exchange(product: &Product, limits: &RateLimits) -> Result<(), TransactError> {
    let tallies = limits.tallies();
    let passed: Vec<Passed> = tallies
        .iter()
        .map(|tally| Passed {
            share: format!("{}#{:032x}", tally.share.limiter, tally.share.key),
            requests: tally.used,
        })
        .collect();
    let now = product.clock.now();
    let totals = product.records.add_passed(&passed, now).await?;
    for (tally, total) in tallies.iter().zip(totals) {
        if total >= i64::from(tally.per_minute) {
            limits.close(tally.share, Duration::from_secs(seconds_left(now)));
        }
    }
    Ok(())
}
