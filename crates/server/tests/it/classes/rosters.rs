//! Who is in a class: by a list, by a code, by hand.
use super::room::{Room, submitted};
use crate::person::Answer;
use crate::school::{School, name};
use reqwest::Method;
use serde_json::json;

/// Whoever has an account is in the class at once; whoever has none is when they sign up.
#[tokio::test]
async fn a_list_claims_accounts_and_waits_for_the_others() {
    let school = School::start().await;
    let room = Room::open(&school).await;
    let (here, by_address, awaited) = (school.student().await, school.student().await, name("awaited"));
    let csv = format!(
        "Name;E-mail;Student number\r\n\"Levi,\nAda\";{};17\r\nBen;{}@school.example;18\r\nCleo;{awaited}@School.Example;\r\n",
        here.username, by_address.username,
    );
    let preview = room
        .roster_csv(Method::POST, "/roster/preview", csv.clone())
        .await;
    let preview = preview.expect(200).json();
    assert_eq!(preview["lines"], 3, "{preview}");
    assert_eq!(preview["added"].as_array().unwrap().len(), 3);
    assert!(room.roster().await.is_empty());

    let report = room
        .roster_csv(Method::PUT, "/roster", csv.clone())
        .await
        .expect(200)
        .json();
    assert_eq!(report["added"].as_array().unwrap().len(), 3, "{report}");
    here.get(&room.path("")).await.expect(200);
    by_address.get(&room.path("")).await.expect(200);
    let cleo = school.sign_up(&awaited).await;
    cleo.get(&room.path("")).await.expect(200);
    let listed = cleo.walk("/api/v1/classes", 20).await;
    assert_eq!(listed.len(), 1);
    assert!(
        listed[0]["join_code"].is_null(),
        "a code is for teachers: {}",
        listed[0]
    );

    // The same list again changes nothing.
    let again = room
        .roster_csv(Method::PUT, "/roster", csv)
        .await
        .expect(200)
        .json();
    assert_eq!(again["kept"], 3, "{again}");
    assert_eq!((&again["added"], &again["removed"]), (&json!([]), &json!([])));

    // Whoever is not in the next one is out of the class.
    let shorter = format!("name,login\nAda Levi,{}\n", here.username);
    let report = room
        .roster_csv(Method::PUT, "/roster", shorter)
        .await
        .expect(200)
        .json();
    assert_eq!(report["removed"].as_array().unwrap().len(), 2, "{report}");
    by_address.get(&room.path("")).await.problem(404, "not_found");
    here.get(&room.path("")).await.expect(200);
}

