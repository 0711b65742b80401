//! An endpoint in a temporary directory with a clock and ids that tests decide.
use bytes::Bytes;
use homeroom_core::ports::object_store::{
    Audience, GetGrant, ObjectKey, PartGrant, Presigned, PutGrant, Sha256,
};
use homeroom_core::ports::{Clock, Ids, ObjectStore as _};
use homeroom_objects::{Credentials, EmbeddedConfig, EmbeddedS3, Limits, S3ObjectStore, SecretKey};
use http::{HeaderMap, Request, StatusCode};
use http_body_util::{BodyExt as _, Full};
use jiff::Timestamp;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

pub const ORIGIN: &str = "http://127.0.0.1:8000";
pub const MINUTE: Duration = Duration::from_mins(1);

/// Seconds since 1970.
pub struct TestClock(AtomicI64);

impl TestClock {
    pub fn pass(&self, seconds: i64) {
        self.0.fetch_add(seconds, Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_second(self.0.load(Ordering::SeqCst)).unwrap()
    }
}

/// Different at every call, the same in every run.
pub struct TestIds(AtomicU64);

impl Ids for TestIds {
    fn uuid(&self) -> uuid::Uuid {
        uuid::Uuid::from_u64_pair(7, self.0.fetch_add(1, Ordering::SeqCst))
    }

    fn secret(&self) -> [u8; 32] {
        let number = self.0.fetch_add(1, Ordering::SeqCst);
        let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &number.to_le_bytes());
        digest.as_ref().try_into().unwrap()
    }
}

pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    /// As far as it came.
    pub body: Vec<u8>,
    /// Whether the body ended with an error.
    pub broken: bool,
}

