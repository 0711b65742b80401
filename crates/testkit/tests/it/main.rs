//! The in-memory adapters against the conformance suites.
mod memory_record_store;
