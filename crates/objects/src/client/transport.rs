//! How a signed request reaches its service.
use crate::embedded::{EmbeddedS3, ResponseBody};
use bytes::Bytes;
use futures::{StreamExt as _, TryStreamExt as _};
use homeroom_core::ports::object_store::{ByteStream, ObjectError};
use http::{Request, Response};
use http_body_util::{BodyDataStream, Full};
use std::io;
use std::time::Duration;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// Between two pieces of an answer.
const READ_TIMEOUT: Duration = Duration::from_secs(30);
const MOST_IDLE: usize = 64;

/// Over the network, or straight into the endpoint.
pub enum Transport {
    Remote(reqwest::Client),
    Embedded(EmbeddedS3),
}

impl Transport {
    pub fn remote() -> Result<Self, reqwest::Error> {
        let client = reqwest::Client::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            .read_timeout(READ_TIMEOUT)
            .pool_max_idle_per_host(MOST_IDLE)
            .redirect(reqwest::redirect::Policy::none())
            .build()?;
        Ok(Self::Remote(client))
    }

    /// Sends once. The error says that no answer came.
    pub async fn send(&self, request: Request<Bytes>) -> Result<Response<ByteStream>, ObjectError> {
        match self {
            Self::Remote(client) => send_remote(client, request).await,
            Self::Embedded(endpoint) => {
                let (parts, body) = endpoint.handle(request.map(Full::new)).await.into_parts();
                Ok(Response::from_parts(parts, embedded_stream(body)))
            }
        }
    }

    /// Whether a failure may be over a moment later.
    pub fn may_recover(&self) -> bool {
        matches!(self, Self::Remote(_))
    }
}

async fn send_remote(
    client: &reqwest::Client,
    request: Request<Bytes>,
) -> Result<Response<ByteStream>, ObjectError> {
    let (parts, body) = request.into_parts();
    let mut headers = parts.headers;
    // The client sets it from the URL, to the same value.
    headers.remove(http::header::HOST);
    let sent = client
        .request(parts.method, parts.uri.to_string())
        .headers(headers)
        .body(body)
        .send()
        .await;
    let answer = sent.map_err(|error| unavailable(&error.without_url()))?;
    let mut response = Response::builder().status(answer.status());
    if let Some(headers) = response.headers_mut() {
        *headers = answer.headers().clone();
    }
    let stream = answer
        .bytes_stream()
        .map_err(|error| unavailable(&error.without_url()))
        .boxed();
    response.body(stream).map_err(|error| unavailable(&error))
}

fn unavailable(error: &dyn std::fmt::Display) -> ObjectError {
    ObjectError::Unavailable(error.to_string())
}

fn embedded_stream(body: ResponseBody) -> ByteStream {
    BodyDataStream::new(body)
        .map_err(|error: io::Error| match error.kind() {
            io::ErrorKind::InvalidData => ObjectError::Damaged(error.to_string()),
            _ => ObjectError::Unavailable(error.to_string()),
        })
        .boxed()
}
