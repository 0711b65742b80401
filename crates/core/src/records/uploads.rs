//! Uploads.
use super::{Listing, Records, Stored, damaged, decode, encode, index_key, time_sort};
use crate::domain::ids::{MaterialId, SubmissionId, UploadId, UserId};
use crate::domain::name::Filename;
use crate::domain::upload::{Upload, UploadState};
use crate::ports::object_store::{MultipartId, ObjectKey, Sha256};
use crate::ports::record_store::{
    Condition, Cursor, Direction, Index, Key, Record, SortRange, Source, StoreError, Write,
};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// How long it is remembered that an upload was given up.
const ABORTED_KEPT: SignedDuration = SignedDuration::from_hours(7 * 24);

#[derive(Serialize, Deserialize)]
struct StoredUpload {
    v: u8,
    id: UploadId,
    owner: UserId,
    filename: Filename,
    size: u64,
    #[serde(default)]
    open_length: bool,
    content_type: String,
    sha256: Option<String>,
    object: ObjectKey,
    multipart: Option<MultipartId>,
    part_size: u64,
    state: StoredState,
    created_at: Timestamp,
    expires_at: Timestamp,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "lowercase", tag = "is")]
enum StoredState {
    Open,
    Completed { material: MaterialId, version: u32 },
    Submitted { submission: SubmissionId },
    Aborted,
}

/// Where an upload is.
pub fn key(id: UploadId) -> Key {
    Key::new(format!("upload#{id}"), "state")
}

/// The write that stores an upload.
pub fn put(upload: &Upload, condition: Condition) -> Write {
    let stored = StoredUpload {
        v: 1,
        id: upload.id,
        owner: upload.owner,
        filename: upload.filename.clone(),
        size: upload.size,
        open_length: upload.open_length,
        content_type: upload.content_type.clone(),
        sha256: upload.sha256.map(Sha256::to_hex),
        object: upload.object.clone(),
        multipart: upload.multipart.clone(),
        part_size: upload.part_size,
        state: match upload.state {
            UploadState::Open => StoredState::Open,
            UploadState::Completed { material, version } => StoredState::Completed { material, version },
            UploadState::Submitted { submission } => StoredState::Submitted { submission },
            UploadState::Aborted => StoredState::Aborted,
        },
        created_at: upload.created_at,
        expires_at: upload.expires_at,
    };
    let mut record = Record::new(key(upload.id), encode(&stored));
    match upload.state {
        UploadState::Open => {
            record.index_keys = vec![
                index_key(
                    Index::Owner,
                    owner_partition(upload.owner),
                    format!("{}#{}", time_sort(upload.created_at), upload.id),
                ),
                index_key(
                    Index::Due,
                    "uploads",
                    format!("{}#{}", time_sort(upload.expires_at), upload.id),
                ),
            ];
        }
        UploadState::Completed { .. } | UploadState::Submitted { .. } => {}
        UploadState::Aborted => record.expires_at = upload.expires_at.checked_add(ABORTED_KEPT).ok(),
    }
    Write::Put(record, condition)
}

/// The write that forgets an upload with its material.
pub fn delete(id: UploadId) -> Write {
    Write::Delete(key(id), Condition::Any)
}

fn owner_partition(owner: UserId) -> String {
    format!("uploads-of#{owner}")
}

fn from_record(record: &Record) -> Result<Stored<Upload>, StoreError> {
    let stored: StoredUpload = decode(record)?;
    let sha256 = stored
        .sha256
        .map(|text| {
            Sha256::from_hex(&text)
                .ok_or("not a digest")
                .map_err(damaged("an upload's sha256"))
        })
        .transpose()?;
    let value = Upload {
        id: stored.id,
        owner: stored.owner,
        filename: stored.filename,
        size: stored.size,
        open_length: stored.open_length,
        content_type: stored.content_type,
        sha256,
        object: stored.object,
        multipart: stored.multipart,
        part_size: stored.part_size,
        state: match stored.state {
            StoredState::Open => UploadState::Open,
            StoredState::Completed { material, version } => UploadState::Completed { material, version },
            StoredState::Submitted { submission } => UploadState::Submitted { submission },
            StoredState::Aborted => UploadState::Aborted,
        },
        created_at: stored.created_at,
        expires_at: stored.expires_at,
    };
    Ok(Stored {
        value,
        version: record.version,
    })
}

impl Records {
    /// An upload by id.
    pub async fn upload(&self, id: UploadId) -> Result<Option<Stored<Upload>>, StoreError> {
        self.one(key(id)).await?.as_ref().map(from_record).transpose()
    }

    /// Which of these uploads exist and are not aborted, in the ids' order; at most 100.
    pub async fn uploads_in_use(&self, ids: &[UploadId]) -> Result<Vec<bool>, StoreError> {
        let keys: Vec<Key> = ids.iter().map(|id| key(*id)).collect();
        let found = self.store().get(&keys).await?;
        found
            .iter()
            .map(|record| match record {
                Some(record) => Ok(from_record(record)?.value.state != UploadState::Aborted),
                None => Ok(false),
            })
            .collect()
    }

    /// A user's open uploads, latest first.
    pub async fn open_uploads(
        &self,
        owner: UserId,
        limit: u32,
        cursor: Option<Cursor>,
    ) -> Result<Listing<Upload>, StoreError> {
        let source = Source::Index(Index::Owner);
        let page = self
            .page(
                source,
                owner_partition(owner),
                SortRange::All,
                Direction::Descending,
                limit,
                cursor,
            )
            .await?;
        page.listing(|r| from_record(r).map(|s| s.value))
    }

    /// Open uploads whose time ended before `now`, earliest first.
    pub async fn due_uploads(&self, now: Timestamp, limit: u32) -> Result<Vec<Stored<Upload>>, StoreError> {
        let records = self.due("uploads", now, limit).await?;
        records.iter().map(from_record).collect()
    }
}
