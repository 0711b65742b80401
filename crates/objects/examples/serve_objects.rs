//! The endpoint alone on a port, for measurements and for trying S3 clients against it.
//!
//! `cargo run --release -p homeroom-objects --example serve_objects -- DIRECTORY [PORT]` prints the
//! settings that clients need and, given `--presign SIZE`, a PUT and a GET of that many bytes.
use homeroom_core::ports::object_store::{Audience, GetGrant, ObjectKey, PutGrant};
use homeroom_core::ports::{Clock, Ids, ObjectStore as _};
use homeroom_objects::{Credentials, EmbeddedConfig, EmbeddedS3, Limits, S3ObjectStore, SecretKey};
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use std::convert::Infallible;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;

struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> jiff::Timestamp {
        jiff::Timestamp::now()
    }
}

struct RandomIds;

impl Ids for RandomIds {
    fn uuid(&self) -> uuid::Uuid {
        uuid::Uuid::now_v7()
    }

    fn secret(&self) -> [u8; 32] {
        let mut bytes = [0; 32];
        aws_lc_rs::rand::fill(&mut bytes).expect("the system has random bytes");
        bytes
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let directory = PathBuf::from(arguments.next().ok_or("a directory is needed")?);
    let port = arguments.next().map_or(Ok(0), |port| port.parse::<u16>())?;
    let config = EmbeddedConfig {
        bucket: "homeroom".into(),
        region: "us-east-1".into(),
        credentials: Credentials {
            access_key: "BENCHBENCHBENCH".into(),
            secret_key: SecretKey::new("a-secret-for-measurements-only"),
        },
        limits: Limits::default(),
        clock: Arc::new(SystemClock),
        ids: Arc::new(RandomIds),
    };
    let endpoint = EmbeddedS3::open(&directory, config).await?;
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    let origin = format!("http://{}", listener.local_addr()?);
    println!("export AWS_ENDPOINT_URL={origin} AWS_REGION=us-east-1 S3_BUCKET=homeroom");
    println!("export AWS_ACCESS_KEY_ID=BENCHBENCHBENCH AWS_SECRET_ACCESS_KEY=a-secret-for-measurements-only");
    print_presigned(&endpoint, &origin, arguments);
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let endpoint = endpoint.clone();
        tokio::spawn(async move {
            let service = service_fn(move |request| {
                let endpoint = endpoint.clone();
                async move { Ok::<_, Infallible>(endpoint.handle(request).await) }
            });
            let mut server = hyper::server::conn::http1::Builder::new();
            server.timer(TokioTimer::new());
            let _ = server.serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

/// `--presign SIZE [COUNT]`: one line of `PUT url` per key, and a `GET url` of the first.
fn print_presigned(endpoint: &EmbeddedS3, origin: &str, mut arguments: impl Iterator<Item = String>) {
    if arguments.next().as_deref() != Some("--presign") {
        return;
    }
    let number = |text: Option<String>| text.and_then(|text| text.parse::<u64>().ok());
    let (size, count) = (
        number(arguments.next()).unwrap_or(0),
        number(arguments.next()).unwrap_or(1),
    );
    let store = S3ObjectStore::embedded(endpoint.clone());
    let audience = Audience(origin.to_owned());
    let valid_for = Duration::from_hours(24);
    let run = uuid::Uuid::now_v7();
    for place in 0..count {
        let key = ObjectKey(format!("bench/{run}/{place}"));
        let grant = PutGrant {
            key: &key,
            size: Some(size),
            content_type: Some("application/octet-stream"),
            sha256: None,
            valid_for,
            through: None,
        };
        println!("PUT {}", store.presign_put(&grant, &audience).url);
        let get = GetGrant {
            key: &key,
            content_disposition: "attachment",
            content_type: "application/octet-stream",
            valid_for,
            through: None,
        };
        println!("GET {}", store.presign_get(&get, &audience).url);
    }
    println!("READY");
}
