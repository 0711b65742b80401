//! The shared SQLite writer and readers, seen from their callers.
mod failures;
mod group_commit;
mod schema;

use homeroom_sqlite::{Database, Error, rusqlite::Connection};

/// One table of names.
const MIGRATIONS: &[&str] = &["CREATE TABLE names (name TEXT PRIMARY KEY) STRICT"];

fn insert(connection: &Connection, name: &str) -> Result<(), Error> {
    let mut statement = connection.prepare_cached("INSERT INTO names (name) VALUES (?1)")?;
    statement.execute([name])?;
    Ok(())
}

async fn names(database: &Database) -> Vec<String> {
    let read = |connection: &Connection| -> Result<Vec<String>, Error> {
        let mut statement = connection.prepare_cached("SELECT name FROM names ORDER BY name")?;
        let names = statement.query_map([], |row| row.get(0))?;
        Ok(names.collect::<Result<_, _>>()?)
    };
    database.read(read).await.unwrap()
}
