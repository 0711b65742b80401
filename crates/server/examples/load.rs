//! Load for `bench/`: begins uploads, takes small files through create, PUT and complete, reads one's
//! account, or logs in, from many clients at once, and prints rates and percentiles.
//!
//! `load begin|read|login SERVERS TOKEN REQUESTS CLIENTS` · `load files SERVERS TOKEN FILES BYTES CLIENTS`;
//! SERVERS are URLs parted by commas, which take turns.
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

type Failure = Box<dyn std::error::Error + Send + Sync>;

struct Load {
    http: reqwest::Client,
    servers: Vec<String>,
    token: String,
    left: AtomicUsize,
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let given: Vec<String> = std::env::args().skip(1).collect();
    let number = |place: usize| given[place].parse::<usize>();
    let work = match given.first().map(String::as_str) {
        Some("begin") if given.len() == 5 => Work::Begin,
        Some("read") if given.len() == 5 => Work::Read,
        Some("login") if given.len() == 5 => Work::LogIn,
        Some("files") if given.len() == 6 => Work::File(number(4)?),
        _ => {
            return Err(
                "load begin|read|login SERVERS TOKEN REQUESTS CLIENTS | load files SERVERS TOKEN FILES BYTES CLIENTS"
                    .into(),
            );
        }
    };
    let (count, clients) = (number(3)?, number(given.len() - 1)?);
    let load = Arc::new(Load {
        http: reqwest::Client::builder()
            .pool_max_idle_per_host(clients)
            .build()?,
        servers: given[1]
            .split(',')
            .map(|url| url.trim_end_matches('/').to_owned())
            .collect(),
        token: given[2].clone(),
        left: AtomicUsize::new(count),
    });
    let started = Instant::now();
    let workers: Vec<_> = (0..clients)
        .map(|client| tokio::spawn(run(Arc::clone(&load), client, work)))
        .collect();
    let mut times = Vec::with_capacity(count);
    for worker in workers {
        times.extend(worker.await??);
    }
    report(times, started.elapsed());
    Ok(())
}

/// What every client does again and again.
#[derive(Clone, Copy)]
enum Work {
    Begin,
    Read,
    LogIn,
    /// A file of so many bytes.
    File(usize),
}

async fn run(load: Arc<Load>, client: usize, work: Work) -> Result<Vec<Duration>, Failure> {
    let server = &load.servers[client % load.servers.len()];
    let mut times = Vec::new();
    while load
        .left
        .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1))
        .is_ok()
    {
        let started = Instant::now();
        match work {
            Work::Begin => load.begin(server, 1_000).await.map(drop)?,
            Work::File(bytes) => load.file(server, bytes).await?,
            Work::Read => load.read(server).await?,
            Work::LogIn => {
                let body = json!({"login": "bench", "password": "seven red kites"});
                load.post(server, "/api/v1/auth/login", &body).await.map(drop)?;
            }
        }
        times.push(started.elapsed());
    }
    Ok(times)
}

impl Load {
    async fn read(&self, server: &str) -> Result<(), Failure> {
        let request = self
            .http
            .get(format!("{server}/api/v1/me"))
            .bearer_auth(&self.token);
        request.send().await?.error_for_status()?.bytes().await?;
        Ok(())
    }

    async fn post(&self, server: &str, path: &str, body: &Value) -> Result<Value, Failure> {
        let request = self
            .http
            .post(format!("{server}{path}"))
            .bearer_auth(&self.token)
            .json(body);
        Ok(request.send().await?.error_for_status()?.json().await?)
    }

    async fn begin(&self, server: &str, size: usize) -> Result<Value, Failure> {
        self.post(
            server,
            "/api/v1/uploads",
            &json!({"filename": "load.bin", "size": size}),
        )
        .await
    }

    async fn file(&self, server: &str, bytes: usize) -> Result<(), Failure> {
        let upload = self.begin(server, bytes).await?;
        let part = &upload["parts"][0];
        let mut put = self
            .http
            .put(part["url"].as_str().ok_or("no url")?)
            .body(vec![0xA5; bytes]);
        for (name, value) in part["headers"].as_object().into_iter().flatten() {
            put = put.header(name, value.as_str().unwrap_or_default());
        }
        put.send().await?.error_for_status()?;
        let id = upload["id"].as_str().ok_or("no id")?;
        self.post(server, &format!("/api/v1/uploads/{id}/complete"), &json!({}))
            .await
            .map(drop)
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
fn report(mut times: Vec<Duration>, took: Duration) {
    times.sort_unstable();
    let at = |share: usize| times.get((times.len() * share / 100).min(times.len().saturating_sub(1)));
    let rate = times.len() as f64 / took.as_secs_f64();
    println!(
        "{} in {took:.2?}: {rate:.0}/s, p50 {:.2?}, p95 {:.2?}, p99 {:.2?}",
        times.len(),
        at(50),
        at(95),
        at(99)
    );
}
