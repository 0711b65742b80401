//! The record store's contract in its plainest form: one ordered map behind one lock.
//!
//! Index queries look at every record, on purpose: there is no second structure that could
//! disagree with the first.
use async_trait::async_trait;
use homeroom_core::ports::Clock;
use homeroom_core::ports::record_store::{
    Condition, Cursor, Direction, Key, Page, Query, Record, RecordStore, SortRange, Source, StoreError,
    TransactError, Write, check_get, check_query, check_writes,
};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A way in which every write fails until it is cleared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WriteFault {
    /// Refused; nothing is written.
    Unavailable,
    /// Answered as unknown, and written.
    UnknownApplied,
    /// Answered as unknown, and not written.
    UnknownLost,
    /// Another transaction is in the way; nothing is written.
    Conflict,
}

/// A record store in memory, as strict as the durable ones.
pub struct MemoryRecordStore {
    records: Mutex<BTreeMap<Key, Record>>,
    fault: Mutex<Option<WriteFault>>,
    clock: Arc<dyn Clock>,
}

/// Where a record stands in a query's order: its sort key in the source, then its own key.
type Place = (String, String, String);

impl MemoryRecordStore {
    /// An empty store whose records expire by `clock`.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self {
            records: Mutex::new(BTreeMap::new()),
            fault: Mutex::new(None),
            clock,
        }
    }

    /// Makes every write fail in this way until it is called again with `None`.
    pub fn set_fault(&self, fault: Option<WriteFault>) {
        *self.fault.lock().unwrap_or_else(PoisonError::into_inner) = fault;
    }

    fn fault(&self) -> Option<WriteFault> {
        *self.fault.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn records(&self) -> MutexGuard<'_, BTreeMap<Key, Record>> {
        self.records.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now_ms(&self) -> i64 {
        self.clock.now().as_millisecond()
    }
}

#[async_trait]
impl RecordStore for MemoryRecordStore {
    async fn get(&self, keys: &[Key]) -> Result<Vec<Option<Record>>, StoreError> {
        check_get(keys)?;
        let (records, now_ms) = (self.records(), self.now_ms());
        Ok(keys
            .iter()
            .map(|key| live(&records, key, now_ms).cloned())
            .collect())
    }

    async fn query(&self, query: &Query) -> Result<Page, StoreError> {
        check_query(query)?;
        let behind = query
            .cursor
            .as_ref()
            .map(|cursor| parse_cursor(cursor, query))
            .transpose()?;
        let (records, now_ms) = (self.records(), self.now_ms());
        let mut found: Vec<(Place, &Record)> = records
            .values()
            .filter(|record| is_live(record, now_ms))
            .filter_map(|record| Some((place_in(query, record)?, record)))
            .filter(|(place, _)| covers(&query.range, &place.0))
            .collect();
        found.sort_by(|one, other| one.0.cmp(&other.0));
        if query.direction == Direction::Descending {
            found.reverse();
        }
        if let Some(behind) = behind {
            found.retain(|(place, _)| match query.direction {
                Direction::Ascending => *place > behind,
                Direction::Descending => *place < behind,
            });
        }
        let more = found.len() > query.limit as usize;
        found.truncate(query.limit as usize);
        let last = found.last().filter(|_| more);
        Ok(Page {
            next: last.map(|(place, _)| to_cursor(place, query)),
            records: found.iter().map(|(_, record)| (*record).clone()).collect(),
        })
    }

    async fn transact(&self, writes: Vec<Write>) -> Result<(), TransactError> {
        check_writes(&writes)?;
        let fault = self.fault();
        match fault {
            Some(WriteFault::Unavailable) => {
                return Err(StoreError::Unavailable("told to refuse writes".into()).into());
            }
            Some(WriteFault::Conflict) => return Err(TransactError::Conflict),
            Some(WriteFault::UnknownLost) => return Err(unknown()),
            Some(WriteFault::UnknownApplied) | None => {}
        }
        let (mut records, now_ms) = (self.records(), self.now_ms());
        let failed: Vec<usize> = (0..writes.len())
            .filter(|&place| !allows(live(&records, writes[place].key(), now_ms), &writes[place]))
            .collect();
        if !failed.is_empty() {
            return Err(TransactError::Condition(failed));
        }
        for write in writes {
            apply(&mut records, write, now_ms);
        }
        fault.map_or(Ok(()), |_| Err(unknown()))
    }

