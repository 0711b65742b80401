//! One S3 request: signed in its headers, sent again where that is safe, its refusal translated.
use super::S3ObjectStore;
use super::answers::translate;
use crate::sigv4::{ALGORITHM, CanonicalRequest, amz_timestamp, encode, sha256_hex, string_to_sign};
use bytes::Bytes;
use futures::TryStreamExt as _;
use homeroom_core::ports::object_store::{ByteStream, ObjectError};
use http::{HeaderMap, HeaderValue, Method, Request, StatusCode, header};
use std::time::Duration;

/// How often a request that changes nothing, or the same thing again, is sent.
const ATTEMPTS: u32 = 4;
const FIRST_PAUSE: Duration = Duration::from_millis(100);
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
    /// Whether sending it twice is the same as sending it once.
    pub repeatable: bool,
}

impl<'a> Call<'a> {
    /// Without parameters and body.
    pub fn new(method: Method, key: &'a str) -> Self {
        let repeatable = method != Method::POST;
        Self {
            method,
            key,
            query: Vec::new(),
            headers: Vec::new(),
            body: Bytes::new(),
            repeatable,
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
    /// Sends a call and gives its answer; a refusal is an error.
    pub(super) async fn call(&self, call: &Call<'_>) -> Result<Answer, ObjectError> {
        let attempts = if call.repeatable && self.transport.may_recover() {
            ATTEMPTS
        } else {
            1
        };
        let mut pause = FIRST_PAUSE;
        for attempt in 1.. {
            let outcome = match self.transport.send(self.sign(call)?).await {
                Ok(response) => {
                    let (parts, body) = response.into_parts();
                    let answer = Answer {
                        status: parts.status,
                        headers: parts.headers,
                        body,
                    };
                    if answer.status.is_success() {
                        return Ok(answer);
                    }
                    let passing =
                        answer.status.is_server_error() || answer.status == StatusCode::TOO_MANY_REQUESTS;
                    (translate(answer).await, passing)
                }
                Err(error) => (error, true),
            };
            let (error, passing) = outcome;
            if !passing || attempt >= attempts {
                return Err(error);
            }
            tokio::time::sleep(pause).await;
            pause *= 3;
        }
        Err(ObjectError::Unavailable("no attempt was made".into()))
    }

    fn sign(&self, call: &Call<'_>) -> Result<Request<Bytes>, ObjectError> {
        let timestamp = amz_timestamp(self.clock.now());
        let payload = sha256_hex(&call.body);
        let authority = self
            .origin
            .split_once("://")
            .map_or("", |(_, authority)| authority);
        let path = self.path(call.key);
        let mut headers: Vec<(String, String)> = call
            .headers
            .iter()
            .map(|(name, value)| ((*name).to_owned(), value.trim().to_owned()))
            .collect();
        headers.push(("host".to_owned(), authority.to_owned()));
        headers.push(("x-amz-content-sha256".to_owned(), payload.clone()));
        headers.push(("x-amz-date".to_owned(), timestamp.clone()));
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
        let scope = self.signer.scope(day);
        let signature = self.signer.sign(day, &string_to_sign(&timestamp, &scope, &text));
        let authorization = format!(
            "{ALGORITHM} Credential={}/{scope}, SignedHeaders={}, Signature={signature}",
            self.signer.access_key(),
            canonical.signed_headers()
        );
        let pairs: Vec<String> = canonical
            .query
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let separator = if pairs.is_empty() { "" } else { "?" };
        let uri = format!("{}{path}{separator}{}", self.origin, pairs.join("&"));
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

fn invalid(error: &dyn std::fmt::Display) -> ObjectError {
    ObjectError::Unavailable(format!("the request cannot be written: {error}"))
}
