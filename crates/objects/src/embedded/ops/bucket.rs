//! The one bucket, and the questions that clients ask about every bucket.
use super::multipart::owner;
use super::{Call, OWNER};
use crate::embedded::error::{Code, S3Result};
use crate::embedded::response::{ResponseBody, empty, xml};
use crate::xml::Writer;
use bytes::Bytes;
use http::{Method, Response, StatusCode};
use http_body::Body;

/// Configurations that this endpoint never has, with what S3 says of a bucket without them.
const ABSENT: [(&str, Code); 10] = [
    ("policy", Code::NoSuchBucketPolicy),
    ("cors", Code::NoSuchCORSConfiguration),
    ("lifecycle", Code::NoSuchLifecycleConfiguration),
    ("tagging", Code::NoSuchTagSet),
    ("website", Code::NoSuchWebsiteConfiguration),
    ("encryption", Code::ServerSideEncryptionConfigurationNotFoundError),
    ("object-lock", Code::ObjectLockConfigurationNotFoundError),
    ("ownershipControls", Code::OwnershipControlsNotFoundError),
    ("publicAccessBlock", Code::NoSuchPublicAccessBlockConfiguration),
    ("replication", Code::ReplicationConfigurationNotFoundError),
];

/// Other bucket operations that are deliberately absent.
const UNKNOWN: [&str; 9] = [
    "analytics",
    "inventory",
    "intelligent-tiering",
    "metrics",
    "logging",
    "notification",
    "accelerate",
    "policyStatus",
    "metadataTable",
];

/// When the bucket came to be, for clients that insist: a bucket has no birthday here.
const CREATED: &str = "2025-01-01T00:00:00.000Z";

impl<B> Call<'_, B>
where
    B: Body<Data = Bytes> + Unpin + Send,
{
    /// An operation on the service itself.
    pub async fn service(self) -> S3Result<Response<ResponseBody>> {
        if self.parts.method != Method::GET {
            return Err(Code::MethodNotAllowed.into());
        }
        Ok(xml(Writer::root("ListAllMyBucketsResult", |writer| {
            writer.nest("Owner", owner);
            writer.nest("Buckets", |writer| {
                writer.nest("Bucket", |writer| {
                    writer.text("Name", self.endpoint.bucket());
                    writer.text("CreationDate", CREATED);
                });
            });
        })))
    }

    /// An operation on a bucket that is not there.
    pub fn foreign_bucket(self) -> S3Result<Response<ResponseBody>> {
        match self.parts.method {
            Method::PUT | Method::POST => Err(Code::AccessDenied.into()),
            _ => Err(Code::NoSuchBucket.into()),
        }
    }

    /// An operation on the bucket.
    pub async fn bucket(self) -> S3Result<Response<ResponseBody>> {
        if let Some((_, code)) = ABSENT.iter().find(|(name, _)| self.target.has(name)) {
            let reads = self.parts.method == Method::GET;
            return Err(if reads { *code } else { Code::NotImplemented }.into());
        }
        if UNKNOWN.iter().any(|name| self.target.has(name)) {
            return Err(Code::NotImplemented.into());
        }
        let region = &self.endpoint.inner.region;
        let has = |name| self.target.has(name);
        match self.parts.method {
            Method::HEAD => {
                let mut response = empty(StatusCode::OK);
                super::set(&mut response, "x-amz-bucket-region", region);
                Ok(response)
            }
            Method::GET if has("location") => {
                let place = if region == "us-east-1" { "" } else { region };
                let mut writer = Writer::new();
                writer.text("LocationConstraint", place);
                Ok(xml(writer.finish()))
            }
            Method::GET if has("versioning") => Ok(xml(Writer::root("VersioningConfiguration", |_| {}))),
            Method::GET if has("requestPayment") => {
                Ok(xml(Writer::root("RequestPaymentConfiguration", |writer| {
                    writer.text("Payer", "BucketOwner")
                })))
            }
            Method::GET if has("acl") => Ok(acl()),
            Method::GET if has("uploads") => self.list_uploads().await,
            Method::GET if has("versions") => self.list_versions().await,
            Method::GET => self.list_objects().await,
            Method::POST if has("delete") => self.delete_many().await,
            Method::PUT if self.target.pairs.is_empty() => Err(Code::BucketAlreadyOwnedByYou.into()),
            Method::PUT => Err(Code::NotImplemented.into()),
            Method::DELETE => Err(Code::BucketNotEmpty.into()),
            _ => Err(Code::MethodNotAllowed.into()),
        }
    }
}

/// The owner may do everything, nobody else anything.
pub(super) fn acl() -> Response<ResponseBody> {
    xml(Writer::root("AccessControlPolicy", |writer| {
        writer.nest("Owner", owner);
        writer.nest("AccessControlList", |writer| {
            writer.nest("Grant", |writer| {
                writer.text("Permission", "FULL_CONTROL");
                writer.nest("Grantee", |writer| writer.text("ID", OWNER));
            });
        });
    }))
}

pub(super) fn no_tags() -> Response<ResponseBody> {
    xml(Writer::root("Tagging", |writer| writer.nest("TagSet", |_| {})))
}
