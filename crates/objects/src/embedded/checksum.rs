//! The checksums that S3 knows, and what a request says that its body must have.
use super::authenticate::{Payload, header_text};
use super::error::{Code, S3Error, S3Result};
use aws_lc_rs::digest;
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use crc_fast::CrcAlgorithm;
use http::HeaderMap;
use md5::{Digest as _, Md5};

/// A checksum algorithm of S3.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Algorithm {
    /// ISO HDLC, the default of current SDKs.
    Crc32,
    /// Castagnoli.
    Crc32c,
    /// NVME.
    Crc64Nvme,
    /// SHA-1.
    Sha1,
    /// SHA-256.
    Sha256,
}

impl Algorithm {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Crc32,
        Self::Crc32c,
        Self::Crc64Nvme,
        Self::Sha1,
        Self::Sha256,
    ];

    /// As in `x-amz-checksum-algorithm`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Crc32 => "CRC32",
            Self::Crc32c => "CRC32C",
            Self::Crc64Nvme => "CRC64NVME",
            Self::Sha1 => "SHA1",
            Self::Sha256 => "SHA256",
        }
    }

    /// The header that carries the value.
    pub const fn header(self) -> &'static str {
        match self {
            Self::Crc32 => "x-amz-checksum-crc32",
            Self::Crc32c => "x-amz-checksum-crc32c",
            Self::Crc64Nvme => "x-amz-checksum-crc64nvme",
            Self::Sha1 => "x-amz-checksum-sha1",
            Self::Sha256 => "x-amz-checksum-sha256",
        }
    }

    /// The XML element that carries the value.
    pub const fn element(self) -> &'static str {
        match self {
            Self::Crc32 => "ChecksumCRC32",
            Self::Crc32c => "ChecksumCRC32C",
            Self::Crc64Nvme => "ChecksumCRC64NVME",
            Self::Sha1 => "ChecksumSHA1",
            Self::Sha256 => "ChecksumSHA256",
        }
    }

    /// Reads the name in any case.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|algorithm| algorithm.name().eq_ignore_ascii_case(name))
    }

    fn of_header(header: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|algorithm| algorithm.header() == header)
    }

    /// The CRC behind it, with its width in bytes; `None` for the SHAs.
    pub fn crc(self) -> Option<(CrcAlgorithm, usize)> {
        match self {
            Self::Crc32 => Some((CrcAlgorithm::Crc32IsoHdlc, 4)),
            Self::Crc32c => Some((CrcAlgorithm::Crc32Iscsi, 4)),
            Self::Crc64Nvme => Some((CrcAlgorithm::Crc64Nvme, 8)),
            Self::Sha1 | Self::Sha256 => None,
        }
    }

    fn value_bytes(self) -> usize {
        match self {
            Self::Sha1 => 20,
            Self::Sha256 => 32,
            other => other.crc().map_or(0, |(_, width)| width),
        }
    }
}

/// Computes one checksum as bytes go by.
pub enum Hasher {
    /// A CRC of this width in bytes.
    Crc(Box<crc_fast::Digest>, usize),
    /// A SHA.
    Sha(digest::Context),
}

impl Hasher {
    /// For an algorithm.
    pub fn new(algorithm: Algorithm) -> Self {
        match (algorithm, algorithm.crc()) {
            (_, Some((crc, width))) => Self::Crc(Box::new(crc_fast::Digest::new(crc)), width),
            (Algorithm::Sha1, None) => Self::Sha(digest::Context::new(&digest::SHA1_FOR_LEGACY_USE_ONLY)),
            (_, None) => Self::Sha(digest::Context::new(&digest::SHA256)),
        }
    }

    /// Takes more bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        match self {
            Self::Crc(crc, _) => crc.update(bytes),
            Self::Sha(sha) => sha.update(bytes),
        }
    }

    /// The value, big-endian.
    pub fn finish(self) -> Vec<u8> {
        match self {
            Self::Crc(crc, width) => crc.finalize().to_be_bytes()[8 - width..].to_vec(),
            Self::Sha(sha) => sha.finish().as_ref().to_vec(),
        }
    }
}

/// What must be computed of a body.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wanted {
    /// For the ETag of header-authenticated clients, and for Content-MD5.
    pub md5: bool,
    /// For a signed payload.
    pub payload_sha256: bool,
    /// What the client asked for.
    pub algorithm: Option<Algorithm>,
}

/// All hashes of one body.
pub struct Hashes {
    md5: Option<Md5>,
    sha256: Option<digest::Context>,
    checksum: Option<(Algorithm, Hasher)>,
}

