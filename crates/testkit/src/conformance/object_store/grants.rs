//! What a grant signs is enforced by the service, and nothing more is asked of who uses it.
use super::ObjectStoreSubject;
use super::subject::{Scratch, noise, sha256};
use std::time::{Duration, Instant};

const DISPOSITION: &str = "attachment; filename=\"notes.pdf\"";
const MINUTE: Duration = Duration::from_mins(1);

/// A granted PUT stores the bytes, their type, and their digest where the service knows digests.
pub async fn a_granted_put_stores_exactly_that(subject: &dyn ObjectStoreSubject) {
    let scratch = Scratch::new(subject);
    let (key, content) = (scratch.key("video"), noise(100_000, 1));
    let digest = sha256(&content);
    let grant = scratch.may_put(&key, content.len(), Some(digest));
    scratch.send(&grant, &content).await.assert_stored();
    let info = scratch.store.head(&key).await.unwrap().expect("it is there");
    assert_eq!(
        (info.size, info.content_type.as_deref()),
        (100_000, Some("video/mp4"))
    );
    assert!(info.etag.starts_with('"') && info.etag.len() > 2, "{}", info.etag);
    if !subject.gaps().digests {
        assert_eq!(info.sha256, Some(digest));
    }
    assert!(scratch.read(&key, None).await.unwrap() == content);
}

/// Another length than the granted one is refused and leaves nothing.
pub async fn another_length_is_refused(subject: &dyn ObjectStoreSubject) {
    let scratch = Scratch::new(subject);
    let key = scratch.key("video");
    let grant = scratch.may_put(&key, 1_000, None);
    for size in [999, 1_001, 0] {
        let answer = scratch.send(&grant, &noise(size, 2)).await;
        answer.assert_refused("another length");
        assert_eq!(scratch.store.head(&key).await.unwrap(), None);
    }
    scratch.send(&grant, &noise(1_000, 2)).await.assert_stored();
}

/// The content type of the grant must be sent as it is.
pub async fn another_type_or_no_type_is_refused(subject: &dyn ObjectStoreSubject) {
    let scratch = Scratch::new(subject);
    let key = scratch.key("video");
    let grant = scratch.may_put(&key, 4, None);
    for other in ["text/html", ""] {
        let answer = scratch
            .send_with(&grant, &[("content-type", other)], b"data")
            .await;
        answer.assert_refused("another type");
        assert_eq!(scratch.store.head(&key).await.unwrap(), None);
    }
}

/// A service that knows digests refuses other content; one that does not says of no object that it
/// has the digest, so that core reads it before it is published.
pub async fn another_content_is_never_taken_for_the_announced(subject: &dyn ObjectStoreSubject) {
    let scratch = Scratch::new(subject);
    let key = scratch.key("video");
    let grant = scratch.may_put(&key, 4, Some(sha256(b"good")));
    let answer = scratch.send(&grant, b"evil").await;
    if subject.gaps().digests {
        let info = scratch.store.head(&key).await.unwrap().expect("it was taken");
        assert_eq!(info.sha256, None);
        assert_eq!(scratch.read(&key, None).await.unwrap(), b"evil");
    } else {
        answer.assert_refused("other content");
        assert_eq!(scratch.store.head(&key).await.unwrap(), None);
    }
    let without = scratch
        .send_with(&grant, &[("x-amz-checksum-sha256", "")], b"evil")
        .await;
    without.assert_refused("a grant without its digest");
}

/// A second PUT of the same key changes nothing.
pub async fn a_key_is_written_once(subject: &dyn ObjectStoreSubject) {
    let scratch = Scratch::new(subject);
    let key = scratch.key("video");
    let grant = scratch.may_put(&key, 5, None);
    scratch.send(&grant, b"first").await.assert_stored();
    let again = scratch.send(&grant, b"other").await;
    if subject.gaps().write_once {
        return;
    }
    assert_eq!(again.status, 412);
    assert_eq!(scratch.read(&key, None).await.unwrap(), b"first");
    let bare = scratch
        .send_with(&grant, &[("if-none-match", "")], b"other")
        .await;
    bare.assert_refused("a PUT without its condition");
    assert_eq!(scratch.read(&key, None).await.unwrap(), b"first");
}

