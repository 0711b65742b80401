//! The port as its contract describes it.
use crate::support::{Rig, noise, sha256};
use futures::TryStreamExt as _;
use homeroom_core::ports::ObjectStore as _;
use homeroom_core::ports::object_store::{ObjectError, ObjectKey};
use homeroom_objects::{S3Config, S3ObjectStore, SecretKey};

#[tokio::test]
async fn absence_is_none_and_deleting_the_absent_succeeds() {
    let rig = Rig::new().await;
    let key = ObjectKey("k".into());
    assert!(rig.store.head(&key).await.unwrap().is_none());
    assert!(rig.store.get(&key, None).await.unwrap().is_none());
    assert!(rig.store.get(&key, Some(0..0)).await.unwrap().is_none());
    rig.store.delete(std::slice::from_ref(&key)).await.unwrap();
    rig.store.delete(&[]).await.unwrap();
}

#[tokio::test]
async fn put_replaces_and_get_gives_ranges() {
    let rig = Rig::new().await;
    let key = ObjectKey("k".into());
    rig.store.put(&key, "text/plain", "first".into()).await.unwrap();
    let content = noise(600_000);
    rig.store
        .put(&key, "image/webp", content.clone().into())
        .await
        .unwrap();
    let info = rig.store.head(&key).await.unwrap().unwrap();
    assert_eq!(
        (info.size, info.content_type.as_deref()),
        (600_000, Some("image/webp"))
    );
    let stream = rig.store.get(&key, Some(10..300_000)).await.unwrap().unwrap();
    assert!(stream.try_collect::<Vec<_>>().await.unwrap().concat() == content[10..300_000]);
    let rig = rig.reopen().await;
    assert_eq!(rig.content_files().len(), 1, "the first content is gone");
}

#[tokio::test]
async fn grants_name_their_headers_and_their_end() {
    let rig = Rig::new().await;
    let grant = rig.grant_put("a b/ü", 7, Some(sha256(b"content")));
    let names: Vec<&str> = grant.headers.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["content-type", "if-none-match", "x-amz-checksum-sha256"]);
    assert!(
        grant
            .url
            .starts_with("http://127.0.0.1:8000/homeroom/a%20b/%C3%BC?")
    );
    assert!(
        grant
            .url
            .contains("X-Amz-SignedHeaders=content-length%3Bcontent-type%3Bhost%3Bif-none-match")
    );
    assert!(!format!("{:?}", rig.endpoint.credentials()).contains("a-secret"));
}

#[tokio::test]
async fn a_service_that_cannot_be_reached_is_unavailable() {
    let rig = Rig::new().await;
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let config = S3Config {
        endpoint: format!("http://127.0.0.1:{port}").parse().unwrap(),
        region: "us-east-1".into(),
        bucket: "homeroom".into(),
        access_key: "A".into(),
        secret_key: SecretKey::new("hidden"),
        path_style: true,
    };
    assert!(!format!("{config:?}").contains("hidden"));
    let store = S3ObjectStore::remote(config, rig.clock.clone()).unwrap();
    let error = store
        .create_multipart(&ObjectKey("k".into()), "text/plain")
        .await
        .unwrap_err();
    assert!(matches!(error, ObjectError::Unavailable(_)), "{error}");
}
