//! Malformed files of a corpus: each comes to an end, and the server is as it was.
use crate::person::{Person, id};
use crate::school::School;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// The reasons that versions fail for, as callers may match on them.
fn is_stable(reason: &str) -> bool {
    !reason.is_empty()
        && reason
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte == b'_')
}

async fn share(person: &Person, path: &Path) -> Value {
    let content = std::fs::read(path).unwrap();
    let name = path.file_name().unwrap().to_str().unwrap();
    let material = person.share_unread(name, &content, &json!({})).await;
    person
        .eventually(200, async || {
            let found = person
                .get(&format!("/api/v1/materials/{}", id(&material)))
                .await
                .expect(200)
                .json();
            (found["status"] != "processing").then_some(found)
        })
        .await
}

/// HARDENING 16 to 20, and 23's kin: whatever a file does, it does to the child that reads it.
#[tokio::test]
async fn hardening_16_malformed_files_end_as_ready_or_failed_for_a_stable_reason() {
    let Some(corpus) = std::env::var_os("HOMEROOM_CORPUS").map(PathBuf::from) else {
        return;
    };
    let school = School::start().await;
    let student = school.student().await;
    let mut files: Vec<PathBuf> = std::fs::read_dir(corpus.join("malformed"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    assert!(!files.is_empty());
    for file in files {
        let settled = share(&student, &file).await;
        match settled["status"].as_str() {
            Some("ready") => {}
            Some("failed") => assert!(
                is_stable(settled["reason"].as_str().unwrap_or_default()),
                "{settled}"
            ),
            other => panic!("{other:?}: {settled}"),
        }
        student.get("/healthz").await.expect(200);
    }
    assert!(
        school
            .admin(&["jobs"])
            .lines()
            .all(|line| !line.contains("\tdead\t"))
    );
}
