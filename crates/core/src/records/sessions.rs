//! Sessions: families of refresh tokens, and browsers that are signed in.
use super::{Listing, Records, Stored, decode, encode, users};
use crate::domain::ids::{SessionId, UserId};
use crate::domain::user::User;
use crate::ports::record_store::{
    Condition, Cursor, Direction, Key, Record, SortRange, Source, StoreError, Write,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// How a session proves itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SessionKind {
    /// By access tokens, renewed with a refresh token.
    Token,
    /// By a browser's cookie.
    Cookie,
}

/// One signed-in session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Which.
    pub id: SessionId,
    /// Whose.
    pub user: UserId,
    /// How it proves itself.
    pub kind: SessionKind,
    /// SHA-256 of the secret that is valid now, in hexadecimal.
    pub secret_hash: String,
    /// The beginnings of the hashes of secrets that were valid before, latest last, at most 256.
    pub spent: Vec<String>,
    /// When the user signed in.
    pub created_at: Timestamp,
    /// When the secret last changed.
    pub rotated_at: Timestamp,
    /// After this it is gone.
    pub expires_at: Timestamp,
}

/// How much of a spent secret's hash is kept, in hexadecimal digits.
const SPENT_DIGITS: usize = 24;
const MAX_SPENT: usize = 256;

impl Session {
    /// Whether the secret with this hash was valid before.
    pub fn is_spent(&self, hash: &str) -> bool {
        hash.get(..SPENT_DIGITS)
            .is_some_and(|start| self.spent.iter().any(|spent| spent == start))
    }

    /// Makes another secret the valid one.
    pub fn rotate(&mut self, new_hash: String, now: Timestamp) {
        let old = std::mem::replace(&mut self.secret_hash, new_hash);
        self.spent.push(old.chars().take(SPENT_DIGITS).collect());
        if self.spent.len() > MAX_SPENT {
            self.spent.remove(0);
        }
        self.rotated_at = now;
    }
}

#[derive(Serialize, Deserialize)]
struct StoredSession {
    v: u8,
    id: SessionId,
    user: UserId,
    kind: SessionKind,
    secret_hash: String,
    spent: Vec<String>,
    created_at: Timestamp,
    rotated_at: Timestamp,
    expires_at: Timestamp,
}

fn key(user: UserId, session: SessionId) -> Key {
    Key::new(users::partition(user), format!("session#{session}"))
}

/// The write that stores a session.
pub fn put(session: &Session, condition: Condition) -> Write {
    let stored = StoredSession {
        v: 1,
        id: session.id,
        user: session.user,
        kind: session.kind,
        secret_hash: session.secret_hash.clone(),
        spent: session.spent.clone(),
        created_at: session.created_at,
        rotated_at: session.rotated_at,
        expires_at: session.expires_at,
    };
    let mut record = Record::new(key(session.user, session.id), encode(&stored));
    record.expires_at = Some(session.expires_at);
    Write::Put(record, condition)
}

/// The write that ends a session.
pub fn delete(user: UserId, session: SessionId) -> Write {
    Write::Delete(key(user, session), Condition::Any)
}

fn from_record(record: &Record) -> Result<Stored<Session>, StoreError> {
    let stored: StoredSession = decode(record)?;
    let value = Session {
        id: stored.id,
        user: stored.user,
        kind: stored.kind,
        secret_hash: stored.secret_hash,
        spent: stored.spent,
        created_at: stored.created_at,
        rotated_at: stored.rotated_at,
        expires_at: stored.expires_at,
    };
    Ok(Stored {
        value,
        version: record.version,
    })
}

impl Records {
    /// A session with its user, in one read; `None` when either is gone.
    pub async fn session_and_user(
        &self,
        user: UserId,
        session: SessionId,
    ) -> Result<Option<(Stored<Session>, Stored<User>)>, StoreError> {
        let mut found = self
            .store()
            .get(&[key(user, session), users::key(user)])
            .await?
            .into_iter();
        match (found.next().flatten(), found.next().flatten()) {
            (Some(session), Some(user)) => Ok(Some((from_record(&session)?, users::from_record(&user)?))),
            _ => Ok(None),
        }
    }

    /// A user's sessions.
    pub async fn sessions(
        &self,
        user: UserId,
        cursor: Option<Cursor>,
    ) -> Result<Listing<Session>, StoreError> {
        let range = SortRange::Prefix("session#".into());
        let page = self
            .page(
                Source::Table,
                users::partition(user),
                range,
                Direction::Ascending,
                100,
                cursor,
            )
            .await?;
        page.listing(|r| from_record(r).map(|s| s.value))
    }
}
