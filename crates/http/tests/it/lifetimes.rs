//! HARDENING 47, 60 and 64: slow callers are led out, patient ones are not, and nobody is cut off
//! in the middle when the program stops.
use crate::harness::{Gateway, parse, read_answer, read_to_end};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

const SHORT: Duration = Duration::from_millis(300);

#[tokio::test]
async fn hardening_47_silent_and_trickling_heads_are_closed() {
    let gateway = Gateway::start(|config| config.connections.head_timeout = SHORT).await;
    let mut silent = gateway.connect().await;
    let mut trickling = gateway.connect().await;
    let start = Instant::now();

    let trickle = async {
        let mut interval = tokio::time::interval(Duration::from_millis(20));
        trickling.write_all(b"GET / HTTP/1.1\r\nX: ").await.unwrap();
        while trickling.write_all(b"x").await.is_ok() {
            interval.tick().await;
        }
    };
    let (answer, ()) = tokio::join!(read_to_end(&mut silent), trickle);

    assert_eq!(answer, "");
    assert!(
        start.elapsed() >= SHORT && start.elapsed() < 10 * SHORT,
        "{:?}",
        start.elapsed()
    );
    gateway.assert_healthy().await;
}

#[tokio::test]
async fn hardening_47_a_second_head_on_the_same_connection_has_no_more_time() {
    let gateway = Gateway::start(|config| config.connections.head_timeout = SHORT).await;
    let mut stream = gateway.connect().await;
    let request = format!("GET /healthz HTTP/1.1\r\nHost: {}\r\n\r\n", gateway.address);
    stream.write_all(request.as_bytes()).await.unwrap();
    assert_eq!(read_answer(&mut stream).await.status, 200);
    let start = Instant::now();
    stream.write_all(&request.as_bytes()[..10]).await.unwrap();
    assert_eq!(read_to_end(&mut stream).await, "");
    assert!(start.elapsed() >= SHORT && start.elapsed() < 10 * SHORT);
}

#[tokio::test]
async fn hardening_64_an_idle_connection_may_stay_until_its_time() {
    let gateway = Gateway::start(|config| {
        config.connections.head_timeout = SHORT;
        config.connections.idle_timeout = 4 * SHORT;
    })
    .await;
    let mut stream = gateway.connect().await;
    let request = format!("GET /healthz HTTP/1.1\r\nHost: {}\r\n\r\n", gateway.address);
    stream.write_all(request.as_bytes()).await.unwrap();
    read_answer(&mut stream).await;
    let start = Instant::now();
    assert_eq!(read_to_end(&mut stream).await, "");
    assert!(start.elapsed() >= 3 * SHORT, "{:?}", start.elapsed());
}

#[tokio::test]
async fn a_long_answer_is_not_an_idle_connection() {
    let gateway = Gateway::start(|config| {
        config.connections.head_timeout = SHORT;
        config.connections.idle_timeout = SHORT;
        config.handler_timeout = 4 * SHORT;
    })
    .await;
    let answer = gateway.get("/hang", &[]).await;
    assert_eq!((answer.status, answer.code()), (503, "timed_out".into()));
}

#[tokio::test]
async fn hardening_47_a_trickling_body_is_408() {
    let gateway = Gateway::start(|config| config.body_timeout = SHORT).await;
    let mut stream = gateway.connect().await;
    let head = format!(
        "POST /api/v1/sum HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{{",
        gateway.address
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let answer = parse(&read_to_end(&mut stream).await);
    assert_eq!((answer.status, answer.code()), (408, "body_too_slow".into()));
}

#[tokio::test]
async fn hardening_47_whoever_does_not_read_is_closed() {
    let gateway = Gateway::start(|config| config.connections.write_timeout = SHORT).await;
    let mut stream = gateway.connect().await;
    let request = format!("GET /large HTTP/1.1\r\nHost: {}\r\n\r\n", gateway.address);
    stream.write_all(request.as_bytes()).await.unwrap();
    let closed = tokio::time::timeout(Duration::from_secs(20), async {
        // Writing fails once the other side is gone; what was sent to us is never read.
        let mut interval = tokio::time::interval(Duration::from_millis(50));
        while stream.write_all(b"\r\n").await.is_ok() {
            interval.tick().await;
        }
    });
    assert!(closed.await.is_ok());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hardening_47_slow_connections_do_not_slow_the_others() {
    let gateway = Gateway::start(|config| config.connections.head_timeout = Duration::from_secs(3)).await;
    let mut slow = Vec::new();
    for _ in 0..400 {
        let mut stream = gateway.connect().await;
        stream.write_all(b"GET / HTTP/1.1\r\nX: ").await.unwrap();
        slow.push(stream);
    }
    let mut taken = Vec::new();
    for _ in 0..40 {
        let start = Instant::now();
        gateway.assert_healthy().await;
        taken.push(start.elapsed());
    }
    taken.sort();
    assert!(taken[37] < Duration::from_millis(300), "p95 {:?}", taken[37]);
    for stream in &mut slow {
        assert_eq!(read_to_end(stream).await, "");
    }
}

#[tokio::test]
async fn over_the_limit_a_connection_is_closed_at_once() {
    let gateway = Gateway::start(|config| config.connections.max = 1).await;
    let request = format!("GET /healthz HTTP/1.1\r\nHost: {}\r\n\r\n", gateway.address);
    let mut first = gateway.connect().await;
    first.write_all(request.as_bytes()).await.unwrap();
    assert_eq!(read_answer(&mut first).await.status, 200);
    let mut second = gateway.connect().await;
    assert_eq!(read_to_end(&mut second).await, "");
    first.write_all(request.as_bytes()).await.unwrap();
    assert_eq!(read_answer(&mut first).await.status, 200);
}

#[tokio::test]
async fn hardening_60_a_stop_finishes_what_was_begun() {
    let gateway = Gateway::start(|_| {}).await;
    let idle = gateway.connect().await;
    let mut busy = gateway.connect().await;
    let head = format!(
        "PUT /bucket/a HTTP/1.1\r\nHost: {}\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n",
        gateway.address
    );
    busy.write_all(head.as_bytes()).await.unwrap();
    let mut interim = [0; 25];
    busy.read_exact(&mut interim).await.unwrap();
    assert_eq!(&interim, b"HTTP/1.1 100 Continue\r\n\r\n");

    gateway.shutdown.cancel();
    busy.write_all(b"abc").await.unwrap();
    let answer = parse(&read_to_end(&mut busy).await);

    assert_eq!((answer.status, answer.body.as_str()), (200, "3"));
    tokio::time::timeout(Duration::from_secs(5), gateway.server)
        .await
        .unwrap()
        .unwrap();
    drop(idle);
}

#[tokio::test]
async fn hardening_60_a_stop_does_not_wait_for_ever() {
    let gateway = Gateway::start(|config| config.connections.shutdown_grace = SHORT).await;
    let mut stream = gateway.connect().await;
    let request = format!(
        "GET /hang HTTP/1.1\r\nHost: {0}\r\n\r\nGET /healthz",
        gateway.address
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    gateway.assert_healthy().await;
    gateway.shutdown.cancel();
    tokio::time::timeout(Duration::from_secs(5), gateway.server)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(read_to_end(&mut stream).await, "");
}
