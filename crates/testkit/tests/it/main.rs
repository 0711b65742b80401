//! The in-memory adapters against the conformance suites, and the shape of the workspace.
mod dependencies;
mod memory_record_store;
