//! Memory for reads and writes: aligned where the disk is written directly, reused where it is read.
use super::BLOCK_BYTES;
use std::sync::{Arc, Mutex, PoisonError};

/// What direct I/O asks of addresses, offsets and lengths; no disk wants more.
pub const ALIGNMENT: usize = 4_096;

/// A buffer of a multiple of [`ALIGNMENT`] bytes at an aligned address.
pub struct AlignedBuffer {
    memory: Vec<u8>,
    begin: usize,
    filled: usize,
    capacity: usize,
}

impl AlignedBuffer {
    /// Room for `capacity` bytes, a multiple of [`ALIGNMENT`].
    pub fn new(capacity: usize) -> Self {
        let memory = vec![0; capacity + ALIGNMENT];
        let begin = memory.as_ptr().align_offset(ALIGNMENT);
        Self {
            memory,
            begin,
            filled: 0,
            capacity,
        }
    }

    /// Copies as much of `bytes` as there is room for and says how much that was.
    pub fn fill(&mut self, bytes: &[u8]) -> usize {
        let take = bytes.len().min(self.capacity - self.filled);
        let at = self.begin + self.filled;
        self.memory[at..at + take].copy_from_slice(&bytes[..take]);
        self.filled += take;
        take
    }

    /// Whether there is no more room.
    pub fn is_full(&self) -> bool {
        self.filled == self.capacity
    }

    /// What was filled in.
    pub fn filled(&self) -> &[u8] {
        &self.memory[self.begin..self.begin + self.filled]
    }

    /// Empties it.
    pub fn clear(&mut self) {
        self.filled = 0;
    }
}

/// Keeps a few blocks of memory for reads, so that they stay in the processor's cache.
pub struct BufferPool {
    free: Mutex<Vec<Vec<u8>>>,
}

/// The most blocks that are kept: 4 MiB.
const KEPT: usize = 64;

impl BufferPool {
    /// An empty pool.
    pub fn new() -> Arc<Self> {
        Arc::new(Self {
            free: Mutex::default(),
        })
    }

    /// A block of [`BLOCK_BYTES`], with whatever it held before.
    pub fn take(self: &Arc<Self>) -> PooledBuffer {
        let kept = self.free.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let memory = kept.unwrap_or_else(|| vec![0; BLOCK_BYTES]);
        PooledBuffer {
            memory,
            pool: Arc::clone(self),
            range: 0..0,
        }
    }
}

/// A block that returns to its pool.
pub struct PooledBuffer {
    /// The whole block.
    pub memory: Vec<u8>,
    /// What of it is shown.
    pub range: std::ops::Range<usize>,
    pool: Arc<BufferPool>,
}

impl AsRef<[u8]> for PooledBuffer {
    fn as_ref(&self) -> &[u8] {
        &self.memory[self.range.clone()]
    }
}

impl Drop for PooledBuffer {
    fn drop(&mut self) {
        let mut free = self.pool.free.lock().unwrap_or_else(PoisonError::into_inner);
        if free.len() < KEPT {
            free.push(std::mem::take(&mut self.memory));
        }
    }
}
