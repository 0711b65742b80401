//! What clients of a class's function URL keep: objects on their way, and entries by time and number.
use super::{Listing, Records, Stored, decode, encode, index_key, time_sort};
use crate::domain::ids::ClassId;
use crate::ports::object_store::ObjectKey;
use crate::ports::record_store::{
    Condition, Cursor, Direction, Index, Key, Record, SortRange, Source, StoreError, Write,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A video that a client has asked to upload and not yet written down.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PendingObject {
    /// Of which class.
    pub class: ClassId,
    /// As the client calls it; others may call theirs the same.
    pub object_name: String,
    /// For whom, where the client has said so.
    #[serde(default)]
    pub user_id: Option<String>,
    /// The digest of the function URL's token; `None` in what was begun before this was kept.
    #[serde(default)]
    pub through: Option<String>,
    /// When; `None` in what was begun before this was kept, of which there was one to a name.
    #[serde(default)]
    pub begun_at: Option<Timestamp>,
    /// Where it is or will be.
    pub object: ObjectKey,
    /// After this nothing can be written there any more.
    pub writable_until: Timestamp,
    /// After this it is removed.
    pub expires_at: Timestamp,
}

/// A record as the client wrote it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FunctionEntry {
    /// The client's number for whoever sent it; at most 200 characters.
    pub user_id: String,
    /// 32 bits.
    pub submission_id: u32,
    /// ISO 8601 local, as the client wrote it.
    pub timestamp: String,
    /// As the client calls it.
    pub object_name: String,
    /// At most 200 characters.
    pub title: String,
    /// At most 2,000 characters.
    pub description: String,
    /// Where the video is; `None` once its time was over.
    pub object: Option<ObjectKey>,
    /// By content.
    pub content_type: String,
    /// In bytes.
    pub size: u64,
    /// When it was written, by the server's clock.
    pub written_at: Timestamp,
    /// Until when the URL holds by which the video came.
    pub writable_until: Timestamp,
}

#[derive(Serialize, Deserialize)]
struct StoredAs<T> {
    v: u8,
    #[serde(flatten)]
    value: T,
}

fn url_key(digest: &str) -> Key {
    Key::new(format!("function-url#{digest}"), "class")
}

fn pending_partition(class: ClassId) -> String {
    format!("function-objects#{class}")
}

fn name_sort(object_name: &str) -> String {
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, object_name.as_bytes());
    hex::encode(digest)
}

/// Those of one name stand together, by time.
fn pending_key(pending: &PendingObject) -> Key {
    let name = name_sort(&pending.object_name);
    let sort = match pending.begun_at {
        Some(at) => format!("{name}#{}#{}", time_sort(at), pending.object.0),
        None => name,
    };
    Key::new(pending_partition(pending.class), sort)
}

fn partition(class: ClassId) -> String {
    format!("function-entries#{class}")
}

fn entry_key(class: ClassId, timestamp: &str, submission_id: u32) -> Key {
    Key::new(partition(class), format!("{timestamp}#{submission_id:010}"))
}

/// The write that makes a URL with this digest lead to a class.
pub fn put_url(digest: &str, class: ClassId) -> Write {
    let record = Record::new(url_key(digest), class.to_string().into_bytes());
    Write::Put(record, Condition::Absent)
}

/// The write that makes it lead nowhere.
pub fn delete_url(digest: &str) -> Write {
    Write::Delete(url_key(digest), Condition::Any)
}

/// The check that a URL with this digest still leads to a class.
pub fn check_url(digest: &str) -> Write {
    Write::Check(url_key(digest), Condition::Present)
}

/// The write that notes an object on its way.
pub fn put_pending(pending: &PendingObject) -> Write {
    let stored = StoredAs {
        v: 1,
        value: pending.clone(),
    };
    let mut record = Record::new(pending_key(pending), encode(&stored));
    record.index_keys = vec![index_key(
        Index::Due,
        "function-objects",
        format!("{}#{}", time_sort(pending.expires_at), pending.object.0),
    )];
    Write::Put(record, Condition::Absent)
}

