//! An S3 endpoint on the local disk: one bucket, one key pair, the protocol that every S3 client
//! speaks.
//!
//! A request is authenticated before anything is looked up ([`authenticate`]), its body goes to a
//! blob ([`receive`], [`blob`]), the blob is made part of an object by one transaction
//! ([`index`]), and only then is it answered. It does not know users, quotas or uploads: whoever
//! signs decides. Versions, ACLs, policies and encryption settings of S3 are deliberately absent.
mod authenticate;
mod blob;
mod checksum;
mod chunked;
mod error;
mod index;
mod object_body;
mod ops;
mod query;
mod receive;
mod request_body;
mod response;
mod service;
mod sweep;

pub use response::ResponseBody;
pub(crate) use service::THROUGH;
pub use service::Withdrawn;
pub use sweep::{Examination, Swept};

use crate::credentials::{Credentials, WeakCredentials};
use crate::sigv4::Signer;
use blob::{BlobStore, BufferPool};
use homeroom_core::ports::{Clock, Ids};
use index::Index;
use receive::Receiver;
use std::path::Path;
use std::sync::Arc;

/// What the endpoint accepts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The least size of a part that is not the last one. Default 5 MiB, as S3 has it.
    pub min_part_bytes: u64,
    /// The largest body of one PUT. Default 5 GiB, as S3 has it.
    pub max_put_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            min_part_bytes: 5 * 1024 * 1024,
            max_put_bytes: 5 * 1024 * 1024 * 1024,
        }
    }
}

/// How the endpoint is set up.
#[derive(Clone)]
pub struct EmbeddedConfig {
    /// The one bucket: the first segment of every path.
    pub bucket: String,
    /// What signatures name; `us-east-1` suits all clients.
    pub region: String,
    /// The one key pair.
    pub credentials: Credentials,
    /// What is accepted.
    pub limits: Limits,
    /// Decides what has expired.
    pub clock: Arc<dyn Clock>,
    /// Names blobs, multipart uploads and requests.
    pub ids: Arc<dyn Ids>,
}

/// Why the endpoint does not open.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Empty or default secrets (HARDENING 8).
    #[error("object store credentials: {0}")]
    Credentials(#[from] WeakCredentials),
    /// Not 3 to 63 lower-case letters, digits and hyphens.
    #[error("{0:?} cannot be a bucket: 3 to 63 lower-case letters, digits and hyphens")]
    Bucket(String),
    /// The directory cannot be used.
    #[error("object directory: {0}")]
    Directory(#[from] std::io::Error),
    /// The index cannot be used.
    #[error("object index: {0}")]
    Index(#[from] homeroom_sqlite::Error),
}

struct Inner {
    bucket: String,
    region: String,
    credentials: Credentials,
    signer: Arc<Signer>,
    limits: Limits,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn Ids>,
    index: Index,
    blobs: Arc<BlobStore>,
    pool: Arc<BufferPool>,
    /// One reference more for each object that is being read.
    reading: Arc<()>,
    receiver: Receiver,
}

/// The endpoint. Clones share one store.
#[derive(Clone)]
pub struct EmbeddedS3 {
    inner: Arc<Inner>,
}

impl EmbeddedS3 {
    /// Opens or makes the store in `directory`, which nobody else may have open, and removes
    /// unfinished files. Whole files that a crash left without an object are removed by
    /// [`Self::sweep`], which the program calls soon after the start and then from time to time:
    /// it reads the whole index, and nobody should wait for it.
    ///
    /// # Errors
    /// See [`OpenError`].
    #[expect(
        clippy::unused_async,
        reason = "opening may come to wait; callers are async anyway"
    )]
    pub async fn open(directory: &Path, config: EmbeddedConfig) -> Result<Self, OpenError> {
        config.credentials.check()?;
        if !is_bucket_name(&config.bucket) {
            return Err(OpenError::Bucket(config.bucket));
        }
        std::fs::create_dir_all(directory)?;
        let blobs = BlobStore::open(directory)?;
        let index = Index::open(&directory.join("index.sqlite"))?;
        let endpoint = Self {
            inner: Arc::new(Inner {
                signer: Arc::new(Signer::new(config.credentials.clone(), config.region.clone())),
                bucket: config.bucket,
                region: config.region,
                credentials: config.credentials,
                limits: config.limits,
                clock: config.clock,
                ids: config.ids,
                index,
                receiver: Receiver::new(Arc::clone(&blobs)),
                pool: BufferPool::new(),
                reading: Arc::new(()),
                blobs,
            }),
        };
        Ok(endpoint)
    }

    /// The one bucket.
    pub fn bucket(&self) -> &str {
        &self.inner.bucket
    }

    /// What signatures name.
    pub fn region(&self) -> &str {
        &self.inner.region
    }

    /// The one key pair, for the client beside it and for the command that prints it.
    pub fn credentials(&self) -> &Credentials {
        &self.inner.credentials
    }

    pub(crate) fn signer(&self) -> &Arc<Signer> {
        &self.inner.signer
    }

    pub(crate) fn clock(&self) -> &Arc<dyn Clock> {
        &self.inner.clock
    }
}

fn is_bucket_name(name: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (3..=63).contains(&name.len())
        && name.bytes().all(allowed)
        && !name.starts_with('-')
        && !name.ends_with('-')
}
