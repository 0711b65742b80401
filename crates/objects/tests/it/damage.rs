//! Damage and crashes: what is flipped is never served, what is left over is cleared away.
use crate::support::{Rig, noise};
use futures::TryStreamExt as _;
use homeroom_core::ports::ObjectStore as _;
use homeroom_core::ports::object_store::{ObjectError, ObjectKey};
use std::path::Path;

fn flip(path: &Path, place: usize) {
    let mut bytes = std::fs::read(path).unwrap();
    bytes[place] ^= 1;
    std::fs::write(path, bytes).unwrap();
}

#[tokio::test]
async fn hardening_55_a_flipped_byte_is_an_error_and_never_another_byte() {
    let rig = Rig::new().await;
    let content = noise(700_000);
    assert_eq!(
        rig.send(&rig.grant_put("k", 700_000, None), &content)
            .await
            .status,
        200
    );
    assert_eq!(rig.endpoint.examine().await.unwrap().damage, Vec::<String>::new());
    let file = rig.content_files().remove(0);
    let length = usize::try_from(std::fs::metadata(&file).unwrap().len()).unwrap();
    for place in [
        0,
        262_143,
        262_144,
        699_999,
        700_000,
        700_020,
        length - 33,
        length - 32,
        length - 20,
        length - 1,
    ] {
        flip(&file, place);
        let answer = rig.send(&rig.grant_get("k"), b"").await;
        if answer.status == 200 {
            assert!(answer.broken, "byte {place}");
            assert!(
                answer.body.len() < content.len() && content.starts_with(&answer.body),
                "byte {place}"
            );
        } else {
            assert_eq!(
                (answer.status.as_u16(), answer.code().as_str()),
                (500, "IntegrityError")
            );
        }
        let stream = rig.store.get(&ObjectKey("k".into()), None).await;
        let error = match stream {
            Ok(stream) => stream.unwrap().try_collect::<Vec<_>>().await.unwrap_err(),
            Err(error) => error,
        };
        assert!(matches!(error, ObjectError::Damaged(_)), "byte {place}: {error}");
        let examined = rig.endpoint.examine().await.unwrap();
        assert_eq!(examined.damage.len(), 1, "byte {place}");
        assert!(examined.damage[0].starts_with("integrity_error"));
        flip(&file, place);
    }
    let whole = rig.send(&rig.grant_get("k"), b"").await;
    assert!(!whole.broken && whole.body == content);
}

#[tokio::test]
async fn hardening_55_a_lost_or_shortened_file_is_damage() {
    let rig = Rig::new().await;
    assert_eq!(rig.send(&rig.grant_put("k", 3, None), b"abc").await.status, 200);
    let file = rig.content_files().remove(0);
    let bytes = std::fs::read(&file).unwrap();
    std::fs::write(&file, &bytes[..bytes.len() - 1]).unwrap();
    assert_eq!(rig.send(&rig.grant_get("k"), b"").await.code(), "IntegrityError");
    std::fs::remove_file(&file).unwrap();
    assert_eq!(rig.send(&rig.grant_get("k"), b"").await.code(), "IntegrityError");
    assert_eq!(rig.endpoint.examine().await.unwrap().damage.len(), 1);
    rig.store.delete(&[ObjectKey("k".into())]).await.unwrap();
    assert_eq!(rig.endpoint.examine().await.unwrap().damage.len(), 0);
}

#[tokio::test]
async fn hardening_69_what_a_crash_left_behind_is_cleared_away_at_the_next_start() {
    let rig = Rig::new().await;
    assert_eq!(rig.send(&rig.grant_put("k", 3, None), b"abc").await.status, 200);
    let root = rig.directory.path();
    std::fs::write(root.join("tmp/0123"), b"half").unwrap();
    std::fs::write(root.join("blobs/ab/abcd"), b"orphan").unwrap();
    let examined = rig.endpoint.examine().await.unwrap();
    assert_eq!((examined.blobs, examined.orphans.len()), (1, 2));
    let rig = rig.reopen().await;
    assert_eq!(rig.content_files().len(), 1);
    assert_eq!(rig.send(&rig.grant_get("k"), b"").await.body, b"abc");
}

#[tokio::test]
async fn an_upload_that_is_given_up_leaves_nothing() {
    let rig = Rig::new().await;
    let grant = rig.grant_put("k", 2_000_000, None);
    let (sender, receiver) = futures::channel::mpsc::unbounded::<Result<_, std::io::Error>>();
    sender
        .unbounded_send(Ok(http_body::Frame::data(bytes::Bytes::from(noise(1_500_000)))))
        .unwrap();
    let target = grant.url.strip_prefix(crate::support::ORIGIN).unwrap();
    let mut request = http::Request::builder()
        .method("PUT")
        .uri(target)
        .header("host", "127.0.0.1:8000");
    for (name, value) in &grant.headers {
        request = request.header(name, value);
    }
    let body = http_body_util::StreamBody::new(receiver);
    let request = request.header("content-length", "2000000").body(body).unwrap();
    let mut answer = Box::pin(rig.endpoint.handle(request));
    for _ in 0..10 {
        assert!(futures::poll!(&mut answer).is_pending());
        tokio::task::yield_now().await;
    }
    drop(answer);
    drop(sender);
    while !rig.content_files().is_empty() {
        tokio::task::yield_now().await;
    }
    assert!(rig.store.head(&ObjectKey("k".into())).await.unwrap().is_none());
}

#[tokio::test]
async fn hardening_8_open_refuses_weak_secrets() {
    let rig = Rig::new().await;
    for secret in ["", "minioadmin", "short"] {
        let mut config = crate::support::config(std::sync::Arc::clone(&rig.clock), 16);
        config.credentials.secret_key = homeroom_objects::SecretKey::new(secret);
        let other = tempfile::tempdir().unwrap();
        let opened = homeroom_objects::EmbeddedS3::open(other.path(), config).await;
        assert!(matches!(
            opened.err().unwrap(),
            homeroom_objects::embedded::OpenError::Credentials(_)
        ));
    }
}
