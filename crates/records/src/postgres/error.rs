//! What a failed statement means for the caller: whether it certainly did not happen, and what helps.
use super::url::describe;
use homeroom_core::ports::record_store::{StoreError, TransactError};
use tokio_postgres::Error;
use tokio_postgres::error::{DbError, SqlState};

/// What ends a statement.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The connection broke or fell silent after the statement was sent: it may have been executed.
    Lost(String),
    /// It was not executed, because another transaction was in the way.
    Conflict,
    /// It was not executed.
    Refused(StoreError),
}

impl From<Error> for Failure {
    /// Of a statement that was sent. PostgreSQL answers an error only for what it has rolled back;
    /// a proxy before it may also tell of a server that it lost.
    fn from(error: Error) -> Self {
        match error.as_db_error() {
            Some(answer) => Self::of_answer(answer),
            None => Self::Lost(describe(&error)),
        }
    }
}

impl Failure {
    fn of_answer(answer: &DbError) -> Self {
        let code = answer.code();
        let lost = [
            SqlState::T_R_STATEMENT_COMPLETION_UNKNOWN,
            SqlState::TRANSACTION_RESOLUTION_UNKNOWN,
            SqlState::CRASH_SHUTDOWN,
        ];
        let conflict = [
            SqlState::T_R_SERIALIZATION_FAILURE,
            SqlState::T_R_DEADLOCK_DETECTED,
            SqlState::LOCK_NOT_AVAILABLE,
        ];
        let damaged = [SqlState::DATA_CORRUPTED, SqlState::INDEX_CORRUPTED];
        if lost.contains(code) || code.code().starts_with("08") {
            Self::Lost(answer.message().into())
        } else if conflict.contains(code) {
            Self::Conflict
        } else if damaged.contains(code) {
            Self::Refused(StoreError::Damaged(answer.message().into()))
        } else {
            Self::Refused(unavailable(answer))
        }
    }

    /// Of a read, which is never in doubt.
    pub(crate) fn of_read(self) -> StoreError {
        match self {
            Self::Lost(why) => StoreError::Unavailable(why),
            Self::Conflict => StoreError::Unavailable("another transaction is in the way; try again".into()),
            Self::Refused(error) => error,
        }
    }
}

impl From<Failure> for StoreError {
    /// Of a write.
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Lost(why) => Self::OutcomeUnknown(why),
            other => other.of_read(),
        }
    }
}

impl From<Failure> for TransactError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Conflict => Self::Conflict,
            other => Self::Store(other.into()),
        }
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Refused(error)
    }
}

fn unavailable(answer: &DbError) -> StoreError {
    let said = answer.message();
    StoreError::Unavailable(match advice(answer.code()) {
        Some(advice) => format!("{said}; {advice}"),
        None => format!("{said} (SQLSTATE {})", answer.code().code()),
    })
}

/// What to do about an answer, where that is known.
pub(crate) fn advice(code: &SqlState) -> Option<&'static str> {
    let known = [
        (SqlState::DISK_FULL, "give the database server more space"),
        (SqlState::OUT_OF_MEMORY, "give the database server more memory"),
        (
            SqlState::TOO_MANY_CONNECTIONS,
            "raise the server's max_connections or lower pool_size in the database's URL",
        ),
        (
            SqlState::READ_ONLY_SQL_TRANSACTION,
            "name the primary server in the URL, or set default_transaction_read_only to off",
        ),
        (
            SqlState::QUERY_CANCELED,
            "the database server is slow or busy; look at its load and locks",
        ),
        (
            SqlState::ADMIN_SHUTDOWN,
            "the database server is shutting down; it is asked again when it is back",
        ),
        (
            SqlState::CANNOT_CONNECT_NOW,
            "the database server is starting or stopping; it is asked again",
        ),
        (
            SqlState::INVALID_PASSWORD,
            "correct the user's name and password in the database's URL",
        ),
        (
            SqlState::INVALID_AUTHORIZATION_SPECIFICATION,
            "correct the user in the database's URL, or allow it in the server's pg_hba.conf",
        ),
        (
            SqlState::INVALID_CATALOG_NAME,
            "create the database (CREATE DATABASE), or correct its name in the URL",
        ),
        (
            SqlState::INSUFFICIENT_PRIVILEGE,
            "let the database's owner grant the right (GRANT CREATE ON DATABASE … TO …)",
        ),
        (
            SqlState::UNDEFINED_TABLE,
            "create the tables with `homeroom admin records init`",
        ),
        (
            SqlState::UNDEFINED_FUNCTION,
            "create the tables with `homeroom admin records init`",
        ),
        (
            SqlState::INVALID_SCHEMA_NAME,
            "create the tables with `homeroom admin records init`",
        ),
    ];
    known
        .into_iter()
        .find_map(|(known, advice)| (known == *code).then_some(advice))
}
