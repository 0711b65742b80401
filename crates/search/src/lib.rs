//! Finding pages with tantivy: one entry per page, any script, permissions inside the query.
//!
//! The index is a copy that may be lost: it is rebuilt from the records. Nothing here knows where
//! text comes from, or who is signed in.
#![deny(clippy::disallowed_methods)]

mod analysis;
mod any;
mod bits;
mod dictionary;
mod entry;
mod find;
mod group;
mod held;
mod index;
mod listing;
mod marker;
mod matching;
mod materials;
mod proximity;
mod query;
mod schema;
mod scoring;
mod sight;
mod similar;
mod snippet;
mod storage;
mod suggest;
mod writer;

pub use index::TantivyIndex;
