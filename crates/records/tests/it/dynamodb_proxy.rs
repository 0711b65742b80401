//! A proxy before the DynamoDB of the tests: it counts, limits, refuses, and cuts answers off.
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode, Uri};
use hyper_util::client::legacy::{Client, connect::HttpConnector};
use hyper_util::rt::{TokioExecutor, TokioIo};
use serde_json::{Value, json};
use std::io;
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;

/// What becomes of a request.
#[derive(Clone, Debug)]
pub(crate) enum Fault {
    /// Refused in the service's stead.
    Answer(Value),
    /// Answered in the service's stead.
    Success(Value),
    /// Answered as if the service had taken nothing of the batch.
    Unprocessed,
    /// The connection is closed before the request is passed on.
    CutBefore,
    /// The request is passed on, and the connection closed instead of the answer.
    CutAfter,
}

impl Fault {
    /// An answer with status 400 that names this error.
    pub(crate) fn error(code: &str, message: &str) -> Self {
        Self::Answer(
            json!({"__type": format!("com.amazonaws.dynamodb.v20120810#{code}"), "message": message}),
        )
    }
}

/// A fault, for operations whose name ends in one of these, for as many requests as are left.
struct Rule {
    operations: &'static [&'static str],
    fault: Fault,
    left: usize,
}

/// Requests by the names of their operations and with their bodies.
type Log = Vec<(String, Bytes)>;

struct State {
    service: Uri,
    client: Client<HttpConnector, Full<Bytes>>,
    rule: Mutex<Option<Rule>>,
    log: Mutex<Log>,
    /// The service of the tests works on one request at a time; more would only wait there.
    permits: Semaphore,
}

/// A running proxy; it ends with the test's runtime.
#[derive(Clone)]
pub(crate) struct Proxy {
    state: Arc<State>,
    endpoint: String,
}

pub(crate) const WRITES: &[&str] = &["PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems"];

impl Proxy {
    pub(crate) async fn start(service: &str) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let state = Arc::new(State {
            service: service.parse().unwrap(),
            client: Client::builder(TokioExecutor::new()).build_http(),
            rule: Mutex::new(None),
            log: Mutex::new(Vec::new()),
            permits: Semaphore::new(8),
        });
        let proxy = Self { state, endpoint };
        tokio::spawn(proxy.clone().serve(listener));
        proxy
    }

    pub(crate) fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// Lets the next `times` requests of these operations fail in this way.
    pub(crate) fn fail(&self, operations: &'static [&'static str], fault: Fault, times: usize) {
        *self.state.rule.lock().unwrap() = Some(Rule {
            operations,
            fault,
            left: times,
        });
    }

    pub(crate) fn stop_failing(&self) {
        *self.state.rule.lock().unwrap() = None;
    }

    /// The requests since this was last asked.
    pub(crate) fn take_log(&self) -> Log {
        std::mem::take(&mut *self.state.log.lock().unwrap())
    }

    async fn serve(self, listener: TcpListener) {
        while let Ok((connection, _)) = listener.accept().await {
            let proxy = self.clone();
            tokio::spawn(async move {
                let service = service_fn(move |request| proxy.clone().answer(request));
                let connection = TokioIo::new(connection);
                let served = hyper::server::conn::http1::Builder::new().serve_connection(connection, service);
                // Ends in an error where the connection is to be cut.
                let _ended = served.await;
            });
        }
    }

    async fn answer(self, request: Request<hyper::body::Incoming>) -> io::Result<Response<Full<Bytes>>> {
        let (mut parts, body) = request.into_parts();
        let body = body.collect().await.map_err(io::Error::other)?.to_bytes();
        let target = parts
            .headers
            .get("x-amz-target")
            .map(|target| target.to_str().unwrap());
        let operation = target
            .and_then(|target| target.rsplit('.').next())
            .unwrap_or_default()
            .to_owned();
        self.state
            .log
            .lock()
            .unwrap()
            .push((operation.clone(), body.clone()));
        let fault = self.fault(&operation);
        match fault {
            Some(Fault::Answer(answer)) => return Ok(refusal(&answer)),
            Some(Fault::Success(answer)) => return Ok(Response::new(Full::new(answer.to_string().into()))),
            Some(Fault::Unprocessed) => return Ok(unprocessed(&body)),
            Some(Fault::CutBefore) => return Err(io::Error::other("cut before")),
            Some(Fault::CutAfter) | None => {}
        }
        let _permit = self.state.permits.acquire().await.map_err(io::Error::other)?;
        let mut uri = self.state.service.clone().into_parts();
        uri.path_and_query = parts.uri.into_parts().path_and_query;
        parts.uri = Uri::from_parts(uri).map_err(io::Error::other)?;
        let request = Request::from_parts(parts, Full::new(body));
        let answer = self
            .state
            .client
            .request(request)
            .await
            .map_err(io::Error::other)?;
        let (parts, body) = answer.into_parts();
        let body = body.collect().await.map_err(io::Error::other)?.to_bytes();
        if fault.is_some() {
            return Err(io::Error::other("cut after"));
        }
        Ok(Response::from_parts(parts, Full::new(body)))
    }

    fn fault(&self, operation: &str) -> Option<Fault> {
        let mut rule = self.state.rule.lock().unwrap();
        let rule = rule.as_mut()?;
        if rule.left == 0 || !rule.operations.contains(&operation) {
            return None;
        }
        rule.left -= 1;
        Some(rule.fault.clone())
    }
}

fn refusal(answer: &Value) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from(answer.to_string())));
    *response.status_mut() = StatusCode::BAD_REQUEST;
    response
}

fn unprocessed(body: &Bytes) -> Response<Full<Bytes>> {
    let request: Value = serde_json::from_slice(body).unwrap();
    let items = &request["RequestItems"];
    let answer = json!({"Responses": {}, "UnprocessedKeys": items, "UnprocessedItems": items});
    Response::new(Full::new(Bytes::from(answer.to_string())))
}
