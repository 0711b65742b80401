//! The handle that callers hold: queues writes and reads, and ends the threads when it is dropped.
use crate::readers::{self, Lent, ReadJob};
use crate::writer::{Job, Pending, Writer};
use crate::{Error, connection};
use crossbeam_channel::{Sender, unbounded};
use rusqlite::Connection;
use std::path::Path;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};

const READER_THREADS: usize = 2;
const LENT_CONNECTIONS: usize = 2;
/// The most callers that may wait for a commit, and for a reading thread.
const QUEUED_WRITES: usize = 4_096;
const QUEUED_READS: usize = 4_096;
/// How long a caller waits for a place in a full queue before it is refused.
const QUEUE_PATIENCE: Duration = Duration::from_secs(1);

/// One open SQLite file. Dropping it serves everything that is queued, checkpoints and closes.
pub struct Database {
    writes: Option<Sender<Box<dyn Job>>>,
    reads: Option<Sender<ReadJob>>,
    lent: Lent,
    write_places: Arc<Semaphore>,
    read_places: Arc<Semaphore>,
    writer: Option<JoinHandle<()>>,
    readers: Vec<JoinHandle<()>>,
}

impl Database {
    /// Opens or creates the file at `path`, whose directory exists, and applies the migrations
    /// that it lacks, all in one transaction.
    ///
    /// # Errors
    /// [`Error::NewerSchema`] when the file has more migrations than are given,
    /// [`Error::Damaged`] when it is not a sound database, [`Error::Unavailable`] when it cannot
    /// be opened, or locked within half a second where migrations are missing.
    pub fn open(path: &Path, migrations: &'static [&'static str]) -> Result<Self, Error> {
        let connection = connection::open_writer(path, migrations)?;
        let (writes, jobs) = unbounded();
        let thread = Writer {
            connection,
            path: path.to_owned(),
            migrations,
            jobs,
        };
        let mut database = Self {
            writes: Some(writes),
            reads: None,
            lent: Lent::new(open_readers(path, LENT_CONNECTIONS)?),
            write_places: Arc::new(Semaphore::new(QUEUED_WRITES)),
            read_places: Arc::new(Semaphore::new(QUEUED_READS)),
            writer: Some(spawn("sqlite-writer", move || thread.run())?),
            readers: Vec::with_capacity(READER_THREADS),
        };
        let (reads, jobs) = unbounded();
        database.reads = Some(reads);
        for connection in open_readers(path, READER_THREADS)? {
            let jobs = jobs.clone();
            let reader = spawn("sqlite-reader", move || readers::run(&connection, &jobs))?;
            database.readers.push(reader);
        }
        Ok(database)
    }

    /// Runs `work` in a transaction together with other callers' work and answers when it is
    /// durable. When `work` returns an error or panics, nothing that it wrote is kept, and other
    /// callers are not affected. It must not begin, commit or roll back by itself.
    ///
    /// Once queued the work is done even if the returned future is dropped.
    ///
    /// # Errors
    /// What `work` returned, or, converted, [`Error::Unavailable`] when certainly nothing was
    /// written, [`Error::OutcomeUnknown`] when the commit's fsync failed, [`Error::Panicked`].
    pub async fn write<T, E, F>(&self, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
        F: FnOnce(&Connection) -> Result<T, E> + Send + 'static,
    {
        let place = place_in(&self.write_places).await?;
        let (reply, answer) = oneshot::channel();
        let pending = Pending {
            work: Some(work),
            outcome: None,
            reply,
            _place: place,
        };
        let queue = self.writes.as_ref().ok_or_else(closed)?;
        queue.send(Box::new(pending)).map_err(|_| closed())?;
        answer.await.map_err(|_| E::from(closed()))?
    }

    /// Runs `work` on a reading thread. It sees every write that was answered before this call.
    ///
    /// # Errors
    /// What `work` returned, or, converted, [`Error::Unavailable`] when the queue stayed full for
    /// a second and [`Error::Panicked`].
    pub async fn read<T, E, F>(&self, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
        F: FnOnce(&Connection) -> Result<T, E> + Send + 'static,
    {
        let place = place_in(&self.read_places).await?;
        let (reply, answer) = oneshot::channel();
        let job: ReadJob = Box::new(move |connection| {
            let _place = place;
            let _ = reply.send(readers::guarded(connection, work));
        });
        let queue = self.reads.as_ref().ok_or_else(closed)?;
        queue.send(job).map_err(|_| closed())?;
        answer.await.map_err(|_| E::from(closed()))?
    }

    /// As [`Self::read`], but on the calling thread where a connection is free: for reads of a
    /// few rows by key, which take less time than waking another thread.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub async fn read_briefly<T, E, F>(&self, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
        F: FnOnce(&Connection) -> Result<T, E> + Send + 'static,
    {
        match self.lent.try_run(work) {
            Ok(outcome) => outcome,
            Err(work) => self.read(work).await,
        }
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        self.writes = None;
        self.reads = None;
        self.lent.close();
        // Readers end first, so that the writer can empty the log and close the file last.
        for reader in self.readers.drain(..).chain(self.writer.take()) {
            // The last handle may be dropped by a closure on one of these threads themselves.
            if reader.thread().id() != thread::current().id() && reader.join().is_err() {
                tracing::error!("a database thread panicked");
            }
        }
    }
}

fn open_readers(path: &Path, count: usize) -> Result<Vec<Connection>, Error> {
    (0..count).map(|_| connection::open_reader(path)).collect()
}

fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>, Error> {
    thread::Builder::new()
        .name(name.into())
        .spawn(work)
        .map_err(|error| Error::Unavailable(format!("no thread for the database: {error}")))
}

async fn place_in(places: &Arc<Semaphore>) -> Result<OwnedSemaphorePermit, Error> {
    if let Ok(place) = Arc::clone(places).try_acquire_owned() {
        return Ok(place);
    }
    match tokio::time::timeout(QUEUE_PATIENCE, Arc::clone(places).acquire_owned()).await {
        Ok(Ok(place)) => Ok(place),
        Ok(Err(_)) => Err(closed()),
        Err(_) => Err(Error::Unavailable("the queue stayed full for a second".into())),
    }
}

fn closed() -> Error {
    Error::Unavailable("the database is closed".into())
}
