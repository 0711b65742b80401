//! Ranges, conditions and the headers that keep content harmless.
use crate::support::{Rig, noise};

async fn get(rig: &Rig, headers: &[(&str, &str)]) -> crate::support::Answer {
    let grant = rig.grant_get("k");
    let headers: Vec<_> = headers
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    rig.request("GET", &grant.url, &headers, b"").await
}

#[tokio::test]
async fn ranges_give_exactly_what_was_asked_for() {
    let rig = Rig::new().await;
    let content = noise(1_000_000);
    assert_eq!(
        rig.send(&rig.grant_put("k", 1_000_000, None), &content)
            .await
            .status,
        200
    );
    for (range, begin, end) in [
        ("bytes=0-0", 0, 1),
        ("bytes=262143-262144", 262_143, 262_145),
        ("bytes=999999-", 999_999, 1_000_000),
        ("bytes=500000-5000000", 500_000, 1_000_000),
        ("bytes=-300000", 700_000, 1_000_000),
    ] {
        let answer = get(&rig, &[("range", range)]).await;
        assert_eq!(answer.status, 206, "{range}");
        assert!(answer.body == content[begin..end], "{range}");
        assert_eq!(
            answer.header("content-range"),
            format!("bytes {begin}-{}/1000000", end - 1)
        );
        assert_eq!(answer.header("content-length"), (end - begin).to_string());
    }
    let beyond = get(&rig, &[("range", "bytes=1000000-")]).await;
    assert_eq!(
        (beyond.status.as_u16(), beyond.code().as_str()),
        (416, "InvalidRange")
    );
    assert_eq!(get(&rig, &[("range", "bytes=0-1,5-6")]).await.status, 200);
}

#[tokio::test]
async fn conditions_of_reads() {
    let rig = Rig::new().await;
    assert_eq!(rig.send(&rig.grant_put("k", 3, None), b"abc").await.status, 200);
    let whole = get(&rig, &[]).await;
    let (etag, modified) = (
        whole.header("etag").to_owned(),
        whole.header("last-modified").to_owned(),
    );
    let before = "Thu, 01 Jan 1970 00:00:00 GMT";
    for (name, value, status) in [
        ("if-none-match", etag.as_str(), 304),
        ("if-none-match", "\"other\"", 200),
        ("if-none-match", "*", 304),
        ("if-match", etag.as_str(), 200),
        ("if-match", "\"other\"", 412),
        ("if-modified-since", modified.as_str(), 304),
        ("if-modified-since", before, 200),
        ("if-unmodified-since", modified.as_str(), 200),
        ("if-unmodified-since", before, 412),
        ("if-modified-since", "yesterday", 200),
    ] {
        assert_eq!(
            get(&rig, &[(name, value)]).await.status,
            status,
            "{name}: {value}"
        );
    }
    let other = get(&rig, &[("range", "bytes=0-0"), ("if-range", "\"other\"")]).await;
    assert_eq!((other.status.as_u16(), other.body.len()), (200, 3));
}

#[tokio::test]
async fn hardening_21_and_45_answers_are_attachments_without_cors() {
    use homeroom_core::ports::ObjectStore as _;
    use homeroom_core::ports::object_store::{Audience, GetGrant, ObjectKey};
    let rig = Rig::new().await;
    let key = ObjectKey("k".into());
    rig.store
        .put(&key, "text/html", "<script>alert(1)</script>".into())
        .await
        .unwrap();
    let grant = GetGrant {
        key: &key,
        content_disposition: "",
        content_type: "",
        valid_for: crate::support::MINUTE,
        through: None,
    };
    let grant = rig
        .store
        .presign_get(&grant, &Audience(crate::support::ORIGIN.into()));
    let origin = [("origin".to_owned(), "https://evil.example".to_owned())];
    let answer = rig.request("GET", &grant.url, &origin, b"").await;
    assert_eq!(answer.status, 200);
    assert!(
        answer
            .headers
            .keys()
            .all(|name| !name.as_str().starts_with("access-control-"))
    );
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
    assert_eq!(
        answer.header("content-disposition"),
        "attachment",
        "an empty override does not undo it"
    );
    assert!(!answer.header("content-security-policy").contains("unsafe"));
    let preflight = rig.request("OPTIONS", &grant.url, &origin, b"").await;
    assert_eq!(preflight.status, 403);
}
