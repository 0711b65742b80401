//! Streams that are followed, and streams that are cut, at every way of splitting them.
use super::*;
use proptest::prelude::*;

const LIMIT: usize = 64 * 1024;

/// Where the first violation begins when the stream arrives in pieces that end at `cuts`.
fn verdict(stream: &[u8], cuts: &[usize]) -> Option<&'static str> {
    let mut framing = Framing::new(LIMIT);
    let mut from = 0;
    let ends = cuts
        .iter()
        .copied()
        .filter(|cut| *cut < stream.len())
        .chain([stream.len()]);
    for end in ends {
        if end <= from {
            continue;
        }
        match framing.observe(&stream[from..end]) {
            Ok(()) => from = end,
            Err(Violation::Head { keep }) => {
                assert!(keep <= end - from);
                return Some("head");
            }
            Err(Violation::HeadTooLarge { .. }) => return Some("large"),
            Err(Violation::Body { .. }) => return Some("body"),
        }
    }
    assert!(framing.is_at_boundary(), "a whole stream ends between requests");
    None
}

/// The same verdict however the stream is split in two, and byte by byte.
#[track_caller]
fn check(stream: &str, expected: Option<&'static str>) {
    let stream = stream.as_bytes();
    for cut in 0..=stream.len() {
        assert_eq!(
            verdict(stream, &[cut]),
            expected,
            "split at {cut}: {:?}",
            String::from_utf8_lossy(stream)
        );
    }
    let all: Vec<usize> = (1..stream.len()).collect();
    assert_eq!(verdict(stream, &all), expected, "byte by byte");
}

const GOOD: [&str; 9] = [
    "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
    "\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
    "GET /a?b=c HTTP/1.0\r\n\r\n",
    "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
    "GET http://a:80/b HTTP/1.1\r\nHost: A:80\r\n\r\n",
    "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhe\nlo",
    "POST /x HTTP/1.1\r\nhost:a\r\ncontent-length:0\r\nX-Empty:\r\n\r\n",
    "PUT /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n5\r\nhello\r\n0A\r\n0123456789\r\n0\r\n\r\n",
    "PUT /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n\n\r\n0\r\nX-Sum: abc\r\nY: d\r\n\r\n",
];

#[test]
fn good_requests_pass_alone_and_pipelined() {
    for request in GOOD {
        check(request, None);
    }
    check(&GOOD.concat(), None);
}

#[test]
fn hardening_50_ambiguous_heads_are_violations() {
    let bad = [
        // CL.TE, TE.CL
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nG",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n",
        // two lengths, different and equal, in one field or two
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1, 1\r\n\r\na",
        // lengths that are none
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\na",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0x1\r\n\r\na",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\na",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length:\r\n\r\na",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1 1\r\n\r\na",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\na",
        // codings that are not exactly "chunked"
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: identity\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        // white space before the colon, folded lines, no colon, no name
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length : 1\r\n\r\na",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding\t: chunked\r\n\r\n0\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nX: b\r\n c\r\n\r\n",
        "GET / HTTP/1.1\r\n Host: a\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nX\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\n: b\r\n\r\n",
        // line ends that are not CR LF
        "GET / HTTP/1.1\nHost: a\n\n",
        "GET / HTTP/1.1\r\nHost: a\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\n\n",
        "GET / HTTP/1.1\r\nHost: a\rX: b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\r\n\r\n",
        "\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
        // NUL and other control characters
        "GET / HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nX: a\x7fb\r\n\r\n",
        // request lines
        "GET  / HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /a b HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET / HTTP/1.1 \r\nHost: a\r\n\r\n",
        "GET / HTTP/1.2\r\nHost: a\r\n\r\n",
        "GET / http/1.1\r\nHost: a\r\n\r\n",
        "GET /\r\nHost: a\r\n\r\n",
        "G(T / HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET a HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET * HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /\u{fc} HTTP/1.1\r\nHost: a\r\n\r\n",
        "CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n",
        // hosts
        "GET / HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n",
        "GET http://b/ HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET http://a@b/ HTTP/1.1\r\nHost: b\r\n\r\n",
        "GET http://a/ HTTP/1.1\r\n\r\n",
    ];
    for request in bad {
        check(request, Some("head"));
        check(&format!("{}{request}", GOOD[5]), Some("head"));
    }
}

