//! Accounts, sessions and tokens.
use crate::person::{Answer, Person};
use crate::places;
use crate::school::{PASSWORD, School};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::Method;
use serde_json::{Value, json};

async fn refresh(person: &Person, token: &str) -> Answer {
    person
        .post("/api/v1/auth/refresh", &json!({"refresh_token": token}))
        .await
}

async fn guess(person: &Person, login: &str, password: &str) -> Answer {
    person
        .post(
            "/api/v1/auth/login",
            &json!({"login": login, "password": password}),
        )
        .await
}

/// HARDENING 28.
#[tokio::test]
async fn hardening_28_using_a_refresh_token_again_ends_the_session() {
    let school = School::start().await;
    let (student, stranger) = (school.student().await, school.stranger());
    let next = refresh(&stranger, &student.refresh).await.expect(200).json();
    let mut renewed = student.clone();
    renewed.token = next["access_token"].as_str().map(str::to_owned);
    renewed.get("/api/v1/me").await.expect(200);
    refresh(&stranger, &student.refresh)
        .await
        .problem(401, "refresh_token_refused");
    refresh(&stranger, next["refresh_token"].as_str().unwrap())
        .await
        .problem(401, "refresh_token_refused");
    renewed.get("/api/v1/me").await.expect(401);
    student.again().await.get("/api/v1/me").await.expect(200);
}

/// HARDENING 28.
#[tokio::test]
async fn hardening_28_of_parallel_refreshes_one_succeeds() {
    let school = School::start().await;
    let (student, stranger) = (school.student().await, school.stranger());
    let answers = futures::future::join_all((0..20).map(|_| refresh(&stranger, &student.refresh))).await;
    let good = answers.iter().filter(|answer| answer.status == 200).count();
    let refused = answers.iter().filter(|answer| answer.status == 401).count();
    assert_eq!((good, refused), (1, 19));
}

/// HARDENING 29.
#[tokio::test]
async fn hardening_29_logout_holds_on_the_next_request_for_this_session_alone() {
    let school = School::start().await;
    let student = school.student().await;
    let other = student.again().await;
    student.post("/api/v1/auth/logout", &json!({})).await.expect(204);
    student.get("/api/v1/me").await.expect(401);
    refresh(&school.stranger(), &student.refresh)
        .await
        .problem(401, "refresh_token_refused");
    other.get("/api/v1/me").await.expect(200);
}

/// HARDENING 29.
#[tokio::test]
async fn hardening_29_a_new_password_ends_all_other_sessions() {
    let school = School::start().await;
    let student = school.student().await;
    let other = student.again().await;
    let change = json!({"password": "another long sentence", "current_password": "wrong one, sorry"});
    student
        .patch("/api/v1/me", &change)
        .await
        .problem(403, "wrong_password");
    let change = json!({"password": "another long sentence", "current_password": PASSWORD});
    student.patch("/api/v1/me", &change).await.expect(200);
    other.get("/api/v1/me").await.expect(401);
    student.get("/api/v1/me").await.expect(200);
    let stranger = school.stranger();
    guess(&stranger, &student.username, PASSWORD)
        .await
        .problem(401, "wrong_credentials");
    guess(&stranger, &student.username, "another long sentence")
        .await
        .expect(200);
}

/// HARDENING 29.
#[tokio::test]
async fn hardening_29_role_and_suspension_hold_on_the_next_request() {
    let school = School::start().await;
    let student = school.student().await;
    student
        .get("/api/v1/admin/users")
        .await
        .problem(403, "not_allowed");
    school.admin(&["user", "set-role", &student.username, "admin"]);
    student.get("/api/v1/admin/users").await.expect(200);
    school.admin(&["user", "set-role", &student.username, "student"]);
    student
        .get("/api/v1/admin/users")
        .await
        .problem(403, "not_allowed");
    school.admin(&["user", "suspend", &student.username]);
    let refused = student.get("/api/v1/me").await;
    assert!(
        [401, 403].contains(&refused.status.as_u16()),
        "{}",
        refused.text()
    );
    assert_eq!(
        refresh(&school.stranger(), &student.refresh)
            .await
            .json()
            .get("access_token"),
        None
    );
    guess(&school.stranger(), &student.username, PASSWORD)
        .await
        .problem(403, "account_suspended");
    school.admin(&["user", "restore", &student.username]);
    student.again().await.get("/api/v1/me").await.expect(200);
}

fn encode(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

fn part(token: &str, number: usize) -> Value {
    let text = token.split('.').nth(number).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).unwrap()).unwrap()
}

