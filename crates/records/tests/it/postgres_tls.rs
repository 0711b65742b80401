//! TLS by every `sslmode`, against a real server with a certificate of its own.
use homeroom_core::ports::RecordStore;
use homeroom_core::ports::record_store::{Condition, Key, Record, StoreError, Write};
use homeroom_records::{PostgresOptions, PostgresRecordStore};
use homeroom_testkit::StepClock;
use homeroom_testkit::servers::postgres::Postgres;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use std::path::Path;
use std::sync::Arc;

struct Files {
    root: String,
    stranger: String,
    settings: [String; 3],
}

/// A root that has signed the server's certificate for `localhost`, and one that has not.
fn make_certificates(directory: &Path) -> Files {
    let write = |name: &str, text: String| {
        let path = directory.join(name);
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    };
    let authority = || {
        let mut params = CertificateParams::new(vec![]).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
    };
    let (root, stranger) = (authority(), authority());
    let key = KeyPair::generate().unwrap();
    let certificate = CertificateParams::new(vec!["localhost".into()])
        .unwrap()
        .signed_by(&key, &root)
        .unwrap();
    let certificate = write("server.crt", certificate.pem());
    let key = write("server.key", key.serialize_pem());
    Files {
        root: write("root.crt", root.pem()),
        stranger: write("stranger.crt", stranger.pem()),
        settings: [
            "ssl = on".into(),
            format!("ssl_cert_file = '{certificate}'"),
            format!("ssl_key_file = '{key}'"),
        ],
    }
}

async fn connect(url: &str) -> Result<PostgresRecordStore, StoreError> {
    let clock = Arc::new(StepClock::school_morning());
    PostgresRecordStore::connect(url, PostgresOptions::default(), clock).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tls_verifies_as_much_as_the_url_asks_for() {
    let Some(server) = Postgres::start(&[]) else {
        return;
    };
    let url = server.database();
    let plain = connect(&format!("{url}?sslmode=require")).await.err().unwrap();
    assert!(
        plain.to_string().contains("TLS"),
        "a server without TLS is refused: {plain}"
    );
    connect(&format!("{url}?sslmode=prefer")).await.unwrap();

    let place = server.directory().unwrap().join("tls");
    std::fs::create_dir(&place).unwrap();
    let files = make_certificates(&place);
    server.adopt(&place);
    for setting in &files.settings {
        server.execute("postgres", &format!("ALTER SYSTEM SET {setting}"));
    }
    server.stop("fast");
    server.start_again();

    let named = url.replacen("127.0.0.1", "localhost", 1);
    let (root, stranger) = (&files.root, &files.stranger);
    for (accepted, url) in [
        (true, format!("{url}?sslmode=require")),
        (true, format!("{named}?sslmode=verify-full&sslrootcert={root}")),
        (true, format!("{url}?sslmode=verify-ca&sslrootcert={root}")),
        (false, format!("{url}?sslmode=verify-full&sslrootcert={root}")),
        (
            false,
            format!("{named}?sslmode=verify-full&sslrootcert={stranger}"),
        ),
        (false, format!("{named}?sslmode=require&sslrootcert={stranger}")),
        (false, format!("{named}?sslmode=verify-full")),
    ] {
        match connect(&url).await {
            Ok(store) => {
                assert!(accepted, "{url} is refused");
                let put = Write::Put(
                    Record::new(Key::new("tls", "1"), vec![7; 100_000]),
                    Condition::Any,
                );
                store.transact(vec![put]).await.unwrap();
                assert_eq!(
                    store.get(&[Key::new("tls", "1")]).await.unwrap()[0]
                        .as_ref()
                        .unwrap()
                        .body
                        .len(),
                    100_000
                );
            }
            Err(error) => {
                assert!(!accepted, "{url}: {error}");
                assert!(error.to_string().contains("certificate"), "{error}");
            }
        }
    }
}