#[test]
fn hardening_50_malformed_chunks_are_violations() {
    let bodies = [
        "5\nhello\r\n0\r\n\r\n",
        "5 \r\nhello\r\n0\r\n\r\n",
        " 5\r\nhello\r\n0\r\n\r\n",
        "0x5\r\nhello\r\n0\r\n\r\n",
        "+5\r\nhello\r\n0\r\n\r\n",
        "-5\r\nhello\r\n0\r\n\r\n",
        "\r\nhello\r\n0\r\n\r\n",
        "5;a=b\r\nhello\r\n0\r\n\r\n",
        "5\rhello\r\n0\r\n\r\n",
        "5\r\nhello0\r\n\r\n",
        "5\r\nhello\n0\r\n\r\n",
        "4\r\nhello\r\n0\r\n\r\n",
        "00000000000000005\r\nhello\r\n0\r\n\r\n",
        "0\r\n\n",
        "0\r\nX: a\n\r\n",
        "0\r\nGET / HTTP/1.1\nHost: a\n\n",
        "0\r\n folded\0\r\n\r\n",
    ];
    for body in bodies {
        check(
            &format!("PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n{body}"),
            Some("body"),
        );
    }
}

#[test]
fn hardening_48_a_head_beyond_the_limit_is_told_apart() {
    let long = "x".repeat(LIMIT);
    assert_eq!(
        verdict(
            format!("GET / HTTP/1.1\r\nHost: a\r\nX: {long}\r\n\r\n").as_bytes(),
            &[]
        ),
        Some("large")
    );
    assert_eq!(
        verdict(format!("GET /{long} HTTP/1.1\r\nHost: a\r\n\r\n").as_bytes(), &[]),
        Some("large")
    );
}

#[test]
fn endless_trailers_are_a_violation() {
    let trailers = "X: aaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n".repeat(1_000);
    let stream =
        format!("PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n{trailers}\r\n");
    assert_eq!(verdict(stream.as_bytes(), &[]), Some("body"));
}

proptest! {
    #[test]
    fn any_pipeline_passes_however_it_is_split(
        picks in prop::collection::vec(0..GOOD.len(), 1..6),
        cuts in prop::collection::btree_set(0_usize..900, 0..40),
    ) {
        let stream: String = picks.into_iter().map(|pick| GOOD[pick]).collect();
        let cuts: Vec<usize> = cuts.into_iter().collect();
        prop_assert_eq!(verdict(stream.as_bytes(), &cuts), None);
    }

    #[test]
    fn any_bytes_have_one_verdict_however_they_are_split(
        stream in prop::collection::vec(prop::sample::select(&b"GET / HTTP1.\r\n:aHostContent-Lengh0 5"[..]), 1..120),
        cut in 0_usize..120,
    ) {
        let judge = |cuts: &[usize]| {
            let mut framing = Framing::new(LIMIT);
            let mut from = 0;
            for end in cuts.iter().copied().filter(|cut| *cut < stream.len()).chain([stream.len()]) {
                if framing.observe(&stream[from..end]).is_err() {
                    return false;
                }
                from = end;
            }
            true
        };
        prop_assert_eq!(judge(&[]), judge(&[cut]));
    }

    #[test]
    fn a_body_of_any_content_is_passed_over(content in prop::collection::vec(any::<u8>(), 0..300), cut in 0_usize..400) {
        let mut stream = format!("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: {}\r\n\r\n", content.len()).into_bytes();
        stream.extend(&content);
        stream.extend(GOOD[0].as_bytes());
        prop_assert_eq!(verdict(&stream, &[cut]), None);
    }
}
