//! What is left of a class, an account or a term when it is over.
use super::room::{Room, hand_in, row, submitted, upload};
use super::videos::mp4;
use crate::person::{Answer, Person, id};
use crate::places::{records_are, storage_is_embedded};
use crate::school::School;
use reqwest::Method;
use serde_json::{Value, json};

async fn link(person: &Person, submission: &Value) -> String {
    let path = format!("/api/v1/submissions/{}/video", id(submission));
    person.get(&path).await.expect(302).header("location").to_owned()
}

async fn is_gone(person: &Person, link: &str) {
    person
        .eventually(30, async || {
            let status = Answer::of(person.http.get(link)).await.status;
            (status == 404 || status == 403).then_some(())
        })
        .await;
}

async fn verdict(person: &Person, receipt: &Value) -> Value {
    let answer = person
        .post("/api/v1/receipts/verify", &json!({"receipt": receipt}))
        .await;
    answer.expect(200).json()["verdict"].clone()
}

/// Links to videos are for the member and the class's teachers, and hold 15 minutes at most.
#[tokio::test]
async fn a_link_to_a_video_holds_fifteen_minutes_at_most() {
    let school = School::start().await;
    let room = Room::open(&school).await;
    let (student, classmate) = (room.member(&school).await, room.member(&school).await);
    let others = [&classmate, &school.student().await, &school.user("admin").await];
    let lesson = room.open_lesson().await;
    let sent = submitted(&student, &lesson).await;
    for person in [&student, &room.teacher] {
        let path = format!("/api/v1/submissions/{}/video", id(&sent));
        let answer = person.get(&path).await.expect(302);
        assert_eq!(answer.header("cache-control"), "no-store");
        let url = url::Url::parse(answer.header("location")).unwrap();
        let expires = url
            .query_pairs()
            .find(|(name, _)| name.eq_ignore_ascii_case("x-amz-expires"));
        let seconds: u32 = expires.unwrap().1.parse().unwrap();
        assert!((1..=900).contains(&seconds), "{seconds}");
        let video = Answer::of(person.http.get(url)).await.expect(200);
        assert_eq!(video.header("content-type"), "video/mp4");
        if storage_is_embedded() {
            assert_eq!(video.header("x-content-type-options"), "nosniff");
        }
    }
    for person in others {
        for rest in ["", "/video", "/poster", "/receipt"] {
            let path = format!("/api/v1/submissions/{}{rest}", id(&sent));
            person.get(&path).await.problem(404, "not_found");
        }
        // HARDENING 40: nothing of it in what everybody sees.
        assert!(person.walk("/api/v1/materials", 100).await.is_empty());
        assert_eq!(person.search("My day").await["total"], 0);
    }
    let listed = classmate
        .get(&format!("/api/v1/lessons/{}", id(&lesson)))
        .await
        .expect(200)
        .json();
    assert!(listed.get("submission").is_none(), "{listed}");
}

