//! Somebody who uses the API: their session, and the few calls that most tests are made of.
use crate::school::{PASSWORD, client, pause};
use aws_lc_rs::digest::{SHA256, digest};
use bytes::Bytes;
use reqwest::{Method, RequestBuilder, StatusCode};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// A client of the API, signed in or not.
#[derive(Clone)]
pub struct Person {
    pub http: reqwest::Client,
    pub url: String,
    pub username: String,
    pub token: Option<String>,
    pub refresh: String,
    /// The cookie by which this device is known again.
    pub device: Option<String>,
}

/// What the server answered.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: reqwest::header::HeaderMap,
    pub body: Bytes,
}

impl Answer {
    /// Reads an answer to its end.
    pub async fn of(request: RequestBuilder) -> Self {
        let answer = request.send().await.unwrap();
        let (status, headers) = (answer.status(), answer.headers().clone());
        Self {
            status,
            headers,
            body: answer.bytes().await.unwrap(),
        }
    }

    /// Asserts the status.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.text());
        self
    }

    /// Asserts status and code of a problem document.
    #[track_caller]
    pub fn problem(self, status: u16, code: &str) -> Self {
        let answer = self.expect(status);
        assert_eq!(answer.header("content-type"), "application/problem+json");
        let problem = answer.json();
        assert_eq!(problem["code"], code, "{problem}");
        assert_eq!(problem["request_id"], answer.header("x-request-id"), "{problem}");
        answer
    }

    /// The body as JSON.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// A header, empty when it is absent.
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }
}

impl Person {
    /// Somebody who is not signed in.
    pub fn new(url: String) -> Self {
        Self {
            http: client(),
            url,
            username: String::new(),
            token: None,
            refresh: String::new(),
            device: None,
        }
    }

    /// Begins a session.
    pub async fn log_in(&mut self) {
        let body = json!({"login": self.username, "password": PASSWORD});
        let answer = Self {
            token: None,
            ..self.clone()
        }
        .post("/api/v1/auth/login", &body)
        .await
        .expect(200);
        let tokens = answer.json();
        self.token = Some(tokens["access_token"].as_str().unwrap().to_owned());
        self.refresh = tokens["refresh_token"].as_str().unwrap().into();
        self.device = answer.header("set-cookie").split(';').next().map(str::to_owned);
    }

    /// The same person in a session of its own.
    pub async fn again(&self) -> Self {
        let mut person = self.clone();
        person.log_in().await;
        person
    }

    /// A request to the server, with this person's token.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.url));
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    pub async fn get(&self, path: &str) -> Answer {
        Answer::of(self.request(Method::GET, path)).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        Answer::of(self.request(Method::POST, path).json(body)).await
    }

    pub async fn patch(&self, path: &str, body: &Value) -> Answer {
        Answer::of(self.request(Method::PATCH, path).json(body)).await
    }

    pub async fn put_json(&self, path: &str, body: &Value) -> Answer {
        Answer::of(self.request(Method::PUT, path).json(body)).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        Answer::of(self.request(Method::DELETE, path)).await
    }

    /// Begins an upload of so many bytes.
    pub async fn begin(&self, filename: &str, size: usize) -> Value {
        self.post("/api/v1/uploads", &json!({"filename": filename, "size": size}))
            .await
            .expect(201)
            .json()
    }

    /// Sends one part of an upload.
    pub async fn put(&self, part: &Value, content: &[u8]) -> Answer {
        let start = usize::try_from(part["offset"].as_u64().unwrap()).unwrap();
        let end = start + usize::try_from(part["size"].as_u64().unwrap()).unwrap();
        self.put_bytes(part, Bytes::copy_from_slice(&content[start..end]))
            .await
    }

    /// Sends these bytes as one part of an upload.
    pub async fn put_bytes(&self, part: &Value, body: Bytes) -> Answer {
        // Browsers say that a body is empty.
        let length = body.len();
        let mut request = self
            .http
            .put(part["url"].as_str().unwrap())
            .header("content-length", length)
            .body(body);
        for (name, value) in part["headers"].as_object().unwrap() {
            request = request.header(name, value.as_str().unwrap());
        }
        Answer::of(request).await
    }

