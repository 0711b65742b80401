//! Many callers, one commit: what is kept, what is undone, and who is answered when.
use crate::{MIGRATIONS, insert, names};
use homeroom_sqlite::{Database, Error};
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Waker};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_callers_failure_undoes_only_its_own_work() {
    let directory = tempfile::tempdir().unwrap();
    let database = Arc::new(Database::open(&directory.path().join("test.db"), MIGRATIONS).unwrap());
    let callers: Vec<_> = (0..200)
        .map(|number| {
            let database = database.clone();
            tokio::spawn(async move {
                let outcome: Result<usize, Error> = database
                    .write(move |connection| {
                        insert(connection, &format!("{number:03}"))?;
                        match number % 4 {
                            0 => Err(Error::Unavailable("changed my mind".into())),
                            1 => panic!("caller {number} panics"),
                            _ => Ok(number),
                        }
                    })
                    .await;
                match number % 4 {
                    0 => assert!(matches!(outcome, Err(Error::Unavailable(_)))),
                    1 => assert!(matches!(outcome, Err(Error::Panicked))),
                    _ => assert_eq!(outcome.unwrap(), number),
                }
            })
        })
        .collect();
    for caller in callers {
        caller.await.unwrap();
    }
    let expected: Vec<String> = (0..200)
        .filter(|number| number % 4 > 1)
        .map(|number| format!("{number:03}"))
        .collect();
    assert_eq!(names(&database).await, expected);
}

#[tokio::test]
async fn an_answered_write_is_seen_by_both_kinds_of_read() {
    let directory = tempfile::tempdir().unwrap();
    let database = Database::open(&directory.path().join("test.db"), MIGRATIONS).unwrap();
    for number in 0..50_i64 {
        let name = format!("{number:03}");
        database
            .write(move |connection| insert(connection, &name))
            .await
            .unwrap();
        let count = |connection: &homeroom_sqlite::rusqlite::Connection| -> Result<i64, Error> {
            Ok(connection.query_row("SELECT count(*) FROM names", [], |row| row.get(0))?)
        };
        assert_eq!(database.read(count).await.unwrap(), number + 1);
        assert_eq!(database.read_briefly(count).await.unwrap(), number + 1);
    }
}

#[tokio::test]
async fn queued_work_is_done_when_its_caller_and_the_database_go_away() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("test.db");
    let database = Database::open(&path, MIGRATIONS).unwrap();
    {
        let mut waiting = pin!(database.write(|connection| insert(connection, "left behind")));
        let _ = waiting.as_mut().poll(&mut Context::from_waker(Waker::noop()));
    }
    drop(database);
    let log = directory.path().join("test.db-wal");
    assert!(!log.exists(), "a clean end leaves no write-ahead log");
    let database = Database::open(&path, MIGRATIONS).unwrap();
    assert_eq!(names(&database).await, ["left behind"]);
}

#[tokio::test]
async fn deleted_text_leaves_the_files() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("test.db");
    let database = Database::open(&path, MIGRATIONS).unwrap();
    let secret = "a-name-that-must-vanish".repeat(400);
    let inserted = secret.clone();
    database
        .write(move |connection| insert(connection, &inserted))
        .await
        .unwrap();
    let delete = |connection: &homeroom_sqlite::rusqlite::Connection| -> Result<usize, Error> {
        Ok(connection.execute("DELETE FROM names", [])?)
    };
    assert_eq!(database.write(delete).await.unwrap(), 1);
    drop(database);
    for entry in std::fs::read_dir(directory.path()).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        assert!(!bytes.windows(23).any(|window| window == &secret.as_bytes()[..23]));
    }
}
