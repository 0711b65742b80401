//! Uploads: parts in any order, resumed, completed once, and nothing published that is not whole.
use crate::person::{Answer, id, noise, note, sha256, word};
use crate::places;
use crate::school::School;
use bytes::Bytes;
use serde_json::json;

const MIB: usize = 1 << 20;

#[tokio::test]
async fn parts_go_in_any_order_and_another_device_resumes() {
    let school = School::start().await;
    let student = school.student().await;
    let content = noise(17 * MIB + 3);
    let upload = student.begin("film.bin", content.len()).await;
    let parts = upload["parts"].as_array().unwrap();
    assert!(parts.len() > 1, "{}", parts.len());
    student.put(parts.last().unwrap(), &content).await.expect(200);

    let device = student.again().await;
    let path = format!("/api/v1/uploads/{}", id(&upload));
    let resumed = device.get(&path).await.expect(200).json();
    assert_eq!(resumed["received"], parts.last().unwrap()["size"]);
    assert_eq!(
        resumed["parts"].as_array().unwrap().last().unwrap()["state"],
        "received"
    );
    device
        .complete(&upload, &json!({}))
        .await
        .problem(409, "upload_incomplete");
    for part in resumed["parts"]
        .as_array()
        .unwrap()
        .iter()
        .rev()
        .filter(|part| part["state"] == "missing")
    {
        device.put(part, &content).await.expect(200);
    }
    let material = device
        .complete(&upload, &json!({"sha256": sha256(&content)}))
        .await
        .expect(201)
        .json();
    let download = device.download(id(&material)).await.expect(200);
    assert_eq!(sha256(&download.body), sha256(&content));
    assert_eq!(device.get(&path).await.expect(200).json()["state"], "completed");
}

/// HARDENING 11.
#[tokio::test]
async fn hardening_11_completing_in_parallel_gives_one_material() {
    let school = School::start().await;
    let student = school.student().await;
    let content = note("twice");
    let upload = student.begin("twice.md", content.len()).await;
    student.send(&upload, &content).await;
    let details = json!({"title": "Twice"});
    let answers = futures::future::join_all((0..8).map(|_| student.complete(&upload, &details))).await;
    let ids: Vec<String> = answers
        .into_iter()
        .map(|answer| id(&answer.expect(201).json()).to_owned())
        .collect();
    assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
    assert_eq!(student.walk("/api/v1/materials?uploader=me", 100).await.len(), 1);
}

/// HARDENING 11.
#[tokio::test]
async fn hardening_11_complete_against_abort_has_one_winner() {
    let school = School::start().await;
    let student = school.student().await;
    for round in 0..12 {
        let content = note(&format!("race {round}"));
        let upload = student.begin("race.md", content.len()).await;
        student.send(&upload, &content).await;
        let path = format!("/api/v1/uploads/{}", id(&upload));
        let details = json!({});
        let (completed, aborted) = tokio::join!(student.complete(&upload, &details), student.delete(&path));
        let won = (completed.status == 201, aborted.status == 204);
        assert!(won.0 != won.1, "{} and {}", completed.text(), aborted.text());
        if won.0 {
            let download = student.download(id(&completed.json())).await.expect(200);
            assert!(download.body == content);
        }
    }
}

/// HARDENING 3.
#[tokio::test]
async fn hardening_3_a_wrong_hash_publishes_nothing() {
    let school = School::start().await;
    let student = school.student().await;
    let content = note("right");
    // Announced at the beginning: storage itself refuses other bytes.
    let body = json!({"filename": "a.md", "size": content.len(), "sha256": sha256(b"wrong")});
    let upload = student.post("/api/v1/uploads", &body).await.expect(201).json();
    let answer = student.put(&upload["parts"][0], &content).await;
    let completed = student.complete(&upload, &json!({})).await;
    if places::storage_is_embedded() {
        assert!(answer.expect(400).text().contains("BadDigest"));
        completed.problem(409, "upload_incomplete");
    } else {
        completed.problem(422, "checksum_mismatch");
    }
    // Announced at completion.
    let upload = student.begin("b.md", content.len()).await;
    student.send(&upload, &content).await;
    let wrong = json!({"sha256": sha256(b"wrong")});
    student
        .complete(&upload, &wrong)
        .await
        .problem(422, "checksum_mismatch");
    assert!(
        student
            .walk("/api/v1/materials?uploader=me", 100)
            .await
            .is_empty()
    );
}

/// HARDENING 2.
#[tokio::test]
async fn hardening_2_other_lengths_than_signed_are_refused() {
    let school = School::start().await;
    let student = school.student().await;
    let upload = student.begin("a.bin", 1_000).await;
    for length in [0, 999, 1_001] {
        let answer = student
            .put_bytes(&upload["parts"][0], Bytes::from(noise(length)))
            .await;
        assert!(
            [400, 403].contains(&answer.status.as_u16()),
            "{length}: {}",
            answer.text()
        );
    }
    student
        .complete(&upload, &json!({}))
        .await
        .problem(409, "upload_incomplete");
}

/// HARDENING 4.
#[tokio::test]
async fn hardening_4_a_url_is_good_once() {
    let school = School::start().await;
    let student = school.student().await;
    let content = note("once");
    let upload = student.begin("a.md", content.len()).await;
    student.send(&upload, &content).await;
    let material = student.complete(&upload, &json!({})).await.expect(201).json();
    student.put(&upload["parts"][0], &note("evil")).await.expect(412);
    assert!(student.download(id(&material)).await.expect(200).body == content);
}

