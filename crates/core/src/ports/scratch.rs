//! A place for the bytes of one object while they are worked on.
use crate::ports::object_store::{ByteStream, Sha256};
use async_trait::async_trait;
use std::path::{Path, PathBuf};

/// A local file that is removed when this is dropped.
pub struct ScratchFile {
    path: PathBuf,
    /// In bytes.
    pub size: u64,
    /// Of the whole content.
    pub sha256: Sha256,
    _guard: Box<dyn Send + Sync>,
}

impl ScratchFile {
    /// A file at `path` that exists for as long as `guard`.
    pub fn new(path: PathBuf, size: u64, sha256: Sha256, guard: Box<dyn Send + Sync>) -> Self {
        Self {
            path,
            size,
            sha256,
            _guard: guard,
        }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

/// Why there is no file.
#[derive(Debug, thiserror::Error)]
pub enum ScratchError {
    /// The content's own stream failed; see [`ObjectError`](crate::ports::object_store::ObjectError).
    #[error(transparent)]
    Content(#[from] crate::ports::object_store::ObjectError),
    /// The local disk failed.
    #[error("scratch space unavailable: {0}")]
    Unavailable(String),
}

/// The port.
#[async_trait]
pub trait Scratch: Send + Sync + 'static {
    /// Writes the content to a new local file, counting and hashing it on the way.
    async fn spool(&self, content: ByteStream) -> Result<ScratchFile, ScratchError>;
}
