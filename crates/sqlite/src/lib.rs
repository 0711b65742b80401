//! One SQLite file with one writing thread, group commit, and readers beside it.
//!
//! Many callers' writes are executed in one transaction, each in a savepoint of its own so that
//! one caller's failure undoes only its own work; one `COMMIT` makes them durable with one fsync,
//! and only then are the callers answered. Readers see every write that was answered before they
//! began. What is stored is the business of the crates that use this one.
//!
//! It does not know records or objects, holds no SQL but its own pragmas, and does not keep a
//! second process away from the file: the data directory's lock does that.
mod connection;
mod database;
mod error;
mod readers;
mod writer;

pub use database::Database;
pub use error::Error;
pub use rusqlite;
