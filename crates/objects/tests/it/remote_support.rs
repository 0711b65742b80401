//! Services to speak to: real ones, the embedded endpoint over HTTP, one that says what a test wants,
//! and a network between that fails on demand.
use bytes::Bytes;
use homeroom_core::ports::{Clock, Ids};
use homeroom_objects::{
    Credentials, EmbeddedConfig, EmbeddedS3, Environment, Limits, S3ObjectStore, SecretKey, StorageUrl,
};
use homeroom_testkit::servers::s3::S3Service;
use http::{HeaderMap, Method, Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use jiff::{SignedDuration, Timestamp};
use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

pub const SECRET: &str = "a/secret+for-tests=of-the-endpoint";
pub const ACCESS: &str = "TESTACCESS";

/// The real time, or off by so much.
pub struct RealClock(pub SignedDuration);

impl Clock for RealClock {
    fn now(&self) -> Timestamp {
        Timestamp::now() + self.0
    }
}

pub fn real_clock() -> Arc<RealClock> {
    Arc::new(RealClock(SignedDuration::ZERO))
}

pub struct RandomIds;

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

pub fn keys(access: &str, secret: &str) -> Credentials {
    Credentials {
        access_key: access.into(),
        secret_key: SecretKey::new(secret),
    }
}

/// A store of a URL with these keys.
pub async fn open(url: &str, access: &str, secret: &str) -> S3ObjectStore {
    open_at(url, access, secret, SignedDuration::ZERO).await
}

/// The same with a clock that is off.
pub async fn open_at(url: &str, access: &str, secret: &str, off: SignedDuration) -> S3ObjectStore {
    let url = StorageUrl::parse(url).unwrap();
    let clock = Arc::new(RealClock(off));
    S3ObjectStore::open(&url, Some(keys(access, secret)), &Environment::default(), clock)
        .await
        .unwrap()
}

/// A store of a URL at a service of the testkit.
pub async fn at(service: &S3Service, url: &str) -> S3ObjectStore {
    open(url, &service.access_key, &service.secret_key).await
}

pub async fn embedded(directory: &std::path::Path) -> EmbeddedS3 {
    let config = EmbeddedConfig {
        bucket: "homeroom".into(),
        region: "us-east-1".into(),
        credentials: keys(ACCESS, SECRET),
        limits: Limits::default(),
        clock: real_clock(),
        ids: Arc::new(RandomIds),
    };
    EmbeddedS3::open(directory, config).await.unwrap()
}

/// The embedded endpoint behind HTTP.
pub struct Served {
    pub address: String,
    task: JoinHandle<()>,
    _directory: tempfile::TempDir,
}

impl Drop for Served {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Served {
    pub async fn start() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let endpoint = embedded(directory.path()).await;
        let (address, task) = serve(move |request| {
            let endpoint = endpoint.clone();
            Box::pin(async move { endpoint.handle(request).await })
        })
        .await;
        Self {
            address,
            task,
            _directory: directory,
        }
    }

    pub fn url(&self) -> String {
        format!("s3://homeroom?endpoint=http://{}", self.address)
    }
}

type Answering<B> = Pin<Box<dyn Future<Output = Response<B>> + Send>>;

async fn serve<B>(
    answer: impl Fn(Request<Incoming>) -> Answering<B> + Clone + Send + 'static,
) -> (String, JoinHandle<()>)
where
    B: http_body::Body + Send + 'static,
    B::Data: Send,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let task = tokio::spawn(async move {
        let mut connections = JoinSet::new();
        while let Ok((stream, _)) = listener.accept().await {
            let answer = answer.clone();
            connections.spawn(async move {
                let service = service_fn(move |request| {
                    let answering = answer(request);
                    async move { Ok::<_, Infallible>(answering.await) }
                });
                let http = hyper::server::conn::http1::Builder::new();
                let _ended = http.serve_connection(TokioIo::new(stream), service).await;
            });
        }
    });
    (address, task)
}

