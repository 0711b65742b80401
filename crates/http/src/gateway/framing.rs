//! Follows the framing of HTTP/1 requests on a connection and finds the shapes with which one
//! server is made to see other requests than the next (RFC 9112 §11.2; HARDENING 50).
//!
//! The HTTP library forgives some of them, so the raw bytes are judged before it sees them. A
//! state machine that keeps nothing but an unfinished head: bodies of known length and the data of
//! chunks are counted down, not looked at.

/// All trailers of a request together.
const MAX_TRAILER_BYTES: usize = 16 * 1024;

/// What is to become of the connection. `keep` is how many of the observed bytes are good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Violation {
    /// A head that is malformed or ambiguous: 400.
    Head { keep: usize },
    /// A head beyond the limit: 431. Says whether even its first line is unfinished.
    HeadTooLarge { keep: usize, in_request_line: bool },
    /// A chunked body that is malformed: the body ends here.
    Body { keep: usize },
}

/// The position within the stream of requests.
pub(super) struct Framing {
    state: State,
    max_head_bytes: usize,
}

enum State {
    Head(Head),
    /// This many bytes of body are to come.
    Sized(u64),
    Chunked {
        at: Chunk,
        trailer_bytes: usize,
    },
}

/// A head as far as it has arrived.
#[derive(Default)]
struct Head {
    /// Of earlier reads; empty when the head began in this one.
    partial: Vec<u8>,
    bytes: usize,
    lines: usize,
    line_bytes: usize,
    after_cr: bool,
}

#[derive(Clone, Copy)]
enum Chunk {
    Size { value: u64, digits: u8 },
    SizeLf { value: u64 },
    Data { remaining: u64 },
    DataCr,
    DataLf,
    TrailerStart,
    Trailer,
    TrailerLf,
    EndLf,
}

/// How long a request's body is.
#[derive(Debug, PartialEq, Eq)]
enum Body {
    Sized(u64),
    Chunked,
}

struct Malformed;

impl Framing {
    pub(super) fn new(max_head_bytes: usize) -> Self {
        Self {
            state: State::Head(Head::default()),
            max_head_bytes,
        }
    }

    /// Between two requests, or before the first.
    pub(super) fn is_at_boundary(&self) -> bool {
        matches!(&self.state, State::Head(head) if head.bytes == 0)
    }

    /// Within a head.
    pub(super) fn is_in_head(&self) -> bool {
        matches!(&self.state, State::Head(head) if head.bytes > 0)
    }

    /// Judges the next bytes of the stream. After an error nothing more may be observed.
    pub(super) fn observe(&mut self, bytes: &[u8]) -> Result<(), Violation> {
        let mut at = 0;
        while at < bytes.len() {
            at = match &mut self.state {
                State::Head(_) => self.observe_head(bytes, at)?,
                State::Sized(remaining) => {
                    let (taken, left) = countdown(*remaining, bytes.len() - at);
                    *remaining = left;
                    if left == 0 {
                        self.state = State::Head(Head::default());
                    }
                    at + taken
                }
                State::Chunked { .. } => self.observe_chunked(bytes, at)?,
            };
        }
        Ok(())
    }

    fn observe_head(&mut self, bytes: &[u8], start: usize) -> Result<usize, Violation> {
        let State::Head(head) = &mut self.state else {
            return Ok(start);
        };
        for (offset, byte) in bytes[start..].iter().enumerate() {
            let complete = head
                .push(*byte)
                .map_err(|Malformed| Violation::Head { keep: start })?;
            if complete {
                let end = start + offset + 1;
                let body = head
                    .judge(&bytes[start..end])
                    .map_err(|Malformed| Violation::Head { keep: start })?;
                self.state = match body {
                    Body::Sized(0) => State::Head(Head::default()),
                    Body::Sized(length) => State::Sized(length),
                    Body::Chunked => State::Chunked {
                        at: Chunk::Size { value: 0, digits: 0 },
                        trailer_bytes: 0,
                    },
                };
                return Ok(end);
            }
            if head.bytes > self.max_head_bytes {
                return Err(Violation::HeadTooLarge {
                    keep: start + offset + 1,
                    in_request_line: head.lines == 0,
                });
            }
        }
        if head.bytes > 0 {
            head.partial.extend_from_slice(&bytes[start..]);
        }
        Ok(bytes.len())
    }

