//! Sending a video: what is taken, when, and what takes the place of what.
use super::room::{Room, from_now, hand_in, row, submit, submitted, upload};
use super::videos;
use crate::person::{Answer, Person, id, sha256};
use crate::school::School;
use serde_json::{Value, json};

/// Every kind that telephones and browsers make, told by its content.
#[tokio::test]
async fn videos_of_telephones_and_browsers_are_taken() {
    let school = School::start().await;
    let room = Room::open(&school).await;
    let student = room.member(&school).await;
    let samples = [
        ("day.mp4", videos::mp4("one"), "video/mp4", 3_000, (640, 360)),
        (
            "day.MOV",
            videos::mov("two"),
            "video/quicktime",
            2_500,
            (360, 640),
        ),
        (
            "recording.webm",
            videos::recorded_webm("three"),
            "video/webm",
            2_040,
            (640, 480),
        ),
        // Whatever it is called.
        (
            "day.mp4",
            videos::recorded_webm("four"),
            "video/webm",
            2_040,
            (640, 480),
        ),
    ];
    let lesson = room.open_lesson().await;
    for (number, (filename, video, kind, milliseconds, (width, height))) in (0..).zip(samples) {
        let sent = submit(&student, &lesson, filename, &video)
            .await
            .expect(201)
            .json();
        assert_eq!(sent["content_type"], kind, "{sent}");
        assert_eq!(sent["duration_ms"], milliseconds, "{sent}");
        assert_eq!(
            (&sent["width"], &sent["height"]),
            (&json!(width), &json!(height)),
            "{sent}"
        );
        assert_eq!(sent["sha256"], sha256(&video));
        assert_eq!(sent["receipt"]["sha256"], sha256(&video));
        assert_eq!(sent["receipt"]["size"], video.len());
        assert_eq!(
            (&sent["late"], &sent["replaced"]),
            (&json!(false), &json!(number))
        );
        let link = watch(&student, &sent).await;
        assert_eq!(Answer::of(student.http.get(link)).await.expect(200).body, video);
    }
    let board = room.board(&lesson).await;
    assert_eq!(board["counts"]["present"], 1, "{board}");
    assert_eq!(board["rows"].as_array().unwrap().len(), 1);
}

async fn watch(person: &Person, submission: &Value) -> String {
    let path = format!("/api/v1/submissions/{}/video", id(submission));
    person.get(&path).await.expect(302).header("location").to_owned()
}

/// What is no video, or not all of one, is refused by name, and what was there before stays.
#[tokio::test]
async fn what_is_no_whole_video_leaves_the_earlier_one() {
    let school = School::start().await;
    let room = Room::open(&school).await;
    let student = room.member(&school).await;
    let lesson = room.open_lesson().await;
    let first = submitted(&student, &lesson).await;
    let cut_webm = videos::recorded_webm("cut off");
    let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89".to_vec();
    let cases = [
        ("a cut off MP4", videos::cut_off(), "video_damaged"),
        (
            "a cut off WebM",
            cut_webm[..cut_webm.len() - 3].to_vec(),
            "video_damaged",
        ),
        ("no pictures", videos::sound_only(), "not_a_video"),
        ("a PNG", png, "not_a_video"),
        (
            "a page",
            b"<html><script>alert(1)</script></html>".to_vec(),
            "not_a_video",
        ),
        (
            "a minute too long",
            videos::mp4_of(960_000, "long"),
            "video_too_long",
        ),
    ];
    for (what, content, code) in cases {
        let sent = upload(&student, "day.mp4", &content).await;
        let refused = hand_in(&student, &lesson, &sent, "Again").await;
        assert_eq!(refused.status, 422, "{what}: {}", refused.text());
        refused.problem(422, code);
        // The upload was given up: it is no material either.
        student
            .complete(&sent, &json!({}))
            .await
            .problem(409, "upload_aborted");
        let now = student.get(&format!("/api/v1/submissions/{}", id(&first))).await;
        assert_eq!(now.expect(200).json()["sha256"], first["sha256"], "{what}");
        let link = watch(&student, &first).await;
        Answer::of(student.http.get(link)).await.expect(200);
    }
    let chain = room.teacher.walk(&room.path("/receipts"), 20).await;
    assert_eq!(chain.len(), 1, "nothing is signed for that was not taken");
    let empty = student.begin("day.mp4", 0).await;
    student.send(&empty, b"").await;
    let refused = hand_in(&student, &lesson, &empty, "Nothing").await;
    assert_eq!(refused.status, 422, "{}", refused.text());
}

