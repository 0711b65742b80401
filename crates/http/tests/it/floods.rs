//! HARDENING 49: HTTP/2 floods end in GOAWAY, and everybody else is served.
use crate::harness::Gateway;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
const DATA: u8 = 0;
const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const PING: u8 = 6;
const GOAWAY: u8 = 7;
const ACK: u8 = 1;
const CONTINUATION: u8 = 9;
const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;
const ENHANCE_YOUR_CALM: u32 = 11;

fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    let mut frame = vec![length[1], length[2], length[3], kind, flags];
    frame.extend(stream.to_be_bytes());
    frame.extend(payload);
    frame
}

/// HPACK without compression of values: method and path from the static table.
fn request_fields(gateway: &Gateway, method: u8) -> Vec<u8> {
    let host = gateway.address.to_string();
    let mut block = vec![method, 0x86, 0x84, 0x41, u8::try_from(host.len()).unwrap()];
    block.extend(host.as_bytes());
    block
}

const GET: u8 = 0x82;
const POST: u8 = 0x83;

async fn open(gateway: &Gateway) -> TcpStream {
    let mut stream = gateway.connect().await;
    let mut hello = PREFACE.to_vec();
    hello.extend(frame(SETTINGS, 0, 0, &[]));
    stream.write_all(&hello).await.unwrap();
    stream
}

/// Answers pings; the error code of the GOAWAY that ends the connection.
async fn goaway(stream: &mut TcpStream) -> Option<u32> {
    let mut code = None;
    loop {
        let mut head = [0; 9];
        if stream.read_exact(&mut head).await.is_err() {
            return code;
        }
        let length = u32::from_be_bytes([0, head[0], head[1], head[2]]) as usize;
        let mut payload = vec![0; length];
        if stream.read_exact(&mut payload).await.is_err() {
            return code;
        }
        if head[3] == PING && head[4] & ACK == 0 {
            let _ = stream.write_all(&frame(PING, ACK, 0, &payload)).await;
        }
        if head[3] == GOAWAY {
            code = Some(u32::from_be_bytes(payload[4..8].try_into().unwrap()));
        }
    }
}

/// Sends in the background, as the other side may stop reading.
async fn flood(gateway: &Gateway, bytes: Vec<u8>) -> Option<u32> {
    let stream = open(gateway).await;
    let (mut reading, mut writing) = stream.into_split();
    let sender = tokio::spawn(async move {
        let _ = writing.write_all(&bytes).await;
        writing
    });
    let mut code = None;
    loop {
        let mut head = [0; 9];
        if reading.read_exact(&mut head).await.is_err() {
            break;
        }
        let length = u32::from_be_bytes([0, head[0], head[1], head[2]]) as usize;
        let mut payload = vec![0; length];
        if reading.read_exact(&mut payload).await.is_err() {
            break;
        }
        if head[3] == GOAWAY {
            code = Some(u32::from_be_bytes(payload[4..8].try_into().unwrap()));
        }
    }
    sender.abort();
    code
}

#[tokio::test]
async fn hardening_49_rapid_reset_ends_in_goaway() {
    let gateway = Gateway::start(|_| {}).await;
    let mut bytes = Vec::new();
    for stream in (1..20_001).step_by(2) {
        bytes.extend(frame(
            HEADERS,
            END_HEADERS | END_STREAM,
            stream,
            &request_fields(&gateway, GET),
        ));
        bytes.extend(frame(RST_STREAM, 0, stream, &8_u32.to_be_bytes()));
    }
    assert_eq!(flood(&gateway, bytes).await, Some(ENHANCE_YOUR_CALM));
    gateway.assert_healthy().await;
}

#[tokio::test]
async fn hardening_49_continuation_flood_ends_in_goaway() {
    let gateway = Gateway::start(|_| {}).await;
    let mut bytes = frame(HEADERS, END_STREAM, 1, &request_fields(&gateway, GET));
    for _ in 0..20_000 {
        bytes.extend(frame(CONTINUATION, 0, 1, &[0, 1, b'a', 1, b'b']));
    }
    assert_eq!(flood(&gateway, bytes).await, Some(ENHANCE_YOUR_CALM));
    gateway.assert_healthy().await;
}

#[tokio::test]
async fn hardening_49_empty_data_ends_in_goaway() {
    let gateway = Gateway::start(|_| {}).await;
    let mut bytes = frame(HEADERS, END_HEADERS, 1, &request_fields(&gateway, POST));
    for _ in 0..200_000 {
        bytes.extend(frame(DATA, 0, 1, &[]));
    }
    assert_eq!(flood(&gateway, bytes).await, Some(ENHANCE_YOUR_CALM));
    gateway.assert_healthy().await;
}

#[tokio::test]
async fn http_2_with_prior_knowledge_is_served_until_a_stop() {
    let gateway = Gateway::start(|_| {}).await;
    let mut stream = open(&gateway).await;
    let request = frame(
        HEADERS,
        END_HEADERS | END_STREAM,
        1,
        &request_fields(&gateway, GET),
    );
    stream.write_all(&request).await.unwrap();
    let mut answered = false;
    while !answered {
        let mut head = [0; 9];
        stream.read_exact(&mut head).await.unwrap();
        let mut payload = vec![0; u32::from_be_bytes([0, head[0], head[1], head[2]]) as usize];
        stream.read_exact(&mut payload).await.unwrap();
        answered = head[3] == DATA && payload == b"home";
    }
    gateway.shutdown.cancel();
    assert_eq!(goaway(&mut stream).await, Some(0));
    gateway.server.await.unwrap();
}

#[tokio::test]
async fn hardening_47_a_silent_http_2_connection_is_closed() {
    let short = std::time::Duration::from_millis(300);
    let gateway = Gateway::start(|config| config.connections.head_timeout = short).await;
    let mut stream = open(&gateway).await;
    goaway(&mut stream).await;
    gateway.assert_healthy().await;
}
