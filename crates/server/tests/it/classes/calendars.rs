//! A month of lessons, and the feed that calendar programs read.
use super::room::{Room, submitted};
use crate::person::{Answer, id};
use crate::school::School;
use serde_json::{Value, json};

#[tokio::test]
async fn a_month_shows_how_each_lesson_stands() {
    let school = School::start().await;
    let (room, elsewhere) = (Room::open(&school).await, Room::open(&school).await);
    let student = room.member(&school).await;
    let lesson = room.open_lesson().await;
    elsewhere.open_lesson().await;
    submitted(&student, &lesson).await;
    let far = json!({"date": "2027-12-31", "opens_at": "08:00", "closes_at": "08:15"});
    room.plan(&far).await.expect(201);
    let month = &lesson["date"].as_str().unwrap()[..7];
    let of = async |person: &crate::person::Person, month: &str| -> Value {
        let answer = person.get(&format!("/api/v1/calendar?month={month}")).await;
        answer.expect(200).json()
    };
    let own = of(&student, month).await;
    assert_eq!(own["items"].as_array().unwrap().len(), 1, "{own}");
    let item = &own["items"][0];
    assert_eq!(
        (&item["id"], &item["state"]),
        (&lesson["id"], &json!("present")),
        "{item}"
    );
    assert_eq!(
        (&item["class_name"], &item["role"]),
        (&room.class["name"], &json!("member"))
    );
    assert!(item.get("counts").is_none(), "counts are for teachers: {item}");
    let taught = of(&room.teacher, month).await;
    assert_eq!(taught["items"][0]["counts"]["present"], 1, "{taught}");
    assert_eq!(
        of(&student, "2027-12").await["items"].as_array().unwrap().len(),
        1
    );
    assert_eq!(of(&student, "2027-11").await["items"], json!([]));
    for wrong in ["2025-13", "2025-13-40", "2025", "x", "0000-01", "-001-01"] {
        let answer = student.get(&format!("/api/v1/calendar?month={wrong}")).await;
        answer.problem(422, "invalid_fields");
    }
    room.teacher
        .patch(&room.path(""), &json!({"archived": true}))
        .await
        .expect(200);
    assert_eq!(of(&student, month).await["items"], json!([]));
}

#[tokio::test]
async fn a_feed_is_read_by_its_link_alone_until_it_is_taken_back() {
    let school = School::start().await;
    let room = Room::of(
        school.user("teacher").await,
        json!({"name": "Chemistry; acids, bases"}),
    )
    .await;
    let student = room.member(&school).await;
    let lesson = room.open_lesson().await;
    let feed = async || {
        let made = student
            .post("/api/v1/me/calendar-feed", &json!({}))
            .await
            .expect(201)
            .json();
        made["url"].as_str().unwrap().to_owned()
    };
    let read = async |url: &str| Answer::of(student.http.get(url)).await;
    let url = feed().await;
    assert!(url.starts_with(&school.url()), "{url}");
    let answer = read(&url).await.expect(200);
    assert_eq!(answer.header("content-type"), "text/calendar; charset=utf-8");
    assert!(answer.header("cache-control").contains("no-store"));
    let text = answer.text();
    assert!(
        text.starts_with("BEGIN:VCALENDAR\r\n") && text.ends_with("END:VCALENDAR\r\n"),
        "{text}"
    );
    assert!(text.lines().all(|line| line.len() <= 75));
    assert!(text.contains(&format!("UID:{}@homeroom", id(&lesson))), "{text}");
    assert!(text.contains("SUMMARY:Chemistry\\; acids\\, bases\r\n"), "{text}");
    assert!(text.contains("STATUS:CONFIRMED"));
    room.teacher
        .patch(
            &format!("/api/v1/lessons/{}", id(&lesson)),
            &json!({"cancelled": "Snow"}),
        )
        .await
        .expect(200);
    assert!(read(&url).await.expect(200).text().contains("STATUS:CANCELLED"));

    // One link at a time; a mistyped one is nobody's.
    let second = feed().await;
    read(&url).await.expect(404);
    read(&second).await.expect(200);
    read(&second.replace(".ics", "x.ics")).await.expect(404);
    read(&second.replace(".ics", "")).await.expect(404);
    student.delete("/api/v1/me/calendar-feed").await.expect(204);
    student.delete("/api/v1/me/calendar-feed").await.expect(204);
    read(&second).await.expect(404);
    let third = feed().await;
    let member = room.member_id(&student).await;
    room.teacher
        .delete(&room.path(&format!("/members/{member}")))
        .await
        .expect(204);
    assert!(!read(&third).await.expect(200).text().contains("VEVENT"));
    // HARDENING 39: suspended, it shows nothing; deleted, it is gone.
    let admin = school.user("admin").await;
    let suspend = json!({"login": student.username, "suspended": true});
    admin.patch("/api/v1/admin/users", &suspend).await.expect(200);
    read(&third).await.expect(404);
}