#[tokio::test]
async fn a_class_says_how_large_and_how_long() {
    let school = School::start().await;
    let teacher = school.user("teacher").await;
    let room = Room::of(
        teacher,
        json!({"name": "Short", "max_video_bytes": 2_000, "max_video_seconds": 2}),
    )
    .await;
    let student = room.member(&school).await;
    let lesson = room.open_lesson().await;
    let large = [videos::mp4_of(1_000, "large"), vec![0; 3_000]].concat();
    submit(&student, &lesson, "day.mp4", &large)
        .await
        .problem(413, "video_too_large");
    submit(&student, &lesson, "day.mp4", &videos::mp4_of(3_000, "long"))
        .await
        .problem(422, "video_too_long");
    submit(&student, &lesson, "day.mp4", &videos::mp4_of(2_000, "right"))
        .await
        .expect(201);
}

/// The server's clock decides, and a refusal says when the lesson is.
#[tokio::test]
async fn before_opening_and_after_closing_the_times_are_said() {
    let school = School::start().await;
    let room = Room::open(&school).await;
    let student = room.member(&school).await;
    let late = room.lesson(-20, -1, 300).await;
    let sent = submitted(&student, &late).await;
    assert_eq!(sent["late"], true);
    let member = room.member_id(&student).await;
    assert_eq!(row(&room.board(&late).await, &member)["state"], "late");

    let ready = upload(&student, "day.mp4", &videos::mp4("ready")).await;
    for (lesson, code, missing) in [
        (room.lesson(600, 700, 800).await, "lesson_not_open", 1),
        // It was over before they came.
        (room.lesson(-900, -800, -700).await, "lesson_closed", 0),
    ] {
        let refused = hand_in(&student, &lesson, &ready, "My day")
            .await
            .problem(403, code)
            .json();
        assert_eq!(refused["opens_at"], lesson["opens_at"], "{refused}");
        assert_eq!(refused["closes_at"], lesson["closes_at"], "{refused}");
        assert_eq!(room.board(&lesson).await["counts"]["missing"], missing);
    }
    // A refusal takes nothing away: the upload can be handed in where it may.
    let cancelled = room.lesson(1_000, 1_100, 1_200).await;
    let path = format!("/api/v1/lessons/{}", id(&cancelled));
    room.teacher
        .patch(&path, &json!({"cancelled": "A trip"}))
        .await
        .expect(200);
    hand_in(&student, &cancelled, &ready, "My day")
        .await
        .problem(403, "lesson_cancelled");
    let again = hand_in(&student, &late, &ready, "My day")
        .await
        .expect(201)
        .json();
    assert_eq!(again["id"], sent["id"]);
}

/// A replacement keeps id and place; its own receipt follows the first one's.
#[tokio::test]
async fn handing_in_twice_gives_the_same_answer() {
    let school = School::start().await;
    let room = Room::open(&school).await;
    let student = room.member(&school).await;
    let lesson = room.open_lesson().await;
    let video = upload(&student, "My day.mp4", &videos::mp4("first")).await;
    let path = format!("/api/v1/lessons/{}/submissions", id(&lesson));
    let body = json!({"upload": video["id"]});
    let first = student.post(&path, &body).await.expect(201).json();
    assert_eq!(first["title"], "My day");
    let again = student
        .post(&path, &json!({"upload": video["id"], "title": "Other"}))
        .await;
    assert_eq!(again.expect(201).json(), first);
    student
        .complete(&video, &json!({}))
        .await
        .problem(409, "upload_completed");

    let second = submit(&student, &lesson, "day.webm", &videos::recorded_webm("second")).await;
    let second = second.expect(201).json();
    assert_eq!(second["id"], first["id"]);
    assert_eq!(
        (&second["replaced"], &second["receipt_number"]),
        (&json!(1), &json!(2))
    );
    let chain = room.teacher.walk(&room.path("/receipts"), 1).await;
    assert_eq!(chain, [first["receipt"].clone(), second["receipt"].clone()]);
    // Handing the first in anew does not bring it back.
    student.post(&path, &body).await.expect(404);

    // Neither in pieces: an upload whose parts are missing changes nothing.
    let begun = student.begin("third.mp4", 500).await;
    hand_in(&student, &lesson, &begun, "Third")
        .await
        .problem(409, "upload_incomplete");
    let now = student.get(&format!("/api/v1/submissions/{}", id(&first))).await;
    assert_eq!(now.expect(200).json()["sha256"], second["sha256"]);
}

