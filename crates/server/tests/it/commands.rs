//! The commands beside the server.
use crate::person::{id, noise, note, sha256, word};
use crate::school::{PASSWORD, School};
use serde_json::json;
use std::path::Path;

/// Arguments that send a file as somebody.
fn upload<'a>(file: &'a Path, url: &'a str, username: &'a str) -> Vec<&'a str> {
    vec![
        "upload",
        file.to_str().unwrap(),
        "--server",
        url,
        "--username",
        username,
        "--password-stdin",
        "--visibility",
        "private",
        "--subject",
        "history",
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn upload_goes_on_where_it_was_cut_off() {
    let school = School::start().await;
    let student = school.student().await;
    let content = noise(40 << 20);
    let room = tempfile::tempdir().unwrap();
    let file = room.path().join("lecture.bin");
    std::fs::write(&file, &content).unwrap();
    // What was sent before: the second part of three.
    let begun = student.begin("lecture.bin", content.len()).await;
    assert!(begun["parts"].as_array().unwrap().len() > 2);
    student.put(&begun["parts"][1], &content).await.expect(200);

    let url = school.url();
    let sent = school.run(&upload(&file, &url, &student.username), PASSWORD);
    assert!(sent.status.success(), "{}", String::from_utf8_lossy(&sent.stderr));
    let materials = student.walk("/api/v1/materials?uploader=me", 100).await;
    assert_eq!(materials.len(), 1);
    let material = &materials[0];
    assert_eq!(
        (&material["visibility"], &material["subject"]),
        (&json!("private"), &json!("history"))
    );
    let download = student.download(id(material)).await.expect(200);
    assert_eq!(sha256(&download.body), sha256(&content));
    let upload = student
        .get(&format!("/api/v1/uploads/{}", id(&begun)))
        .await
        .expect(200)
        .json();
    assert_eq!(upload["state"], "completed", "another upload was begun");
}

#[tokio::test(flavor = "multi_thread")]
async fn upload_says_what_is_wrong() {
    let school = School::start().await;
    let url = school.url();
    let room = tempfile::tempdir().unwrap();
    let file = room.path().join("a.txt");
    std::fs::write(&file, "a").unwrap();
    let refused = school.run(&upload(&file, &url, "nobody"), PASSWORD);
    assert!(!refused.status.success());
    let student = school.student().await;
    let missing = room.path().join("missing.txt");
    let refused = school.run(&upload(&missing, &url, &student.username), PASSWORD);
    assert!(!refused.status.success());
    assert!(String::from_utf8_lossy(&refused.stderr).contains("missing.txt"));
}

#[tokio::test(flavor = "multi_thread")]
async fn reindex_beside_the_server_keeps_the_answers() {
    let school = School::start().await;
    let (student, word) = (school.student().await, word());
    let material = student.share("notes.md", &note(&word), &json!({})).await;
    school.admin(&["reindex"]);
    assert_eq!(student.found(&word).await, [id(&material)]);
}

/// The index as it was earlier, and records that do not tell what has happened since.
#[tokio::test(flavor = "multi_thread")]
async fn fsck_tells_where_index_and_records_differ_and_reindex_mends_it() {
    let mut school = School::start().await;
    let student = school.student().await;
    let (early, changed, late) = (word(), word(), word());
    let gone = student.share("gone.md", &note(&early), &json!({})).await;
    let other = student.share("other.md", &note(&changed), &json!({})).await;
    assert_eq!(school.terminate().code(), Some(0));
    let (index, kept) = (school.data().join("index"), school.data().join("index-earlier"));
    copy_all(&index, &kept);

    school.restart().await;
    student
        .delete(&format!("/api/v1/materials/{}", id(&gone)))
        .await
        .expect(204);
    student
        .patch(
            &format!("/api/v1/materials/{}", id(&other)),
            &json!({"title": "Another title"}),
        )
        .await
        .expect(200);
    let new = student.share("late.md", &note(&late), &json!({})).await;
    assert_eq!(school.terminate().code(), Some(0));
    std::fs::remove_dir_all(&index).unwrap();
    std::fs::rename(&kept, &index).unwrap();
    let records = rusqlite::Connection::open(school.data().join("records.sqlite")).unwrap();
    let forgotten = records.execute(
        "DELETE FROM records WHERE CAST(partition AS TEXT) LIKE 'events#%'",
        [],
    );
    assert!(forgotten.unwrap() > 0);
    drop(records);

    let examined = school.run(&["admin", "fsck"], "");
    let said = String::from_utf8_lossy(&examined.stdout).into_owned();
    assert_eq!(examined.status.code(), Some(1), "{said}");
    for (material, what) in [
        (&gone, "is found although it is gone"),
        (&other, "is found in an earlier state"),
        (&new, "is not found"),
    ] {
        assert!(said.contains(&format!("{} {what}", id(material))), "{said}");
    }

    school.restart().await;
    school.admin(&["reindex"]);
    assert_eq!(student.found(&late).await, [id(&new)]);
    assert!(student.found(&early).await.is_empty());
    assert_eq!(school.terminate().code(), Some(0));
    let examined = school.run(&["admin", "fsck"], "");
    let said = String::from_utf8_lossy(&examined.stdout).into_owned();
    assert_eq!(examined.status.code(), Some(0), "{said}");
}

fn copy_all(from: &std::path::Path, to: &std::path::Path) {
    std::fs::create_dir(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy_all(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_name_is_found_with_what_was_shared_before() {
    let school = School::start().await;
    let (student, word) = (school.student().await, word());
    let material = student.share("notes.md", &note("older"), &json!({})).await;
    student
        .patch("/api/v1/me", &json!({"full_name": format!("Noa {word}")}))
        .await
        .expect(200);
    student
        .eventually(10, async || {
            (student.found(&word).await == [id(&material)]).then_some(())
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn storage_credentials_are_shell_exports() {
    let school = School::start().await;
    let printed = school.admin(&["storage", "credentials"]);
    for name in [
        "AWS_ENDPOINT_URL",
        "S3_BUCKET",
        "AWS_REGION",
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
    ] {
        let line = printed
            .lines()
            .find(|line| line.starts_with(&format!("export {name}=")));
        assert!(line.is_some_and(|line| !line.ends_with('=')), "{name}");
    }
    assert!(!school.log().contains("AWS_SECRET"));
}
