//! From the network to a durable blob: one buffer fills while the other one is being written.
//!
//! Memory is bounded per body and in all; whoever sends slowly holds a buffer but never a thread.
use super::blob::{AlignedBuffer, BlobStore, BlobWriter, StagedBlob, write_small};
use super::checksum::{Computed, Expected, Wanted};
use super::error::{S3Error, S3Result};
use super::request_body::RequestBody;
use bytes::Bytes;
use http_body::Body;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::{JoinHandle, spawn_blocking};

/// Content up to this size is written in one step.
const SMALL_BYTES: u64 = 256 * 1024;
/// What the buffers of all large bodies together take, as long as there are not so many that the
/// smallest buffers are more: each takes a part of what is left.
const BUDGET_BYTES: usize = 16 * 1024 * 1024;
/// The part of what is left that one body's two buffers take.
const SHARE: usize = 4;
const LARGEST_BUFFER: usize = 2 * 1024 * 1024;
const SMALLEST_BUFFER: usize = 64 * 1024;
/// How many files are brought to disk at once: more only get in each other's way.
const PARALLEL_FSYNCS: usize = 8;
/// How many buffers are hashed and written at once, each on a thread: more threads take memory and make nothing
/// quicker.
const PARALLEL_WRITES: usize = 8;

/// Receives bodies into blobs.
pub struct Receiver {
    store: Arc<BlobStore>,
    disk: Arc<Semaphore>,
    writes: Arc<Semaphore>,
    buffered: Arc<AtomicUsize>,
}

/// The memory that one body was given of the budget.
struct Buffered {
    of_all: Arc<AtomicUsize>,
    /// The size of each of two buffers.
    capacity: usize,
}

impl Buffered {
    fn take(of_all: &Arc<AtomicUsize>) -> Self {
        let mut capacity = SMALLEST_BUFFER;
        let taken = of_all.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |taken| {
            let left = BUDGET_BYTES.saturating_sub(taken);
            capacity = power_of_two_within(left / SHARE / 2).clamp(SMALLEST_BUFFER, LARGEST_BUFFER);
            taken.checked_add(2 * capacity)
        });
        debug_assert!(taken.is_ok(), "memory cannot hold so many buffers");
        Self {
            of_all: Arc::clone(of_all),
            capacity,
        }
    }
}

impl Drop for Buffered {
    fn drop(&mut self) {
        self.of_all.fetch_sub(2 * self.capacity, Ordering::Relaxed);
    }
}

fn power_of_two_within(bytes: usize) -> usize {
    bytes.checked_ilog2().map_or(0, |bits| 1 << bits)
}

impl Receiver {
    /// Into this store.
    pub fn new(store: Arc<BlobStore>) -> Self {
        Self {
            store,
            disk: Arc::new(Semaphore::new(PARALLEL_FSYNCS)),
            writes: Arc::new(Semaphore::new(PARALLEL_WRITES)),
            buffered: Arc::default(),
        }
    }

    /// Takes the whole body, checks it against what the request said of it, and makes it durable
    /// under `name`. Nothing is left of what fails or is given up.
    pub async fn receive<B>(
        &self,
        name: String,
        body: &mut RequestBody<B>,
        expected: Expected,
        etag_md5: bool,
    ) -> S3Result<(StagedBlob, Computed)>
    where
        B: Body<Data = Bytes> + Unpin,
    {
        let wanted = expected.wanted(etag_md5);
        let length = body.length()?;
        if length <= SMALL_BYTES {
            self.receive_small(name, body, expected, wanted).await
        } else {
            self.receive_large(name, body, expected, wanted).await
        }
    }

    async fn receive_small<B>(
        &self,
        name: String,
        body: &mut RequestBody<B>,
        expected: Expected,
        wanted: Wanted,
    ) -> S3Result<(StagedBlob, Computed)>
    where
        B: Body<Data = Bytes> + Unpin,
    {
        let mut content = Vec::new();
        while let Some(data) = body.next().await? {
            for bytes in data {
                content.extend_from_slice(&bytes);
            }
        }
        let (store, trailers) = (Arc::clone(&self.store), body.trailers().to_vec());
        let _permit = turn(&self.disk).await?;
        blocking(move || {
            let written = write_small(&store, &name, content, wanted)?;
            expected.check(&written.computed, &trailers)?;
            let computed = written.computed.clone();
            Ok((written.publish()?, computed))
        })
        .await
    }

