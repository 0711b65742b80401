//! The port's methods, one S3 operation each.
use super::S3ObjectStore;
use super::answers::{objects, odd, parts, quoted, root, uploads};
use super::call::Call;
use crate::sigv4::presign::{LONGEST_VALIDITY, PresignRequest, presign};
use crate::xml::Writer;
use async_trait::async_trait;
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use bytes::Bytes;
use homeroom_core::ports::ObjectStore;
use homeroom_core::ports::object_store::{
    Audience, ByteStream, GetGrant, ListedObject, MultipartId, ObjectError, ObjectInfo, ObjectKey,
    OpenMultipart, PartGrant, Presigned, PutGrant, Sha256, StoredPart,
};
use http::Method;
use jiff::{SignedDuration, Timestamp};
use md5::{Digest as _, Md5};
use std::ops::Range;
use std::time::Duration;

impl S3ObjectStore {
    fn grant(
        &self,
        method: &'static str,
        key: &ObjectKey,
        query: &[(&str, &str)],
        headers: &[(&str, &str)],
        valid_for: Duration,
        audience: &Audience,
    ) -> Presigned {
        let at = self.clock.now();
        let valid_for = Duration::from_secs(valid_for.min(LONGEST_VALIDITY).as_secs().max(1));
        let path = self.path(&key.0);
        let origin = self.origin_for(audience);
        let request = PresignRequest {
            method,
            origin,
            path: &path,
            query,
            headers,
            at,
            valid_for,
        };
        let sent = headers.iter().filter(|(name, _)| *name != "content-length");
        Presigned {
            method,
            url: presign(&self.signer, &request),
            headers: sent
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
            expires_at: later(at, valid_for),
        }
    }
}

fn later(at: Timestamp, by: Duration) -> Timestamp {
    SignedDuration::try_from(by)
        .ok()
        .and_then(|by| at.checked_add(by).ok())
        .unwrap_or(Timestamp::MAX)
}

#[async_trait]
impl ObjectStore for S3ObjectStore {
    fn presign_put(&self, grant: &PutGrant<'_>, audience: &Audience) -> Presigned {
        // Who knows neither length nor type knows no headers either: the endpoint alone keeps such
        // a key from being written twice.
        let Some(size) = grant.size.map(|size| size.to_string()) else {
            return self.grant("PUT", grant.key, &[], &[], grant.valid_for, audience);
        };
        let sha256 = grant.sha256.map(|digest| BASE64.encode(digest.0));
        let mut headers = vec![
            ("content-length", size.as_str()),
            ("content-type", grant.content_type),
            ("if-none-match", "*"),
        ];
        if let Some(sha256) = &sha256 {
            headers.push(("x-amz-checksum-sha256", sha256));
        }
        self.grant("PUT", grant.key, &[], &headers, grant.valid_for, audience)
    }

    fn presign_part(&self, grant: &PartGrant<'_>, audience: &Audience) -> Presigned {
        let (size, number) = (grant.size.to_string(), grant.number.to_string());
        let query = [("partNumber", number.as_str()), ("uploadId", &grant.multipart.0)];
        self.grant(
            "PUT",
            grant.key,
            &query,
            &[("content-length", &size)],
            grant.valid_for,
            audience,
        )
    }

    fn presign_get(&self, grant: &GetGrant<'_>, audience: &Audience) -> Presigned {
        let query = [
            ("response-content-disposition", grant.content_disposition),
            ("response-content-type", grant.content_type),
        ];
        self.grant("GET", grant.key, &query, &[], grant.valid_for, audience)
    }

    async fn create_multipart(
        &self,
        key: &ObjectKey,
        content_type: &str,
    ) -> Result<MultipartId, ObjectError> {
        let call = Call::new(Method::POST, &key.0)
            .query("uploads", "")
            .header("content-type", content_type);
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
        let mut found: Vec<StoredPart> = Vec::new();
        let mut marker = String::new();
        loop {
            let mut call = Call::new(Method::GET, &key.0).query("uploadId", &multipart.0);
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
        let call = Call::new(Method::POST, &key.0)
            .query("uploadId", &multipart.0)
            .header("content-type", "application/xml")
            .header("if-none-match", "*")
            .body(document);
        let document = self.call(&call).await?.document().await?;
        root(&document, "CompleteMultipartUploadResult").map(drop)
    }

    async fn abort_multipart(&self, key: &ObjectKey, multipart: &MultipartId) -> Result<(), ObjectError> {
        let call = Call::new(Method::DELETE, &key.0).query("uploadId", &multipart.0);
        match self.call(&call).await {
            Ok(_) | Err(ObjectError::NotFound) => Ok(()),
            Err(error) => Err(error),
        }
    }

    async fn head(&self, key: &ObjectKey) -> Result<Option<ObjectInfo>, ObjectError> {
        let call = Call::new(Method::HEAD, &key.0).header("x-amz-checksum-mode", "ENABLED");
        let answer = match self.call(&call).await {
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
        let mut call = Call::new(Method::GET, &key.0);
        if let Some(range) = &range {
            if range.is_empty() {
                let nothing = futures::stream::empty();
                return Ok(self.head(key).await?.map(|_| Box::pin(nothing) as ByteStream));
            }
            call = call.header("range", format!("bytes={}-{}", range.start, range.end - 1));
        }
        match self.call(&call).await {
            Ok(answer) if range.is_some() && answer.status != http::StatusCode::PARTIAL_CONTENT => {
                Err(odd("the whole object instead of a range"))
            }
            Ok(answer) => Ok(Some(answer.body)),
            Err(ObjectError::NotFound) => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn put(&self, key: &ObjectKey, content_type: &str, content: Bytes) -> Result<(), ObjectError> {
        let call = Call::new(Method::PUT, &key.0)
            .header("content-type", content_type)
            .body(content);
        self.call(&call).await.map(drop)
    }

    async fn delete(&self, keys: &[ObjectKey]) -> Result<(), ObjectError> {
        if keys.is_empty() {
            return Ok(());
        }
        let document = Writer::root("Delete", |writer| {
            writer.text("Quiet", "true");
            for key in keys {
                writer.nest("Object", |writer| writer.text("Key", &key.0));
            }
        });
        let mut call = Call::new(Method::POST, "")
            .query("delete", "")
            .header("content-type", "application/xml")
            .header("content-md5", BASE64.encode(Md5::digest(&document)))
            .body(document);
        call.repeatable = true;
        let document = self.call(&call).await?.document().await?;
        let root = root(&document, "DeleteResult")?;
        match root.child("Error") {
            None => Ok(()),
            Some(error) => {
                let code = error.value("Code").unwrap_or_default();
                Err(super::answers::of_code(
                    code,
                    http::StatusCode::INTERNAL_SERVER_ERROR,
                ))
            }
        }
    }

    async fn list(&self, prefix: &str, after: Option<&ObjectKey>) -> Result<Vec<ListedObject>, ObjectError> {
        let mut call = Call::new(Method::GET, "")
            .query("list-type", "2")
            .query("prefix", prefix);
        if let Some(after) = after {
            call = call.query("start-after", &after.0);
        }
        let document = self.call(&call).await?.document().await?;
        objects(&root(&document, "ListBucketResult")?)
    }

    async fn list_multiparts(&self) -> Result<Vec<OpenMultipart>, ObjectError> {
        let call = Call::new(Method::GET, "").query("uploads", "");
        let document = self.call(&call).await?.document().await?;
        uploads(&root(&document, "ListMultipartUploadsResult")?)
    }
}
