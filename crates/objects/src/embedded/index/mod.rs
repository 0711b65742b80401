//! Which object consists of which blobs: one SQLite file.
//!
//! Every row is sealed with a CRC over its key and its content, so that a flipped byte is an
//! integrity error and never another object's bytes (HARDENING 55). Conditions are decided inside
//! the transaction that writes. It never touches a blob: it says which ones nothing refers to any
//! more, and the caller removes them after the commit.
mod multipart;
mod objects;
mod rows;

pub use multipart::Completion;
pub use rows::{Checksum, ChecksumKind, Headers, Object, Part, Upload};

use super::blob::Segment;
use super::error::S3Result;
use homeroom_sqlite::Database;
use std::collections::HashMap;
use std::path::Path;

const MIGRATIONS: &[&str] = &["
    CREATE TABLE objects (key BLOB PRIMARY KEY, body BLOB NOT NULL, segments BLOB NOT NULL) STRICT;
    CREATE TABLE uploads (id TEXT PRIMARY KEY, key BLOB NOT NULL, body BLOB NOT NULL) STRICT;
    CREATE UNIQUE INDEX uploads_by_key ON uploads (key, id);
    CREATE TABLE parts (upload TEXT NOT NULL, number INTEGER NOT NULL, body BLOB NOT NULL,
                        PRIMARY KEY (upload, number)) STRICT, WITHOUT ROWID;
"];

/// What must hold of the key's present object for a write to happen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Condition {
    /// Nothing.
    Any,
    /// There is none (`If-None-Match: *`).
    Absent,
    /// It has this ETag (`If-Match`).
    Matches(String),
}

/// The index.
pub struct Index {
    database: Database,
}

impl Index {
    /// Opens or makes the file.
    pub fn open(path: &Path) -> Result<Self, homeroom_sqlite::Error> {
        Ok(Self {
            database: Database::open(path, MIGRATIONS)?,
        })
    }

    /// Every blob that an object or a part consists of, with what refers to it.
    pub async fn references(&self) -> S3Result<(HashMap<String, (Segment, String)>, Vec<String>)> {
        self.database
            .read(|connection| {
                let mut found = HashMap::new();
                let mut findings = Vec::new();
                objects::references(connection, &mut found, &mut findings)?;
                multipart::references(connection, &mut found, &mut findings)?;
                Ok((found, findings))
            })
            .await
    }

    /// SQLite's own examination of the file: a line for each finding.
    pub async fn examine(&self) -> S3Result<Vec<String>> {
        self.database
            .read(|connection| {
                let mut statement = connection.prepare("PRAGMA integrity_check(100)")?;
                let lines = statement.query_map([], |row| row.get::<_, String>(0))?;
                let lines = lines.collect::<Result<Vec<_>, _>>()?;
                Ok(lines
                    .into_iter()
                    .filter(|line| line != "ok")
                    .map(|line| format!("index: {line}"))
                    .collect())
            })
            .await
    }
}
