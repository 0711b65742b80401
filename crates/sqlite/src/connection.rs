//! Opening the file: pragmas and the schema's upgrades.
use crate::Error;
use rusqlite::{Connection, OpenFlags};
use std::path::Path;
use std::time::Duration;

/// How long a statement waits for another process's lock before it is unavailable.
const BUSY_TIMEOUT: Duration = Duration::from_millis(500);
/// Page cache of the writer and of each reader, in KiB; taken only as pages are touched.
const WRITER_CACHE_KIB: i64 = 4_096;
const READER_CACHE_KIB: i64 = 1_024;
/// The write-ahead log is cut back to this size when it starts again from its beginning.
const LOG_LIMIT_BYTES: i64 = 16 * 1024 * 1024;
const CACHED_STATEMENTS: usize = 64;

/// Opens the writing connection and brings the schema up to date.
///
/// `user_version` counts the applied migrations. All that are missing are applied in one
/// transaction, so that a crash leaves the old schema or the new one.
pub(crate) fn open_writer(path: &Path, migrations: &[&str]) -> Result<Connection, Error> {
    let flags =
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    set_common(&connection, WRITER_CACHE_KIB)?;
    let mode: String = connection.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get(0))?;
    if mode != "wal" {
        return Err(Error::Unavailable(format!(
            "the file system does not allow write-ahead logging (journal mode {mode})"
        )));
    }
    connection.pragma_update(None, "synchronous", "FULL")?;
    // What is deleted is overwritten: after an account's deletion its text is not in the file.
    connection.pragma_update(None, "secure_delete", true)?;
    // The writer checkpoints by itself, after it has answered.
    connection.pragma_update(None, "wal_autocheckpoint", 0)?;
    connection.pragma_update(None, "journal_size_limit", LOG_LIMIT_BYTES)?;
    upgrade(&connection, migrations)?;
    Ok(connection)
}

/// Opens one reading connection; the file exists already.
pub(crate) fn open_reader(path: &Path) -> Result<Connection, Error> {
    // Read-write, because a reader takes part in the shared memory of the log; `query_only`
    // keeps it from writing.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    set_common(&connection, READER_CACHE_KIB)?;
    connection.pragma_update(None, "query_only", true)?;
    Ok(connection)
}

fn set_common(connection: &Connection, cache_kib: i64) -> Result<(), Error> {
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.pragma_update(None, "cache_size", -cache_kib)?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    // A mapped file would turn a failing disk into SIGBUS.
    connection.pragma_update(None, "mmap_size", 0)?;
    connection.pragma_update(None, "cell_size_check", true)?;
    connection.pragma_update(None, "trusted_schema", false)?;
    connection.set_prepared_statement_cache_capacity(CACHED_STATEMENTS);
    Ok(())
}

/// Where nothing is missing no lock is asked for, so that a command can look beside a busy server.
fn upgrade(connection: &Connection, migrations: &[&str]) -> Result<(), Error> {
    let known = i64::try_from(migrations.len()).expect("a handful of migrations fits i64");
    if schema_version(connection)? == known {
        // Reading the schema here finds a file that is not a sound database before it is used.
        connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| {
            row.get::<_, i64>(0)
        })?;
        return Ok(());
    }
    connection.execute_batch("BEGIN IMMEDIATE")?;
    let outcome = apply_missing(connection, migrations, known);
    match outcome {
        Ok(()) => connection.execute_batch("COMMIT").map_err(Error::from),
        Err(error) => {
            connection.execute_batch("ROLLBACK")?;
            Err(error)
        }
    }
}

fn schema_version(connection: &Connection) -> Result<i64, Error> {
    Ok(connection.pragma_query_value(None, "user_version", |row| row.get(0))?)
}

fn apply_missing(connection: &Connection, migrations: &[&str], known: i64) -> Result<(), Error> {
    // Another process may have applied them since this was looked at.
    let found = schema_version(connection)?;
    if found > known {
        return Err(Error::NewerSchema { found, known });
    }
    let applied = usize::try_from(found)
        .map_err(|_| Error::Damaged(format!("schema version {found} is impossible")))?;
    for migration in &migrations[applied..] {
        connection.execute_batch(migration)?;
    }
    connection.pragma_update(None, "user_version", known)?;
    Ok(())
}
