//! Who sent this request: decided from the signature alone, before anything is looked up.
//!
//! Nothing here depends on what is stored, so that probing tells nothing (HARDENING 13). A request
//! is refused when any `x-amz-*` header that it carries is not part of its signature.
use super::error::{Code, S3Error, S3Result};
use super::query::Target;
use crate::sigv4::{
    ALGORITHM, CanonicalRequest, Signer, UNSIGNED_PAYLOAD, encode, encode_path, parse_amz_timestamp, presign,
    string_to_sign,
};
use http::{HeaderMap, header, request::Parts};
use jiff::{SignedDuration, Timestamp};

/// How far a client's clock may be off.
const SKEW: SignedDuration = SignedDuration::from_mins(15);
/// The query parameters of a presigned URL; any of them makes a request one.
const PRESIGNED: [&str; 6] = [
    "X-Amz-Algorithm",
    "X-Amz-Credential",
    "X-Amz-Date",
    "X-Amz-Expires",
    "X-Amz-SignedHeaders",
    "X-Amz-Signature",
];

/// Where the signature stood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mechanism {
    /// In the `Authorization` header: somebody who holds the secret.
    Header,
    /// In the query: somebody who was given this one request.
    Presigned,
}

/// What the signature says about the body.
#[derive(Debug, PartialEq, Eq)]
pub enum Payload {
    /// Nothing.
    Unsigned,
    /// Its SHA-256.
    Digest([u8; 32]),
    /// It comes in chunks of `aws-chunked`.
    Chunks {
        /// Present when each chunk is signed.
        seed: Option<ChunkSeed>,
        /// Whether header lines follow the last chunk.
        trailer: bool,
    },
}

/// From what the signatures of chunks are computed.
#[derive(Debug, PartialEq, Eq)]
pub struct ChunkSeed {
    /// `20130524T000000Z`.
    pub timestamp: String,
    /// Of the credential.
    pub scope: String,
    /// Of the request's headers.
    pub signature: String,
}

/// A request whose signature holds.
#[derive(Debug)]
pub struct Authenticated {
    /// Where the signature stood.
    pub mechanism: Mechanism,
    /// What it says about the body.
    pub payload: Payload,
}

/// A signature and what it claims to cover.
struct Claim<'a> {
    access_key: &'a str,
    scope: &'a str,
    timestamp: &'a str,
    signed_headers: Vec<&'a str>,
    signature: &'a str,
}

/// Checks the signature of a request at `now`.
pub fn authenticate(
    signer: &Signer,
    parts: &Parts,
    target: &Target,
    now: Timestamp,
) -> S3Result<Authenticated> {
    let presigned = target
        .pairs
        .iter()
        .any(|(name, _)| PRESIGNED.iter().any(|known| known.eq_ignore_ascii_case(name)));
    let headed = is_headed(&parts.headers, presigned);
    match (presigned, headed) {
        (true, true) => Err(S3Error::new(
            Code::InvalidArgument,
            "Only one authentication is allowed.",
        )),
        (true, false) => check_presigned(signer, parts, target, now),
        (false, true) => check_header(signer, parts, target, now),
        (false, false) => Err(Code::AccessDenied.into()),
    }
}

/// Whether the request is signed in its header. A client that follows a redirect within one origin sends the
/// `Authorization` that it had for the API along (RFC 9110 §15.4 leaves it to the client): a signed URL stands by itself.
fn is_headed(headers: &HeaderMap, presigned: bool) -> bool {
    let is_bearer = |value: &http::HeaderValue| {
        let scheme = value.as_bytes().get(..7);
        scheme.is_some_and(|scheme| scheme.eq_ignore_ascii_case(b"bearer "))
    };
    headers
        .get_all(header::AUTHORIZATION)
        .iter()
        .any(|value| !(presigned && is_bearer(value)))
}

