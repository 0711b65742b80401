//! Suites that prove an adapter against its port's documentation, one module for each port.
pub mod object_store;
pub mod record_store;