    async fn remove_expired(&self, limit: u32) -> Result<u32, StoreError> {
        let (mut records, now_ms) = (self.records(), self.now_ms());
        let expired: Vec<Key> = records
            .values()
            .filter(|record| !is_live(record, now_ms))
            .take(limit as usize)
            .map(|record| record.key.clone())
            .collect();
        for key in &expired {
            records.remove(key);
        }
        Ok(u32::try_from(expired.len()).unwrap_or(u32::MAX))
    }

    async fn examine(&self) -> Result<Vec<String>, StoreError> {
        Ok(Vec::new())
    }
}

fn unknown() -> TransactError {
    StoreError::OutcomeUnknown("told to lose the answer".into()).into()
}

fn is_live(record: &Record, now_ms: i64) -> bool {
    record
        .expires_at
        .is_none_or(|expiry| expiry.as_millisecond() > now_ms)
}

fn live<'a>(records: &'a BTreeMap<Key, Record>, key: &Key, now_ms: i64) -> Option<&'a Record> {
    records.get(key).filter(|record| is_live(record, now_ms))
}

fn allows(item: Option<&Record>, write: &Write) -> bool {
    match write {
        Write::Put(_, condition) | Write::Delete(_, condition) | Write::Check(_, condition) => {
            match condition {
                Condition::Any => true,
                Condition::Absent => item.is_none(),
                Condition::Present => item.is_some(),
                Condition::Version(version) => item.is_some_and(|item| item.version == *version),
            }
        }
        Write::Add { delta, min, max, .. } => item
            .map_or(0, |item| item.count)
            .checked_add(*delta)
            .is_some_and(|sum| (*min..=*max).contains(&sum)),
    }
}

fn apply(records: &mut BTreeMap<Key, Record>, write: Write, now_ms: i64) {
    let item = live(records, write.key(), now_ms).cloned();
    let version = item.as_ref().map_or(1, |item| item.version + 1);
    let stored = match write {
        Write::Check(..) => return,
        Write::Delete(key, _) => {
            records.remove(&key);
            return;
        }
        Write::Put(record, _) => Record {
            count: 0,
            version,
            ..record
        },
        Write::Add {
            key,
            delta,
            expires_at,
            ..
        } => {
            let item = item.unwrap_or_else(|| Record {
                expires_at,
                ..Record::new(key, Vec::new())
            });
            Record {
                count: item.count + delta,
                version,
                ..item
            }
        }
    };
    records.insert(stored.key.clone(), stored);
}

fn place_in(query: &Query, record: &Record) -> Option<Place> {
    let (partition, sort) = match query.source {
        Source::Table => (&record.key.partition, &record.key.sort),
        Source::Index(index) => {
            let entry = record.index_keys.iter().find(|entry| entry.index == index)?;
            (&entry.partition, &entry.sort)
        }
    };
    (*partition == query.partition).then(|| {
        let key = record.key.clone();
        (sort.clone(), key.partition, key.sort)
    })
}

fn covers(range: &SortRange, sort: &str) -> bool {
    match range {
        SortRange::All => true,
        SortRange::Prefix(prefix) => sort.starts_with(prefix.as_str()),
        SortRange::Between { from, before } => {
            from.as_deref().is_none_or(|from| sort >= from)
                && before.as_deref().is_none_or(|before| sort < before)
        }
    }
}

/// The last place and the query that it belongs to, as hexadecimal JSON.
fn to_cursor(place: &Place, query: &Query) -> Cursor {
    let json = serde_json::json!([place, scope(query)]).to_string();
    Cursor(
        json.bytes()
            .fold(String::new(), |text, byte| format!("{text}{byte:02x}")),
    )
}

fn parse_cursor(cursor: &Cursor, query: &Query) -> Result<Place, StoreError> {
    let parse = || -> Option<Place> {
        let digits = cursor.0.as_bytes().chunks(2);
        let bytes = digits.map(|pair| u8::from_str_radix(str::from_utf8(pair).ok()?, 16).ok());
        let (place, found): (Place, String) =
            serde_json::from_slice(&bytes.collect::<Option<Vec<u8>>>()?).ok()?;
        (found == scope(query)).then_some(place)
    };
    parse().ok_or_else(|| StoreError::Invalid("the cursor does not belong to this query".into()))
}

fn scope(query: &Query) -> String {
    format!(
        "{:?} {:?} {:?} {:?}",
        query.source, query.partition, query.range, query.direction
    )
}
