//! Garage, an S3 service without versions that ignores `If-None-Match` on PUT.
//!
//! Optional: a binary is taken from `HOMEROOM_TEST_GARAGE` or the path. Building one takes half an
//! hour: `cargo install --locked garage --no-default-features --features bundled-libs,sqlite`.
use super::s3::S3Service;
use super::{Server, directory, free_port, program};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::time::Duration;

const PATIENCE: Duration = Duration::from_mins(1);

/// A running Garage.
pub struct Garage {
    service: S3Service,
    binary: PathBuf,
    configuration: PathBuf,
    _server: Server,
}

/// The one Garage of this test process; `None` when there is no binary, which is said and counted,
/// and no failure.
///
/// # Panics
/// When it does not come up.
pub fn garage() -> Option<&'static Garage> {
    static RUNNING: OnceLock<Option<Garage>> = OnceLock::new();
    RUNNING.get_or_init(start).as_ref()
}

impl Garage {
    /// Address and keys.
    pub fn service(&self) -> &S3Service {
        &self.service
    }

    /// A fresh bucket's storage URL. Keys do not make buckets here: the operator's command does.
    ///
    /// # Panics
    /// When it is not made.
    pub fn bucket(&self) -> String {
        let name = S3Service::unused_name();
        self.run(&["bucket", "create", &name]);
        let rights = ["--read", "--write", "--owner", "--key", "test"];
        self.run(&[&["bucket", "allow"], &rights[..], &[name.as_str()]].concat());
        self.service.url(&name)
    }

    fn run(&self, arguments: &[&str]) {
        let output = run(&self.binary, &self.configuration, arguments);
        assert!(output.is_some(), "garage {arguments:?}");
    }
}

fn start() -> Option<Garage> {
    let named = std::env::var_os("HOMEROOM_TEST_GARAGE").map(PathBuf::from);
    let Some(binary) = named.or_else(|| program("garage", &["/usr/local/bin"])) else {
        println!("MISSING garage (optional: set HOMEROOM_TEST_GARAGE to a binary)");
        return None;
    };
    let directory = directory();
    let (port, peers) = (free_port(), free_port());
    let service = S3Service {
        endpoint: format!("http://127.0.0.1:{port}"),
        region: "garage".into(),
        access_key: "GK746573747374657374737465".into(),
        secret_key: "7465737473746573747374657374737465737473746573747374657374737465".into(),
    };
    let configuration = directory.join("garage.toml");
    let text = format!(
        "metadata_dir = '{0}/metadata'\ndata_dir = '{0}/data'\ndb_engine = 'sqlite'\nreplication_factor = 1\n\
         rpc_bind_addr = '127.0.0.1:{peers}'\nrpc_public_addr = '127.0.0.1:{peers}'\nrpc_secret = '{1}'\n\
         [s3_api]\ns3_region = '{2}'\napi_bind_addr = '127.0.0.1:{port}'\nroot_domain = '.s3.localhost'\n",
        directory.display(),
        service.secret_key,
        service.region,
    );
    std::fs::write(&configuration, text).expect("the directory takes a file");
    let mut command = Command::new(&binary);
    command.arg("-c").arg(&configuration).arg("server");
    let server = Server::start(directory, &command).expect("garage can be started");
    server.wait_until("garage", PATIENCE, || {
        run(&binary, &configuration, &["status"]).is_some()
    });
    let id = run(&binary, &configuration, &["node", "id", "-q"]).expect("garage has an id");
    let garage = Garage {
        service,
        binary,
        configuration,
        _server: server,
    };
    let node = id.split('@').next().unwrap_or_default().trim();
    garage.run(&["layout", "assign", "-z", "here", "-c", "5G", node]);
    garage.run(&["layout", "apply", "--version", "1"]);
    let (access, secret) = (&garage.service.access_key, &garage.service.secret_key);
    garage.run(&["key", "import", "--yes", "-n", "test", access, secret]);
    Some(garage)
}

/// What the operator's command prints, if it succeeds.
fn run(binary: &Path, configuration: &Path, arguments: &[&str]) -> Option<String> {
    let output = Command::new(binary)
        .arg("-c")
        .arg(configuration)
        .args(arguments)
        .output()
        .ok()?;
    output
        .status
        .success()
        .then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}
