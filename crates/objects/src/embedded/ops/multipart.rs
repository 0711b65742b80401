//! Multipart uploads as a whole: begin, list, complete, abort. Completing never copies bytes.
use super::part::MOST_PARTS;
use super::put::{announced_algorithm, kept_headers, refuse_unknown_demands, write_condition};
use super::{Call, OWNER, bad_argument, iso_date, names_etag, set, set_checksum};
use crate::embedded::authenticate::header_text;
use crate::embedded::blob::Segment;
use crate::embedded::checksum::{Algorithm, Expected, Hasher, base64, from_base64};
use crate::embedded::error::{Code, S3Error, S3Result};
use crate::embedded::index::{Checksum, ChecksumKind, Completion, Object, Part, Upload};
use crate::embedded::response::{ResponseBody, empty, xml};
use crate::xml::{Element, Writer};
use bytes::Bytes;
use http::{Response, StatusCode};
use http_body::Body;
use md5::{Digest as _, Md5};

/// 10,000 parts with their checksums take less.
const LARGEST_COMPLETION_BYTES: u64 = 4 * 1024 * 1024;
const LARGEST_OBJECT_BYTES: u64 = 5 << 40;
const MOST_LISTED: usize = 1_000;

impl<B> Call<'_, B>
where
    B: Body<Data = Bytes> + Unpin + Send,
{
    pub(super) async fn create_multipart(self, key: String) -> S3Result<Response<ResponseBody>> {
        let inner = &self.endpoint.inner;
        refuse_unknown_demands(&self.parts.headers)?;
        let checksum = match announced_algorithm(&self.parts.headers)? {
            Some(algorithm) => Some((algorithm, self.checksum_kind(algorithm)?)),
            None => None,
        };
        let id = hex::encode(inner.ids.secret());
        let upload = Upload {
            format: 1,
            key: key.clone(),
            headers: kept_headers(&self.parts.headers)?,
            initiated_ms: self.now.as_millisecond(),
            checksum,
        };
        inner.index.create_upload(&id, upload).await?;
        let mut response = xml(Writer::root("InitiateMultipartUploadResult", |writer| {
            writer.text("Bucket", &inner.bucket);
            writer.text("Key", &key);
            writer.text("UploadId", &id);
        }));
        if let Some((algorithm, kind)) = checksum {
            set(&mut response, "x-amz-checksum-algorithm", algorithm.name());
            set(&mut response, "x-amz-checksum-type", kind.name());
        }
        Ok(response)
    }

    fn checksum_kind(&self, algorithm: Algorithm) -> S3Result<ChecksumKind> {
        match (self.header("x-amz-checksum-type"), algorithm) {
            (None, Algorithm::Crc64Nvme) => Ok(ChecksumKind::FullObject),
            (None | Some("COMPOSITE"), other) if other != Algorithm::Crc64Nvme => Ok(ChecksumKind::Composite),
            (Some("FULL_OBJECT"), other) if other.crc().is_some() => Ok(ChecksumKind::FullObject),
            _ => Err(bad_argument(
                "This checksum type does not go with this algorithm.",
            )),
        }
    }

    pub(super) async fn list_parts(self, key: &str) -> S3Result<Response<ResponseBody>> {
        let inner = &self.endpoint.inner;
        let id = self.target.get("uploadId").unwrap_or_default();
        let after = self.target.number::<u32>("part-number-marker")?.unwrap_or(0);
        let limit = self
            .target
            .number::<usize>("max-parts")?
            .unwrap_or(MOST_LISTED)
            .min(MOST_LISTED);
        let (upload, mut parts) = inner.index.parts(key, id, after, limit + 1).await?;
        let truncated = parts.len() > limit;
        parts.truncate(limit);
        Ok(xml(Writer::root("ListPartsResult", |writer| {
            writer.text("Bucket", &inner.bucket);
            writer.text("Key", key);
            writer.text("UploadId", id);
            for role in ["Initiator", "Owner"] {
                writer.nest(role, owner);
            }
            writer.text("StorageClass", "STANDARD");
            writer.value("PartNumberMarker", after);
            if truncated && let Some(last) = parts.last() {
                writer.value("NextPartNumberMarker", last.number);
            }
            writer.value("MaxParts", limit);
            writer.value("IsTruncated", truncated);
            if let Some((algorithm, kind)) = upload.checksum {
                writer.text("ChecksumAlgorithm", algorithm.name());
                writer.text("ChecksumType", kind.name());
            }
            for part in &parts {
                writer.nest("Part", |writer| {
                    writer.value("PartNumber", part.number);
                    writer.text("LastModified", &iso_date(part.modified_ms));
                    writer.text("ETag", &part.etag);
                    writer.value("Size", part.segment.size);
                    if let Some((algorithm, value)) = &part.checksum {
                        writer.text(algorithm.element(), value);
                    }
                });
            }
        })))
    }

    pub(super) async fn abort_multipart(self, key: &str) -> S3Result<Response<ResponseBody>> {
        let id = self.target.get("uploadId").unwrap_or_default();
        let unused = self.endpoint.inner.index.abort(key, id).await?;
        self.endpoint.discard(unused);
        Ok(empty(StatusCode::NO_CONTENT))
    }

    pub(super) async fn complete_multipart(self, key: String) -> S3Result<Response<ResponseBody>> {
        let condition = write_condition(&self.parts.headers)?;
        let payload_only = Expected::read(&http::HeaderMap::new(), &self.payload, None)?;
        let document = self
            .body
            .read_document(&payload_only, LARGEST_COMPLETION_BYTES)
            .await?;
        let id = self.target.get("uploadId").unwrap_or_default().to_owned();
        let request = Joining {
            chosen: parse_chosen(&document)?,
            whole: whole_checksum(&self.parts.headers)?,
            upload: id.clone(),
            min_part_bytes: self.endpoint.inner.limits.min_part_bytes,
            modified_ms: self.now.as_millisecond(),
        };
        let wanted = Completion {
            key: key.clone(),
            upload: id,
            condition,
        };
        let endpoint = self.endpoint.clone();
        let task = tokio::spawn(async move {
            let join = move |upload: &Upload, parts: &[Part]| request.join(upload, parts);
            let completed = endpoint.inner.index.complete(wanted, join).await?;
            endpoint.discard(completed.unused);
            Ok::<_, S3Error>(completed.object)
        });
        let object = task.await.map_err(|error| S3Error::internal(&error))??;
        let host = header_text(&self.parts.headers, "host").unwrap_or_default();
        let mut response = xml(Writer::root("CompleteMultipartUploadResult", |writer| {
            let path = crate::sigv4::encode_path(&key);
            writer.text(
                "Location",
                &format!("http://{host}/{}/{path}", self.endpoint.bucket()),
            );
            writer.text("Bucket", self.endpoint.bucket());
            writer.text("Key", &key);
            writer.text("ETag", &object.etag);
            if let Some(checksum) = &object.checksum {
                writer.text(checksum.algorithm.element(), &checksum.value);
                writer.text("ChecksumType", checksum.kind.name());
            }
        }));
        if let Some(checksum) = &object.checksum {
            set_checksum(&mut response, checksum);
        }
        Ok(response)
    }
}

