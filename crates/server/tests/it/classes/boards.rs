//! The day board: rows, counts, marks, reviews, what is told as it happens, and the export.
use super::room::{Room, hand_in, row, submit, submitted, upload};
use super::videos;
use crate::person::{Answer, Person, id};
use crate::school::School;
use futures::StreamExt;
use serde_json::{Value, json};
use std::time::Duration;

fn marks(lesson: &Value) -> String {
    format!("/api/v1/lessons/{}/attendance", id(lesson))
}

/// What was over before somebody came is not theirs to have missed, wherever it is looked at.
#[tokio::test]
async fn lessons_that_closed_before_a_member_came_are_nowhere_missing() {
    let school = School::start().await;
    let room = Room::open(&school).await;
    let lesson = room.lesson(-7_200, -7_100, -7_000).await;
    let (student, other) = (room.member(&school).await, room.member(&school).await);
    let member = room.member_id(&student).await;
    let day = lesson["date"].as_str().unwrap();
    let lesson_path = format!("/api/v1/lessons/{}", id(&lesson));
    let term_path = room.path(&format!("/term?from={day}&to={day}"));
    let month = format!("/api/v1/calendar?month={}", &day[..7]);
    let json = async |person: &Person, path: &str| person.get(path).await.expect(200).json();

    let board = room.board(&lesson).await;
    assert_eq!(board["rows"], json!([]), "both have come since: {board}");
    assert_eq!(board["counts"]["missing"], 0);
    let export = room.teacher.get(&format!("{lesson_path}/export.csv")).await;
    assert!(!export.expect(200).text().contains("missing"));
    assert_eq!(json(&student, &lesson_path).await.get("state"), None);
    assert_eq!(json(&student, &month).await["items"][0].get("state"), None);
    let counts = json(&room.teacher, &month).await["items"][0]["counts"].clone();
    assert_eq!(counts["missing"].as_u64().unwrap_or_default(), 0, "{counts}");
    let term = json(&room.teacher, &term_path).await;
    assert_eq!(term["rows"][0]["states"], json!([null]), "{term}");

    // What a teacher says all the same is shown.
    let said = json!({"members": [member], "state": "excused", "reason": "Came later"});
    room.teacher.put_json(&marks(&lesson), &said).await.expect(204);
    let board = room.board(&lesson).await;
    assert_eq!(row(&board, &member)["state"], "excused");
    assert_eq!(board["rows"].as_array().unwrap().len(), 1, "{board}");
    assert_eq!(json(&student, &lesson_path).await["state"], "excused");
    assert_eq!(json(&student, &month).await["items"][0]["state"], "excused");
    assert_eq!(json(&other, &lesson_path).await.get("state"), None);
}

#[tokio::test]
async fn every_member_has_one_row_and_every_state_is_counted() {
    let school = School::start().await;
    let room = Room::open(&school).await;
    let mut people = Vec::new();
    for _ in 0..4 {
        people.push(room.member(&school).await);
    }
    let lesson = room.open_lesson().await;
    submitted(&people[0], &lesson).await;
    let (excused, absent) = (room.member_id(&people[1]).await, room.member_id(&people[2]).await);
    submitted(&people[2], &lesson).await;
    let say = async |members: &[&String], state: Value, reason: &str| {
        let body = json!({"members": members, "state": state, "reason": reason});
        room.teacher.put_json(&marks(&lesson), &body).await
    };
    say(&[&excused], json!("excused"), "At the dentist")
        .await
        .expect(204);
    say(&[&absent], json!("absent"), "Somebody else's video")
        .await
        .expect(204);
    let board = room.board(&lesson).await;
    let expected = json!({"present": 1, "late": 0, "missing": 1, "excused": 1, "absent": 1});
    assert_eq!(board["counts"], expected, "{board}");
    assert_eq!(board["rows"].as_array().unwrap().len(), 4);
    assert_eq!(row(&board, &excused)["mark"]["reason"], "At the dentist");
    assert!(row(&board, &absent)["submission"].is_object());

    // All or none, with a reason, and it can be taken back.
    let stranger = uuid::Uuid::new_v4().to_string();
    say(&[&absent, &stranger], json!("excused"), "Both")
        .await
        .problem(422, "invalid_fields");
    say(&[&absent], json!("excused"), " ")
        .await
        .problem(422, "invalid_fields");
    say(&[], json!("excused"), "Nobody")
        .await
        .problem(422, "invalid_fields");
    say(&[&excused, &absent], Value::Null, "").await.expect(204);
    let counts = &room.board(&lesson).await["counts"];
    assert_eq!(
        (&counts["present"], &counts["missing"]),
        (&json!(2), &json!(2)),
        "{counts}"
    );
    let own = people[2]
        .get(&format!("/api/v1/lessons/{}", id(&lesson)))
        .await
        .expect(200)
        .json();
    assert_eq!(own["state"], "present", "{own}");
}

