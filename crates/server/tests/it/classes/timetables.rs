//! Planning: single lessons, series across changes of the clocks, holidays, and what cannot be.
use super::room::{Room, from_now, submitted};
use crate::person::{Answer, id};
use crate::school::School;
use serde_json::{Value, json};

async fn berlin(school: &School, more: Value) -> Room {
    let mut class = json!({
        "name": "Biologie", "time_zone": "Europe/Berlin", "term_starts": "2027-01-11", "term_ends": "2027-07-16",
    });
    class
        .as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    Room::of(school.user("teacher").await, class).await
}

#[tokio::test]
async fn a_series_keeps_its_time_of_day_when_the_clocks_change() {
    let school = School::start().await;
    let holidays = json!({"holidays": [{"from": "2027-03-29", "to": "2027-04-02", "name": "Easter"}]});
    let room = berlin(&school, holidays).await;
    let body = json!({
        "date": "2027-03-22", "opens_at": "08:00", "late_after": "08:10", "closes_at": "08:15",
        "title": "Cells", "repeat": {"weekdays": ["monday", "thursday"], "until": "2027-04-08"},
    });
    let planned = room.plan(&body).await.expect(201).json();
    let opens: Vec<&str> = planned["series"]
        .as_array()
        .unwrap()
        .iter()
        .map(|lesson| lesson["opens_at"].as_str().unwrap())
        .collect();
    let expected = [
        "2027-03-22T07:00:00Z",
        "2027-03-25T07:00:00Z",
        // Summer time begins on the 28th; the next week is a holiday.
        "2027-04-05T06:00:00Z",
        "2027-04-08T06:00:00Z",
    ];
    assert_eq!(opens, expected, "{planned}");
    assert_eq!(planned["id"], planned["series"][0]["id"]);
    let listed = room.teacher.walk(&room.path("/lessons"), 3).await;
    assert_eq!(listed.len(), 4);

    // All or nothing: one of them would be in the way.
    let crossing = json!({
        "date": "2027-04-01", "opens_at": "07:30", "closes_at": "08:01",
        "repeat": {"weekdays": ["thursday"], "until": "2027-04-15"},
    });
    room.plan(&crossing).await.problem(409, "lesson_overlaps");
    assert_eq!(room.teacher.walk(&room.path("/lessons"), 100).await.len(), 4);
}

#[tokio::test]
async fn a_repeated_request_plans_once() {
    let school = School::start().await;
    let room = Room::open(&school).await;
    let ask = async |body: &Value| {
        let request = room
            .teacher
            .request(reqwest::Method::POST, &room.path("/lessons"));
        Answer::of(request.header("idempotency-key", "the first lesson").json(body)).await
    };
    let body = json!({"date": "2027-03-22", "opens_at": "08:00", "closes_at": "08:15"});
    let first = ask(&body).await.expect(201).json();
    assert_eq!(ask(&body).await.expect(201).json(), first);
    let other = json!({"date": "2027-03-23", "opens_at": "08:00", "closes_at": "08:15"});
    ask(&other).await.problem(409, "idempotency_key_reused");
    assert_eq!(first["late_after"], first["closes_at"]);
    assert_eq!(first["phase"], "upcoming");
}

#[tokio::test]
async fn times_that_cannot_be_name_their_field() {
    let school = School::start().await;
    let holidays = json!({"holidays": [{"from": "2027-05-03", "name": "A day off"}]});
    let room = berlin(&school, holidays).await;
    let lesson = |more: Value| {
        let mut body =
            json!({"date": "2027-05-04", "opens_at": "08:00", "late_after": "08:10", "closes_at": "08:15"});
        body.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        body
    };
    for (more, field) in [
        (json!({"closes_at": "08:00"}), "closes_at"),
        (json!({"closes_at": "07:00"}), "closes_at"),
        (json!({"closes_at": "2027-05-14T08:00:00Z"}), "closes_at"),
        (json!({"late_after": "07:59"}), "late_after"),
        (json!({"late_after": "08:16"}), "late_after"),
        (json!({"opens_at": "2027-05-05T06:00:00Z"}), "opens_at"),
        (json!({"opens_at": "25:00"}), "opens_at"),
        (json!({"opens_at": "eight"}), "opens_at"),
        (json!({"date": "2025-13-40"}), "date"),
        (json!({"date": "2027-02-30"}), "date"),
        (json!({"date": ""}), "date"),
        (json!({"date": "2027-05-03"}), "date"),
        (json!({"repeat": {"until": "2027-05-03"}}), "repeat.until"),
        (json!({"repeat": {"until": "2025-13-40"}}), "repeat.until"),
        (json!({"title": "x".repeat(101)}), "title"),
    ] {
        let refused = room
            .plan(&lesson(more.clone()))
            .await
            .problem(422, "invalid_fields")
            .json();
        assert_eq!(refused["errors"][0]["field"], field, "{more}: {refused}");
    }
    room.plan(&lesson(json!({"repeat": {"weekdays": ["funday"]}})))
        .await
        .expect(422);
    for path in [
        "/lessons?from=2025-13-40",
        "/lessons?from=2027-05-02&to=2027-05-01",
        "/term?from=2020-01-01&to=2027-05-01",
    ] {
        room.teacher
            .get(&room.path(path))
            .await
            .problem(422, "invalid_fields");
    }
    assert!(room.teacher.walk(&room.path("/lessons"), 100).await.is_empty());
    for wrong in [
        json!({"name": ""}),
        json!({"name": "A", "time_zone": "Mars/Olympus"}),
        json!({"name": "A", "term_starts": "2025-13-40"}),
        json!({"name": "A", "term_starts": "2027-05-01", "term_ends": "2027-04-01"}),
        json!({"name": "A", "subject": "alchemy"}),
        json!({"name": "A", "retention_days": -1}),
        json!({"name": "A", "max_video_bytes": 0}),
        json!({"name": "A", "max_video_seconds": 0}),
    ] {
        room.teacher
            .post("/api/v1/classes", &wrong)
            .await
            .problem(422, "invalid_fields");
    }
}