/// With another key, another method or another signature it is worth nothing.
pub async fn a_grant_is_for_its_key_and_method(subject: &dyn ObjectStoreSubject) {
    let scratch = Scratch::new(subject);
    let (mine, yours) = (scratch.key("mine"), scratch.key("yours"));
    scratch.put(&yours, b"yours").await;
    let grant = scratch.may_get(&mine, DISPOSITION, MINUTE);
    let mut other_key = grant.clone();
    other_key.url = grant.url.replace("/mine?", "/yours?");
    assert_ne!(other_key.url, grant.url);
    scratch.send(&other_key, b"").await.assert_refused("another key");
    let grant = scratch.may_get(&yours, DISPOSITION, MINUTE);
    assert_eq!(scratch.send(&grant, b"").await.status, 200);
    let mut other_method = grant.clone();
    other_method.method = "DELETE";
    scratch
        .send(&other_method, b"")
        .await
        .assert_refused("another method");
    let mut forged = grant.clone();
    let last = forged.url.pop().expect("a URL ends with its signature");
    forged.url.push(if last == '0' { '1' } else { '0' });
    scratch
        .send(&forged, b"")
        .await
        .assert_refused("another signature");
    assert_eq!(scratch.read(&yours, None).await.unwrap(), b"yours");
}

/// After its end a grant is refused, and the grant says when that is.
pub async fn grants_end(subject: &dyn ObjectStoreSubject) {
    let scratch = Scratch::new(subject);
    let key = scratch.key("notes");
    scratch.put(&key, b"notes").await;
    let short = scratch.may_get(&key, DISPOSITION, Duration::from_secs(1));
    let long = scratch.may_get(&key, DISPOSITION, MINUTE);
    assert!(short.expires_at < long.expires_at);
    let begun = Instant::now();
    while scratch.send(&short, b"").await.status.is_success() {
        assert!(begun.elapsed() < Duration::from_secs(10), "the grant ends");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(scratch.send(&long, b"").await.status, 200);
}

/// A granted GET is answered with the type and disposition that the grant names.
pub async fn reading_answers_as_granted(subject: &dyn ObjectStoreSubject) {
    let scratch = Scratch::new(subject);
    let key = scratch.key("notes");
    scratch.put(&key, b"notes").await;
    let answer = scratch
        .send(&scratch.may_get(&key, DISPOSITION, MINUTE), b"")
        .await;
    assert_eq!((answer.status.as_u16(), &answer.body[..]), (200, &b"notes"[..]));
    assert_eq!(answer.header("content-type"), "application/pdf");
    assert_eq!(answer.header("content-disposition"), DISPOSITION);
    let absent = scratch
        .send(&scratch.may_get(&scratch.key("no"), DISPOSITION, MINUTE), b"")
        .await;
    assert_eq!(absent.status, 404);
}

/// A disposition as RFC 6266 encodes names of any script comes back as it is.
pub async fn names_of_any_script_come_back(subject: &dyn ObjectStoreSubject) {
    let scratch = Scratch::new(subject);
    let key = scratch.key("notes");
    scratch.put(&key, b"notes").await;
    for name in [
        "%C3%9Cbung%201%20%2B%202%20%26%203.pdf",
        "%D8%B1%D9%8A%D8%A7%D8%B6%D9%8A%D8%A7%D8%AA.pdf",
        "%E6%95%B0%E5%AD%A6%20100%25.pdf",
    ] {
        let disposition = format!("attachment; filename=\"notes, a+b; c=d.pdf\"; filename*=UTF-8''{name}");
        let answer = scratch
            .send(&scratch.may_get(&key, &disposition, MINUTE), b"")
            .await;
        assert_eq!(answer.status, 200, "{disposition}");
        assert_eq!(answer.header("content-disposition"), disposition);
    }
}

/// A player asks for pieces of a granted object.
pub async fn a_grant_reads_ranges(subject: &dyn ObjectStoreSubject) {
    let scratch = Scratch::new(subject);
    let key = scratch.key("video");
    scratch.put(&key, b"0123456789").await;
    let grant = scratch.may_get(&key, DISPOSITION, MINUTE);
    for (range, expected) in [("bytes=2-4", "234"), ("bytes=7-", "789"), ("bytes=-2", "89")] {
        let answer = scratch.send_with(&grant, &[("range", range)], b"").await;
        assert_eq!(
            (answer.status.as_u16(), &answer.body[..]),
            (206, expected.as_bytes())
        );
        assert!(answer.header("content-range").ends_with("/10"));
    }
    let beyond = scratch.send_with(&grant, &[("range", "bytes=10-")], b"").await;
    assert_eq!(beyond.status, 416);
}
