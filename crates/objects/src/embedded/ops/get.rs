//! GetObject and HeadObject: conditions, ranges, and headers that keep content harmless.
use super::{Call, http_date, names_etag, parse_http_date, set, set_checksum};
use crate::embedded::error::{Code, S3Error, S3Result};
use crate::embedded::index::Object;
use crate::embedded::object_body::ObjectBody;
use crate::embedded::response::{ResponseBody, empty};
use bytes::Bytes;
use http::{Method, Response, StatusCode};
use http_body::Body;
use std::ops::Range;

/// Query parameters that replace a header of the answer; they are signed like all parameters.
const OVERRIDES: [(&str, &str); 6] = [
    ("response-content-type", "content-type"),
    ("response-content-disposition", "content-disposition"),
    ("response-content-encoding", "content-encoding"),
    ("response-content-language", "content-language"),
    ("response-cache-control", "cache-control"),
    ("response-expires", "expires"),
];

impl<B> Call<'_, B>
where
    B: Body<Data = Bytes> + Unpin + Send,
{
    pub(super) async fn get(self, key: &str) -> S3Result<Response<ResponseBody>> {
        if self.target.has("partNumber") {
            return Err(Code::NotImplemented.into());
        }
        let inner = &self.endpoint.inner;
        let (object, segments) = inner
            .index
            .object(key)
            .await?
            .ok_or(S3Error::from(Code::NoSuchKey))?;
        if self.not_modified(&object)? {
            let mut response = empty(StatusCode::NOT_MODIFIED);
            self.describe(&mut response, &object);
            response.headers_mut().remove("content-type");
            return Ok(response);
        }
        let asked = self.header("range").filter(|_| self.range_applies(&object));
        let range = asked.map_or(Ok(None), |text| parse_range(text, object.size))?;
        let sent = range.clone().unwrap_or(0..object.size);
        let mut response = empty(if range.is_some() {
            StatusCode::PARTIAL_CONTENT
        } else {
            StatusCode::OK
        });
        self.describe(&mut response, &object);
        set(
            &mut response,
            "content-length",
            &(sent.end - sent.start).to_string(),
        );
        if range.is_some() {
            let text = format!("bytes {}-{}/{}", sent.start, sent.end - 1, object.size);
            set(&mut response, "content-range", &text);
        } else if let Some(checksum) = &object.checksum
            && self
                .header("x-amz-checksum-mode")
                .is_some_and(|mode| mode.eq_ignore_ascii_case("enabled"))
        {
            set_checksum(&mut response, checksum);
        }
        if self.parts.method == Method::GET {
            let body = ObjectBody::open(&inner.blobs, &inner.pool, &inner.reading, segments, sent).await?;
            *response.body_mut() = ResponseBody::Object(Box::new(body));
        }
        Ok(response)
    }

    /// The headers of [RFC 9110 section 13.2.2](https://www.rfc-editor.org/rfc/rfc9110#section-13.2.2),
    /// in its order.
    fn not_modified(&self, object: &Object) -> S3Result<bool> {
        let modified = object.modified_ms.div_euclid(1_000);
        let date = |name| self.header(name).and_then(parse_http_date);
        let unchanged = match self.header("if-match") {
            Some(etags) => names_etag(etags, &object.etag),
            None => date("if-unmodified-since").is_none_or(|since| modified <= since),
        };
        if !unchanged {
            return Err(Code::PreconditionFailed.into());
        }
        Ok(match self.header("if-none-match") {
            Some(etags) => names_etag(etags, &object.etag),
            None => date("if-modified-since").is_some_and(|since| modified <= since),
        })
    }

    fn range_applies(&self, object: &Object) -> bool {
        match self.header("if-range") {
            None => true,
            Some(condition) if condition.starts_with('"') => condition == object.etag,
            Some(condition) => parse_http_date(condition) == Some(object.modified_ms.div_euclid(1_000)),
        }
    }

    fn describe(&self, response: &mut Response<ResponseBody>, object: &Object) {
        set(response, "content-type", "application/octet-stream");
        for (name, value) in &object.headers {
            set(response, name.as_str(), value);
        }
        let stored = object.headers.get("content-disposition");
        if stored.is_none_or(|value| !value.trim_start().to_ascii_lowercase().starts_with("attachment")) {
            set(response, "content-disposition", "attachment");
        }
        for (parameter, header) in OVERRIDES {
            if let Some(value) = self.target.get(parameter).filter(|value| !value.is_empty()) {
                set(response, header, value);
            }
        }
        set(response, "etag", &object.etag);
        set(response, "last-modified", &http_date(object.modified_ms));
        set(response, "accept-ranges", "bytes");
        response
            .headers_mut()
            .entry("cache-control")
            .or_insert(http::HeaderValue::from_static("private"));
    }
}

/// One range, or the whole where the header is not one that is understood.
fn parse_range(text: &str, size: u64) -> S3Result<Option<Range<u64>>> {
    let Some((first, last)) = text
        .strip_prefix("bytes=")
        .and_then(|range| range.split_once('-'))
    else {
        return Ok(None);
    };
    let number = |text: &str| -> Option<Option<u64>> {
        let text = text.trim();
        if text.is_empty() {
            Some(None)
        } else {
            text.parse().ok().map(Some)
        }
    };
    let unsatisfiable = || Err(Code::InvalidRange.into());
    match (number(first), number(last)) {
        (Some(Some(first)), Some(last)) => {
            let end = last.map_or(size, |last| last.saturating_add(1)).min(size);
            if last.is_some_and(|last| last < first) {
                return Ok(None);
            }
            if first >= size {
                unsatisfiable()
            } else {
                Ok(Some(first..end))
            }
        }
        (Some(None), Some(Some(suffix))) => {
            if suffix == 0 || size == 0 {
                unsatisfiable()
            } else {
                Ok(Some(size.saturating_sub(suffix)..size))
            }
        }
        _ => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges() {
        let read = |text| parse_range(text, 10).map_err(|error| error.code);
        assert_eq!(read("bytes=0-0"), Ok(Some(0..1)));
        assert_eq!(read("bytes=3-"), Ok(Some(3..10)));
        assert_eq!(read("bytes=3-99"), Ok(Some(3..10)));
        assert_eq!(read("bytes=-4"), Ok(Some(6..10)));
        assert_eq!(read("bytes=-40"), Ok(Some(0..10)));
        assert_eq!(read("bytes=10-"), Err(Code::InvalidRange));
        assert_eq!(read("bytes=-0"), Err(Code::InvalidRange));
        for whole in [
            "bytes=5-3",
            "bytes=a-b",
            "bytes=-",
            "lines=0-1",
            "bytes=0-1,3-4",
            "bytes=+1-2x",
        ] {
            assert_eq!(read(whole), Ok(None), "{whole}");
        }
    }
}
