//! The server is killed while it works; what it acknowledged is there afterwards, and whole.
use crate::person::{Person, id, noise, sha256};
use crate::school::School;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::task::JoinSet;

/// What the server has acknowledged.
#[derive(Default)]
struct Acknowledged {
    /// Uploads whose one part has arrived, with their content.
    stored: HashMap<String, Vec<u8>>,
    /// Materials, with the upload that they were.
    materials: HashMap<String, String>,
}

fn rounds() -> u64 {
    std::env::var("HOMEROOM_KILL_ROUNDS")
        .ok()
        .and_then(|rounds| rounds.parse().ok())
        .unwrap_or(20)
}

fn random(below: u64) -> u64 {
    u64::from_le_bytes(uuid::Uuid::new_v4().as_bytes()[..8].try_into().unwrap()) % below
}

/// Shares text files until the server is gone. Each is named after its hash.
async fn share(person: Person, acknowledged: Arc<Mutex<Acknowledged>>) -> Option<()> {
    loop {
        let content = hex::encode(noise(64 + usize::try_from(random(200_000)).unwrap())).into_bytes();
        let body = json!({"filename": format!("{}.txt", sha256(&content)), "size": content.len()});
        let upload = call(&person, "/api/v1/uploads", &body).await?;
        let part = &upload["parts"][0];
        let put = person.http.put(part["url"].as_str()?).body(content.clone());
        let put = part["headers"]
            .as_object()?
            .iter()
            .fold(put, |put, (name, value)| {
                put.header(name, value.as_str().unwrap())
            });
        let stored = put.send().await.ok()?;
        assert_eq!(stored.status(), 200);
        acknowledged
            .lock()
            .unwrap()
            .stored
            .insert(id(&upload).to_owned(), content);
        let material = call(
            &person,
            &format!("/api/v1/uploads/{}/complete", id(&upload)),
            &json!({}),
        )
        .await?;
        acknowledged
            .lock()
            .unwrap()
            .materials
            .insert(id(&material).to_owned(), id(&upload).to_owned());
    }
}

/// The answer, or nothing when the server is gone.
async fn call(person: &Person, path: &str, body: &Value) -> Option<Value> {
    let answer = person
        .request(reqwest::Method::POST, path)
        .json(body)
        .send()
        .await
        .ok()?;
    assert_eq!(answer.status(), 201, "{path}");
    answer.json().await.ok()
}

/// Searches until the server is gone.
async fn search(person: Person) -> Option<()> {
    loop {
        let answer = person
            .request(reqwest::Method::GET, "/api/v1/search?q=a1b2")
            .send()
            .await
            .ok()?;
        assert_eq!(answer.status(), 200);
        answer.bytes().await.ok()?;
    }
}

/// One life of the server: work, then a kill at any instant of it.
async fn live(school: &mut School, person: &Person) -> Acknowledged {
    let acknowledged = Arc::new(Mutex::new(Acknowledged::default()));
    let mut work = JoinSet::new();
    for _ in 0..3 {
        work.spawn(share(person.clone(), Arc::clone(&acknowledged)));
    }
    work.spawn(search(person.clone()));
    tokio::time::sleep(Duration::from_millis(20 + random(700))).await;
    school.kill();
    while let Some(ended) = work.join_next().await {
        ended.unwrap();
    }
    std::mem::take(&mut acknowledged.lock().unwrap())
}

/// What was stored but not completed is completed now; what was completed has its bytes.
async fn check(person: &Person, acknowledged: Acknowledged, known: &mut HashMap<String, String>) {
    let completed: Vec<&String> = acknowledged.materials.values().collect();
    for (material, upload) in &acknowledged.materials {
        known.insert(material.clone(), sha256(&acknowledged.stored[upload]));
    }
    for (upload, content) in acknowledged
        .stored
        .iter()
        .filter(|(upload, _)| !completed.contains(upload))
    {
        let found = person
            .get(&format!("/api/v1/uploads/{upload}"))
            .await
            .expect(200)
            .json();
        if found["state"] == "open" {
            assert_eq!(found["parts"][0]["state"], "received", "{found}");
        }
        let material = person.complete(&found, &json!({})).await.expect(201).json();
        known.insert(id(&material).to_owned(), sha256(content));
    }
    for (material, hash) in known.iter() {
        let download = person.download(material).await.expect(200);
        assert_eq!(sha256(&download.body), *hash, "{material}");
    }
    // What was not acknowledged may be there, but then it is whole.
    for material in person.walk("/api/v1/materials?uploader=me", 100).await {
        if !known.contains_key(id(&material)) {
            let download = person.download(id(&material)).await.expect(200);
            assert_eq!(
                format!("{}.txt", sha256(&download.body)),
                material["filename"],
                "{material}"
            );
        }
    }
}

/// HARDENING 52.
#[tokio::test(flavor = "multi_thread")]
async fn hardening_52_a_killed_server_has_lost_nothing_that_it_acknowledged() {
    let mut school = School::start().await;
    let person = school.student().await;
    let mut all = HashMap::new();
    for _ in 0..rounds() {
        let acknowledged = live(&mut school, &person).await;
        school.restart().await;
        let mut fresh = HashMap::new();
        check(&person, acknowledged, &mut fresh).await;
        all.extend(fresh);
    }
    assert!(
        !all.is_empty(),
        "the server was killed before it acknowledged anything"
    );
    check(&person, Acknowledged::default(), &mut all).await;
    for material in all.keys() {
        assert_eq!(person.settled(material).await["status"], "ready");
    }
    assert_eq!(school.terminate().code(), Some(0));
    let examined = school.run(&["admin", "fsck"], "");
    assert!(
        examined.status.success(),
        "{}",
        String::from_utf8_lossy(&examined.stdout)
    );
}