/// Events of a board, as a browser reads them.
struct Events {
    stream: futures::stream::BoxStream<'static, reqwest::Result<bytes::Bytes>>,
    text: String,
}

impl Events {
    async fn of(person: &Person, lesson: &Value) -> Self {
        let path = format!("/api/v1/lessons/{}/board/events", id(lesson));
        let answer = person.request(reqwest::Method::GET, &path).send().await.unwrap();
        assert_eq!(answer.status(), 200);
        assert_eq!(answer.headers()["content-type"], "text/event-stream");
        Self {
            stream: answer.bytes_stream().boxed(),
            text: String::new(),
        }
    }

    /// The next revision, which must come within two seconds; `None` when the stream ends.
    async fn next(&mut self) -> Option<u64> {
        let patience = Duration::from_secs(2);
        tokio::time::timeout(patience, self.read())
            .await
            .expect("nothing came within two seconds")
    }

    async fn read(&mut self) -> Option<u64> {
        loop {
            if let Some((event, rest)) = self.text.split_once("\n\n") {
                let data = event
                    .lines()
                    .find_map(|line| line.strip_prefix("data:"))
                    .map(str::to_owned);
                let rest = rest.to_owned();
                self.text = rest;
                if let Some(data) = data {
                    let data: Value = serde_json::from_str(data.trim()).unwrap();
                    return data["revision"].as_u64();
                }
                continue;
            }
            let bytes = self.stream.next().await?.ok()?;
            self.text.push_str(std::str::from_utf8(&bytes).unwrap());
        }
    }
}

#[tokio::test]
async fn a_board_tells_within_two_seconds_what_changes() {
    let school = School::start().await;
    let room = Room::open(&school).await;
    let student = room.member(&school).await;
    let lesson = room.open_lesson().await;
    let mut events = Events::of(&room.teacher, &lesson).await;
    let first = events.next().await.unwrap();
    let sent = submitted(&student, &lesson).await;
    let second = events.next().await.unwrap();
    assert!(second > first);
    assert_eq!(room.board(&lesson).await["revision"], second);
    let review = format!("/api/v1/submissions/{}/review", id(&sent));
    room.teacher
        .put_json(&review, &json!({"verdict": "accepted"}))
        .await
        .expect(200);
    assert!(events.next().await.unwrap() > second);
    // Another lesson is another board.
    let elsewhere = room.lesson(7_200, 7_300, 7_400).await;
    assert_eq!(room.board(&elsewhere).await["counts"]["missing"], 1);
}

/// HARDENING 39: who may not look any more is told nothing more.
#[tokio::test]
async fn a_board_ends_for_whom_it_is_no_more() {
    let school = School::start().await;
    let room = Room::open(&school).await;
    let other = school.user("teacher").await;
    let path = room.path(&format!("/teachers/{}", other.username));
    Answer::of(room.teacher.request(reqwest::Method::PUT, &path))
        .await
        .expect(204);
    let lesson = room.open_lesson().await;
    let mut events = Events::of(&other, &lesson).await;
    events.next().await.unwrap();
    room.teacher.delete(&path).await.expect(204);
    assert_eq!(events.next().await, None);
    let mut events = Events::of(&room.teacher, &lesson).await;
    events.next().await.unwrap();
    room.teacher
        .post("/api/v1/auth/logout", &json!({}))
        .await
        .expect(204);
    assert_eq!(events.next().await, None);
}

#[tokio::test]
async fn a_teacher_reviews_and_asks_again() {
    let school = School::start().await;
    let room = Room::open(&school).await;
    let student = room.member(&school).await;
    let lesson = room.open_lesson().await;
    let sent = submitted(&student, &lesson).await;
    let path = format!("/api/v1/submissions/{}", id(&sent));
    let review = async |body: Value| room.teacher.put_json(&format!("{path}/review"), &body).await;
    review(json!({"verdict": "again"}))
        .await
        .problem(422, "invalid_fields");
    review(json!({"verdict": "perhaps"})).await.expect(422);
    review(json!({"verdict": "again", "comment": "Too dark"}))
        .await
        .expect(200);
    let seen = student.get(&path).await.expect(200).json();
    assert_eq!(seen["review"]["verdict"], "again", "{seen}");
    assert_eq!(seen["review"]["comment"], "Too dark");
    // A new video is reviewed anew.
    let again = submit(&student, &lesson, "day.mp4", &videos::mp4("lighter"))
        .await
        .expect(201)
        .json();
    assert_eq!(again["review"], Value::Null);
    review(json!({"verdict": "accepted"})).await.expect(200);
    assert_eq!(student.get(&path).await.json()["review"]["verdict"], "accepted");
}