    /// Sends every part that is missing.
    pub async fn send(&self, upload: &Value, content: &[u8]) {
        for part in upload["parts"].as_array().unwrap() {
            if part["state"] == "missing" {
                self.put(part, content).await.expect(200);
            }
        }
    }

    /// Completes an upload with these details.
    pub async fn complete(&self, upload: &Value, details: &Value) -> Answer {
        self.post(&format!("/api/v1/uploads/{}/complete", id(upload)), details)
            .await
    }

    /// Shares a file, not waiting until it was read.
    pub async fn share_unread(&self, filename: &str, content: &[u8], details: &Value) -> Value {
        let upload = self.begin(filename, content.len()).await;
        self.send(&upload, content).await;
        self.complete(&upload, details).await.expect(201).json()
    }

    /// Shares a file and waits until it was read.
    pub async fn share(&self, filename: &str, content: &[u8], details: &Value) -> Value {
        let material = self.share_unread(filename, content, details).await;
        let material = self.settled(id(&material)).await;
        assert_eq!(material["status"], "ready", "{material}");
        material
    }

    /// A material once it is ready or failed.
    pub async fn settled(&self, material: &str) -> Value {
        let path = format!("/api/v1/materials/{material}");
        self.eventually(90, async || {
            let material = self.get(&path).await.expect(200).json();
            (material["status"] != "processing").then_some(material)
        })
        .await
    }

    /// What comes about within so many seconds.
    pub async fn eventually<T>(&self, seconds: u64, look: impl AsyncFn() -> Option<T>) -> T {
        let deadline = Instant::now() + Duration::from_secs(seconds);
        loop {
            if let Some(found) = look().await {
                return found;
            }
            assert!(Instant::now() < deadline, "did not come about in {seconds} s");
            pause().await;
        }
    }

    /// What a search finds.
    pub async fn search(&self, query: &str) -> Value {
        let query: String = url::form_urlencoded::byte_serialize(query.as_bytes()).collect();
        self.get(&format!("/api/v1/search?q={query}"))
            .await
            .expect(200)
            .json()
    }

    /// The ids of the materials that a search finds.
    pub async fn found(&self, query: &str) -> Vec<String> {
        let answer = self.search(query).await;
        let hits = answer["hits"].as_array().unwrap();
        hits.iter().map(|hit| id(&hit["material"]).to_owned()).collect()
    }

    /// The content of a material, by its redirect.
    pub async fn download(&self, material: &str) -> Answer {
        let answer = self
            .get(&format!("/api/v1/materials/{material}/download"))
            .await
            .expect(302);
        Answer::of(self.http.get(answer.header("location"))).await
    }

    /// All items of a listing, by its cursors.
    pub async fn walk(&self, path: &str, limit: u32) -> Vec<Value> {
        let (mut items, mut cursor) = (Vec::new(), String::new());
        loop {
            let joint = if path.contains('?') { '&' } else { '?' };
            let page = self
                .get(&format!("{path}{joint}limit={limit}{cursor}"))
                .await
                .expect(200)
                .json();
            items.extend(page["items"].as_array().unwrap().iter().cloned());
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return items,
            }
        }
    }
}

/// The id of anything.
#[track_caller]
pub fn id(of: &Value) -> &str {
    of["id"].as_str().unwrap()
}

/// SHA-256 in hexadecimal.
pub fn sha256(content: &[u8]) -> String {
    hex::encode(digest(&SHA256, content))
}

/// Bytes that nobody else sends, of this length.
pub fn noise(length: usize) -> Vec<u8> {
    let mut state = u64::from_le_bytes(uuid::Uuid::new_v4().as_bytes()[..8].try_into().unwrap()) | 1;
    let next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()[3]
    };
    std::iter::repeat_with(next).take(length).collect()
}

/// A small document with a word of its own.
pub fn note(word: &str) -> Vec<u8> {
    format!("# Notes\n\nThe word to find here is {word}, and nothing else matters.\n").into_bytes()
}

/// A word that nobody else has.
pub fn word() -> String {
    let letters = uuid::Uuid::new_v4().simple().to_string();
    letters
        .bytes()
        .take(14)
        .map(|byte| char::from(b'a' + byte % 26))
        .collect()
}
