//! The narrow waist for data: items under (partition, sort) with conditions, counters and expiry.
//!
//! Modelled on DynamoDB's single-table design so that SQLite, Postgres and DynamoDB each fit as
//! they are. The contract below is stated in terms all three can keep; `homeroom_testkit`'s
//! conformance suite proves an adapter against it.
//!
//! # Contract
//! - **Keys** are ordered bytewise within a partition. A partition is 1 to 1,024 bytes, a sort key
//!   1 to 1,024 bytes, neither empty, both UTF-8 without NUL.
//! - **Size**: a record's body is at most [`MAX_BODY_BYTES`]; with keys and index keys it stays
//!   under DynamoDB's 400 KB item. A transaction has 1 to [`MAX_TRANSACTION_WRITES`] writes and at
//!   most [`MAX_TRANSACTION_BYTES`] of bodies, and names no key twice.
//! - **Reads**: `get` is strongly consistent: it sees every transaction whose `transact` returned
//!   before `get` was called. `query` on the table is too. A query on an [`Index`] may lag and may
//!   show a transaction's items one by one; it never shows an item that was never written.
//! - **Atomicity**: `transact` applies all writes or none; conditions are evaluated against one
//!   state that no concurrent transaction changes in between.
//! - **Durability**: when `transact` returns `Ok`, its writes survive a crash and power loss.
//! - **Versions**: the store numbers an item's states from 1 and adds one at every put or add. A
//!   deleted item's numbering starts again.
//! - **Expiry**: an item whose `expires_at` is not after the store's clock is absent for `get`,
//!   `query` and every condition, at millisecond precision, though it may occupy space until
//!   [`RecordStore::remove_expired`] or the engine's own sweep.
use async_trait::async_trait;
use jiff::Timestamp;
use std::fmt;

/// The largest body of one record, in bytes. DynamoDB's item limit is 400 KB with all names.
pub const MAX_BODY_BYTES: usize = 350 * 1024;
/// The most writes in one transaction (DynamoDB `TransactWriteItems`: 100 actions).
pub const MAX_TRANSACTION_WRITES: usize = 100;
/// The most body bytes in one transaction. With the longest keys and index keys of 100 writes, another
/// 820 KB, it stays below DynamoDB's 4 MB.
pub const MAX_TRANSACTION_BYTES: usize = 3_100_000;
/// The most keys in one `get` (DynamoDB `BatchGetItem`: 100).
pub const MAX_GET_KEYS: usize = 100;
/// The most records in one page of a query.
pub const MAX_QUERY_LIMIT: u32 = 1_000;
/// The longest partition or sort key, in bytes (DynamoDB's sort key limit).
pub const MAX_KEY_BYTES: usize = 1_024;

/// The address of one record.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// Groups records that are queried together; all of one partition is ordered by `sort`.
    pub partition: String,
    /// Bytewise order within the partition.
    pub sort: String,
}

impl Key {
    /// A key of the two parts; limits are checked by the store, not here.
    pub fn new(partition: impl Into<String>, sort: impl Into<String>) -> Self {
        Self {
            partition: partition.into(),
            sort: sort.into(),
        }
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.partition, self.sort)
    }
}

/// A named sparse index: only records that carry an [`IndexKey`] for it appear in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Index {
    /// What belongs to somebody or something: "uploads of a user", "versions of a material".
    Owner,
    /// What is listed for everybody: "materials by time", "users by name".
    Listing,
    /// What is due at a time: jobs, sweeps, expirations of uploads.
    Due,
}

impl Index {
    /// Every index, for adapters that create them.
    pub const ALL: [Self; 3] = [Self::Owner, Self::Listing, Self::Due];

    /// The stored name; never changes.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Listing => "listing",
            Self::Due => "due",
        }
    }
}

/// A record's place in one index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndexKey {
    /// Which index.
    pub index: Index,
    /// Partition within the index; same limits as a key's.
    pub partition: String,
    /// Order within that partition; ties are allowed, their order is stable but unspecified.
    pub sort: String,
}

/// One stored item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Where it is.
    pub key: Key,
    /// Where else it is listed; at most one entry for each index.
    pub index_keys: Vec<IndexKey>,
    /// Opaque bytes, at most [`MAX_BODY_BYTES`].
    pub body: Vec<u8>,
    /// The item's counter: 0 unless [`Write::Add`] changed it. A put sets it to 0.
    pub count: i64,
    /// The state's number as stored; ignored by `Put`, which the store numbers itself.
    pub version: u64,
    /// When the record ceases to exist, if ever.
    pub expires_at: Option<Timestamp>,
}

