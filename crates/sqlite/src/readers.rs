//! Reading threads, each with its own connection, and connections for reads on the caller's thread.
use crate::Error;
use crossbeam_channel::Receiver;
use rusqlite::Connection;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, PoisonError};

/// One caller's read; it answers its caller by itself.
pub(crate) type ReadJob = Box<dyn FnOnce(&Connection) + Send>;

/// Serves reads until every sender is gone.
pub(crate) fn run(connection: &Connection, jobs: &Receiver<ReadJob>) {
    for job in jobs {
        job(connection);
    }
}

/// Runs a caller's closure; a panic is an error of that caller alone.
pub(crate) fn guarded<T, E, F>(connection: &Connection, work: F) -> Result<T, E>
where
    E: From<Error>,
    F: FnOnce(&Connection) -> Result<T, E>,
{
    let outcome =
        catch_unwind(AssertUnwindSafe(|| work(connection))).unwrap_or_else(|_| Err(E::from(Error::Panicked)));
    if !connection.is_autocommit() {
        // A closure that failed halfway must not leave its snapshot to the next one.
        let _ = connection.execute_batch("ROLLBACK");
    }
    outcome
}

/// Connections that a caller may borrow for a short read on its own thread.
pub(crate) struct Lent(Mutex<Vec<Connection>>);

impl Lent {
    pub(crate) fn new(connections: Vec<Connection>) -> Self {
        Self(Mutex::new(connections))
    }

    /// Runs `work` here, or hands it back when every connection is lent out.
    pub(crate) fn try_run<T, E, F>(&self, work: F) -> Result<Result<T, E>, F>
    where
        E: From<Error>,
        F: FnOnce(&Connection) -> Result<T, E>,
    {
        let Some(connection) = self.connections().pop() else {
            return Err(work);
        };
        let outcome = guarded(&connection, work);
        self.connections().push(connection);
        Ok(outcome)
    }

    /// Closes the connections; reads go to the threads from here on.
    pub(crate) fn close(&self) {
        self.connections().clear();
    }

    fn connections(&self) -> std::sync::MutexGuard<'_, Vec<Connection>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
