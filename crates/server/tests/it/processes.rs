//! One directory, one process; and how it stops.
use crate::person::{Answer, Person, id, noise};
use crate::school::School;
use bytes::Bytes;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

const MIB: usize = 1 << 20;

/// HARDENING 59.
#[tokio::test]
async fn hardening_59_a_second_process_is_refused_and_told_of_the_first() {
    let school = School::start().await;
    for command in [
        &["serve", "--listen", "127.0.0.1:0"][..],
        &["worker"],
        &["admin", "fsck"],
    ] {
        let refused = school.run(command, "");
        let said = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert!(!refused.status.success(), "{command:?}");
        assert!(
            said.contains(&format!("process {}", school.process())),
            "{command:?}: {said}"
        );
    }
    school.student().await.get("/api/v1/me").await.expect(200);
}

/// Sends one part without ever coming to its end.
async fn stall(person: Person, part: Value) {
    let size = part["size"].as_u64().unwrap();
    let first = futures::stream::iter([Ok::<_, std::io::Error>(Bytes::from(noise(MIB)))]);
    let body = reqwest::Body::wrap_stream(futures::StreamExt::chain(first, futures::stream::pending()));
    let mut request = person
        .http
        .put(part["url"].as_str().unwrap())
        .header("content-length", size)
        .body(body);
    for (name, value) in part["headers"].as_object().unwrap() {
        request = request.header(name, value.as_str().unwrap());
    }
    // Cut off by the server's end.
    let _ = request.send().await;
}

/// HARDENING 60.
#[tokio::test(flavor = "multi_thread")]
async fn hardening_60_sigterm_with_uploads_open_ends_well_and_they_are_resumed() {
    let mut school = School::start().await;
    let student = school.student().await;
    let content = noise(17 * MIB);
    let mut uploads = Vec::new();
    for number in 0..2 {
        let upload = student.begin(&format!("{number}.bin"), content.len()).await;
        student.put(&upload["parts"][0], &content).await.expect(200);
        uploads.push(upload);
    }
    let mut open = Vec::new();
    for number in 0..100 {
        let upload = student.begin(&format!("open {number}.bin"), 2 * MIB).await;
        open.push(tokio::spawn(stall(student.clone(), upload["parts"][0].clone())));
        uploads.push(upload);
    }
    tokio::time::sleep(Duration::from_millis(300)).await;
    let begun = Instant::now();
    let status = tokio::task::block_in_place(|| school.terminate());
    assert_eq!(status.code(), Some(0));
    assert!(begun.elapsed() < Duration::from_secs(30), "{:?}", begun.elapsed());
    open.iter().for_each(tokio::task::JoinHandle::abort);

    school.restart().await;
    for (number, upload) in uploads.iter().enumerate() {
        let resumed = student
            .get(&format!("/api/v1/uploads/{}", id(upload)))
            .await
            .expect(200)
            .json();
        assert_eq!(resumed["state"], "open");
        if number < 2 {
            assert_eq!(resumed["parts"][0]["state"], "received");
            student.send(&resumed, &content).await;
            let material = student.complete(upload, &json!({})).await.expect(201).json();
            assert!(student.download(id(&material)).await.expect(200).body == content);
        }
    }
    let resumed = student
        .get(&format!("/api/v1/uploads/{}", id(&uploads[50])))
        .await
        .json();
    student.send(&resumed, &content).await;
    student.complete(&uploads[50], &json!({})).await.expect(201);
}

#[tokio::test]
async fn wrong_settings_are_all_named_before_anything_is_opened() {
    let school = School::start().await;
    let refused = school.run(&["serve", "--public-url", "ftp://x", "--listen", "nowhere"], "");
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(
        !refused.status.success() && said.contains("public_url") && said.contains("server.listen"),
        "{said}"
    );
}

#[tokio::test]
async fn health_and_metrics_are_answered() {
    let school = School::start().await;
    let stranger = school.stranger();
    assert_eq!(stranger.get("/healthz").await.expect(200).json()["status"], "ok");
    assert_eq!(
        stranger.get("/readyz").await.expect(200).json()["status"],
        "ready"
    );
    let metrics = Answer::of(stranger.http.get(format!("{}/metrics", school.url())))
        .await
        .expect(200);
    assert!(metrics.text().contains("# TYPE"), "{}", metrics.text());
}
