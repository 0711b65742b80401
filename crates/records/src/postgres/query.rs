//! Reading: items by key, and pages of one partition of the table or of an index, a round trip each.
use super::pool::{Connections, SILENCE};
use super::row::{self, COLUMNS};
use super::{Failure, READ_PATIENCE};
use crate::cursor::{self, Place};
use homeroom_core::ports::record_store::{Direction, Index, Key, Page, Query, Record, Source, StoreError};
use std::collections::HashMap;
use std::time::Instant;
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;

/// Executes a read, on a fresh connection if the first turns out to have been dead for a while, which
/// shows at once. A server that fell silent is not asked twice.
pub(crate) async fn rows(
    connections: &Connections,
    sql: &str,
    parameters: &[&(dyn ToSql + Sync)],
) -> Result<Vec<Row>, StoreError> {
    let begun = Instant::now();
    match rows_once(connections, sql, parameters).await {
        Err(Failure::Lost(_)) if begun.elapsed() < SILENCE => rows_once(connections, sql, parameters).await,
        other => other,
    }
    .map_err(Failure::of_read)
}

async fn rows_once(
    connections: &Connections,
    sql: &str,
    parameters: &[&(dyn ToSql + Sync)],
) -> Result<Vec<Row>, Failure> {
    let mut connection = connections.get().await?;
    let statement = connection.prepare(sql).await?;
    connection.query(&statement, parameters, READ_PATIENCE).await
}

/// Reads live items in the keys' order, all from one snapshot.
pub(crate) async fn get(
    connections: &Connections,
    schema: &str,
    keys: &[Key],
    now_ms: i64,
) -> Result<Vec<Option<Record>>, StoreError> {
    let found = match keys {
        [] => return Ok(Vec::new()),
        [key] => {
            let sql = format!(
                "SELECT {COLUMNS} FROM {schema}.records r WHERE r.partition = $1 AND r.sort = $2 \
                 AND (r.expires_at IS NULL OR r.expires_at > $3)"
            );
            let (partition, sort) = (key.partition.as_bytes(), key.sort.as_bytes());
            rows(connections, &sql, &[&partition, &sort, &now_ms]).await?
        }
        keys => {
            let sql = format!(
                "SELECT {COLUMNS} FROM unnest($1::bytea[], $2::bytea[]) AS k(partition, sort) \
                 CROSS JOIN LATERAL (SELECT * FROM {schema}.records o WHERE o.partition = k.partition \
                 AND o.sort = k.sort LIMIT 1) r WHERE r.expires_at IS NULL OR r.expires_at > $3"
            );
            let partitions: Vec<&[u8]> = keys.iter().map(|key| key.partition.as_bytes()).collect();
            let sorts: Vec<&[u8]> = keys.iter().map(|key| key.sort.as_bytes()).collect();
            rows(connections, &sql, &[&partitions, &sorts, &now_ms]).await?
        }
    };
    let mut records = HashMap::with_capacity(found.len());
    for row in &found {
        let record = row::read(row)?;
        records.insert(record.key.clone(), record);
    }
    Ok(keys.iter().map(|key| records.get(key).cloned()).collect())
}

/// A query made ready: every range and cursor is a pair of places, both excluded (see `cursor`).
pub(crate) struct Walk<'a> {
    query: &'a Query,
    after: Place,
    before: Place,
    scope: u64,
    now_ms: i64,
}

impl<'a> Walk<'a> {
    /// # Errors
    /// [`StoreError::Invalid`] when the cursor belongs to another query.
    pub(crate) fn new(query: &'a Query, now_ms: i64) -> Result<Self, StoreError> {
        let (from, before) = cursor::ends(&query.range);
        let scope = cursor::scope(query);
        let end = |sort| Place {
            sort,
            ..Place::default()
        };
        let (mut after, mut before) = (end(from), end(before));
        if let Some(cursor) = &query.cursor {
            let place = Place::of_cursor(cursor, scope)?;
            match query.direction {
                Direction::Ascending => after = place,
                Direction::Descending => before = place,
            }
        }
        Ok(Self {
            query,
            after,
            before,
            scope,
            now_ms,
        })
    }

    /// Reads one record more than the page holds, to know whether anything follows.
    pub(crate) async fn page(&self, connections: &Connections, schema: &str) -> Result<Page, StoreError> {
        let found = match self.query.source {
            Source::Table => self.table_rows(connections, schema).await?,
            Source::Index(index) => self.index_rows(connections, schema, index).await?,
        };
        let limit = self.query.limit as usize;
        let mut records = Vec::with_capacity(found.len().min(limit));
        for row in found.iter().take(limit) {
            records.push(row::read(row)?);
        }
        let more = found.len() > limit;
        let last = records.last().filter(|_| more);
        let next = last.map(|record| self.place(record).to_cursor(self.scope));
        Ok(Page { records, next })
    }

    async fn table_rows(&self, connections: &Connections, schema: &str) -> Result<Vec<Row>, StoreError> {
        let order = self.order();
        let sql = format!(
            "SELECT {COLUMNS} FROM {schema}.records r \
             WHERE r.partition = $1 AND r.sort >= $2 AND r.sort < $3 \
             AND (r.expires_at IS NULL OR r.expires_at > $4) ORDER BY r.sort {order} LIMIT $5"
        );
        let partition = self.query.partition.as_bytes();
        let (from, limit) = (self.after.first_table_sort(), self.row_limit());
        rows(
            connections,
            &sql,
            &[&partition, &from, &self.before.sort, &self.now_ms, &limit],
        )
        .await
    }

    async fn index_rows(
        &self,
        connections: &Connections,
        schema: &str,
        index: Index,
    ) -> Result<Vec<Row>, StoreError> {
        let (name, order) = (index.name(), self.order());
        let sql = format!(
            "SELECT {COLUMNS} FROM {schema}.records r WHERE r.{name}_partition = $1 \
             AND (r.{name}_sort, r.tie) > ($2, $3) AND (r.{name}_sort, r.tie) < ($4, $5) \
             AND (r.expires_at IS NULL OR r.expires_at > $6) \
             ORDER BY r.{name}_sort {order}, r.tie {order} LIMIT $7"
        );
        let partition = self.query.partition.as_bytes();
        let (after, before) = (tie_of(&self.after), tie_of(&self.before));
        let limit = self.row_limit();
        rows(
            connections,
            &sql,
            &[
                &partition,
                &self.after.sort,
                &after,
                &self.before.sort,
                &before,
                &self.now_ms,
                &limit,
            ],
        )
        .await
    }

    fn place(&self, record: &Record) -> Place {
        match self.query.source {
            Source::Table => Place::in_table(&record.key),
            Source::Index(index) => Place {
                sort: record
                    .index_keys
                    .iter()
                    .find(|entry| entry.index == index)
                    .map_or_else(Vec::new, |entry| entry.sort.clone().into_bytes()),
                record_partition: row::tie(&record.key).to_le_bytes().to_vec(),
                record_sort: Vec::new(),
            },
        }
    }

    fn order(&self) -> &'static str {
        match self.query.direction {
            Direction::Ascending => "ASC",
            Direction::Descending => "DESC",
        }
    }

    fn row_limit(&self) -> i64 {
        i64::from(self.query.limit) + 1
    }
}

/// The tie of a place in an index; a place without one lies before every record with its sort key.
fn tie_of(place: &Place) -> i64 {
    let bytes: Option<[u8; 8]> = place.record_partition.as_slice().try_into().ok();
    bytes.map_or(i64::MIN, i64::from_le_bytes)
}
