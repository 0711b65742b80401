//! The port's methods, one S3 operation each.
use super::S3ObjectStore;
use super::answers::{objects, odd, parts, quoted, root, uploads};
use super::call::{Answer, Call};
use super::refusal::{Failure, of_code};
use crate::xml::Writer;
use async_trait::async_trait;
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use bytes::Bytes;
use futures::{StreamExt as _, TryStreamExt as _};
use homeroom_core::ports::ObjectStore;
use homeroom_core::ports::object_store::{
    Audience, ByteStream, GetGrant, ListedObject, MultipartId, ObjectError, ObjectInfo, ObjectKey,
    OpenMultipart, PartGrant, Presigned, PutGrant, Sha256, StoredPart,
};
use http::Method;
use md5::{Digest as _, Md5};
use std::ops::Range;

/// Where a service deletes one object at a time.
const DELETIONS_AT_ONCE: usize = 16;

#[async_trait]
impl ObjectStore for S3ObjectStore {
    fn presign_put(&self, grant: &PutGrant<'_>, audience: &Audience) -> Presigned {
        self.grant_put(grant, audience)
    }

    fn presign_part(&self, grant: &PartGrant<'_>, audience: &Audience) -> Presigned {
        self.grant_part(grant, audience)
    }

    fn presign_get(&self, grant: &GetGrant<'_>, audience: &Audience) -> Presigned {
        self.grant_get(grant, audience)
    }

    async fn create_multipart(
        &self,
        key: &ObjectKey,
        content_type: &str,
    ) -> Result<MultipartId, ObjectError> {
        let key = self.placed(&key.0);
        // A second one, should the first answer be lost, is swept like any that is abandoned.
        let mut call = Call::new(Method::POST, &key)
            .query("uploads", "")
            .header("content-type", content_type);
        call.headers.extend(self.encryption_headers());
        let document = self.call(&call).await?.document().await?;
        let root = root(&document, "InitiateMultipartUploadResult")?;
        let id = root.value("UploadId").filter(|id| !id.is_empty());
        id.map(|id| MultipartId(id.to_owned()))
            .ok_or_else(|| odd("no upload id"))
    }

    async fn list_parts(
        &self,
        key: &ObjectKey,
        multipart: &MultipartId,
    ) -> Result<Vec<StoredPart>, ObjectError> {
        let key = self.placed(&key.0);
        let mut found: Vec<StoredPart> = Vec::new();
        let mut marker = String::new();
        loop {
            let mut call = Call::new(Method::GET, &key).query("uploadId", &multipart.0);
            if !marker.is_empty() {
                call = call.query("part-number-marker", &marker);
            }
            let document = self.call(&call).await?.document().await?;
            let root = root(&document, "ListPartsResult")?;
            found.extend(parts(&root)?);
            let next = root.value("NextPartNumberMarker").unwrap_or_default();
            if root.value("IsTruncated") != Some("true") || next.is_empty() || next == marker {
                found.sort_by_key(|part| part.number);
                return Ok(found);
            }
            next.clone_into(&mut marker);
        }
    }

    async fn complete_multipart(
        &self,
        key: &ObjectKey,
        multipart: &MultipartId,
        parts: &[StoredPart],
    ) -> Result<(), ObjectError> {
        let document = Writer::root("CompleteMultipartUpload", |writer| {
            for part in parts {
                writer.nest("Part", |writer| {
                    writer.value("PartNumber", part.number);
                    writer.text("ETag", &part.etag);
                });
            }
        });
        let place = self.placed(&key.0);
        let call = Call::new(Method::POST, &place)
            .query("uploadId", &multipart.0)
            .header("content-type", "application/xml")
            .header("if-none-match", "*")
            .body(document);
        let (error, doubt) = match self.call(&call).await {
            Err(failure) => {
                let doubt = Doubt::of(&failure);
                (failure.into(), doubt)
            }
            // What follows the status may break off, or be an error after all.
            Ok(answer) => match answer.document().await.and_then(|document| completed(&document)) {
                Ok(()) => return Ok(()),
                Err(error @ ObjectError::Unavailable(_)) => (error, Doubt::Unheard),
                Err(error) => (error, Doubt::None),
            },
        };
        if doubt == Doubt::None {
            return Err(error);
        }
        // An attempt may have joined them although we did not hear so.
        if self.head(key).await?.is_some_and(|info| is_join_of(&info, parts)) {
            return Ok(());
        }
        // radosgw 16 has an internal error where an upload has been aborted.
        match self.list_parts(key, multipart).await {
            Err(ObjectError::NotFound) if doubt == Doubt::Fault => Err(ObjectError::NotFound),
            _ => Err(error),
        }
    }

