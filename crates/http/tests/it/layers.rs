//! What every answer carries, and who is refused before a route is asked.
use crate::harness::{Gateway, app};
use homeroom_http::gateway::{GatewayConfig, Rate, RateSettings, wrap};
use std::io;
use std::sync::{Arc, Mutex};
use tower::ServiceExt;

#[tokio::test]
async fn hardening_43_every_answer_carries_the_security_headers() {
    let gateway = Gateway::start(|_| {}).await;
    for path in ["/", "/nothing", "/panic", "/api/v1/list?limit=x"] {
        let answer = gateway.get(path, &[]).await;
        let policy = &answer.headers["content-security-policy"];
        assert!(
            policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"),
            "{path}"
        );
        assert!(!policy.contains("unsafe"), "{path}");
        assert_eq!(answer.headers["x-content-type-options"], "nosniff", "{path}");
        assert_eq!(answer.headers["referrer-policy"], "same-origin", "{path}");
        assert_eq!(
            answer.headers["cross-origin-opener-policy"], "same-origin",
            "{path}"
        );
        assert_eq!(answer.headers["cache-control"], "no-store", "{path}");
        assert!(
            !answer.headers.contains_key("strict-transport-security"),
            "{path}: plain http"
        );
        assert_eq!(answer.headers["x-request-id"].len(), 36, "{path}");
    }
    let own = gateway.get("/own", &[]).await;
    assert_eq!(own.headers["content-security-policy"], "sandbox");
    assert_eq!(own.headers["cache-control"], "public, max-age=60");
}

#[tokio::test]
async fn https_sites_tell_browsers_to_stay_there() {
    let gateway =
        Gateway::start(|config| config.public_url = "https://school.example".parse().unwrap()).await;
    let answer = gateway.get("/", &["Host: school.example"]).await;
    assert_eq!(answer.headers["strict-transport-security"], "max-age=31536000");
}

#[tokio::test]
async fn hardening_45_no_cors_header_for_anybody() {
    let gateway = Gateway::start(|_| {}).await;
    for origin in ["https://evil.example", "null", "http://localhost:1"] {
        for method in ["GET", "OPTIONS"] {
            let answer = gateway
                .request(method, "/", &[&format!("Origin: {origin}")], "")
                .await;
            assert!(
                !answer
                    .headers
                    .keys()
                    .any(|name| name.starts_with("access-control-")),
                "{answer:?}"
            );
        }
    }
}

#[tokio::test]
async fn hardening_45_a_foreign_host_is_421() {
    let gateway = Gateway::start(|config| config.allowed_hosts = vec!["lan.school".into()]).await;
    for host in ["evil.example", "127.0.0.1.evil.example"] {
        let answer = gateway.get("/whoami", &[&format!("Host: {host}")]).await;
        assert_eq!((answer.status, answer.code()), (421, "foreign_host".into()));
    }
    let answer = gateway.get("/whoami", &["Host: lan.school:8000"]).await;
    assert_eq!(answer.body, "http://lan.school:8000 127.0.0.1");
}

#[tokio::test]
async fn hardening_42_a_foreign_origin_is_403() {
    let gateway = Gateway::start(|_| {}).await;
    let foreign = [
        "Origin: https://evil.example",
        "Origin: null",
        "Sec-Fetch-Site: cross-site",
    ];
    for line in foreign {
        let answer = gateway
            .request("POST", "/echo", &[line, "Cookie: session=a"], "x")
            .await;
        assert_eq!(
            (answer.status, answer.code()),
            (403, "foreign_origin".into()),
            "{line}"
        );
    }
    let ours = format!("Origin: http://{}", gateway.address);
    assert_eq!(gateway.request("POST", "/echo", &[&ours], "x").await.status, 200);
    let bearer = ["Origin: https://evil.example", "Authorization: Bearer t"];
    assert_eq!(gateway.request("POST", "/echo", &bearer, "x").await.status, 200);
}

#[tokio::test]
async fn hardening_46_limits_hold_and_forged_addresses_share_one_bucket() {
    let gateway = Gateway::start(|config| {
        config.rates = RateSettings {
            auth_per_address: Some(Rate::new(5, 1)),
            ..RateSettings::default()
        };
    })
    .await;
    let mut statuses = Vec::new();
    for n in 0..8 {
        let forged = format!("X-Forwarded-For: 1.2.3.{n}");
        let answer = gateway
            .request("POST", "/api/v1/auth/login", &[&forged], "")
            .await;
        if answer.status == 429 {
            assert_eq!(answer.code(), "too_many_requests");
            assert!(answer.headers["retry-after"].parse::<u64>().unwrap() > 0);
        }
        statuses.push(answer.status);
    }
    assert_eq!(statuses, [200, 200, 200, 200, 200, 429, 429, 429]);
    assert_eq!(
        gateway.get("/", &[]).await.status,
        200,
        "reading is counted apart"
    );
    gateway.assert_healthy().await;
}