    async fn receive_large<B>(
        &self,
        name: String,
        body: &mut RequestBody<B>,
        expected: Expected,
        wanted: Wanted,
    ) -> S3Result<(StagedBlob, Computed)>
    where
        B: Body<Data = Bytes> + Unpin,
    {
        let buffered = Buffered::take(&self.buffered);
        let capacity = buffered.capacity;
        let store = Arc::clone(&self.store);
        let permit = turn(&self.writes).await?;
        let writer = blocking(move || Ok(BlobWriter::create(&store, &name, wanted, true)?)).await?;
        drop(permit);
        let mut flight = Flight::Landed(Box::new(writer), AlignedBuffer::new(capacity));
        let mut filling = AlignedBuffer::new(capacity);
        while let Some(data) = body.next().await? {
            for bytes in data {
                let mut rest = &bytes[..];
                while !rest.is_empty() {
                    rest = &rest[filling.fill(rest)..];
                    if filling.is_full() {
                        let (writer, empty) = flight.land().await?;
                        let full = std::mem::replace(&mut filling, empty);
                        flight = Flight::start(writer, full, turn(&self.writes).await?);
                    }
                }
            }
        }
        let (writer, _) = flight.land().await?;
        let trailers = body.trailers().to_vec();
        let _permit = turn(&self.disk).await?;
        blocking(move || {
            let written = writer.finish(&filling)?;
            expected.check(&written.computed, &trailers)?;
            let computed = written.computed.clone();
            Ok((written.publish()?, computed))
        })
        .await
    }
}

/// A buffer on its way to disk.
enum Flight {
    Landed(Box<BlobWriter>, AlignedBuffer),
    Flying(JoinHandle<io::Result<(Box<BlobWriter>, AlignedBuffer)>>),
}

impl Flight {
    fn start(mut writer: Box<BlobWriter>, mut buffer: AlignedBuffer, turn: OwnedSemaphorePermit) -> Self {
        Self::Flying(spawn_blocking(move || {
            writer.write(&buffer)?;
            buffer.clear();
            drop(turn);
            Ok((writer, buffer))
        }))
    }

    async fn land(self) -> S3Result<(Box<BlobWriter>, AlignedBuffer)> {
        match self {
            Self::Landed(writer, buffer) => Ok((writer, buffer)),
            Self::Flying(task) => Ok(task.await.map_err(|error| S3Error::internal(&error))??),
        }
    }
}

async fn turn(of: &Arc<Semaphore>) -> S3Result<OwnedSemaphorePermit> {
    let turn = Arc::clone(of).acquire_owned().await;
    turn.map_err(|error| S3Error::internal(&error))
}

/// Runs what waits for the disk on a thread that may wait.
pub async fn blocking<T, F>(work: F) -> S3Result<T>
where
    T: Send + 'static,
    F: FnOnce() -> S3Result<T> + Send + 'static,
{
    spawn_blocking(work)
        .await
        .map_err(|error| S3Error::internal(&error))?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_bodies_at_once_stay_within_the_budget() {
        let of_all = Arc::default();
        let first = Buffered::take(&of_all);
        assert_eq!(first.capacity, LARGEST_BUFFER, "one alone is not held back");

        let more: Vec<Buffered> = (0..100).map(|_| Buffered::take(&of_all)).collect();
        let taken = of_all.load(Ordering::Relaxed);
        assert!(taken <= BUDGET_BYTES + 101 * 2 * SMALLEST_BUFFER, "{taken}");
        assert!(more.iter().all(|one| one.capacity >= SMALLEST_BUFFER));

        drop(first);
        drop(more);
        assert_eq!(of_all.load(Ordering::Relaxed), 0);
        assert_eq!(Buffered::take(&of_all).capacity, LARGEST_BUFFER);
    }
}
