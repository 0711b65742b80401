//! A record as an item: attribute names, numbers, and the checksum over what a put wrote.
//!
//! | attribute | what it holds |
//! | --- | --- |
//! | `pk`, `sk` | the key, as strings: DynamoDB orders strings by their UTF-8 bytes |
//! | `op` `os`, `lp` `ls`, `dp` `ds` | partition and sort key in the indexes owner, listing, due |
//! | `b` | the body; absent when it is empty |
//! | `v`, `c` | version and counter |
//! | `x` | expiry in milliseconds since 1970, [`NEVER`] when there is none; always present |
//! | `t` | the same in seconds, rounded up: the attribute by which the engine's sweep deletes |
//! | `k` | CRC-64/NVME over keys, index keys, body and expiry |
//!
//! The checksum leaves out version and counter, which the engine computes: a counter would otherwise
//! have to be read before it could be added to.
use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use crc_fast::{CrcAlgorithm, Digest};
use homeroom_core::ports::record_store::{Index, IndexKey, Key, Record, StoreError};
use jiff::Timestamp;
use std::collections::HashMap;

/// An item as the SDK has it.
pub(super) type Item = HashMap<String, AttributeValue>;

pub(super) const PARTITION: &str = "pk";
pub(super) const SORT: &str = "sk";
pub(super) const BODY: &str = "b";
pub(super) const VERSION: &str = "v";
pub(super) const COUNT: &str = "c";
pub(super) const EXPIRES: &str = "x";
pub(super) const SWEPT: &str = "t";
pub(super) const CHECKSUM: &str = "k";

/// Stored in `x` by items that do not expire, so that "is live" is one comparison and an update can
/// keep whatever is there.
const NEVER: i64 = i64::MAX;
/// Stored in `t` by items that do not expire: the last second of the year 9999.
pub(super) const NEVER_SWEPT: i64 = 253_402_300_799;

/// The attributes that hold an index's partition and sort key.
pub(super) const fn index_attributes(index: Index) -> (&'static str, &'static str) {
    match index {
        Index::Owner => ("op", "os"),
        Index::Listing => ("lp", "ls"),
        Index::Due => ("dp", "ds"),
    }
}

pub(super) fn text(value: &str) -> AttributeValue {
    AttributeValue::S(value.to_owned())
}

pub(super) fn number(value: impl std::fmt::Display) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

/// The attributes by which an item is addressed.
pub(super) fn key_item(key: &Key) -> Item {
    HashMap::from([
        (PARTITION.to_owned(), text(&key.partition)),
        (SORT.to_owned(), text(&key.sort)),
    ])
}

/// What a put decides, without key, version and counter.
pub(super) fn contents(record: &Record) -> Item {
    let mut item = Item::new();
    for entry in &record.index_keys {
        let (partition, sort) = index_attributes(entry.index);
        item.insert(partition.to_owned(), text(&entry.partition));
        item.insert(sort.to_owned(), text(&entry.sort));
    }
    if !record.body.is_empty() {
        item.insert(
            BODY.to_owned(),
            AttributeValue::B(Blob::new(record.body.as_slice())),
        );
    }
    let expires_ms = record.expires_at.map_or(NEVER, Timestamp::as_millisecond);
    item.insert(EXPIRES.to_owned(), number(expires_ms));
    item.insert(SWEPT.to_owned(), number(swept_at(expires_ms)));
    item.insert(CHECKSUM.to_owned(), number(checksum(record, expires_ms)));
    item
}

/// The whole item of a record in exactly its version and with its counter.
pub(super) fn whole(record: &Record) -> Item {
    let mut item = contents(record);
    item.extend(key_item(&record.key));
    item.insert(VERSION.to_owned(), number(record.version));
    item.insert(COUNT.to_owned(), number(record.count));
    item
}

/// The first full second at which the record has expired: the engine never deletes one too early.
fn swept_at(expires_ms: i64) -> i64 {
    if expires_ms == NEVER {
        return NEVER_SWEPT;
    }
    expires_ms.div_euclid(1_000) + i64::from(expires_ms.rem_euclid(1_000) != 0)
}

/// Whether an item has expired at `now_ms`; one without a readable expiry has not.
pub(super) fn is_expired(item: &Item, now_ms: i64) -> bool {
    integer(item, EXPIRES).is_some_and(|expires_ms: i64| expires_ms <= now_ms)
}

/// Reads an item.
///
/// # Errors
/// [`StoreError::Damaged`] naming the key when an attribute is missing or of another kind, or the
/// checksum does not match.
pub(super) fn record(mut item: Item) -> Result<Record, StoreError> {
    let body = match item.remove(BODY) {
        Some(AttributeValue::B(blob)) => Some(blob.into_inner()),
        Some(_) => None,
        None => Some(Vec::new()),
    };
    let parse = || -> Option<Record> {
        let expires_ms: i64 = integer(&item, EXPIRES)?;
        let record = Record {
            key: Key::new(string(&item, PARTITION)?, string(&item, SORT)?),
            index_keys: index_keys(&item),
            body: body?,
            count: integer(&item, COUNT)?,
            version: integer(&item, VERSION)?,
            expires_at: match expires_ms {
                NEVER => None,
                _ => Some(Timestamp::from_millisecond(expires_ms).ok()?),
            },
        };
        let stored: u64 = integer(&item, CHECKSUM)?;
        (stored == checksum(&record, expires_ms)).then_some(record)
    };
    parse().ok_or_else(|| StoreError::Damaged(format!("record {} does not match its checksum", name(&item))))
}

