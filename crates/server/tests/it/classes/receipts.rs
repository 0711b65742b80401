//! Receipts: what holds, what was changed, and a chain that something was taken out of.
use super::room::{Room, submitted};
use super::videos::mp4;
use crate::person::{Person, id};
use crate::places::{records_are, storage_is_embedded};
use crate::school::School;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

async fn verdict(person: &Person, receipt: &Value) -> Value {
    let answer = person
        .post("/api/v1/receipts/verify", &json!({"receipt": receipt}))
        .await;
    let verdict = answer.expect(200).json();
    assert_eq!(verdict["valid"], verdict["verdict"] == "valid", "{verdict}");
    assert_eq!(
        verdict["receipt"].is_null(),
        verdict["verdict"] == "changed",
        "{verdict}"
    );
    verdict["verdict"].clone()
}

#[tokio::test]
async fn a_changed_byte_is_told_from_a_receipt_that_holds() {
    let school = School::start().await;
    let room = Room::open(&school).await;
    let (student, other) = (room.member(&school).await, room.member(&school).await);
    let lesson = room.open_lesson().await;
    let (sent, second) = (
        submitted(&student, &lesson).await,
        submitted(&other, &lesson).await,
    );
    let path = format!("/api/v1/submissions/{}/receipt", id(&sent));
    let file = student.get(&path).await.expect(200);
    assert_eq!(
        file.header("content-disposition"),
        "attachment; filename=\"receipt-1.json\""
    );
    let receipt = file.json();
    assert_eq!(receipt, sent["receipt"]);
    assert_eq!(second["receipt"]["previous"].as_str().map(str::len), Some(64));
    for holds in [&receipt, &receipt["token"], &second["receipt"]] {
        assert_eq!(verdict(&other, holds).await, "valid");
    }

    // Every field of what is shown, and every part of what is signed.
    for (field, value) in receipt.as_object().unwrap() {
        let mut changed = receipt.clone();
        changed[field] = match value {
            Value::Number(number) => json!(number.as_u64().unwrap() + 1),
            Value::Null => json!("0".repeat(64)),
            text if field == "submitted_at" => json!(text.as_str().unwrap().replace("20", "21")),
            text if field == "token" => json!(format!("{}A", text.as_str().unwrap())),
            text => {
                let text = text.as_str().unwrap();
                let last = if text.ends_with('0') { '1' } else { '0' };
                json!(format!("{}{last}", &text[..text.len() - 1]))
            }
        };
        assert_eq!(verdict(&student, &changed).await, "changed", "{field}: {changed}");
    }
    let token = receipt["token"].as_str().unwrap();
    for place in (0..token.len()).step_by(token.len() / 40) {
        let mut bytes = token.as_bytes().to_vec();
        bytes[place] = if bytes[place] == b'A' { b'B' } else { b'A' };
        let changed = json!(String::from_utf8(bytes).unwrap());
        assert_eq!(verdict(&student, &changed).await, "changed", "byte {place}");
    }
    for forged in forgeries(token) {
        assert_eq!(verdict(&student, &json!(forged)).await, "changed", "{forged}");
    }
    let of_the_session = student.token.clone().unwrap();
    assert_eq!(
        verdict(&student, &json!(of_the_session)).await,
        "changed",
        "an access token is no receipt"
    );
    for nonsense in [
        json!(null),
        json!(""),
        json!(17),
        json!([token]),
        json!({}),
        json!("x".repeat(5_000)),
    ] {
        let answer = student
            .post("/api/v1/receipts/verify", &json!({"receipt": nonsense}))
            .await;
        answer.problem(422, "invalid_fields");
    }
}

/// HARDENING 27, for receipts: no signature, and another kind of one.
fn forgeries(token: &str) -> Vec<String> {
    let parts: Vec<&str> = token.split('.').collect();
    let encode = |value: Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let header: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(parts[0]).unwrap()).unwrap();
    let with = |algorithm: &str| {
        let mut header = header.clone();
        header["alg"] = json!(algorithm);
        encode(header)
    };
    vec![
        format!("{}.{}.", with("none"), parts[1]),
        format!("{}.{}.{}", with("none"), parts[1], parts[2]),
        format!("{}.{}.{}", with("HS256"), parts[1], parts[2]),
        format!("{}.{}", parts[0], parts[1]),
        format!("{}..{}", parts[0], parts[2]),
        "...".into(),
        "a.b.c".into(),
    ]
}

