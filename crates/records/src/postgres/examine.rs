//! Looking for damage: every checksum and seal, and that each index finds every record that has a place in it.
use super::pool::Connections;
use super::query::rows;
use super::{row, walk};
use homeroom_core::ports::record_store::{Index, Key, Record, StoreError};
use tokio_postgres::Row;

/// Rows looked at in one statement.
const CHUNK_ROWS: u32 = 500;
/// After this many findings the rest is not looked for.
const MOST_FINDINGS: usize = 1_000;

/// Returns a line for each finding; an empty answer means that all is sound.
pub(crate) async fn examine(connections: &Connections, schema: &str) -> Result<Vec<String>, StoreError> {
    let (mut findings, mut after) = (Vec::new(), Key::new("", ""));
    while findings.len() < MOST_FINDINGS {
        let found = match walk::page(connections, schema, &after, None, CHUNK_ROWS).await {
            Err(StoreError::Damaged(why)) => {
                findings.push(why);
                break;
            }
            found => found?,
        };
        let Some(last) = found.last() else {
            break;
        };
        let Some(key) = key_of(last) else {
            findings.push("a key is not UTF-8; what follows it was not looked at".into());
            break;
        };
        after = key;
        findings.extend(examine_rows(connections, schema, &found).await?);
    }
    findings.truncate(MOST_FINDINGS);
    Ok(findings)
}

fn key_of(row: &Row) -> Option<Key> {
    let text = |place| String::from_utf8(row.try_get(place).ok()?).ok();
    Some(Key::new(text(0)?, text(1)?))
}

async fn examine_rows(
    connections: &Connections,
    schema: &str,
    found: &[Row],
) -> Result<Vec<String>, StoreError> {
    let (mut findings, mut sound) = (Vec::new(), Vec::new());
    for row in found {
        match row::read(row) {
            Ok(record) => sound.push(record),
            Err(StoreError::Damaged(why)) => findings.push(why),
            Err(other) => return Err(other),
        }
    }
    for index in Index::ALL {
        findings.extend(missing_in(connections, schema, index, &sound).await?);
    }
    Ok(findings)
}

/// Records that their index does not find, which would be damage of the index itself. A record that was
/// changed since it was read is not one of them.
async fn missing_in(
    connections: &Connections,
    schema: &str,
    index: Index,
    records: &[Record],
) -> Result<Vec<String>, StoreError> {
    let listed: Vec<(&Record, &[u8], &[u8], i64)> = records
        .iter()
        .filter_map(|record| {
            let entry = record.index_keys.iter().find(|entry| entry.index == index)?;
            let tie = row::tie(&record.key);
            Some((record, entry.partition.as_bytes(), entry.sort.as_bytes(), tie))
        })
        .collect();
    if listed.is_empty() {
        return Ok(Vec::new());
    }
    let name = index.name();
    let sql = format!(
        "SELECT k.place FROM unnest($1::bytea[], $2::bytea[], $3::bigint[]) WITH ORDINALITY \
         AS k(partition, sort, tie, place) WHERE NOT EXISTS (SELECT FROM {schema}.records r \
         WHERE r.{name}_partition = k.partition AND r.{name}_sort = k.sort AND r.tie = k.tie)"
    );
    let partitions: Vec<&[u8]> = listed.iter().map(|entry| entry.1).collect();
    let sorts: Vec<&[u8]> = listed.iter().map(|entry| entry.2).collect();
    let ties: Vec<i64> = listed.iter().map(|entry| entry.3).collect();
    let mut findings = Vec::new();
    for missing in rows(connections, &sql, &[&partitions, &sorts, &ties]).await? {
        let place = usize::try_from(missing.get::<_, i64>(0) - 1).unwrap_or(usize::MAX);
        let Some((record, ..)) = listed.get(place) else {
            continue;
        };
        if is_unchanged(connections, schema, record).await? {
            findings.push(format!("record {:?} is missing from index {name}", record.key));
        }
    }
    Ok(findings)
}

async fn is_unchanged(connections: &Connections, schema: &str, record: &Record) -> Result<bool, StoreError> {
    let sql =
        format!("SELECT version FROM {schema}.records WHERE partition = $1 AND sort = $2 AND version = $3");
    let (partition, sort) = (record.key.partition.as_bytes(), record.key.sort.as_bytes());
    let found = rows(
        connections,
        &sql,
        &[&partition, &sort, &record.version.cast_signed()],
    )
    .await?;
    Ok(!found.is_empty())
}