fn name(item: &Item) -> String {
    let part = |attribute| string(item, attribute).unwrap_or("?").escape_debug().to_string();
    format!("{}/{}", part(PARTITION), part(SORT))
}

fn index_keys(item: &Item) -> Vec<IndexKey> {
    Index::ALL
        .into_iter()
        .filter_map(|index| {
            let (partition, sort) = index_attributes(index);
            Some(IndexKey {
                index,
                partition: string(item, partition)?.to_owned(),
                sort: string(item, sort)?.to_owned(),
            })
        })
        .collect()
}

pub(super) fn string<'a>(item: &'a Item, attribute: &str) -> Option<&'a str> {
    item.get(attribute)?.as_s().ok().map(String::as_str)
}

pub(super) fn integer<T: std::str::FromStr>(item: &Item, attribute: &str) -> Option<T> {
    item.get(attribute)?.as_n().ok()?.parse().ok()
}

/// Each part of variable length stands behind its length; index keys in the order of [`Index::ALL`].
fn checksum(record: &Record, expires_ms: i64) -> u64 {
    let mut digest = Digest::new(CrcAlgorithm::Crc64Nvme);
    let mut add = |part: &[u8]| {
        digest.update(&(part.len() as u64).to_le_bytes());
        digest.update(part);
    };
    add(record.key.partition.as_bytes());
    add(record.key.sort.as_bytes());
    for index in Index::ALL {
        let entry = record.index_keys.iter().find(|entry| entry.index == index);
        add(entry.map_or("", |entry| &entry.partition).as_bytes());
        add(entry.map_or("", |entry| &entry.sort).as_bytes());
    }
    add(&record.body);
    add(&expires_ms.to_le_bytes());
    digest.finalize()
}

#[cfg(test)]
mod tests {
    use super::*;
    use homeroom_core::ports::record_store::{MAX_BODY_BYTES, MAX_KEY_BYTES, MAX_TRANSACTION_BYTES};

    fn largest() -> Record {
        let longest = "k".repeat(MAX_KEY_BYTES);
        Record {
            index_keys: Index::ALL
                .map(|index| IndexKey {
                    index,
                    partition: longest.clone(),
                    sort: longest.clone(),
                })
                .to_vec(),
            body: vec![7; MAX_BODY_BYTES],
            version: u64::MAX,
            count: i64::MIN,
            expires_at: Some(Timestamp::MAX),
            ..Record::new(Key::new(&longest, &longest), vec![])
        }
    }

    /// DynamoDB's rules: names and strings by their UTF-8 bytes, numbers at most 21 bytes.
    fn size(item: &Item) -> usize {
        let value = |value: &AttributeValue| match value {
            AttributeValue::S(text) => text.len(),
            AttributeValue::B(blob) => blob.as_ref().len(),
            _ => 21,
        };
        item.iter().map(|(name, stored)| name.len() + value(stored)).sum()
    }

    #[test]
    fn the_largest_record_fits_into_an_item_and_the_largest_transaction_into_4_mb() {
        let item = size(&whole(&largest()));
        assert!(item <= 400_000, "{item} bytes of at most 400 KB");
        let without_body = item - MAX_BODY_BYTES;
        let transaction = 100 * without_body + MAX_TRANSACTION_BYTES;
        assert!(transaction <= 4_000_000, "{transaction} bytes of at most 4 MB");
    }

    #[test]
    fn what_is_stored_comes_back_and_a_changed_attribute_is_damage() {
        let mut original = largest();
        original.expires_at = Some(Timestamp::constant(1_772_438_400, 1_000_000));
        let item = whole(&original);
        assert_eq!(record(item.clone()).expect("it is sound"), original);
        assert_eq!(
            item["t"],
            number(1_772_438_401),
            "never swept before it has expired"
        );
        for attribute in ["pk", "sk", "op", "ls", "b", "x", "k"] {
            let mut damaged = item.clone();
            damaged.insert(attribute.into(), text("1"));
            assert!(
                matches!(record(damaged), Err(StoreError::Damaged(_))),
                "{attribute}"
            );
            let mut damaged = item.clone();
            damaged.remove(attribute);
            assert!(
                matches!(record(damaged), Err(StoreError::Damaged(_))),
                "{attribute}"
            );
        }
    }

    #[test]
    fn a_record_without_expiry_is_never_swept() {
        let item = whole(&Record::new(Key::new("p", "s"), vec![]));
        assert_eq!(item["t"], number(253_402_300_799_i64));
        assert!(!is_expired(&item, i64::MAX - 1));
        assert_eq!(record(item).expect("it is sound").expires_at, None);
    }
}
