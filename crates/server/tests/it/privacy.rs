//! What one may not see is not there: not on its page, not in searches, lists or counts.
use crate::person::{Person, id, note, word};
use crate::school::School;
use serde_json::{Value, json};

const PDF: &[u8] = include_bytes!("../../samples/trigonometry-worksheet.pdf");

/// HARDENING 36.
#[tokio::test]
async fn hardening_36_nobody_gives_themselves_anything() {
    let school = School::start().await;
    let student = school.student().await;
    let evil = [
        ("role", json!("admin")),
        ("owner", json!("x")),
        ("verified", json!(true)),
        ("quota", json!(1)),
    ];
    let material = student.share("a.md", &note("mine"), &json!({})).await;
    let path = format!("/api/v1/materials/{}", id(&material));
    for (field, value) in evil {
        let with = |mut body: Value| {
            body[field] = value.clone();
            body
        };
        let account =
            json!({"username": "evil", "email": "evil@school.example", "password": "quiet lanterns 17"});
        school
            .stranger()
            .post("/api/v1/auth/signup", &with(account))
            .await
            .problem(422, "invalid_fields");
        student
            .patch("/api/v1/me", &with(json!({})))
            .await
            .problem(422, "invalid_fields");
        student
            .patch(&path, &with(json!({})))
            .await
            .problem(422, "invalid_fields");
        student
            .post("/api/v1/uploads", &with(json!({"filename": "a", "size": 1})))
            .await
            .problem(422, "invalid_fields");
    }
    assert_eq!(student.get("/api/v1/me").await.json()["role"], "student");
}

/// HARDENING 38.
#[tokio::test]
async fn hardening_38_deleting_mine_removes_none_of_yours() {
    let school = School::start().await;
    let (mine, yours, word) = (school.student().await, school.student().await, word());
    let content = note(&word);
    let first = mine.share("same.md", &content, &json!({})).await;
    let second = yours.share("same.md", &content, &json!({})).await;
    mine.delete(&format!("/api/v1/materials/{}", id(&first)))
        .await
        .expect(204);
    assert!(yours.download(id(&second)).await.expect(200).body == content);
    assert_eq!(yours.found(&word).await, [id(&second)]);
    mine.delete(&format!("/api/v1/materials/{}", id(&second)))
        .await
        .problem(403, "not_allowed");
}

/// How many materials a subject has for somebody, by its own count.
async fn counted(person: &Person, subject: &str) -> Value {
    person
        .get(&format!("/api/v1/subjects/{subject}"))
        .await
        .expect(200)
        .json()["materials"]
        .clone()
}

/// HARDENING 39 and 40.
#[tokio::test]
async fn hardening_39_and_40_what_is_made_private_is_gone_on_the_next_request() {
    let school = School::start().await;
    let (owner, other) = (school.student().await, school.student().await);
    let (moderator, stranger) = (school.user("moderator").await, school.stranger());
    let details = json!({"title": "Trigonometry", "subject": "math", "grade": 10, "visibility": "public", "tags": ["triangles"]});
    let material = owner.share("trigonometry.pdf", PDF, &details).await;
    let path = format!("/api/v1/materials/{}", id(&material));
    let routes = [
        "",
        "/pages/1",
        "/pages/1/image",
        "/cover",
        "/versions",
        "/download",
    ]
    .map(|end| format!("{path}{end}"));
    let pages = [format!("/materials/{}", id(&material))];
    let others = [&other, &moderator, &stranger];
    for person in others {
        for route in routes.iter().chain(&pages) {
            let status = person.get(route).await.status;
            assert!(status == 200 || status == 302, "{route}: {status}");
        }
        assert_eq!(person.found("sine").await, [id(&material)]);
        assert_eq!(counted(person, "math").await, 1);
    }

    owner
        .patch(&path, &json!({"visibility": "private"}))
        .await
        .expect(200);
    for person in others {
        for route in routes.iter().chain(&pages) {
            assert_eq!(person.get(route).await.status, 404, "{route}");
        }
        let found = person.search("sine").await;
        assert_eq!(
            (&found["total"], &found["hits"]),
            (&json!(0), &json!([])),
            "{found}"
        );
        for facet in found["facets"].as_object().unwrap().values() {
            assert_eq!(*facet, json!([]), "{found}");
        }
        let name = &owner.username;
        for list in [
            "materials".into(),
            "materials?tag=triangles".into(),
            format!("materials?uploader={name}"),
        ] {
            assert!(
                person.walk(&format!("/api/v1/{list}"), 100).await.is_empty(),
                "{list}"
            );
        }
        assert_eq!(counted(person, "math").await, 0);
        for page in [
            "/",
            "/materials",
            "/subjects/math",
            "/grades/10",
            "/search?q=sine",
        ] {
            assert!(!person.get(page).await.text().contains(id(&material)), "{page}");
        }
    }
    assert_eq!(owner.found("sine").await, [id(&material)]);
    assert_eq!(counted(&owner, "math").await, 1);
}

/// HARDENING 40: a private material was never to be seen, not even a word of it.
#[tokio::test]
async fn hardening_40_a_private_material_leaves_no_trace() {
    let school = School::start().await;
    let (owner, other, word) = (school.student().await, school.student().await, word());
    let material = owner
        .share(
            "secret.md",
            &note(&word),
            &json!({"visibility": "private", "title": "Hidden"}),
        )
        .await;
    // One letter off: a correction would tell that the word exists.
    let near = format!("{}x", &word[..word.len() - 1]);
    for query in [&word, &near, "Hidden"] {
        let found = other.search(query).await;
        assert_eq!(found["total"], 0, "{found}");
        assert!(!found.to_string().contains(&word), "{found}");
    }
    assert_eq!(owner.found(&word).await, [id(&material)]);
}
