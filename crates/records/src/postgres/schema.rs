//! The tables and functions, and how they come to be. A migration that has been released never
//! changes: a new one is added below it, first to expand what is there, and only a release later
//! to contract it, so that programs of both versions work meanwhile.
use super::error::Failure;
use crc_fast::{CrcAlgorithm, checksum};
use homeroom_core::ports::record_store::StoreError;
use tokio_postgres::Client;

/// Applied in order, each once; their number is the schema's version. `{s}` is the schema's name.
pub(crate) const MIGRATIONS: &[&str] = &[include_str!("migrations/1.sql")];

/// The version that this program writes and reads.
pub(crate) fn current() -> i32 {
    i32::try_from(MIGRATIONS.len()).expect("there are few migrations")
}

/// Reads the schema's version; `None` when there are no tables yet.
pub(crate) async fn version(client: &Client, schema: &str) -> Result<Option<i32>, Failure> {
    let table = format!("{schema}.schema_version");
    let known: bool = client
        .query_one("SELECT to_regclass($1) IS NOT NULL", &[&table])
        .await?
        .get(0);
    if !known {
        return Ok(None);
    }
    let select = format!("SELECT max(version) FROM {table}");
    Ok(client.query_one(&select, &[]).await?.get(0))
}

/// Makes the schema current, in one transaction, one program at a time.
///
/// # Errors
/// [`StoreError::Unavailable`] when a later version of the program has been here.
pub(crate) async fn migrate(client: &mut Client, schema: &str) -> Result<(), Failure> {
    if version(client, schema).await? == Some(current()) {
        return Ok(());
    }
    let transaction = client.transaction().await?;
    transaction
        .execute("SELECT pg_advisory_xact_lock($1)", &[&migration_lock(schema)])
        .await?;
    let found = version(transaction.client(), schema).await?;
    refuse_newer(found)?;
    if found.is_none() {
        let exists = transaction
            .query_one("SELECT to_regnamespace($1) IS NOT NULL", &[&schema])
            .await?;
        if !exists.get::<_, bool>(0) {
            transaction
                .batch_execute(&format!("CREATE SCHEMA {schema}"))
                .await?;
        }
        let table = format!(
            "CREATE TABLE {schema}.schema_version (version integer PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())"
        );
        transaction.batch_execute(&table).await?;
    }
    let done = usize::try_from(found.unwrap_or(0)).unwrap_or(0);
    for (number, migration) in MIGRATIONS.iter().enumerate().skip(done) {
        transaction
            .batch_execute(&migration.replace("{s}", schema))
            .await?;
        let note = format!(
            "INSERT INTO {schema}.schema_version (version) VALUES ({})",
            number + 1
        );
        transaction.batch_execute(&note).await?;
    }
    Ok(transaction.commit().await?)
}

/// # Errors
/// [`StoreError::Unavailable`] naming both versions when `found` is beyond this program's.
pub(crate) fn refuse_newer(found: Option<i32>) -> Result<(), StoreError> {
    match found {
        Some(found) if found > current() => Err(StoreError::Unavailable(format!(
            "the database's tables have version {found} and this program knows version {}; start the newer program",
            current()
        ))),
        _ => Ok(()),
    }
}

fn migration_lock(schema: &str) -> i64 {
    let name = format!("homeroom migrations of {schema}");
    checksum(CrcAlgorithm::Crc64Nvme, name.as_bytes()).cast_signed()
}
