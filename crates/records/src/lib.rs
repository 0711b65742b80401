//! Adapters of the `RecordStore` port: one SQLite file, for the embedded product, PostgreSQL, and
//! DynamoDB behind the feature `aws`.
//!
//! The contract is in `homeroom_core::ports::record_store`; that an adapter keeps it is shown by
//! `homeroom_testkit::record_store_conformance!`. Nothing above this crate knows SQL.
#![deny(clippy::disallowed_methods)]

mod advice;
pub mod copy;
mod cursor;
#[cfg(feature = "aws")]
mod dynamodb;
mod packed;
mod postgres;
mod sqlite;
mod walk;

pub use advice::Advice;
#[cfg(feature = "aws")]
pub use dynamodb::{DynamoLocation, DynamoRecordStore};
pub use postgres::{PostgresOptions, PostgresRecordStore};
pub use sqlite::SqliteRecordStore;
pub use walk::{MAX_WALK_LIMIT, RecordWalk, WalkPage};
