//! Real servers for tests: each is started in a temporary directory on a free port, at most once in
//! a test process, and ends with that process, however it ends.
pub mod moto;
pub mod postgres;

use std::fs::File;
use std::io;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Runs its arguments beside itself until its standard input ends, which happens when the test
/// process is gone; then ends them and removes the directory that is its first argument.
const KEEPER: &str = r#"
directory=$1; shift
"$@" </dev/null &
server=$!
cat >/dev/null
kill "$server" 2>/dev/null
for _ in 1 2 3 4 5 6 7 8 9 10; do kill -0 "$server" 2>/dev/null || break; sleep 0.2; done
kill -9 "$server" 2>/dev/null
rm -rf "$directory"
"#;

/// A running server. Dropping it ends it.
pub struct Server {
    keeper: Child,
    directory: PathBuf,
}

impl Server {
    /// Starts `command` in `directory`, which is removed when the server ends. What it writes goes to
    /// `server.log` there.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn start(directory: PathBuf, command: &Command) -> io::Result<Self> {
        let log = File::create(directory.join("server.log"))?;
        let mut keeper = Command::new("sh");
        keeper.arg("-c").arg(KEEPER).arg("keeper").arg(&directory);
        keeper.arg(command.get_program()).args(command.get_args());
        for (name, value) in command.get_envs() {
            match value {
                Some(value) => keeper.env(name, value),
                None => keeper.env_remove(name),
            };
        }
        keeper.current_dir(&directory).stdin(Stdio::piped());
        keeper.stdout(log.try_clone()?).stderr(log);
        Ok(Self {
            keeper: keeper.spawn()?,
            directory,
        })
    }

    /// Where it works.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// What it has written so far, for the message of a test that fails.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.directory.join("server.log")).unwrap_or_default()
    }

    /// Waits until `ready` says so.
    ///
    /// # Panics
    /// With the server's log when that takes longer than `patience`.
    pub fn wait_until(&self, what: &str, patience: Duration, mut ready: impl FnMut() -> bool) {
        let begun = Instant::now();
        while !ready() {
            assert!(
                begun.elapsed() < patience,
                "{what} did not come up in {patience:?}:\n{}",
                self.log()
            );
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        // The keeper ends by itself once its input has.
        let _ended = self.keeper.wait();
    }
}

/// A port on which nobody listens at the moment.
///
/// # Panics
/// When the loopback address has none left.
pub fn free_port() -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("the loopback address has a free port");
    listener
        .local_addr()
        .expect("a bound socket has an address")
        .port()
}

/// A directory of its own, removed by [`Server`] and not before.
///
/// # Panics
/// When the system has no room for temporary files.
pub fn directory() -> PathBuf {
    let directory = tempfile::tempdir().expect("there is room for a temporary directory");
    directory.keep()
}

/// What a test does whose server's program is not there: it fails and says what to install, unless
/// `HOMEROOM_TEST_ALLOW_MISSING=1`; then it passes over, which `./test` counts and reports.
///
/// # Panics
/// Unless missing programs are allowed.
pub fn missing(program: &str, package: &str) {
    assert!(
        std::env::var_os("HOMEROOM_TEST_ALLOW_MISSING").is_some_and(|allowed| allowed == "1"),
        "{program} is missing: install {package}, or set HOMEROOM_TEST_ALLOW_MISSING=1"
    );
    println!("MISSING {program} ({package})");
}

/// Finds a program: in the directory that `./test` installs Python programs into, then on the path,
/// then in `also`.
pub fn program(name: &str, also: &[&str]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let venv = std::env::var_os("HOMEROOM_TEST_VENV").map(|venv| PathBuf::from(venv).join("bin"));
    venv.into_iter()
        .chain(std::env::split_paths(&path))
        .chain(also.iter().map(PathBuf::from))
        .map(|directory| directory.join(name))
        .find(|candidate| candidate.is_file())
}
