//! `homeroom admin storage init` and `check`, before and after, on a real service.
use crate::remote_support::{ACCESS, Fake, RandomIds, SECRET, Served, at, embedded, open, open_at, refuses};
use homeroom_core::ports::ObjectStore as _;
use homeroom_objects::{Finding, S3ObjectStore, StorageAdmin, Verdict};
use homeroom_testkit::servers::free_port;
use homeroom_testkit::servers::radosgw::radosgw;
use homeroom_testkit::servers::s3::S3Service;
use jiff::SignedDuration;
use url::Url;

const PUBLIC: &str = "http://school.example:8000/";

async fn init(store: &S3ObjectStore, public: &str) -> Vec<Finding> {
    let public = Url::parse(public).unwrap();
    StorageAdmin::new(store, &public, &RandomIds).init().await
}

async fn check(store: &S3ObjectStore) -> Vec<Finding> {
    let public = Url::parse(PUBLIC).unwrap();
    StorageAdmin::new(store, &public, &RandomIds).check().await
}

fn about<'a>(findings: &'a [Finding], what: &str) -> &'a Finding {
    let found = findings.iter().find(|finding| finding.looked_at == what);
    found.unwrap_or_else(|| panic!("{what} is looked at: {findings:#?}"))
}

fn told(findings: &[Finding]) -> String {
    let lines: Vec<String> = findings.iter().map(Finding::to_string).collect();
    lines.join("\n")
}

async fn nothing_is_left(store: &S3ObjectStore) {
    assert!(store.list("", None).await.unwrap().is_empty());
    assert!(store.list_multiparts().await.unwrap().is_empty());
}

#[tokio::test]
async fn init_makes_everything_and_check_finds_it_good() {
    let Some(service) = radosgw() else { return };
    let store = at(service, &service.url(&S3Service::unused_name())).await;
    let before = check(&store).await;
    let bucket = before.last().unwrap();
    assert_eq!((bucket.looked_at, bucket.verdict), ("bucket", Verdict::Wrong));
    assert!(
        bucket.to_string().contains("homeroom admin storage init"),
        "{bucket}"
    );
    let made = init(&store, PUBLIC).await;
    for what in ["bucket", "CORS rule", "lifecycle rule"] {
        assert_eq!(about(&made, what).verdict, Verdict::Mended, "{}", told(&made));
    }
    let after = check(&store).await;
    for finding in &after {
        let expected = match finding.looked_at {
            "digests" => Verdict::Weak,
            _ => Verdict::Good,
        };
        assert_eq!(finding.verdict, expected, "{}", told(&after));
    }
    let looked_at: Vec<&str> = after.iter().map(|finding| finding.looked_at).collect();
    assert_eq!(
        looked_at,
        [
            "service",
            "clock",
            "keys",
            "bucket",
            "CORS rule",
            "lifecycle rule",
            "scheme",
            "CORS preflight",
            "upload",
            "signatures",
            "digests",
            "written once",
            "upload in parts",
            "download",
            "listing",
            "deleting",
        ]
    );
    nothing_is_left(&store).await;
    let again = init(&store, PUBLIC).await;
    assert!(
        again.iter().all(|finding| finding.verdict != Verdict::Mended),
        "{}",
        told(&again)
    );
}

#[tokio::test]
async fn a_bucket_without_cors_is_found_with_the_command_that_mends_it() {
    let Some(service) = radosgw() else { return };
    let store = at(service, &service.bucket()).await;
    let findings = check(&store).await;
    let rule = about(&findings, "CORS rule");
    assert_eq!(
        rule.to_string(),
        "WRONG  CORS rule: the bucket has no CORS rule that lets pages of http://school.example:8000 upload to it \
         and read ETag; run `homeroom admin storage init`"
    );
    assert_eq!(about(&findings, "CORS preflight").verdict, Verdict::Wrong);
    assert_eq!(about(&findings, "upload").verdict, Verdict::Wrong);
    nothing_is_left(&store).await;
}