/// The write that forgets it.
pub fn delete_pending(pending: &Stored<PendingObject>) -> Write {
    Write::Delete(pending_key(&pending.value), Condition::Version(pending.version))
}

/// The write that stores an entry.
pub fn put_entry(class: ClassId, entry: &FunctionEntry, condition: Condition) -> Write {
    let stored = StoredAs {
        v: 1,
        value: entry.clone(),
    };
    let key = entry_key(class, &entry.timestamp, entry.submission_id);
    Write::Put(Record::new(key, encode(&stored)), condition)
}

/// The write that removes an entry.
pub fn delete_entry(class: ClassId, entry: &Stored<FunctionEntry>) -> Write {
    let key = entry_key(class, &entry.value.timestamp, entry.value.submission_id);
    Write::Delete(key, Condition::Version(entry.version))
}

fn pending_from(record: &Record) -> Result<Stored<PendingObject>, StoreError> {
    let stored: StoredAs<PendingObject> = decode(record)?;
    Ok(Stored {
        value: stored.value,
        version: record.version,
    })
}

fn entry_from(record: &Record) -> Result<Stored<FunctionEntry>, StoreError> {
    let stored: StoredAs<FunctionEntry> = decode(record)?;
    Ok(Stored {
        value: stored.value,
        version: record.version,
    })
}

impl Records {
    /// The class that a function URL with this digest leads to.
    pub async fn class_of_function_url(&self, digest: &str) -> Result<Option<ClassId>, StoreError> {
        let Some(record) = self.one(url_key(digest)).await? else {
            return Ok(None);
        };
        let text = String::from_utf8_lossy(&record.body);
        text.parse().map(Some).map_err(super::damaged("a function URL"))
    }

    /// Objects on their way under a client's name, the one begun last first.
    pub async fn pending_objects(
        &self,
        class: ClassId,
        object_name: &str,
        limit: u32,
    ) -> Result<Vec<Stored<PendingObject>>, StoreError> {
        let range = SortRange::Prefix(name_sort(object_name));
        let partition = pending_partition(class);
        let page = self
            .page(
                Source::Table,
                partition,
                range,
                Direction::Descending,
                limit,
                None,
            )
            .await?;
        page.records.iter().map(pending_from).collect()
    }

    /// All objects on their way to a class.
    pub async fn pending_objects_of(
        &self,
        class: ClassId,
        limit: u32,
        cursor: Option<Cursor>,
    ) -> Result<Listing<Stored<PendingObject>>, StoreError> {
        let partition = pending_partition(class);
        let (all, order) = (SortRange::All, Direction::Ascending);
        let page = self
            .page(Source::Table, partition, all, order, limit, cursor)
            .await?;
        page.listing(pending_from)
    }

    /// Objects on their way whose time ended before `now`, earliest first.
    pub async fn due_pending_objects(
        &self,
        now: Timestamp,
        limit: u32,
    ) -> Result<Vec<Stored<PendingObject>>, StoreError> {
        let records = self.due("function-objects", now, limit).await?;
        records.iter().map(pending_from).collect()
    }

    /// An entry by time and number.
    pub async fn function_entry(
        &self,
        class: ClassId,
        timestamp: &str,
        submission_id: u32,
    ) -> Result<Option<Stored<FunctionEntry>>, StoreError> {
        let record = self.one(entry_key(class, timestamp, submission_id)).await?;
        record.as_ref().map(entry_from).transpose()
    }

    /// Entries whose time begins with a text, in order of time; all of them without one.
    pub async fn function_entries(
        &self,
        class: ClassId,
        prefix: &str,
        limit: u32,
        cursor: Option<Cursor>,
    ) -> Result<Listing<Stored<FunctionEntry>>, StoreError> {
        let range = if prefix.is_empty() {
            SortRange::All
        } else {
            SortRange::Prefix(prefix.to_owned())
        };
        let page = self
            .page(
                Source::Table,
                partition(class),
                range,
                Direction::Ascending,
                limit,
                cursor,
            )
            .await?;
        page.listing(entry_from)
    }
}
