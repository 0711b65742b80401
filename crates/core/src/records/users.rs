//! Users, and the claims that keep names and addresses unique.
use super::{Listing, Records, Stored, damaged, decode, encode, index_key};
use crate::domain::ids::UserId;
use crate::domain::roster::Login;
use crate::domain::user::{Email, Grade, Role, Standing, User, Username};
use crate::ports::record_store::{
    Condition, Cursor, Direction, Index, Key, Record, SortRange, Source, StoreError, Write,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
struct StoredUser {
    v: u8,
    id: UserId,
    username: Username,
    email: Email,
    full_name: Option<String>,
    grade: Option<Grade>,
    role: Role,
    standing: Standing,
    password_hash: String,
    created_at: Timestamp,
}

/// The partition of everything that belongs to one user.
pub(super) fn partition(id: UserId) -> String {
    format!("user#{id}")
}

/// Where a user is.
pub fn key(id: UserId) -> Key {
    Key::new(partition(id), "profile")
}

fn username_claim(name: &Username) -> Key {
    Key::new(format!("username#{}", name.folded()), "claim")
}

fn email_claim(email: &Email) -> Key {
    Key::new(format!("email#{}", email.folded()), "claim")
}

/// Where the claim of a roster's login is, if anybody has it.
pub(super) fn claim_of(login: &Login) -> Key {
    match login {
        Login::Email(email) => email_claim(email),
        Login::Username(name) => username_claim(name),
    }
}

/// Who has claimed a name or an address.
pub(super) fn claimed_by(record: &Record) -> Result<UserId, StoreError> {
    let text = String::from_utf8_lossy(&record.body);
    text.parse().map_err(damaged("a claim"))
}

fn record(user: &User) -> Record {
    let stored = StoredUser {
        v: 1,
        id: user.id,
        username: user.username.clone(),
        email: user.email.clone(),
        full_name: user.full_name.clone(),
        grade: user.grade,
        role: user.role,
        standing: user.standing,
        password_hash: user.password_hash.clone(),
        created_at: user.created_at,
    };
    let mut record = Record::new(key(user.id), encode(&stored));
    record.index_keys = vec![index_key(Index::Listing, "users", user.username.folded())];
    record
}

/// Reads a user from its record.
pub fn from_record(record: &Record) -> Result<Stored<User>, StoreError> {
    let stored: StoredUser = decode(record)?;
    let value = User {
        id: stored.id,
        username: stored.username,
        email: stored.email,
        full_name: stored.full_name,
        grade: stored.grade,
        role: stored.role,
        standing: stored.standing,
        password_hash: stored.password_hash,
        created_at: stored.created_at,
    };
    Ok(Stored {
        value,
        version: record.version,
    })
}

/// The writes that make a user: the profile, then the claims of name and address, in this order.
pub fn create(user: &User) -> Vec<Write> {
    let claim = |key| {
        Write::Put(
            Record::new(key, user.id.to_string().into_bytes()),
            Condition::Absent,
        )
    };
    vec![
        Write::Put(record(user), Condition::Absent),
        claim(username_claim(&user.username)),
        claim(email_claim(&user.email)),
    ]
}

/// The write that replaces a user whose name and address stay.
pub fn replace(user: &Stored<User>) -> Write {
    Write::Put(record(&user.value), Condition::Version(user.version))
}

/// The writes that remove a user with both claims.
pub fn delete(user: &Stored<User>) -> Vec<Write> {
    vec![
        Write::Delete(key(user.value.id), Condition::Version(user.version)),
        Write::Delete(username_claim(&user.value.username), Condition::Any),
        Write::Delete(email_claim(&user.value.email), Condition::Any),
    ]
}

impl Records {
    /// A user by id.
    pub async fn user(&self, id: UserId) -> Result<Option<Stored<User>>, StoreError> {
        self.one(key(id)).await?.as_ref().map(from_record).transpose()
    }

    /// Users by id, in the ids' order, at most 100.
    pub async fn users(&self, ids: &[UserId]) -> Result<Vec<Option<User>>, StoreError> {
        let keys: Vec<Key> = ids.iter().map(|id| key(*id)).collect();
        let records = self.store().get(&keys).await?;
        records
            .iter()
            .map(|record| {
                record
                    .as_ref()
                    .map(|r| from_record(r).map(|s| s.value))
                    .transpose()
            })
            .collect()
    }

    /// A user by what was typed at log-in: a name, or an address if it holds `@`.
    pub async fn user_by_login(&self, login: &str) -> Result<Option<Stored<User>>, StoreError> {
        let claim = if login.contains('@') {
            Email::parse(login).ok().map(|email| email_claim(&email))
        } else {
            Username::parse(login).ok().map(|name| username_claim(&name))
        };
        let Some(claim) = claim else { return Ok(None) };
        let Some(record) = self.one(claim).await? else {
            return Ok(None);
        };
        self.user(claimed_by(&record)?).await
    }

    /// All users by name.
    pub async fn list_users(&self, limit: u32, cursor: Option<Cursor>) -> Result<Listing<User>, StoreError> {
        let source = Source::Index(Index::Listing);
        let page = self
            .page(
                source,
                "users".into(),
                SortRange::All,
                Direction::Ascending,
                limit,
                cursor,
            )
            .await?;
        page.listing(|r| from_record(r).map(|s| s.value))
    }
}
