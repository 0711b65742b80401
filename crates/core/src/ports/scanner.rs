//! Whether a file is known to do harm.
use async_trait::async_trait;
use std::path::Path;

/// What a scanner says of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing is known against it.
    Clean,
    /// It is, or holds, something that is known to do harm.
    Infected,
}

/// The scanner does not answer; asking again may help.
#[derive(Debug, thiserror::Error)]
#[error("scanner unavailable: {0}")]
pub struct ScanUnavailable(pub String);

/// The port. Its verdict on the same bytes may change, as more becomes known.
#[async_trait]
pub trait Scanner: Send + Sync + 'static {
    /// Looks at all of a local file.
    async fn scan(&self, file: &Path) -> Result<Verdict, ScanUnavailable>;
}
