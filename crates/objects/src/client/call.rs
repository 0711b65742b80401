//! One S3 request: signed in its headers, sent again where that is safe, its refusal read.
use super::S3ObjectStore;
use super::identity::Signing;
use super::refusal::{self, Failure, Refusal};
use crate::sigv4::{ALGORITHM, CanonicalRequest, amz_timestamp, encode, sha256_hex, string_to_sign};
use bytes::Bytes;
use futures::TryStreamExt as _;
use homeroom_core::ports::object_store::{ByteStream, ObjectError};
use http::{HeaderMap, HeaderValue, Method, Request, StatusCode, header};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// After so long nothing is sent again: somebody waits, and whoever can wait longer is a job, which
/// tries again by itself.
const BUDGET: Duration = Duration::from_millis(700);
const FIRST_PAUSE: Duration = Duration::from_millis(40);
/// A clock is corrected, or keys are renewed, and then it must do.
const MOST_CORRECTIONS: u32 = 2;
/// Renewing keys must not make anybody wait.
const RENEWAL_PATIENCE: Duration = Duration::from_millis(800);
/// The longest document that a service may answer with.
const LARGEST_DOCUMENT: usize = 32 * 1024 * 1024;

/// A request before it is signed.
pub struct Call<'a> {
    pub method: Method,
    /// The object, or empty for the bucket.
    pub key: &'a str,
    pub query: Vec<(&'a str, &'a str)>,
    pub headers: Vec<(&'static str, String)>,
    pub body: Bytes,
    /// Whether sending it twice does no harm.
    pub repeatable: bool,
}

impl<'a> Call<'a> {
    /// Without parameters and body.
    pub fn new(method: Method, key: &'a str) -> Self {
        Self {
            method,
            key,
            query: Vec::new(),
            headers: Vec::new(),
            body: Bytes::new(),
            repeatable: true,
        }
    }

    pub fn query(mut self, name: &'a str, value: &'a str) -> Self {
        self.query.push((name, value));
        self
    }

    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub fn body(mut self, body: impl Into<Bytes>) -> Self {
        self.body = body.into();
        self
    }
}

/// What came back.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: ByteStream,
}

