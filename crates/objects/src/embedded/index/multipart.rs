//! Multipart uploads: begun, filled, and then completed or aborted by exactly one winner.
use super::objects::{check, replace, summary};
use super::rows::{Object, Part, Upload, seal, unseal};
use super::{Condition, Index};
use crate::embedded::blob::Segment;
use crate::embedded::error::{Code, S3Error, S3Result};
use homeroom_sqlite::rusqlite::{Connection, OptionalExtension as _, params};
use std::collections::HashMap;

/// What a completion asks for.
pub struct Completion {
    /// Of the object.
    pub key: String,
    /// Which upload.
    pub upload: String,
    /// Must hold of the key.
    pub condition: Condition,
}

/// What a completion did.
pub struct Completed {
    /// The object that stands now.
    pub object: Object,
    /// Blobs that nothing refers to any more.
    pub unused: Vec<String>,
}

impl Index {
    /// Begins an upload.
    pub async fn create_upload(&self, id: &str, upload: Upload) -> S3Result<()> {
        let id = id.to_owned();
        self.database
            .write(move |connection| {
                connection
                    .prepare_cached("INSERT INTO uploads (id, key, body) VALUES (?1, ?2, ?3)")?
                    .execute(params![id, upload.key.as_bytes(), seal(id.as_bytes(), &upload)?])?;
                Ok(())
            })
            .await
    }

    /// An open upload of that key.
    pub async fn upload(&self, key: &str, id: &str) -> S3Result<Upload> {
        let (key, id) = (key.to_owned(), id.to_owned());
        self.database
            .read_briefly(move |connection| upload(connection, &key, &id))
            .await
    }

    /// Adds or replaces a part of an upload that is still open; says which blob is unused now.
    pub async fn put_part(&self, key: &str, id: &str, part: Part) -> S3Result<Vec<String>> {
        let (key, id) = (key.to_owned(), id.to_owned());
        self.database
            .write(move |connection| {
                upload(connection, &key, &id)?;
                let before = self::part(connection, &id, part.number)?;
                connection
                    .prepare_cached(
                        "INSERT OR REPLACE INTO parts (upload, number, body) VALUES (?1, ?2, ?3)",
                    )?
                    .execute(params![
                        id,
                        part.number,
                        seal(&part_key(&id, part.number), &part)?
                    ])?;
                Ok(before.map(|before| before.segment.blob).into_iter().collect())
            })
            .await
    }

    /// Up to `limit` parts behind number `after`.
    pub async fn parts(
        &self,
        key: &str,
        id: &str,
        after: u32,
        limit: usize,
    ) -> S3Result<(Upload, Vec<Part>)> {
        let (key, id) = (key.to_owned(), id.to_owned());
        self.database
            .read(move |connection| {
                let upload = upload(connection, &key, &id)?;
                Ok((upload, parts(connection, &id, after, limit)?))
            })
            .await
    }

    /// Makes an object of an upload. `join` decides from the upload and its parts what the object
    /// is; it runs inside the transaction. Repeating a completion whose object stands gives that
    /// object.
    pub async fn complete<J>(&self, wanted: Completion, join: J) -> S3Result<Completed>
    where
        J: FnOnce(&Upload, &[Part]) -> S3Result<(Object, Vec<Segment>)> + Send + 'static,
    {
        self.database
            .write(move |connection| {
                let Completion {
                    key,
                    upload: id,
                    condition,
                } = &wanted;
                let upload = match upload(connection, key, id) {
                    Ok(upload) => upload,
                    Err(error) if error.code == Code::NoSuchUpload => {
                        return repeated(connection, key, id, error);
                    }
                    Err(error) => return Err(error),
                };
                check(connection, key, condition)?;
                let parts = parts(connection, id, 0, usize::MAX)?;
                let (object, segments) = join(&upload, &parts)?;
                let mut unused = replace(connection, key, &object, &segments)?;
                let kept: std::collections::HashSet<&str> =
                    segments.iter().map(|segment| segment.blob.as_str()).collect();
                let left = parts.into_iter().map(|part| part.segment.blob);
                unused.extend(left.filter(|blob| !kept.contains(blob.as_str())));
                forget(connection, id)?;
                Ok(Completed { object, unused })
            })
            .await
    }

    /// Drops an upload and says which blobs are unused now.
    pub async fn abort(&self, key: &str, id: &str) -> S3Result<Vec<String>> {
        let (key, id) = (key.to_owned(), id.to_owned());
        self.database
            .write(move |connection| {
                upload(connection, &key, &id)?;
                let parts = parts(connection, &id, 0, usize::MAX)?;
                forget(connection, &id)?;
                Ok(parts.into_iter().map(|part| part.segment.blob).collect())
            })
            .await
    }

