//! Captions that an owner adds to a film or recording: stored, found, played, replaced, removed.
use crate::person::{Answer, Person, id};
use crate::school::School;
use reqwest::Method;
use serde_json::json;

/// Two seconds of silence, as WAV.
pub fn recording() -> Vec<u8> {
    let mut file = b"RIFF".to_vec();
    file.extend((36 + 16_000_u32).to_le_bytes());
    file.extend(b"WAVEfmt \x10\0\0\0\x01\0\x01\0");
    file.extend(8_000_u32.to_le_bytes());
    file.extend(8_000_u32.to_le_bytes());
    file.extend(b"\x01\0\x08\0data");
    file.extend(16_000_u32.to_le_bytes());
    file.resize(44 + 16_000, 128);
    file
}

async fn put(person: &Person, material: &str, query: &str, kind: &str, captions: &str) -> Answer {
    let path = format!("/api/v1/materials/{material}/captions{query}");
    let request = person.request(Method::PUT, &path);
    Answer::of(request.header("content-type", kind).body(captions.to_owned())).await
}

const FIRST: &str = "1\n00:00:00,500 --> 00:00:01,000\n<i>Ribosomes</i> build proteins\n";
const SECOND: &str = "WEBVTT\n\n00:01.000 --> 00:02.000\nהמיטוכונדריה מפיקה אנרגיה\n";

#[tokio::test]
async fn added_captions_are_found_and_played_until_they_are_removed() {
    let school = School::start().await;
    let owner = school.student().await;
    let material = owner.share("lecture.wav", &recording(), &json!({})).await;
    let (id, path) = (id(&material), format!("/api/v1/materials/{}", id(&material)));
    assert_eq!(material["pages"], 0, "{material}");
    owner
        .get(&format!("{path}/captions"))
        .await
        .problem(404, "not_found");

    put(&owner, id, "?language=en", "application/x-subrip", FIRST)
        .await
        .expect(204);
    assert_eq!(owner.found("ribosomes").await, [id]);
    let track = owner.get(&format!("{path}/captions")).await.expect(200);
    assert_eq!(track.header("content-type"), "text/vtt; charset=utf-8");
    assert_eq!(track.header("content-language"), "en");
    assert_eq!(
        track.text(),
        "WEBVTT\n\n00:00:00.500 --> 00:00:01.000\nRibosomes build proteins\n"
    );
    let page = owner.get(&format!("{path}/pages/1")).await.expect(200).json();
    assert_eq!(
        (&page["text"], &page["starts_at_ms"]),
        (&json!("Ribosomes build proteins"), &json!(500)),
        "{page}"
    );

    put(&owner, id, "?language=he", "text/vtt; charset=utf-8", SECOND)
        .await
        .expect(204);
    assert_eq!(owner.found("ribosomes").await, [""; 0]);
    assert_eq!(owner.found("מיטוכונדריה").await, [id]);
    let contents = owner.get(&format!("{path}/contents")).await.expect(200).json();
    assert_eq!(contents["pages"][0]["starts_at_ms"], 1000, "{contents}");

    owner.delete(&format!("{path}/captions")).await.expect(204);
    assert_eq!(owner.found("מיטוכונדריה").await, [""; 0]);
    owner
        .get(&format!("{path}/captions"))
        .await
        .problem(404, "not_found");
    let after = owner.get(&path).await.expect(200).json();
    assert_eq!(
        (&after["status"], &after["pages"]),
        (&json!("ready"), &json!(0)),
        "{after}"
    );
}

/// Six seconds of sound in two chapters.
fn chaptered() -> Vec<u8> {
    let room = tempfile::tempdir().unwrap();
    let chapters = ";FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=3500\ntitle=Cells\n\
                    [CHAPTER]\nTIMEBASE=1/1000\nSTART=3500\nEND=6000\ntitle=Energy\n";
    std::fs::write(room.path().join("chapters"), chapters).unwrap();
    let made = std::process::Command::new("ffmpeg")
        .args([
            "-v", "error", "-nostdin", "-f", "lavfi", "-i", "sine=d=6", "-i", "chapters",
        ])
        .args(["-map_metadata", "1", "lecture.mka"])
        .current_dir(room.path())
        .status();
    assert!(made.unwrap().success());
    std::fs::read(room.path().join("lecture.mka")).unwrap()
}

#[tokio::test]
async fn a_recordings_own_chapters_stay_beside_added_captions() {
    if homeroom_extract::tools::installed("ffmpeg").is_none() {
        return homeroom_testkit::servers::missing("ffmpeg", "ffmpeg");
    }
    let school = School::start().await;
    let owner = school.student().await;
    let material = owner.share("lecture.mka", &chaptered(), &json!({})).await;
    let (id, path) = (id(&material), format!("/api/v1/materials/{}", id(&material)));
    assert_eq!(material["pages"], 2, "{material}");
    let outline = async || {
        let contents = owner.get(&format!("{path}/contents")).await.expect(200).json();
        contents["outline"].clone()
    };
    let own = outline().await;
    let spoken = "WEBVTT\n\n00:00.500 --> 00:01.000\nRibosomes build proteins\n";
    put(&owner, id, "", "text/vtt", spoken).await.expect(204);
    let beside = outline().await;
    for (at, title, time) in [(0, "Cells", 0), (1, "Energy", 3_500)] {
        let both = [&own[at], &beside[at]];
        assert!(
            both.iter()
                .all(|entry| entry["title"] == title && entry["starts_at_ms"] == time),
            "{own} {beside}"
        );
        assert_eq!(
            (&own[at]["page"], &beside[at]["page"]),
            (&json!(at + 1), &json!(1))
        );
    }
}

