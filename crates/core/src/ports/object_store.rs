//! Where bytes live: one S3 bucket, remote or embedded, spoken to in the S3 protocol only.
//!
//! # Contract
//! - A key is random and written once: grants carry `If-None-Match: *`, so a second write of the
//!   same key fails with 412.
//! - What a grant signs is enforced by the service: method, key, content type, exact length and,
//!   where given, SHA-256.
//! - `put`, `complete_multipart` and every successful PUT through a grant are durable when they
//!   return.
use async_trait::async_trait;
use bytes::Bytes;
use futures::stream::BoxStream;
use jiff::Timestamp;
use std::time::Duration;

/// A key inside the one bucket: ASCII letters, digits, `/`, `-`, `_` and `.`; never from a user.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct ObjectKey(pub String);

/// A multipart upload as the service names it.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct MultipartId(pub String);

/// A SHA-256 digest.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Sha256(pub [u8; 32]);

impl Sha256 {
    /// Parses 64 hexadecimal digits of either case.
    pub fn from_hex(text: &str) -> Option<Self> {
        let mut digest = [0; 32];
        hex::decode_to_slice(text, &mut digest).ok()?;
        Some(Self(digest))
    }

    /// 64 lower-case hexadecimal digits.
    pub fn to_hex(self) -> String {
        hex::encode(self.0)
    }
}

impl std::fmt::Debug for Sha256 {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.to_hex())
    }
}

/// The origin under which the caller reached the program, such as `http://localhost:8000`.
/// An embedded store signs its URLs for it; a remote one ignores it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Audience(pub String);

/// Permission to write a whole object.
#[derive(Clone, Debug)]
pub struct PutGrant<'a> {
    /// Where.
    pub key: &'a ObjectKey,
    /// Exactly this many bytes; `None` leaves the length open, for clients that do not know it.
    pub size: Option<u64>,
    /// Exactly this type; `None` leaves it open, which is only for those who know no length either.
    pub content_type: Option<&'a str>,
    /// The content's digest, where known.
    pub sha256: Option<Sha256>,
    /// From now; at most seven days.
    pub valid_for: Duration,
    /// The digest of the function URL through which it was given, without which it holds no longer. An embedded store
    /// signs it in; a remote one cannot ask, and ignores it.
    pub through: Option<&'a str>,
}

/// Permission to write one part of a multipart upload.
#[derive(Clone, Debug)]
pub struct PartGrant<'a> {
    /// Of the whole object.
    pub key: &'a ObjectKey,
    /// The upload.
    pub multipart: &'a MultipartId,
    /// 1 to 10,000.
    pub number: u32,
    /// Exactly this many bytes.
    pub size: u64,
    /// From now; at most seven days.
    pub valid_for: Duration,
}

/// Permission to read an object.
#[derive(Clone, Debug)]
pub struct GetGrant<'a> {
    /// Which.
    pub key: &'a ObjectKey,
    /// The `Content-Disposition` to answer with (RFC 6266), already encoded.
    pub content_disposition: &'a str,
    /// The `Content-Type` to answer with.
    pub content_type: &'a str,
    /// From now; at most seven days.
    pub valid_for: Duration,
    /// As in [`PutGrant`].
    pub through: Option<&'a str>,
}

/// A request that somebody else may send in our name until it expires.
#[derive(Clone, PartialEq, Eq)]
pub struct Presigned {
    /// `PUT` or `GET`.
    pub method: &'static str,
    /// With the signature in its query: never logged.
    pub url: String,
    /// Must be sent exactly so. `Content-Length` and `Host` are not listed: clients set them.
    pub headers: Vec<(String, String)>,
    /// After this instant the service refuses it.
    pub expires_at: Timestamp,
}

impl std::fmt::Debug for Presigned {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Presigned")
            .field("method", &self.method)
            .finish_non_exhaustive()
    }
}

/// A part that has arrived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredPart {
    /// 1 to 10,000.
    pub number: u32,
    /// In bytes.
    pub size: u64,
    /// As the service spells it, with quotes.
    pub etag: String,
}

/// What is known of an object without reading it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObjectInfo {
    /// In bytes.
    pub size: u64,
    /// As the service spells it, with quotes.
    pub etag: String,
    /// As given when it was written.
    pub content_type: Option<String>,
    /// Of the whole content, where the service knows and has verified it.
    pub sha256: Option<Sha256>,
}

