//! The one thread that writes. It takes what waits, commits it together and answers everybody;
//! when nothing comes for a while it lets go of the memory that writing takes.
use crate::analysis::terms::Analysts;
use crate::entry::{entries, material_term};
use crate::index::Shared;
use crate::storage::Generation;
use homeroom_core::ports::search_index::{Change, SearchError};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};
use tantivy::index::SegmentId;
use tantivy::indexer::{IndexWriterOptions, LogMergePolicy, UserOperation};
use tantivy::{IndexWriter, TantivyDocument, TantivyError};
use tokio::sync::oneshot;

/// How long the writer's memory is kept after the last change.
const IDLE: Duration = Duration::from_secs(5);
/// How long a directory may stay locked by who had it before, and how often that is looked at.
const LOCKED: Duration = Duration::from_secs(5);
const LOOK_AGAIN: Duration = Duration::from_millis(20);
/// Changes of one commit; more wait for the next.
const BATCH: usize = 512;
/// tantivy's minimum is 15 MB. A table of words of its size is made for every commit.
const ARENA_BYTES: usize = 16_000_000;
/// How long after a commit the next one waits while it has fewer changes than this: each makes a segment, which
/// costs more than a few changes do, and is merged later. What comes after a pause does not wait.
const PACE: Duration = Duration::from_millis(100);
const WORTH_A_COMMIT: usize = 16;
/// Segments of like size that become one. Fewer make queries quicker and writing slower.
const SEGMENTS_MERGED: usize = 8;
/// So that small segments do not pile up while large ones are merged.
const MERGES_AT_ONCE: usize = 2;
/// Segments of more pages than this are not merged further.
const LARGEST_MERGED_PAGES: usize = 500_000;

/// The writer with what it remembers.
struct Writing {
    writer: IndexWriter,
    analysts: Analysts,
}

/// Somebody waits for this.
pub(crate) struct Request {
    /// What to do.
    pub(crate) task: Task,
    /// Told when it is visible.
    pub(crate) done: oneshot::Sender<Result<(), SearchError>>,
}

/// How much writing steps back behind queries where all processors are busy: a third of a query's share.
const NICENESS: i32 = 5;

/// What the thread does.
pub(crate) enum Task {
    /// Applies changes in order.
    Apply(Vec<Change>),
    /// Empties the index.
    Clear,
    /// Notes that all materials have been fed.
    Rebuilt,
}

impl Task {
    /// How many changes it brings; as many as make a commit worth it when it is not about changes.
    fn changes(&self) -> usize {
        match self {
            Self::Apply(changes) => changes.len(),
            Self::Clear | Self::Rebuilt => WORTH_A_COMMIT,
        }
    }
}

/// Runs until every sender is gone.
pub(crate) fn run(shared: &Arc<Shared>, requests: &Receiver<Request>) {
    // Of this thread alone and of those that it starts, which write and merge segments.
    if let Err(error) = rustix::process::nice(NICENESS) {
        tracing::debug!(%error, "the search index is written with the priority of queries");
    }
    let mut writer: Option<Writing> = None;
    let mut rewriting = false;
    let mut committed = Instant::now();
    loop {
        let wait = if writer.is_some() {
            IDLE
        } else {
            Duration::from_hours(24)
        };
        match requests.recv_timeout(wait) {
            Ok(first) => {
                let batch = gather(requests, first, committed);
                handle(shared, &mut writer, batch);
                committed = Instant::now();
                rewriting = false;
            }
            Err(RecvTimeoutError::Timeout) => rewriting = retire(shared, &mut writer, rewriting),
            Err(RecvTimeoutError::Disconnected) => return,
        }
    }
}

/// What waits, and what comes until it is time for the next commit.
fn gather(requests: &Receiver<Request>, first: Request, committed: Instant) -> Vec<Request> {
    let mut changes = first.task.changes();
    let mut batch = vec![first];
    while batch.len() < BATCH {
        let wait = if changes < WORTH_A_COMMIT {
            PACE.saturating_sub(committed.elapsed())
        } else {
            Duration::ZERO
        };
        let Ok(next) = requests.recv_timeout(wait) else {
            break;
        };
        changes += next.task.changes();
        batch.push(next);
    }
    batch
}

fn handle(shared: &Arc<Shared>, writer: &mut Option<Writing>, batch: Vec<Request>) {
    let mut waiting = Vec::new();
    let mut changes = Vec::new();
    for Request { task, done } in batch {
        let clear = match task {
            Task::Apply(more) => {
                changes.extend(more);
                waiting.push(done);
                continue;
            }
            Task::Clear => true,
            Task::Rebuilt => false,
        };
        // What was asked for earlier comes first, whatever it was.
        answer(
            std::mem::take(&mut waiting),
            apply(shared, writer, std::mem::take(&mut changes)),
        );
        let outcome = if clear {
            drop(writer.take());
            shared.replace()
        } else {
            shared.set_complete(true)
        };
        answer(vec![done], outcome);
    }
    answer(waiting, apply(shared, writer, changes));
}

