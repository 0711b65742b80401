//! The extractor as the product uses it: a parent, a confined child, and files of our own making.
mod confinement;
mod corpus;
mod formats;
mod hostile;
mod hostile_pdf;
mod mutations;
mod pdf;
mod pictures;
mod samples;

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
