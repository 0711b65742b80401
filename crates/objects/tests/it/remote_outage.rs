//! Services that stop, hang and come back, and answers that are lost on the way.
use crate::remote_support::{ACCESS, Fake, Network, SECRET, Served, open, refuses, says};
use homeroom_core::ports::ObjectStore as _;
use homeroom_core::ports::object_store::{MultipartId, ObjectError, ObjectKey, StoredPart};
use homeroom_objects::{Greeting, S3ObjectStore};
use homeroom_testkit::servers::radosgw::radosgw;
use std::time::{Duration, Instant};

/// A second, and a little for a busy machine.
const ABOUT_A_SECOND: Duration = Duration::from_millis(1_300);

fn key() -> ObjectKey {
    ObjectKey("k".into())
}

/// A store that reaches radosgw through a network of the test's.
async fn through() -> Option<(S3ObjectStore, Network)> {
    let service = radosgw()?;
    let host = service.endpoint.strip_prefix("http://").unwrap();
    let network = Network::before(host).await;
    let url = service
        .bucket()
        .replace(&service.endpoint, &format!("http://{}", network.address));
    Some((
        open(&url, &service.access_key, &service.secret_key).await,
        network,
    ))
}

async fn every_call_fails_soon(store: &S3ObjectStore) {
    let soon = |begun: Instant, what: &str| {
        assert!(
            begun.elapsed() < ABOUT_A_SECOND,
            "{what} took {:?}",
            begun.elapsed()
        );
    };
    let unavailable = |error: ObjectError| assert!(matches!(error, ObjectError::Unavailable(_)), "{error}");
    let begun = Instant::now();
    unavailable(store.head(&key()).await.unwrap_err());
    soon(begun, "head");
    let begun = Instant::now();
    unavailable(store.create_multipart(&key(), "text/plain").await.unwrap_err());
    soon(begun, "create_multipart");
    let begun = Instant::now();
    unavailable(store.list("", None).await.unwrap_err());
    soon(begun, "list");
    let begun = Instant::now();
    unavailable(
        store
            .put(&key(), "text/plain", vec![7; 3_000_000].into())
            .await
            .unwrap_err(),
    );
    soon(begun, "put");
    let begun = Instant::now();
    let id = MultipartId("2~u".into());
    unavailable(store.complete_multipart(&key(), &id, &[]).await.unwrap_err());
    soon(begun, "complete_multipart");
    let begun = Instant::now();
    assert!(matches!(store.greet().await, Greeting::Silent(_)));
    soon(begun, "greet");
}

async fn works_within(patience: Duration, store: &S3ObjectStore) {
    let begun = Instant::now();
    while let Err(error) = store.head(&key()).await {
        assert!(begun.elapsed() < patience, "{error}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    store.put(&key(), "text/plain", "back".into()).await.unwrap();
}

#[tokio::test]
async fn a_stopped_service_is_unavailable_within_a_second_and_works_when_it_is_back() {
    let Some((store, mut network)) = through().await else {
        return;
    };
    store.put(&key(), "text/plain", "x".into()).await.unwrap();
    network.stop().await;
    every_call_fails_soon(&store).await;
    network.start().await;
    works_within(Duration::from_secs(2), &store).await;
}

#[tokio::test]
async fn a_hanging_service_is_unavailable_within_a_second_and_works_when_it_is_back() {
    let Some((store, network)) = through().await else {
        return;
    };
    store.put(&key(), "text/plain", "x".into()).await.unwrap();
    network.hang();
    every_call_fails_soon(&store).await;
    network.pass();
    works_within(Duration::from_secs(2), &store).await;
}

#[tokio::test]
async fn while_a_service_is_silent_most_calls_are_refused_at_once() {
    let Some((store, network)) = through().await else {
        return;
    };
    network.hang();
    store.head(&key()).await.unwrap_err();
    let begun = Instant::now();
    let key = key();
    let calls = (0..200).map(|_| store.head(&key));
    let outcomes = futures::future::join_all(calls).await;
    assert!(outcomes.iter().all(Result::is_err));
    assert!(begun.elapsed() < ABOUT_A_SECOND, "{:?}", begun.elapsed());
}

#[tokio::test]
async fn a_slow_answer_of_a_service_that_lives_is_waited_for() {
    let joined = "<CompleteMultipartUploadResult/>";
    let fake = Fake::start(move |asked, _| match asked.method.as_str() {
        "POST" => says(200, joined).after(Duration::from_millis(2_500)),
        _ => refuses(403, "AccessDenied"),
    })
    .await;
    let store = fake.store().await;
    let id = MultipartId("u".into());
    store.complete_multipart(&key(), &id, &[]).await.unwrap();
    let posts = fake.asked().iter().filter(|asked| asked.method == "POST").count();
    assert_eq!(posts, 1);
    let knock = fake
        .asked()
        .into_iter()
        .find(|asked| asked.method == "HEAD")
        .unwrap();
    assert_eq!(knock.header("authorization"), "", "a knock carries no signature");
}

async fn upload(store: &S3ObjectStore, content: &str) -> (MultipartId, Vec<StoredPart>) {
    let id = store.create_multipart(&key(), "text/plain").await.unwrap();
    let grant = homeroom_core::ports::object_store::PartGrant {
        key: &key(),
        multipart: &id,
        number: 1,
        size: content.len() as u64,
        valid_for: Duration::from_mins(1),
    };
    let audience = homeroom_core::ports::object_store::Audience(String::new());
    let grant = store.presign_part(&grant, &audience);
    let sent = reqwest::Client::new()
        .put(&grant.url)
        .body(content.to_owned())
        .send()
        .await;
    assert_eq!(sent.unwrap().status(), 200);
    let parts = store.list_parts(&key(), &id).await.unwrap();
    (id, parts)
}

async fn a_lost_answer_is_no_loss(store: S3ObjectStore, network: &Network) {
    let (id, parts) = upload(&store, "content").await;
    network.lose_an_answer();
    store.complete_multipart(&key(), &id, &parts).await.unwrap();
    assert_eq!(store.head(&key()).await.unwrap().unwrap().size, 7);
    network.lose_an_answer();
    store.put(&key(), "text/plain", "second".into()).await.unwrap();
    network.lose_an_answer();
    assert_eq!(store.head(&key()).await.unwrap().unwrap().size, 6);
}

#[tokio::test]
async fn joining_whose_answer_is_lost_is_found_done_on_radosgw() {
    if let Some((store, network)) = through().await {
        a_lost_answer_is_no_loss(store, &network).await;
    }
}

#[tokio::test]
async fn joining_whose_answer_is_lost_is_found_done_on_the_embedded_endpoint() {
    let served = Served::start().await;
    let network = Network::before(&served.address).await;
    let url = format!("s3://homeroom?endpoint=http://{}", network.address);
    a_lost_answer_is_no_loss(open(&url, ACCESS, SECRET).await, &network).await;
}
