//! What stands behind the ports that a command does not open: everything is unavailable.
use async_trait::async_trait;
use bytes::Bytes;
use homeroom_core::domain::ids::MaterialId;
use homeroom_core::ports::extractor::{ExtractError, Extraction, Picture, Progress};
use homeroom_core::ports::object_store::{
    Audience, ByteStream, GetGrant, ListedObject, MultipartId, ObjectError, ObjectInfo, ObjectKey,
    OpenMultipart, PartGrant, Presigned, PutGrant, StoredPart,
};
use homeroom_core::ports::scratch::{ScratchError, ScratchFile};
use homeroom_core::ports::search_index::{
    Change, FindRequest, Found, ListRequest, Listed, SearchError, SuggestRequest, Suggestion, Viewer,
};
use homeroom_core::ports::{Extractor, ObjectStore, Scratch, SearchIndex};
use jiff::Timestamp;
use std::path::Path;

const WHY: &str = "this command does not open it";

/// Refuses everything.
pub struct Absent;

fn no_objects<T>() -> Result<T, ObjectError> {
    Err(ObjectError::Unavailable(WHY.into()))
}

fn no_search<T>() -> Result<T, SearchError> {
    Err(SearchError::Unavailable(WHY.into()))
}

fn unsigned() -> Presigned {
    Presigned {
        method: "GET",
        url: String::new(),
        headers: Vec::new(),
        expires_at: Timestamp::UNIX_EPOCH,
    }
}

#[async_trait]
impl ObjectStore for Absent {
    fn presign_put(&self, _: &PutGrant<'_>, _: &Audience) -> Presigned {
        unsigned()
    }
    fn presign_part(&self, _: &PartGrant<'_>, _: &Audience) -> Presigned {
        unsigned()
    }
    fn presign_get(&self, _: &GetGrant<'_>, _: &Audience) -> Presigned {
        unsigned()
    }
    async fn create_multipart(&self, _: &ObjectKey, _: &str) -> Result<MultipartId, ObjectError> {
        no_objects()
    }
    async fn list_parts(&self, _: &ObjectKey, _: &MultipartId) -> Result<Vec<StoredPart>, ObjectError> {
        no_objects()
    }
    async fn complete_multipart(
        &self,
        _: &ObjectKey,
        _: &MultipartId,
        _: &[StoredPart],
    ) -> Result<(), ObjectError> {
        no_objects()
    }
    async fn abort_multipart(&self, _: &ObjectKey, _: &MultipartId) -> Result<(), ObjectError> {
        no_objects()
    }
    async fn head(&self, _: &ObjectKey) -> Result<Option<ObjectInfo>, ObjectError> {
        no_objects()
    }
    async fn get(
        &self,
        _: &ObjectKey,
        _: Option<std::ops::Range<u64>>,
    ) -> Result<Option<ByteStream>, ObjectError> {
        no_objects()
    }
    async fn put(&self, _: &ObjectKey, _: &str, _: Bytes) -> Result<(), ObjectError> {
        no_objects()
    }
    async fn delete(&self, _: &[ObjectKey]) -> Result<(), ObjectError> {
        no_objects()
    }
    async fn list(&self, _: &str, _: Option<&ObjectKey>) -> Result<Vec<ListedObject>, ObjectError> {
        no_objects()
    }
    async fn list_multiparts(&self) -> Result<Vec<OpenMultipart>, ObjectError> {
        no_objects()
    }
}

#[async_trait]
impl SearchIndex for Absent {
    async fn apply(&self, _: Vec<Change>) -> Result<(), SearchError> {
        no_search()
    }
    async fn find(&self, _: &FindRequest) -> Result<Found, SearchError> {
        no_search()
    }
    async fn list(&self, _: &ListRequest) -> Result<Listed, SearchError> {
        no_search()
    }
    async fn held(&self) -> Result<Vec<(MaterialId, u64)>, SearchError> {
        no_search()
    }
    async fn suggest(&self, _: &SuggestRequest) -> Result<Vec<Suggestion>, SearchError> {
        no_search()
    }
    async fn similar(&self, _: MaterialId, _: &Viewer, _: u32) -> Result<Vec<MaterialId>, SearchError> {
        no_search()
    }
    fn needs_rebuild(&self) -> bool {
        false
    }
    async fn clear(&self) -> Result<(), SearchError> {
        no_search()
    }
    async fn rebuilt(&self) -> Result<(), SearchError> {
        no_search()
    }
    fn followed(&self) -> Option<Timestamp> {
        None
    }
    async fn note_followed(&self, _: Timestamp) -> Result<(), SearchError> {
        no_search()
    }
}

#[async_trait]
impl Extractor for Absent {
    async fn extract(
        &self,
        _: &Path,
        _: &str,
        _: &(dyn Fn(Progress) + Send + Sync),
    ) -> Result<Extraction, ExtractError> {
        Err(ExtractError::Unavailable(WHY.into()))
    }
    async fn render(&self, _: &Path, _: u32, _: u32, _: u32) -> Result<Vec<Picture>, ExtractError> {
        Err(ExtractError::Unavailable(WHY.into()))
    }
}

#[async_trait]
impl Scratch for Absent {
    async fn spool(&self, _: ByteStream) -> Result<ScratchFile, ScratchError> {
        Err(ScratchError::Unavailable(WHY.into()))
    }
}
