//! What a presigned URL signs is enforced, to the byte (HARDENING 1–6, 13, 15).
use crate::support::{Headers, Rig, noise, pairs, sha256};
use homeroom_core::ports::ObjectStore as _;
use homeroom_core::ports::object_store::ObjectKey;

#[tokio::test]
async fn a_granted_object_comes_back_as_it_was_sent() {
    let rig = Rig::new().await;
    for size in [0, 1, 65_536, 262_144, 262_145, 3_000_001] {
        let key = format!("a/{size}");
        let content = noise(size);
        let put = rig
            .send(
                &rig.grant_put(&key, size as u64, Some(sha256(&content))),
                &content,
            )
            .await;
        assert_eq!(put.status, 200, "{size}: {}", put.code());
        let got = rig.send(&rig.grant_get(&key), b"").await;
        assert_eq!(got.status, 200);
        assert!(got.body == content, "{size}");
        assert_eq!(got.header("content-type"), "text/plain; charset=utf-8");
        assert_eq!(got.header("content-disposition"), "inline; filename=\"a b.txt\"");
        assert_eq!(got.header("x-content-type-options"), "nosniff");
        assert!(
            got.header("content-security-policy")
                .starts_with("sandbox; default-src 'none'")
        );
        assert_eq!(got.header("cache-control"), "private");
        let head = rig.store.head(&ObjectKey(key)).await.unwrap().unwrap();
        assert_eq!((head.size, head.sha256), (size as u64, Some(sha256(&content))));
        assert_eq!(head.content_type.as_deref(), Some("video/mp4"));
    }
}

#[tokio::test]
async fn hardening_1_other_method_type_header_or_parameter() {
    let rig = Rig::new().await;
    let grant = rig.grant_put("k", 3, Some(sha256(b"abc")));
    let length = ("content-length".to_owned(), "3".to_owned());
    let with = |change: &dyn Fn(&mut Headers)| {
        let mut headers = pairs(&grant.headers);
        headers.push(length.clone());
        change(&mut headers);
        headers
    };
    let set = |name: &'static str, value: &'static str| {
        with(&|headers| {
            headers.retain(|(found, _)| found != name);
            headers.push((name.into(), value.into()));
        })
    };
    let good = with(&|_| {});
    let cases = [
        ("GET", grant.url.clone(), good.clone()),
        ("POST", grant.url.clone(), good.clone()),
        ("PUT", grant.url.clone(), set("content-type", "text/html")),
        ("PUT", grant.url.clone(), set("if-none-match", "\"other\"")),
        ("PUT", grant.url.clone(), set("x-amz-checksum-sha256", "AAAA")),
        (
            "PUT",
            grant.url.clone(),
            with(&|headers| headers.retain(|(name, _)| name != "if-none-match")),
        ),
        (
            "PUT",
            format!("{}&X-Amz-Date=20300101T000000Z", grant.url),
            good.clone(),
        ),
        ("PUT", format!("{}&extra=1", grant.url), good.clone()),
        (
            "PUT",
            grant.url.replace("homeroom/k", "homeroom/k2"),
            good.clone(),
        ),
        (
            "PUT",
            grant.url.replace("homeroom/k", "homeroom/%6b"),
            good.clone(),
        ),
        ("PUT", grant.url.replace("127.0.0.1", "127.0.0.2"), good.clone()),
    ];
    for (method, url, headers) in cases {
        let answer = rig.request(method, &url, &headers, b"abc").await;
        assert_eq!(answer.code(), "SignatureDoesNotMatch", "{method} {headers:?}");
        assert_eq!(answer.status, 403);
    }
    for name in [
        "x-amz-meta-a",
        "x-amz-acl",
        "x-amz-copy-source",
        "x-amz-content-sha256",
    ] {
        let answer = rig
            .request("PUT", &grant.url, &set(name, "UNSIGNED-PAYLOAD"), b"abc")
            .await;
        assert_eq!(answer.status, 403, "{name}");
    }
    assert!(rig.content_files().is_empty());
    assert_eq!(rig.request("PUT", &grant.url, &good, b"abc").await.status, 200);
}