#[tokio::test]
async fn an_archived_class_can_be_seen_and_nothing_added() {
    let school = School::start().await;
    let room = Room::open(&school).await;
    let (student, other) = (room.member(&school).await, room.member(&school).await);
    let colleague = school.user("teacher").await;
    let lesson = room.open_lesson().await;
    let sent = submitted(&student, &lesson).await;
    let late = upload(&student, "late.mp4", &mp4("late")).await;
    room.teacher
        .patch(&room.path(""), &json!({"archived": true}))
        .await
        .expect(200);
    hand_in(&student, &lesson, &late, "Late")
        .await
        .problem(409, "class_archived");
    let at = json!({"date": "2027-05-04", "opens_at": "08:00", "closes_at": "09:00"});
    room.plan(&at).await.problem(409, "class_archived");
    let member = json!({"name": "Ada", "login": "ada@school.example"});
    room.teacher
        .post(&room.path("/members"), &member)
        .await
        .problem(409, "class_archived");
    let outsider = school.student().await;
    let code = json!({"code": room.class["join_code"]});
    outsider
        .post("/api/v1/classes/join", &code)
        .await
        .problem(409, "class_archived");
    let (lesson_path, sent_path) = (
        format!("/api/v1/lessons/{}", id(&lesson)),
        format!("/api/v1/submissions/{}", id(&sent)),
    );
    let own = room.member_id(&student).await;
    let changes = [
        (
            Method::PUT,
            room.path(&format!("/teachers/{}", colleague.username)),
            json!({}),
        ),
        (
            Method::PATCH,
            room.path(&format!("/members/{own}")),
            json!({"name": "Ada"}),
        ),
        (
            Method::PUT,
            format!("{sent_path}/review"),
            json!({"verdict": "accepted"}),
        ),
        (Method::PATCH, lesson_path.clone(), json!({"title": "Another"})),
        (
            Method::PUT,
            format!("{lesson_path}/attendance"),
            json!({"members": [own], "state": "excused", "reason": "Ill"}),
        ),
    ];
    for (method, path, body) in changes {
        let request = room.teacher.request(method, &path).json(&body);
        Answer::of(request).await.problem(409, "class_archived");
    }
    student
        .patch(&sent_path, &json!({"title": "Another"}))
        .await
        .problem(409, "class_archived");
    student.get(&sent_path).await.expect(200);
    let board = room.board(&lesson).await;
    assert_eq!(board["counts"]["present"], 1);
    assert_eq!(row(&board, &own)["submission"]["title"], sent["title"], "{board}");
    // Taking away is not adding.
    let leaver = room.path(&format!("/members/{}", room.member_id(&other).await));
    room.teacher.delete(&leaver).await.expect(204);
    room.teacher
        .patch(&room.path(""), &json!({"archived": false}))
        .await
        .expect(200);
    hand_in(&student, &lesson, &late, "Late").await.expect(201);
}

/// No trace of the class, its lessons and its videos; its receipts can still be verified.
#[tokio::test]
async fn a_deleted_class_is_gone_and_its_receipts_hold() {
    let school = School::start().await;
    let (room, other) = (Room::open(&school).await, Room::open(&school).await);
    let student = room.member(&school).await;
    other.admit(&student).await;
    let (lesson, other_lesson) = (room.open_lesson().await, other.open_lesson().await);
    let sent = submitted(&student, &lesson).await;
    let kept = submitted(&student, &other_lesson).await;
    let function = room.function_url().await;
    let (gone, stays) = (link(&student, &sent).await, link(&student, &kept).await);
    room.teacher.delete(&room.path("")).await.expect(204);
    for person in [&student, &room.teacher] {
        for path in [
            room.path(""),
            room.path("/lessons"),
            format!("/api/v1/lessons/{}", id(&lesson)),
            format!("/api/v1/submissions/{}", id(&sent)),
            format!("/api/v1/submissions/{}/video", id(&sent)),
        ] {
            person.get(&path).await.problem(404, "not_found");
        }
        let listed = person.walk("/api/v1/classes", 20).await;
        assert!(listed.iter().all(|class| id(class) != id(&room.class)));
    }
    let url = function["url"].as_str().unwrap();
    let action = json!({"action": "get_calendar", "params": {"date": "2026"}});
    Answer::of(student.http.post(url).json(&action)).await.expect(404);
    student
        .post("/api/v1/classes/join", &json!({"code": room.class["join_code"]}))
        .await
        .problem(404, "not_found");
    is_gone(&student, &gone).await;
    assert_eq!(verdict(&student, &sent["receipt"]).await, "valid");
    // HARDENING 38: the other class has lost nothing.
    Answer::of(student.http.get(&stays)).await.expect(200);
    assert_eq!(other.board(&other_lesson).await["counts"]["present"], 1);
}

