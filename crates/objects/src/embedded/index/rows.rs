//! What is stored about objects, uploads and parts, and the seal around it.
use crate::embedded::blob::{CRC, Segment};
use crate::embedded::checksum::Algorithm;
use crate::embedded::error::{S3Error, S3Result};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::collections::BTreeMap;

/// Headers that are kept and given back: `content-type`, `cache-control`, `x-amz-meta-…`.
pub type Headers = BTreeMap<String, String>;

/// Whether a checksum covers the content or the checksums of parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ChecksumKind {
    /// Of the whole content.
    #[serde(rename = "FULL_OBJECT")]
    FullObject,
    /// Of the parts' checksums, with their number behind it.
    #[serde(rename = "COMPOSITE")]
    Composite,
}

impl ChecksumKind {
    /// As in `x-amz-checksum-type`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::FullObject => "FULL_OBJECT",
            Self::Composite => "COMPOSITE",
        }
    }
}

/// A verified checksum.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checksum {
    /// Which.
    pub algorithm: Algorithm,
    /// What it covers.
    pub kind: ChecksumKind,
    /// Base64, with `-N` behind it where it is composite.
    pub value: String,
}

/// An object, without its segments.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Object {
    /// Of this format: 1.
    pub format: u8,
    /// Content bytes.
    pub size: u64,
    /// With quotes.
    pub etag: String,
    /// Given back with every answer.
    pub headers: Headers,
    /// Milliseconds since 1970, UTC.
    pub modified_ms: i64,
    /// Where there is one.
    pub checksum: Option<Checksum>,
    /// The multipart upload that made it.
    pub upload: Option<String>,
}

/// A multipart upload that is open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Upload {
    /// Of this format: 1.
    pub format: u8,
    /// Of the object to be.
    pub key: String,
    /// Of the object to be.
    pub headers: Headers,
    /// Milliseconds since 1970, UTC.
    pub initiated_ms: i64,
    /// What was agreed at the beginning.
    pub checksum: Option<(Algorithm, ChecksumKind)>,
}

/// A part that has arrived.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// 1 to 10,000.
    pub number: u32,
    /// With quotes.
    pub etag: String,
    /// Milliseconds since 1970, UTC.
    pub modified_ms: i64,
    /// In base64, where there is one.
    pub checksum: Option<(Algorithm, String)>,
    /// Its content: one, or none where it is empty.
    pub segment: Segment,
}

fn crc(key: &[u8], json: &[u8]) -> [u8; 8] {
    let mut digest = crc_fast::Digest::new(CRC);
    digest.update(&(key.len() as u64).to_le_bytes());
    digest.update(key);
    digest.update(json);
    digest.finalize().to_le_bytes()
}

/// Writes a row's content behind a CRC over its key and itself.
pub fn seal<T: Serialize>(key: &[u8], content: &T) -> S3Result<Vec<u8>> {
    let json = serde_json::to_vec(content).map_err(|error| S3Error::internal(&error))?;
    let mut sealed = crc(key, &json).to_vec();
    sealed.extend_from_slice(&json);
    Ok(sealed)
}

/// Verifies and reads a row's content.
pub fn unseal<T: DeserializeOwned>(key: &[u8], sealed: &[u8]) -> S3Result<T> {
    let (found, json) = sealed
        .split_at_checked(8)
        .ok_or_else(|| S3Error::damaged(&"short index row"))?;
    if found != crc(key, json) {
        return Err(S3Error::damaged(&"index row with a wrong seal"));
    }
    serde_json::from_slice(json).map_err(|error| S3Error::damaged(&error))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::embedded::error::Code;

    #[test]
    fn hardening_55_a_flipped_byte_in_a_row_or_its_key_is_damage() {
        let headers = Headers::from([("content-type".to_owned(), "text/plain".to_owned())]);
        let sealed = seal(b"key", &headers).unwrap();
        assert_eq!(unseal::<Headers>(b"key", &sealed).unwrap(), headers);
        assert_eq!(
            unseal::<Headers>(b"kez", &sealed).unwrap_err().code,
            Code::IntegrityError
        );
        for place in 0..sealed.len() {
            let mut flipped = sealed.clone();
            flipped[place] ^= 4;
            assert_eq!(
                unseal::<Headers>(b"key", &flipped).unwrap_err().code,
                Code::IntegrityError
            );
        }
    }
}