#[tokio::test]
async fn hardening_1_ten_thousand_changes_of_one_byte() {
    let rig = Rig::new().await;
    let grant = rig.grant_put("dir/some-key_1.bin", 3, None);
    let mut headers = pairs(&grant.headers);
    headers.push(("content-length".into(), "3".into()));
    let begin = "http://".len();
    let allowed = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~%&=+;/?:@!$'()*,";
    let choices = noise(80_000);
    let mut tried = 0;
    for choice in choices.chunks_exact(4) {
        let place =
            begin + usize::from(u16::from_le_bytes([choice[0], choice[1]])) % (grant.url.len() - begin);
        let byte = allowed[usize::from(choice[2]) % allowed.len()];
        let mut url = grant.url.clone().into_bytes();
        if url[place] == byte {
            continue;
        }
        url[place] = byte;
        let url = String::from_utf8(url).unwrap();
        let Some((authority, _)) = url[begin..].split_once('/') else {
            continue;
        };
        if authority.len() != "127.0.0.1:8000".len() || http::HeaderValue::from_str(authority).is_err() {
            continue;
        }
        let answer = rig.request("PUT", &url, &headers, b"abc").await;
        tried += 1;
        assert!(
            matches!(answer.status.as_u16(), 400 | 403),
            "{} {url}",
            answer.status
        );
        let code = answer.code();
        assert!(
            ["SignatureDoesNotMatch", "AccessDenied", "InvalidURI"].contains(&code.as_str()),
            "{code} {url}"
        );
        if tried == 10_000 {
            break;
        }
    }
    assert_eq!(tried, 10_000);
    assert!(rig.content_files().is_empty());
    assert_eq!(rig.send(&grant, b"abc").await.status, 200);
}

#[tokio::test]
async fn hardening_2_longer_shorter_and_without_a_length() {
    let rig = Rig::new().await;
    let grant = rig.grant_put("k", 1_000_000, None);
    let sent = noise(1_000_000);
    let longer = rig.send(&grant, &noise(1_000_001)).await;
    assert_eq!(longer.code(), "SignatureDoesNotMatch");
    let shorter = rig.send(&grant, &sent[1..]).await;
    assert_eq!(shorter.code(), "SignatureDoesNotMatch");
    let mut lying = pairs(&grant.headers);
    let lengthless = rig.request("PUT", &grant.url, &lying, &sent).await;
    assert_eq!(
        (lengthless.status.as_u16(), lengthless.code().as_str()),
        (411, "MissingContentLength")
    );
    lying.push(("content-length".into(), "1000000".into()));
    let cut = rig.request("PUT", &grant.url, &lying, &sent[..999_999]).await;
    assert_eq!(
        (cut.status.as_u16(), cut.code().as_str()),
        (400, "IncompleteBody")
    );
    let run_over = rig.request("PUT", &grant.url, &lying, &noise(1_000_001)).await;
    assert_eq!(
        (run_over.status.as_u16(), run_over.code().as_str()),
        (400, "IncompleteBody")
    );
    assert!(rig.content_files().is_empty(), "nothing is kept");
    assert!(rig.store.head(&ObjectKey("k".into())).await.unwrap().is_none());
}

#[tokio::test]
async fn hardening_3_and_4_a_wrong_checksum_changes_nothing_and_replays_fail() {
    let rig = Rig::new().await;
    for size in [10_usize, 700_000] {
        let key = format!("k{size}");
        let (right, mut wrong) = (noise(size), noise(size));
        wrong[size / 2] ^= 1;
        let grant = rig.grant_put(&key, size as u64, Some(sha256(&right)));
        let refused = rig.send(&grant, &wrong).await;
        assert_eq!(
            (refused.status.as_u16(), refused.code().as_str()),
            (400, "BadDigest")
        );
        assert!(rig.store.head(&ObjectKey(key.clone())).await.unwrap().is_none());
        assert_eq!(rig.send(&grant, &right).await.status, 200);
        let replay = rig.send(&grant, &right).await;
        assert_eq!(
            (replay.status.as_u16(), replay.code().as_str()),
            (412, "PreconditionFailed")
        );
        let replay = rig.send(&grant, &wrong).await;
        assert_eq!(replay.status, 412);
        assert!(rig.send(&rig.grant_get(&key), b"").await.body == right);
    }
    assert_eq!(rig.content_files().len(), 2);
}

#[tokio::test]
async fn hardening_5_a_url_ends_with_its_last_second() {
    let rig = Rig::new().await;
    let grant = rig.grant_put("k", 3, None);
    rig.clock.pass(61);
    let late = rig.send(&grant, b"abc").await;
    assert_eq!(
        (late.status.as_u16(), late.code().as_str()),
        (403, "AccessDenied")
    );
    rig.clock.pass(-1);
    assert_eq!(rig.send(&grant, b"abc").await.status, 200);
    rig.clock.pass(-10 * 365 * 86_400);
    assert_eq!(
        rig.send(&rig.grant_get("k"), b"").await.status,
        200,
        "signed by the present clock"
    );
    let future = rig.grant_get("k");
    rig.clock.pass(-86_400);
    assert_eq!(rig.send(&future, b"").await.code(), "AccessDenied");
}

#[tokio::test]
async fn hardening_6_a_presigned_request_cannot_be_chunked() {
    let rig = Rig::new().await;
    let grant = rig.grant_put("k", 3, None);
    let payloads = [
        "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
        "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
        "STREAMING-ANYTHING",
    ];
    for payload in payloads {
        let mut headers = pairs(&grant.headers);
        headers.push(("content-length".into(), "3".into()));
        headers.push(("x-amz-content-sha256".into(), payload.into()));
        headers.push(("x-amz-decoded-content-length".into(), "3".into()));
        assert_eq!(
            rig.request("PUT", &grant.url, &headers, b"abc").await.status,
            403,
            "{payload}"
        );
    }
    let mut coded = pairs(&grant.headers);
    coded.push(("content-length".into(), "3".into()));
    coded.push(("content-encoding".into(), "aws-chunked".into()));
    assert_eq!(rig.request("PUT", &grant.url, &coded, b"abc").await.status, 403);
    assert!(rig.content_files().is_empty());
}

