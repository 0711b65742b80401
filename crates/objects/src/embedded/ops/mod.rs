//! The operations of S3, and which of them a request asks for.
mod bucket;
mod copy;
mod delete;
mod get;
mod list;
mod multipart;
mod part;
mod put;

use super::EmbeddedS3;
use super::authenticate::{Mechanism, Payload, header_text};
use super::error::{Code, S3Error, S3Result};
use super::index::Checksum;
use super::query::Target;
use super::request_body::RequestBody;
use super::response::ResponseBody;
use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method, Response, header, request::Parts};
use http_body::Body;
use jiff::{Timestamp, tz::TimeZone};

/// The owner of everything.
const OWNER: &str = "homeroom";

/// Query parameters of object operations that are deliberately absent here.
const ABSENT_OF_OBJECTS: [&str; 7] = [
    "acl",
    "torrent",
    "retention",
    "legal-hold",
    "restore",
    "select",
    "attributes",
];

/// An authenticated request on its way to its operation.
pub struct Call<'a, B> {
    pub endpoint: &'a EmbeddedS3,
    pub parts: &'a Parts,
    pub target: &'a Target,
    pub mechanism: Mechanism,
    pub payload: Payload,
    pub now: Timestamp,
    pub body: &'a mut RequestBody<B>,
}

impl<B> Call<'_, B>
where
    B: Body<Data = Bytes> + Unpin + Send,
{
    /// An operation on an object.
    pub async fn object(self, key: String) -> S3Result<Response<ResponseBody>> {
        if let Some(version) = self.target.get("versionId")
            && version != "null"
            && !version.is_empty()
        {
            return Err(Code::NoSuchVersion.into());
        }
        let multipart = self.target.has("uploadId");
        let part = self.target.has("partNumber");
        let copy = self.parts.headers.contains_key("x-amz-copy-source");
        match self.parts.method {
            Method::GET if multipart => self.list_parts(&key).await,
            Method::PUT if multipart && part && copy => self.copy_part(&key).await,
            Method::PUT if multipart && part => self.upload_part(&key).await,
            Method::POST if multipart => self.complete_multipart(key).await,
            Method::DELETE if multipart => self.abort_multipart(&key).await,
            _ if multipart => Err(Code::MethodNotAllowed.into()),
            Method::POST if self.target.has("uploads") => self.create_multipart(key).await,
            Method::GET if self.target.has("acl") => Ok(bucket::acl()),
            Method::PUT if self.target.has("acl") => self.accept_body().await,
            Method::GET if self.target.has("tagging") => Ok(bucket::no_tags()),
            _ if self.target.has("tagging") => Err(Code::NotImplemented.into()),
            _ if ABSENT_OF_OBJECTS.iter().any(|name| self.target.has(name)) => {
                Err(Code::NotImplemented.into())
            }
            Method::GET | Method::HEAD => self.get(&key).await,
            Method::PUT if copy => self.copy(key).await,
            Method::PUT => self.put(key).await,
            Method::DELETE => self.delete_one(key).await,
            _ => Err(Code::MethodNotAllowed.into()),
        }
    }

    /// Reads a small body that changes nothing.
    async fn accept_body(self) -> S3Result<Response<ResponseBody>> {
        while self.body.length.is_some() && self.body.next().await?.is_some() {}
        Ok(super::response::empty(http::StatusCode::OK))
    }

    fn header(&self, name: &str) -> Option<&str> {
        header_text(&self.parts.headers, name)
    }

    fn name_blob(&self) -> String {
        hex::encode(&self.endpoint.inner.ids.secret()[..16])
    }
}

fn set(response: &mut Response<ResponseBody>, name: impl TryInto<HeaderName>, value: &str) {
    if let (Ok(name), Ok(value)) = (name.try_into(), HeaderValue::try_from(value)) {
        response.headers_mut().insert(name, value);
    }
}

fn set_checksum(response: &mut Response<ResponseBody>, checksum: &Checksum) {
    set(response, checksum.algorithm.header(), &checksum.value);
    set(response, "x-amz-checksum-type", checksum.kind.name());
}

/// `Fri, 24 May 2013 00:00:00 GMT`.
fn http_date(at_ms: i64) -> String {
    let at = Timestamp::from_millisecond(at_ms)
        .unwrap_or_default()
        .to_zoned(TimeZone::UTC);
    at.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

fn parse_http_date(text: &str) -> Option<i64> {
    let parsed = jiff::civil::DateTime::strptime("%a, %d %b %Y %H:%M:%S GMT", text).ok()?;
    Some(parsed.to_zoned(TimeZone::UTC).ok()?.timestamp().as_second())
}

/// `2013-05-24T00:00:00.000Z`.
fn iso_date(at_ms: i64) -> String {
    let at = Timestamp::from_millisecond(at_ms)
        .unwrap_or_default()
        .to_zoned(TimeZone::UTC);
    at.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()
}

/// Whether a list of ETags, as in `If-Match`, names this one.
fn names_etag(list: &str, etag: &str) -> bool {
    let bare = |text: &str| text.trim().trim_start_matches("W/").trim_matches('"').to_owned();
    list.trim() == "*" || list.split(',').any(|one| bare(one) == bare(etag))
}

fn bad_argument(message: &'static str) -> S3Error {
    S3Error::new(Code::InvalidArgument, message)
}

fn stored_header(name: &HeaderName) -> bool {
    const KEPT: [HeaderName; 6] = [
        header::CONTENT_TYPE,
        header::CACHE_CONTROL,
        header::CONTENT_DISPOSITION,
        header::CONTENT_ENCODING,
        header::CONTENT_LANGUAGE,
        header::EXPIRES,
    ];
    KEPT.contains(name) || name.as_str().starts_with("x-amz-meta-")
}