/// The school signed it; but something before it is gone, or it was never kept.
#[tokio::test]
async fn a_chain_with_a_missing_link_is_broken() {
    if !storage_is_embedded() || !(records_are("") || records_are("sqlite")) {
        return; // it reaches into the data directory
    }
    let school = School::start().await;
    let room = Room::open(&school).await;
    let lesson = room.open_lesson().await;
    let mut sent = Vec::new();
    for _ in 0..3 {
        sent.push(submitted(&room.member(&school).await, &lesson).await);
    }
    for submission in &sent {
        assert_eq!(verdict(&room.teacher, &submission["receipt"]).await, "valid");
    }
    let records = rusqlite::Connection::open(school.data().join("records.sqlite")).unwrap();
    records.busy_timeout(std::time::Duration::from_secs(10)).unwrap();
    let removed = records.execute(
        "DELETE FROM records WHERE CAST(partition AS TEXT) = ?1 AND CAST(sort AS TEXT) LIKE 'receipt#%1'",
        [format!("receipts#{}", id(&room.class))],
    );
    assert_eq!(removed.unwrap(), 1);
    let mut verdicts = Vec::new();
    for submission in &sent {
        verdicts.push(verdict(&room.teacher, &submission["receipt"]).await);
    }
    assert_eq!(verdicts, ["broken_chain", "broken_chain", "valid"]);
}

/// Without a server: in the school's own directory, and anywhere else with its public keys.
#[tokio::test]
async fn receipts_are_verified_offline() {
    let school = School::start().await;
    let room = Room::open(&school).await;
    let lesson = room.open_lesson().await;
    let mut tokens = Vec::new();
    for _ in 0..3 {
        let sent = submitted(&room.member(&school).await, &lesson).await;
        tokens.push(sent["receipt"]["token"].as_str().unwrap().to_owned());
    }
    let directory = tempfile::TempDir::new().unwrap();
    let keep = |name: &str, content: &[u8]| {
        let path = directory.path().join(name);
        std::fs::write(&path, content).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let public = school
        .stranger()
        .get("/.well-known/receipt-keys.json")
        .await
        .expect(200);
    let keys = keep("keys.json", &public.body);
    let elsewhere = |arguments: &[&str]| {
        let output = School::run_with(&[], &[&["receipt", "verify"], arguments].concat());
        output.status.code().unwrap()
    };
    let lines = |tokens: &[&String]| {
        let lines: Vec<String> = tokens.iter().map(|token| format!("{token}\n")).collect();
        lines.concat()
    };
    let [first, second, third] = &tokens[..] else {
        panic!("three were sent")
    };
    let changed = format!("{}{}", &second[..second.len() - 9], "AAAAAAAAA");
    for (name, content, code) in [
        ("chain", lines(&[first, second, third]), 0),
        ("one", lines(&[second]), 0),
        ("changed", lines(&[first, &changed, third]), 1),
        ("gap", lines(&[first, third]), 3),
        ("beginning missing", lines(&[second, third]), 3),
        ("beginning missing in a list", json!([second]).to_string(), 3),
        ("a page of one", json!({"items": [first]}).to_string(), 0),
        ("reordered", lines(&[second, first, third]), 3),
    ] {
        let file = keep(name, content.as_bytes());
        let at_home = school.run(&["receipt", "verify", &file], "");
        assert_eq!(
            at_home.status.code(),
            Some(code),
            "{name}: {}",
            String::from_utf8_lossy(&at_home.stdout)
        );
        assert_eq!(elsewhere(&[&file, "--keys", &keys]), code, "{name}");
    }
    // What nothing can be said of is not called changed.
    let one = keep("one", first.as_bytes());
    assert_eq!(elsewhere(&["no-such-file", "--keys", &keys]), 2);
    assert_eq!(elsewhere(&[&one, "--keys", "no-such-file"]), 2);
    assert_eq!(elsewhere(&[&one, "--keys", &one]), 2, "no keys in it");
    assert_eq!(elsewhere(&[&one, "--keys", &keys, "--video", "no-such-file"]), 2);
    assert_eq!(elsewhere(&[&one]), 2, "neither keys nor a school");
    // A receipt as it is downloaded, with the video that it is for, and with another one.
    let student = room.member(&school).await;
    let sent = submitted(&student, &lesson).await;
    let receipt = student
        .get(&format!("/api/v1/submissions/{}/receipt", id(&sent)))
        .await
        .expect(200);
    let (file, video) = (
        keep("receipt.json", &receipt.body),
        keep("day.mp4", &mp4(&student.username)),
    );
    let other = keep("other.mp4", &mp4("another"));
    assert_eq!(elsewhere(&[&file, "--keys", &keys, "--video", &video]), 0);
    assert_eq!(elsewhere(&[&file, "--keys", &keys, "--video", &other]), 1);
    let forged = receipt
        .text()
        .replace(&student.username, "somebody")
        .replacen("\"size\":", "\"size\":1", 1);
    assert_eq!(
        elsewhere(&[&keep("forged.json", forged.as_bytes()), "--keys", &keys]),
        1
    );
    // The public key of RFC 8037, appendix A.
    let theirs = keep(
        "theirs.json",
        br#"{"keys":[{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}"#,
    );
    assert_eq!(elsewhere(&[&file, "--keys", &theirs]), 1, "another school's keys");
    for nonsense in [&b""[..], b"{", b"\xFF\xFE"] {
        let code = elsewhere(&[&keep("nonsense", nonsense), "--keys", &keys]);
        assert!(code != 0, "{nonsense:?}");
    }
}