fn answer(waiting: Vec<oneshot::Sender<Result<(), SearchError>>>, outcome: Result<(), SearchError>) {
    let text = outcome.err().map(|SearchError::Unavailable(text)| text);
    for done in waiting {
        // Whoever stopped waiting does not want the answer.
        let _ = done.send(
            text.clone()
                .map_or(Ok(()), |text| Err(SearchError::Unavailable(text))),
        );
    }
}

fn apply(
    shared: &Arc<Shared>,
    writer: &mut Option<Writing>,
    changes: Vec<Change>,
) -> Result<(), SearchError> {
    if changes.is_empty() {
        return Ok(());
    }
    let generation = shared.generation();
    let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        commit(&generation, writer, changes)
    }))
    .unwrap_or_else(|_| Err(TantivyError::SystemError("the index writer panicked".to_owned())));
    outcome.map_err(|error| {
        // A writer that failed is not used again; what it had not committed is gone with it.
        drop(writer.take());
        shared.failed(&error)
    })
}

fn commit(
    generation: &Generation,
    writer: &mut Option<Writing>,
    changes: Vec<Change>,
) -> tantivy::Result<()> {
    let writing = match writer {
        Some(writing) => writing,
        None => writer.insert(Writing {
            writer: open_writer(generation)?,
            analysts: Analysts::default(),
        }),
    };
    let Writing { writer, analysts } = writing;
    for change in changes {
        match change {
            Change::Remove(id) => {
                writer.delete_term(material_term(&generation.fields, id));
            }
            Change::Replace(material) => {
                // In one go, so that the pages of a material stand side by side in one segment.
                let removal = UserOperation::Delete(material_term(&generation.fields, material.id));
                let entries = entries(&generation.fields, analysts, &material).into_iter();
                let all: Vec<_> = std::iter::once(removal)
                    .chain(entries.map(UserOperation::Add))
                    .collect();
                writer.run(all)?;
            }
        }
    }
    writer.commit()?;
    generation.reader.reload()?;
    // Read here what is new, and not by the first query.
    generation.view().map(drop)
}

fn open_writer(generation: &Generation) -> tantivy::Result<IndexWriter> {
    let options = IndexWriterOptions::builder()
        .memory_budget_per_thread(ARENA_BYTES)
        .num_worker_threads(1)
        .num_merge_threads(MERGES_AT_ONCE)
        .build();
    let asked = Instant::now();
    let writer = loop {
        match generation
            .index
            .writer_with_options::<TantivyDocument>(options.clone())
        {
            // An index that was dropped a moment ago may still be finishing.
            Err(TantivyError::LockFailure(..)) if asked.elapsed() < LOCKED => std::thread::sleep(LOOK_AGAIN),
            opened => break opened?,
        }
    };
    let mut policy = LogMergePolicy::default();
    policy.set_min_num_segments(SEGMENTS_MERGED);
    policy.set_min_layer_size(2_000);
    policy.set_max_docs_before_merge(LARGEST_MERGED_PAGES);
    policy.set_del_docs_ratio_before_merge(0.3);
    writer.set_merge_policy(Box::new(policy));
    Ok(writer)
}

/// After a while without changes: first starts to rewrite the segments that still hold removed text,
/// without waiting, so that a change that comes now is not held up; the next time lets go of the
/// writer. Gives whether rewriting was started.
fn retire(shared: &Arc<Shared>, writer: &mut Option<Writing>, rewriting: bool) -> bool {
    let Some(mut idle) = writer.take() else {
        return false;
    };
    let generation = shared.generation();
    let tidied = std::panic::catch_unwind(std::panic::AssertUnwindSafe(
        || -> tantivy::Result<Option<Writing>> {
            let removed = segments_with_removed(&generation)?;
            if !rewriting && !removed.is_empty() {
                for segment in removed {
                    // A segment that another merge has taken needs no rewriting.
                    drop(idle.writer.merge(&[segment]));
                }
                return Ok(Some(idle));
            }
            idle.writer.wait_merging_threads()?;
            generation.reader.reload()?;
            Ok(None)
        },
    ));
    if let Ok(Ok(kept)) = tidied {
        *writer = kept;
    } else {
        tracing::warn!("the search index could not be tidied; it will be after the next change");
    }
    writer.is_some()
}

fn segments_with_removed(generation: &Generation) -> tantivy::Result<Vec<SegmentId>> {
    let metas = generation.index.searchable_segment_metas()?;
    Ok(metas
        .iter()
        .filter(|meta| meta.num_deleted_docs() > 0)
        .map(tantivy::index::SegmentMeta::id)
        .collect())
}
