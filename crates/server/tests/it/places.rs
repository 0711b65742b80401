//! Where schools of tests keep state and files: on the embedded engines, or on those that
//! `HOMEROOM_TEST_RECORDS` (`postgres`, `dynamodb`) and `HOMEROOM_TEST_STORAGE` (`radosgw`) name, so that
//! the same tests run on all of them.
use homeroom_testkit::servers::{moto, postgres, radosgw, s3::S3Service};
use std::sync::atomic::{AtomicU32, Ordering};

/// Settings by environment variable.
pub type Settings = Vec<(String, String)>;

/// What all processes of one school share.
pub const SECRET: &str = "one secret for all processes of a school in tests";

fn pair(name: &str, value: impl Into<String>) -> (String, String) {
    (name.to_owned(), value.into())
}

/// A fresh place for each school, on the engines of this run.
///
/// # Panics
/// When there is no such engine.
pub fn of_this_run() -> Settings {
    let mut settings = match variable("HOMEROOM_TEST_RECORDS").as_str() {
        "" | "sqlite" => Settings::new(),
        "postgres" => on_postgres().expect("PostgreSQL is not there"),
        "dynamodb" => on_dynamodb().expect("moto is not there"),
        other => panic!("HOMEROOM_TEST_RECORDS: there is no {other}"),
    };
    settings.extend(match variable("HOMEROOM_TEST_STORAGE").as_str() {
        "" | "embedded" => Settings::new(),
        "radosgw" => on_radosgw().expect("radosgw is not there"),
        other => panic!("HOMEROOM_TEST_STORAGE: there is no {other}"),
    });
    settings
}

/// Whether files are in the embedded store. It does more than other services do: it verifies SHA-256
/// before it answers, and sends what users uploaded in a sandbox.
pub fn storage_is_embedded() -> bool {
    variable("HOMEROOM_TEST_STORAGE").is_empty()
}

/// Whether records are in this engine.
pub fn records_are(engine: &str) -> bool {
    variable("HOMEROOM_TEST_RECORDS") == engine
}

fn variable(name: &str) -> String {
    std::env::var(name).unwrap_or_default()
}

/// Records in a database of their own.
pub fn on_postgres() -> Option<Settings> {
    Some(records(&postgres::shared()?.database()))
}

/// Records in a table of their own.
pub fn on_dynamodb() -> Option<Settings> {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let table = format!("school-{}-{number}", std::process::id());
    let endpoint = moto::endpoint()?;
    let mut settings = records(&format!("dynamodb://eu-central-1/{table}?endpoint={endpoint}"));
    settings.push(pair("AWS_ACCESS_KEY_ID", "for-moto"));
    settings.push(pair("AWS_SECRET_ACCESS_KEY", "for-moto"));
    settings.push(pair("AWS_EC2_METADATA_DISABLED", "true"));
    Some(settings)
}

/// Records at a URL, which processes may share.
pub fn records(url: &str) -> Settings {
    vec![
        pair("HOMEROOM_RECORDS", url),
        pair("HOMEROOM_SECRET", SECRET),
        pair("HOMEROOM_PUBLIC_URL", "http://school.example"),
    ]
}

/// Files in a bucket of their own.
pub fn on_radosgw() -> Option<Settings> {
    let service = radosgw::radosgw()?;
    Some(storage(service, &service.bucket()))
}

/// Files at a storage URL of a service.
pub fn storage(service: &S3Service, url: &str) -> Settings {
    vec![
        pair("HOMEROOM_STORAGE_URL", url),
        pair("HOMEROOM_STORAGE_ACCESS_KEY", &service.access_key),
        pair("HOMEROOM_STORAGE_SECRET_KEY", &service.secret_key),
    ]
}
