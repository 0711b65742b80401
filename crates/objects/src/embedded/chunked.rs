//! The body format `aws-chunked`: lengths, signatures and trailers among the bytes.
//!
//! See [signed chunks](https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html) and
//! [trailers](https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html).
//! Data passes through without being copied; the caller keeps it invisible until [`Decoder::end`]
//! has said that all signatures held.
use super::authenticate::ChunkSeed;
use super::error::{Code, S3Error, S3Result};
use crate::sigv4::{EMPTY_SHA256, Signer, sha256_hex};
use aws_lc_rs::digest;
use bytes::{Buf, Bytes, BytesMut};
use std::sync::Arc;

/// The longest line between data: a chunk's head or a trailer.
const LONGEST_LINE: usize = 1_024;
/// The most trailer lines.
const MOST_TRAILERS: usize = 8;

enum State {
    Head,
    Data { left: u64, signature: Option<String> },
    DataEnd { signature: Option<String> },
    Trailers,
    Done,
}

/// Reads one body.
pub struct Decoder {
    state: State,
    line: BytesMut,
    signing: Option<(Arc<Signer>, ChunkSeed)>,
    hash: digest::Context,
    has_trailer: bool,
    trailers: Vec<(String, String)>,
    signed_trailers: String,
}

impl Decoder {
    /// For a body whose chunks are signed where `seed` is present.
    pub fn new(signer: Arc<Signer>, seed: Option<ChunkSeed>, has_trailer: bool) -> Self {
        Self {
            state: State::Head,
            line: BytesMut::new(),
            signing: seed.map(|seed| (signer, seed)),
            hash: digest::Context::new(&digest::SHA256),
            has_trailer,
            trailers: Vec::new(),
            signed_trailers: String::new(),
        }
    }

    /// Takes what arrived and appends the data in it to `data`.
    pub fn feed(&mut self, mut input: Bytes, data: &mut Vec<Bytes>) -> S3Result<()> {
        while !input.is_empty() {
            if let State::Data { left, .. } = &mut self.state {
                let take = usize::try_from(*left).unwrap_or(usize::MAX).min(input.len());
                let piece = input.split_to(take);
                *left -= take as u64;
                let done = *left == 0;
                if self.signing.is_some() {
                    self.hash.update(&piece);
                }
                data.push(piece);
                if done {
                    self.end_data();
                }
            } else if let Some(line) = self.take_line(&mut input)? {
                self.read_line(&line)?;
            }
        }
        Ok(())
    }

    /// The trailers, once the body is complete.
    pub fn end(self) -> S3Result<Vec<(String, String)>> {
        match self.state {
            State::Done => Ok(self.trailers),
            // Some clients leave out the last empty line.
            State::Trailers if self.line.is_empty() && !self.has_trailer => Ok(self.trailers),
            _ => Err(Code::IncompleteBody.into()),
        }
    }

    fn end_data(&mut self) {
        if let State::Data { signature, .. } = std::mem::replace(&mut self.state, State::Done) {
            self.state = State::DataEnd { signature };
        }
    }

    fn take_line(&mut self, input: &mut Bytes) -> S3Result<Option<String>> {
        let end = input.iter().position(|byte| *byte == b'\n');
        let take = end.map_or(input.len(), |place| place + 1);
        if self.line.len() + take > LONGEST_LINE {
            return Err(malformed());
        }
        self.line.extend_from_slice(&input[..take]);
        input.advance(take);
        if end.is_none() {
            return Ok(None);
        }
        let line = self.line.split();
        let text = std::str::from_utf8(&line).map_err(|_| malformed())?;
        let text = text
            .strip_suffix('\n')
            .map(|text| text.strip_suffix('\r').unwrap_or(text));
        Ok(text.map(str::to_owned))
    }

    fn read_line(&mut self, line: &str) -> S3Result<()> {
        match std::mem::replace(&mut self.state, State::Done) {
            State::Head => self.read_head(line),
            State::DataEnd { signature } => {
                if !line.is_empty() {
                    return Err(malformed());
                }
                self.check_chunk(signature.as_deref())?;
                self.state = State::Head;
                Ok(())
            }
            State::Trailers if line.is_empty() => self.finish(),
            State::Trailers => {
                self.state = State::Trailers;
                self.read_trailer(line)
            }
            State::Done | State::Data { .. } => Err(malformed()),
        }
    }

