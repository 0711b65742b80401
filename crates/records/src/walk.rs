//! Walking over all records of a store, for moving a school between engines and nothing else.
//!
//! The port has no scan, and use cases never get one: this trait is for administration, which may
//! read a whole store once, page by page.
use async_trait::async_trait;
use homeroom_core::ports::record_store::{Record, StoreError};

/// The most records that one page of a walk holds.
pub const MAX_WALK_LIMIT: u32 = 1_000;

/// One page of a walk.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WalkPage {
    /// In the engine's own stable order. May be empty although more follow.
    pub records: Vec<Record>,
    /// Where to go on: opaque, printable, without line breaks, and valid in any later process.
    /// Absent when nothing follows.
    pub next: Option<String>,
}

/// A store that can be read and refilled as a whole, record by record.
#[async_trait]
pub trait RecordWalk: Send + Sync {
    /// Reads up to `limit` records (1 to [`MAX_WALK_LIMIT`]) behind `after`, or from the beginning;
    /// fewer where their bodies together would be large.
    ///
    /// A whole walk yields every record that was there from its beginning to its end exactly once,
    /// expired ones left out. What is written meanwhile may or may not be seen.
    ///
    /// # Errors
    /// [`StoreError::Invalid`] when `after` is not a position of this kind of store,
    /// [`StoreError::Damaged`] when a record cannot be trusted.
    async fn walk(&self, after: Option<String>, limit: u32) -> Result<WalkPage, StoreError>;

    /// Writes records exactly as given: body, index keys, count, version and expiry, in place of
    /// whatever occupies their keys. Durable when it returns; repeating it changes nothing. Not
    /// atomic over several records.
    ///
    /// # Errors
    /// [`StoreError::Invalid`] for records that break the port's limits; as for a write otherwise.
    async fn restore(&self, records: Vec<Record>) -> Result<(), StoreError>;
}
