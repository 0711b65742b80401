//! What browsers are told and spared: cookies, origins, hosts, caches.
use crate::person::{Answer, Person, id, note};
use crate::places;
use crate::school::{PASSWORD, School};
use reqwest::{Method, RequestBuilder};
use serde_json::json;

const FORM: &str = "application/x-www-form-urlencoded";

fn form(person: &Person, path: &str, fields: &[(&str, &str)]) -> RequestBuilder {
    let body = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(fields)
        .finish();
    person
        .request(Method::POST, path)
        .header("content-type", FORM)
        .body(body)
}

/// A browser that is signed in: its cookie, and the token of its pages.
struct Browser {
    person: Person,
    cookie: String,
    csrf: String,
}

impl Browser {
    async fn of(school: &School) -> Self {
        let username = school.student().await.username;
        let person = school.stranger();
        let entered = Answer::of(form(
            &person,
            "/login",
            &[("login", &username), ("password", PASSWORD)],
        ))
        .await;
        let set: Vec<&str> = entered
            .headers
            .get_all("set-cookie")
            .iter()
            .map(|value| value.to_str().unwrap())
            .collect();
        let session = set.iter().find(|value| value.starts_with("homeroom=")).unwrap();
        assert!(
            session.contains("HttpOnly") && session.contains("SameSite="),
            "{session}"
        );
        let cookie = session.split(';').next().unwrap().to_owned();
        let page = Answer::of(person.request(Method::GET, "/").header("cookie", &cookie))
            .await
            .expect(200)
            .text();
        let csrf = page
            .split("csrf-token\" content=\"")
            .nth(1)
            .unwrap()
            .split('"')
            .next()
            .unwrap()
            .to_owned();
        Self { person, cookie, csrf }
    }

    fn begin_upload(&self) -> RequestBuilder {
        let body = json!({"filename": "a.bin", "size": 1});
        self.person
            .request(Method::POST, "/api/v1/uploads")
            .header("cookie", &self.cookie)
            .json(&body)
    }
}

/// HARDENING 42.
#[tokio::test]
async fn hardening_42_a_cookie_alone_changes_nothing() {
    let school = School::start().await;
    let browser = Browser::of(&school).await;
    Answer::of(browser.begin_upload())
        .await
        .problem(403, "csrf_token_missing");
    Answer::of(browser.begin_upload().header("x-csrf-token", "wrong"))
        .await
        .problem(403, "csrf_token_missing");
    let good = || browser.begin_upload().header("x-csrf-token", &browser.csrf);
    for foreign in ["https://evil.example", "null"] {
        Answer::of(good().header("origin", foreign))
            .await
            .problem(403, "foreign_origin");
    }
    Answer::of(good().header("sec-fetch-site", "cross-site"))
        .await
        .problem(403, "foreign_origin");
    Answer::of(good().header("origin", school.url()))
        .await
        .expect(201);

    let account = [("full_name", "Changed By Another Site")];
    let post = form(&browser.person, "/account", &account).header("cookie", &browser.cookie);
    Answer::of(post).await.expect(403);
    let page = Answer::of(
        browser
            .person
            .request(Method::GET, "/account")
            .header("cookie", &browser.cookie),
    )
    .await;
    assert!(!page.text().contains("Changed By Another Site"));
}

/// HARDENING 33.
#[tokio::test]
async fn hardening_33_one_goes_on_to_this_site_only() {
    let school = School::start().await;
    let student = school.student().await;
    let cases = [
        ("//evil.example", "/"),
        ("\\\\evil.example", "/"),
        ("/\\evil.example", "/"),
        ("https://evil.example/", "/"),
        ("/mine?a=b", "/mine?a=b"),
    ];
    for (next, leads_to) in cases {
        let fields = [
            ("login", &*student.username),
            ("password", PASSWORD),
            ("next", next),
        ];
        let answer = Answer::of(form(&school.stranger(), "/login", &fields))
            .await
            .expect(303);
        assert_eq!(answer.header("location"), leads_to, "{next}");
    }
}

