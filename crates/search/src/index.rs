//! The port on tantivy: queries on blocking threads, changes through the one writer.
use crate::storage::{Generation, Opened, Storage, verify};
use crate::writer::{self, Request, Task};
use crate::{find, held, similar, suggest};
use async_trait::async_trait;
use homeroom_core::domain::ids::MaterialId;
use homeroom_core::ports::search_index::{
    Change, FindRequest, Found, ListRequest, Listed, SearchError, SearchIndex, SuggestRequest, Suggestion,
    Viewer,
};
use jiff::Timestamp;
use std::num::NonZero;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use tantivy::TantivyError;
use tantivy::directory::error::OpenReadError;
use tokio::sync::{Semaphore, oneshot};

/// Queries that run at once for each processor, and at least; more wait. Where all are busy, more at once make none
/// quicker, and those that take long take longer.
const QUERIES_PER_PROCESSOR: usize = 2;
const QUERIES_AT_ONCE: usize = 4;
/// Calls that wait for the writer; more wait to be let in.
const WRITES_WAITING: usize = 256;

/// A search index in a directory of this machine.
///
/// Opening takes milliseconds. One process may hold a directory at a time. Dropping it lets the
/// writer thread finish what was asked for.
pub struct TantivyIndex {
    shared: Arc<Shared>,
    requests: Mutex<Sender<Request>>,
    queries: Arc<Semaphore>,
    writes: Semaphore,
}

/// What queries and the writer share.
pub(crate) struct Shared {
    storage: Mutex<Storage>,
    generation: RwLock<Generation>,
    incomplete: AtomicBool,
}

impl Shared {
    /// The index as it is now.
    pub(crate) fn generation(&self) -> Generation {
        self.generation
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Starts over with an empty index that must be fed.
    pub(crate) fn replace(&self) -> Result<(), SearchError> {
        let mut storage = self.storage();
        self.incomplete.store(true, Ordering::SeqCst);
        let fresh = storage.replace().map_err(|error| unavailable(&error))?;
        *self.generation.write().unwrap_or_else(PoisonError::into_inner) = fresh;
        Ok(())
    }

    /// Notes whether the index holds all it should.
    pub(crate) fn set_complete(&self, complete: bool) -> Result<(), SearchError> {
        let noted = self.storage().set_complete(complete);
        if noted.is_ok() || !complete {
            self.incomplete.store(!complete, Ordering::SeqCst);
        }
        noted.map_err(|error| SearchError::Unavailable(error.to_string()))
    }

    /// Judges an error: damage means that the index must be rebuilt.
    pub(crate) fn failed(&self, error: &TantivyError) -> SearchError {
        if is_damage(error) {
            self.damaged(&error.to_string());
        }
        unavailable(error)
    }

    fn damaged(&self, finding: &str) {
        tracing::error!("search index is damaged and must be rebuilt: {finding}");
        if let Err(error) = self.set_complete(false) {
            tracing::error!("that the search index is damaged could not be noted: {error}");
        }
    }

    fn storage(&self) -> MutexGuard<'_, Storage> {
        self.storage.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl TantivyIndex {
    /// Opens the index in a directory, which is made if it is missing. What is missing, torn or of
    /// another format is replaced by an empty index, and [`SearchIndex::needs_rebuild`] says so.
    ///
    /// # Errors
    /// [`SearchError::Unavailable`] when the directory cannot be read or written.
    pub fn open(dir: &Path) -> Result<Self, SearchError> {
        let Opened {
            storage,
            generation,
            verify_later,
        } = Storage::open(dir).map_err(|error| unavailable(&error))?;
        let shared = Arc::new(Shared {
            incomplete: AtomicBool::new(!storage.is_complete()),
            storage: Mutex::new(storage),
            generation: RwLock::new(generation),
        });
        let (requests, received) = channel();
        let writers = Arc::clone(&shared);
        spawn("search-writer", move || writer::run(&writers, &received))?;
        if verify_later {
            let verified = Arc::clone(&shared);
            spawn("search-verify", move || {
                if let Some(finding) = verify(&verified.generation().index).first() {
                    verified.damaged(finding);
                }
            })?;
        }
        Ok(Self {
            shared,
            requests: Mutex::new(requests),
            queries: Arc::new(Semaphore::new(queries_at_once())),
            writes: Semaphore::new(WRITES_WAITING),
        })
    }

    /// Compares every file of the index with its checksum; one finding for each that is damaged.
    /// Damage also makes [`SearchIndex::needs_rebuild`] true.
    pub async fn examine(&self) -> Vec<String> {
        let shared = Arc::clone(&self.shared);
        let examined = tokio::task::spawn_blocking(move || {
            let findings = verify(&shared.generation().index);
            if let Some(finding) = findings.first() {
                shared.damaged(finding);
            }
            findings
        });
        examined
            .await
            .unwrap_or_else(|error| vec![format!("search index could not be examined: {error}")])
    }

    async fn write(&self, task: Task) -> Result<(), SearchError> {
        let _permit = self.writes.acquire().await;
        let (done, answer) = oneshot::channel();
        let gone = || SearchError::Unavailable("the index writer has stopped".to_owned());
        let sent = self
            .requests
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .send(Request { task, done });
        sent.map_err(|_| gone())?;
        answer.await.map_err(|_| gone())?
    }

    /// Answers on a blocking thread. A panic there comes from damaged files, as an error would.
    async fn read<T: Send + 'static>(
        &self,
        question: impl FnOnce(&Generation) -> tantivy::Result<T> + Send + 'static,
    ) -> Result<T, SearchError> {
        let permit = Arc::clone(&self.queries).acquire_owned().await;
        let shared = Arc::clone(&self.shared);
        let answered = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            question(&shared.generation()).map_err(|error| shared.failed(&error))
        });
        answered.await.unwrap_or_else(|error| {
            if error.is_panic() {
                self.shared.damaged("a query panicked");
            }
            Err(SearchError::Unavailable("the query did not finish".to_owned()))
        })
    }
}