    fn observe_chunked(&mut self, bytes: &[u8], start: usize) -> Result<usize, Violation> {
        let State::Chunked { at, trailer_bytes } = &mut self.state else {
            return Ok(start);
        };
        let mut place = start;
        while place < bytes.len() {
            if let Chunk::Data { remaining } = at {
                let (taken, left) = countdown(*remaining, bytes.len() - place);
                *at = if left == 0 {
                    Chunk::DataCr
                } else {
                    Chunk::Data { remaining: left }
                };
                place += taken;
                continue;
            }
            if matches!(at, Chunk::TrailerStart | Chunk::Trailer) {
                *trailer_bytes += 1;
            }
            let next = at
                .after(bytes[place])
                .filter(|_| *trailer_bytes <= MAX_TRAILER_BYTES);
            let Some(next) = next else {
                return Err(Violation::Body { keep: place });
            };
            place += 1;
            match next {
                Step::At(next) => *at = next,
                Step::End => {
                    self.state = State::Head(Head::default());
                    return Ok(place);
                }
            }
        }
        Ok(place)
    }
}

enum Step {
    At(Chunk),
    End,
}

impl Chunk {
    /// Where one byte leads, if it may stand here (RFC 9112 §7.1). Chunk extensions are refused:
    /// nobody sends them but to confuse.
    fn after(self, byte: u8) -> Option<Step> {
        let next = match (self, byte) {
            (Self::Size { value, digits }, _) if byte.is_ascii_hexdigit() && digits < 16 => Self::Size {
                value: value << 4 | u64::from((byte as char).to_digit(16)?),
                digits: digits + 1,
            },
            (Self::Size { value, digits: 1.. }, b'\r') => Self::SizeLf { value },
            (
                Self::SizeLf {
                    value: remaining @ 1..,
                },
                b'\n',
            ) => Self::Data { remaining },
            (Self::DataCr, b'\r') => Self::DataLf,
            (Self::DataLf, b'\n') => Self::Size { value: 0, digits: 0 },
            (Self::TrailerStart, b'\r') => Self::EndLf,
            (Self::TrailerStart, b'!'..=b'~') | (Self::Trailer, b' '..=b'~' | b'\t') => Self::Trailer,
            (Self::Trailer, b'\r') => Self::TrailerLf,
            (Self::SizeLf { value: 0 } | Self::TrailerLf, b'\n') => Self::TrailerStart,
            (Self::EndLf, b'\n') => return Some(Step::End),
            _ => return None,
        };
        Some(Step::At(next))
    }
}

impl Head {
    /// Takes one byte; says whether it ends the head. Lines end with CR LF and nothing else.
    fn push(&mut self, byte: u8) -> Result<bool, Malformed> {
        if self.after_cr != (byte == b'\n') || byte == 0 {
            return Err(Malformed);
        }
        self.after_cr = byte == b'\r';
        match byte {
            b'\n' if self.line_bytes == 0 && self.lines == 0 => {
                // An empty line before a request is passed over (RFC 9112 §2.2).
                *self = Self::default();
                return Ok(false);
            }
            b'\n' if self.line_bytes == 0 => return Ok(true),
            b'\n' => {
                self.lines += 1;
                self.line_bytes = 0;
            }
            b'\r' => {}
            _ => self.line_bytes += 1,
        }
        self.bytes += 1;
        Ok(false)
    }

    /// Judges the whole head, of which `rest` arrived last.
    fn judge(&mut self, rest: &[u8]) -> Result<Body, Malformed> {
        if self.partial.is_empty() {
            return judge_head(rest);
        }
        self.partial.extend_from_slice(rest);
        judge_head(&self.partial)
    }
}

fn countdown(remaining: u64, available: usize) -> (usize, u64) {
    let taken = usize::try_from(remaining).map_or(available, |remaining| remaining.min(available));
    (taken, remaining - taken as u64)
}