impl Answer {
    /// The whole body, which is a document of bounded size.
    pub async fn document(self) -> Result<Vec<u8>, ObjectError> {
        let gathered = self.body.try_fold(Vec::new(), |mut document, bytes| async move {
            if document.len() + bytes.len() > LARGEST_DOCUMENT {
                return Err(ObjectError::Unavailable(
                    "the service's answer is too long".into(),
                ));
            }
            document.extend_from_slice(&bytes);
            Ok(document)
        });
        gathered.await
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

impl S3ObjectStore {
    /// Sends a call and gives its answer; a refusal is a failure.
    pub(super) async fn call(&self, call: &Call<'_>) -> Result<Answer, Failure> {
        let begun = Instant::now();
        let mut pause = FIRST_PAUSE;
        let mut corrections = 0;
        let mut doubted = false;
        self.transport.admit()?;
        loop {
            let signing = self.keys.current();
            let mut failure = match self.send(call, &signing).await {
                Ok(answer) => return Ok(answer),
                Err(failure) => failure,
            };
            doubted |= failure.leaves_doubt();
            if let Failure::Refused(refusal) = &mut failure {
                refusal.doubted = doubted;
            }
            if corrections < MOST_CORRECTIONS && self.corrects(&failure, &signing).await {
                corrections += 1;
                continue;
            }
            let again = passes(&failure, call.repeatable) && self.transport.may_recover();
            if !again || begun.elapsed() + pause > BUDGET {
                self.transport.give_up(&failure);
                return Err(failure);
            }
            tokio::time::sleep(jittered(pause)).await;
            pause *= 2;
        }
    }

    /// Sends once. A refusal of a HEAD has no document, so its reason is asked for with a GET.
    async fn send(&self, call: &Call<'_>, signing: &Signing) -> Result<Answer, Failure> {
        let outcome = self.send_once(call, signing).await;
        match &outcome {
            Err(Failure::Refused(refusal)) if refusal.is_riddle() && call.method == Method::HEAD => {
                match self.send_once(&self.glance(), signing).await {
                    Err(Failure::Refused(reason)) => Err(Failure::Refused(reason)),
                    _ => outcome,
                }
            }
            _ => outcome,
        }
    }

    /// Sends once and hears the service's time.
    async fn send_once(&self, call: &Call<'_>, signing: &Signing) -> Result<Answer, Failure> {
        if signing.expires_at.is_some_and(|end| end <= self.clock.now()) {
            return Err(Failure::Refused(Refusal::keys_have_ended(&self.endpoint)));
        }
        let (parts, body) = self.transport.send(self.sign(call, signing)?).await?.into_parts();
        let answer = Answer {
            status: parts.status,
            headers: parts.headers,
            body,
        };
        if let Some(date) = answer.header("date") {
            self.clock.hear(date);
        }
        if answer.status.is_success() {
            Ok(answer)
        } else {
            Err(Failure::Refused(refusal::read(answer, &self.endpoint).await))
        }
    }

    /// Whether something has been put right on our side, so that the same call may succeed.
    async fn corrects(&self, failure: &Failure, signing: &Arc<Signing>) -> bool {
        match failure.code() {
            // What the answer's date said has been heard already.
            "RequestTimeTooSkewed" | "RequestExpired" => !self.clock.ahead().is_zero(),
            "ExpiredToken" | "InvalidToken" | "TokenRefreshRequired" => {
                let renewal = self.keys.renew(signing);
                tokio::time::timeout(RENEWAL_PATIENCE, renewal)
                    .await
                    .unwrap_or(false)
            }
            _ => false,
        }
    }

    fn sign(&self, call: &Call<'_>, signing: &Signing) -> Result<Request<Bytes>, Failure> {
        let timestamp = amz_timestamp(self.clock.now());
        let payload = sha256_hex(&call.body);
        let origin = self.endpoint.origin();
        let authority = origin.split_once("://").map_or("", |(_, authority)| authority);
        let path = self.endpoint.path(call.key);
        let mut headers: Vec<(String, String)> = call
            .headers
            .iter()
            .map(|(name, value)| ((*name).to_owned(), value.trim().to_owned()))
            .collect();
        headers.push(("host".to_owned(), authority.to_owned()));
        headers.push(("x-amz-content-sha256".to_owned(), payload.clone()));
        headers.push(("x-amz-date".to_owned(), timestamp.clone()));
        if let Some(token) = &signing.session_token {
            headers.push(("x-amz-security-token".to_owned(), token.expose().to_owned()));
        }
        let query = call
            .query
            .iter()
            .map(|(name, value)| (encode(name), encode(value)))
            .collect();
        let mut canonical = CanonicalRequest {
            method: call.method.as_str(),
            path: &path,
            query,
            headers,
            payload: &payload,
        };
        let text = canonical.write();
        let day = &timestamp[..8];
        let scope = signing.signer.scope(day);
        let signature = signing
            .signer
            .sign(day, &string_to_sign(&timestamp, &scope, &text));
        let authorization = format!(
            "{ALGORITHM} Credential={}/{scope}, SignedHeaders={}, Signature={signature}",
            signing.signer.access_key(),
            canonical.signed_headers()
        );
        let pairs: Vec<String> = canonical
            .query
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let separator = if pairs.is_empty() { "" } else { "?" };
        let uri = format!("{origin}{path}{separator}{}", pairs.join("&"));
        let mut request = Request::builder()
            .method(call.method.clone())
            .uri(uri)
            .header(header::AUTHORIZATION, authorization)
            .header(header::CONTENT_LENGTH, call.body.len());
        for (name, value) in &canonical.headers {
            let value = HeaderValue::from_str(value).map_err(|error| invalid(&error))?;
            request = request.header(name.as_str(), value);
        }
        request.body(call.body.clone()).map_err(|error| invalid(&error))
    }
}

/// Whether the same call may succeed a moment later and may be sent again.
fn passes(failure: &Failure, repeatable: bool) -> bool {
    match failure {
        Failure::Lost { sent, .. } => repeatable || !sent,
        Failure::Refused(refusal) => {
            let slow = matches!(
                refusal.code.as_str(),
                "SlowDown" | "TooManyRequests" | "RequestLimitExceeded"
            ) || refusal.status == StatusCode::TOO_MANY_REQUESTS;
            let passing = refusal.status.is_server_error() && refusal.status != StatusCode::NOT_IMPLEMENTED;
            slow || (passing && repeatable)
        }
    }
}

/// Between half of a pause and all of it, so that callers who were refused together come back apart.
fn jittered(pause: Duration) -> Duration {
    pause.mul_f64(rand::random_range(0.5..=1.0))
}

/// Our own mistake, and not a sign that nobody is there.
fn invalid(error: &dyn std::fmt::Display) -> Failure {
    Failure::Refused(Refusal {
        code: "InvalidRequest".to_owned(),
        status: StatusCode::BAD_REQUEST,
        advice: format!("the request cannot be written: {error}"),
        doubted: false,
    })
}