    /// Up to `limit` open uploads behind `(key, id)`, in that order.
    pub async fn uploads(
        &self,
        prefix: &str,
        after: (String, String),
        limit: usize,
    ) -> S3Result<Vec<(String, Upload)>> {
        let prefix = prefix.as_bytes().to_vec();
        self.database
            .read(move |connection| {
                let mut statement = connection.prepare_cached(
                    "SELECT id, key, body FROM uploads WHERE (key, id) > (?1, ?2) AND key >= ?3 \
                     ORDER BY key, id LIMIT ?4",
                )?;
                let limit = i64::try_from(limit).unwrap_or(i64::MAX);
                let mut rows = statement.query(params![after.0.as_bytes(), after.1, prefix, limit])?;
                let mut found = Vec::new();
                while let Some(row) = rows.next()? {
                    let id: String = row.get(0)?;
                    if !row.get_ref(1)?.as_blob().unwrap_or_default().starts_with(&prefix) {
                        break;
                    }
                    let upload = unseal(id.as_bytes(), row.get_ref(2)?.as_blob().unwrap_or_default())?;
                    found.push((id, upload));
                }
                Ok(found)
            })
            .await
    }
}

fn part_key(id: &str, number: u32) -> Vec<u8> {
    format!("{id}/{number}").into_bytes()
}

fn upload(connection: &Connection, key: &str, id: &str) -> S3Result<Upload> {
    let mut statement = connection.prepare_cached("SELECT body FROM uploads WHERE id = ?1")?;
    let body: Option<Vec<u8>> = statement.query_row(params![id], |row| row.get(0)).optional()?;
    let upload: Option<Upload> = body.map(|body| unseal(id.as_bytes(), &body)).transpose()?;
    upload
        .filter(|upload| upload.key == key)
        .ok_or(Code::NoSuchUpload.into())
}

fn part(connection: &Connection, id: &str, number: u32) -> S3Result<Option<Part>> {
    let mut statement =
        connection.prepare_cached("SELECT body FROM parts WHERE upload = ?1 AND number = ?2")?;
    let body: Option<Vec<u8>> = statement
        .query_row(params![id, number], |row| row.get(0))
        .optional()?;
    body.map(|body| unseal(&part_key(id, number), &body)).transpose()
}

fn parts(connection: &Connection, id: &str, after: u32, limit: usize) -> S3Result<Vec<Part>> {
    let mut statement = connection.prepare_cached(
        "SELECT number, body FROM parts WHERE upload = ?1 AND number > ?2 ORDER BY number LIMIT ?3",
    )?;
    let mut rows = statement.query(params![id, after, i64::try_from(limit).unwrap_or(i64::MAX)])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let number: u32 = row.get(0)?;
        found.push(unseal(
            &part_key(id, number),
            row.get_ref(1)?.as_blob().unwrap_or_default(),
        )?);
    }
    Ok(found)
}

fn forget(connection: &Connection, id: &str) -> S3Result<()> {
    connection
        .prepare_cached("DELETE FROM parts WHERE upload = ?1")?
        .execute(params![id])?;
    connection
        .prepare_cached("DELETE FROM uploads WHERE id = ?1")?
        .execute(params![id])?;
    Ok(())
}

fn repeated(connection: &Connection, key: &str, id: &str, absent: S3Error) -> S3Result<Completed> {
    match summary(connection, key)? {
        Some(object) if object.upload.as_deref() == Some(id) => Ok(Completed {
            object,
            unused: Vec::new(),
        }),
        _ => Err(absent),
    }
}

/// Collects the segments of all parts, and a line for each row that is damaged.
pub fn references(
    connection: &Connection,
    found: &mut HashMap<String, (Segment, String)>,
    findings: &mut Vec<String>,
) -> S3Result<()> {
    let mut statement = connection.prepare("SELECT upload, number, body FROM parts")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (id, number): (String, u32) = (row.get(0)?, row.get(1)?);
        match unseal::<Part>(
            &part_key(&id, number),
            row.get_ref(2)?.as_blob().unwrap_or_default(),
        ) {
            Ok(part) => {
                let what = format!("part {number} of an open upload");
                found.insert(part.segment.blob.clone(), (part.segment, what));
            }
            Err(_) => findings.push(format!(
                "index: the row of part {number} of an open upload is damaged"
            )),
        }
    }
    Ok(())
}
