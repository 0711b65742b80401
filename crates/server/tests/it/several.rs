//! Several processes on one Postgres and one S3 service are one school.
use crate::classes::room::Room;
use crate::person::{Answer, Person, id, noise, note, word};
use crate::places::{self, Settings};
use crate::school::{School, Worker};
use homeroom_testkit::servers::postgres::Postgres;
use homeroom_testkit::servers::radosgw;
use reqwest::Method;
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// How soon all processes answer the same.
const SOON: u64 = 2;

/// A new school on Postgres and radosgw whose `serve` processes run no jobs.
fn shared() -> Option<Settings> {
    let mut settings = places::on_postgres()?;
    settings.extend(places::on_radosgw()?);
    settings.push(("HOMEROOM_EXTRACTION_WORKERS".to_owned(), "0".to_owned()));
    Some(settings)
}

/// The same person at another process.
fn at(person: &Person, school: &School) -> Person {
    Person {
        url: school.url(),
        ..person.clone()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_done_at_one_process_holds_at_the_others() {
    let Some(settings) = shared() else { return };
    let (here, there) = (
        School::at(settings.clone()).await,
        School::at(settings.clone()).await,
    );
    let _worker = Worker::start(&settings);
    let (owner, word) = (here.student().await, word());
    let (reader, owner_there) = (there.student().await, at(&owner, &there));

    let material = owner.share("notes.md", &note(&word), &json!({})).await;
    let material = id(&material).to_owned();
    for process in [&here, &there] {
        let reader = at(&reader, process);
        reader
            .eventually(SOON, async || {
                (reader.found(&word).await == [material.clone()]).then_some(())
            })
            .await;
    }
    let path = format!("/api/v1/materials/{material}");
    owner_there
        .patch(&path, &json!({"visibility": "private"}))
        .await
        .expect(200);
    at(&reader, &here).get(&path).await.expect(404);
    let gone = at(&reader, &here);
    gone.eventually(SOON, async || {
        (gone.search(&word).await["total"] == 0).then_some(())
    })
    .await;
    assert_eq!(
        owner.found(&word).await,
        std::slice::from_ref(&material),
        "the owner finds it still"
    );

    let session = owner.again().await;
    session.post("/api/v1/auth/logout", &json!({})).await.expect(204);
    at(&session, &there).get("/api/v1/me").await.expect(401);
    here.admin(&["user", "suspend", &owner.username]);
    for process in [&here, &there] {
        at(&owner, process)
            .get("/api/v1/me")
            .await
            .problem(403, "account_suspended");
    }
}

/// Each process remembers rosters; what another one changes holds at the next request.
#[tokio::test(flavor = "multi_thread")]
async fn who_joins_or_leaves_a_class_at_one_process_sees_accordingly_at_the_others() {
    let Some(settings) = shared() else { return };
    let (here, there) = (
        School::at(settings.clone()).await,
        School::at(settings.clone()).await,
    );
    let _worker = Worker::start(&settings);
    let room = Room::open(&here).await;
    let (owner, word) = (room.member(&here).await, word());
    let details = json!({"visibility": "class"});
    let material = owner.share("notes.md", &note(&word), &details).await;
    let path = format!("/api/v1/materials/{}", id(&material));
    let (student, teacher_there) = (here.student().await, at(&room.teacher, &there));
    let student_there = at(&student, &there);
    teacher_there
        .eventually(SOON, async || {
            (teacher_there.found(&word).await == [id(&material)]).then_some(())
        })
        .await;
    for _ in 0..2 {
        student_there.get(&path).await.expect(404);
        assert_eq!(student_there.search(&word).await["total"], 0);
        room.admit(&student).await;
        student_there.get(&path).await.expect(200);
        assert_eq!(student_there.search(&word).await["total"], 1);
        student.post(&room.path("/leave"), &json!({})).await.expect(204);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_index_that_was_away_catches_up() {
    let Some(settings) = shared() else { return };
    let (here, mut there) = (
        School::at(settings.clone()).await,
        School::at(settings.clone()).await,
    );
    let _worker = Worker::start(&settings);
    let (person, words) = (here.student().await, [word(), word()]);
    let kept = person.share("kept.md", &note(&words[0]), &json!({})).await;
    let gone = person.share("gone.md", &note(&words[0]), &json!({})).await;
    let person_there = at(&person, &there);
    person_there
        .eventually(SOON, async || {
            (person_there.found(&words[0]).await.len() == 2).then_some(())
        })
        .await;
    assert_eq!(there.terminate().code(), Some(0));

    let new = person.share("new.md", &note(&words[1]), &json!({})).await;
    person
        .delete(&format!("/api/v1/materials/{}", id(&gone)))
        .await
        .expect(204);
    there.restart().await;
    person_there
        .eventually(SOON, async || {
            (person_there.found(&words[1]).await == [id(&new)]).then_some(())
        })
        .await;
    assert_eq!(person_there.search(&words[0]).await["total"], 1);
    assert_eq!(person_there.found(&words[0]).await, [id(&kept)]);
    let builds = there.log().matches("built anew; search is incomplete").count();
    assert_eq!(builds, 1, "only the first start had nothing to go on from");
}

/// HARDENING 46, for a school of several processes.
#[tokio::test(flavor = "multi_thread")]
async fn limits_hold_for_all_processes_together() {
    let Some(mut settings) = shared() else { return };
    let (here, there) = {
        settings.push((
            "HOMEROOM_LIMITS_USER_WRITES_PER_MINUTE".to_owned(),
            "20".to_owned(),
        ));
        (School::at(settings.clone()).await, School::at(settings).await)
    };
    let person = here.student().await;
    let there = at(&person, &there);
    let change = async |person: &Person| {
        person
            .patch("/api/v1/me", &json!({"full_name": "A"}))
            .await
            .status
    };
    // A window of the shared count is a minute of the clock: what follows must not straddle two.
    let second = jiff::Timestamp::now().as_second() % 60;
    if second > 45 {
        tokio::time::sleep(Duration::from_secs(61 - u64::try_from(second).unwrap())).await;
    }
    let mut passed = 0;
    while change(&person).await == 200 {
        passed += 1;
    }
    assert!((20..=23).contains(&passed), "{passed}");
    let mut passed_there = 0;
    person
        .eventually(5, async || (change(&there).await == 429).then_some(()))
        .await;
    while change(&there).await == 200 {
        passed_there += 1;
    }
    assert!(passed_there < 20, "{passed_there}");
}

#[tokio::test(flavor = "multi_thread")]
async fn jobs_of_a_killed_worker_are_done_by_another() {
    let Some(settings) = shared() else { return };
    let here = School::at(settings.clone()).await;
    let person = here.student().await;
    let mut materials = Vec::new();
    for number in 0..12 {
        let content = note(&format!("killed{number}"));
        materials.push(
            person
                .share_unread(&format!("{number}.md"), &content, &json!({}))
                .await,
        );
    }
    let first = Worker::start(&settings);
    let ready = async || {
        let all = person.walk("/api/v1/materials?uploader=me", 100).await;
        all.iter()
            .filter(|material| material["status"] == "ready")
            .count()
    };
    person
        .eventually(30, async || (ready().await > 0).then_some(()))
        .await;
    drop(first);
    let _second = Worker::start(&settings);
    for material in &materials {
        assert_eq!(person.settled(id(material)).await["status"], "ready");
    }
    let found = person.search("killed*").await;
    assert!(found["total"].as_u64().is_some(), "{found}");
}

#[tokio::test(flavor = "multi_thread")]
async fn files_do_not_pass_through_the_program() {
    let Some(settings) = shared() else { return };
    let school = School::at(settings).await;
    let person = school.student().await;
    let meter = Meter::before(&school.url()).await;
    let metered = Person {
        url: meter.url.clone(),
        ..person.clone()
    };
    let content = noise(40 << 20);
    let upload = metered.begin("film.bin", content.len()).await;
    metered.send(&upload, &content).await;
    let material = metered.complete(&upload, &json!({})).await.expect(201).json();
    let download = metered.download(id(&material)).await.expect(200);
    assert!(download.body == content);
    let carried = meter.bytes.load(Ordering::SeqCst);
    assert!(
        (1_000..100_000).contains(&carried),
        "{carried} bytes passed through the program"
    );
}

/// Stands between clients and a server, counts the bytes, and may be closed.
struct Meter {
    url: String,
    bytes: Arc<AtomicU64>,
    closed: Arc<AtomicBool>,
}

impl Meter {
    /// Before the server at this URL.
    async fn before(server: &str) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let meter = Self {
            url: format!("http://{}", listener.local_addr().unwrap()),
            bytes: Arc::default(),
            closed: Arc::default(),
        };
        let (bytes, closed, target) = (
            meter.bytes.clone(),
            meter.closed.clone(),
            server.replace("http://", ""),
        );
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                if closed.load(Ordering::SeqCst) {
                    continue;
                }
                let server = tokio::net::TcpStream::connect(&target).await.unwrap();
                let ((from_client, to_client), (from_server, to_server)) =
                    (client.into_split(), server.into_split());
                tokio::spawn(carry(from_client, to_server, bytes.clone(), closed.clone()));
                tokio::spawn(carry(from_server, to_client, bytes.clone(), closed.clone()));
            }
        });
        meter
    }
}

