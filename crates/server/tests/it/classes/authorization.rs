//! The table of classes of [`crate::matrix`], cell by cell.
use super::room::{Room, hand_in, submitted, upload};
use super::videos::mp4;
use crate::matrix::{CLASS_CALLERS, Row, class_rows};
use crate::person::{Answer, Person, id};
use crate::school::{School, name};
use bytes::Bytes;
use reqwest::Method;
use serde_json::{Value, json};
use std::sync::atomic::{AtomicU32, Ordering};

/// What the rows ask for, and everybody who asks.
struct Scene {
    callers: [Person; 9],
    room: Room,
    lesson: Value,
    submission: Value,
}

impl Scene {
    async fn set(school: &School) -> Self {
        let callers = [
            school.stranger(),
            school.user("teacher").await,
            school.user("teacher").await,
            school.student().await,
            school.student().await,
            school.student().await,
            school.user("teacher").await,
            school.user("moderator").await,
            school.user("admin").await,
        ];
        let room = Self::room_of(&callers).await;
        let lesson = room.open_lesson().await;
        let submission = submitted(&callers[3], &lesson).await;
        Self {
            callers,
            room,
            lesson,
            submission,
        }
    }

    /// A class with its two teachers and two members.
    async fn room_of(callers: &[Person; 9]) -> Room {
        let room = Room::of(callers[1].clone(), json!({"name": "Biology 10b"})).await;
        let co_teacher = room.path(&format!("/teachers/{}", callers[2].username));
        Answer::of(room.teacher.request(Method::PUT, &co_teacher))
            .await
            .expect(204);
        room.admit(&callers[3]).await;
        room.admit(&callers[4]).await;
        room
    }

    /// The class of a cell: one of its own where asking changes who is in it.
    async fn fresh_room(&self, row: &Row) -> Option<Room> {
        let changes_people = row.method == "DELETE"
            || ["/join", "/leave", "/teachers/{username}"]
                .iter()
                .any(|end| row.path.ends_with(end));
        if changes_people && row.path.contains("/classes/") {
            Some(Self::room_of(&self.callers).await)
        } else {
            None
        }
    }

    async fn path(&self, row: &Row, room: &Room) -> String {
        let mut path = row.path.to_owned();
        if path.contains("/classes/") {
            path = path.replace("{id}", id(&room.class));
        } else if path.contains("/lessons/") {
            let lesson = match row.method {
                "DELETE" => room.plan(&sometime()).await.expect(201).json(),
                _ => self.lesson.clone(),
            };
            path = path.replace("{id}", id(&lesson));
        } else if row.method == "DELETE" {
            let again = upload(&self.callers[3], "again.mp4", &mp4("again")).await;
            let submission = hand_in(&self.callers[3], &self.lesson, &again, "Again").await;
            path = path.replace("{id}", id(&submission.expect(201).json()));
        } else {
            path = path.replace("{id}", id(&self.submission));
        }
        if path.contains("{member}") {
            path = path.replace("{member}", &room.member_id(&self.callers[4]).await);
        }
        path.replace("{username}", &self.callers[6].username)
    }

    /// A body that says nothing wrong.
    async fn body(&self, row: &Row, room: &Room, caller: &Person) -> Option<Value> {
        let body = match (row.method, row.path) {
            ("PATCH", "/api/v1/classes/{id}") => json!({"description": "Changed"}),
            ("POST", "/api/v1/classes/{id}/members") => {
                json!({"name": "Somebody", "login": format!("{}@school.example", name("awaited"))})
            }
            ("PATCH", "/api/v1/classes/{id}/members/{member}") => json!({"name": "Somebody else"}),
            ("POST", "/api/v1/classes/join") => json!({"code": room.class["join_code"]}),
            ("POST", "/api/v1/classes/{id}/lessons") => sometime(),
            ("PATCH", "/api/v1/lessons/{id}") => json!({"title": "Cells"}),
            ("PUT", "/api/v1/lessons/{id}/attendance") => {
                let member = room.member_id(&self.callers[4]).await;
                json!({"members": [member], "state": "excused", "reason": "Ill"})
            }
            ("POST", "/api/v1/lessons/{id}/submissions") => {
                let upload = match caller.token {
                    Some(_) => caller.begin("day.mp4", 100).await["id"].clone(),
                    None => json!(uuid::Uuid::nil()),
                };
                json!({"upload": upload})
            }
            ("PATCH", "/api/v1/submissions/{id}") => json!({"title": "Another title"}),
            ("PUT", "/api/v1/submissions/{id}/review") => json!({"verdict": "accepted"}),
            _ => return None,
        };
        Some(body)
    }

    async fn ask(&self, row: &Row, caller: &Person) -> Answer {
        let fresh = self.fresh_room(row).await;
        let room = fresh.as_ref().unwrap_or(&self.room);
        let request = caller.request(row.method.parse().unwrap(), &self.path(row, room).await);
        if row.path.contains("/roster") && row.method != "GET" {
            let csv = format!(
                "{0},{0}\n{1},{1}\n",
                self.callers[3].username, self.callers[4].username
            );
            return Answer::of(request.header("content-type", "text/csv").body(csv)).await;
        }
        if row.path.ends_with("/events") {
            return head_of(request).await;
        }
        match self.body(row, room, caller).await {
            Some(body) => Answer::of(request.json(&body)).await,
            None => Answer::of(request).await,
        }
    }
}

/// An answer whose body has no end, without it.
async fn head_of(request: reqwest::RequestBuilder) -> Answer {
    let answer = request.send().await.unwrap();
    Answer {
        status: answer.status(),
        headers: answer.headers().clone(),
        body: Bytes::new(),
    }
}

/// A lesson at which no other one is.
fn sometime() -> Value {
    static DAY: AtomicU32 = AtomicU32::new(0);
    let day = DAY.fetch_add(1, Ordering::Relaxed);
    let date = jiff::civil::date(2027, 1, 1) + jiff::ToSpan::days(i64::from(day));
    json!({"date": date, "opens_at": "08:00", "late_after": "08:10", "closes_at": "08:15"})
}

/// HARDENING 35 and 37.
#[tokio::test]
async fn hardening_35_everybody_gets_of_a_class_what_the_table_says() {
    // Codes count like passwords, and everybody here joins many classes.
    let school = School::with(&[("HOMEROOM_AUTH_LOG_IN_ATTEMPTS", "1000000")]).await;
    let scene = Scene::set(&school).await;
    let mut wrong = Vec::new();
    for row in class_rows() {
        for (column, caller) in scene.callers.iter().enumerate() {
            let answer = scene.ask(&row, caller).await;
            wrong.extend(row.judge(column, CLASS_CALLERS[column], &answer));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