pub(super) fn owner(writer: &mut Writer) {
    writer.text("ID", OWNER);
    writer.text("DisplayName", OWNER);
}

/// A part as the client names it.
struct Chosen {
    number: u32,
    etag: String,
    checksum: Option<(Algorithm, String)>,
}

/// What the client says that the object must be.
struct Joining {
    chosen: Vec<Chosen>,
    whole: Option<(Algorithm, String)>,
    upload: String,
    min_part_bytes: u64,
    modified_ms: i64,
}

fn parse_chosen(document: &[u8]) -> S3Result<Vec<Chosen>> {
    let malformed = || S3Error::from(Code::MalformedXML);
    let root = Element::parse(document).map_err(|_| malformed())?;
    if root.name != "CompleteMultipartUpload" {
        return Err(malformed());
    }
    let chosen: Vec<Chosen> = root
        .all("Part")
        .map(|part| {
            let checksum = Algorithm::ALL
                .into_iter()
                .find_map(|algorithm| Some((algorithm, part.value(algorithm.element())?.to_owned())));
            Some(Chosen {
                number: part.value("PartNumber")?.trim().parse().ok()?,
                etag: part.value("ETag")?.to_owned(),
                checksum,
            })
        })
        .collect::<Option<_>>()
        .ok_or_else(malformed)?;
    if chosen.is_empty() {
        return Err(malformed());
    }
    if chosen.len() > MOST_PARTS as usize
        || chosen.iter().any(|part| !(1..=MOST_PARTS).contains(&part.number))
    {
        return Err(bad_argument(
            "Part number must be an integer between 1 and 10000, inclusive.",
        ));
    }
    Ok(chosen)
}

fn whole_checksum(headers: &http::HeaderMap) -> S3Result<Option<(Algorithm, String)>> {
    let mut given = Algorithm::ALL
        .into_iter()
        .filter_map(|algorithm| Some((algorithm, header_text(headers, algorithm.header())?.to_owned())));
    let first = given.next();
    if given.next().is_some() {
        return Err(S3Error::new(
            Code::InvalidRequest,
            "Only one checksum may be given.",
        ));
    }
    Ok(first)
}

