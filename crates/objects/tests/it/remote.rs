//! The port's contract on every service that is at hand, and that nothing leaves its prefix.
use crate::remote_support::{ACCESS, SECRET, Served, at, embedded, open};
use async_trait::async_trait;
use bytes::Bytes;
use homeroom_core::ports::ObjectStore;
use homeroom_core::ports::object_store::{Audience, ObjectKey, PutGrant};
use homeroom_objects::{EmbeddedS3, S3ObjectStore, StorageUrl};
use homeroom_testkit::conformance::object_store::{Gaps, ObjectStoreSubject};
use homeroom_testkit::object_store_conformance;
use homeroom_testkit::servers::{garage::garage, radosgw::radosgw};
use http::{Request, Response};
use http_body_util::{BodyExt as _, Full};
use std::sync::Arc;
use std::time::Duration;

/// Inside of this process, without a network.
struct Inside {
    endpoint: EmbeddedS3,
    _directory: tempfile::TempDir,
}

impl Inside {
    async fn new() -> Option<Self> {
        let directory = tempfile::tempdir().unwrap();
        Some(Self {
            endpoint: embedded(directory.path()).await,
            _directory: directory,
        })
    }
}

#[async_trait]
impl ObjectStoreSubject for Inside {
    fn store(&self) -> Arc<dyn ObjectStore> {
        Arc::new(S3ObjectStore::embedded(self.endpoint.clone()))
    }

    async fn send(&self, request: Request<Bytes>) -> Response<Bytes> {
        let (mut parts, body) = request.into_parts();
        let host = parts.uri.authority().unwrap().to_string();
        parts.headers.insert("host", host.parse().unwrap());
        if !body.is_empty() || parts.method == "PUT" {
            parts.headers.insert("content-length", body.len().into());
        }
        parts.uri = parts.uri.path_and_query().unwrap().as_str().parse().unwrap();
        let answer = self
            .endpoint
            .handle(Request::from_parts(parts, Full::new(body)))
            .await;
        let (parts, body) = answer.into_parts();
        Response::from_parts(parts, body.collect().await.unwrap().to_bytes())
    }
}

/// Over a network.
struct Remote {
    store: Arc<S3ObjectStore>,
    gaps: Gaps,
    _served: Option<Served>,
}

impl Remote {
    async fn embedded() -> Option<Self> {
        let served = Served::start().await;
        Some(Self {
            store: Arc::new(open(&served.url(), ACCESS, SECRET).await),
            gaps: Gaps::default(),
            _served: Some(served),
        })
    }

    async fn radosgw() -> Option<Self> {
        let service = radosgw()?;
        Some(Self {
            store: Arc::new(at(service, &service.bucket()).await),
            gaps: Gaps {
                digests: true,
                write_once: false,
                join_once: true,
            },
            _served: None,
        })
    }

    async fn garage() -> Option<Self> {
        let garage = garage()?;
        Some(Self {
            store: Arc::new(at(garage.service(), &garage.bucket()).await),
            gaps: Gaps {
                digests: false,
                write_once: true,
                join_once: true,
            },
            _served: None,
        })
    }

    async fn below_a_prefix() -> Option<Self> {
        let service = radosgw()?;
        let url = service.bucket().replace('?', "/schools/one?");
        Some(Self {
            store: Arc::new(at(service, &url).await),
            ..Self::radosgw().await?
        })
    }
}

#[async_trait]
impl ObjectStoreSubject for Remote {
    fn store(&self) -> Arc<dyn ObjectStore> {
        self.store.clone()
    }

    fn gaps(&self) -> Gaps {
        self.gaps
    }
}

mod inside {
    use super::*;
    object_store_conformance!(Inside::new().await);
}

mod over_http {
    use super::*;
    object_store_conformance!(Remote::embedded().await);
}

mod on_radosgw {
    use super::*;
    object_store_conformance!(Remote::radosgw().await);
}

mod on_radosgw_below_a_prefix {
    use super::*;
    object_store_conformance!(Remote::below_a_prefix().await);
}

mod on_garage {
    use super::*;
    object_store_conformance!(Remote::garage().await);
}

fn key(name: &str) -> ObjectKey {
    ObjectKey(name.into())
}

async fn names(store: &S3ObjectStore) -> Vec<String> {
    let listed = store.list("", None).await.unwrap();
    listed.into_iter().map(|object| object.key.0).collect()
}

#[tokio::test]
async fn nothing_is_written_listed_or_deleted_outside_of_the_prefix() {
    let served = Served::start().await;
    let below = |prefix: &str| {
        let url = served.url().replace('?', &format!("/{prefix}?"));
        async move { open(&url, ACCESS, SECRET).await }
    };
    let (whole, one, two) = (
        open(&served.url(), ACCESS, SECRET).await,
        below("schools/one").await,
        below("schools/one-more").await,
    );
    for (store, name) in [(&whole, "mine"), (&one, "a"), (&two, "b")] {
        store.put(&key(name), "text/plain", "x".into()).await.unwrap();
    }
    assert_eq!(
        names(&whole).await,
        ["mine", "schools/one-more/b", "schools/one/a"]
    );
    assert_eq!(names(&one).await, ["a"]);
    assert_eq!(names(&two).await, ["b"]);
    one.delete(&["mine", "b", "../../mine", "schools/one-more/b"].map(key))
        .await
        .unwrap();
    assert_eq!(names(&whole).await.len(), 3);
    let upload = one.create_multipart(&key("u"), "text/plain").await.unwrap();
    assert!(two.list_multiparts().await.unwrap().is_empty());
    assert_eq!(one.list_multiparts().await.unwrap()[0].key, key("u"));
    assert_eq!(
        whole.list_multiparts().await.unwrap()[0].key,
        key("schools/one/u")
    );
    one.abort_multipart(&key("u"), &upload).await.unwrap();
    one.delete(&[key("a")]).await.unwrap();
    assert_eq!(names(&whole).await, ["mine", "schools/one-more/b"]);
}

#[tokio::test]
async fn clients_are_told_the_encryption_that_is_signed() {
    let url = "s3://school?region=eu-west-1&sse=aws:kms&kms_key=k1";
    let store = open(url, ACCESS, SECRET).await;
    let grant = PutGrant {
        key: &key("k"),
        size: Some(5),
        content_type: Some("video/mp4"),
        sha256: None,
        valid_for: Duration::from_mins(1),
        through: None,
    };
    let grant = store.presign_put(&grant, &Audience("https://unused.example".into()));
    assert!(
        grant
            .url
            .starts_with("https://school.s3.eu-west-1.amazonaws.com/k?")
    );
    for header in [
        "x-amz-server-side-encryption",
        "x-amz-server-side-encryption-aws-kms-key-id",
    ] {
        assert!(grant.headers.iter().any(|(name, _)| name == header), "{header}");
        assert!(grant.url.contains(header), "{header} is signed");
    }
    assert_eq!(StorageUrl::parse(url).unwrap().to_string(), url);
    assert_eq!(
        store.browser_origin(),
        Some("https://school.s3.eu-west-1.amazonaws.com")
    );
}
