//! Bodies as they arrive: how large, how fast, and what is said when they are neither.
use super::patience::Patience;
use crate::problem::Problem;
use axum::BoxError;
use axum::body::{Body, Bytes, HttpBody};
use http::StatusCode;
use http_body::{Frame, SizeHint};
use std::error::Error;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

/// Why a body was cut off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BodyError {
    /// Larger than the gateway's limit.
    #[error("the body is larger than {0} bytes")]
    TooLarge(u64),
    /// Slower than the gateway's patience.
    #[error("the body arrives too slowly")]
    TooSlow,
}

impl BodyError {
    /// Finds the gateway's reason in an error that passed through other layers.
    pub fn find(error: &(dyn Error + 'static)) -> Option<Self> {
        let mut cause = Some(error);
        while let Some(error) = cause {
            if let Some(found) = error.downcast_ref::<Self>() {
                return Some(*found);
            }
            cause = error.source();
        }
        None
    }

    /// 413 or 408.
    pub fn problem(self) -> Problem {
        match self {
            Self::TooLarge(limit) => Problem::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                "body_too_large",
                "The body is too large",
            )
            .with_detail(format!("at most {limit} bytes are read here")),
            Self::TooSlow => Problem::new(
                StatusCode::REQUEST_TIMEOUT,
                "body_too_slow",
                "The body arrived too slowly",
            ),
        }
    }
}

/// How much and how slowly a body may come.
#[derive(Clone, Copy)]
pub(super) struct BodyLimits {
    /// In bytes; absent for stored content, whose size is signed.
    pub(super) max_bytes: Option<u64>,
    /// Waiting time that a body may cause before [`BodyLimits::enough`] bytes of it came.
    pub(super) patience: Duration,
    /// Bytes that renew the patience; absent where the whole body has one patience.
    pub(super) enough: Option<u64>,
}

/// A request's body under limits.
pub(super) struct LimitedBody {
    inner: Body,
    limit: Option<u64>,
    remaining: u64,
    patience: Patience,
    over: bool,
}

impl LimitedBody {
    pub(super) fn new(inner: Body, limits: BodyLimits) -> Self {
        Self {
            inner,
            limit: limits.max_bytes,
            remaining: limits.max_bytes.unwrap_or(u64::MAX),
            patience: Patience::new(limits.patience, limits.enough.unwrap_or(u64::MAX)),
            over: false,
        }
    }

    fn fail(&mut self, error: BodyError) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        self.over = true;
        Poll::Ready(Some(Err(error.into())))
    }
}

impl HttpBody for LimitedBody {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let this = self.get_mut();
        if this.over {
            return Poll::Ready(None);
        }
        let Poll::Ready(frame) = Pin::new(&mut this.inner).poll_frame(context) else {
            return match this.patience.poll_waiting(context) {
                Poll::Ready(()) => this.fail(BodyError::TooSlow),
                Poll::Pending => Poll::Pending,
            };
        };
        let Some(Ok(frame)) = frame else {
            return Poll::Ready(frame.map(|frame| frame.map_err(Into::into)));
        };
        let bytes = frame.data_ref().map_or(0, Bytes::len);
        this.patience.progress(bytes);
        match this.remaining.checked_sub(bytes as u64) {
            Some(remaining) => this.remaining = remaining,
            None => return this.fail(BodyError::TooLarge(this.limit.unwrap_or(u64::MAX))),
        }
        Poll::Ready(Some(Ok(frame)))
    }

    fn is_end_stream(&self) -> bool {
        self.over || self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::stream;
    use http_body_util::BodyExt;
    use std::convert::Infallible;

    const LIMITS: BodyLimits = BodyLimits {
        max_bytes: Some(10),
        patience: Duration::from_secs(15),
        enough: None,
    };

    async fn collect(body: Body, limits: BodyLimits) -> Result<Bytes, Option<BodyError>> {
        let collected = Body::new(LimitedBody::new(body, limits)).collect().await;
        collected
            .map(http_body_util::Collected::to_bytes)
            .map_err(|error| BodyError::find(&error))
    }

    #[tokio::test]
    async fn hardening_48_a_body_ends_at_its_limit_whatever_it_announced() {
        assert_eq!(collect(Body::from("0123456789"), LIMITS).await.unwrap().len(), 10);
        let endless = stream::repeat_with(|| Ok::<_, Infallible>("0123"));
        let answer = collect(Body::from_stream(endless), LIMITS).await;
        assert_eq!(answer.unwrap_err(), Some(BodyError::TooLarge(10)));
    }

    #[tokio::test(start_paused = true)]
    async fn hardening_47_a_trickling_body_is_cut_off() {
        let trickle = stream::unfold((), |()| async {
            tokio::time::sleep(Duration::from_secs(4)).await;
            Some((Ok::<_, Infallible>("x"), ()))
        });
        let start = tokio::time::Instant::now();
        let answer = collect(Body::from_stream(trickle), LIMITS).await;
        assert_eq!(answer.unwrap_err(), Some(BodyError::TooSlow));
        assert_eq!(start.elapsed(), Duration::from_secs(15));
    }

    #[tokio::test(start_paused = true)]
    async fn a_transfer_may_take_as_long_as_it_moves() {
        let steady = stream::unfold(0, |sent| async move {
            tokio::time::sleep(Duration::from_secs(20)).await;
            (sent < 100).then(|| (Ok::<_, Infallible>("0123456789"), sent + 1))
        });
        let limits = BodyLimits {
            max_bytes: None,
            patience: Duration::from_secs(30),
            enough: Some(10),
        };
        assert_eq!(
            collect(Body::from_stream(steady), limits).await.unwrap().len(),
            1_000
        );
    }
}
