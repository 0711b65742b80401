//! The child can reach nothing but its input and output, and dies when it should.
use crate::samples::pdf;
use crate::{config, extractor, file_of};
use homeroom_core::ports::Extractor;
use homeroom_core::ports::extractor::{ExtractError, Rejection};
use homeroom_extract::{ChildLimits, Enforcement, ExtractorConfig, ProcessExtractor};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

#[tokio::test]
async fn a_confined_child_can_open_neither_files_nor_sockets() {
    let (landlock, attempts) = extractor().probe_confinement().await.unwrap();
    let possible: Vec<_> = attempts
        .iter()
        .filter(|attempt| attempt.succeeded && attempt.what.starts_with("all:"))
        .collect();
    assert!(possible.is_empty(), "{possible:?}");
    assert!(attempts.len() > 12, "{attempts:?}");
    if landlock == Enforcement::Full {
        let files = attempts
            .iter()
            .filter(|attempt| attempt.what.starts_with("landlock:"))
            .filter(|attempt| !attempt.what.contains("udp") && !attempt.what.contains("unix"));
        assert!(files.clone().count() >= 5);
        assert!(files.clone().all(|attempt| !attempt.succeeded), "{attempts:?}");
    }
}

/// A program that stands in for a child.
fn impostor(script: &str) -> (tempfile::TempDir, ExtractorConfig) {
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("child");
    std::fs::write(&program, format!("#!/bin/sh\n{script}\n")).unwrap();
    std::fs::set_permissions(&program, PermissionsExt::from_mode(0o755)).unwrap();
    let config = ExtractorConfig {
        deadline: Duration::from_millis(300),
        ..ExtractorConfig::new(program, "extract-child")
    };
    (folder, config)
}

async fn ending(config: ExtractorConfig, file: &Path) -> Result<(), ExtractError> {
    ProcessExtractor::new(config)
        .extract(file, "x", &|_| {})
        .await
        .map(|_| ())
}

#[tokio::test]
async fn a_child_that_never_ends_is_killed_at_the_deadline() {
    let (_folder, config) = impostor("exec sleep 1000");
    let begun = Instant::now();
    let outcome = ending(config, file_of(b"x").path()).await;
    assert!(
        matches!(outcome, Err(ExtractError::Rejected(Rejection::TimedOut))),
        "{outcome:?}"
    );
    assert!(begun.elapsed() < Duration::from_secs(10));
}

#[tokio::test]
async fn deaths_and_lies_of_a_child_are_told_apart() {
    for (script, expected) in [
        ("kill -XCPU $$", Rejection::TimedOut),
        ("kill -KILL $$", Rejection::OutOfMemory),
        ("kill -SEGV $$", Rejection::Crashed),
        (
            "echo 'memory allocation of 5 bytes failed' >&2; kill -ABRT $$",
            Rejection::OutOfMemory,
        ),
        ("exit 1", Rejection::Crashed),
        (
            r"printf '\377\377\377\377\0\0\0\0'; exec sleep 1000",
            Rejection::TooLarge,
        ),
        (
            r"printf '\0\0\0\003\0\0\0\0abc'; exec sleep 1000",
            Rejection::Crashed,
        ),
    ] {
        let (_folder, mut config) = impostor(script);
        config.deadline = Duration::from_secs(20);
        let outcome = ending(config, file_of(b"x").path()).await;
        let seen = match outcome {
            Err(ExtractError::Rejected(rejection)) => rejection,
            other => panic!("{script}: {other:?}"),
        };
        assert_eq!(seen, expected, "{script}");
    }
}

#[tokio::test]
async fn what_is_our_fault_is_not_the_files() {
    let missing = ProcessExtractor::new(config())
        .extract(Path::new("/nonexistent/file"), "x", &|_| {})
        .await;
    assert!(
        matches!(missing, Err(ExtractError::Unavailable(_))),
        "{missing:?}"
    );
    let no_program = ExtractorConfig::new(PathBuf::from("/nonexistent/program"), "extract-child");
    let outcome = ending(no_program, file_of(b"x").path()).await;
    assert!(
        matches!(outcome, Err(ExtractError::Unavailable(_))),
        "{outcome:?}"
    );
}

