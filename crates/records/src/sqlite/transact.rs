//! Writing: all conditions are judged first, then everything is applied, in one savepoint.
use super::error::Failure;
use super::row;
use crate::packed::is_live;
use homeroom_core::ports::record_store::{Condition, Key, Record, Write};
use homeroom_sqlite::rusqlite::{Connection, params};

/// What occupies a write's key: expired items still have index entries to remove, but count as
/// absent for everything else.
struct Occupant {
    record: Option<Record>,
    live: bool,
}

impl Occupant {
    fn load(connection: &Connection, key: &Key, now_ms: i64) -> Result<Self, Failure> {
        let record = row::load(connection, key)?;
        let live = record.as_ref().is_some_and(|record| is_live(record, now_ms));
        Ok(Self { record, live })
    }

    fn live(&self) -> Option<&Record> {
        self.record.as_ref().filter(|_| self.live)
    }

    fn next_version(&self) -> u64 {
        self.live().map_or(1, |record| record.version + 1)
    }

    fn satisfies(&self, condition: Condition) -> bool {
        match condition {
            Condition::Any => true,
            Condition::Absent => self.live().is_none(),
            Condition::Present => self.live().is_some(),
            Condition::Version(version) => self.live().is_some_and(|record| record.version == version),
        }
    }

    /// The counter after adding, if that stays within the bounds.
    fn sum(&self, delta: i64, min: i64, max: i64) -> Option<i64> {
        let count = self.live().map_or(0, |record| record.count);
        count.checked_add(delta).filter(|sum| (min..=max).contains(sum))
    }

    fn allows(&self, write: &Write) -> bool {
        match write {
            Write::Put(_, condition) | Write::Delete(_, condition) | Write::Check(_, condition) => {
                self.satisfies(*condition)
            }
            Write::Add { delta, min, max, .. } => self.sum(*delta, *min, *max).is_some(),
        }
    }
}

/// Applies all writes, or none and names every one that failed.
pub(crate) fn apply(connection: &Connection, writes: &[Write], now_ms: i64) -> Result<(), Failure> {
    let occupants = writes
        .iter()
        .map(|write| Occupant::load(connection, write.key(), now_ms))
        .collect::<Result<Vec<_>, _>>()?;
    let failed: Vec<usize> = (0..writes.len())
        .filter(|&place| !occupants[place].allows(&writes[place]))
        .collect();
    if !failed.is_empty() {
        return Err(Failure::Conditions(failed));
    }
    writes
        .iter()
        .zip(&occupants)
        .try_for_each(|(write, occupant)| apply_one(connection, write, occupant))
}

fn apply_one(connection: &Connection, write: &Write, occupant: &Occupant) -> Result<(), Failure> {
    match write {
        Write::Check(..) => Ok(()),
        Write::Delete(..) => match &occupant.record {
            Some(record) => row::delete(connection, record),
            None => Ok(()),
        },
        Write::Put(record, _) => {
            let stored = Record {
                count: 0,
                version: occupant.next_version(),
                ..record.clone()
            };
            row::replace(connection, &stored, occupant.record.as_ref())
        }
        Write::Add {
            key,
            delta,
            min,
            max,
            expires_at,
        } => {
            let sum = occupant.sum(*delta, *min, *max);
            let live = occupant.live().cloned();
            let stored = Record {
                count: sum.ok_or_else(|| Failure::Conditions(vec![]))?,
                version: occupant.next_version(),
                ..live.unwrap_or_else(|| Record {
                    expires_at: *expires_at,
                    ..Record::new(key.clone(), Vec::new())
                })
            };
            row::replace(connection, &stored, occupant.record.as_ref())
        }
    }
}

/// Removes up to `limit` items that have expired, oldest first, and says how many.
pub(crate) fn remove_expired(connection: &Connection, limit: u32, now_ms: i64) -> Result<u32, Failure> {
    const SELECT: &str = "SELECT r.partition, r.sort, r.version, r.count, r.expires_at, r.checksum, \
        r.index_keys, r.body FROM records r WHERE r.expires_at IS NOT NULL AND r.expires_at <= ?1 \
        ORDER BY r.expires_at LIMIT ?2";
    let mut statement = connection.prepare_cached(SELECT)?;
    let mut rows = statement.query(params![now_ms, limit])?;
    let mut expired = Vec::new();
    while let Some(found) = rows.next()? {
        expired.push(row::read(found)?);
    }
    for record in &expired {
        row::delete(connection, record)?;
    }
    Ok(u32::try_from(expired.len()).unwrap_or(u32::MAX))
}
