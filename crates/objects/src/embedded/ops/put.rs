//! PutObject: check what can be checked, take the bytes, check the rest, commit.
use super::{Call, set, set_checksum, stored_header};
use crate::embedded::EmbeddedS3;
use crate::embedded::authenticate::Mechanism;
use crate::embedded::blob::{Segment, StagedBlob};
use crate::embedded::checksum::{Algorithm, Computed, Expected, base64};
use crate::embedded::error::{Code, S3Error, S3Result};
use crate::embedded::index::{Checksum, ChecksumKind, Condition, Headers, Object};
use crate::embedded::response::{ResponseBody, empty};
use bytes::Bytes;
use http::{HeaderMap, Response, StatusCode};
use http_body::Body;

/// All that is kept of headers for one object.
const MOST_HEADER_BYTES: usize = 8 * 1024;

impl<B> Call<'_, B>
where
    B: Body<Data = Bytes> + Unpin + Send,
{
    pub(super) async fn put(self, key: String) -> S3Result<Response<ResponseBody>> {
        let inner = &self.endpoint.inner;
        let mut condition = write_condition(&self.parts.headers)?;
        // A signed URL may be sent twice or by others: it never replaces what stands there.
        if self.mechanism == Mechanism::Presigned && condition == Condition::Any {
            condition = Condition::Absent;
        }
        refuse_unknown_demands(&self.parts.headers)?;
        if self.body.length()? > inner.limits.max_put_bytes {
            return Err(Code::EntityTooLarge.into());
        }
        let headers = kept_headers(&self.parts.headers)?;
        self.endpoint.check_early(&key, &condition).await?;
        let expected = Expected::read(&self.parts.headers, &self.payload, None)?;
        let etag_md5 = self.mechanism == Mechanism::Header;
        let name = self.name_blob();
        let (staged, computed) = inner
            .receiver
            .receive(name, self.body, expected, etag_md5)
            .await?;
        let segment = staged.segment().clone();
        let object = Object {
            format: 1,
            size: segment.size,
            etag: etag(&computed, &segment),
            headers,
            modified_ms: self.now.as_millisecond(),
            checksum: full_checksum(&computed),
            upload: None,
        };
        self.endpoint
            .commit(key, object.clone(), vec![segment], vec![staged], condition)
            .await?;
        let mut response = empty(StatusCode::OK);
        set(&mut response, "etag", &object.etag);
        if let Some(checksum) = &object.checksum {
            set_checksum(&mut response, checksum);
        }
        Ok(response)
    }
}

impl EmbeddedS3 {
    /// Refuses before the body is read what the transaction would refuse after it.
    pub(super) async fn check_early(&self, key: &str, condition: &Condition) -> S3Result<()> {
        if *condition == Condition::Any {
            return Ok(());
        }
        let object = self.inner.index.summary(key).await?;
        match (condition, object) {
            (Condition::Absent, Some(_)) => Err(Code::PreconditionFailed.into()),
            (Condition::Matches(_), None) => Err(Code::NoSuchKey.into()),
            (Condition::Matches(etag), Some(object)) if *etag != object.etag && etag != "*" => {
                Err(Code::PreconditionFailed.into())
            }
            _ => Ok(()),
        }
    }

    /// Makes blobs an object. It goes on when the caller gives up: a commit that is under way
    /// must find its blobs.
    pub(super) async fn commit(
        &self,
        key: String,
        object: Object,
        segments: Vec<Segment>,
        staged: Vec<StagedBlob>,
        condition: Condition,
    ) -> S3Result<()> {
        let endpoint = self.clone();
        let task = tokio::spawn(async move {
            let outcome = endpoint.inner.index.put(&key, object, segments, condition).await;
            endpoint.settle(staged, outcome)
        });
        task.await.map_err(|error| S3Error::internal(&error))?
    }

    /// Keeps the blobs of a commit that happened, or may have happened, and removes what it made
    /// unused.
    pub(super) fn settle(&self, staged: Vec<StagedBlob>, outcome: S3Result<Vec<String>>) -> S3Result<()> {
        let certainly_not = matches!(&outcome, Err(error)
            if error.code.status() < 500 || error.code == Code::InsufficientStorage);
        if !certainly_not {
            staged.into_iter().for_each(StagedBlob::keep);
        }
        self.discard(outcome?);
        Ok(())
    }