/// What was computed.
#[derive(Clone, Debug, Default)]
pub struct Computed {
    /// Where wanted.
    pub md5: Option<[u8; 16]>,
    /// Where wanted.
    pub payload_sha256: Option<Vec<u8>>,
    /// Where wanted.
    pub checksum: Option<(Algorithm, Vec<u8>)>,
}

impl Hashes {
    /// Begins.
    pub fn new(wanted: Wanted) -> Self {
        Self {
            md5: wanted.md5.then(Md5::new),
            sha256: wanted
                .payload_sha256
                .then(|| digest::Context::new(&digest::SHA256)),
            checksum: wanted
                .algorithm
                .map(|algorithm| (algorithm, Hasher::new(algorithm))),
        }
    }

    /// Takes more bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        if let Some(md5) = &mut self.md5 {
            md5.update(bytes);
        }
        if let Some(sha256) = &mut self.sha256 {
            sha256.update(bytes);
        }
        if let Some((_, hasher)) = &mut self.checksum {
            hasher.update(bytes);
        }
    }

    /// Ends.
    pub fn finish(self) -> Computed {
        Computed {
            md5: self.md5.map(|md5| md5.finalize().into()),
            payload_sha256: self.sha256.map(|sha256| sha256.finish().as_ref().to_vec()),
            checksum: self
                .checksum
                .map(|(algorithm, hasher)| (algorithm, hasher.finish())),
        }
    }
}

/// What a request says that its body must have.
#[derive(Debug, Default)]
pub struct Expected {
    md5: Option<Vec<u8>>,
    payload_sha256: Option<[u8; 32]>,
    checksum: Option<(Algorithm, Vec<u8>)>,
    algorithm: Option<Algorithm>,
}

impl Expected {
    /// Reads the headers. `fallback` is the algorithm of the multipart upload, where one was agreed.
    pub fn read(headers: &HeaderMap, payload: &Payload, fallback: Option<Algorithm>) -> S3Result<Self> {
        let md5 = header_text(headers, "content-md5")
            .map(|text| decode(text, 16))
            .transpose()?;
        let mut given = Algorithm::ALL
            .into_iter()
            .filter_map(|algorithm| header_text(headers, algorithm.header()).map(|value| (algorithm, value)));
        let first = given.next();
        if given.next().is_some() {
            return Err(S3Error::new(
                Code::InvalidRequest,
                "Only one checksum may be given.",
            ));
        }
        let checksum = match first {
            Some((algorithm, value)) => Some((algorithm, decode(value, algorithm.value_bytes())?)),
            None => None,
        };
        let trailer = header_text(headers, "x-amz-trailer").and_then(Algorithm::of_header);
        let algorithm = checksum
            .as_ref()
            .map(|(algorithm, _)| *algorithm)
            .or(trailer)
            .or(fallback);
        let payload_sha256 = match payload {
            Payload::Digest(digest) => Some(*digest),
            Payload::Unsigned | Payload::Chunks { .. } => None,
        };
        Ok(Self {
            md5,
            payload_sha256,
            checksum,
            algorithm,
        })
    }

    /// What must be computed to check it; `etag_md5` where the ETag must be an MD5.
    pub fn wanted(&self, etag_md5: bool) -> Wanted {
        Wanted {
            md5: etag_md5 || self.md5.is_some(),
            payload_sha256: self.payload_sha256.is_some(),
            algorithm: self.algorithm,
        }
    }

    /// Compares with what was computed, and with the trailers that came behind the body.
    pub fn check(&self, computed: &Computed, trailers: &[(String, String)]) -> S3Result<()> {
        if let (Some(expected), Some(md5)) = (&self.md5, &computed.md5)
            && expected[..] != md5[..]
        {
            return Err(Code::BadDigest.into());
        }
        if let (Some(expected), Some(digest)) = (&self.payload_sha256, &computed.payload_sha256)
            && expected[..] != digest[..]
        {
            return Err(Code::XAmzContentSHA256Mismatch.into());
        }
        let Some((algorithm, value)) = &computed.checksum else {
            return Ok(());
        };
        if self
            .checksum
            .as_ref()
            .is_some_and(|(_, expected)| expected != value)
        {
            return Err(Code::BadDigest.into());
        }
        for (name, text) in trailers {
            if name == algorithm.header() && decode(text, algorithm.value_bytes())? != *value {
                return Err(Code::BadDigest.into());
            }
        }
        Ok(())
    }
}

/// As S3 writes digests.
pub fn base64(bytes: &[u8]) -> String {
    BASE64.encode(bytes)
}

/// Reads base64.
pub fn from_base64(text: &str) -> Option<Vec<u8>> {
    BASE64.decode(text).ok()
}

fn decode(text: &str, bytes: usize) -> S3Result<Vec<u8>> {
    from_base64(text)
        .filter(|value| value.len() == bytes)
        .ok_or(Code::InvalidDigest.into())
}
