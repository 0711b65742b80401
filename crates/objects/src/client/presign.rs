//! Grants: requests that somebody else sends, signed now and without asking anybody.
use super::S3ObjectStore;
use crate::embedded::THROUGH;
use crate::sigv4::presign::{LONGEST_VALIDITY, PresignRequest, presign};
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use homeroom_core::ports::object_store::{Audience, GetGrant, ObjectKey, PartGrant, Presigned, PutGrant};
use jiff::{SignedDuration, Timestamp};
use std::time::Duration;

impl S3ObjectStore {
    pub(super) fn grant_put(&self, grant: &PutGrant<'_>, audience: &Audience) -> Presigned {
        // Who knows no length knows no other headers either: the endpoint alone keeps such a key from
        // being written twice, and the bucket's own setting encrypts it.
        let Some(size) = grant.size.map(|size| size.to_string()) else {
            let kind = grant.content_type.map(|kind| ("content-type", kind));
            let query: Vec<_> = self.through(grant.through).into_iter().collect();
            return self.grant(
                "PUT",
                grant.key,
                &query,
                kind.as_slice(),
                grant.valid_for,
                audience,
            );
        };
        let sha256 = grant.sha256.map(|digest| BASE64.encode(digest.0));
        let encryption = self.encryption_headers();
        let mut headers = vec![
            ("content-length", size.as_str()),
            (
                "content-type",
                grant.content_type.unwrap_or("application/octet-stream"),
            ),
            ("if-none-match", "*"),
        ];
        if let Some(sha256) = &sha256 {
            headers.push(("x-amz-checksum-sha256", sha256));
        }
        headers.extend(encryption.iter().map(|(name, value)| (*name, value.as_str())));
        let query: Vec<_> = self.through(grant.through).into_iter().collect();
        self.grant("PUT", grant.key, &query, &headers, grant.valid_for, audience)
    }

    pub(super) fn grant_part(&self, grant: &PartGrant<'_>, audience: &Audience) -> Presigned {
        let (size, number) = (grant.size.to_string(), grant.number.to_string());
        let query = [("partNumber", number.as_str()), ("uploadId", &grant.multipart.0)];
        let headers = [("content-length", size.as_str())];
        self.grant("PUT", grant.key, &query, &headers, grant.valid_for, audience)
    }

    pub(super) fn grant_get(&self, grant: &GetGrant<'_>, audience: &Audience) -> Presigned {
        let mut query = vec![
            ("response-content-disposition", grant.content_disposition),
            ("response-content-type", grant.content_type),
        ];
        query.extend(self.through(grant.through));
        self.grant("GET", grant.key, &query, &[], grant.valid_for, audience)
    }

    /// What an embedded store asks about before it serves; a remote one knows no such parameter.
    fn through<'a>(&self, digest: Option<&'a str>) -> Option<(&'static str, &'a str)> {
        digest
            .filter(|_| self.for_audience)
            .map(|digest| (THROUGH, digest))
    }

    fn grant(
        &self,
        method: &'static str,
        key: &ObjectKey,
        query: &[(&str, &str)],
        headers: &[(&str, &str)],
        valid_for: Duration,
        audience: &Audience,
    ) -> Presigned {
        let signing = self.keys.current();
        let at = self.clock.now();
        let wanted = Duration::from_secs(valid_for.min(LONGEST_VALIDITY).as_secs().max(1));
        // A URL dies with the keys that signed it.
        let left = signing.expires_at.map(|end| end.duration_since(at).as_secs());
        let valid_for = match left {
            Some(left) => wanted.min(Duration::from_secs(u64::try_from(left).unwrap_or(0))),
            None => wanted,
        };
        let mut query = query.to_vec();
        if let Some(token) = &signing.session_token {
            query.push(("X-Amz-Security-Token", token.expose()));
        }
        let path = self.endpoint.path(&self.placed(&key.0));
        let request = PresignRequest {
            method,
            origin: self.origin_for(audience),
            path: &path,
            query: &query,
            headers,
            at,
            valid_for: valid_for.max(Duration::from_secs(1)),
        };
        let sent = headers.iter().filter(|(name, _)| *name != "content-length");
        Presigned {
            method,
            url: presign(&signing.signer, &request),
            headers: sent
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
            // By our clock, which is what everybody here compares with.
            expires_at: later(self.clock.own(), valid_for),
        }
    }

    fn origin_for<'a>(&'a self, audience: &'a Audience) -> &'a str {
        if self.for_audience {
            audience.0.trim_end_matches('/')
        } else {
            self.endpoint.origin()
        }
    }
}

/// Signatures carry whole seconds.
fn later(at: Timestamp, by: Duration) -> Timestamp {
    let at = Timestamp::from_second(at.as_second()).unwrap_or(at);
    SignedDuration::try_from(by)
        .ok()
        .and_then(|by| at.checked_add(by).ok())
        .unwrap_or(Timestamp::MAX)
}
