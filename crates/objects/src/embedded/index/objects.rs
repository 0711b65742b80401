//! Finished objects.
use super::rows::{Object, seal, unseal};
use super::{Condition, Index};
use crate::embedded::blob::Segment;
use crate::embedded::error::{Code, S3Result};
use homeroom_sqlite::rusqlite::{Connection, OptionalExtension as _, params};
use std::collections::HashMap;

impl Index {
    /// An object with its segments.
    pub async fn object(&self, key: &str) -> S3Result<Option<(Object, Vec<Segment>)>> {
        let key = key.to_owned();
        self.database
            .read_briefly(move |connection| find(connection, &key))
            .await
    }

    /// An object without its segments.
    pub async fn summary(&self, key: &str) -> S3Result<Option<Object>> {
        let key = key.to_owned();
        self.database
            .read_briefly(move |connection| summary(connection, &key))
            .await
    }

    /// Writes an object, durably, and says which blobs nothing refers to any more.
    pub async fn put(
        &self,
        key: &str,
        object: Object,
        segments: Vec<Segment>,
        condition: Condition,
    ) -> S3Result<Vec<String>> {
        let key = key.to_owned();
        self.database
            .write(move |connection| {
                check(connection, &key, &condition)?;
                replace(connection, &key, &object, &segments)
            })
            .await
    }

    /// Removes objects, durably, and says which blobs nothing refers to any more.
    pub async fn delete(&self, keys: Vec<String>) -> S3Result<Vec<String>> {
        self.database
            .write(move |connection| {
                let mut blobs = Vec::new();
                for key in &keys {
                    blobs.extend(blobs_of(connection, key)?);
                    connection
                        .prepare_cached("DELETE FROM objects WHERE key = ?1")?
                        .execute(params![key.as_bytes()])?;
                }
                Ok(blobs)
            })
            .await
    }

    /// Up to `limit` objects in key order whose keys begin with `prefix`, from `from` on.
    pub async fn list(&self, prefix: &str, from: Vec<u8>, limit: usize) -> S3Result<Vec<(String, Object)>> {
        let prefix = prefix.as_bytes().to_vec();
        self.database
            .read(move |connection| {
                let begin = from.max(prefix.clone());
                let mut statement = connection
                    .prepare_cached("SELECT key, body FROM objects WHERE key >= ?1 ORDER BY key LIMIT ?2")?;
                let mut rows = statement.query(params![begin, i64::try_from(limit).unwrap_or(i64::MAX)])?;
                let mut found = Vec::new();
                while let Some(row) = rows.next()? {
                    let key = row.get_ref(0)?.as_blob().unwrap_or_default();
                    if !key.starts_with(&prefix) {
                        break;
                    }
                    let object = unseal(key, row.get_ref(1)?.as_blob().unwrap_or_default())?;
                    found.push((String::from_utf8_lossy(key).into_owned(), object));
                }
                Ok(found)
            })
            .await
    }
}

pub fn summary(connection: &Connection, key: &str) -> S3Result<Option<Object>> {
    let mut statement = connection.prepare_cached("SELECT body FROM objects WHERE key = ?1")?;
    let body: Option<Vec<u8>> = statement
        .query_row(params![key.as_bytes()], |row| row.get(0))
        .optional()?;
    body.map(|body| unseal(key.as_bytes(), &body)).transpose()
}

fn find(connection: &Connection, key: &str) -> S3Result<Option<(Object, Vec<Segment>)>> {
    let mut statement = connection.prepare_cached("SELECT body, segments FROM objects WHERE key = ?1")?;
    let row: Option<(Vec<u8>, Vec<u8>)> = statement
        .query_row(params![key.as_bytes()], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let Some((body, segments)) = row else {
        return Ok(None);
    };
    Ok(Some((
        unseal(key.as_bytes(), &body)?,
        unseal(key.as_bytes(), &segments)?,
    )))
}

/// The blobs of the object at a key. A damaged row may be replaced and deleted: its blobs are then
/// left to the sweep.
fn blobs_of(connection: &Connection, key: &str) -> S3Result<Vec<String>> {
    let mut statement = connection.prepare_cached("SELECT segments FROM objects WHERE key = ?1")?;
    let row: Option<Vec<u8>> = statement
        .query_row(params![key.as_bytes()], |row| row.get(0))
        .optional()?;
    let segments: Vec<Segment> = row
        .map(|sealed| unseal(key.as_bytes(), &sealed).unwrap_or_default())
        .unwrap_or_default();
    Ok(segments.into_iter().map(|segment| segment.blob).collect())
}

/// Refuses where the condition does not hold.
pub fn check(connection: &Connection, key: &str, condition: &Condition) -> S3Result<()> {
    let holds = match condition {
        Condition::Any => true,
        Condition::Absent => {
            let mut statement = connection.prepare_cached("SELECT 1 FROM objects WHERE key = ?1")?;
            !statement.exists(params![key.as_bytes()])?
        }
        Condition::Matches(etag) => match summary(connection, key)? {
            Some(object) => object.etag == *etag || etag == "*",
            None => return Err(Code::NoSuchKey.into()),
        },
    };
    if holds {
        Ok(())
    } else {
        Err(Code::PreconditionFailed.into())
    }
}

/// Writes a row and gives the blobs of the row that stood there, but for those that go on.
pub fn replace(
    connection: &Connection,
    key: &str,
    object: &Object,
    segments: &[Segment],
) -> S3Result<Vec<String>> {
    let mut before = blobs_of(connection, key)?;
    before.retain(|blob| segments.iter().all(|segment| segment.blob != *blob));
    connection
        .prepare_cached("INSERT OR REPLACE INTO objects (key, body, segments) VALUES (?1, ?2, ?3)")?
        .execute(params![
            key.as_bytes(),
            seal(key.as_bytes(), object)?,
            seal(key.as_bytes(), &segments)?
        ])?;
    Ok(before)
}

/// Collects the segments of all objects, and a line for each row that is damaged.
pub fn references(
    connection: &Connection,
    found: &mut HashMap<String, (Segment, String)>,
    findings: &mut Vec<String>,
) -> S3Result<()> {
    let mut statement = connection.prepare("SELECT key, body, segments FROM objects")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let key = row.get_ref(0)?.as_blob().unwrap_or_default();
        let name = String::from_utf8_lossy(key).into_owned();
        let object = unseal::<Object>(key, row.get_ref(1)?.as_blob().unwrap_or_default());
        let segments = unseal::<Vec<Segment>>(key, row.get_ref(2)?.as_blob().unwrap_or_default());
        match (object, segments) {
            (Ok(object), Ok(segments)) => {
                if segments.iter().map(|segment| segment.size).sum::<u64>() != object.size {
                    findings.push(format!("index: sizes of {name:?} do not add up"));
                }
                found.extend(
                    segments
                        .into_iter()
                        .map(|segment| (segment.blob.clone(), (segment, name.clone()))),
                );
            }
            _ => findings.push(format!("index: the row of {name:?} is damaged")),
        }
    }
    Ok(())
}