/// HARDENING 5.
#[tokio::test]
async fn hardening_5_an_expired_url_is_renewed_by_asking() {
    let school = School::with(&[("HOMEROOM_UPLOADS_URL_LIFETIME", "1 second")]).await;
    let student = school.student().await;
    let content = note("late");
    let body = json!({"filename": "a.md", "size": content.len(), "sha256": sha256(&content)});
    let upload = student.post("/api/v1/uploads", &body).await.expect(201).json();
    if !places::storage_is_embedded() {
        // The service's clock is the real one, and asking before would spend the URL.
        tokio::time::sleep(std::time::Duration::from_millis(2_500)).await;
    }
    // Other bytes are refused while the URL holds, so that asking does not spend it.
    let other = Bytes::from(noise(content.len()));
    student
        .eventually(10, async || {
            let answer = student.put_bytes(&upload["parts"][0], other.clone()).await;
            (answer.status == 403).then_some(())
        })
        .await;
    let fresh = student
        .get(&format!("/api/v1/uploads/{}", id(&upload)))
        .await
        .expect(200)
        .json();
    student.send(&fresh, &content).await;
    student.complete(&upload, &json!({})).await.expect(201);
}

/// HARDENING 5.
#[tokio::test]
async fn hardening_5_the_suspended_complete_nothing() {
    let school = School::start().await;
    let student = school.student().await;
    let content = note("suspended");
    let upload = student.begin("a.md", content.len()).await;
    student.send(&upload, &content).await;
    school.admin(&["user", "suspend", &student.username]);
    student
        .complete(&upload, &json!({}))
        .await
        .problem(403, "account_suspended");
}

#[tokio::test]
async fn an_upload_that_is_given_up_is_gone_and_its_room_is_free() {
    let school = School::start().await;
    let student = school.student().await;
    let upload = student.begin("a.bin", 5_000).await;
    assert_eq!(student.get("/api/v1/me").await.json()["used_bytes"], 5_000);
    student
        .delete(&format!("/api/v1/uploads/{}", id(&upload)))
        .await
        .expect(204);
    assert_eq!(student.get("/api/v1/me").await.json()["used_bytes"], 0);
    let completed = student.complete(&upload, &json!({})).await;
    assert!(
        [404, 409].contains(&completed.status.as_u16()),
        "{}",
        completed.text()
    );
}

#[tokio::test]
async fn an_empty_file_is_a_file() {
    let school = School::start().await;
    let student = school.student().await;
    let material = student.share_unread("empty.txt", b"", &json!({})).await;
    let settled = student.settled(id(&material)).await;
    assert!(
        ["ready", "failed"].contains(&settled["status"].as_str().unwrap()),
        "{settled}"
    );
    assert!(student.download(id(&material)).await.expect(200).body.is_empty());
}

#[tokio::test]
async fn what_cannot_be_read_is_still_known_for_what_it_is() {
    let school = School::start().await;
    let student = school.student().await;
    let damaged = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog";
    let material = student
        .share_unread("damaged worksheet.pdf", damaged, &json!({}))
        .await;
    let settled = student.settled(id(&material)).await;
    assert_eq!(
        (&settled["status"], &settled["kind"]),
        (&json!("failed"), &json!("pdf")),
        "{settled}"
    );
    let found = student
        .get("/api/v1/search?q=damaged+type:pdf")
        .await
        .expect(200)
        .json();
    assert_eq!(found["total"], 1, "{found}");
    assert_eq!(
        student.download(id(&material)).await.expect(200).body,
        damaged[..]
    );
}

#[tokio::test]
async fn a_service_upload_becomes_a_private_material() {
    let school = School::start().await;
    let (student, other, word) = (school.student().await, school.student().await, word());
    let body = json!({"file_name": "from a service.md"});
    let answer = student
        .post("/api/services/upload", &body)
        .await
        .expect(200)
        .json();
    let put = student
        .http
        .put(answer["presigned_url"].as_str().unwrap())
        .body(note(&word));
    Answer::of(put).await.expect(200);
    let found = student
        .eventually(60, async || student.found(&word).await.into_iter().next())
        .await;
    let material = student
        .get(&format!("/api/v1/materials/{found}"))
        .await
        .expect(200)
        .json();
    assert_eq!(
        (&material["visibility"], &material["filename"]),
        (&json!("private"), &json!("from a service.md"))
    );
    assert!(other.found(&word).await.is_empty());
    assert!(student.download(&found).await.expect(200).body == note(&word));
}

/// HARDENING 22.
#[tokio::test]
async fn hardening_22_names_are_made_safe_or_refused() {
    let school = School::start().await;
    let student = school.student().await;
    let long = "ש".repeat(300);
    for (given, safe) in [("../../etc/passwd", "passwd"), ("C:\\homework\\a.txt", "a.txt")] {
        assert_eq!(student.begin(given, 1).await["filename"], safe);
    }
    for name in ["a\u{202e}txt.exe", "a\r\nb.txt", &long, "CON"] {
        let body = json!({"filename": name, "size": 1});
        let answer = student.post("/api/v1/uploads", &body).await;
        if answer.status == 201 {
            let cleaned = answer.json()["filename"].as_str().unwrap().to_owned();
            assert!(
                cleaned.len() <= 255 && !cleaned.contains(['\u{202e}', '\r', '\n', '/', '\0']),
                "{cleaned:?}"
            );
        } else {
            answer.problem(422, "invalid_fields");
        }
    }
    for name in ["a\0b.txt", "", "..", "/"] {
        let body = json!({"filename": name, "size": 1});
        student
            .post("/api/v1/uploads", &body)
            .await
            .problem(422, "invalid_fields");
    }
}