fn check_presigned(
    signer: &Signer,
    parts: &Parts,
    target: &Target,
    now: Timestamp,
) -> S3Result<Authenticated> {
    let mismatch = || S3Error::from(Code::SignatureDoesNotMatch);
    let field = |name| target.get(name).ok_or_else(mismatch);
    if target.doubled || !target.canonical || field("X-Amz-Algorithm")? != ALGORITHM {
        return Err(mismatch());
    }
    let (access_key, scope) = field("X-Amz-Credential")?.split_once('/').ok_or_else(mismatch)?;
    let claim = Claim {
        access_key,
        scope,
        timestamp: field("X-Amz-Date")?,
        signed_headers: field("X-Amz-SignedHeaders")?.split(';').collect(),
        signature: field("X-Amz-Signature")?,
    };
    let lengthless = !parts.headers.contains_key(header::CONTENT_LENGTH);
    if lengthless && claim.signed_headers.contains(&"content-length") {
        return Err(Code::MissingContentLength.into());
    }
    let signed_payload = header_text(&parts.headers, "x-amz-content-sha256");
    let payload = target
        .get("X-Amz-Content-Sha256")
        .or(signed_payload)
        .unwrap_or(UNSIGNED_PAYLOAD);
    let query = target
        .pairs
        .iter()
        .filter(|(name, _)| name != "X-Amz-Signature")
        .map(|(name, value)| (encode(name), encode(value)))
        .collect();
    let at = verify(signer, parts, target, &claim, query, payload)?;
    let expires: i64 = field("X-Amz-Expires")?.parse().map_err(|_| mismatch())?;
    if expires < 1 || expires.unsigned_abs() > presign::LONGEST_VALIDITY.as_secs() {
        return Err(S3Error::new(
            Code::AccessDenied,
            "X-Amz-Expires must be between 1 second and 7 days.",
        ));
    }
    if now.duration_since(at) > SignedDuration::from_secs(expires) {
        return Err(S3Error::new(Code::AccessDenied, "Request has expired"));
    }
    if at.duration_since(now) > SKEW {
        return Err(S3Error::new(Code::AccessDenied, "Request is not yet valid"));
    }
    Ok(Authenticated {
        mechanism: Mechanism::Presigned,
        payload: presigned_payload(parts, payload)?,
    })
}

/// A presigned body comes as it is: no chunks, whose checks would be the sender's own (HARDENING 6).
fn presigned_payload(parts: &Parts, payload: &str) -> S3Result<Payload> {
    let chunked = header_text(&parts.headers, "content-encoding")
        .is_some_and(|coding| coding.to_ascii_lowercase().contains("aws-chunked"));
    if chunked || payload.starts_with("STREAMING-") {
        return Err(S3Error::new(
            Code::AccessDenied,
            "A presigned request cannot be chunked.",
        ));
    }
    if payload == UNSIGNED_PAYLOAD {
        Ok(Payload::Unsigned)
    } else {
        digest(payload).map(Payload::Digest)
    }
}

fn check_header(signer: &Signer, parts: &Parts, target: &Target, now: Timestamp) -> S3Result<Authenticated> {
    if target.doubled {
        return Err(S3Error::new(
            Code::InvalidArgument,
            "A query parameter occurs twice.",
        ));
    }
    let claim = parse_authorization(&parts.headers).ok_or(S3Error::from(Code::AccessDenied))?;
    let payload = header_text(&parts.headers, "x-amz-content-sha256").ok_or_else(|| {
        S3Error::new(
            Code::InvalidRequest,
            "Missing required header x-amz-content-sha256.",
        )
    })?;
    let query = target
        .pairs
        .iter()
        .map(|(name, value)| (encode(name), encode(value)))
        .collect();
    let at = verify(signer, parts, target, &claim, query, payload)?;
    if now.duration_since(at).abs() > SKEW {
        return Err(Code::RequestTimeTooSkewed.into());
    }
    let seed = || ChunkSeed {
        timestamp: claim.timestamp.to_owned(),
        scope: claim.scope.to_owned(),
        signature: claim.signature.to_owned(),
    };
    let payload = match payload {
        UNSIGNED_PAYLOAD => Payload::Unsigned,
        "STREAMING-AWS4-HMAC-SHA256-PAYLOAD" => Payload::Chunks {
            seed: Some(seed()),
            trailer: false,
        },
        "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER" => Payload::Chunks {
            seed: Some(seed()),
            trailer: true,
        },
        "STREAMING-UNSIGNED-PAYLOAD-TRAILER" => Payload::Chunks {
            seed: None,
            trailer: true,
        },
        text => Payload::Digest(digest(text)?),
    };
    Ok(Authenticated {
        mechanism: Mechanism::Header,
        payload,
    })
}