impl Answer {
    /// The code in an error document.
    pub fn code(&self) -> String {
        let text = String::from_utf8_lossy(&self.body);
        let code = text
            .split_once("<Code>")
            .and_then(|(_, rest)| rest.split_once("</Code>"));
        code.map_or_else(
            || format!("{} without a code", self.status),
            |(code, _)| code.to_owned(),
        )
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

pub struct Rig {
    pub endpoint: EmbeddedS3,
    pub store: Arc<S3ObjectStore>,
    pub clock: Arc<TestClock>,
    pub directory: tempfile::TempDir,
}

pub fn config(clock: Arc<TestClock>, min_part_bytes: u64) -> EmbeddedConfig {
    static STARTS: AtomicU64 = AtomicU64::new(1);
    EmbeddedConfig {
        bucket: "homeroom".into(),
        region: "us-east-1".into(),
        credentials: Credentials {
            access_key: "TESTACCESS".into(),
            secret_key: SecretKey::new("a-secret-for-tests-of-the-endpoint"),
        },
        limits: Limits {
            min_part_bytes,
            ..Limits::default()
        },
        clock,
        ids: Arc::new(TestIds(AtomicU64::new(
            STARTS.fetch_add(1, Ordering::SeqCst) << 40,
        ))),
    }
}

impl Rig {
    pub async fn new() -> Self {
        Self::with_parts_of(16).await
    }

    pub async fn with_parts_of(min_part_bytes: u64) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let clock = Arc::new(TestClock(AtomicI64::new(1_800_000_000)));
        let endpoint = EmbeddedS3::open(directory.path(), config(Arc::clone(&clock), min_part_bytes))
            .await
            .unwrap();
        let store = Arc::new(S3ObjectStore::embedded(endpoint.clone()));
        Self {
            endpoint,
            store,
            clock,
            directory,
        }
    }

    /// Closes the endpoint and opens the directory again, as the program does.
    pub async fn reopen(self) -> Self {
        let Self {
            endpoint,
            store,
            clock,
            directory,
        } = self;
        drop((endpoint, store));
        let endpoint = EmbeddedS3::open(directory.path(), config(Arc::clone(&clock), 16))
            .await
            .unwrap();
        endpoint.sweep().await.unwrap();
        let store = Arc::new(S3ObjectStore::embedded(endpoint.clone()));
        Self {
            endpoint,
            store,
            clock,
            directory,
        }
    }

    pub fn grant_put(&self, key: &str, size: u64, sha256: Option<Sha256>) -> Presigned {
        let key = ObjectKey(key.into());
        let grant = PutGrant {
            key: &key,
            size: Some(size),
            content_type: Some("video/mp4"),
            sha256,
            valid_for: MINUTE,
            through: None,
        };
        self.store.presign_put(&grant, &Audience(ORIGIN.into()))
    }

    pub fn grant_get(&self, key: &str) -> Presigned {
        let key = ObjectKey(key.into());
        let grant = GetGrant {
            key: &key,
            content_disposition: "inline; filename=\"a b.txt\"",
            content_type: "text/plain; charset=utf-8",
            valid_for: MINUTE,
            through: None,
        };
        self.store.presign_get(&grant, &Audience(ORIGIN.into()))
    }

    pub fn grant_part(
        &self,
        key: &ObjectKey,
        multipart: &homeroom_core::ports::object_store::MultipartId,
        number: u32,
        size: u64,
    ) -> Presigned {
        let grant = PartGrant {
            key,
            multipart,
            number,
            size,
            valid_for: MINUTE,
        };
        self.store.presign_part(&grant, &Audience(ORIGIN.into()))
    }

    /// Sends what was granted, with a true length.
    pub async fn send(&self, grant: &Presigned, body: &[u8]) -> Answer {
        let mut headers = pairs(&grant.headers);
        if grant.method == "PUT" {
            headers.push(("content-length".into(), body.len().to_string()));
        }
        self.request(grant.method, &grant.url, &headers, body).await
    }

    /// Sends a request as it is written, but for its host.
    pub async fn request(
        &self,
        method: &str,
        url: &str,
        headers: &[(String, String)],
        body: &[u8],
    ) -> Answer {
        let authority = url
            .split_once("://")
            .map_or("", |(_, rest)| rest.split('/').next().unwrap_or_default());
        let target = url
            .split_once("://")
            .map_or(url, |(_, rest)| &rest[authority.len()..]);
        let mut request = Request::builder()
            .method(method)
            .uri(target)
            .header("host", authority);
        for (name, value) in headers {
            request = request.header(name, value);
        }
        let request = request.body(Full::new(Bytes::copy_from_slice(body))).unwrap();
        read(self.endpoint.handle(request).await).await
    }

    /// Bytes in files below the directories of content.
    pub fn content_files(&self) -> Vec<std::path::PathBuf> {
        let mut files = Vec::new();
        for place in ["tmp", "blobs"] {
            gather(&self.directory.path().join(place), &mut files);
        }
        files
    }
}

fn gather(directory: &Path, files: &mut Vec<std::path::PathBuf>) {
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            gather(&path, files);
        } else {
            files.push(path);
        }
    }
}

/// Names and values.
pub type Headers = Vec<(String, String)>;

pub fn pairs(headers: &[(String, String)]) -> Headers {
    headers.to_vec()
}

async fn read(response: http::Response<homeroom_objects::embedded::ResponseBody>) -> Answer {
    let (parts, mut body) = response.into_parts();
    let mut answer = Answer {
        status: parts.status,
        headers: parts.headers,
        body: Vec::new(),
        broken: false,
    };
    while let Some(frame) = body.frame().await {
        let Ok(frame) = frame else {
            answer.broken = true;
            break;
        };
        answer.body.extend_from_slice(frame.data_ref().unwrap());
    }
    answer
}

/// Bytes that differ everywhere, the same in every run.
pub fn noise(size: usize) -> Vec<u8> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
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

pub fn sha256(bytes: &[u8]) -> Sha256 {
    Sha256(
        aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, bytes)
            .as_ref()
            .try_into()
            .unwrap(),
    )
}
