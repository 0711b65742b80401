//! The API as this command uses it: signs in, renews its tokens, retries what a retry can mend.
use crate::Failure;
use reqwest::{Method, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::Duration;
use tokio::sync::Mutex;
use url::Url;

/// Attempts for one request.
const ATTEMPTS: u32 = 6;

/// A signed-in client.
pub struct Client {
    http: reqwest::Client,
    server: Url,
    tokens: Mutex<Tokens>,
}

#[derive(Deserialize)]
struct Tokens {
    access_token: String,
    #[serde(default)]
    refresh_token: Option<String>,
}

/// An upload as the API gives it.
#[derive(Deserialize)]
pub struct Upload {
    pub id: String,
    pub filename: String,
    pub size: u64,
    pub received: u64,
    pub parts: Vec<Part>,
}

/// One of its parts.
#[derive(Clone, Deserialize)]
pub struct Part {
    pub number: u32,
    pub offset: u64,
    pub size: u64,
    pub url: Option<String>,
    pub headers: BTreeMap<String, String>,
}

/// A page of open uploads.
#[derive(Deserialize)]
pub struct UploadPage {
    pub items: Vec<Upload>,
    pub next_cursor: Option<String>,
}

impl Client {
    /// A client that holds an access token already.
    ///
    /// # Errors
    /// When the HTTP client cannot be made.
    pub fn with_token(server: Url, access_token: String) -> Result<Self, Failure> {
        Ok(Self {
            http: reqwest::Client::builder()
                .connect_timeout(Duration::from_secs(10))
                .build()?,
            server,
            tokens: Mutex::new(Tokens {
                access_token,
                refresh_token: None,
            }),
        })
    }

    /// A client that signs in.
    ///
    /// # Errors
    /// When the server does not answer or the credentials are wrong.
    pub async fn log_in(server: Url, login: String, password: String) -> Result<Self, Failure> {
        let client = Self::with_token(server, String::new())?;
        let body = json!({"login": login, "password": password});
        let answer = client
            .http
            .post(client.url("api/v1/auth/login")?)
            .json(&body)
            .send()
            .await?;
        *client.tokens.lock().await = read(answer).await?;
        Ok(client)
    }

    /// An address on the server.
    ///
    /// # Errors
    /// Never for paths of ours.
    pub fn url(&self, path: &str) -> Result<Url, Failure> {
        Ok(self.server.join(path)?)
    }

    /// Calls the API, again after a pause where that may help, with fresh tokens where they are
    /// needed.
    ///
    /// # Errors
    /// The problem's title and detail, or that the server does not answer.
    pub async fn call<T: for<'de> Deserialize<'de>>(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<T, Failure> {
        for attempt in 1.. {
            let token = self.tokens.lock().await.access_token.clone();
            let mut request = self
                .http
                .request(method.clone(), self.url(path)?)
                .bearer_auth(&token);
            if let Some(body) = body {
                request = request.json(body);
            }
            match request.timeout(Duration::from_mins(2)).send().await {
                Ok(answer) if answer.status() == StatusCode::UNAUTHORIZED && attempt < ATTEMPTS => {
                    self.renew(&token).await?;
                }
                Ok(answer) if is_passing(answer.status()) && attempt < ATTEMPTS => pause(attempt).await,
                Ok(answer) => return read(answer).await,
                Err(_) if attempt < ATTEMPTS => pause(attempt).await,
                Err(error) => return Err(error.into()),
            }
        }
        Err("the server does not answer".into())
    }

    async fn renew(&self, stale: &str) -> Result<(), Failure> {
        let mut tokens = self.tokens.lock().await;
        if tokens.access_token != stale {
            return Ok(());
        }
        let refresh = tokens
            .refresh_token
            .clone()
            .ok_or("the access token is not accepted")?;
        let body = json!({"refresh_token": refresh});
        let answer = self
            .http
            .post(self.url("api/v1/auth/refresh")?)
            .json(&body)
            .send()
            .await?;
        *tokens = read(answer).await?;
        Ok(())
    }

    /// Sends one part to its URL.
    ///
    /// # Errors
    /// The status that storage answered with, or `None` when it did not answer.
    pub async fn put(&self, part: &Part, body: reqwest::Body) -> Result<(), Option<StatusCode>> {
        let url = part.url.as_deref().ok_or(None)?;
        let mut request = self.http.put(url).header("content-length", part.size).body(body);
        for (name, value) in &part.headers {
            request = request.header(name, value);
        }
        let answer = request.send().await.map_err(|_| None)?;
        if answer.status().is_success() {
            Ok(())
        } else {
            Err(Some(answer.status()))
        }
    }
}

/// Whether asking again may get another answer.
pub fn is_passing(status: StatusCode) -> bool {
    status.is_server_error()
        || status == StatusCode::TOO_MANY_REQUESTS
        || status == StatusCode::REQUEST_TIMEOUT
}

/// Waits before attempt `attempt + 1`: 0.5, 1, 2 … seconds.
pub async fn pause(attempt: u32) {
    tokio::time::sleep(Duration::from_millis(500 << attempt.saturating_sub(1).min(5))).await;
}

async fn read<T: for<'de> Deserialize<'de>>(answer: reqwest::Response) -> Result<T, Failure> {
    let status = answer.status();
    let bytes = answer.bytes().await?;
    if status.is_success() {
        return Ok(serde_json::from_slice(&bytes)?);
    }
    let problem: Value = serde_json::from_slice(&bytes).unwrap_or_default();
    let mut text = problem["title"].as_str().unwrap_or(status.as_str()).to_owned();
    if let Some(detail) = problem["detail"].as_str() {
        text = format!("{text}: {detail}");
    }
    for error in problem["errors"].as_array().into_iter().flatten() {
        text = format!(
            "{text}; {} {}",
            error["field"].as_str().unwrap_or(""),
            error["message"].as_str().unwrap_or("")
        );
    }
    Err(text.into())
}