#[async_trait]
impl SearchIndex for TantivyIndex {
    async fn apply(&self, changes: Vec<Change>) -> Result<(), SearchError> {
        if changes.is_empty() {
            return Ok(());
        }
        self.write(Task::Apply(changes)).await
    }

    async fn find(&self, request: &FindRequest) -> Result<Found, SearchError> {
        let request = request.clone();
        self.read(move |generation| find::find(generation, &request))
            .await
    }

    async fn list(&self, request: &ListRequest) -> Result<Listed, SearchError> {
        let request = request.clone();
        self.read(move |generation| find::list(generation, &request))
            .await
    }

    async fn held(&self) -> Result<Vec<(MaterialId, u64)>, SearchError> {
        self.read(held::held).await
    }

    async fn suggest(&self, request: &SuggestRequest) -> Result<Vec<Suggestion>, SearchError> {
        let request = request.clone();
        self.read(move |generation| suggest::suggest(generation, &request))
            .await
    }

    async fn similar(
        &self,
        material: MaterialId,
        viewer: &Viewer,
        limit: u32,
    ) -> Result<Vec<MaterialId>, SearchError> {
        let viewer = viewer.clone();
        self.read(move |generation| similar::similar(generation, material, &viewer, limit))
            .await
    }

    fn needs_rebuild(&self) -> bool {
        self.shared.incomplete.load(Ordering::SeqCst)
    }

    async fn clear(&self) -> Result<(), SearchError> {
        self.write(Task::Clear).await
    }

    async fn rebuilt(&self) -> Result<(), SearchError> {
        self.write(Task::Rebuilt).await
    }

    fn followed(&self) -> Option<Timestamp> {
        let at = self.shared.storage().followed_ms()?;
        Timestamp::from_millisecond(at).ok()
    }

    async fn note_followed(&self, at: Timestamp) -> Result<(), SearchError> {
        let shared = Arc::clone(&self.shared);
        let noted =
            tokio::task::spawn_blocking(move || shared.storage().set_followed_ms(at.as_millisecond())).await;
        noted
            .map_err(|error| SearchError::Unavailable(error.to_string()))?
            .map_err(|error| SearchError::Unavailable(error.to_string()))
    }
}

fn queries_at_once() -> usize {
    let processors = std::thread::available_parallelism().map_or(1, NonZero::get);
    (processors * QUERIES_PER_PROCESSOR).max(QUERIES_AT_ONCE)
}

fn spawn(name: &str, run: impl FnOnce() + Send + 'static) -> Result<(), SearchError> {
    let spawned = std::thread::Builder::new().name(name.to_owned()).spawn(run);
    spawned
        .map(drop)
        .map_err(|error| SearchError::Unavailable(error.to_string()))
}

fn unavailable(error: &TantivyError) -> SearchError {
    SearchError::Unavailable(error.to_string())
}

fn is_damage(error: &TantivyError) -> bool {
    match error {
        TantivyError::DataCorruption(_)
        | TantivyError::IncompatibleIndex(_)
        | TantivyError::SchemaError(_) => true,
        TantivyError::OpenReadError(error) => !matches!(error, OpenReadError::IoError { .. }),
        TantivyError::IoError(error) => {
            matches!(
                error.kind(),
                std::io::ErrorKind::InvalidData | std::io::ErrorKind::UnexpectedEof
            )
        }
        _ => false,
    }
}