/// A request as a fake service received it.
#[derive(Clone, Debug)]
pub struct Asked {
    pub method: Method,
    /// With the query.
    pub path: String,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Asked {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

/// What a fake service says.
pub struct Says {
    pub status: u16,
    pub headers: Vec<(&'static str, String)>,
    pub body: String,
    pub after: Duration,
}

pub fn says(status: u16, body: impl Into<String>) -> Says {
    Says {
        status,
        headers: Vec::new(),
        body: body.into(),
        after: Duration::ZERO,
    }
}

pub fn refuses(status: u16, code: &str) -> Says {
    says(
        status,
        format!("<Error><Code>{code}</Code><Message>m</Message></Error>"),
    )
}

impl Says {
    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub fn after(self, after: Duration) -> Self {
        Self { after, ..self }
    }
}

/// A service that says what a test wants and remembers what it was asked.
pub struct Fake {
    pub address: String,
    asked: Arc<Mutex<Vec<Asked>>>,
    task: JoinHandle<()>,
}

impl Drop for Fake {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Fake {
    /// `answer` gets the request and how many there were before it.
    pub async fn start(answer: impl Fn(&Asked, usize) -> Says + Send + Sync + 'static) -> Self {
        let asked: Arc<Mutex<Vec<Asked>>> = Arc::default();
        let (seen, answer) = (Arc::clone(&asked), Arc::new(answer));
        let (address, task) = serve(move |request: Request<Incoming>| {
            let (seen, answer) = (Arc::clone(&seen), Arc::clone(&answer));
            Box::pin(async move {
                let (parts, body) = request.into_parts();
                let body = body.collect().await.map(http_body_util::Collected::to_bytes);
                let asked = Asked {
                    method: parts.method,
                    path: parts.uri.to_string(),
                    headers: parts.headers,
                    body: body.unwrap_or_default(),
                };
                let says = {
                    let mut seen = seen.lock().unwrap();
                    let says = answer(&asked, seen.len());
                    seen.push(asked);
                    says
                };
                tokio::time::sleep(says.after).await;
                let mut response = Response::builder().status(StatusCode::from_u16(says.status).unwrap());
                for (name, value) in says.headers {
                    response = response.header(name, value);
                }
                response.body(Full::new(Bytes::from(says.body))).unwrap()
            })
        })
        .await;
        Self { address, asked, task }
    }

    pub fn url(&self) -> String {
        format!("s3://homeroom?endpoint=http://{}", self.address)
    }

    pub async fn store(&self) -> S3ObjectStore {
        open(&self.url(), ACCESS, SECRET).await
    }

    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }
}

const PASS: u8 = 0;
const HANG: u8 = 1;
const CUT_ONCE: u8 = 2;

/// A network between a store and its service.
pub struct Network {
    pub address: String,
    service: String,
    mode: Arc<AtomicU8>,
    task: JoinHandle<()>,
}

impl Drop for Network {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Network {
    /// In front of `service`, which is `host:port`.
    pub async fn before(service: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let mode = Arc::new(AtomicU8::new(PASS));
        let task = tokio::spawn(relay(listener, service.to_owned(), Arc::clone(&mode)));
        Self {
            address,
            service: service.to_owned(),
            mode,
            task,
        }
    }

    /// Nobody listens any more, and connections are cut.
    pub async fn stop(&mut self) {
        self.task.abort();
        let _aborted = (&mut self.task).await;
    }

    /// Somebody listens again.
    pub async fn start(&mut self) {
        self.mode.store(PASS, Ordering::SeqCst);
        let listener = TcpListener::bind(&self.address).await.unwrap();
        self.task = tokio::spawn(relay(listener, self.service.clone(), Arc::clone(&self.mode)));
    }

    /// Connections are taken, and nothing is passed on.
    pub fn hang(&self) {
        self.mode.store(HANG, Ordering::SeqCst);
    }

    /// Everything passes.
    pub fn pass(&self) {
        self.mode.store(PASS, Ordering::SeqCst);
    }

    /// The next request arrives, and its answer does not.
    pub fn lose_an_answer(&self) {
        self.mode.store(CUT_ONCE, Ordering::SeqCst);
    }
}

async fn relay(listener: TcpListener, service: String, mode: Arc<AtomicU8>) {
    let mut connections = JoinSet::new();
    while let Ok((client, _)) = listener.accept().await {
        let (service, mode) = (service.clone(), Arc::clone(&mode));
        connections.spawn(async move {
            let Ok(server) = TcpStream::connect(&service).await else {
                return;
            };
            let (from_client, to_client) = client.into_split();
            let (from_server, to_server) = server.into_split();
            tokio::select! {
                () = pass_on(from_client, to_server, &mode, false) => {}
                () = pass_on(from_server, to_client, &mode, true) => {}
            }
        });
    }
}

async fn pass_on(
    mut from: tokio::net::tcp::OwnedReadHalf,
    mut to: tokio::net::tcp::OwnedWriteHalf,
    mode: &AtomicU8,
    answers: bool,
) {
    let mut buffer = vec![0; 64 * 1024];
    while let Ok(length @ 1..) = from.read(&mut buffer).await {
        while mode.load(Ordering::SeqCst) == HANG {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        if answers
            && mode
                .compare_exchange(CUT_ONCE, PASS, Ordering::SeqCst, Ordering::SeqCst)
                .is_ok()
        {
            return;
        }
        if to.write_all(&buffer[..length]).await.is_err() {
            return;
        }
    }
}
