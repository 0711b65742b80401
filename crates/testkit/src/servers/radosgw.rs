//! Ceph's object gateway (Debian: `radosgw ceph-mon ceph-osd ceph-base ceph-common`), an S3 service
//! that is strict about signatures.
//!
//! A monitor, one storage daemon in memory and the gateway, about 15 seconds after they are wanted
//! for the first time in a test process. Version 16.2 has gaps that tests must know: no SHA-256, an
//! empty ETag in CompleteMultipartUpload's answer, `If-None-Match` heeded on PUT but not there.
use super::s3::S3Service;
use super::{Server, directory, free_port, missing, program};
use std::process::Command;
use std::sync::OnceLock;
use std::time::Duration;

const SCRIPT: &str = include_str!("radosgw.sh");
const PROGRAMS: [&str; 6] = [
    "radosgw",
    "radosgw-admin",
    "ceph-mon",
    "ceph-osd",
    "ceph-authtool",
    "monmaptool",
];
const PACKAGES: &str = "radosgw ceph-mon ceph-osd ceph-base ceph-common";
const PATIENCE: Duration = Duration::from_mins(3);

/// The one gateway of this test process, or the service that `HOMEROOM_TEST_S3` names; `None` when
/// the programs are missing and may be.
///
/// # Panics
/// When programs are missing and may not be, or when it does not come up.
pub fn radosgw() -> Option<&'static S3Service> {
    static RUNNING: OnceLock<Option<(S3Service, Option<Server>)>> = OnceLock::new();
    let running = RUNNING.get_or_init(|| match S3Service::given() {
        Some(given) => Some((given, None)),
        None => start(),
    });
    running.as_ref().map(|(service, _)| service)
}

fn start() -> Option<(S3Service, Option<Server>)> {
    for name in PROGRAMS {
        if program(name, &["/usr/bin", "/usr/sbin"]).is_none() {
            missing(name, PACKAGES);
            return None;
        }
    }
    let service = S3Service {
        endpoint: format!("http://127.0.0.1:{}", free_port()),
        region: "us-east-1".into(),
        access_key: "TESTSOFHOMEROOM".into(),
        secret_key: "a-secret-of-tests-and-of-nothing-else".into(),
    };
    let port = service.endpoint.rsplit(':').next().unwrap_or_default().to_owned();
    let mut command = Command::new("sh");
    command.args(["-c", SCRIPT, "radosgw", &port, &free_port().to_string()]);
    command.args([&service.access_key, &service.secret_key]);
    let server = Server::start(directory(), &command).expect("sh can be started");
    let ready = server.directory().join("ready");
    server.wait_until("radosgw", PATIENCE, || ready.exists() && service.answers());
    Some((service, Some(server)))
}
