//! A connection's bytes on their way to and from the HTTP library: framing is judged, and whoever
//! neither sends a head nor reads an answer loses the connection.
use super::framing::{Framing, Violation};
use super::patience::Patience;
use bytes::{Buf, Bytes};
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep_until};

/// What is read and thrown away after an early answer, so that the answer is not lost to a reset.
const MAX_LINGER_BYTES: usize = 256 * 1024;
const LINGER: Duration = Duration::from_secs(2);
/// An answer's reader must take this much within the write patience.
const ENOUGH_WRITTEN: u64 = 1_024;

/// The requests of one connection.
#[derive(Default)]
pub(super) struct Activity {
    /// Begun and not yet answered to the last byte.
    active: AtomicU32,
    /// Begun since the connection was opened.
    begun: AtomicU64,
}

impl Activity {
    /// Counts a request until the guard is dropped.
    pub(super) fn begin(self: &Arc<Self>) -> Busy {
        self.active.fetch_add(1, Ordering::AcqRel);
        self.begun.fetch_add(1, Ordering::AcqRel);
        Busy(Arc::clone(self))
    }
}

/// A request that is being answered.
pub(super) struct Busy(Arc<Activity>);

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.active.fetch_sub(1, Ordering::AcqRel);
    }
}

/// How long a connection may take.
#[derive(Clone, Copy)]
pub(super) struct Times {
    /// For a head, from its first byte; for the first one, from the connection's opening.
    pub(super) head: Duration,
    /// Without a request.
    pub(super) idle: Duration,
    /// Without taking what is written.
    pub(super) write: Duration,
}

/// The guard around one connection.
pub(super) struct GuardedIo<S> {
    inner: S,
    /// Read already, to learn the protocol; comes first.
    prefix: Bytes,
    /// Absent for HTTP/2.
    framing: Option<Framing>,
    /// What the HTTP library reads in place of a violation, until it is used up.
    poison: Option<&'static [u8]>,
    times: Times,
    activity: Arc<Activity>,
    deadline: Option<Deadline>,
    writing: Patience,
    linger: Linger,
}

struct Deadline {
    alarm: Pin<Box<Sleep>>,
    in_head: bool,
    begun: u64,
}

struct Linger {
    bytes: usize,
    alarm: Option<Pin<Box<Sleep>>>,
}

impl<S> GuardedIo<S> {
    /// Guards a connection that was opened at `opened`. With `max_head_bytes` it is HTTP/1.
    pub(super) fn new(
        inner: S,
        prefix: Bytes,
        max_head_bytes: Option<usize>,
        times: Times,
        opened: Instant,
        activity: Arc<Activity>,
    ) -> Self {
        let first = Deadline {
            alarm: Box::pin(sleep_until(opened + times.head)),
            in_head: true,
            begun: 0,
        };
        Self {
            inner,
            prefix,
            framing: max_head_bytes.map(Framing::new),
            poison: None,
            times,
            activity,
            deadline: Some(first),
            writing: Patience::new(times.write, ENOUGH_WRITTEN),
            linger: Linger {
                bytes: 0,
                alarm: None,
            },
        }
    }

    /// Judges what was read behind `before` and replaces a violation with poison.
    fn judge(&mut self, buffer: &mut ReadBuf<'_>, before: usize) {
        let Some(framing) = &mut self.framing else {
            return;
        };
        let Err(violation) = framing.observe(&buffer.filled()[before..]) else {
            return self.set_deadline();
        };
        let (keep, poison): (usize, &'static [u8]) = match violation {
            // No parser takes NUL anywhere in a head, and it looks at the head when it seems to
            // end: the library answers 400 and closes.
            Violation::Head { keep } => (keep, b"\0\r\n\r\n"),
            // A finished head beyond its limit: the library answers 431 and closes.
            Violation::HeadTooLarge {
                keep,
                in_request_line: true,
            } => (keep, b" HTTP/1.1\r\n\r\n"),
            Violation::HeadTooLarge { keep, .. } => (keep, b"\r\n\r\n"),
            // An end in the middle of a body: whoever reads it gets an error.
            Violation::Body { keep } => (keep, b""),
        };
        buffer.set_filled(before + keep);
        self.poison = Some(poison);
        self.deadline = None;
        self.feed_poison(buffer);
    }

