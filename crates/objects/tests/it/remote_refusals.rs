//! What services refuse, and what is said or done about it.
use crate::remote_support::{ACCESS, Fake, SECRET, at, open, open_at, refuses, says};
use homeroom_core::ports::ObjectStore as _;
use homeroom_core::ports::object_store::{
    Audience, GetGrant, MultipartId, ObjectError, ObjectKey, StoredPart,
};
use homeroom_objects::Greeting;
use homeroom_testkit::servers::radosgw::radosgw;
use homeroom_testkit::servers::s3::S3Service;
use jiff::SignedDuration;
use std::time::{Duration, Instant};

fn key() -> ObjectKey {
    ObjectKey("k".into())
}

fn parts() -> Vec<StoredPart> {
    vec![StoredPart {
        number: 1,
        size: 7,
        etag: "\"e\"".into(),
    }]
}

async fn greeted(url: &str, access: &str, secret: &str) -> String {
    match open(url, access, secret).await.greet().await {
        Greeting::Refused(why) => why,
        other => panic!("refused, not {other:?}"),
    }
}

#[tokio::test]
async fn mistakes_in_the_set_up_are_named_with_what_to_do() {
    let Some(service) = radosgw() else { return };
    let url = service.bucket();
    let (access, secret) = (service.access_key.as_str(), service.secret_key.as_str());
    assert_eq!(open(&url, access, secret).await.greet().await, Greeting::Well);
    let unknown = greeted(&url, "NOSUCHKEY", secret).await;
    assert!(
        unknown.contains("InvalidAccessKeyId") && unknown.contains("does not know"),
        "{unknown}"
    );
    let wrong = greeted(&url, access, "another-secret").await;
    assert!(
        wrong.contains("SignatureDoesNotMatch") && wrong.contains("secret key"),
        "{wrong}"
    );
    assert!(!wrong.contains("another-secret"));
    let missing = greeted(&service.url(&S3Service::unused_name()), access, secret).await;
    assert!(missing.contains("homeroom admin storage init"), "{missing}");
    let error = open(&url, "NOSUCHKEY", secret)
        .await
        .head(&key())
        .await
        .unwrap_err();
    assert!(matches!(error, ObjectError::Unavailable(_)), "{error}");
}

#[tokio::test]
async fn a_clock_that_is_off_is_corrected_by_the_services() {
    let Some(service) = radosgw() else { return };
    let url = service.bucket();
    at(service, &url)
        .await
        .put(&key(), "text/plain", "x".into())
        .await
        .unwrap();
    for hours in [-30, 30] {
        let off = SignedDuration::from_hours(hours);
        let store = open_at(&url, &service.access_key, &service.secret_key, off).await;
        assert_eq!(store.greet().await, Greeting::Well);
        assert_eq!(store.head(&key()).await.unwrap().unwrap().size, 1);
        let grant = GetGrant {
            key: &key(),
            content_disposition: "inline",
            content_type: "text/plain",
            valid_for: Duration::from_mins(5),
            through: None,
        };
        let grant = store.presign_get(&grant, &Audience(String::new()));
        assert_eq!(reqwest::get(&grant.url).await.unwrap().status(), 200);
        let left = grant.expires_at.duration_since(jiff::Timestamp::now() + off);
        assert!(
            left <= SignedDuration::from_mins(5) && left > SignedDuration::from_mins(4),
            "{left}"
        );
    }
}

#[tokio::test]
async fn the_region_to_set_is_told() {
    for redirect in [301, 307] {
        let fake = Fake::start(move |_, _| {
            refuses(redirect, "PermanentRedirect").header("x-amz-bucket-region", "eu-north-1")
        })
        .await;
        let error = fake.store().await.head(&key()).await.unwrap_err().to_string();
        assert!(error.contains("set region=eu-north-1"), "{error}");
        assert_eq!(fake.asked().len(), 1, "it is not followed");
    }
    let fake = Fake::start(|_, _| {
        says(
            400,
            "<Error><Code>AuthorizationHeaderMalformed</Code><Region>eu-west-3</Region></Error>",
        )
    })
    .await;
    let Greeting::Refused(why) = fake.store().await.greet().await else {
        panic!("it is refused");
    };
    assert!(why.contains("set region=eu-west-3"), "{why}");
}

#[tokio::test]
async fn a_service_that_asks_for_patience_gets_some() {
    let fake = Fake::start(|_, before| {
        if before < 2 {
            refuses(503, "SlowDown")
        } else {
            says(200, "")
        }
    })
    .await;
    fake.store()
        .await
        .put(&key(), "text/plain", "x".into())
        .await
        .unwrap();
    assert_eq!(fake.asked().len(), 3);
    let always = Fake::start(|_, _| refuses(503, "SlowDown")).await;
    let store = always.store().await;
    let begun = Instant::now();
    let error = store.create_multipart(&key(), "text/plain").await.unwrap_err();
    assert!(begun.elapsed() < Duration::from_secs(1), "{:?}", begun.elapsed());
    assert!(
        matches!(&error, ObjectError::Unavailable(why) if why.contains("SlowDown")),
        "{error}"
    );
    assert!(
        (3..=8).contains(&always.asked().len()),
        "{}",
        always.asked().len()
    );
}