    /// Removes the files of blobs that nothing refers to any more, beside the request.
    pub(super) fn discard(&self, unused: Vec<String>) {
        if !unused.is_empty() {
            let blobs = std::sync::Arc::clone(&self.inner.blobs);
            tokio::task::spawn_blocking(move || blobs.remove(unused));
        }
    }
}

/// MD5 where it was computed; otherwise the content's CRC and length, with a dash so that no
/// client takes it for an MD5.
pub(super) fn etag(computed: &Computed, segment: &Segment) -> String {
    match computed.md5 {
        Some(md5) => format!("\"{}\"", hex::encode(md5)),
        None => format!("\"{:016x}{:016x}-1\"", segment.crc, segment.size),
    }
}

pub(super) fn full_checksum(computed: &Computed) -> Option<Checksum> {
    computed.checksum.as_ref().map(|(algorithm, value)| Checksum {
        algorithm: *algorithm,
        kind: ChecksumKind::FullObject,
        value: base64(value),
    })
}

/// `If-None-Match: *` and `If-Match`, the only conditions that S3 has for writes.
pub(super) fn write_condition(headers: &HeaderMap) -> S3Result<Condition> {
    let text = |name| super::header_text(headers, name);
    match (text("if-none-match"), text("if-match")) {
        (None, None) => Ok(Condition::Any),
        (Some("*"), None) => Ok(Condition::Absent),
        (None, Some(etag)) => {
            let quoted = if etag == "*" || etag.starts_with('"') {
                etag.to_owned()
            } else {
                format!("\"{etag}\"")
            };
            Ok(Condition::Matches(quoted))
        }
        _ => Err(S3Error::new(
            Code::NotImplemented,
            "If-None-Match takes only * here.",
        )),
    }
}

/// What is given back with the object.
pub(super) fn kept_headers(headers: &HeaderMap) -> S3Result<Headers> {
    let mut kept = Headers::new();
    let mut bytes = 0;
    for (name, value) in headers {
        if stored_header(name) {
            let text = std::str::from_utf8(value.as_bytes())
                .map_err(|_| super::bad_argument("A header is not UTF-8."))?;
            let text = if name == http::header::CONTENT_ENCODING {
                without_chunking(text)
            } else {
                text.to_owned()
            };
            bytes += name.as_str().len() + text.len();
            if !text.is_empty() {
                kept.insert(name.as_str().to_owned(), text);
            }
        }
    }
    if bytes > MOST_HEADER_BYTES {
        return Err(super::bad_argument("The metadata exceeds 8 KiB."));
    }
    Ok(kept)
}

/// `aws-chunked` describes the transfer, not the object.
fn without_chunking(coding: &str) -> String {
    let kept: Vec<&str> = coding
        .split(',')
        .map(str::trim)
        .filter(|one| *one != "aws-chunked")
        .collect();
    kept.join(", ")
}

/// Refuses what would change the meaning of a write and is not done here.
pub(super) fn refuse_unknown_demands(headers: &HeaderMap) -> S3Result<()> {
    let refused = |name: &str| {
        name.starts_with("x-amz-server-side-encryption-customer")
            || name.starts_with("x-amz-object-lock")
            || name == "x-amz-write-offset-bytes"
            || name == "x-amz-website-redirect-location"
    };
    let kms =
        super::header_text(headers, "x-amz-server-side-encryption").is_some_and(|kind| kind != "AES256");
    if kms || headers.keys().any(|name| refused(name.as_str())) {
        return Err(Code::NotImplemented.into());
    }
    Ok(())
}

/// The algorithm that a request announces, where it announces one.
pub(super) fn announced_algorithm(headers: &HeaderMap) -> S3Result<Option<Algorithm>> {
    let named = super::header_text(headers, "x-amz-checksum-algorithm");
    let Some(name) = named else {
        return Ok(None);
    };
    Algorithm::named(name)
        .map(Some)
        .ok_or_else(|| super::bad_argument("Unknown checksum algorithm."))
}
