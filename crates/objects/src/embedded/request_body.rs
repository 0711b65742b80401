//! A request's body as it arrives: its exact length is known before and enforced.
use super::authenticate::{Payload, header_text};
use super::checksum::{Computed, Expected, Hashes};
use super::chunked::Decoder;
use super::error::{Code, S3Error, S3Result};
use crate::sigv4::Signer;
use bytes::Bytes;
use http::{HeaderMap, header};
use http_body::Body;
use http_body_util::BodyExt as _;
use std::sync::Arc;

/// How much of a refused body is read, so that the client sees the refusal and not a reset.
const DRAINED_BYTES: usize = 256 * 1024;

/// A body of a known length.
pub struct RequestBody<B> {
    body: B,
    decoder: Option<Decoder>,
    pub length: Option<u64>,
    arrived: u64,
    trailers: Vec<(String, String)>,
    ended: bool,
    /// The client sends nothing before it is asked to.
    waits: bool,
}

impl<B> RequestBody<B>
where
    B: Body<Data = Bytes> + Unpin,
{
    /// Of a request.
    pub fn new(body: B, headers: &HeaderMap, payload: Payload, signer: &Arc<Signer>) -> Self {
        let number = |name| header_text(headers, name).and_then(|text| text.parse().ok());
        let (length, decoder) = match payload {
            Payload::Chunks { seed, trailer } => (
                number("x-amz-decoded-content-length"),
                Some(Decoder::new(Arc::clone(signer), seed, trailer)),
            ),
            Payload::Unsigned | Payload::Digest(_) => (number("content-length"), None),
        };
        let waits = headers.contains_key(header::EXPECT);
        Self {
            body,
            decoder,
            length,
            arrived: 0,
            trailers: Vec::new(),
            ended: false,
            waits,
        }
    }

    /// Of a length that is known otherwise.
    pub fn of_length(body: B, length: u64) -> Self {
        Self {
            body,
            decoder: None,
            length: Some(length),
            arrived: 0,
            trailers: Vec::new(),
            ended: false,
            waits: false,
        }
    }

    /// The announced length of the content, without the framing of chunks.
    pub fn length(&self) -> S3Result<u64> {
        self.length.ok_or(Code::MissingContentLength.into())
    }

    /// More of the content; `None` when it is there as a whole, with exactly its length.
    pub async fn next(&mut self) -> S3Result<Option<Vec<Bytes>>> {
        let length = self.length()?;
        while !self.ended {
            self.waits = false;
            let Some(frame) = self.body.frame().await else {
                return self.end(length);
            };
            let frame = frame.map_err(|_| S3Error::from(Code::IncompleteBody))?;
            let Ok(bytes) = frame.into_data() else {
                continue;
            };
            let mut data = Vec::with_capacity(1);
            match &mut self.decoder {
                Some(decoder) => decoder.feed(bytes, &mut data)?,
                None => data.push(bytes),
            }
            self.arrived += data.iter().map(|bytes| bytes.len() as u64).sum::<u64>();
            if self.arrived > length {
                return Err(S3Error::new(
                    Code::IncompleteBody,
                    "The body is longer than announced.",
                ));
            }
            if !data.is_empty() {
                return Ok(Some(data));
            }
        }
        Ok(None)
    }

    fn end(&mut self, length: u64) -> S3Result<Option<Vec<Bytes>>> {
        self.ended = true;
        if let Some(decoder) = self.decoder.take() {
            self.trailers = decoder.end()?;
        }
        if self.arrived == length {
            Ok(None)
        } else {
            Err(Code::IncompleteBody.into())
        }
    }

    /// What came behind the content; empty before it has ended.
    pub fn trailers(&self) -> &[(String, String)] {
        &self.trailers
    }

    /// The whole of a small body, checked.
    pub async fn read_document(&mut self, expected: &Expected, most_bytes: u64) -> S3Result<Vec<u8>> {
        if self.length()? > most_bytes {
            return Err(Code::MaxMessageLengthExceeded.into());
        }
        let mut document = Vec::new();
        while let Some(data) = self.next().await? {
            data.iter().for_each(|bytes| document.extend_from_slice(bytes));
        }
        let mut hashes = Hashes::new(expected.wanted(false));
        hashes.update(&document);
        let computed: Computed = hashes.finish();
        expected.check(&computed, self.trailers())?;
        Ok(document)
    }

    /// Reads a little of what is left of a refused body.
    pub async fn drain(&mut self) {
        let mut drained = 0;
        while !self.waits && !self.ended && drained < DRAINED_BYTES {
            match self.body.frame().await {
                Some(Ok(frame)) => drained += frame.data_ref().map_or(0, Bytes::len),
                Some(Err(_)) | None => break,
            }
        }
    }
}
