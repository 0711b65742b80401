//! Several transactions of the port as the arguments of one call of `transact_v1`.
use super::row;
use homeroom_core::ports::record_store::{Condition, Key, Record, StoreError, Write};
use jiff::Timestamp;
use std::collections::HashMap;
use tokio_postgres::types::ToSql;

const PUT: i16 = 1;
const DELETE: i16 = 2;
const CHECK: i16 = 3;
const ADD: i16 = 4;

/// Columns of optional byte strings: index partitions and sort keys.
type Texts = Vec<Option<Vec<u8>>>;

/// All writes, column by column.
#[derive(Default)]
pub(crate) struct Batch {
    locks: Vec<i64>,
    waves: i32,
    wave: Vec<i32>,
    group: Vec<i32>,
    kind: Vec<i16>,
    partition: Vec<Vec<u8>>,
    sort: Vec<Vec<u8>>,
    guard: Vec<i64>,
    delta: Vec<i64>,
    low: Vec<i64>,
    high: Vec<i64>,
    expires_at: Vec<Option<i64>>,
    checksum: Vec<i64>,
    tie: Vec<i64>,
    body: Vec<Vec<u8>>,
    index_keys: [Texts; 6],
    /// For each key the last wave that names it.
    named: HashMap<Key, i32>,
    /// Where each transaction's writes begin.
    begins: Vec<usize>,
}

impl Batch {
    /// How many transactions it has.
    pub(crate) fn len(&self) -> usize {
        self.begins.len()
    }

    /// Adds a transaction behind the others: its wave is the first in which no earlier one shares a key.
    pub(crate) fn push(&mut self, writes: Vec<Write>) -> Result<(), StoreError> {
        let earlier = writes.iter().filter_map(|write| self.named.get(write.key()));
        let wave = earlier.max().copied().unwrap_or(0) + 1;
        let group = i32::try_from(self.begins.len()).expect("a batch is small");
        self.begins.push(self.kind.len());
        self.waves = self.waves.max(wave);
        for write in writes {
            self.named.insert(write.key().clone(), wave);
            self.wave.push(wave);
            self.group.push(group);
            self.push_write(write)?;
        }
        Ok(())
    }

    fn push_write(&mut self, write: Write) -> Result<(), StoreError> {
        let (kind, guard, numbers, record) = match write {
            Write::Put(record, condition) => (PUT, guard(condition), (0, 0, 0), record),
            Write::Delete(key, condition) => (DELETE, guard(condition), (0, 0, 0), Record::new(key, vec![])),
            Write::Check(key, condition) => (CHECK, guard(condition), (0, 0, 0), Record::new(key, vec![])),
            Write::Add {
                key,
                delta,
                min,
                max,
                expires_at,
            } => {
                let created = Record {
                    expires_at,
                    ..Record::new(key, vec![])
                };
                (ADD, guard(Condition::Any), (delta, min, max), created)
            }
        };
        self.kind.push(kind);
        self.guard.push(guard);
        self.delta.push(numbers.0);
        self.low.push(numbers.1);
        self.high.push(numbers.2);
        self.push_record(record)
    }

    fn push_record(&mut self, record: Record) -> Result<(), StoreError> {
        let tie = row::tie(&record.key);
        self.tie.push(tie);
        self.checksum.push(row::checksum(&record)?);
        self.expires_at
            .push(record.expires_at.map(Timestamp::as_millisecond));
        for (place, entry) in row::places(&record.index_keys).into_iter().enumerate() {
            self.index_keys[2 * place].push(entry.map(|entry| entry.partition.clone().into_bytes()));
            self.index_keys[2 * place + 1].push(entry.map(|entry| entry.sort.clone().into_bytes()));
        }
        self.partition.push(record.key.partition.into_bytes());
        self.sort.push(record.key.sort.into_bytes());
        self.body.push(record.body);
        Ok(())
    }

    /// Ends the batch: all keys' locks are known.
    pub(crate) fn finish(&mut self, schema: &str) {
        self.locks = row::locks(&self.tie, schema);
    }

    /// The statement that applies it.
    pub(crate) fn statement(schema: &str) -> String {
        let parameters: Vec<String> = (1..=22).map(|number| format!("${number}")).collect();
        format!(
            "SELECT place, verdict FROM {schema}.transact_v1({})",
            parameters.join(", ")
        )
    }

    /// The statement's parameters behind the first, which is the time.
    pub(crate) fn parameters(&self) -> Vec<&(dyn ToSql + Sync)> {
        let mut parameters: Vec<&(dyn ToSql + Sync)> = vec![
            &self.locks,
            &self.waves,
            &self.wave,
            &self.group,
            &self.kind,
            &self.partition,
            &self.sort,
            &self.guard,
            &self.delta,
            &self.low,
            &self.high,
            &self.expires_at,
            &self.checksum,
            &self.tie,
            &self.body,
        ];
        parameters.extend(self.index_keys.iter().map(|texts| texts as &(dyn ToSql + Sync)));
        parameters
    }

    /// The transaction that the write at `place` of the whole batch (from 1) belongs to, and its
    /// place within that.
    pub(crate) fn locate(&self, place: i64) -> Option<(usize, usize)> {
        let place = usize::try_from(place).ok()?.checked_sub(1)?;
        let group = usize::try_from(*self.group.get(place)?).ok()?;
        Some((group, place - self.begins[group]))
    }
}

fn guard(condition: Condition) -> i64 {
    match condition {
        Condition::Any => -1,
        Condition::Absent => -2,
        Condition::Present => -3,
        // No item has more versions than that.
        Condition::Version(version) => i64::try_from(version).unwrap_or(-4),
    }
}
