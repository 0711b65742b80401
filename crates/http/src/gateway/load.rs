//! How many requests are answered at once, and how long one may take until its answer begins.
use crate::problem::Problem;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use std::time::Duration;
use tokio::sync::Semaphore;

/// The bounds of all requests that are not transfers of stored content.
pub(super) struct Load {
    slots: Semaphore,
    timeout: Duration,
}

impl Load {
    pub(super) fn new(max_requests: usize, timeout: Duration) -> Self {
        Self {
            slots: Semaphore::new(max_requests.min(Semaphore::MAX_PERMITS)),
            timeout,
        }
    }

    /// Runs a handler within the bounds; what exceeds them is 503, and a retry is safe.
    pub(super) async fn run(&self, handler: impl Future<Output = Response>) -> Response {
        let Ok(_slot) = self.slots.try_acquire() else {
            return overloaded().into_response();
        };
        let answer = tokio::time::timeout(self.timeout, handler).await;
        answer.unwrap_or_else(|_| {
            tracing::warn!("a request took too long and was given up");
            timed_out().into_response()
        })
    }
}

fn overloaded() -> Problem {
    Problem::new(
        StatusCode::SERVICE_UNAVAILABLE,
        "overloaded",
        "Too busy at the moment",
    )
    .with_retry_after(Duration::from_secs(1))
}

fn timed_out() -> Problem {
    Problem::new(StatusCode::SERVICE_UNAVAILABLE, "timed_out", "This took too long")
        .with_retry_after(Duration::from_secs(5))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::future::{pending, ready};

    #[tokio::test(start_paused = true)]
    async fn too_many_and_too_long_are_503() {
        let load = Load::new(1, Duration::from_secs(30));
        let mut first = Box::pin(load.run(pending()));
        std::future::poll_fn(|context| {
            assert!(first.as_mut().poll(context).is_pending());
            std::task::Poll::Ready(())
        })
        .await;

        let second = load.run(ready(Response::default())).await;
        assert_eq!(second.status(), 503);
        assert_eq!(second.headers()["retry-after"], "1");

        assert_eq!(first.await.status(), 503, "given up after its time");
        assert_eq!(load.run(ready(Response::default())).await.status(), 200);
    }
}
