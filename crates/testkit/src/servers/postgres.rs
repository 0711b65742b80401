//! PostgreSQL for tests: the real server with `fsync` on, in a temporary directory, on a free port.
//!
//! `HOMEROOM_TEST_POSTGRES` names a running one instead (the URL of a superuser). PostgreSQL refuses to
//! run as root; a test that does starts it as the user `postgres`, or `nobody`.
use super::{Server, directory, free_port, missing, program};
use std::fmt::Write as _;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Duration;

/// How long a server may take to come up on a busy machine.
const PATIENCE: Duration = Duration::from_mins(1);

/// Where Debian and others keep the server's programs when they are not on the path.
const HOMES: [&str; 6] = [
    "/usr/lib/postgresql/18/bin",
    "/usr/lib/postgresql/17/bin",
    "/usr/lib/postgresql/16/bin",
    "/usr/lib/postgresql/15/bin",
    "/usr/lib/postgresql/14/bin",
    "/usr/local/pgsql/bin",
];

/// A PostgreSQL server.
pub struct Postgres {
    /// None for one that was already running.
    server: Option<Server>,
    programs: PathBuf,
    /// Up to and including the slash before the database's name.
    base: String,
    /// From the question mark on, or empty.
    parameters: String,
    port: u16,
    /// End servers that were started again when this process is gone.
    watchers: Mutex<Vec<Child>>,
}

/// The server that all tests of this process share; `None` if its program is missing and may be.
///
/// # Panics
/// When it is missing, or does not come up.
pub fn shared() -> Option<&'static Postgres> {
    static SHARED: OnceLock<Option<Postgres>> = OnceLock::new();
    SHARED
        .get_or_init(|| match std::env::var("HOMEROOM_TEST_POSTGRES") {
            Ok(url) if !url.is_empty() => Some(Postgres::running(&url)),
            _ => Postgres::start(&[]),
        })
        .as_ref()
}

impl Postgres {
    /// Starts a server of the test's own, with settings beside the usual ones (`name=value`).
    /// `None` if its program is missing and may be.
    ///
    /// # Panics
    /// When it is missing, or does not come up.
    pub fn start(settings: &[&str]) -> Option<Self> {
        let Some(programs) = programs() else {
            missing("PostgreSQL's initdb", "the Debian package postgresql");
            return None;
        };
        let place = directory();
        let account = account();
        hand_over(&place, account.as_deref());
        initialise(&programs, &place, account.as_deref());
        let port = free_port();
        let mut command = as_account(&programs.join("postgres"), account.as_deref());
        command.arg("-D").arg(place.join("data")).arg("-k").arg(&place);
        command.args([
            "-h",
            "127.0.0.1",
            "-p",
            &port.to_string(),
            "-c",
            "max_connections=300",
        ]);
        for setting in settings {
            command.args(["-c", setting]);
        }
        let server = Server::start(place, &command).expect("sh can be started");
        let postgres = Self {
            server: Some(server),
            programs,
            base: format!("postgres://postgres@127.0.0.1:{port}/"),
            parameters: String::new(),
            port,
            watchers: Mutex::default(),
        };
        postgres.wait();
        Some(postgres)
    }

    fn running(url: &str) -> Self {
        let (path, parameters) = match url.split_once('?') {
            Some((path, parameters)) => (path, format!("?{parameters}")),
            None => (url, String::new()),
        };
        let end = path
            .rfind('/')
            .expect("HOMEROOM_TEST_POSTGRES is a URL with a database");
        let port = path[..end].rsplit(':').next().and_then(|port| port.parse().ok());
        Self {
            server: None,
            programs: programs()
                .expect("psql is needed beside HOMEROOM_TEST_POSTGRES: install postgresql-client"),
            base: path[..=end].into(),
            parameters,
            port: port.unwrap_or(5432),
            watchers: Mutex::default(),
        }
    }

