//! The one-time link with which the first administrator is made.
use super::{Records, decode, encode};
use crate::ports::record_store::{Condition, Key, Record, StoreError, Write};
use serde::{Deserialize, Serialize};

/// Whether a school has had an administrator.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", tag = "is")]
pub enum Setup {
    /// Waiting for whoever holds the link; the SHA-256 of its token in hexadecimal.
    Waiting {
        /// Of the token.
        token_hash: String,
    },
    /// Done, for good.
    Done,
}

fn key() -> Key {
    Key::new("setup", "administrator")
}

/// The write that stores the state.
pub fn put(setup: &Setup, condition: Condition) -> Write {
    Write::Put(Record::new(key(), encode(setup)), condition)
}

impl Records {
    /// The state with its record's version; `None` on a fresh store.
    pub async fn setup(&self) -> Result<Option<super::Stored<Setup>>, StoreError> {
        let Some(record) = self.one(key()).await? else {
            return Ok(None);
        };
        Ok(Some(super::Stored {
            value: decode(&record)?,
            version: record.version,
        }))
    }
}
