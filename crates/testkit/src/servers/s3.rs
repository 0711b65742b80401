//! What fixtures of S3 services share: an address, keys, and buckets for tests.
//!
//! The few signed requests that make a bucket are written out here, so that the testkit needs no
//! adapter and a fixture is not proven by the client that it is there to prove.
use aws_lc_rs::{digest, hmac};
use jiff::Timestamp;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// A running S3 service that can be reached over http, and keys that may make buckets.
#[derive(Clone, Debug)]
pub struct S3Service {
    /// `http://127.0.0.1:3900`.
    pub endpoint: String,
    /// What signatures name.
    pub region: String,
    /// The public half of the keys.
    pub access_key: String,
    /// The private half; only ever that of a service for tests.
    pub secret_key: String,
}

impl S3Service {
    /// The service that `HOMEROOM_TEST_S3=s3://ANY?endpoint=…&region=…` names, with
    /// `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`.
    ///
    /// # Panics
    /// When the URL is there and names no endpoint, or the keys are not there.
    pub fn given() -> Option<Self> {
        let url = std::env::var("HOMEROOM_TEST_S3").ok()?;
        let parameter = |name: &str| {
            let (_, query) = url.split_once('?')?;
            let pair = query
                .split('&')
                .find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
            pair.map(str::to_owned)
        };
        let variable =
            |name: &str| std::env::var(name).unwrap_or_else(|_| panic!("HOMEROOM_TEST_S3 needs {name}"));
        Some(Self {
            endpoint: parameter("endpoint").expect("HOMEROOM_TEST_S3 names an endpoint"),
            region: parameter("region").unwrap_or_else(|| "us-east-1".into()),
            access_key: variable("AWS_ACCESS_KEY_ID"),
            secret_key: variable("AWS_SECRET_ACCESS_KEY"),
        })
    }

    /// A fresh bucket's storage URL: `s3://BUCKET?endpoint=…&region=…`.
    ///
    /// # Panics
    /// When the service does not make it.
    pub fn bucket(&self) -> String {
        let name = Self::unused_name();
        let status = self.put(&format!("/{name}"));
        assert_eq!(status, 200, "{} makes a bucket", self.endpoint);
        self.url(&name)
    }

    /// The storage URL of a bucket, whether it is there or not.
    pub fn url(&self, bucket: &str) -> String {
        format!("s3://{bucket}?endpoint={}&region={}", self.endpoint, self.region)
    }

    /// A name that no other test has used.
    pub fn unused_name() -> String {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let now = Timestamp::now().as_millisecond();
        format!("test-{now:x}-{}-{number}", std::process::id())
    }

    /// Whether it answers anything.
    pub(super) fn answers(&self) -> bool {
        self.exchange("GET / HTTP/1.1\r\nconnection: close\r\n").is_ok()
    }

    /// A signed PUT without a body; its status.
    fn put(&self, path: &str) -> u16 {
        let empty = sha256_hex(b"");
        let timestamp = Timestamp::now().strftime("%Y%m%dT%H%M%SZ").to_string();
        let host = self.host();
        let canonical = format!(
            "PUT\n{path}\n\nhost:{host}\nx-amz-content-sha256:{empty}\nx-amz-date:{timestamp}\n\n\
             host;x-amz-content-sha256;x-amz-date\n{empty}"
        );
        let scope = format!("{}/{}/s3/aws4_request", &timestamp[..8], self.region);
        let text = format!(
            "AWS4-HMAC-SHA256\n{timestamp}\n{scope}\n{}",
            sha256_hex(canonical.as_bytes())
        );
        let mut key = format!("AWS4{}", self.secret_key).into_bytes();
        for step in scope.split('/') {
            key = hmac_sha256(&key, step);
        }
        let signature = hex::encode(hmac_sha256(&key, &text));
        let head = format!(
            "PUT {path} HTTP/1.1\r\ncontent-length: 0\r\nconnection: close\r\nx-amz-date: {timestamp}\r\n\
             x-amz-content-sha256: {empty}\r\nauthorization: AWS4-HMAC-SHA256 Credential={}/{scope}, \
             SignedHeaders=host;x-amz-content-sha256;x-amz-date, Signature={signature}\r\n",
            self.access_key
        );
        self.exchange(&head).expect("the service answers")
    }

    fn exchange(&self, head: &str) -> std::io::Result<u16> {
        let host = self.host();
        let address = if host.contains(':') {
            host.clone()
        } else {
            format!("{host}:80")
        };
        let mut stream = TcpStream::connect(address)?;
        stream.set_read_timeout(Some(Duration::from_secs(30)))?;
        write!(stream, "{head}host: {host}\r\n\r\n")?;
        let mut answer = [0; 12];
        stream.read_exact(&mut answer)?;
        let status = std::str::from_utf8(&answer[9..])
            .ok()
            .and_then(|status| status.parse().ok());
        status.ok_or_else(|| std::io::ErrorKind::InvalidData.into())
    }

    fn host(&self) -> String {
        let host = self
            .endpoint
            .strip_prefix("http://")
            .expect("services of tests are reached over http");
        host.trim_end_matches('/').to_owned()
    }
}

fn sha256_hex(bytes: &[u8]) -> String {
    hex::encode(digest::digest(&digest::SHA256, bytes).as_ref())
}

fn hmac_sha256(key: &[u8], text: &str) -> Vec<u8> {
    let key = hmac::Key::new(hmac::HMAC_SHA256, key);
    hmac::sign(&key, text.as_bytes()).as_ref().to_vec()
}