/// A member may be given another account: each account sees, exports and takes with it what it has sent itself.
#[tokio::test]
async fn two_accounts_of_one_member_keep_their_videos_apart() {
    let school = School::start().await;
    let room = Room::open(&school).await;
    let (before, after) = (school.student().await, school.student().await);
    let csv = format!("name,login\nAda,{}\n", before.username);
    room.roster_csv(Method::PUT, "/roster", csv).await.expect(200);
    let (lesson, member) = (room.open_lesson().await, room.member_id(&before).await);
    submitted(&before, &lesson).await;
    let corrected = json!({"login": after.username});
    let path = room.path(&format!("/members/{member}"));
    room.teacher.patch(&path, &corrected).await.expect(200);
    let path = format!("/api/v1/lessons/{}", id(&lesson));
    let shown = after.get(&path).await.expect(200).json();
    assert_eq!(
        shown.get("submission").unwrap_or(&Value::Null),
        &Value::Null,
        "{shown}"
    );

    let sent = submitted(&after, &lesson).await;
    let shown = after.get(&path).await.expect(200).json();
    assert_eq!(shown["submission"]["id"], sent["id"], "{shown}");
    let stays = link(&after, &sent).await;
    let exports = async |person: &Person| {
        let archive = person.get("/api/v1/me/export").await.expect(200);
        // Videos stand in it as they are.
        let video = mp4(&after.username);
        archive.body.windows(video.len()).any(|part| part == video)
    };
    assert!(exports(&after).await);
    assert!(
        !exports(&before).await,
        "the earlier account exports the other one's video"
    );
    before.delete("/api/v1/me").await.expect(204);
    after
        .get(&format!("/api/v1/submissions/{}", id(&sent)))
        .await
        .expect(200);
    Answer::of(after.http.get(&stays)).await.expect(200);
    assert_eq!(room.board(&lesson).await["counts"]["present"], 1);
}

/// A video that arrives while its lesson or class is being deleted is either there or not: never taken and lost.
#[tokio::test]
async fn nothing_is_handed_in_for_what_is_being_deleted() {
    let school = School::start().await;
    let (student, mut teacher) = (school.student().await, school.user("teacher").await);
    let mut uploads = Vec::new();
    for round in 0..12 {
        let room = Room::of(teacher, json!({"name": "Brief"})).await;
        let member = json!({"name": "Ada", "login": student.username});
        let path = room.path("/members");
        room.teacher.post(&path, &member).await.expect(201);
        let lesson = room.open_lesson().await;
        let video = upload(&student, "day.mp4", &mp4(&format!("{}{round}", student.username))).await;
        let path = if round % 2 == 0 {
            format!("/api/v1/lessons/{}", id(&lesson))
        } else {
            room.path("")
        };
        let delete = async {
            // Once the server is at it: what was read of the lesson by then is out of date.
            student.get("/api/v1/me").await.expect(200);
            room.teacher.delete(&path).await
        };
        let (sent, deleted) = tokio::join!(hand_in(&student, &lesson, &video, "Day"), delete);
        let outcome = (sent.status.as_u16(), deleted.status.as_u16());
        let expected = if round % 2 == 0 {
            [(404, 204), (201, 409)]
        } else {
            [(404, 204), (201, 204)]
        };
        assert!(expected.contains(&outcome), "{outcome:?} in round {round}");
        if outcome == (201, 409) {
            room.teacher.delete(&room.path("")).await.expect(204);
        }
        uploads.push(video);
        teacher = room.teacher;
    }
    for upload in &uploads {
        let path = format!("/api/v1/uploads/{}", id(upload));
        student.delete(&path).await;
    }
    // What was taken has gone with its class, and counts for nobody.
    student
        .eventually(30, async || {
            let me = student.get("/api/v1/me").await.expect(200).json();
            (me["used_bytes"] == 0).then_some(())
        })
        .await;
}