#[tokio::test]
async fn only_one_s_own_upload_for_one_s_own_lesson() {
    let school = School::start().await;
    let (room, other_room) = (Room::open(&school).await, Room::open(&school).await);
    let (student, classmate) = (room.member(&school).await, room.member(&school).await);
    let (lesson, other_lesson) = (room.open_lesson().await, other_room.open_lesson().await);
    let video = upload(&student, "day.mp4", &videos::mp4("mine")).await;
    hand_in(&classmate, &lesson, &video, "Mine")
        .await
        .problem(404, "not_found");
    hand_in(&student, &other_lesson, &video, "Elsewhere")
        .await
        .problem(404, "not_found");
    let theirs = upload(&room.teacher, "day.mp4", &videos::mp4("a teacher's")).await;
    hand_in(&room.teacher, &lesson, &theirs, "A teacher's")
        .await
        .problem(403, "not_a_member");
    let nothing = json!({"upload": uuid::Uuid::nil(), "title": "Nothing"});
    let path = format!("/api/v1/lessons/{}/submissions", id(&lesson));
    student.post(&path, &nothing).await.problem(404, "not_found");
    for unknown in [
        json!({"late": false}),
        json!({"member": room.member_id(&classmate).await}),
        json!({"submitted_at": from_now(-60)}),
    ] {
        let mut body = json!({"upload": video["id"]});
        body.as_object_mut()
            .unwrap()
            .extend(unknown.as_object().unwrap().clone());
        student.post(&path, &body).await.expect(422);
    }
    hand_in(&student, &lesson, &video, "Mine").await.expect(201);
}

#[tokio::test]
async fn texts_change_and_videos_go_while_the_lesson_is_open() {
    let school = School::start().await;
    let room = Room::open(&school).await;
    let student = room.member(&school).await;
    let lesson = room.open_lesson().await;
    let sent = submitted(&student, &lesson).await;
    let path = format!("/api/v1/submissions/{}", id(&sent));
    let edited = student
        .patch(&path, &json!({"title": "Lab", "description": "Two\nlines"}))
        .await;
    let edited = edited.expect(200).json();
    assert_eq!(
        (&edited["title"], &edited["description"]),
        (&json!("Lab"), &json!("Two\nlines"))
    );
    assert_eq!(edited["submitted_at"], sent["submitted_at"]);
    student
        .patch(&path, &json!({"title": "x".repeat(201)}))
        .await
        .problem(422, "invalid_fields");
    student.patch(&path, &json!({"late": false})).await.expect(422);
    let link = watch(&student, &sent).await;
    student.delete(&path).await.expect(204);
    student.get(&path).await.problem(404, "not_found");
    assert_eq!(room.board(&lesson).await["counts"]["missing"], 1);
    student
        .eventually(30, async || {
            let gone = Answer::of(student.http.get(&link)).await.status;
            (gone == 404 || gone == 403).then_some(())
        })
        .await;
    assert_eq!(room.teacher.walk(&room.path("/receipts"), 20).await.len(), 1);
    let again = submitted(&student, &lesson).await;
    assert_eq!(again["receipt_number"], 2);
    // The lesson closes: it is the teacher's from then on.
    let closing = format!("/api/v1/lessons/{}", id(&lesson));
    room.teacher
        .patch(
            &closing,
            &json!({"late_after": from_now(-2), "closes_at": from_now(-1)}),
        )
        .await
        .expect(200);
    let path = format!("/api/v1/submissions/{}", id(&again));
    student
        .patch(&path, &json!({"title": "Too late"}))
        .await
        .problem(403, "lesson_closed");
    student.delete(&path).await.problem(403, "lesson_closed");
    room.teacher.delete(&path).await.expect(204);
}
