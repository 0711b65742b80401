//! Sign up, send a file, find its page again.
use crate::person::{Answer, id, note, word};
use crate::places;
use crate::school::School;
use reqwest::Method;
use serde_json::{Value, json};

const PDF: &[u8] = include_bytes!("../../samples/cell-respiration.pdf");

#[tokio::test]
async fn a_file_becomes_pages_that_are_found_read_seen_and_downloaded() {
    let school = School::start().await;
    let student = school.student().await;
    let details = json!({"title": "Cell respiration", "subject": "biology", "grade": 11, "tags": ["cells"]});
    let material = student.share("cell-respiration.pdf", PDF, &details).await;

    let found = student.search("mitochondria").await;
    let hit = &found["hits"][0];
    assert_eq!(hit["material"]["id"], material["id"], "{found}");
    assert!(
        hit["snippet"]
            .as_str()
            .unwrap()
            .to_lowercase()
            .contains("<mark>mitochond"),
        "{hit}"
    );
    assert_eq!(
        found["facets"]["subject"],
        json!([{"value": "biology", "count": 1}])
    );

    let path = format!("/api/v1/materials/{}/pages/{}", id(&material), hit["page"]);
    let page = student.get(&path).await.expect(200).json();
    assert!(
        page["text"]
            .as_str()
            .unwrap()
            .to_lowercase()
            .contains("mitochond"),
        "{page}"
    );
    let is_there = |word: &Value| {
        word["text"]
            .as_str()
            .unwrap()
            .to_lowercase()
            .contains("mitochond")
    };
    assert!(page["words"].as_array().unwrap().iter().any(is_there), "{page}");
    assert!(page["width"].as_f64().unwrap() > 100.0, "{page}");

    let contents = format!("/api/v1/materials/{}/contents", id(&material));
    let contents = student.get(&contents).await.expect(200).json();
    let pages = contents["pages"].as_array().unwrap();
    assert_eq!(json!(pages.len()), material["pages"], "{contents}");
    let summary = &pages[usize::try_from(hit["page"].as_u64().unwrap()).unwrap() - 1];
    assert_eq!(
        (&summary["number"], &summary["width"], &summary["height"]),
        (&hit["page"], &page["width"], &page["height"])
    );

    let (small, large) = (format!("{path}/image?width=300"), format!("{path}/image"));
    let (small, large) = (
        student.get(&small).await.expect(200),
        student.get(&large).await.expect(200),
    );
    assert!(
        small.body.len() < large.body.len(),
        "the small picture is not smaller"
    );
    assert_ne!(small.header("etag"), large.header("etag"));

    for picture in [
        format!("{path}/image"),
        format!("/api/v1/materials/{}/cover", id(&material)),
    ] {
        let answer = student.get(&picture).await.expect(200);
        assert!(answer.header("content-type").starts_with("image/"), "{picture}");
        assert!(answer.body.len() > 500, "{picture}");
        let again = student.request(Method::GET, &picture);
        let again = again.header("if-none-match", answer.header("etag"));
        Answer::of(again).await.expect(304);
    }

    let content = student.download(id(&material)).await.expect(200);
    assert!(content.body == PDF, "the download differs");
    if places::storage_is_embedded() {
        assert_eq!(content.header("x-content-type-options"), "nosniff");
    }
}

#[tokio::test]
async fn what_is_shared_is_found_by_others_and_changes_hold_at_once() {
    let school = School::start().await;
    let (owner, reader, word) = (school.student().await, school.student().await, word());
    let material = owner
        .share("notes.md", &note(&word), &json!({"title": "Notes of mine"}))
        .await;
    assert_eq!(reader.found(&word).await, [id(&material)]);

    let path = format!("/api/v1/materials/{}", id(&material));
    owner
        .patch(&path, &json!({"title": "Another name", "grade": 9}))
        .await
        .expect(200);
    let read = reader.get(&path).await.expect(200).json();
    assert_eq!(
        (&read["title"], &read["grade"]),
        (&json!("Another name"), &json!(9))
    );

    owner.delete(&path).await.expect(204);
    reader.get(&path).await.problem(404, "not_found");
    assert!(reader.found(&word).await.is_empty());
}

#[tokio::test]
async fn a_new_version_takes_the_place_of_the_old_one() {
    let school = School::start().await;
    let (owner, before, after) = (school.student().await, word(), word());
    let material = owner.share("notes.md", &note(&before), &json!({})).await;
    let content = note(&after);
    let upload = owner.begin("notes.md", content.len()).await;
    owner.send(&upload, &content).await;
    let versions = format!("/api/v1/materials/{}/versions", id(&material));
    let body = json!({"upload": upload["id"]});
    let version = owner.post(&versions, &body).await.expect(201).json();
    assert_eq!(version["number"], 2);
    assert_eq!(owner.post(&versions, &body).await.expect(201).json()["number"], 2);

    owner
        .eventually(30, async || (!owner.found(&after).await.is_empty()).then_some(()))
        .await;
    owner
        .eventually(30, async || owner.found(&before).await.is_empty().then_some(()))
        .await;
    let numbers: Vec<Value> = owner
        .walk(&versions, 1)
        .await
        .into_iter()
        .map(|version| version["number"].clone())
        .collect();
    assert_eq!(numbers, [2, 1]);
    let old = owner
        .get(&format!("/api/v1/materials/{}/download?version=1", id(&material)))
        .await
        .expect(302);
    let old = owner
        .http
        .get(old.header("location"))
        .send()
        .await
        .unwrap()
        .bytes()
        .await
        .unwrap();
    assert!(old == note(&before));
}
