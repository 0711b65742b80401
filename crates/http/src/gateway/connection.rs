//! One connection from its first byte to its last: which protocol it speaks, and its requests.
use super::address::PeerAddress;
use super::config::ConnectionSettings;
use super::guarded_io::{Activity, Busy, GuardedIo, Times};
use axum::Router;
use axum::body::{Body, Bytes, HttpBody};
use http::{Request, Response};
use http_body::{Frame, SizeHint};
use hyper::body::Incoming;
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite};
use tokio::time::{Instant, timeout_at};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

/// What an HTTP/2 connection without TLS begins with (RFC 9113 §3.4).
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
/// What one connection reads at once, at most; thirty who upload take at least thirty times that.
const READ_BUFFER: usize = 128 * 1024;
/// Resets that a client may have pending before it is sent away (CVE-2023-44487).
const MAX_PENDING_RESETS: usize = 20;
const MAX_ERROR_RESETS: usize = 128;
const STREAM_WINDOW: u32 = 1024 * 1024;
const CONNECTION_WINDOW: u32 = 4 * 1024 * 1024;
const PING_EVERY: Duration = Duration::from_secs(20);

/// Serves one connection until it ends, or until `stopping` is cancelled and its present
/// requests are answered.
pub(super) async fn serve<S>(
    mut stream: S,
    peer: SocketAddr,
    app: Router,
    settings: ConnectionSettings,
    stopping: CancellationToken,
) where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let opened = Instant::now();
    let detected = tokio::select! {
        detected = timeout_at(opened + settings.head_timeout, read_preface(&mut stream)) => detected,
        () = stopping.cancelled() => return,
    };
    let Ok(Some((prefix, is_http_2))) = detected else {
        return;
    };
    let activity = Arc::new(Activity::default());
    let times = Times {
        head: settings.head_timeout,
        idle: settings.idle_timeout,
        write: settings.write_timeout,
    };
    let max_head_bytes = (!is_http_2).then_some(settings.max_head_bytes);
    let io = GuardedIo::new(
        stream,
        prefix,
        max_head_bytes,
        times,
        opened,
        Arc::clone(&activity),
    );
    let service = service_fn(move |request| answer(app.clone(), request, peer, activity.begin()));
    // Errors of a connection are its client's: timeouts, resets, malformed frames.
    let result = if is_http_2 {
        let mut connection = pin!(http2_builder(&settings).serve_connection(TokioIo::new(io), service));
        tokio::select! {
            result = connection.as_mut() => result,
            () = stopping.cancelled() => {
                connection.as_mut().graceful_shutdown();
                connection.await
            }
        }
    } else {
        let mut connection = pin!(http1_builder(&settings).serve_connection(TokioIo::new(io), service));
        tokio::select! {
            result = connection.as_mut() => result,
            () = stopping.cancelled() => {
                connection.as_mut().graceful_shutdown();
                connection.await
            }
        }
    };
    if let Err(error) = result {
        tracing::debug!(%error, "connection ended early");
    }
}

/// Reads until it is clear whether HTTP/2 is spoken; `None` when the client has gone.
async fn read_preface(stream: &mut (impl AsyncRead + Unpin)) -> Option<(Bytes, bool)> {
    let mut read = Vec::with_capacity(1_024);
    loop {
        if stream.read_buf(&mut read).await.ok()? == 0 {
            return None;
        }
        let compared = read.len().min(PREFACE.len());
        if read[..compared] != PREFACE[..compared] {
            return Some((read.into(), false));
        }
        if compared == PREFACE.len() {
            return Some((read.into(), true));
        }
    }
}

fn http1_builder(settings: &ConnectionSettings) -> http1::Builder {
    let mut builder = http1::Builder::new();
    // The guard keeps the time; it also knows when nobody is waiting for a head.
    builder
        .timer(TokioTimer::new())
        .header_read_timeout(None)
        .max_header_size(settings.max_head_bytes)
        .max_buf_size(READ_BUFFER.max(2 * settings.max_head_bytes));
    builder
}

fn http2_builder(settings: &ConnectionSettings) -> http2::Builder<TokioExecutor> {
    let mut builder = http2::Builder::new(TokioExecutor::new());
    builder
        .timer(TokioTimer::new())
        .max_concurrent_streams(settings.max_streams)
        .max_header_list_size(u32::try_from(settings.max_head_bytes).unwrap_or(u32::MAX))
        .max_pending_accept_reset_streams(MAX_PENDING_RESETS)
        .max_local_error_reset_streams(MAX_ERROR_RESETS)
        .initial_stream_window_size(STREAM_WINDOW)
        .initial_connection_window_size(CONNECTION_WINDOW)
        .keep_alive_interval(PING_EVERY)
        .keep_alive_timeout(PING_EVERY);
    builder
}

async fn answer(
    app: Router,
    mut request: Request<Incoming>,
    peer: SocketAddr,
    busy: Busy,
) -> Result<Response<CountedBody>, Infallible> {
    request.extensions_mut().insert(PeerAddress(peer));
    let response = app.oneshot(request).await?;
    Ok(response.map(|inner| CountedBody { inner, _busy: busy }))
}

/// An answer's body; the request counts until it is gone.
struct CountedBody {
    inner: Body,
    _busy: Busy,
}

impl HttpBody for CountedBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.inner).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}
