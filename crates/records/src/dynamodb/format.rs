//! Which format a table's items have, noted in an item that no reader ever sees because it has expired.
use super::DynamoRecordStore;
use super::item::{self, Item, NEVER_SWEPT, SWEPT, VERSION, number};
use super::read;
use super::trouble::Trouble;
use homeroom_core::ports::record_store::{Key, Record, StoreError};
use jiff::Timestamp;

/// The format that this program reads and writes. A table without a note has the first.
const FORMAT: u64 = 1;

fn key() -> Key {
    // No key of the product begins with a control character.
    Key::new("\u{1}homeroom", "format")
}

/// The note, which the engine's sweep leaves alone.
pub(super) fn note() -> Item {
    let mut item = item::whole(&Record {
        version: FORMAT,
        expires_at: Some(Timestamp::UNIX_EPOCH),
        ..Record::new(key(), Vec::new())
    });
    item.insert(SWEPT.to_owned(), number(NEVER_SWEPT));
    item
}

/// Refuses a table that a later version of the program has written.
///
/// # Errors
/// [`StoreError::Unavailable`] for such a table, and when there is no table to read from.
pub(super) async fn require(store: &DynamoRecordStore) -> Result<(), StoreError> {
    let Some(note) = read::get_one(store, &key()).await? else {
        return Ok(());
    };
    let name = store.location.name();
    match item::integer::<u64>(&note, VERSION) {
        Some(format) if format <= FORMAT => Ok(()),
        Some(format) => Err(StoreError::Unavailable(format!(
            "{name} was written by a later version of the program (format {format}, this one knows {FORMAT}); \
             start that version"
        ))),
        None => Err(StoreError::Damaged(format!("the note of the format of {name}"))),
    }
}

/// Writes the note where there is none.
///
/// # Errors
/// As for any write.
pub(super) async fn write_note(store: &DynamoRecordStore) -> Result<(), StoreError> {
    let request = store.client.put_item().table_name(&store.location.table);
    let request = request
        .set_item(Some(note()))
        .condition_expression("attribute_not_exists(pk)");
    let Err(error) = request.send().await else {
        return Ok(());
    };
    let there = error.as_service_error().is_some_and(
        aws_sdk_dynamodb::operation::put_item::PutItemError::is_conditional_check_failed_exception,
    );
    if there {
        return Ok(());
    }
    Err(match super::trouble::judge(&error, &store.location) {
        Trouble::Refused(error) => error,
        Trouble::Busy(why) | Trouble::Unreachable(why) | Trouble::Lost(why) => StoreError::Unavailable(why),
        Trouble::Conflict => StoreError::Unavailable("another transaction was in the way".into()),
    })
}
