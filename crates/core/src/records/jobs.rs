//! Jobs: the outbox. A job is written in the transaction of the change that causes it.
use super::{Listing, Records, Stored, decode, encode, index_key, time_sort};
use crate::domain::ids::JobId;
use crate::jobs::{Job, Lane, Payload};
use crate::ports::record_store::{
    Condition, Cursor, Direction, Index, Key, Record, SortRange, Source, StoreError, Write,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
struct StoredJob {
    v: u8,
    id: JobId,
    payload: Payload,
    attempts: u32,
    due_at: Timestamp,
    created_at: Timestamp,
    last_error: Option<String>,
    dead: bool,
}

fn key(id: JobId) -> Key {
    Key::new(format!("job#{id}"), "state")
}

/// What due times of a lane begin with: one listing has both lanes, the prompt one first.
const fn lane_prefix(lane: Lane) -> &'static str {
    match lane {
        Lane::Prompt => "",
        // Behind every digit.
        Lane::Patient => "~",
    }
}

/// The write that stores a job.
pub fn put(job: &Job, condition: Condition) -> Write {
    let stored = StoredJob {
        v: 1,
        id: job.id,
        payload: job.payload.clone(),
        attempts: job.attempts,
        due_at: job.due_at,
        created_at: job.created_at,
        last_error: job.last_error.clone(),
        dead: job.dead,
    };
    let mut record = Record::new(key(job.id), encode(&stored));
    let due = format!(
        "{}{}#{}",
        lane_prefix(job.payload.lane()),
        time_sort(job.due_at),
        job.id
    );
    record.index_keys = vec![if job.dead {
        index_key(Index::Listing, "dead-jobs", due)
    } else {
        index_key(Index::Due, "jobs", due)
    }];
    Write::Put(record, condition)
}

/// The write that ends a job that this worker holds.
pub fn finish(job: &Stored<Job>) -> Write {
    Write::Delete(key(job.value.id), Condition::Version(job.version))
}

fn from_record(record: &Record) -> Result<Stored<Job>, StoreError> {
    let stored: StoredJob = decode(record)?;
    let value = Job {
        id: stored.id,
        payload: stored.payload,
        attempts: stored.attempts,
        due_at: stored.due_at,
        created_at: stored.created_at,
        last_error: stored.last_error,
        dead: stored.dead,
    };
    Ok(Stored {
        value,
        version: record.version,
    })
}

impl Records {
    /// A job by id.
    pub async fn job(&self, id: JobId) -> Result<Option<Stored<Job>>, StoreError> {
        self.one(key(id)).await?.as_ref().map(from_record).transpose()
    }

    /// Jobs of a lane that are due at `now`, earliest first.
    pub async fn due_jobs(
        &self,
        lane: Lane,
        now: Timestamp,
        limit: u32,
    ) -> Result<Vec<Stored<Job>>, StoreError> {
        let before = now
            .checked_add(jiff::SignedDuration::from_millis(1))
            .unwrap_or(now);
        let prefix = lane_prefix(lane);
        let range = SortRange::Between {
            from: Some(prefix.to_owned()).filter(|prefix| !prefix.is_empty()),
            before: Some(format!("{prefix}{}", time_sort(before))),
        };
        let source = Source::Index(Index::Due);
        let page = self
            .page(source, "jobs".into(), range, Direction::Ascending, limit, None)
            .await?;
        page.records.iter().map(from_record).collect()
    }

    /// Jobs that wait or run: those of the prompt lane first, in each by when they are due.
    pub async fn waiting_jobs(&self, limit: u32, cursor: Option<Cursor>) -> Result<Listing<Job>, StoreError> {
        self.job_page(Index::Due, "jobs", limit, cursor).await
    }

    /// Jobs that failed for good, by when they last ran.
    pub async fn dead_jobs(&self, limit: u32, cursor: Option<Cursor>) -> Result<Listing<Job>, StoreError> {
        self.job_page(Index::Listing, "dead-jobs", limit, cursor).await
    }

    async fn job_page(
        &self,
        index: Index,
        partition: &str,
        limit: u32,
        cursor: Option<Cursor>,
    ) -> Result<Listing<Job>, StoreError> {
        let source = Source::Index(index);
        let page = self
            .page(
                source,
                partition.into(),
                SortRange::All,
                Direction::Ascending,
                limit,
                cursor,
            )
            .await?;
        page.listing(|r| from_record(r).map(|s| s.value))
    }
}
