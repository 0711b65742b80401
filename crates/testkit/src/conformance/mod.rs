//! Suites that prove an adapter against its port's documentation, one module for each port.
pub mod record_store;