async fn carry(
    mut from: impl AsyncReadExt + Unpin,
    mut to: impl AsyncWriteExt + Unpin,
    bytes: Arc<AtomicU64>,
    closed: Arc<AtomicBool>,
) {
    let mut buffer = vec![0; 64 * 1024];
    while let Ok(read @ 1..) = from.read(&mut buffer).await {
        bytes.fetch_add(read as u64, Ordering::SeqCst);
        if closed.load(Ordering::SeqCst) || to.write_all(&buffer[..read]).await.is_err() {
            break;
        }
    }
}

/// HARDENING 58, for storage.
#[tokio::test(flavor = "multi_thread")]
async fn hardening_58_without_its_storage_the_school_says_so_and_goes_on_afterwards() {
    let Some(service) = radosgw::radosgw() else { return };
    let Some(mut settings) = places::on_postgres() else {
        return;
    };
    let line = Meter::before(&service.endpoint).await;
    let url = service.bucket().replace(&service.endpoint, &line.url);
    settings.extend(places::storage(service, &url));
    let school = School::at(settings).await;
    let (person, word) = (school.student().await, word());
    let material = person.share("before.md", &note(&word), &json!({})).await;
    let content = note(&word);
    let upload = person.begin("during.md", content.len()).await;
    person.send(&upload, &content).await;

    line.closed.store(true, Ordering::SeqCst);
    let complete = format!("/api/v1/uploads/{}/complete", id(&upload));
    let page = format!("/api/v1/materials/{}/pages/1", id(&material));
    for (method, path, body) in [
        (
            Method::POST,
            "/api/v1/uploads",
            json!({"filename": "a.bin", "size": 50 << 20}),
        ),
        (Method::POST, &complete[..], json!({})),
        (Method::GET, &page[..], json!({})),
    ] {
        let begun = Instant::now();
        let request = person.request(method, path).json(&body);
        Answer::of(request).await.problem(503, "unavailable");
        assert!(
            begun.elapsed() < Duration::from_millis(1_800),
            "{path}: {:?}",
            begun.elapsed()
        );
    }
    assert_eq!(
        person.found(&word).await,
        [id(&material)],
        "what needs no storage goes on"
    );
    line.closed.store(false, Ordering::SeqCst);
    let during = person
        .eventually(10, async || {
            let answer = person.post(&complete, &json!({})).await;
            (answer.status == 201).then(|| answer.json())
        })
        .await;
    assert_eq!(person.settled(id(&during)).await["status"], "ready");
    assert_eq!(person.get(&page).await.status, 200);
}

