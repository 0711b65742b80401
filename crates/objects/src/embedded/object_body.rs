//! An object's bytes on their way out: verified block by block, never more than a few in memory.
//!
//! A block that the page cache holds is read at once on the caller's thread; one that must come
//! from the disk is read on a thread that may wait.
use super::blob::{BLOCK_BYTES, BlobReader, BlobStore, BufferPool, PooledBuffer, Segment};
use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use std::collections::VecDeque;
use std::future::Future as _;
use std::io;
use std::ops::Range;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use tokio::task::{JoinHandle, spawn_blocking};

type Read = io::Result<(Arc<BlobReader>, PooledBuffer)>;

/// A range of an object.
pub struct ObjectBody {
    store: Arc<BlobStore>,
    pool: Arc<BufferPool>,
    /// What is still to be sent: segments with the range of each.
    segments: VecDeque<(Segment, Range<u64>)>,
    reader: Option<Arc<BlobReader>>,
    waiting: Option<JoinHandle<Read>>,
    first: Option<Bytes>,
    left: u64,
}

impl ObjectBody {
    /// Opens the range and verifies its first block, so that an object that is damaged at its
    /// beginning is refused before a status is sent.
    pub async fn open(
        store: &Arc<BlobStore>,
        pool: &Arc<BufferPool>,
        segments: Vec<Segment>,
        range: Range<u64>,
    ) -> io::Result<Self> {
        let mut body = Self {
            store: Arc::clone(store),
            pool: Arc::clone(pool),
            segments: cut(segments, &range),
            reader: None,
            waiting: None,
            first: None,
            left: range.end - range.start,
        };
        let left = body.left;
        if left > 0 {
            let first = std::future::poll_fn(|context| body.poll_block(context)).await?;
            body.first = Some(first);
            body.left = left;
        }
        Ok(body)
    }

    /// The next block; only called while something is left.
    fn poll_block(&mut self, context: &mut Context<'_>) -> Poll<io::Result<Bytes>> {
        let block_bytes = BLOCK_BYTES as u64;
        loop {
            if let Some(waiting) = &mut self.waiting {
                let read = ready!(Pin::new(waiting).poll(context));
                self.waiting = None;
                let (reader, buffer) = read.map_err(io::Error::other)??;
                self.reader = Some(reader);
                return Poll::Ready(self.show(buffer));
            }
            let Some((segment, range)) = self.segments.front() else {
                return Poll::Ready(Err(io::Error::new(
                    io::ErrorKind::InvalidData,
                    "an object is shorter than its size",
                )));
            };
            let block = range.start / block_bytes;
            let mut buffer = self.pool.take();
            if let Some(reader) = &self.reader {
                if reader.read_cached(block, &mut buffer)? {
                    return Poll::Ready(self.show(buffer));
                }
                let reader = Arc::clone(reader);
                self.waiting = Some(spawn_blocking(move || {
                    reader.read(block, &mut buffer)?;
                    Ok((reader, buffer))
                }));
            } else {
                let (store, segment) = (Arc::clone(&self.store), segment.clone());
                self.waiting = Some(spawn_blocking(move || {
                    let reader = BlobReader::open(&store, &segment)?;
                    reader.read(block, &mut buffer)?;
                    Ok((Arc::new(reader), buffer))
                }));
            }
        }
    }

    /// Cuts what was asked for out of a block and goes on to the next one.
    fn show(&mut self, mut buffer: PooledBuffer) -> io::Result<Bytes> {
        let Some((_, range)) = self.segments.front_mut() else {
            return Err(io::Error::other("a block without a segment"));
        };
        let begin = usize::try_from(range.start % BLOCK_BYTES as u64).map_err(io::Error::other)?;
        let wanted = usize::try_from(range.end - range.start).unwrap_or(BLOCK_BYTES);
        let end = (begin + wanted).min(buffer.range.end);
        let shown = (end - begin) as u64;
        range.start += shown;
        if range.start == range.end {
            self.segments.pop_front();
            self.reader = None;
        }
        buffer.range = begin..end;
        self.left -= shown;
        Ok(Bytes::from_owner(buffer))
    }
}

fn cut(segments: Vec<Segment>, range: &Range<u64>) -> VecDeque<(Segment, Range<u64>)> {
    let mut at = 0;
    let mut wanted = VecDeque::new();
    for segment in segments {
        let (begin, end) = (at, at + segment.size);
        at = end;
        let part = range.start.max(begin)..range.end.min(end);
        if part.start < part.end {
            wanted.push_back((segment, part.start - begin..part.end - begin));
        }
    }
    wanted
}

impl Body for ObjectBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        if let Some(first) = self.first.take() {
            self.left -= first.len() as u64;
            return Poll::Ready(Some(Ok(Frame::data(first))));
        }
        if self.left == 0 {
            return Poll::Ready(None);
        }
        let block = ready!(self.poll_block(context));
        if let Err(error) = &block {
            tracing::error!("an object's body is cut off: {error}");
            self.segments.clear();
        }
        Poll::Ready(Some(block.map(Frame::data)))
    }

    fn is_end_stream(&self) -> bool {
        self.left == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}
