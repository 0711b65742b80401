//! What the API takes and refuses, whichever the route.
use crate::person::{Answer, id, note};
use crate::school::School;
use reqwest::Method;
use serde_json::json;
use std::collections::HashSet;

#[tokio::test]
async fn an_idempotency_key_gives_the_same_answer_and_is_bound_to_its_request() {
    let school = School::start().await;
    let student = school.student().await;
    let begin = async |size: usize| {
        let request = student
            .request(Method::POST, "/api/v1/uploads")
            .header("idempotency-key", "k-1");
        Answer::of(request.json(&json!({"filename": "a.bin", "size": size}))).await
    };
    let answers = futures::future::join_all((0..6).map(|_| begin(10))).await;
    let ids: HashSet<String> = answers
        .into_iter()
        .map(|answer| id(&answer.expect(201).json()).to_owned())
        .collect();
    assert_eq!(ids.len(), 1);
    begin(11).await.problem(409, "idempotency_key_reused");
    assert_eq!(student.get("/api/v1/me").await.json()["used_bytes"], 10);
    let other = school.student().await;
    let request = other
        .request(Method::POST, "/api/v1/uploads")
        .header("idempotency-key", "k-1");
    let theirs = Answer::of(request.json(&json!({"filename": "a.bin", "size": 10})))
        .await
        .expect(201)
        .json();
    assert!(!ids.contains(id(&theirs)));
}

#[tokio::test]
async fn cursors_walk_without_gaps_or_doubles() {
    let school = School::start().await;
    let (student, admin) = (school.student().await, school.user("admin").await);
    for number in 0..7 {
        student.begin(&format!("{number}.bin"), 1).await;
        student
            .share(
                &format!("{number}.md"),
                &note("walking"),
                &json!({"title": format!("Walk {number}")}),
            )
            .await;
    }
    for path in [
        "/api/v1/uploads",
        "/api/v1/materials",
        "/api/v1/materials?sort=title",
        "/api/v1/materials?uploader=me",
        "/api/v1/subjects",
    ] {
        let all = student.walk(path, 100).await;
        assert!(all.len() >= 7, "{path}: {}", all.len());
        assert_eq!(student.walk(path, 3).await, all, "{path}");
    }
    assert_eq!(
        admin.walk("/api/v1/admin/users", 1).await,
        admin.walk("/api/v1/admin/users", 100).await
    );
    let mut hits = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = student
            .get(&format!("/api/v1/search?q=walking&limit=3{cursor}"))
            .await
            .expect(200)
            .json();
        hits.extend(
            page["hits"]
                .as_array()
                .unwrap()
                .iter()
                .map(|hit| id(&hit["material"]).to_owned()),
        );
        assert_eq!(page["total"], 7);
        let Some(next) = page["next_cursor"].as_str() else {
            break;
        };
        cursor = format!("&cursor={next}");
    }
    assert_eq!((hits.len(), hits.iter().collect::<HashSet<_>>().len()), (7, 7));
}

#[tokio::test]
async fn limits_and_cursors_that_were_not_given_out_are_422() {
    let school = School::start().await;
    let student = school.student().await;
    let lists = [
        "uploads",
        "materials",
        "materials?uploader=me",
        "subjects",
        "search?q=a",
    ];
    for list in lists {
        let joint = if list.contains('?') { '&' } else { '?' };
        for wrong in [
            "limit=0",
            "limit=101",
            "limit=x",
            "limit=-1",
            "cursor=!!",
            "cursor=bm9uZQ",
            "colour=red",
        ] {
            let answer = student.get(&format!("/api/v1/{list}{joint}{wrong}")).await;
            assert_eq!(answer.status, 422, "{list} {wrong}: {}", answer.text());
            answer.problem(422, "invalid_fields");
        }
    }
}