/// An object in a listing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedObject {
    /// Its key.
    pub key: ObjectKey,
    /// In bytes.
    pub size: u64,
    /// When it was written.
    pub modified_at: Timestamp,
}

/// A multipart upload that was neither completed nor aborted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenMultipart {
    /// Its key.
    pub key: ObjectKey,
    /// Its id.
    pub multipart: MultipartId,
    /// When it was begun.
    pub initiated_at: Timestamp,
}

/// Content as it arrives. An error in the stream means that the bytes so far must not be trusted.
pub type ByteStream = BoxStream<'static, Result<Bytes, ObjectError>>;

/// Why the store did not do it.
#[derive(Debug, thiserror::Error)]
pub enum ObjectError {
    /// No such object or multipart upload (`NoSuchKey`, `NoSuchUpload`).
    #[error("no such object or multipart upload")]
    NotFound,
    /// The key is taken, or was written meanwhile (`PreconditionFailed`).
    #[error("the object exists already")]
    Exists,
    /// Parts are missing, out of order, too small or have other ETags than given.
    #[error("multipart upload cannot be completed: {0}")]
    BadParts(String),
    /// The stored bytes are not those that were written.
    #[error("stored object is damaged: {0}")]
    Damaged(String),
    /// No space is left.
    #[error("object store is full")]
    Full,
    /// Cannot be reached, or answered with a fault; a retry is safe.
    #[error("object store unavailable: {0}")]
    Unavailable(String),
}

/// The port.
#[async_trait]
pub trait ObjectStore: Send + Sync + 'static {
    /// Signs a PUT of a whole object; signs `content-length`, `content-type`,
    /// `x-amz-checksum-sha256` where known, and `if-none-match: *`. No I/O.
    fn presign_put(&self, grant: &PutGrant<'_>, audience: &Audience) -> Presigned;

    /// Signs an UploadPart with its exact `content-length`. No I/O.
    fn presign_part(&self, grant: &PartGrant<'_>, audience: &Audience) -> Presigned;

    /// Signs a GET. No I/O.
    fn presign_get(&self, grant: &GetGrant<'_>, audience: &Audience) -> Presigned;

    /// Begins a multipart upload (CreateMultipartUpload).
    async fn create_multipart(&self, key: &ObjectKey, content_type: &str)
    -> Result<MultipartId, ObjectError>;

    /// All parts that have arrived, by number (ListParts, all pages).
    async fn list_parts(
        &self,
        key: &ObjectKey,
        multipart: &MultipartId,
    ) -> Result<Vec<StoredPart>, ObjectError>;

    /// Joins the parts, only if the key is free (CompleteMultipartUpload with `If-None-Match: *`).
    async fn complete_multipart(
        &self,
        key: &ObjectKey,
        multipart: &MultipartId,
        parts: &[StoredPart],
    ) -> Result<(), ObjectError>;

    /// Drops a multipart upload and its parts; succeeds when it is already gone.
    async fn abort_multipart(&self, key: &ObjectKey, multipart: &MultipartId) -> Result<(), ObjectError>;

    /// Size, ETag, type, digest; `None` when absent.
    async fn head(&self, key: &ObjectKey) -> Result<Option<ObjectInfo>, ObjectError>;

    /// Reads an object or the bytes `range.start..range.end` of it; `None` when absent.
    async fn get(
        &self,
        key: &ObjectKey,
        range: Option<std::ops::Range<u64>>,
    ) -> Result<Option<ByteStream>, ObjectError>;

    /// Writes a small object of our own making, replacing what was there.
    async fn put(&self, key: &ObjectKey, content_type: &str, content: Bytes) -> Result<(), ObjectError>;

    /// Deletes up to 1,000 objects; absent ones count as deleted.
    async fn delete(&self, keys: &[ObjectKey]) -> Result<(), ObjectError>;

    /// Up to 1,000 objects whose keys begin with `prefix`, in key order, after `after`.
    async fn list(&self, prefix: &str, after: Option<&ObjectKey>) -> Result<Vec<ListedObject>, ObjectError>;

    /// Up to 1,000 open multipart uploads.
    async fn list_multiparts(&self) -> Result<Vec<OpenMultipart>, ObjectError>;
}
