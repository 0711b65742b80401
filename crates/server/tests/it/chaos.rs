//! Three `serve` and two `worker` processes on Postgres and an S3 service, one of which is killed every
//! few seconds while a school works. `HOMEROOM_CHAOS_SECONDS` (9 unless said) says for how long.
use crate::person::{Answer, Person, id, noise, sha256};
use crate::places;
use crate::school::{School, Worker};
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

const CLIENTS: usize = 6;
/// A request that fails is sent again after this, to another process, as a balancer would.
const BEFORE_RETRY: Duration = Duration::from_secs(1);
/// How often one request may fail: its second try can meet the next kill.
const MOST_TRIES: usize = 3;

fn random(below: usize) -> usize {
    usize::from(uuid::Uuid::new_v4().as_bytes()[0]) % below
}

/// How requests fared.
#[derive(Default)]
struct Tally {
    requests: AtomicUsize,
    mended_by_one_retry: AtomicUsize,
    mended_by_two: AtomicUsize,
}

/// A person who is served by any of the processes.
#[derive(Clone)]
struct Client {
    person: Person,
    urls: Vec<String>,
    tally: Arc<Tally>,
}

impl Client {
    /// Sends until it is answered by something else than a fault.
    async fn call(&self, method: Method, path: &str, key: Option<&str>, body: Option<&Value>) -> Answer {
        let first = random(self.urls.len());
        for attempt in 0..MOST_TRIES {
            let person = Person {
                url: self.urls[(first + attempt) % self.urls.len()].clone(),
                ..self.person.clone()
            };
            let mut request = person.request(method.clone(), path);
            if let Some(key) = key {
                request = request.header("idempotency-key", key);
            }
            if let Some(body) = body {
                request = request.json(body);
            }
            if let Ok(answer) = request.send().await
                && !answer.status().is_server_error()
            {
                let (status, headers) = (answer.status(), answer.headers().clone());
                if let Ok(body) = answer.bytes().await {
                    self.count(attempt);
                    return Answer {
                        status,
                        headers,
                        body,
                    };
                }
            }
            tokio::time::sleep(BEFORE_RETRY).await;
        }
        panic!("{method} {path} failed {MOST_TRIES} times");
    }

    fn count(&self, failures: usize) {
        let tally = &self.tally;
        tally.requests.fetch_add(1, Ordering::Relaxed);
        match failures {
            0 => {}
            1 => drop(tally.mended_by_one_retry.fetch_add(1, Ordering::Relaxed)),
            _ => drop(tally.mended_by_two.fetch_add(1, Ordering::Relaxed)),
        }
    }

    /// Shares files and reads until told to stop; gives the hash of each material by its id.
    async fn work(self, stop: Arc<AtomicBool>) -> HashMap<String, String> {
        let mut shared = HashMap::new();
        while !stop.load(Ordering::Relaxed) {
            let content = hex::encode(noise(500 + random(200) * 400)).into_bytes();
            let key = uuid::Uuid::new_v4().to_string();
            let body =
                json!({"filename": format!("{key}.txt"), "size": content.len(), "sha256": sha256(&content)});
            let upload = self
                .call(Method::POST, "/api/v1/uploads", Some(&key), Some(&body))
                .await;
            let upload = upload.expect(201).json();
            self.person.send(&upload, &content).await;
            let path = format!("/api/v1/uploads/{}/complete", id(&upload));
            let material = self.call(Method::POST, &path, None, Some(&json!({}))).await;
            assert!(
                [200, 201].contains(&material.status.as_u16()),
                "{}",
                material.text()
            );
            shared.insert(id(&material.json()).to_owned(), sha256(&content));
            self.call(Method::GET, "/api/v1/search?q=a1*", None, None)
                .await
                .expect(200);
            self.call(Method::GET, "/api/v1/materials?uploader=me", None, None)
                .await
                .expect(200);
        }
        shared
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_school_of_five_processes_loses_nothing_while_they_are_killed() {
    let (Some(mut settings), Some(storage)) = (places::on_postgres(), places::on_radosgw()) else {
        return;
    };
    settings.extend(storage);
    settings.push(("HOMEROOM_EXTRACTION_WORKERS".to_owned(), "0".to_owned()));
    let mut schools = Vec::new();
    for _ in 0..3 {
        schools.push(School::at(settings.clone()).await);
    }
    let mut workers = [Worker::start(&settings), Worker::start(&settings)];
    let urls: Vec<String> = schools.iter().map(School::url).collect();
    let (tally, stop) = (Arc::new(Tally::default()), Arc::new(AtomicBool::new(false)));
    let mut working = Vec::new();
    for _ in 0..CLIENTS {
        let client = Client {
            person: schools[0].student().await,
            urls: urls.clone(),
            tally: Arc::clone(&tally),
        };
        working.push((client.clone(), tokio::spawn(client.work(Arc::clone(&stop)))));
    }

    let seconds = std::env::var("HOMEROOM_CHAOS_SECONDS").ok();
    let seconds = seconds.and_then(|text| text.parse().ok()).unwrap_or(9);
    let (begun, mut kills) = (Instant::now(), 0);
    while begun.elapsed() < Duration::from_secs(seconds) {
        tokio::time::sleep(Duration::from_secs(3)).await;
        match random(5) {
            worker @ 0..2 => workers[worker] = Worker::start(&settings),
            process => {
                schools[process - 2].kill();
                schools[process - 2].restart().await;
            }
        }
        kills += 1;
    }
    stop.store(true, Ordering::Relaxed);

    let mut files = 0;
    for (client, work) in working {
        let shared = work.await.unwrap();
        files += shared.len();
        check(&client.person, &urls, &shared).await;
    }
    println!(
        "{kills} kills, {files} files, {} requests, {} mended by one retry, {} by two",
        tally.requests.load(Ordering::Relaxed),
        tally.mended_by_one_retry.load(Ordering::Relaxed),
        tally.mended_by_two.load(Ordering::Relaxed),
    );
    assert!(files > CLIENTS, "{files}");
}

/// Everything acknowledged is there once, whole, read, and found everywhere.
async fn check(person: &Person, urls: &[String], shared: &HashMap<String, String>) {
    for (material, hash) in shared {
        assert_eq!(person.settled(material).await["status"], "ready");
        let download = person.download(material).await.expect(200);
        assert_eq!(sha256(&download.body), *hash, "{material}");
    }
    let listed = person.walk("/api/v1/materials?uploader=me", 100).await;
    assert_eq!(
        listed.len(),
        shared.len(),
        "nothing is lost, and nothing is there twice"
    );
    let sizes = listed.iter().map(|material| material["size"].as_u64().unwrap());
    let used = person.get("/api/v1/me").await.json()["used_bytes"].clone();
    assert_eq!(used, json!(sizes.sum::<u64>()), "bytes are counted once");
    for url in urls {
        let person = Person {
            url: url.clone(),
            ..person.clone()
        };
        person
            .eventually(10, async || {
                let all = person.walk("/api/v1/materials?uploader=me", 100).await;
                (all.len() == shared.len()).then_some(())
            })
            .await;
    }
}