/// Nobody is on a roster twice: whoever came by the code is who the list names.
#[tokio::test]
async fn a_list_finds_those_who_joined_by_themselves() {
    let school = School::start().await;
    let room = Room::open(&school).await;
    let (first, second, third) = (
        room.member(&school).await,
        room.member(&school).await,
        room.member(&school).await,
    );
    let lesson = room.open_lesson().await;
    let sent = submitted(&first, &lesson).await;
    let csv = format!(
        "Ada Levi,{}@school.example,17\nBen,{}\n",
        first.username, second.username
    );
    for (method, rest) in [(Method::POST, "/roster/preview"), (Method::PUT, "/roster")] {
        let report = room
            .roster_csv(method, rest, csv.clone())
            .await
            .expect(200)
            .json();
        assert_eq!(
            (&report["added"], &report["removed"]),
            (&json!([]), &json!([])),
            "{report}"
        );
    }
    let roster = room.roster().await;
    let names: Vec<&str> = roster
        .iter()
        .map(|member| member["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["Ada Levi", "Ben", third.username.as_str()]);
    let board = room.board(&lesson).await;
    assert_eq!(board["rows"].as_array().unwrap().len(), 3);
    assert_eq!(board["rows"][0]["submission"]["id"], sent["id"], "{board}");
}

/// The same account by its other login is the same member, and nothing of the class waits for ever.
#[tokio::test]
async fn a_list_that_names_an_account_by_its_other_login_keeps_the_member() {
    let school = School::start().await;
    let room = Room::open(&school).await;
    let (student, newcomer) = (school.student().await, school.student().await);
    let by_name = format!("name,login\nAda,{}\n", student.username);
    let by_address = format!(
        "name,login\nAda,{}@school.example\nBo,{}\n",
        student.username, newcomer.username
    );
    room.roster_csv(Method::PUT, "/roster", by_name.clone())
        .await
        .expect(200);
    let lesson = room.open_lesson().await;
    submitted(&student, &lesson).await;
    let member = room.member_id(&student).await;
    for (csv, added, removed) in [(by_address, 1, 0), (by_name, 0, 1)] {
        let report = room
            .roster_csv(Method::PUT, "/roster", csv)
            .await
            .expect(200)
            .json();
        let count = |what: &str| report[what].as_array().unwrap().len();
        assert_eq!((count("added"), count("removed")), (added, removed), "{report}");
        assert_eq!(room.member_id(&student).await, member);
        let expected = if added == 1 { 200 } else { 404 };
        newcomer.get(&room.path("")).await.expect(expected);
        let board = room.board(&lesson).await;
        assert_eq!(board["counts"]["present"], 1, "{board}");
    }
}

/// Who is taken off and put back by hand is the same member, with what they have sent.
#[tokio::test]
async fn who_is_put_back_by_hand_is_the_same_member() {
    let school = School::start().await;
    let room = Room::open(&school).await;
    let student = school.student().await;
    let by_hand = json!({"name": "Ada", "login": student.username});
    let added = room.teacher.post(&room.path("/members"), &by_hand).await;
    let member = added.expect(201).json()["id"].clone();
    let lesson = room.open_lesson().await;
    let sent = submitted(&student, &lesson).await;
    let path = room.path(&format!("/members/{}", member.as_str().unwrap()));
    room.teacher.delete(&path).await.expect(204);
    student.get(&room.path("")).await.problem(404, "not_found");
    let by_address = format!("{}@school.example", student.username);
    let back = json!({"name": "Ada Levi", "login": by_address});
    let back = room.teacher.post(&room.path("/members"), &back).await;
    assert_eq!(back.expect(201).json()["id"], member);
    student.get(&room.path("")).await.expect(200);
    let board = room.board(&lesson).await;
    assert_eq!(board["rows"].as_array().unwrap().len(), 1, "{board}");
    assert_eq!(board["rows"][0]["submission"]["id"], sent["id"], "{board}");
    assert_eq!(board["rows"][0]["member"]["name"], "Ada Levi");
}

#[tokio::test]
async fn who_teaches_a_class_is_not_on_its_roster() {
    let school = School::start().await;
    let room = Room::open(&school).await;
    let colleague = school.user("teacher").await;
    let path = room.path(&format!("/teachers/{}", colleague.username));
    Answer::of(room.teacher.request(Method::PUT, &path))
        .await
        .expect(204);
    let student = json!({"name": "Ada", "login": school.student().await.username});
    let added = room.teacher.post(&room.path("/members"), &student).await;
    let added = added.expect(201).json();
    for teacher in [&room.teacher, &colleague] {
        for login in [
            teacher.username.clone(),
            format!("{}@school.example", teacher.username),
        ] {
            let member = json!({"name": "Themselves", "login": login});
            let path = room.path("/members");
            let answer = room.teacher.post(&path, &member).await;
            answer.problem(409, "is_teacher");
            let path = room.path(&format!("/members/{}", added["id"].as_str().unwrap()));
            let answer = room.teacher.patch(&path, &member).await;
            answer.problem(409, "is_teacher");
            let csv = format!("name,login\nAda,ada@school.example\nThemselves,{login}\n");
            let preview = room
                .roster_csv(Method::POST, "/roster/preview", csv)
                .await
                .expect(200)
                .json();
            assert_eq!(preview["errors"][0]["line"], 3, "{preview}");
        }
    }
    assert_eq!(room.roster().await.len(), 1);
}

#[tokio::test]
async fn a_list_in_any_encoding_is_read() {
    let school = School::start().await;
    let room = Room::open(&school).await;
    let utf_16 = |text: &str| -> Vec<u8> {
        let units = text.encode_utf16().flat_map(u16::to_le_bytes);
        [0xFF, 0xFE].into_iter().chain(units).collect()
    };
    let lists: [(&str, Vec<u8>); 4] = [
        ("נועה לוי", utf_16("שם\tדוא״ל\nנועה לוי\tnoa@school.example\n")),
        (
            "Zoë Müller",
            b"name;email\nZo\xEB M\xFCller;zoe@school.example\n".to_vec(),
        ),
        ("Øyvind", "\u{FEFF}Name,E-Mail\nØyvind,o@school.example\n".into()),
        (
            "Jean \"le\" Grand",
            "name,login\n\"Jean \"\"le\"\" Grand\",jean@school.example\n".into(),
        ),
    ];
    for (expected, csv) in lists {
        let report = room
            .roster_csv(Method::PUT, "/roster", csv)
            .await
            .expect(200)
            .json();
        assert_eq!(report["added"][0]["name"], expected, "{report}");
        assert_eq!(room.roster().await.len(), 1);
    }
}

/// A bad line is named, all of them at once, and nothing is imported.
#[tokio::test]
async fn a_bad_list_names_every_bad_line_and_changes_nothing() {
    let school = School::start().await;
    let room = Room::open(&school).await;
    let student = room.member(&school).await;
    let csv = "name,email,number\nAda,ada@school.example,1\n,nobody@school.example,2\nBen,not an address,3\n\
               \"Cleo\nof two lines\",cleo@school.example,4\nDora,ADA@school.example,5\nEve,eve@school.example,1\nFay,,6\n";
    let preview = room
        .roster_csv(Method::POST, "/roster/preview", csv)
        .await
        .expect(200)
        .json();
    let named: Vec<(u64, &str)> = preview["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| (error["line"].as_u64().unwrap(), error["column"].as_str().unwrap()))
        .collect();
    let expected = [
        (3, "name"),
        (4, "login"),
        (7, "login"),
        (8, "student_number"),
        (9, "login"),
    ];
    assert_eq!(named, expected, "{preview}");
    let refused = room.roster_csv(Method::PUT, "/roster", csv).await;
    let refused = refused.problem(422, "invalid_lines").json();
    assert_eq!(
        refused["errors"].as_array().unwrap().len(),
        expected.len(),
        "{refused}"
    );
    assert_eq!(refused["errors"][0]["field"], "line 3: name");
    assert_eq!(room.roster().await.len(), 1);
    student.get(&room.path("")).await.expect(200);

    for nonsense in [&b""[..], b"\"", b"\0\0\0", b"name,email\n", &[0xFF; 300]] {
        let refused = room.roster_csv(Method::PUT, "/roster", nonsense).await;
        refused.problem(422, "invalid_lines");
    }
    // One byte: what is far too large is cut off while it is still being sent.
    let too_large = vec![b'a'; (2 << 20) + 1];
    room.roster_csv(Method::PUT, "/roster", too_large)
        .await
        .expect(413);
    let json = room.teacher.put_json(&room.path("/roster"), &json!({})).await;
    json.problem(415, "unsupported_media_type");
    assert_eq!(room.roster().await.len(), 1);
}

#[tokio::test]
async fn a_list_that_names_an_account_twice_says_in_which_lines() {
    let school = School::start().await;
    let room = Room::open(&school).await;
    let (ada, bo) = (school.student().await, school.student().await);
    let me = ada.get("/api/v1/me").await.expect(200).json();
    let csv = format!(
        "{},Ada\n{},Bo\n{},Ada again\n",
        me["email"].as_str().unwrap(),
        bo.username,
        ada.username
    );
    let csv = format!("login,name\n{csv}");
    let preview = room
        .roster_csv(Method::POST, "/roster/preview", csv.clone())
        .await
        .expect(200)
        .json();
    let errors = preview["errors"].as_array().unwrap();
    assert_eq!(errors.len(), 1, "{preview}");
    assert_eq!(
        (&errors[0]["line"], &errors[0]["column"]),
        (&json!(4), &json!("login"))
    );
    assert_eq!(errors[0]["message"], "is the same account as in line 2");
    room.roster_csv(Method::PUT, "/roster", csv)
        .await
        .problem(422, "invalid_lines");
    assert!(room.roster().await.is_empty());
}

#[tokio::test]
async fn a_code_holds_until_there_is_another() {
    let school = School::start().await;
    let room = Room::open(&school).await;
    let student = school.student().await;
    let code = room.class["join_code"].as_str().unwrap();
    let spaced = format!(" {}-{} ", code[..4].to_lowercase(), &code[4..]);
    let join = async |code: &str| student.post("/api/v1/classes/join", &json!({"code": code})).await;
    join(&spaced).await.expect(200);
    join(code).await.expect(200);
    assert_eq!(room.roster().await.len(), 1);
    let next = room
        .teacher
        .post(&room.path("/join-code"), &json!({}))
        .await
        .expect(201)
        .json();
    student.post(&room.path("/leave"), &json!({})).await.expect(204);
    student.get(&room.path("")).await.problem(404, "not_found");
    join(code).await.problem(404, "not_found");
    join(next["join_code"].as_str().unwrap()).await.expect(200);
    room.teacher.delete(&room.path("/join-code")).await.expect(204);
    student.post(&room.path("/leave"), &json!({})).await.expect(204);
    join(next["join_code"].as_str().unwrap())
        .await
        .problem(404, "not_found");
    join("short").await.problem(422, "invalid_fields");
}

#[tokio::test]
async fn a_member_by_hand_is_one_account() {
    let school = School::start().await;
    let room = Room::open(&school).await;
    let (first, second) = (school.student().await, school.student().await);
    let add = async |name: &str, login: &str| {
        let body = json!({"name": name, "login": login, "student_number": name});
        room.teacher.post(&room.path("/members"), &body).await
    };
    let member = add("Ada", &first.username).await.expect(201).json();
    assert!(member["user"].is_string(), "{member}");
    add("Ada again", &first.username)
        .await
        .problem(422, "invalid_fields");
    let address = format!("{}@school.example", first.username);
    add("Ada by address", &address)
        .await
        .problem(422, "invalid_fields");
    let joined = room.member(&school).await;
    add("Joined", &joined.username)
        .await
        .problem(422, "invalid_fields");
    add("A teacher", &room.teacher.username).await;
    let class = room.teacher.get(&room.path("")).await.expect(200).json();
    assert_eq!(class["role"], "teacher", "{class}");

    // Another login is another account.
    let path = room.path(&format!("/members/{}", member["id"].as_str().unwrap()));
    room.teacher
        .patch(&path, &json!({"login": second.username}))
        .await
        .expect(200);
    first.get(&room.path("")).await.problem(404, "not_found");
    second.get(&room.path("")).await.expect(200);
}

/// HARDENING 39: who was removed has nothing on the next request, not even their own video; what they sent stays.
#[tokio::test]
async fn a_removed_member_loses_access_on_the_next_request() {
    let school = School::start().await;
    let room = Room::open(&school).await;
    let student = room.member(&school).await;
    let lesson = room.open_lesson().await;
    let submission = submitted(&student, &lesson).await;
    let (member, own) = (
        room.member_id(&student).await,
        format!("/api/v1/submissions/{}", submission["id"].as_str().unwrap()),
    );
    student.get(&own).await.expect(200);
    room.teacher
        .delete(&room.path(&format!("/members/{member}")))
        .await
        .expect(204);
    let lesson_path = format!("/api/v1/lessons/{}", lesson["id"].as_str().unwrap());
    for path in [
        own.clone(),
        format!("{own}/video"),
        format!("{own}/receipt"),
        lesson_path.clone(),
        room.path(""),
        room.path("/lessons"),
    ] {
        student.get(&path).await.problem(404, "not_found");
    }
    student
        .patch(&own, &json!({"title": "Mine"}))
        .await
        .problem(404, "not_found");
    student.delete(&own).await.problem(404, "not_found");
    assert!(student.walk("/api/v1/classes", 20).await.is_empty());
    let calendar = student.get("/api/v1/calendar").await.expect(200).json();
    assert_eq!(calendar["items"], json!([]));
    room.teacher.get(&own).await.expect(200);
    // Whoever comes back is who they were.
    room.admit(&student).await;
    assert_eq!(room.member_id(&student).await, member);
    student.get(&own).await.expect(200);
}

#[tokio::test]
async fn a_co_teacher_teaches_and_the_owner_stays() {
    let school = School::start().await;
    let room = Room::open(&school).await;
    let (other, student) = (school.user("teacher").await, room.member(&school).await);
    let teachers = |who: &str| room.path(&format!("/teachers/{who}"));
    let put = async |who: &str| Answer::of(room.teacher.request(Method::PUT, &teachers(who))).await;
    other.get(&room.path("/roster")).await.problem(404, "not_found");
    put(&other.username).await.expect(204);
    put(&other.username).await.expect(204);
    other.get(&room.path("/roster")).await.expect(200);
    put(&student.username).await.expect(422);
    put("nobody-at-all").await.problem(422, "invalid_fields");
    other
        .delete(&teachers(&room.teacher.username))
        .await
        .problem(409, "is_owner");
    other.delete(&room.path("")).await.problem(403, "not_allowed");
    room.teacher.delete(&teachers(&other.username)).await.expect(204);
    other.get(&room.path("/roster")).await.problem(404, "not_found");
}