/// HARDENING 58.
#[tokio::test(flavor = "multi_thread")]
async fn hardening_58_without_its_database_the_school_says_so_and_goes_on_afterwards() {
    let Some(postgres) = Postgres::start(&[]) else {
        return;
    };
    let mut settings = places::records(&postgres.database());
    let Some(storage) = places::on_radosgw() else {
        return;
    };
    settings.extend(storage);
    let school = School::at(settings).await;
    let (person, word) = (school.student().await, word());
    let material = person.share("before.md", &note(&word), &json!({})).await;
    let unread = person.share_unread("during.md", &note(&word), &json!({})).await;

    postgres.stop("immediate");
    for (method, path) in [(Method::GET, "/api/v1/me"), (Method::POST, "/api/v1/uploads")] {
        for _ in 0..3 {
            let begun = Instant::now();
            let request = person.request(method.clone(), path);
            let request = request.json(&json!({"filename": "a.txt", "size": 1}));
            let answer = Answer::of(request).await.problem(503, "unavailable");
            assert!(
                begun.elapsed() < Duration::from_millis(1_500),
                "{:?}",
                begun.elapsed()
            );
            assert!(!answer.header("retry-after").is_empty());
        }
    }
    Answer::of(person.http.get(format!("{}/healthz", school.url())))
        .await
        .expect(200);
    postgres.start_again();
    person
        .eventually(10, async || {
            (person.get("/api/v1/me").await.status == 200).then_some(())
        })
        .await;
    assert_eq!(person.settled(id(&unread)).await["status"], "ready");
    let found = person.found(&word).await;
    assert_eq!(found.len(), 2);
    assert!(found.contains(&id(&material).to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn processes_with_other_files_are_refused() {
    let Some(settings) = shared() else { return };
    let _school = School::at(settings.clone()).await;
    let Some(elsewhere) = places::on_radosgw() else {
        return;
    };
    let mut other = settings;
    other.retain(|(name, _)| !name.starts_with("HOMEROOM_STORAGE"));
    other.extend(elsewhere);
    let refused = School::run_with(&other, &["worker"]);
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(
        !refused.status.success() && said.contains("storage adopt"),
        "{said}"
    );
}
