//! A school of its own for each test: a process on a temporary directory.
use crate::person::Person;
use crate::places;
use rustix::process::{Pid, Signal, kill_process};
use std::fs::File;
use std::io::Write;
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// The program.
pub const HOMEROOM: &str = env!("CARGO_BIN_EXE_homeroom");
/// Good enough for everybody here.
pub const PASSWORD: &str = "quiet lanterns over 17 hills";

/// What makes tests fast, and lets one address do the work of a school.
const SETTINGS: &[(&str, &str)] = &[
    ("HOMEROOM_AUTH_ARGON2_MEMORY", "1 MiB"),
    ("HOMEROOM_AUTH_ARGON2_PASSES", "1"),
    ("HOMEROOM_AUTH_ACCESS_TOKEN_LIFETIME", "5 hours"),
    ("HOMEROOM_LIMITS_AUTH_PER_MINUTE", "0"),
    ("HOMEROOM_LIMITS_WRITES_PER_MINUTE", "0"),
    ("HOMEROOM_LIMITS_USER_WRITES_PER_MINUTE", "0"),
    ("HOMEROOM_LIMITS_READS_PER_MINUTE", "0"),
    ("HOMEROOM_LIMITS_USER_READS_PER_MINUTE", "0"),
];

/// A running server, killed when it is dropped.
pub struct School {
    room: TempDir,
    settings: Vec<(String, String)>,
    port: u16,
    child: Child,
}

impl School {
    /// A school with the settings of tests.
    pub async fn start() -> Self {
        Self::with(&[]).await
    }

    /// A school with further settings.
    pub async fn with(settings: &[(&str, &str)]) -> Self {
        let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        let mut own: Vec<_> = settings.iter().map(own).collect();
        let mut all = places::of_this_run();
        all.append(&mut own);
        Self::at(all).await
    }

    /// A process that serves a school at these places.
    pub async fn at(settings: places::Settings) -> Self {
        let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        let settings: Vec<_> = SETTINGS.iter().map(own).chain(settings).collect();
        // Another test may take the port between its choice and its use.
        for _ in 0..5 {
            let (room, port) = (TempDir::new().unwrap(), free_port());
            prepare(&room, &settings);
            let child = launch(&room, &settings, port);
            let mut school = Self {
                room,
                settings: settings.clone(),
                port,
                child,
            };
            if school.wait_until_ready().await {
                return school;
            }
            assert!(
                school.log().contains("cannot listen"),
                "the server did not start:\n{}",
                school.log()
            );
        }
        panic!("no port could be had");
    }

    async fn wait_until_ready(&mut self) -> bool {
        let deadline = Instant::now() + Duration::from_mins(1);
        let client = client();
        while Instant::now() < deadline {
            if self.child.try_wait().unwrap().is_some() {
                return false;
            }
            let answer = client.get(format!("{}/readyz", self.url())).send().await;
            if answer.is_ok_and(|answer| answer.status() == 200) {
                return true;
            }
            pause().await;
        }
        false
    }

    /// Kills the process as power loss would.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Asks the process to stop, and waits for it.
    pub fn terminate(&mut self) -> ExitStatus {
        kill_process(Pid::from_child(&self.child), Signal::TERM).unwrap();
        self.child.wait().unwrap()
    }

    /// Starts again, on the same directory and port.
    pub async fn restart(&mut self) {
        self.child = launch(&self.room, &self.settings, self.port);
        assert!(
            self.wait_until_ready().await,
            "the server did not start again:\n{}",
            self.log()
        );
    }

    /// Changes a setting for the next start.
    pub fn set(&mut self, name: &str, value: &str) {
        self.settings.push((name.to_owned(), value.to_owned()));
    }

    /// Where it answers.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Its data directory.
    pub fn data(&self) -> PathBuf {
        self.room.path().join("data")
    }

    /// The process.
    pub fn process(&self) -> u32 {
        self.child.id()
    }

