//! A whole class at once.
use super::room::{Room, hand_in, submitted, upload};
use super::videos::mp4;
use crate::person::id;
use crate::places;
use crate::school::{School, name};
use aws_lc_rs::digest::{SHA256, digest};
use futures::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// How many send at once: a school on a database of its own, but not on one that only plays another's part, of which
/// one request takes as long as all others before it.
fn a_class() -> usize {
    if places::of_this_run().is_empty() { 30 } else { 8 }
}

/// Thirty rows, none missing or double, and thirty receipts of one chain.
#[tokio::test]
async fn thirty_members_send_at_once() {
    let many = a_class();
    let school = School::start().await;
    let room = Room::open(&school).await;
    let mut people = Vec::new();
    for _ in 0..many {
        people.push(school.student().await);
    }
    join_all(people.iter().map(|person| room.admit(person))).await;
    let lesson = room.open_lesson().await;
    let sent = join_all(people.iter().map(|person| submitted(person, &lesson))).await;
    let board = room.board(&lesson).await;
    assert_eq!(board["counts"]["present"], many, "{}", board["counts"]);
    let rows = board["rows"].as_array().unwrap();
    let members: BTreeSet<&str> = rows.iter().map(|row| id(&row["member"])).collect();
    assert_eq!((rows.len(), members.len()), (many, many));
    let chain = room.teacher.walk(&room.path("/receipts"), 7).await;
    assert_eq!(chain.len(), many);
    let mut previous = Value::Null;
    for (number, receipt) in (1..).zip(&chain) {
        assert_eq!(receipt["number"], number);
        assert_eq!(receipt["previous"], previous);
        let token = receipt["token"].as_str().unwrap();
        previous = json!(hex::encode(digest(&SHA256, token.as_bytes())));
    }
    let given: BTreeSet<String> = sent
        .iter()
        .map(|one| one["receipt"]["token"].to_string())
        .collect();
    let kept: BTreeSet<String> = chain.iter().map(|receipt| receipt["token"].to_string()).collect();
    assert_eq!(given, kept);
}

/// A whole class that is awaited signs up at once: everybody is in it when they are told that they have an account.
#[tokio::test]
async fn thirty_who_are_awaited_sign_up_at_once() {
    let school = School::start().await;
    let room = Room::open(&school).await;
    let names: Vec<String> = (0..30).map(|_| name("awaited")).collect();
    let line = |name: &String| format!("{name},{name}@school.example\n");
    let csv = names.iter().map(line).collect::<Vec<_>>().concat();
    room.roster_csv(Method::PUT, "/roster", csv).await.expect(200);
    let people = join_all(names.iter().map(|name| school.sign_up(name))).await;
    for person in &people {
        person.get(&room.path("")).await.expect(200);
    }
    assert_eq!(room.roster().await.len(), 30);
}

/// HARDENING 11 and 13, for videos: one upload handed in at once is one submission, whoever asks how often.
#[tokio::test]
async fn one_upload_handed_in_by_twenty_requests_is_one_submission() {
    let school = School::start().await;
    let room = Room::open(&school).await;
    let student = room.member(&school).await;
    let lesson = room.open_lesson().await;
    let video = upload(&student, "day.mp4", &mp4("once")).await;
    let answers = join_all((0..20).map(|_| hand_in(&student, &lesson, &video, "Once"))).await;
    let bodies: BTreeSet<String> = answers
        .into_iter()
        .map(|answer| answer.expect(201).json().to_string())
        .collect();
    assert_eq!(bodies.len(), 1, "{bodies:?}");
    assert_eq!(room.teacher.walk(&room.path("/receipts"), 20).await.len(), 1);

    // Two videos at once: one takes the place of the other, and neither is lost on the way.
    let first = upload(&student, "first.mp4", &mp4("first")).await;
    let second = upload(&student, "second.mp4", &mp4("second")).await;
    let both = [&first, &second].map(|video| hand_in(&student, &lesson, video, "Both"));
    for answer in join_all(both).await {
        answer.expect(201);
    }
    let board = room.board(&lesson).await;
    assert_eq!(board["counts"]["present"], 1);
    assert_eq!(board["rows"][0]["submission"]["replaced"], 2, "{board}");
}

/// Deleting and sending at once ends in one of both, with a board that agrees.
#[tokio::test]
async fn races_of_sending_and_deleting_leave_a_board_that_agrees() {
    let school = School::start().await;
    let room = Room::open(&school).await;
    let student = room.member(&school).await;
    let lesson = room.open_lesson().await;
    for round in 0..10 {
        let sent = submitted(&student, &lesson).await;
        let next = upload(&student, "next.mp4", &mp4(&format!("round {round}"))).await;
        let path = format!("/api/v1/submissions/{}", id(&sent));
        let (deleted, replaced) =
            tokio::join!(student.delete(&path), hand_in(&student, &lesson, &next, "Next"));
        assert_eq!(deleted.status, 204, "{}", deleted.text());
        let replaced = replaced.expect(201).json();
        let now = student
            .get(&format!("/api/v1/submissions/{}", id(&replaced)))
            .await;
        let board = room.board(&lesson).await;
        let expected = if now.status == 200 { "present" } else { "missing" };
        assert_eq!(board["counts"][expected], 1, "{board}");
        assert_eq!(
            board["rows"][0]["submission"].is_object(),
            now.status == 200,
            "{board}"
        );
        if now.status == 200 {
            student
                .delete(&format!("/api/v1/submissions/{}", id(&replaced)))
                .await
                .expect(204);
        }
    }
}
