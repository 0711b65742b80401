//! Private links to calendars: whoever has the link reads whose calendar it is, until it is taken back.
use super::{Records, damaged, users};
use crate::domain::ids::UserId;
use crate::ports::record_store::{Condition, Key, Record, StoreError, Write};

fn key(digest: &str) -> Key {
    Key::new(format!("calendar-feed#{digest}"), "user")
}

fn own_key(user: UserId) -> Key {
    Key::new(users::partition(user), "calendar-feed")
}

/// The writes that make a link with this digest somebody's only one.
pub fn put(user: UserId, digest: &str, before: Option<&str>) -> Vec<Write> {
    let to_user = Record::new(key(digest), user.to_string().into_bytes());
    let own = Record::new(own_key(user), digest.as_bytes().to_vec());
    let mut writes = vec![
        Write::Put(to_user, Condition::Absent),
        Write::Put(own, Condition::Any),
    ];
    writes.extend(before.map(|before| Write::Delete(key(before), Condition::Any)));
    writes
}

/// The writes that take somebody's link back.
pub fn delete(user: UserId, digest: &str) -> Vec<Write> {
    vec![
        Write::Delete(key(digest), Condition::Any),
        Write::Delete(own_key(user), Condition::Any),
    ]
}

impl Records {
    /// Whose calendar a link with this digest shows.
    pub async fn calendar_feed(&self, digest: &str) -> Result<Option<UserId>, StoreError> {
        let Some(record) = self.one(key(digest)).await? else {
            return Ok(None);
        };
        let text = String::from_utf8_lossy(&record.body);
        text.parse().map(Some).map_err(damaged("a calendar feed"))
    }

    /// The digest of somebody's link.
    pub async fn calendar_feed_of(&self, user: UserId) -> Result<Option<String>, StoreError> {
        let record = self.one(own_key(user)).await?;
        Ok(record.map(|record| String::from_utf8_lossy(&record.body).into_owned()))
    }
}
