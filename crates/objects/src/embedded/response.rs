//! What the endpoint answers with: XML, nothing, or an object's bytes.
use super::error::S3Error;
use super::object_body::ObjectBody;
use crate::xml::Writer;
use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header};
use http_body::{Body, Frame, SizeHint};
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

/// A response's body. Its errors cut the connection: the client sees that bytes are missing.
pub enum ResponseBody {
    /// At most one piece.
    Full(Option<Bytes>),
    /// As it is read from disk.
    Object(Box<ObjectBody>),
}

impl ResponseBody {
    /// No bytes.
    pub const fn empty() -> Self {
        Self::Full(None)
    }
}

impl Body for ResponseBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        match &mut *self {
            Self::Full(bytes) => Poll::Ready(bytes.take().map(|bytes| Ok(Frame::data(bytes)))),
            Self::Object(body) => Pin::new(body.as_mut()).poll_frame(context),
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Full(bytes) => bytes.is_none(),
            Self::Object(body) => body.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Full(bytes) => SizeHint::with_exact(bytes.as_ref().map_or(0, |bytes| bytes.len() as u64)),
            Self::Object(body) => body.size_hint(),
        }
    }
}

/// A status without a body.
pub fn empty(status: StatusCode) -> Response<ResponseBody> {
    let mut response = Response::new(ResponseBody::empty());
    *response.status_mut() = status;
    response
}

/// A document.
pub fn xml(document: String) -> Response<ResponseBody> {
    let mut response = Response::new(ResponseBody::Full(Some(Bytes::from(document))));
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static("application/xml"));
    response
}

/// A refusal, as S3 words it. An answer to HEAD has no body.
pub fn refusal(error: &S3Error, resource: &str, request_id: &str, head: bool) -> Response<ResponseBody> {
    let mut response = if head {
        empty(error.status())
    } else {
        let mut writer = Writer::new();
        writer.nest("Error", |writer| {
            writer.text("Code", error.code.name());
            writer.text("Message", &error.message);
            writer.text("Resource", resource);
            writer.text("RequestId", request_id);
        });
        xml(writer.finish())
    };
    *response.status_mut() = error.status();
    response
}