#[tokio::test]
async fn a_cursor_goes_on_with_what_it_was_given_out_for_only() {
    let school = School::start().await;
    let (student, other) = (school.student().await, school.student().await);
    for number in 0..3 {
        let details = json!({
            "title": format!("Walk {number}"), "subject": "math", "grade": 9, "visibility": "public"
        });
        student
            .share(&format!("{number}.md"), &note("walking home"), &details)
            .await;
        student.begin(&format!("{number}.bin"), 1).await;
    }
    let own = [
        "search?q=walking",
        "search?q=home",
        "search?q=walking&subject=math",
        "search?q=walking&grade=9",
        "search?q=walking&sort=newest",
        "materials?subject=math",
        "materials?subject=math&sort=title",
        "materials?grade=9",
        "materials?uploader=me",
        "uploads",
        "subjects",
    ];
    let path = |list: &str, cursor: &str| {
        let joint = if list.contains('?') { '&' } else { '?' };
        format!("/api/v1/{list}{joint}limit=1{cursor}")
    };
    let mut cursors = Vec::new();
    for list in own {
        let page = student.get(&path(list, "")).await.expect(200).json();
        cursors.push(page["next_cursor"].as_str().unwrap().to_owned());
    }
    for (list, own_cursor) in own.iter().zip(&cursors) {
        for cursor in &cursors {
            let answer = student.get(&path(list, &format!("&cursor={cursor}"))).await;
            if cursor == own_cursor {
                answer.expect(200);
            } else {
                answer.problem(422, "invalid_fields");
            }
        }
        let (truncated, longer) = (&own_cursor[..own_cursor.len() - 2], format!("{own_cursor}AAAA"));
        let enormous = "A".repeat(8_193);
        for wrong in [truncated, &longer, &enormous] {
            student
                .get(&path(list, &format!("&cursor={wrong}")))
                .await
                .problem(422, "invalid_fields");
        }
    }
    // Of somebody else's uploads and materials.
    for place in [8, 9] {
        other
            .get(&path(own[place], &format!("&cursor={}", cursors[place])))
            .await
            .problem(422, "invalid_fields");
    }
    // Pages have no such errors: they begin at the beginning, for whoever looks.
    let foreign = &cursors[1];
    let page = student
        .get(&format!("/search?q=walking&cursor={foreign}"))
        .await
        .expect(200)
        .text();
    assert!((0..3).all(|number| page.contains(&format!("Walk {number}"))));
}

#[tokio::test]
async fn unknown_fields_are_422_and_wrong_types_too() {
    let school = School::start().await;
    let student = school.student().await;
    for body in [
        json!({"filename": "a", "size": 1, "owner": "me"}),
        json!({"filename": "a"}),
        json!({"filename": "a", "size": "1"}),
        json!({"filename": "a", "size": -1}),
        json!({"filename": "a", "size": 1.5}),
        json!({"filename": ["a"], "size": 1}),
        json!({"filename": "a", "size": 5_497_558_138_881_u64}),
        json!({"filename": "a", "size": 1, "sha256": "00"}),
        json!([]),
        json!(["a", 1, null, null]),
        json!(null),
    ] {
        let answer = student.post("/api/v1/uploads", &body).await;
        assert_eq!(answer.status, 422, "{body}: {}", answer.text());
        answer.problem(422, "invalid_fields");
    }
}

/// HARDENING 48.
#[tokio::test]
async fn hardening_48_deep_and_broken_json_is_400_and_huge_is_413() {
    let school = School::start().await;
    let student = school.student().await;
    let send = async |body: String| {
        let request = student
            .request(Method::POST, "/api/v1/uploads")
            .header("content-type", "application/json");
        Answer::of(request.body(body)).await
    };
    send(format!("{}{}", "[".repeat(1_000), "]".repeat(1_000)))
        .await
        .problem(400, "json_too_deep");
    send("{\"filename\": ".into()).await.problem(400, "bad_json");
    send("{\"filename\": \"a\", \"size\": 1} x".into())
        .await
        .problem(400, "bad_json");
    let huge = send(format!(
        "{{\"filename\": \"{}\", \"size\": 1}}",
        "a".repeat(257 << 10)
    ))
    .await
    .expect(413);
    assert_eq!(huge.header("content-type"), "application/problem+json");
    let header = student
        .request(Method::GET, "/healthz")
        .header("x-long", "a".repeat(65_536));
    // The answer comes before the header was sent, which a client may notice as a closed connection.
    let answer = header.send().await;
    assert!(answer.is_err() || answer.is_ok_and(|answer| answer.status() == 431));
    let text = student
        .request(Method::POST, "/api/v1/uploads")
        .header("content-type", "text/plain")
        .body("{}");
    Answer::of(text).await.problem(415, "unsupported_media_type");
    student.get("/healthz").await.expect(200);
}

#[tokio::test]
async fn what_is_not_there_is_a_problem_document_too() {
    let school = School::start().await;
    let student = school.student().await;
    student.get("/api/v1/nothing").await.problem(404, "not_found");
    student
        .get("/api/v1/materials/not-an-id")
        .await
        .problem(404, "not_found");
    student
        .delete("/api/v1/search")
        .await
        .problem(405, "method_not_allowed");
    school.stranger().get("/api/v1/me").await.expect(401);
}
