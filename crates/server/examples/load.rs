//! Load for `bench/`: begins uploads, or takes small files through create, PUT and complete, from
//! many clients at once, and prints rates and percentiles.
//!
//! `load begin SERVER TOKEN REQUESTS CLIENTS` · `load files SERVER TOKEN FILES BYTES CLIENTS`
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

type Failure = Box<dyn std::error::Error + Send + Sync>;

struct Load {
    http: reqwest::Client,
    server: String,
    token: String,
    left: AtomicUsize,
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let given: Vec<String> = std::env::args().skip(1).collect();
    let number = |place: usize| given[place].parse::<usize>();
    let (count, bytes, clients) = match given.first().map(String::as_str) {
        Some("begin") if given.len() == 5 => (number(3)?, 0, number(4)?),
        Some("files") if given.len() == 6 => (number(3)?, number(4)?, number(5)?),
        _ => {
            return Err(
                "load begin SERVER TOKEN REQUESTS CLIENTS | load files SERVER TOKEN FILES BYTES CLIENTS"
                    .into(),
            );
        }
    };
    let load = Arc::new(Load {
        http: reqwest::Client::builder()
            .pool_max_idle_per_host(clients)
            .build()?,
        server: given[1].trim_end_matches('/').to_owned(),
        token: given[2].clone(),
        left: AtomicUsize::new(count),
    });
    let started = Instant::now();
    let workers: Vec<_> = (0..clients)
        .map(|_| tokio::spawn(work(Arc::clone(&load), bytes)))
        .collect();
    let mut times = Vec::with_capacity(count);
    for worker in workers {
        times.extend(worker.await??);
    }
    report(times, started.elapsed());
    Ok(())
}

async fn work(load: Arc<Load>, bytes: usize) -> Result<Vec<Duration>, Failure> {
    let mut times = Vec::new();
    while load
        .left
        .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1))
        .is_ok()
    {
        let started = Instant::now();
        if bytes == 0 {
            load.begin(1_000).await.map(drop)?;
        } else {
            load.file(bytes).await?;
        }
        times.push(started.elapsed());
    }
    Ok(times)
}

impl Load {
    async fn post(&self, path: &str, body: &Value) -> Result<Value, Failure> {
        let request = self
            .http
            .post(format!("{}{path}", self.server))
            .bearer_auth(&self.token)
            .json(body);
        Ok(request.send().await?.error_for_status()?.json().await?)
    }

    async fn begin(&self, size: usize) -> Result<Value, Failure> {
        self.post("/api/v1/uploads", &json!({"filename": "load.bin", "size": size}))
            .await
    }

    async fn file(&self, bytes: usize) -> Result<(), Failure> {
        let upload = self.begin(bytes).await?;
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
        self.post(&format!("/api/v1/uploads/{id}/complete"), &json!({}))
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
