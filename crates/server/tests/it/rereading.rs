//! What an earlier reader has read is read again, and nothing is lost by it.
use crate::person::{Person, id, note, word};
use crate::school::School;
use homeroom_core::domain::kind::Kind;
use homeroom_core::domain::material::{Processing, Reading, Version};
use homeroom_core::ports::extractor::Notice;
use homeroom_core::ports::object_store::ObjectKey;
use homeroom_core::ports::record_store::{Condition, Key, Write};
use homeroom_core::records::{Records, materials};
use homeroom_identity::SystemClock;
use homeroom_records::SqliteRecordStore;
use serde_json::{Value, json};
use std::sync::Arc;

/// The records of a school that does not run.
fn records(school: &School) -> Records {
    let path = school.data().join("records.sqlite");
    let store = SqliteRecordStore::open(&path, Arc::new(SystemClock)).unwrap();
    Records::new(Arc::new(store))
}

/// Changes what is noted of a material's only version.
async fn change(records: &Records, material: &Value, change: impl Fn(&mut Version)) {
    let stored = records.material(id(material).parse().unwrap()).await.unwrap();
    let stored = stored.unwrap();
    let mut material = stored.value;
    change(&mut material.current);
    let writes = vec![
        materials::put_version(&material.current, Condition::Present),
        materials::put(&material, Condition::Version(stored.version)),
    ];
    records.store().transact(writes).await.unwrap();
}

/// As an early reader left what it could not read.
fn unread(version: &mut Version) {
    version.kind = Kind::Other;
    version.processing = Processing::Ready { pages: 0 };
    version.notice = Some(Notice::UnknownType);
    version.reading = Reading::default();
}

/// Waits until a material is read and found.
async fn read_by_now(student: &Person, material: &Value, about: &str) {
    let path = format!("/api/v1/materials/{}", id(material));
    student
        .eventually(60, async || {
            let material = student.get(&path).await.expect(200).json();
            (material["kind"] == "markdown").then_some(())
        })
        .await;
    student
        .eventually(10, async || {
            (student.found(about).await == [id(material)]).then_some(())
        })
        .await;
    let page = student.get(&format!("{path}/pages/1")).await.expect(200);
    assert!(page.text().contains(about));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_earlier_reader_read_is_read_again_and_what_cannot_be_stays() {
    let mut school = School::start().await;
    let (student, admin) = (school.student().await, school.user("admin").await);
    let (first, lost, second) = (word(), word(), word());
    let mut shared = Vec::new();
    for about in [&first, &lost, &second] {
        shared.push(student.share("a.md", &note(about), &json!({})).await);
    }
    assert_eq!(school.terminate().code(), Some(0));
    let kept = records(&school);
    change(&kept, &shared[0], unread).await;
    // Its text is there, its file is not.
    let gone = |version: &mut Version| {
        version.reading = Reading::default();
        version.object = ObjectKey("uploads/nothing/here".into());
    };
    change(&kept, &shared[1], gone).await;
    let mark = Write::Delete(Key::new("mark", "reading"), Condition::Present);
    kept.store().transact(vec![mark]).await.unwrap();
    drop(kept);

    school.restart().await;
    read_by_now(&student, &shared[0], &first).await;
    admin
        .eventually(60, async || {
            let dead = admin.walk("/api/v1/admin/jobs?state=dead", 100).await;
            dead.iter().any(|job| job["name"] == "read_again").then_some(())
        })
        .await;
    let page = format!("/api/v1/materials/{}/pages/1", id(&shared[1]));
    assert!(student.get(&page).await.expect(200).text().contains(&lost));
    assert_eq!(student.found(&lost).await, [id(&shared[1])]);

    // Once that is noted, it is done when somebody asks for it.
    assert_eq!(school.terminate().code(), Some(0));
    let kept = records(&school);
    change(&kept, &shared[2], unread).await;
    drop(kept);
    school.restart().await;
    school.admin(&["reread"]);
    read_by_now(&student, &shared[2], &second).await;
    assert_eq!(school.terminate().code(), Some(0));
    let examined = school.run(&["admin", "fsck"], "");
    let said = String::from_utf8_lossy(&examined.stdout).into_owned();
    // What was taken away, and nothing else.
    let damaged: Vec<&str> = said.lines().filter(|line| line.starts_with("damaged:")).collect();
    assert!(
        matches!(damaged.as_slice(), [line] if line.contains("content is missing")),
        "{said}"
    );
}
