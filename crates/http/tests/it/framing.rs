//! HARDENING 48 and 50: what is ambiguous is 400 and the end of the connection.
use crate::harness::{Gateway, parse, read_to_end};
use tokio::io::AsyncWriteExt;

const SMUGGLING: [&str; 12] = [
    "POST /echo HTTP/1.1\r\nHost: HOST\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "POST /echo HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
    "POST /echo HTTP/1.1\r\nHost: HOST\r\nContent-Length: 5\r\nContent-Length: 0\r\n\r\nhello",
    "POST /echo HTTP/1.1\r\nHost: HOST\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello",
    "POST /echo HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "POST /echo HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
    "GET / HTTP/1.1\nHost: HOST\n\n",
    "GET / HTTP/1.1\r\nHost: HOST\nX: y\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: HOST\r\nX: y\r\n z\r\n\r\n",
    "GET http://evil.example/ HTTP/1.1\r\nHost: HOST\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: HOST\r\nHost: HOST\r\n\r\n",
    "GET / HTTP/1.1\r\n\r\n",
];

/// A request that must never be answered: it hides behind another.
const HIDDEN: &str = "GET /healthz HTTP/1.1\r\nHost: HOST\r\n\r\n";

#[tokio::test]
async fn hardening_50_smuggling_shapes_are_400_and_close() {
    let gateway = Gateway::start(|_| {}).await;
    let host = gateway.address.to_string();
    for shape in SMUGGLING {
        let answer = gateway
            .exchange(format!("{shape}{HIDDEN}").replace("HOST", &host))
            .await;
        assert!(answer.starts_with("HTTP/1.1 400 "), "{shape:?}: {answer:?}");
        assert_eq!(answer.matches("HTTP/1.1 ").count(), 1, "{shape:?}: {answer:?}");
    }
    gateway.assert_healthy().await;
}

#[tokio::test]
async fn hardening_50_also_byte_by_byte_and_behind_a_good_request() {
    let gateway = Gateway::start(|_| {}).await;
    let host = gateway.address.to_string();
    let good = "POST /echo HTTP/1.1\r\nHost: HOST\r\nContent-Length: 3\r\n\r\nabc";
    for shape in SMUGGLING {
        let bytes = format!("{good}{shape}{HIDDEN}").replace("HOST", &host);
        let whole = gateway.exchange(&bytes).await;
        let mut stream = gateway.connect().await;
        stream.set_nodelay(true).unwrap();
        for byte in bytes.as_bytes() {
            if stream.write_all(&[*byte]).await.is_err() {
                break;
            }
        }
        for answer in [whole, read_to_end(&mut stream).await] {
            assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{shape:?}: {answer:?}");
            assert!(answer.contains("abcHTTP/1.1 400 "), "{shape:?}: {answer:?}");
            assert_eq!(answer.matches("HTTP/1.1 ").count(), 2, "{shape:?}: {answer:?}");
        }
    }
}

#[tokio::test]
async fn hardening_50_a_malformed_chunk_ends_the_connection() {
    let gateway = Gateway::start(|_| {}).await;
    for chunks in [
        "5\nhello\r\n0\r\n\r\n",
        "5;x\r\nhello\r\n0\r\n\r\n",
        "3\r\nhello\r\n0\r\n\r\n",
        "5\r\nhello\r\n0\r\n\n",
    ] {
        let answer = gateway
            .exchange(format!(
                "POST /echo HTTP/1.1\r\nHost: {0}\r\nTransfer-Encoding: chunked\r\n\r\n{chunks}GET /healthz HTTP/1.1\r\nHost: {0}\r\n\r\n",
                gateway.address
            ))
            .await;
        assert!(!answer.contains(" 200 "), "{chunks:?}: {answer:?}");
        assert!(answer.matches("HTTP/1.1 ").count() <= 1, "{chunks:?}: {answer:?}");
    }
}

#[tokio::test]
async fn good_requests_share_a_connection() {
    let gateway = Gateway::start(|_| {}).await;
    let host = gateway.address;
    let pipeline = format!(
        "\r\nPOST /echo HTTP/1.1\r\nHost: {host}\r\nContent-Length: 6\r\n\r\none\n\n\n\
         POST /echo HTTP/1.1\r\nHost: {host}\r\nTransfer-Encoding: chunked\r\n\r\n2\r\ntw\r\n1\r\no\r\n0\r\nX: y\r\n\r\n\
         GET http://{host}/healthz HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
    );
    let answer = gateway.exchange(pipeline).await;
    assert_eq!(answer.matches("HTTP/1.1 200 OK").count(), 3, "{answer}");
    assert!(
        answer.contains("one\n\n\n") && answer.contains("two") && answer.ends_with("ok"),
        "{answer}"
    );
}

#[tokio::test]
async fn hardening_48_a_head_of_64_kib_is_431() {
    let gateway = Gateway::start(|_| {}).await;
    let host = gateway.address;
    let long = "x".repeat(70_000);
    let many = "X-Many: y\r\n".repeat(200);
    for head in [
        format!("GET / HTTP/1.1\r\nHost: {host}\r\nX: {long}\r\n\r\n"),
        format!("GET / HTTP/1.1\r\nHost: {host}\r\nX: {long}"),
        format!("GET / HTTP/1.1\r\nHost: {host}\r\n{many}\r\n"),
        format!("GET /{long} HTTP/1.1\r\nHost: {host}\r\n\r\n"),
    ] {
        let answer = parse(&gateway.exchange(&head).await);
        assert!(
            [431, 414].contains(&answer.status),
            "{} bytes: {}",
            head.len(),
            answer.status
        );
    }
    let fits = format!("X: {}", "x".repeat(60_000));
    assert_eq!(gateway.get("/", &[&fits]).await.status, 200);
}

#[tokio::test]
async fn a_large_body_passes_the_guard_unchanged() {
    let gateway = Gateway::start(|_| {}).await;
    let size = 32 * 1024 * 1024;
    let mut stream = gateway.connect().await;
    let head = format!(
        "PUT /bucket/a HTTP/1.1\r\nHost: {}\r\nContent-Length: {size}\r\nConnection: close\r\n\r\n",
        gateway.address
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(&vec![b'\n'; size]).await.unwrap();
    let answer = parse(&read_to_end(&mut stream).await);
    assert_eq!((answer.status, answer.body), (200, size.to_string()));
}

#[tokio::test]
async fn an_early_answer_is_read_although_the_body_still_comes() {
    let gateway = Gateway::start(|_| {}).await;
    let mut stream = gateway.connect().await;
    let head = format!(
        "POST /echo HTTP/1.1\r\nHost: {}\r\nContent-Length: 1000000\r\n\r\n",
        gateway.address
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let _ = stream.write_all(&vec![b'x'; 100_000]).await;
    assert_eq!(parse(&read_to_end(&mut stream).await).status, 413);
}
