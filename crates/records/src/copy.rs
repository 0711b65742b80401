//! Moving a school from one engine to another: every record as it is, with its version and counter.
//!
//! The school is stopped first: what is written to the source behind the copy's back is missing from the
//! target, and the verification says so. The target keeps how far the copy has come in records of its
//! own, so that a copy that was interrupted goes on where it was when it is begun again.
use crate::packed;
use crate::walk::RecordWalk;
use homeroom_core::ports::RecordStore;
use homeroom_core::ports::record_store::{
    Condition, IndexKey, Key, Record, StoreError, TransactError, Write,
};
use jiff::Timestamp;

/// The partition in which a target keeps how far a copy into it has come. It is not copied and not counted.
const PARTITION: &str = "homeroom:copy";
const PROGRESS: &str = "progress";
/// Records read and written at a time; their bodies together stay within a few megabytes.
const PAGE: u32 = 500;

/// A store that can be copied from and into.
pub trait CopyStore: RecordStore + RecordWalk {}

impl<S: RecordStore + RecordWalk> CopyStore for S {}

/// How many records a store has and what they say, in whatever order they were read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Live records.
    pub records: u64,
    /// Bytes of their bodies.
    pub bytes: u64,
    /// The sum of a 64-bit hash of each record: key, index keys, body, counter, version and expiry.
    pub hash: u64,
}

impl Tally {
    fn add(&mut self, record: &Record) -> Result<(), StoreError> {
        let mut index_keys: Vec<IndexKey> = record.index_keys.clone();
        index_keys.sort_by_key(|entry| entry.index);
        let expires_ms = record.expires_at.map(Timestamp::as_millisecond);
        let hash = packed::checksum(record, expires_ms, &packed::pack(&index_keys)?);
        self.records += 1;
        self.bytes += record.body.len() as u64;
        // Mixed first, so that damage to two records cannot cancel out as sums of checksums can.
        self.hash = self.hash.wrapping_add(mix(hash.cast_unsigned()));
        Ok(())
    }
}

/// SplitMix64's finaliser.
fn mix(mut number: u64) -> u64 {
    number = (number ^ (number >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    number = (number ^ (number >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    number ^ (number >> 31)
}

/// What a copy has done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Copied {
    /// Whether it went on where an earlier one was interrupted.
    pub resumed: bool,
    /// What the source has now.
    pub source: Tally,
    /// What the target has now.
    pub target: Tally,
}

/// Why a copy was not made, or cannot be relied on.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    /// The source cannot be read.
    #[error("reading the source: {0}")]
    Source(#[source] StoreError),
    /// The target cannot be written or read; beginning again goes on.
    #[error("writing the target: {0}")]
    Target(#[source] StoreError),
    /// The target has records, and they are not from an interrupted copy.
    #[error("the target is not empty; copy into an empty one")]
    TargetNotEmpty,
    /// All was copied, but the two differ: the source was written to meanwhile, or the target was.
    #[error(
        "the copy differs from its source ({} records of {}): stop the school and copy again into an empty target",
        .0.target.records, .0.source.records
    )]
    Differs(Box<Copied>),
}

/// Copies all live records of `from` into `to`, which is empty or has part of an earlier copy, and then
/// reads both again and compares them. `on_page` is told how many records this run has copied so far.
///
/// # Errors
/// See [`CopyError`]. After all but `Differs` and `TargetNotEmpty`, calling it again goes on.
pub async fn copy_records(
    from: &dyn CopyStore,
    to: &dyn CopyStore,
    mut on_page: impl FnMut(u64) + Send,
) -> Result<Copied, CopyError> {
    let earlier = progress(to).await?;
    let resumed = earlier.is_some();
    if !resumed {
        begin(to).await?;
    }
    let mut position = earlier.flatten();
    let mut copied = 0;
    loop {
        let mut page = from.walk(position, PAGE).await.map_err(CopyError::Source)?;
        page.records.retain(|record| record.key.partition != PARTITION);
        copied += page.records.len() as u64;
        to.restore(page.records).await.map_err(CopyError::Target)?;
        on_page(copied);
        if page.next.is_none() {
            break;
        }
        note(to, page.next.as_deref()).await?;
        position = page.next;
    }
    let result = Copied {
        resumed,
        source: tally(from).await.map_err(CopyError::Source)?,
        target: tally(to).await.map_err(CopyError::Target)?,
    };
    if result.source != result.target {
        return Err(CopyError::Differs(Box::new(result)));
    }
    finish(to).await?;
    Ok(result)
}

/// Reads a whole store and sums it up, except for what an interrupted copy has noted.
///
/// # Errors
/// As for [`RecordWalk::walk`].
pub async fn tally(store: &dyn CopyStore) -> Result<Tally, StoreError> {
    let (mut tally, mut position) = (Tally::default(), None);
    loop {
        let page = store.walk(position, PAGE).await?;
        for record in page
            .records
            .iter()
            .filter(|record| record.key.partition != PARTITION)
        {
            tally.add(record)?;
        }
        if page.next.is_none() {
            return Ok(tally);
        }
        position = page.next;
    }
}

fn progress_key() -> Key {
    Key::new(PARTITION, PROGRESS)
}

/// Where an interrupted copy goes on, if there was one.
async fn progress(to: &dyn CopyStore) -> Result<Option<Option<String>>, CopyError> {
    let found = to.get(&[progress_key()]).await.map_err(CopyError::Target)?;
    Ok(found.into_iter().flatten().next().map(|record| {
        let position = String::from_utf8(record.body).unwrap_or_default();
        Some(position).filter(|position| !position.is_empty())
    }))
}

async fn begin(to: &dyn CopyStore) -> Result<(), CopyError> {
    let mut position = None;
    loop {
        let page = to.walk(position, 1).await.map_err(CopyError::Target)?;
        if !page.records.is_empty() {
            return Err(CopyError::TargetNotEmpty);
        }
        position = page.next;
        if position.is_none() {
            return note(to, None).await;
        }
    }
}

/// Notes where to go on; written only after everything before it has been.
async fn note(to: &dyn CopyStore, position: Option<&str>) -> Result<(), CopyError> {
    let body = position.unwrap_or_default().as_bytes().to_vec();
    write(to, || {
        Write::Put(Record::new(progress_key(), body.clone()), Condition::Any)
    })
    .await
}

async fn finish(to: &dyn CopyStore) -> Result<(), CopyError> {
    write(to, || Write::Delete(progress_key(), Condition::Any)).await
}

/// A write that may be repeated; nobody else writes to the target, so that conflicts pass.
async fn write(to: &dyn CopyStore, write: impl Fn() -> Write) -> Result<(), CopyError> {
    for _ in 0..3 {
        match to.transact(vec![write()]).await {
            Ok(()) => return Ok(()),
            Err(TransactError::Store(error)) => return Err(CopyError::Target(error)),
            Err(TransactError::Conflict | TransactError::Condition(_)) => {}
        }
    }
    let why = "somebody else writes to the target";
    Err(CopyError::Target(StoreError::Unavailable(why.into())))
}
