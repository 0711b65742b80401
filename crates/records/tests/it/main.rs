//! The record store adapters against the conformance suite and against faults.
mod copy;
mod crash;
mod damage;
#[cfg(feature = "aws")]
mod dynamodb_admin;
#[cfg(feature = "aws")]
mod dynamodb_conformance;
#[cfg(feature = "aws")]
mod dynamodb_faults;
#[cfg(feature = "aws")]
mod dynamodb_proxy;
#[cfg(feature = "aws")]
mod dynamodb_subject;
mod full_disk;
mod postgres_conformance;
mod postgres_faults;
mod postgres_proxy;
mod postgres_tls;
mod sqlite_conformance;

use std::process::{Command, Stdio};

/// This test binary, told to run one test that plays the part of another process.
fn child_process(test: &str, directory: &std::path::Path) -> Command {
    // A shell in between makes SIGXFSZ harmless, which a limit on file sizes would send.
    let mut command = Command::new("/bin/sh");
    command
        .args(["-c", r#"trap "" XFSZ; exec "$0" "$@""#])
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture"])
        .env(CHILD_DIRECTORY, directory)
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    command
}

/// Set only for child processes: where they work.
const CHILD_DIRECTORY: &str = "HOMEROOM_TEST_CHILD_DIRECTORY";

fn child_directory() -> Option<std::path::PathBuf> {
    std::env::var_os(CHILD_DIRECTORY).map(Into::into)
}
