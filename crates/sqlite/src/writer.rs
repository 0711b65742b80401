//! The writing thread: takes what callers queued, commits it together, then answers.
use crate::{Error, connection};
use crossbeam_channel::{Receiver, RecvTimeoutError, TryRecvError};
use rusqlite::Connection;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::time::{Duration, Instant};
use tokio::sync::{OwnedSemaphorePermit, oneshot};

/// The most callers, and the longest time, that one commit gathers.
const BATCH_JOBS: usize = 512;
const BATCH_TIME: Duration = Duration::from_millis(20);
/// How long a commit waits for callers that the previous one has just answered. Nobody waits
/// when the previous commit served one caller alone.
const GATHER_TIME: Duration = Duration::from_micros(100);
/// The log is copied into the file when it holds this many pages…
const CHECKPOINT_PAGES: i64 = 2_000;
/// …with readers made to wait when it has grown to this many…
const OVERLONG_LOG_PAGES: i64 = 16_000;
/// …or, with the log emptied, when nobody wrote for this long.
const IDLE_TIME: Duration = Duration::from_secs(2);

/// One caller's work, waiting for its commit.
pub(crate) trait Job: Send {
    /// Does the work within its savepoint; says whether it is to be kept.
    fn run(&mut self, connection: &Connection) -> Verdict;
    /// Tells the caller, with the work's own outcome or, when the commit failed, with `failure`.
    fn answer(self: Box<Self>, failure: Option<&Error>);
}

/// What becomes of one caller's work.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    Keep,
    Undo,
}

/// A closure, later its outcome, and the way back to the caller.
pub(crate) struct Pending<T, E, F> {
    pub(crate) work: Option<F>,
    pub(crate) outcome: Option<Result<T, E>>,
    pub(crate) reply: oneshot::Sender<Result<T, E>>,
    /// The caller's place in the queue, free again when it is answered.
    pub(crate) _place: OwnedSemaphorePermit,
}

impl<T, E, F> Job for Pending<T, E, F>
where
    T: Send,
    E: From<Error> + Send,
    F: FnOnce(&Connection) -> Result<T, E> + Send,
{
    fn run(&mut self, connection: &Connection) -> Verdict {
        let Some(work) = self.work.take() else {
            return Verdict::Undo;
        };
        let outcome = catch_unwind(AssertUnwindSafe(|| work(connection)))
            .unwrap_or_else(|_| Err(E::from(Error::Panicked)));
        let verdict = if outcome.is_ok() {
            Verdict::Keep
        } else {
            Verdict::Undo
        };
        self.outcome = Some(outcome);
        verdict
    }

    fn answer(self: Box<Self>, failure: Option<&Error>) {
        // An own refusal is not told after a failed commit either: it may rest on what another
        // caller had written in the same transaction and is now gone.
        let outcome = match (failure, self.outcome) {
            (None, Some(outcome)) => outcome,
            (Some(failure), _) => Err(failure.for_each_waiter().into()),
            (None, None) => Err(Error::Unavailable("the work was not run".into()).into()),
        };
        // A caller that no longer waits is no failure.
        let _ = self.reply.send(outcome);
    }
}

/// The thread's state.
pub(crate) struct Writer {
    pub(crate) connection: Connection,
    pub(crate) path: PathBuf,
    pub(crate) migrations: &'static [&'static str],
    pub(crate) jobs: Receiver<Box<dyn Job>>,
}

impl Writer {
    /// Serves until every sender is gone and the queue is empty.
    pub(crate) fn run(mut self) {
        let mut expected = 1;
        let mut dirty = true;
        loop {
            let first = if dirty {
                match self.jobs.recv_timeout(IDLE_TIME) {
                    Ok(job) => job,
                    Err(RecvTimeoutError::Timeout) => {
                        self.rest();
                        dirty = false;
                        continue;
                    }
                    Err(RecvTimeoutError::Disconnected) => break,
                }
            } else {
                match self.jobs.recv() {
                    Ok(job) => job,
                    Err(_) => break,
                }
            };
            expected = self.serve(first, expected);
            dirty = true;
        }
        self.rest();
    }

    /// Commits one batch and answers it; returns how many callers it served.
    fn serve(&mut self, first: Box<dyn Job>, expected: usize) -> usize {
        let mut batch = Vec::with_capacity(expected.max(16));
        let outcome = self.write_batch(first, expected, &mut batch);
        if let Err(error) = &outcome {
            tracing::error!(callers = batch.len(), %error, "a database commit failed");
        }
        let served = batch.len();
        for job in batch {
            job.answer(outcome.as_ref().err());
        }
        self.checkpoint_when_long();
        served
    }