/// A film of 70 seconds with captions in it, in a container of this name.
fn captioned(name: &str) -> Vec<u8> {
    let room = tempfile::tempdir().unwrap();
    let captions = "WEBVTT\n\n00:01.000 --> 00:03.000\nGood morning & welcome\n\n\
                    00:20.000 --> 00:23.000\nThe Krebs cycle\nturns in the matrix\n\n\
                    01:00.500 --> 01:02.000\nand gives the quokkawave its energy\n";
    std::fs::write(room.path().join("captions.vtt"), captions).unwrap();
    let codec = if name.ends_with("mp4") {
        "mov_text"
    } else {
        "webvtt"
    };
    let made = std::process::Command::new("ffmpeg")
        .args([
            "-v",
            "error",
            "-nostdin",
            "-f",
            "lavfi",
            "-i",
            "color=s=64x48:r=1:d=70",
        ])
        .args([
            "-i",
            "captions.vtt",
            "-map",
            "0:v",
            "-map",
            "1:s",
            "-c:s",
            codec,
            name,
        ])
        .current_dir(room.path())
        .status();
    assert!(made.unwrap().success());
    std::fs::read(room.path().join(name)).unwrap()
}

#[tokio::test]
async fn a_films_own_captions_are_played_until_others_are_added() {
    if homeroom_extract::tools::installed("ffmpeg").is_none() {
        return homeroom_testkit::servers::missing("ffmpeg", "ffmpeg");
    }
    let school = School::start().await;
    let owner = school.student().await;
    for name in ["film.mp4", "film.webm"] {
        let material = owner.share(name, &captioned(name), &json!({})).await;
        let (id, path) = (id(&material), format!("/api/v1/materials/{}", id(&material)));
        assert_eq!(material["pages"], 2, "{material}");
        let own = owner.get(&format!("{path}/captions")).await.expect(200);
        assert_eq!(own.header("content-type"), "text/vtt; charset=utf-8");
        assert_eq!(
            own.text(),
            "WEBVTT\n\n00:00:01.000 --> 00:00:03.000\nGood morning &amp; welcome\n\n\
             00:00:20.000 --> 00:00:23.000\nThe Krebs cycle\nturns in the matrix\n\n\
             00:01:00.500 --> 00:01:02.000\nand gives the quokkawave its energy\n",
            "{name}"
        );
        school
            .student()
            .await
            .get(&format!("{path}/captions"))
            .await
            .expect(200);

        put(&owner, id, "", "text/vtt", SECOND).await.expect(204);
        let added = owner.get(&format!("{path}/captions")).await.expect(200);
        assert!(!added.text().contains("Krebs") && added.header("etag") != own.header("etag"));
        owner.delete(&format!("{path}/captions")).await.expect(204);
        let back = owner.get(&format!("{path}/captions")).await.expect(200);
        assert_eq!(
            (back.text(), back.header("etag")),
            (own.text(), own.header("etag"))
        );
    }
}

#[tokio::test]
async fn what_is_no_caption_changes_nothing() {
    let school = School::start().await;
    let (owner, other) = (school.student().await, school.student().await);
    let material = owner.share("lecture.wav", &recording(), &json!({})).await;
    let id = id(&material);
    put(&owner, id, "", "text/vtt", FIRST).await.expect(204);
    for captions in ["", "nothing", "WEBVTT\n\n00:01.000 --> 00:02.000\n\n"] {
        put(&owner, id, "", "text/vtt", captions)
            .await
            .problem(422, "malformed_captions");
    }
    put(&owner, id, "?language=english", "text/vtt", FIRST)
        .await
        .problem(422, "invalid_fields");
    put(&owner, id, "", "application/json", FIRST)
        .await
        .problem(415, "unsupported_media_type");
    put(&other, id, "", "text/vtt", SECOND)
        .await
        .problem(403, "not_allowed");
    assert_eq!(owner.found("ribosomes").await, [id]);

    let note = owner.share("notes.md", b"no film", &json!({})).await;
    let note = crate::person::id(&note);
    put(&owner, note, "", "text/vtt", FIRST)
        .await
        .problem(409, "no_captions_here");

    // Last, for the server may close the connection before it has read all of this.
    put(&owner, id, "", "text/vtt", &"x".repeat(300 << 10))
        .await
        .problem(413, "body_too_large");
}

#[tokio::test]
async fn captions_come_with_the_material_and_go_with_it() {
    let school = School::start().await;
    let (owner, other) = (school.student().await, school.student().await);
    let private = json!({"visibility": "private"});
    let material = owner.share("lecture.wav", &recording(), &private).await;
    let path = format!("/api/v1/materials/{}", id(&material));
    put(&owner, id(&material), "", "text/vtt", FIRST)
        .await
        .expect(204);
    other
        .get(&format!("{path}/captions"))
        .await
        .problem(404, "not_found");
    assert_eq!(other.found("ribosomes").await, [""; 0]);
    owner.delete(&path).await.expect(204);
    owner
        .get(&format!("{path}/captions"))
        .await
        .problem(404, "not_found");
    assert_eq!(owner.found("ribosomes").await, [""; 0]);
}
