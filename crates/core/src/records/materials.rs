//! Materials and their versions.
use super::{Listing, Records, Stored, damaged, decode, encode, index_key, time_sort};
use crate::domain::ids::{MaterialId, UploadId, UserId, VersionId};
use crate::domain::kind::Kind;
use crate::domain::language::Language;
use crate::domain::material::{
    AddedCaptions, Details, Material, Processing, RatingSummary, Reading, Recognition, Version, Visibility,
};
use crate::domain::name::Filename;
use crate::domain::subject::SubjectSlug;
use crate::domain::user::Grade;
use crate::ports::extractor::{Media, Notice, Rejection};
use crate::ports::object_store::{ObjectKey, Sha256};
use crate::ports::record_store::{
    Condition, Cursor, Direction, Index, Key, Record, SortRange, Source, StoreError, Write,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// All materials are walked in this many partitions, so that no partition is hot.
pub const SHARDS: u32 = 16;

#[derive(Serialize, Deserialize)]
struct StoredMaterial {
    v: u8,
    id: MaterialId,
    owner: UserId,
    title: String,
    description: String,
    subject: Option<SubjectSlug>,
    grade: Option<Grade>,
    course: Option<String>,
    tags: Vec<String>,
    language: Option<Language>,
    licence: Option<String>,
    visibility: Visibility,
    current: StoredVersion,
    #[serde(default)]
    rating: RatingSummary,
    created_at: Timestamp,
    updated_at: Timestamp,
}

#[derive(Serialize, Deserialize)]
struct StoredVersion {
    v: u8,
    id: VersionId,
    material: MaterialId,
    number: u32,
    upload: UploadId,
    object: ObjectKey,
    filename: Filename,
    size: u64,
    sha256: Option<String>,
    verified: bool,
    content_type: String,
    kind: Kind,
    has_cover: bool,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    has_layout: bool,
    processing: StoredProcessing,
    /// Absent in what was written before 0.4, as what follows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    media: Option<Media>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    notice: Option<Notice>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    recognition: Option<Recognition>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    captions: Option<AddedCaptions>,
    #[serde(default)]
    reading: Reading,
    created_at: Timestamp,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "lowercase", tag = "is")]
enum StoredProcessing {
    Running { done: u32, total: u32 },
    Ready { pages: u32 },
    Failed { reason: Rejection },
}

/// The partition of everything that belongs to one material.
pub(super) fn partition(id: MaterialId) -> String {
    format!("material#{id}")
}

/// Where a material is.
pub fn key(id: MaterialId) -> Key {
    Key::new(partition(id), "about")
}

fn version_key(id: MaterialId, number: u32) -> Key {
    Key::new(partition(id), format!("version#{number:04}"))
}

fn shard_partition(shard: u32) -> String {
    format!("materials#{shard}")
}

fn owner_partition(owner: UserId) -> String {
    format!("materials-of#{owner}")
}

/// The write that stores a material.
pub fn put(material: &Material, condition: Condition) -> Write {
    let details = material.details.clone();
    let stored = StoredMaterial {
        v: 1,
        id: material.id,
        owner: material.owner,
        title: details.title,
        description: details.description,
        subject: details.subject,
        grade: details.grade,
        course: details.course,
        tags: details.tags,
        language: details.language,
        licence: details.licence,
        visibility: details.visibility,
        current: store_version(&material.current),
        rating: material.rating,
        created_at: material.created_at,
        updated_at: material.updated_at,
    };
    let mut record = Record::new(key(material.id), encode(&stored));
    let by_time = format!("{}#{}", time_sort(material.created_at), material.id);
    let shard = u32::try_from(material.id.uuid().as_u128() % u128::from(SHARDS)).unwrap_or(0);
    record.index_keys = vec![
        index_key(Index::Owner, owner_partition(material.owner), by_time.clone()),
        index_key(Index::Listing, shard_partition(shard), by_time),
    ];
    Write::Put(record, condition)
}

/// The write that stores a version beside its material.
pub fn put_version(version: &Version, condition: Condition) -> Write {
    let record = Record::new(
        version_key(version.material, version.number),
        encode(&store_version(version)),
    );
    Write::Put(record, condition)
}

/// The write that removes a material; its versions have writes of their own.
pub fn delete(material: &Stored<Material>) -> Write {
    Write::Delete(key(material.value.id), Condition::Version(material.version))
}

/// The write that removes a version.
pub fn delete_version(id: MaterialId, number: u32) -> Write {
    Write::Delete(version_key(id, number), Condition::Any)
}

fn store_version(version: &Version) -> StoredVersion {
    StoredVersion {
        v: 1,
        id: version.id,
        material: version.material,
        number: version.number,
        upload: version.upload,
        object: version.object.clone(),
        filename: version.filename.clone(),
        size: version.size,
        sha256: version.sha256.map(Sha256::to_hex),
        verified: version.verified,
        content_type: version.content_type.clone(),
        kind: version.kind,
        has_cover: version.has_cover,
        has_layout: version.has_layout,
        processing: match version.processing {
            Processing::Running { done, total } => StoredProcessing::Running { done, total },
            Processing::Ready { pages } => StoredProcessing::Ready { pages },
            Processing::Failed(reason) => StoredProcessing::Failed { reason },
        },
        media: version.media,
        notice: version.notice,
        recognition: version.recognition,
        captions: version.captions.clone(),
        reading: version.reading,
        created_at: version.created_at,
    }
}

