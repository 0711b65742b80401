//! Upgrades: from every earlier version, whole or not at all, and never from a later one.
use crate::{MIGRATIONS, insert, names};
use homeroom_sqlite::rusqlite::Connection;
use homeroom_sqlite::{Database, Error};
use std::path::Path;

const LATER: &[&str] = &[
    MIGRATIONS[0],
    "ALTER TABLE names ADD COLUMN seen INTEGER NOT NULL DEFAULT 7",
    "CREATE TABLE others (name TEXT) STRICT",
];
/// Breaks after its second step has succeeded.
const BREAKING: &[&str] = &[MIGRATIONS[0], LATER[1], "CREATE TABLE broken ("];

fn version(path: &Path) -> i64 {
    let connection = Connection::open(path).unwrap();
    connection
        .pragma_query_value(None, "user_version", |row| row.get(0))
        .unwrap()
}

#[tokio::test]
async fn earlier_versions_are_upgraded_with_their_data() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("test.db");
    for known in 1..=LATER.len() {
        let database = Database::open(&path, &LATER[..known]).unwrap();
        let name = format!("written at version {known}");
        database
            .write(move |connection| insert(connection, &name))
            .await
            .unwrap();
        assert_eq!(names(&database).await.len(), known);
        drop(database);
        assert_eq!(version(&path), i64::try_from(known).unwrap());
    }
}

#[tokio::test]
async fn an_upgrade_that_breaks_off_leaves_the_old_version() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("test.db");
    let database = Database::open(&path, MIGRATIONS).unwrap();
    database
        .write(|connection| insert(connection, "kept"))
        .await
        .unwrap();
    drop(database);
    assert!(Database::open(&path, BREAKING).is_err());
    assert_eq!(version(&path), 1);
    let database = Database::open(&path, LATER).unwrap();
    assert_eq!(names(&database).await, ["kept"]);
}

#[test]
fn a_later_version_is_refused_untouched() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("test.db");
    drop(Database::open(&path, LATER).unwrap());
    let refused = Database::open(&path, MIGRATIONS).map(drop);
    assert!(
        matches!(refused, Err(Error::NewerSchema { found: 3, known: 1 })),
        "{refused:?}"
    );
    assert_eq!(version(&path), 3);
}
