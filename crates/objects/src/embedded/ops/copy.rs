//! CopyObject and UploadPartCopy, inside the one bucket and with its own credentials only
//! (HARDENING 7). The source's bytes are verified on the way.
use super::put::{
    announced_algorithm, etag, full_checksum, kept_headers, refuse_unknown_demands, write_condition,
};
use super::{Call, bad_argument, iso_date, names_etag, parse_http_date};
use crate::embedded::authenticate::{Mechanism, Payload};
use crate::embedded::blob::Segment;
use crate::embedded::checksum::Expected;
use crate::embedded::error::{Code, S3Error, S3Result};
use crate::embedded::index::Object;
use crate::embedded::object_body::ObjectBody;
use crate::embedded::request_body::RequestBody;
use crate::embedded::response::{ResponseBody, xml};
use crate::sigv4::decode;
use crate::xml::Writer;
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Response};
use http_body::Body;
use std::ops::Range;

impl<B> Call<'_, B>
where
    B: Body<Data = Bytes> + Unpin + Send,
{
    pub(super) async fn copy(self, key: String) -> S3Result<Response<ResponseBody>> {
        let inner = &self.endpoint.inner;
        let (source_key, source, segments) = self.source().await?;
        refuse_unknown_demands(&self.parts.headers)?;
        let condition = write_condition(&self.parts.headers)?;
        let replace = self
            .header("x-amz-metadata-directive")
            .is_some_and(|word| word == "REPLACE");
        let headers = if replace {
            kept_headers(&self.parts.headers)?
        } else {
            source.headers.clone()
        };
        let modified_ms = self.now.as_millisecond();
        if source_key == key {
            if !replace {
                return Err(S3Error::new(
                    Code::InvalidRequest,
                    "An object can be copied to itself only with new metadata.",
                ));
            }
            let object = Object {
                headers,
                modified_ms,
                ..source
            };
            self.endpoint
                .commit(key, object.clone(), segments, Vec::new(), condition)
                .await?;
            return Ok(copied("CopyObjectResult", &object.etag, modified_ms));
        }
        if source.size > inner.limits.max_put_bytes {
            return Err(Code::EntityTooLarge.into());
        }
        let range = 0..source.size;
        let algorithm = announced_algorithm(&self.parts.headers)?
            .or(source.checksum.as_ref().map(|checksum| checksum.algorithm));
        let received = self.pump(segments, range, algorithm_header(algorithm)).await?;
        let (staged, computed) = received;
        let segment = staged.segment().clone();
        let object = Object {
            format: 1,
            size: segment.size,
            etag: etag(&computed, &segment),
            headers,
            modified_ms,
            checksum: full_checksum(&computed),
            upload: None,
        };
        let tag = object.etag.clone();
        self.endpoint
            .commit(key, object, vec![segment], vec![staged], condition)
            .await?;
        Ok(copied("CopyObjectResult", &tag, modified_ms))
    }

    pub(super) async fn copy_part(self, key: &str) -> S3Result<Response<ResponseBody>> {
        let (id, number) = self.part_of()?;
        let upload = self.endpoint.inner.index.upload(key, id).await?;
        let (_, source, segments) = self.source().await?;
        let range = match self.header("x-amz-copy-source-range") {
            Some(text) => copy_range(text, source.size)?,
            None => 0..source.size,
        };
        if range.end - range.start > self.endpoint.inner.limits.max_put_bytes {
            return Err(Code::EntityTooLarge.into());
        }
        let algorithm = upload.checksum.map(|(algorithm, _)| algorithm);
        let received = self.pump(segments, range, algorithm_header(algorithm)).await?;
        let at = self.now.as_millisecond();
        let part = self.endpoint.commit_part(key, id, number, received, at).await?;
        Ok(copied("CopyPartResult", &part.etag, at))
    }

    async fn source(&self) -> S3Result<(String, Object, Vec<Segment>)> {
        let named = self.header("x-amz-copy-source").unwrap_or_default();
        let (path, version) = named.split_once("?versionId=").unwrap_or((named, "null"));
        let path = decode(path, false).ok_or(S3Error::from(Code::InvalidURI))?;
        let (bucket, key) = path
            .trim_start_matches('/')
            .split_once('/')
            .ok_or_else(|| bad_argument("The copy source is not a bucket and a key."))?;
        if self.mechanism != Mechanism::Header || bucket != self.endpoint.bucket() {
            return Err(Code::AccessDenied.into());
        }
        if version != "null" {
            return Err(Code::NoSuchVersion.into());
        }
        let found = self.endpoint.inner.index.object(key).await?;
        let (object, segments) = found.ok_or(S3Error::from(Code::NoSuchKey))?;
        self.check_source(&object)?;
        Ok((key.to_owned(), object, segments))
    }

    fn check_source(&self, object: &Object) -> S3Result<()> {
        let modified = object.modified_ms.div_euclid(1_000);
        let date = |name| self.header(name).and_then(parse_http_date);
        let holds = self
            .header("x-amz-copy-source-if-match")
            .is_none_or(|tags| names_etag(tags, &object.etag))
            && self
                .header("x-amz-copy-source-if-none-match")
                .is_none_or(|tags| !names_etag(tags, &object.etag))
            && date("x-amz-copy-source-if-modified-since").is_none_or(|since| modified > since)
            && date("x-amz-copy-source-if-unmodified-since").is_none_or(|since| modified <= since);
        if holds {
            Ok(())
        } else {
            Err(Code::PreconditionFailed.into())
        }
    }

    async fn pump(
        &self,
        segments: Vec<Segment>,
        range: Range<u64>,
        headers: HeaderMap,
    ) -> S3Result<(
        crate::embedded::blob::StagedBlob,
        crate::embedded::checksum::Computed,
    )> {
        let inner = &self.endpoint.inner;
        let length = range.end - range.start;
        let source = ObjectBody::open(&inner.blobs, &inner.pool, &inner.reading, segments, range).await?;
        let mut body = RequestBody::of_length(source, length);
        let expected = Expected::read(&headers, &Payload::Unsigned, None)?;
        inner
            .receiver
            .receive(self.name_blob(), &mut body, expected, true)
            .await
    }
}

/// Headers that make a checksum be computed, as a client announces one.
fn algorithm_header(algorithm: Option<crate::embedded::checksum::Algorithm>) -> HeaderMap {
    let mut headers = HeaderMap::new();
    if let Some(algorithm) = algorithm {
        headers.insert("x-amz-trailer", HeaderValue::from_static(algorithm.header()));
    }
    headers
}

fn copy_range(text: &str, size: u64) -> S3Result<Range<u64>> {
    let bounds = text
        .strip_prefix("bytes=")
        .and_then(|range| range.split_once('-'));
    let parsed = bounds.and_then(|(first, last)| Some((first.parse().ok()?, last.parse::<u64>().ok()?)));
    match parsed {
        Some((first, last)) if first <= last && last < size => Ok(first..last + 1),
        _ => Err(bad_argument("The copy source range is not valid.")),
    }
}

fn copied(root: &str, etag: &str, at: i64) -> Response<ResponseBody> {
    xml(Writer::root(root, |writer| {
        writer.text("LastModified", &iso_date(at));
        writer.text("ETag", etag);
    }))
}
