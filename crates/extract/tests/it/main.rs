//! The extractor as the product uses it: a parent, a confined child, and files of our own making.
mod archives;
mod compound_files;
mod confinement;
mod corpus;
mod corpus_words;
mod formats;
mod hostile;
mod hostile_pdf;
mod layouts;
mod media;
mod mutations;
mod notebook_pictures;
mod open_formats;
mod page_limit;
mod pdf;
mod pdf_comments;
mod pdf_fonts;
mod pdf_fractions;
mod pictures;
mod recognition;
mod samples;
mod texts;
mod tiffs;
mod tools;
mod unread;

use homeroom_core::ports::Extractor;
use homeroom_core::ports::extractor::{ExtractError, Extraction, Rejection};
use homeroom_extract::{ExtractorConfig, ProcessExtractor};
use std::io::Write;
use std::path::PathBuf;
use tempfile::NamedTempFile;

fn config() -> ExtractorConfig {
    ExtractorConfig::new(
        PathBuf::from(env!("CARGO_BIN_EXE_homeroom-extract-child")),
        "extract-child",
    )
}

fn extractor() -> ProcessExtractor {
    ProcessExtractor::new(config())
}

/// Whether a test must be passed over, for lack of a program. It fails instead, unless
/// `HOMEROOM_TEST_ALLOW_MISSING=1`.
fn is_missing(program: &str, package: &str) -> bool {
    let is_missing = homeroom_extract::tools::installed(program).is_none();
    if is_missing {
        pass_over(program, package);
    }
    is_missing
}

/// Fails for lack of something, unless `HOMEROOM_TEST_ALLOW_MISSING=1`.
fn pass_over(what: &str, package: &str) {
    assert!(
        std::env::var_os("HOMEROOM_TEST_ALLOW_MISSING").is_some_and(|allowed| allowed == "1"),
        "{what} is missing: install {package}, or set HOMEROOM_TEST_ALLOW_MISSING=1"
    );
}

fn file_of(bytes: &[u8]) -> NamedTempFile {
    let mut file = NamedTempFile::new().unwrap();
    file.write_all(bytes).unwrap();
    file
}

async fn extract_named(bytes: &[u8], name: &str) -> Result<Extraction, ExtractError> {
    extractor().extract(file_of(bytes).path(), name, &|_| {}).await
}

async fn extract(bytes: &[u8]) -> Extraction {
    extract_named(bytes, "file").await.unwrap()
}

async fn rejection(bytes: &[u8]) -> Rejection {
    match extract_named(bytes, "file").await {
        Err(ExtractError::Rejected(rejection)) => rejection,
        other => panic!("not rejected: {other:?}"),
    }
}