    fn feed_poison(&mut self, buffer: &mut ReadBuf<'_>) {
        if let Some(poison) = &mut self.poison {
            let length = poison.len().min(buffer.remaining());
            buffer.put_slice(&poison[..length]);
            *poison = &poison[length..];
        }
    }

    /// A head has its time from its first byte; a body has none here.
    fn set_deadline(&mut self) {
        let Some(framing) = &self.framing else { return };
        let in_head = framing.is_in_head();
        if self.deadline.as_ref().is_some_and(|deadline| deadline.in_head) == in_head {
            return;
        }
        self.deadline = in_head.then(|| self.deadline_after(self.times.head, true));
    }

    fn deadline_after(&self, time: Duration, in_head: bool) -> Deadline {
        Deadline {
            alarm: Box::pin(sleep_until(Instant::now() + time)),
            in_head,
            begun: self.activity.begun.load(Ordering::Acquire),
        }
    }

    /// Whether nobody may wait longer for the next head. While requests are answered nobody is
    /// waiting for one.
    fn poll_deadline(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let at_rest = self.framing.as_ref().is_none_or(Framing::is_at_boundary);
        if self.deadline.is_none() && at_rest {
            self.deadline = Some(self.deadline_after(self.times.idle, false));
        }
        let Some(deadline) = &mut self.deadline else {
            return Poll::Pending;
        };
        ready!(deadline.alarm.as_mut().poll(context));
        let busy = self.activity.active.load(Ordering::Acquire) > 0
            || self.activity.begun.load(Ordering::Acquire) != deadline.begun;
        if !busy {
            return Poll::Ready(());
        }
        let mut later = self.deadline_after(
            self.times.idle,
            self.framing.as_ref().is_some_and(Framing::is_in_head),
        );
        let again = later.alarm.as_mut().poll(context);
        self.deadline = Some(later);
        again
    }

    fn is_between_requests(&self) -> bool {
        self.poison.is_none() && self.framing.as_ref().is_none_or(Framing::is_at_boundary)
    }
}

fn timed_out() -> io::Error {
    io::ErrorKind::TimedOut.into()
}

impl<S: AsyncRead + Unpin> AsyncRead for GuardedIo<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if this.poison.is_some() {
            this.feed_poison(buffer);
            return Poll::Ready(Ok(()));
        }
        let before = buffer.filled().len();
        if this.prefix.has_remaining() {
            let length = this.prefix.len().min(buffer.remaining());
            buffer.put_slice(&this.prefix.split_to(length));
        } else {
            match Pin::new(&mut this.inner).poll_read(context, buffer) {
                Poll::Ready(result) => result?,
                Poll::Pending => {
                    ready!(this.poll_deadline(context));
                    return Poll::Ready(Err(timed_out()));
                }
            }
        }
        this.judge(buffer, before);
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> GuardedIo<S> {
    fn written(
        &mut self,
        context: &mut Context<'_>,
        result: Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        match result {
            Poll::Ready(Ok(bytes)) => {
                self.writing.progress(bytes);
                Poll::Ready(Ok(bytes))
            }
            Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
            Poll::Pending => self.writing.poll_waiting(context).map(|()| Err(timed_out())),
        }
    }

    /// Reads what is still coming, for a while, so that closing does not reset the connection
    /// before the answer has been read.
    fn poll_linger(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let linger = &mut self.linger;
        let alarm = linger
            .alarm
            .get_or_insert_with(|| Box::pin(sleep_until(Instant::now() + LINGER)));
        if alarm.as_mut().poll(context).is_ready() {
            return Poll::Ready(());
        }
        let mut scratch = [0; 4_096];
        while linger.bytes < MAX_LINGER_BYTES {
            let mut buffer = ReadBuf::new(&mut scratch);
            let result = ready!(Pin::new(&mut self.inner).poll_read(context, &mut buffer));
            if result.is_err() || buffer.filled().is_empty() {
                break;
            }
            linger.bytes += buffer.filled().len();
        }
        Poll::Ready(())
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for GuardedIo<S> {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let result = Pin::new(&mut this.inner).poll_write(context, bytes);
        this.written(context, result)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let result = Pin::new(&mut this.inner).poll_write_vectored(context, slices);
        this.written(context, result)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().inner).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if this.linger.alarm.is_none() {
            ready!(Pin::new(&mut this.inner).poll_shutdown(context))?;
        }
        if !this.is_between_requests() {
            ready!(this.poll_linger(context));
        }
        Poll::Ready(Ok(()))
    }
}
