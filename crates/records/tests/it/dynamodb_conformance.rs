//! `DynamoRecordStore` keeps the record store's contract.
use super::dynamodb_subject::Subject;
use homeroom_testkit::record_store_conformance;

record_store_conformance!(match Subject::new().await {
    Some(subject) => subject,
    None => return,
});