#[tokio::test]
async fn hardening_46_behind_a_trusted_proxy_each_caller_has_a_bucket() {
    let gateway = Gateway::start(|config| {
        config.trusted_proxies = vec!["127.0.0.0/8".parse().unwrap()];
        config.rates.auth_per_address = Some(Rate::new(1, 1));
    })
    .await;
    for n in 0..4 {
        let caller = format!("X-Forwarded-For: 6.6.6.6, 1.2.3.{n}");
        let login = gateway
            .request("POST", "/api/v1/auth/login", &[&caller], "")
            .await;
        assert_eq!(login.status, 200);
        let again = gateway
            .request("POST", "/api/v1/auth/login", &[&caller], "")
            .await;
        assert_eq!(again.status, 429);
    }
}

#[tokio::test]
async fn hardening_48_bodies_are_bounded() {
    let gateway = Gateway::start(|_| {}).await;
    let json = "Content-Type: application/json";
    let huge = format!("{{\"a\":1,\"b\":{}}}", " ".repeat(300_000) + "1");
    assert_eq!(
        gateway
            .request("POST", "/api/v1/sum", &[json], &huge)
            .await
            .code(),
        "body_too_large"
    );
    let deep = "[".repeat(100_000);
    let answer = gateway.request("POST", "/api/v1/sum", &[json], &deep).await;
    assert_eq!((answer.status, answer.code()), (400, "json_too_deep".into()));
    let coded = gateway
        .request("POST", "/api/v1/sum", &[json, "Content-Encoding: gzip"], "\u{1f}")
        .await;
    assert_eq!(coded.status, 415);
    assert_eq!(
        gateway
            .request("POST", "/api/v1/sum", &[json], r#"{"a":1,"b":2}"#)
            .await
            .body,
        "3"
    );

    let host = gateway.address;
    let chunk = format!("10000\r\n{}\r\n", "x".repeat(0x10000));
    let chunked = format!(
        "POST /api/v1/sum HTTP/1.1\r\nHost: {host}\r\n{json}\r\nTransfer-Encoding: chunked\r\n\r\n{}",
        chunk.repeat(5)
    );
    assert!(
        gateway.exchange(chunked).await.starts_with("HTTP/1.1 413 "),
        "also without an announced length"
    );
}

#[tokio::test]
async fn problems_name_the_request_and_hide_the_cause() {
    let gateway = Gateway::start(|_| {}).await;
    let panicked = gateway.get("/panic", &[]).await;
    assert_eq!((panicked.status, panicked.code()), (500, "internal".into()));
    assert!(!panicked.body.contains("on purpose"));
    assert_eq!(
        panicked.json()["request_id"],
        panicked.headers["x-request-id"].as_str()
    );
    assert_eq!(panicked.headers["content-type"], "application/problem+json");

    let forged = gateway.get("/", &["X-Request-Id: mine"]).await;
    assert_ne!(forged.headers["x-request-id"], "mine");
    assert_eq!(gateway.get("/nothing", &[]).await.code(), "not_found");
    assert_eq!(
        gateway.request("DELETE", "/", &[], "").await.code(),
        "method_not_allowed"
    );
    assert_eq!(gateway.get("/api/v1/things/abc", &[]).await.code(), "not_found");
    assert_eq!(gateway.get("/api/v1/list?colour=red", &[]).await.status, 422);
    gateway.assert_healthy().await;
}

/// Collects the log.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn hardening_70_the_log_names_routes_and_no_paths_queries_or_credentials() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
        .with_writer(move || writer.clone())
        .finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    let gateway = wrap(
        app(),
        &GatewayConfig::new("http://localhost:8000".parse().unwrap()),
    );
    let request = http::Request::get("/api/v1/things/7654321?token=s3cret&email=a@b.example")
        .header("host", "localhost:8000")
        .header("authorization", "Bearer s3cret")
        .header("cookie", "session=s3cret");

    let response = gateway
        .oneshot(request.body(axum::body::Body::empty()).unwrap())
        .await
        .unwrap();

    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(
        log.contains("/api/v1/things/{id}") && log.contains("request answered"),
        "{log}"
    );
    assert!(
        log.contains(response.headers()["x-request-id"].to_str().unwrap()),
        "{log}"
    );
    for secret in ["s3cret", "a@b.example", "7654321"] {
        assert!(!log.contains(secret), "{secret}: {log}");
    }
}
