//! DynamoDB as PyPI's `moto[server]` imitates it: conditions, transactions with reasons, indexes, pages and
//! the 400 KB limit. It ignores `ClientRequestToken`, never sweeps expired items, keeps everything in
//! memory, and verifies no signature.
use super::{Server, directory, free_port, missing, program};
use std::net::TcpStream;
use std::process::Command;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// What moto is mended with; it reads so itself.
const MENDING: &str = include_str!("moto/sitecustomize.py");
/// Python takes its time to read moto, more so on a machine that builds meanwhile.
const PATIENCE: Duration = Duration::from_mins(2);

/// Services that serve side by side: each is one thread of Python.
const SERVICES: usize = 2;

/// The endpoint of a service in which every test makes tables of its own: the next one of those that
/// `HOMEROOM_TEST_DYNAMODB` names, parted by commas, or of those that are started once for this test process
/// and end with it. `None` when moto is missing and that is allowed.
///
/// Whoever starts moto for `HOMEROOM_TEST_DYNAMODB` puts the directory `servers/moto` of this crate into its
/// `PYTHONPATH`.
///
/// # Panics
/// When moto is missing and that is not allowed, or does not come up.
pub fn endpoint() -> Option<String> {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    let endpoints = endpoints()?;
    let next = NEXT.fetch_add(1, Ordering::Relaxed) % endpoints.len();
    Some(endpoints[next].clone())
}

/// Where one is, and the one that was started here.
type Service = (String, Option<Server>);

/// All of them.
///
/// # Panics
/// As [`endpoint`].
pub fn endpoints() -> Option<Vec<String>> {
    static STARTED: OnceLock<Option<Vec<Service>>> = OnceLock::new();
    let started = STARTED.get_or_init(|| match std::env::var("HOMEROOM_TEST_DYNAMODB") {
        Ok(named) if !named.is_empty() => Some(
            named
                .split(',')
                .map(|endpoint| (endpoint.to_owned(), None))
                .collect(),
        ),
        _ => {
            let started = (0..SERVICES).map(|_| start());
            started
                .map(|started| started.map(|(endpoint, server)| (endpoint, Some(server))))
                .collect()
        }
    });
    let endpoints = started.as_ref()?.iter();
    Some(endpoints.map(|(endpoint, _)| endpoint.clone()).collect())
}

fn start() -> Option<(String, Server)> {
    let Some(moto) = program("moto_server", &[]) else {
        missing(
            "moto_server",
            "moto[server] from PyPI (pip install 'moto[server]')",
        );
        return None;
    };
    let (directory, port) = (directory(), free_port());
    std::fs::write(directory.join("sitecustomize.py"), MENDING).expect("a temporary directory is writable");
    let mut command = Command::new(moto);
    command.args(["-H", "127.0.0.1", "-p", &port.to_string()]);
    command
        .env("PYTHONPATH", &directory)
        .env("PYTHONDONTWRITEBYTECODE", "1");
    let server = Server::start(directory, &command).expect("sh is there");
    server.wait_until("moto", PATIENCE, || {
        TcpStream::connect(("127.0.0.1", port)).is_ok()
    });
    Some((format!("http://127.0.0.1:{port}"), server))
}