/// One row per member, whatever their names are; nothing that a spreadsheet would run.
#[tokio::test]
async fn an_export_is_safe_to_open() {
    let school = School::start().await;
    let room = Room::open(&school).await;
    let student = school.student().await;
    let names = [
        "=cmd|' /C calc'!A0",
        "+1+1",
        "-2",
        "@SUM(1)",
        "Ada \"the\" first; of, all",
    ];
    for (number, name) in names.iter().enumerate() {
        let login = match number {
            0 => student.username.clone(),
            _ => format!("member-{number}@school.example"),
        };
        let body = json!({"name": name, "login": login, "student_number": format!("=HYPERLINK({number})")});
        room.teacher.post(&room.path("/members"), &body).await.expect(201);
    }
    let lesson = room.open_lesson().await;
    let video = videos::mp4("export");
    let sent = upload(&student, "day.mp4", &video).await;
    let sent = hand_in(&student, &lesson, &sent, "=1+1").await.expect(201).json();
    let review = json!({"verdict": "again", "comment": "+Louder\nplease"});
    let path = format!("/api/v1/submissions/{}/review", id(&sent));
    room.teacher.put_json(&path, &review).await.expect(200);

    let path = format!("/api/v1/lessons/{}/export.csv", id(&lesson));
    let answer = room.teacher.get(&path).await.expect(200);
    assert_eq!(answer.header("content-type"), "text/csv; charset=utf-8");
    assert!(
        answer
            .header("content-disposition")
            .starts_with("attachment; filename=\"attendance-")
    );
    let mut reader = csv::Reader::from_reader(&answer.body[..]);
    let headings = reader.headers().unwrap().clone();
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), names.len());
    for cell in rows.iter().flatten() {
        assert!(
            !cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']),
            "{cell:?}"
        );
    }
    let cell = |heading: &str| {
        let place = headings.iter().position(|name| name == heading).unwrap();
        let theirs = rows
            .iter()
            .find(|row| row.iter().any(|cell| cell == "'=1+1"))
            .unwrap();
        theirs[place].to_owned()
    };
    assert_eq!(cell("name"), "'=cmd|' /C calc'!A0");
    assert_eq!(cell("state"), "present");
    assert_eq!(cell("sha256"), sent["sha256"].as_str().unwrap());
    assert_eq!(cell("comment"), "'+Louder\nplease");
    assert_eq!(cell("duration_seconds"), "3.0");
    assert_eq!(
        rows.iter()
            .filter(|row| row.iter().any(|cell| cell == "missing"))
            .count(),
        4
    );
    let marked = room.teacher.get(&format!("{path}?bom=true")).await.expect(200);
    assert!(marked.body.starts_with(&[0xEF, 0xBB, 0xBF]));
    room.teacher
        .get(&format!("{path}?bom=perhaps"))
        .await
        .problem(422, "invalid_fields");
}

/// Three in a row call for somebody to look; an excuse breaks the row.
#[tokio::test]
async fn three_absences_in_a_row_are_an_alert() {
    let school = School::start().await;
    let room = Room::open(&school).await;
    let (away, ill) = (room.member(&school).await, room.member(&school).await);
    let mut lessons = Vec::new();
    for number in 0..3 {
        // Joined before, and over soon: they count once they are over.
        lessons.push(room.lesson(1 + number, 1 + number, 2 + number).await);
    }
    let (away, ill) = (room.member_id(&away).await, room.member_id(&ill).await);
    let body = json!({"members": [ill], "state": "excused", "reason": "Ill"});
    room.teacher
        .put_json(&marks(&lessons[1]), &body)
        .await
        .expect(204);
    let day = lessons[0]["date"].as_str().unwrap();
    let last = lessons[2]["date"].as_str().unwrap();
    let term = room.path(&format!("/term?from={day}&to={last}"));
    let term = room
        .teacher
        .eventually(20, async || {
            let term = room.teacher.get(&term).await.expect(200).json();
            let alert = term["rows"]
                .as_array()
                .unwrap()
                .iter()
                .any(|row| row["alert"] == true);
            alert.then_some(term)
        })
        .await;
    assert_eq!(
        row(&term, &away)["states"],
        json!(["missing", "missing", "missing"])
    );
    assert_eq!(row(&term, &away)["absences_in_row"], 3);
    assert_eq!(
        row(&term, &ill)["states"],
        json!(["missing", "excused", "missing"])
    );
    assert_eq!(row(&term, &ill)["alert"], false, "{term}");
    let board = room.board(&lessons[2]).await;
    assert_eq!(
        (&row(&board, &away)["alert"], &row(&board, &ill)["alert"]),
        (&json!(true), &json!(false))
    );

    // As a file: one column for each lesson.
    let exported = room
        .teacher
        .get(&room.path(&format!("/term.csv?from={day}&to={last}")))
        .await
        .expect(200);
    let mut reader = csv::Reader::from_reader(&exported.body[..]);
    assert_eq!(reader.headers().unwrap().len(), 5);
    assert_eq!(reader.records().count(), 2);
}
