//! Why the database did not do what was asked, told apart by what the caller may do next.
use rusqlite::ErrorCode;
use rusqlite::ffi::{SQLITE_IOERR_CORRUPTFS, SQLITE_IOERR_DATA, SQLITE_IOERR_SHORT_READ};

/// A failure of the database itself; a caller's own failures keep their own type.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The disk is full, the file locked or unreadable, or the queue stayed full. Certainly
    /// nothing was written; a retry is safe.
    #[error("database unavailable: {0}")]
    Unavailable(String),
    /// The commit failed in a way that leaves open whether the write will be there after a crash.
    #[error("outcome of the commit is unknown: {0}")]
    OutcomeUnknown(String),
    /// The file is not a sound database.
    #[error("database damaged: {0}")]
    Damaged(String),
    /// The file was written by a later version of the program.
    #[error("database has schema version {found}, this program knows {known}")]
    NewerSchema {
        /// The version in the file.
        found: i64,
        /// The latest version that this program can read.
        known: i64,
    },
    /// The caller's closure panicked; its own work was undone.
    #[error("the work on the database panicked")]
    Panicked,
    /// A statement is wrong: a mistake in the program, and nothing was written.
    #[error("statement failed: {0}")]
    Statement(#[source] rusqlite::Error),
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        let rusqlite::Error::SqliteFailure(code, _) = &error else {
            return Self::Statement(error);
        };
        match (code.code, code.extended_code) {
            (ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase, _)
            | (_, SQLITE_IOERR_CORRUPTFS | SQLITE_IOERR_DATA | SQLITE_IOERR_SHORT_READ) => {
                Self::Damaged(error.to_string())
            }
            (
                ErrorCode::DiskFull
                | ErrorCode::DatabaseBusy
                | ErrorCode::DatabaseLocked
                | ErrorCode::SystemIoFailure
                | ErrorCode::ReadOnly
                | ErrorCode::CannotOpen
                | ErrorCode::PermissionDenied
                | ErrorCode::FileLockingProtocolFailed
                | ErrorCode::OperationInterrupted
                | ErrorCode::OperationAborted
                | ErrorCode::OutOfMemory,
                _,
            ) => Self::Unavailable(error.to_string()),
            _ => Self::Statement(error),
        }
    }
}

impl Error {
    /// What a failed `COMMIT` means. A full disk fails before the frame that would make the
    /// transaction whole, and a lock before anything; after any other failure a crash might
    /// still find the whole transaction in the write-ahead log.
    pub(crate) fn of_commit(error: &rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull | ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
                Self::Unavailable(error.to_string())
            }
            _ => Self::OutcomeUnknown(error.to_string()),
        }
    }

    /// A copy for each caller that waited for the same commit.
    pub(crate) fn for_each_waiter(&self) -> Self {
        match self {
            Self::OutcomeUnknown(why) => Self::OutcomeUnknown(why.clone()),
            Self::Damaged(why) => Self::Damaged(why.clone()),
            Self::Unavailable(why) => Self::Unavailable(why.clone()),
            // Whatever else ends a batch ends it before its commit.
            Self::NewerSchema { .. } | Self::Panicked | Self::Statement(_) => {
                Self::Unavailable(self.to_string())
            }
        }
    }
}
