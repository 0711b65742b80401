//! AWS Signature Version 4 for S3, as both sides compute it.
//!
//! Only the arithmetic of [the documentation](https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-authenticating-requests.html):
//! encoding, canonical requests, signing keys. Who may do what is decided by the endpoint.
pub mod presign;

use crate::credentials::Credentials;
use aws_lc_rs::{digest, hmac};
use jiff::{Timestamp, tz::TimeZone};
use std::fmt::Write as _;
use std::sync::RwLock;

/// The only algorithm.
pub const ALGORITHM: &str = "AWS4-HMAC-SHA256";
/// The payload hash of a request whose body is not part of the signature.
pub const UNSIGNED_PAYLOAD: &str = "UNSIGNED-PAYLOAD";
/// SHA-256 of nothing.
pub const EMPTY_SHA256: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/// More days than a presigned URL may live, so that all valid days stay cached.
const CACHED_DAYS: usize = 10;

/// Signs for one key pair in one region; derived keys are kept per day.
pub struct Signer {
    credentials: Credentials,
    region: String,
    days: RwLock<Vec<([u8; 8], hmac::Key)>>,
}

impl Signer {
    /// A signer for the service `s3`.
    pub fn new(credentials: Credentials, region: impl Into<String>) -> Self {
        Self {
            credentials,
            region: region.into(),
            days: RwLock::new(Vec::new()),
        }
    }

    /// The public half of the key pair.
    pub fn access_key(&self) -> &str {
        &self.credentials.access_key
    }

    /// `20130524/us-east-1/s3/aws4_request`.
    pub fn scope(&self, day: &str) -> String {
        format!("{day}/{}/s3/aws4_request", self.region)
    }

    /// The signature in lower-case hexadecimal of a string to sign. `day` is `YYYYMMDD`.
    pub fn sign(&self, day: &str, string_to_sign: &str) -> String {
        let Ok(day) = <[u8; 8]>::try_from(day.as_bytes()) else {
            return String::new();
        };
        let cached = {
            let days = self
                .days
                .read()
                .unwrap_or_else(std::sync::PoisonError::into_inner);
            days.iter()
                .find(|(cached, _)| *cached == day)
                .map(|(_, key)| hmac::sign(key, string_to_sign.as_bytes()))
        };
        let tag = cached.unwrap_or_else(|| {
            let key = self.derive(&day);
            let tag = hmac::sign(&key, string_to_sign.as_bytes());
            let mut days = self
                .days
                .write()
                .unwrap_or_else(std::sync::PoisonError::into_inner);
            if days.len() >= CACHED_DAYS {
                days.remove(0);
            }
            days.push((day, key));
            tag
        });
        hex::encode(tag.as_ref())
    }

    fn derive(&self, day: &[u8]) -> hmac::Key {
        let step = |key: &[u8], data: &[u8]| hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), data);
        let secret = format!("AWS4{}", self.credentials.secret_key.expose());
        let day = step(secret.as_bytes(), day);
        let region = step(day.as_ref(), self.region.as_bytes());
        let service = step(region.as_ref(), b"s3");
        let request = step(service.as_ref(), b"aws4_request");
        hmac::Key::new(hmac::HMAC_SHA256, request.as_ref())
    }
}

/// The parts of a request that are signed, each already canonical.
pub struct CanonicalRequest<'a> {
    /// `GET`, `PUT`, …
    pub method: &'a str,
    /// Percent-encoded, beginning with `/`.
    pub path: &'a str,
    /// Encoded pairs; sorted here.
    pub query: Vec<(String, String)>,
    /// Lower-case names with trimmed values; sorted here.
    pub headers: Vec<(String, String)>,
    /// Hexadecimal SHA-256 or one of the special words.
    pub payload: &'a str,
}

impl CanonicalRequest<'_> {
    /// The signed headers as they appear in a signature: `host;x-amz-date`.
    pub fn signed_headers(&self) -> String {
        let names: Vec<&str> = self.headers.iter().map(|(name, _)| name.as_str()).collect();
        names.join(";")
    }

    /// Sorts and writes out the canonical request.
    pub fn write(&mut self) -> String {
        self.headers.sort();
        self.query.sort();
        let mut text = String::with_capacity(512);
        let _ = write!(text, "{}\n{}\n", self.method, self.path);
        for (place, (name, value)) in self.query.iter().enumerate() {
            let separator = if place == 0 { "" } else { "&" };
            let _ = write!(text, "{separator}{name}={value}");
        }
        text.push('\n');
        for (name, value) in &self.headers {
            let _ = writeln!(text, "{name}:{value}");
        }
        let _ = write!(text, "\n{}\n{}", self.signed_headers(), self.payload);
        text
    }
}

/// The string to sign of a whole request.
pub fn string_to_sign(timestamp: &str, scope: &str, canonical_request: &str) -> String {
    format!(
        "{ALGORITHM}\n{timestamp}\n{scope}\n{}",
        sha256_hex(canonical_request.as_bytes())
    )
}

/// SHA-256 in lower-case hexadecimal.
pub fn sha256_hex(bytes: &[u8]) -> String {
    hex::encode(digest::digest(&digest::SHA256, bytes).as_ref())
}

/// `20130524T000000Z`.
pub fn amz_timestamp(at: Timestamp) -> String {
    let at = at.to_zoned(TimeZone::UTC).datetime();
    format!(
        "{:04}{:02}{:02}T{:02}{:02}{:02}Z",
        at.year(),
        at.month(),
        at.day(),
        at.hour(),
        at.minute(),
        at.second()
    )
}