    async fn abort_multipart(&self, key: &ObjectKey, multipart: &MultipartId) -> Result<(), ObjectError> {
        let key = self.placed(&key.0);
        let call = Call::new(Method::DELETE, &key).query("uploadId", &multipart.0);
        match self.call(&call).await.map_err(ObjectError::from) {
            Ok(_) | Err(ObjectError::NotFound) => Ok(()),
            Err(error) => Err(error),
        }
    }

    async fn head(&self, key: &ObjectKey) -> Result<Option<ObjectInfo>, ObjectError> {
        let key = self.placed(&key.0);
        let call = Call::new(Method::HEAD, &key).header("x-amz-checksum-mode", "ENABLED");
        let answer = match self.call(&call).await.map_err(ObjectError::from) {
            Ok(answer) => answer,
            Err(ObjectError::NotFound) => return Ok(None),
            Err(error) => return Err(error),
        };
        let size = answer.header("content-length").and_then(|size| size.parse().ok());
        // A digest of digests has a dash, and is not base64 of 32 bytes.
        let sha256 = answer
            .header("x-amz-checksum-sha256")
            .and_then(|value| BASE64.decode(value).ok())
            .and_then(|digest| <[u8; 32]>::try_from(digest).ok());
        Ok(Some(ObjectInfo {
            size: size.ok_or_else(|| odd("an object without a length"))?,
            etag: quoted(answer.header("etag").unwrap_or_default()),
            content_type: answer.header("content-type").map(str::to_owned),
            sha256: sha256.map(Sha256),
        }))
    }

