//! An object's bytes on their way out: verified block by block, never more than a few in memory.
//!
//! A block that the page cache holds is read at once on the caller's thread, and is sent while it
//! is still in the processor's cache. One that must come from the disk is read on a thread that
//! may wait; as long as few objects are being read, that thread goes on ahead.
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

/// Up to so many objects at once are read ahead.
const READ_AHEAD_OBJECTS: usize = 8;
/// How many blocks are read at once then: 1 MiB.
const READ_AHEAD_BLOCKS: usize = 16;

/// A range of an object.
pub struct ObjectBody {
    store: Arc<BlobStore>,
    pool: Arc<BufferPool>,
    /// What is still to be read: segments with the range of each.
    segments: VecDeque<(Segment, Range<u64>)>,
    /// Of the first of these segments, once it is open.
    reader: Option<Arc<BlobReader>>,
    waiting: Option<JoinHandle<io::Result<Batch>>>,
    /// Verified, and next to be sent.
    ready: VecDeque<Bytes>,
    /// Whether the page cache did not hold the last block that it was asked for.
    cold: bool,
    /// Not sent yet.
    left: u64,
    /// Counts the bodies that are alive.
    alive: Arc<()>,
}

/// Blocks of one segment that are to be read, and what is wanted of each.
struct Plan {
    segment: Segment,
    reader: Option<Arc<BlobReader>>,
    pieces: Vec<(u64, Range<usize>)>,
    /// Whether the segment goes on behind them.
    goes_on: bool,
}

struct Batch {
    reader: Option<Arc<BlobReader>>,
    blocks: Vec<Bytes>,
}

impl ObjectBody {
    /// Opens the range and verifies its first block, so that an object that is damaged at its
    /// beginning is refused before a status is sent. `alive` is shared by all bodies.
    pub async fn open(
        store: &Arc<BlobStore>,
        pool: &Arc<BufferPool>,
        alive: &Arc<()>,
        segments: Vec<Segment>,
        range: Range<u64>,
    ) -> io::Result<Self> {
        let mut body = Self {
            store: Arc::clone(store),
            pool: Arc::clone(pool),
            segments: cut(segments, &range),
            reader: None,
            waiting: None,
            ready: VecDeque::new(),
            cold: false,
            left: range.end - range.start,
            alive: Arc::clone(alive),
        };
        if body.left > 0 {
            let first = std::future::poll_fn(|context| body.poll_block(context)).await?;
            body.ready.push_front(first);
        }
        Ok(body)
    }

    /// The next block; only called while something is left.
    fn poll_block(&mut self, context: &mut Context<'_>) -> Poll<io::Result<Bytes>> {
        loop {
            if let Some(block) = self.ready.pop_front() {
                if self.waiting.is_none() && self.reads_ahead() {
                    self.waiting = self.plan(READ_AHEAD_BLOCKS).map(|plan| self.start(plan));
                }
                return Poll::Ready(Ok(block));
            }
            if let Some(waiting) = &mut self.waiting {
                let batch = ready!(Pin::new(waiting).poll(context));
                self.waiting = None;
                let batch = batch.map_err(io::Error::other)??;
                self.reader = batch.reader;
                self.ready.extend(batch.blocks);
                continue;
            }
            let Some(plan) = self.plan(1) else {
                let short = "an object is shorter than its size";
                return Poll::Ready(Err(io::Error::new(io::ErrorKind::InvalidData, short)));
            };
            let opened = plan.reader.is_some();
            if let Some(block) = self.read_cached(&plan)? {
                self.ready.push_back(block);
            } else {
                self.cold = opened;
                self.waiting = Some(self.start(plan));
            }
        }
    }

    /// Whether it is worth it, and few enough bodies are alive; the store itself holds a reference.
    fn reads_ahead(&self) -> bool {
        self.cold && Arc::strong_count(&self.alive) <= READ_AHEAD_OBJECTS + 1
    }

    /// Takes up to `blocks` blocks of the first segment from what is still to be read.
    fn plan(&mut self, blocks: usize) -> Option<Plan> {
        let (segment, range) = self.segments.front_mut()?;
        let mut pieces = Vec::with_capacity(blocks);
        while pieces.len() < blocks && range.start < range.end {
            let block = range.start / BLOCK_BYTES as u64;
            let begin = usize::try_from(range.start % BLOCK_BYTES as u64).unwrap_or_default();
            let wanted = usize::try_from(range.end - range.start).unwrap_or(BLOCK_BYTES);
            let end = (begin.saturating_add(wanted)).min(BLOCK_BYTES);
            range.start += (end - begin) as u64;
            pieces.push((block, begin..end));
        }
        let goes_on = range.start < range.end;
        let (segment, reader) = (segment.clone(), self.reader.clone());
        if !goes_on {
            self.segments.pop_front();
            self.reader = None;
        }
        Some(Plan {
            segment,
            reader,
            pieces,
            goes_on,
        })
    }

    /// One block, where the page cache holds it and the blob is open.
    fn read_cached(&self, plan: &Plan) -> io::Result<Option<Bytes>> {
        let (Some(reader), [(block, wanted)]) = (&plan.reader, &plan.pieces[..]) else {
            return Ok(None);
        };
        let mut buffer = self.pool.take();
        let read = reader.read_cached(*block, &mut buffer)?;
        Ok(read.then(|| show(buffer, wanted)))
    }

    fn start(&self, plan: Plan) -> JoinHandle<io::Result<Batch>> {
        let (store, pool) = (Arc::clone(&self.store), Arc::clone(&self.pool));
        spawn_blocking(move || {
            let reader = match plan.reader {
                Some(reader) => reader,
                None => Arc::new(BlobReader::open(&store, &plan.segment)?),
            };
            let read = |(block, wanted): &(u64, Range<usize>)| {
                let mut buffer = pool.take();
                reader.read(*block, &mut buffer)?;
                Ok(show(buffer, wanted))
            };
            let blocks = plan.pieces.iter().map(read).collect::<io::Result<Vec<_>>>()?;
            Ok(Batch {
                reader: plan.goes_on.then_some(reader),
                blocks,
            })
        })
    }
}

/// Cuts out of a verified block what is wanted.
fn show(mut buffer: PooledBuffer, wanted: &Range<usize>) -> Bytes {
    buffer.range = wanted.start.min(buffer.range.end)..wanted.end.min(buffer.range.end);
    Bytes::from_owner(buffer)
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
        if self.left == 0 {
            return Poll::Ready(None);
        }
        match ready!(self.poll_block(context)) {
            Ok(block) => {
                self.left -= block.len() as u64;
                Poll::Ready(Some(Ok(Frame::data(block))))
            }
            Err(error) => {
                tracing::error!("an object's body is cut off: {error}");
                self.segments.clear();
                self.ready.clear();
                self.waiting = None;
                Poll::Ready(Some(Err(error)))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.left == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}
