//! Tools of others can reach nothing but the system's programs, their input and their scratch
//! directory, and leave nothing running.
use crate::config;
use homeroom_extract::tools::{ToolBox, ToolConfig, ToolError, ToolOutput, ToolRun};
use std::io::Write;
use std::net::TcpListener;
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::time::Duration;

fn tools(scratch: &Path, deadline: Duration) -> ToolBox {
    let own = config();
    let held = ToolConfig {
        deadline,
        ..ToolConfig::new(scratch.to_owned())
    };
    ToolBox::new(own.program, own.arguments, held)
}

fn script(text: &str) -> ToolRun {
    ToolRun::new(PathBuf::from("/bin/bash"), vec!["-c".into(), text.into()])
}

async fn run(run: ToolRun) -> Result<ToolOutput, ToolError> {
    let scratch = tempfile::tempdir().unwrap();
    tools(scratch.path(), Duration::from_secs(20)).run(run).await
}

#[tokio::test]
async fn a_tool_reads_its_input_and_writes_its_scratch_directory() {
    let mut input = tempfile::NamedTempFile::new().unwrap();
    input.write_all(b"input").unwrap();
    let room = tempfile::tempdir().unwrap();
    let tools = tools(room.path(), Duration::from_secs(20));
    let order = ToolRun {
        readable: vec![input.path().to_owned()],
        files: vec![("given", b"given".to_vec())],
        file_bytes: 100,
        ..script(&format!(
            "cat {} given; echo made > made; ln -s /etc/passwd link; mkfifo pipe; echo $HOME",
            input.path().display()
        ))
    };
    let output = tools.run(order).await.unwrap();
    let said = String::from_utf8(output.stdout.clone()).unwrap();
    assert!(said.starts_with("inputgiven/"), "{said}");
    assert_eq!(output.file("made", 100).unwrap(), b"made\n");
    for (name, bytes) in [("made", 2), ("link", 1 << 20), ("pipe", 100), ("absent", 100)] {
        assert_eq!(output.file(name, bytes), None, "{name}");
    }
    drop(output);
    let left = std::fs::read_dir(room.path()).unwrap().count();
    assert_eq!(left, 0, "scratch directories are left");
}

/// HARDENING 19: whatever a file makes a tool do, it reads and sends nothing of ours.
#[tokio::test]
async fn a_tool_reaches_neither_files_nor_sockets_nor_other_processes() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let port = listener.local_addr().unwrap().port();
    let secret = tempfile::NamedTempFile::new().unwrap();
    let room = tempfile::tempdir().unwrap();
    let service = room.path().join("service");
    let unix_listener = UnixListener::bind(&service).unwrap();
    unix_listener.set_nonblocking(true).unwrap();
    let ours = std::process::id();
    for attempt in [
        "cat /etc/passwd".to_owned(),
        "cat /proc/self/environ".to_owned(),
        "ls /".to_owned(),
        "ls /home /root /var /tmp".to_owned(),
        format!("cat {}", secret.path().display()),
        format!("echo x >> {}", secret.path().display()),
        "echo x > /usr/share/homeroom-probe".to_owned(),
        format!("exec 3<>/dev/tcp/127.0.0.1/{port}"),
        format!("exec 3<>/dev/udp/127.0.0.1/{port} && echo x >&3"),
        format!(
            "perl -MIO::Socket::UNIX -e 'IO::Socket::UNIX->new(Peer => \"{}\") or exit 1'",
            service.display()
        ),
        "perl -MSocket -e 'socket(my $s, AF_UNIX, SOCK_DGRAM, 0) or exit 1'".to_owned(),
        format!("kill -0 {ours}"),
        "unshare --user true".to_owned(),
        "setsid --wait true".to_owned(),
        "cp /bin/true here && ./here".to_owned(),
    ] {
        let output = run(ToolRun {
            file_bytes: 1 << 20,
            ..script(&attempt)
        })
        .await
        .unwrap();
        assert_ne!(output.code, Some(0), "{attempt} was possible");
    }
    assert!(listener.accept().is_err(), "a packet left");
    assert!(unix_listener.accept().is_err(), "a service was reached");
}

#[tokio::test]
async fn a_tool_that_does_not_end_is_killed_with_all_that_it_started() {
    let scratch = tempfile::tempdir().unwrap();
    let stuck = script("sleep 1000 & sleep 1000 | sleep 1000");
    let outcome = tools(scratch.path(), Duration::from_millis(300)).run(stuck).await;
    assert!(matches!(outcome, Err(ToolError::TimedOut)), "{outcome:?}");
    let outcome = run(script("sleep 1000 & echo done")).await.unwrap();
    assert_eq!(outcome.stdout, b"done\n");
    let left = std::fs::read_dir(scratch.path()).unwrap().count();
    assert_eq!(left, 0, "scratch directories are left");
}

#[tokio::test]
async fn a_tool_cannot_write_or_take_too_much() {
    let talkative = ToolRun {
        output_bytes: 1_000,
        ..script("yes")
    };
    let outcome = run(talkative).await;
    assert!(matches!(outcome, Err(ToolError::TooLarge)), "{outcome:?}");
    let greedy = ToolRun {
        file_bytes: 1_000,
        ..script("head -c 5000 /dev/zero > file")
    };
    assert_ne!(run(greedy).await.unwrap().code, Some(0));
    let hungry = ToolRun {
        address_space_bytes: Some(256 << 20),
        ..script("x=$(head -c 400000000 /dev/zero | tr '\\0' x); echo ${#x}")
    };
    assert_ne!(run(hungry).await.unwrap().code, Some(0));
}

#[tokio::test]
async fn a_tool_that_is_not_there_is_unavailable() {
    let absent = ToolRun::new(PathBuf::from("/usr/bin/homeroom-no-such-tool"), Vec::new());
    let outcome = run(absent).await;
    assert!(matches!(outcome, Err(ToolError::Unavailable(_))), "{outcome:?}");
}
