//! Tries what a confined child must not be able to do: the proof that the doors are locked.
use crate::wire::Attempt;
use std::fs::File;
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::os::unix::net::UnixDatagram;
use std::panic::catch_unwind;
use std::process::Command;

/// Tries each forbidden thing once, with `stage` before its name.
pub(super) fn attempt_everything(stage: &str, attempts: &mut Vec<Attempt>) {
    let mut attempt = |what: &str, succeeded: bool| {
        attempts.push(Attempt {
            what: format!("{stage}: {what}"),
            succeeded,
        });
    };
    attempt("read a file", File::open("/etc/passwd").is_ok());
    attempt("list a directory", std::fs::read_dir("/").is_ok());
    attempt(
        "make a file",
        File::create(format!("/tmp/homeroom-probe-{stage}")).is_ok(),
    );
    attempt("listen on tcp", TcpListener::bind("127.0.0.1:0").is_ok());
    attempt(
        "connect over tcp",
        TcpStream::connect("127.0.0.1:1").map_or_else(
            |error| error.kind() == std::io::ErrorKind::ConnectionRefused,
            |_| true,
        ),
    );
    attempt("open a udp socket", UdpSocket::bind("127.0.0.1:0").is_ok());
    attempt("open a unix socket", UnixDatagram::unbound().is_ok());
    if stage == "all" {
        // The library panics where it cannot believe the refusal.
        let spawned = catch_unwind(|| Command::new("/bin/true").spawn().is_ok());
        attempt("start a program", spawned.unwrap_or(false));
        attempt("start a thread", std::thread::Builder::new().spawn(|| {}).is_ok());
        let much = Vec::<u8>::new().try_reserve_exact(512 << 20);
        attempt("take 512 MiB of memory", much.is_ok());
    }
}
