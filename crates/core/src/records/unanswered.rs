//! Searches that found nothing, counted by day. The counter's key holds the query, so that there is
//! nothing else to store; each ceases to exist by itself.
use super::Records;
use crate::ports::record_store::{
    Cursor, Direction, Key, MAX_QUERY_LIMIT, SortRange, Source, StoreError, TransactError, Write,
};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;

/// For how many days a search is kept.
pub const KEPT_DAYS: i64 = 30;
/// Different searches that are counted on one day.
const MOST_A_DAY: i64 = 500;
const SECONDS_A_DAY: i64 = 86_400;

/// A search that found nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unanswered {
    /// What was asked, in lower case with single spaces.
    pub query: String,
    /// How often.
    pub count: u64,
    /// The beginning of the last day on which it was asked, in UTC.
    pub last_day: Timestamp,
}

fn day(at: Timestamp) -> i64 {
    at.as_second().max(0) / SECONDS_A_DAY
}

fn partition(day: i64) -> String {
    format!("unanswered#{day:06}")
}

fn different(day: i64) -> Key {
    Key::new("unanswered", format!("{day:06}"))
}

impl Records {
    /// Counts a search that found nothing. What is one too many on this day is not counted.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn count_unanswered(&self, query: &str, now: Timestamp) -> Result<(), TransactError> {
        let today = day(now);
        let key = Key::new(partition(today), query);
        let expires_at = now
            .checked_add(SignedDuration::from_hours((KEPT_DAYS + 1) * 24))
            .ok();
        let add = |key: Key, max: i64| Write::Add {
            key,
            delta: 1,
            min: 0,
            max,
            expires_at,
        };
        let mut writes = vec![add(key.clone(), i64::MAX)];
        if self.one(key).await?.is_none() {
            writes.push(add(different(today), MOST_A_DAY));
        }
        match self.store().transact(writes).await {
            Err(TransactError::Condition(_)) => Ok(()),
            outcome => outcome.map(drop),
        }
    }

    /// The searches of the last 30 days that found nothing, most frequent first, at most `limit`.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn unanswered(&self, now: Timestamp, limit: usize) -> Result<Vec<Unanswered>, StoreError> {
        let today = day(now);
        let mut found: BTreeMap<String, Unanswered> = BTreeMap::new();
        for day in (today - KEPT_DAYS + 1).max(0)..=today {
            let last_day = Timestamp::from_second(day * SECONDS_A_DAY)
                .map_err(|error| StoreError::Damaged(error.to_string()))?;
            let mut cursor: Option<Cursor> = None;
            loop {
                let page = self
                    .page(
                        Source::Table,
                        partition(day),
                        SortRange::All,
                        Direction::Ascending,
                        MAX_QUERY_LIMIT,
                        cursor,
                    )
                    .await?;
                for record in page.records {
                    let query = record.key.sort;
                    let known = found.entry(query.clone()).or_insert(Unanswered {
                        query,
                        count: 0,
                        last_day,
                    });
                    known.count += u64::try_from(record.count).unwrap_or(0);
                    known.last_day = last_day;
                }
                cursor = page.next;
                if cursor.is_none() {
                    break;
                }
            }
        }
        let mut found: Vec<Unanswered> = found.into_values().collect();
        found.sort_by(|a, b| {
            b.count
                .cmp(&a.count)
                .then(b.last_day.cmp(&a.last_day))
                .then_with(|| a.query.cmp(&b.query))
        });
        found.truncate(limit);
        Ok(found)
    }
}