impl Joining {
    /// Checks the list in the order of S3: ascending, known, large enough (HARDENING 9).
    fn join(&self, upload: &Upload, parts: &[Part]) -> S3Result<(Object, Vec<Segment>)> {
        if self
            .chosen
            .windows(2)
            .any(|pair| pair[0].number >= pair[1].number)
        {
            return Err(Code::InvalidPartOrder.into());
        }
        let joined = self
            .chosen
            .iter()
            .map(|chosen| find(chosen, parts))
            .collect::<S3Result<Vec<_>>>()?;
        let (_, before_last) = joined.split_last().ok_or(S3Error::from(Code::MalformedXML))?;
        if before_last
            .iter()
            .any(|part| part.segment.size < self.min_part_bytes)
        {
            return Err(Code::EntityTooSmall.into());
        }
        let size = joined.iter().map(|part| part.segment.size).sum();
        if size > LARGEST_OBJECT_BYTES {
            return Err(Code::EntityTooLarge.into());
        }
        let checksum = upload
            .checksum
            .and_then(|(algorithm, kind)| checksum_of(algorithm, kind, &joined));
        self.check_whole(checksum.as_ref())?;
        let object = Object {
            format: 1,
            size,
            etag: etag_of(&joined),
            headers: upload.headers.clone(),
            modified_ms: self.modified_ms,
            checksum,
            upload: Some(self.upload.clone()),
        };
        Ok((object, joined.iter().map(|part| part.segment.clone()).collect()))
    }

    fn check_whole(&self, checksum: Option<&Checksum>) -> S3Result<()> {
        match (&self.whole, checksum) {
            (Some((algorithm, value)), Some(checksum)) if checksum.algorithm == *algorithm => {
                let bare = |text: &str| text.split('-').next().unwrap_or_default().to_owned();
                if bare(value) == bare(&checksum.value) {
                    Ok(())
                } else {
                    Err(Code::BadDigest.into())
                }
            }
            (Some(_), _) => Err(S3Error::new(
                Code::InvalidRequest,
                "The upload has no checksum of this kind.",
            )),
            (None, _) => Ok(()),
        }
    }
}

fn find<'p>(chosen: &Chosen, parts: &'p [Part]) -> S3Result<&'p Part> {
    let at = parts.binary_search_by_key(&chosen.number, |part| part.number);
    let part = &parts[at.map_err(|_| S3Error::from(Code::InvalidPart))?];
    let same_checksum = match (&chosen.checksum, &part.checksum) {
        (Some(chosen), Some(stored)) => chosen == stored,
        (Some(_), None) => false,
        (None, _) => true,
    };
    if chosen.etag.trim() == "*" || !names_etag(&chosen.etag, &part.etag) || !same_checksum {
        return Err(Code::InvalidPart.into());
    }
    Ok(part)
}

/// The MD5 of the parts' MD5s, as S3 has it; where a part has none, of its ETag's text.
fn etag_of(parts: &[&Part]) -> String {
    let mut md5 = Md5::new();
    for part in parts {
        let bare = part.etag.trim_matches('"');
        match hex::decode(bare) {
            Ok(digest) => md5.update(digest),
            Err(_) => md5.update(bare.as_bytes()),
        }
    }
    format!("\"{}-{}\"", hex::encode(md5.finalize()), parts.len())
}

fn checksum_of(algorithm: Algorithm, kind: ChecksumKind, parts: &[&Part]) -> Option<Checksum> {
    let values = parts
        .iter()
        .map(|part| {
            let (stored, value) = part.checksum.as_ref()?;
            (*stored == algorithm).then(|| from_base64(value))?
        })
        .collect::<Option<Vec<_>>>()?;
    let value = match kind {
        ChecksumKind::Composite => {
            let mut hasher = Hasher::new(algorithm);
            values.iter().for_each(|value| hasher.update(value));
            format!("{}-{}", base64(&hasher.finish()), values.len())
        }
        ChecksumKind::FullObject => {
            let (crc, width) = algorithm.crc()?;
            let number = |value: &[u8]| {
                value
                    .iter()
                    .fold(0_u64, |number, byte| number << 8 | u64::from(*byte))
            };
            let mut values = values.iter().zip(parts);
            let mut whole = number(values.next()?.0);
            for (value, part) in values {
                whole = crc_fast::checksum_combine(crc, whole, number(value), part.segment.size);
            }
            base64(&whole.to_be_bytes()[8 - width..])
        }
    };
    Some(Checksum {
        algorithm,
        kind,
        value,
    })
}
