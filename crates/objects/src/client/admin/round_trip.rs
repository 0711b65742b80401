//! An upload and a download from one end to the other, sent as a page in a browser would send them,
//! and what a page must not be able to do. Everything happens below one random key and is removed.
use super::preflight::{browser, lists};
use super::{Finding, StorageAdmin};
use crate::client::identity::chain;
use aws_lc_rs::digest;
use bytes::Bytes;
use homeroom_core::ports::ObjectStore as _;
use homeroom_core::ports::object_store::{
    Audience, GetGrant, MultipartId, ObjectKey, PartGrant, Presigned, PutGrant, Sha256, StoredPart,
};
use http::header;
use std::time::Duration;

const VALID_FOR: Duration = Duration::from_mins(10);
const TYPE: &str = "video/mp4";
const DISPOSITION: &str = "attachment; filename=\"Uebung 1.pdf\"; filename*=UTF-8''%C3%9Cbung%201.pdf";
/// The least that S3 takes for a part that is not the last one.
const PART: usize = 5 * 1024 * 1024;
const CONTENT: &[u8] = b"Homeroom looks whether uploads work. This object may be deleted.";

struct RoundTrip<'a> {
    admin: &'a StorageAdmin<'a>,
    browser: reqwest::Client,
    /// What all keys of this trip begin with.
    place: String,
}

impl StorageAdmin<'_> {
    pub(super) async fn round_trip(&self) -> Vec<Finding> {
        let browser = match browser() {
            Ok(browser) => browser,
            Err(error) => return vec![Finding::wrong("upload", format!("HTTP client: {error}"))],
        };
        let trip = RoundTrip {
            admin: self,
            browser,
            place: format!("storage-check/{}/", self.ids.uuid()),
        };
        let mut findings = trip.go().await;
        findings.push(trip.tidy_up().await);
        findings
    }
}

