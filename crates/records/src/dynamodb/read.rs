//! Reading items by key, always consistently.
use super::DynamoRecordStore;
use super::item::{self, Item, key_item};
use super::patience;
use super::trouble::{Trouble, judge};
use aws_sdk_dynamodb::types::KeysAndAttributes;
use homeroom_core::ports::record_store::{Key, Record, StoreError};
use std::collections::{BTreeSet, HashMap};

/// Reads live items in the keys' order.
pub(super) async fn get(store: &DynamoRecordStore, keys: &[Key]) -> Result<Vec<Option<Record>>, StoreError> {
    let now_ms = store.now_ms();
    // DynamoDB refuses a key that is named twice.
    let distinct: BTreeSet<&Key> = keys.iter().collect();
    let items = match keys {
        [] => Vec::new(),
        [key, ..] if distinct.len() == 1 => get_one(store, key).await?.into_iter().collect(),
        _ => get_batch(store, &distinct).await?,
    };
    let mut found = HashMap::with_capacity(items.len());
    for item in items {
        if !item::is_expired(&item, now_ms) {
            let record = item::record(item)?;
            found.insert(record.key.clone(), record);
        }
    }
    Ok(keys.iter().map(|key| found.get(key).cloned()).collect())
}

pub(super) async fn get_one(store: &DynamoRecordStore, key: &Key) -> Result<Option<Item>, StoreError> {
    let request = store.client.get_item().table_name(&store.location.table);
    let request = request.set_key(Some(key_item(key))).consistent_read(true);
    let answer = patience::read(store.ids.as_ref(), || {
        let request = request.clone();
        async move {
            request
                .send()
                .await
                .map_err(|error| judge(&error, &store.location))
        }
    });
    Ok(answer.await?.item)
}

/// An answer holds up to 16 MB and names the keys that are still to be asked for.
async fn get_batch(store: &DynamoRecordStore, keys: &BTreeSet<&Key>) -> Result<Vec<Item>, StoreError> {
    let mut items = Vec::with_capacity(keys.len());
    let mut left: Vec<Item> = keys.iter().map(|key| key_item(key)).collect();
    while !left.is_empty() {
        let asked = KeysAndAttributes::builder()
            .consistent_read(true)
            .set_keys(Some(left))
            .build();
        let asked = asked.map_err(|error| StoreError::Invalid(error.to_string()))?;
        let table = &store.location.table;
        let request = store.client.batch_get_item().request_items(table, asked);
        let answer = patience::read(store.ids.as_ref(), || {
            let request = request.clone();
            async move {
                let answer = request
                    .send()
                    .await
                    .map_err(|error| judge(&error, &store.location))?;
                let found = answer
                    .responses
                    .unwrap_or_default()
                    .remove(table)
                    .unwrap_or_default();
                let left = answer.unprocessed_keys.unwrap_or_default().remove(table);
                let left = left.map_or_else(Vec::new, |left| left.keys);
                if found.is_empty() && !left.is_empty() {
                    return Err(Trouble::Busy(format!("{} is throttled", store.location.name())));
                }
                Ok((found, left))
            }
        });
        let (found, unprocessed) = answer.await?;
        items.extend(found);
        left = unprocessed;
    }
    Ok(items)
}