/// HARDENING 27.
#[tokio::test]
async fn hardening_27_tokens_that_were_tampered_with_are_401() {
    let school = School::start().await;
    let student = school.student().await;
    let token = student.token.clone().unwrap();
    let (head, claims) = (part(&token, 0), part(&token, 1));
    let signature = token.rsplit('.').next().unwrap();
    let with = |base: &Value, change: Value| {
        let mut changed = base.clone();
        for (key, value) in change.as_object().unwrap() {
            changed[key] = value.clone();
        }
        changed
    };
    let forged = |head: &Value, claims: &Value| format!("{}.{}.{signature}", encode(head), encode(claims));
    let mut wrong = vec![
        forged(&with(&head, json!({"alg": "none"})), &claims),
        format!(
            "{}.{}.",
            encode(&json!({"alg": "none", "typ": "JWT"})),
            encode(&claims)
        ),
        forged(&with(&head, json!({"alg": "HS256"})), &claims),
        forged(&with(&head, json!({"kid": "../../../../dev/null"})), &claims),
        forged(&with(&head, json!({"kid": "' OR 1=1"})), &claims),
        forged(&with(&head, json!({"jku": "http://127.0.0.1:1/"})), &claims),
        forged(&with(&head, json!({"jwk": {"kty": "oct", "k": "AA"}})), &claims),
        forged(&head, &with(&claims, json!({"exp": "99999999999"}))),
        forged(&head, &with(&claims, json!({"exp": 99_999_999_999_u64}))),
        forged(
            &head,
            &with(&claims, json!({"sub": uuid::Uuid::new_v4().to_string()})),
        ),
        student.refresh.clone(),
        String::new(),
        "a.b.c".into(),
        format!("{token}x"),
        token[..token.len() - 2].to_owned(),
    ];
    let flipped = if signature.starts_with('A') { "B" } else { "A" };
    wrong.push(format!(
        "{}{flipped}{}",
        &token[..token.len() - signature.len()],
        &signature[1..]
    ));
    for token in wrong {
        let person = Person {
            token: Some(token.clone()),
            ..school.stranger()
        };
        let answer = person.get("/api/v1/me").await;
        assert_eq!(answer.status, 401, "{token}: {}", answer.text());
    }
    refresh(&school.stranger(), &token)
        .await
        .problem(401, "refresh_token_refused");
    student.get("/api/v1/me").await.expect(200);
}

#[tokio::test]
async fn public_keys_are_published_and_no_private_part() {
    let school = School::start().await;
    let keys = school
        .stranger()
        .get("/.well-known/jwks.json")
        .await
        .expect(200)
        .json();
    let student = school.student().await;
    let kid = &part(student.token.as_deref().unwrap(), 0)["kid"];
    let key = keys["keys"]
        .as_array()
        .unwrap()
        .iter()
        .find(|key| key["kid"] == *kid)
        .unwrap();
    assert_eq!((&key["kty"], &key["crv"]), (&json!("OKP"), &json!("Ed25519")));
    assert_eq!(key.get("d"), None);
}

/// HARDENING 25.
#[tokio::test]
async fn hardening_25_parallel_guesses_stop_at_the_limit_and_the_owner_still_gets_in() {
    let school = School::start().await;
    let (student, stranger) = (school.student().await, school.stranger());
    let names = [
        student.username.clone(),
        format!("{}@school.example", student.username),
    ];
    // The stand-in for DynamoDB answers one request at a time; more at once would only wait for it in vain.
    let at_once = if places::records_are("dynamodb") { 50 } else { 200 };
    let guesses = (0..at_once).map(|number| {
        let (stranger, name) = (stranger.clone(), names[number % 2].clone());
        async move { guess(&stranger, &name, &format!("wrong guess number {number}")).await }
    });
    let answers = futures::future::join_all(guesses).await;
    let tried = answers.iter().filter(|answer| answer.status == 401).count();
    let refused: Vec<_> = answers.iter().filter(|answer| answer.status == 429).collect();
    // DynamoDB lets few of those through that change one item at the same time; the others may try again.
    let busy = answers.iter().filter(|answer| answer.status == 503).count();
    assert!(busy == 0 || places::records_are("dynamodb"), "{busy}");
    // Log-ins that succeeded forgot what was counted before them.
    assert_eq!((tried, refused.len() + busy), (10, at_once - 10));
    assert!(
        refused
            .iter()
            .all(|answer| !answer.header("retry-after").is_empty())
    );
    guess(&stranger, &student.username, PASSWORD)
        .await
        .problem(429, "too_many_attempts");
    let body = json!({"login": student.username, "password": PASSWORD});
    let known = stranger
        .request(Method::POST, "/api/v1/auth/login")
        .header("cookie", student.device.as_deref().unwrap());
    Answer::of(known.json(&body)).await.expect(200);
}

/// HARDENING 25: the pages count with the API.
#[tokio::test]
async fn hardening_25_the_log_in_page_shares_the_counter() {
    let school = School::start().await;
    let (student, stranger) = (school.student().await, school.stranger());
    for number in 0..10 {
        guess(
            &stranger,
            &student.username,
            &format!("wrong guess number {number}"),
        )
        .await
        .expect(401);
    }
    let form = format!(
        "login={}&password={}",
        student.username,
        PASSWORD.replace(' ', "+")
    );
    let page = stranger
        .request(Method::POST, "/login")
        .header("content-type", "application/x-www-form-urlencoded");
    Answer::of(page.body(form)).await.expect(429);
}