impl RoundTrip<'_> {
    async fn go(&self) -> Vec<Finding> {
        let mut findings = vec![self.upload().await];
        if findings[0].verdict == super::Verdict::Wrong {
            return findings;
        }
        findings.push(self.refusals().await);
        findings.push(self.digests().await);
        findings.push(self.write_once().await);
        findings.push(or_wrong("upload in parts", self.upload_in_parts().await));
        findings.push(or_wrong("download", self.download().await));
        findings.push(or_wrong("listing", self.listing().await));
        findings
    }

    /// One PUT with everything that Homeroom signs.
    async fn upload(&self) -> Finding {
        let grant = self.may_put("whole", CONTENT.len(), Some(sha256(CONTENT)));
        let outcome = async {
            let answer = self.send(&grant, &[], CONTENT).await?;
            succeeded(&answer)?;
            self.admin.allows_origin(answer.headers())
        };
        or_wrong("upload", outcome.await.map(|()| "a page's PUT arrives".into()))
    }

    /// What was not granted must not arrive.
    async fn refusals(&self) -> Finding {
        let mut accepted = Vec::new();
        let grant = self.may_put("length", CONTENT.len(), None);
        if self.arrives(&grant, &[], &CONTENT[1..]).await {
            accepted.push("another length");
        }
        let grant = self.may_put("type", CONTENT.len(), None);
        if self
            .arrives(&grant, &[("content-type", "text/html")], CONTENT)
            .await
        {
            accepted.push("another content type");
        }
        let mut grant = self.may_put("key", CONTENT.len(), None);
        grant.url = grant.url.replacen("/key?", "/another-key?", 1);
        if self.arrives(&grant, &[], CONTENT).await {
            accepted.push("another key");
        }
        if accepted.is_empty() {
            return Finding::good("signatures", "another length, type or key than signed is refused");
        }
        let said = format!("the service takes {} than was signed", accepted.join(", "));
        Finding::wrong("signatures", said)
            .remedy("do not use this service: whoever holds a URL can do more than it says")
    }

    async fn digests(&self) -> Finding {
        let grant = self.may_put("digest", CONTENT.len(), Some(sha256(b"something else")));
        if self.arrives(&grant, &[], CONTENT).await {
            return Finding::weak(
                "digests",
                "the service does not verify SHA-256, so Homeroom reads every upload once before it trusts it",
            );
        }
        Finding::good(
            "digests",
            "content with another SHA-256 than announced is refused",
        )
    }

    async fn write_once(&self) -> Finding {
        let grant = self.may_put("whole", CONTENT.len(), None);
        if self.arrives(&grant, &[], CONTENT).await {
            return Finding::weak(
                "written once",
                "the service ignores If-None-Match: keys are random, so nobody writes another's object, but whoever \
                 began an upload can replace its content until the URL expires",
            )
            .remedy("keep uploads.url_lifetime short");
        }
        Finding::good("written once", "a second PUT of the same key is refused")
    }

    /// Two parts, joined.
    async fn upload_in_parts(&self) -> Result<String, String> {
        let (store, key) = (self.admin.store, self.key("parts"));
        let id = store
            .create_multipart(&key, TYPE)
            .await
            .map_err(|error| error.to_string())?;
        let outcome = self.send_and_join(&key, &id).await;
        if outcome.is_err() {
            // What remains is the lifecycle rule's.
            let _aborted = store.abort_multipart(&key, &id).await;
        }
        outcome.map(|()| "two parts arrive, their ETags can be read by pages, and they are joined".into())
    }

    async fn send_and_join(&self, key: &ObjectKey, id: &MultipartId) -> Result<(), String> {
        let store = self.admin.store;
        let first = vec![b'h'; PART];
        for (number, content) in [(1, &first[..]), (2, CONTENT)] {
            let answer = self
                .send(&self.may_put_part(key, id, number, content.len()), &[], content)
                .await?;
            succeeded(&answer)?;
            self.admin.allows_origin(answer.headers())?;
            if !lists(answer.headers(), &header::ACCESS_CONTROL_EXPOSE_HEADERS, "etag") {
                return Err("pages cannot read the ETag: the CORS rule does not expose it".into());
            }
        }
        let said = |error: homeroom_core::ports::object_store::ObjectError| error.to_string();
        let parts: Vec<StoredPart> = store.list_parts(key, id).await.map_err(said)?;
        store.complete_multipart(key, id, &parts).await.map_err(said)?;
        match store.head(key).await.map_err(said)? {
            Some(info) if info.size == (PART + CONTENT.len()) as u64 => Ok(()),
            _ => Err("the joined object does not have the size of its parts".into()),
        }
    }

    /// A piece of an object, as a player asks for it.
    async fn download(&self) -> Result<String, String> {
        let grant = self.may_get("whole");
        let answer = self.send(&grant, &[("range", "bytes=9-13")], b"").await?;
        if answer.status() != 206 {
            return Err(format!(
                "a range is answered with status {}",
                answer.status().as_u16()
            ));
        }
        self.admin.allows_origin(answer.headers())?;
        let disposition = answer.headers().get(header::CONTENT_DISPOSITION);
        if disposition.is_none_or(|value| value.as_bytes() != DISPOSITION.as_bytes()) {
            return Err("the answer has another Content-Disposition than was signed".into());
        }
        let piece = answer
            .bytes()
            .await
            .map_err(|error| chain(&error.without_url()))?;
        if piece != CONTENT[9..14] {
            return Err("the answer has other bytes than were asked for".into());
        }
        Ok("a page reads a range, with the file name that was signed".into())
    }

    async fn listing(&self) -> Result<String, String> {
        let store = self.admin.store;
        let listed = store
            .list(&self.place, None)
            .await
            .map_err(|error| error.to_string())?;
        let whole = self.key("whole");
        if listed.iter().any(|object| object.key == whole) {
            Ok("what was uploaded is listed".into())
        } else {
            Err("what was uploaded is not listed".into())
        }
    }

    /// Removes everything and looks that it is gone.
    async fn tidy_up(&self) -> Finding {
        let store = self.admin.store;
        let outcome = async {
            let objects = store.list(&self.place, None).await?;
            let keys: Vec<ObjectKey> = objects.into_iter().map(|object| object.key).collect();
            store.delete(&keys).await?;
            let objects = store.list(&self.place, None).await?;
            let uploads = store.list_multiparts().await?;
            let uploads = uploads
                .iter()
                .filter(|upload| upload.key.0.starts_with(&self.place));
            Ok::<_, homeroom_core::ports::object_store::ObjectError>(objects.len() + uploads.count())
        };
        match outcome.await {
            Ok(0) => Finding::good("deleting", "nothing of this check is left"),
            Ok(left) => Finding::wrong(
                "deleting",
                format!("{left} objects below {} are left", self.place),
            ),
            Err(error) => Finding::wrong(
                "deleting",
                format!("objects below {} are left: {error}", self.place),
            ),
        }
    }

    fn key(&self, name: &str) -> ObjectKey {
        ObjectKey(format!("{}{name}", self.place))
    }

    fn audience(&self) -> Audience {
        Audience(self.admin.origin.clone())
    }

    fn may_put(&self, name: &str, size: usize, sha256: Option<Sha256>) -> Presigned {
        let grant = PutGrant {
            key: &self.key(name),
            size: Some(size as u64),
            content_type: Some(TYPE),
            sha256,
            valid_for: VALID_FOR,
            through: None,
        };
        self.admin.store.presign_put(&grant, &self.audience())
    }

    fn may_put_part(&self, key: &ObjectKey, multipart: &MultipartId, number: u32, size: usize) -> Presigned {
        let grant = PartGrant {
            key,
            multipart,
            number,
            size: size as u64,
            valid_for: VALID_FOR,
        };
        self.admin.store.presign_part(&grant, &self.audience())
    }

    fn may_get(&self, name: &str) -> Presigned {
        let grant = GetGrant {
            key: &self.key(name),
            content_disposition: DISPOSITION,
            content_type: TYPE,
            valid_for: VALID_FOR,
            through: None,
        };
        self.admin.store.presign_get(&grant, &self.audience())
    }

    /// Sends with these headers instead of those of the grant that have the same name.
    async fn send(
        &self,
        grant: &Presigned,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Result<reqwest::Response, String> {
        let method = if grant.method == "PUT" {
            http::Method::PUT
        } else {
            http::Method::GET
        };
        let mut request = self
            .browser
            .request(method, &grant.url)
            .header(header::ORIGIN, &self.admin.origin);
        for (name, value) in &grant.headers {
            if !headers.iter().any(|(other, _)| other == name) {
                request = request.header(name, value);
            }
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if grant.method == "PUT" {
            request = request.body(Bytes::copy_from_slice(body));
        }
        request.send().await.map_err(|error| chain(&error.without_url()))
    }

    async fn arrives(&self, grant: &Presigned, headers: &[(&str, &str)], body: &[u8]) -> bool {
        let answer = self.send(grant, headers, body).await;
        answer.is_ok_and(|answer| answer.status().is_success())
    }
}

fn or_wrong(looked_at: &'static str, outcome: Result<String, String>) -> Finding {
    match outcome {
        Ok(said) => Finding::good(looked_at, said),
        Err(why) => Finding::wrong(looked_at, why),
    }
}

fn succeeded(answer: &reqwest::Response) -> Result<(), String> {
    if answer.status().is_success() {
        Ok(())
    } else {
        Err(format!("it is answered with status {}", answer.status().as_u16()))
    }
}

fn sha256(content: &[u8]) -> Sha256 {
    let mut bytes = [0; 32];
    bytes.copy_from_slice(digest::digest(&digest::SHA256, content).as_ref());
    Sha256(bytes)
}
