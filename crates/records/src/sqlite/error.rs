//! One internal failure type, translated to the port's errors at this crate's edge.
use homeroom_core::ports::record_store::{StoreError, TransactError};
use homeroom_sqlite::{Error, rusqlite};

/// What ends a closure on the database.
#[derive(Debug)]
pub(crate) enum Failure {
    /// Conditions did not hold at these places, ascending.
    Conditions(Vec<usize>),
    Store(StoreError),
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Store(match error {
            Error::OutcomeUnknown(why) => StoreError::OutcomeUnknown(why),
            Error::Damaged(why) => StoreError::Damaged(why),
            Error::Unavailable(why) => StoreError::Unavailable(why),
            other @ (Error::NewerSchema { .. } | Error::Panicked | Error::Statement(_)) => {
                StoreError::Unavailable(other.to_string())
            }
        })
    }
}

impl From<rusqlite::Error> for Failure {
    fn from(error: rusqlite::Error) -> Self {
        Self::from(Error::from(error))
    }
}

impl From<Failure> for StoreError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Store(error) => error,
            Failure::Conditions(places) => {
                Self::Unavailable(format!("conditions failed outside a transaction at {places:?}"))
            }
        }
    }
}

impl From<Failure> for TransactError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Conditions(places) => Self::Condition(places),
            Failure::Store(error) => Self::Store(error),
        }
    }
}