#[tokio::test]
async fn lessons_that_overlap_are_409_and_a_cancelled_one_is_in_nobody_s_way() {
    let school = School::start().await;
    let room = berlin(&school, json!({})).await;
    let at =
        |opens: &str, closes: &str| json!({"date": "2027-05-04", "opens_at": opens, "closes_at": closes});
    let first = room.plan(&at("08:00", "09:00")).await.expect(201).json();
    for (opens, closes) in [
        ("08:30", "08:45"),
        ("07:00", "08:01"),
        ("08:59", "10:00"),
        ("07:00", "10:00"),
    ] {
        room.plan(&at(opens, closes))
            .await
            .problem(409, "lesson_overlaps");
    }
    room.plan(&at("09:00", "10:00")).await.expect(201);
    let path = format!("/api/v1/lessons/{}", id(&first));
    let moved = room
        .teacher
        .patch(
            &path,
            &json!({"opens_at": "09:30", "late_after": "09:40", "closes_at": "09:45"}),
        )
        .await;
    moved.problem(409, "lesson_overlaps");
    let moved = room
        .teacher
        .patch(&path, &json!({"date": "2027-05-06", "title": "Moved"}))
        .await
        .expect(200)
        .json();
    assert_eq!(moved["opens_at"], "2027-05-06T06:00:00Z", "{moved}");
    assert_eq!(moved["closes_at"], "2027-05-06T07:00:00Z", "{moved}");
    room.teacher
        .patch(&path, &json!({"date": "2027-05-04", "cancelled": "Snow"}))
        .await
        .expect(200);
    room.plan(&at("08:30", "08:45")).await.expect(201);
    // It cannot come back where another one is now.
    room.teacher
        .patch(&path, &json!({"cancelled": null}))
        .await
        .problem(409, "lesson_overlaps");
    room.teacher.delete(&path).await.expect(204);
    room.teacher.get(&path).await.problem(404, "not_found");
}

/// Nobody has to say the late time of a lesson that only moves.
#[tokio::test]
async fn the_late_time_moves_along_with_its_lesson() {
    let school = School::start().await;
    let room = berlin(&school, json!({})).await;
    let lesson =
        json!({"date": "2027-05-04", "opens_at": "08:00", "late_after": "08:05", "closes_at": "08:15"});
    let lesson = room.plan(&lesson).await.expect(201).json();
    let path = format!("/api/v1/lessons/{}", id(&lesson));
    for (change, late) in [
        (json!({"opens_at": "09:00", "closes_at": "09:15"}), "07:05:00Z"),
        (json!({"closes_at": "09:30"}), "07:05:00Z"),
        (json!({"opens_at": "09:10"}), "07:15:00Z"),
        (json!({"opens_at": "10:00", "closes_at": "10:03"}), "08:03:00Z"),
        (
            json!({"opens_at": "10:00", "late_after": "10:01", "closes_at": "10:10"}),
            "08:01:00Z",
        ),
    ] {
        let moved = room.teacher.patch(&path, &change).await.expect(200).json();
        let expected = format!("2027-05-04T{late}");
        assert_eq!(moved["late_after"], expected, "{change}");
    }
    let outside = json!({"opens_at": "11:00", "late_after": "10:01", "closes_at": "11:10"});
    let refused = room.teacher.patch(&path, &outside).await;
    let refused = refused.problem(422, "invalid_fields").json();
    assert_eq!(refused["errors"][0]["field"], "late_after");
}

/// What has arrived stays as it was judged, and cannot be left outside of its lesson.
#[tokio::test]
async fn a_lesson_with_videos_stays() {
    let school = School::start().await;
    let room = Room::open(&school).await;
    let student = room.member(&school).await;
    let lesson = room.open_lesson().await;
    let sent = submitted(&student, &lesson).await;
    let path = format!("/api/v1/lessons/{}", id(&lesson));
    room.teacher
        .delete(&path)
        .await
        .problem(409, "lesson_has_submissions");
    let later = json!({"opens_at": from_now(600)});
    room.teacher
        .patch(&path, &later)
        .await
        .problem(409, "lesson_has_submissions");
    room.teacher
        .patch(&path, &json!({"late_after": lesson["opens_at"]}))
        .await
        .expect(200);
    let now = student
        .get(&format!("/api/v1/submissions/{}", id(&sent)))
        .await
        .expect(200)
        .json();
    assert_eq!(now["late"], false);
    room.teacher
        .delete(&format!("/api/v1/submissions/{}", id(&sent)))
        .await
        .expect(204);
    room.teacher.delete(&path).await.expect(204);
    student.get(&path).await.problem(404, "not_found");
}
