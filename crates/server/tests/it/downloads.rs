//! Downloads of large materials: every byte in its place, whoever reads, and however.
//!
//! Large files pass the page cache by when they are written: the first download comes from the
//! disk, the following ones from the page cache, which is another way through the program.
use crate::person::{Person, id, noise};
use crate::school::School;
use serde_json::json;
use std::os::unix::fs::FileExt;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};

/// Several parts, the last of which ends in the middle of a block.
const SIZE: usize = (17 << 20) + 70_001;

/// Content and where it can be had.
struct Shared {
    content: Vec<u8>,
    url: String,
    parts: Vec<usize>,
}

async fn share(student: &Person) -> Shared {
    let content = noise(SIZE);
    let upload = student.begin("film.bin", SIZE).await;
    student.send(&upload, &content).await;
    let material = student.complete(&upload, &json!({})).await.expect(201).json();
    student.settled(id(&material)).await;
    let path = format!("/api/v1/materials/{}/download", id(&material));
    let url = student.get(&path).await.expect(302).header("location").to_owned();
    let parts = upload["parts"].as_array().unwrap().iter();
    let begin = |part: &serde_json::Value| usize::try_from(part["offset"].as_u64().unwrap()).unwrap();
    Shared {
        content,
        url,
        parts: parts.map(begin).collect(),
    }
}

impl Shared {
    fn address(&self) -> &str {
        let rest = self.url.strip_prefix("http://").unwrap();
        &rest[..rest.find('/').unwrap()]
    }

    /// A request as it is written.
    fn request(&self, method: &str, lines: &str) -> String {
        let target = &self.url["http://".len() + self.address().len()..];
        format!(
            "{method} {target} HTTP/1.1\r\nhost: {}\r\n{lines}\r\n",
            self.address()
        )
    }

    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address()).await.unwrap()
    }

    async fn get(&self, student: &Person) -> Vec<u8> {
        let answer = student.http.get(&self.url).send().await.unwrap();
        assert_eq!(answer.status(), 200);
        answer.bytes().await.unwrap().to_vec()
    }
}

