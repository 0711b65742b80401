//! Damage on disk is found, told, and never served.
use crate::person::{Person, id, noise, note, sha256, word};
use crate::school::School;
use serde_json::{Value, json};
use std::os::unix::fs::FileExt;
use std::path::PathBuf;

/// Hits without what differs from one question to the next.
async fn answers(person: &Person, queries: &[&str]) -> Vec<Value> {
    let mut all = Vec::new();
    for query in queries {
        let found = person.search(query).await;
        all.push(json!([found["hits"], found["facets"], found["total"]]));
    }
    all
}

/// HARDENING 56.
#[tokio::test(flavor = "multi_thread")]
async fn hardening_56_a_lost_index_is_built_anew_with_the_same_answers() {
    let mut school = School::start().await;
    let student = school.student().await;
    let own = word();
    for (number, words) in ["rivers and mountains", "mountains and lakes", &own]
        .iter()
        .enumerate()
    {
        let details = json!({"title": format!("Part {number}"), "subject": "geography"});
        student.share("notes.md", &note(words), &details).await;
    }
    let queries = ["mountains", "rivers", &own, "subject nothing"];
    let before = answers(&student, &queries).await;
    assert_eq!(before[0][2], 2, "{before:?}");
    assert_eq!(school.terminate().code(), Some(0));
    std::fs::remove_dir_all(school.data().join("index")).unwrap();
    school.restart().await;
    student
        .eventually(60, async || {
            let ready = student.get("/readyz").await.expect(200).json();
            (ready["search"] == "ok").then_some(())
        })
        .await;
    assert_eq!(answers(&student, &queries).await, before);
}

/// The file under which storage keeps content of about this length.
fn blob(school: &School, length: u64) -> PathBuf {
    let files = walkdir::WalkDir::new(school.data().join("objects"))
        .into_iter()
        .filter_map(Result::ok);
    let mut fitting = files.filter(|entry| {
        entry
            .metadata()
            .is_ok_and(|data| data.is_file() && data.len() >= length)
    });
    fitting.next().unwrap().into_path()
}

/// HARDENING 55.
#[tokio::test(flavor = "multi_thread")]
async fn hardening_55_a_flipped_byte_is_never_served_and_fsck_tells() {
    let mut school = School::start().await;
    let student = school.student().await;
    let content = noise(3 << 20);
    let damaged = student.share_unread("damaged.bin", &content, &json!({})).await;
    student.settled(id(&damaged)).await;
    let good = student.share("good.md", &note("good"), &json!({})).await;
    let file = std::fs::File::options()
        .read(true)
        .write(true)
        .open(blob(&school, 3 << 20))
        .unwrap();
    let mut byte = [0];
    file.read_exact_at(&mut byte, 2_000_000).unwrap();
    file.write_all_at(&[byte[0] ^ 1], 2_000_000).unwrap();

    let redirect = student
        .get(&format!("/api/v1/materials/{}/download", id(&damaged)))
        .await
        .expect(302);
    let answer = student
        .http
        .get(redirect.header("location"))
        .send()
        .await
        .unwrap();
    let failed = answer.status().is_server_error();
    let body = answer.bytes().await;
    assert!(failed || body.is_err(), "damage was served as if it were whole");
    // Nor the piece of it alone.
    let piece = student
        .http
        .get(redirect.header("location"))
        .header("range", "bytes=1999990-2000010");
    let answer = piece.send().await.unwrap();
    assert!(answer.status().is_server_error() || answer.bytes().await.is_err());
    student.get("/healthz").await.expect(200);
    assert_eq!(
        sha256(&student.download(id(&good)).await.expect(200).body),
        sha256(&note("good"))
    );

    assert_eq!(school.terminate().code(), Some(0));
    let examined = school.run(&["admin", "fsck"], "");
    let said = String::from_utf8_lossy(&examined.stdout).into_owned();
    assert_eq!(examined.status.code(), Some(1), "{said}");
    assert!(said.contains("damaged: storage"), "{said}");
}

/// HARDENING 55.
#[tokio::test(flavor = "multi_thread")]
async fn hardening_55_fsck_tells_of_an_index_that_cannot_be_opened() {
    let mut school = School::start().await;
    let student = school.student().await;
    student.share("notes.md", &note("whole"), &json!({})).await;
    assert_eq!(school.terminate().code(), Some(0));
    let mut files = walkdir::WalkDir::new(school.data().join("index"))
        .into_iter()
        .filter_map(Result::ok);
    let meta = files.find(|entry| entry.file_name() == "meta.json").unwrap();
    std::fs::write(meta.path(), "{").unwrap();
    let examined = school.run(&["admin", "fsck"], "");
    let said = String::from_utf8_lossy(&examined.stdout).into_owned();
    assert_eq!(examined.status.code(), Some(1), "{said}");
    assert!(said.contains("damaged: index"), "{said}");
}

/// HARDENING 55.
#[tokio::test(flavor = "multi_thread")]
async fn fsck_of_an_undamaged_school_is_content() {
    let mut school = School::start().await;
    let student = school.student().await;
    student.share("notes.md", &note("whole"), &json!({})).await;
    student.begin("open.bin", 100).await;
    assert_eq!(school.terminate().code(), Some(0));
    let examined = school.run(&["admin", "fsck"], "");
    assert_eq!(
        examined.status.code(),
        Some(0),
        "{}",
        String::from_utf8_lossy(&examined.stdout)
    );
}
