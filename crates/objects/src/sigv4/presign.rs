//! Requests that somebody else may send: the signature stands in the query.
//!
//! See [query string authentication](https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html).
use super::{ALGORITHM, CanonicalRequest, Signer, UNSIGNED_PAYLOAD, amz_timestamp, encode, string_to_sign};
use jiff::Timestamp;
use std::time::Duration;

/// The longest life of a presigned URL, as S3 has it: seven days.
pub const LONGEST_VALIDITY: Duration = Duration::from_secs(604_800);

/// What to sign.
pub struct PresignRequest<'a> {
    /// `GET`, `PUT`, …
    pub method: &'a str,
    /// `http://127.0.0.1:8000`: scheme and authority without a path.
    pub origin: &'a str,
    /// Percent-encoded, beginning with `/`.
    pub path: &'a str,
    /// Query parameters beside the signature's own, not encoded.
    pub query: &'a [(&'a str, &'a str)],
    /// Headers that must be sent as they are, lower-case names; `host` is added.
    pub headers: &'a [(&'a str, &'a str)],
    /// From when.
    pub at: Timestamp,
    /// For how long; cut at [`LONGEST_VALIDITY`] and to whole seconds.
    pub valid_for: Duration,
}

/// Signs and returns the whole URL.
pub fn presign(signer: &Signer, request: &PresignRequest<'_>) -> String {
    let timestamp = amz_timestamp(request.at);
    let day = &timestamp[..8];
    let scope = signer.scope(day);
    let authority = request
        .origin
        .split_once("://")
        .map_or(request.origin, |(_, authority)| authority);
    let mut headers: Vec<(String, String)> = request
        .headers
        .iter()
        .map(|(name, value)| ((*name).to_owned(), value.trim().to_owned()))
        .collect();
    headers.push(("host".to_owned(), authority.to_owned()));
    headers.sort();
    let mut canonical = CanonicalRequest {
        method: request.method,
        path: request.path,
        query: Vec::with_capacity(request.query.len() + 5),
        headers,
        payload: UNSIGNED_PAYLOAD,
    };
    let expires = request
        .valid_for
        .min(LONGEST_VALIDITY)
        .as_secs()
        .max(1)
        .to_string();
    let own = [
        ("X-Amz-Algorithm", ALGORITHM.to_owned()),
        (
            "X-Amz-Credential",
            encode(&format!("{}/{scope}", signer.access_key())),
        ),
        ("X-Amz-Date", timestamp.clone()),
        ("X-Amz-Expires", expires),
        ("X-Amz-SignedHeaders", encode(&canonical.signed_headers())),
    ];
    canonical
        .query
        .extend(own.map(|(name, value)| (name.to_owned(), value)));
    canonical.query.extend(
        request
            .query
            .iter()
            .map(|(name, value)| (encode(name), encode(value))),
    );
    let text = canonical.write();
    let signature = signer.sign(day, &string_to_sign(&timestamp, &scope, &text));
    let mut url = format!("{}{}?", request.origin, request.path);
    for (name, value) in &canonical.query {
        url.push_str(name);
        url.push('=');
        url.push_str(value);
        url.push('&');
    }
    url.push_str("X-Amz-Signature=");
    url.push_str(&signature);
    url
}

#[cfg(test)]
mod tests {
    use super::super::{parse_amz_timestamp, tests::documented};
    use super::*;

    #[test]
    fn documented_example_presigned_get() {
        let url = presign(
            &documented(),
            &PresignRequest {
                method: "GET",
                origin: "https://examplebucket.s3.amazonaws.com",
                path: "/test.txt",
                query: &[],
                headers: &[],
                at: parse_amz_timestamp("20130524T000000Z").unwrap(),
                valid_for: Duration::from_secs(86_400),
            },
        );
        assert_eq!(
            url,
            "https://examplebucket.s3.amazonaws.com/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256\
             &X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request\
             &X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host\
             &X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404"
        );
    }
}
