//! What is shared with classes: for whoever is in an active class with its owner, and nobody else.
use super::room::Room;
use crate::person::{Answer, Person, id, note, word};
use crate::school::School;
use reqwest::Method;
use serde_json::{Value, json};

const PDF: &[u8] = include_bytes!("../../../samples/trigonometry-worksheet.pdf");

/// Shares a note with the owner's classes.
async fn share(owner: &Person, word: &str) -> String {
    let details = json!({"title": format!("About {word}"), "visibility": "class", "subject": "math"});
    id(&owner.share("notes.md", &note(word), &details).await).to_owned()
}

/// Asserts that somebody sees a note everywhere, or nowhere.
#[track_caller]
fn sees<'a>(
    person: &'a Person,
    material: &'a str,
    word: &'a str,
    seen: bool,
) -> impl Future<Output = ()> + use<'a> {
    let at = std::panic::Location::caller();
    async move {
        let status = person.get(&format!("/api/v1/materials/{material}")).await.status;
        assert_eq!(status.as_u16(), if seen { 200 } else { 404 }, "{at}");
        let found = person.search(word).await;
        assert_eq!(found["total"], u64::from(seen), "{at}: {found}");
        let subjects = found["facets"]["subject"].as_array().unwrap();
        assert_eq!(subjects.len(), usize::from(seen), "{at}: {found}");
        let listed = person.walk("/api/v1/materials", 100).await;
        let listed = listed.iter().any(|item| id(item) == material);
        assert_eq!(listed, seen, "{at}");
        let path = format!("/api/v1/search/suggestions?q={}", &word[..8]);
        let suggested = person.get(&path).await.expect(200).text();
        assert_eq!(suggested.contains(word), seen, "{at}: {suggested}");
        let mut typo = word.to_owned();
        typo.replace_range(4..5, if &word[4..5] == "x" { "y" } else { "x" });
        let corrected = person.search(&typo).await;
        assert_eq!(corrected["corrected"] == word, seen, "{at}: {corrected}");
    }
}

#[tokio::test]
async fn what_is_shared_with_classes_is_for_everybody_in_them() {
    let school = School::start().await;
    let room = Room::open(&school).await;
    let (owner, classmate) = (room.member(&school).await, room.member(&school).await);
    let co_teacher = school.user("teacher").await;
    let path = room.path(&format!("/teachers/{}", co_teacher.username));
    Answer::of(room.teacher.request(Method::PUT, &path))
        .await
        .expect(204);
    let elsewhere = Room::open(&school).await;
    let stranger = elsewhere.member(&school).await;

    let (of_student, of_teacher) = (word(), word());
    let notes = [
        (share(&owner, &of_student).await, &of_student),
        (share(&room.teacher, &of_teacher).await, &of_teacher),
    ];
    for (material, word) in &notes {
        for person in [&owner, &classmate, &room.teacher, &co_teacher] {
            sees(person, material, word, true).await;
        }
        for person in [&stranger, &elsewhere.teacher, &school.student().await] {
            sees(person, material, word, false).await;
        }
        sees(&school.stranger(), material, word, false).await;
        // Moderators see all that is shared, to act on it.
        sees(&school.user("moderator").await, material, word, true).await;
        sees(&school.user("admin").await, material, word, true).await;
    }
}