    /// All that the server has written to its log.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.room.path().join("log")).unwrap_or_default()
    }

    /// Runs `homeroom` with these arguments on the same directory and settings.
    pub fn run(&self, arguments: &[&str], input: &str) -> Output {
        let mut child = command(&self.room, &self.settings)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        child.wait_with_output().unwrap()
    }

    /// Runs `homeroom` on a directory of its own with these settings.
    pub fn run_with(settings: &[(String, String)], arguments: &[&str]) -> Output {
        let room = TempDir::new().unwrap();
        command(&room, settings).args(arguments).output().unwrap()
    }

    /// Runs `homeroom admin …`, which must succeed.
    pub fn admin(&self, arguments: &[&str]) -> String {
        let output = self.run(&[&["admin"], arguments].concat(), PASSWORD);
        assert!(
            output.status.success(),
            "{arguments:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8(output.stdout).unwrap()
    }

    /// Somebody who is not signed in.
    pub fn stranger(&self) -> Person {
        Person::new(self.url())
    }

    /// A new student, signed in.
    pub async fn student(&self) -> Person {
        self.sign_up(&name("student")).await
    }

    /// A new student of this name, signed in.
    pub async fn sign_up(&self, username: &str) -> Person {
        let mut person = self.stranger();
        let body = serde_json::json!({
            "username": username, "email": format!("{username}@school.example"), "password": PASSWORD,
        });
        person.post("/api/v1/auth/signup", &body).await.expect(201);
        person.username = username.to_owned();
        person.log_in().await;
        person
    }

    /// A new user of this role, made at the machine and signed in.
    pub async fn user(&self, role: &str) -> Person {
        let username = name(role);
        let email = format!("{username}@school.example");
        self.admin(&[
            "user",
            "add",
            "--username",
            &username,
            "--email",
            &email,
            "--role",
            role,
            "--password-stdin",
        ]);
        let mut person = self.stranger();
        person.username = username;
        person.log_in().await;
        person
    }
}

/// A process that runs jobs for a school, killed when it is dropped.
pub struct Worker {
    room: TempDir,
    child: Child,
}

impl Worker {
    /// Starts one at these places.
    pub fn start(settings: &[(String, String)]) -> Self {
        let room = TempDir::new().unwrap();
        let log = File::create(room.path().join("log")).unwrap();
        let child = command(&room, settings)
            .arg("worker")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .unwrap();
        Self { room, child }
    }

    /// All that it has written to its log.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.room.path().join("log")).unwrap_or_default()
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if std::thread::panicking() {
            eprintln!("the worker's log:\n{}", self.log());
        }
    }
}

impl Drop for School {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let log = self.log();
        if std::thread::panicking() {
            let from = log.len().saturating_sub(4_000);
            eprintln!(
                "the end of the server's log:\n{}",
                log.get(from..).unwrap_or(&log)
            );
        } else {
            assert!(!log.contains("panicked"), "the server panicked:\n{log}");
        }
    }
}

/// A name that nobody has yet.
pub fn name(kind: &str) -> String {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    format!("{kind}-{}", NEXT.fetch_add(1, Ordering::Relaxed))
}

/// A client that follows no redirects.
pub fn client() -> reqwest::Client {
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .timeout(Duration::from_mins(2))
        .no_proxy()
        .build()
        .unwrap()
}

/// A port that is free now.
pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port()
}

/// The rest between two looks at something that will come about.
pub async fn pause() {
    tokio::time::sleep(Duration::from_millis(50)).await;
}

fn command(room: &TempDir, settings: &[(String, String)]) -> Command {
    let mut command = Command::new(HOMEROOM);
    command.current_dir(room.path());
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("HOMEROOM_")) {
        command.env_remove(name);
    }
    command.env("HOMEROOM_DATA", room.path().join("data"));
    command.envs(settings.iter().map(|(name, value)| (name, value)));
    command
}

/// Makes tables where an engine does not make them by itself.
fn prepare(room: &TempDir, settings: &[(String, String)]) {
    let is_table =
        |(name, value): &(String, String)| name == "HOMEROOM_RECORDS" && value.starts_with("dynamodb:");
    if settings.iter().any(is_table) {
        let made = command(room, settings)
            .args(["admin", "records", "init"])
            .output()
            .unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    }
}

fn launch(room: &TempDir, settings: &[(String, String)], port: u16) -> Child {
    let log = File::options()
        .create(true)
        .append(true)
        .open(room.path().join("log"))
        .unwrap();
    command(room, settings)
        .args(["serve", "--listen", &format!("127.0.0.1:{port}")])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(log)
        .spawn()
        .unwrap()
}
