//! Keys from every source, each behind a small endpoint of the test's, and how they are renewed.
use crate::remote_support::{ACCESS, Asked, Fake, SECRET, Says, keys, real_clock, refuses, says};
use homeroom_core::ports::ObjectStore as _;
use homeroom_core::ports::object_store::{Audience, GetGrant, ObjectError, ObjectKey};
use homeroom_objects::{Environment, S3ObjectStore, StorageUrl};
use jiff::{SignedDuration, Timestamp};
use std::time::{Duration, Instant};

const HOUR: SignedDuration = SignedDuration::from_hours(1);

fn key() -> ObjectKey {
    ObjectKey("k".into())
}

/// Keys that live so long from now.
fn document(access: &str, lives: SignedDuration) -> Says {
    let end = Timestamp::now() + lives;
    says(
        200,
        format!(
            "{{\"Code\":\"Success\",\"AccessKeyId\":\"{access}\",\"SecretAccessKey\":\"hidden\",\
             \"Token\":\"token/of+{access}\",\"Expiration\":\"{end}\"}}"
        ),
    )
}

async fn opened(service: &Fake, environment: &[(&str, &str)]) -> Result<S3ObjectStore, String> {
    let url = StorageUrl::parse(&service.url()).unwrap();
    let environment = Environment::of(environment.iter().copied());
    let opened = S3ObjectStore::open(&url, None, &environment, real_clock()).await;
    opened.map_err(|error| error.to_string())
}

async fn storage() -> Fake {
    Fake::start(|_, _| says(200, "")).await
}

/// Puts once; the access key and the session token that the service was shown.
async fn shown(storage: &Fake, store: &S3ObjectStore) -> (String, String) {
    store.put(&key(), "text/plain", "x".into()).await.unwrap();
    let asked = storage.asked().pop().unwrap();
    let authorization = asked.header("authorization").to_owned();
    let access = authorization
        .split("Credential=")
        .nth(1)
        .and_then(|rest| rest.split('/').next());
    let token = asked.header("x-amz-security-token").to_owned();
    assert_eq!(authorization.contains("x-amz-security-token"), !token.is_empty());
    (access.unwrap().to_owned(), token)
}

fn presigned(store: &S3ObjectStore, valid_for: Duration) -> homeroom_core::ports::object_store::Presigned {
    let grant = GetGrant {
        key: &key(),
        content_disposition: "inline",
        content_type: "text/plain",
        valid_for,
        through: None,
    };
    store.presign_get(&grant, &Audience(String::new()))
}

#[tokio::test]
async fn the_environment_may_hold_temporary_keys() {
    let storage = storage().await;
    let environment = [
        ("AWS_ACCESS_KEY_ID", "ASIAENV"),
        ("AWS_SECRET_ACCESS_KEY", "hidden"),
        ("AWS_SESSION_TOKEN", "a/token+="),
    ];
    let store = opened(&storage, &environment).await.unwrap();
    assert_eq!(
        shown(&storage, &store).await,
        ("ASIAENV".into(), "a/token+=".into())
    );
    let url = presigned(&store, Duration::from_mins(1)).url;
    assert!(url.contains("&X-Amz-Security-Token=a%2Ftoken%2B%3D&"), "{url}");
    assert!(!url.contains("hidden"));
}

fn metadata_service(asked: &Asked, _: usize) -> Says {
    let session = asked.header("x-aws-ec2-metadata-token") == "the-session";
    match (asked.method.as_str(), asked.path.as_str()) {
        ("PUT", "/latest/api/token") if !asked.header("x-aws-ec2-metadata-token-ttl-seconds").is_empty() => {
            says(200, "the-session")
        }
        ("GET", "/latest/meta-data/iam/security-credentials/") if session => says(200, "school-role\n"),
        ("GET", "/latest/meta-data/iam/security-credentials/school-role") if session => {
            document("ASIAMACHINE", HOUR)
        }
        _ => says(401, ""),
    }
}