/// HARDENING 68: what a teacher has said of anybody goes with the class, of whatever year it was.
#[tokio::test]
async fn nothing_that_was_said_of_members_outlives_their_class() {
    if !(records_are("") || records_are("sqlite")) {
        return; // it reaches into the data directory
    }
    let school = School::start().await;
    let room = Room::open(&school).await;
    let member = room.member_id(&room.member(&school).await).await;
    let mut partitions = Vec::new();
    for date in ["2019-05-06", "2027-05-06", "2090-05-08"] {
        let at = json!({"date": date, "opens_at": "08:00", "closes_at": "08:15"});
        let lesson = room.plan(&at).await.expect(201).json();
        let said = json!({"members": [member], "state": "excused", "reason": "Something private"});
        let path = format!("/api/v1/lessons/{}/attendance", id(&lesson));
        room.teacher.put_json(&path, &said).await.expect(204);
        partitions.push(format!("lesson#{}", id(&lesson)));
    }
    partitions.push(format!("class#{}", id(&room.class)));
    let records = rusqlite::Connection::open(school.data().join("records.sqlite")).unwrap();
    records.busy_timeout(std::time::Duration::from_secs(10)).unwrap();
    let count = |partition: &String| -> u32 {
        let query = "SELECT COUNT(*) FROM records WHERE CAST(partition AS TEXT) = ?1";
        records.query_row(query, [partition], |row| row.get(0)).unwrap()
    };
    assert!(partitions.iter().all(|partition| count(partition) > 0));
    room.teacher.delete(&room.path("")).await.expect(204);
    room.teacher
        .eventually(30, async || {
            partitions
                .iter()
                .all(|partition| count(partition) == 0)
                .then_some(())
        })
        .await;
}

/// HARDENING 68: with an account go its videos and what a class knew of it; receipts name nobody.
#[tokio::test]
async fn a_deleted_account_leaves_no_video_and_no_name() {
    let school = School::start().await;
    let room = Room::open(&school).await;
    let (student, other) = (room.member(&school).await, room.member(&school).await);
    let lesson = room.open_lesson().await;
    let (sent, kept) = (
        submitted(&student, &lesson).await,
        submitted(&other, &lesson).await,
    );
    let (gone, stays) = (link(&student, &sent).await, link(&other, &kept).await);
    let member = room.member_id(&student).await;
    student.delete("/api/v1/me").await.expect(204);
    is_gone(&other, &gone).await;
    room.teacher
        .get(&format!("/api/v1/submissions/{}", id(&sent)))
        .await
        .problem(404, "not_found");
    room.teacher
        .eventually(30, async || {
            let (board, roster) = (room.board(&lesson).await, room.roster().await);
            let known = format!("{board}{}", json!(roster)).contains(&student.username);
            (!known).then_some(())
        })
        .await;
    for receipt in [&sent["receipt"], &kept["receipt"]] {
        assert_eq!(verdict(&other, receipt).await, "valid");
    }
    let board = room.board(&lesson).await;
    assert_eq!(
        board["counts"]["present"], 2,
        "attendance is the class's: {board}"
    );
    let left = row(&board, &member)["submission"].clone();
    assert_eq!(left["submitted_at"], sent["submitted_at"], "{board}");
    assert_eq!(
        (&left["title"], &left["video"]),
        (&json!(""), &Value::Null),
        "{board}"
    );
    Answer::of(other.http.get(&stays)).await.expect(200);
    let export = room
        .teacher
        .get(&format!("/api/v1/lessons/{}/export.csv", id(&lesson)))
        .await
        .expect(200);
    assert!(!export.text().contains(&student.username));
}

/// A teacher who leaves hands the class to a colleague; without one it goes too.
#[tokio::test]
async fn a_teacher_s_account_hands_its_classes_over() {
    let school = School::start().await;
    let (shared, alone) = (Room::open(&school).await, Room::open(&school).await);
    let colleague = school.user("teacher").await;
    let path = shared.path(&format!("/teachers/{}", colleague.username));
    Answer::of(shared.teacher.request(Method::PUT, &path))
        .await
        .expect(204);
    let (student, lonely) = (shared.member(&school).await, alone.member(&school).await);
    let lesson = shared.open_lesson().await;
    let sent = submitted(&student, &lesson).await;
    for teacher in [&shared.teacher, &alone.teacher] {
        teacher.delete("/api/v1/me").await.expect(204);
    }
    colleague
        .eventually(30, async || {
            let class = colleague.get(&shared.path("")).await.expect(200).json();
            (class["teachers"].as_array().unwrap().len() == 1).then_some(())
        })
        .await;
    colleague
        .get(&format!("/api/v1/submissions/{}", id(&sent)))
        .await
        .expect(200);
    lonely
        .eventually(30, async || {
            (lonely.get(&alone.path("")).await.status == 404).then_some(())
        })
        .await;
    colleague.delete(&shared.path("")).await.expect(204);
}