    fn write_batch(
        &mut self,
        first: Box<dyn Job>,
        expected: usize,
        batch: &mut Vec<Box<dyn Job>>,
    ) -> Result<(), Error> {
        if let Err(error) = self.execute("BEGIN IMMEDIATE") {
            // Whoever is queued has waited while the lock was waited for; nobody waits in turn.
            batch.push(first);
            batch.extend(self.jobs.try_iter().take(BATCH_JOBS));
            self.abandon();
            return Err(error.into());
        }
        let mut next = Some(first);
        let started = Instant::now();
        while let Some(mut job) = next {
            let ran = self.run_in_savepoint(job.as_mut());
            batch.push(job);
            if let Err(error) = ran {
                self.abandon();
                return Err(error);
            }
            next = self.next_job(batch.len(), expected, started);
        }
        self.commit()
    }

    fn run_in_savepoint(&mut self, job: &mut dyn Job) -> Result<(), Error> {
        self.execute("SAVEPOINT caller")?;
        let verdict = job.run(&self.connection);
        if self.connection.is_autocommit() {
            // SQLite gives up a whole transaction when the disk is full or fails.
            return Err(Error::Unavailable(
                "the transaction was given up, the disk may be full".into(),
            ));
        }
        if verdict == Verdict::Undo {
            self.execute("ROLLBACK TO caller")?;
        }
        self.execute("RELEASE caller")?;
        Ok(())
    }

    fn next_job(&self, gathered: usize, expected: usize, started: Instant) -> Option<Box<dyn Job>> {
        if gathered >= BATCH_JOBS || started.elapsed() >= BATCH_TIME {
            return None;
        }
        match self.jobs.try_recv() {
            Ok(job) => Some(job),
            Err(TryRecvError::Empty) if gathered < expected => self.jobs.recv_timeout(GATHER_TIME).ok(),
            Err(_) => None,
        }
    }

    fn commit(&mut self) -> Result<(), Error> {
        self.execute("COMMIT").map_err(|error| {
            self.abandon();
            Error::of_commit(&error)
        })
    }

    /// Leaves no transaction open, if need be with a new connection.
    fn abandon(&mut self) {
        if self.connection.is_autocommit() || self.connection.execute_batch("ROLLBACK").is_ok() {
            return;
        }
        match connection::open_writer(&self.path, self.migrations) {
            Ok(connection) => self.connection = connection,
            Err(error) => tracing::error!(%error, "the database cannot be opened again"),
        }
    }

    fn execute(&self, sql: &str) -> rusqlite::Result<()> {
        self.connection.prepare_cached(sql)?.execute([]).map(drop)
    }

    /// Keeps the log short. It runs after the callers have been answered.
    fn checkpoint_when_long(&self) {
        match self.log_pages() {
            // Readers that never pause kept it from starting again: wait for them.
            (log, _) if log >= OVERLONG_LOG_PAGES => self.checkpoint("RESTART"),
            (_, uncopied) if uncopied >= CHECKPOINT_PAGES => self.checkpoint("PASSIVE"),
            _ => {}
        }
    }

    /// Pages in the log, and how many of them the file does not have yet.
    fn log_pages(&self) -> (i64, i64) {
        let read = || -> rusqlite::Result<(i64, i64)> {
            self.connection
                .prepare_cached("PRAGMA wal_checkpoint(NOOP)")?
                .query_row([], |row| Ok((row.get(1)?, row.get(2)?)))
        };
        read().map_or((0, 0), |(log, copied)| (log, log - copied))
    }

    /// Copies the log into the file, empties it, and gives memory back.
    fn rest(&self) {
        self.checkpoint("TRUNCATE");
        if let Err(error) = self.connection.release_memory() {
            tracing::debug!(%error, "the database kept its memory");
        }
    }

    fn checkpoint(&self, mode: &str) {
        let sql = format!("PRAGMA wal_checkpoint({mode})");
        if let Err(error) = self.connection.query_row(&sql, [], |_| Ok(())) {
            // Nothing is lost: the log keeps what the file does not have yet.
            tracing::warn!(%error, "the write-ahead log could not be copied into the database");
        }
    }
}