fn parse_authorization(headers: &HeaderMap) -> Option<Claim<'_>> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let value = values.next()?.to_str().ok()?;
    if values.next().is_some() {
        return None;
    }
    let fields = value.strip_prefix(ALGORITHM)?;
    let field = |name: &str| {
        fields
            .split(',')
            .find_map(|field| field.trim().strip_prefix(name)?.strip_prefix('='))
    };
    let (access_key, scope) = field("Credential")?.split_once('/')?;
    Some(Claim {
        access_key,
        scope,
        timestamp: header_text(headers, "x-amz-date")?,
        signed_headers: field("SignedHeaders")?.split(';').collect(),
        signature: field("Signature")?,
    })
}

/// Recomputes the signature and compares it in constant time; gives the signed instant.
fn verify(
    signer: &Signer,
    parts: &Parts,
    target: &Target,
    claim: &Claim<'_>,
    query: Vec<(String, String)>,
    payload: &str,
) -> S3Result<Timestamp> {
    let mismatch = || S3Error::from(Code::SignatureDoesNotMatch);
    let at = parse_amz_timestamp(claim.timestamp).ok_or_else(mismatch)?;
    let day = &claim.timestamp[..8];
    if claim.scope != signer.scope(day) || !claim.signed_headers.contains(&"host") {
        return Err(mismatch());
    }
    let headers = claim
        .signed_headers
        .iter()
        .map(|name| Some(((*name).to_owned(), canonical_value(parts, name)?)))
        .collect::<Option<Vec<_>>>()
        .ok_or_else(mismatch)?;
    let path = encode_path(&target.path);
    let mut canonical = CanonicalRequest {
        method: parts.method.as_str(),
        path: &path,
        query,
        headers,
        payload,
    };
    let text = canonical.write();
    let expected = signer.sign(day, &string_to_sign(claim.timestamp, claim.scope, &text));
    let known = same(claim.access_key.as_bytes(), signer.access_key().as_bytes());
    if !same(expected.as_bytes(), claim.signature.as_bytes()) || !known {
        return Err(mismatch());
    }
    if let Some(name) = unsigned_amz_header(&parts.headers, &claim.signed_headers) {
        let message = format!("The header {name} is not part of the signature.");
        return Err(S3Error::new(Code::AccessDenied, message));
    }
    Ok(at)
}

fn unsigned_amz_header<'h>(headers: &'h HeaderMap, signed: &[&str]) -> Option<&'h str> {
    headers
        .keys()
        .map(http::HeaderName::as_str)
        .find(|name| name.starts_with("x-amz-") && !signed.contains(name))
}

/// All values of a header, trimmed, inner spaces reduced to one, joined with commas.
fn canonical_value(parts: &Parts, name: &str) -> Option<String> {
    if name == "host" && !parts.headers.contains_key(header::HOST) {
        return parts.uri.authority().map(ToString::to_string);
    }
    let mut joined: Option<String> = None;
    for value in parts.headers.get_all(name) {
        let words: Vec<&str> = std::str::from_utf8(value.as_bytes())
            .ok()?
            .split_ascii_whitespace()
            .collect();
        let value = words.join(" ");
        joined = Some(match joined {
            None => value,
            Some(before) => format!("{before},{value}"),
        });
    }
    joined
}

fn same(a: &[u8], b: &[u8]) -> bool {
    aws_lc_rs::constant_time::verify_slices_are_equal(a, b).is_ok()
}

fn digest(text: &str) -> S3Result<[u8; 32]> {
    let mut digest = [0; 32];
    hex::decode_to_slice(text, &mut digest)
        .map_err(|_| S3Error::new(Code::InvalidArgument, "x-amz-content-sha256 is not valid."))?;
    Ok(digest)
}

/// A header's value where it is one line of visible text.
pub fn header_text<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name)?.to_str().ok()
}