#[tokio::test]
async fn memory_beyond_the_limit_is_out_of_memory() {
    let limits = ChildLimits {
        // The stack of the parser takes 64 MiB of it, and what the allocator sets aside as much again.
        memory_bytes: 160 << 20,
        ..ChildLimits::default()
    };
    let outcome = ending(
        ExtractorConfig { limits, ..config() },
        file_of(&big_text(30 << 20)).path(),
    )
    .await;
    assert!(
        matches!(outcome, Err(ExtractError::Rejected(Rejection::OutOfMemory))),
        "{outcome:?}"
    );
}

#[tokio::test]
async fn processor_time_beyond_the_limit_is_timed_out() {
    let limits = ChildLimits {
        cpu_seconds: 1,
        ..ChildLimits::default()
    };
    // Each form draws the next ten times.
    let mut pdf = crate::samples::PdfBuilder::default();
    let (catalog, pages, page) = (pdf.reserve(), pdf.reserve(), pdf.reserve());
    let mut next = pdf.stream("/Type /XObject /Subtype /Form /BBox [0 0 9 9]", b"0 0 1 1 re f");
    for _ in 0..12 {
        let resources = format!(
            "/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /N {next} 0 R >> >>"
        );
        next = pdf.stream(&resources, "/N Do ".repeat(10).as_bytes());
    }
    let content = pdf.stream("", b"/N Do");
    pdf.set(catalog, format!("<< /Type /Catalog /Pages {pages} 0 R >>"));
    pdf.set(pages, format!("<< /Type /Pages /Kids [{page} 0 R] /Count 1 >>"));
    pdf.set(page, format!("<< /Type /Page /Parent {pages} 0 R /MediaBox [0 0 9 9] /Contents {content} 0 R /Resources << /XObject << /N {next} 0 R >> >> >>"));
    let file = file_of(&pdf.build());
    let extractor = ProcessExtractor::new(ExtractorConfig { limits, ..config() });
    // Reading text ends by a count of its own; drawing knows no other limit than time.
    let outcome = extractor.render(file.path(), 1, 1, 100).await;
    assert!(
        matches!(outcome, Err(ExtractError::Rejected(Rejection::TimedOut))),
        "{outcome:?}"
    );
}

#[tokio::test]
async fn children_run_no_more_at_a_time_than_allowed() {
    let (folder, mut config) = impostor(
        r#"d=$(dirname "$0"); echo x >> "$d/running"; wc -l < "$d/running" >> "$d/seen"; sed -i 1d "$d/running"; exit 1"#,
    );
    config.concurrency = 1;
    config.deadline = Duration::from_secs(30);
    let extractor = ProcessExtractor::new(config);
    let file = file_of(b"x");
    let mut all = tokio::task::JoinSet::new();
    for _ in 0..6 {
        let (extractor, path) = (extractor.clone(), file.path().to_owned());
        all.spawn(async move { extractor.extract(&path, "x", &|_| {}).await.is_err() });
    }
    assert!(all.join_all().await.into_iter().all(|failed| failed));
    let seen = std::fs::read_to_string(folder.path().join("seen")).unwrap();
    assert!(seen.lines().all(|line| line.trim() == "1"), "{seen}");
}

#[tokio::test]
async fn a_dropped_request_leaves_no_child() {
    let (folder, mut config) = impostor(r#"echo $$ > "$(dirname "$0")/pid"; exec sleep 1000"#);
    config.deadline = Duration::from_secs(100);
    let extractor = ProcessExtractor::new(config);
    let file = file_of(&pdf(&[""]));
    let pid_file = folder.path().join("pid");
    let pid = {
        let work = extractor.extract(file.path(), "x", &|_| {});
        tokio::pin!(work);
        loop {
            let step = tokio::time::timeout(Duration::from_millis(20), &mut work).await;
            assert!(step.is_err(), "it never ends by itself");
            let pid = std::fs::read_to_string(&pid_file).unwrap_or_default();
            if pid.ends_with('\n') {
                break pid.trim().to_owned();
            }
        }
    };
    let begun = Instant::now();
    let is_asleep =
        || std::fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|stat| !stat.contains(") Z "));
    while is_asleep() {
        assert!(begun.elapsed() < Duration::from_secs(10));
        tokio::task::yield_now().await;
    }
}

fn big_text(bytes: usize) -> Vec<u8> {
    b"words without end "
        .iter()
        .copied()
        .cycle()
        .take(bytes)
        .collect()
}