#[tokio::test]
async fn every_way_to_what_is_shared_with_classes_is_closed_to_others() {
    let school = School::start().await;
    let room = Room::open(&school).await;
    let (owner, classmate) = (room.member(&school).await, room.member(&school).await);
    let others = [school.student().await, school.stranger()];
    let details = json!({"title": "Trigonometry", "visibility": "class"});
    let material = owner.share("trigonometry.pdf", PDF, &details).await;
    let path = format!("/api/v1/materials/{}", id(&material));
    let like_it = owner
        .share(
            "again.pdf",
            PDF,
            &json!({"title": "Trigonometry again", "visibility": "class"}),
        )
        .await;

    let routes = [
        "",
        "/pages/1",
        "/pages/1/image",
        "/cover",
        "/versions",
        "/contents",
        "/similar",
        "/download",
    ]
    .map(|end| format!("{path}{end}"));
    for route in &routes {
        let answer = classmate.get(route).await;
        assert!(
            answer.status == 200 || answer.status == 302,
            "{route}: {}",
            answer.text()
        );
        let kept = answer.header("cache-control");
        assert!(!kept.contains("public"), "{route}: {kept}");
        for other in &others {
            assert_eq!(other.get(route).await.status, 404, "{route}");
        }
    }
    let similar = classmate.get(&format!("{path}/similar")).await.json();
    assert!(similar.to_string().contains(id(&like_it)), "{similar}");
    classmate
        .put_json(&format!("{path}/rating"), &json!({"stars": 5}))
        .await
        .expect(200);
    others[0]
        .put_json(&format!("{path}/rating"), &json!({"stars": 5}))
        .await
        .problem(404, "not_found");
    let change = json!({"title": "Mine now"});
    classmate.patch(&path, &change).await.problem(403, "not_allowed");
    others[0].patch(&path, &change).await.problem(404, "not_found");
}

#[tokio::test]
async fn who_comes_and_goes_sees_accordingly_at_once() {
    let school = School::start().await;
    let room = Room::open(&school).await;
    let owner = room.member(&school).await;
    let (student, word) = (school.student().await, word());
    let material = share(&owner, &word).await;
    sees(&student, &material, &word, false).await;

    room.admit(&student).await;
    sees(&student, &material, &word, true).await;
    student.post(&room.path("/leave"), &json!({})).await.expect(204);
    sees(&student, &material, &word, false).await;

    sees(&owner, &material, &word, true).await;
}

#[tokio::test]
async fn a_list_that_changes_who_is_in_a_class_changes_who_sees_at_once() {
    let school = School::start().await;
    let room = Room::open(&school).await;
    let (owner, student) = (school.student().await, school.student().await);
    let list = |people: &[&Person]| {
        let line = |person: &&Person| format!("{0},{0}\n", person.username);
        let csv: String = people.iter().map(line).collect();
        room.roster_csv(Method::PUT, "/roster", csv)
    };
    let word = word();
    let material = share(&owner, &word).await;
    list(&[&owner, &student]).await.expect(200);
    sees(&student, &material, &word, true).await;
    sees(&room.teacher, &material, &word, true).await;
    list(&[&student]).await.expect(200);
    sees(&student, &material, &word, false).await;
    sees(&room.teacher, &material, &word, false).await;
    list(&[&owner, &student]).await.expect(200);
    sees(&student, &material, &word, true).await;

    // Another login makes the member somebody else.
    let path = room.path(&format!("/members/{}", room.member_id(&student).await));
    let somebody = json!({"login": "somebody.else@school.example"});
    room.teacher.patch(&path, &somebody).await.expect(200);
    sees(&student, &material, &word, false).await;
}

#[tokio::test]
async fn an_archived_or_deleted_class_shares_nothing_and_another_one_still_does() {
    let school = School::start().await;
    let (room, second) = (Room::open(&school).await, Room::open(&school).await);
    let (owner, student) = (room.member(&school).await, room.member(&school).await);
    let word = word();
    let material = share(&owner, &word).await;
    sees(&student, &material, &word, true).await;

    let archived = |archived: bool| json!({"archived": archived});
    room.teacher
        .patch(&room.path(""), &archived(true))
        .await
        .expect(200);
    sees(&student, &material, &word, false).await;
    sees(&room.teacher, &material, &word, false).await;
    sees(&owner, &material, &word, true).await;
    room.teacher
        .patch(&room.path(""), &archived(false))
        .await
        .expect(200);
    sees(&student, &material, &word, true).await;

    second.admit(&owner).await;
    second.admit(&student).await;
    room.teacher.delete(&room.path("")).await.expect(204);
    sees(&student, &material, &word, true).await;
    sees(&second.teacher, &material, &word, true).await;
    sees(&room.teacher, &material, &word, false).await;
    second.teacher.delete(&second.path("")).await.expect(204);
    sees(&student, &material, &word, false).await;
    let listed: Vec<Value> = owner.walk("/api/v1/materials", 100).await;
    assert_eq!(listed.len(), 1);
}