/// HARDENING 24.
#[tokio::test]
async fn hardening_24_log_in_says_the_same_of_known_and_unknown_users() {
    let school = School::start().await;
    let (student, stranger) = (school.student().await, school.stranger());
    let say = async |login: &str| {
        let mut problem = guess(&stranger, login, "a wrong password")
            .await
            .expect(401)
            .json();
        problem["request_id"].take();
        problem["instance"].take();
        problem
    };
    assert_eq!(say(&student.username).await, say("nobody-at-all").await);
}

/// HARDENING 26.
#[tokio::test]
async fn hardening_26_passwords() {
    let school = School::start().await;
    let stranger = school.stranger();
    let sign_up = async |username: &str, password: &str| {
        let email = format!("{username}@school.example");
        let body = json!({"username": username, "email": email, "password": password});
        stranger.post("/api/v1/auth/signup", &body).await
    };
    for (username, password) in [
        ("long", &*"long words ".repeat(20)),
        ("unicode", "סיסמה ארוכה מאוד 密码"),
        ("spaces", "a b c d e f g h"),
    ] {
        sign_up(username, password).await.expect(201);
        guess(&stranger, username, password).await.expect(200);
    }
    for (username, password) in [
        ("short", "too short"),
        ("breached", "password123"),
        ("breached2", "1234567890"),
        ("over", &*"x".repeat(257)),
    ] {
        let problem = sign_up(username, password)
            .await
            .problem(422, "invalid_fields")
            .json();
        assert_eq!(problem["errors"][0]["field"], "password", "{problem}");
    }
    sign_up("large", &"x".repeat(200_000))
        .await
        .problem(422, "invalid_fields");
    guess(&stranger, "long", &"x".repeat(200_000))
        .await
        .problem(422, "invalid_fields");
    // The answer comes before the body was sent, which a client may notice as a closed connection.
    let body = json!({"login": "long", "password": "x".repeat(1 << 20)});
    let answer = stranger
        .request(Method::POST, "/api/v1/auth/login")
        .json(&body)
        .send()
        .await;
    assert!(answer.is_err() || answer.is_ok_and(|answer| answer.status() == 413));
}

#[tokio::test]
async fn names_and_addresses_are_taken_once_whatever_their_case() {
    let school = School::start().await;
    school.sign_up("Taken").await;
    let stranger = school.stranger();
    for (username, email) in [
        ("taken", "other@school.example"),
        ("other", "TAKEN@school.example"),
    ] {
        let body = json!({"username": username, "email": email, "password": PASSWORD});
        stranger
            .post("/api/v1/auth/signup", &body)
            .await
            .problem(409, "account_exists");
    }
}

#[tokio::test]
async fn the_first_administrator_is_made_once_by_the_link_in_the_terminal() {
    let school = School::start().await;
    let log = school.log();
    let token = log
        .split("/setup/")
        .nth(1)
        .and_then(|rest| rest.split_whitespace().next())
        .unwrap();
    let path = format!("/setup/{token}");
    let stranger = school.stranger();
    stranger.get(&path).await.expect(200);
    stranger.get("/setup/guessed").await.expect(404);
    let make = async |username: &str| {
        let form = format!(
            "username={username}&email={username}%40school.example&password={}",
            PASSWORD.replace(' ', "+")
        );
        let post = stranger
            .request(Method::POST, &path)
            .header("content-type", "application/x-www-form-urlencoded");
        Answer::of(post.body(form)).await
    };
    let answers = futures::future::join_all(["first", "second", "third"].map(make)).await;
    let welcomed = answers.iter().filter(|answer| answer.status == 303).count();
    let refused = answers
        .iter()
        .filter(|answer| [404, 409].contains(&answer.status.as_u16()))
        .count();
    assert_eq!((welcomed, refused), (1, 2), "{answers:?}");
    stranger.get(&path).await.expect(404);
    assert_eq!(school.admin(&["user", "list"]).matches("admin").count(), 1);
}

#[tokio::test]
async fn keys_and_sessions_outlive_a_restart() {
    let mut school = School::start().await;
    let student = school.student().await;
    assert_eq!(school.terminate().code(), Some(0));
    school.restart().await;
    student.get("/api/v1/me").await.expect(200);
}

#[tokio::test]
async fn an_account_that_is_deleted_is_gone_with_its_materials() {
    let school = School::start().await;
    let (student, other) = (school.student().await, school.student().await);
    let material = student
        .share("notes.md", b"something to be forgotten", &json!({}))
        .await;
    student.delete("/api/v1/me").await.expect(204);
    student.get("/api/v1/me").await.expect(401);
    guess(&school.stranger(), &student.username, PASSWORD)
        .await
        .problem(401, "wrong_credentials");
    other
        .get(&format!("/api/v1/materials/{}", material["id"].as_str().unwrap()))
        .await
        .expect(404);
    assert!(other.found("forgotten").await.is_empty());
    other.get("/api/v1/me").await.expect(200);
}
