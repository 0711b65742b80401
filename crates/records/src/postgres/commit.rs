//! Group commit: transactions that wait at the same time share a round trip and a flush to disk.
//!
//! A few writing tasks take whatever has queued up since they last looked, so that a transaction
//! alone is sent at once and many together cost little more. Nobody waits for company.
use super::batch::Batch;
use super::error::Failure;
use super::pool::{Connection, Connections};
use super::{CONNECT_PATIENCE, WRITE_PATIENCE};
use homeroom_core::ports::Clock;
use homeroom_core::ports::record_store::{StoreError, TransactError, Write};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::{Notify, oneshot};
use tokio::time::timeout;
use tokio_util::sync::{CancellationToken, DropGuard};

/// The most transactions, writes and body bytes in one batch; a single transaction may have more bytes.
const MOST_TRANSACTIONS: usize = 32;
const MOST_WRITES: usize = 256;
const MOST_BYTES: usize = 1024 * 1024;
/// The most transactions that wait; more are refused at once.
const MOST_WAITING: usize = 10_000;

type Outcome = Result<(), TransactError>;

/// A transaction that waits.
struct Job {
    writes: Vec<Write>,
    answer: oneshot::Sender<Outcome>,
    number: u64,
}

#[derive(Default)]
struct Queue {
    jobs: VecDeque<Job>,
    last_number: u64,
}

struct Shared {
    queue: Mutex<Queue>,
    arrived: Notify,
    connections: Arc<Connections>,
    statement: String,
    schema: String,
    clock: Arc<dyn Clock>,
}

/// The writing side of a store. Dropping it lets its tasks finish what is queued.
pub(crate) struct Committer {
    shared: Arc<Shared>,
    _end: DropGuard,
}

impl Committer {
    /// Starts `writers` tasks, each of which uses one connection at a time.
    pub(crate) fn start(
        connections: Arc<Connections>,
        schema: &str,
        writers: usize,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let shared = Arc::new(Shared {
            queue: Mutex::default(),
            arrived: Notify::new(),
            connections,
            statement: Batch::statement(schema),
            schema: schema.to_owned(),
            clock,
        });
        let end = CancellationToken::new();
        for _ in 0..writers.max(1) {
            tokio::spawn(write_until(shared.clone(), end.clone()));
        }
        Self {
            shared,
            _end: end.drop_guard(),
        }
    }

    /// Applies all writes or none. If this is dropped, they may still be applied.
    pub(crate) async fn transact(&self, writes: Vec<Write>) -> Outcome {
        let (answer, mut answered) = oneshot::channel();
        let Some(number) = self.shared.push(writes, answer) else {
            return Err(busy(&format!("{MOST_WAITING} transactions are waiting")).into());
        };
        let outcome = match timeout(CONNECT_PATIENCE, &mut answered).await {
            Ok(outcome) => outcome,
            Err(_) if self.shared.withdraw(number) => {
                return Err(busy("a transaction waited for a second to begin").into());
            }
            Err(_) => answered.await,
        };
        outcome.unwrap_or_else(|_| Err(StoreError::OutcomeUnknown("the program is stopping".into()).into()))
    }
}

impl Shared {
    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn push(&self, writes: Vec<Write>, answer: oneshot::Sender<Outcome>) -> Option<u64> {
        let mut queue = self.queue();
        if queue.jobs.len() == MOST_WAITING {
            return None;
        }
        queue.last_number += 1;
        let number = queue.last_number;
        queue.jobs.push_back(Job {
            writes,
            answer,
            number,
        });
        drop(queue);
        self.arrived.notify_one();
        Some(number)
    }

    /// Takes a transaction back that has not begun; `false` when it has.
    fn withdraw(&self, number: u64) -> bool {
        let mut queue = self.queue();
        let place = queue.jobs.iter().position(|job| job.number == number);
        place.is_some_and(|place| queue.jobs.remove(place).is_some())
    }

    fn is_empty(&self) -> bool {
        self.queue().jobs.is_empty()
    }

    /// Takes as many transactions as make a batch, in the order of their arrival.
    fn take(&self) -> Vec<Job> {
        let mut queue = self.queue();
        let (mut taken, mut writes, mut bytes) = (Vec::new(), 0, 0);
        while let Some(job) = queue.jobs.front() {
            writes += job.writes.len();
            bytes += job.writes.iter().map(body_bytes).sum::<usize>();
            let full = taken.len() == MOST_TRANSACTIONS || writes > MOST_WRITES || bytes > MOST_BYTES;
            if full && !taken.is_empty() {
                break;
            }
            taken.extend(queue.jobs.pop_front());
        }
        taken
    }
}