/// HARDENING 44.
#[tokio::test]
async fn hardening_44_private_pages_and_answers_are_not_kept() {
    let school = School::start().await;
    let browser = Browser::of(&school).await;
    for path in [
        "/",
        "/mine",
        "/account",
        "/search?q=a",
        "/materials",
        "/api/v1/me",
        "/api/v1/materials",
    ] {
        let answer = Answer::of(
            browser
                .person
                .request(Method::GET, path)
                .header("cookie", &browser.cookie),
        )
        .await;
        let answer = answer.expect(200);
        assert!(
            answer.header("cache-control").contains("no-store"),
            "{path}: {}",
            answer.header("cache-control")
        );
    }
}

/// HARDENING 43.
#[tokio::test]
async fn hardening_43_pages_run_no_foreign_script_and_stand_in_no_frame() {
    let school = School::start().await;
    let stranger = school.stranger();
    for path in ["/", "/login", "/signup", "/search?q=a", "/nothing-here"] {
        let answer = stranger.get(path).await;
        let policy = answer.header("content-security-policy");
        assert!(
            !policy.contains("unsafe-") && policy.contains("frame-ancestors 'none'"),
            "{path}: {policy}"
        );
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
    }
}

/// HARDENING 45.
#[tokio::test]
async fn hardening_45_a_foreign_host_is_421_and_no_origin_is_let_in() {
    let school = School::start().await;
    let student = school.student().await;
    for host in ["evil.example", "localhost.evil.example", "evil.example:8000"] {
        let answer = Answer::of(student.request(Method::GET, "/api/v1/me").header("host", host)).await;
        assert_eq!(answer.status, 421, "{host}");
    }
    for origin in ["https://evil.example", "null"] {
        let answer = Answer::of(
            student
                .request(Method::GET, "/api/v1/me")
                .header("origin", origin),
        )
        .await;
        assert_eq!(answer.header("access-control-allow-origin"), "", "{origin}");
    }
}

/// HARDENING 21.
#[tokio::test]
async fn hardening_21_what_could_run_is_an_attachment_in_a_sandbox() {
    let school = School::start().await;
    let student = school.student().await;
    let page = b"<!doctype html><title>Page</title><script>document.title='ran'</script><p>Some words</p>";
    let svg = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>";
    for (name, content) in [
        ("page.html", &page[..]),
        ("picture.svg", &svg[..]),
        ("page.pdf", &page[..]),
    ] {
        let material = student.share_unread(name, content, &json!({})).await;
        student.settled(id(&material)).await;
        let answer = student.download(id(&material)).await.expect(200);
        assert!(
            answer.header("content-disposition").starts_with("attachment"),
            "{name}: {:?}",
            answer.headers
        );
        if !places::storage_is_embedded() {
            // Its origin is not the site's, so that nothing there has the site's authority.
            continue;
        }
        assert!(
            answer.header("content-security-policy").contains("sandbox"),
            "{name}: {:?}",
            answer.headers
        );
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{name}");
    }
}

/// HARDENING 41: one field of each kind here; the pages' own tests go through the payloads.
#[tokio::test]
async fn hardening_41_markup_in_titles_and_text_is_text() {
    let school = School::start().await;
    let student = school.student().await;
    let evil = "<img src=x onerror=alert(1)>";
    let content = [note("findable"), evil.as_bytes().to_vec()].concat();
    let material = student
        .share("a.txt", &content, &json!({"title": evil, "description": evil}))
        .await;
    let found = student.search("findable").await;
    let snippet = found["hits"][0]["snippet"].as_str().unwrap();
    assert!(
        !snippet.replace("<mark>", "").replace("</mark>", "").contains('<'),
        "{snippet}"
    );
    for path in [
        format!("/materials/{}", id(&material)),
        "/search?q=findable".into(),
    ] {
        let page = Answer::of(student.request(Method::GET, &path)).await.text();
        assert!(!page.contains(evil), "{path}");
    }
}

/// HARDENING 70.
#[tokio::test]
async fn hardening_70_the_log_holds_no_secrets() {
    let school = School::start().await;
    let student = school.student().await;
    let material = student.share("notes.md", &note("logged"), &json!({})).await;
    student.download(id(&material)).await.expect(200);
    let log = school.log();
    let token = student.token.as_deref().unwrap();
    for secret in [
        token,
        &student.refresh,
        PASSWORD,
        "X-Amz-Signature=",
        "@school.example",
    ] {
        assert!(!log.contains(secret), "{secret}");
    }
}
