//! What people and programs do with Homeroom, one file for each verb. A use case asks the policy,
//! decides, and writes state and its consequences in one transaction.
pub mod abort_upload;
pub mod account;
pub mod authenticate;
pub mod begin_upload;
pub mod captions;
pub mod classes;
pub mod classmates;
pub mod complete_upload;
pub mod delete_material;
pub mod delete_objects;
pub mod download;
pub mod find_pages;
pub mod find_similar;
pub mod fsck;
pub mod idempotency;
pub mod index_material;
pub(crate) mod index_subject;
pub mod ingest_version;
pub mod known_subjects;
pub mod lay_out;
pub mod lay_out_earlier;
pub mod list_materials;
pub mod log_in;
pub mod note_abilities;
mod query_fields;
pub mod rate_material;
pub mod read_again;
pub mod read_contents;
pub mod read_document;
pub mod read_earlier;
pub mod read_material;
pub mod read_notebook_picture;
pub mod read_page;
pub mod recognize_earlier;
pub mod recognize_text;
pub mod refresh;
pub mod service_upload;
pub mod setup;
pub mod share_content;
pub mod sign_up;
pub mod subjects;
pub mod suggest;
pub mod unanswered_searches;
pub mod update_material;
pub mod users;
mod word_places;

use crate::domain::ids::UserId;
use crate::domain::name::TextError;
use crate::domain::policy::{self, Action, Actor, Decision};
use crate::domain::roster_csv::LineError;
use crate::jobs::feed::Feed;
use crate::ports::identity::HashError;
use crate::ports::object_store::ObjectError;
use crate::ports::record_store::{StoreError, TransactError, Write};
use crate::ports::search_index::SearchError;
use crate::ports::{
    Clock, Extractor, Ids, ObjectStore, PasswordHasher, ReceiptSigner, Scanner, Scratch, SearchIndex,
    TokenSigner,
};
use crate::records::Records;
use classes::boards::Boards;
use classmates::KnownRosters;
use jiff::{SignedDuration, Timestamp};
use known_subjects::KnownSubjects;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Notify, Semaphore};

/// The numbers that a school may change; each is documented in the settings reference.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Bytes that one user may have reserved or stored.
    pub quota_bytes: u64,
    /// The largest single upload in bytes.
    pub max_upload_bytes: u64,
    /// The largest file in bytes that may be sent by `POST /api/services/upload`, which is not told
    /// sizes: this much is reserved until the file has arrived.
    pub service_upload_bytes: u64,
    /// How long upload URLs hold.
    pub upload_url_lifetime: Duration,
    /// How long an untouched upload is kept.
    pub upload_lifetime: SignedDuration,
    /// How long download URLs hold.
    pub download_url_lifetime: Duration,
    /// How long an access token holds.
    pub access_token_lifetime: SignedDuration,
    /// How long a session holds without being renewed.
    pub session_lifetime: SignedDuration,
    /// Log-ins tried for one account in 15 minutes before it is locked out for the rest of them.
    pub log_in_attempts: u32,
    /// Whether anybody may sign up.
    pub open_sign_up: bool,
    /// Objects up to this many bytes are hashed before completion answers; larger ones by the job.
    pub verify_inline_bytes: u64,
    /// How wide the larger page pictures are, in pixels.
    pub picture_width: u32,
    /// Pages of one file whose text is recognised from their pictures; 0 for none.
    pub recognition_pages: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            quota_bytes: 100 << 30,
            max_upload_bytes: crate::domain::upload::MAX_UPLOAD_BYTES,
            service_upload_bytes: 1 << 30,
            upload_url_lifetime: Duration::from_hours(1),
            upload_lifetime: SignedDuration::from_hours(24),
            download_url_lifetime: Duration::from_mins(5),
            access_token_lifetime: SignedDuration::from_mins(10),
            session_lifetime: SignedDuration::from_hours(30 * 24),
            log_in_attempts: 10,
            open_sign_up: true,
            verify_inline_bytes: 256 << 20,
            picture_width: 1_600,
            recognition_pages: 500,
        }
    }
}

