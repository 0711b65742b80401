//! Room: never more than the quota, and given back by what is abandoned.
use crate::person::{id, noise};
use crate::places;
use crate::school::School;
use serde_json::json;
use std::path::Path;

/// HARDENING 14.
#[tokio::test]
async fn hardening_14_parallel_uploads_never_go_beyond_the_quota() {
    let school = School::with(&[("HOMEROOM_LIMITS_QUOTA", "100 KiB")]).await;
    let student = school.student().await;
    let body = json!({"filename": "a.bin", "size": 10 * 1024});
    let answers = futures::future::join_all((0..50).map(|_| student.post("/api/v1/uploads", &body))).await;
    let begun = answers.iter().filter(|answer| answer.status == 201).count();
    assert_eq!(begun, 10);
    for refused in answers.into_iter().filter(|answer| answer.status != 201) {
        refused.problem(413, "quota_exceeded");
    }
    let account = student.get("/api/v1/me").await.json();
    assert_eq!(
        (&account["used_bytes"], &account["quota_bytes"]),
        (&json!(102_400), &json!(102_400))
    );
}

#[tokio::test]
async fn deleting_a_material_gives_its_room_back() {
    let school = School::with(&[("HOMEROOM_LIMITS_QUOTA", "10 KiB")]).await;
    let student = school.student().await;
    for _ in 0..3 {
        let material = student.share_unread("a.txt", &[b'a'; 8 * 1024], &json!({})).await;
        student.settled(id(&material)).await;
        student
            .delete(&format!("/api/v1/materials/{}", id(&material)))
            .await
            .expect(204);
    }
    assert_eq!(student.get("/api/v1/me").await.json()["used_bytes"], 0);
}

/// Bytes of all files under a directory.
fn bytes_below(directory: &Path) -> u64 {
    let files = walkdir::WalkDir::new(directory)
        .into_iter()
        .filter_map(Result::ok);
    files
        .filter_map(|entry| entry.metadata().ok().filter(std::fs::Metadata::is_file))
        .map(|data| data.len())
        .sum()
}

/// HARDENING 12.
#[tokio::test]
async fn hardening_12_abandoned_uploads_leave_nothing_and_active_ones_stay() {
    const MIB: usize = 1 << 20;
    let settings = [
        ("HOMEROOM_UPLOADS_LIFETIME", "4 seconds"),
        ("HOMEROOM_UPLOADS_SWEEP_EVERY", "1 second"),
    ];
    let school = School::with(&settings).await;
    let student = school.student().await;
    let (content, abandoned) = (noise(20 * MIB), school.student().await);
    let upload = abandoned.begin("abandoned.bin", content.len()).await;
    abandoned.put(&upload["parts"][0], &content).await.expect(200);
    let active = student.begin("active.bin", content.len()).await;
    student.put(&active["parts"][0], &content).await.expect(200);
    let objects = school.data().join("objects");
    let before = bytes_below(&objects);
    // Elsewhere only the records are looked at.
    let here = places::storage_is_embedded();
    assert!(before > 30 * MIB as u64 || !here, "{before}");

    // Asking keeps an upload alive.
    let path = format!("/api/v1/uploads/{}", id(&active));
    student
        .eventually(40, async || {
            student.get(&path).await.expect(200);
            let gone = abandoned.get("/api/v1/me").await.json()["used_bytes"] == 0;
            let freed = !here || bytes_below(&objects) < before - 10 * MIB as u64;
            (gone && freed).then_some(())
        })
        .await;
    let swept = abandoned.get(&format!("/api/v1/uploads/{}", id(&upload))).await;
    assert!(
        swept.status == 404 || swept.json()["state"] == "aborted",
        "{}",
        swept.text()
    );
    let resumed = student.get(&path).await.expect(200).json();
    student.send(&resumed, &content).await;
    student.complete(&active, &json!({})).await.expect(201);
}
