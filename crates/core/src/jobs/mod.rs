//! Work that follows from changes: an outbox on the records, with leases, retries and dead letters.
//!
//! A job is written in the same transaction as its cause ([`crate::records::jobs::put`]). Any
//! worker may claim a due job by moving its due time past a lease; a worker that dies leaves it to
//! become due again. Jobs are idempotent: running one twice changes nothing more.
pub mod feed;
pub mod run;
pub mod sweep;

use crate::domain::ids::{ClassId, JobId, MaterialId, SubmissionId, UploadId};
use crate::domain::subject::SubjectSlug;
use crate::ports::object_store::ObjectKey;
use crate::ports::{Clock, Ids};
use crate::records::materials::WalkPlace;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// After this many attempts a job is dead.
pub const MAX_ATTEMPTS: u32 = 3;
/// How long a claimed job is left alone; whoever runs it renews the claim well before.
pub const LEASE: SignedDuration = SignedDuration::from_secs(45);
/// How often it is renewed.
pub const RENEW_EVERY: std::time::Duration = std::time::Duration::from_secs(10);

/// What is to be done. Stored: variants and fields are never renamed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "do")]
pub enum Payload {
    /// Verify, read, picture and index one version of a material.
    IngestVersion {
        /// Of which material.
        material: MaterialId,
        /// Which version.
        version: u32,
    },
    /// Read the text of pages that are pictures, a part at a time, and add it to a version that is
    /// published already.
    RecognizeText {
        /// Of which material.
        material: MaterialId,
        /// Which version.
        version: u32,
    },
    /// Draw a document of an office program that is published already.
    LayOut {
        /// Of which material.
        material: MaterialId,
        /// Which version.
        version: u32,
    },
    /// Find the documents that were read when nothing could lay them out, and queue them.
    LayOutEarlier,
    /// Find the scans that were read when nothing could recognise their text, and queue them.
    RecognizeEarlier,
    /// Find the files that an earlier reader has read, and queue them, a few at a time.
    ReadEarlier {
        /// Behind which material to go on.
        place: WalkPlace,
        /// The jobs that were queued last.
        queued: Vec<JobId>,
    },
    /// Read again what an earlier reader has read.
    ReadAgain {
        /// Of which material.
        material: MaterialId,
        /// Which version.
        version: u32,
    },
    /// Bring a material's entries in the search index up to date with the records. The log of events
    /// has taken its place; jobs that were queued before are still understood.
    IndexMaterial {
        /// Which material; removed from the index if it is gone.
        material: MaterialId,
    },
    /// Have the search indexes take up what is in a subject that was renamed.
    IndexSubject {
        /// Which subject.
        subject: SubjectSlug,
    },
    /// Make what has arrived for a service upload a private material of its owner.
    SettleServiceUpload {
        /// Which upload.
        upload: UploadId,
    },
    /// Bring what is noted of a class's members elsewhere in step with its roster.
    SettleRoster {
        /// Of which class.
        class: ClassId,
    },
    /// Draw a still of a video that was handed in.
    DrawPoster {
        /// Of which submission.
        submission: SubmissionId,
    },
    /// Remove what is left of a class that was deleted.
    RemoveClass {
        /// Which.
        class: ClassId,
        /// In how many records its roster is.
        roster_chunks: u32,
    },
    /// Remove what was sent through function URLs of a class that lead there no longer, and never written down.
    WithdrawUploads {
        /// Of which class; it may be gone.
        class: ClassId,
    },
    /// Build the search index anew from the records.
    RebuildIndex,
    /// Delete objects and everything below prefixes that no record refers to any more.
    DeleteObjects {
        /// Exact keys.
        keys: Vec<ObjectKey>,
        /// Every object whose key begins with one of these.
        prefixes: Vec<String>,
    },
}

/// Which workers take a job up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Lane {
    /// Somebody waits for it.
    Prompt,
    /// It takes minutes and adds to what is there already: it never keeps the others waiting.
    Patient,
}

impl Lane {
    /// Both, the prompt one first.
    pub const ALL: [Self; 2] = [Self::Prompt, Self::Patient];
}

impl Payload {
    /// Where it waits.
    pub const fn lane(&self) -> Lane {
        match self {
            Self::RecognizeText { .. }
            | Self::LayOut { .. }
            | Self::LayOutEarlier
            | Self::ReadEarlier { .. }
            | Self::ReadAgain { .. }
            | Self::RecognizeEarlier => Lane::Patient,
            Self::IngestVersion { .. }
            | Self::IndexMaterial { .. }
            | Self::IndexSubject { .. }
            | Self::SettleServiceUpload { .. }
            | Self::SettleRoster { .. }
            | Self::DrawPoster { .. }
            | Self::RemoveClass { .. }
            | Self::WithdrawUploads { .. }
            | Self::RebuildIndex
            | Self::DeleteObjects { .. } => Lane::Prompt,
        }
    }

    /// The stable name, for lists and metrics.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::IngestVersion { .. } => "ingest_version",
            Self::RecognizeText { .. } => "recognize_text",
            Self::LayOut { .. } => "lay_out",
            Self::LayOutEarlier => "lay_out_earlier",
            Self::RecognizeEarlier => "recognize_earlier",
            Self::ReadEarlier { .. } => "read_earlier",
            Self::ReadAgain { .. } => "read_again",
            Self::IndexMaterial { .. } => "index_material",
            Self::IndexSubject { .. } => "index_subject",
            Self::SettleServiceUpload { .. } => "settle_service_upload",
            Self::SettleRoster { .. } => "settle_roster",
            Self::DrawPoster { .. } => "draw_poster",
            Self::RemoveClass { .. } => "remove_class",
            Self::WithdrawUploads { .. } => "withdraw_uploads",
            Self::RebuildIndex => "rebuild_index",
            Self::DeleteObjects { .. } => "delete_objects",
        }
    }
}

/// One queued piece of work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// Which.
    pub id: JobId,
    /// What is to be done.
    pub payload: Payload,
    /// How often it was begun.
    pub attempts: u32,
    /// Not before this; while it runs, when its lease ends.
    pub due_at: Timestamp,
    /// When it was queued.
    pub created_at: Timestamp,
    /// Why the last attempt failed.
    pub last_error: Option<String>,
    /// Whether it is given up until somebody looks.
    pub dead: bool,
}

impl Job {
    /// A job that is due now.
    pub fn new(payload: Payload, clock: &dyn Clock, ids: &dyn Ids) -> Self {
        let now = clock.now();
        Self {
            id: JobId::new(ids.uuid()),
            payload,
            attempts: 0,
            due_at: now,
            created_at: now,
            last_error: None,
            dead: false,
        }
    }

    /// The write that queues it.
    pub fn enqueue(&self) -> crate::ports::record_store::Write {
        crate::records::jobs::put(self, crate::ports::record_store::Condition::Absent)
    }
}

/// How long to wait before attempt number `attempts + 1`: 2, 8, 32 … seconds, at most 10 minutes.
pub fn backoff(attempts: u32) -> SignedDuration {
    SignedDuration::from_secs(
        2_i64
            .saturating_mul(4_i64.saturating_pow(attempts.saturating_sub(1)))
            .min(600),
    )
}