/// Everything that use cases need.
#[derive(Clone)]
pub struct Product {
    /// State.
    pub records: Records,
    /// Bytes.
    pub objects: Arc<dyn ObjectStore>,
    /// Pages.
    pub search: Arc<dyn SearchIndex>,
    /// Reading of files.
    pub extractor: Arc<dyn Extractor>,
    /// What looks for harm in files, where the school has one.
    pub scanner: Option<Arc<dyn Scanner>>,
    /// Room for a file that is being read.
    pub scratch: Arc<dyn Scratch>,
    /// Passwords.
    pub passwords: Arc<dyn PasswordHasher>,
    /// Access tokens.
    pub tokens: Arc<dyn TokenSigner>,
    /// Receipts of what was handed in.
    pub receipts: Arc<dyn ReceiptSigner>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Identifiers and secrets.
    pub ids: Arc<dyn Ids>,
    /// Numbers.
    pub settings: Arc<Settings>,
    /// Told when a job was queued, so that a worker in this process looks at once.
    pub job_signal: Arc<Notify>,
    /// How this process keeps its search index in step with others'.
    pub feed: Arc<Feed>,
    /// The subjects that searches were told last.
    pub known_subjects: Arc<KnownSubjects>,
    /// Who was in which class when that was asked last.
    pub known_rosters: Arc<KnownRosters>,
    /// Whose turn it is to draw pictures.
    pub picture_turns: Arc<Turns>,
    /// Whose turn it is to write to a class's chain of receipts.
    pub class_turns: Arc<Turns>,
    /// Videos that are looked at: a few at a time, so that a class that hands in at once fills no disk.
    pub video_turns: Arc<Semaphore>,
    /// Who watches which board in this process.
    pub boards: Arc<Boards>,
    /// Held while a document is laid out: one at a time in each process, too.
    pub layout_turn: Arc<tokio::sync::Mutex<()>>,
    /// Held while a worker of this process claims a job.
    pub claim_turn: Arc<tokio::sync::Mutex<()>>,
    /// Held while text is recognised: one file at a time in each process, so that others are still read.
    pub recognition_turn: Arc<tokio::sync::Mutex<()>>,
}

/// Lets one caller at a time do what many ask for at once; the others then find it done.
#[derive(Default)]
pub struct Turns([tokio::sync::Mutex<()>; 16]);

impl Turns {
    /// Waits for the turn of a thing; things that share a place wait for each other too.
    pub async fn take(&self, thing: &str) -> tokio::sync::MutexGuard<'_, ()> {
        let place = thing.bytes().fold(0_usize, |sum, byte| {
            sum.wrapping_mul(31).wrapping_add(usize::from(byte))
        });
        self.0[place % self.0.len()].lock().await
    }
}

/// A field of a request that is not accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    /// Its name as clients know it.
    pub field: &'static str,
    /// Why, in a few words.
    pub message: String,
}

/// Why a use case did not do it. `code`s are stable.
#[derive(Debug, thiserror::Error)]
pub enum UseCaseError {
    /// There is no such thing for this actor.
    #[error("not found")]
    NotFound,
    /// The actor must sign in, or the credentials are wrong.
    #[error("not signed in: {0}")]
    Unauthenticated(&'static str),
    /// The actor may not.
    #[error("forbidden: {0}")]
    Forbidden(&'static str),
    /// Fields are not accepted; nothing was changed.
    #[error("invalid: {0:?}")]
    Invalid(Vec<FieldError>),
    /// The present state does not allow it.
    #[error("conflict: {code}: {detail}")]
    Conflict {
        /// Stable.
        code: &'static str,
        /// For people.
        detail: String,
    },
    /// The content is not what was announced, or beyond a limit.
    #[error("unacceptable content: {code}: {detail}")]
    Content {
        /// Stable.
        code: &'static str,
        /// For people.
        detail: String,
    },
    /// Storage reserved and used would exceed the user's quota.
    #[error("quota exceeded")]
    QuotaExceeded,
    /// Lines of a list are not accepted; nothing was changed.
    #[error("invalid lines: {0:?}")]
    InvalidLines(Vec<LineError>),
    /// The lesson is not open now.
    #[error("closed: {code}")]
    Closed {
        /// Stable: `lesson_not_open`, `lesson_closed` or `lesson_cancelled`.
        code: &'static str,
        /// For people.
        detail: String,
        /// When it opens or has opened.
        opens_at: Timestamp,
        /// When it closes or has closed.
        closes_at: Timestamp,
    },
    /// Too many attempts; try again after this many seconds.
    #[error("too many attempts")]
    TooManyAttempts(u64),
    /// No space is left.
    #[error("storage full")]
    StorageFull,
    /// Something that is needed does not answer; nothing was changed; a retry is safe.
    #[error("unavailable: {0}")]
    Unavailable(String),
    /// A fault of ours.
    #[error("internal: {0}")]
    Internal(String),
}

impl UseCaseError {
    /// One field is not accepted.
    pub fn field(field: &'static str, message: impl Into<String>) -> Self {
        Self::Invalid(vec![FieldError {
            field,
            message: message.into(),
        }])
    }

    /// What went wrong with a page that began at the caller's cursor, if there was one: what the
    /// store refuses of it is the cursor, since all else is ours.
    pub(crate) fn of_page(from_cursor: bool) -> impl Fn(StoreError) -> Self {
        move |error| match error {
            StoreError::Invalid(_) if from_cursor => {
                Self::field("cursor", "is not a cursor that was given out here")
            }
            error => error.into(),
        }
    }

    pub(crate) fn conflict(code: &'static str, detail: impl Into<String>) -> Self {
        Self::Conflict {
            code,
            detail: detail.into(),
        }
    }
}

impl From<StoreError> for UseCaseError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Unavailable(_) | StoreError::OutcomeUnknown(_) => {
                Self::Unavailable(error.to_string())
            }
            StoreError::Invalid(_) | StoreError::Damaged(_) => Self::Internal(error.to_string()),
        }
    }
}