/// Reads `20130524T000000Z`, exactly.
pub fn parse_amz_timestamp(text: &str) -> Option<Timestamp> {
    let bytes = text.as_bytes();
    if bytes.len() != 16 || bytes[8] != b'T' || bytes[15] != b'Z' {
        return None;
    }
    let digits = |range: std::ops::Range<usize>| -> Option<i16> {
        let part = &bytes[range];
        part.iter()
            .all(u8::is_ascii_digit)
            .then(|| part.iter().fold(0, |n, d| n * 10 + i16::from(d - b'0')))
    };
    let small = |range| digits(range).and_then(|n| i8::try_from(n).ok());
    let at = jiff::civil::DateTime::new(
        digits(0..4)?,
        small(4..6)?,
        small(6..8)?,
        small(9..11)?,
        small(11..13)?,
        small(13..15)?,
        0,
    );
    at.ok()?
        .to_zoned(TimeZone::UTC)
        .ok()
        .map(|zoned| zoned.timestamp())
}

/// Percent-encodes as S3 wants it: everything but `A–Z a–z 0–9 - . _ ~`, in upper-case hexadecimal.
pub fn encode(text: &str) -> String {
    encode_keeping(text, false)
}

/// Percent-encodes a key for a path: as [`encode`], but `/` stays.
pub fn encode_path(text: &str) -> String {
    encode_keeping(text, true)
}

fn encode_keeping(text: &str, keep_slash: bool) -> String {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    let mut encoded = String::with_capacity(text.len() + 16);
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => encoded.push(byte.into()),
            b'/' if keep_slash => encoded.push('/'),
            _ => {
                encoded.push('%');
                encoded.push(HEX[usize::from(byte >> 4)].into());
                encoded.push(HEX[usize::from(byte & 15)].into());
            }
        }
    }
    encoded
}

/// Undoes percent-encoding; `None` for broken escapes and for what is not UTF-8 then.
pub fn decode(text: &str, plus_is_space: bool) -> Option<String> {
    let mut decoded = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        decoded.push(match byte {
            b'%' => {
                let high = char::from(bytes.next()?).to_digit(16)?;
                let low = char::from(bytes.next()?).to_digit(16)?;
                u8::try_from(high * 16 + low).ok()?
            }
            b'+' if plus_is_space => b' ',
            other => other,
        });
    }
    String::from_utf8(decoded).ok()
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use crate::credentials::SecretKey;

    /// The key pair of the published examples.
    pub fn documented() -> Signer {
        Signer::new(
            Credentials {
                access_key: "AKIAIOSFODNN7EXAMPLE".into(),
                secret_key: SecretKey::new("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
            },
            "us-east-1",
        )
    }

    fn header(name: &str, value: &str) -> (String, String) {
        (name.to_owned(), value.to_owned())
    }

    fn signature(mut request: CanonicalRequest<'_>) -> String {
        let signer = documented();
        let canonical = request.write();
        signer.sign(
            "20130524",
            &string_to_sign("20130524T000000Z", &signer.scope("20130524"), &canonical),
        )
    }

    #[test]
    fn documented_example_get_object_with_range() {
        let headers = vec![
            header("host", "examplebucket.s3.amazonaws.com"),
            header("range", "bytes=0-9"),
            header("x-amz-content-sha256", EMPTY_SHA256),
            header("x-amz-date", "20130524T000000Z"),
        ];
        let request = CanonicalRequest {
            method: "GET",
            path: "/test.txt",
            query: vec![],
            headers,
            payload: EMPTY_SHA256,
        };
        assert_eq!(
            signature(request),
            "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"
        );
    }

    #[test]
    fn documented_example_put_object() {
        let payload = sha256_hex(b"Welcome to Amazon S3.");
        let headers = vec![
            header("date", "Fri, 24 May 2013 00:00:00 GMT"),
            header("host", "examplebucket.s3.amazonaws.com"),
            header("x-amz-content-sha256", &payload),
            header("x-amz-date", "20130524T000000Z"),
            header("x-amz-storage-class", "REDUCED_REDUNDANCY"),
        ];
        let path = encode_path("/test$file.text");
        let request = CanonicalRequest {
            method: "PUT",
            path: &path,
            query: vec![],
            headers,
            payload: &payload,
        };
        assert_eq!(
            signature(request),
            "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"
        );
    }

    #[test]
    fn documented_examples_get_lifecycle_and_list() {
        let signed = |query: Vec<(String, String)>| {
            let headers = vec![
                header("host", "examplebucket.s3.amazonaws.com"),
                header("x-amz-content-sha256", EMPTY_SHA256),
                header("x-amz-date", "20130524T000000Z"),
            ];
            signature(CanonicalRequest {
                method: "GET",
                path: "/",
                query,
                headers,
                payload: EMPTY_SHA256,
            })
        };
        assert_eq!(
            signed(vec![header("lifecycle", "")]),
            "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"
        );
        assert_eq!(
            signed(vec![header("prefix", "J"), header("max-keys", "2")]),
            "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"
        );
    }

    #[test]
    fn timestamps_read_back_and_odd_ones_do_not() {
        let at = parse_amz_timestamp("20130524T235959Z").unwrap();
        assert_eq!(amz_timestamp(at), "20130524T235959Z");
        for odd in [
            "",
            "20130524",
            "20131324T000000Z",
            "20130524T250000Z",
            "2013+524T000000Z",
            "20130524T000000z",
        ] {
            assert_eq!(parse_amz_timestamp(odd), None, "{odd}");
        }
    }

    #[test]
    fn encoding_reads_back() {
        let key = "a b/ü+%~*'()";
        assert_eq!(encode_path(key), "a%20b/%C3%BC%2B%25~%2A%27%28%29");
        assert_eq!(decode(&encode(key), true).unwrap(), key);
        assert_eq!(decode("%f", false), None);
        assert_eq!(decode("%ff", false), None);
        assert_eq!(decode("%+1", false), None);
    }
}
