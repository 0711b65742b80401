//! Receipts of a class in the order of their chain, and where the chain ends.
use super::{Listing, Records, Stored, classes, decode, encode, unchanged};
use crate::domain::ids::ClassId;
use crate::domain::receipt::{ChainEnd, Receipt, ReceiptClaims};
use crate::ports::record_store::{
    Condition, Cursor, Direction, Key, Record, SortRange, Source, StoreError, Write,
};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
struct StoredReceipt {
    v: u8,
    claims: ReceiptClaims,
    token: String,
}

/// The partition of a class's receipts: they stay when the class goes.
fn partition(class: ClassId) -> String {
    format!("receipts#{class}")
}

fn key(class: ClassId, number: u64) -> Key {
    Key::new(partition(class), format!("receipt#{number:012}"))
}

fn end_key(class: ClassId) -> Key {
    Key::new(classes::partition(class), "chain")
}

/// The write that stores a receipt; none is ever written twice.
pub fn put(receipt: &Receipt) -> Write {
    let body = encode(&StoredReceipt {
        v: 1,
        claims: receipt.claims.clone(),
        token: receipt.token.clone(),
    });
    let record = Record::new(key(receipt.claims.class, receipt.claims.number), body);
    Write::Put(record, Condition::Absent)
}

/// The write that moves the end of a chain on from where it was.
pub fn put_end(class: ClassId, end: &ChainEnd, before: &Stored<ChainEnd>) -> Write {
    Write::Put(
        Record::new(end_key(class), encode(end)),
        unchanged(before.version),
    )
}

fn from_record(record: &Record) -> Result<Receipt, StoreError> {
    let stored: StoredReceipt = decode(record)?;
    Ok(Receipt {
        claims: stored.claims,
        token: stored.token,
    })
}

impl Records {
    /// Where a class's chain ends; version 0 where there is none yet.
    pub async fn chain_end(&self, class: ClassId) -> Result<Stored<ChainEnd>, StoreError> {
        let record = self.one(end_key(class)).await?;
        Ok(Stored {
            value: record.as_ref().map(decode).transpose()?.unwrap_or_default(),
            version: record.map_or(0, |record| record.version),
        })
    }

    /// A receipt by its number.
    pub async fn receipt(&self, class: ClassId, number: u64) -> Result<Option<Receipt>, StoreError> {
        self.one(key(class, number))
            .await?
            .as_ref()
            .map(from_record)
            .transpose()
    }

    /// A class's receipts from the first on.
    pub async fn receipts(
        &self,
        class: ClassId,
        limit: u32,
        cursor: Option<Cursor>,
    ) -> Result<Listing<Receipt>, StoreError> {
        let page = self
            .page(
                Source::Table,
                partition(class),
                SortRange::All,
                Direction::Ascending,
                limit,
                cursor,
            )
            .await?;
        page.listing(from_record)
    }
}
