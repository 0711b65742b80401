//! A class with its people, and the few calls that tests of classes are made of.
use super::videos::mp4;
use crate::person::{Answer, Person, id};
use crate::school::School;
use jiff::{SignedDuration, Timestamp};
use reqwest::Method;
use serde_json::{Value, json};

/// A class and who teaches it.
pub struct Room {
    pub teacher: Person,
    /// The class as it was when it was made.
    pub class: Value,
}

impl Room {
    /// A class of a new teacher.
    pub async fn open(school: &School) -> Self {
        Self::of(school.user("teacher").await, json!({"name": "Biology 10b"})).await
    }

    /// A class of this teacher.
    pub async fn of(teacher: Person, details: Value) -> Self {
        let class = teacher.post("/api/v1/classes", &details).await.expect(201).json();
        Self { teacher, class }
    }

    /// Where the class or something of it is.
    pub fn path(&self, rest: &str) -> String {
        format!("/api/v1/classes/{}{rest}", id(&self.class))
    }

    /// Lets somebody join by the code.
    pub async fn admit(&self, person: &Person) {
        let code = json!({"code": self.class["join_code"]});
        person.post("/api/v1/classes/join", &code).await.expect(200);
    }

    /// A new student who is in the class.
    pub async fn member(&self, school: &School) -> Person {
        let student = school.student().await;
        self.admit(&student).await;
        student
    }

    /// The id of somebody on the roster.
    pub async fn member_id(&self, person: &Person) -> String {
        let class = person.get(&self.path("")).await.expect(200).json();
        class["member"].as_str().unwrap().to_owned()
    }

    /// The roster.
    pub async fn roster(&self) -> Vec<Value> {
        self.teacher.walk(&self.path("/roster"), 100).await
    }

    /// Sends a CSV as the roster, or as a preview of it.
    pub async fn roster_csv(&self, method: Method, rest: &str, csv: impl Into<Vec<u8>>) -> Answer {
        let request = self.teacher.request(method, &self.path(rest));
        Answer::of(request.header("content-type", "text/csv").body(csv.into())).await
    }

    /// Plans a lesson.
    pub async fn plan(&self, body: &Value) -> Answer {
        self.teacher.post(&self.path("/lessons"), body).await
    }

    /// A lesson around now: seconds from now to its opening, lateness and closing.
    pub async fn lesson(&self, opens: i64, late: i64, closes: i64) -> Value {
        let body =
            json!({"opens_at": from_now(opens), "late_after": from_now(late), "closes_at": from_now(closes)});
        self.plan(&body).await.expect(201).json()
    }

    /// A lesson that is open, and for which nobody is late yet.
    pub async fn open_lesson(&self) -> Value {
        self.lesson(-60, 1_800, 3_600).await
    }

    /// A function URL of the class.
    pub async fn function_url(&self) -> Value {
        let path = self.path("/function-url");
        self.teacher.post(&path, &json!({})).await.expect(201).json()
    }

    /// The board of a lesson.
    pub async fn board(&self, lesson: &Value) -> Value {
        let path = format!("/api/v1/lessons/{}/board", id(lesson));
        self.teacher.get(&path).await.expect(200).json()
    }
}

/// The instant so many seconds from now.
pub fn from_now(seconds: i64) -> String {
    (Timestamp::now() + SignedDuration::from_secs(seconds)).to_string()
}

/// Uploads a video, not handing it in.
pub async fn upload(person: &Person, filename: &str, video: &[u8]) -> Value {
    let upload = person.begin(filename, video.len()).await;
    person.send(&upload, video).await;
    upload
}

/// Hands in an upload.
pub async fn hand_in(person: &Person, lesson: &Value, upload: &Value, title: &str) -> Answer {
    let body = json!({"upload": upload["id"], "title": title});
    person
        .post(&format!("/api/v1/lessons/{}/submissions", id(lesson)), &body)
        .await
}

/// Uploads a video and hands it in.
pub async fn submit(person: &Person, lesson: &Value, filename: &str, video: &[u8]) -> Answer {
    let upload = upload(person, filename, video).await;
    hand_in(person, lesson, &upload, "My day").await
}

/// A submission that is taken.
pub async fn submitted(person: &Person, lesson: &Value) -> Value {
    let video = mp4(&person.username);
    submit(person, lesson, "day.mp4", &video).await.expect(201).json()
}

/// The row of somebody on a board.
#[track_caller]
pub fn row<'a>(board: &'a Value, member: &str) -> &'a Value {
    let rows = board["rows"].as_array().unwrap();
    rows.iter()
        .find(|row| row["member"]["id"] == member)
        .unwrap_or_else(|| panic!("{member} is not on the board: {board}"))
}