#[tokio::test]
async fn rules_of_others_stay() {
    let Some(service) = radosgw() else { return };
    let bucket = service.bucket();
    let one = at(service, &bucket.replace('?', "/one?")).await;
    let two = at(service, &bucket.replace('?', "/two?")).await;
    for (store, public) in [
        (&one, "https://one.example"),
        (&two, PUBLIC),
        (&one, "https://one.example"),
    ] {
        init(store, public).await;
    }
    for (store, public) in [(&one, "https://one.example"), (&two, PUBLIC)] {
        let findings = init(store, public).await;
        for what in ["CORS rule", "lifecycle rule"] {
            assert_eq!(
                about(&findings, what).verdict,
                Verdict::Good,
                "{public} {}",
                told(&findings)
            );
        }
    }
    let whole = at(service, &bucket).await;
    assert_eq!(
        about(&check(&whole).await, "lifecycle rule").verdict,
        Verdict::Weak
    );
    assert_eq!(
        about(&init(&whole, PUBLIC).await, "lifecycle rule").verdict,
        Verdict::Mended
    );
    assert_eq!(about(&check(&one).await, "lifecycle rule").verdict, Verdict::Good);
}

#[tokio::test]
async fn keys_clock_and_silence_are_findings() {
    let Some(service) = radosgw() else { return };
    let url = service.bucket();
    let wrong = open(&url, &service.access_key, "not-the-secret").await;
    let findings = check(&wrong).await;
    let keys = findings.last().unwrap();
    assert_eq!((keys.looked_at, keys.verdict), ("keys", Verdict::Wrong));
    assert!(keys.to_string().contains("secret key does not belong"), "{keys}");
    let hour = SignedDuration::from_hours(-1);
    let late = open_at(&url, &service.access_key, &service.secret_key, hour).await;
    let findings = init(&late, PUBLIC).await;
    let clock = about(&findings, "clock");
    assert_eq!(clock.verdict, Verdict::Weak);
    assert!(clock.said.contains("s behind"), "{clock}");
    assert_eq!(
        about(&findings, "upload").verdict,
        Verdict::Good,
        "{}",
        told(&findings)
    );
    let nowhere = format!("s3://school?endpoint=http://127.0.0.1:{}", free_port());
    let findings = init(&open(&nowhere, ACCESS, SECRET).await, PUBLIC).await;
    assert_eq!(findings.len(), 1);
    assert_eq!(
        (findings[0].looked_at, findings[0].verdict),
        ("service", Verdict::Wrong)
    );
}

#[tokio::test]
async fn a_bucket_that_may_not_be_made_is_said_so() {
    let fake = Fake::start(|asked, _| match asked.method.as_str() {
        "PUT" => refuses(403, "AccessDenied"),
        _ => refuses(404, "NoSuchBucket"),
    })
    .await;
    let findings = init(&fake.store().await, PUBLIC).await;
    let bucket = findings.last().unwrap().to_string();
    assert!(bucket.contains("garage bucket create"), "{bucket}");
}

#[tokio::test]
async fn embedded_storage_needs_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let store = S3ObjectStore::embedded(embedded(directory.path()).await);
    for findings in [init(&store, PUBLIC).await, check(&store).await] {
        assert_eq!((findings.len(), findings[0].verdict), (1, Verdict::Good));
    }
}

#[tokio::test]
async fn a_service_without_cors_is_wrong_and_without_lifecycle_weak() {
    let served = Served::start().await;
    let store = open(&served.url(), ACCESS, SECRET).await;
    let findings = init(&store, PUBLIC).await;
    assert_eq!(about(&findings, "CORS rule").verdict, Verdict::Wrong);
    assert_eq!(about(&findings, "lifecycle rule").verdict, Verdict::Weak);
    nothing_is_left(&store).await;
}