/// Judges a head whose lines all end with CR LF.
fn judge_head(head: &[u8]) -> Result<Body, Malformed> {
    let mut lines = head
        .split(|byte| *byte == b'\n')
        .map(|line| line.strip_suffix(b"\r").unwrap_or(line))
        .skip_while(|line| line.is_empty());
    let request = RequestLine::parse(lines.next().ok_or(Malformed)?)?;
    let (mut length, mut chunked, mut host) = (None, false, None);
    for line in lines.take_while(|line| !line.is_empty()) {
        let (name, value) = field(line)?;
        if name.eq_ignore_ascii_case(b"content-length") {
            let twice = length.replace(decimal(value)?).is_some();
            (!twice).then_some(()).ok_or(Malformed)?;
        } else if name.eq_ignore_ascii_case(b"transfer-encoding") {
            let good = !chunked && request.is_http_11 && value.eq_ignore_ascii_case(b"chunked");
            chunked = good.then_some(true).ok_or(Malformed)?;
        } else if name.eq_ignore_ascii_case(b"host") {
            let twice = host.replace(value).is_some();
            (!twice).then_some(()).ok_or(Malformed)?;
        }
    }
    request.check_host(host)?;
    match (length, chunked) {
        (Some(_), true) => Err(Malformed),
        (None, true) => Ok(Body::Chunked),
        (length, false) => Ok(Body::Sized(length.unwrap_or(0))),
    }
}

struct RequestLine<'a> {
    method: &'a [u8],
    target: &'a [u8],
    is_http_11: bool,
}

impl<'a> RequestLine<'a> {
    fn parse(line: &'a [u8]) -> Result<Self, Malformed> {
        let mut parts = line.split(|byte| *byte == b' ');
        let (Some(method), Some(target), Some(version), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(Malformed);
        };
        let is_http_11 = match version {
            b"HTTP/1.1" => true,
            b"HTTP/1.0" => false,
            _ => return Err(Malformed),
        };
        let good = !method.is_empty()
            && method.iter().all(|byte| is_token(*byte))
            && !target.is_empty()
            && target.iter().all(u8::is_ascii_graphic);
        good.then_some(Self {
            method,
            target,
            is_http_11,
        })
        .ok_or(Malformed)
    }

    /// The target is a path, `*`, or a URL of the very host that the `Host` field names.
    fn check_host(&self, host: Option<&[u8]>) -> Result<(), Malformed> {
        let good = match self.target {
            [b'/', ..] => host.is_some() || !self.is_http_11,
            b"*" => self.method == b"OPTIONS" && (host.is_some() || !self.is_http_11),
            target => {
                let authority = target
                    .strip_prefix(b"http://")
                    .or_else(|| target.strip_prefix(b"https://"))
                    .and_then(|rest| rest.split(|byte| matches!(byte, b'/' | b'?' | b'#')).next())
                    .ok_or(Malformed)?;
                host.is_some_and(|host| host.eq_ignore_ascii_case(authority))
            }
        };
        good.then_some(()).ok_or(Malformed)
    }
}

/// A field line: a token, a colon without space before it, a value without control characters.
/// A folded line (RFC 9112 §5.2) begins with a space and so has no token.
fn field(line: &[u8]) -> Result<(&[u8], &[u8]), Malformed> {
    let colon = line.iter().position(|byte| *byte == b':').ok_or(Malformed)?;
    let (name, value) = (&line[..colon], &line[colon + 1..]);
    let good = !name.is_empty()
        && name.iter().all(|byte| is_token(*byte))
        && value
            .iter()
            .all(|byte| *byte == b'\t' || !byte.is_ascii_control());
    good.then(|| (name, value.trim_ascii())).ok_or(Malformed)
}

fn decimal(value: &[u8]) -> Result<u64, Malformed> {
    let text = std::str::from_utf8(value).map_err(|_| Malformed)?;
    let digits = !text.is_empty() && text.len() <= 19 && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten().ok_or(Malformed)
}

/// A character of a token (RFC 9110 §5.6.2).
fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

#[cfg(test)]
#[path = "framing_tests.rs"]
mod tests;