fn split(answer: &[u8]) -> (String, &[u8]) {
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n").unwrap() + 4;
    (
        String::from_utf8_lossy(&answer[..end]).into_owned(),
        &answer[end..],
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn every_range_is_exact_from_the_disk_and_from_the_page_cache() {
    let school = School::start().await;
    let student = school.student().await;
    let shared = share(&student).await;
    assert!(shared.parts.len() > 1);
    let second = shared.parts[1];
    let mut ranges = vec![
        (0, SIZE),
        (0, 1),
        (SIZE - 1, SIZE),
        (65_535, 65_537),
        (65_536, 131_072),
        (1, SIZE - 1),
        (second - 1, second + 1),
        (second - 70_001, second + 200_003),
        (second, second + 65_536),
    ];
    let mut random = noise(8 * 40).into_iter().map(usize::from);
    let mut place = || (0..4).fold(0, |sum, _| (sum << 8) | random.next().unwrap()) % SIZE;
    for _ in 0..40 {
        let (one, other) = (place(), place());
        ranges.push((one.min(other), one.max(other) + 1));
    }
    for round in 0..2 {
        for (begin, end) in &ranges {
            let request = student.http.get(&shared.url);
            let request = request.header("range", format!("bytes={begin}-{}", end - 1));
            let answer = request.send().await.unwrap();
            assert_eq!(answer.status(), 206);
            let body = answer.bytes().await.unwrap();
            assert!(
                body == shared.content[*begin..*end],
                "{begin}..{end} in round {round}"
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pipelined_requests_of_all_kinds_are_answered_in_order() {
    let school = School::start().await;
    let student = school.student().await;
    let shared = share(&student).await;
    shared.get(&student).await;
    let me = format!("GET /api/v1/me HTTP/1.1\r\nhost: {}\r\n", shared.address());
    let token = student.token.as_deref().unwrap();
    let json = format!("{me}authorization: Bearer {token}\r\n\r\n");
    let requests = [
        json.clone(),
        shared.request("GET", ""),
        json.clone(),
        shared.request("HEAD", ""),
        shared.request("GET", "range: bytes=100001-9000000\r\n"),
        shared.request("GET", "range: bytes=99999999-\r\n"),
        shared.request("GET", "if-none-match: *\r\n"),
        shared.request("GET", ""),
        format!("{me}connection: close\r\n\r\n"),
    ];
    let mut stream = shared.connect().await;
    stream.write_all(requests.concat().as_bytes()).await.unwrap();
    let mut all = Vec::new();
    stream.read_to_end(&mut all).await.unwrap();

    let mut rest = &all[..];
    let mut next = |status: u16, is_head: bool| {
        let (head, body) = split(rest);
        assert!(head.starts_with(&format!("HTTP/1.1 {status} ")), "{head}");
        let length = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "));
        let length = length
            .filter(|_| !is_head)
            .map_or(0, |text| text.parse().unwrap());
        rest = &body[length..];
        body[..length].to_vec()
    };
    assert!(next(200, false).starts_with(b"{"));
    assert!(next(200, false) == shared.content);
    assert!(next(200, false).starts_with(b"{"));
    assert_eq!(next(403, true), b"", "the URL is signed for GET");
    assert!(next(206, false) == shared.content[100_001..=9_000_000]);
    assert!(next(416, false).starts_with(b"<?xml"));
    assert_eq!(next(304, false), b"");
    assert!(next(200, false) == shared.content);
    next(401, false);
    assert_eq!(rest, b"");
}

#[tokio::test(flavor = "multi_thread")]
async fn slow_readers_and_leavers_and_sixty_four_at_once() {
    let school = School::start().await;
    let student = school.student().await;
    let shared = share(&student).await;
    shared.get(&student).await;
    let slow = async {
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(8 * 1024).unwrap();
        let mut stream = socket.connect(shared.address().parse().unwrap()).await.unwrap();
        let request = shared.request("GET", "connection: close\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        let (mut all, mut buffer) = (Vec::new(), [0; 5_003]);
        while let Ok(read @ 1..) = stream.read(&mut buffer).await {
            all.extend_from_slice(&buffer[..read]);
            tokio::task::yield_now().await;
        }
        assert!(split(&all).1 == shared.content);
    };
    let many = futures::future::join_all((0..64).map(|number| {
        let shared = &shared;
        let student = &student;
        async move {
            if number % 8 == 7 {
                let mut stream = shared.connect().await;
                let request = shared.request("GET", "");
                stream.write_all(request.as_bytes()).await.unwrap();
                stream.read_exact(&mut vec![0; 1_000_000]).await.unwrap();
            } else {
                assert!(shared.get(student).await == shared.content, "{number}");
            }
        }
    }));
    tokio::join!(slow, many);
    assert!(shared.get(&student).await == shared.content);
}

#[tokio::test(flavor = "multi_thread")]
async fn http_2_brings_the_same_bytes() {
    let school = School::start().await;
    let student = school.student().await;
    let shared = share(&student).await;
    let client = reqwest::Client::builder().http2_prior_knowledge().no_proxy();
    let client = client.build().unwrap();
    for _ in 0..2 {
        let answer = client.get(&shared.url).send().await.unwrap();
        assert_eq!(answer.version(), reqwest::Version::HTTP_2);
        assert!(answer.bytes().await.unwrap() == shared.content);
    }
}

/// HARDENING 55.
#[tokio::test(flavor = "multi_thread")]
async fn hardening_55_damage_in_the_page_cache_cuts_the_answer_off() {
    let school = School::start().await;
    let student = school.student().await;
    let shared = share(&student).await;
    shared.get(&student).await;
    let place = shared.parts[1] + 300_000;
    let files = walkdir::WalkDir::new(school.data().join("objects")).into_iter();
    for path in files
        .map(|entry| entry.unwrap().into_path())
        .filter(|path| path.is_file())
    {
        let file = std::fs::File::options()
            .read(true)
            .write(true)
            .open(path)
            .unwrap();
        let mut bytes = [0; 16];
        if file.read_exact_at(&mut bytes, 300_000).is_ok() && bytes == shared.content[place..place + 16] {
            file.write_all_at(&[!bytes[0]], 300_000).unwrap();
        }
    }
    let mut stream = shared.connect().await;
    let request = shared.request("GET", "");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut all = Vec::new();
    let _ = stream.read_to_end(&mut all).await;
    let (head, body) = split(&all);
    assert!(head.starts_with("HTTP/1.1 200 "), "{head}");
    assert!(
        body.len() <= place && shared.content.starts_with(body),
        "{}",
        body.len()
    );
    student.get("/healthz").await.expect(200);
}
