//! Reading, refilling and sweeping the whole table, page by page.
use super::error::Failure;
use super::pool::Connections;
use super::query::rows;
use super::row::{self, COLUMNS};
use super::{PostgresRecordStore, WRITE_PATIENCE};
use crate::walk::{self, MAX_WALK_LIMIT, RecordWalk, WalkPage};
use async_trait::async_trait;
use homeroom_core::ports::record_store::{Key, Record, StoreError};
use jiff::Timestamp;
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;

/// A page has one record more than fits into this.
const PAGE_BYTES: i64 = 4 * 1024 * 1024;

/// Rows behind `after` in the keys' order, at least one if there is one; expired ones where
/// `live_at_ms` is `None`.
pub(crate) async fn page(
    connections: &Connections,
    schema: &str,
    after: &Key,
    live_at_ms: Option<i64>,
    limit: u32,
) -> Result<Vec<Row>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM (SELECT o.*, \
            sum(octet_length(o.body)) OVER (ORDER BY o.partition, o.sort) - octet_length(o.body) AS before \
         FROM (SELECT * FROM {schema}.records i WHERE (i.partition, i.sort) > ($1, $2) \
            AND ($3::bigint IS NULL OR i.expires_at IS NULL OR i.expires_at > $3) \
            ORDER BY i.partition, i.sort LIMIT $4) o) r \
         WHERE r.before <= $5 ORDER BY r.partition, r.sort"
    );
    let (partition, sort) = (after.partition.as_bytes(), after.sort.as_bytes());
    let limit = i64::from(limit);
    rows(
        connections,
        &sql,
        &[&partition, &sort, &live_at_ms, &limit, &PAGE_BYTES],
    )
    .await
}

#[async_trait]
impl RecordWalk for PostgresRecordStore {
    async fn walk(&self, after: Option<String>, limit: u32) -> Result<WalkPage, StoreError> {
        let after = walk::key_at(after.as_deref())?;
        let limit = limit.clamp(1, MAX_WALK_LIMIT);
        let found = page(
            &self.connections,
            &self.schema,
            &after,
            Some(self.now_ms()),
            limit,
        )
        .await?;
        let records = found.iter().map(row::read).collect::<Result<Vec<_>, _>>()?;
        let next = records.last().map(|record| walk::position_of(&record.key));
        Ok(WalkPage { records, next })
    }

    async fn restore(&self, records: Vec<Record>) -> Result<(), StoreError> {
        for chunk in walk::chunks(records)? {
            restore_chunk(&self.connections, &self.schema, &chunk).await?;
        }
        Ok(())
    }
}

async fn restore_chunk(
    connections: &Connections,
    schema: &str,
    records: &[Record],
) -> Result<(), StoreError> {
    let bytes = |part: fn(&Record) -> &[u8]| -> Vec<&[u8]> { records.iter().map(part).collect() };
    let partitions = bytes(|record| record.key.partition.as_bytes());
    let sorts = bytes(|record| record.key.sort.as_bytes());
    let bodies = bytes(|record| &record.body);
    let versions: Vec<i64> = records
        .iter()
        .map(|record| record.version.cast_signed())
        .collect();
    let counts: Vec<i64> = records.iter().map(|record| record.count).collect();
    let expiries: Vec<Option<i64>> = records
        .iter()
        .map(|record| record.expires_at.map(Timestamp::as_millisecond))
        .collect();
    let checksums = records.iter().map(row::checksum).collect::<Result<Vec<_>, _>>()?;
    let ties: Vec<i64> = records.iter().map(|record| row::tie(&record.key)).collect();
    let mut index_keys: [Vec<Option<&[u8]>>; 6] = Default::default();
    for record in records {
        for (place, entry) in row::places(&record.index_keys).into_iter().enumerate() {
            index_keys[2 * place].push(entry.map(|entry| entry.partition.as_bytes()));
            index_keys[2 * place + 1].push(entry.map(|entry| entry.sort.as_bytes()));
        }
    }
    let locks = row::locks(&ties, schema);
    let mut parameters: Vec<&(dyn ToSql + Sync)> = vec![
        &locks,
        &partitions,
        &sorts,
        &versions,
        &counts,
        &expiries,
        &checksums,
        &ties,
        &bodies,
    ];
    parameters.extend(index_keys.iter().map(|column| column as &(dyn ToSql + Sync)));
    let numbers: Vec<String> = (1..=parameters.len())
        .map(|number| format!("${number}"))
        .collect();
    let sql = format!("SELECT {schema}.restore_v1({})::text", numbers.join(", "));
    write(connections, &sql, &parameters).await?;
    Ok(())
}

/// Removes up to `limit` expired records, oldest first, and says how many. What was written anew
/// between looking and removing is spared.
pub(crate) async fn remove_expired(
    connections: &Connections,
    schema: &str,
    limit: u32,
    now_ms: i64,
) -> Result<u32, StoreError> {
    let select = format!(
        "SELECT partition, sort, tie FROM {schema}.records WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2"
    );
    let found = rows(connections, &select, &[&now_ms, &i64::from(limit)]).await?;
    let remove = format!("SELECT {schema}.remove_expired_v1($1, $2, $3, $4)");
    let mut removed: i64 = 0;
    for chunk in found.chunks(MAX_CHUNK) {
        let partitions: Vec<&[u8]> = chunk.iter().map(|row| row.get(0)).collect();
        let sorts: Vec<&[u8]> = chunk.iter().map(|row| row.get(1)).collect();
        let ties: Vec<i64> = chunk.iter().map(|row| row.get(2)).collect();
        let locks = row::locks(&ties, schema);
        let answer = write(connections, &remove, &[&now_ms, &locks, &partitions, &sorts]).await?;
        removed += answer.first().map_or(0, |row| row.get::<_, i64>(0));
    }
    Ok(u32::try_from(removed).unwrap_or(u32::MAX))
}

/// The most locks that one statement takes.
const MAX_CHUNK: usize = 100;

async fn write(
    connections: &Connections,
    sql: &str,
    parameters: &[&(dyn ToSql + Sync)],
) -> Result<Vec<Row>, StoreError> {
    let mut connection = connections.get().await?;
    let statement = connection.prepare(sql).await.map_err(Failure::of_read)?;
    Ok(connection.query(&statement, parameters, WRITE_PATIENCE).await?)
}