    /// The URL of a new, empty database that nobody else uses.
    ///
    /// # Panics
    /// When it cannot be created.
    pub fn database(&self) -> String {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("homeroom_{}_{number}", std::process::id());
        let sql = format!("CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'");
        self.execute("postgres", &sql);
        format!("{}{name}{}", self.base, self.parameters)
    }

    /// Executes SQL in a database as the superuser and returns what `psql` prints.
    ///
    /// # Panics
    /// With `psql`'s words when it fails.
    pub fn execute(&self, database: &str, sql: &str) -> String {
        let output = self.psql(database, sql).output().expect("psql can be started");
        let mut said = String::from_utf8_lossy(&output.stdout).into_owned();
        if !output.status.success() {
            let _ = write!(said, "{}", String::from_utf8_lossy(&output.stderr));
            panic!("{sql}: {said}");
        }
        said
    }

    fn psql(&self, database: &str, sql: &str) -> Command {
        let mut psql = Command::new(self.programs.join("psql"));
        psql.args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-c", sql]);
        psql.arg(format!("{}{database}{}", self.base, self.parameters));
        psql.stdin(Stdio::null());
        psql
    }

    /// Its port on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Where it keeps its files, if it was started here: `data` and its socket are in it.
    pub fn directory(&self) -> Option<&Path> {
        self.server.as_ref().map(Server::directory)
    }

    /// Gives files in a directory to the account that the server runs as, for nobody else to read.
    ///
    /// # Panics
    /// When that cannot be done.
    pub fn adopt(&self, directory: &Path) {
        let owner = account().map_or(String::new(), |account| format!("chown -R {account} \"$1\" && "));
        let script = format!("{owner}chmod 755 \"$1\" && chmod 600 \"$1\"/*.key");
        let done = Command::new("sh")
            .args(["-c", &script, "adopt"])
            .arg(directory)
            .status();
        assert!(done.is_ok_and(|status| status.success()), "{script}");
    }

    /// Ends the server as `pg_ctl stop -m MODE` does (`smart`, `fast` or `immediate`, which is a crash).
    ///
    /// # Panics
    /// When it was not started here or does not end.
    pub fn stop(&self, mode: &str) {
        let stopped = self.pg_ctl(&["stop", "-m", mode, "-w"]);
        assert!(stopped, "pg_ctl stop succeeds");
    }

    /// Starts it again after [`Self::stop`], on the same port and files.
    ///
    /// # Panics
    /// When it was not started here or does not come up.
    pub fn start_again(&self) {
        let place = self.directory().expect("it was started here");
        let options = format!(
            "-k {} -h 127.0.0.1 -p {} -c max_connections=300",
            place.display(),
            self.port
        );
        let log = place.join("data/again.log");
        let log = log.to_str().expect("the path is UTF-8");
        assert!(
            self.pg_ctl(&["start", "-w", "-l", log, "-o", &options]),
            "it starts again"
        );
        self.wait();
        let mut watcher = Command::new("sh");
        watcher.args(["-c", "cat >/dev/null; kill -9 \"$1\"", "watcher"]);
        watcher.arg(self.postmaster().to_string()).stdin(Stdio::piped());
        let watcher = watcher.spawn().expect("sh can be started");
        self.watchers
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(watcher);
    }

    /// Sends a signal (`STOP`, `CONT`) to the server and all of its processes.
    ///
    /// # Panics
    /// When it was not started here.
    pub fn signal(&self, signal: &str) {
        let postmaster = self.postmaster();
        // Children first when it goes to sleep, so that it cannot notice.
        let script = format!("kill -{signal} $(pgrep -P {postmaster}) {postmaster}");
        let done = Command::new("sh").args(["-c", &script]).status();
        assert!(done.is_ok_and(|status| status.success()), "{script}");
    }

    fn postmaster(&self) -> u32 {
        let place = self.directory().expect("it was started here");
        let file = std::fs::read_to_string(place.join("data/postmaster.pid")).expect("it is running");
        let first = file.lines().next().and_then(|line| line.trim().parse().ok());
        first.expect("its first line is a process")
    }