fn busy(how: &str) -> StoreError {
    StoreError::Unavailable(format!(
        "the database is too busy: {how}; look at its load and locks"
    ))
}

fn body_bytes(write: &Write) -> usize {
    match write {
        Write::Put(record, _) => record.body.len(),
        _ => 0,
    }
}

/// One writing task.
async fn write_until(shared: Arc<Shared>, end: CancellationToken) {
    loop {
        if shared.is_empty() {
            tokio::select! {
                () = shared.arrived.notified() => {}
                () = end.cancelled() => {
                    if shared.is_empty() {
                        return;
                    }
                }
            }
            continue;
        }
        write_some(&shared).await;
    }
}

/// Sends one batch. What has queued up meanwhile wakes another task.
async fn write_some(shared: &Shared) {
    // What waits for a connection has not begun, so that it can still be withdrawn.
    let ready = async {
        let mut connection = shared.connections.get().await?;
        let statement = connection
            .prepare(&shared.statement)
            .await
            .map_err(Failure::of_read)?;
        Ok::<_, StoreError>((connection, statement))
    };
    let ready = ready.await;
    let jobs = shared.take();
    if !shared.is_empty() {
        shared.arrived.notify_one();
    }
    match ready {
        Ok((mut connection, statement)) => {
            let outcomes = send(shared, &mut connection, &statement, jobs).await;
            // Whoever is answered finds the connection free.
            drop(connection);
            for (sender, outcome) in outcomes {
                answer(sender, outcome);
            }
        }
        Err(error) => {
            let why = error.to_string();
            for job in jobs {
                answer(job.answer, Err(StoreError::Unavailable(why.clone()).into()));
            }
        }
    }
}

async fn send(
    shared: &Shared,
    connection: &mut Connection<'_>,
    statement: &tokio_postgres::Statement,
    jobs: Vec<Job>,
) -> Vec<(oneshot::Sender<Outcome>, Outcome)> {
    let mut batch = Batch::default();
    let mut answers = Vec::with_capacity(jobs.len());
    for job in jobs {
        match batch.push(job.writes) {
            Ok(()) => answers.push(job.answer),
            Err(error) => answer(job.answer, Err(error.into())),
        }
    }
    if answers.is_empty() {
        return Vec::new();
    }
    batch.finish(&shared.schema);
    let now_ms = shared.clock.now().as_millisecond();
    let mut parameters: Vec<&(dyn tokio_postgres::types::ToSql + Sync)> = vec![&now_ms];
    parameters.extend(batch.parameters());
    match connection.query(statement, &parameters, WRITE_PATIENCE).await {
        Ok(rows) => {
            let verdicts = rows.iter().map(|row| (row.get(0), row.get(1)));
            answers.into_iter().zip(outcomes(&batch, verdicts)).collect()
        }
        Err(failure) => {
            let failed = |sender| (sender, Err(repeat(&failure)));
            answers.into_iter().map(failed).collect()
        }
    }
}

/// Sorts the verdicts by transaction.
fn outcomes(batch: &Batch, verdicts: impl Iterator<Item = (i64, i32)>) -> Vec<Outcome> {
    let mut failed: Vec<Vec<usize>> = vec![Vec::new(); batch.len()];
    let mut damaged = vec![false; batch.len()];
    for (place, verdict) in verdicts {
        if let Some((group, place)) = batch.locate(place) {
            failed[group].push(place);
            damaged[group] |= verdict == 2;
        }
    }
    let outcome = |(mut places, damaged): (Vec<usize>, bool)| {
        if damaged {
            let why = "a record that the transaction names does not match its seal";
            return Err(StoreError::Damaged(why.into()).into());
        }
        if places.is_empty() {
            return Ok(());
        }
        places.sort_unstable();
        Err(TransactError::Condition(places))
    };
    failed.into_iter().zip(damaged).map(outcome).collect()
}

/// The same failure for each transaction of a batch.
fn repeat(failure: &Failure) -> TransactError {
    let error = match failure {
        Failure::Conflict => return TransactError::Conflict,
        Failure::Lost(why) | Failure::Refused(StoreError::OutcomeUnknown(why)) => {
            StoreError::OutcomeUnknown(why.clone())
        }
        Failure::Refused(StoreError::Invalid(why)) => StoreError::Invalid(why.clone()),
        Failure::Refused(StoreError::Damaged(why)) => StoreError::Damaged(why.clone()),
        Failure::Refused(StoreError::Unavailable(why)) => StoreError::Unavailable(why.clone()),
    };
    error.into()
}

/// Nobody listens any more if the caller has gone away.
fn answer(sender: oneshot::Sender<Outcome>, outcome: Outcome) {
    let _nobody_listens = sender.send(outcome);
}
