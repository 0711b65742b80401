//! What a backend lends to the suite, and the words in which the cases are written.
use async_trait::async_trait;
use aws_lc_rs::digest;
use bytes::Bytes;
use futures::TryStreamExt as _;
use homeroom_core::ports::ObjectStore;
use homeroom_core::ports::object_store::{
    Audience, GetGrant, MultipartId, ObjectKey, PartGrant, Presigned, PutGrant, Sha256, StoredPart,
};
use http::{HeaderMap, Request, Response, StatusCode};
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;
use uuid::Uuid;

/// The least size of a part before the last one.
pub(super) const PART: usize = 5 * 1024 * 1024;
const VALID_FOR: Duration = Duration::from_mins(5);

/// What a service is known not to do. Core must hold without it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Gaps {
    /// Does not verify and does not know SHA-256 (radosgw 16).
    pub digests: bool,
    /// Ignores `If-None-Match` on PUT (Garage).
    pub write_once: bool,
    /// Ignores `If-None-Match` when parts are joined (radosgw 16, Garage).
    pub join_once: bool,
}

/// A store under test with what surrounds it. Its clock is the real one.
#[async_trait]
pub trait ObjectStoreSubject: Send + Sync + 'static {
    /// The store.
    fn store(&self) -> Arc<dyn ObjectStore>;

    /// For whom URLs are signed.
    fn audience(&self) -> Audience {
        Audience("http://127.0.0.1:8000".into())
    }

    /// What is not to be expected.
    fn gaps(&self) -> Gaps {
        Gaps::default()
    }

    /// Sends a request as a stranger would. The default sends it over HTTP.
    async fn send(&self, request: Request<Bytes>) -> Response<Bytes> {
        let (parts, body) = request.into_parts();
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build()
            .expect("a plain client can be made");
        let answer = client
            .request(parts.method, parts.uri.to_string())
            .headers(parts.headers)
            .body(body)
            .send()
            .await
            .expect("the service answers");
        let mut response = Response::builder().status(answer.status());
        if let Some(headers) = response.headers_mut() {
            headers.clone_from(answer.headers());
        }
        let body = answer.bytes().await.expect("the answer is whole");
        response.body(body).expect("a status and headers make an answer")
    }
}

/// What came back of a grant.
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

impl Answer {
    pub(super) fn header(&self, name: &str) -> String {
        let value = self.headers.get(name).map(|value| value.as_bytes().to_vec());
        String::from_utf8(value.unwrap_or_default()).expect("headers are UTF-8")
    }

    pub(super) fn assert_stored(&self) {
        let body = String::from_utf8_lossy(&self.body);
        assert!(self.status.is_success(), "stored, not {}: {body}", self.status);
    }

    pub(super) fn assert_refused(&self, why: &str) {
        assert!(
            self.status.is_client_error(),
            "{why} is refused, not {}",
            self.status
        );
    }
}

/// Keys of one case's own, and short forms of what cases do.
pub(super) struct Scratch<'a> {
    subject: &'a dyn ObjectStoreSubject,
    pub(super) store: Arc<dyn ObjectStore>,
    id: Uuid,
}

impl<'a> Scratch<'a> {
    pub(super) fn new(subject: &'a dyn ObjectStoreSubject) -> Self {
        Self {
            store: subject.store(),
            subject,
            id: Uuid::new_v4(),
        }
    }

    /// What all keys of this case begin with.
    pub(super) fn prefix(&self) -> String {
        format!("{}/", self.id)
    }

    pub(super) fn key(&self, name: &str) -> ObjectKey {
        ObjectKey(format!("{}/{name}", self.id))
    }

    pub(super) fn may_put(&self, key: &ObjectKey, size: usize, sha256: Option<Sha256>) -> Presigned {
        let grant = PutGrant {
            key,
            size: Some(size as u64),
            content_type: Some("video/mp4"),
            sha256,
            valid_for: VALID_FOR,
            through: None,
        };
        self.store.presign_put(&grant, &self.subject.audience())
    }

    pub(super) fn may_put_part(
        &self,
        key: &ObjectKey,
        id: &MultipartId,
        number: u32,
        size: usize,
    ) -> Presigned {
        let grant = PartGrant {
            key,
            multipart: id,
            number,
            size: size as u64,
            valid_for: VALID_FOR,
        };
        self.store.presign_part(&grant, &self.subject.audience())
    }

    pub(super) fn may_get(&self, key: &ObjectKey, disposition: &str, valid_for: Duration) -> Presigned {
        let grant = GetGrant {
            key,
            content_disposition: disposition,
            content_type: "application/pdf",
            valid_for,
            through: None,
        };
        self.store.presign_get(&grant, &self.subject.audience())
    }

    /// Sends what is granted.
    pub(super) async fn send(&self, grant: &Presigned, body: &[u8]) -> Answer {
        self.send_with(grant, &[], body).await
    }

    /// Sends what is granted with more headers, or with others than the grant says.
    pub(super) async fn send_with(&self, grant: &Presigned, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        let mut request = Request::builder().method(grant.method).uri(&grant.url);
        for (name, value) in &grant.headers {
            if !headers.iter().any(|(other, _)| other == name) {
                request = request.header(name, value);
            }
        }
        // An empty value leaves the header out.
        for (name, value) in headers.iter().filter(|(_, value)| !value.is_empty()) {
            request = request.header(*name, *value);
        }
        let request = request
            .body(Bytes::copy_from_slice(body))
            .expect("a grant makes a request");
        let (parts, body) = self.subject.send(request).await.into_parts();
        Answer {
            status: parts.status,
            headers: parts.headers,
            body,
        }
    }

    pub(super) async fn put(&self, key: &ObjectKey, content: &[u8]) {
        let content = Bytes::copy_from_slice(content);
        self.store
            .put(key, "text/plain", content)
            .await
            .expect("it is put");
    }

    pub(super) async fn read(&self, key: &ObjectKey, range: Option<Range<u64>>) -> Option<Vec<u8>> {
        let stream = self.store.get(key, range).await.expect("the store answers")?;
        Some(stream.try_collect::<Vec<_>>().await.expect("it is read").concat())
    }

    /// Begins an upload and sends these parts; what has arrived.
    pub(super) async fn upload(&self, key: &ObjectKey, parts: &[&[u8]]) -> (MultipartId, Vec<StoredPart>) {
        let id = self
            .store
            .create_multipart(key, "video/mp4")
            .await
            .expect("it begins");
        for (number, content) in (1..).zip(parts) {
            let grant = self.may_put_part(key, &id, number, content.len());
            self.send(&grant, content).await.assert_stored();
        }
        let arrived = self.store.list_parts(key, &id).await.expect("it is open");
        assert_eq!(arrived.len(), parts.len());
        (id, arrived)
    }
}

/// Bytes that do not repeat, other ones for every seed.
pub(super) fn noise(size: usize, seed: u64) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut bytes = Vec::with_capacity(size + 8);
    while bytes.len() < size {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        bytes.extend_from_slice(&state.to_le_bytes());
    }
    bytes.truncate(size);
    bytes
}

pub(super) fn sha256(content: &[u8]) -> Sha256 {
    let digest = digest::digest(&digest::SHA256, content);
    Sha256(digest.as_ref().try_into().expect("SHA-256 has 32 bytes"))
}