    fn read_head(&mut self, line: &str) -> S3Result<()> {
        let (size, extension) = line.split_once(';').unwrap_or((line, ""));
        if size.is_empty() || size.len() > 12 || !size.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return Err(malformed());
        }
        let left = u64::from_str_radix(size, 16).map_err(|_| malformed())?;
        let signature = extension
            .trim()
            .strip_prefix("chunk-signature=")
            .map(str::to_owned);
        if left > 0 {
            self.state = State::Data { left, signature };
            return Ok(());
        }
        self.check_chunk(signature.as_deref())?;
        self.state = State::Trailers;
        Ok(())
    }

    fn read_trailer(&mut self, line: &str) -> S3Result<()> {
        let (name, value) = line.split_once(':').ok_or_else(malformed)?;
        let (name, value) = (name.trim().to_ascii_lowercase(), value.trim());
        if !self.has_trailer || self.trailers.len() >= MOST_TRAILERS {
            return Err(malformed());
        }
        if name != "x-amz-trailer-signature" {
            self.signed_trailers.push_str(&format!("{name}:{value}\n"));
        }
        self.trailers.push((name, value.to_owned()));
        Ok(())
    }

    fn finish(&mut self) -> S3Result<()> {
        if self.has_trailer
            && let Some((signer, seed)) = &self.signing
        {
            let claimed = self
                .trailers
                .iter()
                .find(|(name, _)| name == "x-amz-trailer-signature");
            let text = format!(
                "AWS4-HMAC-SHA256-TRAILER\n{}\n{}\n{}\n{}",
                seed.timestamp,
                seed.scope,
                seed.signature,
                sha256_hex(self.signed_trailers.as_bytes())
            );
            let expected = signer.sign(&seed.timestamp[..8], &text);
            compare(&expected, claimed.map(|(_, value)| value.as_str()))?;
        }
        self.state = State::Done;
        Ok(())
    }

    fn check_chunk(&mut self, claimed: Option<&str>) -> S3Result<()> {
        let Some((signer, seed)) = &mut self.signing else {
            return Ok(());
        };
        let hash = std::mem::replace(&mut self.hash, digest::Context::new(&digest::SHA256)).finish();
        let text = format!(
            "AWS4-HMAC-SHA256-PAYLOAD\n{}\n{}\n{}\n{EMPTY_SHA256}\n{}",
            seed.timestamp,
            seed.scope,
            seed.signature,
            hex::encode(hash.as_ref())
        );
        let expected = signer.sign(&seed.timestamp[..8], &text);
        compare(&expected, claimed)?;
        seed.signature = expected;
        Ok(())
    }
}

fn compare(expected: &str, claimed: Option<&str>) -> S3Result<()> {
    let claimed = claimed.unwrap_or_default();
    aws_lc_rs::constant_time::verify_slices_are_equal(expected.as_bytes(), claimed.as_bytes())
        .map_err(|_| Code::SignatureDoesNotMatch.into())
}

fn malformed() -> S3Error {
    S3Error::new(Code::InvalidRequest, "The aws-chunked body is malformed.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sigv4::tests::documented;

    const SEED: &str = "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9";
    const FIRST: &str = "ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648";
    const SECOND: &str = "0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497";
    const LAST: &str = "b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9";

    fn decoder() -> Decoder {
        let seed = ChunkSeed {
            timestamp: "20130524T000000Z".into(),
            scope: "20130524/us-east-1/s3/aws4_request".into(),
            signature: SEED.into(),
        };
        Decoder::new(Arc::new(documented()), Some(seed), false)
    }

    fn documented_body() -> Vec<u8> {
        let mut body = format!("10000;chunk-signature={FIRST}\r\n").into_bytes();
        body.extend(vec![b'a'; 65_536]);
        body.extend(format!("\r\n400;chunk-signature={SECOND}\r\n").bytes());
        body.extend(vec![b'a'; 1_024]);
        body.extend(format!("\r\n0;chunk-signature={LAST}\r\n\r\n").bytes());
        body
    }

    fn decode(mut decoder: Decoder, body: &[u8], step: usize) -> S3Result<usize> {
        let mut data = Vec::new();
        for piece in body.chunks(step) {
            decoder.feed(Bytes::copy_from_slice(piece), &mut data)?;
        }
        decoder.end()?;
        Ok(data.iter().map(Bytes::len).sum())
    }

    #[test]
    fn documented_example_in_pieces_of_any_size() {
        let body = documented_body();
        for step in [1, 7, 1_000, body.len()] {
            assert_eq!(decode(decoder(), &body, step).unwrap(), 66_560);
        }
    }

    #[test]
    fn a_changed_byte_of_data_or_signature_is_refused() {
        for place in [20, 100, 65_000, 66_000] {
            let mut body = documented_body();
            body[place] ^= 1;
            let error = decode(decoder(), &body, 4_096).unwrap_err();
            assert_eq!(error.code, Code::SignatureDoesNotMatch, "{place}");
        }
    }

    #[test]
    fn hardening_2_a_body_that_ends_early_is_incomplete() {
        let body = documented_body();
        for end in [0, 10, 1_000, 65_700, body.len() - 3] {
            assert_eq!(
                decode(decoder(), &body[..end], 4_096).unwrap_err().code,
                Code::IncompleteBody
            );
        }
    }

    #[test]
    fn unsigned_chunks_carry_their_checksum_behind_them() {
        let mut decoder = Decoder::new(Arc::new(documented()), None, true);
        let mut data = Vec::new();
        let body = "5\r\nhello\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\r\n\r\n";
        decoder.feed(Bytes::from(body), &mut data).unwrap();
        assert_eq!(
            decoder.end().unwrap(),
            [("x-amz-checksum-crc32".to_owned(), "NhCmhg==".to_owned())]
        );
        assert_eq!(data.concat(), b"hello");
    }
}