#[tokio::test]
async fn a_machines_role_gives_keys_by_its_metadata_service() {
    let (storage, metadata) = (storage().await, Fake::start(metadata_service).await);
    let endpoint = format!("http://{}", metadata.address);
    let store = opened(&storage, &[("AWS_EC2_METADATA_SERVICE_ENDPOINT", &endpoint)])
        .await
        .unwrap();
    assert_eq!(
        shown(&storage, &store).await,
        ("ASIAMACHINE".into(), "token/of+ASIAMACHINE".into())
    );
}

#[tokio::test]
async fn without_any_keys_the_error_says_how_to_give_some() {
    let (storage, nobody) = (storage().await, Fake::start(|_, _| says(404, "")).await);
    let endpoint = format!("http://{}", nobody.address);
    for environment in [
        ("AWS_EC2_METADATA_SERVICE_ENDPOINT", endpoint.as_str()),
        ("AWS_EC2_METADATA_DISABLED", "true"),
    ] {
        let error = opened(&storage, &[environment]).await.err().unwrap();
        assert!(error.contains("HOMEROOM_STORAGE_ACCESS_KEY"), "{error}");
    }
}

#[tokio::test]
async fn a_containers_agent_gives_keys_for_the_token_in_its_file() {
    let storage = storage().await;
    let agent = Fake::start(|asked, _| match asked.header("authorization") {
        "the-pod" => document("ASIAPOD", HOUR),
        _ => says(403, ""),
    })
    .await;
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("token");
    std::fs::write(&file, "the-pod\n").unwrap();
    let address = format!("http://{}/keys", agent.address);
    let by_file = [
        ("AWS_CONTAINER_CREDENTIALS_FULL_URI", address.as_str()),
        ("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", file.to_str().unwrap()),
    ];
    let store = opened(&storage, &by_file).await.unwrap();
    assert_eq!(shown(&storage, &store).await.0, "ASIAPOD");
    let by_value = [
        ("AWS_CONTAINER_CREDENTIALS_FULL_URI", address.as_str()),
        ("AWS_CONTAINER_AUTHORIZATION_TOKEN", "the-pod"),
    ];
    assert!(opened(&storage, &by_value).await.is_ok());
    let error = opened(&storage, &by_value[..1]).await.err().unwrap();
    assert!(error.contains("container") && error.contains("403"), "{error}");
    let lost = [
        by_file[0],
        ("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "/no/such/file"),
    ];
    let error = opened(&storage, &lost).await.err().unwrap();
    assert!(error.contains("/no/such/file"), "{error}");
}

fn token_service(asked: &Asked, _: usize) -> Says {
    let form = String::from_utf8_lossy(&asked.body).into_owned();
    let right = form.contains("Action=AssumeRoleWithWebIdentity&Version=2011-06-15")
        && form.contains("RoleArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fschool")
        && form.contains("WebIdentityToken=the.web.token")
        && asked.method == "POST";
    if !right {
        return says(
            400,
            "<ErrorResponse><Error><Code>InvalidIdentityToken</Code></Error></ErrorResponse>",
        );
    }
    let end = Timestamp::now() + HOUR;
    says(
        200,
        format!(
            "<AssumeRoleWithWebIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\
             <AssumeRoleWithWebIdentityResult><Credentials><SessionToken>a/token</SessionToken>\
             <SecretAccessKey>hidden</SecretAccessKey><Expiration>{end}</Expiration>\
             <AccessKeyId>ASIAWEB</AccessKeyId></Credentials></AssumeRoleWithWebIdentityResult>\
             </AssumeRoleWithWebIdentityResponse>"
        ),
    )
}

#[tokio::test]
async fn a_web_identity_becomes_a_role() {
    let (storage, service) = (storage().await, Fake::start(token_service).await);
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("token");
    std::fs::write(&file, "the.web.token\n").unwrap();
    let endpoint = format!("http://{}", service.address);
    let environment = [
        ("AWS_ROLE_ARN", "arn:aws:iam::1:role/school"),
        ("AWS_WEB_IDENTITY_TOKEN_FILE", file.to_str().unwrap()),
        ("AWS_ENDPOINT_URL_STS", endpoint.as_str()),
    ];
    let store = opened(&storage, &environment).await.unwrap();
    assert_eq!(
        shown(&storage, &store).await,
        ("ASIAWEB".into(), "a/token".into())
    );
    std::fs::write(&file, "another").unwrap();
    let error = opened(&storage, &environment).await.err().unwrap();
    assert!(
        error.contains("InvalidIdentityToken") && !error.contains("another"),
        "{error}"
    );
}

/// A container's agent that hands out other keys each time.
async fn agent(lives: SignedDuration) -> Fake {
    Fake::start(move |_, before| document(&format!("ASIA{before}"), lives)).await
}

async fn with_agent(storage: &Fake, agent: &Fake) -> S3ObjectStore {
    let address = format!("http://{}/keys", agent.address);
    opened(storage, &[("AWS_CONTAINER_CREDENTIALS_FULL_URI", &address)])
        .await
        .unwrap()
}

#[tokio::test]
async fn keys_are_renewed_before_they_end_without_a_call() {
    let (storage, agent) = (storage().await, agent(SignedDuration::from_secs(3)).await);
    let store = with_agent(&storage, &agent).await;
    assert_eq!(shown(&storage, &store).await.0, "ASIA0");
    let begun = Instant::now();
    while presigned(&store, Duration::from_mins(1)).url.contains("ASIA0") {
        assert!(
            begun.elapsed() < Duration::from_secs(3),
            "keys are renewed in time"
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_ne!(shown(&storage, &store).await.0, "ASIA0");
}

#[tokio::test]
async fn a_url_never_claims_to_outlive_its_keys() {
    let (storage, agent) = (storage().await, agent(SignedDuration::from_mins(10)).await);
    let store = with_agent(&storage, &agent).await;
    let grant = presigned(&store, Duration::from_hours(5));
    let left = grant.expires_at.duration_since(Timestamp::now());
    assert!(
        left <= SignedDuration::from_mins(10) && left > SignedDuration::from_mins(9),
        "{left}"
    );
    let seconds = grant
        .url
        .split("X-Amz-Expires=")
        .nth(1)
        .and_then(|rest| rest.split('&').next());
    assert!(seconds.unwrap().parse::<i64>().unwrap() <= 600);
    let short = presigned(&store, Duration::from_mins(1));
    assert!(short.url.contains("X-Amz-Expires=60&"));
}

#[tokio::test]
async fn keys_that_the_service_calls_ended_are_renewed_within_the_call() {
    let storage = Fake::start(|asked, _| {
        if asked.header("authorization").contains("ASIA0") {
            refuses(400, "ExpiredToken")
        } else {
            says(200, "")
        }
    })
    .await;
    let agent = agent(HOUR).await;
    let store = with_agent(&storage, &agent).await;
    assert_eq!(shown(&storage, &store).await.0, "ASIA1");
    assert_eq!((storage.asked().len(), agent.asked().len()), (2, 2));
}

#[tokio::test]
async fn keys_that_ended_and_are_not_renewed_are_said_so() {
    let ended = Fake::start(|_, _| refuses(400, "ExpiredToken")).await;
    let url = StorageUrl::parse(&ended.url()).unwrap();
    let nothing = Environment::default();
    let store = S3ObjectStore::open(&url, Some(keys(ACCESS, SECRET)), &nothing, real_clock()).await;
    let error = store.unwrap().head(&key()).await.unwrap_err();
    assert!(
        matches!(&error, ObjectError::Unavailable(why) if why.contains("have ended")),
        "{error}"
    );
    let asked: Vec<String> = ended
        .asked()
        .iter()
        .map(|asked| asked.method.to_string())
        .collect();
    assert_eq!(asked, ["HEAD", "GET"], "a HEAD's refusal has no reason");
    let storage = storage().await;
    let agent = agent(SignedDuration::from_secs(-5)).await;
    let store = with_agent(&storage, &agent).await;
    let grant = presigned(&store, Duration::from_mins(1));
    assert!(grant.expires_at <= Timestamp::now());
    let error = store.put(&key(), "text/plain", "x".into()).await.unwrap_err();
    assert!(error.to_string().contains("have ended"), "{error}");
    assert!(storage.asked().is_empty());
}
