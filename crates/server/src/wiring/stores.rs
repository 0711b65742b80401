//! Record stores by URL.
use crate::Failure;
use crate::data_dir::DataDir;
use homeroom_core::ports::{Clock, RecordStore};
use homeroom_records::SqliteRecordStore;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What a URL names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StoreUrl {
    /// A SQLite file.
    Sqlite(PathBuf),
}

impl StoreUrl {
    /// Reads a URL; empty stands for the file in the data directory.
    ///
    /// # Errors
    /// Names what may stand there.
    pub fn parse(text: &str, data: &DataDir) -> Result<Self, Failure> {
        match text.split_once(':') {
            None if text.is_empty() => Ok(Self::Sqlite(data.records())),
            Some(("sqlite", path)) if !path.is_empty() => Ok(Self::Sqlite(Path::new(path).to_owned())),
            _ => Err("server.records must be sqlite:PATH".into()),
        }
    }
}

/// Opens the store that a URL names.
///
/// # Errors
/// When the URL is not one, or the store cannot be opened.
pub async fn open(url: &str, data: &DataDir, clock: Arc<dyn Clock>) -> Result<Arc<dyn RecordStore>, Failure> {
    Ok(match StoreUrl::parse(url, data)? {
        StoreUrl::Sqlite(path) => Arc::new(SqliteRecordStore::open(&path, clock)?),
    })
}