/// Retention: some days after the term videos go; attendance and receipts stay.
#[tokio::test]
async fn videos_go_when_their_time_is_over() {
    let school = School::with(&[("HOMEROOM_UPLOADS_SWEEP_EVERY", "1 second")]).await;
    // Where the day is still young; then the class moves to where the next one has begun at any hour of the clock.
    let details = json!({"name": "Far", "time_zone": "Etc/GMT+12", "retention_days": 0});
    let room = Room::of(school.user("teacher").await, details).await;
    let student = room.member(&school).await;
    let lesson = room.open_lesson().await;
    let sent = submitted(&student, &lesson).await;
    let gone = link(&student, &sent).await;
    let ends = json!({"term_starts": "2026-01-01", "term_ends": lesson["date"]});
    room.teacher.patch(&room.path(""), &ends).await.expect(200);
    Answer::of(student.http.get(&gone)).await.expect(200);
    let moved = json!({"time_zone": "Pacific/Kiritimati"});
    room.teacher.patch(&room.path(""), &moved).await.expect(200);
    is_gone(&student, &gone).await;
    let path = format!("/api/v1/submissions/{}", id(&sent));
    let now = student.get(&path).await.expect(200).json();
    assert_eq!((&now["video"], &now["sha256"]), (&Value::Null, &sent["sha256"]));
    student
        .get(&format!("{path}/video"))
        .await
        .problem(409, "video_removed");
    assert_eq!(room.board(&lesson).await["counts"]["present"], 1);
    assert_eq!(verdict(&student, &sent["receipt"]).await, "valid");
    student.get(&format!("{path}/receipt")).await.expect(200);
}

/// Lessons after the term are kept for as long after their own day as others are after the term; what a program has
/// sent counts from its arrival, whatever date it bears.
#[tokio::test]
async fn videos_after_the_term_go_when_their_own_time_is_over() {
    let school = School::with(&[("HOMEROOM_UPLOADS_SWEEP_EVERY", "1 second")]).await;
    let details = json!({
        "name": "Far", "time_zone": "Etc/GMT+12", "retention_days": 0,
        "term_starts": "2020-01-01", "term_ends": "2020-02-01",
    });
    let room = Room::of(school.user("teacher").await, details).await;
    let student = room.member(&school).await;
    let lesson = room.open_lesson().await;
    let sent = submitted(&student, &lesson).await;
    let kept = link(&student, &sent).await;
    let function = room.function_url().await;
    let call = async |action: &str, params: Value| {
        let body = json!({"action": action, "params": params});
        Answer::of(student.http.post(function["url"].as_str().unwrap()).json(&body))
            .await
            .expect(200)
            .json()
    };
    let upload = call("upload", json!({"object_name": "day.mp4"})).await;
    let put = student
        .http
        .put(upload["url"].as_str().unwrap())
        .header("content-type", "video/mp4")
        .body(mp4("by a program"));
    Answer::of(put).await.expect(200);
    let entry = json!({
        "user_id": "ada", "submission_id": 1, "object_name": "day.mp4", "title": "Day", "description": "",
        "timestamp": "2020-01-05T08:00:00",
    });
    call("write_to_db", entry).await;
    Answer::of(student.http.get(&kept)).await.expect(200);
    let moved = json!({"time_zone": "Pacific/Kiritimati"});
    room.teacher.patch(&room.path(""), &moved).await.expect(200);
    is_gone(&student, &kept).await;
    let entries = call("get_calendar", json!({"date": "2020"})).await;
    assert!(
        entries[0]["video_link"].is_string(),
        "it has arrived today: {entries}"
    );
}
