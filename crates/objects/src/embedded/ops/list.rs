//! Listings: objects in both versions of the operation, versions, open uploads.
use super::multipart::owner;
use super::{Call, bad_argument, iso_date};
use crate::embedded::error::S3Result;
use crate::embedded::index::Object;
use crate::embedded::response::{ResponseBody, xml};
use crate::sigv4::encode_path;
use crate::xml::Writer;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use bytes::Bytes;
use http::Response;
use http_body::Body;

const MOST_LISTED: usize = 1_000;

/// What a listing asks for.
struct Asked {
    prefix: String,
    delimiter: String,
    limit: usize,
    encoded: bool,
    /// Where to begin, included.
    from: Vec<u8>,
}

/// What is listed.
#[derive(Default)]
struct Found {
    objects: Vec<(String, Object)>,
    prefixes: Vec<String>,
    /// The last entry, where more follow.
    more_behind: Option<Entry>,
}

#[derive(Clone)]
enum Entry {
    Key(String),
    Prefix(String),
}

impl Entry {
    fn name(&self) -> &str {
        match self {
            Self::Key(name) | Self::Prefix(name) => name,
        }
    }

    /// The first possible key behind it.
    fn successor(&self) -> Vec<u8> {
        match self {
            Self::Key(key) => behind(key),
            Self::Prefix(prefix) => past(prefix),
        }
    }
}

fn behind(key: &str) -> Vec<u8> {
    let mut next = key.as_bytes().to_vec();
    next.push(0);
    next
}

/// The first key that does not begin with `prefix`. No byte of UTF-8 is 255.
fn past(prefix: &str) -> Vec<u8> {
    let mut next = prefix.as_bytes().to_vec();
    if let Some(last) = next.last_mut() {
        *last += 1;
    }
    next
}

impl<B> Call<'_, B>
where
    B: Body<Data = Bytes> + Unpin + Send,
{
    fn asked(&self, from: Vec<u8>) -> S3Result<Asked> {
        let text = |name| self.target.get(name).unwrap_or_default().to_owned();
        Ok(Asked {
            prefix: text("prefix"),
            delimiter: text("delimiter"),
            limit: self
                .target
                .number::<usize>("max-keys")?
                .unwrap_or(MOST_LISTED)
                .min(MOST_LISTED),
            encoded: match self.target.get("encoding-type") {
                None | Some("") => false,
                Some("url") => true,
                Some(_) => return Err(bad_argument("Only the encoding type url is known.")),
            },
            from,
        })
    }

    pub(super) async fn list_objects(self) -> S3Result<Response<ResponseBody>> {
        if self.target.get("list-type") == Some("2") {
            self.list_v2().await
        } else {
            self.list_v1().await
        }
    }

    async fn list_v2(self) -> S3Result<Response<ResponseBody>> {
        let start_after = self.target.get("start-after").filter(|key| !key.is_empty());
        let token = self
            .target
            .get("continuation-token")
            .filter(|token| !token.is_empty());
        let from = match (token, start_after) {
            (Some(token), _) => URL_SAFE_NO_PAD
                .decode(token)
                .map_err(|_| bad_argument("The continuation token provided is incorrect."))?,
            (None, Some(key)) => behind(key),
            (None, None) => Vec::new(),
        };
        let asked = self.asked(from)?;
        let found = self.endpoint.find(&asked).await?;
        let fetch_owner = self.target.get("fetch-owner") == Some("true");
        Ok(xml(Writer::root("ListBucketResult", |writer| {
            writer.text("Name", self.endpoint.bucket());
            asked.describe(writer);
            writer.value("KeyCount", found.objects.len() + found.prefixes.len());
            writer.value("IsTruncated", found.more_behind.is_some());
            if let Some(key) = start_after {
                writer.text("StartAfter", &asked.spell(key));
            }
            if let Some(token) = token {
                writer.text("ContinuationToken", token);
            }
            if let Some(last) = &found.more_behind {
                writer.text("NextContinuationToken", &URL_SAFE_NO_PAD.encode(last.successor()));
            }
            found.write(writer, &asked, fetch_owner, "Contents");
        })))
    }

    async fn list_v1(self) -> S3Result<Response<ResponseBody>> {
        let marker = self.target.get("marker").unwrap_or_default();
        let delimiter = self.target.get("delimiter").unwrap_or_default();
        let asked = self.asked(from_marker(marker, delimiter))?;
        let found = self.endpoint.find(&asked).await?;
        Ok(xml(Writer::root("ListBucketResult", |writer| {
            writer.text("Name", self.endpoint.bucket());
            asked.describe(writer);
            writer.text("Marker", &asked.spell(marker));
            writer.value("IsTruncated", found.more_behind.is_some());
            if let Some(last) = &found.more_behind {
                writer.text("NextMarker", &asked.spell(last.name()));
            }
            found.write(writer, &asked, true, "Contents");
        })))
    }

    pub(super) async fn list_versions(self) -> S3Result<Response<ResponseBody>> {
        let marker = self.target.get("key-marker").unwrap_or_default();
        let delimiter = self.target.get("delimiter").unwrap_or_default();
        let asked = self.asked(from_marker(marker, delimiter))?;
        let found = self.endpoint.find(&asked).await?;
        Ok(xml(Writer::root("ListVersionsResult", |writer| {
            writer.text("Name", self.endpoint.bucket());
            asked.describe(writer);
            writer.text("KeyMarker", &asked.spell(marker));
            writer.text("VersionIdMarker", "");
            writer.value("IsTruncated", found.more_behind.is_some());
            if let Some(last) = &found.more_behind {
                writer.text("NextKeyMarker", &asked.spell(last.name()));
                writer.text("NextVersionIdMarker", "null");
            }
            found.write(writer, &asked, true, "Version");
        })))
    }

    pub(super) async fn list_uploads(self) -> S3Result<Response<ResponseBody>> {
        let limit = self
            .target
            .number::<usize>("max-uploads")?
            .unwrap_or(MOST_LISTED)
            .min(MOST_LISTED);
        let text = |name| self.target.get(name).unwrap_or_default().to_owned();
        let (prefix, key, id) = (text("prefix"), text("key-marker"), text("upload-id-marker"));
        // Without an id the marker passes over all uploads of its key.
        let after = if id.is_empty() && !key.is_empty() {
            (key.clone(), "g".to_owned())
        } else {
            (key.clone(), id.clone())
        };
        let mut uploads = self
            .endpoint
            .inner
            .index
            .uploads(&prefix, after, limit + 1)
            .await?;
        let truncated = uploads.len() > limit;
        uploads.truncate(limit);
        Ok(xml(Writer::root("ListMultipartUploadsResult", |writer| {
            writer.text("Bucket", self.endpoint.bucket());
            writer.text("KeyMarker", &key);
            writer.text("UploadIdMarker", &id);
            writer.text("Prefix", &prefix);
            writer.value("MaxUploads", limit);
            writer.value("IsTruncated", truncated);
            if truncated && let Some((id, upload)) = uploads.last() {
                writer.text("NextKeyMarker", &upload.key);
                writer.text("NextUploadIdMarker", id);
            }
            for (id, upload) in &uploads {
                writer.nest("Upload", |writer| {
                    writer.text("Key", &upload.key);
                    writer.text("UploadId", id);
                    for role in ["Initiator", "Owner"] {
                        writer.nest(role, owner);
                    }
                    writer.text("StorageClass", "STANDARD");
                    writer.text("Initiated", &iso_date(upload.initiated_ms));
                });
            }
        })))
    }
}

