//! Somebody else's clients, with the credentials that the program prints.
//!
//! boto3 and awscli come from the Python environment that `HOMEROOM_TEST_VENV` names, rclone and
//! s3cmd from the system. Where one is missing the test says so and passes, but not in CI.
use futures::TryStreamExt as _;
use homeroom_core::ports::object_store::{Audience, GetGrant, ObjectKey, PartGrant, Presigned, PutGrant};
use homeroom_core::ports::{Clock, Ids, ObjectStore as _};
use homeroom_objects::{Credentials, EmbeddedConfig, EmbeddedS3, Limits, S3Config, S3ObjectStore, SecretKey};
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use std::convert::Infallible;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::process::Command;

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
        aws_lc_rs::rand::fill(&mut bytes).unwrap();
        bytes
    }
}

const SECRET: &str = "a/secret+for-tests=of-the-endpoint";

/// An endpoint on a free port, until it is dropped.
struct Served {
    origin: String,
    endpoint: EmbeddedS3,
    task: tokio::task::JoinHandle<()>,
    directory: tempfile::TempDir,
}

impl Drop for Served {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve() -> Served {
    let directory = tempfile::tempdir().unwrap();
    let config = EmbeddedConfig {
        bucket: "homeroom".into(),
        region: "us-east-1".into(),
        credentials: Credentials {
            access_key: "TESTACCESS".into(),
            secret_key: SecretKey::new(SECRET),
        },
        limits: Limits::default(),
        clock: Arc::new(SystemClock),
        ids: Arc::new(RandomIds),
    };
    let endpoint = EmbeddedS3::open(&directory.path().join("objects"), config)
        .await
        .unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    let shared = endpoint.clone();
    let task = tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let endpoint = shared.clone();
            tokio::spawn(async move {
                let service = service_fn(move |request| {
                    let endpoint = endpoint.clone();
                    async move { Ok::<_, Infallible>(endpoint.handle(request).await) }
                });
                let server = hyper::server::conn::http1::Builder::new();
                let _ = server.serve_connection(TokioIo::new(stream), service).await;
            });
        }
    });
    Served {
        origin,
        endpoint,
        task,
        directory,
    }
}

/// A program of the environment, or of the system; `None` where it may be missing.
fn find(program: &str, of_venv: bool) -> Option<PathBuf> {
    let directories: Vec<PathBuf> = if of_venv {
        std::env::var_os("HOMEROOM_TEST_VENV")
            .map(|venv| Path::new(&venv).join("bin"))
            .into_iter()
            .collect()
    } else {
        std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()).collect()
    };
    let found = directories
        .into_iter()
        .map(|directory| directory.join(program))
        .find(|path| path.is_file());
    if found.is_none() {
        assert_ne!(std::env::var("CI").as_deref(), Ok("true"), "{program} is missing");
        println!("{program} is missing: its test was passed over");
    }
    found
}

fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/clients")
        .join(name)
}

async fn run(served: &Served, program: &Path, arguments: &[&Path]) {
    let work = served.directory.path().join("work");
    std::fs::create_dir(&work).unwrap();
    let output = Command::new(program)
        .args(arguments)
        .arg(&work)
        .env("AWS_ENDPOINT_URL", &served.origin)
        .env("AWS_ACCESS_KEY_ID", "TESTACCESS")
        .env("AWS_SECRET_ACCESS_KEY", SECRET)
        .env("AWS_DEFAULT_REGION", "us-east-1")
        .env("AWS_REGION", "us-east-1")
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .env("S3_BUCKET", "homeroom")
        .env("HOME", &work)
        // Settings of the machine that the clients would stumble over.
        .env_remove("AWS_CA_BUNDLE")
        .env_remove("AWS_PROFILE")
        .output()
        .await
        .unwrap();
    let (out, err) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    assert!(output.status.success(), "{out}\n{err}");
    let examined = served.endpoint.examine().await.unwrap();
    assert_eq!(
        (examined.blobs, examined.damage.len()),
        (0, 0),
        "everything was deleted"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn boto3() {
    if let Some(python) = find("python3", true) {
        let served = serve().await;
        run(&served, &python, &[&script("boto3_client.py")]).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn awscli() {
    if let Some(aws) = find("aws", true) {
        let served = serve().await;
        run(&served, Path::new("sh"), &[&script("aws_client.sh"), &aws]).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rclone() {
    if find("rclone", false).is_some() {
        let served = serve().await;
        run(&served, Path::new("sh"), &[&script("rclone_client.sh")]).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s3cmd() {
    if find("s3cmd", false).is_some() {
        let served = serve().await;
        run(&served, Path::new("sh"), &[&script("s3cmd_client.sh")]).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_programs_own_client_over_http() {
    let served = serve().await;
    let config = S3Config {
        endpoint: served.origin.parse().unwrap(),
        region: "us-east-1".into(),
        bucket: "homeroom".into(),
        access_key: "TESTACCESS".into(),
        secret_key: SecretKey::new(SECRET),
        path_style: true,
    };
    let store = S3ObjectStore::remote(config, Arc::new(SystemClock)).unwrap();
    let (http, audience) = (reqwest::Client::new(), Audience("http://ignored.invalid".into()));
    let (one, joined) = (ObjectKey("one ü".into()), ObjectKey("joined".into()));
    let valid_for = Duration::from_mins(1);
    let content = vec![7_u8; 6 * 1024 * 1024];
    let send = async |grant: Presigned, body: Vec<u8>| {
        let mut request = http.request(grant.method.parse().unwrap(), &grant.url).body(body);
        for (name, value) in grant.headers {
            request = request.header(name, value);
        }
        request.send().await.unwrap()
    };
    let size = content.len() as u64;
    let put = PutGrant {
        key: &one,
        size: Some(size),
        content_type: Some("video/mp4"),
        sha256: None,
        valid_for,
        through: None,
    };
    assert_eq!(
        send(store.presign_put(&put, &audience), content.clone())
            .await
            .status(),
        200
    );
    // Small, for the refusal comes before a large body is read, and this server then hangs up.
    let again = PutGrant { size: Some(3), ..put };
    assert_eq!(
        send(store.presign_put(&again, &audience), vec![7; 3])
            .await
            .status(),
        412
    );
    let get = GetGrant {
        key: &one,
        content_disposition: "inline",
        content_type: "video/mp4",
        valid_for,
        through: None,
    };
    assert!(
        send(store.presign_get(&get, &audience), Vec::new())
            .await
            .bytes()
            .await
            .unwrap()
            == content
    );

    let multipart = store.create_multipart(&joined, "video/mp4").await.unwrap();
    for number in 1..=2 {
        let part = PartGrant {
            key: &joined,
            multipart: &multipart,
            number,
            size,
            valid_for,
        };
        assert_eq!(
            send(store.presign_part(&part, &audience), content.clone())
                .await
                .status(),
            200
        );
    }
    assert_eq!(store.list_multiparts().await.unwrap()[0].multipart, multipart);
    let parts = store.list_parts(&joined, &multipart).await.unwrap();
    store
        .complete_multipart(&joined, &multipart, &parts)
        .await
        .unwrap();
    assert_eq!(store.head(&joined).await.unwrap().unwrap().size, 2 * size);
    let range = store
        .get(&joined, Some(size - 1..size + 1))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(range.try_collect::<Vec<_>>().await.unwrap().concat(), [7, 7]);
    assert_eq!(store.list("", None).await.unwrap().len(), 2);
    store.put(&one, "text/plain", "new".into()).await.unwrap();
    store.delete(&[one.clone(), joined]).await.unwrap();
    assert!(store.head(&one).await.unwrap().is_none());
}
