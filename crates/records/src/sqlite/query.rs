//! Reading: items by key, and pages of one partition of the table or of an index.
use super::error::Failure;
use super::row;
use crate::cursor::{self, Place};
use crate::packed::{index_id, is_live};
use homeroom_core::ports::record_store::{Direction, Index, Key, Page, Query, Record, Source, StoreError};
use homeroom_sqlite::rusqlite::{Connection, Row, params};

/// Reads live items in the keys' order, all from one snapshot.
pub(crate) fn get(
    connection: &Connection,
    keys: &[Key],
    now_ms: i64,
) -> Result<Vec<Option<Record>>, Failure> {
    if keys.len() > 1 {
        connection.prepare_cached("BEGIN")?.execute([])?;
    }
    let mut records = Vec::with_capacity(keys.len());
    for key in keys {
        let record = row::load(connection, key)?;
        records.push(record.filter(|record| is_live(record, now_ms)));
    }
    if keys.len() > 1 {
        connection.prepare_cached("COMMIT")?.execute([])?;
    }
    Ok(records)
}

/// A query made ready: every range and cursor is a pair of places, both excluded.
///
/// Places are compared as tuples. Keys are never empty, so a place with an empty record key lies
/// before every entry with the same sort key: excluded as a lower end it includes that sort key,
/// excluded as an upper end it excludes it.
pub(crate) struct Walk {
    source: Source,
    partition: String,
    direction: Direction,
    limit: usize,
    after: Place,
    before: Place,
    scope: u64,
    now_ms: i64,
}

impl Walk {
    /// # Errors
    /// [`StoreError::Invalid`] when the cursor belongs to another query.
    pub(crate) fn new(query: &Query, now_ms: i64) -> Result<Self, StoreError> {
        let (from, before) = cursor::ends(&query.range);
        let scope = cursor::scope(query);
        let mut walk = Self {
            source: query.source,
            partition: query.partition.clone(),
            direction: query.direction,
            limit: query.limit as usize,
            after: Place {
                sort: from,
                ..Place::default()
            },
            before: Place {
                sort: before,
                ..Place::default()
            },
            scope,
            now_ms,
        };
        if let Some(cursor) = &query.cursor {
            let place = Place::of_cursor(cursor, scope)?;
            match query.direction {
                Direction::Ascending => walk.after = place,
                Direction::Descending => walk.before = place,
            }
        }
        Ok(walk)
    }

    /// Reads one record more than the page holds, to know whether anything follows.
    pub(crate) fn page(&self, connection: &Connection) -> Result<Page, Failure> {
        let mut found = match self.source {
            Source::Table => self.table_rows(connection)?,
            Source::Index(index) => self.index_rows(connection, index)?,
        };
        let more = found.len() > self.limit;
        found.truncate(self.limit);
        let next = found
            .last()
            .filter(|_| more)
            .map(|(place, _)| place.to_cursor(self.scope));
        Ok(Page {
            records: found.into_iter().map(|(_, record)| record).collect(),
            next,
        })
    }

    fn table_rows(&self, connection: &Connection) -> Result<Vec<(Place, Record)>, Failure> {
        let sql = match self.direction {
            Direction::Ascending => TABLE_ASCENDING,
            Direction::Descending => TABLE_DESCENDING,
        };
        let mut statement = connection.prepare_cached(sql)?;
        let mut rows = statement.query(params![
            self.partition.as_bytes(),
            self.after.first_table_sort(),
            self.before.sort,
            self.now_ms,
            self.row_limit(),
        ])?;
        let mut found = Vec::new();
        while let Some(next) = rows.next()? {
            let record = row::read(next)?;
            let place = Place::in_table(&record.key);
            found.push((place, record));
        }
        Ok(found)
    }

    fn index_rows(&self, connection: &Connection, index: Index) -> Result<Vec<(Place, Record)>, Failure> {
        let sql = match self.direction {
            Direction::Ascending => INDEX_ASCENDING,
            Direction::Descending => INDEX_DESCENDING,
        };
        let mut statement = connection.prepare_cached(sql)?;
        let mut rows = statement.query(params![
            index_id(index),
            self.partition.as_bytes(),
            self.after.sort,
            self.after.record_partition,
            self.after.record_sort,
            self.before.sort,
            self.before.record_partition,
            self.before.record_sort,
            self.now_ms,
            self.row_limit(),
        ])?;
        let mut found = Vec::new();
        while let Some(next) = rows.next()? {
            found.push(self.index_row(next, index)?);
        }
        Ok(found)
    }

    /// An entry and its record, which must name each other.
    fn index_row(&self, found: &Row<'_>, index: Index) -> Result<(Place, Record), Failure> {
        let record = row::read(found)?;
        let sort: Vec<u8> = found.get(8)?;
        let listed = record.index_keys.iter().any(|entry| {
            entry.index == index && entry.partition == self.partition && entry.sort.as_bytes() == sort
        });
        if !listed {
            return Err(row::damaged(&format!("an entry of index {}", index.name())));
        }
        let place = Place {
            sort,
            record_partition: record.key.partition.clone().into_bytes(),
            record_sort: record.key.sort.clone().into_bytes(),
        };
        Ok((place, record))
    }

    fn row_limit(&self) -> i64 {
        i64::try_from(self.limit).map_or(i64::MAX, |limit| limit + 1)
    }
}

const TABLE_ASCENDING: &str = "SELECT r.partition, r.sort, r.version, r.count, r.expires_at, \
    r.checksum, r.index_keys, r.body FROM records r \
    WHERE r.partition = ?1 AND r.sort >= ?2 AND r.sort < ?3 \
    AND (r.expires_at IS NULL OR r.expires_at > ?4) ORDER BY r.sort LIMIT ?5";
const TABLE_DESCENDING: &str = "SELECT r.partition, r.sort, r.version, r.count, r.expires_at, \
    r.checksum, r.index_keys, r.body FROM records r \
    WHERE r.partition = ?1 AND r.sort >= ?2 AND r.sort < ?3 \
    AND (r.expires_at IS NULL OR r.expires_at > ?4) ORDER BY r.sort DESC LIMIT ?5";
// The left join keeps an entry whose record is gone, which is then reported as damage.
const INDEX_ASCENDING: &str = "SELECT r.partition, r.sort, r.version, r.count, r.expires_at, \
    r.checksum, r.index_keys, r.body, e.sort FROM index_entries e \
    LEFT JOIN records r ON r.partition = e.record_partition AND r.sort = e.record_sort \
    WHERE e.index_id = ?1 AND e.partition = ?2 \
    AND (e.sort, e.record_partition, e.record_sort) > (?3, ?4, ?5) \
    AND (e.sort, e.record_partition, e.record_sort) < (?6, ?7, ?8) \
    AND (r.expires_at IS NULL OR r.expires_at > ?9) \
    ORDER BY e.sort, e.record_partition, e.record_sort LIMIT ?10";
const INDEX_DESCENDING: &str = "SELECT r.partition, r.sort, r.version, r.count, r.expires_at, \
    r.checksum, r.index_keys, r.body, e.sort FROM index_entries e \
    LEFT JOIN records r ON r.partition = e.record_partition AND r.sort = e.record_sort \
    WHERE e.index_id = ?1 AND e.partition = ?2 \
    AND (e.sort, e.record_partition, e.record_sort) > (?3, ?4, ?5) \
    AND (e.sort, e.record_partition, e.record_sort) < (?6, ?7, ?8) \
    AND (r.expires_at IS NULL OR r.expires_at > ?9) \
    ORDER BY e.sort DESC, e.record_partition DESC, e.record_sort DESC LIMIT ?10";