#[tokio::test]
async fn hardening_6_made_up_credentials_and_no_credentials() {
    let rig = Rig::new().await;
    let url = "http://127.0.0.1:8000/homeroom/k";
    let authorization = "AWS4-HMAC-SHA256 Credential=TESTACCESS/20270115/us-east-1/s3/aws4_request, \
                         SignedHeaders=host;x-amz-content-sha256;x-amz-date, Signature=";
    for signature in ["", "0", &"0".repeat(64), &"f".repeat(64)] {
        for payload in ["UNSIGNED-PAYLOAD", "STREAMING-UNSIGNED-PAYLOAD-TRAILER"] {
            let headers = [
                ("authorization".to_owned(), format!("{authorization}{signature}")),
                ("x-amz-date".to_owned(), "20270115T080000Z".to_owned()),
                ("x-amz-content-sha256".to_owned(), payload.to_owned()),
                ("x-amz-decoded-content-length".to_owned(), "3".to_owned()),
                ("content-length".to_owned(), "3".to_owned()),
            ];
            let answer = rig.request("PUT", url, &headers, b"abc").await;
            assert_eq!(answer.status, 403, "{signature} {payload}");
        }
    }
    for method in ["GET", "HEAD", "PUT", "DELETE", "POST"] {
        let length = [("content-length".to_owned(), "3".to_owned())];
        assert_eq!(
            rig.request(method, url, &length, b"abc").await.status,
            403,
            "{method}"
        );
    }
    for authorization in [
        "",
        "Bearer x",
        "AWS TESTACCESS:xyz",
        "AWS4-HMAC-SHA256",
        "AWS4-HMAC-SHA256 Credential=,",
    ] {
        let headers = [("authorization".to_owned(), authorization.to_owned())];
        assert_eq!(
            rig.request("GET", url, &headers, b"").await.status,
            403,
            "{authorization}"
        );
    }
    assert!(rig.content_files().is_empty());
}

#[tokio::test]
async fn hardening_13_probing_a_key_tells_nothing() {
    let rig = Rig::new().await;
    assert_eq!(
        rig.send(&rig.grant_put("there", 3, None), b"abc").await.status,
        200
    );
    let grant = rig.grant_get("there");
    let forged = |key: &str| {
        let url = grant.url.replace("homeroom/there", &format!("homeroom/{key}"));
        let end = url.len() - 4;
        format!("{}0000", &url[..end])
    };
    let mut answers = Vec::new();
    for url in [
        forged("there"),
        forged("nowhere"),
        "http://127.0.0.1:8000/homeroom/there".into(),
    ] {
        let answer = rig.request("GET", &url, &[], b"").await;
        assert_eq!(answer.status, 403);
        answers.push((answer.code(), answer.headers.len()));
    }
    assert_eq!(answers[0], answers[1]);
    let bare_absent = rig
        .request("GET", "http://127.0.0.1:8000/homeroom/nowhere", &[], b"")
        .await;
    assert_eq!((bare_absent.code(), bare_absent.headers.len()), answers[2]);
}

#[tokio::test]
async fn hardening_15_odd_keys_stay_inside() {
    let rig = Rig::new().await;
    let long = "k".repeat(1_024);
    let keys = [
        "../x",
        "../../etc/passwd",
        "/absolute",
        "a/../../b",
        "..",
        "ü/日本/\u{202e}",
        "a b+c%d",
        "a\u{1}b",
        &long,
    ];
    for (place, key) in keys.iter().enumerate() {
        let content = format!("content {place}");
        let put = rig
            .send(
                &rig.grant_put(key, content.len() as u64, None),
                content.as_bytes(),
            )
            .await;
        assert_eq!(put.status, 200, "{key}: {}", put.code());
    }
    for (place, key) in keys.iter().enumerate() {
        let got = rig.send(&rig.grant_get(key), b"").await;
        assert_eq!(got.body, format!("content {place}").as_bytes(), "{key}");
    }
    assert_eq!(rig.content_files().len(), keys.len());
    let outside: Vec<_> = std::fs::read_dir(rig.directory.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert!(outside.iter().all(|name| {
        let name = name.to_string_lossy();
        name == "tmp" || name == "blobs" || name.starts_with("index.sqlite")
    }));
    let longer = rig.send(&rig.grant_put(&"k".repeat(1_025), 1, None), b"x").await;
    assert_eq!(longer.code(), "KeyTooLongError");
    let listed = rig.store.list("", None).await.unwrap();
    assert_eq!(listed.len(), keys.len());
}
