//! Time budgets for somebody who makes us wait: only waiting is counted, and progress renews it.
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::time::{Instant, Sleep, sleep_until};

/// Patience ends when `limit` has been spent waiting before `enough` bytes came.
pub(super) struct Patience {
    limit: Duration,
    enough: u64,
    remaining: Duration,
    credit: u64,
    waiting: Option<Instant>,
    alarm: Option<Pin<Box<Sleep>>>,
}

impl Patience {
    pub(super) fn new(limit: Duration, enough: u64) -> Self {
        Self {
            limit,
            enough,
            remaining: limit,
            credit: 0,
            waiting: None,
            alarm: None,
        }
    }

    /// To be called whenever the other side has nothing for us; ready when patience has ended.
    pub(super) fn poll_waiting(&mut self, context: &mut Context<'_>) -> Poll<()> {
        if self.waiting.is_none() {
            let now = Instant::now();
            self.waiting = Some(now);
            let until = now + self.remaining;
            match &mut self.alarm {
                Some(alarm) => alarm.as_mut().reset(until),
                None => self.alarm = Some(Box::pin(sleep_until(until))),
            }
        }
        match &mut self.alarm {
            Some(alarm) => alarm.as_mut().poll(context),
            None => Poll::Pending,
        }
    }

    /// To be called whenever bytes have come.
    pub(super) fn progress(&mut self, bytes: usize) {
        if let Some(since) = self.waiting.take() {
            self.remaining = self.remaining.saturating_sub(since.elapsed());
        }
        self.credit += bytes as u64;
        if self.credit >= self.enough {
            self.credit = 0;
            self.remaining = self.limit;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::future::poll_fn;
    use tokio::time::advance;

    async fn has_ended(patience: &mut Patience) -> bool {
        poll_fn(|context| Poll::Ready(patience.poll_waiting(context).is_ready())).await
    }

    #[tokio::test(start_paused = true)]
    async fn waiting_without_enough_progress_ends_patience() {
        let mut patience = Patience::new(Duration::from_secs(30), 100);
        assert!(!has_ended(&mut patience).await);
        advance(Duration::from_secs(20)).await;
        patience.progress(99);
        assert!(!has_ended(&mut patience).await);
        advance(Duration::from_secs(11)).await;
        assert!(has_ended(&mut patience).await);
    }

    #[tokio::test(start_paused = true)]
    async fn progress_renews_it_and_our_own_slowness_is_not_counted() {
        let mut patience = Patience::new(Duration::from_secs(30), 100);
        assert!(!has_ended(&mut patience).await);
        advance(Duration::from_secs(20)).await;
        patience.progress(100);
        advance(Duration::from_hours(1)).await;
        assert!(!has_ended(&mut patience).await);
        advance(Duration::from_secs(29)).await;
        assert!(!has_ended(&mut patience).await);
    }
}
