//! A small app behind the real gateway on a free port, and a client that sends raw bytes.
use axum::Router;
use axum::body::Bytes;
use axum::extract::{Extension, Request};
use axum::response::Response;
use axum::routing::{get, post, put};
use homeroom_http::gateway::{ClientAddress, GatewayConfig, Json, Path, Query, RequestOrigin, serve};
use homeroom_http::problem;
use serde::Deserialize;
use std::collections::HashMap;
use std::fmt::Write as _;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// A running gateway.
pub struct Gateway {
    pub address: SocketAddr,
    pub shutdown: CancellationToken,
    pub server: JoinHandle<()>,
}

/// An answer as it came.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HashMap<String, String>,
    pub body: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sum {
    a: u32,
    b: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    limit: Option<u32>,
}

pub fn app() -> Router {
    Router::new()
        .route("/", get(|| async { "home" }))
        .route("/healthz", get(|| async { "ok" }))
        .route("/echo", post(|body: Bytes| async move { body }))
        .route("/api/v1/sum", post(|Json(sum): Json<Sum>| async move { (sum.a + sum.b).to_string() }))
        .route("/api/v1/list", get(|Query(list): Query<List>| async move { format!("{:?}", list.limit) }))
        .route("/api/v1/things/{id}", get(|Path(id): Path<u32>| async move { id.to_string() }))
        .route("/api/v1/auth/login", post(|| async { "in" }))
        .route("/panic", get(|| async { panic!("on purpose") as () }))
        .route("/hang", get(std::future::pending::<()>))
        .route("/early", post(|| async { "answered before the body" }))
        .route("/own", get(own_policy))
        .route("/large", get(|| async { vec![b'x'; 64 * 1024 * 1024] }))
        .route(
            "/whoami",
            get(
                |Extension(origin): Extension<RequestOrigin>, Extension(client): Extension<ClientAddress>| async move {
                    format!("{} {}", origin.0, client.0)
                },
            ),
        )
        .route("/bucket/{*key}", put(|request: Request| async move { count(request).await.to_string() }))
        .fallback(problem::not_found)
        .method_not_allowed_fallback(problem::method_not_allowed)
}

async fn own_policy() -> Response {
    let response = Response::builder()
        .header("content-security-policy", "sandbox")
        .header("cache-control", "public, max-age=60");
    response.body("own".into()).unwrap()
}

async fn count(request: Request) -> u64 {
    use http_body_util::BodyExt;
    let mut body = request.into_body();
    let mut bytes = 0;
    while let Some(Ok(frame)) = body.frame().await {
        bytes += frame.data_ref().map_or(0, Bytes::len) as u64;
    }
    bytes
}

impl Gateway {
    /// Starts with these changes to the defaults.
    pub async fn start(change: impl FnOnce(&mut GatewayConfig)) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let mut config = GatewayConfig::new(format!("http://{address}").parse().unwrap());
        config.streaming_paths = vec!["/bucket/".into()];
        change(&mut config);
        let shutdown = CancellationToken::new();
        let server = tokio::spawn(serve(listener, app(), config, shutdown.clone()));
        Self {
            address,
            shutdown,
            server,
        }
    }

    pub async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    /// Sends bytes, reads until the other side closes.
    pub async fn exchange(&self, bytes: impl AsRef<[u8]>) -> String {
        let mut stream = self.connect().await;
        stream.write_all(bytes.as_ref()).await.unwrap();
        read_to_end(&mut stream).await
    }

    /// One request on its own connection.
    pub async fn request(&self, method: &str, path: &str, headers: &[&str], body: &str) -> Answer {
        let mut head = format!(
            "{method} {path} HTTP/1.1\r\nConnection: close\r\nContent-Length: {}\r\n",
            body.len()
        );
        if !headers
            .iter()
            .any(|line| line.to_ascii_lowercase().starts_with("host:"))
        {
            write!(head, "Host: {}\r\n", self.address).unwrap();
        }
        for line in headers {
            write!(head, "{line}\r\n").unwrap();
        }
        parse(&self.exchange(format!("{head}\r\n{body}")).await)
    }

    pub async fn get(&self, path: &str, headers: &[&str]) -> Answer {
        self.request("GET", path, headers, "").await
    }

    pub async fn assert_healthy(&self) {
        assert_eq!(self.get("/healthz", &[]).await.status, 200);
    }
}

/// All that comes until the end; a reset counts as one. Fails after a minute.
pub async fn read_to_end(stream: &mut TcpStream) -> String {
    let mut read = Vec::new();
    let _ = tokio::time::timeout(Duration::from_mins(1), stream.read_to_end(&mut read))
        .await
        .expect("the connection is closed in time");
    String::from_utf8_lossy(&read).into_owned()
}

/// Reads one answer with a known length from a connection that stays open.
pub async fn read_answer(stream: &mut TcpStream) -> Answer {
    let mut read = Vec::new();
    loop {
        let mut buffer = [0; 4_096];
        let bytes = stream.read(&mut buffer).await.unwrap();
        assert!(bytes > 0, "closed early: {}", String::from_utf8_lossy(&read));
        read.extend_from_slice(&buffer[..bytes]);
        let text = String::from_utf8_lossy(&read);
        if text.contains("\r\n\r\n") {
            let answer = parse(&text);
            if answer.headers.get("content-length") == Some(&answer.body.len().to_string()) {
                return answer;
            }
        }
    }
}

pub fn parse(text: &str) -> Answer {
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or((text, ""));
    let mut lines = head.lines();
    let status = lines
        .next()
        .and_then(|line| line.split(' ').nth(1))
        .and_then(|status| status.parse().ok());
    Answer {
        status: status.unwrap_or_else(|| panic!("no answer: {text:?}")),
        headers: lines
            .filter_map(|line| line.split_once(": "))
            .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
            .collect(),
        body: body.to_owned(),
    }
}

impl Answer {
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }

    pub fn code(&self) -> String {
        self.json()["code"].as_str().unwrap().to_owned()
    }
}