impl From<TransactError> for UseCaseError {
    fn from(error: TransactError) -> Self {
        match error {
            TransactError::Store(error) => error.into(),
            TransactError::Condition(_) | TransactError::Conflict => Self::conflict(
                "changed_meanwhile",
                "somebody else changed it at the same time; try again",
            ),
        }
    }
}

impl From<ObjectError> for UseCaseError {
    fn from(error: ObjectError) -> Self {
        match error {
            ObjectError::Full => Self::StorageFull,
            ObjectError::Unavailable(_) => Self::Unavailable(error.to_string()),
            ObjectError::NotFound
            | ObjectError::Exists
            | ObjectError::BadParts(_)
            | ObjectError::Damaged(_) => Self::Internal(error.to_string()),
        }
    }
}

impl From<HashError> for UseCaseError {
    fn from(error: HashError) -> Self {
        match error {
            HashError::Busy => Self::Unavailable(error.to_string()),
            HashError::Failed(_) => Self::Internal(error.to_string()),
        }
    }
}

impl From<SearchError> for UseCaseError {
    fn from(error: SearchError) -> Self {
        Self::Unavailable(error.to_string())
    }
}

/// Gathers what is wrong with a request's fields, so that all of it is said at once.
#[derive(Default)]
pub(crate) struct Fields(Vec<FieldError>);

impl Fields {
    /// The parsed value, or a note of what is wrong.
    pub(crate) fn take<T>(&mut self, field: &'static str, parsed: Result<T, TextError>) -> Option<T> {
        parsed
            .map_err(|error| {
                self.0.push(FieldError {
                    field,
                    message: error.to_string(),
                });
            })
            .ok()
    }

    /// As [`Fields::take`], for a field that may be absent.
    pub(crate) fn optional<T>(
        &mut self,
        field: &'static str,
        parsed: Option<Result<T, TextError>>,
    ) -> Option<T> {
        parsed.and_then(|parsed| self.take(field, parsed))
    }

    /// Notes what is wrong.
    pub(crate) fn refuse(&mut self, field: &'static str, message: impl Into<String>) {
        self.0.push(FieldError {
            field,
            message: message.into(),
        });
    }

    /// # Errors
    /// [`UseCaseError::Invalid`] if anything was wrong.
    pub(crate) fn finish(self) -> Result<(), UseCaseError> {
        if self.0.is_empty() {
            Ok(())
        } else {
            Err(UseCaseError::Invalid(self.0))
        }
    }
}

/// Asks the policy.
pub(crate) fn authorize(actor: &Actor, action: Action<'_>) -> Result<(), UseCaseError> {
    match policy::decide(actor, action) {
        Decision::Allow => Ok(()),
        Decision::Hide => Err(UseCaseError::NotFound),
        Decision::Refuse => Err(UseCaseError::Forbidden("not_allowed")),
        Decision::SignIn => Err(UseCaseError::Unauthenticated("sign_in_required")),
    }
}

/// The signed-in user; anything that is about somebody's own begins with it, so that those who are
/// not signed in learn nothing of what exists.
pub(crate) fn require_user(actor: &Actor) -> Result<UserId, UseCaseError> {
    authorize(actor, Action::UseAccount)?;
    actor.user().ok_or(UseCaseError::Forbidden("not_allowed"))
}

/// The SHA-256 of a secret or name in hexadecimal.
pub(crate) fn digest(text: &str) -> String {
    hex::encode(aws_lc_rs::digest::digest(
        &aws_lc_rs::digest::SHA256,
        text.as_bytes(),
    ))
}

/// A secret as it is handed out: 43 URL-safe characters.
pub(crate) fn secret_text(secret: [u8; 32]) -> String {
    use base64::Engine;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(secret)
}

/// Applies a transaction; `Ok(false)` when something that it names was changed meanwhile, and nothing was written.
pub(crate) async fn applied(product: &Product, writes: Vec<Write>) -> Result<bool, UseCaseError> {
    match product.records.store().transact(writes).await {
        Ok(()) => Ok(true),
        Err(TransactError::Condition(_) | TransactError::Conflict) => Ok(false),
        Err(TransactError::Store(error)) => Err(error.into()),
    }
}

/// As [`applied`], with jobs among the writes: a worker that waits for one is told.
pub(crate) async fn applied_with_jobs(product: &Product, writes: Vec<Write>) -> Result<bool, UseCaseError> {
    let done = applied(product, writes).await?;
    if done {
        product.job_signal.notify_one();
    }
    Ok(done)
}

/// Compares two digests in constant time.
pub(crate) fn same_digest(left: &str, right: &str) -> bool {
    use subtle::ConstantTimeEq;
    left.as_bytes().ct_eq(right.as_bytes()).into()
}

/// How often a write is tried again when another transaction was in the way.
pub(crate) const CONFLICT_RETRIES: u32 = 5;
