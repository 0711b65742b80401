//! The whole table, page by page: for moving a school between engines, and for looking for damage.
//!
//! These are the only scans. A scan of a table is paid for by its size.
use super::DynamoRecordStore;
use super::item::{self, Item, PARTITION, SORT, string, text};
use super::patience;
use super::trouble::{Trouble, judge};
use crate::cursor::Place;
use crate::walk::{MAX_WALK_LIMIT, WalkPage};
use aws_sdk_dynamodb::types::{PutRequest, WriteRequest};
use homeroom_core::ports::record_store::{Condition, Cursor, Key, Record, StoreError, Write, check_writes};
use std::collections::BTreeMap;

/// Marks a position as one of a walk, where a cursor has its query.
const SCOPE: u64 = 0x6479_6e61_6d6f_0001;
/// Items that `BatchWriteItem` takes.
const MOST_BATCHED: usize = 25;
/// After this many findings the rest is not looked for.
const MOST_FINDINGS: usize = 1_000;

/// One page of a walk. Pages of expired items alone are passed over, so that an empty one is the end.
pub(super) async fn page(
    store: &DynamoRecordStore,
    after: Option<String>,
    limit: u32,
) -> Result<WalkPage, StoreError> {
    if limit == 0 || limit > MAX_WALK_LIMIT {
        let why = format!("a page of a walk has 1 to {MAX_WALK_LIMIT} records, not {limit}");
        return Err(StoreError::Invalid(why));
    }
    let now_ms = store.now_ms();
    let mut start = after.map(|after| start_key(&Cursor(after))).transpose()?;
    loop {
        let (items, last) = scan(store, start, limit).await?;
        let live = items.into_iter().filter(|item| !item::is_expired(item, now_ms));
        let records: Vec<Record> = live.map(item::record).collect::<Result<_, _>>()?;
        if !records.is_empty() || last.is_none() {
            let next = last.as_ref().map(position).transpose()?;
            return Ok(WalkPage { records, next });
        }
        start = last;
    }
}

/// Every item's checksum, expired ones included.
pub(super) async fn examine(store: &DynamoRecordStore) -> Result<Vec<String>, StoreError> {
    let (mut findings, mut start) = (Vec::new(), None);
    loop {
        let (items, last) = scan(store, start, MAX_WALK_LIMIT).await?;
        for item in items {
            match item::record(item) {
                Ok(_) => {}
                Err(StoreError::Damaged(why)) => findings.push(why),
                Err(other) => return Err(other),
            }
        }
        start = last;
        if start.is_none() || findings.len() >= MOST_FINDINGS {
            return Ok(findings);
        }
    }
}

async fn scan(
    store: &DynamoRecordStore,
    start: Option<Item>,
    limit: u32,
) -> Result<(Vec<Item>, Option<Item>), StoreError> {
    let request = store
        .client
        .scan()
        .table_name(&store.location.table)
        .consistent_read(true);
    let request = request.limit(i32::try_from(limit).unwrap_or(i32::MAX));
    let request = request.set_exclusive_start_key(start);
    let answer = patience::read(store.ids.as_ref(), || {
        let request = request.clone();
        async move {
            request
                .send()
                .await
                .map_err(|error| judge(&error, &store.location))
        }
    });
    let answer = answer.await?;
    let last = answer.last_evaluated_key.filter(|key| !key.is_empty());
    Ok((answer.items.unwrap_or_default(), last))
}

fn position(last: &Item) -> Result<String, StoreError> {
    let part = |attribute| {
        let part = string(last, attribute).map(|part| part.as_bytes().to_vec());
        part.ok_or_else(|| StoreError::Damaged("a scan ended at an item without a key".into()))
    };
    let place = Place {
        sort: Vec::new(),
        record_partition: part(PARTITION)?,
        record_sort: part(SORT)?,
    };
    Ok(place.to_cursor(SCOPE).0)
}

fn start_key(after: &Cursor) -> Result<Item, StoreError> {
    let foreign = || StoreError::Invalid("this is not a position in a DynamoDB table".into());
    let place = Place::of_cursor(after, SCOPE).map_err(|_| foreign())?;
    let part = |bytes| {
        String::from_utf8(bytes)
            .map(|part| text(&part))
            .map_err(|_| foreign())
    };
    Ok(Item::from([
        (PARTITION.to_owned(), part(place.record_partition)?),
        (SORT.to_owned(), part(place.record_sort)?),
    ]))
}

/// Writes records exactly as given. Of two for one key the later one is meant.
pub(super) async fn restore(store: &DynamoRecordStore, records: Vec<Record>) -> Result<(), StoreError> {
    let mut items: BTreeMap<Key, Item> = BTreeMap::new();
    for record in records {
        let (key, item) = (record.key.clone(), item::whole(&record));
        check_writes(&[Write::Put(record, Condition::Any)])?;
        items.insert(key, item);
    }
    let items: Vec<Item> = items.into_values().collect();
    for batch in items.chunks(MOST_BATCHED) {
        write_batch(store, batch.to_vec()).await?;
    }
    Ok(())
}

/// Writes up to 25 items; what the engine leaves over is sent again, after a pause where it took none.
async fn write_batch(store: &DynamoRecordStore, batch: Vec<Item>) -> Result<(), StoreError> {
    let table = &store.location.table;
    let mut left: Vec<WriteRequest> = Vec::with_capacity(batch.len());
    for item in batch {
        let put = PutRequest::builder().set_item(Some(item)).build();
        let put = put.map_err(|error| StoreError::Invalid(error.to_string()))?;
        left.push(WriteRequest::builder().put_request(put).build());
    }
    while !left.is_empty() {
        let count = left.len();
        let request = store.client.batch_write_item().request_items(table, left);
        // The same items in the same place: writing them twice is writing them once.
        let answer = patience::read(store.ids.as_ref(), || {
            let request = request.clone();
            async move {
                let answer = request
                    .send()
                    .await
                    .map_err(|error| judge(&error, &store.location))?;
                let left = answer
                    .unprocessed_items
                    .unwrap_or_default()
                    .remove(table)
                    .unwrap_or_default();
                if left.len() == count {
                    return Err(Trouble::Busy(format!("{} is throttled", store.location.name())));
                }
                Ok(left)
            }
        });
        left = answer.await?;
    }
    Ok(())
}