    fn pg_ctl(&self, arguments: &[&str]) -> bool {
        let place = self.directory().expect("it was started here");
        let mut command = as_account(&self.programs.join("pg_ctl"), account().as_deref());
        command.arg("-D").arg(place.join("data")).args(arguments);
        command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .current_dir(place);
        command.status().is_ok_and(|status| status.success())
    }

    fn wait(&self) {
        if let Some(server) = &self.server {
            let ready = || {
                let mut psql = self.psql("postgres", "SELECT 1");
                psql.stdout(Stdio::null()).stderr(Stdio::null());
                psql.status().is_ok_and(|status| status.success())
            };
            server.wait_until("PostgreSQL", PATIENCE, ready);
        }
    }
}

impl Drop for Postgres {
    /// A server that was started again is not a child of the keeper's; it ends here.
    fn drop(&mut self) {
        let watchers = self.watchers.get_mut().unwrap_or_else(PoisonError::into_inner);
        for mut watcher in watchers.drain(..) {
            let _gone = watcher.kill().and_then(|()| watcher.wait());
        }
        let file = self.directory().map(|place| place.join("data/postmaster.pid"));
        if !file.is_some_and(|file| file.is_file()) {
            return;
        }
        // A test that failed may have left it asleep.
        self.signal("CONT");
        self.pg_ctl(&["stop", "-m", "immediate"]);
    }
}

/// The directory of `initdb`, `postgres`, `pg_ctl` and `psql`.
fn programs() -> Option<PathBuf> {
    let told = Command::new("pg_config").arg("--bindir").output().ok();
    let told = told.and_then(|output| String::from_utf8(output.stdout).ok());
    let found = program("initdb", &[]).and_then(|initdb| initdb.parent().map(Path::to_path_buf));
    let whole = |home: &PathBuf| {
        ["initdb", "postgres", "pg_ctl", "psql"]
            .iter()
            .all(|name| home.join(name).is_file())
    };
    told.map(|home| PathBuf::from(home.trim()))
        .into_iter()
        .chain(HOMES.map(PathBuf::from))
        .chain(found)
        .find(whole)
}

/// Whom the server runs as, if not as whoever runs the test.
fn account() -> Option<String> {
    let name = |of: &[&str]| {
        let output = Command::new("id").args(of).output().ok()?;
        let text = String::from_utf8(output.stdout).ok()?;
        output.status.success().then(|| text.trim().to_owned())
    };
    if name(&["-u"])? != "0" {
        return None;
    }
    name(&["-un", "postgres"]).or_else(|| name(&["-un", "nobody"]))
}

fn hand_over(place: &Path, account: Option<&str>) {
    std::fs::set_permissions(place, std::fs::Permissions::from_mode(0o755)).expect("it is ours");
    if let Some(account) = account {
        let done = Command::new("chown").arg(account).arg(place).status();
        assert!(
            done.is_ok_and(|status| status.success()),
            "root may give a directory away"
        );
    }
}

fn as_account(program: &Path, account: Option<&str>) -> Command {
    match account {
        None => Command::new(program),
        Some(account) => {
            // Not `runuser`, which would stay between the keeper and the server.
            let mut command = Command::new("setpriv");
            command.args([
                "--reuid",
                account,
                "--regid",
                account_group(account).as_str(),
                "--clear-groups",
            ]);
            command.arg(program);
            command
        }
    }
}

fn account_group(account: &str) -> String {
    let output = Command::new("id")
        .args(["-g", account])
        .output()
        .expect("id can be started");
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

fn initialise(programs: &Path, place: &Path, account: Option<&str>) {
    let mut command = as_account(&programs.join("initdb"), account);
    command.args(["-A", "trust", "-U", "postgres", "-E", "UTF8", "--no-locale", "-D"]);
    command.arg(place.join("data")).current_dir(place);
    let output = command.output().expect("initdb can be started");
    assert!(
        output.status.success(),
        "initdb: {}",
        String::from_utf8_lossy(&output.stderr)
    );
}
