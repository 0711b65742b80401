//! A full disk, a locked file, a panic: the process goes on, and nothing answered is lost.
use crate::{MIGRATIONS, insert, names};
use homeroom_sqlite::rusqlite::Connection;
use homeroom_sqlite::{Database, Error};
use std::sync::Arc;
use std::time::{Duration, Instant};

fn limit_pages(connection: &Connection, pages: i64) -> Result<(), Error> {
    connection.pragma_update_and_check(None, "max_page_count", pages, |_| Ok(()))?;
    Ok(())
}

#[tokio::test]
async fn a_full_disk_refuses_writes_until_there_is_space() {
    let directory = tempfile::tempdir().unwrap();
    let database = Database::open(&directory.path().join("test.db"), MIGRATIONS).unwrap();
    database
        .write(|connection| limit_pages(connection, 40))
        .await
        .unwrap();
    let mut answered = Vec::new();
    let refusal = loop {
        let name = format!("{:05}{}", answered.len(), "x".repeat(1_000));
        let inserted = name.clone();
        match database
            .write(move |connection| insert(connection, &inserted))
            .await
        {
            Ok(()) => answered.push(name),
            Err(error) => break error,
        }
    };
    assert!(matches!(refusal, Error::Unavailable(_)), "{refusal:?}");
    assert!(answered.len() > 10);
    assert_eq!(names(&database).await, answered, "reads go on");

    database
        .write(|connection| limit_pages(connection, 100_000))
        .await
        .unwrap();
    database
        .write(|connection| insert(connection, "z"))
        .await
        .unwrap();
    answered.push("z".into());
    assert_eq!(names(&database).await, answered);
}

#[tokio::test]
async fn a_locked_file_refuses_every_waiting_write_within_a_second() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("test.db");
    let database = Arc::new(Database::open(&path, MIGRATIONS).unwrap());
    let intruder = Connection::open(&path).unwrap();
    intruder.execute_batch("BEGIN IMMEDIATE").unwrap();
    let started = Instant::now();
    let callers: Vec<_> = (0..20)
        .map(|number| {
            let database = database.clone();
            tokio::spawn(async move {
                database
                    .write(move |connection| insert(connection, &number.to_string()))
                    .await
            })
        })
        .collect();
    for caller in callers {
        let refused = caller.await.unwrap();
        assert!(matches!(refused, Err(Error::Unavailable(_))), "{refused:?}");
    }
    assert!(
        started.elapsed() < Duration::from_millis(1_900),
        "all waited together"
    );
    drop(intruder);
    database
        .write(|connection| insert(connection, "a"))
        .await
        .unwrap();
    assert_eq!(names(&database).await, ["a"]);
}

#[tokio::test]
async fn a_panicking_read_harms_nobody_else() {
    let directory = tempfile::tempdir().unwrap();
    let database = Database::open(&directory.path().join("test.db"), MIGRATIONS).unwrap();
    for _ in 0..10 {
        let panics = |connection: &Connection| -> Result<(), Error> {
            connection.execute_batch("BEGIN")?;
            panic!("this read panics")
        };
        assert!(matches!(database.read(panics).await, Err(Error::Panicked)));
        assert!(matches!(
            database.read_briefly(panics).await,
            Err(Error::Panicked)
        ));
    }
    database
        .write(|connection| insert(connection, "a"))
        .await
        .unwrap();
    assert_eq!(names(&database).await, ["a"]);
    let writes = |connection: &Connection| insert(connection, "b");
    assert!(database.read(writes).await.is_err(), "a reader cannot write");
}

#[test]
fn what_is_no_database_is_damaged() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("test.db");
    std::fs::write(&path, "these are not the bytes of a database".repeat(1_000)).unwrap();
    let opened = Database::open(&path, MIGRATIONS).map(drop);
    assert!(matches!(opened, Err(Error::Damaged(_))), "{opened:?}");
}

#[tokio::test]
async fn a_locked_file_is_opened_and_read() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("test.db");
    let database = Database::open(&path, MIGRATIONS).unwrap();
    database
        .write(|connection| insert(connection, "a"))
        .await
        .unwrap();
    let intruder = Connection::open(&path).unwrap();
    intruder.execute_batch("BEGIN IMMEDIATE").unwrap();
    let beside = Database::open(&path, MIGRATIONS).unwrap();
    assert_eq!(names(&beside).await, ["a"]);
}