/// A marker that is a common prefix passes over all that it stands for.
fn from_marker(marker: &str, delimiter: &str) -> Vec<u8> {
    match marker {
        "" => Vec::new(),
        marker if !delimiter.is_empty() && marker.ends_with(delimiter) => past(marker),
        marker => behind(marker),
    }
}

impl super::super::EmbeddedS3 {
    /// Walks the index in steps and gathers keys below a delimiter into their common prefix.
    async fn find(&self, asked: &Asked) -> S3Result<Found> {
        let mut found = Found::default();
        let mut from = asked.from.clone();
        let mut last: Option<Entry> = None;
        if asked.limit == 0 {
            return Ok(found);
        }
        'pages: loop {
            let page = self
                .inner
                .index
                .list(&asked.prefix, from.clone(), MOST_LISTED)
                .await?;
            let complete = page.len() < MOST_LISTED;
            let mut passed: Option<String> = None;
            for (key, object) in page {
                if passed.as_ref().is_some_and(|prefix| key.starts_with(prefix)) {
                    continue;
                }
                if found.objects.len() + found.prefixes.len() == asked.limit {
                    found.more_behind = last;
                    break 'pages;
                }
                from = behind(&key);
                match asked.common_prefix(&key) {
                    Some(prefix) => {
                        from = past(&prefix);
                        found.prefixes.push(prefix.clone());
                        last = Some(Entry::Prefix(prefix.clone()));
                        passed = Some(prefix);
                    }
                    None => {
                        last = Some(Entry::Key(key.clone()));
                        found.objects.push((key, object));
                    }
                }
            }
            if complete {
                break;
            }
        }
        Ok(found)
    }
}

impl Asked {
    fn common_prefix(&self, key: &str) -> Option<String> {
        if self.delimiter.is_empty() {
            return None;
        }
        let rest = key.strip_prefix(&self.prefix)?;
        let at = rest.find(&self.delimiter)?;
        Some(key[..self.prefix.len() + at + self.delimiter.len()].to_owned())
    }

    fn spell(&self, text: &str) -> String {
        if self.encoded {
            encode_path(text)
        } else {
            text.to_owned()
        }
    }

    fn describe(&self, writer: &mut Writer) {
        writer.text("Prefix", &self.spell(&self.prefix));
        writer.value("MaxKeys", self.limit);
        if !self.delimiter.is_empty() {
            writer.text("Delimiter", &self.spell(&self.delimiter));
        }
        if self.encoded {
            writer.text("EncodingType", "url");
        }
    }
}

impl Found {
    fn write(&self, writer: &mut Writer, asked: &Asked, with_owner: bool, element: &str) {
        for (key, object) in &self.objects {
            writer.nest(element, |writer| {
                writer.text("Key", &asked.spell(key));
                if element == "Version" {
                    writer.text("VersionId", "null");
                    writer.text("IsLatest", "true");
                }
                writer.text("LastModified", &iso_date(object.modified_ms));
                writer.text("ETag", &object.etag);
                if let Some(checksum) = &object.checksum {
                    writer.text("ChecksumAlgorithm", checksum.algorithm.name());
                    writer.text("ChecksumType", checksum.kind.name());
                }
                writer.value("Size", object.size);
                if with_owner {
                    writer.nest("Owner", owner);
                }
                writer.text("StorageClass", "STANDARD");
            });
        }
        for prefix in &self.prefixes {
            writer.nest("CommonPrefixes", |writer| {
                writer.text("Prefix", &asked.spell(prefix))
            });
        }
    }
}