impl Record {
    /// A record with a body and nothing else.
    pub fn new(key: Key, body: Vec<u8>) -> Self {
        Self {
            key,
            index_keys: Vec::new(),
            body,
            count: 0,
            version: 0,
            expires_at: None,
        }
    }
}

/// What must be true of an item for a write to happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Condition {
    /// Nothing.
    Any,
    /// No live item is there.
    Absent,
    /// A live item is there.
    Present,
    /// A live item is there in exactly this version.
    Version(u64),
}

/// One step of a transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Write {
    /// Replaces the whole item (body, index keys, expiry; the counter becomes 0).
    Put(Record, Condition),
    /// Removes the item; removing what is absent succeeds under `Any`.
    Delete(Key, Condition),
    /// Changes nothing, but fails the transaction unless the condition holds.
    Check(Key, Condition),
    /// Adds to the item's counter, creating the item with an empty body if it is absent; body,
    /// index keys and expiry stay. Fails as a condition when the result would leave `min..=max`.
    Add {
        /// Whose counter.
        key: Key,
        /// What is added; may be negative.
        delta: i64,
        /// The smallest allowed result.
        min: i64,
        /// The largest allowed result.
        max: i64,
        /// The expiry of the item if this creates it; an item that is there keeps its own.
        expires_at: Option<Timestamp>,
    },
}

impl Write {
    /// The key that this step reads or changes.
    pub fn key(&self) -> &Key {
        match self {
            Self::Put(record, _) => &record.key,
            Self::Delete(key, _) | Self::Check(key, _) | Self::Add { key, .. } => key,
        }
    }
}

/// What a query walks over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// The table itself, strongly consistent.
    Table,
    /// An index, which may lag.
    Index(Index),
}

/// Which sort keys a query covers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SortRange {
    /// All of the partition.
    All,
    /// Those that begin with this non-empty text.
    Prefix(String),
    /// Those in `from..before`; either end may be open.
    Between {
        /// First included.
        from: Option<String>,
        /// First excluded.
        before: Option<String>,
    },
}

/// Which way a query walks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Smallest sort key first.
    Ascending,
    /// Largest sort key first.
    Descending,
}

/// Where a query goes on: opaque, printable, valid only for the same source, partition, range
/// and direction. It stays valid when the record that it points behind is deleted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor(pub String);

/// An ordered read of one partition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    /// Table or index.
    pub source: Source,
    /// The one partition.
    pub partition: String,
    /// The covered sort keys.
    pub range: SortRange,
    /// The order.
    pub direction: Direction,
    /// The most records in the page: 1 to [`MAX_QUERY_LIMIT`].
    pub limit: u32,
    /// Where to go on from.
    pub cursor: Option<Cursor>,
}

/// One page of a query.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// In the query's order. Shorter than the limit only at the end.
    pub records: Vec<Record>,
    /// Present when more may follow; absent when nothing does.
    pub next: Option<Cursor>,
}

/// Why the store did not answer.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The request breaks a limit of the contract; retrying cannot help. Nothing was written.
    #[error("record store: {0}")]
    Invalid(String),
    /// The store cannot be reached or is full or busy; nothing was written; a retry is safe.
    #[error("record store unavailable: {0}")]
    Unavailable(String),
    /// The connection broke after the write was sent: it may or may not have happened.
    #[error("record store: outcome unknown: {0}")]
    OutcomeUnknown(String),
    /// Stored data is damaged.
    #[error("record store: damaged data: {0}")]
    Damaged(String),
}

/// Why a transaction was not applied.
#[derive(Debug, thiserror::Error)]
pub enum TransactError {
    /// Conditions did not hold; nothing was written. The places of all failed writes, ascending
    /// where the engine reports all of them, at least one.
    #[error("conditions failed at writes {0:?}")]
    Condition(Vec<usize>),
    /// Another transaction was in the way; nothing was written; a retry is safe.
    #[error("transaction conflict")]
    Conflict,
    /// Anything else.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The port. See the module's documentation for the contract.
#[async_trait]
pub trait RecordStore: Send + Sync + 'static {
    /// Reads up to [`MAX_GET_KEYS`] items; the answer has the keys' order, `None` for the absent.
    async fn get(&self, keys: &[Key]) -> Result<Vec<Option<Record>>, StoreError>;

    /// Reads one page of one partition.
    async fn query(&self, query: &Query) -> Result<Page, StoreError>;

