//! Problems as pages: whoever looks with a browser is told in words, in the frame of the site, what
//! programs are told by a problem document. It does not know who looks: a handler that does has made
//! the page already.
use super::context::Chrome;
use super::localizer::Localizer;
use super::pages::errors::{self, ErrorPage, Trouble};
use crate::gateway::request_id;
use crate::problem::PROBLEM_JSON;
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, header};

/// The layer. Everything but the media type and the body of the answer stays as it is.
pub(crate) async fn layer(request: Request, next: Next) -> Response {
    if !wants_page(request.headers(), request.uri().path()) {
        return next.run(request).await;
    }
    let t = Localizer::of(super::handlers::language(request.headers()));
    let here = request
        .uri()
        .path_and_query()
        .map_or("/", |text| text.as_str())
        .to_owned();
    let response = next.run(request).await;
    if is_problem(&response) {
        page(response, here, t)
    } else {
        response
    }
}

/// Whether a person looks, and not a program.
pub(crate) fn wants_page(headers: &HeaderMap, path: &str) -> bool {
    let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok());
    let programs = path.starts_with("/api/") || path.starts_with("/.well-known/");
    !programs && accept.is_some_and(|accept| accept.contains("text/html"))
}

fn is_problem(response: &Response) -> bool {
    response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind == PROBLEM_JSON)
}

fn page(response: Response, here: String, t: &Localizer) -> Response {
    let (mut parts, _) = response.into_parts();
    let page = ErrorPage {
        chrome: Chrome {
            here,
            user: None,
            notice: None,
            version: env!("CARGO_PKG_VERSION").into(),
        },
        trouble: Trouble::of_status(parts.status.as_u16()),
        request_id: request_id::current().map(|id| id.to_string()),
    };
    let (with_type, body) = errors::page(&page, t).into_response().into_parts();
    parts.headers.remove(header::CONTENT_LENGTH);
    parts.headers.extend(with_type.headers);
    Response::from_parts(parts, body)
}
