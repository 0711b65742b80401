//! One request: authenticate, find the operation, answer. Nothing is looked up before the
//! signature holds.
use super::EmbeddedS3;
use super::authenticate::{Authenticated, authenticate};
use super::error::{Code, S3Error, S3Result};
use super::ops::Call;
use super::query::Target;
use super::request_body::RequestBody;
use super::response::{ResponseBody, refusal};
use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method, Request, Response, header, request::Parts};
use http_body::Body;

const LONGEST_KEY_BYTES: usize = 1_024;
/// The signed parameter that names what a signed URL was given through.
pub(crate) const THROUGH: &str = "x-homeroom-through";

/// In a request's extensions: what its URL was given through ([`EmbeddedS3::through`]) holds no longer, and neither
/// does its signature.
#[derive(Clone, Copy, Debug)]
pub struct Withdrawn;

/// On every answer: what a user uploaded is never a page of the site (HARDENING 21).
const SAFETY: [(HeaderName, HeaderValue); 6] = [
    (
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    ),
    (
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(
            "sandbox; default-src 'none'; img-src 'self'; media-src 'self'; frame-ancestors 'none'",
        ),
    ),
    (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
    (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        HeaderValue::from_static("same-origin"),
    ),
    (header::SERVER, HeaderValue::from_static("Homeroom")),
];

impl EmbeddedS3 {
    /// Whether a request to `/` or to an unknown path is meant for this endpoint: it lists buckets
    /// or comes from an S3 client. Paths below `/{bucket}` always are.
    pub fn wants(&self, parts: &Parts) -> bool {
        let path = parts.uri.path();
        let below = path
            .strip_prefix('/')
            .and_then(|path| path.strip_prefix(self.bucket()));
        let signed = parts
            .headers
            .get(header::AUTHORIZATION)
            .is_some_and(|value| value.as_bytes().starts_with(b"AWS4-HMAC-SHA256"));
        below.is_some_and(|rest| rest.is_empty() || rest.starts_with('/')) || (path == "/" && signed)
    }

    /// The digest of the function URL through which a signed URL was given, if it was. Whoever changes it breaks the
    /// signature; whether it still holds is for the caller to find out.
    pub fn through(&self, parts: &Parts) -> Option<String> {
        let target = Target::parse(&parts.uri).ok()?;
        target.get(THROUGH).map(str::to_owned)
    }

    /// Answers a request. Its URI and `Host` must be those that the client signed.
    pub async fn handle<B>(&self, request: Request<B>) -> Response<ResponseBody>
    where
        B: Body<Data = Bytes> + Unpin + Send,
    {
        let (parts, body) = request.into_parts();
        let request_id = self.inner.ids.uuid().simple().to_string();
        let answer = self.answer(&parts, body).await;
        let mut response = match answer {
            Ok(response) => response,
            Err(error) => {
                tracing::debug!(
                    request.id = request_id,
                    "object endpoint refuses: {}",
                    error.code.name()
                );
                let head = parts.method == Method::HEAD;
                let mut response = refusal(&error, parts.uri.path(), &request_id, head);
                if matches!(error.code, Code::ServiceUnavailable) {
                    response
                        .headers_mut()
                        .insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
                }
                response
            }
        };
        let headers = response.headers_mut();
        for (name, value) in SAFETY {
            headers.insert(name, value);
        }
        headers
            .entry(header::CACHE_CONTROL)
            .or_insert(HeaderValue::from_static("private"));
        if let Ok(value) = HeaderValue::try_from(request_id) {
            headers.insert("x-amz-request-id", value);
        }
        response
    }

    async fn answer<B>(&self, parts: &Parts, body: B) -> S3Result<Response<ResponseBody>>
    where
        B: Body<Data = Bytes> + Unpin + Send,
    {
        let unread = || Payload::Unsigned;
        let target = match Target::parse(&parts.uri) {
            Ok(target) => target,
            Err(error) => return self.refuse(parts, body, unread(), error).await,
        };
        let now = self.inner.clock.now();
        let Authenticated { mechanism, payload } = match authenticate(&self.inner.signer, parts, &target, now)
        {
            Ok(authenticated) => authenticated,
            Err(error) => return self.refuse(parts, body, unread(), error).await,
        };
        if parts.extensions.get::<Withdrawn>().is_some() {
            let error = S3Error::new(Code::AccessDenied, "What this was signed for was taken back.");
            return self.refuse(parts, body, payload, error).await;
        }
        let expected_payload = match &payload {
            Payload::Digest(digest) => Payload::Digest(*digest),
            _ => Payload::Unsigned,
        };
        let mut body = RequestBody::new(body, &parts.headers, payload, &self.inner.signer);
        let call = Call {
            endpoint: self,
            parts,
            target: &target,
            mechanism,
            payload: expected_payload,
            now,
            body: &mut body,
        };
        let answer = self.dispatch(call).await;
        if answer.is_err() {
            body.drain().await;
        }
        answer
    }

    async fn refuse<B>(
        &self,
        parts: &Parts,
        body: B,
        payload: Payload,
        error: S3Error,
    ) -> S3Result<Response<ResponseBody>>
    where
        B: Body<Data = Bytes> + Unpin + Send,
    {
        RequestBody::new(body, &parts.headers, payload, &self.inner.signer)
            .drain()
            .await;
        Err(error)
    }

    async fn dispatch<B>(&self, call: Call<'_, B>) -> S3Result<Response<ResponseBody>>
    where
        B: Body<Data = Bytes> + Unpin + Send,
    {
        let path = call.target.path.trim_start_matches('/');
        let (bucket, key) = path.split_once('/').unwrap_or((path, ""));
        if bucket.is_empty() {
            return call.service();
        }
        if bucket != self.inner.bucket {
            return call.foreign_bucket();
        }
        if key.is_empty() {
            return call.bucket().await;
        }
        if key.len() > LONGEST_KEY_BYTES {
            return Err(Code::KeyTooLongError.into());
        }
        if key.contains('\0') {
            return Err(S3Error::new(Code::InvalidArgument, "A key cannot contain NUL."));
        }
        let key = key.to_owned();
        call.object(key).await
    }
}

use super::authenticate::Payload;