    /// Applies all writes or none, durably.
    async fn transact(&self, writes: Vec<Write>) -> Result<(), TransactError>;

    /// Frees the space of up to `limit` expired items and says how many; 0 where the engine does
    /// so by itself.
    async fn remove_expired(&self, limit: u32) -> Result<u32, StoreError>;

    /// Examines stored data for damage and returns a line for each finding (HARDENING 55).
    async fn examine(&self) -> Result<Vec<String>, StoreError>;
}

/// Checks the limits of the contract that need no store: every adapter calls it first.
///
/// # Errors
/// [`StoreError::Invalid`] naming the first broken limit.
pub fn check_writes(writes: &[Write]) -> Result<(), StoreError> {
    let invalid = |why: String| Err(StoreError::Invalid(why));
    if writes.is_empty() || writes.len() > MAX_TRANSACTION_WRITES {
        return invalid(format!(
            "a transaction has 1 to {MAX_TRANSACTION_WRITES} writes, not {}",
            writes.len()
        ));
    }
    let mut seen = std::collections::HashSet::with_capacity(writes.len());
    let mut bytes = 0;
    for write in writes {
        check_key(write.key())?;
        if !seen.insert(write.key()) {
            return invalid(format!("key {:?} is named twice", write.key()));
        }
        if let Write::Put(record, _) = write {
            bytes += record.body.len();
            check_record(record)?;
        }
    }
    if bytes > MAX_TRANSACTION_BYTES {
        return invalid(format!(
            "a transaction holds at most {MAX_TRANSACTION_BYTES} bytes, not {bytes}"
        ));
    }
    Ok(())
}

/// Checks one key's limits.
///
/// # Errors
/// [`StoreError::Invalid`] when a part is empty, longer than [`MAX_KEY_BYTES`] or holds NUL.
pub fn check_key(key: &Key) -> Result<(), StoreError> {
    check_key_part("partition", &key.partition)?;
    check_key_part("sort key", &key.sort)
}

fn check_key_part(what: &str, part: &str) -> Result<(), StoreError> {
    if part.is_empty() || part.len() > MAX_KEY_BYTES || part.contains('\0') {
        return Err(StoreError::Invalid(format!(
            "a {what} has 1 to {MAX_KEY_BYTES} bytes and no NUL; this one has {}",
            part.len()
        )));
    }
    Ok(())
}

fn check_record(record: &Record) -> Result<(), StoreError> {
    if record.body.len() > MAX_BODY_BYTES {
        return Err(StoreError::Invalid(format!(
            "a record's body has at most {MAX_BODY_BYTES} bytes, not {}",
            record.body.len()
        )));
    }
    for (place, entry) in record.index_keys.iter().enumerate() {
        check_key_part("index partition", &entry.partition)?;
        check_key_part("index sort key", &entry.sort)?;
        if record.index_keys[..place]
            .iter()
            .any(|other| other.index == entry.index)
        {
            return Err(StoreError::Invalid(format!(
                "index {} is named twice on one record",
                entry.index.name()
            )));
        }
    }
    Ok(())
}

/// Checks a query's limits.
///
/// # Errors
/// [`StoreError::Invalid`] when the limit is 0 or above [`MAX_QUERY_LIMIT`], or when the partition, the
/// prefix or an end of the range breaks a key's limits, for it could not begin or be a key.
pub fn check_query(query: &Query) -> Result<(), StoreError> {
    check_key_part("partition", &query.partition)?;
    if query.limit == 0 || query.limit > MAX_QUERY_LIMIT {
        return Err(StoreError::Invalid(format!(
            "a query's limit is 1 to {MAX_QUERY_LIMIT}, not {}",
            query.limit
        )));
    }
    match &query.range {
        SortRange::All => Ok(()),
        SortRange::Prefix(prefix) => check_key_part("prefix", prefix),
        SortRange::Between { from, before } => [from, before]
            .into_iter()
            .flatten()
            .try_for_each(|end| check_key_part("range's end", end)),
    }
}

/// Checks a `get`'s limits.
///
/// # Errors
/// [`StoreError::Invalid`] above [`MAX_GET_KEYS`] keys or when one breaks a key's limits.
pub fn check_get(keys: &[Key]) -> Result<(), StoreError> {
    if keys.len() > MAX_GET_KEYS {
        return Err(StoreError::Invalid(format!(
            "a get names at most {MAX_GET_KEYS} keys, not {}",
            keys.len()
        )));
    }
    keys.iter().try_for_each(check_key)
}
