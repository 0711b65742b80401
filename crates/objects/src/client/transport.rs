//! How a signed request reaches its service, and how soon it is clear that nobody is there.
use super::health::Health;
use super::identity::chain;
use super::refusal::Failure;
use crate::embedded::{EmbeddedS3, ResponseBody};
use bytes::Bytes;
use futures::{StreamExt as _, TryStreamExt as _};
use homeroom_core::ports::object_store::{ByteStream, ObjectError};
use http::{Request, Response};
use http_body_util::{BodyDataStream, Full};
use std::io;
use std::time::{Duration, Instant};

/// For name, connection and TLS together. With it a call is answered within a second.
const CONNECT_TIMEOUT: Duration = Duration::from_millis(900);
/// After so long without an answer to anybody the service is knocked at, and after as long again
/// it counts as silent.
const SUSPICION: Duration = Duration::from_millis(450);
/// For an answer of a service that does answer others: joining thousands of parts takes a while.
const LONGEST_WAIT: Duration = Duration::from_mins(2);
/// And so much longer for each byte that is sent: 100 KB in a second.
const WAIT_FOR_A_BYTE: Duration = Duration::from_micros(10);
/// Between two pieces of an answer.
const READ_TIMEOUT: Duration = Duration::from_secs(30);
const MOST_IDLE: usize = 64;

/// Over the network, or straight into the endpoint.
pub enum Transport {
    Remote(Remote),
    Embedded(EmbeddedS3),
}

/// A service and what is known of its state.
pub struct Remote {
    client: reqwest::Client,
    /// Where it is knocked at.
    origin: String,
    health: Health,
}

impl Transport {
    /// To the service at `origin`.
    pub fn remote(origin: &str) -> Result<Self, reqwest::Error> {
        let client = reqwest::Client::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            .pool_max_idle_per_host(MOST_IDLE)
            .redirect(reqwest::redirect::Policy::none())
            .build()?;
        Ok(Self::Remote(Remote {
            client,
            origin: origin.to_owned(),
            health: Health::default(),
        }))
    }

    /// Whether to send at all. The error says for how long nobody has answered.
    pub fn admit(&self) -> Result<(), Failure> {
        let Self::Remote(remote) = self else {
            return Ok(());
        };
        remote
            .health
            .admit(Instant::now())
            .map_err(|silent| Failure::Lost {
                why: format!(
                    "storage at {} has not answered for {} ms",
                    remote.origin,
                    silent.as_millis()
                ),
                sent: false,
            })
    }

    /// Sends once. The error says that no answer came.
    pub async fn send(&self, request: Request<Bytes>) -> Result<Response<ByteStream>, Failure> {
        match self {
            Self::Remote(remote) => remote.send(request).await,
            Self::Embedded(endpoint) => {
                let (parts, body) = endpoint.handle(request.map(Full::new)).await.into_parts();
                Ok(Response::from_parts(parts, embedded_stream(body)))
            }
        }
    }

    /// A call is given up without an answer.
    pub fn give_up(&self, failure: &Failure) {
        if let (Self::Remote(remote), Failure::Lost { why, .. }) = (self, failure) {
            remote.health.lost(why, Instant::now());
        }
    }

    /// Whether a failure may be over a moment later: not inside of this process, and not when the
    /// service is known to be silent.
    pub fn may_recover(&self) -> bool {
        match self {
            Self::Remote(remote) => !remote.health.is_silent(),
            Self::Embedded(_) => false,
        }
    }
}

impl Remote {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<ByteStream>, Failure> {
        let (parts, body) = request.into_parts();
        let mut headers = parts.headers;
        // The client sets it from the URL, to the same value.
        headers.remove(http::header::HOST);
        let bytes = u32::try_from(body.len()).unwrap_or(u32::MAX);
        let patience = LONGEST_WAIT + WAIT_FOR_A_BYTE * bytes;
        let sending = self
            .client
            .request(parts.method, parts.uri.to_string())
            .headers(headers)
            .body(body)
            .send();
        let answer = tokio::select! {
            biased;
            answer = sending => answer.map_err(|error| self.lost(error))?,
            () = self.silence(patience) => return Err(Failure::Lost {
                why: format!("storage at {} does not answer", self.origin),
                sent: true,
            }),
        };
        self.health.heard(Instant::now());
        let mut response = Response::builder().status(answer.status());
        if let Some(headers) = response.headers_mut() {
            *headers = answer.headers().clone();
        }
        let body = ByteStream::from(answer.bytes_stream().map_err(broken).boxed());
        response.body(in_time(body)).map_err(|error| Failure::Lost {
            why: error.to_string(),
            sent: true,
        })
    }

    /// Ends when the service answers nobody any more, or when patience does.
    async fn silence(&self, patience: Duration) {
        let begun = Instant::now();
        while begun.elapsed() < patience {
            let asked = Instant::now();
            tokio::time::sleep(SUSPICION).await;
            if !self.health.heard_since(asked) && !self.answers_a_knock().await {
                return;
            }
        }
    }

    /// Any answer is one, also a refusal. Another caller's answer meanwhile counts as well.
    async fn answers_a_knock(&self) -> bool {
        let asked = Instant::now();
        let knock = self.client.head(format!("{}/", self.origin)).send();
        if let Ok(Ok(_)) = tokio::time::timeout(SUSPICION, knock).await {
            self.health.heard(Instant::now());
            return true;
        }
        self.health.heard_since(asked)
    }

    fn lost(&self, error: reqwest::Error) -> Failure {
        let sent = !error.is_connect();
        Failure::Lost {
            why: format!("storage at {}: {}", self.origin, chain(&error.without_url())),
            sent,
        }
    }
}

fn broken(error: reqwest::Error) -> ObjectError {
    ObjectError::Unavailable(chain(&error.without_url()))
}

/// Ends with an error when nothing more comes for a while.
fn in_time(body: ByteStream) -> ByteStream {
    let next = |mut body: ByteStream| async move {
        match tokio::time::timeout(READ_TIMEOUT, body.next()).await {
            Ok(None) => None,
            Ok(Some(piece)) => Some((piece, body)),
            Err(_) => {
                let error = ObjectError::Unavailable("storage stopped in the middle of an answer".into());
                Some((Err(error), futures::stream::empty().boxed()))
            }
        }
    };
    futures::stream::unfold(body, next).boxed()
}

fn embedded_stream(body: ResponseBody) -> ByteStream {
    BodyDataStream::new(body)
        .map_err(|error: io::Error| match error.kind() {
            io::ErrorKind::InvalidData => ObjectError::Damaged(error.to_string()),
            _ => ObjectError::Unavailable(error.to_string()),
        })
        .boxed()
}