    async fn get(
        &self,
        key: &ObjectKey,
        range: Option<Range<u64>>,
    ) -> Result<Option<ByteStream>, ObjectError> {
        let place = self.placed(&key.0);
        let mut call = Call::new(Method::GET, &place);
        if let Some(range) = &range {
            if range.is_empty() {
                let nothing = futures::stream::empty();
                return Ok(self.head(key).await?.map(|_| Box::pin(nothing) as ByteStream));
            }
            call = call.header("range", format!("bytes={}-{}", range.start, range.end - 1));
        }
        match self.call(&call).await.map_err(ObjectError::from) {
            Ok(answer) if range.is_some() && answer.status != http::StatusCode::PARTIAL_CONTENT => {
                Err(odd("the whole object instead of a range"))
            }
            Ok(answer) => Ok(Some(answer.body)),
            Err(ObjectError::NotFound) => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn put(&self, key: &ObjectKey, content_type: &str, content: Bytes) -> Result<(), ObjectError> {
        let key = self.placed(&key.0);
        let mut call = Call::new(Method::PUT, &key)
            .header("content-type", content_type)
            .body(content);
        call.headers.extend(self.encryption_headers());
        Ok(self.call(&call).await.map(drop)?)
    }

    async fn delete(&self, keys: &[ObjectKey]) -> Result<(), ObjectError> {
        if keys.is_empty() {
            return Ok(());
        }
        let places: Vec<String> = keys.iter().map(|key| self.placed(&key.0)).collect();
        match self.delete_together(&places).await {
            // Some services do not know how to delete many at once.
            Err(failure) if is_unknown(&failure) => self.delete_singly(&places).await,
            outcome => {
                let document = outcome?.document().await?;
                deleted(&document)
            }
        }
    }

    async fn list(&self, prefix: &str, after: Option<&ObjectKey>) -> Result<Vec<ListedObject>, ObjectError> {
        let prefix = self.placed(prefix);
        let after = after.map(|after| self.placed(&after.0));
        let mut call = Call::new(Method::GET, "")
            .query("list-type", "2")
            .query("prefix", &prefix);
        if let Some(after) = &after {
            call = call.query("start-after", after);
        }
        let document = self.call(&call).await?.document().await?;
        let listed = objects(&root(&document, "ListBucketResult")?)?;
        Ok(listed.into_iter().filter_map(|object| self.own(object)).collect())
    }

    async fn list_multiparts(&self) -> Result<Vec<OpenMultipart>, ObjectError> {
        let (mut key_marker, mut id_marker) = (String::new(), String::new());
        loop {
            let mut call = Call::new(Method::GET, "").query("uploads", "");
            if !self.prefix.is_empty() {
                call = call.query("prefix", &self.prefix);
            }
            if !key_marker.is_empty() {
                call = call
                    .query("key-marker", &key_marker)
                    .query("upload-id-marker", &id_marker);
            }
            let document = self.call(&call).await?.document().await?;
            let root = root(&document, "ListMultipartUploadsResult")?;
            let found = uploads(&root)?
                .into_iter()
                .filter_map(|upload| self.own_upload(upload));
            let found: Vec<OpenMultipart> = found.collect();
            // Of a bucket that others use as well, a page may hold none of ours.
            let next = root.value("NextKeyMarker").unwrap_or_default();
            let more = root.value("IsTruncated") == Some("true") && !next.is_empty();
            let next_id = root.value("NextUploadIdMarker").unwrap_or_default();
            if !found.is_empty() || !more || (next == key_marker && next_id == id_marker) {
                return Ok(found);
            }
            next.clone_into(&mut key_marker);
            next_id.clone_into(&mut id_marker);
        }
    }
}

impl S3ObjectStore {
    async fn delete_together(&self, places: &[String]) -> Result<Answer, Failure> {
        let document = Writer::root("Delete", |writer| {
            writer.text("Quiet", "true");
            for place in places {
                writer.nest("Object", |writer| writer.text("Key", place));
            }
        });
        let call = Call::new(Method::POST, "")
            .query("delete", "")
            .header("content-type", "application/xml")
            .header("content-md5", BASE64.encode(Md5::digest(&document)))
            .body(document);
        self.call(&call).await
    }

    async fn delete_singly(&self, places: &[String]) -> Result<(), ObjectError> {
        let one = |place: &String| {
            let place = place.clone();
            async move {
                let call = Call::new(Method::DELETE, &place);
                match self.call(&call).await.map_err(ObjectError::from) {
                    Ok(_) | Err(ObjectError::NotFound) => Ok(()),
                    Err(error) => Err(error),
                }
            }
        };
        futures::stream::iter(places.iter().map(one).collect::<Vec<_>>())
            .buffer_unordered(DELETIONS_AT_ONCE)
            .try_collect()
            .await
    }

    /// As core knows it; `None` for what is not below our prefix, should a service list such.
    fn own_key(&self, key: &ObjectKey) -> Option<ObjectKey> {
        key.0
            .strip_prefix(&self.prefix)
            .map(|key| ObjectKey(key.to_owned()))
    }

    fn own(&self, mut object: ListedObject) -> Option<ListedObject> {
        object.key = self.own_key(&object.key)?;
        Some(object)
    }

    fn own_upload(&self, mut upload: OpenMultipart) -> Option<OpenMultipart> {
        upload.key = self.own_key(&upload.key)?;
        Some(upload)
    }
}

/// Whether a call that failed may have been done.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Doubt {
    /// It was not.
    None,
    /// The service had an internal error.
    Fault,
    /// The answer was lost.
    Unheard,
}

impl Doubt {
    fn of(failure: &Failure) -> Self {
        match failure {
            _ if !failure.leaves_doubt() => Self::None,
            Failure::Refused(_) => Self::Fault,
            Failure::Lost { .. } => Self::Unheard,
        }
    }
}

/// Says nothing of the ETag, which radosgw 16 leaves empty.
fn completed(document: &[u8]) -> Result<(), ObjectError> {
    root(document, "CompleteMultipartUploadResult").map(drop)
}

fn deleted(document: &[u8]) -> Result<(), ObjectError> {
    let root = root(document, "DeleteResult")?;
    let codes = root
        .all("Error")
        .map(|error| error.value("Code").unwrap_or_default());
    match codes.into_iter().find(|code| *code != "NoSuchKey") {
        None => Ok(()),
        Some(code) => Err(of_code(code, http::StatusCode::INTERNAL_SERVER_ERROR, "")),
    }
}

fn is_unknown(failure: &Failure) -> bool {
    match failure {
        Failure::Refused(refusal) => matches!(refusal.status.as_u16(), 405 | 501),
        Failure::Lost { .. } => false,
    }
}

/// Whether an object is what these parts become. Keys are random and written once, so size and
/// number of parts tell it from nothing but damage; services compute the ETag differently.
fn is_join_of(info: &ObjectInfo, parts: &[StoredPart]) -> bool {
    let size: u64 = parts.iter().map(|part| part.size).sum();
    let count = info
        .etag
        .trim_matches('"')
        .rsplit_once('-')
        .map(|(_, count)| count);
    info.size == size && count.is_none_or(|count| count == parts.len().to_string())
}