fn load_version(stored: StoredVersion) -> Result<Version, StoreError> {
    let sha256 = stored
        .sha256
        .map(|text| {
            Sha256::from_hex(&text)
                .ok_or("not a digest")
                .map_err(damaged("a version's sha256"))
        })
        .transpose()?;
    Ok(Version {
        id: stored.id,
        material: stored.material,
        number: stored.number,
        upload: stored.upload,
        object: stored.object,
        filename: stored.filename,
        size: stored.size,
        sha256,
        verified: stored.verified,
        content_type: stored.content_type,
        kind: stored.kind,
        has_cover: stored.has_cover,
        has_layout: stored.has_layout,
        processing: match stored.processing {
            StoredProcessing::Running { done, total } => Processing::Running { done, total },
            StoredProcessing::Ready { pages } => Processing::Ready { pages },
            StoredProcessing::Failed { reason } => Processing::Failed(reason),
        },
        media: stored.media,
        notice: stored.notice,
        recognition: stored.recognition,
        captions: stored.captions,
        reading: stored.reading,
        created_at: stored.created_at,
    })
}

fn from_record(record: &Record) -> Result<Stored<Material>, StoreError> {
    let stored: StoredMaterial = decode(record)?;
    let value = Material {
        id: stored.id,
        owner: stored.owner,
        details: Details {
            title: stored.title,
            description: stored.description,
            subject: stored.subject,
            grade: stored.grade,
            course: stored.course,
            tags: stored.tags,
            language: stored.language,
            licence: stored.licence,
            visibility: stored.visibility,
        },
        current: load_version(stored.current)?,
        rating: stored.rating,
        created_at: stored.created_at,
        updated_at: stored.updated_at,
    };
    Ok(Stored {
        value,
        version: record.version,
    })
}

/// Where a walk over all materials stands, so that it can be gone on with later.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WalkPlace {
    shard: u32,
    after: Option<String>,
}

impl WalkPlace {
    /// The beginning of the present shard, for when the place in it is not understood any more.
    #[must_use]
    pub fn at_its_shard(&self) -> Self {
        Self {
            shard: self.shard,
            after: None,
        }
    }
}

/// A walk over all materials.
pub struct EveryMaterial<'r> {
    records: &'r Records,
    limit: u32,
    shard: u32,
    cursor: Option<Cursor>,
}

impl EveryMaterial<'_> {
    /// The next ones, which may be none at all; `None` at the end.
    ///
    /// # Errors
    /// When the records do not answer; asked again, the walk goes on there.
    pub async fn next(&mut self) -> Result<Option<Vec<Material>>, StoreError> {
        if self.shard >= SHARDS {
            return Ok(None);
        }
        let listing = self
            .records
            .material_page(
                Index::Listing,
                shard_partition(self.shard),
                self.limit,
                self.cursor.clone(),
                Direction::Ascending,
            )
            .await?;
        if listing.next.is_none() {
            self.shard += 1;
        }
        self.cursor = listing.next;
        Ok(Some(listing.items))
    }

    /// Behind what was given last.
    pub fn place(&self) -> WalkPlace {
        WalkPlace {
            shard: self.shard,
            after: self.cursor.as_ref().map(|cursor| cursor.0.clone()),
        }
    }
}

impl Records {
    /// A material by id.
    pub async fn material(&self, id: MaterialId) -> Result<Option<Stored<Material>>, StoreError> {
        self.one(key(id)).await?.as_ref().map(from_record).transpose()
    }

    /// Materials by id, in the ids' order; at most 100.
    pub async fn materials(&self, ids: &[MaterialId]) -> Result<Vec<Option<Material>>, StoreError> {
        let keys: Vec<Key> = ids.iter().map(|id| key(*id)).collect();
        let records = self.store().get(&keys).await?;
        records
            .iter()
            .map(|record| {
                record
                    .as_ref()
                    .map(|r| from_record(r).map(|s| s.value))
                    .transpose()
            })
            .collect()
    }

    /// All versions of a material, latest first.
    pub async fn versions(&self, id: MaterialId) -> Result<Vec<Version>, StoreError> {
        let range = SortRange::Prefix("version#".into());
        let page = self
            .page(
                Source::Table,
                partition(id),
                range,
                Direction::Descending,
                100,
                None,
            )
            .await?;
        page.records
            .iter()
            .map(|record| load_version(decode(record)?))
            .collect()
    }

    /// A user's materials, latest first, whatever their state.
    pub async fn materials_of(
        &self,
        owner: UserId,
        limit: u32,
        cursor: Option<Cursor>,
    ) -> Result<Listing<Material>, StoreError> {
        self.material_page(
            Index::Owner,
            owner_partition(owner),
            limit,
            cursor,
            Direction::Descending,
        )
        .await
    }

    /// All materials, so many at a time, those of a shard earliest first: for rebuilding what is derived.
    pub fn every_material(&self, limit: u32) -> EveryMaterial<'_> {
        self.every_material_from(&WalkPlace::default(), limit)
    }

    /// The same from a place on.
    pub fn every_material_from(&self, place: &WalkPlace, limit: u32) -> EveryMaterial<'_> {
        EveryMaterial {
            records: self,
            limit,
            shard: place.shard,
            cursor: place.after.clone().map(Cursor),
        }
    }

    async fn material_page(
        &self,
        index: Index,
        partition: String,
        limit: u32,
        cursor: Option<Cursor>,
        direction: Direction,
    ) -> Result<Listing<Material>, StoreError> {
        let page = self
            .page(
                Source::Index(index),
                partition,
                SortRange::All,
                direction,
                limit,
                cursor,
            )
            .await?;
        page.listing(|r| from_record(r).map(|s| s.value))
    }
}