#[tokio::test]
async fn an_error_inside_of_a_success_is_an_error() {
    let fake = Fake::start(|asked, _| match asked.method.as_str() {
        "POST" => refuses(200, "InternalError"),
        _ => says(404, ""),
    })
    .await;
    let id = MultipartId("u".into());
    let error = fake
        .store()
        .await
        .complete_multipart(&key(), &id, &parts())
        .await
        .unwrap_err();
    assert!(matches!(error, ObjectError::Unavailable(_)), "{error}");
    let fake = Fake::start(|_, _| refuses(200, "InvalidPart")).await;
    let error = fake
        .store()
        .await
        .complete_multipart(&key(), &id, &parts())
        .await
        .unwrap_err();
    assert!(matches!(error, ObjectError::BadParts(_)), "{error}");
}

#[tokio::test]
async fn white_space_and_an_empty_etag_are_a_success() {
    let done = "\n\n  <?xml version=\"1.0\"?>\n <CompleteMultipartUploadResult><ETag></ETag></CompleteMultipartUploadResult>";
    let fake = Fake::start(move |_, _| says(200, done)).await;
    let id = MultipartId("u".into());
    fake.store()
        .await
        .complete_multipart(&key(), &id, &parts())
        .await
        .unwrap();
}

#[tokio::test]
async fn joining_that_failed_after_it_happened_is_a_success() {
    for (size, etag, expected) in [
        ("7", "\"x-1\"", true),
        ("8", "\"x-1\"", false),
        ("7", "\"x-2\"", false),
    ] {
        let fake = Fake::start(move |asked, before| match (asked.method.as_str(), before) {
            ("POST", 0) => refuses(500, "InternalError"),
            ("POST", _) => refuses(404, "NoSuchUpload"),
            _ => says(200, "").header("content-length", size).header("etag", etag),
        })
        .await;
        let id = MultipartId("u".into());
        let outcome = fake.store().await.complete_multipart(&key(), &id, &parts()).await;
        assert_eq!(outcome.is_ok(), expected, "{size} {etag}: {outcome:?}");
    }
}

#[tokio::test]
async fn an_upload_that_is_gone_without_doubt_is_not_looked_for() {
    let fake = Fake::start(|_, _| refuses(404, "NoSuchUpload")).await;
    let id = MultipartId("u".into());
    let error = fake
        .store()
        .await
        .complete_multipart(&key(), &id, &parts())
        .await
        .unwrap_err();
    assert!(matches!(error, ObjectError::NotFound), "{error}");
    assert_eq!(fake.asked().len(), 1);
}

#[tokio::test]
async fn where_many_cannot_be_deleted_at_once_they_are_deleted_one_by_one() {
    let fake = Fake::start(|asked, _| match asked.method.as_str() {
        "POST" => refuses(501, "NotImplemented"),
        _ if asked.path.ends_with("/gone") => refuses(404, "NoSuchKey"),
        _ => says(204, ""),
    })
    .await;
    let keys = ["a", "gone", "b"].map(|name| ObjectKey(name.into()));
    fake.store().await.delete(&keys).await.unwrap();
    let deletions = fake
        .asked()
        .iter()
        .filter(|asked| asked.method == "DELETE")
        .count();
    assert_eq!(deletions, 3);
}

#[tokio::test]
async fn what_a_service_lists_beside_the_prefix_is_not_ours() {
    let fake = Fake::start(|asked, _| {
        let element = |key: &str| {
            format!("<Contents><Key>{key}</Key><Size>1</Size><LastModified>2026-03-02T08:00:00Z</LastModified></Contents>")
        };
        let upload = |key: &str| {
            format!("<Upload><Key>{key}</Key><UploadId>u</UploadId><Initiated>2026-03-02T08:00:00Z</Initiated></Upload>")
        };
        if asked.path.contains("uploads=") && !asked.path.contains("key-marker") {
            return says(200, format!("<ListMultipartUploadsResult><IsTruncated>true</IsTruncated><NextKeyMarker>other</NextKeyMarker><NextUploadIdMarker>u</NextUploadIdMarker>{}</ListMultipartUploadsResult>", upload("other")));
        }
        if asked.path.contains("uploads=") {
            return says(200, format!("<ListMultipartUploadsResult>{}</ListMultipartUploadsResult>", upload("ours/k")));
        }
        says(200, format!("<ListBucketResult>{}{}</ListBucketResult>", element("other"), element("ours/k")))
    })
    .await;
    let store = open(&fake.url().replace('?', "/ours?"), ACCESS, SECRET).await;
    let listed = store.list("", None).await.unwrap();
    assert_eq!(
        listed.iter().map(|object| &object.key).collect::<Vec<_>>(),
        [&key()]
    );
    let open = store.list_multiparts().await.unwrap();
    assert_eq!(
        open.iter().map(|upload| &upload.key).collect::<Vec<_>>(),
        [&key()]
    );
    assert!(fake.asked()[0].path.contains("prefix=ours%2F"));
}

#[tokio::test]
async fn encryption_is_asked_for_on_every_write() {
    let fake = Fake::start(|_, _| {
        says(
            200,
            "<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>",
        )
    })
    .await;
    let store = open(&format!("{}&sse=AES256", fake.url()), ACCESS, SECRET).await;
    store.put(&key(), "text/plain", "x".into()).await.unwrap();
    store.create_multipart(&key(), "text/plain").await.unwrap();
    for asked in fake.asked() {
        assert_eq!(asked.header("x-amz-server-side-encryption"), "AES256");
        assert!(
            asked
                .header("authorization")
                .contains("x-amz-server-side-encryption")
        );
    }
}
